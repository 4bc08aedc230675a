"""SEC companyfacts: every undimensioned number a company ever tagged, with the day each version was filed.

The bulk zip (about 18,000 companies, 18 GB of JSON) is read member by member in several processes; one company is
in memory at a time. `frame` (chosen with hindsight) and `fy`/`fp` (the filing's, not the period's) are never read.

Versions: per (item, months, period_end) the filings are walked in the order they were filed; a number that repeats
the version before it is dropped, so that each row carries the earliest day its value was public. A value that comes
back after a restatement is a version again. A later filing that gives only a fallback for a period does not replace
a better reading of it.
"""

from __future__ import annotations

import datetime as dt
import gc
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from active_edge.errors import SourceFormatError
from active_edge.filings.zips import open_zip, read_member
from active_edge.sources.sec.concepts import (
    CONCEPTS,
    DEBT_TAG,
    DERIVATIONS,
    confidence_of,
    is_instant,
    is_turned,
    months_of,
    tag_index,
)
from active_edge.sources.sec.debt_lines import derive_debt
from active_edge.sources.sec.parts import write_part
from active_edge.sources.sec.scale import refuse_scale_errors
from active_edge.sources.web.request import Request

BULK_URL = "https://www.sec.gov/Archives/edgar/daily-index/xbrl/companyfacts.zip"
COMPANY_URL = "https://data.sec.gov/api/xbrl/companyfacts/CIK{cik:010d}.json"
MEMBER = re.compile(r"CIK(\d{10})\.json")
LARGEST_COMPANY_BYTES = 256 << 20
ROWS_A_PART = 400_000
LARGEST_VALUE = 1e15
NO_PERIOD = "duration that is no quarter, half, nine months or year"
WRONG_KIND = "duration where a balance is due, or the other way round"
TAXONOMIES = ("us-gaap", "dei")
TRUST = {"low": 1, "medium": 2, "high": 3}


@dataclass
class CompanyFacts:
    """Facts of one company, as rows of `COLUMNS`, and what was left out, counted by reason."""

    cik: int
    name: str
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Extracted:
    """What a bulk extraction wrote: Parquet parts, companies and rows, reasons for what was left out, bytes of JSON."""

    parts: tuple[Path, ...]
    companies: int
    rows: int
    refused: Counter[str]
    unreadable: tuple[str, ...]
    json_bytes: int


def bulk_request() -> Request:
    """All companies in one zip, rebuilt by the SEC every night."""
    return Request(
        "sec",
        "companyfacts/bulk",
        BULK_URL,
        "zip",
        freshness="monthly",
        max_bytes=6 << 30,
        expected_bytes=1_350_000_000,
        check_file=lambda path: check_first(path, where="companyfacts/bulk"),
    )


def check_first(bulk: Path, *, where: str) -> None:
    """Pass when a zip holds companies and the smallest of them can be read.

    Raises
    ------
    SourceFormatError
        It does not, or it cannot.
    """
    with open_zip(bulk, where=where) as archive:
        members = [m for m in archive.infolist() if member_cik(m.filename) is not None and m.file_size > 2]
        if not members:
            raise SourceFormatError(f"{where}: no member is named CIK##########.json")
        smallest = min(members, key=lambda m: m.file_size).filename
        parse(read_member(archive, smallest, where=where, max_bytes=LARGEST_COMPANY_BYTES), where=f"{where}!{smallest}")


def company_request(cik: int) -> Request:
    """One company; for those that filed since the bulk zip was made, and for pulls of a few symbols."""
    return Request(
        "sec",
        f"companyfacts/company/{cik:010d}",
        COMPANY_URL.format(cik=cik),
        "json",
        freshness="daily",
        max_bytes=LARGEST_COMPANY_BYTES,
        expected_bytes=900_000,
        missing_is_answer=True,
        check=lambda body: parse(body, where=f"companyfacts/{cik}"),
    )


def parse(body: bytes, *, where: str, thorough: bool = True) -> CompanyFacts:
    """Facts of one company's JSON.

    Parameters
    ----------
    thorough : read the whole document. False reads only the tags that are wanted, for bodies whose checksum has been
        proven already (a zip's); both give the same rows.

    Raises
    ------
    SourceFormatError
        Not JSON, or not in the shape {cik, entityName, facts: {taxonomy: {tag: {units: {unit: [fact]}}}}}.
    """
    try:
        cik, name, tags = _whole(body) if thorough else _wanted(body) or _whole(body)
        company = CompanyFacts(cik, name)
        reported, debt_filings = _collect(tags, company.refused)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise SourceFormatError(f"{where}: not a companyfacts body ({type(error).__name__}: {error})") from error
    if not 0 < cik < 10**10:
        raise SourceFormatError(f"{where}: cik {cik} is out of range")
    _derive(reported, debt_filings)
    refuse_scale_errors(reported, company.refused)
    company.rows = _versions(cik, reported, company.refused)
    return company


Units = dict[str, list[dict[str, Any]]]


