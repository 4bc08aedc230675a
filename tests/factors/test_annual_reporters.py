"""Companies that tell no quarters: growth, surprise and margins by the year, and a word about it."""

import numpy as np
import pandas as pd
import pytest

from active_edge.evaluation import evaluate
from active_edge.panel import Panel
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from tests.factors.firms import annual_facts, panel_of, quarterly_facts, value_of
from tests.markets import make_market


def long_panel(tmp_path, **items):
    """A panel on 2016-03-31 over eight years of 10-K figures, 2008 to 2015, filed on 1 March."""
    facts = [
        {
            "asset": "A",
            "item": item,
            "months": 12,
            "period_end": f"{2008 + n}-12-31",
            "value": float(value),
            "filed": f"{2009 + n}-03-01",
        }
        for item, values in items.items()
        for n, value in enumerate(values)
    ]
    closes = pd.DataFrame({"A": 10.0}, index=sessions_between("2008-01-02", "2016-06-30"))
    return Panel(make_market(tmp_path, closes=closes, facts=facts), pd.DatetimeIndex(["2016-03-31"]))


YEARLY = {
    "revenue": (1000, 1100, 1210),
    "net_income": (50, 80, 100),
    "total_assets": (900, 950, 1000),
    "shares_outstanding": (100, 100, 100),
}


@pytest.mark.parametrize(
    ("factor", "value"),
    [
        ("revenue_growth", 0.1),
        ("earnings_growth", 0.25),
        ("earnings_surprise_to_price", 20 / 1000),
        ("quarterly_return_on_assets", 25 / 1000),
    ],
)
def test_a_company_without_quarters_is_read_by_the_year(tmp_path, factor, value):
    panel = panel_of(tmp_path, annual_facts("A", **YEARLY) + quarterly_facts("B", "revenue", [1, 2, 3, 4, 5]))
    assert value_of(panel, factor) == pytest.approx(value)
    np.testing.assert_array_equal(panel.annual_only("revenue"), [[True, False]])


def test_one_quarter_is_enough_to_be_read_by_quarters(tmp_path):
    quarter = [
        {
            "asset": "A",
            "item": "revenue",
            "months": 3,
            "period_end": "2015-09-30",
            "value": 300.0,
            "filed": "2015-11-05",
        }
    ]
    panel = panel_of(tmp_path, annual_facts("A", **YEARLY) + quarter)
    assert not panel.annual_only("revenue").any()
    assert np.isnan(value_of(panel, "revenue_growth"))


def test_a_company_that_stopped_telling_quarters_is_read_by_the_year_after_one(tmp_path):
    quarter = [
        {
            "asset": "A",
            "item": "revenue",
            "months": 3,
            "period_end": "2014-09-30",
            "value": 300.0,
            "filed": "2014-11-05",
        }
    ]
    panel = panel_of(tmp_path, annual_facts("A", **YEARLY) + quarter)
    assert value_of(panel, "revenue_growth") == pytest.approx(0.1)


def test_a_company_of_halves_is_read_by_the_twelve_months_to_its_last_half(tmp_path):
    # Halves of 450 and 520 to June 2014 and 2015; years of 1,000 and 1,100. To June 2015 it is 1,100 + 520 − 450 =
    # 1,170, to June 2014 1,000 + 450 − 400 = 1,050.
    told = [("2013-06-30", 6, 400), ("2013-12-31", 12, 1000), ("2014-06-30", 6, 450), ("2014-12-31", 12, 1100)]
    told += [("2015-06-30", 6, 520)]
    halves = [
        {
            "asset": "A",
            "item": "revenue",
            "months": months,
            "period_end": end,
            "value": float(value),
            "filed": str((pd.Timestamp(end) + pd.Timedelta(days=60)).date()),
        }
        for end, months, value in told
    ]
    panel = panel_of(tmp_path, halves)
    np.testing.assert_array_equal(panel.annual_only("revenue"), [[True, False]])
    assert value_of(panel, "revenue_growth") == pytest.approx(1170 / 1050 - 1)


def test_surprise_of_years_is_in_deviations_of_the_yearly_changes_before(tmp_path):
    income = [10, 12, 11, 15, 16, 20, 19, 27]
    panel = long_panel(tmp_path, net_income=income)
    before = [11 - 12, 15 - 11, 16 - 15, 20 - 16, 19 - 20]
    assert value_of(panel, "standardised_unexpected_earnings") == pytest.approx(8 / np.std(before, ddof=1))


@pytest.mark.slow
def test_margin_stability_of_years_is_over_the_last_five(tmp_path):
    panel = long_panel(tmp_path, revenue=[100] * 8, gross_profit=[90, 90, 90, 40, 42, 44, 38, 41])
    assert value_of(panel, "gross_margin_stability") == pytest.approx(-np.std([0.40, 0.42, 0.44, 0.38, 0.41], ddof=1))


@pytest.mark.slow
def test_the_share_of_values_from_years_is_told_beside_coverage(tmp_path):
    facts = annual_facts("A", **YEARLY) + annual_facts("C", **YEARLY)
    facts += quarterly_facts("B", "revenue", [100, 100, 100, 100, 110])
    panel = panel_of(tmp_path, facts, assets="ABC")
    screen = Screen(name="s", description="d", require={"revenue_growth": {"min": 0.0}, "price": {"min": 1.0}})
    share = evaluate(screen, panel).annual_share()
    assert list(share.columns) == ["revenue_growth"]
    assert share.iloc[0, 0] == pytest.approx(2 / 3)
