"""The same claim with one choice changed: its alpha, and the verdict it would have given."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError, MissingInput
from active_edge.inference.regression import AlphaEstimate, hac_alpha
from active_edge.inference.sample import Sample
from active_edge.inference.sharpe import deflated_sharpe
from active_edge.inference.verdict import reach_verdict
from active_edge.judging.judgement import Judgement, alpha_on_factors, cash_returns, ratio_variance
from active_edge.run.backtest import benchmark_returns
from active_edge.sessions import SESSIONS_A_YEAR

NOT_TESTABLE = "not testable"


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
    """Alpha of a variation on the first benchmark and its verdict; no numbers where it could not be tested."""

    alpha: AlphaEstimate | None
    verdict: str


def judge_variation(judgement: Judgement, variation: Variation) -> VariedVerdict:
    """The verdict a judgement would have been with the returns of a variation.

    Alphas, factor alpha and deflated Sharpe ratio are estimated anew. The p-values are charged for as many
    independent trials as those of the strategy itself (`Family.charge`); its place among random portfolios, its
    coverage and its delisting cases are kept.
    """
    if variation.base is None or not judgement.benchmarks:
        return VariedVerdict(None, NOT_TESTABLE)
    result, tally = judgement.result, judgement.tally
    returns, market = variation.returns, result.market
    alphas: dict[str, AlphaEstimate] = {}
    try:
        cash = cash_returns(market, returns.index)
        own = Sample.of(returns, periods_per_year=SESSIONS_A_YEAR, cash=cash)
        for name in judgement.benchmarks:
            benchmark = benchmark_returns(market, name, variation.base, returns.index)
            alphas[name] = hac_alpha(own.against(benchmark, name))
        factors = alpha_on_factors(market, own) if judgement.factors is not None else None
        deflated = None
        if judgement.deflated is not None:
            name = next(iter(alphas))
            passive = benchmark_returns(market, name, variation.base, returns.index)
            beyond = Sample.of(returns - alphas[name].beta * passive, periods_per_year=SESSIONS_A_YEAR)
            deflated = deflated_sharpe(beyond, trials=tally.trials, sharpe_variance=ratio_variance(tally)).probability
    except (InferenceError, MissingInput):
        return VariedVerdict(None, NOT_TESTABLE)
    evidence = replace(
        judgement.evidence,
        benchmarks={name: replace(found, alpha=alphas[name]) for name, found in judgement.benchmarks.items()},
        factors=factors,
        deflated_sharpe=deflated,
        adjusted_p={name: min(1.0, alpha.p * charge(judgement, name)) for name, alpha in alphas.items()},
    )
    return VariedVerdict(next(iter(alphas.values())), reach_verdict(evidence, judgement.thresholds).verdict)


def charge(judgement: Judgement, benchmark: str) -> float:
    """Number of independent trials a p-value of this strategy on a benchmark is multiplied by."""
    trials = judgement.tally.trials
    family = judgement.family
    return float(trials) if family is None else family.charge(judgement.result.strategy.name, benchmark, trials)


def table_of(judgement: Judgement, variations: list[Variation]) -> pd.DataFrame:
    """The frame `RunRecord.sensitivity`: group, setting, alpha_annual, lower, upper, verdict."""
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
