"""A sweep: every variant of a grid backtested on one open market, entered in the ledger as one family, and stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from active_edge.arguments import checked
from active_edge.errors import BacktestError, ConfigError, InferenceError
from active_edge.inference.joint_alphas import wild_alphas
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.ledger import Ledger, Trial
from active_edge.market import Market
from active_edge.progress import Progress, silent
from active_edge.results.records import lineage_of_market
from active_edge.run.backtest import configuration, run_sessions
from active_edge.strategy import Strategy, decision_dates
from active_edge.sweeping import parts
from active_edge.sweeping.believed import priors_of
from active_edge.sweeping.executors import Executor, executor_at
from active_edge.sweeping.grid import Grid, Times, load_grid
from active_edge.sweeping.groups import grouped
from active_edge.sweeping.statistics import Measure, Measures
from active_edge.sweeping.tasks import Bench, Job, Task, job_of
from active_edge.sweeping.variants import Variant, variants_of
from active_edge.whole import write_whole

PART = 250
"""Variants a part: memory is that of one, and a kill costs no more."""
WORKERS = 2
FORMAT = 1
RECORD = "sweep.json"
VARIANTS = "variants.parquet"
PARTS = "parts"
MIN_MONTHS = 24
"""Common months below which a family has no effective number; each of its variants counts then."""
RESAMPLES = 1000


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    folder : where it is stored.
    strategy, grid, market, sessions : the base strategy, what varied, and on what.
    variants : in the order of `rows`.
    rows : one row a variant: ``number``, its settings by key, and `statistics.COLUMNS` and `ALPHA`.
    months : (n_variants, n_months) net return of each complete month of the run, NaN before the first of a variant.
    family : as the ledger names it. effective : its effective number of trials.
    """

    folder: Path
    strategy: Strategy
    grid: Grid
    market: Market
    sessions: pd.DatetimeIndex
    variants: Sequence[Variant]
    rows: pd.DataFrame
    months: np.ndarray
    family: str
    effective: float

    @cached_property
    def measure(self) -> Measure:
        """The market as every variant was measured on it."""
        measure = Measure(self.market, self.sessions, self.strategy.rules.benchmarks)
        for variants in grouped(self.variants, self.market, self.sessions):
            measure.measured_from(decision_dates(variants[0].strategy, self.market, self.sessions)[0])
        return measure

    @property
    def settings(self) -> list[str]:
        """Keys that vary, which are columns of `rows`."""
        return list(self.variants[0].settings)

    @property
    def free(self) -> list[str]:
        """Those of the keys that follow no other."""
        return [key for key in self.settings if not isinstance(self.grid.vary.get(key), Times)]

    @property
    def yardstick(self) -> str | None:
        """The first benchmark that an alpha could be told on; None without any."""
        told = (name for name in self.strategy.rules.benchmarks if self.rows[f"alpha_{name}"].notna().any())
        return next(told, None)

    def summary(self) -> dict[str, Any]:
        """What a program reads of it: plain JSON content."""
        return {
            "strategy": self.strategy.name,
            "folder": str(self.folder),
            "simulated": self.market.simulated,
            "variants": len(self.rows),
            "effective_trials": self.effective,
            "yardstick": self.yardstick,
        }


