"""Bid-ask spreads told from daily prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.costs.trailing import dollar_volume, volatility
from active_edge.market.prices import Column
from active_edge.sessions import SESSIONS_A_MONTH, SESSIONS_A_QUARTER

if TYPE_CHECKING:
    from active_edge.market import Market

READ_LOW = (
    "An estimated spread under 20 bp is uncertain: where 10 bp is true, a market of 1,000 names reads 4 to 10, "
    "7 in the mean, where none is, 0 to 7; a stated one is charged as it is."
)
"""What every page says beside the cost of estimated spreads; measured in docs/method.md."""
ASSETS_AT_ONCE = 256
"""Whose bars are laid out by session at once: a market has more cells than rows."""
BARS: tuple[Column, ...] = ("open", "high", "low", "close", "total_return_index")
BLOCKS = 3
"""Three windows of 21 sessions: their signed squares are averaged before the root is taken."""
CENT = 0.01
TABLE_LOG10_USD = np.arange(3.25, 9.0, 0.5)
TABLE_BPS = np.array([350, 293, 248, 217, 150, 101, 67, 51, 42, 35, 29, 28], dtype=np.float64)
"""Mean spread of US companies at or above one dollar by the logarithm of dollar volume a session: EDGE over eight
quarter ends of 2015 to 2017 (29,547 names and dates), which reads some 15 bps too much where spreads are narrow."""
LIQUIDITY_GROUPS = 5
TRIMMED = (0.05, 0.95)
"""Quantiles between which a group's noise and differences are told: one false price must not speak for all."""
MOST_MOVED = 2.0
MEDIAN_OF_VARIANCE = float(np.log(2.0))
"""Median over mean of a variance told from three windows: a chi-square of two degrees of freedom is exponential."""
LEAST_FITTED = 20
"""Names a cross-sectional fit needs; below it the median estimate stands in."""


def half_spread(market: Market, dates: pd.DatetimeIndex) -> np.ndarray:
    """Return (n_dates, n_assets) float64 half-spreads, fractions of the price; NaN where an asset has no price.

    EDGE over the trailing 63 sessions: three windows of 21, signed squares averaged, their noise taken out (`quiet`),
    negative squares zero, the root floored at one cent over the price. A name without an estimate gets the fit of log
    spread on log price and log dollar volume over the names that have one on that date, and the same floor. On a date
    on which no name has one (no open, high or low in the market) all get that of their dollar volume by `TABLE_BPS`. A
    spread is at most 1.

    Timing: known at the close of each date.

    Source: Ardia, Guidotti & Kroencke (2024), JFE 161, 103916; small-sample averaging as in their section 3, and over
    names of the same dollar volume, which they do not do.
    """
    from active_edge.panel import windows

    prices, rows = market.prices, market.rows_of(dates)
    squares, noise = market.derived(("edge_squares", *dates), lambda: _edge_squares(market, rows))
    price = windows.last_known(prices.runs("close"), rows, SESSIONS_A_QUARTER - 1)
    volume = dollar_volume(market, dates)
    sigma = volatility(market, dates)
    spread = np.empty_like(squares)
    for r in range(len(rows)):
        spread[r] = np.sqrt(np.clip(quiet(squares[r], noise[r], sigma[r], volume[r]), 0.0, None))
        missing = np.isnan(spread[r]) & ~np.isnan(price[r])
        if missing.any():
            known = not np.isnan(spread[r]).all()
            stand_in = _fitted(spread[r], price[r], volume[r]) if known else _by_dollar_volume(volume[r])
            spread[r, missing] = stand_in[missing]
    spread[np.isnan(price)] = np.nan
    half: np.ndarray = 0.5 * np.clip(np.fmax(spread, CENT / price), 0.0, 1.0)
    return half


def estimated(market: Market, dates: pd.DatetimeIndex) -> np.ndarray:
    """Return (n_dates,) bool: False on a date on which no asset has a spread of its own, and the table stands in."""
    squares = market.derived(("edge_squares", *dates), lambda: _edge_squares(market, market.rows_of(dates)))
    return np.asarray(np.isfinite(squares[0]).any(axis=1))


