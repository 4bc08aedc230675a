"""Small random markets with everything that goes wrong in real ones: exits, gaps, late listings, missing opens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.market import Market
from active_edge.sessions import sessions_between
from active_edge.strategy import Targets
from tests.markets import make_market


def rough_market(
    folder: Path,
    seed: int,
    *,
    n_assets: int = 14,
    n_sessions: int = 130,
    volume: float = 20_000,
    wrong_opens: float = 0.0,
) -> Market:
    """Return a market whose assets list late, pause, lack opens, and end in four different ways.

    A share `wrong_opens` of the opens is ten times or a tenth of what it was.
    """
    rng = np.random.default_rng(seed)
    sessions = sessions_between("2012-01-03", "2013-12-31")[:n_sessions]
    shape = (n_sessions, n_assets)
    close = 15.0 * np.exp(np.cumsum(rng.normal(0.0, 0.03, shape), axis=0))
    close[rng.random(shape) < 0.06] = np.nan
    for column in range(0, n_assets, 3):
        close[: rng.integers(0, n_sessions // 2), column] = np.nan
    ends = rng.integers(n_sessions // 4, n_sessions - 25, n_assets // 2)
    for column, end in enumerate(ends):
        close[end:, column] = np.nan
    close[0, -1] = close[-1, -1] = 15.0
    assets = [f"A{i:02d}" for i in range(n_assets)]
    closes = pd.DataFrame(close, index=sessions, columns=assets)
    open_ = closes * np.exp(rng.normal(0.0, 0.01, shape))
    open_ = open_.mask(rng.random(shape) < 0.1)
    if wrong_opens:
        drawn = np.random.default_rng([seed, 1]).random(shape)
        open_ = open_.where(drawn > wrong_opens, open_ * np.where(drawn < wrong_opens / 2, 10.0, 0.1))
    wide = np.exp(np.abs(rng.normal(0.0, 0.01, shape)))
    securities = pd.DataFrame(index=assets)
    securities["exchange"] = rng.choice(["NYSE", "NASDAQ"], n_assets)
    securities["exit_return"] = np.where(np.arange(n_assets) % 4 == 0, -0.2, np.nan)
    securities["exit_reason"] = np.where(np.arange(n_assets) % 4 == 1, "distress", "unknown")
    return make_market(
        folder,
        closes=closes,
        open=open_,
        high=closes * wide,
        low=closes / wide,
        volume=pd.DataFrame(np.round(volume * np.exp(rng.normal(0.0, 0.5, shape))), index=sessions, columns=assets),
        securities=securities,
    )


def random_targets(
    market: Market, seed: int, *, every: int = 17, first: int = 21, share: float = 0.5, total: float = 1.0
) -> Targets:
    """Return random weights on names that have a price within the ten sessions to the decision.

    From session 21 on a trailing dollar volume is known.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(first, len(market.sessions), every)
    known = ~np.isnan(market.prices.close)
    candidates = np.array([known[max(row - 9, 0) : row + 1].any(axis=0) for row in rows])
    members = candidates & (rng.random(candidates.shape) < share)
    weights = members * rng.random(candidates.shape)
    weights *= total / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return Targets(market.sessions[rows], market.assets, weights, candidates, members)


def equal_targets(market: Market, dates: list[pd.Timestamp], names: list[list[str]], *, total: float = 1.0) -> Targets:
    """Return equal weights on the given names, `total` of the capital together."""
    weights = np.zeros((len(dates), len(market.assets)))
    for d, chosen in enumerate(names):
        weights[d, market.assets.get_indexer(chosen)] = total / max(len(chosen), 1)
    return Targets(pd.DatetimeIndex(dates), market.assets, weights, weights > 0.0, weights > 0.0)
