"""Group rows and submissions as they are laid out since 2023, in small companies' annual reports, in typed tables."""

from __future__ import annotations

import io
import zipfile

import pytest

from active_edge.filings import FiledShare, Reading, read_filing
from tests.filings.filing_builders import annual_report, proxy, row, table

HEAD = row("Name", "Shares Beneficially Owned", "Percent of Class")
ONE = row("Jane Doe", "10,000", "*")
GROUP = "All directors and executive officers as a group"
IX = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"'


def _read(body: bytes | str) -> FiledShare | None:
    return read_filing(body if isinstance(body, bytes) else body.encode(), "proxy").insider_ownership


@pytest.mark.parametrize(
    "label",
    [
        "Total all executive officers and directors",
        "Total all executive officers and directors (5 persons)",
        "Total for all directors and officers",
        "All officers and directors (7 people)",
        "All executive officers and directors",
        "Total officers and directors",
        "All directors and named executive officers",
        "Total - All Directors and Executive Officers",
        "All current directors & executive officers (12 in number)",
        "All directors and executive officers as a group, including those named above",
        "All directors and executive officers as a group (including the persons named above)",
        "All directors and officers as a group, consisting of the persons listed above",
        "All of our directors and executive officers as a group (9 persons)",
        "Directors and executive officers (10 persons)",
        "Our directors and officers (eleven in number)",
        "Group of 11 directors and executive officers",
    ],
)
def test_labels_of_the_groups_row(label: str) -> None:
    for body in (proxy(HEAD, ONE, row(label, "1,234,567", "12.3%")), annual_report(table(HEAD, ONE,
                 row(label, "1,234,567", "12.3%")))):  # fmt: skip
        value = _read(body)
        assert value is not None, label
        assert value.value == pytest.approx(0.123)


@pytest.mark.parametrize(
    "label",
    [
        "All directors and executive officers as of March 1",
        "All officers and directors who own shares",
        "Directors and officers liability insurance",
        "Officers and directors fees",
        "All executive officers and directors own",
        "Directors and executive officers",
    ],
)
def test_other_rows_about_officers_are_no_group(label: str) -> None:
    assert _read(annual_report(table(row(label, "1,234,567", "12.3%")))) is None


@pytest.mark.parametrize("dash", ["-", "—", "–", "- %", "$ -", "None", "Nil", "-0-"])
def test_dashes_and_words_for_nothing_mean_that_nothing_is_held(dash: str) -> None:
    value = _read(annual_report(table(HEAD, row("Jane Doe", dash, dash), row(GROUP, dash, dash))))
    assert value is not None
    assert (value.value, value.confidence) == (0.0, "medium")


def test_the_rows_of_parts_of_the_group_are_not_the_groups() -> None:
    parts = (
        row("All non-employee directors as a group (6 persons)", "200,000", "2.0%"),
        row("All executive officers as a group (4 persons)", "1,034,567", "10.3%"),
    )
    value = _read(proxy(HEAD, ONE, *parts, row(GROUP, "1,234,567", "12.3%")))
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.123), "high")
    alone = _read(proxy(HEAD, ONE, parts[1]))
    assert alone is not None
    assert (alone.value, alone.confidence) == (pytest.approx(0.103), "medium")


def test_what_the_group_is_paid_is_no_stake() -> None:
    paid = table(row("Name", "Salary", "% increase"), row(GROUP, "$1,000,000", "55%"))
    assert _read(annual_report(paid)) is None
    value = _read(annual_report(paid, "<p>Beneficial ownership</p>", table(HEAD, ONE, row(GROUP, "1,234", "12.3%"))))
    assert value is not None
    assert (value.value, value.confidence) == (pytest.approx(0.123), "high")


def test_percent_in_words_is_a_percentage() -> None:
    value = _read(proxy(HEAD, ONE, row(GROUP, "3,100,000", "31.0 percent")))
    assert value is not None
    assert value.value == pytest.approx(0.31)


BELOW = """
John Smith                              12,000         *
All directors and executive          6,152,000      11.7%
  officers as a group
  (16 persons)
* Less than 1%
"""
BELOW_PLAIN = "<TABLE>" + BELOW.replace("* Less", "</TABLE>\n* Less")
NAMED = """
John Smith                              12,000         *
All directors and officers as a
  group (16 persons), including
  those named above                  6,152,000      11.7%
* Less than 1%
"""


@pytest.mark.parametrize("text", [BELOW, BELOW_PLAIN, NAMED, "<TABLE>" + NAMED + "</TABLE>"])
def test_typed_labels_that_run_on_below_the_figures(text: str) -> None:
    value = _read("PROXY STATEMENT\n" + text)
    assert value is not None
    assert value.value == pytest.approx(0.117)


def _submission(form: str, *documents: tuple[str, str, str]) -> str:
    parts = [
        f"<DOCUMENT>\n<TYPE>{kind}\n<SEQUENCE>{i}\n<FILENAME>{name}\n<TEXT>\n{body}\n</TEXT>\n</DOCUMENT>\n"
        for i, (kind, name, body) in enumerate(documents, 1)
    ]
    return (
        f"<SEC-DOCUMENT>0000000001-24-000001.txt : 20240425\nCONFORMED SUBMISSION TYPE: {form}\n"
        f"FILED AS OF DATE:\t\t20240425\n{''.join(parts)}</SEC-DOCUMENT>"
    )


