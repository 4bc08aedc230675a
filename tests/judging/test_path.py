"""What holding a portfolio was like, by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from active_edge.inference.performance import performance
from active_edge.judging.path import deepest_falls, path_of
from active_edge.judging.samples import months_of, samples_of


def samples(returns: pd.Series):
    return samples_of(returns, {}, periods_per_year=12, months=months_of(returns.index, 12))


def monthly(values) -> pd.Series:
    return pd.Series(values, index=pd.date_range("2010-01-31", periods=len(values), freq="ME"), dtype=float)


def test_sortino_and_calmar_of_four_months_by_hand():
    own = samples(monthly([0.10, -0.10, 0.20, -0.05]))
    found = path_of(own, performance(own.own))
    # mean 0.0375; downside √((0.01 + 0.0025)/4) = 0.0559017
    assert found.sortino == pytest.approx(0.0375 * 12 / (math.sqrt(0.0125 / 4) * math.sqrt(12)))
    annual = (1.1 * 0.9 * 1.2 * 0.95) ** 3 - 1
    assert found.calmar == pytest.approx(annual / 0.10)
    assert (found.best_month, found.best_month_in) == (pytest.approx(0.20), "2010-03")
    assert (found.worst_month, found.worst_month_in) == (pytest.approx(-0.10), "2010-02")
    assert found.positive_months == pytest.approx(0.5)
    assert found.var_95 is None  # four months have no tail of one in twenty


def test_value_at_risk_and_shortfall_of_twenty_one_months_by_hand():
    own = samples(monthly([-0.20, -0.10, *[0.01] * 19]))
    found = path_of(own, performance(own.own))
    assert found.var_95 == pytest.approx(-0.10)  # the second of 21 lies at 1/20
    assert found.es_95 == pytest.approx(-0.15)
    assert found.skew < 0


def test_falls_are_told_from_high_to_recovery_deepest_first():
    days = pd.bdate_range("2020-01-02", periods=7)
    value = np.array([1.0, 1.1, 0.99, 1.1, 1.2, 0.9, 0.96, 1.0])
    returns = pd.Series(value[1:] / value[:-1] - 1, index=days)
    first, second = deepest_falls(returns, pd.Timestamp("2020-01-01"))
    assert (first.start, first.trough, first.recovered) == ("2020-01-07", "2020-01-08", None)
    assert first.depth == pytest.approx(0.9 / 1.2 - 1)
    assert first.sessions == 3
    assert (second.start, second.trough, second.recovered) == ("2020-01-02", "2020-01-03", "2020-01-06")
    assert second.sessions == 2


def test_a_path_that_only_rises_has_no_fall_and_no_calmar():
    own = samples(monthly([0.01, 0.02, 0.03]))
    found = path_of(own, performance(own.own))
    assert found.calmar is None
    assert found.sortino is None
    assert deepest_falls(own.own.series, pd.Timestamp("2009-12-31")) == ()
