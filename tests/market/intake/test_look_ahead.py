"""Facts dated by their period are read when they were due and named, as volumes in thousands are."""

import numpy as np
import pandas as pd
import pytest

from active_edge.market.audit.doubts import market_doubts
from active_edge.market.findings import FILED_AT_ONCE, SMALL_VOLUMES
from active_edge.sessions import sessions_between
from tests.market.intake.test_importer import fact, imported, price_rows, securities
from tests.quick import first_quick

DAYS = sessions_between("2019-01-02", "2020-06-30")
ENDS = ("2019-03-31", "2019-06-30", "2019-09-30", "2019-12-31")
FILED = ("2019-05-05", "2019-08-05", "2019-11-05", "2020-02-20")


def of_two(tmp_path, filed_by_b):
    facts = [fact("A", filed, 1e6, item="net_income", period_end=end) for end, filed in zip(ENDS, FILED, strict=True)]
    facts += [
        fact("B", filed, 1e6, item="net_income", period_end=end) for end, filed in zip(ENDS, filed_by_b, strict=True)
    ]
    prices = pd.concat([price_rows(name, [10.0] * 40) for name in "AB"])
    return imported(tmp_path, securities=securities("A", "B"), prices=prices, facts=pd.DataFrame(facts))


def test_one_company_that_files_on_the_last_day_of_its_periods_looks_ahead(tmp_path):
    report, market = of_two(tmp_path, ENDS)
    assert report.count(FILED_AT_ONCE) == 4
    (doubt,) = [doubt for doubt in market_doubts(market) if doubt.name == "look-ahead"]
    assert "B net_income 2019-03-31 filed 2019-03-31" in doubt.text


@pytest.mark.slow
def test_one_mistyped_filing_day_is_no_habit_and_yet_not_believed(tmp_path):
    report, market = of_two(tmp_path, (ENDS[0], *FILED[1:]))
    assert (report.count(FILED_AT_ONCE), report.count("facts filed as their period ends")) == (0, 1)
    assert "look-ahead" not in [doubt.name for doubt in market_doubts(market)]
    rows = market.facts.of("net_income")
    filed = rows.filed[market.assets[rows.asset] == "B"].astype("datetime64[D]")
    assert filed.min() == np.datetime64("2019-05-15"), "45 days after the quarter"


def filed_of(tmp_path, *facts):
    """The finding's count and the days from which the facts of A are read, by item, months and version."""
    prices = pd.concat([price_rows(name, [10.0] * len(DAYS), sessions=DAYS) for name in "AB"])
    report, market = imported(tmp_path, securities=securities("A", "B"), prices=prices, facts=pd.DataFrame(list(facts)))
    found: dict[tuple[str, int, str], list[tuple[float, str]]] = {}
    for item in ("net_income", "total_assets", "shares_outstanding"):
        rows = market.facts.of(item)
        for end, months, value, filed in zip(rows.period_end, rows.months, rows.value, rows.filed, strict=True):
            key = (item, int(months), str(end.astype("datetime64[D]")))
            found.setdefault(key, []).append((value, str(filed.astype("datetime64[D]"))))
    return report.count(FILED_AT_ONCE), found


@pytest.mark.parametrize("filed", first_quick(["2019-12-31", "2020-01-01", "2020-01-03", "2020-01-04"]))
def test_a_year_filed_on_its_last_day_or_before_the_next_session_is_read_ninety_days_later(tmp_path, filed):
    told = [
        fact("A", filed, 4e7, item="net_income", months=12, period_end="2019-12-31"),
        fact("A", filed, 1e9, item="total_assets", months=0, period_end="2019-12-31"),
        fact("A", filed, 5e7, item="shares_outstanding", months=0, period_end="2019-12-31"),
    ]
    count, found = filed_of(tmp_path, *told)
    assert count == 2
    assert found == {
        ("net_income", 12, "2019-12-31"): [(4e7, "2020-03-30")],
        ("total_assets", 0, "2019-12-31"): [(1e9, "2020-03-30")],
        ("shares_outstanding", 0, "2019-12-31"): [(5e7, filed)],
    }


@pytest.mark.slow
def test_a_quarter_filed_at_once_is_read_forty_five_days_later_with_its_balance(tmp_path):
    _, found = filed_of(
        tmp_path,
        fact("A", "2019-09-30", 1e7, item="net_income", months=3, period_end="2019-09-30"),
        fact("A", "2019-09-30", 1e9, item="total_assets", months=0, period_end="2019-09-30"),
    )
    assert list(found.values()) == [[(1e7, "2019-11-14")], [(1e9, "2019-11-14")]]


@pytest.mark.slow
def test_facts_that_no_session_reads_are_told(tmp_path):
    days = "2019-11-01", "2030-01-01"
    facts = [fact("A", filed, 1e7, item="net_income", months=3, period_end="2019-09-30") for filed in days]
    prices = price_rows("A", [10.0] * len(DAYS), sessions=DAYS)
    report, _ = imported(tmp_path, securities=securities("A"), prices=prices, facts=pd.DataFrame(facts))
    (told,) = [one for one in report.findings if one.kind == "facts filed after the last session"]
    assert told.examples == ("A net_income 2019-09-30 filed 2030-01-01",)


@pytest.mark.slow
def test_the_quickest_filing_on_record_is_believed(tmp_path):
    count, found = filed_of(
        tmp_path, fact("A", "2019-10-14", 1e7, item="net_income", months=3, period_end="2019-09-30")
    )
    assert (count, list(found.values())) == (0, [[(1e7, "2019-10-14")]])


@pytest.mark.slow
def test_a_figure_filed_at_once_gives_way_to_the_version_told_before_it_was_due(tmp_path):
    _, found = filed_of(
        tmp_path,
        fact("A", "2019-09-30", 1e7, item="net_income", months=3, period_end="2019-09-30"),
        fact("A", "2019-11-01", 2e7, item="net_income", months=3, period_end="2019-09-30"),
        fact("A", "2020-02-01", 3e7, item="net_income", months=3, period_end="2019-09-30"),
    )
    assert list(found.values()) == [[(2e7, "2019-11-01"), (3e7, "2020-02-01")]]


@pytest.mark.slow
@pytest.mark.parametrize(("volume", "small"), [(500, 25), (500_000, 0)])
def test_volumes_in_thousands_are_told_by_what_shares_of_such_value_trade(tmp_path, volume, small):
    # One share in two hundred changes hands a day: 100 million shares trade 500,000, told as 500.
    names = [f"N{n:02d}" for n in range(25)]
    prices = pd.concat([price_rows(name, [10.0] * 40, volume=volume) for name in names])
    counts = [fact(name, "2020-02-20", 1e8, item="shares_outstanding", months=0) for name in names]
    assets = [fact(name, "2020-02-20", 8e8, item="total_assets", months=0) for name in names]
    report, market = imported(
        tmp_path, securities=securities(*names), prices=prices, facts=pd.DataFrame(counts + assets)
    )
    assert report.count(SMALL_VOLUMES) == small
    assert ("small volumes" in [doubt.name for doubt in market_doubts(market)]) == bool(small)
