"""Daily prices: of each asset the run of its own life, and matrices of them where somebody asks for one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias
from weakref import WeakValueDictionary

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.database import identifier
from active_edge.market.files import parquet
from active_edge.market.runs import Runs, filled, lives
from active_edge.market.splits import SPLIT_TOLERANCE

UNKNOWN_RETURN_BOUND = 0.5
"""An unknown return is chained as close/close only within ± this; beyond it is a split, a reuse or an error."""
HALVED = (0.5 * (1.0 - SPLIT_TOLERANCE), 0.5 * (1.0 + SPLIT_TOLERANCE))
"""An unknown return whose close/close lies here is taken for a 2:1 split, never for a loss of half."""

HOLE_SESSIONS = 20
"""More missing sessions in a row than this end a series: what follows is another asset, for tickers are reused."""
OPEN_FACTOR = 3.0
"""An open beyond this factor of the same session's close, up or down, is no price anyone traded at."""

Column: TypeAlias = Literal["open", "high", "low", "close", "volume", "returns", "total_return_index"]
READ_EACH_TIME = ("high", "low")
"""Asked for once, for spreads."""


class Prices:
    """Prices of one snapshot, each column read from disk when it is first asked for and then kept as `runs`.

    Not so `high` and `low`, which are read each time. A matrix, which has a cell for every session an asset was
    not listed on, is made anew each time, and kept as long as somebody holds it.

    Every matrix is ``(n_sessions, n_assets)`` float64, Fortran-ordered, read-only, columns in the order of
    `Market.assets`, NaN where the asset has no row on that session (or, for open, high, low and volume, no value).

    Attributes
    ----------
    open, high, low, close
        USD, unadjusted.
    volume
        Shares, unadjusted.
    returns
        Total return from the asset's previous row, decimal; NaN on its first row and where there is no row. An unknown
        return is close/close − 1 where that lies within ±50 %; beyond it, where the close halves to within 2 %
        as in a 2:1 split, or where the import could not tell a split from a loss, it is 0.0 and listed in `unchained`.
    first, last
        ``(n_assets,)`` int64: index of the first and last session with a row, −1 where there is none.

    Timing: a value of session *t* is known at the close of *t* (open: at the open).
    """

    def __init__(
        self,
        file: Path,
        sessions: pd.DatetimeIndex,
        assets: pd.Index,
        database: duckdb.DuckDBPyConnection,
        undecided: Callable[[], np.ndarray],
    ) -> None:
        self._file = file
        self._undecided = undecided
        self._database = database
        self._sessions = sessions
        self._assets = assets
        self._kept: dict[Column, Runs] = {}
        self._matrices: WeakValueDictionary[str, np.ndarray] = WeakValueDictionary()

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_sessions, n_assets)`` of every matrix."""
        return len(self._sessions), len(self._assets)

    def runs(self, column: Column) -> Runs:
        """Return a column as the runs of the assets' lives; all of one market have the same places."""
        if column in READ_EACH_TIME:
            return self._filled(self._rows(column))
        if column not in self._kept:
            self._kept[column] = self._made(column)
        return self._kept[column]

    @property
    def open(self) -> np.ndarray:
        return self._matrix("open")

    @property
    def high(self) -> np.ndarray:
        return self._matrix("high")

    @property
    def low(self) -> np.ndarray:
        return self._matrix("low")

    @property
    def close(self) -> np.ndarray:
        return self._matrix("close")

    @property
    def volume(self) -> np.ndarray:
        return self._matrix("volume")

    @property
    def returns(self) -> np.ndarray:
        return self._matrix("returns")

    @property
    def total_return_index(self) -> np.ndarray:
        """Adjusted close: product of (1 + return) from 1.0 at the asset's first row; NaN where it has no row.

        An adjusted open is ``open * total_return_index / close``.
        """
        return self._matrix("total_return_index")

    @property
    def told_returns(self) -> np.ndarray:
        """Total returns as they are stored: NaN where unknown."""
        return self.stored_rows("total_return").matrix()

    def stored_rows(self, name: str) -> Runs:
        """Return a column of the stored table as it is, read each time."""
        return self._filled(self._rows(name))

    @property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Asset and session index of every row, each ``(n_rows,)`` int64, by asset and session."""
        starts, session = self._layout
        return np.repeat(np.arange(len(self._assets), dtype=np.int64), np.diff(starts)), session.astype(np.int64)

    @cached_property
    def unchained(self) -> pd.DataFrame:
        """Unknown returns that are not chained: asset, session, close, previous_close, close_to_close."""
        return self._chained_rows()[1]

    @cached_property
    def unchained_rows(self) -> np.ndarray:
        """Places of `unchained`, ``(n_unchained,)`` int64, ascending: asset × n_sessions + session, both as indices."""
        asset = self._assets.get_indexer(self.unchained["asset"]).astype(np.int64)
        places: np.ndarray = asset * len(self._sessions) + self._sessions.get_indexer(self.unchained["session"])
        places.setflags(write=False)
        return places

    @cached_property
    def first(self) -> np.ndarray:
        starts, session = self._layout
        return self._ends(session, starts[:-1])

    @cached_property
    def last(self) -> np.ndarray:
        starts, session = self._layout
        return self._ends(session, starts[1:] - 1)

    @cached_property
    def _layout(self) -> tuple[np.ndarray, np.ndarray]:
        """Where the stored rows go: first row of each asset (n_assets + 1), session of each row (n_rows,) int32.

        The file is sorted by asset and session, as `Market.assets` is, so an asset's rows are one run.
        """
        source = parquet(self._file)
        origin = self._sessions[0]
        with self._database.cursor() as connection:
            runs = connection.execute(f"SELECT asset, count(*) AS n FROM {source} GROUP BY asset ORDER BY asset")
            found = runs.fetchnumpy()
            days = connection.execute(f"SELECT (session - DATE '{origin:%Y-%m-%d}')::INTEGER AS day FROM {source}")
            day = days.fetchnumpy()["day"]
        counts = np.zeros(len(self._assets), dtype=np.int64)
        counts[self._assets.get_indexer(np.asarray(found["asset"], dtype=object))] = found["n"]
        starts = np.concatenate([[0], np.cumsum(counts)])
        session_of_day = np.zeros((self._sessions[-1] - origin).days + 1, dtype=np.int32)
        session_of_day[(self._sessions - origin).days] = np.arange(len(self._sessions), dtype=np.int32)
        return starts, session_of_day[np.asarray(day)]

    @cached_property
    def _lives(self) -> Runs:
        return lives(self.first, self.last, len(self._sessions))

    def _rows(self, name: str) -> np.ndarray:
        """Return one stored column, (n_rows,) float64 in file order, NaN where null."""
        with self._database.cursor() as connection:
            query = f"SELECT {identifier(name)}::DOUBLE AS value FROM {parquet(self._file)}"
            value = connection.execute(query).fetchnumpy()["value"]
        return value.filled(np.nan) if isinstance(value, np.ma.MaskedArray) else value

    def _filled(self, rows: np.ndarray) -> Runs:
        starts, session = self._layout
        return filled(self._lives, np.diff(starts), session, rows)

    def _matrix(self, column: Column) -> np.ndarray:
        matrix = self._matrices.get(column)
        if matrix is None:
            matrix = self._matrices[column] = self.runs(column).matrix()
        return matrix

    def _made(self, column: Column) -> Runs:
        if column == "total_return_index":
            return self._index()
        if column != "returns":
            return self._filled(self._rows(column))
        chained, unchained = self._chained_rows()
        self.__dict__.setdefault("unchained", unchained)
        return self._filled(chained)

    def _index(self) -> Runs:
        returns = self.runs("returns")
        index = 1.0 + returns.values
        index[np.isnan(index)] = 1.0
        ends = returns.offset + returns.last + 1
        for begin, end in zip(returns.offset + returns.first, ends, strict=True):
            np.cumprod(index[begin:end], out=index[begin:end])
        index[np.isnan(self.runs("close").values)] = np.nan
        return returns.with_values(index)

    def _chained_rows(self) -> tuple[np.ndarray, pd.DataFrame]:
        starts, session = self._layout
        close = self.runs("close")
        chained = self._rows("total_return")
        opening = starts[:-1][starts[:-1] < starts[1:]]
        chained[opening] = np.nan
        unknown = np.isnan(chained)
        unknown[opening] = False
        row = np.flatnonzero(unknown)
        asset = np.searchsorted(starts, row, side="right") - 1
        last, now = (close.values[close.offset[asset] + session[at]] for at in (row - 1, row))
        moved = now / last - 1.0
        halved = (moved >= HALVED[0] - 1.0) & (moved <= HALVED[1] - 1.0)
        beyond = (np.abs(moved) > UNKNOWN_RETURN_BOUND) | halved
        beyond |= np.isin(asset * len(self._sessions) + session[row], self._undecided())
        chained[row] = np.where(beyond, 0.0, moved)
        unchained = pd.DataFrame(
            {
                "asset": self._assets[asset[beyond]],
                "session": self._sessions[session[row[beyond]]],
                "close": now[beyond],
                "previous_close": last[beyond],
                "close_to_close": moved[beyond],
            }
        )
        return chained, unchained

    def _ends(self, session: np.ndarray, rows: np.ndarray) -> np.ndarray:
        starts = self._layout[0]
        listed = starts[:-1] < starts[1:]
        ends = np.full(len(listed), -1, dtype=np.int64)
        ends[listed] = session[rows[listed]]
        ends.setflags(write=False)
        return ends
