"""Documents longer than any filing are read to a bound, and the reading says so."""

import pytest

from active_edge.errors import SourceFormatError
from active_edge.filings import pages, read_filing
from active_edge.filings.debt import Instrument
from active_edge.filings.debt_sums import after_the_total
from active_edge.filings.documents import MOST_TAGS, parse_html
from active_edge.filings.pages import html_page, text_page
from tests.filings.every_kind import FILINGS

ROW = "<tr><td>Term loan {}</td><td>1,000</td></tr>"


def long_table(rows):
    return f"<html><body><p>Annual report, 10-K</p><table>{''.join(map(ROW.format, range(rows)))}</table></body></html>"


def test_a_page_is_read_to_its_most_rows_and_says_that_it_was(monkeypatch):
    monkeypatch.setattr(pages, "MOST_ROWS", 5)
    assert [len(table.rows) for table in html_page(long_table(9), "f").tables] == [5]
    assert html_page(long_table(9), "f").cut
    assert not html_page(long_table(4), "f").cut


def test_a_page_is_read_to_its_last_tag_and_says_that_it_was(monkeypatch):
    monkeypatch.setattr(pages, "MOST_TAGS", 8)
    page = html_page("<html><body><p>one</p><p>two</p><p>three</p><p>four</p></body></html>", "f")
    assert page.cut
    assert page.lines[:3] == ("one", "two", "three")


def test_a_plain_text_is_read_to_its_most_characters(monkeypatch):
    monkeypatch.setattr(pages, "MOST_TEXT", 9)
    page = text_page("one two\nthree four")
    assert page.cut
    assert page.lines == ("one two", "t")


def test_a_reading_tells_that_its_document_was_cut(monkeypatch):
    monkeypatch.setattr(pages, "MOST_ROWS", 5)
    (note,) = [one for one in read_filing(long_table(9).encode(), "f.htm").notes if "longer" in one]
    assert note.startswith("longer than any filing")
    assert not [one for one in read_filing(long_table(4).encode(), "f.htm").notes if "longer" in one]


def test_sums_above_the_totals_of_a_table_are_made_once():
    class Counted(Instrument):
        seen = 0

        def __getattribute__(self, name):
            Counted.seen += name == "amount"
            return super().__getattribute__(name)

    rows = [Counted("a loan", 10.0, None) for _ in range(400)]
    totals = [(count, 10.0 * count, True) for count in range(1, 401)]
    assert len(after_the_total(rows, totals)) == 400
    assert Counted.seen <= 2 * len(rows)  # each row's amount; with the sums begun anew at each total, 80,000


def test_a_tree_of_more_tags_than_any_filing_is_refused_with_both_numbers():
    with pytest.raises(SourceFormatError, match=f"{MOST_TAGS + 1:,} tags, more than {MOST_TAGS:,}"):
        parse_html("<" * (MOST_TAGS + 1), "f")


def test_blank_lines_in_a_submission_are_read_in_time_that_grows_with_them() -> None:
    """The end of a document was looked for from each of them: a quarter of a megabyte was read for over a minute."""
    body = FILINGS["Form 4"].replace(b"<TEXT>\n", b"<TEXT>\nx" + b"\n" * 300_000 + b"y")
    with pytest.raises(SourceFormatError, match="no words in it"):
        read_filing(body, "a.txt")
    assert read_filing(FILINGS["Form 4"], "a.txt").kind == "ownership_form"
