"""The main job: strategies on a market, judged together, written to the results folder.

All strategies of one call are simulated and entered in the ledger before any is judged, so that each of them is
charged for all, and the same call gives the same numbers twice.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from active_edge.choice import default_folder
from active_edge.judging.estimates import information_ratio
from active_edge.judging.family import Family
from active_edge.judging.judgement import Judgement, judge_result
from active_edge.judging.robustness import family_of, moved_months, robustness_of
from active_edge.judging.samples import Samples, result_samples
from active_edge.judging.twins import RANDOM_PORTFOLIOS
from active_edge.ledger import Ledger, Trial
from active_edge.market import Market
from active_edge.panel import Panels
from active_edge.progress import Progress, silent
from active_edge.report.document import write_page
from active_edge.report.index import render_index
from active_edge.results.folders import index_entries, write_run
from active_edge.results.records import plain_json, record_of, stats_of, trial_of
from active_edge.run.backtest import Result, backtest, run_sessions
from active_edge.strategy import Strategy, decision_dates

INDEX_PAGE = "index.html"


@dataclass(frozen=True)
class Run:
    """One strategy backtested, judged and written."""

    judgement: Judgement
    trial: Trial
    stats: dict[str, Any]
    folder: Path


def run_strategies(
    strategies: Sequence[Strategy],
    market: Market,
    *,
    out: str | Path = "results",
    start: str | None = None,
    end: str | None = None,
    random_portfolios: int = RANDOM_PORTFOLIOS,
    seed: int = 0,
    sensitivity: bool = True,
    progress: Progress = silent,
) -> list[Run]:
    """Every strategy backtested, entered in the ledger, judged and written as a folder with its page.

    Parameters
    ----------
    out : folder of runs and ledger; made if absent.
    start, end : as `backtest`.
    sensitivity : False leaves out other choices and knock-outs, which take a second or two a strategy.
    """
    panels = Panels()
    tried: list[Result] = []
    for number, strategy in enumerate(strategies):
        progress("backtest", number, len(strategies))
        tried.append(_backtest(strategy, market, start, end, panels))
    return write_report(
        tried, out, random_portfolios=random_portfolios, seed=seed, sensitivity=sensitivity, progress=progress
    )


def write_report(
    tried: Sequence[Result],
    out: str | Path = "results",
    *,
    random_portfolios: int = RANDOM_PORTFOLIOS,
    seed: int = 0,
    sensitivity: bool = True,
    progress: Progress = silent,
) -> list[Run]:
    """Results entered in the ledger together, then each judged, as one of a family, and written with its page.

    Raises
    ------
    LedgerError : the ledger cannot be read or written; then nothing is judged or written.
    """
    results = Path(out)
    samples = [result_samples(result) for result in tried]
    ratios = [information_ratio(one) for one in samples]
    trials = [trial_of(result, ratio) for result, ratio in zip(tried, ratios, strict=True)]
    Ledger(results).record(trials)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    family = family_of(tried, samples)
    progress("rebalance in other months", 0, len(tried))
    moved = moved_months(tried, wanted=sensitivity)
    together = [result.strategy for result in tried] if family is not None else []
    runs = []
    for number, (result, trial) in enumerate(zip(tried, trials, strict=True)):
        progress("judge and write", number, len(tried))
        judgement = _judged(result, samples[number], results, random_portfolios, seed, family=family)
        robust = robustness_of(judgement, moved=moved[number], sensitivity=sensitivity, seed=seed)
        stats = plain_json(stats_of(judgement, trial) | robust.to_stats())
        command = reproduce_command(together or [result.strategy], result.market, trial, random_portfolios, seed)
        record = record_of(judgement, stats, command=command, created=created, legs=robust.leave_one_out())
        runs.append(Run(judgement, trial, stats, write_run(results, judgement, trial, stats, robust.onto(record))))
    write_page(render_index(index_entries(results)), results / INDEX_PAGE)
    progress("judge and write", len(tried), len(tried))
    return runs


def judge(
    result: Result,
    *,
    benchmarks: Sequence[str] | None = None,
    out: str | Path = "results",
    random_portfolios: int = RANDOM_PORTFOLIOS,
    seed: int = 0,
) -> Judgement:
    """Every estimate and the verdict for one result, entered in the ledger of `out` first."""
    samples = result_samples(result, benchmarks)
    Ledger(out).record([trial_of(result, information_ratio(samples))])
    return _judged(result, samples, Path(out), random_portfolios, seed)


def _judged(
    result: Result,
    samples: Samples,
    results: Path,
    random_portfolios: int,
    seed: int,
    *,
    family: Family | None = None,
) -> Judgement:
    market = result.market
    tally = Ledger(results).tally(snapshot=market.snapshot, simulated=market.simulated)
    return judge_result(result, tally, samples=samples, random_portfolios=random_portfolios, seed=seed, family=family)


def reproduce_command(
    strategies: Sequence[Strategy], market: Market, trial: Trial, random_portfolios: int, seed: int
) -> str:
    """The command that makes a run again, with the strategies it was judged together with."""
    files = [f"strategies/{strategy.name}.yaml" for strategy in strategies]
    words = ["active-edge", "backtest", *files, "--from", trial.start, "--to", trial.end]
    if market.path != default_folder():
        words += ["--data", str(market.path)]
    if random_portfolios != RANDOM_PORTFOLIOS:
        words += ["--random", str(random_portfolios)]
    return shlex.join([*words, "--seed", str(seed)])


def _backtest(strategy: Strategy, market: Market, start: str | None, end: str | None, panels: Panels) -> Result:
    dates = decision_dates(strategy, market, run_sessions(market, start, end))
    return backtest(strategy, market, start=start, end=end, panel=panels.on(market, dates))
