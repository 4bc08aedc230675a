"""Tables of a user, in files or in memory, checked, repaired and stored as a new snapshot, or refused whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from active_edge.errors import ImportRefused
from active_edge.market.database import connect, identifier
from active_edge.market.findings import Finding, Findings, ImportReport
from active_edge.market.intake.company_repairs import (
    check_assets,
    settle_facts,
    settle_members,
    settle_securities,
    settle_series,
)
from active_edge.market.intake.given import SUFFIXES, Given, GivenFile, Tables, find_tables
from active_edge.market.intake.price_repairs import (
    clear_impossible_values,
    judge_returns,
    keep_real_rows,
    note_thin_sessions,
    number_sessions,
    split_at_holes,
)
from active_edge.market.intake.reading import load_table
from active_edge.market.snapshot import store, writing_folder
from active_edge.progress import Progress, silent
from active_edge.schema import TABLES

_CLEAN = {
    "securities": "security_rows",
    "prices": "price_rows",
    "facts": "fact_rows",
    "series": "series_rows",
    "members": "member_rows",
}


def import_folder(
    source: str | Path | Tables,
    target: str | Path,
    *,
    progress: Progress = silent,
    created: str | None = None,
    simulated: bool = False,
) -> ImportReport:
    """Check, repair and store tables as a new current snapshot of the market folder `target`.

    Parameters
    ----------
    source
        Folder with ``securities`` and ``prices`` and any of ``facts``, ``series``, ``members``, each as ``.parquet`` or
        ``.csv``; or these by name: ``{"prices": frame, "securities": "names.csv"}``, each a path or a frame of pandas,
        polars, DuckDB or any library that streams Arrow. The same rows make the same snapshot whichever way they come.
    target
        Market folder; made if absent.
    progress
        Called with (what is being done, steps done, steps in all).
    created
        Time of the import in ISO form; now where None. Not part of the snapshot's id.
    simulated
        True where the folder was made by a simulation.

    Returns
    -------
    ImportReport
        Snapshot id, rows read and kept, and every finding; the same is stored in the snapshot's report.json. Every row
        read is either kept or in a finding of severity ``refused`` (facts told twice: ``repaired``).

    Raises
    ------
    ImportRefused
        The folder, a file, a column or a value cannot be taken; nothing was written and the snapshot in use stays.
    """
    files = find_tables(source)
    steps = len(files) + 3
    with writing_folder(Path(target)) as temporary, connect(spill_to=temporary / "import_spill") as connection:
        findings = Findings(connection)
        for done, file in enumerate(files):
            progress(f"reading {file.name}", done, steps)
            findings.found.extend(load_table(connection, file))
        if not isinstance(source, Mapping):
            findings.found.extend(_unknown_files(Path(source), files))
        _refuse_strangers(connection, files)
        progress("repairing prices", len(files), steps)
        _repair_prices(connection, findings)
        progress("repairing companies", len(files) + 1, steps)
        _repair_companies(connection, findings, files)
        progress("writing the snapshot", len(files) + 2, steps)
        names = [file.table.name for file in files]
        read = {name: _rows(connection, f"raw_{name}") for name in names}
        kept = {name: _rows(connection, _CLEAN[name]) for name in names}
        report = ImportReport("", read, kept, findings.found)
        snapshot = store(
            temporary,
            {name: _clean_relation(connection, name) for name in names if kept[name]},
            sources=_told_sources(source, files),
            simulated=simulated,
            created=created or datetime.now(UTC).isoformat(timespec="seconds"),
            report=_stored_report(report),
        )
        progress("done", steps, steps)
    return ImportReport(snapshot, read, kept, findings.found)


def _refuse_strangers(connection: duckdb.DuckDBPyConnection, files: list[Given]) -> None:
    """Refuse prices of assets that securities do not name."""
    strangers = check_assets(connection)
    if strangers:
        by_name = {file.table.name: file for file in files}
        raise ImportRefused(
            f"{by_name['prices'].where}: asset {strangers[0]!r} is not in {by_name['securities'].name} "
            f"(first ones: {', '.join(strangers)}); add a row for each asset"
        )


def _repair_prices(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    number_sessions(connection)
    keep_real_rows(connection, findings)
    clear_impossible_values(connection, findings)
    split_at_holes(connection, findings)
    judge_returns(connection, findings)
    note_thin_sessions(connection, findings)


def _repair_companies(connection: duckdb.DuckDBPyConnection, findings: Findings, files: list[Given]) -> None:
    by_name = {file.table.name: file for file in files}
    settle_securities(connection, findings)
    if "facts" in by_name:
        settle_facts(connection, findings, by_name["facts"])
    if "series" in by_name:
        settle_series(connection, findings)
    if "members" in by_name:
        settle_members(connection, findings)


def _unknown_files(folder: Path, files: list[Given]) -> list[Finding]:
    known = {file.name for file in files}
    surplus = sorted(p.name for p in folder.iterdir() if p.suffix in SUFFIXES and p.name not in known)
    if not surplus:
        return []
    remedy = f"Not read; tables are named {', '.join(TABLES)}."
    return [Finding("folder", "files that are no table of a market", "noted", len(surplus), tuple(surplus[:5]), remedy)]


def _told_sources(source: str | Path | Tables, files: list[Given]) -> list[str]:
    """Where the rows came from, for people: the folder, or each file and frame."""
    if not isinstance(source, Mapping):
        return [str(Path(source).resolve())]
    return [str(file.path.resolve()) if isinstance(file, GivenFile) else file.where for file in files]


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _clean_relation(connection: duckdb.DuckDBPyConnection, name: str) -> duckdb.DuckDBPyRelation:
    return connection.table(_CLEAN[name]).project(", ".join(identifier(c) for c in TABLES[name].names))


def _stored_report(report: ImportReport) -> dict[str, Any]:
    content = report.to_dict()
    del content["snapshot"]
    return content
