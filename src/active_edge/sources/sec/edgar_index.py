"""EDGAR's own lists: who filed which form when (form.idx, master.idx, submissions JSON), and today's tickers.

Filing dates only: `acceptanceDateTime` ends in Z and is sometimes UTC, sometimes US Eastern.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from active_edge.errors import SourceFormatError
from active_edge.sources.sec.fsds import quarters
from active_edge.sources.web.refusals import refuse_html
from active_edge.sources.web.request import Request

FULL_URL = "https://www.sec.gov/Archives/edgar/full-index/{year}/QTR{quarter}/form.gz"
"""A tenth of form.idx, which is asked where there is no form.gz."""
DAILY_URL = "https://www.sec.gov/Archives/edgar/daily-index/{year}/QTR{quarter}/form.{day:%Y%m%d}.idx"
SUBMISSIONS_URL = "https://data.sec.gov/submissions/CIK{cik:010d}.json"
TICKERS_URL = "https://www.sec.gov/files/company_tickers_exchange.json"
EXCHANGES = {"Nasdaq": "NASDAQ", "NYSE": "NYSE", "OTC": "OTC", "CBOE": "BATS"}
REPORTS = ("10-K", "10-Q", "10-KT", "10-QT", "10-K405", "10-KSB", "10-QSB")
DELISTINGS = ("25", "25-NSE", "15-12B", "15-12G", "15-15D")
ACCESSION = re.compile(r"(\d{10}-\d{2}-\d{6})")


@dataclass(frozen=True)
class Filed:
    """One line of an index: form, company, filing date, path of the full text, accession number ('' unknown)."""

    form: str
    company: str
    cik: int
    filed: dt.date
    path: str

    @property
    def accession(self) -> str:
        found = ACCESSION.search(self.path)
        return found.group(1) if found else ""


@dataclass(frozen=True)
class Listed:
    """One row of today's tickers."""

    cik: int
    name: str
    ticker: str
    exchange: str | None


