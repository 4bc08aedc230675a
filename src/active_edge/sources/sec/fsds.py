"""Financial Statement Data Sets: who filed what when, tickers of the time, and revenue by geography.

A quarterly zip holds `sub.txt` (one row a filing) and `num.txt` (one row a number). `sub` carries the SIC code, the
filing date and the name of the instance document, whose prefix is nearly always the ticker the company had **then**:
the only free map from company to ticker that has no survivorship. `num` of the re-issued sets (since late 2024, back
to 2009) carries `segments`; older copies do not, and then say nothing about geography.

Dates in `num` are rounded to the nearest month end by the SEC.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from active_edge.errors import SourceFormatError
from active_edge.filings.zips import member_lines, open_zip, read_member
from active_edge.schema import SIC
from active_edge.sources.web.request import Request
from active_edge.words import number

URL = "https://www.sec.gov/files/dera/data/financial-statement-data-sets/{year}q{quarter}.zip"
FIRST_QUARTER = (2009, 2)
SUB_COLUMNS = ("adsh", "cik", "name", "sic", "form", "period", "filed", "accepted", "instance")
NUM_COLUMNS = ("adsh", "tag", "version", "ddate", "qtrs", "uom", "value")
REVENUE_TAGS = (
    "Revenues",
    "RevenueFromContractWithCustomerExcludingAssessedTax",
    "RevenueFromContractWithCustomerIncludingAssessedTax",
    "SalesRevenueNet",
    "RevenuesNetOfInterestExpense",
)
FOREIGN_WORD = re.compile(rb"Foreign|CurrencyTranslation|TranslationAdj")
HEDGE = re.compile(rb"ForeignExchangeContract|ForeignCurrencyContract|ForeignCurrencyOption|NonForeign")
ANNUAL_FORMS = ("10-K", "10-K/A", "10-KT", "10-KT/A", "10-K405")
INSTANCE_TICKER = re.compile(r"^(?!form)([A-Za-z]{1,5})[-_](?:\d{8}|\d{6}|x?10[kq])", re.IGNORECASE)
NO_FOREIGN_SHARE = 0.90
NO_FOREIGN_SAID = "No revenue by country and nothing foreign is tagged."
ROUNDING_SLACK = 1.005
LONGEST_LINE_CELLS = 64


@dataclass(frozen=True)
class Filing:
    """One row of `sub`: the ticker is the one in the instance's name, None where it holds none.

    `tells_all`: a US company that tags its notes in detail, so that the absence of a foreign tag says something.
    """

    accession: str
    cik: int
    name: str
    sic: int | None
    form: str
    period: dt.date | None
    filed: dt.date
    ticker: str | None
    instance: str = ""
    tells_all: bool = False


@dataclass(frozen=True)
class DomesticShare:
    """Revenue from the United States over consolidated revenue of the same filing, tag, date and duration."""

    accession: str
    cik: int
    form: str
    filed: dt.date
    period_end: dt.date
    months: int
    value: float
    source: str
    confidence: str
    passage: str


@dataclass
class Quarter:
    """What one quarterly zip says; `segments` is False for copies without that column."""

    filings: list[Filing] = field(default_factory=list)
    shares: list[DomesticShare] = field(default_factory=list)
    segments: bool = True
    refused: Counter[str] = field(default_factory=Counter)


def requests(since: dt.date, today: dt.date) -> list[Request]:
    """One request a quarter from the one `since` lies in to the last finished one."""
    return [
        Request(
            "sec",
            f"fsds/{year}q{quarter}",
            URL.format(year=year, quarter=quarter),
            "zip",
            max_bytes=1 << 30,
            expected_bytes=95_000_000 if year >= 2011 else 20_000_000,
            missing_is_answer=True,
            check_file=lambda path, where=f"fsds/{year}q{quarter}": check_columns(path, where=where),  # type: ignore[misc]
        )
        for year, quarter in quarters(max((since.year, (since.month + 2) // 3), FIRST_QUARTER), today)
    ]


def quarters(first: tuple[int, int], today: dt.date) -> list[tuple[int, int]]:
    """Finished quarters (year, 1..4) from `first` to before `today`."""
    year, quarter = first
    found = []
    while (year, quarter) < (today.year, (today.month + 2) // 3):
        found.append((year, quarter))
        year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)
    return found


def check_columns(path: Path, *, where: str) -> None:
    """Pass when both tables of a zip are there and have the columns that are read.

    Raises
    ------
    SourceFormatError
        They are not.
    """
    with open_zip(path, where=where) as archive:
        names = {Path(name).name: name for name in archive.namelist()}
        for table, needed in (("sub.txt", SUB_COLUMNS), ("num.txt", NUM_COLUMNS)):
            with closing(member_lines(archive, names.get(table, table), where=where, block_bytes=1 << 16)) as blocks:
                header = next(blocks, b"").partition(b"\n")[0].decode("utf-8", "replace")
            _places(header, needed, where=f"{where}!{table}")


def read_quarter(path: Path, *, where: str, geography: bool = True) -> Quarter:
    """Filings and domestic shares of one zip; `num.txt` is streamed.

    Raises
    ------
    SourceFormatError
        A damaged zip, a missing member, changed columns.
    """
    quarter = Quarter()
    with open_zip(path, where=where) as archive:
        names = {Path(name).name: name for name in archive.namelist()}
        sub = read_member(archive, names.get("sub.txt", "sub.txt"), where=where, max_bytes=256 << 20)
        parse_sub(sub, quarter, where=f"{where}!sub.txt")
        if geography:
            with closing(member_lines(archive, names.get("num.txt", "num.txt"), where=where)) as blocks:
                parse_num(blocks, quarter, where=f"{where}!num.txt")
    return quarter


def parse_sub(body: bytes, quarter: Quarter, *, where: str) -> None:
    """Add the filings of `sub.txt` to `quarter`.

    Raises
    ------
    SourceFormatError
        A needed column is gone.
    """
    lines = body.decode("utf-8", "replace").split("\n")
    place = _places(lines[0], SUB_COLUMNS, where=where)
    for line in lines[1:]:
        cells = line.rstrip("\r").split("\t")
        if len(cells) <= max(place.values()):
            quarter.refused["sub row too short"] += bool(line.strip())
            continue
        filed, cik = day(cells[place["filed"]]), cells[place["cik"]]
        if filed is None or not cik.isdecimal() or len(cik) > 10:
            quarter.refused["sub row without cik or filing date"] += 1
            continue
        sic = cells[place["sic"]]
        quarter.filings.append(
            Filing(
                accession=cells[place["adsh"]],
                cik=int(cik),
                name=cells[place["name"]],
                sic=int(sic) if sic.isdecimal() and len(sic) <= 4 else None,
                form=cells[place["form"]],
                period=day(cells[place["period"]]),
                filed=filed,
                ticker=ticker_of_instance(cells[place["instance"]]),
                instance=cells[place["instance"]].strip(),
                tells_all=_cell(cells, place, "countryba", "US") == "US" and _cell(cells, place, "detail", "0") == "1",
            )
        )


def _cell(cells: list[str], place: dict[str, int], name: str, absent: str) -> str:
    """Cell of an optional column; `absent` where this copy has no such column."""
    return cells[place[name]] if name in place and place[name] < len(cells) else absent


def ticker_of_instance(instance: str) -> str | None:
    """`crr-20171231.xml` → CRR; None where the name holds no ticker."""
    found = INSTANCE_TICKER.match(instance.strip())
    return found.group(1).upper() if found else None


def day(text: str) -> dt.date | None:
    """YYYYMMDD as a date; None where it is none."""
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8])) if len(text) == 8 else None
    except ValueError:
        return None


def parse_num(blocks: Iterator[bytes], quarter: Quarter, *, where: str) -> None:
    """Add the domestic shares of `num.txt` to `quarter`.

    Raises
    ------
    SourceFormatError
        A needed column is gone.
    """
    first = next(blocks, b"")
    header, _, rest = first.partition(b"\n")
    place = _places(header.decode("utf-8", "replace"), NUM_COLUMNS, where=where)
    quarter.segments = "segments" in place
    if not quarter.segments:
        return
    revenue = re.compile(rb"\t(?:" + "|".join(REVENUE_TAGS).encode() + rb")\t")
    totals: dict[tuple[str, str, str, str], float] = {}
    domestic: dict[tuple[str, str, str, str], float] = {}
    split: set[str] = set()
    foreign: set[str] = set()
    for block in _with_first(rest, blocks):
        foreign.update(_filings_with_foreign_tags(block))
        for found in revenue.finditer(block):
            line = block[block.rfind(b"\n", 0, found.start()) + 1 : _line_end(block, found.end())]
            _take_revenue(line.decode("utf-8", "replace"), place, totals, domestic, split, quarter.refused)
    _settle(quarter, totals, domestic, split, foreign)


def _with_first(rest: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    if rest:
        yield rest
    yield from blocks


def _line_end(block: bytes, start: int) -> int:
    end = block.find(b"\n", start)
    return len(block) if end < 0 else end


def _filings_with_foreign_tags(block: bytes) -> set[str]:
    """Filings whose rows in this block name a foreign tag in the second column."""
    found = set()
    for match in FOREIGN_WORD.finditer(block):
        start = block.rfind(b"\n", 0, match.start()) + 1
        cells = block[start : _line_end(block, match.end())].split(b"\t", 2)
        if len(cells) > 2 and FOREIGN_WORD.search(cells[1]) and not HEDGE.search(cells[1]):
            found.add(cells[0].decode("latin-1"))
    return found


def _take_revenue(
    line: str,
    place: dict[str, int],
    totals: dict[tuple[str, str, str, str], float],
    domestic: dict[tuple[str, str, str, str], float],
    split: set[str],
    refused: Counter[str],
) -> None:
    cells = line.rstrip("\r").split("\t")
    if not max(place.values()) < len(cells) <= LONGEST_LINE_CELLS:
        refused["num row too short"] += 1
        return
    if cells[place["uom"]] != "USD" or (cells[place["coreg"]] if "coreg" in place else ""):
        return
    try:
        value = float(cells[place["value"]])
    except ValueError:
        refused["num row without a value"] += bool(cells[place["value"]])
        return
    key = (cells[place["adsh"]], cells[place["tag"]], cells[place["ddate"]], cells[place["qtrs"]])
    axes = dict(part.partition("=")[::2] for part in cells[place["segments"]].split(";") if part)
    geography = axes.pop("Geographical", None)
    if geography is not None:
        split.add(key[0])
    if axes and set(axes) != {"ConsolidationItems"}:
        return
    if geography == "US":
        # the plain row stands; one beside a consolidation axis is taken where there is no plain one
        if not axes or key not in domestic:
            domestic[key] = value
    elif geography is None and not axes:
        totals[key] = value


def _settle(
    quarter: Quarter,
    totals: dict[tuple[str, str, str, str], float],
    domestic: dict[tuple[str, str, str, str], float],
    split: set[str],
    foreign: set[str],
) -> None:
    """Shares of the filing's own period: stated ones (high), and 0.90 where nothing foreign is tagged (medium)."""
    filings = {filing.accession: filing for filing in quarter.filings}
    stated: set[str] = set()
    for key in sorted(domestic):
        accession, tag, ddate, qtrs = key
        filing, end, total = filings.get(accession), day(ddate), totals.get(key)
        if filing is None or end is None or total is None or not qtrs.isdecimal() or not 1 <= int(qtrs) <= 4:
            quarter.refused["domestic revenue without its total"] += 1
            continue
        if filing.period is None or abs((end - filing.period).days) > 20 or end > filing.filed:
            continue  # a comparative: it was known from the earlier filing
        if total <= 0 or not 0 <= domestic[key] <= total * ROUNDING_SLACK:
            quarter.refused["domestic revenue that exceeds its total"] += 1
            continue
        stated.add(accession)
        share = min(1.0, domestic[key] / total)
        said = f"{tag} to {end}: Geographical=US {number(domestic[key], 0)} of {number(total, 0)}"
        quarter.shares.append(
            DomesticShare(
                accession, filing.cik, filing.form, filing.filed, end, 3 * int(qtrs), share, f"fsds:{tag}", "high", said
            )
        )
    for accession in sorted({key[0] for key in totals if key[3] == "4"}):
        filing = filings.get(accession)
        if (
            filing is None
            or filing.form not in ANNUAL_FORMS
            or not filing.tells_all
            or accession in stated | split | foreign
        ):
            continue
        if filing.period is None or filing.period > filing.filed:
            continue
        quarter.shares.append(
            DomesticShare(
                accession, filing.cik, filing.form, filing.filed, filing.period, 12, NO_FOREIGN_SHARE,
                "fsds:no_foreign_tag", "medium", NO_FOREIGN_SAID,
            )
        )  # fmt: skip


