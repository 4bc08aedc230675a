"""Tagged geographies that are not the company's: a customer's, a segment's, sales between segments, a narrow tag."""

from __future__ import annotations

import pytest

from active_edge.filings import FiledShare, read_filing
from tests.filings.filing_builders import GEOGRAPHY, YEAR, FactRow, instance

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
