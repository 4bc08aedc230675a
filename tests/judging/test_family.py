"""What a family charges one of its members, where the joint test alone would say too little."""

import numpy as np
import pandas as pd
import pytest

from active_edge.inference.regression import hac_alpha
from active_edge.judging.family import joint_test
from active_edge.judging.samples import samples_of
from tests.inference.return_samples import against

INDEX = pd.bdate_range("2015-01-01", periods=500)


def family_of(seed, edge, late=0):
    """A benchmark, a strategy with the daily edge given, and one without any that begins `late`."""
    rng = np.random.default_rng(seed)
    benchmark = pd.Series(rng.normal(0, 0.01, len(INDEX)), index=INDEX)
    one = benchmark + edge + rng.normal(0, 0.004, len(INDEX))
    other = (benchmark + rng.normal(0, 0.004, len(INDEX)))[late:]
    family = joint_test(
        {
            "one": samples_of(one, {"IWM": benchmark}, periods_per_year=252),
            "other": samples_of(other, {"IWM": benchmark}, periods_per_year=252),
        }
    )
    return family, hac_alpha(against(one, benchmark)).p


@pytest.mark.parametrize("seed", range(8))
def test_a_charged_p_is_never_below_the_p_alone(seed):
    family, own = family_of(seed, 0.0006)
    assert own <= family.adjusted_p("one", {"IWM": own}, len(INDEX), 2)["IWM"] <= 1.0


def test_an_edge_in_the_common_sessions_is_no_edge_over_all_of_them():
    # Behind for 200 sessions, ahead for the 300 that the other strategy shares: over all of them next to nothing.
    edge = np.where(np.arange(len(INDEX)) < 200, -0.0008, 0.0012)
    family, own = family_of(1, edge, late=200)
    assert own > 0.05
    assert family.tests["IWM"].adjusted_p[0] < 0.01
    assert family.adjusted_p("one", {"IWM": own}, len(INDEX), 2)["IWM"] >= 1.5 * own


def test_trials_beyond_the_family_are_charged_too():
    family, own = family_of(2, 0.0006)
    few, many = (family.adjusted_p("one", {"IWM": own}, len(INDEX), trials)["IWM"] for trials in (2, 20))
    assert many == pytest.approx(min(1.0, 10 * family.tests["IWM"].adjusted_p[0]))
    assert many > few
