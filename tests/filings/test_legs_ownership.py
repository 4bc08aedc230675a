"""The group's row in the shapes real proxies give it, each fixture made by hand."""

from __future__ import annotations

import pytest

from active_edge.filings import FiledShare, read_filing
from tests.filings.filing_builders import proxy, row, table

HEAD = row("Name", "Shares Beneficially Owned", "Percent of Class")
ONE = row("Jane Doe", "10,000", "*")
GROUP = "All directors and executive officers as a group"


def _read(body: bytes | str) -> FiledShare | None:
    return read_filing(body if isinstance(body, bytes) else body.encode(), "proxy").insider_ownership


def _share(body: bytes | str) -> float:
    value = _read(body)
    assert value is not None
    return value.value


@pytest.mark.parametrize(
    ("cells", "share"),
    [
        pytest.param((f"{GROUP} (9 persons)", "1,234,567", "12.3%"), 0.123, id="plain"),
        pytest.param((GROUP, "1,234,567", "12"), 0.12, id="no percent sign"),
        pytest.param((GROUP, "1,234,567", "12.3", "%"), 0.123, id="sign in its own cell"),
        pytest.param((f"{GROUP} (9 persons)(4)(5)", "1,234,567(6)", "12.3%(7)"), 0.123, id="marks in cells"),
        pytest.param((f"{GROUP} (9 persons)", "(8)", "1,234,567", "(3)", "12.3", "%"), 0.123, id="marks between"),
        pytest.param((GROUP, "5,507,581", ".50", "6.76", "%"), 0.0676, id="number split over cells"),
        pytest.param(
            ("Directors and Officers as a Group (21) persons", "1,000", "1.89%"), 0.0189, id="persons outside"
        ),
        pytest.param(("Current directors and officers, as a group", "1,000", "45.1%"), 0.451, id="comma"),
        pytest.param(("“Trustees and officers as a group” (three (3) individuals)", "1,000", "45%"), 0.45, id="quoted"),
        pytest.param(
            (f"{GROUP} (10 persons consisting of those named above)", "1,000", "4.6%"), 0.046, id="long count"
        ),
        pytest.param(("Common Stock", GROUP, "1,000,000", "10.0%"), 0.10, id="title of class first"),
        pytest.param((GROUP, "0", "0%"), 0.0, id="nothing held"),
        pytest.param((GROUP, "Common", "9,000", "12.0"), 0.12, id="title of class after"),
        pytest.param((f"{GROUP}<sup>(7)</sup>", "9,000<sup>8</sup>", "12.0%<sup>9</sup>"), 0.12, id="raised marks"),
        pytest.param((GROUP, "9,000", "1,000", "10,000", "12.0"), 0.12, id="sole and shared power"),
        pytest.param((GROUP, "10,439,474(13)", "2.37%", "2,687,043(20)", "13,126,517"), 0.0237, id="units after"),
        pytest.param(
            ("All officers<br>and directors<br>as a group<br>(9 persons)", "9,000", "12.0"), 0.12, id="breaks"
        ),
    ],
)
def test_one_row_is_read(cells: tuple[str, ...], share: float) -> None:
    assert _share(proxy(HEAD, ONE, row(*cells))) == pytest.approx(share)


def test_numbers_on_the_row_below_the_label() -> None:
    assert _share(proxy(HEAD, ONE, row(GROUP, "", ""), row("(9 persons)", "1,234,567", "12.3%"))) == pytest.approx(
        0.123
    )


@pytest.mark.parametrize("first", [True, False])
def test_a_label_broken_over_two_rows(first: bool) -> None:
    numbers = ("1,234,567", "12.3%")
    above, below = (numbers, ("", "")) if first else (("", ""), numbers)
    body = proxy(HEAD, ONE, row("All directors and executive", *above), row("officers as a group (9 persons)", *below))
    assert _share(body) == pytest.approx(0.123)


def test_options_beside_shares_do_not_become_a_percentage() -> None:
    body = proxy(row("Name", "Shares", "Options", "Total", "Percent"), row(GROUP, "100", "85", "185", "1.2"))
    assert _share(body) == pytest.approx(0.012)


