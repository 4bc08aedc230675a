"""Immutable snapshots of a market: written complete or not at all, named by their content, verified when read.

Layout of a market folder::

    M/CURRENT                         the id of the snapshot in use
    M/snapshots/<id>/*.parquet        the tables of `active_edge.schema`, rows in a fixed order
    M/snapshots/<id>/manifest.json    what `active_edge.market.manifest` says it is
    M/snapshots/<id>/report.json      what the import repaired, refused and noted
    M/snapshots/<id>/truth.parquet    simulated markets only; only calibration may read it
    M/snapshots/<id>/passages.parquet words that values were read from, where a pull read them
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import filelock
import pandas as pd

from active_edge.errors import DataError, SnapshotError
from active_edge.market.database import cast, connect, empty, identifier, stored_order
from active_edge.market.files import parquet
from active_edge.market.frames import plain_text
from active_edge.market.manifest import (
    DAYS,
    MANIFEST,
    MISSING,
    SIMULATED,
    file_sha256,
    laws_of,
    read_manifest,
    read_report,
    retell_missing,
    says_simulated,
    snapshot_id,
    verify_table,
    write_manifest,
)
from active_edge.market.passages import bring_passages, carry_passages, store_passages
from active_edge.market.spacing import spacing_of
from active_edge.schema import TABLES, Table
from active_edge.whole import passing_folder, put_in_place

ROWS_A_GROUP = 122_880
_WRITING = "writing"

Rows: TypeAlias = pd.DataFrame | duckdb.DuckDBPyRelation


def write_snapshot(
    path: str | Path,
    tables: Mapping[str, Rows],
    *,
    sources: list[str],
    simulated: bool,
    created: str,
    report: Mapping[str, Any],
    truth: Rows | None = None,
    missing: Sequence[Mapping[str, Any]] = (),
    passages: duckdb.DuckDBPyRelation | None = None,
) -> str:
    """Store `tables` as a new snapshot of the market folder `path`, make it current, and return its id.

    Parameters
    ----------
    path
        Market folder; made if absent.
    tables
        By table name of `active_edge.schema`: a frame, or a DuckDB relation (read once, on its own connection).
        ``securities`` and ``prices`` are required; an absent optional column is null.
    sources
        Where the rows came from, for people.
    simulated
        True stamps everything that is ever computed from it.
    created
        When, in ISO form; not part of the id.
    report
        Import findings, JSON-serialisable.
    truth
        Planted parameters of a simulated market.
    missing
        Sources it was made without (`market.missing.MissingSource`), not part of the id; the manifest names them.
    passages
        Words that values were read from (`market.passages`), not part of the id.

    Returns
    -------
    str
        First 12 hex digits of the sha256 over the sorted (table, sha256 of its file) pairs, and over the stamp where
        they are simulated: same rows, same id.

    Raises
    ------
    DataError
        Unknown or missing table or column, a value that is not of the column's type, a required value that is null.
    """
    with writing_folder(Path(path)) as temporary:
        return store(
            temporary,
            tables,
            sources=sources,
            simulated=simulated,
            created=created,
            report=report,
            truth=truth,
            missing=missing,
            passages=passages,
        )


def store(
    temporary: Path,
    tables: Mapping[str, Rows],
    *,
    sources: list[str],
    simulated: bool,
    created: str,
    report: Mapping[str, Any],
    truth: Rows | None = None,
    missing: Sequence[Mapping[str, Any]] = (),
    passages: duckdb.DuckDBPyRelation | None = None,
) -> str:
    """Do what `write_snapshot` does, inside a folder that `writing_folder` has given."""
    _check_names(tables)
    folder = temporary.parents[1]
    with connect(spill_to=temporary / "spill") as connection:
        entries = {
            name: _write_table(connection, table, tables[name], temporary / f"{name}.parquet")
            for name, table in TABLES.items()
            if name in tables
        }
        if truth is not None:
            relation = connection.from_df(plain_text(truth)) if isinstance(truth, pd.DataFrame) else truth
            relation.write_parquet(str(temporary / "truth.parquet"), compression="zstd")
        told = {} if passages is None else store_passages(passages, temporary)
    snapshot = snapshot_id({name: entry["sha256"] for name, entry in entries.items()}, simulated=simulated)
    manifest = {
        "snapshot": snapshot,
        "created": created,
        "simulated": simulated,
        "sources": list(sources),
        "tables": entries,
        **told,
    }
    if missing:
        manifest[MISSING] = [dict(one) for one in missing]
    if truth is not None:
        manifest["truth_sha256"] = file_sha256(temporary / "truth.parquet")
    write_manifest(temporary, manifest, report)
    _keep(temporary, folder / "snapshots" / snapshot, missing)
    _make_current(folder, snapshot)
    return snapshot


@contextmanager
def writing_folder(folder: Path) -> Iterator[Path]:
    """Hold the folder's lock and make a temporary folder beside the snapshots, gone afterwards whatever happens.

    What an earlier, killed writer left behind is removed first; a folder made only for a writer that failed goes too.
    """
    snapshots = folder / "snapshots"
    existed = folder.exists()
    snapshots.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / ".lock"):
            for leftover in snapshots.glob(f".{_WRITING}*"):
                shutil.rmtree(leftover, ignore_errors=True)
            try:
                with passing_folder(_WRITING, snapshots) as temporary:
                    yield temporary
            except RuntimeError as error:
                # DuckDB turns Ctrl-C during a query into this; callers know only KeyboardInterrupt.
                if str(error) == "Query interrupted":
                    raise KeyboardInterrupt from error
                raise
    finally:
        if not existed and not (folder / "CURRENT").exists():
            shutil.rmtree(folder, ignore_errors=True)


def current_snapshot(path: str | Path) -> Path:
    """Return the folder of the snapshot in use.

    Raises
    ------
    SnapshotError
        There is no market folder, no ``CURRENT``, or the snapshot it names is gone.
    """
    folder = Path(path)
    current = folder / "CURRENT"
    if not current.is_file():
        raise SnapshotError(
            f"{folder}: no market here (no file CURRENT); make one with `active-edge data simulate` or "
            f"`active-edge data import DIR --data {folder}`"
        )
    name = current.read_text(encoding="utf-8", errors="replace").strip()
    snapshot = folder / "snapshots" / name
    if not name or not (snapshot / MANIFEST).is_file():
        raise SnapshotError(f"{current}: names snapshot {name!r}, which is not in {folder / 'snapshots'}; import again")
    return snapshot


def manifest_of(snapshot: Path) -> dict[str, Any]:
    """The manifest of a stored snapshot, as `read_manifest`; of a simulated one its own remedy is told, no import's."""
    try:
        return read_manifest(snapshot)
    except SnapshotError as error:
        again = simulate_again(snapshot)
        if not again:
            raise
        laws = "; ".join(laws_of(snapshot)).removeprefix(SIMULATED)
        told = f" (it was of {laws})" if laws else ""
        raise SnapshotError(f"{error}. It is a simulated market: {again} makes it again{told}") from None


