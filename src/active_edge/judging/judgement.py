"""From a `Result` to a `Judgement`: every estimate a verdict rests on, and the verdict."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError, MissingInput
from active_edge.inference.comparison import BenchmarkResult, benchmark_comparison
from active_edge.inference.performance import Performance, break_even_cost_bps, performance
from active_edge.inference.position import Position, position_among
from active_edge.inference.regression import AlphaEstimate, factor_alpha, hac_alpha
from active_edge.inference.sample import Sample
from active_edge.inference.sharpe import deflated_sharpe
from active_edge.inference.verdict import Evidence, Thresholds, Verdict, reach_verdict
from active_edge.judging.family import Family
from active_edge.judging.twins import draw_twins, size_groups
from active_edge.ledger import Tally
from active_edge.market import Market
from active_edge.run.backtest import Result, benchmark_returns
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.words import percent

FACTOR_SERIES = ("MKT_RF", "SMB", "HML", "RMW", "CMA", "MOM", "QMJ")
"""Daily factor returns used where the market has them; without the first three there is no factor alpha."""
CASH_SERIES = "RF"
DELISTING_CASES: Mapping[str, float | None] = {"none": 0.0, "rule": None, "total_loss": -1.0}
RANDOM_PORTFOLIOS = 200
LEAST_RATIOS = 10
"""Trials in the ledger from which the variance of their ratios is taken from them: two alike would have none."""
DRAW_THREADS = 2
MIN_CHOICE = 0.02
"""Share of candidates that must be left out before random portfolios can differ from the strategy at all."""


@dataclass(frozen=True)
class Judgement:
    """Everything measured about one result, and the verdict.

    Attributes
    ----------
    benchmarks : comparison with each benchmark that could be tested.
    active : (n_measured, n_benchmarks) daily simple returns of each benchmark.
    factors : alpha on the factor returns of the market, its loadings by name; None where it has none.
    random : place among matched random portfolios; None where there was no choice to match.
    random_returns : (n,) annual net return of each of them.
    delisting : case -> annual alpha on the first benchmark.
    coverage : rule -> share of candidates with a value over the run.
    untested : rules that pass missing values and had almost none: the result says nothing of them.
    deflated : probability that the best of all trials without skill would do worse; None where it has no sample.
    evidence, thresholds : what the verdict was decided on, to decide again with one part of it changed.
    family : the strategies judged together; None for one judged by itself.
    """

    result: Result
    tally: Tally
    verdict: Verdict
    performance: Performance | None
    benchmarks: Mapping[str, BenchmarkResult]
    benchmark_returns: pd.DataFrame
    factors: AlphaEstimate | None
    random: Position | None
    random_returns: np.ndarray
    delisting: Mapping[str, float]
    coverage: Mapping[str, float]
    untested: tuple[str, ...]
    deflated: float | None
    cash: pd.Series | None
    seed: int
    evidence: Evidence
    thresholds: Thresholds
    family: Family | None = None

    @property
    def daily(self) -> pd.DataFrame:
        """(n_measured, 2 + n_benchmarks) simple returns: net, gross, each benchmark."""
        own = pd.DataFrame({"net": self.result.returns, "gross": self.result.gross})
        return own.join(self.benchmark_returns)

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
        """Cost of each dollar traded, in bps, that would take the alpha on the first benchmark to zero.

        Every purchase and sale counts, the first one too, as it does in the costs. Negative where there was no alpha
        even before costs; None where nothing is traded.
        """
        if not self.benchmarks:
            return None
        net = next(iter(self.benchmarks.values())).alpha.alpha_annual
        traded = 2.0 * float(self.result.turnover.sum()) / self.result.years
        return break_even_cost_bps(net, max(self.cost_drag_annual, 0.0), traded)


def judge_result(
    result: Result,
    tally: Tally,
    *,
    benchmarks: Sequence[str] | None = None,
    random_portfolios: int = RANDOM_PORTFOLIOS,
    seed: int = 0,
    thresholds: Thresholds | None = None,
    family: Family | None = None,
) -> Judgement:
    """Every estimate and the verdict for one result.

    Parameters
    ----------
    tally : what the ledger says of all trials on this data, this one included.
    benchmarks : series names of the market; default those of the strategy.
    seed : of the random portfolios.
    family : of the strategies of the same call; its adjusted p-values replace the bound over all trials.
    """
    bounds = thresholds or Thresholds()
    names = tuple(benchmarks or result.strategy.rules.benchmarks)
    untestable: dict[str, str] = {}
    measured = _benchmarks(result, names, untestable)
    cash = cash_returns(result.market, result.returns.index)
    own = _own(result, cash)
    comparisons = _comparisons(own, measured, untestable)
    factors = _factors(result, own)
    draws = random_returns(result, count=random_portfolios, seed=seed) if comparisons else np.empty(0)
    annual = float(result.returns.mean() * SESSIONS_A_YEAR) if len(result.returns) else 0.0
    position = position_among(annual, draws) if len(draws) else None
    coverage, required, untested = _coverage(result, bounds)
    deflated = _deflated(result, measured, tally) if comparisons else None
    delisting = _delisting(result, measured[next(iter(comparisons))], cash) if comparisons else {}
    evidence = Evidence(
        benchmarks=comparisons,
        trials=tally.trials,
        factors=factors,
        random_portfolios=position,
        deflated_sharpe=deflated,
        adjusted_p=_adjusted(result, comparisons, tally, family),
        coverage=required,
        untestable=untestable,
        delisting=delisting,
    )
    return Judgement(
        result=result,
        tally=tally,
        verdict=_say_untested(reach_verdict(evidence, bounds), untested, coverage),
        performance=None if own is None else performance(own),
        benchmarks=comparisons,
        benchmark_returns=measured,
        factors=factors,
        random=position,
        random_returns=draws,
        delisting=delisting,
        coverage=coverage,
        untested=untested,
        deflated=deflated,
        cash=cash,
        seed=seed,
        evidence=evidence,
        thresholds=bounds,
        family=family,
    )


def _adjusted(
    result: Result, comparisons: Mapping[str, BenchmarkResult], tally: Tally, family: Family | None
) -> dict[str, float]:
    """Benchmark -> p charged for the family and the trials beyond it; no entry where there is no family."""
    if family is None:
        return {}
    own = {name: comparison.alpha.p for name, comparison in comparisons.items()}
    return family.adjusted_p(result.strategy.name, own, len(result.returns), tally.trials)


def information_ratio(result: Result) -> float | None:
    """Mean over standard deviation, per session, of the return beyond the first benchmark's beta.

    This is what the ledger keeps of a trial. None where it cannot be computed.
    """
    with contextlib.suppress(InferenceError, MissingInput):
        if result.base is None:
            return None
        name = result.strategy.rules.benchmarks[0]
        benchmark = benchmark_returns(result.market, name, result.base, result.returns.index)
        alpha_returns = beyond_beta(result.returns, benchmark)
        spread = float(alpha_returns.std(ddof=1))
        return float(alpha_returns.mean()) / spread if spread > 0 else None
    return None


def beyond_beta(returns: pd.Series, benchmark: pd.Series) -> pd.Series:
    """(n,) returns minus the fitted beta times the benchmark: residual plus intercept of the alpha regression."""
    estimate = hac_alpha(Sample.of(returns, periods_per_year=SESSIONS_A_YEAR).against(benchmark))
    return returns - estimate.loadings[next(iter(estimate.loadings))] * benchmark


def cash_returns(market: Market, sessions: pd.Index) -> pd.Series | None:
    """Daily cash return over some sessions; None where the market has no such series.

    Published with a lag: sessions after its end, and holes, carry the last value known, which is off by no more than
    the policy rate moved since.
    """
    if CASH_SERIES not in market.series_names:
        return None
    series = market.series(CASH_SERIES)
    cash = series.reindex(series.index.union(sessions)).ffill().loc[sessions]
    return None if cash.isna().any() else cash


def factor_names(market: Market) -> tuple[str, ...]:
    """Factor series the market has, in order; () without market, size and value."""
    names = tuple(name for name in FACTOR_SERIES if name in market.series_names)
    return names if names[:3] == FACTOR_SERIES[:3] else ()


def alpha_on_factors(market: Market, sample: Sample, names: tuple[str, ...] | None = None) -> AlphaEstimate | None:
    """Alpha on the market's factors over the part of the sample that all of them cover; None without any.

    Parameters
    ----------
    names : factor series; default all of `FACTOR_SERIES` that the market has.

    Raises
    ------
    InferenceError : the covered part is too short, or the factors have holes in it.
    """
    names = factor_names(market) if names is None else names
    if not names or not set(names) <= market.series_names:
        return None
    table = pd.DataFrame({name: market.series(name) for name in names}).reindex(sample.dates)
    covered = np.flatnonzero(table.notna().all(axis=1))
    if not len(covered):
        return None
    rows = slice(int(covered[0]), int(covered[-1]) + 1)
    return factor_alpha(sample.part(rows), table.iloc[rows])


def random_returns(result: Result, *, count: int, seed: int) -> np.ndarray:
    """(count,) annual net return (mean × 252) of random portfolios matched to the result; empty without a choice.

    Matched on number, size decile, sector, weights and turnover, traded at the same times under the same costs.
    """
    from active_edge.engine import SparseWeights

    targets, evaluation = result.targets, result.decision.evaluation
    held, candidates = (targets.weights > 0).sum(), targets.candidates.sum()
    if result.base is None or not count or held > (1.0 - MIN_CHOICE) * candidates:
        return np.empty(0)
    groups = size_groups(evaluation.panel.market_value(), targets.candidates)
    bounds, twins = draw_twins(targets.weights, groups, evaluation.universe.sectors, seed=seed, count=count)
    weights = targets.weights[np.nonzero(targets.weights > 0)]
    draws = [SparseWeights(bounds, *_by_asset(bounds, names, weights)) for names in twins]
    many = result.arena.run(draws, workers=DRAW_THREADS)
    yearly: np.ndarray = many.measured(result.first_fill).mean(axis=0) * SESSIONS_A_YEAR
    return yearly


def _by_asset(bounds: np.ndarray, names: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Names and weights with the names of each date ascending."""
    date = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    order = np.lexsort((names, date))
    return names[order], weights[order]


