"""The list of a results folder's runs, and its page index.html."""

from __future__ import annotations

from pathlib import Path

from active_edge.errors import MissingInput, OlderFormat
from active_edge.report.document import write_page
from active_edge.report.index import render_index
from active_edge.report.run_page import IndexEntry
from active_edge.results.folders import PAGE, STATS, read_stats
from active_edge.results.records import RUN, read_record
from active_edge.stats import BenchmarkStats

INDEX_PAGE = "index.html"


def write_index(out: Path) -> Path:
    """The page index.html of the results folder `out`, written anew from the runs in it."""
    older: list[str] = []
    return write_page(render_index(index_entries(out, older), older), out / INDEX_PAGE)


def index_entries(out: Path, older: list[str] | None = None) -> list[IndexEntry]:
    """One entry for every run folder of the results folder `out`, newest first.

    Parameters
    ----------
    older : gets the names of the folders that an older program wrote, which have no entry.

    Hidden folders are runs being written, or cut off by a kill; a folder may vanish while it is replaced.

    Raises
    ------
    MissingInput : a whole run cannot be read; the message names it.
    """
    entries = []
    for path in sorted(out.glob(f"[!.]*/{STATS}")):
        try:
            entries.append(_entry(path.parent))
        except OlderFormat:
            if older is not None:
                older.append(path.parent.name)
        except MissingInput:
            if path.is_file() and (path.parent / RUN).is_file():
                raise
    return sorted(entries, key=lambda entry: (entry.created, entry.run), reverse=True)


def _entry(folder: Path) -> IndexEntry:
    record, stats = read_record(folder), read_stats(folder)
    numbers = stats.on_yardstick or BenchmarkStats()
    low, high = numbers.alpha_ci or (None, None)
    return IndexEntry(
        run=stats.run,
        strategy=stats.strategy,
        created=record.created,
        start=stats.start,
        end=stats.end,
        verdict=stats.verdict,
        snapshot=stats.snapshot,
        simulated=stats.simulated,
        trials=stats.trials,
        href=f"{folder.name}/{PAGE}",
        benchmark=stats.yardstick or "",
        alpha_annual=numbers.alpha_annual,
        lower=low,
        upper=high,
        doubts=stats.doubts,
    )