def simulate_again(snapshot: Path) -> str:
    """The command that makes a simulated snapshot again; empty of any other."""
    return f"active-edge data simulate {snapshot.parent.parent}" if says_simulated(snapshot) else ""


def _check_names(tables: Mapping[str, Rows]) -> None:
    unknown = sorted(set(tables) - set(TABLES))
    if unknown:
        raise DataError(f"unknown table {unknown[0]!r}; a market folder has {', '.join(TABLES)}")
    missing = [name for name, table in TABLES.items() if table.required and name not in tables]
    if missing:
        raise DataError(f"table {missing[0]!r} is missing; every market needs it")
    for name, rows in tables.items():
        table = TABLES[name]
        surplus = [column for column in rows.columns if column not in table.names]
        if surplus:
            raise DataError(f"{name}: unknown column {surplus[0]!r}; it has {', '.join(table.names)}")
        for column in table.columns:
            if column.name not in rows.columns and not column.optional:
                raise DataError(f"{name}: column {column.name!r} is missing ({column.meaning})")


def _write_table(connection: duckdb.DuckDBPyConnection, table: Table, rows: Rows, file: Path) -> dict[str, Any]:
    """Write one table in its fixed order and return its manifest entry (rows, bytes, sha256, first and last day)."""
    relation = connection.from_df(plain_text(rows)) if isinstance(rows, pd.DataFrame) else rows
    columns = [cast(c) if c.name in rows.columns else empty(c) for c in table.columns]
    try:
        ordered = relation.project(", ".join(columns)).order(stored_order(table))
        ordered.write_parquet(str(file), compression="zstd", row_group_size=ROWS_A_GROUP)
    except duckdb.ConversionException as error:
        raise DataError(f"{table.name}: a value is not of its column's type: {error}") from error
    required = [c.name for c in table.columns if not c.nullable]
    nulls = ", ".join(f"count(*) - count({identifier(name)})" for name in required)
    day = identifier(DAYS[table.name]) if table.name in DAYS else "NULL"
    found = connection.execute(
        f"SELECT count(*), min({day})::VARCHAR, max({day})::VARCHAR, {nulls} FROM {parquet(file)}"
    ).fetchall()[0]
    for name, count in zip(required, found[3:], strict=True):
        if count:
            raise DataError(f"{table.name}: column {name!r} is null in {count} rows; it may not be")
    entry: dict[str, Any] = {"rows": found[0], "bytes": file.stat().st_size, "sha256": file_sha256(file)}
    if table.name in DAYS:
        entry |= {"first": found[1], "last": found[2]}
    if table.name == "prices":
        entry["spacing"] = spacing_of(connection, parquet(file))
    return entry


def _keep(temporary: Path, final: Path, missing: Sequence[Mapping[str, Any]]) -> None:
    """Rename the finished folder into place; of a sound snapshot of the same id and report only what it misses is told
    anew, and passages it lacks are added. Another report, as of a later version, takes the place of the stored one."""
    if final.is_dir():
        try:
            manifest = read_manifest(final)
            for name in manifest["tables"]:
                verify_table(final, manifest, name)
            stored = read_report(final, manifest)
            same = stored == read_report(temporary, read_manifest(temporary))
        except SnapshotError:
            final.rename(temporary / "damaged")
        else:
            if same:
                retell_missing(final, bring_passages(temporary, final, manifest), missing)
                return
            carry_passages(final, temporary)
    complete = final.with_name(f".{_WRITING}-{final.name}")
    complete.mkdir()
    for file in sorted(temporary.iterdir()):
        if file.is_file():
            file.rename(complete / file.name)
    put_in_place(complete, final)
    shutil.rmtree(complete, ignore_errors=True)


def _make_current(folder: Path, snapshot: str) -> None:
    fresh = folder / "snapshots" / f".{_WRITING}-current"
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(snapshot + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(fresh, folder / "CURRENT")
