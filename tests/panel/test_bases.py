"""Quarters and years of different bases: what may be subtracted, what is missing, worked by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from active_edge.market import basis, statement_basis
from active_edge.market.audit.contradictions import find_contradictions
from active_edge.market.basis import EXCEEDED, OTHER_INCOME, RECAST, SHARE, find_doubts
from active_edge.market.periods import Rows
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.markets import make_market
from tests.panel.test_statements import as_matrix, assembled, day

pytestmark = pytest.mark.slow


def flows(item, months, figures):
    """Rows of one item from (period end, value in millions, filed)."""
    return [
        {"asset": "A", "item": item, "months": months, "period_end": end, "value": value * 1e6, "filed": filed}
        for end, value, filed in figures
    ]


def panel_of(tmp_path, facts, *days):
    closes = pd.DataFrame({"A": 10.0}, index=sessions_between("2015-01-02", "2018-12-31"))
    return Panel(make_market(tmp_path, closes=closes, facts=facts), pd.DatetimeIndex(days))


def millions(matrix):
    return (matrix[:, 0] / 1e6).tolist()


def recast_year(item="revenue"):
    """A business is sold in 2016: the year is recast to 720, its quarters of 260 are not, the next report's are."""
    return [
        *flows(item, 3, [("2015-03-31", 250, "2015-05-05"), ("2015-06-30", 250, "2015-08-05")]),
        *flows(item, 3, [("2015-09-30", 250, "2015-11-05")]),
        *flows(item, 9, [("2015-09-30", 750, "2015-11-05")]),
        *flows(item, 12, [("2015-12-31", 1000, "2016-02-19")]),
        *flows(item, 3, [("2016-03-31", 260, "2016-05-05"), ("2016-06-30", 260, "2016-08-05")]),
        *flows(item, 3, [("2016-09-30", 260, "2016-11-04")]),
        *flows(item, 9, [("2016-09-30", 780, "2016-11-04")]),
        *flows(item, 12, [("2016-12-31", 720, "2017-02-21"), ("2015-12-31", 680, "2017-02-21")]),
        *flows(item, 3, [("2017-03-31", 190, "2017-05-05"), ("2016-03-31", 180, "2017-05-05")]),
    ]


def test_a_recast_year_goes_on_with_the_recast_comparatives_and_gives_no_fourth_quarter(tmp_path):
    panel = panel_of(tmp_path, recast_year(), "2016-12-30", "2017-03-15", "2017-06-30")
    # To September 2016: 1000 + 780 − 750. The year 2016 as told. To March 2017: 720 + 190 − 180.
    assert millions(panel.ttm("revenue")) == [1030.0, 720.0, 730.0]
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [260.0, np.nan, 190.0])


def test_on_the_first_basis_a_recast_year_stands_until_the_next(tmp_path):
    facts = recast_year()
    closes = pd.DataFrame({"A": 10.0}, index=sessions_between("2015-01-02", "2018-12-31"))
    market = make_market(tmp_path, closes=closes, facts=facts)
    panel = Panel(market, pd.DatetimeIndex(["2017-06-30"]), basis="first")
    # 720 + 190 − 260 would mix two bases, and so would the sum of four quarters.
    assert millions(panel.ttm("revenue")) == [720.0]
    assert panel.age("revenue")[0, 0] == (pd.Timestamp("2017-06-30") - pd.Timestamp("2016-12-31")).days


@pytest.mark.parametrize("year", [880.0, 1500.0, 970.0])
def test_a_recast_year_gives_no_fourth_quarter_whatever_its_sign_would_be(tmp_path, year):
    facts = [row | {"value": year * 1e6} if row["value"] == 720e6 else row for row in recast_year()]
    panel = panel_of(tmp_path, facts, "2017-03-15")
    assert np.isnan(panel.quarter("revenue")).all()
    assert millions(panel.ttm("revenue")) == [year]


def contradicted(item="revenue", year=36.0):
    """A bank whose year is told under another tag than its quarters of 80."""
    return [
        *flows(item, 3, [("2015-03-31", 80, "2015-05-01"), ("2015-06-30", 81, "2015-08-01")]),
        *flows(item, 3, [("2015-09-30", 78, "2015-11-01"), ("2016-03-31", 76, "2016-04-29")]),
        *flows(item, 12, [("2014-12-31", 310, "2015-03-10"), ("2015-12-31", year, "2016-03-10")]),
    ]


