"""What a page draws of a portfolio through time beside its returns: lines to hold it against, leanings, mix."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import ActiveEdgeError
from active_edge.judging.judgement import Judgement
from active_edge.judging.ladder import MIX_FACTORS, mix_alpha, rebuilt_levels
from active_edge.judging.market_samples import factor_table
from active_edge.judging.mix import mix_of
from active_edge.judging.rolling import months_of_years, rolling_loadings, rolling_of, window_of
from active_edge.judging.samples import Samples
from active_edge.judging.subsets import subset_weights
from active_edge.robustness_stats import MIX
from active_edge.run.backtest import Result
from active_edge.run.passive import cash_returns

REBUILT, UNIVERSE = "index rebuilt", "the universe itself"


def leanings(samples: Samples, returns: pd.DataFrame) -> dict[str, Any]:
    """Months, rolling numbers and rolling loadings: what returns alone can tell."""
    return {
        "months": months_of_years(returns),
        "rolling": rolling_of(samples),
        "rolling_months": window_of(samples.months.n) or 0,
        "loadings": rolling_loadings(samples),
    }


def holdings_through_time(judgement: Judgement) -> dict[str, Any]:
    """Styles, sectors, names and cash, decisions and trades."""
    result = judgement.result
    mix = mix_of(result)
    closes = pd.DatetimeIndex(result.simulation.held_on)
    names = {"names": result.simulation.names_held, "cash": 1.0 - result.simulation.invested}
    told: dict[str, Any] = (
        {"mix_why": mix}
        if isinstance(mix, str)
        else {
            "styles": mix.styles,
            "sectors": mix.sectors,
            "index_sectors": mix.index_sectors,
        }
    )
    return told | {
        "names": pd.DataFrame(names, index=closes),
        "decided": judgement.decided.held,
        "left": judgement.decided.left,
        "trades": _trades(result),
    }


def beside(judgement: Judgement) -> pd.DataFrame:
    """(n, k) returns of what else could have been held: rebuilt index, universe without rules, passive mix."""
    result, found = judgement.result, {}
    if not len(result.returns) or result.base is None:
        return pd.DataFrame(index=result.returns.index)
    with contextlib.suppress(ActiveEdgeError):
        levels = rebuilt_levels(result.market).reindex([result.base, *result.returns.index]).to_numpy()
        if np.isfinite(levels).all():
            found[REBUILT] = levels[1:] / levels[:-1] - 1.0
    if result.decision.weighting is not None and result.strategy.screen.legs():
        universe = result.arena.run(subset_weights(result, [0]))
        found[UNIVERSE] = universe.measured(result.first_fill)[:, 0]
    mix = _mix_returns(judgement)
    if mix is not None:
        found[MIX] = mix
    return pd.DataFrame(found, index=result.returns.index)


def random_growth(judgement: Judgement) -> pd.DataFrame | None:
    """(n + 1, 3) what 1 became in matched random portfolios, `lower`, `median` and `upper`; None without them."""
    result, spread = judgement.result, judgement.random_growth
    if not len(spread) or result.base is None:
        return None
    sessions = pd.DatetimeIndex([result.base, *result.returns.index], name="session")
    return pd.DataFrame(np.vstack([np.ones(3), spread]), index=sessions, columns=["lower", "median", "upper"])


def _mix_returns(judgement: Judgement) -> np.ndarray | None:
    """(n,) daily returns of cash and the factors of the mix, by the loadings of the whole run.

    None where factors or cash are not known on every day, such as factors of months.
    """
    result = judgement.result
    mix = mix_alpha(result, judgement.samples)
    table, cash = factor_table(result.market, MIX_FACTORS), cash_returns(result.market, result.returns.index)
    if mix is None or table is None or cash is None:
        return None
    factors = table.reindex(result.returns.index)
    returns = cash.to_numpy() + sum(mix.loadings[name] * factors[name].to_numpy() for name in MIX_FACTORS)
    return returns if np.isfinite(returns).all() else None


def _trades(result: Result) -> pd.DataFrame:
    listing, trades = result.market.securities, result.trades
    kept = trades[["session", "side", "shares", "price", "value", "reason", "decision"]].copy()
    kept.insert(1, "ticker", listing["ticker"].reindex(trades["asset"]).to_numpy())
    kept.insert(2, "name", listing["name"].reindex(trades["asset"]).to_numpy())
    kept["cost"] = trades[["commission", "spread_cost", "impact_cost"]].sum(axis=1)
    return kept
