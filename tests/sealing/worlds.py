"""Small markets in which a sealed strategy's months are known: names that follow an index with noise, and an edge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.config import parse_model
from active_edge.market import Market
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from tests.markets import make_market

RULES = """\
rebalance: annual
trade_at: next_close
min_coverage: 0
benchmarks: [IWM, IJR]
costs: {commission_bps: 0, spread: 0, impact: {model: none}, max_participation: null}
"""
SCREEN = "name: t\ndescription: d\nuniverse: {companies_only: false}\n"


def strategy_of(name: str = "held", *, rules: str = RULES, more: str = "", screen: str = SCREEN) -> Strategy:
    """A strategy that holds whatever its screen leaves, without costs."""
    text = f"name: {name}\nscreen: t\n{rules}{more}"
    return Strategy(parse_model(text, StrategyRules, "s.yaml"), parse_model(screen, Screen, "t.yaml"))


def world(
    folder: Path,
    *,
    start: str = "2000-01-03",
    end: str = "2010-12-31",
    edge: float = 0.0,
    tracking_error: float = 0.03,
    seed: int = 0,
    simulated: bool = True,
    changed: dict[str, float] | None = None,
    without: str = "",
    no_levels: dict[str, str | slice] | None = None,
    until: str | None = None,
) -> Market:
    """A market of two names, each the index with noise, and an annual edge on top.

    Parameters
    ----------
    changed : day -> the first name's return that day, in place of what was drawn.
    without : month, such as ``2006-03``, in which nothing has a price.
    no_levels : series -> month or days on which it has no level; a series without any is not in the market.
    until : last day kept; everything before it is what the whole market has.
    """
    sessions = sessions_between(start, end)
    rng = np.random.default_rng(seed)
    index = 0.08 / 252 + 0.2 / np.sqrt(252) * rng.standard_normal(len(sessions))
    drawn = rng.standard_normal((len(sessions), 2))
    returns = pd.DataFrame(
        edge / 252 + index[:, None] + tracking_error * np.sqrt(2 / 252) * drawn, index=sessions, columns=["A", "B"]
    )
    for day, value in (changed or {}).items():
        returns.loc[day, "A"] = value
    closes = 20 * (1 + returns).cumprod()
    levels = pd.Series(100 * np.cumprod(1 + index), index=sessions)
    series = {"IWM": levels, "IJR": levels * (1 + 0.02 * np.sin(np.arange(len(sessions)) / 40))}
    series["RF"] = pd.Series(0.02 / 252, index=sessions)
    if without:
        closes.loc[without] = np.nan
    for name, month in (no_levels or {}).items():
        series[name] = series[name].drop(series[name].loc[month].index)
    series = {name: line for name, line in series.items() if len(line)}
    if until is not None:
        closes, series = closes.loc[:until], {name: line.loc[:until] for name, line in series.items()}
    folder.mkdir(parents=True, exist_ok=True)
    return make_market(folder, closes=closes, series=series, simulated=simulated)
