"""A strategy's own false alarms and power: its very screen and rules on worlds without an edge, and with one.

The same paths are read twice. Once as drawn: nothing earns anything beyond factors. Once with the economic edge
planted in whatever the strategy holds: every month its names earn a twelfth of 4 % more, the smallest edge the
verdict asks a run to be able to see. Decisions are those of the path as drawn, for an edge of a third of a percent a
month moves next to no rank.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from active_edge.errors import ActiveEdgeError, MissingInput
from active_edge.inference.alpha import benchmark_alpha, factor_alpha
from active_edge.inference.evidence import Thresholds
from active_edge.inference.months import MONTHS_A_YEAR, Months
from active_edge.inference.rungs import word_for
from active_edge.judging.estimates import evidence_of
from active_edge.judging.samples import FACTOR_SERIES, Samples, samples_of
from active_edge.ledger import Tally
from active_edge.placebo.holding import Held, hold
from active_edge.placebo.parallel import in_parallel
from active_edge.placebo.world import MonthlyPanel, MonthlyWorld
from active_edge.plugins import Plugin
from active_edge.progress import Progress, silent
from active_edge.run.backtest import run_sessions
from active_edge.simulated import monthly
from active_edge.strategy import Strategy, Targets, decide_targets, decision_dates
from active_edge.universe import select_universe
from active_edge.verdicts import Word

WORLDS, SEED = 100, 1
SEEDS_APART = 1_000_000
LEAST_MONTHS, MOST_MONTHS = 36, 60
"""Months of a world: those of the run within these bounds. Below, no verdict has a word; above, it takes too long."""
FIRST = 4
"""Worlds that are tried before the others: where all of them fail, the strategy cannot run there."""
FIRMS = 3000
LEVEL = 0.05
CLAIMS = (Word.SUPPORTED, Word.UNIVERSE)
"""No twins are drawn in the placebo: what beats all benchmarks and the factors is claimed."""


@dataclass(frozen=True)
class World:
    """What one path said: p of the alphas on the yardstick and on the factors before costs; the claims of the verdict
    after costs, as drawn and with the edge planted; whether the alpha on the yardstick alone passes, charged."""

    p_gross: float
    p_factors: float
    claimed: bool
    claimed_planted: bool
    passed: bool
    passed_planted: bool
    months: int


@dataclass(frozen=True)
class Placebo:
    """A strategy's own rates.

    Attributes
    ----------
    worlds, months : how many were measured, and how long each. edge : planted, a year. trials : charged for.
    failed, why_failed : how many could not be measured, which no count holds; and why the first of them could not.
    benchmarks : those of the strategy that the worlds have, or theirs where they have none of them.
    rejected, rejected_factors : worlds without an edge whose alpha on the first of them, and on the factors, rejects
        at 5 %, two-sided, before costs. In the worlds size earns 1.2 % a year and value 1.8 %: a tilt to them is an
        alpha on a benchmark and none on the factors.
    claimed, claimed_planted : worlds whose verdict would claim an edge, after costs and charged for `trials`.
    passed, passed_planted : worlds that beat the first benchmark alone, after costs and charged.
    """

    worlds: int
    months: int
    failed: int
    why_failed: str
    edge: float
    trials: int
    benchmarks: tuple[str, ...]
    rejected: int
    rejected_factors: int
    claimed: int
    claimed_planted: int
    passed: int
    passed_planted: int


def placebo(
    strategy: Strategy,
    *,
    months: int,
    trials: int,
    worlds: int = WORLDS,
    workers: int = 1,
    plugins: Collection[Plugin] = (),
    progress: Progress = silent,
) -> Placebo:
    """The strategy on `worlds` paths, each as drawn and with the edge planted.

    Parameters
    ----------
    months : of the run; a world has as many, within `LEAST_MONTHS` and `MOST_MONTHS`.
    trials : what the run's verdict is charged for.
    workers : processes; where one of `plugins`, those that the strategy uses, is no file of its own, threads.

    Raises
    ------
    MissingInput : the strategy needs what monthly worlds lack, in one sentence.
    """
    span = min(max(months, LEAST_MONTHS), MOST_MONTHS)
    progress("placebo worlds", 0, worlds)
    told: dict[int, World | str] = {}
    for numbers in (range(min(FIRST, worlds)), range(FIRST, worlds)):
        for number, world in in_parallel(partial(outcome, strategy, span, trials), numbers, workers, plugins):
            told[number] = world
            progress("placebo worlds", len(told), worlds)
        if all(isinstance(world, str) for world in told.values()):
            raise MissingInput(str(told[0]))
    found = [world for world in told.values() if isinstance(world, World)]
    failed = [told[number] for number in sorted(told) if isinstance(told[number], str)]
    return Placebo(
        worlds=len(found),
        months=min(world.months for world in found),
        failed=len(failed),
        why_failed=str(failed[0]) if failed else "",
        edge=Thresholds().visible_edge,
        trials=trials,
        benchmarks=benchmarks_of(strategy),
        rejected=sum(world.p_gross <= LEVEL for world in found),
        rejected_factors=sum(world.p_factors <= LEVEL for world in found),
        claimed=sum(world.claimed for world in found),
        claimed_planted=sum(world.claimed_planted for world in found),
        passed=sum(world.passed for world in found),
        passed_planted=sum(world.passed_planted for world in found),
    )


def benchmarks_of(strategy: Strategy) -> tuple[str, ...]:
    """The strategy's benchmarks that monthly worlds have; theirs where they have none of them."""
    have = ("IWM", "IJR")
    return tuple(name for name in strategy.rules.benchmarks if name in have) or have


