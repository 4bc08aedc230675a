"""Everything the SEC's bodies in an archive say of companies: filings, index lines, and the facts table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pandas as pd

from active_edge.filings import Holding
from active_edge.market.connection import in_memory
from active_edge.market.database import literal
from active_edge.market.files import parquet
from active_edge.market.findings import Finding
from active_edge.progress import Progress
from active_edge.sources.sec import companyfacts, edgar_index, filings, form345, fsds, insiders
from active_edge.sources.sec.parts import PASSAGE_COLUMNS, write_part, write_passages
from active_edge.sources.web.archive import Archive, Entry
from active_edge.sources.web.derived import derived

FILING_COLUMNS = ("accession", "cik", "name", "sic", "form", "period", "filed", "ticker", "instance", "tells_all")
KEY = "asset, item, months, period_end, filed, accession"


@dataclass
class CompanyTables:
    """Filings of the data sets, lines of the form indexes, parts of facts and of passages, and what was left out."""

    filings: list[fsds.Filing] = field(default_factory=list)
    index: list[edgar_index.Filed] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)
    bulk: list[Path] = field(default_factory=list)
    quoted: list[Path] = field(default_factory=list)
    single: set[int] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def facts(self, connection: duckdb.DuckDBPyConnection, assets: Mapping[int, str]) -> duckdb.DuckDBPyRelation | None:
        """Relation of the facts table; None where there is not one fact.

        A key told twice (a leg read by two methods from one filing) keeps the more trusted reading.
        """
        blocks = []
        if self.bulk:
            blocks.append(f"SELECT * FROM {parquet(*self.bulk)} WHERE cik NOT IN (SELECT cik FROM single_companies)")
        if self.parts:
            blocks.append(f"SELECT * FROM {parquet(*self.parts)}")
        if not blocks or not assets:
            return None
        connection.register("single_companies", pd.DataFrame({"cik": sorted(self.single)}, dtype="int64"))
        pairs = pd.DataFrame(sorted(assets.items()), columns=["cik", "asset"])
        connection.register("asset_of_cik", pairs.assign(asset=pairs["asset"].astype(object)))
        trust = "CASE confidence WHEN 'high' THEN 0 WHEN 'medium' THEN 1 WHEN 'low' THEN 2 ELSE 3 END"
        return connection.sql(
            "SELECT a.asset, f.item, CAST(f.months AS BIGINT) AS months, CAST(f.period_end AS DATE) AS period_end, "
            "f.value, CAST(f.filed AS DATE) AS filed, f.form, f.accession, f.source, f.confidence "
            f"FROM ({' UNION ALL '.join(blocks)}) f JOIN asset_of_cik a USING (cik) "
            f"QUALIFY row_number() OVER (PARTITION BY {KEY} ORDER BY {trust}, source, value) = 1"
        )

    def passages(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation | None:
        """Relation of the words that values were read from, once `facts` was asked for; None where there are none."""
        if not self.quoted:
            return None
        columns = ", ".join(f"p.{name}" for name in PASSAGE_COLUMNS if name not in ("cik", "period_end", "filed"))
        return connection.sql(
            f"SELECT a.asset, {columns}, CAST(p.period_end AS DATE) AS period_end, CAST(p.filed AS DATE) AS filed "
            f"FROM {parquet(*self.quoted)} p JOIN asset_of_cik a USING (cik)"
        )


def read(
    archive: Archive,
    connection: duckdb.DuckDBPyConnection,
    into: Path,
    progress: Progress,
    *,
    workers: int,
) -> CompanyTables:
    """Read every SEC body; parsed forms are kept beside the archive."""
    into.mkdir(parents=True, exist_ok=True)
    found = CompanyTables()
    found.index.extend(index_lines(archive, progress))
    for folder in data_set_folders(archive, progress):
        found.filings.extend(data_set_filings(folder))
        found.parts.append(folder / "shares.parquet")
        found.quoted.append(folder / "quoted.parquet")
    _read_companyfacts(archive, found, into, progress, workers=workers)
    levels = _read_filings(archive, found, into, progress)
    _read_insiders(archive, connection, found, levels, into, progress)
    if found.refused:
        for reason, count in sorted(found.refused.items()):
            if reason not in ("repeats the version before", "weaker reading of a number already known") and count:
                remedy = "Left out; the filing itself has the context."
                found.findings.append(Finding("facts", reason, "refused", count, (), remedy))
    return found


WANTED_FORMS = frozenset({*edgar_index.REPORTS, *edgar_index.DELISTINGS, *filings.PROXIES})
INDEX_COLUMNS = {"form": "text", "company": "text", "cik": "int64", "filed": "date", "path": "text"}


def index_lines(archive: Archive, progress: Progress) -> Iterator[edgar_index.Filed]:
    """Lines of every archived form index that are reports, delistings or proxy statements."""
    entries = list(archive.bodies("form_index/"))
    for done, (key, entry) in enumerate(entries):
        progress("reading form indexes", done, len(entries))
        folder = derived(archive, "form_index", entry, partial(_make_index, archive, entry, key))
        columns = "form, company, cik, CAST(filed AS DATE), path"
        for row in _fetched(f"SELECT {columns} FROM {parquet(folder / 'lines.parquet')}"):
            yield edgar_index.Filed(*row)


def _make_index(archive: Archive, entry: Entry, key: str, folder: Path) -> None:
    lines = edgar_index.parse_form_index(archive.read(entry), where=key)
    kept = [
        (line.form, line.company, line.cik, line.filed, line.path)
        for line in lines
        if line.form.removesuffix("/A") in WANTED_FORMS
    ]
    _write_table(kept, INDEX_COLUMNS, folder / "lines.parquet")


def _fetched(query: str) -> list[tuple[Any, ...]]:
    with in_memory() as connection:
        return connection.execute(query).fetchall()


def data_set_folders(archive: Archive, progress: Progress) -> list[Path]:
    """Parsed forms of every archived data set."""
    entries = list(archive.bodies("fsds/"))
    folders = []
    for done, (key, entry) in enumerate(entries):
        progress("reading financial statement data sets", done, len(entries))
        folders.append(derived(archive, "fsds", entry, partial(_make_data_set, archive.location(entry), key)))
    return folders


def data_set_filings(folder: Path) -> list[fsds.Filing]:
    """Filings in a data set's parsed form."""
    columns = "accession, cik, name, sic, form, CAST(period AS DATE), CAST(filed AS DATE), ticker, instance, tells_all"
    return [fsds.Filing(*row) for row in _fetched(f"SELECT {columns} FROM {parquet(folder / 'filings.parquet')}")]