def test_a_year_below_its_own_nine_months_is_missing_with_its_quarter(tmp_path):
    panel = panel_of(tmp_path, contradicted(), "2015-12-31", "2016-03-31", "2016-06-30")
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [78.0, np.nan, 76.0])
    # The year before holds until it is 460 days old.
    np.testing.assert_array_equal(millions(panel.ttm("revenue")), [310.0, 310.0, np.nan])


def test_a_figure_the_filer_itself_reports_negative_is_kept_and_nothing_is_derived_from_it(tmp_path):
    facts = [row | {"value": -row["value"]} if row["value"] == 78e6 else row for row in contradicted(year=120.0)]
    panel = panel_of(tmp_path, facts, "2015-12-31", "2016-03-31")
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [-78.0, np.nan])
    assert millions(panel.ttm("revenue"))[1] == 120.0


def test_rounding_costs_the_quarter_and_not_the_year(tmp_path):
    panel = panel_of(tmp_path, contradicted(year=238.0), "2016-03-31")
    assert np.isnan(panel.quarter("revenue")).all()
    assert millions(panel.ttm("revenue")) == [238.0]


@pytest.mark.parametrize(
    ("year", "fourth"),
    [(320.0, 81.0), (600.0, np.nan), (250.0, np.nan), (480.0, np.nan), (390.0, 151.0), (270.0, np.nan)],
)
def test_a_fourth_quarter_unlike_three_steady_ones_is_missing(tmp_path, year, fourth):
    panel = panel_of(tmp_path, contradicted(year=year), "2016-03-31")
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [fourth])
    assert millions(panel.ttm("revenue")) == [year]


@pytest.mark.parametrize(
    ("year", "fourth"), [(320.0, 80.0), (240.3, np.nan), (640.0, np.nan), (262.0, 22.0), (559.0, 319.0)]
)
def test_a_fourth_quarter_far_from_nine_months_in_one_figure_is_missing_and_counted(tmp_path, year, fourth):
    """240 for nine months are 80 a quarter: 0.3 (0.4 %) and 400 (500 %) are no fourth quarter, 22 and 319 may be."""
    facts = flows("revenue", 9, [("2015-09-30", 240, "2015-11-01")]) + flows(
        "revenue", 12, [("2015-12-31", year, "2016-03-10")]
    )
    panel = panel_of(tmp_path, facts, "2016-03-31")
    np.testing.assert_allclose(millions(panel.quarter("revenue")), [fourth])
    assert millions(panel.ttm("revenue")) == [year]
    assert sum(find_contradictions(panel.market).counts().values()) == int(np.isnan(fourth))


def steady_years(*fourths, item="revenue", month_rows=True, ends=(2014, 2015, 2016)):
    """Years of three quarters of 250, 260 and 255, and of a fourth each; the nine months as a figure of their own."""
    facts = []
    for year, fourth in zip(ends, fourths, strict=False):
        for end, filed, value in (("03-31", "05-05", 250), ("06-30", "08-05", 260), ("09-30", "11-05", 255)):
            facts += flows(item, 3, [(f"{year}-{end}", value, f"{year}-{filed}")])
        if month_rows:
            facts += flows(item, 9, [(f"{year}-09-30", 765, f"{year}-11-05")])
        facts += flows(item, 12, [(f"{year}-12-31", 765 + fourth, f"{year + 1}-02-20")])
    return facts


@pytest.mark.parametrize("month_rows", [True, False])
@pytest.mark.parametrize(
    ("fourths", "found"),
    [
        ((255, 255, 80), np.nan),  # a third of its neighbours
        ((255, 255, 820), np.nan),  # three times as much
        ((255, 255, 540), np.nan),
        ((255, 255, 500), 500.0),  # less than twice the largest
        ((255, 255, 130), 130.0),
        ((540, 560, 580), 580.0),  # a retailer of Christmas
        ((110, 115, 118), 118.0),  # a seller of air conditioners
        ((580,), np.nan),  # the first year of the record: no season is known
    ],
)
def test_a_fourth_quarter_half_or_twice_three_steady_ones_is_missing_unless_the_season_is_known(
    tmp_path, month_rows, fourths, found
):
    years = (2016,) if len(fourths) == 1 else (2014, 2015, 2016)
    panel = panel_of(tmp_path, steady_years(*fourths, month_rows=month_rows, ends=years), "2017-03-15")
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [found])
    assert millions(panel.ttm("revenue")) == [765.0 + fourths[-1]]
    told = find_contradictions(panel.market).found
    assert ("2016-12-31" in told["period_end"].astype(str).tolist()) == np.isnan(found)


