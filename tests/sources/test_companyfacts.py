"""companyfacts: versions, precedence, durations, derived items, scale errors; numbers by hand or from real filings."""

import zipfile
from pathlib import Path

import duckdb
import pytest

from active_edge.errors import SourceFormatError
from active_edge.schema import ITEMS
from active_edge.sources.sec import companyfacts, concepts

from .sec_bodies import companyfacts as body
from .sec_bodies import fact

YEAR = {"start": "2020-01-01"}


def rows(tags: dict, item: str) -> list[tuple]:
    """(months, period_end, value, filed, source, confidence) of one item."""
    company = companyfacts.parse(body(1, "X", tags), where="test")
    return [(r[2], r[3], r[4], r[5], r[8], r[9]) for r in company.rows if r[1] == item]


def test_a_value_repeated_by_later_filings_keeps_the_day_it_was_first_filed() -> None:
    facts = [
        fact("2020-12-31", 10.0, "a-1", "2021-03-01", **YEAR),
        fact("2020-12-31", 10.0, "a-2", "2022-03-01", **YEAR),
        fact("2020-12-31", 12.0, "a-3", "2023-03-01", **YEAR),
        fact("2020-12-31", 10.0, "a-4", "2024-03-01", **YEAR),
    ]
    found = rows({"Revenues": {"USD": facts[::-1]}}, "revenue")
    assert [(value, filed) for _, _, value, filed, _, _ in found] == [
        (10.0, "2021-03-01"),
        (12.0, "2023-03-01"),
        (10.0, "2024-03-01"),  # restated, and restated back
    ]


def test_frames_and_the_filings_own_year_are_never_read() -> None:
    plain = fact("2020-12-31", 10.0, "a-1", "2021-03-01", **YEAR)
    framed = {**plain, "frame": "CY1999", "fy": 1, "fp": "nonsense"}
    assert rows({"Revenues": {"USD": [plain]}}, "revenue") == rows({"Revenues": {"USD": [framed]}}, "revenue")
    del framed["fy"], framed["fp"], framed["frame"]
    assert rows({"Revenues": {"USD": [framed]}}, "revenue")


def test_the_first_tag_of_the_list_wins_within_a_filing_and_a_lone_fallback_counts() -> None:
    one = fact("2020-12-31", 100.0, "a-1", "2021-03-01", **YEAR)
    two = fact("2020-12-31", 90.0, "a-1", "2021-03-01", **YEAR)
    both = {"RevenueFromContractWithCustomerExcludingAssessedTax": {"USD": [two]}, "Revenues": {"USD": [one]}}
    assert [r[2] for r in rows(both, "revenue")] == [100.0]
    lone = rows({"SalesRevenueGoodsNet": {"USD": [two]}}, "revenue")
    assert [(r[2], r[4], r[5]) for r in lone] == [(90.0, "companyfacts:SalesRevenueGoodsNet", "low")]


def test_a_later_filing_with_only_a_fallback_does_not_replace_a_better_reading() -> None:
    tags = {
        "Revenues": {"USD": [fact("2020-12-31", 100.0, "a-1", "2021-03-01", **YEAR)]},
        "SalesRevenueGoodsNet": {"USD": [fact("2020-12-31", 70.0, "a-2", "2022-03-01", **YEAR)]},
    }
    assert [r[2] for r in rows(tags, "revenue")] == [100.0]


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2020-01-01", "2020-03-31", 3),
        ("2019-09-29", "2019-12-28", 3),  # 13 weeks
        ("2020-01-01", "2020-06-30", 6),
        ("2019-09-29", "2020-06-27", 9),
        ("2019-09-29", "2020-09-26", 12),  # 52 weeks
        ("2017-01-29", "2018-02-03", 12),  # 53 weeks
        ("2020-01-01", "2020-02-15", None),  # a stub
        ("2018-01-01", "2019-12-31", None),
    ],
)
def test_months_come_from_the_duration(start: str, end: str, months: int | None) -> None:
    found = rows({"Revenues": {"USD": [fact(end, 1.0, "a", "2024-01-01", start=start)]}}, "revenue")
    assert [r[0] for r in found] == ([] if months is None else [months])


