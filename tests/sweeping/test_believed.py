"""A variant taken from a sweep is believed alone as it was believed among the others."""

import numpy as np
import pytest

from active_edge.inference.belief import Prior, believe
from active_edge.inference.best_of import best_of
from active_edge.inference.matrix import SampleMatrix
from active_edge.sweeping.believed import left_by_others


@pytest.mark.parametrize(("variants", "alike"), [(12, 0.5), (200, 0.7), (1000, 0.9)])
def test_the_best_of_many_is_believed_alone_as_among_the_others(variants, alike):
    rng = np.random.default_rng(variants)
    market = rng.normal(0.008, 0.05, 120)
    noise = np.sqrt(alike) * rng.normal(size=(120, 1)) + np.sqrt(1.0 - alike) * rng.normal(size=(120, variants))
    returns = market[:, None] + 0.05 / np.sqrt(12.0) * noise
    found = best_of(SampleMatrix.of(returns, periods_per_year=12), market[:, None])
    error = float(np.sqrt((found.error**2).mean()))
    mean, deviation = left_by_others(found.alpha, error, found.belief.mean, found.belief.deviation)
    best = found.best
    alone = believe(found.alpha[best], found.error[best], 9, Prior("own", mean[best], deviation[best]))
    assert alone.mean == pytest.approx(found.belief.mean[best], abs=0.002)
    assert alone.deviation == pytest.approx(found.belief.deviation[best], abs=0.002)
    assert alone.mean - found.belief.mean.mean() < 0.5 * (found.alpha[best] - found.alpha.mean())


def test_precisions_add():
    """By hand: prior 1 % ± 2 %, estimate 4 % ± 2 %: belief half way, 2.5 %, with the variance halved."""
    mean, deviation = left_by_others(np.array([0.04]), 0.02, np.array([0.025]), np.array([np.sqrt(0.0002)]))
    assert mean[0] == pytest.approx(0.01)
    assert deviation[0] == pytest.approx(0.02)


def test_a_belief_that_an_estimate_alone_explains_leaves_no_prior_behind():
    mean, deviation = left_by_others(np.array([0.04]), 0.02, np.array([0.04]), np.array([0.02]))
    assert mean[0] == 0.04
    assert np.isinf(deviation[0])
