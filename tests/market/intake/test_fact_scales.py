"""Thousands and millions among dollars: put right where several figures agree, refused where one stands alone."""

import pandas as pd
import pytest

from tests.market.intake.test_importer import fact, imported, price_rows, securities
from tests.quick import first_quick

FILING = "facts of a filing in thousands or millions"
SLIP = "facts a thousand or a million times off the company's other filings"
UNIT = "facts of companies whose amounts or counts of shares are in another unit"
QUARTERS = ["2019-03-31", "2019-06-30", "2019-09-30", "2019-12-31"]
FILED = ["2019-05-05", "2019-08-05", "2019-11-05", "2020-02-20"]


def report_of(asset, filing, *, assets=900e6, revenue=200e6, income=-3e6, shares=50e6):
    """One quarterly report; None leaves the figure out."""
    told = {"total_assets": (0, assets), "revenue": (3, revenue), "net_income": (3, income)}
    told["shares_outstanding"] = (0, shares)
    return [
        fact(asset, FILED[filing], value, item=item, months=months, period_end=QUARTERS[filing])
        for item, (months, value) in told.items()
        if value is not None
    ]


def market_of(tmp_path, facts, *, price=20.0, volume=200_000, assets=("A",)):
    prices = pd.concat([price_rows(name, [price] * 60, volume=volume) for name in assets])
    # Prices begin in 2020; the filings of 2019 meet the first of them.
    dated = [row | {"filed": str(pd.Timestamp(row["filed"]) + pd.DateOffset(months=4))[:10]} for row in facts]
    report, market = imported(tmp_path, securities=securities(*assets), prices=prices, facts=pd.DataFrame(dated))
    return report, lambda item: market.facts.of(item).value.tolist()


def test_one_filing_in_thousands_between_filings_in_dollars_is_put_right_whole(tmp_path):
    facts = [row for n in range(4) if n != 1 for row in report_of("A", n)]
    facts += report_of("A", 1, assets=901e3, revenue=201e3, income=-4e3)
    report, of = market_of(tmp_path, facts)
    assert of("total_assets") == [900e6, 901e6, 900e6, 900e6]
    assert of("revenue") == [200e6, 201e6, 200e6, 200e6]
    assert of("net_income") == [-3e6, -4e6, -3e6, -3e6]
    assert of("shares_outstanding") == [50e6] * 4
    assert report.count(FILING) == 3
    found = next(f for f in report.findings if f.kind == FILING)
    assert found.examples[0].endswith("-4000 is 1,000 times too small")


@pytest.mark.parametrize("times", first_quick([1e3, 1e-3, 1e6, 1e-6]))
def test_a_lone_slip_of_one_figure_is_refused(tmp_path, times):
    facts = [row for n in range(4) for row in report_of("A", n, assets=900e6 * (times if n == 1 else 1.0))]
    report, of = market_of(tmp_path, facts)
    assert of("total_assets") == [900e6] * 3
    assert of("revenue") == [200e6] * 4
    assert report.count(SLIP) == 1


@pytest.mark.slow
def test_a_business_that_ends_is_no_slip(tmp_path):
    facts = [row for n in range(4) for row in report_of("A", n, revenue=200e6 if n < 2 else 0.2e6)]
    report, of = market_of(tmp_path, facts)
    assert of("revenue") == [200e6, 200e6, 0.2e6, 0.2e6]
    assert report.count(SLIP) == report.count(FILING) == 0


@pytest.mark.slow
def test_a_last_filing_in_thousands_is_refused_with_all_its_amounts(tmp_path):
    facts = [row for n in range(3) for row in report_of("A", n)]
    facts += report_of("A", 3, assets=901e3, revenue=201e3, income=-4e3)
    report, of = market_of(tmp_path, facts)
    assert of("total_assets") == [900e6] * 3
    assert of("net_income") == [-3e6] * 3
    assert of("shares_outstanding") == [50e6] * 4
    assert report.count(SLIP) == 3


@pytest.mark.slow
def test_of_two_filings_the_one_that_fits_what_the_shares_cost_is_right(tmp_path):
    facts = report_of("A", 0) + report_of("A", 1, assets=901e3, revenue=201e3, income=-4e3)
    assert market_of(tmp_path, facts)[1]("total_assets") == [900e6]


@pytest.mark.parametrize(("unit", "factor"), first_quick([("thousands", 1e3), ("millions", 1e6)]))
def test_a_table_of_amounts_in_another_unit_is_put_right_and_says_so(tmp_path, unit, factor):
    facts = [
        row
        for n in range(4)
        for row in report_of("A", n, assets=900e6 / factor, revenue=200e6 / factor, income=-3e6 / factor)
    ]
    report, of = market_of(tmp_path, facts)
    assert of("total_assets") == pytest.approx([900e6] * 4)
    assert of("net_income") == pytest.approx([-3e6] * 4)
    assert of("shares_outstanding") == [50e6] * 4
    assert report.count(f"facts in {unit}: amounts of money") == 12


@pytest.mark.slow
def test_counts_of_shares_in_millions_are_seen_by_what_is_traded(tmp_path):
    facts = [row for n in range(4) for row in report_of("A", n, assets=900.0, revenue=200.0, income=-3.0, shares=50.0)]
    report, of = market_of(tmp_path, facts)
    assert of("shares_outstanding") == pytest.approx([50e6] * 4)
    assert of("total_assets") == pytest.approx([900e6] * 4)
    assert report.count("facts in millions: counts of shares") == 4
    assert report.count("facts in millions: amounts of money") == 12


@pytest.mark.slow
def test_a_table_in_dollars_is_left_alone(tmp_path):
    report, of = market_of(tmp_path, [row for n in range(4) for row in report_of("A", n)])
    assert of("total_assets") == [900e6] * 4
    assert not [f for f in report.findings if f.table == "facts" and f.severity != "noted"]


@pytest.mark.slow
def test_one_company_in_millions_among_others_in_dollars_is_refused(tmp_path):
    facts = [row for name in "BCD" for n in range(4) for row in report_of(name, n)]
    facts += [row for n in range(4) for row in report_of("A", n, assets=900.0, revenue=200.0, income=-3.0)]
    report, of = market_of(tmp_path, facts, assets=tuple("ABCD"))
    assert of("total_assets") == [900e6] * 12
    assert report.count(UNIT) == 12


@pytest.mark.slow
def test_a_false_count_of_shares_is_refused_and_the_amounts_stay(tmp_path):
    facts = [row for name in "BCD" for n in range(4) for row in report_of(name, n)]
    facts += [row for n in range(4) for row in report_of("A", n, shares=50e3)]
    report, of = market_of(tmp_path, facts, assets=tuple("ABCD"))
    assert of("shares_outstanding") == [50e6] * 12
    assert of("total_assets") == [900e6] * 16
    assert report.count(UNIT) == 4
