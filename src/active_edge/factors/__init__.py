"""Factors by name: what screens can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from active_edge.errors import MissingInput
from active_edge.factors import exposure, growth, profitability, scores, strength, trading, value
from active_edge.factors.definition import Factor, factor
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.words import nearest

__all__ = ["FACTORS", "Factor", "factor", "factor_matrix", "missing_items", "nearest"]

FACTORS: Mapping[str, Factor] = MappingProxyType(
    {
        found.name: found
        for module in (trading, value, profitability, growth, strength, scores, exposure)
        for found in vars(module).values()
        if isinstance(found, Factor)
    }
)
"""Every factor, in the order of the reference."""


def factor_matrix(panel: Panel, name: str) -> np.ndarray:
    """Return a factor on every date, ``(n_dates, n_assets)`` float64, read-only, NaN missing.

    A factor whose inputs the market lacks is missing everywhere; `missing_items` says which.

    Raises
    ------
    MissingInput
        No factor has that name.
    """
    return _named(name).compute(panel)


def missing_items(market: Market, name: str) -> tuple[str, ...]:
    """Return the items a factor needs and this market lacks; empty when it can be computed."""
    return _named(name).missing_items(market)


def _named(name: str) -> Factor:
    if name not in FACTORS:
        raise MissingInput(f"no factor is named {name!r}; {nearest(name, FACTORS)}")
    return FACTORS[name]
