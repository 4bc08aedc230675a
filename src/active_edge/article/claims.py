"""From the stats of runs to the article, claim by claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from active_edge.article.article import Claim, claims_of_strategy, load_claims
from active_edge.article.measuring import Measured
from active_edge.article.statistics import STATISTICS, Case, OwnStatistic
from active_edge.errors import ConfigError, InferenceError
from active_edge.inference.evidence import Thresholds
from active_edge.inference.multiple import bonferroni
from active_edge.report.run_page import ClaimResult
from active_edge.stats import BenchmarkStats, Stats
from active_edge.verdicts import BEATS_A_BENCHMARK, Word
from active_edge.words import count, interval, p_value, percent, signed, significant

PLAIN = "plain_universe"
"""The strategy that holds the same universe without a rule: what a rule has to beat before it adds anything."""


@dataclass(frozen=True)
class Difference:
    """Annual net return of a leg's run minus that of the plain universe, over months both have; decimals."""

    annual: float
    interval: tuple[float, float]
    p: float
    months: int


@dataclass(frozen=True)
class Judged:
    """One claim with its verdict and the sentences that defend it.

    Attributes
    ----------
    run : the run that tested it; empty where none did.
    benchmark, alpha_annual, interval, p, p_adjusted, mde_annual : of the run's yardstick; None without one.
    trials : distinct trials on this kind of data when it was judged; 0 where nothing was.
    simulated : whether the run's market was simulated.
    """

    claim: Claim
    verdict: Word
    reason: str
    run: str = ""
    benchmark: str = ""
    alpha_annual: float | None = None
    interval: tuple[float, float] | None = None
    t: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    mde_annual: float | None = None
    trials: int = 0
    start: str = ""
    end: str = ""
    n: int = 0
    simulated: bool = False
    difference: Difference | None = None
    measured: Measured | None = None
    """By the claim's own statistic; None where its run's verdict judges it."""

    def to_dict(self) -> dict[str, Any]:
        """The judged claim as plain JSON content."""
        difference, measured = self.difference, self.measured
        return {
            "claim": self.claim.statement,
            "name": self.claim.name,
            "strategy": self.claim.strategy or None,
            "verdict": self.verdict,
            "run": self.run or None,
            "benchmark": self.benchmark or None,
            "statistic": self.claim.statistic,
            "estimate": self.alpha_annual if measured is None else measured.estimate,
            "unit": "a year" if measured is None else measured.unit,
            "estimate_annual": self.alpha_annual,
            "interval": None if self.interval is None else list(self.interval),
            "t": self.t,
            "p": self.p,
            "p_adjusted": self.p_adjusted,
            "mde_annual": self.mde_annual,
            "trials": self.trials,
            "start": self.start or None,
            "end": self.end or None,
            "n": self.n,
            "simulated": self.simulated,
            "over_plain_universe": None
            if difference is None
            else {
                "annual": difference.annual,
                "interval": list(difference.interval),
                "p": difference.p,
                "n": difference.months,
            },
            "reason": self.reason,
            "published": self.claim.known,
        }


def judge_claims(
    runs: Mapping[str, Stats],
    trials: Mapping[str, int],
    *,
    claims: Sequence[Claim] | None = None,
    differences: Mapping[str, Difference] | None = None,
    cases: Mapping[str, Case] | None = None,
    thresholds: Thresholds | None = None,
) -> list[Judged]:
    """Every claim with a verdict, in the order of the claims.

    Parameters
    ----------
    runs : strategy name to the stats of its run.
    trials : strategy name to the ledger's number of distinct trials now; a verdict given when fewer had been made is
        held against this number.
    claims : those to judge; default the article's.
    differences : strategy name to its difference from the plain universe, where there is one.
    cases : strategy name to its run for statistics of a user's own; a claim that names one needs it.

    A claim takes the verdict of its strategy's run. It is taken back to *not distinguishable* where no benchmark is
    passed once today's trials are charged for, and to *universe, not selection* where the run beats the benchmarks
    but not the plain universe. A claim without strategy or run is *not testable*. One that names a statistic of a
    user's own is judged by it (`judge_by_statistic`).

    Raises
    ------
    ConfigError : a claim names a statistic of a user's own, and its strategy has a run but no case.
    PluginError : that statistic cannot be computed.
    """
    bounds = thresholds or Thresholds()
    found = differences or {}
    judged = []
    for claim in load_claims() if claims is None else claims:
        made, count_now = STATISTICS.find(claim.statistic), trials.get(claim.strategy, 1)
        stats = runs.get(claim.strategy) if claim.strategy else None
        if isinstance(made, OwnStatistic) and stats is not None:
            judged.append(judge_by_statistic(claim, made, _case(claim, cases), count_now, bounds))
            continue
        judged.append(judge_claim(claim, stats, count_now, difference=found.get(claim.strategy), thresholds=bounds))
    return judged


