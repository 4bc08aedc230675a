"""A run's line in the list of runs, kept in its folder beside the files it was taken from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from pathlib import Path

from active_edge.report.run_page import IndexEntry
from active_edge.results.records import RUN
from active_edge.stats import BenchmarkStats, Stats

STATS = "stats.json"
PAGE = "report.html"
ENTRY = "entry.json"
_TAKEN_FROM = "taken_from"


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
    )


def write_entry(entry: IndexEntry, folder: Path) -> None:
    """Keep `entry` in the run folder, with the hash of the stats and the record that stand there."""
    text = json.dumps({_TAKEN_FROM: _digest(folder), **asdict(entry)}, indent=2, allow_nan=False)
    (folder / ENTRY).write_text(text + "\n", encoding="utf-8")


def kept_entry(folder: Path) -> IndexEntry | None:
    """The entry kept in a run folder; None where there is none, or stats or record are not those it was taken from."""
    try:
        kept = json.loads((folder / ENTRY).read_bytes())
        taken_from = kept.pop(_TAKEN_FROM)
        whole = set(kept) == {field.name for field in fields(IndexEntry)}  # else an older program kept less
        return IndexEntry(**kept) if whole and taken_from == _digest(folder) else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None  # whatever is wrong with it, stats and record still say what it said


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / STATS).read_bytes() + b"\0" + (folder / RUN).read_bytes()).hexdigest()
