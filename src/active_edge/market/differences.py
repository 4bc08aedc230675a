"""What one snapshot has that another has not: rows new, revised and gone, by table and item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from active_edge.errors import SnapshotError
from active_edge.market.database import connect, identifier
from active_edge.market.files import parquet
from active_edge.market.manifest import MANIFEST
from active_edge.market.store import Market, open_market
from active_edge.schema import TABLES, Table
from active_edge.whole import passing_folder
from active_edge.words import nearest

PARTS = {"facts": "item", "series": "series", "members": "index"}
"""Column by which the rows of a table are told apart, beside the table itself."""
_SAID = {
    "months": "CASE WHEN {0} > 0 THEN {0}::VARCHAR || ' months to' END",
    "filed": "'filed ' || {}::VARCHAR",
    "value": "'is ' || {}::VARCHAR",
    "close": "'close ' || {}::VARCHAR",
    "ticker": "'ticker ' || {}::VARCHAR",
}
"""SQL of a column's value in an example, where the bare value would not be understood."""
EXAMPLES = 3
"""Rows shown of each kind of change in a table."""


@dataclass(frozen=True)
class Change:
    """Rows of one table, and of one item of it, that differ between two snapshots.

    Attributes
    ----------
    part
        The item, series or index; empty for tables that have none.
    new, revised, gone
        Rows: a row is revised where its key (of facts asset, item, months, period, day of filing and accession) stands
        in both and something else in it differs. A number restated by a later filing is a new row.
    columns
        How often each column differs in revised rows.
    examples
        A few rows in words.
    """

    table: str
    part: str
    new: int
    revised: int
    gone: int
    columns: dict[str, int]
    examples: tuple[str, ...]


@dataclass(frozen=True)
class SnapshotDifference:
    """Two snapshots by their ids, rows by table in either, and every change; no changes where the rows are the same."""

    before: str
    after: str
    rows_before: dict[str, int]
    rows_after: dict[str, int]
    changes: tuple[Change, ...]


def find_snapshot(asked: str, folder: Path) -> Market:
    """Return the market at a snapshot: one of `folder` by the beginning of its id, or any by its path.

    Raises
    ------
    SnapshotError
        There is none, or several begin so; the message lists those there are.
    """
    path = Path(asked)
    if (path / MANIFEST).is_file():
        return Market(path.parent.parent, path)
    if (path / "CURRENT").is_file():
        return open_market(path)
    kept = sorted(file.parent for file in (folder / "snapshots").glob(f"*/{MANIFEST}"))
    found = [place for place in kept if asked and place.name.startswith(asked)]
    if len(found) == 1:
        return Market(folder, found[0])
    names = [place.name for place in kept]
    if found:
        raise SnapshotError(
            f"snapshot {asked!r} could be {' or '.join(place.name for place in found)}; write more of it"
        )
    raise SnapshotError(
        f"{folder}: has no snapshot {asked!r}; {nearest(asked, names)}; a path to a market folder will do"
    )


def compare_snapshots(before: Market, after: Market) -> SnapshotDifference:
    """Return what differs between two snapshots, in the order of the tables.

    Raises
    ------
    SnapshotError
        A table was altered after it was written.
    """
    stored = [market.manifest["tables"] for market in (before, after)]
    changes: list[Change] = []
    with passing_folder("active-edge-diff") as spill, connect(spill_to=spill) as connection:
        for name, table in TABLES.items():
            entries = [tables.get(name) for tables in stored]
            if entries[0] is not None and entries[1] is not None and entries[0]["sha256"] == entries[1]["sha256"]:
                continue
            files = [market.table(name) if name in market.manifest["tables"] else None for market in (before, after)]
            if any(files):
                changes += _changes(connection, table, files)
    counted = [{name: tables[name]["rows"] for name in tables} for tables in stored]
    return SnapshotDifference(before.snapshot, after.snapshot, counted[0], counted[1], tuple(changes))


