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
from active_edge.market.sources.concepts import (
    CONCEPTS,
    DEBT_TAG,
    DERIVATIONS,
    NO_DEBT_SOURCE,
    confidence_of,
    is_instant,
    months_of,
    tag_index,
)
from active_edge.market.sources.request import Request
from active_edge.market.sources.scale import refuse_scale_errors
from active_edge.market.sources.zips import open_zip, read_member

BULK_URL = "https://www.sec.gov/Archives/edgar/daily-index/xbrl/companyfacts.zip"
COMPANY_URL = "https://data.sec.gov/api/xbrl/companyfacts/CIK{cik:010d}.json"
MEMBER = re.compile(r"CIK(\d{10})\.json")
LARGEST_COMPANY_BYTES = 256 << 20
ROWS_A_PART = 400_000
TAXONOMIES = ("us-gaap", "dei")
TRUST = {"low": 1, "medium": 2, "high": 3}
COLUMNS = ("cik", "item", "months", "period_end", "value", "filed", "form", "accession", "source", "confidence")


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
    )


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


def parse(body: bytes, *, where: str) -> CompanyFacts:
    """Facts of one company's JSON.

    Raises
    ------
    SourceFormatError
        Not JSON, or not in the shape {cik, entityName, facts: {taxonomy: {tag: {units: {unit: [fact]}}}}}.
    """
    try:
        document = orjson.loads(body)
        cik = int(document["cik"])
        facts = document["facts"]
        company = CompanyFacts(cik, str(document.get("entityName") or ""))
        taxonomies = [facts[name] for name in TAXONOMIES if name in facts]
        reported, debt_filings = _collect(taxonomies, company.refused)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise SourceFormatError(f"{where}: not a companyfacts body ({type(error).__name__}: {error})") from error
    if not 0 < cik < 10**10:
        raise SourceFormatError(f"{where}: cik {cik} is out of range")
    _derive(reported, debt_filings)
    refuse_scale_errors(reported, company.refused)
    company.rows = _versions(cik, reported, company.refused)
    return company


Reported = dict[str, dict[tuple[str, int, str], tuple[int, float, str, str, str]]]
"""item → (accession, months, end) → (precedence, value, filed, form, source tag); precedence −1 is derived."""


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[tuple[str, int, str], ...]]:
    return tag_index()


@lru_cache(maxsize=1 << 16)
def _ordinal(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def _collect(taxonomies: Iterable[dict[str, Any]], refused: Counter[str]) -> tuple[Reported, set[str]]:
    """Numbers of the wanted tags by item and filing, best tag first, and the filings that say anything of debt."""
    index, reported, debt_filings = _index(), Reported(), set()
    for taxonomy in taxonomies:
        for tag, content in taxonomy.items():
            uses = index.get(tag)
            about_debt = DEBT_TAG.match(tag) is not None
            if uses is None and not about_debt:
                continue
            for unit, facts in content["units"].items():
                if about_debt:
                    debt_filings.update([fact["accn"] for fact in facts])
                for name, rank, wanted in uses or ():
                    if unit == wanted:
                        _take(reported.setdefault(name, {}), facts, name, rank, tag, refused)
    return reported, debt_filings


def _take(
    into: dict[tuple[str, int, str], tuple[int, float, str, str, str]],
    facts: list[dict[str, Any]],
    name: str,
    rank: int,
    tag: str,
    refused: Counter[str],
) -> None:
    instant, months = is_instant(name), 0
    for fact in facts:
        start, end, filed = fact.get("start"), fact["end"], fact["filed"]
        if instant != (start is None):
            refused["duration where a balance is due, or the other way round"] += 1
            continue
        if start is not None:
            found = months_of(_ordinal(end) - _ordinal(start) + 1)
            if found is None:
                refused["duration that is no quarter, half, nine months or year"] += 1
                continue
            months = found
        if end > filed:
            refused["filed before period end"] += 1
            continue
        value = float(fact["val"])
        if not math.isfinite(value) or abs(value) > 1e15:
            refused["absurd value"] += 1
            continue
        key = (fact["accn"], months, end)
        held = into.get(key)
        if held is None or rank < held[0]:
            into[key] = (rank, value, filed, fact["form"], tag)


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
    debts = reported.setdefault("total_debt", {})
    liabilities = reported.get("total_liabilities", {})
    for key, (_, _, filed, form, _) in reported.get("total_assets", {}).items():
        if key not in debts and key in liabilities and key[0] not in debt_filings:
            debts[key] = (-1, 0.0, filed, form, f"{NO_DEBT_SOURCE}|low")


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
    parts: list[Path] = []
    buffer: list[tuple[Any, ...]] = []
    refused: Counter[str] = Counter()
    unreadable: list[str] = []
    rows = companies = size = 0
    with zipfile.ZipFile(bulk) as archive:
        for name in names:
            try:
                body = read_member(archive, name, where=where, max_bytes=LARGEST_COMPANY_BYTES)
                company = parse(body, where=f"{where}!{name}")
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


def write_part(rows: Sequence[tuple[Any, ...]], file: Path) -> Path:
    """Write rows of `COLUMNS` as Parquet; dates stay text, DuckDB casts them where they are read."""
    import duckdb
    import pandas as pd

    frame = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")
        connection.register("rows", frame)
        connection.execute(f"COPY rows TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    return file
