"""A document of the program's own reads as a page like all others."""

from active_edge.calibration.site import show_calibration
from active_edge.report.document_page import render_document
from active_edge.report.index import INDEX_PAGE
from tests.report.markup import outside_requests, parsed, rows_of, text_of

DOCUMENT = """# A title

Opening **words** of `code`.

## First part

What was found, by [a page](page.md):

| Test | Rate | Why |
| --- | --- | --- |
| alpha | **7.6 %** |  |
| beta | – | Names that pass are calmer <than> their twins. |

Outside:

- alpha, 24 months: Too bold: 7.6 %.

### Below

Made on a day, by

    active-edge calibrate --seed 1
"""


def test_headings_tables_lists_and_commands_are_read():
    html = render_document(DOCUMENT, name="part", home=INDEX_PAGE)
    tree = parsed(html)
    assert tree.xpath("//h1/text()") == ["A title"]
    assert "Opening words of code." in text_of(html)
    assert tree.xpath("//h2/text()") == ["First part"]
    assert rows_of(html, "What was found, by a page") == [
        ["alpha", "7.6 %", ""],
        ["beta", "–", "Names that pass are calmer <than> their twins."],
    ]
    assert [one.text_content() for one in tree.xpath("//td/strong")] == ["7.6\u202f%"]
    assert [one.get("class").split()[0] for one in tree.xpath("(//thead)[1]//th")] == ["text", "number", "text"]
    assert rows_of(html, "Outside") == [["alpha, 24 months", "Too bold: 7.6 %."]]
    assert tree.xpath("//pre/code/text()") == ["active-edge calibrate --seed 1"]
    assert [link.get("href") for link in tree.xpath("//nav//a")] == [INDEX_PAGE]


def test_the_calibration_is_a_page_that_the_list_of_runs_leads_to(tmp_path):
    html = show_calibration(tmp_path).read_text(encoding="utf-8")
    listed = parsed((tmp_path / INDEX_PAGE).read_text(encoding="utf-8"))
    assert "calibration.html" in listed.xpath("//a/@href")
    assert outside_requests(html) == []
    assert parsed(html).xpath("//h1/text()") == ["Calibration: the test of the tests"]
    # the page says what docs/calibration.md says: 500 markets without an edge, alpha on IWM rejects in 7.2 %
    assert "False alarms: 500 markets without an edge" in text_of(html)
    assert ["alpha IWM", "7.2 %", "5.1 to 9.8 %"] == rows_of(html, "False alarms: 500 markets without an edge")[0][:3]
    for mark in ("**", "| ---", "`"):
        assert mark not in text_of(html)
