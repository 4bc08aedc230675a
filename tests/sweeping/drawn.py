"""Configurations drawn at random from every feature of a screen and a strategy."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from active_edge.config import build_model
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules

FACTORS = ("leverage", "cash_to_assets", "gross_profitability", "earnings_yield", "return_on_assets", "asset_growth")
OWN = """import numpy as np
import active_edge as ae


@ae.factor(unit="share", good="high", source="a test", family="own", needs=("total_assets",))
def smallness(panel):
    '''Less the assets, the better: one over them.'''
    return 1.0 / panel.instant("total_assets")


@ae.weighting
def half_in_cash(evaluation, members):
    '''Half in cash, the rest in equal parts.'''
    return 0.5 * members / np.maximum(members.sum(axis=1, keepdims=True), 1)
"""
"""A plug-in with a factor and a weighting."""


def drawn_strategy(seed: int, *, plugins: bool = False) -> Strategy:
    """A configuration that is a function of the seed."""
    rng = np.random.default_rng(seed)

    def one_of(*values: Any) -> Any:
        return values[rng.integers(len(values))]

    names = list(rng.permutation((*FACTORS, "smallness") if plugins else FACTORS))

    def bound() -> Mapping[str, Any]:
        kind = one_of("quantile_min", "quantile_max", "both", "min")
        given: dict[str, Any] = {"missing": one_of("fail", "pass")}
        low, high = sorted(float(share) for share in rng.random(2))
        if kind == "both":
            return given | {"quantile_min": 0.4 * low, "quantile_max": 0.6 + 0.4 * high}
        return given | {kind: 0.5 * low if kind == "quantile_min" else 0.5 + 0.5 * low if kind != "min" else 0.01 * low}

    top = int(rng.integers(3, 60))
    ranked = rng.random() < 0.85
    weights = one_of("equal", "cap", "inverse_volatility", *(["rank"] if ranked else []))
    screen: dict[str, Any] = {
        "name": "t",
        "description": "drawn",
        "universe": {
            "min_price": float(rng.uniform(0, 4)),
            "exclude_sectors": one_of(None, ["financials"]),
            "missing_sector": one_of("pass", "fail"),
        },
        "require": {str(name): bound() for name in names[: rng.integers(0, 3)]},
        "require_any": {str(name): bound() for name in names[3 : 3 + rng.integers(0, 3)]},
        "rank": {str(name): float(rng.uniform(0.1, 2)) for name in names[1 : 2 + rng.integers(0, 3)]} if ranked else {},
        "rank_within": one_of("universe", "sector"),
        "select": {"top": top, "keep_until": one_of(None, top + int(rng.integers(0, 40)))} if ranked else None,
    }
    costs = {
        "commission_bps": float(rng.uniform(0, 20)),
        "spread": one_of("estimated", 20.0),
        "impact": {"model": one_of("square_root", "almgren", "none")},
        "max_participation": one_of(None, 0.02, 0.2),
    }
    rules = {
        "name": "s",
        "screen": "t",
        "rebalance": one_of("monthly", "quarterly", "semiannual", "annual", "once"),
        "weights": "half_in_cash" if plugins and seed % 2 else weights,
        "max_weight": one_of(1.0, 0.1, 0.03),
        "max_sector_weight": one_of(1.0, 0.3),
        "trade_at": one_of("next_open", "next_close"),
        "capital_usd": float(10 ** rng.uniform(6, 9)),
        "reinvest": one_of("proportional", "hold_cash"),
        "costs": costs,
        "delisting": {"nyse": float(-rng.random()), "nasdaq": float(-rng.random()), "unknown": one_of("infer", -0.5)},
        "min_coverage": one_of(0.0, 0.25),
        "benchmarks": ["IWM"],
    }
    return Strategy(build_model(StrategyRules, rules), build_model(Screen, screen))
