"""What a snapshot says about itself, hashed like its tables, so that no fact in it changes unnoticed.

``manifest.json`` holds the id, where the rows came from, whether they are simulated, and the sha256 of every file
beside it; its own sha256 over all of that stands in it too. The id is the hash of the tables, and of the stamp where
they are simulated: the same rows have the same id whenever and from wherever they were stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from active_edge.errors import SnapshotError
from active_edge.schema import TABLES
from active_edge.stored import FORMAT, check_format

MANIFEST, REPORT, TRUTH = "manifest.json", "report.json", "truth.parquet"
MISSING = "missing"
"""Key of the sources a snapshot was made without; it is there only where there are any."""
MANIFEST_FORMAT = 2
SIMULATED = "simulated market: "
"""How the source of a simulated market begins; its seed and laws follow, by which its copies are known."""
PLANTED = "; planted: "
"""What parts the source of a simulated market from the edge that was planted in it afterwards, in words."""
_LAWS = re.compile(r", alpha (?P<legs>.+?), rmw_premium")
AGAIN = "import or rebuild the data again"
_KINDS: dict[str, type] = {
    "snapshot": str,
    "created": str,
    "simulated": bool,
    "sources": list,
    "tables": dict,
    "report_sha256": str,
    "sha256": str,
}
_MISSING_KINDS: dict[str, type] = {
    **dict.fromkeys(("source", "gives", "kind", "reason"), str),
    **dict.fromkeys(("answers", "asked", "older"), int),
}
_TABLE_KINDS: dict[str, type] = {"rows": int, "bytes": int, "sha256": str}
DAYS = {"prices": "session", "facts": "filed", "series": "date"}
"""Column whose first and last day the manifest tells, by table."""
_WORDS = {str: "text", bool: "true or false", list: "a list", dict: "a mapping", int: "a whole number"}


def snapshot_id(sha256_of: Mapping[str, str], *, simulated: bool) -> str:
    """Id of a snapshot whose tables have these hashes: 12 hex digits."""
    pairs = "".join(f"{name} {sha256_of[name]}\n" for name in sorted(sha256_of))
    return hashlib.sha256((pairs + ("simulated\n" if simulated else "")).encode()).hexdigest()[:12]


def write_manifest(folder: Path, content: Mapping[str, Any], report: Mapping[str, Any]) -> None:
    """Write report and manifest of a snapshot, the manifest with both hashes."""
    write_json(folder / REPORT, report)
    told = {FORMAT: MANIFEST_FORMAT, **content, "report_sha256": file_sha256(folder / REPORT)}
    write_json(folder / MANIFEST, {**told, "sha256": _own_sha256(told)})


def retell_missing(snapshot: Path, manifest: Mapping[str, Any], missing: Sequence[Mapping[str, Any]]) -> None:
    """Write the manifest of a stored snapshot again where other sources are missing now, at one stroke."""
    told = {key: value for key, value in manifest.items() if key not in (MISSING, "sha256")}
    if missing:
        told[MISSING] = [dict(one) for one in missing]
    if told.get(MISSING) != manifest.get(MISSING):
        fresh = snapshot / f".{MANIFEST}"
        write_json(fresh, {**told, "sha256": _own_sha256(told)})
        os.replace(fresh, snapshot / MANIFEST)


def read_manifest(snapshot: Path) -> dict[str, Any]:
    """The manifest of a snapshot folder, as it was written, its tables of the lengths it says.

    Raises
    ------
    SnapshotError
        The manifest cannot be read, is of another format, lacks a key, was altered, or a table is missing or of
        another length.
    """
    file = snapshot / MANIFEST
    manifest = _read_json(file)
    # Before formats were numbered the same number stood under another name.
    numbered = {FORMAT: manifest.get(FORMAT, manifest.get("schema_version", 0))}
    found = check_format(numbered, known=MANIFEST_FORMAT, where=str(file), remedy=AGAIN, error=SnapshotError)
    if found < MANIFEST_FORMAT:
        raise SnapshotError(
            f"{file}: is of format {found}, whose id and hashes leave out what format {MANIFEST_FORMAT} counts; {AGAIN}"
        )
    _check_kinds(file, "", manifest, _KINDS)
    _check_tables(file, manifest["tables"])
    for place, source in enumerate(manifest["sources"]):
        _check_kinds(file, "sources", {str(place): source}, {str(place): str})
    if (snapshot / TRUTH).is_file():
        _check_kinds(file, "", manifest, {"truth_sha256": str})
    for place, one in enumerate(manifest.get(MISSING, [])):
        _check_kinds(file, f"{MISSING}.{place}", one, _MISSING_KINDS)
    made = snapshot_id({n: e["sha256"] for n, e in manifest["tables"].items()}, simulated=manifest["simulated"])
    for key, expected in (("snapshot", made), ("sha256", _own_sha256(manifest))):
        if manifest[key] != expected:
            raise SnapshotError(
                f"{file}: was altered after it was written (key {key!r} says {manifest[key][:12]}…, its content makes "
                f"{expected[:12]}…); a snapshot never changes: delete its folder and import the data again"
            )
    for name, entry in manifest["tables"].items():
        table = snapshot / f"{name}.parquet"
        size = table.stat().st_size if table.is_file() else None
        if size != entry["bytes"]:
            state = "missing" if size is None else f"{size} bytes long"
            raise SnapshotError(f"{table}: is {state}, the manifest says {entry['bytes']} bytes; import the data again")
    return manifest


def read_report(snapshot: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the import of a snapshot found.

    Raises
    ------
    SnapshotError
        The report cannot be read, or was altered since it was written.
    """
    file = snapshot / REPORT
    report = _read_json(file)
    _check_sha256(file, manifest["report_sha256"])
    return report