def _case(claim: Claim, cases: Mapping[str, Case] | None) -> Case:
    case = (cases or {}).get(claim.strategy)
    if case is None:
        raise ConfigError(
            f"claim {claim.name}: its statistic {claim.statistic} reads the returns of a run, and none were given; "
            "judge it with active-edge thesis --claims FILE"
        )
    return case


def judge_by_statistic(
    claim: Claim, made: OwnStatistic, case: Case, trials: int, thresholds: Thresholds | None = None
) -> Judged:
    """One claim by a statistic of a user's own, whose p is charged for all trials.

    *Supported* where the whole interval lies on the good side of 0 and the charged p is at most `level`, *refuted*
    where it lies on the other side and so is the p, *not testable* where the statistic says that the sample cannot
    support it or the run is not testable (what was held is not what the claim is about), *not distinguishable*
    otherwise. What puts the run's data in doubt is told.

    Raises
    ------
    PluginError : the statistic cannot be computed.
    """
    bounds, stats = thresholds or Thresholds(), case.stats
    trials = max(trials, stats.trials)
    judged = Judged(
        claim,
        Word.NOT_TESTABLE,
        "",
        run=stats.run,
        trials=trials,
        start=stats.start,
        end=stats.end,
        simulated=stats.simulated,
    )
    try:
        measured = made.measure(case)
    except InferenceError as error:
        return replace(judged, reason=f"{made.name} cannot say: {error}.")
    charged = bonferroni(measured.p, trials)
    low, high = measured.interval
    worst, best = (low, high) if made.good == "high" else (-high, -low)
    shown = charged <= bounds.level
    if stats.verdict == Word.NOT_TESTABLE:
        word = Word.NOT_TESTABLE
    elif shown and worst > 0:
        word = Word.SUPPORTED
    elif shown and best < 0:
        word = Word.REFUTED
    else:
        word = Word.NOT_DISTINGUISHABLE
    reason = (
        f"{made.name} is {significant(measured.estimate)} {made.unit} (95 % interval {significant(low)} to "
        f"{significant(high)}, p {p_value(measured.p)}, charged for {count(trials, 'trial')} {p_value(charged)}, "
        f"{count(measured.n, 'observation')}); {made.good} speaks for the claim."
    )
    return replace(
        judged,
        verdict=word,
        reason=" ".join([*_of_its_run(stats), reason]),
        interval=measured.interval,
        p=measured.p,
        p_adjusted=charged,
        n=measured.n,
        measured=measured,
    )


def _of_its_run(stats: Stats) -> Iterator[str]:
    """What the verdict of its run says of the data, for a number that was not judged by it."""
    if stats.verdict == Word.NOT_TESTABLE:
        yield f"Its run is not testable. {stats.verdict_reason}"
    else:
        yield from (f"In doubt, {name}: {text}." for name, text in stats.doubts.items())


