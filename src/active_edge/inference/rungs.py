"""Which rungs an evidence passes, and the first of nine words that applies to them; the sentences are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.evidence import Charged, Evidence, Thresholds, charge
from active_edge.verdicts import Word


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


def rungs_of(evidence: Evidence, charged: Charged, bounds: Thresholds) -> Rungs:
    """The rungs of an evidence, by the rule of `reach_verdict`.

    Parameters
    ----------
    charged : the evidence, charged by the same bounds.
    """
    level, untestable = bounds.level, not testable(evidence, bounds)
    return Rungs(
        testable=not untestable,
        long_enough=evidence.months >= charged.months_needed and bool(evidence.benchmarks or untestable),
        benchmarks=tuple(
            _above(result.alpha) and charged.benchmarks[name] <= level for name, result in evidence.benchmarks.items()
        ),
        factors=None if charged.factors is None else _above(evidence.factors) and charged.factors <= level,
        twins=None if charged.twins is None else charged.twins <= level,
        excluded=all(edge < bounds.economic_edge for edge in charged.excluded_above.values()),
        visible=evidence.yardstick is None or evidence.yardstick.mde_annual <= bounds.visible_edge,
    )


def testable(evidence: Evidence, bounds: Thresholds) -> bool:
    """Whether nothing needed is missing: no item, no rule's values, no benchmark of months enough."""
    thin = any(not share >= bounds.min_coverage for share in evidence.coverage.values())
    nothing_beside = not evidence.benchmarks and evidence.months >= bounds.months
    return not (thin or evidence.untestable or nothing_beside)


def word_for(evidence: Evidence, thresholds: Thresholds | None = None) -> Word:
    """The word of an evidence, without the sentences that defend it."""
    bounds = thresholds or Thresholds()
    return word_of(rungs_of(evidence, charge(evidence, bounds), bounds))


def _above(alpha: AlphaEstimate | None) -> bool:
    return alpha is not None and alpha.alpha_annual > 0
