"""A company's page holds what was filed by a day and nothing later."""

from dataclasses import asdict, replace

import pandas as pd
import pytest

from active_edge.errors import SnapshotError
from active_edge.market import open_market, write_snapshot
from active_edge.market.connection import in_memory
from active_edge.market.findings import Finding
from active_edge.report.company_page import render_company
from active_edge.results.company import company_page, pages_of, yearly
from active_edge.sessions import sessions_between
from tests.markets import make_market
from tests.report.markup import outside_requests, text_of


def row(item, months, end, value, filed, form="10-K"):
    told = {"asset": "AAA", "item": item, "months": months, "period_end": end, "value": value, "filed": filed}
    return told | {"form": form, "accession": f"0000-{filed}", "source": "xbrl", "confidence": "high"}


@pytest.fixture
def market(tmp_path):
    closes = pd.DataFrame({"AAA": 10.0, "BBB": 20.0}, index=pd.bdate_range("2020-01-02", "2020-06-30"))
    closes = closes.drop(pd.to_datetime(["2020-01-20", "2020-02-17", "2020-04-10", "2020-05-25"]))
    facts = [
        row("revenue", 12, "2018-12-31", 100.0, "2019-02-20"),
        row("revenue", 12, "2018-12-31", 90.0, "2020-02-20"),
        row("revenue", 12, "2019-12-31", 120.0, "2020-02-20"),
        row("total_assets", 0, "2019-12-31", 500.0, "2020-02-20"),
        row("insider_ownership", 0, "2019-03-01", 0.10, "2019-04-01", "DEF 14A"),
        row("insider_ownership", 0, "2020-03-01", 0.12, "2020-04-01", "DEF 14A"),
        row("revenue", 3, "2020-03-31", 33.0, "2020-05-05", "10-Q"),
    ]
    return make_market(tmp_path, closes=closes, facts=facts)


def test_a_year_is_told_as_it_was_filed_last_by_the_day(market):
    before, after = (company_page(market, "AAA", day) for day in ("2020-02-03", "2020-03-02"))
    assert before.figures.loc["revenue"].to_dict() == {"2018-12-31": 100.0}
    assert after.figures.loc["revenue"].to_dict() == {"2019-12-31": 120.0, "2018-12-31": 90.0}
    assert after.figures.loc["total_assets", "2019-12-31"] == 500.0


def test_legs_and_insiders_carry_their_filings(market):
    page = company_page(market, "aaa", "2020-06-30")
    assert page.insiders.tolist() == [0.10, 0.12]
    (leg,) = page.legs.to_dict("records")
    assert (leg["value"], leg["form"], leg["accession"]) == (0.12, "DEF 14A", "0000-2020-04-01")
    assert page.latest_filing == "2020-05-05, 10-Q, 0000-2020-05-05"
    assert page.latest["value"].tolist() == [33.0]
    assert page.latest["before"].isna().all()
    text = text_of(render_company(page))
    assert "0000-2020-04-01" in text
    assert "12.0 %" in text
    assert outside_requests(render_company(page)) == []


def test_a_leg_leads_to_its_filing_at_edgar_where_that_is_known(market):
    page = company_page(market, "AAA", "2020-06-30")
    known = replace(page, simulated=False, cik=320193, legs=page.legs.assign(accession="0001193125-15-017607"))
    address = "https://www.sec.gov/Archives/edgar/data/320193/000119312515017607/0001193125-15-017607-index.htm"
    assert outside_requests(render_company(known)) == [address]
    for untold in (replace(known, cik=None), replace(known, simulated=True), replace(known, legs=page.legs)):
        assert outside_requests(render_company(untold)) == []


def test_a_company_that_has_filed_nothing_has_a_page(market):
    text = text_of(render_company(company_page(market, "BBB", "2020-06-30")))
    assert "No yearly figure was filed by then." in text
    assert yearly(pd.DataFrame({"item": [], "months": [], "period_end": [], "value": []})).empty


