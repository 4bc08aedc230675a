"""From a claim and a ground to a verdict: one rule for every family, fixed before any number is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from active_edge.article.article import Claim
from active_edge.article.claims import Judged
from active_edge.article.ground import Ground
from active_edge.article.measuring import LEVEL, Measured, TooShort
from active_edge.article.statistics import STATISTICS, GroundStatistic, OwnStatistic
from active_edge.errors import InferenceError, MissingInput
from active_edge.inference.multiple import holm
from active_edge.verdicts import Word
from active_edge.words import count, p_value

LEAST_MONTHS = 24
SHORT = {"month": LEAST_MONTHS, "year": 10, "cohort": 8, "session": 60}
"""Fewest of what is counted below which no word is said."""
ANSWERS = frozenset({Word.SUPPORTED, Word.REFUTED, Word.NOT_DISTINGUISHABLE})
"""Words that answer a claim; the others say that the data cannot."""


@dataclass(frozen=True)
class Answer:
    """One claim with its verdict.

    Attributes
    ----------
    verdict, reason : the word, and the sentences that defend it.
    measured : the number; None where there is none.
    statistic : the one that gave it; a stand-in where the claim's own lacks its tables.
    lacks : what the claim's own statistic lacks, with the command that brings it; empty where it lacks nothing.
    p, p_adjusted : of an estimate so far from what the claim is held against; after Holm over all claims answered.
    simulated : whether its tables were made by a generator: then it says nothing about the article.
    """

    claim: Claim
    verdict: Word
    reason: str
    measured: Measured | None = None
    statistic: str = ""
    lacks: str = ""
    p: float | None = None
    p_adjusted: float | None = None
    simulated: bool = False
    runs: tuple[Judged, ...] = ()
    """The newest runs of the claim's strategies, judged; they stand beside the answer and never make it."""

    @property
    def stands_in(self) -> bool:
        """Whether another statistic than the claim's own gave the number."""
        return self.measured is not None and self.statistic != self.claim.statistic

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON content; None where there is no number."""
        claim, measured = self.claim, self.measured
        numbers: dict[str, Any] = dict.fromkeys(("estimate", "unit", "interval", "mde", "counted", "start", "end"))
        if measured is not None:
            numbers = {
                "estimate": measured.estimate,
                "unit": measured.unit,
                "interval": list(measured.interval),
                "mde": measured.detectable,
                "counted": measured.counted,
                "start": measured.start,
                "end": measured.end,
            }
        return {
            "id": claim.id or None,
            "name": claim.name,
            "claim": claim.statement,
            "family": claim.family or None,
            "verdict": self.verdict,
            "statistic": self.statistic or claim.statistic,
            "stands_in": self.stands_in,
            **numbers,
            "n": 0 if measured is None else measured.n,
            "holds": claim.holds,
            "than": claim.than,
            "p": self.p,
            "p_adjusted": self.p_adjusted,
            "simulated": self.simulated,
            "lacks": self.lacks or None,
            "reason": self.reason,
            "beside": [] if measured is None else list(measured.beside),
            "source": None if measured is None else measured.source,
            "hypothesis": claim.hypothesis or None,
            "refuted_by": claim.refuted_by or None,
            "published": claim.known,
            "runs": [run.to_dict() for run in self.runs],
        }


def answer_claims(claims: Sequence[Claim], ground: Ground) -> list[Answer]:
    """Every claim answered on the ground, in their order; none is left out.

    A claim is *not testable* where the tables its statistic and its stand-ins read are not there, or where it speaks of
    days that a simulated market has not; *too short to judge* where they are there and hold too little, or below
    `SHORT` of what is counted. With the estimate held against `than` on the side the claim `holds`, and p̃ its p after
    Holm over all claims that got a number: *supported* where the whole interval lies on the claimed side and p̃ <= 5 %;
    *refuted* where the interval's end on the claimed side falls short of `than` by `worth`, and the p of that value
    times the number of tests is at most 5 %; else *not distinguishable*. A level (`holds: between`) is supported where
    the whole interval lies between the two values, refuted where none of it does, charged alike. What is counted and
    not estimated is supported or refuted by its value.

    Raises
    ------
    PluginError : a statistic of a user's own cannot be computed.
    """
    found = [_measured(claim, ground) for claim in claims]
    tested = [answer for answer in found if answer.p is not None and not _short(answer)]
    charged: dict[str, float] = {}
    if tested:
        adjusted = holm([answer.p for answer in tested if answer.p is not None])
        charged = {answer.claim.name: float(p) for answer, p in zip(tested, adjusted, strict=True)}
    return [_judged(answer, charged.get(answer.claim.name), len(tested)) for answer in found]


def _measured(claim: Claim, ground: Ground) -> Answer:
    empty = Answer(claim, Word.NOT_TESTABLE, "", simulated=ground.simulated)
    if claim.dated and ground.simulated:
        return replace(empty, lacks="the days it speaks of", reason="It speaks of days that no simulated market has.")
    told: list[str] = []
    short = False
    for name in (claim.statistic, *claim.stand_ins):
        try:
            measured = _by(name, claim, ground)
        except (MissingInput, InferenceError) as error:
            told.append(str(error))
            short |= isinstance(error, TooShort)
            continue
        p = None if measured.is_fact else measured.p_of(_nearest(claim, measured))
        return replace(empty, measured=measured, statistic=name, lacks=told[0] if told else "", p=p)
    reason = f"{'; '.join(dict.fromkeys(told))}."
    return replace(empty, verdict=Word.TOO_SHORT if short else Word.NOT_TESTABLE, lacks=told[0], reason=reason)


def _by(name: str, claim: Claim, ground: Ground) -> Measured:
    made = STATISTICS.find(name)
    if isinstance(made, OwnStatistic):
        return made.measure(ground)
    if not isinstance(made, GroundStatistic):
        raise InferenceError(f"{name} reads the run of a strategy, not a ground")
    for table in made.tables:
        ground.frame(table)
    given = claim.given if name == claim.statistic else {}
    return made.function(ground, **given)


def _nearest(claim: Claim, measured: Measured) -> float:
    if isinstance(claim.than, list):
        return min(claim.than, key=lambda end: abs(end - measured.estimate))
    return claim.than


def _short(answer: Answer) -> bool:
    measured = answer.measured
    return measured is not None and not measured.is_fact and measured.n < SHORT.get(measured.counted, 1)


def _judged(answer: Answer, adjusted: float | None, tests: int) -> Answer:
    measured = answer.measured
    if measured is None:
        return answer
    if _short(answer):
        needed = SHORT[measured.counted]
        reason = f"Only {count(measured.n, measured.counted)}; words need {needed}."
        return replace(answer, verdict=Word.TOO_SHORT, reason=reason)
    word, opening = _word(answer.claim, measured, adjusted, tests)
    return replace(answer, verdict=word, p_adjusted=adjusted, reason=_reason(answer, opening, adjusted, tests))


def _word(claim: Claim, measured: Measured, adjusted: float | None, tests: int) -> tuple[Word, str]:
    low, high = measured.interval
    if isinstance(claim.than, list):
        lower, upper = claim.than
        bounds = f"{measured.said(lower)} to {measured.said(upper)}"
        if lower <= low and high <= upper:
            return Word.SUPPORTED, f"It lies within {bounds}."
        if high < lower or low > upper:
            return _against(measured, _nearest(claim, measured), tests, f"It lies outside {bounds}.")
        return Word.NOT_DISTINGUISHABLE, f"Its interval reaches beyond {bounds}."
    side = 1.0 if claim.holds == "above" else -1.0
    nearest, furthest = sorted((side * (low - claim.than), side * (high - claim.than)))
    against = f"{claim.holds} {measured.said(claim.than) if claim.than else 'zero'}"
    passed = measured.is_fact or (adjusted is not None and adjusted <= LEVEL)
    if nearest > 0 and passed:
        return Word.SUPPORTED, f"It lies {against}, all tests allowed for."
    if furthest < claim.worth or (measured.is_fact and furthest <= 0):
        by = f" by {measured.said(claim.worth)}" if claim.worth else ""
        told = f"The claim needs it {against}{by}, and its interval lies wholly short of that."
        return _against(measured, claim.than + side * claim.worth, tests, told)
    if nearest > 0:
        return Word.NOT_DISTINGUISHABLE, "By itself it would pass, but it is one of many tests."
    return Word.NOT_DISTINGUISHABLE, f"It cannot be told whether it lies {against}."


def _against(measured: Measured, needed: float, tests: int, told: str) -> tuple[Word, str]:
    """Refuted, where what is needed is left out by a test charged for all of them; a single look is not enough."""
    if measured.is_fact or measured.p_of(needed) * tests <= LEVEL:
        return Word.REFUTED, told
    return Word.NOT_DISTINGUISHABLE, f"{told} By itself that would refute it, but it is one of {count(tests, 'test')}."


def _reason(answer: Answer, opening: str, adjusted: float | None, tests: int) -> str:
    measured = answer.measured
    if measured is None:
        return opening
    value = f"{measured.said(measured.estimate)} {measured.unit}"
    if measured.is_fact:
        figures = f"{value[0].upper()}{value[1:]}, counted and not estimated."
    else:
        figures = (
            f"{value} (95 % interval {measured.said(measured.interval[0])} to {measured.said(measured.interval[1])}, "
            f"p {p_value(answer.p)}, after {count(tests, 'test')} {p_value(adjusted)}; "
            f"{count(measured.n, measured.counted, _plural(measured.counted))})."
        )
    stand_in = ""
    if answer.stands_in:
        stand_in = f" {answer.statistic} stands in for {answer.claim.statistic}, which lacks: {answer.lacks}."
    return f"{opening} {figures}{stand_in}"


def _plural(noun: str) -> str:
    return "companies" if noun == "company" else ""
