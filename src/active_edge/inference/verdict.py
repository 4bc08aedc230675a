"""From estimates to one of nine verdicts, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from active_edge.inference.evidence import Evidence, Thresholds, charge
from active_edge.inference.rungs import rungs_of, word_of
from active_edge.inference.verdict_words import missing_of, said
from active_edge.verdicts import Word


@dataclass(frozen=True)
class Verdict:
    """One of nine words, the sentences that defend it, and what would change it."""

    verdict: Word
    reason: str
    would_change: tuple[str, ...]
    passed: tuple[str, ...]
    """Rungs of the ladder that were passed."""
    failed: tuple[str, ...]
    adjusted_p: Mapping[str, float]
    trials: int
    mde_annual: float | None
    """Smallest edge visible on the yardstick, uncharged."""
    years_needed: float | None
    """Years until an edge as large as estimated on the yardstick would be found, charged for the trials; None for an
    estimate that is not above zero, and beyond `Thresholds.longest_wait`."""


def reach_verdict(evidence: Evidence, thresholds: Thresholds | None = None) -> Verdict:
    """The verdict on "this portfolio beats the passive benchmarks", by `word_of`.

    A benchmark is passed when its alpha is above zero and its two-sided p, charged for all trials (the adjusted p
    given, otherwise Bonferroni over N), is at most `level`; the factors likewise, with Bonferroni, and the twins
    one-sided. An edge is excluded above the one-sided upper bound at `level` charged for all trials, for "refuted"
    singles out a low one of N.

    Raises
    ------
    InferenceError
        A level or power that is no share.
    """
    bounds = thresholds or Thresholds()
    charged = charge(evidence, bounds)
    rungs = rungs_of(evidence, charged, bounds)
    word, missing = word_of(rungs), missing_of(evidence, bounds)
    if word == Word.NOT_TESTABLE and not missing:
        missing = ["factor returns: a tilt anyone can buy cannot be ruled out without them"]
    passes = dict(zip(evidence.benchmarks, rungs.benchmarks, strict=True))
    others = {"the factors": rungs.factors, "random twins": rungs.twins}
    told, advice = said(word, evidence, charged, bounds, passes=passes, missing=missing)
    return Verdict(
        verdict=word,
        reason=told,
        would_change=advice,
        passed=tuple(name for name, good in (passes | others).items() if good),
        failed=tuple(name for name, good in (passes | others).items() if not good),
        adjusted_p=charged.benchmarks,
        trials=evidence.trials,
        mde_annual=None if evidence.yardstick is None else evidence.yardstick.mde_annual,
        years_needed=charged.years_needed,
    )