@pytest.mark.slow
def test_a_leg_shows_the_words_it_was_read_from_and_says_where_none_are_kept(market):
    without = render_company(company_page(market, "AAA", "2020-06-30"))
    assert "No passage is kept in this snapshot" in text_of(without)
    file = market.path / "snapshots" / market.snapshot
    words = "All directors & officers as a group (11 persons) 12.0%"
    with in_memory() as connection:
        told = [
            ("AAA", "insider_ownership", "2020-03-01", "2020-04-01", "0000-2020-04-01", "xbrl", words),
            ("AAA", "insider_ownership", "2020-06-01", "2020-07-01", "later", "xbrl", "told later"),
            ("BBB", "insider_ownership", "2020-03-01", "2020-04-01", "0000-2020-04-01", "xbrl", "of another"),
        ]
        values = ", ".join(str(row) for row in told)
        rows = connection.sql(
            "SELECT asset, item, CAST(e AS DATE) AS period_end, CAST(f AS DATE) AS filed, accession, source, passage "
            f"FROM (VALUES {values}) t(asset, item, e, f, accession, source, passage)"
        )
        tables = {name: connection.sql(f"FROM '{file / name}.parquet'") for name in market.manifest["tables"]}
        given = {"sources": ["test"], "simulated": False, "created": "", "report": {}}
        plain, again = (write_snapshot(market.path, tables, passages=said, **given) for said in (None, rows))
    assert plain == again  # the same tables, so the same snapshot; what it lacked was added
    quoted = open_market(market.path)
    page = company_page(quoted, "AAA", "2020-06-30")
    assert page.legs["passage"].tolist() == [words]
    html = render_company(page)
    assert words in text_of(html)
    assert "told later" not in text_of(html)
    assert "No passage" not in text_of(html)
    other = replace(page, legs=page.legs.assign(passage=None))
    assert "no passage is kept" in text_of(render_company(other))
    (market.path / "snapshots" / again / "passages.parquet").write_bytes(b"PAR1")
    with pytest.raises(SnapshotError, match="altered after it was written"):
        company_page(quoted, "AAA", "2020-06-30")


@pytest.mark.slow
def test_the_page_of_a_position_is_the_last_one_made_of_it_by_that_day(tmp_path):
    folder = tmp_path / "companies"
    folder.mkdir()
    for name in ("AA-2020-03-31", "AA-2020-06-30", "AA-2020-09-30", "AAB-2020-06-30", "BRK_2fB-2020-06-30"):
        (folder / f"{name}.html").touch()
    assert pages_of(["AA", "BRK/B", "A"], "2020-07-15", tmp_path) == {
        "AA": "companies/AA-2020-06-30.html",
        "BRK/B": "companies/BRK_2fB-2020-06-30.html",
    }
    assert pages_of(["AA"], "2020-01-31", tmp_path) == {}


def test_what_the_audit_has_against_its_data_is_on_the_page_as_far_as_the_day_could_show_it(tmp_path):
    closes = pd.DataFrame({"AAA": 10.0, "BBB": 20.0}, index=sessions_between("2020-01-02", "2021-12-31"))
    facts = [
        row("revenue", 3, "2020-03-31", 80.0, "2020-05-01", "10-Q"),
        row("revenue", 3, "2020-06-30", 81.0, "2020-08-03", "10-Q"),
        row("revenue", 3, "2020-09-30", 78.0, "2020-11-02", "10-Q"),
        row("revenue", 12, "2020-12-31", 36.0, "2021-03-10"),
        row("total_assets", 0, "2020-03-31", 500.0, "2020-05-01", "10-Q"),
        row("total_assets", 0, "2020-03-31", 450.0, "2021-05-03", "10-Q"),
    ]
    seen = "closes that are adjusted: no split in 4,000 name-years"
    finding = Finding("facts", "facts without a value", "refused", 2, ("AAA cash 2020-03-31", "BBB cash"), "Fill it.")
    findings = [finding, Finding("prices", seen, "noted", 1, (), "Give closes as quoted.")]
    market = make_market(tmp_path, closes=closes, facts=facts)
    market.__dict__["report"] = {"findings": [asdict(one) for one in findings]}
    early, late = (dict(company_page(market, "AAA", day).doubts) for day in ("2021-03-01", "2021-06-30"))
    assert early["adjusted closes"].startswith("no split in 4,000 name-years")
    assert early["refused at import"] == "facts without a value: AAA cash 2020-03-31. Fill it."
    assert "last quarters missing" not in early
    assert "restated" not in early
    assert late["last quarters missing"] == (
        "revenue, 12 months to 2020-12-31 36, the 9 before 239: nine months exceed the year"
    )
    assert late["restated"].startswith("total_assets at 2020-03-31: 500.00 on 2020-05-01, 450.00 on 2021-05-03")
    assert "restated" not in dict(company_page(market, "BBB", "2021-06-30").doubts)
    text = text_of(render_company(company_page(market, "AAA", "2021-06-30")))
    assert "Can these figures be believed?" in text
    assert "nine months exceed the year" in text