def _make_data_set(path: Path, where: str, folder: Path) -> None:
    quarter = fsds.read_quarter(path, where=where)
    _write(quarter.filings, FILING_COLUMNS, folder / "filings.parquet")
    rows = [*fsds.rows(quarter), *fsds.industry_rows(quarter)]
    write_part(rows, folder / "shares.parquet")
    write_passages(rows, folder / "quoted.parquet")


def _write(rows: list[Any], columns: tuple[str, ...], file: Path) -> None:
    frame = pd.DataFrame([[getattr(row, name) for name in columns] for row in rows], columns=list(columns))
    frame["sic"] = frame["sic"].astype("Int64")
    frame["cik"] = frame["cik"].astype("int64")
    for name in ("period", "filed"):
        frame[name] = pd.to_datetime(frame[name])
    for name in ("accession", "name", "form", "ticker", "instance"):
        frame[name] = frame[name].astype(object)
    kinds = {"cik": "int64", "sic": "int64", "period": "date", "filed": "date", "tells_all": "bool"}
    _copy(frame, {name: kinds.get(name, "text") for name in columns}, file)


def companyfacts_parts(archive: Archive, progress: Progress, *, workers: int) -> list[Path]:
    """Parquet parts of the facts in the bulk file; none where it was never had."""
    return [
        part for folder in _bulk_folders(archive, progress, workers) for part in sorted(folder.glob("part-*.parquet"))
    ]


