"""Is the edge from the rule, or merely from having the data?

Three questions to a screen that reads filings. What if three in ten companies had not reported: any of them at random,
or the smallest? What did all candidates earn that have the figures, whatever the figures say? And do the rules see
small companies as well as large ones?
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.evaluation import evaluate
from active_edge.inference.alpha import benchmark_alpha, mean_return
from active_edge.inference.sample import Sample
from active_edge.judging.judgement import Judgement
from active_edge.judging.subsets import first_decision
from active_edge.judging.variation import Variation
from active_edge.panel import HiddenPanel
from active_edge.run.backtest import Result
from active_edge.strategy import weigh
from active_edge.words import interval, percent, signed

if TYPE_CHECKING:
    from active_edge.stats import Level

HIDDEN_SHARE = 0.30
_HIDDEN = percent(HIDDEN_SHARE, 0)
DRAWS = 5
STAY_SHARE = 0.8
FULL_COVERAGE = 0.98
"""Mean share of candidates with all values from which having the data can select nobody."""
SIZE_GAP = 0.20
"""Difference in coverage between the smallest and the largest three in ten worth a warning."""

Warning_ = tuple["Level", str, str]
Gap = tuple[float, float, float]


@dataclass(frozen=True)
class Honesty:
    """What a screen's result owes to the data being there.

    Attributes
    ----------
    random : annual alpha on the yardstick with the figures of 30 % of the companies hidden, one a draw.
    smallest : the same with those of the 30 % smallest candidates of each date hidden; None where it has none.
    smallest_change : annual return lost by hiding them, with its 95 % interval.
    data_edge : annual return of all candidates that have every figure the rules need, over all candidates, with its
        interval; None where nearly all have them.
    rule_edge : annual return of the strategy over all candidates that have the figures.
    by_size : rule -> share with a value among the smallest and among the largest 30 % of candidates.
    variations : the portfolios behind the numbers, as rows of the sensitivity table.
    interval : 95 % interval of the strategy's own alpha.
    """

    random: tuple[float, ...]
    smallest: float | None
    smallest_change: Gap | None
    data_edge: Gap | None
    rule_edge: Gap | None
    by_size: dict[str, tuple[float, float]]
    variations: list[Variation]
    interval: tuple[float, float]

    @property
    def random_stays(self) -> bool:
        """Whether at least four in five random draws stay within the strategy's own interval."""
        inside = [self.interval[0] <= alpha <= self.interval[1] for alpha in self.random]
        return sum(inside) >= STAY_SHARE * len(inside)

    @property
    def size_biased(self) -> bool:
        """Whether the smallest companies' figures carry it: hiding them costs more than noise."""
        if self.smallest is None:
            return False
        outside = self.smallest < self.interval[0]
        change = self.smallest_change
        return outside or (change is not None and change[1] > 0)

    @property
    def data_selects(self) -> bool:
        """Whether having the figures earned something, and the rule added nothing that can be told from noise."""
        return (
            self.data_edge is not None
            and self.rule_edge is not None
            and self.data_edge[1] > 0
            and not self.rule_edge[1] > 0
        )

    def warnings(self) -> list[Warning_]:
        """What of it a reader must know, as (level, text, remedy)."""
        found: list[Warning_] = []
        if not self.random_stays:
            low, high = min(self.random), max(self.random)
            found.append(
                (
                    "caution",
                    f"Without the figures of {_HIDDEN} of the companies, drawn at random, the alpha is "
                    f"{interval(low, high)} a year: outside its own interval.",
                    "Few companies carry the result; read the holdings, and hold more of them.",
                )
            )
        if self.size_biased and self.smallest is not None:
            found.append(
                (
                    "caution",
                    f"Without the figures of the {_HIDDEN} smallest companies the alpha is "
                    f"{signed(self.smallest)} a year: the result hangs on names with poor data that are dear to trade.",
                    "Raise min_dollar_volume or narrow cap_rank and see what is left.",
                )
            )
        if self.data_selects and self.data_edge is not None and self.rule_edge is not None:
            found.append(
                (
                    "serious",
                    f"All candidates that have the figures earned {signed(self.data_edge[0])} a year over all "
                    "candidates; "
                    f"the rules added {signed(self.rule_edge[0])}, no more than noise. The edge is from having the "
                    "data.",
                    "Find out who reports: pull the missing items, or make the rules pass missing values.",
                )
            )
        for name, (small, large) in self.by_size.items():
            if abs(large - small) > SIZE_GAP:
                found.append(
                    (
                        "caution",
                        f"{name} is known for {percent(small, 0)} of the smallest and {percent(large, 0)} of the "
                        f"largest {_HIDDEN} of candidates: the rule also selects by size.",
                        "Compare with the same screen whose rule passes missing values.",
                    )
                )
        return found


