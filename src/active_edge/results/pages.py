"""A judged run as what its page is drawn from: growth, falls, years, holdings, warnings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.article.claims import claims_of_run
from active_edge.inference.false_alarms import calibration_table
from active_edge.inference.performance import calendar_years, drawdowns
from active_edge.inference.power import mde_from_standard_error
from active_edge.inference.regression import hac_mean
from active_edge.inference.subperiods import usual_subperiods
from active_edge.judging.judgement import Judgement
from active_edge.judging.robustness import Robustness
from active_edge.judging.warnings import data_warnings
from active_edge.report.run_page import LEVELS, DataWarning, FalsePositiveRate, RunPage
from active_edge.results.records import rerun_command
from active_edge.run.backtest import Result
from active_edge.run_record import RunRecord
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.stats import Stats

Z95 = 1.959963984540054


def page_of(judgement: Judgement, robust: Robustness, stats: Stats, record: RunRecord, folder: Path) -> RunPage:
    """Everything the page of a run shows; `folder` is where the run will lie."""
    result = judgement.result
    growth = _growth(judgement)
    active, lower, upper = _active(judgement, growth)
    return RunPage(
        stats=stats,
        record=record,
        command=rerun_command(folder),
        growth=growth,
        drawdown=_drawdown(judgement),
        warnings=_warnings(judgement, robust),
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
        random_portfolios=pd.Series(judgement.random_returns) if len(judgement.random_returns) else None,
        calibration=false_positive_rates(),
        claims=claims_of_run(stats),
    )


def false_positive_rates() -> dict[str, FalsePositiveRate]:
    """By test, how often it raised a false alarm on simulated markets: the shipped calibration."""
    return {
        name: FalsePositiveRate(found.rate, found.lower, found.upper, found.markets)
        for name, found in calibration_table().items()
    }


def _warnings(judgement: Judgement, robust: Robustness) -> tuple[DataWarning, ...]:
    """What a reader must know of the data, worst first."""
    found = [*data_warnings(judgement), *([] if robust.honesty is None else robust.honesty.warnings())]
    return tuple(DataWarning(*warning) for warning in sorted(found, key=lambda one: LEVELS.index(one[0])))


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
