"""A `Judgement` as what is stored and shown: the stats of stats.json and the `RunRecord` of the page."""

from __future__ import annotations

import importlib.metadata
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import yaml

from active_edge.article.claims import claims_of_run
from active_edge.inference.false_alarms import calibration_table
from active_edge.inference.performance import calendar_years, drawdowns
from active_edge.inference.performance import performance as performance_of
from active_edge.inference.power import mde_from_standard_error
from active_edge.inference.regression import hac_mean
from active_edge.inference.subperiods import usual_subperiods
from active_edge.judging.judgement import Judgement
from active_edge.judging.warnings import data_warnings
from active_edge.ledger import Trial
from active_edge.report.record import DataWarning, FalsePositiveRate, RunRecord
from active_edge.run.backtest import Result, configuration, trial_content
from active_edge.sessions import SESSIONS_A_YEAR

PACKAGES = ("active-edge", "vectorbt", "numpy", "pandas", "numba", "statsmodels", "duckdb")
Z95 = 1.959963984540054


def trial_of(result: Result, information_ratio: float | None) -> Trial:
    """The ledger line of a result."""
    sessions = result.simulation.sessions
    return Trial(
        strategy=result.strategy.name,
        screen=result.strategy.screen.name,
        configuration=trial_content(result.strategy, result.decision.plugins),
        start=str(sessions[0].date()),
        end=str(sessions[-1].date()),
        snapshot=result.market.snapshot,
        simulated=result.market.simulated,
        information_ratio=information_ratio,
    )


def run_name(trial: Trial) -> str:
    """Folder name of a run: the same for the same trial."""
    return f"{trial.strategy}-{trial.id[:6]}"


def stats_of(judgement: Judgement, trial: Trial) -> dict[str, Any]:
    """The content of stats.json; decimals, None where there is no number. A function of its arguments alone."""
    result, performance = judgement.result, judgement.performance
    sessions = result.simulation.sessions
    base = result.base if result.base is not None else sessions[0]
    stats: dict[str, Any] = {
        "run": run_name(trial),
        "strategy": trial.strategy,
        "screen": trial.screen,
        "start": str(base.date()),
        "end": str(sessions[-1].date()),
        "sessions": len(result.returns),
        "snapshot": trial.snapshot,
        "simulated": trial.simulated,
        "trials": judgement.tally.trials,
        "total_return": performance and performance.total_return,
        "annual_return": performance and performance.annual_return,
        "annual_volatility": performance and performance.annual_volatility,
        "sharpe": performance and performance.sharpe,
        "max_drawdown": performance and performance.max_drawdown,
        "turnover_annual": judgement.turnover_annual,
        "cost_drag_annual": judgement.cost_drag_annual,
        "break_even_cost_bps": judgement.break_even_cost_bps,
        "yardstick": judgement.yardstick,
        "benchmarks": {name: comparison.to_stats() for name, comparison in judgement.benchmarks.items()},
        "factors": _factor_stats(judgement),
        "random_portfolios": _random_stats(judgement),
        "delisting": dict(judgement.evidence.delisting),
        "coverage": dict(judgement.coverage.rules),
        "untested": list(judgement.coverage.untested),
        "names": {"median": _median_names(result), "last": int((result.targets.weights[-1] > 0).sum())},
        "exits_held": len(result.simulation.exits),
        "deflated_sharpe": judgement.evidence.deflated_sharpe,
        "seed": judgement.seed,
    }
    for name, comparison in judgement.benchmarks.items():
        stats["benchmarks"][name]["alpha_p_adjusted"] = judgement.verdict.adjusted_p.get(name)
        stats["benchmarks"][name]["years"] = comparison.years
        own = performance_of(judgement.samples.on[name].of_benchmark())
        for key in ("annual_return", "annual_volatility", "sharpe", "max_drawdown"):
            stats["benchmarks"][name][key] = getattr(own, key)
    plain: dict[str, Any] = plain_json(stats | judgement.verdict.to_stats())
    return plain


def record_of(
    judgement: Judgement, stats: Mapping[str, Any], *, command: str, created: str, legs: pd.DataFrame | None
) -> RunRecord:
    """Everything the page of a run shows."""
    result = judgement.result
    growth = _growth(judgement)
    active, lower, upper = _active(judgement, growth)
    return RunRecord(
        stats=stats,
        configuration=yaml.safe_dump(configuration(result.strategy), sort_keys=False, allow_unicode=True),
        command=command,
        growth=growth,
        drawdown=_drawdown(judgement),
        versions=versions(),
        seed=judgement.seed,
        created=created,
        description=result.strategy.rules.description or result.strategy.screen.description,
        would_change=judgement.verdict.would_change,
        warnings=tuple(DataWarning(*warning) for warning in data_warnings(judgement)),
        active=active,
        active_lower=lower,
        active_upper=upper,
        calendar_years=_calendar_years(judgement),
        subperiods=_subperiods(judgement),
        holdings=_holdings(result),
        holdings_on=str(result.targets.dates[-1].date()),
        factor_units={name: factor.unit for name, factor in result.decision.evaluation.definitions.items()},
        turnover=result.turnover,
        costs=result.costs,
        coverage=result.decision.coverage,
        exits=_named(result, result.simulation.exits),
        unfilled=_named(result, result.simulation.unfilled.sort_values("value", ascending=False, kind="stable")),
        leave_one_out=legs,
        random_portfolios=pd.Series(judgement.random_returns) if len(judgement.random_returns) else None,
        calibration=false_positive_rates(),
        claims=claims_of_run(stats),
        ledger_restarted=judgement.tally.restarted,
    )


