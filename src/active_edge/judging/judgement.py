"""From a `Result` to a `Judgement`: every estimate a verdict rests on, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from active_edge.cards import card
from active_edge.inference.alpha import AlphaEstimate, benchmark_alpha
from active_edge.inference.belief import PRIORS, Prior
from active_edge.inference.comparison import BenchmarkResult
from active_edge.inference.evidence import Evidence, Thresholds
from active_edge.inference.performance import Performance, break_even_cost_bps, performance
from active_edge.inference.position import Position, position_among
from active_edge.inference.verdict import Verdict, reach_verdict
from active_edge.judging.coverage import Coverage, rule_coverage
from active_edge.judging.decisions import Decided, decided_by
from active_edge.judging.delisting import DELISTING_CASES, terms_under
from active_edge.judging.doubts import run_doubts, too_small
from active_edge.judging.estimates import evidence_of
from active_edge.judging.family import Family
from active_edge.judging.first_looks import relooks, with_first_looks
from active_edge.judging.headline import Headline, headline_of
from active_edge.judging.market_samples import result_samples
from active_edge.judging.matched import edge_over_twins
from active_edge.judging.samples import Samples
from active_edge.judging.twins import RANDOM_PORTFOLIOS, SPREAD, Twins, random_twins
from active_edge.ledger import Tally
from active_edge.market.audit.doubts import Doubt
from active_edge.run.backtest import Result
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.strategy import OwnPrior
from active_edge.words import count, interval, signed


@dataclass(frozen=True)
class Judgement:
    """Everything measured about one result, and the verdict.

    Attributes
    ----------
    samples : its returns alone and against each benchmark, as everything said of them was estimated on.
    evidence, thresholds : what the verdict was decided on, to decide again with one part of it changed.
    coverage : of the rules of its screen.
    doubts : what is wrong with its data.
    random_returns : (n,) annual net return of each matched random portfolio; empty where there was no choice to match.
    random_growth : as `Twins.growth`, by the sessions of the result's returns; empty as well.
    seed : of the random portfolios.
    family : the strategies judged together; None for one judged by itself.
    """

    result: Result
    tally: Tally
    samples: Samples
    evidence: Evidence
    thresholds: Thresholds
    verdict: Verdict
    coverage: Coverage
    doubts: tuple[Doubt, ...]
    random_returns: np.ndarray
    random_growth: np.ndarray
    seed: int
    family: Family | None = None

    def __repr__(self) -> str:
        return f"<Judgement of {self.result.strategy.name}: {self.verdict.verdict}, {self.tally.trials} trials>"

    def _repr_html_(self) -> str:
        rows = {"verdict": str(self.verdict.verdict)}
        for name, found in self.benchmarks.items():
            alpha = found.alpha
            rows[f"alpha on {name} a year"] = f"{signed(alpha.alpha_annual)} (95 %: {interval(*alpha.ci)})"
        rows["charged for"] = count(self.tally.trials, "trial")
        market, name = self.result.market, self.result.strategy.name
        return card(f"Judgement of {name}", rows, simulated=market.simulated, note=self.verdict.reason)

    @cached_property
    def performance(self) -> Performance | None:
        """What the returns earned and risked; None with fewer than two sessions."""
        return None if self.samples.own is None else performance(self.samples.own)

    @cached_property
    def decided(self) -> Decided:
        """Every decision with its reasons."""
        return decided_by(self.result)

    @property
    def yardstick(self) -> str | None:
        """The benchmark meant where one is meant: the first asked for that could be tested; None without any."""
        return self.samples.yardstick

    @property
    def benchmarks(self) -> Mapping[str, BenchmarkResult]:
        """Comparison with each benchmark that could be tested, in the order asked for."""
        return self.evidence.benchmarks

    @property
    def factors(self) -> AlphaEstimate | None:
        """Alpha on the factor returns of the market; None where it has none."""
        return self.evidence.factors

    @property
    def random(self) -> Position | None:
        """Place among matched random portfolios; None where there was no choice to match."""
        return self.evidence.random_portfolios

    @property
    def twins(self) -> AlphaEstimate | None:
        """What it earned over its mean random twin; None where there was no choice to match."""
        return self.evidence.twins

    @cached_property
    def headline(self) -> Headline | None:
        """What a reader takes away, after the strategy's own fee; None where no benchmark could be tested."""
        rules = self.result.strategy.rules
        fee = rules.fee
        charged = {"management": fee.management, "performance": fee.performance}
        return headline_of(self.samples, self.benchmarks, prior=prior_of(rules.prior), **charged)

    @property
    def daily(self) -> pd.DataFrame:
        """(n_measured, 2 + n_benchmarks) simple returns: net, gross, each benchmark."""
        own = pd.DataFrame({"net": self.result.returns, "gross": self.result.gross})
        return own.join(self.samples.benchmarks)

    @property
    def turnover_annual(self) -> float:
        """One-way turnover a year, without the decision that made the first purchase."""
        trades, turnover = self.result.trades, self.result.turnover
        if not len(trades) or not self.result.years:
            return 0.0
        return float(turnover[turnover.index > trades["decision"].iloc[0]].sum() / self.result.years)

    @property
    def cost_drag_annual(self) -> float:
        """Annual gross return minus annual net return, arithmetic; the first purchase's cost is in it."""
        difference = self.result.gross.to_numpy() - self.result.returns.to_numpy()
        return float(difference.mean() * SESSIONS_A_YEAR) if len(difference) else 0.0

    @property
    def break_even_cost_bps(self) -> float | None:
        """Cost of each dollar traded, in bps, that would take the alpha on the yardstick to zero.

        Every purchase and sale counts, the first one too, as it does in the costs. Negative where there was no alpha
        even before costs; None where nothing is traded.
        """
        if self.yardstick is None:
            return None
        net = self.benchmarks[self.yardstick].alpha.alpha_annual
        traded = 2.0 * float(self.result.turnover.sum()) / self.result.years
        return break_even_cost_bps(net, max(self.cost_drag_annual, 0.0), traded)