@pytest.mark.parametrize("star", ["*", "[*]", "less than 1%", "<1%"])
def test_a_star_is_counted_out_where_the_shares_outstanding_are_stated(star: str) -> None:
    value = _read(proxy(HEAD, ONE, row(GROUP, "12,000", star), words="Based on 2,000,000 shares outstanding."))
    assert value is not None
    assert value.value == pytest.approx(0.006)
    assert value.details["at_most"] == 0.01


def test_a_star_alone_is_half_a_percent_with_less_confidence() -> None:
    value = _read(proxy(HEAD, ONE, row(GROUP, "12,000", "*")))
    assert value is not None
    assert (value.value, value.confidence) == (0.005, "medium")


def test_without_a_percentage_the_count_is_divided_by_the_shares_outstanding() -> None:
    words = "There were 2,000,000 shares of common stock outstanding."
    value = _read(proxy(row("Name", "Shares"), row(GROUP, "120,000"), words=words))
    assert value is not None
    assert value.value == pytest.approx(0.06)
    assert (value.source, value.confidence) == ("proxy_share_counts", "medium")


def test_before_the_offering_is_the_stake_and_after_is_kept_beside_it() -> None:
    heads = (
        "<tr><td></td><td colspan=2>Shares owned before the offering</td>"
        "<td colspan=2>Shares owned after the offering</td></tr>"
    )
    body = proxy(
        heads, row("Name", "Number", "Percent", "Number", "Percent"), row(GROUP, "4,000", "40.0%", "4,000", "30.0%")
    )
    value = _read(body)
    assert value is not None
    assert value.value == pytest.approx(0.40)
    assert value.details["after_offering"] == pytest.approx(0.30)


TWO_CLASSES = (
    "<tr><td></td><td colspan=2>Class A</td><td colspan=2>Class B</td><td>% of total voting power</td></tr>",
    row("Name", "Shares", "%", "Shares", "%", ""),
    row(GROUP, "1,000,000", "10.0", "4,000,000", "80.0", "68.3"),
)


def test_two_classes_give_an_economic_share_and_a_voting_share() -> None:
    words = "10,000,000 shares of Class A common stock and 5,000,000 shares of Class B common stock were outstanding."
    value = _read(proxy(*TWO_CLASSES, words=words))
    assert value is not None
    assert value.value == pytest.approx(5 / 15)
    assert value.details["voting"] == pytest.approx(0.683)
    assert value.details["classes"] == pytest.approx({"Class A": 0.10, "Class B": 0.80})
    assert value.confidence == "high"


def test_two_classes_without_counts_outstanding_are_derived_from_the_percentages() -> None:
    value = _read(proxy(*TWO_CLASSES))
    assert value is not None
    assert value.value == pytest.approx(5 / 15)
    assert value.confidence == "medium"


def test_two_classes_on_two_rows_are_joined() -> None:
    body = proxy(
        row("Title of class", "Name", "Shares", "Percent"),
        row("Class A", GROUP, "1,000,000", "10.0%"),
        row("Class B", GROUP, "500,000", "80.0%"),
    )
    assert _share(body) == pytest.approx(1_500_000 / (10_000_000 + 625_000))


def test_the_vote_beside_the_class_is_kept_apart() -> None:
    heads = row("Name", "Shares", "Percent of Class", "Percent of Total Voting Power")
    value = _read(proxy(heads, row(GROUP, "9,000", "12.0%", "15.0%")))
    assert value is not None
    assert value.value == pytest.approx(0.12)
    assert value.details["voting"] == pytest.approx(0.15)


def test_preferred_stock_is_left_out() -> None:
    heads = (
        "<tr><td rowspan=2>Name</td><td colspan=2>Common Stock</td><td colspan=2>Series A Preferred Stock</td></tr>",
        row("Shares", "%", "Shares", "%"),
    )
    assert _share(proxy(*heads, row(GROUP, "1,000", "45.1%", "20,000", "10.0%"))) == pytest.approx(0.451)


