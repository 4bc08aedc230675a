"""What a family charges one of its members, where the joint test alone would say too little."""

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.estimates import evidence_of
from active_edge.judging.family import joint_test
from active_edge.ledger import Tally
from tests.judging.months import monthly_samples

INDEX = pd.date_range("2005-01-31", periods=120, freq="ME")


def family_of(seed, edge, late=0):
    """A benchmark, a strategy with the monthly edge given, and one without any that begins `late`."""
    rng = np.random.default_rng(seed)
    benchmark = pd.Series(rng.normal(0, 0.05, len(INDEX)), index=INDEX)
    one = benchmark + edge + rng.normal(0, 0.015, len(INDEX))
    other = (benchmark + rng.normal(0, 0.015, len(INDEX)))[late:]
    samples = {name: monthly_samples(own, {"IWM": benchmark}) for name, own in (("one", one), ("other", other))}
    return joint_test(samples), samples["one"]


def charged(family, samples, trials):
    """Return the p of the first strategy charged for a number of trials, and its p alone."""
    evidence = evidence_of(samples, Tally(trials, 0, None, None))
    return family.adjusted_p("one", evidence)["IWM"], evidence.benchmarks["IWM"].alpha.p


@pytest.mark.parametrize("seed", range(8))
def test_a_charged_p_is_never_below_the_p_alone(seed):
    family, samples = family_of(seed, 0.006)
    adjusted, own = charged(family, samples, 2)
    assert own <= adjusted <= 1.0


def test_an_edge_in_the_common_months_is_no_edge_over_all_of_them():
    # Behind for 48 months, ahead for the 72 that the other strategy shares: over all of them next to nothing.
    edge = np.where(np.arange(len(INDEX)) < 48, -0.012, 0.012)
    family, samples = family_of(1, edge, late=48)
    adjusted, own = charged(family, samples, 2)
    assert own > 0.05
    assert family.tests["IWM"].adjusted_p[0] < 0.01
    assert adjusted >= min(1.0, 1.5 * own)


def test_trials_beyond_the_family_are_charged_too():
    family, samples = family_of(2, 0.006)
    few, many = (charged(family, samples, trials)[0] for trials in (2, 20))
    assert many == pytest.approx(min(1.0, 10 * family.tests["IWM"].adjusted_p[0]))
    assert many > few


def test_a_loss_keeps_the_p_that_its_trials_leave_it():
    # The joint test asks who beats the benchmark and says 1 of a loser, however sure its loss is.
    family, samples = family_of(3, -0.006)
    adjusted, own = charged(family, samples, 2)
    assert family.tests["IWM"].adjusted_p[0] == 1.0
    assert own <= adjusted <= 2 * own < 0.05
