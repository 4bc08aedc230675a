"""Tiny markets drawn from a seed and never stored, for properties that must hold in ten thousand of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from active_edge.costs import Costs, Delisting, Impact, TradingTerms
from active_edge.market.runs import Runs, filled, lives
from active_edge.panel import windows
from active_edge.sessions import sessions_between
from active_edge.strategy import Targets

SESSIONS = sessions_between("2012-01-03", "2013-12-31")


@dataclass
class DrawnPrices:
    """As `Prices`, from matrices."""

    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray
    returns: np.ndarray
    total_return_index: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def runs(self, column: str) -> Runs:
        """As `Prices.runs`."""
        matrix = getattr(self, column)
        empty = lives(self.first, self.last, len(matrix))
        session = np.arange(len(matrix))[:, None]
        asset, session = np.nonzero(((session >= self.first) & (session <= self.last) & (self.first >= 0)).T)
        counts = np.bincount(asset, minlength=matrix.shape[1])
        return filled(empty, counts, session, matrix[session, asset])


@dataclass
class DrawnMarket:
    """As much of a `Market` as trading reads."""

    sessions: pd.DatetimeIndex
    assets: pd.Index
    prices: DrawnPrices
    securities: pd.DataFrame
    path: str = "drawn"
    spacing: str = "daily"
    kept: dict[Any, np.ndarray] = field(default_factory=dict)

    def derived(self, key: tuple[object, ...], make: Callable[[], np.ndarray]) -> np.ndarray:
        """As `Market.derived`; there are no facts, from which an unknown dollar volume would be modelled."""
        if key not in self.kept:
            self.kept[key] = self._known_volume(key) if key[0] == "dollar_volume" else make()
        return self.kept[key]

    def _known_volume(self, key: tuple[object, ...]) -> np.ndarray:
        rows = self.rows_of(pd.DatetimeIndex(key[1:]))
        return windows.median_dollar_volume(self.prices.runs("close"), self.prices.runs("volume"), rows, 63)

    def rows_of(self, dates: pd.DatetimeIndex) -> np.ndarray:
        return self.sessions.get_indexer(dates).astype(np.int64)


def draw_market(rng: np.random.Generator) -> DrawnMarket:
    """Two to nine names over 30 to 110 sessions: gaps, pauses, late listings, exits, splits, halts, unknown volumes."""
    shape = n_sessions, n_assets = int(rng.integers(30, 111)), int(rng.integers(2, 10))
    returns = rng.normal(0.0, rng.choice([0.005, 0.03, 0.08]), shape)
    index = np.exp(np.cumsum(returns, axis=0))
    missing = rng.random(shape) < rng.choice([0.0, 0.05, 0.3])
    for column in range(n_assets):
        first, last = 0, n_sessions
        if rng.random() < 0.3:
            first = int(rng.integers(0, n_sessions // 2))
        if rng.random() < 0.4:
            last = int(rng.integers(n_sessions // 4, n_sessions))
        missing[:first, column] = missing[last:, column] = True
        if rng.random() < 0.3:
            pause = int(rng.integers(0, n_sessions))
            missing[pause : pause + int(rng.integers(1, 15)), column] = True
    missing[:, 0] &= np.arange(n_sessions) % 7 != 0
    close = index * rng.choice([0.5, 10.0, 300.0], n_assets)
    close[int(n_sessions // 2) :, rng.random(n_assets) < 0.2] /= 2.0
    close[missing] = index[missing] = np.nan
    open_ = np.where(rng.random(shape) < 0.1, np.nan, close * np.exp(rng.normal(0.0, 0.02, shape)))
    open_ *= np.where(rng.random(shape) < 0.02, 10.0, 1.0)
    shares = rng.choice([3e2, 2e4, 1e7]) / close * np.exp(rng.normal(0.0, 1.0, shape))
    shares[rng.random(shape) < rng.choice([0.0, 0.2])] = 0.0
    shares[rng.random(shape) < rng.choice([0.0, 0.0, 0.3])] = np.nan
    shares[np.isnan(close)] = np.nan
    row = np.where(~np.isnan(close), np.arange(n_sessions)[:, None], -1)
    last_row = row.max(axis=0)
    known = np.where(row < 0, n_sessions, row).min(axis=0)
    prices = DrawnPrices(
        _stored(open_),
        _stored(close * 1.02),
        _stored(close / 1.02),
        _stored(close),
        _stored(np.round(shares)),
        _stored(pd.DataFrame(index).ffill().pct_change(fill_method=None).to_numpy()),
        _stored(index),
        np.where(known == n_sessions, -1, known).astype(np.int64),
        last_row.astype(np.int64),
    )
    sessions = SESSIONS[:n_sessions]
    securities = pd.DataFrame(
        {
            "exchange": rng.choice(["NYSE", "NASDAQ"], n_assets),
            "last_session": [sessions[r] if 0 <= r < n_sessions - 1 else pd.NaT for r in last_row],
            "exit_return": np.where(rng.random(n_assets) < 0.4, rng.choice([-1.0, -0.3, 0.2]), np.nan),
            "exit_reason": rng.choice(["distress", "unknown", "merger"], n_assets),
        }
    )
    assets = pd.Index([f"A{i}" for i in range(n_assets)])
    return DrawnMarket(sessions, assets, prices, securities)


def draw_targets(rng: np.random.Generator, market: DrawnMarket) -> Targets:
    """One to ten decisions on drawn sessions, equal, random or single weights, with or without a part in cash."""
    n_sessions, n_assets = market.prices.close.shape
    rows = np.sort(rng.choice(n_sessions - 1, int(rng.integers(1, 11)), replace=False))
    weights = rng.random((len(rows), n_assets)) * (rng.random((len(rows), n_assets)) < rng.choice([0.3, 0.7, 1.0]))
    weights = np.where(weights > 0, 1.0, 0.0) if rng.random() < 0.3 else weights
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    weights *= rng.choice([1.0, 1.0, 0.97, 0.5]) / total
    return Targets(market.sessions[rows], market.assets, weights, weights > 0, weights > 0)


def draw_terms(rng: np.random.Generator) -> TradingTerms:
    """Costs from none to dear, caps from none to tight, capital from a thousand to a billion."""
    impact = Impact(str(rng.choice(["none", "square_root"])), float(rng.choice([0.2, 0.75, 5.0])))
    costs = Costs(
        commission_bps=float(rng.choice([0.0, 1.0, 100.0])),
        spread=float(rng.choice([0.0, 20.0, 500.0])),
        impact=impact,
        max_participation=None if rng.random() < 0.3 else float(rng.choice([0.01, 0.1, 1.0])),
    )
    delisting = Delisting(unknown="infer" if rng.random() < 0.7 else -1.0)
    return TradingTerms(
        costs,
        delisting,
        "next_open" if rng.random() < 0.5 else "next_close",
        capital_usd=float(10.0 ** rng.integers(3, 10)),
        reinvest="proportional" if rng.random() < 0.5 else "hold_cash",
    )


def _stored(matrix: np.ndarray) -> np.ndarray:
    stored = np.asfortranarray(matrix, dtype=np.float64)
    stored.setflags(write=False)
    return stored