def _bulk_folders(archive: Archive, progress: Progress, workers: int) -> Iterator[Path]:
    for key, entry in archive.bodies("companyfacts/bulk"):
        progress("reading companyfacts", 0, 1)
        make = partial(_make_companyfacts, archive.location(entry), key, workers)
        yield derived(archive, "companyfacts", entry, make)


def _read_companyfacts(archive: Archive, found: CompanyTables, into: Path, progress: Progress, *, workers: int) -> None:
    for folder in _bulk_folders(archive, progress, workers):
        found.bulk.extend(sorted(folder.glob("part-*.parquet")))
        found.refused.update(orjson.loads((folder / "refused.json").read_bytes()))
    rows: list[tuple[Any, ...]] = []
    made = first_seen(archive, "companyfacts/bulk")
    for key, entry in archive.bodies("companyfacts/company/"):
        if entry.time < made:
            continue  # the bulk file is newer and has all this
        company = companyfacts.parse(archive.read(entry), where=key)
        found.single.add(company.cik)
        found.refused.update(company.refused)
        rows.extend(company.rows)
    if rows:
        found.parts.append(write_part(rows, into / "single.parquet"))


def first_seen(archive: Archive, key: str) -> str:
    """Time the newest body of a key was first had; '' where there is none."""
    versions = [entry for entry in archive.versions(key) if entry.status == 200]
    return min((entry.time for entry in versions if entry.sha256 == versions[-1].sha256), default="")


def _make_companyfacts(path: Path, where: str, workers: int, folder: Path) -> None:
    result = companyfacts.extract(path, folder, where=where, workers=workers)
    counts = {**result.refused, "member that cannot be read": len(result.unreadable)}
    (folder / "refused.json").write_bytes(orjson.dumps(counts))


def _read_filings(
    archive: Archive, found: CompanyTables, into: Path, progress: Progress
) -> dict[int, list[insiders.Level]]:
    """Add what single filings say of the legs; returns the proxies' group shares by company."""
    entries = list(archive.bodies("filing/"))
    rows: list[tuple[Any, ...]] = []
    levels: dict[int, list[insiders.Level]] = {}
    for done, (key, entry) in enumerate(entries):
        if done % 50 == 0:
            progress("reading filings", done, len(entries))
        folder = derived(archive, "filing", entry, partial(_make_filing, archive, entry, key))
        said = orjson.loads((folder / "legs.json").read_bytes())
        found.refused["filing that cannot be read"] += bool(said["why"])
        rows.extend(tuple(row) for row in said["rows"])
    for cik, item, _, end, value, filed, form, *_ in rows:
        if item == "insider_ownership" and form in filings.PROXIES:
            levels.setdefault(cik, []).append(insiders.Level(end, filed, value))
    if rows:
        found.parts.append(write_part(rows, into / "legs.parquet"))
        found.quoted.append(write_passages(rows, into / "legs_quoted.parquet"))
    return {cik: sorted(known, key=lambda level: level.filed) for cik, known in levels.items()}


def _make_filing(archive: Archive, entry: Entry, key: str, folder: Path) -> None:
    rows, why = filings.read(archive.read(entry), key=key)
    (folder / "legs.json").write_bytes(orjson.dumps({"rows": rows, "why": why}))


def _read_insiders(
    archive: Archive,
    connection: duckdb.DuckDBPyConnection,
    found: CompanyTables,
    levels: Mapping[int, list[insiders.Level]],
    into: Path,
    progress: Progress,
) -> None:
    entries = list(archive.bodies("form345/"))
    folders = []
    for done, (key, entry) in enumerate(entries):
        progress("reading insider data sets", done, len(entries))
        folders.append(derived(archive, "form345", entry, partial(_make_insider_set, archive.location(entry), key)))
    counted = [*found.bulk, *found.parts]
    if not folders or not counted:
        return
    shares: dict[int, list[tuple[str, float]]] = {}
    query = (
        f"SELECT cik, CAST(filed AS VARCHAR), value FROM {parquet(*counted)} "
        "WHERE item = 'shares_outstanding' ORDER BY cik, filed, period_end"
    )
    for cik, filed, value in connection.execute(query).fetchall():
        shares.setdefault(cik, []).append((filed, value))
    events = _ordered(connection, [f / "events.parquet" for f in folders])
    rows = [row for row in form345.rows(form345.stakes(events), shares) if row[0] not in levels]
    ordered = _ordered(connection, [f / "holdings.parquet" for f in folders])
    for cik, lines in groupby(ordered, key=lambda row: int(row[0])):
        if cik in levels:
            held = [_holding(line) for line in lines]
            rows.extend(insiders.rolled(cik, levels[cik], held, shares, found.refused))
    if rows:
        found.parts.append(write_part(rows, into / "insiders.parquet"))
        found.quoted.append(write_passages(rows, into / "insiders_quoted.parquet"))


