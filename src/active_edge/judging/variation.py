"""The same claim with one choice changed: its alpha, and the verdict it would have given."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.evidence import Evidence, Thresholds
from active_edge.inference.verdict import reach_verdict
from active_edge.judging.estimates import evidence_of
from active_edge.judging.judgement import Judgement
from active_edge.judging.market_samples import market_samples
from active_edge.verdicts import Word


@dataclass(frozen=True)
class Variation:
    """Daily returns of a strategy with one choice changed.

    Attributes
    ----------
    group, setting : what was changed, and to what, in words.
    base : session whose close the returns start from; None where nothing was ever bought.
    returns : (n,) daily net returns.
    """

    group: str
    setting: str
    base: pd.Timestamp | None
    returns: pd.Series


@dataclass(frozen=True)
class VariedVerdict:
    """Alpha of a variation on the yardstick and its verdict; no numbers where untested or too short."""

    alpha: AlphaEstimate | None
    verdict: Word


NOT_TESTED = VariedVerdict(None, Word.NOT_TESTABLE)


def judge_variation(judgement: Judgement, variation: Variation) -> VariedVerdict:
    """The verdict a judgement would have been with the returns of a variation.

    Alphas and factor alpha are estimated anew. The p-values are charged for as many independent trials as those of the
    strategy itself (`Family.charge`); its edge over random twins, its coverage and its delisting cases are kept.
    """
    if variation.base is None:
        return NOT_TESTED
    tested = tuple(judgement.benchmarks)
    samples = market_samples(judgement.result.market, variation.returns, variation.base, tested)
    found = evidence_of(samples, judgement.tally)
    if samples.untestable or _lost(judgement.evidence, found, judgement.thresholds):
        return NOT_TESTED
    alphas = {name: comparison.alpha for name, comparison in found.benchmarks.items()}
    evidence = replace(
        judgement.evidence,
        benchmarks=found.benchmarks,
        factors=None if judgement.factors is None else found.factors,
        months=found.months,
        adjusted_p={name: min(1.0, alpha.p * charge(judgement, name)) for name, alpha in alphas.items()},
    )
    alpha = None if judgement.yardstick is None else alphas.get(judgement.yardstick)
    return VariedVerdict(alpha, reach_verdict(evidence, judgement.thresholds).verdict)


def _lost(before: Evidence, now: Evidence, thresholds: Thresholds) -> bool:
    """Whether factors cannot be estimated any more, in returns long enough to be judged at all."""
    return before.factors is not None and now.factors is None and now.months >= thresholds.months


def charge(judgement: Judgement, benchmark: str) -> float:
    """Number of independent trials a p-value of this strategy on a benchmark is multiplied by."""
    trials = judgement.tally.trials
    family = judgement.family
    return float(trials) if family is None else family.charge(judgement.result.strategy.name, benchmark, trials)


def table_of(judgement: Judgement, variations: list[Variation]) -> pd.DataFrame:
    """One row a variation: group, setting, alpha_annual, lower, upper, verdict."""
    rows = []
    for variation in variations:
        found = judge_variation(judgement, variation)
        alpha = found.alpha
        rows.append(
            {
                "group": variation.group,
                "setting": variation.setting,
                "alpha_annual": np.nan if alpha is None else alpha.alpha_annual,
                "lower": np.nan if alpha is None else alpha.ci[0],
                "upper": np.nan if alpha is None else alpha.ci[1],
                "verdict": found.verdict,
            }
        )
    return pd.DataFrame(rows, columns=["group", "setting", "alpha_annual", "lower", "upper", "verdict"])
