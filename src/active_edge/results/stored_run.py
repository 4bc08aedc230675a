"""A stored run opened again: its numbers, its record and its tables as frames."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from active_edge.arguments import checked
from active_edge.cards import card
from active_edge.report.page import PAGE_NAME
from active_edge.results.folders import find_run, read_returns, read_stats, read_table
from active_edge.results.records import read_record
from active_edge.run_record import RunRecord
from active_edge.stats import Stats
from active_edge.words import count, interval, signed

TABLES = ("returns", "targets", "holdings", "trades")


@dataclass(frozen=True)
class StoredRun:
    """One run of a results folder; tables are read when they are first asked for.

    Attributes
    ----------
    folder : where it lies.
    stats, record : the content of stats.json and run.yaml.
    """

    folder: Path
    stats: Stats
    record: RunRecord

    def __repr__(self) -> str:
        return f"<StoredRun {self.folder.name}: {self.stats.verdict}>"

    def _repr_html_(self) -> str:
        return run_card(self.stats, self.folder)

    @cached_property
    def returns(self) -> pd.DataFrame:
        """(n_sessions, ...) simple returns by session: net, gross, each benchmark, cash (`RF`); and value, USD."""
        return read_returns(self.folder)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """decided, asset, ticker, weight: what each decision wanted."""
        return read_table(self.folder, "targets")

    @cached_property
    def holdings(self) -> pd.DataFrame:
        """session, decision, asset, ticker, name, weight, shares, value (USD)."""
        return read_table(self.folder, "holdings")

    @cached_property
    def trades(self) -> pd.DataFrame:
        """Every fill: session, asset, ticker, name, side, shares, price, value, costs (USD), reason, decision."""
        return read_table(self.folder, "trades")

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Name to table, those that the run holds: returns that somebody earned have no holdings."""
        kept = [name for name in TABLES if (self.folder / f"{name}.parquet").is_file()]
        return {name: read_table(self.folder, name) for name in kept}


def run_card(stats: Stats, folder: Path) -> str:
    """A run in a notebook: its word, what it was measured on, its edges, and where its page lies."""
    rows = {"verdict": str(stats.verdict), "measured": f"{stats.start} to {stats.end}"}
    for name, found in stats.benchmarks.items():
        if found.alpha_ci is not None:
            rows[f"alpha on {name} a year"] = f"{signed(found.alpha_annual)} (95 %: {interval(*found.alpha_ci)})"
    rows |= {"charged for": count(stats.trials, "trial"), "page": str(folder / PAGE_NAME)}
    return card(f"Run {folder.name}", rows, simulated=stats.simulated, note=stats.verdict_reason)


def stored_run(run: str | Path, out: str | Path, announce: Callable[[str], None]) -> StoredRun:
    """What `load_run` gives; `announce` is told what is passed over."""
    place = Path(run)
    results = place.parent if place.parent != Path() else Path(out)
    folder = find_run(results, place.name, announce=announce)
    return StoredRun(folder, read_stats(folder), read_record(folder))


@checked
def load_run(run: str | Path, out: str | Path = "results") -> StoredRun:
    """A run of the results folder `out`, opened; nothing is written.

    Parameters
    ----------
    run : its name, its folder, or its strategy's name, which stands for its newest run that can be read; a newer one
        that cannot be read is told as a warning.

    Raises
    ------
    MissingInput : it is not stored there; the message lists what is.
    """
    return stored_run(run, out, lambda said: warnings.warn(said, stacklevel=2))
