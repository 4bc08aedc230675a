"""Series of a pull beside the tables a user imported: the user's own tables stay, whatever else was fetched."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb

from active_edge.errors import SnapshotError
from active_edge.market.connection import in_memory
from active_edge.market.files import parquet
from active_edge.market.findings import Finding
from active_edge.market.store import Market, open_market
from active_edge.sources.assemble import Tables

IMPORTED = "imported"
"""Key of a snapshot's report that says its tables but the series were imported."""
ADDED = "only series were added, for the other tables are imported ones"


@contextlib.contextmanager
def onto_imported(target: Path, pulled: Tables) -> Iterator[tuple[Tables, bool]]:
    """`pulled` itself, or the imported tables of `target` with its series; and whether they are simulated.

    A series of both is the pulled one. Relations live as long as the context.
    """
    market = _imported(target)
    if market is None:
        yield pulled, False
        return
    with in_memory() as connection:
        own = {name: connection.sql(f"FROM {parquet(market.table(name))}") for name in market.manifest["tables"]}
        rows: dict[str, Any] = dict(own)
        added = pulled.rows.get("series")
        count, names = 0, list[str]()
        if added is not None:
            frame = added.df() if isinstance(added, duckdb.DuckDBPyRelation) else added
            count, names = len(frame), sorted({str(name) for name in frame["series"].unique()})
            connection.register("pulled_series", frame)
            mine = ""
            if "series" in own:
                kept = f"FROM {parquet(market.table('series'))} WHERE series NOT IN (SELECT series FROM pulled_series)"
                mine = f"SELECT series, date, value, filed {kept} UNION ALL "
            rows["series"] = connection.sql(f"{mine}SELECT series, date, value, filed FROM pulled_series")
        finding = Finding(
            "series", ADDED, "noted", count, tuple(names[:5]), "Pull into another folder for a market of its own."
        )
        before = [one for one in market.report.get("findings", ()) if one["kind"] != ADDED]
        findings = [*before, asdict(finding)]
        report = {**market.report, "findings": findings, IMPORTED: True}
        sources = list(dict.fromkeys([*market.manifest["sources"], *pulled.sources]))
        joined = replace(pulled, rows=rows, findings=[finding], sources=sources, report=report, passages=None)
        yield joined, bool(market.manifest["simulated"])


def _imported(target: Path) -> Market | None:
    """The market in use, where its tables were imported rather than pulled; None where they were not."""
    try:
        market = open_market(target)
    except SnapshotError:
        return None
    pulled = "archive_digest" in market.report and not market.report.get(IMPORTED)
    return None if pulled else market
