"""What lies in a results folder and the ledger does not know: a ledger of an earlier format, and runs.

Up to format 2 every results folder had a ledger of its own, ``trials.jsonl``. Such a file is read once, and stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from active_edge.ledger.tally import Known
from active_edge.ledger.trial import lineage_of
from active_edge.ordinary import ordinary
from active_edge.stored import FORMAT
from active_edge.yaml_scalars import written_content

OLDER = "trials.jsonl"
OLDER_FORMATS = (0, 1, 2)
_KINDS: dict[str, type | tuple[type, ...]] = {
    "trial": str,
    "strategy": str,
    "screen": str,
    "start": str,
    "end": str,
    "snapshot": str,
    "simulated": bool,
}
_LATER: dict[str, type | tuple[type, ...]] = {
    "information_ratio": (int, float, type(None)),
    "ratio": (str, type(None)),
    "kind": (str, type(None)),
}


def older_lines(out: Path, known: Known, now: str) -> Iterator[dict[str, Any]]:
    """Lines that the ledger of the results folder `out` adds to what is known; nothing where it was read before."""
    path = out / OLDER
    if not path.is_file():
        return
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 in known.absorbed:
        return
    told, damaged = _read(content)
    new = {str(line["trial"]): line for line in told if "trial" in line and line["trial"] not in known.runs}
    for line in told:
        if line.get("event") == "ratio restated" and line.get("of") in new:
            new[line["of"]] |= {key: line.get(key) for key in ("information_ratio", "ratio")}
    for line in new.values():
        yield {key: line.get(key) for key in (*_KINDS, *_LATER)} | {"recorded": now, "first_recorded": line["recorded"]}
    told_of = {"file": str(path.absolute()), "sha256": sha256, "trials": len(new), "damaged": damaged}
    yield {"event": "older ledger read", **told_of, "recorded": now}


def _read(content: bytes) -> tuple[list[dict[str, Any]], list[int]]:
    """Every line that is one, and the numbers of those that are none."""
    lines, damaged = [], []
    for number, raw in enumerate(content.removesuffix(b"\n").split(b"\n") if content else (), start=1):
        try:
            line = json.loads(raw)
        except ValueError:
            damaged.append(number)
            continue
        if not isinstance(line, dict) or not _fits(line):
            damaged.append(number)
            continue
        lines.append(line)
    return lines, damaged


def _fits(line: Mapping[str, Any]) -> bool:
    if line.get(FORMAT, 0) not in OLDER_FORMATS or not isinstance(line.get("recorded"), str):
        return False
    if "event" in line:
        return True
    wanted = all(isinstance(line.get(key), kind) for key, kind in _KINDS.items())
    return wanted and all(isinstance(line.get(key), kind) for key, kind in _LATER.items())


def found_runs(out: Path, known: Known, now: str) -> Iterator[dict[str, Any]]:
    """One line that names the runs of the results folder `out` whose trials are not known; they count from now on."""
    lost = [
        {"trial": trial, **_record(path)}
        for path in sorted(out.glob("*/run.yaml"))
        if (trial := _trial_of(path)) and trial not in known.runs and trial not in known.entries
    ]
    if lost:
        yield {"event": "runs found", "results": str(out.absolute()), "lost": lost, "recorded": now}


def _trial_of(path: Path) -> str:
    """The trial a run names, read from the first lines of its run.yaml; empty where it names none."""
    try:
        with ordinary(path).open(encoding="utf-8", errors="replace") as file:
            told = next((text for text in file if text.startswith("trial:")), "")
    except OSError:
        return ""
    return told.removeprefix("trial:").strip().strip("'\"")


def _record(path: Path) -> dict[str, Any]:
    """The lineage of a run, and whether it counts nothing; one that cannot be read counts on real markets."""
    try:
        told = written_content(path.read_text(encoding="utf-8", errors="replace"))
        market = told["market"]
        lineage = lineage_of(bool(market["simulated"]), list(market["sources"]), str(market["snapshot"]))
        return {"lineage": lineage, "free": "control" if told["strategy"].get("control") is True else None}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {"lineage": lineage_of(False, (), ""), "free": None}
