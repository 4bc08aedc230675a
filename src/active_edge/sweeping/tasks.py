"""A sweep cut into tasks that any process can do: it opens the market, and refuses what is not the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

import pandas as pd

from active_edge.config import build_model
from active_edge.digest import running_digest
from active_edge.errors import MissingInput
from active_edge.market import open_market
from active_edge.panel import Panels
from active_edge.plugins import load_plugins
from active_edge.run.backtest import configuration, run_sessions
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules, decision_dates, plugins_of
from active_edge.sweeping import parts
from active_edge.sweeping.grid import Grid
from active_edge.sweeping.groups import Group, grouped
from active_edge.sweeping.statistics import Measure, Measures
from active_edge.sweeping.variants import Variant, variants_of

CODE = "active_edge.sweeping.run"
"""Module whose import closure, hashed, is the program version of a sweep."""
_one_at_a_time = Lock()


@dataclass(frozen=True)
class Job:
    """What every task of a sweep shares; plain text, so that it travels.

    Attributes
    ----------
    market : absolute path, the same on every machine. snapshot, program : the only data and program it may be done
        with.
    content : strategy, screen and grid as JSON. start, end : first and last session. identity : of the sweep.
    plugins : files to run first.
    """

    market: str
    snapshot: str
    program: str
    content: str
    start: str
    end: str
    identity: str
    plugins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """Variants `begin` to `stop` of one group of a job, and the name of the part they make."""

    job: Job
    group: int
    begin: int
    stop: int
    name: str


def job_of(strategy: Strategy, grid: Grid, measure: Measure, identity: str) -> Job:
    """The job of a sweep."""
    plugins = sorted({str(Path(plugin.place).resolve()) for plugin in plugins_of(strategy).values()})
    sessions, market = measure.sessions, measure.market
    content = {**configuration(strategy), "grid": grid.model_dump(mode="json")}
    days = str(sessions[0].date()), str(sessions[-1].date())
    path = str(Path(market.path).resolve())
    told = json.dumps(content)  # in their order, which is that of the variants
    return Job(path, market.snapshot, running_digest(CODE), told, *days, identity, tuple(plugins))


@dataclass
class Bench:
    """Where parts are made: one group's candidates and prices in memory at a time."""

    groups: Sequence[Sequence[Variant]]
    measure: Measure
    _group: tuple[int, Group] | None = None
    _panels: tuple[pd.DatetimeIndex, Panels] = field(default_factory=lambda: (pd.DatetimeIndex([]), Panels()))

    def variants(self, task: Task) -> Sequence[Variant]:
        """Those of a task."""
        return self.groups[task.group][task.begin : task.stop]

    def rows(self, group: int, chosen: Sequence[Variant], *, workers: int = 1) -> Measures:
        """The numbers of some variants of a group, whatever was asked before; `workers` are threads."""
        if self._group is None or self._group[0] != group:
            self._group = None
            self._group = group, self._made(group)
        made, strategies = self._group[1], [variant.strategy for variant in chosen]
        return self.measure.of(made.run(strategies, workers=workers), strategies, made.cube)

    def _made(self, group: int) -> Group:
        strategies, measure = [variant.strategy for variant in self.groups[group]], self.measure
        now = decision_dates(strategies[0], measure.market, measure.sessions)
        if not now.equals(self._panels[0]):
            self._panels = now, Panels()
        return Group(strategies, measure.market, measure.sessions, self._panels[1].on(measure.market, now))


def run_task(task: Task) -> Measures:
    """The numbers of a task's variants, made by this process.

    Raises
    ------
    MissingInput : the market is not at its path here, or data, program or plug-ins are others than the sender's.
    """
    with _one_at_a_time:
        bench = _opened(task.job)
        chosen = bench.variants(task)
        if parts.part_name([task.job.identity, task.job.program], chosen) != task.name:
            raise MissingInput("this worker reads other variants out of the same grid; give it the same plug-ins")
        return bench.rows(task.group, chosen)


@lru_cache(maxsize=1)
def _opened(job: Job) -> Bench:
    if job.program != running_digest(CODE):
        raise MissingInput("this worker runs another version of the program; install the same everywhere")
    load_plugins(*job.plugins)
    market = open_market(job.market)
    if market.snapshot != job.snapshot:
        raise MissingInput(
            f"{job.market}: snapshot {market.snapshot} here, {job.snapshot} was asked for; give every worker the same"
        )
    content = json.loads(job.content)
    rules = build_model(StrategyRules, content["strategy"], "strategy of the sweep")
    screen = build_model(Screen, content["screen"], "screen of the sweep")
    variants = variants_of(Strategy(rules, screen), build_model(Grid, content["grid"], "grid of the sweep"))
    sessions = run_sessions(market, job.start, job.end)
    return Bench(grouped(variants, market, sessions), Measure(market, sessions, rules.benchmarks))
