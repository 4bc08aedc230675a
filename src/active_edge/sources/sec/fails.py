"""The SEC's fails-to-deliver files: CUSIP, ticker, name and a price of shares that trade nowhere else any more.

A zip is half a month (before mid-2009 a quarter) of lines ``SETTLEMENT DATE|CUSIP|SYMBOL|QUANTITY (FAILS)|DESCRIPTION|
PRICE`` with a trailer. The price is the close of the day before; a share that left its exchange still settles, and so
has one, by the CUSIP it always had. Names of the zips follow no rule, so each address is taken from the SEC's page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from active_edge.errors import SourceFormatError
from active_edge.filings.zips import open_zip, read_member
from active_edge.sources.sec.quarter_pages import day_of, sec_links
from active_edge.sources.web.request import Request

LIST_URL = "https://www.sec.gov/data-research/sec-markets-data/fails-deliver-data"
OLD_LISTS = ("https://www.sec.gov/data/foiadocsfailsdatahtm",)
PERIOD = re.compile(r"fails.*?((?:19|20)\d\d)[_-]?(q[1-4]|(?:0[1-9]|1[0-2])[ab]?)(?!\d).*\.zip", re.I)
PREFIX = "fails/"
ZIP_BYTES = 900_000
LARGEST_TEXT_BYTES = 1 << 28
NEEDED = ("settlement date", "cusip", "symbol", "price")
MOST_BAD_ROWS = 0.01
Line = tuple[dt.date, str, str, str, float]


def list_request() -> Request:
    """The page that names every zip."""
    return Request(
        "sec",
        "fails_list/all",
        LIST_URL,
        "html",
        freshness="weekly",
        max_bytes=16 << 20,
        expected_bytes=60_000,
        missing_is_answer=True,
        check=lambda body: parse_list(body, where="fails_list"),
        others=OLD_LISTS,
    )


def parse_list(body: bytes, *, where: str) -> dict[str, str]:
    """Period (`201506a`, `200907`, `2005q2`) → address of its zip, on hosts of the SEC alone.

    Raises
    ------
    SourceFormatError
        The page names none.
    """
    found: dict[str, str] = {}
    for period, address in sec_links(LIST_URL, body, PERIOD):
        found.setdefault(f"{period[1]}{period[2].lower()}", address)
    if not found:
        raise SourceFormatError(f"{where}: the page names no zip of fails to deliver; it may have moved")
    return found


def first_day(period: str) -> dt.date:
    """First day of a period."""
    year, part = int(period[:4]), period[4:]
    if part.startswith("q"):
        return dt.date(year, 3 * int(part[1]) - 2, 1)
    return dt.date(year, int(part[:2]), 16 if part.endswith("b") else 1)


def requests(listed: Mapping[str, str], since: dt.date) -> list[Request]:
    """One request a period that the page names and that begins since a day, the newest first."""
    return [
        Request(
            "sec",
            f"{PREFIX}{period}",
            address,
            "zip",
            max_bytes=128 << 20,
            expected_bytes=ZIP_BYTES,
            missing_is_answer=True,
            check_file=lambda path, where=f"{PREFIX}{period}": deque(rows(path, where=where), maxlen=0),  # type: ignore[misc]
        )
        for period, address in sorted(listed.items(), key=lambda one: first_day(one[0]), reverse=True)
        if first_day(period) >= since
    ]


def rows(path: Path, *, where: str) -> Iterator[Line]:
    """(day settled, CUSIP, symbol, name, close of the day before in USD or NaN) of a zip; the trailer is none.

    Raises
    ------
    SourceFormatError
        No text with the needed columns, or more than one line in a hundred that cannot be read.
    """
    with open_zip(path, where=where) as packed:
        members = [name for name in packed.namelist() if not name.endswith("/")]
        if not members:
            raise SourceFormatError(f"{where}: the zip is empty")
        largest = max(members, key=lambda name: packed.getinfo(name).file_size)
        lines = read_member(packed, largest, where=where, max_bytes=LARGEST_TEXT_BYTES).decode("latin-1").splitlines()
    header = [cell.strip().lower() for cell in (lines[0] if lines else "").split("|")]
    lost = [name for name in NEEDED if name not in header]
    if lost:
        raise SourceFormatError(f"{where}: columns {lost} are gone; the header is {header}")
    places = [header.index(name) for name in NEEDED]
    name_at = header.index("description") if "description" in header else None
    good = bad = 0
    for line in lines[1:]:
        cells = line.split("|")
        if len(cells) == 1:
            continue  # the trailer, and empty lines
        if name_at is not None and len(cells) > len(header):  # a name with a stroke in it
            beyond = name_at + 1 + len(cells) - len(header)
            cells = [*cells[:name_at], "|".join(cells[name_at:beyond]), *cells[beyond:]]
        try:
            day, cusip, symbol, price = (cells[place].strip() for place in places)
            on = day_of(day)
            plain = price.replace(",", "")
            close = float(plain) if re.fullmatch(r"\d+\.?\d*|\.\d+", plain) else float("nan")
            name = "" if name_at is None else cells[name_at].strip()
        except (ValueError, IndexError):
            bad += 1
            continue
        good += 1
        yield on, cusip.upper(), symbol.upper(), name, close
    if bad > MOST_BAD_ROWS * (good + bad) or not good:
        raise SourceFormatError(f"{where}: {bad} of {good + bad} lines cannot be read")
