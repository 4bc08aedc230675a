"""Daily values as runs: of each asset its own life, one after the other, nothing of the days around it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

BLOCK = 512
"""Assets whose places are worked out at once."""


class Runs(NamedTuple):
    """One value an asset and session, from the asset's first session with a row to its last.

    values : (n + 1,) float64, read-only; that of session s of asset a is ``values[offset[a] + s]`` where
    ``first[a] <= s <= last[a]``, NaN on a session in between without a row or a value. The last one is NaN: no asset's.
    offset, first, last : (n_assets,) int64; of an asset without a row first is 0 and last −1.
    n_sessions : of the market.
    """

    values: np.ndarray
    offset: np.ndarray
    first: np.ndarray
    last: np.ndarray
    n_sessions: int

    def at(self, sessions: np.ndarray, assets: np.ndarray) -> np.ndarray:
        """Return the values of some sessions and assets, both indices, broadcast; NaN outside an asset's life."""
        inside = (self.first[assets] <= sessions) & (sessions <= self.last[assets])
        found: np.ndarray = self.values[np.where(inside, self.offset[assets] + sessions, -1)]
        return found

    def matrix(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Return ``(n_sessions, stop − start)`` float64, Fortran-ordered, read-only: assets in a row, NaN outside."""
        stop = len(self.offset) if stop is None else stop
        dense = np.full((self.n_sessions, stop - start), np.nan, order="F")
        for column, asset in enumerate(range(start, stop)):
            begin, end = self.first[asset], self.last[asset] + 1
            dense[begin:end, column] = self.values[self.offset[asset] + begin : self.offset[asset] + end]
        dense.setflags(write=False)
        return dense

    def with_values(self, values: np.ndarray) -> Runs:
        """Return other values of the same lives."""
        values.setflags(write=False)
        return self._replace(values=values)


def lives(first: np.ndarray, last: np.ndarray, n_sessions: int) -> Runs:
    """Return the runs of some lives, without values yet; first and last session of each, −1 where it has none."""
    first, last = np.maximum(first, 0).astype(np.int64), np.asarray(last, dtype=np.int64)
    ends = np.cumsum(last + 1 - first)
    return Runs(np.empty(0), ends - (last + 1), first, last, n_sessions)


def filled(empty: Runs, counts: np.ndarray, session: np.ndarray, rows: np.ndarray) -> Runs:
    """Return runs with the values of stored rows.

    Parameters
    ----------
    counts : (n_assets,) rows of each asset; session, rows : session and value of each, by asset and session.
    """
    values = np.full(int((empty.last + 1 - empty.first).sum()) + 1, np.nan)
    starts = np.concatenate([[0], np.cumsum(counts)])
    for begin in range(0, len(counts), BLOCK):
        own = slice(begin, begin + BLOCK)
        at = slice(starts[begin], starts[min(begin + BLOCK, len(counts))])
        values[np.repeat(empty.offset[own], counts[own]) + session[at]] = rows[at]
    return empty.with_values(values)