def test_the_first_christmas_of_the_record_is_known_from_the_second_on(tmp_path):
    panel = panel_of(tmp_path, steady_years(560, 580, ends=(2015, 2016)), "2016-12-30", "2017-03-15")
    assert np.isnan(panel.quarter("revenue", quarters_ago=3)[0]).all()
    assert millions(panel.quarter("revenue", quarters_ago=4))[1] == 560.0


def test_quarters_of_year_to_date_figures_alone_are_neighbours_too(tmp_path):
    def filer(fourth):
        rows = [(3, "03-31", 250, "05-05"), (6, "06-30", 510, "08-05"), (9, "09-30", 765, "11-05")]
        facts = [one for m, end, v, filed in rows for one in flows("revenue", m, [(f"2016-{end}", v, f"2016-{filed}")])]
        return facts + flows("revenue", 12, [("2016-12-31", 765 + fourth, "2017-02-20")])

    assert np.isnan(panel_of(tmp_path / "third", filer(85), "2017-03-15").quarter("revenue")).all()
    assert millions(panel_of(tmp_path / "usual", filer(270), "2017-03-15").quarter("revenue")) == [270.0]


def test_nine_months_whose_quarter_the_next_filing_changes_give_no_fourth_quarter(tmp_path):
    """260 of the first quarter of 2016 are 390 in the filing of a year later: the year 1,140 may be of either basis."""
    facts = steady_years(255, 375, ends=(2015, 2016))
    facts += flows("revenue", 3, [("2017-03-31", 400, "2017-05-05"), ("2016-03-31", 390, "2017-05-05")])
    panel = panel_of(tmp_path, facts, "2017-03-15", "2017-05-31")
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [375.0, 400.0])
    assert np.isnan(panel.quarter("revenue", quarters_ago=1)[1]).all()
    assert millions(panel.ttm("revenue"))[1] == 1140.0 + 400.0 - 390.0
    same = [row | {"value": 251e6} if row["value"] == 390e6 else row for row in facts]
    panel = panel_of(tmp_path / "same", same, "2017-05-31")
    assert millions(panel.quarter("revenue", quarters_ago=1)) == [375.0], "0.4 % is rounding"


def test_net_income_falls_with_a_fourth_quarter_of_revenue_that_is_unlike_its_neighbours(tmp_path):
    def income(fourth):
        net = steady_years(25, 25, 25, item="net_income")
        return [row | {"value": row["value"] / 10} for row in net] + steady_years(255, 255, fourth)

    odd = panel_of(tmp_path / "odd", income(820), "2017-03-15")
    assert np.isnan(odd.quarter("net_income")).all()
    assert millions(odd.ttm("net_income")) == [79.0], "the year as told: (765 + 25) / 10"
    first = flows("net_income", 3, [("2017-03-31", 26, "2017-05-05")])
    moved = panel_of(tmp_path / "moved", income(820) + first, "2017-05-31")
    assert millions(moved.ttm("net_income")) == [79.0 + 26.0 - 25.0]
    assert millions(panel_of(tmp_path / "usual", income(255), "2017-03-15").quarter("net_income")) == [2.5]


@pytest.mark.parametrize(("fourth", "found"), [(2000, np.nan), (4, np.nan), (700, 700.0), (30, 30.0)])
def test_a_fourth_quarter_far_beyond_three_unsteady_ones_is_missing_and_counted(tmp_path, fourth, found):
    """100, 260 and 180: four times the most is 1,040, a fourth of the least 25."""
    months = [("2015-03-31", 100, "2015-05-01"), ("2015-06-30", 260, "2015-08-01"), ("2015-09-30", 180, "2015-11-01")]
    facts = flows("revenue", 3, months) + flows("revenue", 12, [("2015-12-31", 540 + fourth, "2016-03-10")])
    panel = panel_of(tmp_path, facts, "2016-03-31")
    np.testing.assert_allclose(millions(panel.quarter("revenue")), [found])
    assert millions(panel.ttm("revenue")) == [540 + fourth]
    assert sum(find_contradictions(panel.market).counts().values()) == int(np.isnan(found))