def _edge_squares(market: Market, rows: np.ndarray) -> np.ndarray:
    """Return (2, n_dates, n_assets) signed squared spreads and their variances; NaN where bars are missing."""
    from active_edge.costs import _edge

    columns = [market.prices.runs(name) for name in BARS]
    squares = []
    for start in range(0, len(market.assets), ASSETS_AT_ONCE):
        stop = min(start + ASSETS_AT_ONCE, len(market.assets))
        opens, high, low, close, index = (runs.matrix(start, stop).T for runs in columns)
        squares.append(_edge.edge_squares(opens, high, low, close, index, rows, SESSIONS_A_MONTH, BLOCKS))
    return np.concatenate(squares, axis=2)


def _by_dollar_volume(volume: np.ndarray) -> np.ndarray:
    """Return (n_assets,) spreads by `TABLE_BPS`; the median where volume is unknown, its middle where all are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        place = np.log10(np.where(volume > 0, volume, np.nan))
    middle = np.median(place[np.isfinite(place)]) if np.isfinite(place).any() else np.median(TABLE_LOG10_USD)
    return 1e-4 * np.interp(np.where(np.isnan(place), middle, place), TABLE_LOG10_USD, TABLE_BPS)


def quiet(square: np.ndarray, noise: np.ndarray, sigma: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """Return (n_assets,) squared spreads of one date with the noise of single names taken out.

    The root of a square that is mostly noise is a spread where there is none: half of the squares are above zero by
    chance. So a square, in units of the name's daily variance, which its noise is in proportion to, is moved toward
    what names of the same quintile of dollar volume have together, the further the less of the differences between
    them is more than noise, and at most twice its own noise. Where fewer than 20 names (in the quintile, else on the
    date) have an estimate it stays as it is.

    Parameters
    ----------
    square, noise
        (n_assets,) signed squared spreads, and their variances told from how windows differ; NaN unknown.
    sigma, volume
        (n_assets,) daily volatility and dollar volume; NaN unknown.

    Source: Efron & Morris (1972), JASA 67, 130-139: limited translation toward the common mean.
    """
    usable = ~np.isnan(square) & (sigma > 0.0) & ~np.isnan(noise)
    everyone = np.flatnonzero(usable)
    out = square.copy()
    if len(everyone) < LEAST_FITTED:
        return out
    ranked = np.where(np.isnan(volume[everyone]), -1.0, volume[everyone])
    group = np.searchsorted(np.sort(ranked), ranked, side="left") * LIQUIDITY_GROUPS // len(everyone)
    for number in np.unique(group):
        own = everyone[group == number]
        alike = own if len(own) >= LEAST_FITTED else everyone
        variance = sigma**2
        low, high = np.quantile(sigma[alike], TRIMMED)
        told = alike[(sigma[alike] >= low) & (sigma[alike] <= high)]
        scaled = square[told] / variance[told]
        common = square[told].sum() / variance[told].sum()
        noisy = float(np.median(noise[told] / variance[told] ** 2)) / MEDIAN_OF_VARIANCE
        between = max(float(np.var(np.clip(scaled, *np.quantile(scaled, TRIMMED)))) - noisy, 0.0)
        if noisy > 0.0:
            step = noisy / (noisy + between) * (square[own] / variance[own] - common)
            out[own] -= np.clip(step, -MOST_MOVED * noisy**0.5, MOST_MOVED * noisy**0.5) * variance[own]
    return out


def _fitted(spread: np.ndarray, price: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """Return (n_assets,) spreads of one date from log price and log dollar volume; the median where unknown."""
    from active_edge.products import inverse_gram, product

    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.column_stack([np.ones_like(price), np.log(price), np.log(volume)])
        y = np.log(spread)
    known = np.isfinite(x).all(axis=1)
    used = known & np.isfinite(y)
    out = np.full(len(price), np.nanmedian(spread))
    if used.sum() >= LEAST_FITTED:
        slope = product(inverse_gram(x[used]), product(x[used].T, y[used, None]))
        if np.isfinite(slope).all():
            out[known] = np.exp(np.clip(product(x[known], slope)[:, 0], -20.0, 0.0))
    return out