def _benchmarks(result: Result, names: Sequence[str], untestable: dict[str, str]) -> pd.DataFrame:
    columns = {}
    if result.base is None:
        untestable["selection"] = _nobody(result)
        return pd.DataFrame(index=result.returns.index)
    for name in names:
        try:
            columns[name] = benchmark_returns(result.market, name, result.base, result.returns.index)
        except MissingInput as error:
            untestable[name] = str(error)
    return pd.DataFrame(columns, index=result.returns.index)


def _nobody(result: Result) -> str:
    candidates = int(result.targets.candidates.sum(axis=1).max())
    index = result.strategy.screen.universe.members
    if not candidates and index is not None:
        known = ", ".join(sorted(result.market.index_names)) or "no index"
        return f"no member of {index} was known on any decision date; this market has the members of: {known}"
    if not candidates:
        return "no name was a candidate on any decision date; the universe rules leave nothing of this market"
    return (
        f"no name was selected on any decision date, of up to {candidates:,} candidates; strict rules need a value for "
        f"{percent(result.strategy.rules.min_coverage, 0)} of them"
    )


def _own(result: Result, cash: pd.Series | None) -> Sample | None:
    if len(result.returns) < 2:
        return None
    return Sample.of(result.returns, periods_per_year=SESSIONS_A_YEAR, cash=cash)


