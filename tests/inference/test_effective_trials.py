"""What a family of variants is worth in trials: copies one, independent ideas their number, anything else between."""

import math

import numpy as np
import pytest
from scipy.special import stdtr

from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.effective_trials import effective_trials
from active_edge.inference.matrix import SampleMatrix

MONTHS = 120
PASSIVE = np.random.default_rng(9).normal(0.007, 0.05, MONTHS)


def family(n: int, alike: float, seed: int = 0) -> SampleMatrix:
    """Excess returns of n variants whose errors have one correlation."""
    rng = np.random.default_rng(seed)
    errors = math.sqrt(alike) * rng.normal(size=(MONTHS, 1)) + math.sqrt(1 - alike) * rng.normal(size=(MONTHS, n))
    return SampleMatrix.of(PASSIVE[:, None] + 0.02 * errors, periods_per_year=12)


def test_independent_variants_are_worth_their_number_and_copies_are_worth_one():
    independent = effective_trials(family(20, 0.0), PASSIVE[:, None], resamples=4000)
    # 1 − 0.95^(1/20) each makes 5 % together: 19.5 by Šidák, at a sampling error of a tenth.
    assert independent.effective == pytest.approx(0.05 / (1 - 0.95 ** (1 / 20)), rel=0.2)
    one = family(1, 0.0).returns
    copies = SampleMatrix.of(np.repeat(one, 50, axis=1), periods_per_year=12)
    assert effective_trials(copies, PASSIVE[:, None]).effective < 1.6


def test_the_number_falls_as_variants_grow_alike_and_stays_between_one_and_their_number():
    found = [effective_trials(family(100, alike), PASSIVE[:, None]).effective for alike in (0.0, 0.5, 0.9, 0.99)]
    assert found == sorted(found, reverse=True)
    assert all(1.0 <= one <= 100.0 for one in found)


def test_it_is_what_a_plain_loop_over_resamples_and_regressions_finds():
    sample, design = family(7, 0.5), np.column_stack([np.ones(MONTHS), PASSIVE])
    resamples = 60
    hat = design @ np.linalg.inv(design.T @ design) @ design.T
    residuals = sample.returns - hat @ sample.returns
    drawn = residuals / np.sqrt(1 - np.diag(hat))[:, None]
    signs = np.random.default_rng(3).integers(2, size=(resamples, MONTHS)) * 2.0 - 1.0
    largest = []
    for sign in signs:
        again = SampleMatrix.of(sign[:, None] * drawn, periods_per_year=12)
        largest.append(np.abs(alpha_matrix(again, PASSIVE[:, None]).t).max())
    found = effective_trials(sample, PASSIVE[:, None], seed=3, resamples=resamples)
    p = 2 * stdtr(9, -np.quantile(largest, 0.95))
    assert found.effective == pytest.approx(min(max(1.0, 0.05 / p), 7.0), rel=1e-9)


def test_scale_order_and_a_beta_on_the_benchmark_change_nothing():
    sample = family(12, 0.6)
    base = effective_trials(sample, PASSIVE[:, None])
    changed = (sample.returns * np.linspace(0.2, 3.0, 12) + 0.7 * PASSIVE[:, None] + 0.01)[:, ::-1]
    again = effective_trials(SampleMatrix.of(changed, periods_per_year=12), PASSIVE[:, None])
    assert again.effective == pytest.approx(base.effective, rel=1e-9)


@pytest.mark.slow
def test_charging_the_best_of_a_family_by_it_errs_in_five_of_a_hundred_worlds():
    """200 families of 40 variants without an edge; two standard errors are 3 points."""
    alarms = 0
    for seed in range(200):
        sample = family(40, 0.8, seed)
        number = effective_trials(sample, PASSIVE[:, None], seed=seed, resamples=300).effective
        alarms += alpha_matrix(sample, PASSIVE[:, None]).p.min() * number <= 0.05
    assert 0.02 <= alarms / 200 <= 0.085
