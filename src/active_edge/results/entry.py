"""A run's line in the list of runs, kept in its folder with the hashes of the files it was taken from."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from active_edge.errors import MissingInput
from active_edge.ordinary import ordinary
from active_edge.report.run_page import IndexEntry
from active_edge.stats import BenchmarkStats, FactorStats, Stats
from active_edge.whole import write_whole
from active_edge.words import count

STATS = "stats.json"
RUN = "run.yaml"
PAGE = "report.html"
ENTRY = "entry.json"
MONTHS_A_YEAR = 12
_KEYS = {field.name for field in fields(IndexEntry)}
_FILES, _ITSELF = "files", "sha256"
"""Keys of the entry: file -> its hash, and the hash of all else it says."""


def entry_of(stats: Stats, created: str, folder: str) -> IndexEntry:
    """The line of a run that lies in `folder` of its results folder, made at `created`."""
    numbers = stats.on_yardstick or BenchmarkStats()
    low, high = numbers.alpha_ci or (None, None)
    return IndexEntry(
        run=stats.run,
        strategy=stats.strategy,
        created=created,
        start=stats.start,
        end=stats.end,
        verdict=stats.verdict,
        snapshot=stats.snapshot,
        simulated=stats.simulated,
        trials=stats.trials,
        href=f"{folder}/{PAGE}",
        benchmark=stats.yardstick or "",
        alpha_annual=numbers.alpha_annual,
        lower=low,
        upper=high,
        annual_return=stats.annual_return,
        max_drawdown=stats.max_drawdown,
        turnover_annual=stats.turnover_annual,
        cost_drag_annual=stats.cost_drag_annual,
        doubts=stats.doubts,
        planted=stats.planted,
        visible=numbers.mde_annual,
        years=stats.months / MONTHS_A_YEAR,
        others=_others(stats),
    )


def _others(stats: Stats) -> dict[str, list[float]]:
    """The alphas beside that on the yardstick: on other benchmarks, and on the factors."""
    found: dict[str, BenchmarkStats | FactorStats] = {
        name: one for name, one in stats.benchmarks.items() if name != stats.yardstick
    }
    if stats.factors is not None:
        found[count(len(stats.factors.loadings), "factor")] = stats.factors
    return {
        name: [one.alpha_annual, *one.alpha_ci]
        for name, one in found.items()
        if one.alpha_annual is not None and one.alpha_ci is not None
    }


def write_entry(entry: IndexEntry, folder: Path) -> None:
    """Keep `entry` in the run folder, with the hashes of stats, record and tables, and of all that itself."""
    files = {path.name: _sha256(path.read_bytes()) for path in sorted(folder.iterdir()) if _sealed(path)}
    (folder / ENTRY).write_text(_text(files, entry), encoding="utf-8")


def renew_entry(entry: IndexEntry, folder: Path) -> None:
    """Keep `entry` in place of one that an older program wrote of the same files; nothing where that is not so.

    Its hashes stay, so that nothing altered since is taken for what was written. A folder that cannot be written stays.
    """
    kept = _kept(folder)
    files = kept.get(_FILES)
    if files is None or set(kept) - {_FILES} == _KEYS:
        return
    with contextlib.suppress(OSError):
        if all(files.get(name) == _sha256(ordinary(folder / name).read_bytes()) for name in (STATS, RUN)):
            write_whole(folder / ENTRY, _text(files, entry))


def _text(files: Mapping[str, str], entry: IndexEntry) -> str:
    kept: dict[str, Any] = {_FILES: files, **asdict(entry)}
    return json.dumps({**kept, _ITSELF: _own_hash(kept)}, indent=2, allow_nan=False) + "\n"


def kept_entry(folder: Path) -> IndexEntry | None:
    """The entry kept in a run folder; None where there is none, or stats or record are not those it was taken from."""
    kept = _kept(folder)
    files = kept.pop(_FILES, None)
    try:
        same = files is not None and all(
            files[name] == _sha256(ordinary(folder / name).read_bytes()) for name in (STATS, RUN)
        )
        whole = set(kept) == _KEYS  # else an older program kept less
        return IndexEntry(**kept) if same and whole else None
    except (OSError, TypeError, KeyError):
        return None  # whatever is wrong with it, stats and record still say what it said


def as_written(path: Path) -> bytes:
    """The bytes of a file of a run, held against the hash its entry keeps of it; where it keeps none, as they are.

    Raises
    ------
    MissingInput : they are not those that were written.
    OSError : the file cannot be read.
    """
    body = ordinary(path).read_bytes()
    hashes = _kept(path.parent).get(_FILES, {})
    if hashes.get(path.name, "") not in ("", _sha256(body)):
        raise MissingInput(
            f"{path}: was altered after it was written (its hash is not the one in {ENTRY}); run the backtest again, "
            f"or remove {ENTRY} where you changed it on purpose"
        )
    return body


def _kept(folder: Path) -> dict[str, Any]:
    """What the entry file of a run folder says; empty where there is none, or it is not as it was written."""
    try:
        kept = json.loads(ordinary(folder / ENTRY).read_bytes())
        own = kept.pop(_ITSELF)
        return dict(kept) if own == _own_hash(kept) and isinstance(kept[_FILES], dict) else {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _sealed(path: Path) -> bool:
    return path.name in (STATS, RUN) or path.suffix == ".parquet"


def _own_hash(kept: Mapping[str, Any]) -> str:
    return _sha256(json.dumps(kept, sort_keys=True).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
