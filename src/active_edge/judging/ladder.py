"""The benchmark ladder: from the rebuilt index to a passive mix anyone can buy, each with the alpha on it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.costs import FREE, TradingTerms
from active_edge.errors import ActiveEdgeError, InferenceError
from active_edge.inference.alpha import AlphaEstimate, benchmark_alpha, factor_alpha
from active_edge.judging.judgement import Judgement
from active_edge.judging.market_samples import factor_table
from active_edge.judging.samples import Samples
from active_edge.market import Market
from active_edge.rebuilt_index import IndexRules, RebuiltIndex, rebuild_index
from active_edge.robustness_stats import MIX
from active_edge.run.backtest import Result
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.words import number

REBUILT = "rebuilt"
INDEX_TERMS = TradingTerms(costs=FREE, trade_at="next_close", capital_usd=1_000_000)
MIX_FACTORS = ("MKT_RF", "SMB", "RMW")
"""Market, size and profitability: what a passive small-cap fund with a profitability screen holds."""


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: what the strategy is held against, and the alpha on it."""

    rung: str
    meaning: str
    alpha_annual: float
    lower: float
    upper: float
    p: float


def rebuilt_members(market: Market, rules: IndexRules) -> RebuiltIndex:
    """The members and weights of the rebuilt index, made once a market; raises as `rebuild_index`."""
    return market.told((REBUILT, rules), lambda: rebuild_index(market, rules))


def rebuilt_levels(market: Market, rules: IndexRules | None = None) -> pd.Series:
    """Total-return level of the rebuilt index by session, 1 at its first close; no fee and no costs.

    Weights drift between events; an exit leaves with its return and its cash waits for the next event.

    Raises
    ------
    MissingInput : the market cannot rank companies by value.
    """
    from active_edge.engine import prepare

    rules = rules or IndexRules()

    def build() -> np.ndarray:
        index = rebuilt_members(market, rules)
        market.let_go("arena")
        arena = prepare(market, index.decided, INDEX_TERMS, columns=np.flatnonzero(index.members.any(axis=0)))
        returns = arena.run([index.weights]).returns[:, 0]
        return np.concatenate([[1.0], np.cumprod(1.0 + returns)])

    levels = market.derived((REBUILT, rules), build)
    return pd.Series(levels, index=market.sessions[len(market.sessions) - len(levels) :], name=REBUILT)


def ladder(judgement: Judgement) -> list[Rung]:
    """The alpha on every rung this market can give: rebuilt index, each benchmark, profitability-matched mix, luck."""
    result = judgement.result
    if result.base is None or judgement.yardstick is None:
        return []
    rungs = []
    rebuilt = _rebuilt_alpha(result, judgement.samples)
    if rebuilt is not None:
        rungs.append(_rung("rebuilt index", "an index of small caps by the published rules, no fee, no costs", rebuilt))
    for name, found in judgement.benchmarks.items():
        rungs.append(_rung(name, "a fund anyone can buy, after its fee", found.alpha))
    mix = mix_alpha(result, judgement.samples)
    if mix is not None:
        weights = ", ".join(f"{name} {number(loading, sign=True)}" for name, loading in mix.loadings.items())
        rungs.append(_rung(MIX, f"passive mix with the same tilts: {weights}", mix))
    if judgement.random is not None:
        own = float(result.returns.mean() * SESSIONS_A_YEAR)
        low, middle, high = own - np.quantile(judgement.random_returns, [0.975, 0.5, 0.025])
        meaning = f"the middle of {judgement.random.n:,} blind picks from the same names, same costs; plain return"
        rungs.append(Rung("random portfolios", meaning, float(middle), float(low), float(high), judgement.random.p))
    return rungs


def _rebuilt_alpha(result: Result, samples: Samples) -> AlphaEstimate | None:
    try:
        levels = rebuilt_levels(result.market)
        span = pd.DatetimeIndex([result.base, *result.returns.index])
        returns = levels.loc[span].pct_change().iloc[1:].to_numpy()
        months = pd.Series(samples.months.compound(returns), index=samples.months.dates)
        return benchmark_alpha(samples.held.against(months, REBUILT))
    except (ActiveEdgeError, KeyError):
        # The market cannot rank companies, or the run begins before the index does: there is no such rung.
        return None


def mix_alpha(result: Result, samples: Samples) -> AlphaEstimate | None:
    """The alpha on `MIX_FACTORS`, whose loadings are the mix; None where the market has not all of them."""
    table = factor_table(result.market, MIX_FACTORS)
    if table is not None:
        with contextlib.suppress(InferenceError):
            return factor_alpha(samples.held.reached_by(samples.months.of_table(table, result.returns.index)))
    return None


def _rung(name: str, meaning: str, alpha: AlphaEstimate) -> Rung:
    return Rung(name, meaning, alpha.alpha_annual, alpha.ci[0], alpha.ci[1], alpha.p)