def _places(header: str, needed: tuple[str, ...], *, where: str) -> dict[str, int]:
    names = header.rstrip("\r\n").lstrip("\ufeff").split("\t")
    lost = [name for name in needed if name not in names]
    if lost:
        raise SourceFormatError(f"{where}:1: columns {lost} are gone; the header is {names[:12]}")
    return {name: i for i, name in enumerate(names)}


def rows(quarter: Quarter) -> list[tuple[Any, ...]]:
    """Domestic shares as rows of `parts.COLUMNS` and their passages: one per filing, the longest duration."""
    best: dict[tuple[str, dt.date], DomesticShare] = {}
    for share in quarter.shares:
        key = (share.accession, share.period_end)
        held = best.get(key)
        if held is None or (share.months, share.source) > (held.months, held.source):
            best[key] = share
    return [
        (
            s.cik, "domestic_revenue_share", 0, s.period_end.isoformat(), s.value, s.filed.isoformat(), s.form,
            s.accession, s.source, s.confidence, s.passage,
        )
        for _, s in sorted(best.items())
    ]  # fmt: skip


def industry_rows(quarter: Quarter) -> list[tuple[Any, ...]]:
    """The SIC code of each filing that has one, as rows of `parts.COLUMNS`: what the company was on that day."""
    return [
        (
            f.cik, SIC, 0, min(f.period or f.filed, f.filed).isoformat(), float(f.sic), f.filed.isoformat(), f.form,
            f.accession, "fsds", "high",
        )
        for f in sorted(quarter.filings, key=lambda filing: filing.accession)
        if f.sic is not None
    ]  # fmt: skip
