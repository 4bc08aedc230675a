"""Insider transactions data sets: what officers and directors held after each Form 3, 4 or 5.

A filing counts from its FILING_DATE, never from the transaction's date. Joint filers repeat the same shares in one
filing: an accession is counted once. A person's stake in a company is the sum, over (class of stock, direct or
through whom), of the last holding reported for it; only officers and directors count, ten-percent holders do not,
and a person silent for two years is taken to have left.

The sum is a floor of the proxy statement's number: shares a person never had to report again are in it only after
their first filing in these sets, options exercisable within 60 days are not.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from active_edge import filings as legs
from active_edge.errors import SourceFormatError
from active_edge.filings.zips import open_zip, read_member
from active_edge.sources.sec.insiders import recounted
from active_edge.sources.sec.quarter_pages import QuarterPage
from active_edge.sources.web.request import Request

LIST_URL = "https://www.sec.gov/data-research/sec-markets-data/insider-transactions-data-sets"
OLD_LISTS = ("https://www.sec.gov/dera/data/form-345",)
PAGE = QuarterPage(
    "form345_list/all",
    LIST_URL,
    OLD_LISTS,
    wanted=lambda address: re.search("345|insider", address, re.I) is not None,
    names="set YEARqN_form345.zip",
    freshness="weekly",
    expected_bytes=25_000,
)
URL = "https://www.sec.gov/files/structureddata/data/insider-transactions-data-sets/{year}q{quarter}_form345.zip"
OLD_FOLDER, NEW_FOLDER = "structureddata", "datastandardsinnovation"
"""Folders the sets have lain in; asked only where the list does not say where one lies."""
FIRST_QUARTER = (2006, 1)
NEEDED = {
    "SUBMISSION": ("ACCESSION_NUMBER", "FILING_DATE", "DOCUMENT_TYPE", "ISSUERCIK", "ISSUERTRADINGSYMBOL"),
    "REPORTINGOWNER": ("ACCESSION_NUMBER", "RPTOWNERCIK", "RPTOWNERNAME", "RPTOWNER_RELATIONSHIP"),
    "NONDERIV_TRANS": (
        "ACCESSION_NUMBER",
        "SECURITY_TITLE",
        "TRANS_DATE",
        "SHRS_OWND_FOLWNG_TRANS",
        "DIRECT_INDIRECT_OWNERSHIP",
        "NATURE_OF_OWNERSHIP",
    ),
    "NONDERIV_HOLDING": (
        "ACCESSION_NUMBER",
        "SECURITY_TITLE",
        "SHRS_OWND_FOLWNG_TRANS",
        "DIRECT_INDIRECT_OWNERSHIP",
        "NATURE_OF_OWNERSHIP",
    ),
}
MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
NO_SYMBOL = {"", "NONE", "N/A", "NA", "NULL", "NOT APPLICABLE", "-", "--"}
STALE_DAYS = 730
MOST_SHARES = 1e11
INSIDER_SOURCE = "form345:sum_of_last_holdings"


@dataclass(frozen=True)
class Submission:
    """One filing: issuer, day filed, form, the issuer's symbol as typed and cleaned (None where it names none)."""

    accession: str
    filed: dt.date
    form: str
    issuer: int
    symbol: str | None
    owners: tuple[int, ...] = ()
    insider: bool = False


@dataclass(frozen=True)
class Holding:
    """Shares held after a filing, by class and by whom they are held through."""

    accession: str
    line: tuple[str, str, str]
    shares: float


@dataclass
class InsiderSet:
    """What one quarterly set says."""

    submissions: dict[str, Submission] = field(default_factory=dict)
    holdings: list[Holding] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def list_request() -> Request:
    """The page that names every set and where it lies."""
    return PAGE.request()


def parse_list(body: bytes, *, where: str) -> dict[tuple[int, int], str]:
    """Address of every quarter's set on the page; see `QuarterPage.parse`."""
    return PAGE.parse(body, where=where)


def requests(quarters: Iterable[tuple[int, int]], listed: Mapping[tuple[int, int], str] | None = None) -> list[Request]:
    """One request a quarter, at the address the list gives; a quarter the list leaves out is not there yet.

    Parameters
    ----------
    listed : of `parse_list`; None where the list could not be had: then the known folders are asked in turn.
    """
    found = []
    for year, quarter in quarters:
        if (year, quarter) < FIRST_QUARTER or (listed is not None and (year, quarter) not in listed):
            continue
        built = URL.format(year=year, quarter=quarter)
        folders = (built, built.replace(OLD_FOLDER, NEW_FOLDER))
        address = folders[0] if listed is None else listed[year, quarter]
        found.append(
            Request(
                "sec",
                f"form345/{year}q{quarter}",
                address,
                "zip",
                max_bytes=256 << 20,
                expected_bytes=12_000_000,
                missing_is_answer=True,
                check_file=lambda path, where=f"form345/{year}q{quarter}": read_set(path, where=where),  # type: ignore[misc]
                others=tuple(url for url in folders if url != address),
            )
        )
    return found


