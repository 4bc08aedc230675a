"""The strategies that cannot be told apart from the best one: the model confidence set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.bootstrap import Kind, bootstrap_means, check_sample
from active_edge.inference.checks import RELATIVE_ZERO, check_share


@dataclass(frozen=True)
class ConfidenceSet:
    """Strategies left after eliminating the worst while equality is rejected."""

    included: tuple[int, ...]
    p_values: np.ndarray
    """`(n_strategies,)`: the smallest level at which each would be eliminated; 1 for the best."""
    eliminated: tuple[int, ...]
    """All strategies in the order of elimination, the best last."""
    level: float
    block: int
    resamples: int


def model_confidence_set(
    losses: np.ndarray,
    *,
    seed: int,
    level: float = 0.05,
    block: int | None = None,
    resamples: int = 1000,
    method: Literal["R", "max"] = "R",
    kind: Kind = "stationary",
) -> ConfidenceSet:
    """Return the set that holds the best strategy with chance 1 − level.

    Parameters
    ----------
    losses
        `(n, n_strategies) float`; *smaller is better*: pass minus the returns. No NaN, two columns or more.
    method
        "R": largest pairwise t; "max": largest t against the set's average. Both as `arch.bootstrap.MCS`, to which
        they are equal on the same draws.

    The order of elimination does not depend on the resamples, so the range statistic of every nested set is a
    running maximum, built from the last survivor outwards.

    Source: Hansen, Lunde & Nason (2011), The model confidence set, Econometrica 79(2), doi:10.3982/ECTA5771.
    """
    check_share(level, "level")
    sample = check_sample(losses, "losses")
    if sample.ndim != 2 or sample.shape[1] < 2:
        raise InferenceError(f"losses: shape {sample.shape}, at least two strategies are needed")
    length = int(math.sqrt(len(sample))) if block is None else block
    means = sample.mean(axis=0)
    deviations = bootstrap_means(sample - means, block=length, resamples=resamples, seed=seed, kind=kind)
    if method == "R":
        order, steps = _range(means, deviations)
    elif method == "max":
        order, steps = _maximum(means, deviations)
    else:
        raise InferenceError(f"method {method!r} is not known; use 'R' or 'max'")
    p_values = np.empty(len(order))
    p_values[order] = np.maximum.accumulate(steps)
    return ConfidenceSet(
        included=tuple(int(i) for i in np.flatnonzero(p_values > level)),
        p_values=p_values,
        eliminated=tuple(int(i) for i in order),
        level=level,
        block=length,
        resamples=resamples,
    )


def _range(means: np.ndarray, deviations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return elimination order and step p-values by the largest pairwise statistic."""
    k = len(means)
    gram = deviations.T @ deviations / len(deviations)
    scale = np.sqrt(np.maximum(gram.diagonal()[:, None] + gram.diagonal() - 2.0 * gram, 0.0))
    np.fill_diagonal(scale, 1.0)
    if (scale <= 0).any():
        first, second = np.argwhere(scale <= 0)[0]
        raise InferenceError(f"losses: columns {first} and {second} are the same in every resample; leave one out")
    t = (means[:, None] - means) / scale
    order, statistics = np.empty(k, dtype=np.intp), np.empty(k)
    alive = np.arange(k)
    for step in range(k - 1):
        inside = t[np.ix_(alive, alive)]
        worst = int(inside.argmax()) // len(alive)
        statistics[step] = inside.max()
        order[step] = alive[worst]
        alive = np.delete(alive, worst)
    order[-1] = alive[0]
    steps = np.ones(k)
    largest = np.zeros(len(deviations))
    for step in range(k - 2, -1, -1):
        out, later = order[step], order[step + 1 :]
        spread = np.abs(deviations[:, [out]] - deviations[:, later]) / scale[out, later]
        np.maximum(largest, spread.max(axis=1), out=largest)
        steps[step] = float((statistics[step] < largest).mean())
    return order, steps


def _maximum(means: np.ndarray, deviations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return elimination order and step p-values by the largest statistic against the set's average.

    The variance of a strategy's deviation from the set's average, mean (c − a)², is kept up to date from the
    products of the deviations when a strategy leaves, so that a step costs one pass over the resamples.
    """
    from active_edge.inference._compiled import largest_scaled_deviation

    resamples, k = deviations.shape
    by_strategy = np.ascontiguousarray(deviations.T)
    gram = by_strategy @ deviations / resamples
    total, cross = deviations.sum(axis=1), gram.sum(axis=1)
    alive = np.arange(k)
    order: list[int] = []
    steps: list[float] = []
    largest, inverse = np.empty(resamples), np.zeros(k)
    while len(alive) > 1:
        m = len(alive)
        average = total / m
        variance = gram.diagonal()[alive] - 2.0 * cross[alive] / m + float(average @ average) / resamples
        if (variance <= RELATIVE_ZERO * gram.diagonal()[alive]).any():
            raise InferenceError("losses: the strategies left are the same in every resample; leave repeated ones out")
        inverse[alive] = 1.0 / np.sqrt(variance)
        t = (means[alive] - means[alive].mean()) * inverse[alive]
        worst = alive[t == t.max()]
        largest_scaled_deviation(by_strategy, alive, average, inverse, largest)
        order += [int(i) for i in worst]
        steps += [float((t.max() < largest).mean())] * len(worst)
        total = total - by_strategy[worst].sum(axis=0)
        cross = cross - gram[worst].sum(axis=0)
        alive = alive[t != t.max()]
    return np.array([*order, *alive], dtype=np.intp), np.array([*steps, *[1.0] * len(alive)])
