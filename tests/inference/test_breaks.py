"""The sup-F test of one break in a mean."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import InferenceError
from active_edge.inference.breaks import sup_f
from active_edge.inference.sample import Sample


def series(values):
    dated = pd.Series(values / 100.0, index=pd.date_range("1970-01-31", periods=len(values), freq="ME"))
    return Sample.of(dated, periods_per_year=12)


@pytest.mark.slow
def test_the_critical_value_of_a_break_in_the_mean_is_that_of_andrews():
    # Andrews (2003), corrigendum, table 1: 8.68 at 5 % for one parameter and 15 % trimming; asymptotic
    random = np.random.default_rng(1)
    found = [sup_f(series(random.standard_normal(240)), draws=1).statistic for _ in range(800)]
    assert np.quantile(found, 0.95) == pytest.approx(8.68, abs=0.8)


def test_the_best_date_of_a_step_is_the_step_and_its_f_is_that_of_a_plain_loop():
    random = np.random.default_rng(3)
    values = np.r_[np.zeros(60), np.ones(60)] + random.normal(0, 0.5, 120)
    found = sup_f(series(values), draws=99)
    plain = {}
    for k in range(18, 103):
        one, two = values[:k], values[k:]
        plain[k] = (two.mean() - one.mean()) ** 2 / (one.var(ddof=1) / k + two.var(ddof=1) / (120 - k))
    best = max(plain, key=plain.get)
    assert found.statistic == pytest.approx(plain[best])
    assert found.date == series(values).dates[best]
    assert abs(best - 60) <= 2
    assert found.p == pytest.approx(0.01)


@pytest.mark.slow
def test_a_break_is_found_in_one_of_twenty_series_that_have_none():
    random = np.random.default_rng(5)
    found = np.mean([sup_f(series(random.standard_t(5, 120)), draws=199, seed=i).p <= 0.05 for i in range(300)])
    assert 0.02 <= found <= 0.085


def test_a_short_series_has_no_break():
    with pytest.raises(InferenceError, match="40"):
        sup_f(series(np.arange(30.0)))
