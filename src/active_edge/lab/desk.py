"""One open market and what is tried on it in a sitting: variants evaluated fast, then in full."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd

from active_edge.errors import ActiveEdgeError, ConfigError
from active_edge.judging.judgement import Judgement, judge_result
from active_edge.judging.robustness import Robustness
from active_edge.judging.sensitivity import exclusion_variations, rebalance_variations, trading_variations
from active_edge.judging.twins import RANDOM_PORTFOLIOS
from active_edge.judging.variation import Variation, table_of
from active_edge.lab.variant import variant_of
from active_edge.ledger import Ledger
from active_edge.market import Market
from active_edge.panel import Panel, Panels
from active_edge.results.batch import Call, enter_ledger, judge_call, judge_only
from active_edge.results.stats import stats_of
from active_edge.run.backtest import Result, run_sessions, trade
from active_edge.run_record import OptionsRecord
from active_edge.stats import Stats
from active_edge.strategy import Strategy, decide_targets, decision_dates
from active_edge.universe import Universe, select_universe
from active_edge.words import listed

STAGES = ("twins", "choices", "full")
"""What follows the first look: random twins and the word, other choices, then legs and hidden data."""
KEPT = 64
"""Universes kept; a sitting moves thresholds far more often than the universe."""
OPTIONS = OptionsRecord(random_portfolios=RANDOM_PORTFOLIOS, seed=0, sensitivity=True, placebo=False)
"""Those of ``active-edge backtest``, so that a variant's numbers are those of its saved file."""


class Dropped(ActiveEdgeError):
    """Work that nobody waits for any more."""


@dataclass(frozen=True)
class Evaluated:
    """A variant that is in the ledger, with what can be said of it at once.

    Attributes
    ----------
    call : its result and trial, as a batch holds them.
    judgement, stats : without random twins, delisting cases and robustness.
    sitting : trials of the sitting, this one included.
    """

    strategy: Strategy
    call: Call
    judgement: Judgement
    stats: Stats
    sitting: int

    @property
    def result(self) -> Result:
        """What it held and earned."""
        return self.call.tried[0]


@dataclass
class Desk:
    """A market with everything that is read from it once.

    Parameters
    ----------
    family : what the ledger calls the trials of this sitting.
    out : results folder of full runs.
    name : what the lab calls the market.

    Attributes
    ----------
    looking, following : held by who evaluates a variant, and by who finishes one.
    """

    market: Market
    family: str
    out: Path
    name: str
    looking: Lock = field(default_factory=Lock)
    following: Lock = field(default_factory=Lock)
    _panels: Panels = field(default_factory=Panels)
    _universes: dict[tuple[Any, ...], Universe] = field(default_factory=dict)

    @property
    def sessions(self) -> pd.DatetimeIndex:
        """Sessions of every run."""
        return run_sessions(self.market, None, None)

    def panel_of(self, strategy: Strategy) -> Panel:
        """The panel on the decision dates of a strategy."""
        return self._panels.on(self.market, decision_dates(strategy, self.market, self.sessions))

    def backtest(self, strategy: Strategy) -> Result:
        """What `run.backtest` gives, candidates and factors read once for all variants that share them."""
        panel = self.panel_of(strategy)
        rules = strategy.screen.universe
        key = tuple(panel.dates), json.dumps(rules.model_dump(mode="json"), sort_keys=True)
        if key not in self._universes:
            if len(self._universes) >= KEPT:
                self._universes.pop(next(iter(self._universes)))
            self._universes[key] = select_universe(rules, panel)
        universe = self._universes[key]
        decision = decide_targets(strategy, self.market, panel.dates, panel=panel, universe=universe)
        simulation = trade(self.market, decision.targets, strategy.terms, self.sessions)
        return Result(strategy, self.market, decision, simulation)

    def evaluate(self, content: object) -> Evaluated:
        """A variant backtested and entered in the ledger, and what can be said without its twins.

        Raises
        ------
        ConfigError : it is nothing that a file could hold.
        MissingInput : the market lacks what it needs.
        LedgerError : the ledger cannot be written; then nothing is told.
        """
        strategy = variant_of(content)
        result = self.backtest(strategy)
        call = enter_ledger([result], self.out, OPTIONS, family=self.family)
        judgement = judge_result(result, call.tallies[0], samples=call.samples[0], seed=OPTIONS.seed, quick=True)
        stats = stats_of(judgement, Robustness(None, None, None, None, [], ""), call.trials[0])
        return Evaluated(strategy, call, judgement, stats, Ledger().size_of(self.family))

    def finish(self, evaluated: Evaluated, stage: str, *, wanted: Callable[[], bool]) -> Stats:
        """The numbers of a variant as far as a stage of `STAGES` knows them.

        After the last they are those that ``active-edge backtest --json`` prints of its file.

        Parameters
        ----------
        wanted : asked between steps; False drops the rest.

        Raises
        ------
        Dropped : nobody waits for it any more.
        ConfigError : there is no such stage.
        """
        if stage not in STAGES:
            raise ConfigError(f"stage: {stage!r} is none; {listed(STAGES)}")
        call, table = evaluated.call, None

        def step(_what: str = "", _done: int = 0, _total: int = 0, /) -> None:
            if not wanted():
                raise Dropped("dropped: another variant came")

        step()
        moved: list[Variation] = []
        if stage != "twins":
            (moved,) = rebalance_variations(call.tried, panels=self._panels)
            step()
        if stage == "full":
            return judge_call(call, 0, moved, progress=step)[1]
        judged = judge_only(call, 0)
        step()
        if stage == "choices" and judged.yardstick is not None:
            table = table_of(judged, [*trading_variations(judged), *moved, *exclusion_variations(judged)])
        return stats_of(judged, Robustness(None, table, None, None, [], ""), call.trials[0])
