"""Geographies, tagged or printed, that are not the company's: a customer's, a part's, sales between segments."""

from __future__ import annotations

import pytest

from active_edge.filings import FiledShare, read_filing
from tests.filings.filing_builders import GEOGRAPHY, YEAR, FactRow, annual_report, instance, row, table

CONTRACTS = "us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax"
TOTAL: FactRow = (CONTRACTS, 1_000, YEAR, {})
ITEMS = "srt:ConsolidationItemsAxis"
OPERATING = {ITEMS: "us-gaap:OperatingSegmentsMember"}
ELIMINATED = {ITEMS: "us-gaap:IntersegmentEliminationMember"}
HOME = {GEOGRAPHY: "country:US"}
FOREIGN_TAX: FactRow = ("us-gaap:CurrentForeignTaxExpenseBenefit", 5, YEAR, {})


def _read(*facts: FactRow) -> FiledShare | None:
    return read_filing(instance(*facts, FOREIGN_TAX), "instance").domestic_revenue_share


def _concentration(kind: str, benchmark: str) -> dict[str, str]:
    return {
        "us-gaap:ConcentrationRiskByTypeAxis": f"us-gaap:{kind}ConcentrationRiskMember",
        "us-gaap:ConcentrationRiskByBenchmarkAxis": f"us-gaap:{benchmark}Member",
    }


@pytest.mark.parametrize(
    ("kind", "benchmark", "read"),
    [
        ("Customer", "SalesRevenueNet", False),
        ("Geographic", "SalesRevenueSegment", False),
        ("Geographic", "SalesRevenueProductLine", False),
        ("Geographic", "SalesRevenueNet", True),
        ("Geographic", "RevenueFromContractWithCustomerProductAndServiceBenchmark", True),
    ],
)
@pytest.mark.parametrize(("tag", "value"), [(CONTRACTS, 140), ("us-gaap:ConcentrationRiskPercentage", 0.14)])
def test_a_customers_or_a_segments_concentration_is_not_the_countrys(
    tag: str, value: float, kind: str, benchmark: str, *, read: bool
) -> None:
    share = _read(TOTAL, (tag, value, YEAR, {**HOME, **_concentration(kind, benchmark)}))
    assert (share is not None) is read
    assert share is None or share.value == pytest.approx(0.14)


def test_sales_to_other_segments_that_are_told_to_be_in_the_part_refuse_it() -> None:
    part: FactRow = (CONTRACTS, 800, YEAR, {**HOME, **OPERATING})
    assert _read(TOTAL, part, (CONTRACTS, -200, YEAR, {**HOME, **ELIMINATED})) is None
    value = _read(TOTAL, part)
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.8), "high")


@pytest.mark.parametrize(("eliminated", "confidence"), [(-10, "high"), (-300, "low")])
def test_eliminations_of_no_country_leave_a_guess_unless_they_are_small(eliminated: float, confidence: str) -> None:
    value = _read(TOTAL, (CONTRACTS, 800, YEAR, {**HOME, **OPERATING}), (CONTRACTS, eliminated, YEAR, {**ELIMINATED}))
    assert value is not None
    assert value.confidence == confidence


@pytest.mark.parametrize(("revenues", "confidence"), [(1_010, "high"), (1_080, "medium"), (1_670, "low")])
def test_the_more_of_revenue_a_tag_leaves_out_the_less_it_is_trusted(revenues: float, confidence: str) -> None:
    value = _read(TOTAL, (CONTRACTS, 600, YEAR, HOME), ("us-gaap:Revenues", revenues, YEAR, {}))
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.6), confidence)


def test_of_two_tags_by_country_the_one_of_all_revenue_is_read() -> None:
    value = _read(
        TOTAL,
        (CONTRACTS, 600, YEAR, HOME),
        ("us-gaap:Revenues", 1_600, YEAR, {}),
        ("us-gaap:Revenues", 800, YEAR, HOME),
    )
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.5), "high")


COUNTRIES = (
    row("", "2023", "2022"), row("United States", "$ 620", "$ 600"), row("Canada", "80", "70"),
    row("Europe", "300", "280"), row("Total", "$ 1,000", "$ 950"),
)  # fmt: skip


def _printed(*rows: str, over: str = "Net sales by country:") -> FiledShare | None:
    return read_filing(annual_report(f"<p>{over}</p>", table(*rows)), "10-K").domestic_revenue_share


def _in_block(revenue: float, html: str) -> FiledShare | None:
    tag = "us-gaap:SegmentReportingDisclosureTextBlock"
    return _read((CONTRACTS, revenue, YEAR, {}), (tag, html.replace("<", "&lt;"), YEAR, {}))


