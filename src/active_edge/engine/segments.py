"""Prices as the compiled loop walks them: total-return adjusted, one asset's sessions contiguous."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from active_edge.market.prices import OPEN_FACTOR

if TYPE_CHECKING:
    from active_edge.costs import TradeAt
    from active_edge.market import Prices


class Daily(NamedTuple):
    """Unadjusted closes and volumes of the whole market, and where the columns of a tape lie in them.

    close, volume : as `Runs.values`; offset, first, last : (n_columns,) int64, as in `Runs`; first_row : session of
    the tape's first row.
    """

    close: np.ndarray
    volume: np.ndarray
    offset: np.ndarray
    first: np.ndarray
    last: np.ndarray
    first_row: int


class Tape(NamedTuple):
    """How some columns end within the simulated rows, and where their prices are.

    exit_row : (n_columns,) int64, the row after an ended asset's last one; n_rows where it does not end in time.
    terminal : (n_columns,) float64, adjusted price of `exit_row`, NaN where there is none.
    reinvest : (n_rows,) bool, rows on which the proceeds of exits before them are invested again.
    daily : the days that trailing volumes are told from.
    """

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
    fill : as `close`, each entry two that are read together: the adjusted price an order on that row gets, NaN where
    the asset has no row, and the adjusted shares traded on it, inf where that is not known. exit_row, terminal : as
    there. next_reinvest : (n_rows,) int64, the first reinvesting row after each, n_rows where there is none.
    daily_close, daily_volume, offset, first, last, first_row : as in `Daily`; median : (n_columns, n_rows) float64,
    trailing volumes told so far (`_volume`).
    """

    close: np.ndarray
    fill: np.ndarray
    exit_row: np.ndarray
    terminal: np.ndarray
    next_reinvest: np.ndarray
    daily_close: np.ndarray
    daily_volume: np.ndarray
    offset: np.ndarray
    first: np.ndarray
    last: np.ndarray
    first_row: int
    median: np.ndarray


def segments_of(
    prices: Prices, columns: np.ndarray, start: int, edges: np.ndarray, *, trade_at: TradeAt
) -> tuple[np.ndarray, np.ndarray]:
    """Return `close` and `fill` of a `Track`, for the rows from session `start` on.

    Its close is the adjusted one carried forward over gaps, NaN before the asset's first row.

    The adjusted open is open × (total return index / close), so that both prices of a session belong to one
    scale; a session without an open, or with one beyond a factor of 3 of its close, fills at its close.

    Parameters
    ----------
    edges : (n_decisions + 1,) rows at which the track is cut: those of the fills, and the number of rows.
    """
    from active_edge.engine._reading import collect

    at_open, index, size = trade_at == "next_open", prices.runs("total_return_index"), len(columns) * np.ptp(edges)
    blocks, fill = np.empty(size), np.empty((size, 2))
    where = np.asarray(columns, dtype=np.int64), start, at_open, OPEN_FACTOR, edges
    opens = prices.runs("open") if at_open else index
    collect(index, opens, prices.runs("close"), prices.runs("volume"), *where, blocks, fill)
    return blocks, fill.reshape(-1)


def track_of(tape: Tape, close: np.ndarray, fill: np.ndarray) -> Track:
    """Return the track of a tape whose prices were cut into `close` and `fill`."""
    # Zeros that nobody reads take no memory.
    median = np.zeros((len(tape.exit_row), len(tape.reinvest)))
    return Track(close, fill, tape.exit_row, tape.terminal, _next_after(tape.reinvest), *tape.daily, median)


def _next_after(marked: np.ndarray) -> np.ndarray:
    """Return (n,) int64: the first marked place after each, n where there is none."""
    n = len(marked)
    places = np.append(np.where(marked, np.arange(n), n), n)
    following: np.ndarray = np.minimum.accumulate(places[::-1])[::-1][1:].astype(np.int64)
    return following