@checked
def sweep(
    strategy: Strategy,
    grid: Grid | str | Path,
    market: Market,
    *,
    out: str | Path = "results",
    start: str | None = None,
    end: str | None = None,
    workers: int = WORKERS,
    cluster: str | None = None,
    progress: Progress = silent,
) -> Sweep:
    """Every variant of a grid backtested, written into a folder of `out` and into the user's ledger as one family.

    All variants are in the ledger before the first of them is run. What a killed sweep has finished is kept, and the
    same call goes on from there to the same table.

    Parameters
    ----------
    grid : a `Grid`, or the file of one.
    start, end : as `backtest`.
    workers : threads; no number depends on it.
    cluster : address of a dask scheduler, as ``tcp://host:8786``, whose workers see the market at the same path and run
        the same version of the program; or ``loky:N`` for N processes of this machine. No number depends on it.

    Raises
    ------
    ConfigError : nothing varies, too many combinations, or a variant that no file could hold.
    MissingInput : the market lacks what a variant needs.
    LedgerError : the ledger cannot be read or written; then nothing is run.
    BacktestError : a worker of the cluster was lost for good; what is finished is kept.
    """
    executor = None if cluster is None else executor_at(cluster)
    where = "grid" if isinstance(grid, Grid) else str(grid)
    told = grid if isinstance(grid, Grid) else load_grid(grid)
    if not told.vary and not told.legs:
        raise ConfigError(f"{where}: nothing varies; give vary or legs")
    variants = variants_of(strategy, told, where=where)
    sessions = run_sessions(market, start, end)
    identity = _identity(strategy, told, market, sessions)
    name = f"{strategy.name}-sweep-{identity[:6]}"
    folder, family = Path(out) / name, f"sweep {name}"
    measure = Measure(market, sessions, strategy.rules.benchmarks)
    groups = grouped(variants, market, sessions)
    ledger = Ledger()
    ledger.record(list(_trials(groups, measure, family)), out=out)
    job = job_of(strategy, told, measure, identity)
    names = _run(Bench(groups, measure), job, folder / PARTS, workers, executor, progress)
    months = parts.read_months(folder / PARTS, names, parts.numbers_of(folder / PARTS, names))
    effective = _close(ledger, family, months, measure)
    rows = parts.read_parts(folder / PARTS, names).drop(columns="number")
    table = _settings(variants).join(priors_of(months, measure)).join(rows)
    parts.write_table(table, folder / VARIANTS)
    record = _record(strategy, told, market, sessions, names, family, effective)
    write_whole(folder / RECORD, json.dumps(record, indent=1, default=str) + "\n")
    return Sweep(folder, strategy, told, market, sessions, variants, table, months, family, effective)


def _run(
    bench: Bench, job: Job, folder: Path, workers: int, executor: Executor | None, progress: Progress
) -> list[str]:
    """Names of all parts, after those that were not there were made, here or by an executor."""
    tasks = list(_tasks(bench, job))
    missing = [task for task in tasks if not parts.is_there(folder, task.name)]
    total = sum(map(len, bench.groups))
    done = total - sum(task.stop - task.begin for task in missing)
    progress("variants", done, total)

    def keep(task: Task, rows: Measures) -> None:
        nonlocal done
        parts.write_part(folder, task.name, [variant.number for variant in bench.variants(task)], rows)
        done += task.stop - task.begin
        progress("variants", done, total)

    lost: list[Task] = []
    if executor is None:
        for task in missing:
            keep(task, bench.rows(task.group, bench.variants(task), workers=workers))
    elif missing:
        for task, rows in executor(missing):
            lost.append(task) if rows is None else keep(task, rows)
    for task in lost:
        _without_the_poisoned(bench, task, executor)
        keep(task, bench.rows(task.group, bench.variants(task), workers=workers))
    return [task.name for task in tasks]


def _tasks(bench: Bench, job: Job) -> Iterator[Task]:
    for number, variants in enumerate(bench.groups):
        for begin in range(0, len(variants), PART):
            chosen = variants[begin : begin + PART]
            name = parts.part_name([job.identity, job.program], chosen)
            yield Task(job, number, begin, begin + len(chosen), name)


def _without_the_poisoned(bench: Bench, task: Task, executor: Executor | None) -> None:
    """Raise for the variants of a lost task that take down whichever worker they come to; none may be left."""
    variants, job = bench.variants(task), task.job
    alone = [
        Task(job, task.group, task.begin + k, task.begin + k + 1, parts.part_name([job.identity, job.program], [one]))
        for k, one in enumerate(variants)
    ]
    assert executor is not None
    bad = sorted(variants[one.begin - task.begin].number for one, rows in executor(alone) if rows is None)
    if bad:
        raise BacktestError(
            f"variants {', '.join(map(str, bad))} took down every worker they came to; all the others that were "
            "finished are kept: take those out of the grid, or give the workers more memory"
        )


