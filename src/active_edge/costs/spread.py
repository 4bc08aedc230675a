"""Bid-ask spreads told from daily prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.costs.trailing import dollar_volume
from active_edge.errors import MissingInput
from active_edge.sessions import SESSIONS_A_MONTH, SESSIONS_A_QUARTER

if TYPE_CHECKING:
    from active_edge.market import Market

BLOCKS = 3
"""Three windows of 21 sessions: their signed squares are averaged before the root is taken."""
CENT = 0.01
LEAST_FITTED = 20
"""Names a cross-sectional fit needs; below it the median estimate stands in."""


def half_spread(market: Market, dates: pd.DatetimeIndex) -> np.ndarray:
    """Return (n_dates, n_assets) float64 half-spreads, fractions of the price; NaN where an asset has no price.

    EDGE over the trailing 63 sessions: three windows of 21, signed squares averaged, negative averages zero, the
    root floored at one cent over the price. A name without an estimate gets the fit of log spread on log price and
    log dollar volume over the names that have one on that date, and the same floor. A spread is at most 1.

    Timing: known at the close of each date.

    Source: Ardia, Guidotti & Kroencke (2024), JFE 161, 103916; small-sample averaging as in their section 3.

    Raises
    ------
    MissingInput
        On some date no asset has an estimate (no open, high or low in the market): give the spread in bps.
    """
    from active_edge.costs import _edge
    from active_edge.panel import windows

    prices = market.prices
    rows = market.rows_of(dates)
    squares = _edge.edge_squares(
        prices.open.T, prices.high.T, prices.low.T, prices.close.T, prices.total_return_index.T, rows,
        SESSIONS_A_MONTH, BLOCKS,
    )  # fmt: skip
    price = windows.last_known(prices.close, rows, SESSIONS_A_QUARTER - 1)
    volume = dollar_volume(market, dates)
    spread = np.sqrt(np.clip(squares, 0.0, None))
    for r in range(len(rows)):
        missing = np.isnan(spread[r]) & ~np.isnan(price[r])
        if missing.any():
            if missing.sum() == (~np.isnan(price[r])).sum():
                raise MissingInput(
                    f"{market.path}: prices: no asset has open, high, low and close for a spread in the "
                    f"{SESSIONS_A_MONTH * BLOCKS} sessions to {dates[r]:%Y-%m-%d}; "
                    "give `costs: spread:` as a number of bps"
                )
            spread[r, missing] = _fitted(spread[r], price[r], volume[r])[missing]
    spread[np.isnan(price)] = np.nan
    half: np.ndarray = 0.5 * np.clip(np.fmax(spread, CENT / price), 0.0, 1.0)
    return half


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
