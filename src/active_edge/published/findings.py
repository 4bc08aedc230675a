"""From measurements to verdict lines: one word, the sentence that defends it, the price of many tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from active_edge.errors import InferenceError
from active_edge.inference.evidence import Thresholds
from active_edge.inference.multiple import holm
from active_edge.published.estimates import Estimate, Measurement, Question
from active_edge.verdicts import Word
from active_edge.words import count, interval, number, p_value, percent, signed, years

KIND_WORDS = {"mean": "mean difference", "factor alpha": "factor alpha", "change": "change"}


@dataclass(frozen=True)
class Finding:
    """One claim with its verdict.

    Attributes
    ----------
    estimate : None where nothing could be computed; `reason` then says why.
    trials : how many evidence tests were run on these data, this one included.
    p_adjusted : p after Holm over all of them.
    mde_annual : smallest effect found four times in five at the 5 % level, from the estimate's own standard error.
    mde_annual_adjusted : the same at the level left after `trials` tests.
    years_needed : years until an effect as large as estimated would be found at the level left; None for one on the
        other side of zero, and beyond `Thresholds.longest_wait`.
    newey_west_word : the word that Newey-West errors would have given; None where it cannot be said.
    """

    question: Question
    verdict: Word
    reason: str
    trials: int
    estimate: Estimate | None = None
    p_adjusted: float | None = None
    mde_annual: float | None = None
    mde_annual_adjusted: float | None = None
    years_needed: float | None = None
    newey_west_word: Word | None = None

    def to_dict(self) -> dict[str, Any]:
        """The finding as plain JSON content; decimals, None where there is no number."""
        question, estimate = self.question, self.estimate
        numbers: dict[str, Any] = dict.fromkeys(
            ("kind", "estimate_annual", "interval", "t", "p", "t_newey_west", "p_newey_west", "start", "end")
        )
        numbers |= {"n": 0, "degrees": None, "loadings": {}, "loadings_t": {}}
        if estimate is not None:
            numbers = {
                "kind": estimate.kind,
                "estimate_annual": estimate.annual,
                "interval": list(estimate.interval),
                "t": estimate.t,
                "p": estimate.p,
                "t_newey_west": None if estimate.newey_west is None else estimate.newey_west.t,
                "p_newey_west": None if estimate.newey_west is None else estimate.newey_west.p,
                "start": estimate.start.date().isoformat(),
                "end": estimate.end.date().isoformat(),
                "n": estimate.n,
                "degrees": estimate.degrees,
                "loadings": dict(estimate.loadings),
                "loadings_t": dict(estimate.loading_t),
            }
        return {
            "test": question.test,
            "section": question.section,
            "claim": question.claim,
            "claimed": "above zero" if question.direction > 0 else "below zero",
            "verdict": self.verdict,
            "verdict_newey_west": self.newey_west_word,
            **numbers,
            "p_adjusted": self.p_adjusted,
            "mde_annual": self.mde_annual,
            "mde_annual_adjusted": self.mde_annual_adjusted,
            "years_needed": self.years_needed,
            "trials": self.trials,
            "reason": self.reason,
            "source": question.source,
            "caveats": list(question.caveats),
        }


def judge_measurements(measurements: Sequence[Measurement], thresholds: Thresholds | None = None) -> list[Finding]:
    """One finding for each measurement, in their order, each charged for all of them.

    With d the direction claimed (1 above zero, -1 below), N the number of estimates, p̃ the p after Holm over them:

    1. *not testable*: there is no estimate. *too short to judge*: it has fewer months than words need, and is no trial.
    2. *supported*: d · estimate > 0 and p̃ <= level. Where the question names a factor alpha whose interval does not
       lie beyond zero on the side claimed: *factor tilt*, which anyone can buy.
    3. *refuted*: d · estimate + t(1 − level/N) · error, the one-sided bound charged for all N, falls short of the
       economic threshold.
    4. *could not have seen it*: the smallest effect that this test alone would see is larger than the visible edge.
    5. *not distinguishable*: everything else.

    Raises
    ------
    InferenceError
        Two measurements of the same test, or a factor alpha named that is not among them.
    """
    bounds = thresholds or Thresholds()
    by_test = {measurement.question.test: measurement for measurement in measurements}
    if len(by_test) < len(measurements):
        raise InferenceError("two measurements have the same test; every test counts once as a trial")
    estimates = {
        test: found.estimate
        for test, found in by_test.items()
        if found.estimate is not None and not too_short(found.estimate, bounds)
    }
    adjusted = dict(zip(estimates, holm([e.p for e in estimates.values()]), strict=True)) if estimates else {}
    trials = max(1, len(estimates))
    before = _newey_west_words(measurements, bounds)
    findings = []
    for found in measurements:
        question, estimate = found.question, found.estimate
        if question.alpha_test and question.alpha_test not in by_test:
            raise InferenceError(
                f"{question.test} names the factor alpha {question.alpha_test}, which was not measured"
            )
        if estimate is None:
            findings.append(Finding(question, Word.NOT_TESTABLE, f"The data cannot say: {found.why_not}.", trials))
            continue
        if (needed := too_short(estimate, bounds)) is not None:
            short = f"Only {count(estimate.n, 'complete month')}; words need {needed}."
            findings.append(Finding(question, Word.TOO_SHORT, short, trials, estimate))
            continue
        alpha = estimates.get(question.alpha_test)
        p = float(adjusted[question.test])
        judged = _judged(question, estimate, alpha, adjusted=p, trials=trials, bounds=bounds)
        findings.append(replace(judged, newey_west_word=before.get(question.test)))
    return findings


def too_short(estimate: Estimate, bounds: Thresholds) -> int | None:
    """Months that a word on an estimate needs, where it has fewer; else None."""
    needed = bounds.months_with_factors if estimate.loadings else bounds.months
    return needed if estimate.n < needed else None


def _newey_west_words(measurements: Sequence[Measurement], bounds: Thresholds) -> dict[str, Word]:
    """Test -> the word it would have with Newey-West errors throughout; a change keeps its own."""
    found = {
        m.question.test: m.estimate.newey_west or m.estimate
        for m in measurements
        if m.estimate is not None and not too_short(m.estimate, bounds)
    }
    adjusted = dict(zip(found, holm([e.p for e in found.values()]), strict=True)) if found else {}
    questions = {m.question.test: m.question for m in measurements}
    return {
        test: _word(
            questions[test],
            estimate,
            found.get(questions[test].alpha_test),
            adjusted=float(adjusted[test]),
            trials=len(found),
            bounds=bounds,
        )[0]
        for test, estimate in found.items()
    }


def summary_counts(findings: Sequence[Finding]) -> Mapping[str, int]:
    """How many findings have each verdict, in the order they first occur."""
    words = [finding.verdict for finding in findings]
    return {word: words.count(word) for word in dict.fromkeys(words)}


def _judged(
    question: Question, estimate: Estimate, alpha: Estimate | None, *, adjusted: float, trials: int, bounds: Thresholds
) -> Finding:
    word, opening = _word(question, estimate, alpha, adjusted=adjusted, trials=trials, bounds=bounds)
    level = bounds.level / trials
    mde = estimate.detectable(level=bounds.level, power=bounds.power)
    strict = estimate.detectable(level=level, power=bounds.power)
    wait = _wait(question, estimate, strict, bounds)
    reason = f"{opening} {_figures(estimate, adjusted, trials)}{_alpha_beside(question, alpha, word)}"
    if word in (Word.NOT_DISTINGUISHABLE, Word.COULD_NOT_SEE):
        reason += (
            f" In {years(estimate.years, 1)} only an effect of {percent(mde)} a year or more would have been seen "
            f"({percent(strict)} after {trials} tests)."
        )
        reason += "" if wait is None else f" One as large as estimated shows after {years(wait)}."
    return Finding(question, word, reason, trials, estimate, adjusted, mde, strict, wait)


def _wait(question: Question, estimate: Estimate, strict: float, bounds: Thresholds) -> float | None:
    if question.direction * estimate.annual <= 0:
        return None
    found = estimate.years * (strict / estimate.annual) ** 2
    return found if estimate.years < found < bounds.longest_wait else None


def _word(
    question: Question, estimate: Estimate, alpha: Estimate | None, *, adjusted: float, trials: int, bounds: Thresholds
) -> tuple[Word, str]:
    d = question.direction
    nearest = min(d * estimate.interval[0], d * estimate.interval[1])
    if d * estimate.annual > 0 and adjusted <= bounds.level:
        beyond = "above" if d > 0 else "below"
        if question.alpha_test and alpha is None:
            opening = (
                f"It lies {beyond} zero, but no factor alpha could be computed: a tilt anyone can buy is possible."
            )
            return Word.FACTOR_TILT, opening
        if alpha is not None and min(d * alpha.interval[0], d * alpha.interval[1]) <= 0:
            return Word.FACTOR_TILT, (
                f"It lies {beyond} zero, but its factor alpha is {signed(alpha.annual, 2)} a year "
                f"({interval(*alpha.interval, decimals=2)}): a tilt anyone can buy."
            )
        return Word.SUPPORTED, f"It lies {beyond} zero, {trials} tests allowed for."
    most = d * estimate.bound(d, level=bounds.level / trials)
    if most < bounds.economic_edge:
        beyond = "above" if d > 0 else "below"
        return Word.REFUTED, (
            f"Every effect {beyond} {signed(d * bounds.economic_edge)} a year is excluded, {trials} tests allowed for: "
            f"at most {signed(d * most, 2)} is left, too small to matter."
        )
    seen = estimate.detectable(level=bounds.level, power=bounds.power) <= bounds.visible_edge
    word = Word.NOT_DISTINGUISHABLE if seen else Word.COULD_NOT_SEE
    alone = f"By itself it would pass (p {p_value(estimate.p)}), but it is one of {trials} tests on these data."
    return word, alone if nearest > 0 else "It cannot be told from zero."


def _figures(estimate: Estimate, adjusted: float, trials: int) -> str:
    text = (
        f"{KIND_WORDS[estimate.kind].capitalize()} {signed(estimate.annual, 2)} a year (95 % interval "
        f"{interval(*estimate.interval, decimals=2)}, t {number(estimate.t)}, p {p_value(estimate.p)}, after "
        f"{trials} tests {p_value(adjusted)})."
    )
    if "RMW" in estimate.loadings:
        text += f" RMW loading {number(estimate.loadings['RMW'])} (t {number(estimate.loading_t['RMW'], 1)})."
    return text


def _alpha_beside(question: Question, alpha: Estimate | None, word: Word) -> str:
    if alpha is None or word == Word.FACTOR_TILT:
        return ""
    low, high = alpha.interval
    d = question.direction
    verdict = "" if min(d * low, d * high) > 0 else ": a tilt anyone can buy explains it, as far as these data can tell"
    return f" On the factors {signed(alpha.annual, 2)} a year ({interval(low, high, decimals=2)}){verdict}."
