"""A judged run as what its page is drawn from: growth, falls, years, holdings, warnings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.article.claims import claims_of_run
from active_edge.costs import READ_LOW
from active_edge.inference.false_alarms import rates_at
from active_edge.judging.judgement import Judgement
from active_edge.report.run_page import DataWarning, FalsePositiveRate, RunPage
from active_edge.results.records import rerun_command
from active_edge.results.series import drawdown_of, gap_of, growth_of, subperiods_of, years_of
from active_edge.results.through_time import beside, holdings_through_time, leanings, random_growth
from active_edge.run.backtest import Result
from active_edge.run_record import RunRecord
from active_edge.stats import Stats


def page_of(judgement: Judgement, stats: Stats, record: RunRecord, folder: Path) -> RunPage:
    """Everything the page of a run shows; `folder` is where the run will lie."""
    result, daily = judgement.result, judgement.daily
    returns = daily.drop(columns="gross")
    base = result.base if result.base is not None else result.simulation.sessions[0]
    growth = growth_of(daily.join(beside(judgement)), base)
    active, lower, upper = gap_of(judgement.samples, growth)
    return RunPage(
        stats=stats,
        record=record,
        command=rerun_command(folder),
        growth=growth,
        drawdown=drawdown_of(returns),
        warnings=tuple(DataWarning(w.level, w.text, w.remedy) for w in stats.warnings),
        active=active,
        active_lower=lower,
        active_upper=upper,
        calendar_years=_years(judgement, returns),
        subperiods=subperiods_of(judgement.samples),
        holdings=_holdings(result),
        holdings_on=str(result.targets.dates[-1].date()),
        factor_units={name: factor.unit for name, factor in result.decision.evaluation.definitions.items()},
        factor_infinite={name: factor.infinite for name, factor in result.decision.evaluation.definitions.items()},
        turnover=result.turnover,
        costs=result.costs,
        costs_note=READ_LOW if result.strategy.terms.costs.spread == "estimated" else "",
        coverage=result.decision.coverage,
        exits=_named(result, result.simulation.exits),
        unfilled=_named(result, result.simulation.unfilled.sort_values("value", ascending=False, kind="stable")),
        random_portfolios=pd.Series(judgement.random_returns) if len(judgement.random_returns) else None,
        random_growth=random_growth(judgement),
        calibration=false_positive_rates(stats.months),
        claims=claims_of_run(stats),
        **leanings(judgement.samples, returns),
        **holdings_through_time(judgement),
    )


def false_positive_rates(months: int) -> dict[str, FalsePositiveRate]:
    """By test, how often it raised a false alarm where there is no edge, at the measured length nearest `months`."""
    return {
        name: FalsePositiveRate(
            found.rate, found.lower, found.upper, found.markets, found.months, found.drifting, found.told, found.nearest
        )
        for name, found in rates_at(months).items()
    }


def _years(judgement: Judgement, returns: pd.DataFrame) -> pd.DataFrame | None:
    sessions = judgement.result.market.sessions
    if not len(returns):
        return None
    last = returns.index[-1]
    after = sessions[sessions > last]
    over = (len(after) > 0 and after[0].year > last.year) or (last.month == 12 and last.day >= 29)
    return years_of(returns, judgement.result.base, over=over)


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
