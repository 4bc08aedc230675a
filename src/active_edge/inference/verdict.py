"""From estimates to one of nine verdicts, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.evidence import Evidence, Thresholds, charge
from active_edge.inference.verdict_words import missing_of, reason, would_change
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


@dataclass(frozen=True)
class Rungs:
    """Which rungs were passed; what the word is read from.

    testable : nothing needed is missing. long_enough : as many months as words need. benchmarks : each benchmark's, at
    least one where it is testable and long enough. factors, twins : None where they could not be had. excluded : every
    edge above the economic threshold, on every benchmark, charged. visible : one of `visible_edge` would have shown.
    """

    testable: bool
    long_enough: bool
    benchmarks: tuple[bool, ...]
    factors: bool | None
    twins: bool | None
    excluded: bool
    visible: bool


def word_of(rungs: Rungs) -> Word:
    """The first word that applies.

    1. *not testable*: an item, a benchmark or coverage is missing, or there are no factor returns where all benchmarks
       pass.
    2. *too short to judge*: fewer complete months than words need.
    3. *supported*: all benchmarks, the factors and the twins pass.
    4. *universe, not selection*: all benchmarks and the factors pass, the twins do not, or could not be drawn.
    5. *factor tilt*: all benchmarks pass, the factors do not.
    6. *benchmark-dependent*: some benchmarks pass.
    7. *refuted*: every edge worth having is excluded on every benchmark.
    8. *could not have seen it*: the smallest edge visible on the yardstick is above `visible_edge`.
    9. *not distinguishable*: everything else.
    """
    every, some = all(rungs.benchmarks), any(rungs.benchmarks)
    table = (
        (not rungs.testable, Word.NOT_TESTABLE),
        (not rungs.long_enough, Word.TOO_SHORT),
        (every and rungs.factors is None, Word.NOT_TESTABLE),
        (every and rungs.factors and rungs.twins, Word.SUPPORTED),
        (every and rungs.factors, Word.UNIVERSE),
        (every, Word.FACTOR_TILT),
        (some, Word.BENCHMARK_DEPENDENT),
        (rungs.excluded, Word.REFUTED),
        (not rungs.visible, Word.COULD_NOT_SEE),
    )
    return next((word for applies, word in table if applies), Word.NOT_DISTINGUISHABLE)


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
    charged, level = charge(evidence, bounds), bounds.level
    passes = {
        name: _above(result.alpha) and charged.benchmarks[name] <= level for name, result in evidence.benchmarks.items()
    }
    missing = missing_of(evidence, bounds)
    rungs = Rungs(
        testable=not missing,
        long_enough=evidence.months >= charged.months_needed and bool(evidence.benchmarks or missing),
        benchmarks=tuple(passes.values()),
        factors=None if charged.factors is None else _above(evidence.factors) and charged.factors <= level,
        twins=None if charged.twins is None else charged.twins <= level,
        excluded=all(edge < bounds.economic_edge for edge in charged.excluded_above.values()),
        visible=evidence.yardstick is None or evidence.yardstick.mde_annual <= bounds.visible_edge,
    )
    word = word_of(rungs)
    if word == Word.NOT_TESTABLE and not missing:
        missing = ["factor returns: a tilt anyone can buy cannot be ruled out without them"]
    others = {"the factors": rungs.factors, "random twins": rungs.twins}
    return Verdict(
        verdict=word,
        reason=" ".join(reason(word, evidence, charged, bounds, passes=passes, missing=missing)),
        would_change=would_change(word, evidence, charged, bounds),
        passed=tuple(name for name, good in (passes | others).items() if good),
        failed=tuple(name for name, good in (passes | others).items() if not good),
        adjusted_p=charged.benchmarks,
        trials=evidence.trials,
        mde_annual=None if evidence.yardstick is None else evidence.yardstick.mde_annual,
        years_needed=charged.years_needed,
    )


def _above(alpha: AlphaEstimate | None) -> bool:
    return alpha is not None and alpha.alpha_annual > 0
