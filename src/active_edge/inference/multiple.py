"""Adjusting for how many things were tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_trials
from active_edge.inference.registry import estimator


@estimator(
    source="Dunn (1961)",
    published="test_performance_figures::test_bonferroni_by_hand",
    bad_samples=("no trial", "p above one"),
    uncalibrated="exact by definition; its p is that of the test it adjusts",
)
def bonferroni(p: float, trials: int) -> float:
    """Return min(1, N·p): bounds the family-wise error under any dependence between the trials.

    Source: Dunn (1961), doi:10.1080/01621459.1961.10482090.
    """
    return min(1.0, check_trials(trials) * float(_p_values([p])[0]))


@estimator(
    source="Holm (1979)",
    published="test_performance_figures::test_holm_by_hand",
    bad_samples=("no p-value", "p that is no number", "p above one"),
    calibrated="holm",
)
def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return step-down adjusted p-values, in the order given: p̃₍ᵢ₎ = max_{j≤i} min(1, (N − j + 1) p₍ⱼ₎).

    Family-wise error is held under any dependence.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6(2), https://www.jstor.org/stable/4615733.
    """
    p = _p_values(p_values)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    return _restore(np.minimum(stepped, 1.0), order)


def _p_values(values: Sequence[float] | np.ndarray) -> np.ndarray:
    p = np.asarray(values, dtype=np.float64)
    if p.ndim != 1 or not len(p) or not ((p >= 0) & (p <= 1)).all():
        raise InferenceError(f"p-values must be a non-empty list of numbers in [0, 1], got {values!r}")
    return p


def _restore(stepped: np.ndarray, order: np.ndarray) -> np.ndarray:
    adjusted = np.empty_like(stepped)
    adjusted[order] = stepped
    return adjusted
