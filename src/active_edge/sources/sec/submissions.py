"""The SEC's bulk file of submissions: the name of the main document of every filing, so that no more of it is asked.

A full submission holds exhibits, pictures and renderer files beside the one document that is read. The bulk file names
that document for every filing of every filer; of its million members only those of the companies wanted are opened.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Container
from contextlib import suppress
from dataclasses import dataclass

import orjson

from active_edge.errors import SourceFormatError
from active_edge.filings.zips import open_zip, read_member
from active_edge.sources.sec.edgar_index import parse_submissions
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.request import Request

URL = "https://www.sec.gov/Archives/edgar/daily-index/bulkdata/submissions.zip"
KEY = "submissions/bulk"
MEMBER = re.compile(r"(?:.*/)?CIK(\d{10})(?:-submissions-\d+)?\.json")
MOST_MEMBERS = 5_000_000
"""Every filer has a member, persons too: a million in 2026."""
LARGEST_MEMBER_BYTES = 64 << 20
DAY = re.compile(r"\d{4}-[01]\d-[0-3]\d")
DOCUMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*\.(?:html?|txt)", re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """One 8-K of a company: its items, such as 2.01, and its main document."""

    cik: int
    accession: str
    filed: dt.date
    items: tuple[str, ...]
    document: str


def bulk_request() -> Request:
    """All filers in one zip, made by the SEC every night; where it cannot be had, full submissions are asked."""
    return Request(
        "sec",
        KEY,
        URL,
        "zip",
        max_bytes=8 << 30,
        expected_bytes=1_550_000_000,
        missing_is_answer=True,
        most_members=MOST_MEMBERS,
    )


def main_documents(archive: Archive, ciks: Container[int], forms: Container[str]) -> dict[str, str]:
    """Accession number → name of the main document, for filings of such forms by these companies.

    Empty where the bulk file was never had; a member that cannot be read names nothing.
    """
    entry = archive.latest_body(KEY)
    if entry is None:
        return {}
    found: dict[str, str] = {}
    with open_zip(archive.location(entry), where=KEY, most_members=MOST_MEMBERS) as bulk:
        for name in bulk.namelist():
            member = MEMBER.fullmatch(name)
            if member is None or int(member.group(1)) not in ciks:
                continue
            try:
                body = read_member(bulk, name, where=KEY, max_bytes=LARGEST_MEMBER_BYTES)
                told = parse_submissions(body, where=f"{KEY}!{name}")
            except SourceFormatError:
                continue  # its filings are asked for as full submissions
            found.update((a, d) for a, form, _, d in told.filings if form in forms and DOCUMENT.fullmatch(d))
    return found


def events(archive: Archive, ciks: Collection[int]) -> dict[int, list[Event]]:
    """CIK → its 8-Ks, for these companies; empty where the bulk file was never had."""
    entry = archive.latest_body(KEY)
    if entry is None or not ciks:
        return {}
    found: dict[int, list[Event]] = defaultdict(list)
    with open_zip(archive.location(entry), where=KEY, most_members=MOST_MEMBERS) as bulk:
        for name in bulk.namelist():
            member = MEMBER.fullmatch(name)
            if member is None or int(member.group(1)) not in ciks:
                continue
            try:
                document = orjson.loads(read_member(bulk, name, where=KEY, max_bytes=LARGEST_MEMBER_BYTES))
                page = document["filings"]["recent"] if "filings" in document else document
                columns = [page[c] for c in ("accessionNumber", "form", "filingDate", "items", "primaryDocument")]
                rows = list(zip(*columns, strict=True))
            except (SourceFormatError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                continue  # its exits stay of unknown reason
            cik = int(member.group(1))
            for accession, form, filed, items, main in rows:
                if not (str(form).startswith("8-K") and DAY.fullmatch(str(filed))):
                    continue
                told = tuple(str(items).replace(" ", "").split(","))
                with suppress(ValueError):  # 31 June is no day
                    found[cik].append(Event(cik, str(accession), dt.date.fromisoformat(filed), told, str(main)))
    return dict(found)
