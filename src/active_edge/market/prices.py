"""Daily prices as matrices: sessions down, assets across, one asset's sessions contiguous in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.database import identifier
from active_edge.market.files import parquet
from active_edge.market.splits import SPLIT_TOLERANCE

UNKNOWN_RETURN_BOUND = 0.5
"""An unknown return is chained as close/close only within ± this; beyond it is a split, a reuse or an error."""
HALVED = (0.5 * (1.0 - SPLIT_TOLERANCE), 0.5 * (1.0 + SPLIT_TOLERANCE))
"""An unknown return whose close/close lies here is taken for a 2:1 split, never for a loss of half."""

HOLE_SESSIONS = 20
"""More missing sessions in a row than this end a series: what follows is another asset, for tickers are reused."""
OPEN_FACTOR = 3.0
"""An open beyond this factor of the same session's close, up or down, is no price anyone traded at."""


class Prices:
    """Prices of one snapshot, each matrix read from disk when it is first asked for and then kept.

    Not so `high` and `low`, which are asked for once, for spreads: they are read each time.

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

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_sessions, n_assets)`` of every matrix."""
        return len(self._sessions), len(self._assets)

    @cached_property
    def open(self) -> np.ndarray:
        return self._matrix(self._rows("open"))

    @property
    def high(self) -> np.ndarray:
        return self._matrix(self._rows("high"))

    @property
    def low(self) -> np.ndarray:
        return self._matrix(self._rows("low"))

    @cached_property
    def close(self) -> np.ndarray:
        return self._matrix(self._rows("close"))

    @cached_property
    def volume(self) -> np.ndarray:
        return self._matrix(self._rows("volume"))

    @cached_property
    def returns(self) -> np.ndarray:
        chained, unchained = self._chained_rows()
        self.__dict__.setdefault("unchained", unchained)
        return self._matrix(chained)

    @property
    def told_returns(self) -> np.ndarray:
        """Total returns as they are stored: NaN where unknown."""
        return self._matrix(self._rows("total_return"))

    @property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Asset and session index of every row, each ``(n_rows,)`` int64, by asset and session."""
        asset, session = np.divmod(self._layout[1], len(self._sessions))
        return asset.astype(np.int64), session.astype(np.int64)

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
    def total_return_index(self) -> np.ndarray:
        """Adjusted close: product of (1 + return) from 1.0 at the asset's first row; NaN where it has no row.

        An adjusted open is ``open * total_return_index / close``.
        """
        index = 1.0 + self.returns
        index[np.isnan(index)] = 1.0
        np.cumprod(index, axis=0, out=index)
        index[np.isnan(self.close)] = np.nan
        index.setflags(write=False)
        return index

    @cached_property
    def first(self) -> np.ndarray:
        starts, _, session = self._layout
        return self._ends(session, starts[:-1])

    @cached_property
    def last(self) -> np.ndarray:
        starts, _, session = self._layout
        return self._ends(session, starts[1:] - 1)

    @cached_property
    def _layout(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where the stored rows go: first row of each asset (n_assets + 1), flat position and session of each row.

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
        session = session_of_day[np.asarray(day)]
        position = np.repeat(np.arange(len(counts), dtype=np.int64) * len(self._sessions), counts) + session
        return starts, position, session

    def _rows(self, name: str) -> np.ndarray:
        """Return one stored column, (n_rows,) float64 in file order, NaN where null."""
        with self._database.cursor() as connection:
            query = f"SELECT {identifier(name)}::DOUBLE AS value FROM {parquet(self._file)}"
            value = connection.execute(query).fetchnumpy()["value"]
        return value.filled(np.nan) if isinstance(value, np.ma.MaskedArray) else value

    def _matrix(self, rows: np.ndarray) -> np.ndarray:
        flat = np.full(len(self._sessions) * len(self._assets), np.nan)
        flat[self._layout[1]] = rows
        flat.setflags(write=False)
        return flat.reshape(self.shape, order="F")

    def _chained_rows(self) -> tuple[np.ndarray, pd.DataFrame]:
        starts, position, _ = self._layout
        close = self.close.reshape(-1, order="F")[position]
        chained = self._rows("total_return")
        opening = starts[:-1][starts[:-1] < starts[1:]]
        chained[opening] = np.nan
        unknown = np.isnan(chained)
        unknown[opening] = False
        row = np.flatnonzero(unknown)
        moved = close[row] / close[row - 1] - 1.0
        halved = (moved >= HALVED[0] - 1.0) & (moved <= HALVED[1] - 1.0)
        beyond = (np.abs(moved) > UNKNOWN_RETURN_BOUND) | halved | np.isin(position[row], self._undecided())
        chained[row] = np.where(beyond, 0.0, moved)
        row, moved = row[beyond], moved[beyond]
        asset, session = np.divmod(position[row], len(self._sessions))
        unchained = pd.DataFrame(
            {
                "asset": self._assets[asset],
                "session": self._sessions[session],
                "close": close[row],
                "previous_close": close[row - 1],
                "close_to_close": moved,
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
