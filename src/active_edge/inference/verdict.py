"""From estimates to one of five verdicts, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_trials
from active_edge.inference.comparison import BenchmarkResult
from active_edge.inference.multiple import bonferroni
from active_edge.inference.position import Position
from active_edge.inference.power import detectable_multiple, years_needed
from active_edge.inference.regression import AlphaEstimate
from active_edge.verdicts import Word
from active_edge.words import count, interval, listed, number, p_value, percent, signed, years


@dataclass(frozen=True)
class Thresholds:
    """What counts as enough; fixed before a result is seen."""

    level: float = 0.05
    """Two-sided level of the primary tests after adjustment for trials."""
    economic_edge: float = 0.005
    """Annual edge below which the claim is refuted even if not zero."""
    random_percentile: float = 0.95
    deflated_sharpe: float = 0.95
    min_coverage: float = 0.10
    """Share of candidates with a value below which a rule cannot be said to have been tested."""
    min_universe: float = 0.5
    """Share of a band's places that must be filled: fewer are no real year's small caps."""
    power: float = 0.80


@dataclass(frozen=True)
class Evidence:
    """Everything a verdict may rest on.

    `benchmarks` maps a name to its comparison; every one of them must pass. None for the others means that it was
    not computed: a claim is never supported by a test that was not run.

    Raises
    ------
    InferenceError
        A number of trials below 1, or an adjusted p for an unknown benchmark.
    """

    benchmarks: Mapping[str, BenchmarkResult]
    trials: int
    """Everything ever tried on this data, this one included."""
    factors: AlphaEstimate | None = None
    random_portfolios: Position | None = None
    deflated_sharpe: float | None = None
    """Probability from `deflated_sharpe` on active returns."""
    adjusted_p: Mapping[str, float] = field(default_factory=dict)
    """By benchmark: a p-value already adjusted for all trials (StepM, SPA); replaces the Bonferroni bound."""
    coverage: Mapping[str, float] = field(default_factory=dict)
    """By required rule: share of candidates with a value."""
    untested: Mapping[str, float] = field(default_factory=dict)
    """By rule that passes missing values: its share, where it is so low that nothing was tested."""
    doubts: Mapping[str, str] = field(default_factory=dict)
    """By name: what is wrong with the data; it changes no word and stands in every reason."""
    why_thin: Mapping[str, str] = field(default_factory=dict)
    """By rule with too few values: why they are missing, where it can be told."""
    untestable: Mapping[str, str] = field(default_factory=dict)
    """By item: why it could not be tested (a message of `InferenceError`, an item absent from the market)."""
    delisting: Mapping[str, float] = field(default_factory=dict)
    """By scenario: annual alpha on the yardstick under that delisting return."""

    def __post_init__(self) -> None:
        check_trials(self.trials)
        for name in self.adjusted_p:
            if name not in self.benchmarks and name not in self.untestable:
                raise InferenceError(f"p-values were given for {name}, which is none of {', '.join(self.benchmarks)}")


@dataclass(frozen=True)
class Verdict:
    """One of five words, the sentence that defends it, and what would change it."""

    verdict: Word
    reason: str
    would_change: tuple[str, ...]
    passed: tuple[str, ...]
    """Rungs of the ladder that were passed."""
    failed: tuple[str, ...]
    adjusted_p: Mapping[str, float]
    trials: int
    mde_annual: float | None
    """Largest minimum detectable effect over the benchmarks, at the level after adjustment for trials."""
    years_needed: float | None
    """Years until an edge as large as estimated (at least the economic threshold) would be detected."""


def reach_verdict(evidence: Evidence, thresholds: Thresholds | None = None) -> Verdict:
    """Return the verdict on "this portfolio beats the passive benchmarks".

    In this order:

    1. *not testable*: something needed is absent (a benchmark, a rule with coverage below `min_coverage`, a
       sample that raised). It is named with its coverage.
    2. A benchmark is passed when its alpha is above zero and its two-sided p, after adjustment for all trials
       (the adjusted p given, otherwise Bonferroni over N), is at most `level`, and the
       deflated Sharpe ratio, where given, reaches its bound.
    3. *supported*: every benchmark, the factor alpha where factors exist, and the random portfolios are passed.
    4. *benchmark-dependent*: some rungs are passed and others not, among them a factor alpha whose interval
       holds zero, or random portfolios of the same universe doing as well.
    5. *refuted*: no benchmark is passed and the upper bound on one of them lies below `economic_edge`. With b
       benchmarks a true edge of that size on all of them is wrongly refuted at most b · level / 2 of the time.
    6. *not distinguishable*: everything else.

    Raises
    ------
    InferenceError
        A level or power that is no share.
    """
    verdict = _reached(evidence, thresholds or Thresholds())
    said = [verdict.reason, *_untested(evidence), *_doubts(evidence)]
    return replace(verdict, reason=" ".join(said))


def _doubts(evidence: Evidence) -> list[str]:
    if not evidence.doubts:
        return []
    return [f"The data are in doubt: {'; '.join(f'{name} ({text})' for name, text in evidence.doubts.items())}."]


def _untested(evidence: Evidence) -> list[str]:
    if not evidence.untested:
        return []
    rules = ", ".join(
        f"{name} (coverage {percent(share, 0)}{_why(name, evidence, brackets=False)})"
        for name, share in evidence.untested.items()
    )
    return [f"Not testable here, and passed by every name: {rules}."]


def _reached(evidence: Evidence, bounds: Thresholds) -> Verdict:
    adjusted = {name: _adjusted(name, evidence) for name in evidence.benchmarks}
    missing = _missing(evidence, bounds)
    if missing:
        return _not_testable(evidence, adjusted, missing, _wanted(evidence, bounds))
    clear = [
        name
        for name, result in evidence.benchmarks.items()
        if result.alpha.alpha_annual > 0 and adjusted[name] <= bounds.level
    ]
    lucky = evidence.deflated_sharpe is not None and evidence.deflated_sharpe < bounds.deflated_sharpe
    beaten = [] if lucky else clear
    unbeaten = [name for name in evidence.benchmarks if name not in beaten]
    passed, failed = _other_rungs(evidence, bounds)
    word, opening = _word(evidence, bounds, beaten, unbeaten, failed)
    if lucky and clear and word == Word.NOT_DISTINGUISHABLE:
        opening += _luck(evidence, bounds, clear)
    mde, wait = _waiting(evidence, bounds)
    reason = [opening, *_figures(evidence, adjusted)]
    if word == Word.NOT_DISTINGUISHABLE:
        reason.append(_waiting_words(evidence, bounds, mde, wait))
    return Verdict(
        verdict=word,
        reason=" ".join(reason),
        would_change=_would_change(word, evidence, bounds, failed),
        passed=(*beaten, *passed),
        failed=(*unbeaten, *failed),
        adjusted_p=adjusted,
        trials=evidence.trials,
        mde_annual=mde,
        years_needed=wait,
    )


def _word(
    evidence: Evidence, bounds: Thresholds, beaten: list[str], unbeaten: list[str], failed: list[str]
) -> tuple[Word, str]:
    """Return the verdict and the sentence it opens with, given which rungs were passed."""
    if not unbeaten and not failed:
        return Word.SUPPORTED, f"Net alpha is above zero on {listed(beaten)} after {count(evidence.trials, 'trial')}."
    if beaten:
        return Word.BENCHMARK_DEPENDENT, f"Passes on {listed(beaten)}; does not pass on {listed([*unbeaten, *failed])}."
    refuting = [n for n, r in evidence.benchmarks.items() if r.alpha.ci[1] < bounds.economic_edge]
    if refuting:
        bound = percent(bounds.economic_edge)
        return Word.REFUTED, f"The upper bound of the interval lies below {bound} a year on {listed(refuting)}."
    return Word.NOT_DISTINGUISHABLE, f"Cannot be told apart from {listed(unbeaten)}."


def _luck(evidence: Evidence, bounds: Thresholds, clear: list[str]) -> str:
    return (
        f" The alpha on {listed(clear)} is significant by itself, but the deflated Sharpe ratio is "
        f"{number(evidence.deflated_sharpe)}, below {number(bounds.deflated_sharpe)}: the best of "
        f"{count(evidence.trials, 'trial')} would look like this by luck."
    )


def _missing(evidence: Evidence, bounds: Thresholds) -> list[str]:
    missing = [f"{item}: {why}" for item, why in evidence.untestable.items()]
    thin = {rule: share for rule, share in evidence.coverage.items() if not share >= bounds.min_coverage}
    if thin:
        shares = ", ".join(f"{rule} {percent(share, 0)}{_why(rule, evidence)}" for rule, share in thin.items())
        missing.append(f"too few candidates have a value (at least {percent(bounds.min_coverage, 0)} needed): {shares}")
    if not evidence.benchmarks and not missing:
        missing.append("no benchmark covers the period")
    return missing


def _why(rule: str, evidence: Evidence, *, brackets: bool = True) -> str:
    """Why a rule has few values, to follow its share; empty where it cannot be told."""
    why = evidence.why_thin.get(rule, "")
    return "" if not why else f" ({why})" if brackets else f": {why}"


def _adjusted(name: str, evidence: Evidence) -> float:
    if name in evidence.adjusted_p:
        return float(evidence.adjusted_p[name])
    return bonferroni(evidence.benchmarks[name].alpha.p, evidence.trials)


def _other_rungs(evidence: Evidence, bounds: Thresholds) -> tuple[list[str], list[str]]:
    passed: list[str] = []
    failed: list[str] = []
    if evidence.factors is not None:
        (passed if evidence.factors.ci[0] > 0 else failed).append("the factors")
    draws = evidence.random_portfolios
    agrees = draws is not None and draws.percentile >= bounds.random_percentile
    (passed if agrees else failed).append("random portfolios" if draws is not None else "random portfolios (not run)")
    return passed, failed


def _waiting(evidence: Evidence, bounds: Thresholds) -> tuple[float, float]:
    """Return the adjusted minimum detectable effect and the years needed, each the largest over benchmarks."""
    level = bounds.level / evidence.trials
    multiple = detectable_multiple(level=level, power=bounds.power)
    effects, waits = [], []
    for result in evidence.benchmarks.values():
        alpha = result.alpha
        effects.append(multiple * alpha.se_annual)
        edge = max(alpha.alpha_annual, bounds.economic_edge)
        waits.append(years_needed(edge, alpha.se_annual * alpha.years**0.5, level=level, power=bounds.power))
    return max(effects), max(waits)


def _not_testable(
    evidence: Evidence, adjusted: Mapping[str, float], missing: list[str], wanted: tuple[str, ...]
) -> Verdict:
    figures = _figures(evidence, adjusted)
    note = ["What was measured all the same, without standing:", *figures] if figures else []
    return Verdict(
        verdict=Word.NOT_TESTABLE,
        reason=" ".join([f"The data cannot say: {'; '.join(missing)}.", *note]),
        would_change=wanted,
        passed=(),
        failed=tuple(evidence.benchmarks),
        adjusted_p=dict(adjusted),
        trials=evidence.trials,
        mde_annual=None,
        years_needed=None,
    )


def _wanted(evidence: Evidence, bounds: Thresholds) -> tuple[str, ...]:
    thin = [rule for rule, share in evidence.coverage.items() if not share >= bounds.min_coverage]
    wanted = [f"Data for {listed(thin)}"] if thin else []
    return (*wanted, *(f"{item[0].upper()}{item[1:]}: {why}" for item, why in evidence.untestable.items()))


def _figures(evidence: Evidence, adjusted: Mapping[str, float]) -> list[str]:
    lines = [
        _alpha_line(name, result.alpha, adjusted[name], evidence.trials) for name, result in evidence.benchmarks.items()
    ]
    if evidence.factors is not None:
        f = evidence.factors
        lines.append(f"On the factors {signed(f.alpha_annual)} a year ({interval(*f.ci)}, p {p_value(f.p)}).")
    if evidence.random_portfolios is not None:
        draws = evidence.random_portfolios
        lines.append(
            f"Better than {percent(draws.percentile, 0)} of {draws.n:,} random portfolios from the same universe."
        )
    return lines


def _alpha_line(name: str, alpha: AlphaEstimate, adjusted: float, trials: int) -> str:
    return (
        f"Net alpha on {name} {signed(alpha.alpha_annual)} a year ({percent(1 - alpha.level, 0)} interval "
        f"{interval(*alpha.ci)}, p {p_value(alpha.p)}, adjusted for {count(trials, 'trial')} {p_value(adjusted)})."
    )


def _waiting_words(evidence: Evidence, bounds: Thresholds, mde: float, wait: float) -> str:
    span = max(r.years for r in evidence.benchmarks.values())
    return (
        f"In {years(span, 1)} only an edge of {percent(mde)} a year or more would have been seen "
        f"({percent(bounds.power, 0)} power, {count(evidence.trials, 'trial')}); an edge as large as estimated, and "
        f"at least {percent(bounds.economic_edge)}, needs {years(wait)}."
    )


def _would_change(word: Word, evidence: Evidence, bounds: Thresholds, failed: list[str]) -> tuple[str, ...]:
    changes = []
    for name, result in evidence.benchmarks.items():
        alpha = result.alpha
        need = (detectable_multiple(level=bounds.level / evidence.trials, power=0.5)) * alpha.se_annual
        if alpha.alpha_annual < need:
            changes.append(f"An alpha on {name} above {percent(need)} a year with this much noise")
        elif word == Word.SUPPORTED:
            changes.append(f"An alpha on {name} lower by {percent(alpha.alpha_annual - need)} a year")
    if evidence.factors is None:
        changes.append("Factor returns over the period: a tilt anyone can buy has not been ruled out")
    elif "the factors" in failed:
        changes.append("A factor alpha whose interval lies above zero")
    if evidence.random_portfolios is None:
        changes.append("A comparison with matched random portfolios")
    elif "random portfolios" in failed:
        changes.append(f"A place above {percent(bounds.random_percentile, 0)} of matched random portfolios")
    changes += [
        f"Delisting returns: under {scenario} the alpha is {signed(alpha)} a year"
        for scenario, alpha in evidence.delisting.items()
        if word in (Word.SUPPORTED, Word.BENCHMARK_DEPENDENT) and alpha <= 0
    ]
    if evidence.trials > 1 and word != Word.REFUTED:
        changes.append(f"Data nobody has tried: {count(evidence.trials, 'trial')} on these dates are charged for")
    return tuple(changes)