def verify_table(snapshot: Path, manifest: Mapping[str, Any], name: str) -> Path:
    """The file of a stored table once its sha256 agrees with the manifest.

    Raises
    ------
    SnapshotError
        The file was altered since it was written.
    """
    file = snapshot / f"{name}.parquet"
    _check_sha256(file, manifest["tables"][name]["sha256"])
    return file


def says_simulated(folder: Path) -> bool:
    """True for a folder of tables that are a simulated snapshot's."""
    try:
        return _read_json(folder / MANIFEST).get("simulated") is True or (folder / TRUTH).is_file()
    except SnapshotError:
        return (folder / TRUTH).is_file()


def laws_of(folder: Path) -> list[str]:
    """What a folder that is a simulated snapshot says of its seed and laws; empty for any other."""
    try:
        told = _read_json(folder / MANIFEST).get("sources")
    except SnapshotError:
        return []
    return [str(source) for source in told or () if str(source).startswith(SIMULATED)] if isinstance(told, list) else []


def planted_in(sources: Sequence[str]) -> str:
    """What edge was planted in a simulated market of these sources, in words; empty where none was."""
    for source in sources:
        laws, _, edge = source.partition(PLANTED)
        told = _LAWS.search(laws) if source.startswith(SIMULATED) else None
        legs = "" if told is None or told["legs"] == "none" else told["legs"]
        found = [*([f"{legs} a year per standard deviation"] if legs else []), *([edge] if edge else [])]
        if found:
            return " and ".join(found)
    return ""


def file_sha256(file: Path) -> str:
    """The sha256 of a file in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write one JSON document, the same bytes for the same content."""
    file.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _read_json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{file}: cannot be read ({error}); import the data again") from error
    if not isinstance(content, dict):
        raise SnapshotError(f"{file}: is {type(content).__name__}, not a mapping of keys; import the data again")
    return content


def _own_sha256(manifest: Mapping[str, Any]) -> str:
    told = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _check_kinds(file: Path, where: str, content: Any, kinds: Mapping[str, type]) -> None:
    if not isinstance(content, dict):
        raise SnapshotError(f"{file}: key {where!r} is {content!r}, not a mapping; import the data again")
    for key, kind in kinds.items():
        name = f"{where}.{key}".lstrip(".")
        if key not in content:
            raise SnapshotError(f"{file}: key {name!r} is missing; import the data again")
        if type(content[key]) is not kind:
            raise SnapshotError(
                f"{file}: key {name!r} is {content[key]!r}, which is not {_WORDS[kind]}; import the data again"
            )


def _check_tables(file: Path, tables: Mapping[str, Any]) -> None:
    """Every table a market needs, and every one that lies beside the manifest, has a whole entry in it."""
    for name, entry in tables.items():
        spaced = {"spacing": str} if isinstance(entry, dict) and "spacing" in entry else {}
        _check_kinds(file, f"tables.{name}", entry, _TABLE_KINDS | spaced)
        if name in DAYS and entry["rows"]:
            _check_kinds(file, f"tables.{name}", entry, {"first": str, "last": str})
            for key in ("first", "last"):
                _check_day(file, f"tables.{name}.{key}", entry[key])
    needed = [name for name, table in TABLES.items() if table.required or (file.parent / f"{name}.parquet").is_file()]
    _check_kinds(file, "tables", tables, dict.fromkeys(needed, dict))


def _check_day(file: Path, name: str, value: str) -> None:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise SnapshotError(f"{file}: key {name!r} is {value!r}, which is not a day; import the data again") from None


def _check_sha256(file: Path, expected: str) -> None:
    found = file_sha256(file)
    if found != expected:
        raise SnapshotError(
            f"{file}: was altered after it was written (sha256 {found[:12]}…, the manifest says {expected[:12]}…); "
            "a snapshot never changes: delete its folder and import the data again"
        )