DOTS = """
of March 16, 2007 by each director and by all current directors and executive
officers as a group. To our knowledge, no person owns more than 5% of our stock.
John Smith (1)........................   12,000         *
All directors and officers as a group
   (sixteen persons)..................6,152,000      11.7%
-----------
* Less than 1%
(1) Mr. Smith disclaims shares held by the directors and officers as a group, 33.3% of the total.
"""
WRAPPED = """
John Smith                             12,000         *
All directors and officers as a group (16
  persons, consisting of 11 officers and 5
  non-employee directors)            6,152,000       11.7%
* Less than 1%
"""
SPACED_DOTS = """
John Smith (1). . . . . . . . . . . .    12,000         *
All directors and officers as a group (16 persons). . . . 6,152,000 (3)   11.7% (4)
"""
PAGE_BREAK = """
John Smith (1)                            12,000         *
All directors and executive officers as a
group (16 persons)
                     12
<PAGE>
                                   6,152,000       11.7%
"""
ONE_LINE = (
    "The table sets forth ownership of all directors and executive officers as a group. Jane Doe 5,000 * "
    "All executive officers and directors as a group (8 persons) 6,152,000 11.7% * Less than one percent."
)
PIPES = """
Name | Number | %
Jane Doe | [*] | [*]
All directors and executive officers as a group (10 persons) | 6,152,000 | 11.7%

*Indicates ownership of less than 1%.
"""


@pytest.mark.parametrize("text", [DOTS, WRAPPED, SPACED_DOTS, PAGE_BREAK, ONE_LINE, PIPES])
def test_a_typed_table_is_read(text: str) -> None:
    assert _share(text) == pytest.approx(0.117)


def test_the_next_heading_that_begins_with_a_percentage_is_not_part_of_the_row() -> None:
    text = "\n".join(
        (f"{GROUP} (3 persons)", "4,811,801", "4.66", "%", "5% Beneficial Owners", "BlackRock", "9,000,000")
    )
    value = _read(text)
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.0466), "high")


@pytest.mark.parametrize(
    "text",
    [
        "It shows the stock of all directors and executive officers as a group (12 persons), as of March 1, 2009.",
        "(1) Shares held by directors and executive officers as a group exclude 5,000,000 (12.5%) held by a trust.",
        "We evaluated the plants together as a group of assets of 1,000,000 or 12.5%.",
    ],
)
def test_a_sentence_about_the_group_is_not_its_row(text: str) -> None:
    assert _read(text) is None


def test_a_share_above_the_whole_is_refused_and_named() -> None:
    reading = read_filing(proxy(HEAD, row(GROUP, "1,000,000", "112.3%")), "proxy")
    assert reading.insider_ownership is None
    assert any("above 100 %" in note for note in reading.notes)


def test_rows_that_contradict_each_other_lower_the_confidence() -> None:
    body = proxy(
        HEAD, row(GROUP, "1,000", "12.0%"), row("All current directors and officers as a group", "900", "8.0%")
    )
    reading = read_filing(body, "proxy")
    assert reading.insider_ownership is not None
    assert reading.insider_ownership.confidence == "low"
    assert any("other group rows" in note for note in reading.notes)


def test_a_table_is_read_the_same_inside_a_full_submission() -> None:
    inner = proxy(HEAD, ONE, row(GROUP, "1,234,567", "12.3%")).decode()
    body = (
        "<SEC-DOCUMENT>0000000001-20-000001.txt : 20200325\nFILED AS OF DATE:\t\t20200325\n<DOCUMENT>\n<TYPE>DEF 14A\n"
        f"<FILENAME>a.htm\n<TEXT>\n{inner}\n</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n<TYPE>GRAPHIC\n<TEXT>\nbegin 644 a.jpg\n"
        "</TEXT></DOCUMENT></SEC-DOCUMENT>"
    )
    value = _read(body)
    assert value is not None
    assert (value.value, value.filed) == (pytest.approx(0.123), "2020-03-25")


def test_columns_in_another_order_give_the_same_share() -> None:
    heads, cells = ["Name", "Percent of Class", "Shares"], [GROUP, "12.3%", "1,234,567"]
    assert _share(proxy(row(*heads), row(*cells))) == _share(proxy(HEAD, row(cells[0], cells[2], cells[1])))


def test_a_layout_table_around_the_table_changes_nothing() -> None:
    inner = proxy(HEAD, ONE, row(GROUP, "1,234,567", "12.3%")).decode()
    assert _share(table(row(inner))) == pytest.approx(0.123)
