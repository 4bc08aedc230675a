"""How many independent trials a family of variants is worth: what a later strategy pays for having seen them all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.inference.joint_alphas import wild_alphas
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.registry import BAD_MATRIX, estimator

RESAMPLES = 1000


@dataclass(frozen=True)
class EffectiveTrials:
    """A family's effective number of trials, from 1 (all variants are one) to `trials`, its variants.

    months : it was found from.
    """

    effective: float
    trials: int
    months: int


@estimator(
    source="Westfall & Young (1993); Liu (1988)",
    published="test_effective_trials::test_independent_variants_are_worth_their_number_and_copies_are_worth_one",
    bad_samples=BAD_MATRIX,
    uncalibrated="a number of trials, no test; docs/after_sweep.md says what false alarms it leaves",
)
def effective_trials(
    sample: SampleMatrix,
    regressors: np.ndarray | None = None,
    *,
    seed: int = 0,
    level: float = 0.05,
    resamples: int = RESAMPLES,
) -> EffectiveTrials:
    """The effective number of a family, from the null distribution of its largest |t|.

    N_eff = level / p of the 1 − level quantile of the largest |t| where nobody has an edge: N_eff × p then rejects the
    best of the family in `level` of all worlds without one, as N × p does for independent variants.

    Parameters
    ----------
    sample
        Monthly excess returns, a column a variant, or their residuals.
    regressors
        `(n, k) float`, excess returns of the benchmark or factors that alphas are on; None where `sample` holds
        residuals.

    Source: Westfall & Young (1993), Resampling-based multiple testing; signs of months as `wild_alphas`.
    """
    sample.check_varies()
    on = np.empty((sample.n, 0)) if regressors is None else regressors
    found = wild_alphas(sample, on, seed=seed, resamples=resamples)
    return EffectiveTrials(found.effective_number(level), sample.n_series, sample.n)
