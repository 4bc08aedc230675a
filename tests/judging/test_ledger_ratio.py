"""The ratio that the ledger keeps is what its name there says, and trials with another are told of."""

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.estimates import information_ratio
from active_edge.judging.warnings import ledger_warnings
from active_edge.ledger import RATIO, Tally
from tests.judging.months import monthly_samples


def test_the_ratio_is_over_cash_beyond_beta_by_hand():
    days = pd.date_range("2020-01-31", periods=40, freq="ME")
    passive, left = np.tile([0.01, 0.01, -0.01, -0.01], 10), np.tile([0.01, 0.03], 20)  # they do not move together
    cash = pd.Series(0.0001, days)
    samples = monthly_samples(cash + 2 * passive + left, {"IWM": cash + passive}, cash=cash)
    # What is left has mean 0.02 and standard deviation 0.01 · √(40 / 39). Where this number comes to be another one,
    # give `ledger.RATIO` another name: lines of before are then no longer compared with lines of after.
    assert information_ratio(samples) == pytest.approx(2 * (39 / 40) ** 0.5 / 21**0.5), "kept a session, 21 a month"
    assert RATIO == "months, over cash, beyond beta"


def test_trials_whose_ratio_is_of_another_kind_are_told_with_a_remedy():
    days = pd.date_range("2020-01-31", periods=40, freq="ME")
    samples = monthly_samples(pd.Series(np.tile([0.01, 0.03], 20), days), {})
    ((level, text, remedy),) = ledger_warnings(Tally(8, 2, 0.02, None, other_ratios=5), samples)
    assert level == "note"
    assert "The ledger has 5 trials whose ratio an earlier version measured in another way" in text
    assert "the spread of the other 2 alone" in text
    assert "Run those strategies again" in remedy
    assert list(ledger_warnings(Tally(8, 2, 0.02, None), samples)) == []