def _trials(groups: Sequence[Sequence[Variant]], measure: Measure, family: str) -> Iterator[Trial]:
    """The ledger line of every variant, before anything is known of it: a ratio would tell a result."""
    market, sessions = measure.market, measure.sessions
    lineage = lineage_of_market(market)
    for variants in groups:
        since = decision_dates(variants[0].strategy, market, sessions)[0]
        measured = measure.measured_from(since)
        for variant in variants:
            asked = variant.strategy.rules.benchmarks
            yield Trial(
                strategy=variant.strategy.name,
                screen=variant.strategy.screen.name,
                configuration=variant.content,
                start=str(sessions[0].date()),
                end=str(sessions[-1].date()),
                snapshot=market.snapshot,
                simulated=market.simulated,
                information_ratio=None,
                since=str(since.date()),
                lineage=lineage,
                benchmarks=measured,
                unknown=tuple(name for name in asked if name not in measured),
                family=family,
            )


def _close(ledger: Ledger, family: str, months: np.ndarray, measure: Measure) -> float:
    """The effective number of the family, written into the ledger unless it is there."""
    known = {one["family"]: one for one in ledger.summary()["families"]}
    if family in known:
        return float(known[family]["effective"])
    effective, used = effective_number(months, measure)
    size = ledger.size_of(family)
    if size:
        ledger.close_family(family, effective=float(min(max(1.0, effective), size)), months=used)
    return float(effective)


def effective_number(months: np.ndarray, measure: Measure) -> tuple[float, int]:
    """How many independent trials variants are worth, and the months that says it; all of them where too few do."""
    try:
        excess, passive, _ = measure.family(months)
    except InferenceError:
        return float(len(months)), 0
    if len(excess) < MIN_MONTHS or excess.shape[1] < 2:
        return float(len(months)), len(excess)
    together = SampleMatrix.of(excess, periods_per_year=MONTHS_A_YEAR)
    found = wild_alphas(together, passive[:, None], seed=0, resamples=RESAMPLES)
    return found.effective_number(), len(excess)


def _settings(variants: Sequence[Variant]) -> pd.DataFrame:
    """Number and settings of every variant; what is no plain value as JSON text."""
    frame = pd.DataFrame({"number": [variant.number for variant in variants]})
    for key in variants[0].settings:
        values = [variant.settings[key] for variant in variants]
        kinds = {type(value) for value in values}
        plain = kinds <= {int, float} or kinds in ({bool}, {str})
        frame[key] = values if plain else [json.dumps(value) for value in values]
    return frame


def _identity(strategy: Strategy, grid: Grid, market: Market, sessions: pd.DatetimeIndex) -> str:
    """What a sweep is: the same files on the same data over the same sessions."""
    content = {
        "format": FORMAT,
        **configuration(strategy),
        "grid": grid.model_dump(mode="json"),
        "snapshot": market.snapshot,
        "sessions": [str(sessions[0].date()), str(sessions[-1].date())],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _record(
    strategy: Strategy,
    grid: Grid,
    market: Market,
    sessions: pd.DatetimeIndex,
    names: Sequence[str],
    family: str,
    effective: float,
) -> Mapping[str, Any]:
    return {
        "format": FORMAT,
        **configuration(strategy),
        "grid": grid.model_dump(mode="json"),
        "snapshot": market.snapshot,
        "simulated": market.simulated,
        "start": str(sessions[0].date()),
        "end": str(sessions[-1].date()),
        "family": family,
        "effective_trials": effective,
        "parts": list(names),
    }
