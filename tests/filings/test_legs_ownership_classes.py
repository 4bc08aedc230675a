"""Ownership tables with several classes of stock, and numbers with something beside them in their cell."""

from __future__ import annotations

import pytest

from active_edge.filings import FiledShare, read_filing
from tests.filings.filing_builders import proxy, row

GROUP = "All directors and executive officers as a group (12 persons)"
OUTSTANDING = "There were 25,000,000 shares of Class A common stock and 5,000,000 shares of Class B common stock."
ONE_CLASS = ("Name", "Number of Shares Beneficially Owned", "Percent of Class")


def _read(*rows: str, words: str = "* Less than 1%") -> FiledShare | None:
    return read_filing(proxy(*rows, words=words), "proxy").insider_ownership


VOTES = (
    row("Name", "Class A Shares", "Class B Shares", "Percent of Total Voting Power"),
    row(GROUP, "1,000,000", "4,000,000", "54.7%"),
)


def test_of_voting_power_alone_the_counts_of_both_classes_give_the_economic_share() -> None:
    value = _read(*VOTES, words=OUTSTANDING)
    assert value is not None
    assert (value.value, value.source, value.confidence) == (pytest.approx(5 / 30), "proxy_share_counts", "medium")
    assert value.details["voting"] == pytest.approx(0.547)


def test_voting_power_of_several_classes_is_no_economic_share() -> None:
    assert _read(*VOTES) is None


def test_voting_power_of_a_single_class_is_the_share() -> None:
    value = _read(row("Name", "Shares", "Percent of Voting Power"), row(GROUP, "1,000,000", "4.0%"))
    assert value is not None
    assert value.value == pytest.approx(0.04)


def test_a_row_for_each_class_of_a_holder_is_one_holding() -> None:
    value = _read(
        row("Name", "Class", "Number of Shares", "% of Class", "% of Vote"),
        row(GROUP, "Class A", "1,500,000", "6.0%", "41.0%"),
        row("", "Class B", "4,000,000", "80.0%", ""),
        words=OUTSTANDING,
    )
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(5.5 / 30), "high")
    assert value.details["voting"] == pytest.approx(0.41)


def test_common_stock_beside_a_class_with_a_letter_are_two_classes() -> None:
    value = _read(
        row("Name", "Common Stock", "Percent of Common", "Class B Common Stock", "Percent of Class B"),
        row(GROUP, "1,000,000", "4.0%", "4,500,000", "90.0%"),
    )
    assert value is not None
    # 1.0 is 4 % of 25, 4.5 is 90 % of 5: 5.5 of 30 million
    assert (value.value, value.confidence) == (pytest.approx(5.5 / 30), "medium")


@pytest.mark.parametrize(
    "headings",
    [
        ("Class A Shares", "%", "Class B Shares", "%", "% of total shares"),
        ("Common Units", "% of Common Units", "Subordinated Units", "% of Subordinated Units", "% of Total Units"),
    ],
)
def test_the_percentage_of_all_classes_together_is_taken_where_it_is_printed(headings: tuple[str, ...]) -> None:
    value = _read(row("Name", *headings), row(GROUP, "1,000,000", "5.0%", "2,000,000", "80.0%", "13.3%"))
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.133), "medium")


def test_a_series_of_preferred_stock_is_not_the_common_stock() -> None:
    value = _read(
        row("Name", "Series A Preferred Shares", "% of Series A", "Common Shares", "% of Common"),
        row(GROUP, "1,000", "51.0%", "400,000", "2.1%"),
    )
    assert value is not None
    assert value.value == pytest.approx(0.021)


def test_a_fraction_under_percent_is_read_by_the_counts_or_not_at_all() -> None:
    rows = (row(*ONE_CLASS), row(GROUP, "1,400,000", "0.056"))
    assert _read(*rows) is None
    value = _read(*rows, words="There were 25,000,000 shares of common stock outstanding.")
    assert value is not None
    assert (value.value, value.source) == (pytest.approx(0.056), "proxy_share_counts")
    small = _read(row(*ONE_CLASS), row(GROUP, "1,400,000", "0.6"))
    assert small is not None
    assert small.value == pytest.approx(0.006)


@pytest.mark.parametrize(
    ("label", "shares", "percent"),
    [
        pytest.param(GROUP, "1,400,000 shares", "5.6 %", id="shares"),
        pytest.param(GROUP, "1,400,000 (direct)", "5.6%", id="direct"),
        pytest.param(GROUP, "1,400,000", "| 5.6%", id="bar"),
        pytest.param(GROUP, "1,400,000", "5.6 (3)%", id="mark before the sign"),
        pytest.param(f"{GROUP}, including the above", "1.4 million", "5.6%", id="millions"),
        pytest.param("Total shares held by all directors and executive officers", "1,400,000", "5.6%", id="held by"),
        pytest.param("Directors and officers total", "1,400,000", "5.6%", id="total last"),
        pytest.param(f"{GROUP}: 1,400,000 shares, 5.6%", "", "", id="one cell"),
    ],
)
def test_what_stands_beside_a_number_in_its_cell_is_no_part_of_it(label: str, shares: str, percent: str) -> None:
    value = _read(row(*ONE_CLASS), row(label, shares, percent))
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.056), "high")


@pytest.mark.parametrize(
    ("words", "share"),
    [
        (f"As of March 1, 2024, {GROUP.lower()} beneficially owned 3,000,000 shares, or 12.0% of our stock.", 0.12),
        (f"As of March 1, 2024, {GROUP.lower()} held 3,000,000 shares, or 12.0% of the voting power.", None),
    ],
)
def test_a_sentence_states_the_groups_share_for_want_of_a_table(words: str, share: float | None) -> None:
    value = _read(row("Name", "Age"), row("John Smith", "61"), words=words)
    assert (None if value is None else value.value) == (share if share is None else pytest.approx(share))
    assert value is None or (value.source, value.confidence) == ("proxy_text", "medium")
