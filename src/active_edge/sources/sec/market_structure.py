"""Daily volume by ticker from the SEC's market-structure files: since 2012, of names that died later too.

A quarterly zip holds one csv with a row a ticker and day. Lit and hidden volume, in thousands of shares, are those of
exchanges alone; what trades elsewhere is not in them. Names and folders of the zips follow no rule (`2012_q10`,
`indivual_security_2013_Q3`), so each address is taken from the SEC's page.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from active_edge.errors import SourceFormatError
from active_edge.filings.zips import open_zip, read_member
from active_edge.sources.sec.quarter_pages import QuarterPage, day_of
from active_edge.sources.web.refusals import csv_rows
from active_edge.sources.web.request import Request

LIST_URL = "https://www.sec.gov/data-research/sec-markets-data/marketstructuredata-security"
OLD_LISTS = ("https://www.sec.gov/opa/data/market-structure/marketstructuredownloadshtml-by_security",)


def _by_security(address: str) -> bool:
    name = urlsplit(address).path.rpartition("/")[2].lower()
    return "security" in name and "exchange" not in name


PAGE = QuarterPage(
    "market_structure_list/all",
    LIST_URL,
    OLD_LISTS,
    wanted=_by_security,
    names="zip by security and quarter",
    freshness="monthly",
    expected_bytes=40_000,
)
PREFIX = "market_structure/"
ZIP_BYTES = 18_000_000
LARGEST_CSV_BYTES = 1 << 30
NEEDED = ("date", "ticker", "litvol", "hiddenvol")
THOUSAND = 1000.0
MOST_BAD_ROWS = 0.001


def list_request() -> Request:
    """The page that names every quarter's zip."""
    return PAGE.request()


def parse_list(body: bytes, *, where: str) -> dict[tuple[int, int], str]:
    """Quarter → address of its zip by security; those by security and exchange are others."""
    return PAGE.parse(body, where=where)


def requests(listed: Mapping[tuple[int, int], str], since: dt.date) -> list[Request]:
    """One request a quarter that the page names, the newest first."""
    first = (since.year, (since.month + 2) // 3)
    return [
        Request(
            "sec",
            f"{PREFIX}{year}q{quarter}",
            address,
            "zip",
            max_bytes=512 << 20,
            expected_bytes=ZIP_BYTES,
            missing_is_answer=True,
            check_file=lambda path, where=f"{PREFIX}{year}q{quarter}": deque(rows(path, where=where), maxlen=0),  # type: ignore[misc]
        )
        for (year, quarter), address in sorted(listed.items(), reverse=True)
        if (year, quarter) >= first
    ]


def rows(path: Path, *, where: str) -> Iterator[tuple[str, dt.date, float]]:
    """(ticker, day, shares traded on exchanges) of a zip.

    Raises
    ------
    SourceFormatError
        No csv with the needed columns, or more than one row in a thousand that cannot be read.
    """
    with open_zip(path, where=where) as packed:
        members = [
            name for name in packed.namelist() if name.lower().endswith(".csv") and "exchange" not in name.lower()
        ]
        if not members:
            raise SourceFormatError(f"{where}: no csv among {packed.namelist()[:5]}")
        body = read_member(packed, max(members, key=lambda n: packed.getinfo(n).file_size), where=where,
                           max_bytes=LARGEST_CSV_BYTES)  # fmt: skip
    lines = csv_rows(body.decode("utf-8-sig", "replace").splitlines(), where=where)
    header = [re.sub(r"\('000\)|[^a-z]", "", cell.lower()) for cell in next(lines, [])]
    lost = [name for name in NEEDED if name not in header]
    if lost:
        raise SourceFormatError(f"{where}: columns {lost} are gone; the header is {header}")
    day, ticker, lit, hidden = (header.index(name) for name in NEEDED)
    good = bad = 0
    for row in lines:
        try:
            on, name = day_of(row[day]), row[ticker].strip().upper()
            traded = sum(float(row[place].replace(",", "") or 0.0) for place in (lit, hidden))
            if not 0.0 <= traded < math.inf:
                raise ValueError(traded)
        except (ValueError, IndexError):
            bad += 1
            continue
        good += 1
        yield name, on, traded * THOUSAND
    if bad > MOST_BAD_ROWS * (good + bad) or not good:
        raise SourceFormatError(f"{where}: {bad} of {good + bad} rows cannot be read")
