"""What a sweep may conclude: the walk-forward's verdict first, then what all variants say as one family."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.evidence import Evidence, Thresholds
from active_edge.inference.months import MONTHS_A_YEAR, Months
from active_edge.inference.verdict import Verdict, reach_verdict
from active_edge.judging.doubts import run_doubts, too_small
from active_edge.judging.estimates import evidence_of, information_ratio, looks_of, twins_look
from active_edge.judging.first_looks import relooks, with_first_looks
from active_edge.judging.market_samples import result_samples
from active_edge.judging.matched import edge_over_twins
from active_edge.judging.samples import Samples, samples_of
from active_edge.judging.twins import RANDOM_PORTFOLIOS, random_twins
from active_edge.ledger import Ledger, Tally, Trial
from active_edge.results.records import lineage_of_market
from active_edge.run.backtest import Result, backtest
from active_edge.run.identity import trial_content
from active_edge.sweeping.family import FamilyFindings, family_findings, neighbours
from active_edge.sweeping.run import Sweep
from active_edge.sweeping.walk_forward import CRITERION, EMBARGO, PURGE, WalkForward, switching_costs, walk_forward


@dataclass(frozen=True)
class Conclusions:
    """What a sweep may conclude.

    Attributes
    ----------
    yardstick : benchmark of every alpha; None where none could be tested, and then nothing is concluded.
    followed : what choosing on the past would have earned; None where the months are too few for one choice.
    dates : last day of each month of `followed`. alpha : of its returns on the yardstick, where they carry a test.
    verdict : on them, charged for what was tried before this sweep, and for the walk-forward itself.
    evidence : what the verdict rests on.
    family : all variants together; None for fewer than two that differ.
    around : median alpha of the variants nearest to the best one, and of all.
    random : (n,) annual return of random portfolios matched to the best variant, and `own`, its own; empty where there
        was no choice.
    """

    yardstick: str | None
    followed: WalkForward | None
    dates: pd.DatetimeIndex
    alpha: AlphaEstimate | None
    verdict: Verdict | None
    evidence: Evidence | None
    family: FamilyFindings | None
    around: tuple[float, float] | None
    random: np.ndarray
    own: float

    def told(self) -> dict[str, Any]:
        """The conclusions as plain JSON content."""
        family, walk = self.family, self.followed
        return {
            "yardstick": self.yardstick,
            "verdict": None if self.verdict is None else str(self.verdict.verdict),
            "reason": None if self.verdict is None else self.verdict.reason,
            "trials": None if self.verdict is None else self.verdict.trials,
            "alpha_annual": None if self.alpha is None else self.alpha.alpha_annual,
            "alpha_ci": None if self.alpha is None else list(self.alpha.ci),
            "criterion": CRITERION,
            "choices": [] if walk is None else [asdict(choice) for choice in walk.choices],
            "family": None if family is None else asdict(family),
            "around_best_and_all": self.around,
        }


def conclude(sweep: Sweep, *, random_portfolios: int = RANDOM_PORTFOLIOS, seed: int = 0) -> Conclusions:
    """What a sweep may conclude; the walk-forward is a trial of its own, written into the ledger before its verdict.

    Raises
    ------
    LedgerError : the ledger cannot be read or written.
    """
    measure, name = sweep.measure, sweep.yardstick
    nothing = pd.DatetimeIndex([])
    if name is None:
        return Conclusions(None, None, nothing, None, None, None, None, None, np.empty(0), math.nan)
    excess, passive, numbers = measure.family(sweep.months, name)
    held = measure.months_of(name)
    dates = held.dates[len(held.dates) - len(excess) :]
    family = family_findings(excess, passive, numbers, dates)
    best = int(np.nanargmax(sweep.rows[f"alpha_{name}"].to_numpy()))
    alphas = sweep.rows[f"alpha_{name}"]
    near = alphas.iloc[neighbours(sweep.rows, sweep.free, best)]
    own, random = _matched(sweep, best, random_portfolios, seed)
    places = measure.calendar.get_indexer(held.dates.to_period("M"))
    cash = np.zeros(held.n) if held.cash is None else held.cash
    walk = walk_forward(sweep.months[:, places], cash, held.passive, switching_costs(sweep.rows))
    found = Conclusions(
        name, walk, nothing, None, None, None, family, (float(near.median()), float(alphas.median())), random, own
    )
    return found if walk is None else _judged(sweep, found, walk, random_portfolios, seed)


def _matched(sweep: Sweep, number: int, count: int, seed: int) -> tuple[float, np.ndarray]:
    """Annual mean return of a variant and of random portfolios matched to it."""
    result = _alone(sweep, number)
    twins = random_twins(result, result_samples(result), count=count, seed=seed) if count else None
    return float(result.returns.mean() * 252), np.empty(0) if twins is None else twins.annual


def _alone(sweep: Sweep, number: int) -> Result:
    ends = {"start": sweep.sessions[0], "end": sweep.sessions[-1]}
    return backtest(sweep.variants[number].strategy, sweep.market, **ends)


def _judged(sweep: Sweep, found: Conclusions, walk: WalkForward, count: int, seed: int) -> Conclusions:
    """The conclusions with the walk-forward's returns judged as those of one strategy."""
    samples = _samples(sweep, walk)
    trial, tally = _entered(sweep, samples)
    chosen = {number: _alone(sweep, number) for number in sorted({c.number for c in walk.choices if c.number >= 0})}
    twins = _twins(sweep, walk, chosen, count, seed)
    over = None if twins is None else edge_over_twins(samples, walk.returns, twins)
    found_now = replace(evidence_of(samples, tally), twins=over)
    own = with_first_looks(found_now, relooks(samples, tally.first, over))
    Ledger().add_looks(trial, twins_look(over, samples, Thresholds()))
    last = next((chosen[c.number] for c in reversed(walk.choices) if c.number >= 0), None)
    bounds = Thresholds()
    evidence = replace(
        own,
        coverage={"strict rules": float(sweep.rows["coverage"].iloc[list(chosen)].min())} if chosen else {},
        doubts={} if last is None else {doubt.name: doubt.text for doubt in run_doubts(last)},
        untestable={**own.untestable, **({} if last is None else too_small(last, bounds))},
    )
    first = next(iter(evidence.benchmarks.values()), None)
    return replace(
        found,
        dates=samples.months.dates,
        alpha=None if first is None else first.alpha,
        verdict=reach_verdict(evidence, bounds),
        evidence=evidence,
    )


