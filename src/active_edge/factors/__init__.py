"""Factors by name: what screens can ask for."""

from __future__ import annotations

import numpy as np

from active_edge.errors import MissingInput
from active_edge.factors import expectations, exposure, growth, profitability, scores, strength, trading, value
from active_edge.factors.abbreviations import unknown_factor
from active_edge.factors.definition import Factor, factor
from active_edge.factors.own import FACTORS, item_factor
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.schema import ITEMS
from active_edge.words import nearest

__all__ = ["FACTORS", "Factor", "definition_of", "factor", "factor_matrix", "item_factor", "missing_items", "nearest"]

FACTORS.build_in(
    {
        found.name: found
        for module in (trading, value, profitability, growth, expectations, strength, scores, exposure)
        for found in vars(module).values()
        if isinstance(found, Factor)
    },
    reserve=ITEMS,
)


def factor_matrix(panel: Panel, name: str) -> np.ndarray:
    """Return a factor on every date, ``(n_dates, n_assets)`` float64, read-only, NaN missing.

    A factor whose inputs the market lacks is missing everywhere; `missing_items` says which. An item of the market is a
    factor by its name (`item_factor`).

    Raises
    ------
    MissingInput
        No factor and no item has that name.
    PluginError
        It is a user's own and cannot be computed.
    """
    return definition_of(name, panel.market).compute(panel)


def missing_items(market: Market, name: str) -> tuple[str, ...]:
    """Return the items a factor needs and this market lacks; empty when it can be computed."""
    return definition_of(name, market).missing_items(market)


def definition_of(name: str, market: Market | None = None) -> Factor:
    """Return the factor of a name: one that is registered, or an item of the market (without one, of any market).

    Raises
    ------
    MissingInput
        No factor and no item has that name.
    """
    items = {*ITEMS, *(market.items if market is not None else ())}
    try:
        return FACTORS.find(name)
    except KeyError:
        if name in items:
            return item_factor(name)
        raise MissingInput(unknown_factor(name, also=items - {*ITEMS})) from None
