"""What a change of data moves in a strategy: names, weights and alpha on one snapshot and on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.judging.estimates import evidence_of
from active_edge.judging.market_samples import result_samples
from active_edge.ledger import Ledger
from active_edge.market import Market
from active_edge.progress import Progress, silent
from active_edge.results.records import trial_of
from active_edge.run.backtest import Result, backtest, run_sessions
from active_edge.selection.caps import DUST
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.strategy import Strategy


@dataclass(frozen=True)
class DateEffect:
    """One decision date on both snapshots: tickers that are held on one alone, and the share of weight that differs.

    `moved` is half the sum of absolute differences of weights: 0 the same portfolio, 1 no name in common.
    """

    date: str
    entered: tuple[str, ...]
    left: tuple[str, ...]
    moved: float


@dataclass(frozen=True)
class AlphaEffect:
    """Alpha a year on one benchmark, on either snapshot; None where it could not be estimated."""

    benchmark: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class StrategyEffect:
    """A strategy on two snapshots over the same sessions.

    Attributes
    ----------
    start, end : first and last session of both runs.
    dates : every decision date the two have in common.
    annual_return : net return a year, before and after; None where nothing was bought.
    alphas : by benchmark, in the order of the strategy.
    """

    strategy: str
    start: str
    end: str
    dates: tuple[DateEffect, ...]
    annual_return: tuple[float | None, float | None]
    alphas: tuple[AlphaEffect, ...]

    @property
    def moved(self) -> float:
        """Mean share of weight that differs, over the decision dates."""
        return float(np.mean([date.moved for date in self.dates])) if self.dates else 0.0


def strategy_effects(
    strategies: Sequence[Strategy],
    before: Market,
    after: Market,
    *,
    out: str | Path = "results",
    start: str | None = None,
    end: str | None = None,
    progress: Progress = silent,
) -> list[StrategyEffect]:
    """What the second snapshot moves in each strategy, both run over the sessions that they share.

    Alpha on a snapshot is a look at its data: every run is written into the ledger before any is told.

    Parameters
    ----------
    start, end : as `backtest`; default those that fit both snapshots.

    Raises
    ------
    MissingInput : the snapshots share too few sessions for one decision.
    LedgerError : the ledger cannot be read or written; then nothing is told.
    """
    bounds = _shared(before, after, start, end)
    results: list[tuple[Result, Result]] = []
    for number, strategy in enumerate(strategies):
        progress("backtest", number, len(strategies))
        first, last = (backtest(strategy, market, start=bounds[0], end=bounds[1]) for market in (before, after))
        results.append((first, last))
    progress("backtest", len(strategies), len(strategies))
    alphas = _alphas([result for pair in results for result in pair], Path(out))
    return [_effect(pair, alphas[2 * place : 2 * place + 2]) for place, pair in enumerate(results)]


def _shared(before: Market, after: Market, start: str | None, end: str | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last session of a run that fits both markets."""
    runs = [run_sessions(market, start, end) for market in (before, after)]
    first, last = max(run[0] for run in runs), min(run[-1] for run in runs)
    if first >= last:
        raise MissingInput(
            f"snapshots {before.snapshot} and {after.snapshot} share no sessions: one runs to {last.date()}, the other "
            f"from {first.date()}"
        )
    return first, last


def _alphas(results: Sequence[Result], out: Path) -> list[dict[str, float]]:
    """Alpha a year of each result by benchmark, after the trial of each was written into the ledger."""
    samples = [result_samples(result) for result in results]
    trials = [trial_of(result, sample) for result, sample in zip(results, samples, strict=True)]
    told = []
    for sample, tally in zip(samples, Ledger().record(trials, out=out), strict=True):
        compared = evidence_of(sample, tally).benchmarks
        told.append({name: one.alpha.alpha_annual for name, one in compared.items()})
    return told


def _effect(pair: tuple[Result, Result], alphas: Sequence[dict[str, float]]) -> StrategyEffect:
    first, last = pair
    sessions = first.simulation.sessions
    benchmarks = [name for name in first.strategy.rules.benchmarks if any(name in found for found in alphas)]
    return StrategyEffect(
        first.strategy.name,
        str(sessions[0].date()),
        str(sessions[-1].date()),
        tuple(_dates(first, last)),
        (_annual(first), _annual(last)),
        tuple(AlphaEffect(name, alphas[0].get(name), alphas[1].get(name)) for name in benchmarks),
    )


def _annual(result: Result) -> float | None:
    returns = result.returns
    if not len(returns):
        return None
    return float(np.prod(1.0 + returns.to_numpy()) ** (SESSIONS_A_YEAR / len(returns)) - 1.0)


def _dates(first: Result, last: Result) -> list[DateEffect]:
    """The targets of both results side by side, by asset, on the dates they share."""
    frames = [
        pd.DataFrame(result.targets.weights, index=result.targets.dates, columns=result.targets.assets)
        for result in (first, last)
    ]
    assets = frames[0].columns.union(frames[1].columns)
    dates = frames[0].index.intersection(frames[1].index)
    was, now = (frame.reindex(index=dates, columns=assets).fillna(0.0).to_numpy() for frame in frames)
    tickers = last.market.securities["ticker"].combine_first(first.market.securities["ticker"]).reindex(assets)
    names = tickers.to_numpy(dtype=object)
    return [
        DateEffect(
            str(date.date()),
            tuple(sorted(map(str, names[(now[row] > DUST) & (was[row] <= DUST)]))),
            tuple(sorted(map(str, names[(was[row] > DUST) & (now[row] <= DUST)]))),
            float(np.abs(now[row] - was[row]).sum() / 2.0),
        )
        for row, date in enumerate(dates)
    ]
