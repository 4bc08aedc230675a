"""Fourth quarters that the lines of one statement contradict, worked by hand."""

import numpy as np
import pytest

from tests.panel.test_bases import flows, millions, panel_of, recast_year

MONTHS = (("2015-03-31", "2015-05-01"), ("2015-06-30", "2015-08-01"), ("2015-09-30", "2015-11-01"))
YEAR_END, FILED, DAY = "2015-12-31", "2016-03-10", "2016-03-31"


def quarters(item, *figures, year=None, end=YEAR_END, filed=FILED):
    """Three quarters of 2015 and its year, millions."""
    told = [(day, figure, on) for (day, on), figure in zip(MONTHS, figures, strict=True)]
    return flows(item, 3, told) + ([] if year is None else flows(item, 12, [(end, year, filed)]))


def another_share(cost=510):
    """A business that sells at a cost of 60 % in each quarter; the year's costs leave 150 for 100 of the fourth."""
    return quarters("revenue", 200, 200, 200, year=700) + quarters("cost_of_revenue", 120, 120, 120, year=cost)


def test_costs_beyond_what_the_fourth_quarter_sold_make_both_missing_and_leave_the_years(tmp_path):
    panel = panel_of(tmp_path, another_share() + quarters("net_income", 9, 9, 9, year=30), DAY)
    for item in ("revenue", "cost_of_revenue", "net_income"):
        assert np.isnan(millions(panel.quarter(item))).all()
    assert [millions(panel.ttm(item))[0] for item in ("revenue", "cost_of_revenue", "net_income")] == [700, 510, 30]


@pytest.mark.parametrize(("cost", "kept"), [(420, True), (449, True), (481, False), (391, True), (365, False)])
def test_a_share_within_twice_and_thirty_points_is_a_quarter_of_its_own(tmp_path, cost, kept):
    """Of 100 sold, 60, 89, 121, 31 and 5; costs of 60 % may be 30 to 120."""
    panel = panel_of(tmp_path, another_share(cost), DAY)
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [100.0 if kept else np.nan])


def test_a_filing_that_repeats_the_year_before_unchanged_shows_a_true_loss_on_stock(tmp_path):
    again = [
        row
        for item, value in (("revenue", 690), ("cost_of_revenue", 414))
        for row in flows(item, 12, [("2014-12-31", value, "2015-03-10"), ("2014-12-31", value, FILED)])
    ]
    panel = panel_of(tmp_path, another_share() + again, DAY)
    assert millions(panel.quarter("revenue")) == [100.0]
    assert millions(panel.quarter("cost_of_revenue")) == [150.0]


def test_what_was_so_a_year_before_is_how_the_business_goes(tmp_path):
    before = flows("revenue", 9, [("2014-09-30", 590, "2014-11-01")]) + flows(
        "revenue", 12, [("2014-12-31", 690, "2015-03-10")]
    )
    before += flows("cost_of_revenue", 9, [("2014-09-30", 354, "2014-11-01")])
    before += flows("cost_of_revenue", 12, [("2014-12-31", 500, "2015-03-10")])
    panel = panel_of(tmp_path, another_share() + before, DAY)
    assert millions(panel.quarter("revenue")) == [100.0]


def other_income(year=40):
    """30 a quarter with what was sold later; the year tells only what goes on: 56 before tax less 16."""
    income = quarters("net_income", 30, 30, 30, year=year)
    return income + quarters("pretax_income", 14, 14, 14, year=56) + quarters("income_tax", 4, 4, 4, year=16)


def test_income_of_what_goes_on_less_income_of_everything_is_no_quarter(tmp_path):
    panel = panel_of(tmp_path, other_income(), DAY)
    assert np.isnan(millions(panel.quarter("net_income"))).all()
    assert millions(panel.ttm("net_income")) == [40.0]
    assert millions(panel.quarter("pretax_income")) == [14.0], "told on one basis"
    whole = panel_of(tmp_path / "whole", other_income(year=100), DAY)
    assert millions(whole.quarter("net_income")) == [10.0], "the year holds what was sold too"


def test_net_income_without_revenue_is_as_consistent_as_the_income_before_tax_of_its_filing(tmp_path):
    facts = recast_year("pretax_income")
    income = [("2016-03-31", 8, "2016-05-05"), ("2016-06-30", 8, "2016-08-05"), ("2016-09-30", 8, "2016-11-04")]
    facts += flows("net_income", 3, income) + flows("net_income", 12, [("2016-12-31", 20, "2017-02-21")])
    panel = panel_of(tmp_path, facts, "2017-03-15")
    assert np.isnan(millions(panel.quarter("net_income"))).all()
    assert millions(panel.ttm("net_income")) == [20.0]


def half_year(sold, earned=14, again=()):
    """100 sold and 10 earned in the first quarter, then half a year told in one figure."""
    told = [("2015-03-31", 100, "2015-05-01")], [("2015-03-31", 10, "2015-05-01")]
    facts = flows("revenue", 3, told[0]) + flows("net_income", 3, told[1])
    facts += flows("revenue", 6, [("2015-06-30", sold, "2015-08-01")])
    return facts + flows("net_income", 6, [("2015-06-30", earned, "2015-08-01"), *again])


@pytest.mark.parametrize(("sold", "second", "earned"), [(210, 110.0, 4.0), (80, np.nan, np.nan)])
def test_a_second_quarter_of_income_is_as_consistent_as_half_a_year_of_revenue(tmp_path, sold, second, earned):
    """80 of half a year are less than 100 of its first quarter: 14 − 10 of the same filing is no second quarter."""
    panel = panel_of(tmp_path, half_year(sold), "2015-08-31")
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [second])
    np.testing.assert_array_equal(millions(panel.quarter("net_income")), [earned])


def test_income_whose_filing_repeats_the_half_year_before_unchanged_keeps_its_second_quarter(tmp_path):
    again = [("2014-06-30", 12, "2014-08-01"), ("2014-06-30", 12, "2015-08-01")]
    panel = panel_of(tmp_path, half_year(80, again=again), "2015-08-31")
    assert np.isnan(millions(panel.quarter("revenue"))).all()
    assert millions(panel.quarter("net_income")) == [4.0]


def test_a_year_does_not_go_on_with_half_a_year_below_its_first_quarter(tmp_path):
    """400 of 2014, 80 of half of 2015 and 190 of half of 2014 are not 290: the half cannot be."""
    before = flows("revenue", 6, [("2014-06-30", 190, "2014-08-01")])
    before += flows("revenue", 12, [("2014-12-31", 400, "2015-03-10")])
    panel = panel_of(tmp_path / "less", before + half_year(80), "2015-08-31")
    assert millions(panel.ttm("revenue")) == [400.0]
    panel = panel_of(tmp_path / "more", before + half_year(210), "2015-08-31")
    assert millions(panel.ttm("revenue")) == [400.0 + 210.0 - 190.0]
