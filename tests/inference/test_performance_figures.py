"""Descriptive figures worked by hand."""

import numpy as np
import pandas as pd
import pytest

from active_edge.inference.months import Months
from active_edge.inference.multiple import bonferroni, e_benjamini_hochberg, holm, mean_e_value
from active_edge.inference.performance import (
    break_even_cost_bps,
    calendar_years,
    capture,
    drawdowns,
    performance,
)
from active_edge.inference.position import position_among
from tests.inference.return_samples import against, alone, daily, market_and_fund, matrix, monthly
from tests.quick import first_quick


def test_performance_of_four_quarters_by_hand():
    returns = pd.Series([0.1, -0.2, 0.25, 0.1], index=pd.date_range("2020-03-31", periods=4, freq="QE"))
    found = performance(alone(returns, periods_per_year=4))
    assert found.total_return == pytest.approx(0.21)
    assert found.annual_return == pytest.approx(0.21)
    assert found.max_drawdown == pytest.approx(-0.2)
    assert found.annual_volatility == pytest.approx(2 * np.std([0.1, -0.2, 0.25, 0.1], ddof=1))
    assert found.sharpe == pytest.approx(0.0625 * 4 / found.annual_volatility)


def test_a_constant_series_has_no_sharpe_ratio():
    assert performance(alone(daily(np.full(30, 0.001)))).sharpe is None


def test_two_years_of_ten_percent_are_ten_percent_a_year():
    returns = monthly(np.full(24, 1.1 ** (1 / 12) - 1))
    assert performance(alone(returns, periods_per_year=12)).annual_return == pytest.approx(0.1)


def test_drawdown_counts_from_the_start_and_recovers():
    returns = daily([-0.1, 1.0, -0.5, 0.5, 1.0])
    assert drawdowns(returns).tolist() == pytest.approx([-0.1, 0.0, -0.5, -0.25, 0.0])


def test_months_compound():
    returns = pd.Series(0.01, index=pd.bdate_range("2021-01-28", "2021-02-02"))
    months = Months.of(returns.index)
    assert months.compound(returns.to_numpy()) == pytest.approx([1.01**2 - 1, 1.01**2 - 1])
    assert months.dates.tolist() == [pd.Timestamp("2021-01-29"), pd.Timestamp("2021-02-02")]


def test_capture_of_a_half_invested_fund_is_about_a_half():
    market = monthly(np.tile([0.04, -0.03], 12))
    fund = 0.5 * market + np.repeat(np.tile([0.001, -0.001], 6), 2)
    found = capture(alone(fund, periods_per_year=12).against(market))
    assert found.up == pytest.approx(0.5, abs=1e-3)
    assert found.down == pytest.approx(0.5, abs=1e-3)
    assert (found.up_periods, found.down_periods) == (12, 12)


def test_capture_of_two_months_is_not_a_number():
    fund, market = market_and_fund(30, seed=4)
    assert capture(against(fund, market)).up is None


def test_calendar_years_compound_beside_their_benchmark():
    returns = pd.Series([0.1, 0.1, 0.5], index=pd.to_datetime(["2020-06-30", "2020-12-31", "2021-06-30"]))
    table = calendar_years(pd.DataFrame({"net": returns, "IWM": returns * 0}))
    assert table["net"].tolist() == pytest.approx([0.21, 0.5])
    assert table["IWM"].tolist() == [0.0, 0.0]
    assert table.index.tolist() == [2020, 2021]


def test_break_even_cost_by_hand():
    assert break_even_cost_bps(0.01, 0.005, 3.0) == pytest.approx(50.0)
    assert break_even_cost_bps(-0.02, 0.005, 3.0) == pytest.approx(-50.0)
    assert break_even_cost_bps(0.01, 0.0, 0.0) is None


def test_bonferroni_by_hand():
    assert bonferroni(0.01, 4) == pytest.approx(0.04)
    assert bonferroni(0.4, 4) == 1.0


def test_listing_e_values_by_hand():
    # 150/6 and 2·70/6 reach 20, 3·3/6 does not; the mean is 224.6/6.
    assert e_benjamini_hochberg([150, 70, 3, 1, 0.5, 0.1]) == (0, 1)
    assert mean_e_value([150, 70, 3, 1, 0.5, 0.1]) == pytest.approx(224.6 / 6)


def test_listing_e_values_follows_the_places_given():
    assert e_benjamini_hochberg([3, 150, 0.1, 70, 1, 0.5]) == (1, 3)
    assert e_benjamini_hochberg([19.9]) == ()
    assert e_benjamini_hochberg([20.0]) == (0,)
    # 25/3 and 2·24/3 stay below 20, 3·23/3 does not: the three are listed together or not at all.
    assert e_benjamini_hochberg([25, 24, 23]) == (0, 1, 2)


@pytest.mark.parametrize("seed", range(5))
def test_listed_e_values_are_the_p_values_benjamini_and_hochberg_list(seed):
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(seed).random(40) ** 3
    listed = multipletests(p, alpha=0.05, method="fdr_bh")[0]
    assert set(e_benjamini_hochberg(1 / p)) == set(np.flatnonzero(listed))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


@pytest.mark.parametrize("seed", first_quick(range(5)))
def test_holm_agrees_with_statsmodels(seed):
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(seed)
    values = np.round(rng.random(9) ** 2, 2)
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1], abs=1e-12)


def test_position_among_draws_by_hand():
    found = position_among(0.07, np.arange(100) / 1000)
    assert found.percentile == pytest.approx(0.705)
    assert found.p == pytest.approx(31 / 101)
    assert position_among(1.0, np.zeros(99)).p == pytest.approx(0.01)
    assert position_among(-1.0, np.zeros(99)).p == 1.0


def test_inputs_are_not_changed():
    from active_edge.inference.comparison import benchmark_comparison
    from active_edge.inference.superiority import step_m

    fund, market = market_and_fund(300, seed=9)
    cash = fund * 0 + 0.0001
    copies = [series.copy(deep=True) for series in (fund, market, cash)]
    benchmark_comparison(against(fund, market, cash), benchmark_is_total_return=True)
    values = np.column_stack([fund, market])
    frozen = values.copy()
    step_m(matrix(values), seed=0, resamples=50)
    for before, after in zip(copies, (fund, market, cash), strict=True):
        pd.testing.assert_series_equal(before, after)
    assert (values == frozen).all()