SUMMARY = "<XML>\n<?xml version='1.0'?>\n<FilingSummary><Version>3.24</Version></FilingSummary>\n</XML>"
RENDERED = (
    "<html><body><table><tr><td>All directors and officers as a group</td><td>99.9%</td></tr></table></body></html>"
)
INLINE_PROXY = (
    f'<XBRL>\n<?xml version="1.0" encoding="utf-8"?>\n<html {IX}><body><p>SCHEDULE 14A</p><p>Proxy Statement</p>'
    + table(HEAD, ONE, row(GROUP, "1,234,567", "12.3%"))
    + "</body></html>\n</XBRL>"
)


def test_a_proxy_with_the_renderers_files_is_read() -> None:
    body = _submission(
        "DEF 14A",
        ("DEF 14A", "a.htm", INLINE_PROXY),
        ("EX-101.SCH", "a.xsd", "<XBRL>\n<?xml version='1.0'?>\n<xsd:schema xmlns:xsd='x'/>\n</XBRL>"),
        ("XML", "FilingSummary.xml", SUMMARY),
        ("XML", "R1.htm", RENDERED),
        ("JSON", "MetaLinks.json", "{}"),
    )
    reading = read_filing(body.encode(), "a.txt")
    assert reading.kind == "proxy_html"
    assert reading.insider_ownership is not None
    assert (reading.insider_ownership.value, reading.insider_ownership.filed) == (pytest.approx(0.123), "2024-04-25")


def test_an_inline_proxy_by_itself_is_a_proxy() -> None:
    inner = INLINE_PROXY.replace("<XBRL>\n", "").replace("\n</XBRL>", "")
    assert _read(inner) is not None


CONTEXTS = (
    "<ix:header><ix:resources>"
    '<xbrli:context id="y"><xbrli:entity/><xbrli:period><xbrli:startDate>2023-01-01</xbrli:startDate>'
    "<xbrli:endDate>2023-12-31</xbrli:endDate></xbrli:period></xbrli:context>"
    '<xbrli:context id="us"><xbrli:entity><xbrli:segment>'
    '<xbrldi:explicitMember dimension="srt:StatementGeographicalAxis">'
    "country:US</xbrldi:explicitMember></xbrli:segment></xbrli:entity><xbrli:period><xbrli:startDate>2023-01-01"
    "</xbrli:startDate><xbrli:endDate>2023-12-31</xbrli:endDate></xbrli:period></xbrli:context>"
    '<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit></ix:resources></ix:header>'
)
SPACES = (
    f'{IX} xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi" '
    'xmlns:srt="http://fasb.org/srt/2023" xmlns:us-gaap="http://fasb.org/us-gaap/2023" '
    'xmlns:country="http://xbrl.sec.gov/country/2023" xmlns:iso4217="http://www.xbrl.org/2003/iso4217"'
)


def _fact(context: str, value: str) -> str:
    tag = "ix:nonFraction"
    return f'<{tag} name="us-gaap:Revenues" contextRef="{context}" unitRef="usd" decimals="0">{value}</{tag}>'


FIRST = f"<html {SPACES}><body>{CONTEXTS}<p>FORM 10-K</p><p>{_fact('y', '1,000')}</p></body></html>"
SECOND = f"<html {SPACES}><body><p>Notes</p><p>{_fact('us', '650')}</p></body></html>"


def _domestic(reading: Reading) -> float | None:
    value = reading.domestic_revenue_share
    return None if value is None else value.value


def test_an_inline_document_in_two_files_is_one() -> None:
    """The contexts stand in the first file, the facts of the notes in the second."""
    body = _submission(
        "10-K", ("10-K", "a1.htm", f"<XBRL>\n{FIRST}\n</XBRL>"), ("10-K", "a2.htm", f"<XBRL>\n{SECOND}\n</XBRL>")
    )
    assert _domestic(read_filing(body.encode(), "a.txt")) == 0.65
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a1.htm", FIRST)
        archive.writestr("a2.htm", SECOND)
    assert _domestic(read_filing(packed.getvalue(), "a.zip")) == 0.65


def test_the_annual_report_in_exhibit_13_is_read() -> None:
    exhibit = (
        "<html><body><p>Sales by geographic area</p><table><tr><td></td><td>1999</td></tr><tr><td>United States</td>"
        "<td>600</td></tr><tr><td>Europe</td><td>400</td></tr><tr><td>Total</td><td>1,000</td></tr></table></body></html>"
    )
    main = "<html><body><p>FORM 10-K</p><p>See Exhibit 13.</p></body></html>"
    body = _submission("10-K", ("10-K", "a.htm", main), ("EX-13", "b.htm", exhibit), ("EX-21", "c.htm", RENDERED))
    assert _domestic(read_filing(body.encode(), "a.txt")) == 0.6


def test_an_inline_document_whose_xbrl_cannot_be_read_is_read_as_a_page() -> None:
    broken = FIRST.replace("</p></body>", "</p><p>unclosed" + table(HEAD, row(GROUP, "1", "12.3%")) + "</body>")
    reading = read_filing(broken.encode(), "a.htm")
    assert reading.insider_ownership is not None
    assert any("without XBRL" in note for note in reading.notes)
