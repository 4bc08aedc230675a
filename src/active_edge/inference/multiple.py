"""Adjusting for how many things were tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_share, check_trials
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
    return min(1.0, float(_p_values([p])[0]) * check_trials(trials))


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


@estimator(
    source="Wang & Ramdas (2022)",
    published="test_performance_figures::test_listing_e_values_by_hand",
    bad_samples=("no e-value", "e-value that is no number", "e-value below zero", "impossible level"),
    uncalibrated="exact for e-values of any dependence; their own false alarms are those of what made them",
)
def e_benjamini_hochberg(e_values: Sequence[float] | np.ndarray, *, level: float = 0.05) -> tuple[int, ...]:
    """Return the places of the discoveries, largest e-value first; at most `level` of those listed are false.

    The k largest of n are listed for the largest k with k · e₍ₖ₎ / n ≥ 1/level. Holds under any dependence, and at
    any time the e-values are looked at.

    Parameters
    ----------
    e_values
        One a hypothesis, not negative; infinity is allowed.

    Source: Wang & Ramdas (2022), False discovery rate control with e-values, Journal of the Royal Statistical Society B
    84(3), doi:10.1111/rssb.12489.
    """
    e = _e_values(e_values)
    order = np.argsort(-e, kind="stable")
    enough = np.flatnonzero(e[order] * np.arange(1, len(e) + 1) >= len(e) / check_share(level, "level"))
    found = 0 if not len(enough) else int(enough[-1]) + 1
    return tuple(int(place) for place in order[:found])


@estimator(
    source="Vovk & Wang (2021)",
    published="test_performance_figures::test_listing_e_values_by_hand",
    bad_samples=("no e-value", "e-value that is no number", "e-value below zero"),
    uncalibrated="exact for e-values of any dependence; their own false alarms are those of what made them",
)
def mean_e_value(e_values: Sequence[float] | np.ndarray) -> float:
    """Return the e-value of "none of them has an edge": the mean, under any dependence.

    For a fixed number of hypotheses; a mean over a growing number of them is no e-value.

    Source: Vovk & Wang (2021), E-values: calibration, combination and applications, Annals of Statistics 49(3),
    doi:10.1214/20-AOS2020.
    """
    return float(_e_values(e_values).mean())


def _e_values(values: Sequence[float] | np.ndarray) -> np.ndarray:
    e = np.asarray(values, dtype=np.float64)
    if e.ndim != 1 or not len(e) or not (e >= 0).all():
        raise InferenceError(f"e-values must be a non-empty list of numbers of at least 0, got {values!r}")
    return e


def _p_values(values: Sequence[float] | np.ndarray) -> np.ndarray:
    p = np.asarray(values, dtype=np.float64)
    if p.ndim != 1 or not len(p) or not ((p >= 0) & (p <= 1)).all():
        raise InferenceError(f"p-values must be a non-empty list of numbers in [0, 1], got {values!r}")
    return p


def _restore(stepped: np.ndarray, order: np.ndarray) -> np.ndarray:
    adjusted = np.empty_like(stepped)
    adjusted[order] = stepped
    return adjusted
