"""Tables fit the width they are given, and numbers are never cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from active_edge.cli.output import print_lines
from active_edge.cli.tables import Column, table_lines
from active_edge.market.findings import Finding

ROWS = [("AAON", "AAON Incorporated of Tulsa", "1,234.5"), ("LONGTICKER", "An even longer name of a company", "−7")]


def test_a_table_is_as_wide_as_it_needs_where_no_width_is_given():
    lines = table_lines(("ticker", "name", "value"), ROWS, None)
    assert lines == [
        "ticker      name                                value",
        "─────────────────────────────────────────────────────",
        "AAON        AAON Incorporated of Tulsa        1,234.5",
        "LONGTICKER  An even longer name of a company       −7",
    ]


def test_text_is_cut_or_folded_and_numbers_are_whole():
    lines = table_lines((Column("ticker", "keep"), Column("name", "cut"), "value"), ROWS, 33)
    assert lines[2:] == ["AAON        AAON Incorp…  1,234.5", "LONGTICKER  An even lon…       −7"]
    folded = table_lines(("ticker", "name", "value"), ROWS, 40)
    assert "1,234.5" in "\n".join(folded)
    assert max(map(len, folded)) <= 40


def test_an_identifier_is_folded_behind_its_underscores():
    lines = table_lines(("rule",), [("quarterly_return_on_assets",)], 18)
    assert lines[2:] == ["quarterly_return_", "on_assets"]


def test_columns_that_do_not_fit_follow_below_with_the_first():
    columns = [Column(name, "keep") for name in ("ticker", "one", "two", "three")]
    lines = table_lines(columns, [("AAON", "111111111", "222222222", "333333333")], 28)
    assert lines[0].split() == ["ticker", "one", "two"]
    assert lines[4].split() == ["ticker", "three"]
    assert lines[6].split() == ["AAON", "333333333"]


TEXTS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=14)


@pytest.mark.slow
@given(
    rows=st.lists(st.tuples(*[st.lists(TEXTS, min_size=1, max_size=5).map(" ".join)] * 4), max_size=4),
    width=st.integers(60, 100),
)
def test_no_line_is_wider_than_the_width_and_no_word_is_lost(rows, width):
    lines = table_lines(("a", "b", "c", "d"), rows, width)
    assert all(len(line) <= width and line == line.rstrip() for line in lines)
    printed = "".join("".join(lines).split())
    assert all(sum(map(len, "".join(row[1:]).split())) <= len(printed) for row in rows)


@pytest.mark.parametrize("rows", [[], [("", "")]])
def test_an_empty_table_has_its_head(rows):
    assert table_lines(("a", "b"), rows, 80)[0] == "a  b"


def test_a_word_of_usual_length_is_not_broken():
    lines = table_lines(["strategy", "verdict"], [("some words " * 4, "not distinguishable")], 29)
    assert any(line.endswith("distinguishable") for line in lines)


@pytest.mark.parametrize("severity", ["noted", "refused", "repaired"])
def test_a_finding_is_folded_whatever_its_severity_and_a_row_of_a_table_is_not(severity, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    example = "DWCH 2015-07-24 close 5.71 open 0.01"
    finding = Finding("prices", "opens beyond a factor of 3", severity, 64, (example,) * 5, "Kept, but never a fill.")
    row = f"revenue   2015-06-30   {'1,234   ' * 12}end"
    print_lines([finding.line(), row])
    *folded, last = capsys.readouterr().out.splitlines()
    assert last == row
    assert max(map(len, folded)) <= 80
    assert " ".join(" ".join(folded).split()) == " ".join(finding.line().split())
