"""What a holder gets when a series ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from active_edge.costs import Delisting
from active_edge.market.delisting import on_nyse
from active_edge.market.prices import HOLE_SESSIONS
from active_edge.sessions import SESSIONS_A_YEAR

if TYPE_CHECKING:
    from active_edge.market import Market

DISTRESS_FALL = 0.5
DISTRESS_PRICE = 1.0
NOTHING_LEFT = 1e-300
"""Adjusted price of a total loss: vectorbt refuses 0, and this leaves no cent at any number of shares."""


class Exits(NamedTuple):
    """How each column's series ends.

    last : (n_columns,) int64, row of the last price, -1 where the series does not end.
    returns : (n_columns,) float64, return from the last price, 0 where it does not end.
    reasons : (n_columns,) object: known, distress, other, or "" where it does not end.
    """

    last: np.ndarray
    returns: np.ndarray
    reasons: np.ndarray


def find_exits(market: Market, columns: np.ndarray, delisting: Delisting) -> Exits:
    """Return the exits of some columns.

    A series ends where the market knows a last session and prices stop before the data do, or where it is silent
    for more than 20 sessions to the end of the data. Merely reaching the end of the data is no exit.

    Timing: applied on the session after the last row; the return is not known to any decision before it.
    """
    n_sessions = len(market.sessions)
    columns = np.asarray(columns, dtype=np.int64)
    securities = market.securities.iloc[columns]
    last = market.prices.last[columns]
    known_end = pd.to_datetime(securities["last_session"]).notna().to_numpy()
    ended = (last >= 0) & (last < n_sessions - 1) & (known_end | (last < n_sessions - 1 - HOLE_SESSIONS))
    given = securities["exit_return"].to_numpy(dtype=float, na_value=np.nan)
    known = ended & ~np.isnan(given)
    untold = ended & ~known
    rule = np.full(len(columns), np.nan)
    if untold.any():
        rule[untold] = _rule(market, columns[untold], last[untold], securities[untold], delisting)
    distress = untold & ~np.isnan(rule)
    returns = np.zeros(len(columns))
    returns[known] = np.maximum(given[known], -1.0)
    returns[distress] = rule[distress]
    reasons = np.full(len(columns), "", dtype=object)
    reasons[ended], reasons[known], reasons[distress] = "other", "known", "distress"
    return Exits(np.where(ended, last, -1), returns, reasons)


def _rule(
    market: Market, columns: np.ndarray, last: np.ndarray, securities: pd.DataFrame, delisting: Delisting
) -> np.ndarray:
    """Return (n_columns,) the distress return each exit would get, NaN where it is no distress."""
    from active_edge.engine._reading import carried

    close, index = (market.prices.runs(name) for name in ("close", "total_return_index"))
    row = np.maximum(last, 0)
    year_ago = carried(index, columns, np.maximum(row - SESSIONS_A_YEAR, index.first[columns]))
    fell = (index.at(row, columns) < DISTRESS_FALL * year_ago) | (close.at(row, columns) < DISTRESS_PRICE)
    reason = securities["exit_reason"].fillna("unknown").to_numpy(dtype=object)
    rule = np.where(on_nyse(securities["exchange"]), delisting.nyse, delisting.nasdaq)
    said, unknown = reason == "distress", reason == "unknown"
    distress = said | (fell & (reason != "merger"))
    if delisting.unknown == "infer":
        return np.where(distress, rule, np.nan)
    return np.where(unknown, float(delisting.unknown), np.where(distress, rule, np.nan))


def terminal_prices(exits: Exits, close_at_last: np.ndarray) -> np.ndarray:
    """Return (n_columns,) adjusted price after each series' end, NaN where it does not end."""
    price = close_at_last * (1.0 + exits.returns)
    price = np.where(exits.returns <= -1.0, NOTHING_LEFT, price)
    return np.where(exits.last >= 0, price, np.nan)
