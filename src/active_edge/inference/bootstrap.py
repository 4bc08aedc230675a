"""Block bootstraps of many return series at once, as one matrix product.

A resample's mean is a weighted mean of the original rows, the weight of a row being how often it was drawn. The
weights do not depend on the series, so the means of s series over m resamples are (m × n) @ (n × s). Where the blocks
are long the weights have few steps: summing by parts, the same product is a sparse one with the running sums of the
series, two terms a block instead of one a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_share
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import estimator

SPARSE_FROM = 2e8
"""Rows × resamples × series from which the sparse product pays for its compiled loops."""

SPARSE_BLOCK = 10.0
"""Mean block length below which the dense product is the faster one."""

CHUNK = 100
"""Resamples drawn at once while the previous ones are summed."""

TILE = 64
"""Series summed at once: running sums of 2,500 rows × 64 series stay in a core's cache."""


@dataclass(frozen=True)
class BlockLengths:
    """Block lengths that minimise the mean squared error of the bootstrapped variance of the mean.

    Each array is `(n_series,)`; NaN for a series that does not vary.
    """

    stationary: np.ndarray
    circular: np.ndarray


@dataclass(frozen=True)
class MeanIntervals:
    """Annual means of several series with bootstrap intervals; each array is `(n_series,)`."""

    mean_annual: np.ndarray
    se_annual: np.ndarray
    low: np.ndarray
    high: np.ndarray
    level: float
    block: float
    resamples: int


@estimator(
    source="Politis & White (2004); Patton, Politis & White (2009)",
    published="test_published_numbers::test_optimal_block_of_a_first_order_autoregression",
    bad_samples=("short", "hole", "infinite"),
    uncalibrated="a length, not a test",
)
def optimal_blocks(sample: SampleMatrix) -> BlockLengths:
    """Return the automatic block lengths of each series.

    Source: Politis & White (2004), doi:10.1081/ETC-120028836, corrected by Patton, Politis & White (2009),
    doi:10.1080/07474930802459016; as `arch.bootstrap.optimal_block_length` computes it.
    """
    from arch.bootstrap import optimal_block_length

    lengths = np.full((2, sample.n_series), np.nan)
    moving = ~sample.flat
    if moving.any():
        table = optimal_block_length(sample.returns[:, moving])
        lengths[:, moving] = table["stationary"], table["circular"]
    return BlockLengths(stationary=lengths[0], circular=lengths[1])


@estimator(
    source="Politis & White (2004)",
    published="test_superiority::test_the_longest_block_is_that_of_the_most_persistent_series",
    bad_samples=("short", "hole", "infinite"),
    uncalibrated="a length, not a test",
)
def longest_block(sample: SampleMatrix) -> float:
    """Return the longest automatic length over the series, at least 1 and at most a quarter of the sample."""
    lengths = optimal_blocks(sample).stationary
    return float(min(max([1.0, *lengths[np.isfinite(lengths)]]), sample.n / 4.0))


def stationary_draws(n: int, block: float, resamples: int, *, seed: int) -> np.ndarray:
    """Return row numbers of stationary bootstrap resamples, `(resamples, n) int64`.

    A new block starts with chance 1/block at each row, at a row drawn uniformly; blocks wrap around the end.
    Draw for draw what `arch.bootstrap.StationaryBootstrap(block, ..., seed=seed)` uses.

    Source: Politis & Romano (1994), doi:10.1080/01621459.1994.10476870.
    """
    _check_block(n, block, resamples)
    generator = np.random.default_rng(seed)
    rows = np.empty((resamples, n), dtype=np.int64)
    fresh = np.empty((resamples, n), dtype=bool)
    for b in range(resamples):
        rows[b] = generator.integers(n, size=n)
        np.less_equal(generator.random(n), 1.0 / block, out=fresh[b])
    fresh[:, 0] = True
    starts = np.where(fresh, np.arange(n), 0)
    np.maximum.accumulate(starts, axis=1, out=starts)
    rows = np.take_along_axis(rows, starts, axis=1)
    rows += np.arange(n)
    rows -= starts
    rows[rows >= n] -= n
    return rows


def resample_weights(draws: np.ndarray) -> np.ndarray:
    """Return how often each row was drawn, over n: `(resamples, n) float64`, rows sum to 1."""
    resamples, n = draws.shape
    flat = draws + np.arange(resamples)[:, None] * n
    counts = np.bincount(flat.ravel(), minlength=resamples * n)
    weights: np.ndarray = counts.reshape(resamples, n) / n
    return weights