def test_a_seller_of_one_season_keeps_his_fourth_quarter(tmp_path):
    """Taxes are prepared in one quarter: 90 of nine months, 500 in the fourth quarter, as the year before."""
    nine = [("2014-09-30", 84, "2014-11-01"), ("2015-09-30", 90, "2015-11-01")]
    years = [("2014-12-31", 544, "2015-03-10"), ("2015-12-31", 590, "2016-03-10")]
    panel = panel_of(tmp_path, flows("revenue", 9, nine) + flows("revenue", 12, years), "2016-03-31")
    assert millions(panel.quarter("revenue")) == [500.0]


def test_net_income_is_as_consistent_as_the_revenue_of_its_filing(tmp_path):
    income = [
        *flows("net_income", 3, [("2015-03-31", 8, "2015-05-01"), ("2015-06-30", 8, "2015-08-01")]),
        *flows("net_income", 3, [("2015-09-30", 8, "2015-11-01"), ("2016-03-31", 9, "2016-04-29")]),
        *flows("net_income", 12, [("2015-12-31", 31, "2016-03-10")]),
    ]
    days = ("2016-03-31", "2016-06-30")
    alone = panel_of(tmp_path / "alone", income, *days)
    assert millions(alone.quarter("net_income")) == [7.0, 9.0]
    assert millions(alone.ttm("net_income")) == [31.0, 32.0]
    beside = panel_of(tmp_path / "beside", income + contradicted(), *days)
    np.testing.assert_array_equal(millions(beside.quarter("net_income")), [np.nan, 9.0])
    assert millions(beside.ttm("net_income")) == [31.0, 31.0], "the year as told, older than the quarter"
    year_before = flows("net_income", 12, [("2014-12-31", 30, "2015-03-10"), ("2014-12-31", 30, "2016-03-10")])
    confirmed = panel_of(tmp_path / "confirmed", income + contradicted() + year_before, *days)
    assert millions(confirmed.quarter("net_income")) == [7.0, 9.0], "its own filing shows that its basis did not change"


def test_cash_flow_does_not_depend_on_revenue(tmp_path):
    cash = flows("operating_cash_flow", 9, [("2015-09-30", 20, "2015-11-01")])
    cash += flows("operating_cash_flow", 12, [("2015-12-31", 31, "2016-03-10")])
    panel = panel_of(tmp_path, cash + contradicted(), "2016-03-31")
    assert millions(panel.quarter("operating_cash_flow")) == [11.0]


def test_half_a_year_recast_gives_no_second_quarter(tmp_path):
    facts = [
        *flows("revenue", 3, [("2015-03-31", 100, "2015-05-05"), ("2016-03-31", 110, "2016-05-05")]),
        *flows("revenue", 6, [("2015-06-30", 205, "2015-08-05")]),
        *flows("revenue", 6, [("2016-06-30", 150, "2016-08-05"), ("2015-06-30", 140, "2016-08-05")]),
    ]
    panel = panel_of(tmp_path, facts, "2015-09-30", "2016-09-30")
    np.testing.assert_array_equal(millions(panel.quarter("revenue")), [105.0, np.nan])


def test_a_restated_quarter_takes_its_year_with_it_only_when_the_year_is_restated_too(tmp_path):
    rows = contradicted(year=320.0) + flows("revenue", 3, [("2015-06-30", 60, "2016-05-20")])
    panel = panel_of(tmp_path / "quarter", rows, "2016-03-31", "2016-06-30")
    assert millions(panel.quarter("revenue", quarters_ago=0))[0] == 81.0
    assert np.isnan(panel.quarter("revenue", quarters_ago=1)[1]).all(), "320 less quarters of two bases"
    rows += flows("revenue", 3, [("2015-03-31", 60, "2016-05-20"), ("2015-09-30", 58, "2016-05-20")])
    rows += flows("revenue", 12, [("2015-12-31", 240, "2016-05-20")])
    panel = panel_of(tmp_path / "year", rows, "2016-06-30")
    assert millions(panel.quarter("revenue", quarters_ago=1)) == [240.0 - 60.0 - 60.0 - 58.0]