def _whole(body: bytes) -> tuple[int, str, Iterable[tuple[str, Units]]]:
    document = orjson.loads(body)
    facts = document["facts"]
    tags = [
        (tag, content["units"])
        for taxonomy in TAXONOMIES
        if taxonomy in facts
        for tag, content in facts[taxonomy].items()
        if _is_wanted(tag)
    ]
    return int(document["cik"]), str(document.get("entityName") or ""), tags


def _wanted(body: bytes) -> tuple[int, str, Iterable[tuple[str, Units]]] | None:
    """Parse only the wanted tags out of a document without spaces between its tokens; None for any other.

    Quotation marks inside JSON strings are escaped, so `"Name":{"label":` can only be the beginning of a tag; its
    units end at the last `]}}` before the next tag.
    """
    head = DOCUMENT_HEAD.match(body)
    colon = body.find(TAG_MARK, head.end()) if head else -1
    if head is None or colon < 0:
        return None
    tags: list[tuple[str, Units]] = []
    taxonomy = b""
    while colon >= 0:
        following = body.find(TAG_MARK, colon + len(TAG_MARK))
        name = body.rfind(b'"', 0, colon) + 1
        if body[name - 2 : name - 1] == b"{":
            taxonomy = body[body.rfind(b'"', 0, name - 4) + 1 : name - 4]
        tag = body[name:colon].decode("ascii")
        if taxonomy in BYTE_TAXONOMIES and _is_wanted(tag):
            end = following if following >= 0 else len(body)
            start = body.index(b'"units":', colon, end) + 8
            tags.append((tag, orjson.loads(body[start : body.rindex(b"]}}", start, end) + 2])))
        colon = following
    return int(head.group(1)), str(orjson.loads(head.group(2))), tags


DOCUMENT_HEAD = re.compile(rb'\{"cik":"?(\d{1,10})"?,"entityName":("(?:[^"\\]|\\.)*"),"facts":\{')
TAG_MARK = b'":{"label":'
BYTE_TAXONOMIES = tuple(name.encode() for name in TAXONOMIES)


@lru_cache(maxsize=1 << 15)
def _is_wanted(tag: str) -> bool:
    return tag in _index() or DEBT_TAG.match(tag) is not None


Reported = dict[str, dict[tuple[str, int, str], tuple[int, float, str, str, str]]]
"""item → (accession, months, end) → (precedence, value, filed, form, source tag); precedence −1 is derived."""


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[tuple[str, int, str], ...]]:
    return tag_index()


def _collect(tags: Iterable[tuple[str, Units]], refused: Counter[str]) -> tuple[Reported, set[str]]:
    """Numbers of the wanted tags by item and filing, best tag first, and the filings that say anything of debt."""
    index, reported, debt_filings = _index(), Reported(), set()
    dollars, others = set[str](), set[str]()
    for tag, units in tags:
        if tag == "Assets":
            for unit, facts in units.items():
                (dollars if unit == "USD" else others).update(fact["accn"] for fact in facts)
        about_debt = DEBT_TAG.match(tag) is not None
        for unit, facts in units.items():
            if about_debt:
                debt_filings.update([fact["accn"] for fact in facts])
            for name, rank, wanted in index.get(tag, ()):
                if unit == wanted:
                    _take(reported.setdefault(name, {}), facts, name, rank, tag, refused)
    _refuse_other_currencies(reported, others - dollars, everything=bool(others) and not dollars, refused=refused)
    return reported, debt_filings


def _refuse_other_currencies(reported: Reported, filings: set[str], *, everything: bool, refused: Counter[str]) -> None:
    """Drop amounts in dollars of filings whose assets are in another currency: a note may convert a single number."""
    for name, numbers in reported.items():
        if name in CONCEPTS and CONCEPTS[name].unit == "shares":
            continue
        wrong = [key for key in numbers if everything or key[0] in filings]
        for key in wrong:
            del numbers[key]
        if wrong and not name.startswith("~"):
            refused["dollars of a filer in another currency"] += len(wrong)


def _take(
    into: dict[tuple[str, int, str], tuple[int, float, str, str, str]],
    facts: list[dict[str, Any]],
    name: str,
    rank: int,
    tag: str,
    refused: Counter[str],
) -> None:
    instant, turned = is_instant(name), is_turned(name, tag)
    for fact in facts:
        end, filed, value = fact["end"], fact["filed"], fact["val"]
        months = _months(fact["start"], end) if "start" in fact else 0
        if months is None or bool(months) is instant:
            refused[NO_PERIOD if months is None else WRONG_KIND] += 1
            continue
        if end > filed:
            refused["filed before period end"] += 1
            continue
        if not -LARGEST_VALUE < value < LARGEST_VALUE:
            refused["absurd value"] += 1
            continue
        if turned and value > 0:
            refused["income left after interest expense"] += 1
            continue
        value = -value if turned else value
        key = (fact["accn"], months, end)
        held = into.get(key)
        if not isinstance(fact["accn"], str) or not isinstance(fact["form"], str):
            raise TypeError(f"accn {fact['accn']!r} or form {fact['form']!r} is no text")
        if held is None or rank < held[0]:
            into[key] = (rank, float(value), filed, fact["form"], tag)