@estimator(
    source="Politis & Romano (1994)",
    published="test_superiority::test_means_of_resamples_equal_arch",
    bad_samples=("short", "hole", "infinite", "impossible block"),
    uncalibrated="resamples, not a test",
)
def bootstrap_means(sample: SampleMatrix, *, block: float, resamples: int, seed: int) -> np.ndarray:
    """Return the mean of every series in every stationary bootstrap resample, `(resamples, n_series)`.

    All series are resampled with the same rows, which keeps the dependence between them.

    Parameters
    ----------
    block
        Mean block length in rows.
    """
    from active_edge.products import product

    returns = sample.returns
    if float(returns.size) * resamples >= SPARSE_FROM and block >= SPARSE_BLOCK:
        return sparse_means(returns, block, resamples, seed=seed)
    return product(resample_weights(stationary_draws(sample.n, block, resamples, seed=seed)), returns)


def sparse_means(sample: np.ndarray, block: float, resamples: int, *, seed: int) -> np.ndarray:
    """Return what `bootstrap_means` returns, `(resamples, n_series)`, block by block.

    Draws of the next resamples and sums of the last run side by side on two threads.
    """
    from active_edge.inference._compiled import running_sums, sum_runs

    n, k = sample.shape
    _check_block(n, block, resamples)
    sample = np.ascontiguousarray(sample)
    out = np.empty((resamples, k))
    tiles = [slice(j, min(j + TILE, k)) for j in range(0, k, TILE)]

    def sum_tiles(first: int, starts: np.ndarray, ends: np.ndarray, pointers: np.ndarray) -> None:
        rows = slice(first, first + len(pointers) - 1)
        for tile, running in zip(tiles, prefixes, strict=True):
            sum_runs(running.result(), starts, ends, pointers, 1.0 / n, out[rows, tile])

    with ThreadPoolExecutor(max_workers=2) as pool:
        prefixes = [pool.submit(running_sums, sample, tile.start, tile.stop) for tile in tiles]
        jobs = [pool.submit(sum_tiles, *runs) for runs in _stationary_runs(n, block, resamples, seed=seed)]
        for job in jobs:
            job.result()
    return out


def _stationary_runs(
    n: int, block: float, resamples: int, *, seed: int
) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Yield (first resample, starts, ends, pointers) of the runs that `stationary_draws` consists of."""
    from active_edge.inference._compiled import find_blocks

    generator = np.random.default_rng(seed)
    for first in range(0, resamples, CHUNK):
        size = min(CHUNK, resamples - first)
        rows, uniforms = np.empty((size, n), dtype=np.int64), np.empty((size, n))
        for b in range(size):
            rows[b] = generator.integers(n, size=n)
            generator.random(out=uniforms[b])
        starts, ends = np.empty(2 * rows.size, dtype=np.int64), np.empty(2 * rows.size, dtype=np.int64)
        pointers = np.empty(size + 1, dtype=np.int64)
        count = find_blocks(rows, uniforms, 1.0 / block, starts, ends, pointers)
        yield first, starts[:count].copy(), ends[:count].copy(), pointers


@estimator(
    source="Davison & Hinkley (1997), eq. 5.6",
    published="test_superiority::test_interval_of_contributions_sums_like_the_contributions",
    bad_samples=("short", "hole", "infinite", "impossible level"),
    uncalibrated="intervals beside a test; their coverage is held by test_superiority",
)
def mean_intervals(
    sample: SampleMatrix,
    *,
    seed: int,
    block: float | None = None,
    resamples: int = 2000,
    level: float = 0.05,
) -> MeanIntervals:
    """Return annual means of several series with basic (reflected percentile) bootstrap intervals.

    Parameters
    ----------
    sample
        Returns or contributions per period; a constant one has an interval of one point.
    block
        Mean block length; None takes `longest_block`.

    Interval [2m − q_{1−level/2}, 2m − q_{level/2}] of the resampled means.

    Source: Davison & Hinkley (1997), Bootstrap Methods and their Application, eq. 5.6; stationary bootstrap.
    """
    check_share(level, "level")
    block = longest_block(sample) if block is None else block
    means = bootstrap_means(sample, block=block, resamples=resamples, seed=seed) * sample.periods_per_year
    centre = sample.returns.mean(axis=0) * sample.periods_per_year
    low, high = np.quantile(means, [level / 2.0, 1.0 - level / 2.0], axis=0)
    return MeanIntervals(
        centre, means.std(axis=0, ddof=1), 2 * centre - high, 2 * centre - low, level, block, resamples
    )


def _check_block(n: int, block: float, resamples: int) -> None:
    if not 1 <= block <= n:
        raise InferenceError(f"block is {block}, it must lie between 1 and the {n} observations")
    if resamples < 1:
        raise InferenceError(f"resamples is {resamples}, at least 1 is needed")