def _comparisons(own: Sample | None, measured: pd.DataFrame, untestable: dict[str, str]) -> dict[str, BenchmarkResult]:
    comparisons = {}
    for name in measured.columns:
        try:
            if own is None:
                raise InferenceError("returns: fewer than 2 observations; lengthen the period")
            comparisons[name] = benchmark_comparison(own.against(measured[name], name), benchmark_is_total_return=True)
        except InferenceError as error:
            untestable[name] = str(error)
    return comparisons


def _factors(result: Result, own: Sample | None) -> AlphaEstimate | None:
    with contextlib.suppress(InferenceError):
        return None if own is None else alpha_on_factors(result.market, own)
    return None


def ratio_variance(tally: Tally) -> float | None:
    """Variance of the trials' information ratios; None for the documented fallback, where a few say nothing of it."""
    ratios = tally.information_ratios
    return float(ratios.var(ddof=1)) if len(ratios) >= LEAST_RATIOS else None


def _deflated(result: Result, measured: pd.DataFrame, tally: Tally) -> float | None:
    variance = ratio_variance(tally)
    with contextlib.suppress(InferenceError):
        beyond = Sample.of(beyond_beta(result.returns, measured.iloc[:, 0]), periods_per_year=SESSIONS_A_YEAR)
        return deflated_sharpe(beyond, trials=tally.trials, sharpe_variance=variance).probability
    return None


def _delisting(result: Result, benchmark: pd.Series, cash: pd.Series | None) -> dict[str, float]:
    terms = result.strategy.terms
    alphas = {}
    for case, override in DELISTING_CASES.items():
        simulation = result.under(terms.all_exits_at(override)) if override is not None else None
        returns = result.returns if simulation is None else result.measure(simulation)
        own = Sample.of(returns, periods_per_year=SESSIONS_A_YEAR, cash=cash)
        alphas[case] = hac_alpha(own.against(benchmark)).alpha_annual
    return alphas


def _coverage(result: Result, bounds: Thresholds) -> tuple[dict[str, float], dict[str, float], tuple[str, ...]]:
    """Coverage of every rule, of those a missing value fails, and the names of pass-rules with next to none.

    Means over the dates on which something was selected; over all dates where nothing ever was.
    """
    table = result.decision.coverage
    held = (result.targets.weights > 0).any(axis=1)
    known = table[held if held.any() else slice(None)].mean().dropna()
    coverage = {str(name): float(share) for name, share in known.items()}
    strict = result.strategy.screen.strict_rules()
    required = {name: share for name, share in coverage.items() if name in strict}
    untested = tuple(name for name in coverage if name not in strict and coverage[name] < bounds.min_coverage)
    return coverage, required, untested


def _say_untested(verdict: Verdict, untested: Sequence[str], coverage: Mapping[str, float]) -> Verdict:
    if not untested:
        return verdict
    words = ", ".join(f"{name} (coverage {percent(coverage[name], 0)})" for name in untested)
    return replace(verdict, reason=f"{verdict.reason} Not testable here, and passed by every name: {words}.")