def test_other_units_and_balances_with_a_duration_are_left_out() -> None:
    tags = {
        "Revenues": {"EUR": [fact("2020-12-31", 5.0, "a", "2021-01-01", **YEAR)]},
        "Assets": {"USD": [fact("2020-12-31", 5.0, "a", "2021-01-01", **YEAR)]},
    }
    company = companyfacts.parse(body(1, "X", tags), where="t")
    assert company.rows == []
    assert company.refused["duration where a balance is due, or the other way round"] == 1


def test_a_number_filed_before_its_period_ended_is_refused_and_counted() -> None:
    company = companyfacts.parse(
        body(1, "X", {"Assets": {"USD": [fact("2030-12-31", 5.0, "a", "2021-01-01")]}}), where="t"
    )
    assert company.rows == []
    assert company.refused["filed before period end"] == 1


def instants(accession: str, filed: str, end: str, **values: float) -> dict:
    return {tag: {"USD": [fact(end, value, accession, filed)]} for tag, value in values.items()}


def test_derived_items_use_one_filing_and_one_period() -> None:
    tags = instants(
        "a",
        "2021-03-01",
        "2020-12-31",
        LiabilitiesAndStockholdersEquity=100.0,
        StockholdersEquity=60.0,
        LongTermDebtNoncurrent=20.0,
        LongTermDebtCurrent=3.0,
        ShortTermBorrowings=2.0,
    )
    assert [(r[2], r[5]) for r in rows(tags, "total_liabilities")] == [(40.0, "medium")]
    assert [(r[2], r[5]) for r in rows(tags, "short_term_debt")] == [(5.0, "high")]
    (debt,) = rows(tags, "total_debt")
    assert debt[2] == 25.0
    assert debt[4] == "derived: long_term_debt_noncurrent + short_term_debt"
    tags["LongTermDebtCurrent"]["USD"][0]["accn"] = "another filing"
    assert rows(tags, "total_debt")[0][2] == 22.0


def test_long_term_debt_that_includes_its_current_part_is_not_added_twice() -> None:
    tags = instants(
        "a", "2021-03-01", "2020-12-31", LongTermDebt=23.0, LongTermDebtCurrent=3.0, ShortTermBorrowings=2.0
    )
    assert [r[2] for r in rows(tags, "total_debt")] == [25.0]


def test_a_full_balance_sheet_without_a_word_of_debt_has_none_with_low_confidence() -> None:
    tags = instants("a", "2021-03-01", "2020-12-31", Assets=100.0, Liabilities=10.0)
    assert [(r[2], r[4], r[5]) for r in rows(tags, "total_debt")] == [(0.0, concepts.NO_DEBT_SOURCE, "low")]
    indebted = {**tags, **instants("a", "2021-03-01", "2020-12-31", NotesPayableRelatedParties=1.0)}
    assert rows(indebted, "total_debt") == []


def shares(*counts: tuple[str, float]) -> dict:
    facts = [fact(f"20{i + 10}-12-31", n, f"a-{i}", filed) for i, (filed, n) in enumerate(counts)]
    return {"dei:EntityCommonStockSharesOutstanding": {"shares": facts}}


def test_a_share_count_in_thousands_is_refused_and_a_confirmed_jump_is_not() -> None:
    slip = shares(("2011-01-01", 5e7), ("2012-01-01", 5.1e4), ("2013-01-01", 5.2e7))
    assert [r[2] for r in rows(slip, "shares_outstanding")] == [5e7, 5.2e7]
    split = shares(("2011-01-01", 5e10), ("2012-01-01", 5e7), ("2013-01-01", 5.1e7), ("2014-01-01", 5.2e7))
    assert [r[2] for r in rows(split, "shares_outstanding")] == [5e10, 5.1e7, 5.2e7]
    doubled = shares(("2011-01-01", 5e7), ("2012-01-01", 1e8))
    assert len(rows(doubled, "shares_outstanding")) == 2