def _samples(sweep: Sweep, walk: WalkForward) -> Samples:
    """The walk-forward's months over cash, against each benchmark and on the factors."""
    measure = sweep.measure
    assert sweep.yardstick is not None
    held = measure.months_of(sweep.yardstick)
    dates = held.dates[walk.rows]
    whole = measure.all_months()
    against = {
        name: pd.Series(sample.benchmark, index=sample.dates).reindex(dates)
        for name, sample in whole.on.items()
        if sample.benchmark is not None
    }
    factors = None
    if whole.priced is not None:
        priced = pd.DataFrame(whole.priced.priced, whole.priced.dates, list(whole.priced.factor_names))
        factors = priced.reindex(dates)
    cash = None if held.cash is None else pd.Series(held.cash, index=held.dates)
    returns = pd.Series(walk.returns, index=dates)
    each = Months.each(dates, MONTHS_A_YEAR)
    samples = samples_of(returns, against, periods_per_year=MONTHS_A_YEAR, months=each, cash=cash, factors=factors)
    lacking = {name: why for name, why in whole.untestable.items() if name not in samples.on}
    return replace(samples, untestable={**lacking, **samples.untestable})


def _entered(sweep: Sweep, samples: Samples) -> tuple[Trial, Tally]:
    """The walk-forward's trial, and what it is charged for: the trials from before the sweep, and itself.

    Its choices rest on the past alone, so the variants it chose among are no search that it profited from.
    """
    market, base = sweep.market, sweep.strategy
    rule = {"criterion": CRITERION, "purge": PURGE, "embargo": EMBARGO, "grid": sweep.grid.model_dump(mode="json")}
    trial = Trial(
        strategy=f"{base.name} walk-forward",
        screen=base.screen.name,
        configuration={**trial_content(base, {}), "walk_forward": rule},
        start=str(sweep.sessions[0].date()),
        end=str(sweep.sessions[-1].date()),
        snapshot=market.snapshot,
        simulated=market.simulated,
        information_ratio=_ratio(samples),
        since=str(samples.months.dates[0].date()),
        lineage=lineage_of_market(market),
        benchmarks=tuple(map(str, samples.benchmarks.columns)),
        looks=looks_of(samples, Thresholds()),
    )
    (tally,) = Ledger().record([trial])
    return trial, replace(tally, trials=max(1, tally.trials - math.ceil(sweep.effective)))


def _ratio(samples: Samples) -> float | None:
    try:
        return information_ratio(samples)
    except InferenceError:
        return None


def _twins(sweep: Sweep, walk: WalkForward, chosen: Mapping[int, Result], count: int, seed: int) -> np.ndarray | None:
    """(n,) mean return of each month of random portfolios matched to whatever was held then; None without any."""
    if not chosen or not count:
        return None
    assert sweep.yardstick is not None
    dates = sweep.measure.months_of(sweep.yardstick).dates.to_period("M")
    own = np.empty(len(walk.returns))
    found: dict[int, pd.Series] = {}
    for number, result in chosen.items():
        told = result_samples(result)
        twins = random_twins(result, told, count=count, seed=seed)
        if twins is None:
            return None
        found[number] = pd.Series(twins.months, index=told.months.dates.to_period("M"))
    for choice in walk.choices:
        rows = slice(choice.start - walk.rows[0], choice.stop - walk.rows[0])
        if choice.number < 0:
            own[rows] = walk.returns[rows]
            continue
        months = found[choice.number].reindex(dates[choice.start : choice.stop]).to_numpy(copy=True)
        # Its twins change hands as it does.
        months[0] = (1.0 + months[0]) * (1.0 - choice.charge) - 1.0
        own[rows] = months
    return None if np.isnan(own).any() else own