def judge_result(
    result: Result,
    tally: Tally,
    *,
    samples: Samples | None = None,
    random_portfolios: int = RANDOM_PORTFOLIOS,
    seed: int = 0,
    thresholds: Thresholds | None = None,
    family: Family | None = None,
    quick: bool = False,
) -> Judgement:
    """Every estimate and the verdict for one result.

    Parameters
    ----------
    tally : what the ledger says of all trials on this data, this one included.
    samples : of the result, from `result_samples`; made here on the strategy's own benchmarks where not given.
    seed : of the random portfolios.
    family : of the strategies of the same call; its adjusted p-values replace the bound over all trials.
    quick : True leaves out random twins and delisting cases, for a first look; without the twins no word is the last.
    """
    bounds = thresholds or Thresholds()
    samples = samples or result_samples(result)
    coverage, doubts = rule_coverage(result, bounds), run_doubts(result)
    tested = samples.yardstick is not None and not quick
    twins = random_twins(result, samples, count=random_portfolios, seed=seed) if tested else None
    draws = np.empty(0) if twins is None else twins.annual
    annual = float(result.returns.mean() * SESSIONS_A_YEAR) if len(result.returns) else 0.0
    over = None if twins is None else _over_twins(result, samples, twins)
    again = relooks(samples, tally.first, over)
    found = with_first_looks(replace(evidence_of(samples, tally), twins=over), again)
    joint = {} if family is None else family.adjusted_p(result.strategy.name, found)
    evidence = replace(
        found,
        random_portfolios=position_among(annual, draws) if len(draws) else None,
        adjusted_p={name: p for name, p in joint.items() if name not in again},
        coverage=coverage.required,
        untested=coverage.untested,
        untestable={**found.untestable, **too_small(result, bounds)},
        doubts={doubt.name: doubt.text for doubt in doubts},
        why_thin=coverage.reasons,
        delisting=_delisting(result, samples) if tested else {},
    )
    return Judgement(
        result=result,
        tally=tally,
        samples=samples,
        evidence=evidence,
        thresholds=bounds,
        verdict=reach_verdict(evidence, bounds),
        coverage=coverage,
        doubts=doubts,
        random_returns=draws,
        random_growth=np.empty((0, len(SPREAD))) if twins is None else twins.growth,
        seed=seed,
        family=family,
    )


def _over_twins(result: Result, samples: Samples, twins: Twins) -> AlphaEstimate | None:
    return edge_over_twins(samples, samples.months.compound(result.returns.to_numpy()), twins.months)


def _delisting(result: Result, samples: Samples) -> dict[str, float]:
    """Case -> annual alpha on the yardstick."""
    terms = result.strategy.terms
    alphas = {}
    for case in DELISTING_CASES:
        under = terms_under(case, terms)
        simulation = None if under == terms else result.under(under)
        held = samples.held if simulation is None else samples.held_with(result.measure(simulation).to_numpy())
        alphas[case] = benchmark_alpha(held).alpha_annual
    return alphas


def prior_of(told: str | OwnPrior) -> Prior:
    """The prior that a strategy names, or its own."""
    return PRIORS[told] if isinstance(told, str) else Prior("own", told.mean, told.deviation)
