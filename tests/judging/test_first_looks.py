"""The p of a first look stays, two-sided, whichever side of zero its estimate was on."""

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.estimates import evidence_of
from active_edge.judging.first_looks import first_look_warnings, relooks, with_first_looks
from active_edge.ledger import Look, Tally
from tests.judging.months import monthly_samples

INDEX = pd.date_range("2015-01-31", periods=84, freq="ME")


def looked_at_twice(edge, p_then):
    """Evidence of 84 months with the edge given, whose first 60 were looked at before with a one-sided p."""
    rng = np.random.default_rng(3)
    benchmark = pd.Series(rng.normal(0.005, 0.05, len(INDEX)), index=INDEX)
    samples = monthly_samples(benchmark + edge + rng.normal(0, 0.004, len(INDEX)), {"IWM": benchmark})
    first = {"IWM": Look(p_then, ("2015-01", "2019-12"), "2020-01-31", 1)}
    evidence = evidence_of(samples, Tally(1, 0, None, None))
    return with_first_looks(evidence, relooks(samples, first))


@pytest.mark.parametrize(
    ("edge", "then", "shown"),
    [(0.005, 0.01, 0.02), (0.005, 0.7, 1.0), (-0.005, 0.997, 0.006), (-0.005, 0.4, 0.8), (0.005, 0.997, 1.0)],
    ids=["a gain", "a gain that was none", "a loss", "a loss that was none", "a gain that was a loss"],
)
def test_the_p_of_then_is_shown_two_sided_and_with_its_day(edge, then, shown):
    evidence = looked_at_twice(edge, then)
    assert evidence.benchmarks["IWM"].alpha.p == pytest.approx(shown)
    assert evidence.first_look == "2020-01-31"


@pytest.mark.parametrize(
    ("edge", "then", "shown"),
    [(0.005, 0.2, 0.4), (0.0, 0.001, None), (-0.005, 0.997, 0.006)],
    ids=["the first look's is larger", "its own months' is larger", "a loss, alike"],
)
def test_a_run_that_ends_before_its_first_look_did_has_the_larger_p_of_the_two(edge, then, shown):
    """The end was chosen with the later months known, so neither a lucky end nor a p of other months decides."""
    rng = np.random.default_rng(3)
    benchmark = pd.Series(rng.normal(0.005, 0.05, len(INDEX)), index=INDEX)
    samples = monthly_samples(benchmark + edge + rng.normal(0, 0.004, len(INDEX)), {"IWM": benchmark})
    first = {"IWM": Look(then, ("2015-01", "2024-12"), "2025-01-31", 1)}
    own = evidence_of(samples, Tally(1, 0, None, None))
    again = relooks(samples, first)
    evidence = with_first_looks(own, again)
    alone = own.benchmarks["IWM"].alpha.p
    assert evidence.benchmarks["IWM"].alpha.p == pytest.approx(alone if shown is None else max(shown, alone))
    assert evidence.first_look is None
    (_, told, _), *_ = first_look_warnings(again)
    assert "2015-01 to 2024-12" in told
    assert "the larger counts" in told