def test_a_year_of_one_sixteen_week_quarter_and_three_of_twelve_adds_up():
    # A grocer: 112, 84, 84 and 84 days, year to date.
    first = [("2015-04-19", 3, 320.0), ("2015-07-12", 6, 560.0), ("2015-10-04", 9, 800.0), ("2015-12-27", 12, 1040.0)]
    second = [("2016-04-17", 3, 340.0), ("2016-07-10", 6, 590.0), ("2016-10-02", 9, 845.0), ("2016-12-25", 12, 1096.0)]
    rows = [(k, day(end), months, value, day(end) + 40) for k, (end, months, value) in enumerate(first + second)]
    years = assembled("year", [rows], list(range(3, 8)), [0], positive=True)[0][0, :, 0]
    np.testing.assert_array_equal(years, [1040, 1040 + 340 - 320, 1040 + 590 - 560, 1040 + 845 - 800, 1096])
    quarters = assembled("quarter", [rows], list(range(8)), [0], positive=True)[0][0, :, 0]
    np.testing.assert_array_equal(quarters, [320, 240, 240, 240, 340, 250, 255, 251])


def test_a_year_that_ends_with_the_sixteen_weeks_adds_up_from_single_quarters():
    # A warehouse club: 84, 84, 84 and 112 days, single quarters and the year.
    ends = ["2015-11-22", "2016-02-14", "2016-05-08", "2016-11-20", "2017-02-12", "2017-05-07"]
    rows = [(k, day(end), 3, 27.0 + k, day(end) + 20) for k, end in enumerate(ends)]
    rows.insert(3, (2, day("2016-08-28"), 12, 116.0, day("2016-10-10")))
    years = assembled("year", [rows], [2, 3, 4, 5], [0], positive=True)[0][0, :, 0]
    np.testing.assert_array_equal(years, [116, 116 + 30 - 27, 116 + 61 - 55, 116 + 93 - 84])
    assert assembled("quarter", [rows], [2], [0], positive=True)[0][0, 0, 0] == 116 - 27 - 28 - 29


def test_a_transition_period_is_never_bridged():
    # A year to October, two months that are no row, quarters of the calendar year: 60 + 110 + 115 + 120 is no year.
    rows = [(0, day("2015-10-31"), 12, 400.0, day("2015-12-20"))]
    rows += [(1 + k, day(f"2016-{end}"), 3, 110.0 + 5 * k, 0) for k, end in enumerate(("03-31", "06-30", "09-30"))]
    values, _, end = assembled("year", [rows], [3], [0])
    assert (values[0, 0, 0], end[0, 0]) == (400.0, day("2015-10-31"))
    # A transition of February alone.
    rows = [
        (0, day("2016-01-31"), 12, 400.0, 0),
        (1, day("2016-05-31"), 3, 110.0, 0),
        (1, day("2015-04-30"), 3, 90.0, 0),
    ]
    values, _, end = assembled("year", [rows], [1], [0])
    assert (values[0, 0, 0], end[0, 0]) == (400.0, day("2016-01-31"))


def test_six_months_of_transition_make_a_year_with_what_they_overlap():
    # A calendar year, then six months to a June year end: 400 + 230 − 190.
    rows = [
        (0, day("2015-06-30"), 6, 190.0, 0),
        (1, day("2015-12-31"), 12, 400.0, 1),
        (2, day("2016-06-30"), 6, 230.0, 2),
    ]
    assert assembled("year", [rows], [2], [0], positive=True)[0][0, 0, 0] == 440.0