def test_a_filing_whose_balance_sheet_is_in_thousands_loses_its_dollars() -> None:
    assets = [fact("2019-12-31", 5e8, "a", "2020-03-01"), fact("2020-12-31", 5.2e5, "b", "2021-03-01")]
    revenue = [fact("2020-12-31", 1e5, "b", "2021-03-01", **YEAR)]
    company = companyfacts.parse(body(1, "X", {"Assets": {"USD": assets}, "Revenues": {"USD": revenue}}), where="t")
    assert [(r[1], r[4]) for r in company.rows] == [("total_assets", 5e8)]
    assert company.refused["balance sheet in the wrong scale"] == 1


def test_a_public_float_that_implies_an_impossible_price_is_refused() -> None:
    def company(value: float) -> list[tuple]:
        tags = {
            "dei:EntityPublicFloat": {"USD": [fact("2020-06-30", value, "a", "2021-03-01")]},
            "dei:EntityCommonStockSharesOutstanding": {"shares": [fact("2021-02-01", 2.7e7, "a", "2021-03-01")]},
        }
        return rows(tags, "public_float_usd")

    assert [r[2] for r in company(1.1e8)] == [1.1e8]
    assert company(112.0) == []  # typed in millions
    assert company(1.1e14) == []


def test_diluted_shares_that_contradict_earnings_per_share_are_refused() -> None:
    def found(count: float) -> list[tuple]:
        tags = {
            "NetIncomeLoss": {"USD": [fact("2020-12-31", 1e8, "a", "2021-03-01", **YEAR)]},
            "EarningsPerShareDiluted": {"USD/shares": [fact("2020-12-31", 2.0, "a", "2021-03-01", **YEAR)]},
            "WeightedAverageNumberOfDilutedSharesOutstanding": {
                "shares": [fact("2020-12-31", count, "a", "2021-03-01", **YEAR)]
            },
        }
        return rows(tags, "shares_diluted")

    assert [r[2] for r in found(5e7)] == [5e7]
    assert found(5e4) == []


def test_a_cik_may_be_a_string() -> None:
    assert companyfacts.parse(body("0001997711", "L", {}), where="t").cik == 1997711


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b'{"cik": "x", "facts": {}}', b'{"cik": 1, "facts": {"us-gaap": {"Assets": 3}}}', b"\xff"],
)
def test_what_is_no_companyfacts_body_is_a_named_error(text: bytes) -> None:
    with pytest.raises(SourceFormatError, match="where-it-was"):
        companyfacts.parse(text, where="where-it-was")


def test_every_item_but_the_legs_has_a_concept_and_no_tag_serves_two_units() -> None:
    legs = {"insider_ownership", "domestic_revenue_share", "floating_rate_debt_share"}
    assert set(concepts.CONCEPTS) == set(ITEMS) - legs
    for uses in concepts.tag_index().values():
        assert len({unit for _, _, unit in uses}) == 1