def read_set(path: Path, *, where: str) -> InsiderSet:
    """Read one quarterly zip.

    Raises
    ------
    SourceFormatError
        A damaged zip, a missing table, changed columns.
    """
    with open_zip(path, where=where) as archive:
        return parse_tables({name: _member(archive, name, where=where) for name in NEEDED}, where=where)


def _member(archive: zipfile.ZipFile, table: str, *, where: str) -> bytes:
    names = {Path(name).name.upper(): name for name in archive.namelist()}
    return read_member(archive, names.get(f"{table}.TSV", f"{table}.tsv"), where=where)


def parse_tables(tables: dict[str, bytes], *, where: str) -> InsiderSet:
    """Read the four tables; a table may be absent (excerpts), then it is empty.

    Raises
    ------
    SourceFormatError
        A needed column is gone.
    """
    found = InsiderSet()
    for row in _rows(tables.get("SUBMISSION", b""), "SUBMISSION", where, found.refused):
        filed = parse_day(row["FILING_DATE"])
        issuer = row["ISSUERCIK"]
        if filed is None or not issuer.isdecimal() or len(issuer) > 10:
            found.refused["submission without issuer or filing date"] += 1
            continue
        accession = row["ACCESSION_NUMBER"]
        symbol = clean_symbol(row["ISSUERTRADINGSYMBOL"])
        found.submissions[accession] = Submission(accession, filed, row["DOCUMENT_TYPE"], int(issuer), symbol)
    _add_owners(found, _rows(tables.get("REPORTINGOWNER", b""), "REPORTINGOWNER", where, found.refused))
    # a transaction's "owned following" is overtaken by a later one's in the same filing: last date, last row wins
    latest: dict[tuple[str, tuple[str, str, str]], tuple[dt.date, float]] = {}
    for table in ("NONDERIV_HOLDING", "NONDERIV_TRANS"):
        for row in _rows(tables.get(table, b""), table, where, found.refused):
            shares = _shares(row["SHRS_OWND_FOLWNG_TRANS"])
            if shares is None:
                found.refused["holding without a number of shares"] += 1
                continue
            title = re.sub(r"\W+", " ", row["SECURITY_TITLE"]).strip().lower()
            nature = re.sub(r"\W+", " ", row["NATURE_OF_OWNERSHIP"]).strip().lower()
            line = (title, row["DIRECT_INDIRECT_OWNERSHIP"].strip().upper(), nature)
            key = (row["ACCESSION_NUMBER"], line)
            traded = parse_day(row.get("TRANS_DATE", "")) or dt.date.min
            if key not in latest or traded >= latest[key][0]:
                latest[key] = (traded, shares)
    found.holdings = [Holding(accession, line, shares) for (accession, line), (_, shares) in latest.items()]
    return found


def _rows(body: bytes, table: str, where: str, refused: Counter[str]) -> Iterable[dict[str, str]]:
    """Rows as dicts; quoting is off: a quotation mark in a title is a character."""
    if not body:
        return
    lines = body.decode("utf-8", "replace").split("\n")
    header = lines[0].rstrip("\r").lstrip("\ufeff").split("\t")
    lost = [name for name in NEEDED[table] if name not in header]
    if lost:
        raise SourceFormatError(f"{where}!{table}.tsv:1: columns {lost} are gone; the header is {header[:14]}")
    for line in lines[1:]:
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) != len(header):
            refused[f"{table} row of another width"] += 1
            continue
        yield dict(zip(header, cells, strict=True))


def _add_owners(found: InsiderSet, owners: Iterable[dict[str, str]]) -> None:
    by_filing: dict[str, list[tuple[int, bool]]] = {}
    for row in owners:
        relationship = row["RPTOWNER_RELATIONSHIP"].lower()
        insider = "director" in relationship or "officer" in relationship
        if row["RPTOWNERCIK"].isdecimal() and len(row["RPTOWNERCIK"]) <= 10:
            by_filing.setdefault(row["ACCESSION_NUMBER"], []).append((int(row["RPTOWNERCIK"]), insider))
    for accession, people in by_filing.items():
        held = found.submissions.get(accession)
        if held is not None:
            insider = any(is_insider for _, is_insider in people)
            ciks = tuple(sorted(cik for cik, is_insider in people if is_insider or not insider))
            found.submissions[accession] = Submission(
                accession, held.filed, held.form, held.issuer, held.symbol, ciks, insider
            )


def parse_day(text: str) -> dt.date | None:
    """DD-MON-YYYY (or YYYY-MM-DD) as a date; None where it is none."""
    parts = text.strip().upper().split("-")
    try:
        if len(parts) == 3 and parts[1] in MONTHS:
            return dt.date(int(parts[2]), MONTHS[parts[1]], int(parts[0]))
        return dt.date.fromisoformat(text.strip()[:10]) if len(parts) == 3 else None
    except (ValueError, OverflowError):
        return None


