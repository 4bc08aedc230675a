"""The p of a first look stays, two-sided, whichever side of zero its estimate was on."""

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.estimates import evidence_of
from active_edge.judging.first_looks import relooks, with_first_looks
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
