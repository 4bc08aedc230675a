"""The price of each order on each decision date: spread, impact, commission, participation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from active_edge.costs.impact import almgren_2005, square_root
from active_edge.costs.spread import half_spread
from active_edge.costs.terms import Costs
from active_edge.costs.trailing import dollar_volume, volatility
from active_edge.errors import MissingInput

if TYPE_CHECKING:
    from active_edge.market import Market

BPS = 1e-4


class OrderCosts(NamedTuple):
    """Prices of trading by date and asset, all known at the close of the date; C-ordered for the compiled loop.

    half_spread, dollar_volume, impact_linear, impact_power : (n_dates, n_columns) float64; the first a fraction of
    the price, the second USD a session (NaN unknown), the others as in `impact`; exponent, commission (fraction),
    max_participation (inf: none) : float.
    """

    half_spread: np.ndarray
    dollar_volume: np.ndarray
    impact_linear: np.ndarray
    impact_power: np.ndarray
    exponent: float
    commission: float
    max_participation: float


def order_costs(costs: Costs, market: Market, dates: pd.DatetimeIndex, columns: np.ndarray | None = None) -> OrderCosts:
    """Return the prices of trading on each decision date.

    Parameters
    ----------
    dates
        Decision sessions.
    columns
        (n_columns,) int positions in `market.assets`; None: all. A value never depends on which columns are asked.

    Raises
    ------
    MissingInput
        The costs need prices, volumes or shares this market does not hold.
    BacktestError
        A date is no session of the market.
    """
    market.rows_of(dates)
    n_assets = len(market.assets)
    columns = np.arange(n_assets) if columns is None else np.asarray(columns, dtype=np.int64)
    shape = (len(dates), len(columns))
    if costs.spread == "estimated":
        half = market.derived(("half_spread", *dates), lambda: half_spread(market, dates))[:, columns]
        half = np.where(np.isnan(half), 0.5, half)
    else:
        half = np.full(shape, 0.5 * BPS * costs.spread)
    impact = costs.impact
    volume, linear, power, exponent = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape), 1.0
    if costs.max_participation is not None or impact.model != "none":
        volume = _known_volume(market, dates)[:, columns]
    if impact.model != "none":
        sigma = _known_volatility(market, dates)[:, columns]
        if impact.model == "square_root":
            linear, power, exponent = square_root(sigma, coefficient=impact.coefficient)
        else:
            linear, power, exponent = almgren_2005(
                sigma, _shares_to_volume(market, dates, columns, volume), coefficient=impact.coefficient
            )
    return OrderCosts(
        np.ascontiguousarray(half),
        np.ascontiguousarray(volume),
        np.ascontiguousarray(linear),
        np.ascontiguousarray(power),
        float(exponent),
        BPS * costs.commission_bps,
        np.inf if costs.max_participation is None else float(costs.max_participation),
    )


def _known_volume(market: Market, dates: pd.DatetimeIndex) -> np.ndarray:
    """Return (n_dates, n_assets) trailing dollar volume of a market that has volumes."""
    if np.isnan(market.prices.runs("volume").values).all():
        raise MissingInput(
            f"{market.path}: prices: volume is null everywhere; set `costs: max_participation:` to null and "
            "`impact:` to {model: none}"
        )
    return dollar_volume(market, dates)


def _known_volatility(market: Market, dates: pd.DatetimeIndex) -> np.ndarray:
    """Return (n_dates, n_assets) trailing daily volatility; where it is unknown, the median asset's of the date."""
    sigma = volatility(market, dates).copy()
    for values in sigma:
        known = values[~np.isnan(values)]
        values[np.isnan(values)] = np.median(known) if len(known) else 0.0
    return sigma


def _shares_to_volume(market: Market, dates: pd.DatetimeIndex, columns: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """Return (n_dates, n_columns) shares outstanding over daily volume; the date's median where unknown."""
    from active_edge.panel import Panel

    value = Panel(market, dates).market_value()
    everyone = dollar_volume(market, dates)
    ratio = value[:, columns] / np.where(volume > 0.0, volume, np.nan)
    every_ratio = value / np.where(everyone > 0.0, everyone, np.nan)
    for r in range(len(dates)):
        known = every_ratio[r][np.isfinite(every_ratio[r])]
        if not len(known):
            raise MissingInput(
                f"{market.path}: facts: no shares_outstanding known on {dates[r]:%Y-%m-%d}, which the almgren impact "
                "needs; use `impact: {model: square_root, coefficient: 0.75}`"
            )
        ratio[r, ~np.isfinite(ratio[r])] = np.median(known)
    return ratio
