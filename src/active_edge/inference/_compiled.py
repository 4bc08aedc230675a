"""Compiled loops of the bootstraps; imported only inside functions that meet enough work to pay for compiling.

Each has a plain counterpart in this package or in `arch` that tests hold it to.
"""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def find_blocks(
    rows: np.ndarray, uniforms: np.ndarray, restart: float, starts: np.ndarray, ends: np.ndarray, pointers: np.ndarray
) -> int:
    """Write the runs of consecutive rows of stationary bootstrap resamples; return how many there are.

    Parameters
    ----------
    rows, uniforms
        `(resamples, n)` drawn rows and uniforms; a new block starts where the uniform is at most `restart`.
    starts, ends
        Output, long enough for every run: first row and one past the last. A block that wraps is two runs.
    pointers
        Output `(resamples + 1,)`: runs of resample b are pointers[b] to pointers[b + 1].
    """
    resamples, n = rows.shape
    count = 0
    for b in range(resamples):
        pointers[b] = count
        at = -1
        for i in range(n):
            if i == 0 or uniforms[b, i] <= restart or at == n - 1:
                if i > 0:
                    ends[count] = at + 1
                    count += 1
                wrapped = i > 0 and uniforms[b, i] > restart
                at = 0 if wrapped else rows[b, i]
                starts[count] = at
            else:
                at += 1
        ends[count] = at + 1
        count += 1
    pointers[resamples] = count
    return count


@numba.njit(nogil=True, cache=True)
def running_sums(values: np.ndarray, first: int, stop: int) -> np.ndarray:
    """Return sums of the rows before each row, `(n + 1, stop − first)`, of columns `first` to `stop`."""
    n = values.shape[0]
    prefix = np.zeros((n + 1, stop - first))
    for i in range(n):
        for j in range(stop - first):
            prefix[i + 1, j] = prefix[i, j] + values[i, first + j]
    return prefix


@numba.njit(nogil=True, cache=True)
def sum_runs(
    prefix: np.ndarray, starts: np.ndarray, ends: np.ndarray, pointers: np.ndarray, scale: float, out: np.ndarray
) -> None:
    """Write scale × Σ over runs of prefix[end] − prefix[start] for each resample and series.

    Parameters
    ----------
    prefix
        `(n + 1, width)` running sums, the first row zero.
    out
        `(resamples, width)`.
    """
    width = prefix.shape[1]
    total = np.empty(width)
    for b in range(out.shape[0]):
        total[:] = 0.0
        for run in range(pointers[b], pointers[b + 1]):
            end, start = ends[run], starts[run]
            for j in range(width):
                total[j] += prefix[end, j] - prefix[start, j]
        for j in range(width):
            out[b, j] = total[j] * scale