@lru_cache(maxsize=1 << 16)
def _months(start: str, end: str) -> int | None:
    days = dt.date.fromisoformat(end).toordinal() - dt.date.fromisoformat(start).toordinal() + 1
    return months_of(days)


def _derive(reported: Reported, debt_filings: set[str]) -> None:
    """Fill derived items where a filing reports their parts and not the item itself."""
    for rule in DERIVATIONS:
        first = reported.get(rule.required[0])
        if first is None:
            continue
        target = reported.setdefault(rule.item, {})
        for key, (_, _, filed, form, _) in first.items():
            if key in target or any(key not in reported.get(part, {}) for part in rule.required):
                continue
            value = sum(sign * reported[part][key][1] for sign, part in rule.parts if key in reported.get(part, {}))
            target[key] = (-1, value, filed, form, f"{rule.source}|{rule.confidence}")
    derive_debt(reported, debt_filings)


def _versions(cik: int, reported: Reported, refused: Counter[str]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for item in CONCEPTS:
        numbers = reported.get(item)
        if not numbers:
            continue
        walked = sorted((months, end, held[2], key_accn, held) for (key_accn, months, end), held in numbers.items())
        before: tuple[int, str] | None = None
        last, trusted = math.nan, 0
        for months, end, filed, accession, (rank, value, _, form, tag) in walked:
            period = (months, end)
            if rank < 0:
                source, confidence = tag.split("|")
            else:
                source, confidence = f"companyfacts:{tag}", confidence_of(item, rank)
            if period == before and value == last:
                refused["repeats the version before"] += 1
                continue
            if period == before and TRUST[confidence] < trusted:
                refused["weaker reading of a number already known"] += 1
                continue
            before, last, trusted = period, value, TRUST[confidence]
            rows.append((cik, item, months, end, value, filed, form, accession, source, confidence))
    return rows


def extract(bulk: Path, into: Path, *, where: str, ciks: frozenset[int] | None = None, workers: int = 2) -> Extracted:
    """Read a bulk zip in `workers` processes and write Parquet parts of `COLUMNS` into a folder.

    Parameters
    ----------
    ciks : companies wanted; None takes all.

    Raises
    ------
    SourceFormatError
        The zip is damaged or a bomb. A single unreadable member is named in the result instead.
    """
    into.mkdir(parents=True, exist_ok=True)
    with open_zip(bulk, where=where) as archive:
        wanted = [m for m in archive.infolist() if (cik := member_cik(m.filename)) and (ciks is None or cik in ciks)]
    wanted.sort(key=lambda m: -m.file_size)
    shares = [[m.filename for m in wanted[i::workers]] for i in range(workers)]
    if workers == 1 or len(wanted) < 2 * workers:
        return _merged([_extract_share(bulk, into, where, 0, [m.filename for m in wanted])])
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_extract_share, bulk, into, where, i, share) for i, share in enumerate(shares)]
        return _merged([job.result() for job in jobs])


def member_cik(name: str) -> int | None:
    """CIK in a member's name, None for anything else in the zip."""
    found = MEMBER.fullmatch(Path(name).name)
    return int(found.group(1)) if found else None


def _merged(results: Sequence[Extracted]) -> Extracted:
    return Extracted(
        tuple(part for r in results for part in r.parts),
        sum(r.companies for r in results),
        sum(r.rows for r in results),
        sum((r.refused for r in results), Counter()),
        tuple(sorted(name for r in results for name in r.unreadable)),
        sum(r.json_bytes for r in results),
    )


def _extract_share(bulk: Path, into: Path, where: str, worker: int, names: list[str]) -> Extracted:
    # millions of short-lived dicts without one cycle: the collector would only walk them again and again
    gc.disable()
    try:
        return _read_share(bulk, into, where, worker, names)
    finally:
        gc.enable()


def _read_share(bulk: Path, into: Path, where: str, worker: int, names: list[str]) -> Extracted:
    parts: list[Path] = []
    buffer: list[tuple[Any, ...]] = []
    refused: Counter[str] = Counter()
    unreadable: list[str] = []
    rows = companies = size = 0
    with zipfile.ZipFile(bulk) as archive:
        for name in names:
            try:
                body = read_member(archive, name, where=where, max_bytes=LARGEST_COMPANY_BYTES)
                company = parse(body, where=f"{where}!{name}", thorough=False)
            except SourceFormatError as error:
                unreadable.append(str(error))
                continue
            size += len(body)
            companies += 1
            rows += len(company.rows)
            refused.update(company.refused)
            buffer.extend(company.rows)
            if len(buffer) >= ROWS_A_PART:
                parts.append(write_part(buffer, into / f"part-{worker}-{len(parts):04d}.parquet"))
                buffer.clear()
    if buffer:
        parts.append(write_part(buffer, into / f"part-{worker}-{len(parts):04d}.parquet"))
    return Extracted(tuple(parts), companies, rows, refused, tuple(unreadable), size)