def parse_flag(text: str) -> bool | None:
    """Booleans come as 0/1 and as false/true; None where blank."""
    return {"0": False, "false": False, "1": True, "true": True}.get(text.strip().lower())


def clean_symbol(text: str) -> str | None:
    """`(CALX)`, `nyse: abc`, `ABC, ABC.A` → one symbol; None for NONE, blanks and what is no symbol."""
    symbol = text.strip().upper().strip("()[]\"' ")
    if symbol in NO_SYMBOL:
        return None
    symbol = symbol.rpartition(":")[2].strip()
    symbol = re.split(r"[,;/ ]", symbol)[0].strip("()\"'")
    return symbol if re.fullmatch(r"[A-Z]{1,5}(?:[.\-][A-Z]{1,2})?", symbol) and symbol not in NO_SYMBOL else None


def _shares(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < MOST_SHARES else None


def holdings(path: Path, *, where: str) -> tuple[legs.Holding, ...]:
    """Lines of one quarterly zip as the roll-forward takes them.

    Raises
    ------
    SourceFormatError
        As `read_set`.
    """
    with open_zip(path, where=where) as archive:
        tables = {name: _member(archive, name, where=where) for name in NEEDED}
    rows = {name: list(_rows(body, name, where, Counter())) for name, body in tables.items()}
    lines = [*rows["NONDERIV_TRANS"], *rows["NONDERIV_HOLDING"]]
    submissions = [{"PERIOD_OF_REPORT": "", **row} for row in rows["SUBMISSION"]]
    return legs.dataset_holdings(submissions, rows["REPORTINGOWNER"], lines)


Event = tuple[int, dt.date, str, int, str, float]
"""(issuer, filed, accession, person, class of stock and through whom, shares held after the filing)."""


def events(quarter: InsiderSet) -> list[Event]:
    """Holdings of stock by officers and directors; joint filers hold the same shares, which are put to one of them."""
    found = []
    for holding in quarter.holdings:
        filing = quarter.submissions.get(holding.accession)
        if filing is not None and filing.insider and filing.owners and _is_stock(holding.line[0]):
            line = "|".join(holding.line)
            found.append((filing.issuer, filing.filed, filing.accession, filing.owners[0], line, holding.shares))
    return sorted(found)


def stakes(ordered: Iterable[Event]) -> Iterator[tuple[int, dt.date, float, str]]:
    """(issuer, day, shares held by officers and directors, accession) after each issuer's last filing of a month.

    Parameters
    ----------
    ordered : events sorted by issuer, day, accession.

    Timing: a row uses filings filed on or before its day.
    """
    people: dict[int, tuple[dt.date, dict[str, float]]] = {}
    for issuer, issuer_events in groupby(ordered, key=lambda event: event[0]):
        people.clear()
        for _, month in groupby(issuer_events, key=lambda event: (event[1].year, event[1].month)):
            last = None
            for last in month:
                _, filed, _, person, line, shares = last
                held = people.get(person, (filed, {}))[1]
                held[line] = shares
                people[person] = (filed, held)
            if last is not None:
                alive = [lines for day, lines in people.values() if (last[1] - day).days <= STALE_DAYS]
                yield issuer, last[1], sum(sum(lines.values()) for lines in alive), last[2]


def _is_stock(title: str) -> bool:
    """Common stock of any class; restricted units, options and preferred stock are not."""
    return not re.search(r"\b(option|warrant|unit|rsu|preferred|note|phantom|right)s?\b", title)


def rows(
    stake_rows: Iterable[tuple[int, dt.date, float, str]], shares: dict[int, list[tuple[str, float]]]
) -> list[tuple[Any, ...]]:
    """Insider ownership as rows of `parts.COLUMNS`, low confidence.

    Parameters
    ----------
    shares : issuer → (filed ISO date, shares outstanding), sorted; the last count filed by the day is the denominator.
        An issuer with none gets no row, nor does a sum above the count (affiliates repeat each other's shares), nor
        one whose shares were split within the two years holdings are remembered: they are in other shares.
    """
    found: list[tuple[Any, ...]] = []
    for issuer, day, held, accession in stake_rows:
        text, remembered = day.isoformat(), (day - dt.timedelta(days=STALE_DAYS)).isoformat()
        known = [(filed, count) for filed, count in shares.get(issuer, ()) if filed <= text]
        if not known or any(recounted(count, known[-1][1]) for filed, count in known if filed >= remembered):
            continue
        count = known[-1][1]
        if count > 0 and held <= count:
            share = held / count
            found.append(
                (issuer, "insider_ownership", 0, text, share, text, "4", accession, INSIDER_SOURCE, "low")
            )  # fmt: skip
    return found
