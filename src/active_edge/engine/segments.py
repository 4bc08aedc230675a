"""Prices as the compiled loop walks them: total-return adjusted, one asset's sessions contiguous."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from active_edge.market.prices import OPEN_FACTOR

if TYPE_CHECKING:
    from active_edge.costs import TradeAt
    from active_edge.market import Prices


class Daily(NamedTuple):
    """Unadjusted closes and volumes of the whole market, as stored, and where a tape lies in them.

    close, volume : (n_sessions, n_assets) float64, Fortran-ordered; assets : (n_columns,) int64, the tape's columns;
    first_row : session of the tape's first row.
    """

    close: np.ndarray
    volume: np.ndarray
    assets: np.ndarray
    first_row: int


class Tape(NamedTuple):
    """Adjusted prices of some columns over the simulated rows.

    close : (n_columns, n_rows) float64, adjusted close carried forward over gaps, NaN before the first row.
    fill : (n_columns, n_rows) float64, adjusted price an order on that row gets, NaN where it has no row.
    limit : (n_columns, n_rows) float64, adjusted shares traded on that row, inf where that is not known.
    exit_row : (n_columns,) int64, the row after an ended asset's last one; n_rows where it does not end in time.
    terminal : (n_columns,) float64, adjusted price of `exit_row`, NaN where there is none.
    reinvest : (n_rows,) bool, rows on which the proceeds of exits before them are invested again.
    daily : the days that trailing volumes are told from.
    """

    close: np.ndarray
    fill: np.ndarray
    limit: np.ndarray
    exit_row: np.ndarray
    terminal: np.ndarray
    reinvest: np.ndarray
    daily: Daily


class Track(NamedTuple):
    """A tape cut at its decisions, so that what is read together lies together in memory.

    Segment d runs from the fill row of decision d to that of the next one. Read in this order a walk touches a few
    pages a segment; in a (n_columns, n_rows) matrix it would touch one a name.

    close : (n_columns × rows from the first fill row on,) float64; segment d is a C-ordered (n_columns, its rows)
    block beginning at n_columns × its first row after the first fill row.
    fill : (n_rows, n_columns, 2) float64, `fill` and `limit` of `Tape`, which are read together; exit_row, terminal :
    as there. next_reinvest : (n_rows,) int64, the first reinvesting row after each, n_rows where there is none.
    daily_close, daily_volume, assets, first_row : as in `Daily`; median : (n_columns, n_rows) float64, trailing volumes
    told so far (`_volume`).
    """

    close: np.ndarray
    fill: np.ndarray
    exit_row: np.ndarray
    terminal: np.ndarray
    next_reinvest: np.ndarray
    daily_close: np.ndarray
    daily_volume: np.ndarray
    assets: np.ndarray
    first_row: int
    median: np.ndarray


def cut(tape: Tape, decision_rows: np.ndarray) -> Track:
    """Return the tape cut at the fill rows, one after each decision row."""
    n_columns, n_rows = tape.close.shape
    edges = np.append(np.minimum(decision_rows + 1, n_rows), n_rows)
    close = np.empty(n_columns * (n_rows - edges[0]))
    for start, stop in pairwise(edges):
        block = tape.close[:, start:stop]
        offset = n_columns * (start - edges[0])
        close[offset : offset + block.size].reshape(block.shape)[:] = block
    fill = np.stack([tape.fill.T, tape.limit.T], axis=-1)
    # Zeros that nobody reads take no memory.
    median = np.zeros((n_columns, n_rows))
    return Track(close, fill, tape.exit_row, tape.terminal, _next_after(tape.reinvest), *tape.daily, median)


def _next_after(marked: np.ndarray) -> np.ndarray:
    """Return (n,) int64: the first marked place after each, n where there is none."""
    n = len(marked)
    places = np.append(np.where(marked, np.arange(n), n), n)
    following: np.ndarray = np.minimum.accumulate(places[::-1])[::-1][1:].astype(np.int64)
    return following


def adjusted(
    prices: Prices, columns: np.ndarray, start: int, stop: int, *, trade_at: TradeAt
) -> tuple[np.ndarray, np.ndarray]:
    """Return (close, fill) of a `Tape` for rows [start, stop).

    The adjusted open is open × (total return index / close), so that both prices of a session belong to one
    scale; a session without an open, or with one beyond a factor of 3 of its close, fills at its close.
    """
    index = np.ascontiguousarray(prices.total_return_index[start:stop].T[columns])
    if trade_at == "next_open":
        opens, closes = prices.open[start:stop].T[columns], prices.close[start:stop].T[columns]
        fill = opens * index / closes
        usable = (opens <= closes * OPEN_FACTOR) & (opens >= closes / OPEN_FACTOR)
        np.copyto(fill, index, where=~usable)
    else:
        fill = index.copy()
    close = carry_forward(index)
    if start > 0:
        before = last_before(prices, columns, start)
        gap = np.isnan(close)
        close = np.where(gap, before[:, None], close) if gap.any() else close
    return close, fill


def shares_traded(prices: Prices, columns: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Return (n_columns, stop − start) adjusted shares traded a session, inf where the volume is not known."""
    rows = slice(start, stop)
    close, volume = prices.close[rows].T[columns], prices.volume[rows].T[columns]
    shares = volume * close / prices.total_return_index[rows].T[columns]
    return np.where(np.isnan(shares), np.inf, shares)


def carry_forward(matrix: np.ndarray) -> np.ndarray:
    """Return a copy of (n, n_rows) with NaN replaced by the last value before it in its line."""
    known = np.where(np.isnan(matrix), 0, np.arange(matrix.shape[1]))
    np.maximum.accumulate(known, axis=1, out=known)
    return np.take_along_axis(matrix, known, axis=1)


def last_before(prices: Prices, columns: np.ndarray, start: int) -> np.ndarray:
    """Return (n_columns,) adjusted close of each column's last row before `start`, NaN where it has none."""
    return carry_forward(prices.total_return_index[:start].T[columns])[:, -1]