def _holding(line: tuple[Any, ...]) -> Holding:
    """Row of `HOLDING_COLUMNS` as the roll-forward takes it; names are not kept."""
    issuer, filed, owners, *said, form = line
    insider, ten_percent, security, direct, nature, change, shares, on = said
    return Holding(
        issuer=str(issuer),
        owners=tuple(owners.split("|")),
        names=(),
        insider=insider,
        ten_percent=ten_percent,
        security=security,
        direct=direct,
        nature=nature,
        change=change,
        shares=shares,
        on=on,
        filed=filed,
        form=form,
    )


EVENT_COLUMNS = {
    "issuer": "int64",
    "filed": "date",
    "accession": "text",
    "person": "int64",
    "line": "text",
    "shares": "float64",
}
HOLDING_COLUMNS = {
    "issuer": "int64", "filed": "text", "owners": "text", "insider": "bool", "ten_percent": "bool", "security": "text",
    "direct": "bool", "nature": "text", "change": "float64", "shares": "float64", "on_day": "text", "form": "text",
}  # fmt: skip


def _make_insider_set(path: Path, where: str, folder: Path) -> None:
    _write_table(form345.events(form345.read_set(path, where=where)), EVENT_COLUMNS, folder / "events.parquet")
    lines = [
        (
            int(h.issuer), h.filed, "|".join(h.owners), h.insider, h.ten_percent, h.security, h.direct, h.nature,
            h.change, h.shares, h.on, h.form,
        )
        for h in form345.holdings(path, where=where)
        if h.insider and h.common and h.filed is not None and h.issuer.isdecimal()
    ]  # fmt: skip
    _write_table(lines, HOLDING_COLUMNS, folder / "holdings.parquet")


def _write_table(rows: list[Any], columns: Mapping[str, str], file: Path) -> None:
    frame = pd.DataFrame(rows, columns=list(columns))
    for name, kind in columns.items():
        frame[name] = (
            pd.to_datetime(frame[name]) if kind == "date" else frame[name].astype(object if kind == "text" else kind)
        )
    _copy(frame, columns, file)


TYPES = {"int64": "BIGINT", "float64": "DOUBLE", "bool": "BOOLEAN", "text": "VARCHAR", "date": "DATE"}


def _copy(frame: pd.DataFrame, kinds: Mapping[str, str], file: Path) -> None:
    """Write a frame with these column types, also where it has no row: several files are read as one table."""
    typed = ", ".join(f"CAST({name} AS {TYPES[kind]}) AS {name}" for name, kind in kinds.items())
    with in_memory() as connection:
        connection.register("rows_to_store", frame)
        connection.execute(
            f"COPY (SELECT {typed} FROM rows_to_store) TO {literal(file)} (FORMAT parquet, COMPRESSION zstd)"
        )


def _ordered(connection: duckdb.DuckDBPyConnection, parts: list[Path]) -> Iterator[Any]:
    """Rows of several parts, sorted by all columns in turn, a few thousand in memory at a time."""
    cast = "* REPLACE (CAST(filed AS DATE) AS filed)" if parts[0].name == "events.parquet" else "*"
    result = connection.cursor().execute(f"SELECT {cast} FROM {parquet(*parts)} ORDER BY ALL")
    while rows := result.fetchmany(10_000):
        yield from rows
