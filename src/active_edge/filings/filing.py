"""One filing of any kind, read for all three legs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from active_edge.errors import SourceFormatError
from active_edge.filings.documents import Document, Filing, open_filing, parse_html
from active_edge.filings.facts import Report, inline_report, instance_report, num_report
from active_edge.filings.floating import DEBT_BLOCK, floating_from_page, floating_from_report
from active_edge.filings.geography import domestic_share, revenue_total
from active_edge.filings.geography_text import domestic_from_page
from active_edge.filings.ownership import insider_ownership
from active_edge.filings.ownership_forms import form_holdings
from active_edge.filings.pages import MOST_ROWS, MOST_TEXT, Page, Table, html_page, page_of, text_page
from active_edge.filings.reading import LEGS, FiledShare, Reading, most_trusted

Answer = TypeVar("Answer")
REVENUE_BLOCKS = (
    "Segment",
    "Geographic",
    "RevenueFromContract",
    "Concentration",
    "Disaggregation",
    "SignificantAccounting",
)


def read_filing(path_or_bytes: Path | str | bytes, name: str | None = None) -> Reading:
    """What one filing says on domestic revenue, floating-rate debt and insider ownership.

    Takes an XBRL instance (also zipped), an inline XBRL or plain 10-K, an EDGAR full submission (`.txt`, `.nc`), a
    proxy statement as HTML or text, a Form 3, 4 or 5, one filing's rows of a `num.txt`, or a 10-K split into items
    (JSON). A kind that says nothing on the legs gives a reading of three None.

    name : shown in messages; default the file's name.

    Raises
    ------
    SourceFormatError
        Not a filing: empty, binary, cut off, a block page, entities or zip bombs, or shares outside [0, 1].
    """
    filing = open_filing(path_or_bytes, name)
    readings = [_read(document, filing) for document in filing.documents]
    legs: dict[str, Any] = {}
    for leg in LEGS:
        value = most_trusted(*(getattr(reading, leg) for reading in readings))
        legs[leg] = value if value is None or filing.filed is None else replace(value, filed=filing.filed)
    notes = dict.fromkeys(note for reading in readings for note in reading.notes)
    holdings = tuple(row for reading in readings for row in reading.holdings)
    return Reading(filing.kind, **legs, notes=tuple(notes), holdings=holdings)


def _read(document: Document, filing: Filing) -> Reading:
    kind, text, where = document.kind, document.text, document.name
    if kind == "xbrl_instance":
        return _from_facts(kind, instance_report(text, where), None)
    if kind == "inline_xbrl":
        return _from_inline(document)
    if kind == "fsds_num":
        return _from_facts(kind, num_report(text, where), None)
    if kind == "ownership_form":
        holdings = form_holdings(text, where, filing.filed)
        return Reading(kind, holdings=tuple(one.to_dict() for one in holdings))
    if kind == "annual_report_items":
        return _from_page(kind, text_page(_items(text, where)))
    if kind.endswith("_html"):
        return _from_page(kind, html_page(text, where))
    if kind.endswith("_text"):
        return _from_page(kind, text_page(text))
    return Reading(kind)


def _from_inline(document: Document) -> Reading:
    """Facts and page of an inline XBRL document; the page alone where its XBRL cannot be read."""
    pages = [page_of(parse_html(text, document.name)) for text in (document.text, *document.parts)]
    lines = tuple(line for page in pages for line in page.lines)
    page = Page(lines, tuple(table for page in pages for table in page.tables), cut=any(page.cut for page in pages))
    try:
        report = inline_report(document.text, document.name, document.parts)
    except SourceFormatError as error:
        if "ENTITY" in document.text:
            raise
        reading = _from_page("annual_report_html", page)
        return replace(reading, notes=(*reading.notes, f"read as a page without XBRL: {error}"))
    return _from_facts(document.kind, report, page)


def _from_facts(kind: str, report: Report, page: Page | None) -> Reading:
    notes = _told_cut(page)
    nothing: tuple[FiledShare | None, tuple[str, ...]] = (None, ())
    domestic, seen = _kept(lambda: domestic_share(report), notes, nothing)
    notes += seen
    spoken = _spoken_domestic(report, page)
    if spoken is not None and domestic is None:
        domestic = spoken
    elif spoken is not None and domestic is not None and domestic.source == "no_foreign_facts":
        domestic = spoken if spoken.value < domestic.value else _beside(domestic, spoken)
    floating = _kept(lambda: floating_from_report(report, page), notes, None)
    end = report.period_end.isoformat() if report.period_end else None
    if domestic is not None and domestic.period_end is None:
        domestic = replace(domestic, period_end=end)
    insiders = insider_ownership(page)[0] if page is not None else None
    return Reading(kind, domestic, floating, insiders, tuple(notes))


def _from_page(kind: str, page: Page) -> Reading:
    notes = _told_cut(page)
    nothing: tuple[FiledShare | None, tuple[str, ...]] = (None, ())
    insiders, seen = _kept(lambda: insider_ownership(page), notes, nothing)
    notes += seen
    if kind.startswith(("proxy", "ownership_form", "schedule")):
        return Reading(kind, insider_ownership=insiders, notes=tuple(notes))
    domestic = _kept(lambda: domestic_from_page(page), notes, None)
    floating = _kept(lambda: floating_from_page(page), notes, None)
    return Reading(kind, domestic, floating, insiders, tuple(notes))


def _told_cut(page: Page | None) -> list[str]:
    if page is None or not page.cut:
        return []
    return [f"longer than any filing; read to {MOST_TEXT:,} characters or {MOST_ROWS:,} rows of tables"]


def _spoken_domestic(report: Report, page: Page | None) -> FiledShare | None:
    """What text blocks (or the inline page) say in words or in a geography table that is not tagged."""
    lines: list[str] = []
    tables: list[Table] = []
    for tag, html in report.blocks:
        if html.strip() and any(word in tag for word in REVENUE_BLOCKS) and not DEBT_BLOCK.match(tag):
            block = page_of(parse_html(html, tag))
            lines += block.lines
            tables += block.tables
    total = revenue_total(report)
    revenue = total.value if total is not None else None
    if not lines and page is not None:
        return domestic_from_page(page, revenue)
    return domestic_from_page(Page(tuple(lines), tuple(tables)), revenue) if lines else None


def _beside(value: FiledShare, spoken: FiledShare) -> FiledShare:
    return replace(value, details={**value.details, "text": spoken.value, "text_passage": spoken.passage})


def _kept(read: Callable[[], Answer], notes: list[str], nothing: Answer) -> Answer:
    """Result of `read`; a number that is no share becomes a note, for the filing's other legs are still good."""
    try:
        return read()
    except SourceFormatError as error:
        notes.append(str(error))
        return nothing


def _items(text: str, where: str) -> str:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceFormatError(f"{where}: not readable as JSON ({error}); give one filing") from error
    parts = [str(v) for k, v in items.items() if k.startswith("item_")] if isinstance(items, dict) else []
    if not any(parts):
        raise SourceFormatError(f"{where}: JSON without item_1, item_7A ...; give a filing as XML, HTML or text")
    return "\n".join(parts)