def _changes(connection: duckdb.DuckDBPyConnection, table: Table, files: Sequence[Path | None]) -> list[Change]:
    """Changes of one table by part; a file that is None has no rows."""
    names = ", ".join(map(identifier, table.names))
    sources = [f"(SELECT {names} FROM {parquet(file)})" if file else None for file in files]
    given = next(source for source in sources if source)
    rows = [source or f"(SELECT * FROM {given} WHERE false)" for source in sources]
    for name, one, other in (("gone", *rows), ("fresh", *reversed(rows))):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {one} EXCEPT ALL FROM {other}")
    part = identifier(PARTS[table.name]) if table.name in PARTS else "''"
    key = ", ".join(map(identifier, table.key))
    same = " AND ".join(f"g.{identifier(name)} IS NOT DISTINCT FROM f.{identifier(name)}" for name in table.key)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE counted AS SELECT coalesce(g.part, f.part) AS part, "
        "coalesce(g.n, 0) AS had, coalesce(f.n, 0) AS has FROM "
        f"(SELECT {key}, {part} AS part, count(*) AS n FROM gone GROUP BY ALL) g FULL JOIN "
        f"(SELECT {key}, {part} AS part, count(*) AS n FROM fresh GROUP BY ALL) f ON {same}"
    )
    counts = connection.execute(
        "SELECT part, sum(greatest(has - had, 0))::BIGINT, sum(least(has, had))::BIGINT, "
        "sum(greatest(had - has, 0))::BIGINT FROM counted GROUP BY part ORDER BY part"
    ).fetchall()
    revised = _revised(connection, table, part, same)
    examples = _examples(connection, table, part, same)
    return [
        Change(table.name, name, new, old, gone, revised.get(name, {}), tuple(examples.get(name, ())))
        for name, new, old, gone in counts
    ]


def _revised(connection: duckdb.DuckDBPyConnection, table: Table, part: str, same: str) -> dict[str, dict[str, int]]:
    """By part, how often each column differs in rows of one key."""
    others = [name for name in table.names if name not in table.key]
    differ = ", ".join(f"count(*) FILTER (g.{identifier(n)} IS DISTINCT FROM f.{identifier(n)})" for n in others)
    owner = part if part == "''" else f"g.{part}"
    found = connection.execute(f"SELECT {owner}, {differ} FROM gone g JOIN fresh f ON {same} GROUP BY ALL").fetchall()
    return {row[0]: {name: n for name, n in zip(others, row[1:], strict=True) if n} for row in found}


def _examples(connection: duckdb.DuckDBPyConnection, table: Table, part: str, same: str) -> dict[str, list[str]]:
    """By part, a few rows that are new, revised or gone, in words."""
    keys = [name for name in table.key if identifier(name) != part]
    others = [name for name in table.names if name not in table.key]

    def words(row: str, names: Sequence[str]) -> str:
        said = [_SAID.get(name, "{}::VARCHAR").format(f"{row}.{identifier(name)}") for name in names]
        return f"concat_ws(' ', {', '.join(said)})"

    changed = ", ".join(
        f"CASE WHEN g.{identifier(n)} IS DISTINCT FROM f.{identifier(n)} THEN "
        f"'{n} ' || coalesce(g.{identifier(n)}::VARCHAR, 'unknown') || ' to ' || "
        f"coalesce(f.{identifier(n)}::VARCHAR, 'unknown') END"
        for n in others
    )
    value = [name for name in ("value", "close", "ticker") if name in others]
    kinds = {
        "revised": (f"{words('g', keys)} || ': ' || concat_ws(', ', {changed})", f"gone g JOIN fresh f ON {same}", "g"),
        "new": (words("f", [*keys, *value]), f"fresh f WHERE NOT EXISTS (FROM gone g WHERE {same})", "f"),
        "gone": (words("g", [*keys, *value]), f"gone g WHERE NOT EXISTS (FROM fresh f WHERE {same})", "g"),
    }
    found: dict[str, list[str]] = {}
    for kind, (text, source, row) in kinds.items():
        owner = part if part == "''" else f"{row}.{part}"
        lines = connection.execute(
            f"SELECT part, said FROM (SELECT {owner} AS part, {text} AS said FROM {source}) "
            f"QUALIFY row_number() OVER (PARTITION BY part ORDER BY said) <= {EXAMPLES} ORDER BY part, said"
        ).fetchall()
        for name, said in lines:
            found.setdefault(name, []).append(f"{kind}: {said}")
    return found