def outcome(strategy: Strategy, months: int, trials: int, number: int) -> World | str:
    """What `one_world` says, or the sentence why that path cannot be measured: an odd one does not end the others."""
    try:
        return one_world(strategy, number, months, trials)
    except (ActiveEdgeError, ArithmeticError, np.linalg.LinAlgError) as error:
        return str(error).rstrip(".")


def one_world(strategy: Strategy, number: int, months: int, trials: int) -> World:
    """One path of so many months after a year to warm up and the wait for the first decision.

    Raises
    ------
    MissingInput : as `placebo`.
    """
    years = 1 + math.ceil((months + strategy.rules.month_offset) / MONTHS_A_YEAR)
    drawn = monthly(years=years, firms=FIRMS, seed=SEEDS_APART * SEED + number)
    world = MonthlyWorld(drawn)
    try:
        held = _held(strategy, world, months)
        names = benchmarks_of(strategy)
        planted = Thresholds().visible_edge / MONTHS_A_YEAR * held.invested
        gross, net, better = (
            _samples(world, names, held.rows, returns) for returns in (held.gross, held.net, held.net + planted)
        )
        p_gross = benchmark_alpha(gross.held).p
    except ActiveEdgeError as error:
        raise MissingInput(str(error)) from error
    p_factors = 1.0 if gross.priced is None else factor_alpha(gross.priced).p
    claimed, passed = _said(net, trials)
    claimed_planted, passed_planted = _said(better, trials)
    return World(p_gross, p_factors, claimed, claimed_planted, passed, passed_planted, len(held.rows))


def _held(strategy: Strategy, world: MonthlyWorld, months: int) -> Held:
    """What the strategy earned in its first `months`, run from the last session of the world's first year on."""
    start = world.last_session(int(MONTHS_A_YEAR))
    dates = decision_dates(strategy, world, run_sessions(world, start, None))
    rows = world.row_of(dates)
    targets = _targets(strategy, world, dates[rows < rows[0] + months])
    if not (targets.weights[0] > 0).any():
        # The months begin with the first names held, so decisions beyond those months count too.
        targets = _targets(strategy, world, dates)
    if not (targets.weights > 0).any():
        raise MissingInput("it holds nobody in a simulated market")
    held = hold(world, targets, strategy.terms)
    return Held(held.rows[:months], held.gross[:months], held.net[:months], held.invested[:months])


def _targets(strategy: Strategy, world: MonthlyWorld, dates: pd.DatetimeIndex) -> Targets:
    panel, screen = MonthlyPanel(world, dates), strategy.screen
    universe = select_universe(screen.universe, panel)
    panel.keep_factors((screen.definition(name) for name in screen.factors()), universe.mask)
    return decide_targets(strategy, world, dates, panel=panel, universe=universe).targets


def _said(samples: Samples, trials: int) -> tuple[bool, bool]:
    """Whether the verdict claims an edge, and whether the yardstick alone is beaten, both charged."""
    evidence = evidence_of(samples, Tally(trials, 0, None, None))
    alpha = evidence.benchmarks[str(samples.yardstick)].alpha
    return word_for(evidence) in CLAIMS, alpha.alpha_annual > 0 and alpha.p * trials <= LEVEL


def _samples(world: MonthlyWorld, names: Sequence[str], rows: np.ndarray, returns: np.ndarray) -> Samples:
    drawn, place = world.drawn, rows - 1
    dates = drawn.dates[rows]
    factors = drawn.factors.iloc[place]
    months = Months.each(dates, MONTHS_A_YEAR)
    return samples_of(
        pd.Series(returns, index=dates),
        {name: drawn.benchmarks[name].iloc[place] for name in names},
        periods_per_year=MONTHS_A_YEAR,
        months=months,
        cash=factors["RF"],
        factors=factors[[name for name in FACTOR_SERIES if name in factors]],
    )