@pytest.mark.slow
def test_the_bulk_zip_gives_the_same_rows_whatever_the_workers(tmp_path: Path) -> None:
    names = {}
    for cik in range(1, 7):
        tags = instants(f"a-{cik}", "2021-03-01", "2020-12-31", Assets=float(cik), Liabilities=1.0)
        names[f"CIK{cik:010d}.json"] = body(cik, "X", tags)
    names["CIK0000000009.json"] = b"{broken"
    names["readme.txt"] = b"not a company"
    bulk = tmp_path / "bulk.zip"
    with zipfile.ZipFile(bulk, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in names.items():
            archive.writestr(name, text)
    tables = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        result = companyfacts.extract(bulk, folder, where="bulk", workers=workers)
        assert (result.companies, len(result.unreadable)) == (6, 1)
        assert "CIK0000000009" in result.unreadable[0]
        parts = [str(p) for p in result.parts]
        tables.append(duckdb.sql(f"SELECT * FROM read_parquet({parts}) ORDER BY ALL").fetchall())
    assert tables[0] == tables[1]
    few = companyfacts.extract(bulk, tmp_path / "few", where="bulk", ciks=frozenset({2, 3}), workers=1)
    assert few.companies == 2


@pytest.mark.realdata
def test_carbo_2017_is_read_as_filed(recorded: Path) -> None:
    text = (recorded / "sec_companyfacts" / "DERIVED_CIK0001009672_one_filing.json").read_bytes()
    company = companyfacts.parse(text, where="carbo")
    found = {(r[1], r[2], r[3]): r[4] for r in company.rows}
    # CARBO Ceramics 10-K 2017, consolidated statements (thousands in print)
    assert found["revenue", 12, "2017-12-31"] == 188_756_000
    assert found["cost_of_revenue", 12, "2017-12-31"] == 242_081_000
    assert found["gross_profit", 12, "2017-12-31"] == -53_325_000
    assert found["net_income", 12, "2017-12-31"] == -253_116_000
    assert found["total_assets", 0, "2017-12-31"] == 540_598_000
    assert found["equity", 0, "2017-12-31"] == 405_765_000
    assert found["total_liabilities", 0, "2017-12-31"] == 540_598_000 - 405_765_000
    assert found["shares_outstanding", 0, "2018-02-28"] == 27_414_445
    assert found["eps_diluted", 12, "2017-12-31"] == -9.49
    assert {r[5] for r in company.rows} == {"2018-03-08"}


@pytest.mark.realdata
def test_apple_2018_is_known_on_the_day_its_report_was_filed(recorded: Path) -> None:
    company = companyfacts.parse((recorded / "sec_companyfacts" / "CIK0000320193.json").read_bytes(), where="apple")
    year = [r for r in company.rows if r[1:4] == ("revenue", 12, "2018-09-29")]
    assert [(r[4], r[5]) for r in year] == [(265_595_000_000.0, "2018-11-05")]
    assert all(r[3] <= r[5] for r in company.rows)
    keys = [(r[1], r[2], r[3], r[5], r[7]) for r in company.rows]
    assert len(keys) == len(set(keys))


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["CIK0001652044.json", "CIK0001835632.json", "lpa_facts.json"])
def test_every_recorded_body_is_read(recorded: Path, name: str) -> None:
    company = companyfacts.parse((recorded / "sec_companyfacts" / name).read_bytes(), where=name)
    assert company.rows


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["CIK0000320193.json", "CIK0001652044.json", "CIK0001835632.json", "lpa_facts.json"])
def test_reading_only_the_wanted_tags_gives_what_reading_everything_gives(recorded: Path, name: str) -> None:
    text = (recorded / "sec_companyfacts" / name).read_bytes()
    fast, whole = (companyfacts.parse(text, where=name, thorough=thorough) for thorough in (False, True))
    assert fast == whole


def test_braces_quotes_and_tags_inside_a_description_do_not_mislead() -> None:
    import orjson

    document = orjson.loads(
        body(1, 'A "B" \\ C', instants("a", "2021-03-01", "2020-12-31", Assets=7.0, Liabilities=2.0))
    )
    document["facts"]["us-gaap"]["Assets"]["description"] = '"Liabilities":{"label": {"units":{"USD":[]}} ]}} \\"'
    document["facts"]["ifrs-full"] = {
        "Assets": {"label": "x", "units": {"USD": [fact("2020-12-31", 9.0, "a", "2021-03-01")]}}
    }
    text = orjson.dumps(document)
    fast = companyfacts.parse(text, where="t", thorough=False)
    assert fast == companyfacts.parse(text, where="t")
    assert fast.name == 'A "B" \\ C'
    assert [r[4] for r in fast.rows if r[1] == "total_assets"] == [7.0]
