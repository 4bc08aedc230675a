"""Tables of a user, in files or in memory, checked, repaired and stored as a new snapshot, or refused whole."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from active_edge.arguments import checked
from active_edge.errors import ImportRefused
from active_edge.market.database import connect, identifier
from active_edge.market.findings import Finding, Findings, ImportReport
from active_edge.market.intake.adjusted_closes import note_adjusted_closes
from active_edge.market.intake.company_repairs import (
    check_assets,
    settle_facts,
    settle_members,
    settle_securities,
    settle_series,
    settle_weights,
)
from active_edge.market.intake.exit_units import settle_exits
from active_edge.market.intake.folder import passed_over
from active_edge.market.intake.given import Given, GivenFile, Tables, find_tables
from active_edge.market.intake.industry_codes import settle_industry_codes
from active_edge.market.intake.left_out import left_out
from active_edge.market.intake.look_ahead import note_small_volumes, note_unread_facts
from active_edge.market.intake.mixed_returns import settle_return_units
from active_edge.market.intake.odd_closes import mend_slips, note_odd_steps
from active_edge.market.intake.odd_volumes import clear_impossible_volumes
from active_edge.market.intake.price_repairs import (
    clear_impossible_values,
    impossible_prices,
    keep_real_rows,
    note_thin_sessions,
    number_sessions,
    read_bid_ask_means,
    split_at_holes,
)
from active_edge.market.intake.reading import load_table
from active_edge.market.intake.return_codes import clear_return_codes
from active_edge.market.intake.return_levels import settle_levels
from active_edge.market.intake.return_repairs import judge_returns
from active_edge.market.intake.return_units import wrong_units
from active_edge.market.intake.share_classes import settle_companies
from active_edge.market.intake.sparse_prices import dated_by_starts, settle_spacing
from active_edge.market.intake.split_repairs import know_splits
from active_edge.market.intake.zero_returns import clear_zero_returns
from active_edge.market.intake.zero_volumes import clear_zero_volumes
from active_edge.market.manifest import laws_of, says_simulated
from active_edge.market.snapshot import store, writing_folder
from active_edge.market.spacing import HOLES, Spacing
from active_edge.progress import Progress, silent
from active_edge.schema import TABLES

_CLEAN = {
    "securities": "security_rows",
    "prices": "price_rows",
    "facts": "fact_rows",
    "series": "series_rows",
    "members": "member_rows",
    "weights": "weight_rows",
    "splits": "split_rows",
}


@checked
def import_folder(
    source: str | Path | Tables,
    target: str | Path,
    *,
    progress: Progress = silent,
    created: str | None = None,
    simulated: bool = False,
    noted: Sequence[Finding] = (),
) -> ImportReport:
    """Check, repair and store tables as a new current snapshot of the market folder `target`.

    Parameters
    ----------
    source
        Folder with ``securities`` and ``prices`` and any of ``facts``, ``series``, ``members``, each as ``.parquet``,
        ``.csv``, ``.csv.gz`` or ``.xlsx``; or these by name: ``{"prices": frame, "securities": "names.csv"}``, each a
        path or a frame of pandas, polars, DuckDB or any library that streams Arrow. The same rows make the same
        snapshot whichever way they come.
    target
        Market folder; made if absent.
    progress
        Called with (what is being done, steps done, steps in all).
    created
        Time of the import in ISO form; now where None. Not part of the snapshot's id.
    simulated
        True where the rows were made by a simulation; a folder that is a simulated snapshot is stamped in any case.
    noted
        What whoever made the tables knows of them and no row shows.

    Returns
    -------
    ImportReport
        Snapshot id, rows read and kept, and every finding; the same is stored in the snapshot's report.json. Every row
        read is either kept or in a finding of severity ``refused`` (rows told twice: ``repaired``).

    Raises
    ------
    ImportRefused
        Everything that keeps the tables from being taken, a line each; nothing was written and the snapshot in use
        stays.
    """
    given, problems = find_tables(source)
    steps = len(given) + 3
    with writing_folder(Path(target)) as temporary, connect(spill_to=temporary / "import_spill") as connection:
        findings = Findings(connection, list(noted))
        read = _read_tables(connection, given, problems, findings, lambda what, done: progress(what, done, steps))
        if not isinstance(source, Mapping):
            findings.found.extend(
                passed_over(Path(source), {file.path for file in given if isinstance(file, GivenFile)})
            )
        progress("repairing prices", len(read), steps)
        spacing = settle_spacing(connection, findings)
        _repair_prices(connection, findings, spacing, read)
        progress("repairing companies", len(read) + 1, steps)
        _repair_companies(connection, findings, spacing, read)
        progress("writing the snapshot", len(read) + 2, steps)
        rows = {name: _rows(connection, _CLEAN[name]) for name in (*read, *({"splits"} - read.keys()))}
        kept = {name: rows[name] if name != "splits" else _rows(connection, "given_splits") for name in read}
        report = ImportReport("", read, kept, findings.found)
        snapshot = store(
            temporary,
            {name: _clean_relation(connection, name) for name, n in rows.items() if n},
            sources=_told_sources(source, given),
            simulated=simulated or (not isinstance(source, Mapping) and says_simulated(Path(source))),
            created=created or datetime.now(UTC).isoformat(timespec="seconds"),
            report=_stored_report(report),
        )
        progress("done", steps, steps)
    return ImportReport(snapshot, read, kept, findings.found)


def _read_tables(
    connection: duckdb.DuckDBPyConnection,
    given: Sequence[Given],
    problems: list[str],
    findings: Findings,
    progress: Callable[[str, int], None],
) -> dict[str, int]:
    """Rows read of each table; everything that keeps the tables from being taken is told at once.

    So is what was read in another way than it was written, for those words would be the next question.
    """
    rows: dict[str, int] = {}
    whole: dict[str, bool] = {}
    for done, table in enumerate(given):
        progress(f"reading {table.name}", done)
        try:
            loaded = load_table(connection, table)
        except ImportRefused as refused:
            problems.append(str(refused))
        else:
            rows[table.table.name], whole[table.table.name] = loaded.rows, loaded.whole
            findings.found.extend(loaded.findings)
            problems += loaded.problems
    by_name = {table.table.name: table for table in given}
    clear_return_codes(connection, findings, rows)
    problems += [f"{by_name[name].where}: {problem}" for name, problem in wrong_units(connection, rows)]
    if "prices" in rows:
        for check in (impossible_prices, dated_by_starts):
            problems += [f"{by_name['prices'].where}: {problem}" for problem in check(connection)]
    if "prices" in rows and whole.get("securities"):
        problems += _strangers(connection, by_name)
    if problems:
        problems += left_out(connection, {name for name, told in whole.items() if told})
        understood = [f"understood: {finding.line()}" for finding in findings.found if finding.severity == "repaired"]
        raise ImportRefused("\n".join([*problems, *understood]))
    return rows


def _strangers(connection: duckdb.DuckDBPyConnection, given: Mapping[str, Given]) -> list[str]:
    """A sentence about prices of assets that securities do not name."""
    strangers = check_assets(connection)
    if not strangers:
        return []
    return [
        f"{given['prices'].where}: asset {strangers[0]!r} is not in {given['securities'].name} "
        f"(first ones: {', '.join(strangers)}); add a row for each asset"
    ]


def _repair_prices(
    connection: duckdb.DuckDBPyConnection, findings: Findings, spacing: Spacing, read: Container[str]
) -> None:
    number_sessions(connection)
    read_bid_ask_means(connection, findings)
    keep_real_rows(connection, findings, hole=HOLES[spacing])
    clear_impossible_values(connection, findings)
    clear_zero_volumes(connection, findings)
    clear_impossible_volumes(connection, findings)
    split_at_holes(connection, findings, hole=HOLES[spacing])
    clear_zero_returns(connection, findings)
    settle_levels(connection, findings)
    settle_return_units(connection, findings)
    mend_slips(connection, findings)
    know_splits(connection, findings, with_facts="facts" in read, given="splits" in read)
    judge_returns(connection, findings)
    if spacing == "daily":
        note_thin_sessions(connection, findings)


def _repair_companies(
    connection: duckdb.DuckDBPyConnection, findings: Findings, spacing: Spacing, read: Container[str]
) -> None:
    settle_securities(connection, findings, hole=HOLES[spacing])
    settle_industry_codes(connection, findings)
    settle_exits(connection, findings)
    for name, settle in (
        ("facts", settle_facts),
        ("series", settle_series),
        ("members", settle_members),
        ("weights", settle_weights),
    ):
        if name in read:
            settle(connection, findings)
    settle_companies(connection, findings, with_facts="facts" in read)
    note_odd_steps(connection, findings, with_facts="facts" in read)
    note_adjusted_closes(connection, findings, with_facts="facts" in read)
    if "facts" in read:
        note_small_volumes(connection, findings)
        note_unread_facts(findings)


def _told_sources(source: str | Path | Tables, given: Sequence[Given]) -> list[str]:
    """Where the rows came from, for people: the folder, or each file and frame."""
    if not isinstance(source, Mapping):
        return [str(Path(source).resolve()), *laws_of(Path(source))]
    return [str(file.path.resolve()) if isinstance(file, GivenFile) else file.where for file in given]


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _clean_relation(connection: duckdb.DuckDBPyConnection, name: str) -> duckdb.DuckDBPyRelation:
    return connection.table(_CLEAN[name]).project(", ".join(identifier(c) for c in TABLES[name].names))


def _stored_report(report: ImportReport) -> dict[str, Any]:
    content = report.to_dict()
    del content["snapshot"]
    return content
