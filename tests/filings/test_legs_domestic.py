"""Domestic revenue share from facts and from words: what counts, what bounds, what is refused."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from active_edge.filings import FiledShare, read_filing
from tests.filings.filing_builders import ASSETS, END, GEOGRAPHY, YEAR, FactRow, annual_report, instance, row, table

REVENUE = "us-gaap:Revenues"
TOTAL: FactRow = (REVENUE, 1_000, YEAR, {})
HOME: FactRow = (REVENUE, 700, YEAR, {GEOGRAPHY: "country:US"})
FOREIGN_TAX: FactRow = ("us-gaap:CurrentForeignTaxExpenseBenefit", 5, YEAR, {})
TAX_NOTE: FactRow = ("us-gaap:CurrentFederalTaxExpenseBenefit", 50, YEAR, {})
SEGMENT = "us-gaap:StatementBusinessSegmentsAxis"
LAST_YEAR = ("2022-01-01", "2022-12-31")


def _read(*facts: FactRow, form: str = "10-K", about: Mapping[str, str] | None = None) -> FiledShare | None:
    return read_filing(instance(*facts, form=form, about=about), "instance").domestic_revenue_share


@pytest.mark.parametrize("axis", [GEOGRAPHY, "us-gaap:StatementGeographicalAxis"])
@pytest.mark.parametrize(
    "tag",
    [
        "Revenues",
        "RevenueFromContractWithCustomerExcludingAssessedTax",
        "RevenueFromContractWithCustomerIncludingAssessedTax",
        "SalesRevenueNet",
        "RevenuesNetOfInterestExpense",
    ],
)
def test_the_member_us_over_the_consolidated_total(axis: str, tag: str) -> None:
    value = _read((f"us-gaap:{tag}", 1_000, YEAR, {}), (f"us-gaap:{tag}", 700, YEAR, {axis: "country:US"}))
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(0.7), "geographic_axis", "high")
    assert value.period_end == END


def test_consolidation_items_may_stand_beside_the_geography() -> None:
    value = _read(
        TOTAL,
        (
            REVENUE,
            700,
            YEAR,
            {GEOGRAPHY: "country:US", "srt:ConsolidationItemsAxis": "us-gaap:OperatingSegmentsMember"},
        ),
    )
    assert value is not None
    assert value.value == pytest.approx(0.7)


@pytest.mark.parametrize(
    "beside",
    [
        {"srt:ProductOrServiceAxis": "abc:WidgetsMember"},
        {"srt:ConsolidationItemsAxis": "us-gaap:IntersegmentEliminationMember"},
        {"abc:CustomerAxis": "=somebody"},
    ],
)
def test_another_second_axis_is_refused(beside: dict[str, str]) -> None:
    part: FactRow = (REVENUE, 700, YEAR, {GEOGRAPHY: "country:US", **beside})
    assert _read(TOTAL, part, FOREIGN_TAX) is None
    assert _read(TOTAL, part, HOME, FOREIGN_TAX) is not None, "the refusal is of the second axis alone"


def test_a_typed_member_of_the_axis_is_not_the_united_states() -> None:
    assert _read(TOTAL, (REVENUE, 700, YEAR, {GEOGRAPHY: "=USA and Canada"}), FOREIGN_TAX) is None


def test_members_are_never_summed() -> None:
    parts = [(REVENUE, 350, YEAR, {GEOGRAPHY: f"abc:{name}Member"}) for name in ("Texas", "Ohio")]
    assert _read(TOTAL, *parts, FOREIGN_TAX) is None


def test_last_year_is_not_this_year() -> None:
    value = _read(TOTAL, HOME, (REVENUE, 900, LAST_YEAR, {}), (REVENUE, 90, LAST_YEAR, {GEOGRAPHY: "country:US"}))
    assert value is not None
    assert value.value == pytest.approx(0.7)


def test_only_last_year_tagged_is_no_answer() -> None:
    parts: tuple[FactRow, ...] = ((REVENUE, 900, LAST_YEAR, {}), (REVENUE, 90, LAST_YEAR, {GEOGRAPHY: "country:US"}))
    assert _read(*parts, FOREIGN_TAX) is None


def test_the_year_is_preferred_to_its_last_quarter() -> None:
    quarter = ("2023-10-01", "2023-12-31")
    value = _read(TOTAL, HOME, (REVENUE, 250, quarter, {}), (REVENUE, 50, quarter, {GEOGRAPHY: "country:US"}))
    assert value is not None
    assert value.value == pytest.approx(0.7)


def test_more_than_the_total_is_refused_and_named() -> None:
    reading = read_filing(instance(TOTAL, (REVENUE, 1_700, YEAR, {GEOGRAPHY: "country:US"})), "instance")
    assert reading.domestic_revenue_share is None
    assert any("1.7 is no share" in note and "1,700" in note for note in reading.notes)


def test_below_zero_is_refused_and_named() -> None:
    reading = read_filing(instance(TOTAL, (REVENUE, -700, YEAR, {GEOGRAPHY: "country:US"})), "instance")
    assert reading.domestic_revenue_share is None
    assert any("-0.7 is no share" in note for note in reading.notes)


def test_a_single_member_for_everything_abroad_gives_the_complement() -> None:
    value = _read(TOTAL, (REVENUE, 200, YEAR, {GEOGRAPHY: "us-gaap:NonUsMember"}), FOREIGN_TAX)
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.8), "medium")


def test_regions_only_bound_it_from_above() -> None:
    reading = read_filing(instance(TOTAL, (REVENUE, 600, YEAR, {GEOGRAPHY: "srt:AmericasMember"}), FOREIGN_TAX))
    assert reading.domestic_revenue_share is None
    assert any("at most 0.6000" in note for note in reading.notes)


def test_one_segment_named_for_the_united_states() -> None:
    value = _read(TOTAL, (REVENUE, 850, YEAR, {SEGMENT: "abc:UnitedStatesSegmentMember"}), FOREIGN_TAX)
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(0.85), "us_segment", "medium")


def test_two_segments_named_for_the_united_states_are_not_added() -> None:
    parts = [(REVENUE, 400, YEAR, {SEGMENT: f"abc:{name}Member"}) for name in ("UnitedStatesOperations", "USBusiness")]
    assert _read(TOTAL, *parts, FOREIGN_TAX) is None


@pytest.mark.parametrize(("form", "confidence"), [("10-K", "medium"), ("10-Q", "low")])
def test_silence_on_everything_foreign_is_between_nine_tenths_and_all(form: str, confidence: str) -> None:
    value = _read(TOTAL, ASSETS, TAX_NOTE, form=form)
    assert value is not None
    assert (value.value, value.source, value.confidence) == (0.95, "no_foreign_facts", confidence)
    assert value.details["at_least"] == 0.90


@pytest.mark.parametrize(
    "tag",
    [
        "CurrentForeignTaxExpenseBenefit",
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesForeign",
        "OtherComprehensiveIncomeLossForeignCurrencyTransactionAndTranslationAdjustmentNetOfTax",
    ],
)
def test_one_foreign_fact_ends_the_silence(tag: str) -> None:
    assert _read(TOTAL, ASSETS, TAX_NOTE, (f"us-gaap:{tag}", 5, YEAR, {})) is None
    assert _read(TOTAL, ASSETS, TAX_NOTE) is not None


def test_silence_of_a_company_at_home_abroad_means_nothing() -> None:
    assert _read(TOTAL, ASSETS, TAX_NOTE, about={"EntityAddressCountry": "CN"}) is None
    assert _read(TOTAL, ASSETS, TAX_NOTE, about={"EntityIncorporationStateCountryCode": "E9"}) is None
    assert _read(TOTAL, ASSETS, TAX_NOTE, about={"EntityIncorporationStateCountryCode": "DE"}) is not None


def test_silence_without_a_tagged_tax_note_means_nothing() -> None:
    assert _read(TOTAL, ASSETS) is None
    assert _read(TOTAL, ASSETS, ("us-gaap:DeferredTaxAssetsNetCurrent", 5, END, {})) is None


def test_no_revenue_is_no_share() -> None:
    assert _read(ASSETS) is None


def _geography(*rows: str, over: str = "Net sales by geographic area (in thousands):") -> FiledShare | None:
    return read_filing(annual_report(f"<p>{over}</p>", table(*rows)), "10-K").domestic_revenue_share


def test_a_geography_table_of_a_page_gives_low_confidence() -> None:
    value = _geography(
        row("", "2023", "2022"), row("United States", "$", "700", "$", "1"), row("International", "300", "2"),
        row("Total", "$", "1,000", "$", "3"),
    )  # fmt: skip
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(0.7), "geography_table", "low")


def test_years_in_rising_order_take_the_last_column() -> None:
    value = _geography(
        row("", "2022", "2023"), row("United States", "100", "700"), row("Canada", "200", "300"),
        row("Total net sales", "300", "1,000"),
    )  # fmt: skip
    assert value is not None
    assert value.value == pytest.approx(0.7)


def test_without_a_total_nothing_is_added_up() -> None:
    assert _geography(row("", "2023"), row("United States", "700"), row("International", "300")) is None


def test_long_lived_assets_are_not_revenue() -> None:
    rows = (row("", "2023"), row("United States", "700"), row("International", "300"), row("Total", "1,000"))
    assert _geography(*rows, over="Long-lived assets by geographic area:") is None
    assert _geography(*rows) is not None, "the same rows under sales are read"


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        (
            "Revenues outside the United States accounted for 21%, 34% and 29% of revenues for 2017, 2016 and 2015.",
            0.79,
        ),
        ("In fiscal years 1996, 1997 and 1998, international sales comprised 30%, 37% and 45% of net revenues.", 0.55),
        ("For fiscal 2007, 2006 and 2005, 78%, 74% and 69% of revenue was generated in the United States.", 0.78),
        ("Approximately 69.7% of sales were derived from U.S. customers in fiscal year 2002.", 0.697),
        (
            "International operations accounted for approximately 13% of our consolidated net sales.",
            0.87,
        ),
        ("Substantially all of our revenue was generated in the United States during the year.", 0.95),
        ("All of the Company's net sales are made to customers located in the United States.", 1.0),
        ("In 2013, sales to foreign Distributors were less than 4% of total sales.", 0.96),
        ("Approximately two-thirds of our net sales are generated from markets outside the U.S.", 0.333),
        ("About one-quarter of our revenues came from customers outside the United States.", 0.75),
        ("International sales accounted for thirty-five percent of total revenues in 1998.", 0.65),
        (
            "Sales to customers in the United States represented 62%, 60% and 59% of net sales in 2014, 2013 and 2012.",
            0.62,
        ),
        ("(1) The United States represented 57% of consolidated net sales in fiscal 2019.", 0.57),
        ("Over 95% of our net sales are to customers in the United States.", 0.95),
        ("Approximately 88% of our fiscal 2022 net sales were in the United States.", 0.88),
        ("No revenue was generated outside the United States.", 1.0),
        ("We do not have any operations or sales outside of the United States.", 1.0),
        ("We did not sell to anybody outside the U.S. in 2020.", 1.0),
        ("We had no significant sales outside the United States.", 0.95),
        ("Revenues from foreign customers were not material in any year.", 0.95),
        ("We operate exclusively in the United States.", 0.95),
        ("The Company has no foreign operations.", 0.95),
    ],
)
def test_a_sentence_gives_the_latest_year(sentence: str, share: float) -> None:
    value = read_filing(annual_report(f"<p>{sentence}</p>"), "10-K").domestic_revenue_share
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(share), "text", "low")


@pytest.mark.parametrize(
    "sentence",
    [
        "Revenue growth of 7% at our international operations reflected increases of 6% from higher volumes.",
        "Our largest customer sells within the United States and accounted for 11% of our consolidated net sales.",
        "All of our revenues are denominated in U.S. dollars, which protects us from currencies.",
        "No country outside of the United States provided greater than 10% of our total revenue.",
        "No single country outside of the U.S. accounted for more than 10% of net sales in 2010, 2009 or 2008.",
        "No country other than the United States accounted for 10% or more of our revenues.",
        "Sales outside the United States were more than 10% of net sales in each year.",
        "The missile program, which is included in the U.S. government sales, represented 24% and 26% of net sales.",
        "Sales to the U.S. Department of Defense accounted for 30% of our net sales.",
        "Neither Canada nor any other region outside the United States exceeded 10% of consolidated revenues.",
        "Sales to domestic and international distributors represented 40% of our net revenues in fiscal 2007.",
        "We expect that international sales will account for 30% of our revenues in the future.",
        "No customers outside the United States accounted for more than 10% of sales.",
        "We may not have any sales outside the United States until the product is approved.",
        "We have no long-lived assets outside the United States.",
        "We operate only in the United States and Canada.",
    ],
)
def test_a_sentence_about_something_else_gives_nothing(sentence: str) -> None:
    assert read_filing(annual_report(f"<p>{sentence}</p>"), "10-K").domestic_revenue_share is None


CONCENTRATION = {
    "us-gaap:ConcentrationRiskByTypeAxis": "us-gaap:GeographicConcentrationRiskMember",
    "us-gaap:ConcentrationRiskByBenchmarkAxis": "us-gaap:SalesRevenueNetMember",
}


def test_a_concentration_of_revenue_may_stand_beside_the_geography() -> None:
    value = _read(TOTAL, (REVENUE, 700, YEAR, {GEOGRAPHY: "country:US", **CONCENTRATION}), FOREIGN_TAX)
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.7), "high")
    percent: FactRow = ("us-gaap:ConcentrationRiskPercentage", 0.7, YEAR, {GEOGRAPHY: "country:US", **CONCENTRATION})
    value = _read(TOTAL, percent, FOREIGN_TAX)
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.7), "medium")


@pytest.mark.parametrize(
    ("kind", "benchmark"),
    [("CustomerConcentrationRiskMember", "AccountsReceivableMember"), ("CreditConcentrationRiskMember", "SalesMember")],
)
def test_a_concentration_of_something_else_is_refused(kind: str, benchmark: str) -> None:
    axes = {
        "us-gaap:ConcentrationRiskByTypeAxis": f"us-gaap:{kind}",
        "us-gaap:ConcentrationRiskByBenchmarkAxis": f"us-gaap:{benchmark}",
    }
    assert _read(TOTAL, (REVENUE, 700, YEAR, {GEOGRAPHY: "country:US", **axes}), FOREIGN_TAX) is None


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            (row("", "2005"), row("United States", "62%"), row("Europe", "30%"), row("Asia", "8%")), id="shares"
        ),
        pytest.param(
            (row("Net sales", "1,000"), row("United States", "620"), row("Foreign", "380")), id="the total above"
        ),
        pytest.param(
            (row("", "2005"), row("United States", "620"), row("Europe", "380"), row("", "$", "1,000")), id="no label"
        ),
        pytest.param(
            (row("", "United States", "Europe", "Total"), row("Net sales", "620", "380", "1,000")), id="columns"
        ),
        pytest.param(
            (row("", "2005"), row("U.S. (including Puerto Rico)", "620"), row("Other countries", "380"),
             row("Worldwide", "1,000")), id="Puerto Rico",
        ),
        pytest.param(
            (row("", "2005"), row("Net sales in the United States", "620"), row("Export", "380"),
             row("Total", "1,000")),
            id="a longer label",
        ),
    ],
)  # fmt: skip
def test_printed_geography_tables_of_many_shapes(rows: tuple[str, ...]) -> None:
    value = _geography(*rows)
    assert value is not None
    assert (value.value, value.source) == (pytest.approx(0.62), "geography_table")


def test_a_geography_table_in_a_text_block_that_is_not_tagged_in_detail_is_read() -> None:
    block = "<p>Net sales by region:</p>" + table(
        row("", "2023"), row("United States", "620"), row("Europe", "380"), row("Total", "1,000")
    )
    tag = "us-gaap:SegmentReportingDisclosureTextBlock"
    value = _read(TOTAL, FOREIGN_TAX, (tag, block.replace("<", "&lt;"), YEAR, {}))
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(0.62), "geography_table", "low")


@pytest.mark.parametrize(
    "words",
    [
        "(1) Includes net sales in the United States of $620 million and $580 million in 2023 and 2022.",
        "Revenues from customers located in the United States were $620 million, $580 million and $500 million.",
        "United States net sales totaled approximately $620.0 million for the year ended December 31, 2023.",
    ],
)
def test_sales_at_home_stated_in_dollars_under_the_table(words: str) -> None:
    block = "<p>Net sales by region:</p>" + table(row("", "2023"), row("Americas", "750"), row("Asia", "250"))
    tag = "us-gaap:SegmentReportingDisclosureTextBlock"
    total: FactRow = (REVENUE, 1_000_000_000, YEAR, {})
    value = _read(total, FOREIGN_TAX, (tag, f"{block}<p>{words}</p>".replace("<", "&lt;"), YEAR, {}))
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(0.62), "text", "low")