def coverage_honesty(judgement: Judgement, *, seed: int = 0) -> Honesty | None:
    """What the result owes to the data being there; None for a screen that reads no filings, or without a benchmark.

    Parameters
    ----------
    seed : of the companies hidden at random.
    """
    result = judgement.result
    items = filed_items(result)
    if not items or judgement.yardstick is None or result.base is None:
        return None
    evaluation = result.decision.evaluation
    value, candidates = evaluation.panel.market_value(), evaluation.universe.mask
    smallest, largest = _extremes(value, candidates)
    rng = np.random.default_rng(seed)
    shape = candidates.shape
    hidden = [np.broadcast_to(rng.random(shape[1]) < HIDDEN_SHARE, shape) for _ in range(DRAWS)] + [smallest]
    weights = [hidden_weights(result, items, mask) for mask in hidden]
    informed = informed_candidates(result)
    everyone = [_weigh(result, informed), _weigh(result, candidates)]
    returns = result.arena.run([*weights, *everyone]).measured(result.first_fill)
    alphas = [_alpha(judgement, column) for column in returns.T]
    known = candidates.sum(axis=1) > 0
    partial = (informed & candidates)[known].sum() < FULL_COVERAGE * candidates[known].sum()
    compound = judgement.samples.months.compound
    own, months = compound(result.returns.to_numpy()), compound(returns)
    data, everybody = months[:, DRAWS + 1], months[:, DRAWS + 2]
    return Honesty(
        random=tuple(alpha for alpha in alphas[:DRAWS] if alpha is not None),
        smallest=alphas[DRAWS],
        smallest_change=_gap(judgement, own - months[:, DRAWS]),
        data_edge=_gap(judgement, data - everybody) if partial else None,
        rule_edge=_gap(judgement, own - data) if partial else None,
        by_size=_by_size(result, smallest, largest),
        variations=_variations(result, returns, partial=bool(partial)),
        interval=judgement.benchmarks[judgement.yardstick].alpha.ci,
    )


def filed_items(result: Result) -> frozenset[str]:
    """Items of the filings that the rules of a result's screen read in its market."""
    evaluation = result.decision.evaluation
    used = {item for factor in evaluation.definitions.values() for item in factor.items_on(evaluation.panel)}
    return frozenset(used & result.market.items)


def hidden_weights(result: Result, items: frozenset[str], hidden: np.ndarray) -> np.ndarray:
    """(n_dates, n_assets) target weights had the facts of `items` been unknown where `hidden`.

    The candidates, the dates and the first decision stay those of the result.
    """
    evaluation = result.decision.evaluation
    other = evaluate(result.strategy.screen, HiddenPanel(evaluation.panel, items, hidden), universe=evaluation.universe)
    members = other.selected()
    members[: first_decision(result)] = False
    return weigh(result.strategy.rules, replace(other, panel=evaluation.panel), members)


def informed_candidates(result: Result) -> np.ndarray:
    """(n_dates, n_assets) bool; candidates that have every figure without which the screen drops them."""
    evaluation = result.decision.evaluation
    known = evaluation.universe.mask.copy()
    strict = result.strategy.screen.strict_rules()
    for name in result.strategy.screen.factors():
        if name in strict and name not in result.strategy.screen.require_any:
            known &= ~np.isnan(evaluation.values[name])
    if evaluation.alternatives:
        known &= np.logical_or.reduce([rule.known | rule.passed for rule in evaluation.alternatives])
    return known


def _weigh(result: Result, members: np.ndarray) -> np.ndarray:
    """Equal weights of all members from the result's first decision on."""
    count = members.sum(axis=1, keepdims=True)
    weights: np.ndarray = np.divide(members, count, out=np.zeros(members.shape), where=count > 0)
    weights[: first_decision(result)] = 0.0
    return weights


def _extremes(value: np.ndarray, candidates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n_dates, n_assets) bool: the smallest and the largest 30 % of the candidates of known value of each date."""
    small, large = np.zeros(value.shape, dtype=bool), np.zeros(value.shape, dtype=bool)
    for row, (values, use) in enumerate(zip(value, candidates, strict=True)):
        columns = np.flatnonzero(use & np.isfinite(values))
        ordered = columns[np.argsort(values[columns], kind="stable")]
        count = round(HIDDEN_SHARE * len(ordered))
        small[row, ordered[:count]] = True
        large[row, ordered[len(ordered) - count :]] = True
    return small, large


def _by_size(result: Result, smallest: np.ndarray, largest: np.ndarray) -> dict[str, tuple[float, float]]:
    evaluation, start = result.decision.evaluation, first_decision(result)
    small, large = smallest[start:], largest[start:]
    if not small.any() or not large.any():
        return {}
    filed = [name for name, factor in evaluation.definitions.items() if factor.items_on(evaluation.panel)]
    known = {name: ~np.isnan(evaluation.values[name])[start:] for name in filed}
    return {name: (float(has[small].mean()), float(has[large].mean())) for name, has in known.items()}


def _variations(result: Result, returns: np.ndarray, *, partial: bool) -> list[Variation]:
    middle = int(np.argsort(returns[:, :DRAWS].mean(axis=0), kind="stable")[DRAWS // 2])
    rows = {
        f"{_HIDDEN} of companies at random had not reported (middle of {DRAWS} draws)": middle,
        f"the {_HIDDEN} smallest had not reported": DRAWS,
    }
    if partial:
        rows["all candidates that have the figures, no rule"] = DRAWS + 1
    rows["all candidates, no rule"] = DRAWS + 2
    index = result.returns.index
    return [
        Variation("coverage", words, result.base, pd.Series(returns[:, column], index=index, name="net"))
        for words, column in rows.items()
    ]


def _alpha(judgement: Judgement, returns: np.ndarray) -> float | None:
    try:
        return benchmark_alpha(judgement.samples.held_with(returns)).alpha_annual
    except InferenceError:
        return None


def _gap(judgement: Judgement, difference: np.ndarray) -> Gap | None:
    months = judgement.samples.months
    series = pd.Series(difference, index=months.dates)
    try:
        found = mean_return(Sample.of(series, periods_per_year=months.periods_per_year))
    except InferenceError:
        return None
    return found.alpha_annual, found.ci[0], found.ci[1]
