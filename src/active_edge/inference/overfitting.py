"""How likely the best variant of a grid is the best only by luck: combinatorially symmetric cross-validation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import BAD_MATRIX, estimator

CHUNK = 2048
"""Splits evaluated at once; bounds memory to CHUNK × n_strategies numbers a statistic."""


@dataclass(frozen=True)
class Overfitting:
    """Out-of-sample fate of the in-sample best."""

    pbo: float
    """Share of splits in which the in-sample best lies at or below the out-of-sample median."""
    loss_probability: float
    """Share of splits in which its out-of-sample Sharpe ratio is negative."""
    slope: float
    """Least-squares slope of its out-of-sample on its in-sample ratio: below zero where selection backfires."""
    logits: np.ndarray
    """`(n_splits,)` log odds of its relative out-of-sample rank."""
    splits: int
    blocks: int
    strategies: int


@estimator(
    source="Bailey, Borwein, López de Prado & Zhu (2017)",
    published="test_superiority::test_overfitting_worked_by_hand_with_two_blocks",
    bad_samples=(*BAD_MATRIX, "one series", "odd number of blocks"),
    uncalibrated="a share that is one half by luck, measured by its published number, not a test at a level",
)
def backtest_overfitting(sample: SampleMatrix, *, blocks: int = 16) -> Overfitting:
    """Return the probability of backtest overfitting of a family of variants.

    The rows are cut into `blocks` consecutive equal parts. For each of the C(S, S/2) ways to put half of them in
    sample: find the variant with the best Sharpe ratio there, take its rank ω in (0, 1) among all variants in the
    other half, λ = ln(ω/(1 − ω)). PBO = share of λ ≤ 0.

    Parameters
    ----------
    sample
        Active or excess returns, a column a variant. The first n mod S rows are left out.
    blocks
        S, even; 16 gives 12,870 splits.

    Source: Bailey, Borwein, López de Prado & Zhu (2017), The probability of backtest overfitting, Journal of
    Computational Finance 20(4), doi:10.21314/JCF.2016.322. Ties share their average rank.

    Raises
    ------
    InferenceError
        Odd S, fewer than two rows a block, fewer than two variants, a variant without variation.
    """
    from active_edge.products import product

    n, k = sample.n, sample.n_series
    if k < 2:
        raise InferenceError(f"returns: {k} variant, at least two are needed")
    if blocks < 2 or blocks % 2 or n < 2 * blocks:
        raise InferenceError(f"blocks is {blocks}, it must be even and at most half of the {n} rows")
    rows = n // blocks
    parts = sample.returns[n - rows * blocks :].reshape(blocks, rows, k)
    centre = parts.mean(axis=(0, 1))
    sums, squares = (parts - centre).sum(axis=1), ((parts - centre) ** 2).sum(axis=1)
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    n_splits = len(chosen)
    inside, outside, ranks = np.empty(n_splits), np.empty(n_splits), np.empty(n_splits)
    for start in range(0, n_splits, CHUNK):
        part = chosen[start : start + CHUNK]
        picks = np.zeros((len(part), blocks))
        picks[np.arange(len(part))[:, None], part] = 1.0
        half = rows * blocks // 2
        train = _sharpes(product(picks, sums), product(picks, squares), half, centre)
        test = _sharpes(product(1 - picks, sums), product(1 - picks, squares), half, centre)
        best = train.argmax(axis=1)[:, None]
        value = np.take_along_axis(test, best, axis=1)
        here = slice(start, start + len(part))
        inside[here], outside[here] = np.take_along_axis(train, best, axis=1)[:, 0], value[:, 0]
        ranks[here] = (test < value).sum(axis=1) + ((test == value).sum(axis=1) + 1) / 2.0
    share = ranks / (k + 1.0)
    logits = np.log(share / (1.0 - share))
    spread = inside - inside.mean()
    return Overfitting(
        pbo=float((logits <= 0).mean()),
        loss_probability=float((outside < 0).mean()),
        slope=float((spread * outside).sum() / (spread**2).sum()) if spread.any() else 0.0,
        logits=logits,
        splits=n_splits,
        blocks=blocks,
        strategies=k,
    )


def _sharpes(sums: np.ndarray, squares: np.ndarray, n: int, centre: np.ndarray) -> np.ndarray:
    mean = sums / n
    variance = squares / n - mean**2
    if (variance <= 0).any():
        raise InferenceError(f"returns: variant {int(np.argwhere(variance <= 0)[0][1])} does not vary in some half")
    sharpe: np.ndarray = (mean + centre) / np.sqrt(variance * n / (n - 1))
    return sharpe