def index_requests(since: dt.date, today: dt.date) -> list[Request]:
    """Form indexes of the finished quarters since `since`, and the running one.

    The index of a quarter appears on its first business night; until then it is not there, which is no fault.
    """
    finished = quarters((since.year, (since.month + 2) // 3), today)
    running = (today.year, (today.month + 2) // 3)
    return [
        Request(
            "sec",
            f"form_index/{year}q{quarter}",
            FULL_URL.format(year=year, quarter=quarter),
            "text",
            freshness="once" if (year, quarter) != running else "daily",
            max_bytes=256 << 20,
            expected_bytes=5_500_000,
            missing_is_answer=(year, quarter) == running,
            not_before=None if (year, quarter) == running else _day_after(year, quarter),
            others=(FULL_URL.format(year=year, quarter=quarter).replace("form.gz", "form.idx"),),
            check=lambda body, where=f"form_index/{year}q{quarter}": deque(  # type: ignore[misc]
                parse_form_index(body, where=where), maxlen=0
            ),
        )
        for year, quarter in [*finished, running]
    ]


def _day_after(year: int, quarter: int) -> dt.date:
    """First day after a quarter; what was had before it is a part of the index."""
    return dt.date(year + quarter // 4, 3 * (quarter % 4) + 1, 1)


def tickers_request() -> Request:
    """Today's tickers; a company that left shows none."""
    return Request(
        "sec",
        "sec/company_tickers_exchange",
        TICKERS_URL,
        "json",
        freshness="daily",
        max_bytes=64 << 20,
        expected_bytes=470_000,
        check=lambda body: parse_tickers(body, where="company_tickers_exchange"),
    )


def submissions_request(cik: int, *, freshness: str = "weekly") -> Request:
    """A company's recent filings and its exchange and SIC."""
    return Request(
        "sec",
        f"submissions/{cik:010d}",
        SUBMISSIONS_URL.format(cik=cik),
        "json",
        freshness="daily" if freshness == "daily" else "weekly",
        expected_bytes=150_000,
        missing_is_answer=True,
        check=lambda body: parse_submissions(body, where=f"submissions/{cik}"),
    )


def parse_form_index(body: bytes, *, where: str) -> Iterator[Filed]:
    """Lines of form.idx, daily or quarterly; columns are found in the header, not counted.

    Raises
    ------
    SourceFormatError
        No header, or more than one line in a thousand whose date or CIK cannot be read.
    """
    refuse_html(where, body[:4096], promised="a form index")
    lines = body.decode("latin-1").split("\n")
    start = next((i for i, line in enumerate(lines) if line.startswith("Form Type") and "Date Filed" in line), None)
    if start is None:
        raise SourceFormatError(f"{where}: no line that begins with 'Form Type' and names 'Date Filed'")
    header = lines[start]
    columns = [header.index(name) for name in ("Company Name", "CIK", "Date Filed") if name in header]
    path_column = max(header.find("File Name"), header.find("Filename"))
    if len(columns) != 3 or path_column < 0:
        raise SourceFormatError(f"{where}:{start + 1}: the header is {header.strip()!r}")
    bad: list[SourceFormatError] = []
    good = 0
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line.strip() or line.startswith("---"):
            continue
        try:
            filed = _form_line(line, columns[0], where=f"{where}:{number}")
        except SourceFormatError as error:
            bad.append(error)
            continue
        good += 1
        yield filed
    if len(bad) > MOST_BAD_LINES * (good + len(bad)):
        raise bad[0]


MOST_BAD_LINES = 0.001
"""Share of lines that may be damaged; one in a thousand has a name with a line break in it."""
FORM_LINE_END = re.compile(r"\s(\d{1,10})\s+(\d{4}-?\d{2}-?\d{2})\s+(edgar/\S+)\s*$")


def _form_line(line: str, company_column: int, *, where: str) -> Filed:
    """The end of a line is regular even where a long company name pushes the columns."""
    end = FORM_LINE_END.search(line)
    filed = None if end is None else _date(end.group(2))
    if end is None or filed is None:
        raise SourceFormatError(f"{where}: {line.strip()[:100]!r} does not end in CIK, date and edgar/ path")
    form, company = line[:company_column].strip(), line[company_column : end.start()].strip()
    return Filed(form, company, int(end.group(1)), filed, end.group(3))


def parse_master_index(body: bytes, *, where: str) -> Iterator[Filed]:
    """Lines of master.idx, daily or quarterly.

    Raises
    ------
    SourceFormatError
        No header, or a line that has not five parts.
    """
    refuse_html(where, body[:4096], promised="a master index")
    lines = body.decode("latin-1").split("\n")
    start = next((i for i, line in enumerate(lines) if line.startswith("CIK|Company Name|Form Type|Date Filed|")), None)
    if start is None:
        raise SourceFormatError(f"{where}: no header 'CIK|Company Name|Form Type|Date Filed|...'")
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line.strip() or line.startswith("---"):
            continue
        cells = line.strip().split("|")
        filed = _date(cells[3]) if len(cells) == 5 else None
        if filed is None or not cells[0].isdecimal() or len(cells[0]) > 10:
            raise SourceFormatError(f"{where}:{number}: {line.strip()[:100]!r} is not CIK|company|form|date|path")
        yield Filed(cells[2], cells[1], int(cells[0]), filed, cells[4])


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text if "-" in text else f"{text[:4]}-{text[4:6]}-{text[6:8]}")
    except ValueError:
        return None


@dataclass(frozen=True)
class Submissions:
    """A company as its submissions JSON shows it today, with the recent filings (accession, form, filed, document)."""

    cik: int
    name: str
    sic: int | None
    tickers: tuple[str, ...]
    exchanges: tuple[str, ...]
    filings: tuple[tuple[str, str, dt.date, str], ...]
    older_pages: tuple[str, ...]


def parse_submissions(body: bytes, *, where: str) -> Submissions:
    """Read CIK##########.json, or an older page of it.

    Raises
    ------
    SourceFormatError
        Not that JSON, lists of unequal length, or a date that is none.
    """
    try:
        document = orjson.loads(body)
        page = "filings" not in document
        recent = document if page else document["filings"]["recent"]
        filings = _filings(recent)
        sic = "" if page else str(document.get("sic") or "")
        return Submissions(
            cik=0 if page else int(document["cik"]),
            name="" if page else str(document.get("name") or ""),
            sic=int(sic) if sic.isdecimal() and len(sic) <= 4 else None,
            tickers=() if page else tuple(str(t) for t in document.get("tickers") or ()),
            exchanges=() if page else tuple(str(e) for e in document.get("exchanges") or () if e),
            filings=filings,
            older_pages=() if page else tuple(str(f["name"]) for f in document["filings"].get("files") or ()),
        )
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise SourceFormatError(f"{where}: not a submissions body ({type(error).__name__}: {error})") from error


def _filings(recent: dict[str, Any]) -> tuple[tuple[str, str, dt.date, str], ...]:
    lists = [recent[name] for name in ("accessionNumber", "form", "filingDate", "primaryDocument")]
    return tuple(
        (str(accession), str(form), dt.date.fromisoformat(filed), str(document))
        for accession, form, filed, document in zip(*lists, strict=True)
    )


def parse_tickers(body: bytes, *, where: str) -> list[Listed]:
    """Read company_tickers_exchange.json, or company_tickers.json (then without exchanges).

    Raises
    ------
    SourceFormatError
        Neither of the two shapes.
    """
    try:
        document = orjson.loads(body)
        if "fields" in document:
            place = {name: document["fields"].index(name) for name in ("cik", "name", "ticker", "exchange")}
            raw = [[row[place[n]] for n in ("cik", "name", "ticker", "exchange")] for row in document["data"]]
        else:
            raw = [[row["cik_str"], row["title"], row["ticker"], None] for row in document.values()]
        return [Listed(int(c), str(n), str(t).upper(), EXCHANGES.get(e)) for c, n, t, e in raw]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise SourceFormatError(f"{where}: not a ticker list ({type(error).__name__}: {error})") from error
