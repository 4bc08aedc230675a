"""The words that values were read from: a table beside those of a snapshot, which its id does not depend on.

A snapshot need not have it; one that was imported has none.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from active_edge.errors import SnapshotError
from active_edge.market.connection import in_memory
from active_edge.market.files import parquet
from active_edge.market.manifest import MANIFEST, file_sha256, read_manifest, read_report, write_manifest

if TYPE_CHECKING:
    from active_edge.market.store import Market

PASSAGES = "passages.parquet"
PASSAGES_SHA256 = "passages_sha256"
KEY = ("item", "period_end", "filed", "accession", "source")
"""What names a value among those of one asset."""


def store_passages(relation: duckdb.DuckDBPyRelation, folder: Path) -> dict[str, Any]:
    """Write passages (asset, `KEY`, passage) into the folder of a snapshot; what its manifest says of them."""
    ordered = relation.project(", ".join(("asset", *KEY, "passage"))).order(", ".join(("asset", *KEY, "passage")))
    ordered.write_parquet(str(folder / PASSAGES), compression="zstd")
    return {PASSAGES_SHA256: file_sha256(folder / PASSAGES)}


def bring_passages(fresh: Path, stored: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Move passages just written into a stored snapshot of the same tables that lacks them; its manifest as it is then.

    The passages go first: a manifest never names what is not there.
    """
    file = fresh / PASSAGES
    if not file.is_file() or file_sha256(file) == manifest.get(PASSAGES_SHA256) == _sha256(stored / PASSAGES):
        return dict(manifest)
    _name_passages(fresh, manifest, file_sha256(file), read_report(stored, manifest))
    os.replace(file, stored / PASSAGES)
    os.replace(fresh / MANIFEST, stored / MANIFEST)
    return read_manifest(stored)


def carry_passages(stored: Path, fresh: Path) -> None:
    """Write the passages of a stored snapshot into one of the same tables that takes its place and has none."""
    kept = read_manifest(stored).get(PASSAGES_SHA256)
    if kept is None or (fresh / PASSAGES).is_file() or _sha256(stored / PASSAGES) != kept:
        return
    manifest = read_manifest(fresh)
    (fresh / PASSAGES).write_bytes((stored / PASSAGES).read_bytes())
    _name_passages(fresh, manifest, kept, read_report(fresh, manifest))


def _name_passages(folder: Path, manifest: Mapping[str, Any], sha256: str, report: Mapping[str, Any]) -> None:
    """Write a manifest again, and its report, with the hash of the passages."""
    told = {key: value for key, value in manifest.items() if key not in ("report_sha256", "sha256")}
    write_manifest(folder, told | {PASSAGES_SHA256: sha256}, report)


def passages_of(market: Market, assets: Sequence[str], until: pd.Timestamp) -> pd.DataFrame | None:
    """Every passage of some assets filed by a day: frame of `KEY` and passage; None where the snapshot keeps none.

    Raises
    ------
    SnapshotError : the passages are missing or were altered after they were written.
    """
    if PASSAGES_SHA256 not in market.manifest:
        return None
    file = market.path / "snapshots" / market.snapshot / PASSAGES
    if _sha256(file) != market.manifest[PASSAGES_SHA256]:
        raise SnapshotError(f"{file}: is missing, or was altered after it was written; pull the data again")
    with in_memory() as connection:
        frame: pd.DataFrame = connection.execute(
            f"SELECT {', '.join(KEY)}, passage FROM {parquet(file)} WHERE filed <= ? AND list_contains(?, asset)",
            [until.date(), list(assets)],
        ).df()
    return frame.drop_duplicates(list(KEY), keep="last")


def _sha256(file: Path) -> str:
    return file_sha256(file) if file.is_file() else ""
