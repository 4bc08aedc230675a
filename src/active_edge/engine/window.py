"""The stretch of sessions a backtest covers, and the decisions inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from active_edge.engine.exits import find_exits, terminal_prices
from active_edge.engine.segments import Daily, Tape, Track, segments_of, track_of
from active_edge.errors import BacktestError
from active_edge.sessions import rebalance_sessions

if TYPE_CHECKING:
    from active_edge.costs import TradingTerms
    from active_edge.engine.exits import Exits
    from active_edge.market import Market

Day: TypeAlias = pd.Timestamp | str | None


@dataclass(frozen=True)
class Window:
    """Rows [start, stop) of the market's sessions."""

    start: int
    stop: int

    @property
    def n_rows(self) -> int:
        return self.stop - self.start


def window_of(market: Market, first_decision: pd.Timestamp, start: Day, end: Day) -> Window:
    """Return the window from the close of `start` (default: the first decision) to `end` (default: the last session).

    Raises
    ------
    BacktestError
        Fewer than two sessions lie between them, or the market's prices are not daily.
    """
    if market.spacing != "daily":
        raise BacktestError(
            f"{market.path}: prices are {market.spacing}; nothing is traded on them, for fills and costs need every "
            "session: import daily prices"
        )
    sessions = market.sessions
    first = sessions.searchsorted(pd.Timestamp(first_decision if start is None else start), side="left")
    stop = len(sessions) if end is None else sessions.searchsorted(pd.Timestamp(end), side="right")
    if stop - first < 2:
        raise BacktestError(
            f"backtest from {start or first_decision} to {end or sessions[-1]}: the market has {max(stop - first, 0)} "
            f"sessions there (it runs from {sessions[0]:%Y-%m-%d} to {sessions[-1]:%Y-%m-%d}); at least 2 are needed"
        )
    return Window(int(first), int(stop))


def decisions_in(market: Market, dates: pd.DatetimeIndex, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """Return (which, rows): positions of the dates whose decision falls in the window, and their local rows.

    Raises
    ------
    BacktestError
        A date is no session, or none falls in the window.
    """
    rows = market.rows_of(dates) - window.start
    which = np.flatnonzero((rows >= 0) & (rows < window.n_rows))
    if not len(which):
        raise BacktestError(
            f"targets: none of the {len(dates)} decision dates lies between {market.sessions[window.start]:%Y-%m-%d} "
            f"and {market.sessions[window.stop - 1]:%Y-%m-%d}"
        )
    return which, rows[which]


def read_tape(
    market: Market, columns: np.ndarray, window: Window, terms: TradingTerms, decision_rows: np.ndarray
) -> tuple[Tape, Track, Exits, np.ndarray]:
    """Return where the prices of some columns over a window are, the adjusted ones cut at the fills of decisions, and
    how their series end.

    The last is the price each series ends at, which an exit return is counted from.

    Timing: the row of an exit is the session after the last price, whatever the window; what happens after the
    window's last row is not in the tape.
    """
    edges = np.append(np.minimum(decision_rows + 1, window.n_rows), window.n_rows).astype(np.int64)
    cut = segments_of(market.prices, columns, window.start, edges, trade_at=terms.trade_at)
    exits = find_exits(market, columns, terms.delisting)
    at_last = _at_last(market, columns, exits, window)
    close, volume = market.prices.runs("close"), market.prices.runs("volume")
    offset, first, last = (places[columns] for places in (close.offset, close.first, close.last))
    tape = Tape(
        _exit_rows(exits, window),
        terminal_prices(exits, at_last),
        _reinvest_rows(market, window, terms),
        Daily(close.values, volume.values, offset, first, last, window.start),
    )
    return tape, track_of(tape, *cut), exits, at_last


def _reinvest_rows(market: Market, window: Window, terms: TradingTerms) -> np.ndarray:
    """(n_rows,) bool; the session after the last one of each quarter, where proceeds of exits are invested again."""
    rows = np.zeros(window.n_rows + 1, dtype=bool)
    if terms.reinvest == "proportional":
        inside = market.sessions[window.start : window.stop]
        rows[inside.get_indexer(rebalance_sessions(inside, "quarterly")) + 1] = True
    return rows[: window.n_rows]


def _exit_rows(exits: Exits, window: Window) -> np.ndarray:
    row = np.where(exits.last >= 0, exits.last + 1 - window.start, window.n_rows)
    return np.minimum(row, window.n_rows).astype(np.int64)


def _at_last(market: Market, columns: np.ndarray, exits: Exits, window: Window) -> np.ndarray:
    """(n_columns,) float64, adjusted close of the last row of a series that ends, of none after the window."""
    from active_edge.engine._reading import carried

    columns, last = np.asarray(columns, dtype=np.int64), np.minimum(exits.last, window.stop - 1)
    return np.asarray(carried(market.prices.runs("total_return_index"), columns, last))
