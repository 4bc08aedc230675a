"""A `Judgement` and what was found about it as `Stats`."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.comparison import BenchmarkResult
from active_edge.inference.performance import Performance, performance
from active_edge.inference.sharpe_difference import sharpe_difference
from active_edge.judging.attribution import Attribution
from active_edge.judging.contributions import contributions_of
from active_edge.judging.decisions import largest_of
from active_edge.judging.family import Family
from active_edge.judging.headline import Headline
from active_edge.judging.judgement import Judgement
from active_edge.judging.knock_out import Honesty
from active_edge.judging.own_returns import ReturnsJudgement
from active_edge.judging.path import deepest_falls, path_of
from active_edge.judging.robustness import Robustness
from active_edge.judging.samples import Samples
from active_edge.judging.sector_effects import SectorEffects
from active_edge.judging.tested import what_was_tested
from active_edge.judging.warnings import run_warnings
from active_edge.ledger import Trial
from active_edge.results.family import family_stats
from active_edge.results.records import run_name
from active_edge.robustness_stats import (
    AdjustmentStats,
    EffectStats,
    FallStats,
    FamilyStats,
    KnockOutStats,
    LegStats,
    RungStats,
    SectorEffectsStats,
    VariationStats,
)
from active_edge.run.backtest import Result
from active_edge.stats import (
    BeliefStats,
    BenchmarkStats,
    FactorStats,
    HeadlineStats,
    NamesStats,
    RandomStats,
    SharpeStats,
    Stats,
    TwinsStats,
    UniverseDay,
    UniverseStats,
    WarningStats,
)

Row = TypeVar("Row", VariationStats, AdjustmentStats)


def stats_of(judgement: Judgement, robust: Robustness, trial: Trial) -> Stats:
    """Every number of a judged run. A function of its arguments alone: the same arguments, the same stats."""
    legs, honesty = robust.attribution, robust.honesty
    found = replace(
        _judged(judgement, trial),
        legs={} if legs is None else _legs(legs),
        legs_universe_alpha=None if legs is None else legs.universe_alpha,
        sensitivity=_rows(VariationStats, robust.sensitivity),
        knock_out=None if honesty is None else _knock_out(honesty),
        adjustments=_rows(AdjustmentStats, robust.adjustments),
        sector_effects=_sector_effects(robust.effects),
        ladder=tuple(RungStats(**asdict(rung)) for rung in robust.ladder),
        warnings=tuple(WarningStats(level=level, text=t, remedy=r) for level, t, r in run_warnings(judgement, robust)),
    )
    # Through JSON: plain numbers, and None where one is none.
    return Stats.from_json(found.to_json(), where=f"the stats of {trial.strategy}")


def _judged(judgement: Judgement, trial: Trial) -> Stats:
    """What the judgement alone says."""
    result, evidence = judgement.result, judgement.evidence
    sessions, held = result.simulation.sessions, result.simulation.names_held
    base = result.base if result.base is not None else sessions[0]
    return replace(
        stats_of_returns(judgement, trial, start=base, end=str(sessions[-1].date()), sessions=len(result.returns)),
        planted=result.market.planted,
        tested=what_was_tested(result, judgement.samples),
        contributions=contributions_of(result),
        largest=largest_of(result),
        turnover_annual=judgement.turnover_annual,
        cost_drag_annual=judgement.cost_drag_annual,
        break_even_cost_bps=judgement.break_even_cost_bps,
        twins=_twins(judgement.twins),
        random_portfolios=_random(judgement),
        family=None if judgement.family is None else _family(judgement.family, judgement.result.strategy.name),
        delisting=evidence.delisting,
        coverage=judgement.coverage.rules,
        untested=tuple(judgement.coverage.untested),
        annual_figures=judgement.coverage.annual,
        universe=_universe(result),
        names=NamesStats(median=float(result.simulation.names_in_the_middle), last=int(held[-1])),
        exits_held=len(result.simulation.exits),
        seed=judgement.seed,
        doubts=evidence.doubts,
    )


def stats_of_returns(
    judgement: Judgement | ReturnsJudgement, trial: Trial, *, start: pd.Timestamp, end: str, sessions: int
) -> Stats:
    """What the returns of a judgement say, whoever made them.

    Parameters
    ----------
    start, end, sessions : the day whose close they start from, their last, and how many there are.
    """
    earned, verdict = judgement.performance, judgement.verdict
    return Stats(
        run=run_name(trial),
        strategy=trial.strategy,
        screen=trial.screen,
        start=str(start.date()),
        end=end,
        sessions=sessions,
        snapshot=trial.snapshot,
        simulated=trial.simulated,
        trials=judgement.tally.trials,
        total_return=None if earned is None else earned.total_return,
        annual_return=None if earned is None else earned.annual_return,
        annual_volatility=None if earned is None else earned.annual_volatility,
        sharpe=None if earned is None else earned.sharpe,
        max_drawdown=None if earned is None else earned.max_drawdown,
        path=path_of(judgement.samples, earned),
        falls=_falls(judgement.samples, start),
        months=judgement.samples.months.n,
        headline=headline_stats(judgement.headline),
        benchmarks=_benchmarks(judgement),
        factors=_factor_stats(judgement),
        deflated_sharpe=judgement.evidence.deflated_sharpe,
        verdict=verdict.verdict,
        verdict_reason=verdict.reason,
        verdict_would_change=verdict.would_change,
        rungs_passed=verdict.passed,
        rungs_failed=verdict.failed,
        adjusted_p=verdict.adjusted_p,
        years_needed=verdict.years_needed,
        economic_threshold=judgement.thresholds.economic_edge,
    )


def _falls(samples: Samples, base: pd.Timestamp) -> tuple[FallStats, ...]:
    return () if samples.own is None else deepest_falls(samples.own.series, base)


def _benchmarks(judgement: Judgement | ReturnsJudgement) -> dict[str, BenchmarkStats]:
    """The numbers against each benchmark; in a run too short for a test, what each earned itself."""
    untestable = judgement.evidence.untestable
    found = {name: benchmark_stats(judgement, name, tested) for name, tested in judgement.benchmarks.items()}
    return found | {
        str(name): _own(performance(judgement.samples.against(str(name))))
        for name in judgement.samples.benchmarks.columns
        if judgement.samples.own is not None and name not in found and name not in untestable
    }


def _own(earned: Performance) -> BenchmarkStats:
    return BenchmarkStats(
        total_return=earned.total_return,
        observations=earned.n,
        annual_return=earned.annual_return,
        annual_volatility=earned.annual_volatility,
        sharpe=earned.sharpe,
        max_drawdown=earned.max_drawdown,
    )


def benchmark_stats(judgement: Judgement | ReturnsJudgement, name: str, found: BenchmarkResult) -> BenchmarkStats:
    """The numbers against one benchmark."""
    alpha, own = found.alpha, performance(judgement.samples.against(name))
    ratios = sharpe_difference(judgement.samples.on[name])
    return BenchmarkStats(
        total_return=found.total_return,
        active_return_annual=found.active_return_annual,
        tracking_error=found.tracking_error,
        information_ratio=found.information_ratio,
        alpha_annual=alpha.alpha_annual,
        alpha_se=alpha.se_annual,
        alpha_t=alpha.t,
        alpha_p=alpha.p,
        alpha_ci=alpha.ci,
        beta=alpha.beta,
        mde_annual=found.mde_annual,
        observations=own.n,
        months=alpha.n,
        degrees=alpha.degrees,
        alpha_se_ols=alpha.se_ols_annual,
        excluded_above=alpha.excluded_above(),
        up_capture=found.capture.up,
        down_capture=found.capture.down,
        alpha_p_adjusted=judgement.verdict.adjusted_p.get(name),
        sharpe_difference=SharpeStats(
            own=ratios.sharpe[0],
            benchmark=ratios.sharpe[1],
            difference=ratios.difference,
            ci=ratios.ci,
            p=ratios.p,
        ),
        years=found.years,
        annual_return=own.annual_return,
        annual_volatility=own.annual_volatility,
        sharpe=own.sharpe,
        max_drawdown=own.max_drawdown,
    )


def headline_stats(found: Headline | None) -> HeadlineStats | None:
    """The edge on the yardstick; None where no benchmark could be tested."""
    if found is None:
        return None
    belief = found.belief
    return HeadlineStats(
        yardstick=found.yardstick,
        alpha_annual=found.alpha.alpha_annual,
        alpha_ci=found.alpha.ci,
        excluded_above=found.excluded_above,
        belief=BeliefStats(
            prior=belief.prior.name,
            prior_mean=belief.prior.mean,
            prior_deviation=belief.prior.deviation,
            mean=belief.mean,
            deviation=belief.deviation,
            interval=belief.interval,
            probability=belief.probability,
            probability_before=belief.probability_before,
            bayes_factor=belief.bayes_factor,
        ),
        visible=found.visible,
        track_record_years=found.track_record_years,
        management=found.management,
        performance=found.performance,
        alpha_after_fee=found.after_fee.alpha_annual,
        alpha_after_fee_ci=found.after_fee.ci,
        break_even_fee=found.break_even_fee,
    )


def _twins(alpha: AlphaEstimate | None) -> TwinsStats | None:
    if alpha is None:
        return None
    return TwinsStats(
        alpha_annual=alpha.alpha_annual,
        alpha_se=alpha.se_annual,
        alpha_p_one_sided=alpha.p_one_sided,
        alpha_ci=alpha.ci,
        months=alpha.n,
    )


def _factor_stats(judgement: Judgement | ReturnsJudgement) -> FactorStats | None:
    """The numbers on the factors; None where there are none."""
    alpha = judgement.factors
    if alpha is None:
        return None
    return FactorStats(
        model=" + ".join(alpha.loadings),
        months=alpha.n,
        degrees=alpha.degrees,
        alpha_annual=alpha.alpha_annual,
        alpha_se=alpha.se_annual,
        alpha_t=alpha.t,
        alpha_p=alpha.p,
        alpha_ci=alpha.ci,
        loadings=alpha.loadings,
        loadings_t=alpha.loading_t,
    )


def _family(family: Family, name: str) -> FamilyStats | None:
    """What is believed of the best of the strategies judged together, and of one of them."""
    found = {benchmark: test for benchmark, test in family.tests.items() if name in test.members}
    if not found:
        return None
    benchmark, test = next(iter(found.items()))
    return family_stats(benchmark, test.members, test.best, test.months, own=test.members.index(name))


def _universe(result: Result) -> UniverseStats:
    dates, universe = result.targets.dates, result.decision.evaluation.universe
    size, sectors = universe.size, universe.industry.said()
    if size is None:
        return UniverseStats(sectors=sectors)
    shown = np.unique([*np.unique(dates.year, return_index=True)[1], len(dates) - 1])
    days = tuple(
        UniverseDay(
            date=str(dates[row].date()),
            companies=int(size.companies[row]),
            names=int(size.names[row]),
            largest_usd=float(size.largest[row]),
            smallest_usd=float(size.smallest[row]),
        )
        for row in shown
    )
    return UniverseStats(rule=size.rule, places=size.places, sectors=sectors, days=days)


def _random(judgement: Judgement) -> RandomStats | None:
    place = judgement.random
    if place is None:
        return None
    return RandomStats(n=place.n, percentile=place.percentile, p=place.p, value=place.value, median=place.median)


def _sector_effects(found: SectorEffects | str) -> SectorEffectsStats:
    if isinstance(found, str):
        return SectorEffectsStats(why_not=found)
    by_group = [
        {str(name): EffectStats(**row) for name, row in table.to_dict("index").items()}
        for table in (found.sectors, found.sizes)
    ]
    return SectorEffectsStats(
        active_annual=found.active_annual,
        trading_annual=found.trading_annual,
        stretches=found.stretches,
        sectors=by_group[0],
        sizes=by_group[1],
    )


def _legs(attribution: Attribution) -> dict[str, LegStats]:
    rows = attribution.table.set_index("leg")
    names = [name for name in LegStats.__dataclass_fields__ if name in rows.columns]
    return {str(leg): LegStats(**{name: float(row[name]) for name in names}) for leg, row in rows.iterrows()}


def _knock_out(honesty: Honesty) -> KnockOutStats:
    return KnockOutStats(
        random=honesty.random,
        random_within_interval=honesty.random_stays,
        smallest=honesty.smallest,
        smallest_change=honesty.smallest_change,
        size_biased=honesty.size_biased,
        data_edge=honesty.data_edge,
        rule_edge=honesty.rule_edge,
        edge_from_data=honesty.data_selects,
        coverage_by_size=honesty.by_size,
    )


def _rows(kind: type[Row], table: pd.DataFrame | None) -> tuple[Row, ...]:
    """One part of the stats a row of a table whose columns are its fields."""
    return () if table is None else tuple(kind(**row) for row in table.to_dict("records"))