def judge_claim(
    claim: Claim,
    stats: Stats | None,
    trials: int,
    *,
    difference: Difference | None = None,
    thresholds: Thresholds | None = None,
) -> Judged:
    """One claim; parameters as `judge_claims`, `stats` None where the strategy has no run."""
    bounds = thresholds or Thresholds()
    if stats is None:
        return Judged(claim, Word.NOT_TESTABLE, _no_run(claim))
    numbers = stats.on_yardstick or BenchmarkStats()
    charged = max(trials, stats.trials)
    word, remark = _held_against(stats, charged, difference, bounds)
    reason = " ".join(part for part in (remark, stats.verdict_reason, _beside(difference)) if part)
    return Judged(
        claim,
        word,
        reason,
        run=stats.run,
        benchmark=stats.yardstick or "",
        alpha_annual=numbers.alpha_annual,
        interval=numbers.alpha_ci,
        t=numbers.alpha_t,
        p=numbers.alpha_p,
        p_adjusted=_charged_p(numbers, stats.trials, charged),
        mde_annual=numbers.mde_annual,
        trials=charged,
        start=stats.start,
        end=stats.end,
        n=stats.sessions,
        simulated=stats.simulated,
        difference=difference,
    )


def _no_run(claim: Claim) -> str:
    if not claim.strategy:
        return f"No strategy can test it; it takes {claim.needs}. {claim.known}"
    return (
        f"No run of {claim.strategy} is stored; active-edge backtest strategies/{claim.strategy}.yaml makes one. "
        f"It needs {claim.needs}. {claim.known}"
    )


def _held_against(stats: Stats, trials: int, difference: Difference | None, bounds: Thresholds) -> tuple[Word, str]:
    """The run's verdict, taken back where later trials or the plain universe undo it, and the remark that says so."""
    word = stats.verdict
    if word not in BEATS_A_BENCHMARK:
        return word, ""
    if trials > stats.trials and not _passes_somewhere(stats, trials, bounds):
        return Word.NOT_DISTINGUISHABLE, (
            f"It was {word} when {stats.trials:,} trials had been made; the ledger now counts {trials:,}, and charged "
            "for all of them no benchmark is beaten."
        )
    if word == Word.SUPPORTED and difference is not None and difference.interval[0] <= 0:
        return Word.UNIVERSE, "It beats the index funds, but not the same universe without the rule."
    return word, ""


def _passes_somewhere(stats: Stats, trials: int, bounds: Thresholds) -> bool:
    charged = [
        _charged_p(numbers, stats.trials, trials)
        for numbers in stats.benchmarks.values()
        if numbers.alpha_annual is not None and numbers.alpha_annual > 0
    ]
    return any(p is not None and p <= bounds.level for p in charged)


def _charged_p(numbers: BenchmarkStats, judged_for: int, trials: int) -> float | None:
    """The p of a benchmark charged for the trials made by now: that of the run times how much the search has grown."""
    if numbers.alpha_p_adjusted is not None:
        return min(1.0, numbers.alpha_p_adjusted * trials / judged_for)
    return None if numbers.alpha_p is None else bonferroni(numbers.alpha_p, trials)


def _beside(difference: Difference | None) -> str:
    if difference is None:
        return ""
    return (
        f"Against the same universe without the rule: {signed(difference.annual)} a year "
        f"({interval(*difference.interval)}, p {p_value(difference.p)}, {count(difference.months, 'month')})."
    )


def evidence_sentence(judged: Judged) -> str:
    """The claim's evidence for a table cell: alpha, interval, trials, or why there is none."""
    if judged.alpha_annual is None or judged.interval is None:
        return judged.reason
    text = (
        f"{signed(judged.alpha_annual)} a year against {judged.benchmark} ({interval(*judged.interval)}"
        f"{'' if judged.p is None else f', p {p_value(judged.p)}'}, {count(judged.trials, 'trial')}"
    )
    mde = "" if judged.mde_annual is None else f"; detectable from {percent(judged.mde_annual)}"
    return f"{text}{mde})."


def claims_of_run(stats: Stats, difference: Difference | None = None) -> tuple[ClaimResult, ...]:
    """The claims that one run tests, for its page; empty where its strategy is none of the article's."""
    return tuple(
        ClaimResult(claim.statement, judged.verdict, f"{evidence_sentence(judged)} Known before: {claim.known}")
        for claim in claims_of_strategy(stats.strategy)
        for judged in (judge_claim(claim, stats, stats.trials, difference=difference),)
    )