@pytest.mark.parametrize(
    "over",
    [
        "Net sales by area. Net sales are by the place of the customer; property and equipment is shown in Note 5.",
        "The tables give revenue and long-lived assets by area. Revenue by area (in thousands):",
        "The following tables give revenue and long-lived assets by area (in thousands):",
        "Changes in exchange rates lowered net sales by $3 million. Net sales by region:",
        "The Company operates 120 stores. Net sales by country (in thousands):",
        "Operating income by segment is shown above. Revenues by country of customer:",
    ],
)
def test_the_nearest_words_before_a_table_say_what_it_is_of(over: str) -> None:
    value = _printed(*COUNTRIES, over=over)
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(0.62), "geography_table", "low")


@pytest.mark.parametrize(
    "over",
    [
        "Our sales are seasonal. Income before income taxes:",
        "Net sales by country are in Note 4. Long-lived assets by country:",
        "Cost of sales by country:",
        "Long-lived assets by the area of sales:",
        "Changes in net sales by country:",
    ],
)
def test_words_of_something_else_next_to_a_table_refuse_it(over: str) -> None:
    assert _printed(*COUNTRIES, over=over) is None


def test_a_total_of_something_else_refuses_a_heading_of_two() -> None:
    assert _printed(*COUNTRIES[:-1], row("Total long-lived assets", "1,000"), over="Sales and assets by area:") is None


SUBTOTALLED = (
    row("", "2023"), row("United States", "400"), row("Canada", "50"), row("Total North America", "450"),
    row("Europe", "150"), row("Asia", "200"),
)  # fmt: skip


def test_a_subtotal_is_not_the_total() -> None:
    value = _printed(*SUBTOTALLED, row("Total net revenues", "800"))
    assert value is not None
    assert value.value == pytest.approx(0.5)
    assert _printed(*SUBTOTALLED) is None
    unnamed = (row("United States", "400"), row("Canada", "50"), row("Total", "450"), row("Europe", "350"))
    value = _printed(*unnamed, row("Total revenues", "800"))
    assert value is not None
    assert value.value == pytest.approx(0.5)


def test_of_columns_by_segment_the_total_is_read() -> None:
    value = _printed(
        row("", "Segment A", "Segment B", "Total"), row("United States", "500", "100", "600"),
        row("Europe", "50", "350", "400"), row("Asia", "—", "200", "200"), row("Total", "550", "650", "1,200"),
    )  # fmt: skip
    assert value is not None
    assert value.value == pytest.approx(0.5)


def test_a_table_of_much_less_than_the_revenue_tagged_is_of_a_part() -> None:
    html = "<p>Net sales by country (in thousands):</p>" + table(*COUNTRIES)
    assert _in_block(2_200_000, html) is None
    value = _in_block(1_000_000, html)
    assert value is not None
    assert value.value == pytest.approx(0.62)


@pytest.mark.parametrize(("eliminated", "total", "known"), [("(300)", "1,000", False), ("(10)", "1,290", True)])
def test_with_eliminations_between_areas_the_share_is_not_known(eliminated: str, total: str, *, known: bool) -> None:
    value = _printed(
        row("", "2023"), row("United States", "700"), row("Europe", "400"), row("Asia", "200"),
        row("Eliminations", eliminated), row("Total net sales", total),
    )  # fmt: skip
    assert (value is not None) is known


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("Sales to customers in the U.S. were $480 million and $510 million in 2022 and 2023, respectively.", 0.51),
        ("Sales to customers in the U.S. were $510 million and $480 million in 2023 and 2022, respectively.", 0.51),
        ("United States revenue was $450.5 million, $480 million and $510 million in 2021, 2022 and 2023.", 0.51),
        ("Revenue from customers in the United States of our Imaging segment was $300.0 million in 2023.", None),
        ("U.S. revenue of $150.0 million was from the acquired business.", None),
        ("Domestic sales were $45.0 million higher.", None),
    ],
)
def test_sales_at_home_in_dollars_are_the_latest_years_and_of_the_whole(sentence: str, share: float | None) -> None:
    value = _in_block(1e9, f"<p>{sentence}</p>")
    assert (None if value is None else value.value) == (share if share is None else pytest.approx(share))


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("Export sales were $120 million, or 12% of net sales, in 2023, compared with 15% in 2022.", 0.88),
        ("Domestic sales were approximately $880.0 million, or 88% of our total revenue, in 2023.", 0.88),
        ("Export sales were $120 million, or 12% higher than net sales of the prior year.", None),
    ],
)
def test_a_share_may_follow_its_amount(sentence: str, share: float | None) -> None:
    value = read_filing(annual_report(f"<p>{sentence}</p>"), "10-K").domestic_revenue_share
    assert (None if value is None else value.value) == (share if share is None else pytest.approx(share))
