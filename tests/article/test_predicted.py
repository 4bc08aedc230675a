"""A coefficient on what was known before, held against statsmodels on the same months."""

import numpy as np
import pandas as pd
import pytest

from active_edge.article.measuring import TooShort, contrast, predicted
from active_edge.errors import InferenceError

MONTHS = pd.date_range("2015-01-31", periods=80, freq="ME")
RNG = np.random.default_rng(5)
OUTCOME = pd.Series(RNG.standard_t(5, 80) * 0.03, MONTHS)
BY = pd.Series(RNG.standard_t(5, 80), MONTHS).rolling(3).sum()


def test_coefficient_error_and_degrees_are_those_of_hc3_with_the_last_value_held_fixed():
    import statsmodels.api as sm

    both = pd.DataFrame({"y": OUTCOME, "x": BY, "last": OUTCOME.shift(1)}).dropna()
    fit = sm.OLS(both["y"], sm.add_constant(both[["x", "last"]])).fit(cov_type="HC3", use_t=True)
    found = predicted(OUTCOME, BY, unit="a month", counted="month")
    assert found.estimate == pytest.approx(fit.params["x"], abs=1e-12)
    assert found.error == pytest.approx(fit.bse["x"], rel=1e-10)
    assert found.p == pytest.approx(fit.pvalues["x"], rel=1e-9)
    assert (found.n, found.degrees) == (78, fit.df_resid)


def test_a_state_is_a_difference_of_means_a_year_where_the_last_value_tells_nothing():
    state = pd.Series(np.arange(80) % 4 == 0, MONTHS)
    found = contrast(OUTCOME, state)
    means = 12 * (OUTCOME[1:][state[1:]].mean() - OUTCOME[1:][~state[1:]].mean())
    assert found.estimate == pytest.approx(means, abs=0.2 * found.error)


def test_a_state_that_never_changes_and_too_few_months_are_refused():
    with pytest.raises(InferenceError, match="never changes"):
        contrast(OUTCOME, pd.Series(1.0, MONTHS))
    with pytest.raises(TooShort, match="at least 24"):
        predicted(OUTCOME[:20], BY, unit="", counted="month")
