"""Levels of an index by the weights that were told of its members: what a fund of them earns before fees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.market.database import connect, literal
from active_edge.market.delisting import told_exits
from active_edge.market.files import parquet
from active_edge.words import percent

if TYPE_CHECKING:
    from active_edge.market.store import Market

LEAST_PRICED = 0.8
"""Share of the weight that must have a price; of a list with less the rest is no index."""
LONGEST_HELD = 252
"""Sessions for which a list of weights is held: the indices themselves are made anew once a year."""


def series_of_indices(indices: Iterable[str]) -> dict[str, str]:
    """Name of the series of each index, and the index: `russell_2000` is that of the Russell 2000."""
    return {re.sub(r"[^a-z0-9]+", "_", index.lower().replace("&", "")).strip("_"): index for index in indices}


def weighted_level(market: Market, index: str) -> pd.Series:
    """(n,) float64 total-return level by session, 1.0 at the first day of weights on which enough of them is priced.

    Between two days of weights each member drifts with its own total return; who leaves the market is held at the last
    price and from the next session on at what holders got: as told, of distress as Shumway found. Members without a
    price are left out and the others stand for them, as long as they are at least 80 % of the weight.

    Timing: the level of a session uses weights observed before it and prices of the session.

    Raises
    ------
    MissingInput : on no day has enough of the weight a price.
    """
    growth = _growth(market)
    days = list(_days(market, index))
    priced = [_priced(growth[session], columns, weights) for session, columns, weights in days]
    thin = [n for n, share in enumerate(priced) if share < LEAST_PRICED]
    start = thin[-1] + 1 if thin else 0
    if start >= len(days):
        raise MissingInput(
            f"{market.path}: of the weights of {index} at most {percent(max(priced, default=0.0), 0)} belong to names "
            f"with a price, {percent(LEAST_PRICED, 0)} are needed for a level; pull or import prices of its members"
        )
    ends = [*(session for session, _, _ in days[start + 1 :]), len(market.sessions) - 1]
    first = days[start][0]
    level = np.ones(ends[-1] - first + 1)
    last = first
    for (session, columns, weights), end in zip(days[start:], ends, strict=True):
        last = min(end, session + LONGEST_HELD)
        there = np.isfinite(growth[session, columns])
        held, share = columns[there], weights[there]
        grown = growth[session : last + 1, held] / growth[session, held]
        level[session - first : last - first + 1] = level[session - first] * (grown @ share) / share.sum()
        if last < end:
            break
    return pd.Series(level[: last - first + 1], index=market.sessions[first : last + 1], name=index)


def _priced(growth: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> float:
    return float(weights[np.isfinite(growth[columns])].sum() / weights.sum())


def _growth(market: Market) -> np.ndarray:
    """(n_sessions, n_assets) what one dollar became, on in days without a price and after the exit; NaN before all."""
    growth = market.prices.total_return_index.copy()
    paid = told_exits(market.securities)
    for column, last in enumerate(market.prices.last):
        if 0 <= last < len(growth) - 1:
            growth[last + 1, column] = growth[last, column] * (1.0 + paid[column])
    rows = np.where(np.isnan(growth), 0, np.arange(len(growth))[:, None])
    np.maximum.accumulate(rows, axis=0, out=rows)
    return np.take_along_axis(growth, rows, axis=0)


def _days(market: Market, index: str) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Session, columns of members and their weights, of each day of weights, in order; of two days with the same
    session the later."""
    columns = pd.DataFrame({"asset": market.assets.astype(object), "place": np.arange(len(market.assets))})
    with connect() as connection:
        connection.register("columns_of_assets", columns)
        rows = connection.execute(
            f"SELECT day, place, weight FROM {parquet(market.table('weights'))} JOIN columns_of_assets USING (asset) "
            f'WHERE "index" = {literal(index)} AND weight > 0 ORDER BY day, place'
        ).fetchnumpy()
    day = np.asarray(rows["day"]).astype("datetime64[D]")
    starts = np.flatnonzero(np.diff(day, prepend=np.datetime64("1800-01-01")) > np.timedelta64(0, "D"))
    sessions = market.sessions.searchsorted(pd.DatetimeIndex(day[starts]), side="right") - 1
    for number, (low, high) in enumerate(zip(starts, [*starts[1:], len(day)], strict=True)):
        again = number + 1 < len(sessions) and sessions[number + 1] == sessions[number]
        if sessions[number] >= 0 and not again:
            yield int(sessions[number]), np.asarray(rows["place"])[low:high], np.asarray(rows["weight"])[low:high]