def test_doubts_name_year_nine_months_and_reason():
    def rows_of(facts):
        known = sorted({row["filed"] for row in facts})
        listed = [
            (known.index(r["filed"]), day(r["period_end"]), r["months"], r["value"] / 1e6, day(r["filed"]))
            for r in facts
        ]
        return sorted(listed)

    doubts = find_doubts(
        as_matrix([rows_of(recast_year()), rows_of(contradicted()), rows_of(contradicted(year=320.0))])
    )
    # The next report's 180 for the first quarter of 2016 is no part of the nine months of 780 told before: 180 + 260.
    assert doubts.starts.tolist() == [0, 3, 4, 4]
    assert doubts.span.tolist() == [12, 12, 9, 12]
    assert doubts.reason.tolist() == [RECAST, RECAST, RECAST, EXCEEDED]
    assert doubts.year.tolist() == [680.0, 720.0, 780.0, 36.0]
    assert doubts.months.tolist() == [750.0, 780.0, 440.0, 239.0]


def test_a_year_stays_valid_until_the_next_one_is_due(tmp_path):
    usual = flows("equity", 0, [("2015-12-31", 50, "2016-03-15")])
    panel = panel_of(tmp_path / "usual", usual, "2017-03-31", "2017-04-04", "2017-04-05")
    np.testing.assert_array_equal(millions(panel.instant("equity")), [50.0, 50.0, np.nan])
    late = flows("equity", 0, [("2015-12-31", 50, "2016-05-29")])
    panel = panel_of(tmp_path / "late", late, "2017-06-02", "2017-06-05", "2017-06-06")
    # Told 150 days after the year, 60 later than due, so valid for 460 + 60 days: to 2017-06-04, a Sunday.
    np.testing.assert_array_equal(millions(panel.instant("equity")), [50.0, np.nan, np.nan])


def messy_rows(rng, n_assets=8):
    """Nine years of an item a firm: quarters, nine months and years, told late, again and otherwise."""
    told = []
    for asset in range(n_assets):
        ends = np.datetime64("2009-03", "M") + 3 * np.arange(36)
        for number, end in enumerate(ends):
            months = [3, 12] if number % 4 == 3 else [3, 9] if number % 4 == 2 else [3]
            for length, ago in [(m, a) for m in months for a in (0, 4, 8) if rng.random() < (0.8, 0.6, 0.2)[a // 4]]:
                period = (end - 3 * ago + 1).astype("datetime64[D]") - 1 + int(rng.integers(-3, 4))
                filed = (end + 1).astype("datetime64[D]") + int(rng.integers(20, 120))
                odd = rng.choice([1.0, 1.0, 1.0, 0.5, 3.0, -1.0])
                value = length * odd * rng.uniform(0.9, 1.1)
                told.append((asset, period.astype(int), length, value, filed.astype(int)))
    assets, days, lengths, values, filings = (np.array(column) for column in zip(*told, strict=True))
    order = np.lexsort((days, filings, assets))
    starts = np.searchsorted(assets[order], np.arange(n_assets + 1)).astype(np.int64)
    day, sure = filings[order], np.zeros(len(order), dtype=np.int64)
    return Rows(starts, day, days[order], lengths[order], values[order], day, sure)


@pytest.mark.parametrize("seed", range(3))
def test_years_looked_at_only_when_a_filing_bears_on_them_are_doubted_as_if_all_were_every_time(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    rows = {item: messy_rows(rng) for item in ("revenue", "cost_of_revenue", "pretax_income")}
    before = rows["pretax_income"]
    parts = np.where(before.months == 12, 1.0, rng.choice([1.0, 0.6], len(before.known)))
    rows["net_income"] = before._replace(value=before.value * parts)
    rows["income_tax"] = before._replace(value=np.zeros(len(before.known)))
    sold, paid = rows["revenue"], rows["cost_of_revenue"]
    joint = ((sold, paid, paid, SHARE), (rows["net_income"], before, rows["income_tax"], OTHER_INCOME))
    alone: Any = basis.find_doubts
    together: Any = statement_basis._find_joint
    found = [alone(sold, True), alone(sold, False), *(together(*given) for given in joint)]
    for module in (basis, statement_basis):
        monkeypatch.setattr(module, "touched_from", lambda table, count, oldest: 0)
    every = [alone.py_func(sold, True), alone.py_func(sold, False), *(together.py_func(*given) for given in joint)]
    assert min(len(one.known) for one in every) > 2
    for one, other in zip(found, every, strict=True):
        for column, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(column, right)