def false_positive_rates() -> dict[str, FalsePositiveRate]:
    """By test, how often it raised a false alarm on simulated markets: the shipped calibration."""
    return {
        name: FalsePositiveRate(found.rate, found.lower, found.upper, found.markets)
        for name, found in calibration_table().items()
    }


def versions() -> dict[str, str]:
    """Versions of the packages a number can depend on."""
    return {name: importlib.metadata.version(name) for name in PACKAGES}


def _factor_stats(judgement: Judgement) -> dict[str, Any] | None:
    alpha = judgement.factors
    if alpha is None:
        return None
    return {
        "model": " + ".join(alpha.loadings),
        "sessions": alpha.n,
        "alpha_annual": alpha.alpha_annual,
        "alpha_se": alpha.se_annual,
        "alpha_t": alpha.t,
        "alpha_p": alpha.p,
        "alpha_ci": list(alpha.ci),
        "loadings": dict(alpha.loadings),
        "loadings_t": dict(alpha.loading_t),
    }


def _random_stats(judgement: Judgement) -> dict[str, Any] | None:
    place = judgement.random
    if place is None:
        return None
    return {"n": place.n, "percentile": place.percentile, "p": place.p, "value": place.value, "median": place.median}


def _median_names(result: Result) -> float:
    return float(np.median((result.targets.weights > 0).sum(axis=1)))


def plain_json(value: Any) -> Any:
    """Plain JSON content: numpy scalars become Python's, numbers that are none become None."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(inner) for inner in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _growth(judgement: Judgement) -> pd.DataFrame:
    result = judgement.result
    daily = judgement.daily
    base = result.base if result.base is not None else result.simulation.sessions[0]
    start = pd.DataFrame(1.0, index=pd.DatetimeIndex([base]), columns=daily.columns)
    return pd.concat([start, (1.0 + daily).cumprod()]).rename_axis("session")


def _drawdown(judgement: Judgement) -> pd.DataFrame:
    daily = judgement.daily.drop(columns="gross")
    return pd.DataFrame({name: drawdowns(daily[name]) for name in daily.columns}, index=daily.index)


def _active(
    judgement: Judgement, growth: pd.DataFrame
) -> tuple[pd.DataFrame | None, pd.DataFrame | None, pd.DataFrame | None]:
    """Growth over each benchmark's, and the 95 % range of that line were the expected active return zero.

    The range is that of a random walk with the HAC standard error of the active return, drift 0.
    """
    names = list(judgement.benchmarks)
    if not names:
        return None, None, None
    active = pd.DataFrame({name: growth["net"] / growth[name] - 1.0 for name in names})
    years = np.arange(len(active)) / SESSIONS_A_YEAR
    spread = {}
    for name in names:
        mean = hac_mean(judgement.samples.on[name].active())
        spread[name] = Z95 * mean.se_annual * np.sqrt(mean.years) * np.sqrt(years)
    band = pd.DataFrame(spread, index=active.index)
    return active, np.expm1(-band), np.expm1(band)


def _calendar_years(judgement: Judgement) -> pd.DataFrame | None:
    daily = judgement.daily.drop(columns="gross")
    if not len(daily):
        return None
    years = calendar_years(daily)
    for name in judgement.samples.benchmarks.columns:
        years[f"active {name}"] = years["net"] - years[name]
    base, last = judgement.result.base, daily.index[-1]
    sessions = judgement.result.market.sessions
    after = sessions[sessions > last]
    year_over = (len(after) > 0 and after[0].year > last.year) or (last.month == 12 and last.day >= 29)
    complete = np.ones(len(years), dtype=bool)
    complete[0] = bool(base is not None and (base.year < years.index[0]))
    complete[-1] &= year_over
    years["complete"] = complete
    return years


def _subperiods(judgement: Judgement) -> pd.DataFrame | None:
    """Alpha of the usual subperiods on each benchmark, of those that can carry one."""
    rows = [
        {
            "name": label,
            "start": part.start,
            "end": part.end,
            "benchmark": name,
            "alpha_annual": part.alpha.alpha_annual,
            "lower": part.alpha.ci[0],
            "upper": part.alpha.ci[1],
            "mde_annual": mde_from_standard_error(part.alpha.se_annual),
        }
        for name, sample in judgement.samples.on.items()
        for label, part in usual_subperiods(sample).items()
        if part.alpha is not None
    ]
    return pd.DataFrame(rows) if rows else None


def _holdings(result: Result) -> pd.DataFrame:
    """Members of the last decision with weights, scores, reasons and how much of the screen had a value."""
    evaluation = result.decision.evaluation
    weights = result.targets.weights[-1]
    frame = evaluation.members_frame(len(result.targets.dates) - 1, chosen=weights > 0)
    frame.insert(3, "weight", weights[frame["asset"].map(result.market.assets.get_loc).to_numpy(dtype=int)])
    names = [name for name in evaluation.screen.factors() if name in frame]
    frame["coverage"] = frame[names].notna().mean(axis=1) if names else np.nan
    return frame.drop(columns=["asset", "cap_rank"]).sort_values("weight", ascending=False, kind="stable")


def _named(result: Result, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with ticker and name of its assets."""
    listing = result.market.securities
    named = frame.copy()
    named.insert(1, "ticker", listing["ticker"].reindex(frame["asset"]).to_numpy())
    named.insert(2, "name", listing["name"].reindex(frame["asset"]).to_numpy())
    return named
