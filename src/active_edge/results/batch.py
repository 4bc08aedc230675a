"""The main job: strategies on a market, judged together, written to the results folder.

All strategies of one call are simulated and entered in the ledger before any is judged, so that each of them is
charged for all, and the same call gives the same numbers twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from active_edge.arguments import checked
from active_edge.errors import BacktestError, MissingInput
from active_edge.judging.estimates import TWINS, twins_look
from active_edge.judging.family import Family
from active_edge.judging.first_looks import relooks
from active_edge.judging.judgement import Judgement, judge_result
from active_edge.judging.market_samples import result_samples
from active_edge.judging.robustness import family_of, moved_months, robustness_of
from active_edge.judging.samples import Samples
from active_edge.judging.twins import RANDOM_PORTFOLIOS
from active_edge.judging.variation import Variation
from active_edge.ledger import Ledger, Tally, Trial
from active_edge.market import Market
from active_edge.panel import Panels
from active_edge.progress import Progress, silent
from active_edge.results.company import write_companies, write_lists
from active_edge.results.folders import write_run
from active_edge.results.pages import page_of
from active_edge.results.placebo import placebo_of
from active_edge.results.records import record_of, run_name, trial_of
from active_edge.results.stats import stats_of
from active_edge.results.stored_run import run_card
from active_edge.run.backtest import Result, backtest, run_sessions
from active_edge.run_record import OptionsRecord
from active_edge.stats import Stats
from active_edge.strategy import Strategy, decision_dates


@dataclass(frozen=True)
class Run:
    """One strategy backtested, judged and written."""

    judgement: Judgement
    trial: Trial
    stats: Stats
    folder: Path

    def __repr__(self) -> str:
        return f"<Run {self.folder.name}: {self.stats.verdict}>"

    def _repr_html_(self) -> str:
        return run_card(self.stats, self.folder)


@dataclass(frozen=True)
class Call:
    """Results that are judged together, everything said of all of them found once; made by `enter_ledger`.

    Attributes
    ----------
    results : the results folder.
    tried, samples, trials, tallies : one each, in the same order; a tally is what the ledger said of one after all of
        them were entered.
    created : when that was, ISO 8601.
    shared : whether the pages are to share one script file, and lead to pages of the companies held last.
    """

    results: Path
    tried: Sequence[Result]
    samples: Sequence[Samples]
    trials: Sequence[Trial]
    tallies: Sequence[Tally]
    family: Family | None
    options: OptionsRecord
    created: str
    shared: bool = False


@checked
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
    placebo: bool = False,
    shared: bool = False,
    also: Sequence[Result] = (),
    stopped: Callable[[str, MissingInput], None] | None = None,
    progress: Progress = silent,
) -> list[Run]:
    """Every strategy backtested, written into the user's ledger, judged, and written to `out` as a folder with a page.

    Parameters
    ----------
    out : folder of runs; made if absent.
    start, end : as `backtest`.
    sensitivity : False leaves out other choices and knock-outs, which take a second or two a strategy.
    placebo : each strategy on 100 simulated paths too, for its own false alarms and power: minutes each.
    shared : pages that share one script file, with a page of every company held last, to which they lead; without it
        each page is one file that can be mailed.
    also : results made already, such as those of `backtest_weights`, judged together with the strategies', after them.
    stopped : told the name of a strategy that needs what the market lacks, and what; the others are run. Without it the
        others are written too, and then the error is raised.

    Raises
    ------
    MissingInput : a strategy needs what the market lacks.
    LedgerError : the ledger cannot be read or written; then nothing is judged or written.
    """
    panels = Panels()
    tried: list[Result] = []
    lacking: dict[str, MissingInput] = {}
    for number, strategy in enumerate(strategies):
        progress("backtest", number, len(strategies))
        try:
            tried.append(backtest_on(panels, strategy, market, start, end))
        except MissingInput as error:
            lacking[strategy.name] = error
    tried += also
    runs = []
    if tried or not lacking:
        runs = write_report(
            tried,
            out,
            random_portfolios=random_portfolios,
            seed=seed,
            sensitivity=sensitivity,
            placebo=placebo,
            shared=shared,
            progress=progress,
        )
    for name, lack in lacking.items():
        if stopped is None:
            raise MissingInput(f"{name} was not run: {lack}") from lack
        stopped(name, lack)
    return runs


@checked
def write_report(
    tried: Sequence[Result],
    out: str | Path = "results",
    *,
    random_portfolios: int = RANDOM_PORTFOLIOS,
    seed: int = 0,
    sensitivity: bool = True,
    placebo: bool = False,
    shared: bool = False,
    progress: Progress = silent,
) -> list[Run]:
    """Results written into the user's ledger together, then each judged, as one of a family, and written as a page.

    Raises
    ------
    BacktestError : the results come from more than one market.
    LedgerError : the ledger cannot be read or written; then nothing is judged or written.
    """
    options = OptionsRecord(random_portfolios=random_portfolios, seed=seed, sensitivity=sensitivity, placebo=placebo)
    call = replace(enter_ledger(tried, Path(out), options), shared=shared)
    progress("rebalance in other months", 0, len(tried))
    moved = moved_months(tried, wanted=sensitivity)
    runs = []
    for place in range(len(tried)):
        progress("judge and write", place, len(tried))
        runs.append(write_judged(call, place, moved[place], progress=progress))
    write_lists(call.results)
    progress("judge and write", len(tried), len(tried))
    return runs


def enter_ledger(tried: Sequence[Result], out: Path, options: OptionsRecord, *, family: str | None = None) -> Call:
    """Results to be judged together, after the trial of each was written into the ledger.

    Parameters
    ----------
    family : what their trials belong to, as the ledger names it; None for trials by themselves.

    Raises
    ------
    BacktestError, MissingInput, LedgerError : as `write_report`; then no trial is written.
    """
    _require_one_market(tried)
    samples = [result_samples(result) for result in tried]
    trials = [replace(trial_of(result, one), family=family) for result, one in zip(tried, samples, strict=True)]
    ledger = Ledger()
    tallies = ledger.record(trials, out=out)
    for trial, one, tally in zip(trials, samples, tallies, strict=True):
        for test, again in relooks(one, tally.first).items():
            if again.revised is not None:
                ledger.note_revision(trial, test, again.revised)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Call(out, tried, samples, trials, tallies, family_of(tried, samples), options, created)


def write_judged(
    call: Call,
    place: int,
    moved: Sequence[Variation],
    tally: Tally | None = None,
    *,
    progress: Progress = silent,
) -> Run:
    """One of the results of a call judged, and written as a folder with its page.

    Parameters
    ----------
    moved : the strategy in other rebalance months.
    tally : what to charge it for; default what the ledger said.
    """
    judgement, stats = judge_call(call, place, moved, tally)
    trial, options = call.trials[place], call.options
    if options.placebo:
        stats = replace(stats, placebo=placebo_of(judgement, progress=progress))
    together = dict(zip(map(run_name, call.trials), call.tried, strict=True)) if call.family is not None else {}
    record = record_of(judgement, trial, options=options, created=call.created, together=together)
    folder = call.results / run_name(trial)
    page = page_of(judgement, stats, record, folder)
    if call.shared:
        companies, library = write_companies(judgement.result, call.results)
        page = replace(page, companies=companies, library=library)
    write_run(judgement, page, folder)
    return Run(judgement, trial, stats, folder)


def judge_call(
    call: Call,
    place: int,
    moved: Sequence[Variation],
    tally: Tally | None = None,
    *,
    progress: Progress = silent,
) -> tuple[Judgement, Stats]:
    """One of the results of a call judged, and every number of it; arguments as `write_judged`."""
    judgement, options = judge_only(call, place, tally), call.options
    robust = robustness_of(
        judgement, moved=moved, sensitivity=options.sensitivity, seed=options.seed, progress=progress
    )
    return judgement, stats_of(judgement, robust, call.trials[place])


def judge_only(call: Call, place: int, tally: Tally | None = None) -> Judgement:
    """One of the results of a call judged; its look at the random twins is in the ledger."""
    options = call.options
    judgement = judge_result(
        call.tried[place],
        tally or call.tallies[place],
        samples=call.samples[place],
        random_portfolios=options.random_portfolios,
        seed=options.seed,
        family=call.family,
    )
    _keep_twins_look(judgement, call.trials[place])
    return judgement


@checked
def judge(
    result: Result,
    *,
    benchmarks: Sequence[str] | None = None,
    out: str | Path = "results",
    random_portfolios: int = RANDOM_PORTFOLIOS,
    seed: int = 0,
) -> Judgement:
    """Every estimate and the verdict for one result, whose trial is written into the user's ledger first.

    Nothing else is written; `write_report` makes the folder and the page.

    Parameters
    ----------
    benchmarks : series of the market; default those of the strategy.
    out : results folder whose earlier trials count where the ledger does not know them.

    Raises
    ------
    LedgerError : the ledger cannot be read or written; then nothing is judged.
    """
    samples = result_samples(result, benchmarks)
    trial = trial_of(result, samples, benchmarks)
    (tally,) = Ledger().record([trial], out=out)
    judgement = judge_result(result, tally, samples=samples, random_portfolios=random_portfolios, seed=seed)
    _keep_twins_look(judgement, trial)
    return judgement


def _keep_twins_look(judgement: Judgement, trial: Trial) -> None:
    """Write the p over random twins into the ledger, before it is shown, where it is looked at for the first time."""
    looks = twins_look(judgement.twins, judgement.samples, judgement.thresholds)
    if looks and TWINS not in judgement.tally.first:
        Ledger().add_looks(trial, looks)


def backtest_on(panels: Panels, strategy: Strategy, market: Market, start: str | None, end: str | None) -> Result:
    """`backtest` on the panel of the strategy's decision dates, which others of the same dates share."""
    dates = decision_dates(strategy, market, run_sessions(market, start, end))
    return backtest(strategy, market, start=start, end=end, panel=panels.on(market, dates))


def _require_one_market(tried: Sequence[Result]) -> None:
    snapshots = sorted({result.market.snapshot for result in tried})
    if len(snapshots) > 1:
        raise BacktestError(
            f"results on snapshots {' and '.join(snapshots)} cannot be judged together: their trials are charged "
            "apart; write the report of each market by itself"
        )
