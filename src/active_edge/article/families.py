"""The families of claims, each the module of its statistics; importing this one gives every statistic its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from active_edge.article import deals, domestic, edge, entrants, flows, growth, never, premium, rally, rates, valuation

MODULES: Mapping[str, ModuleType] = {
    "rally": rally,
    "valuation": valuation,
    "premium": premium,
    "entrants": entrants,
    "growth": growth,
    "domestic": domestic,
    "rates": rates,
    "active_edge": edge,
    "flows": flows,
    "deals": deals,
    "none": never,
}
"""Family -> the module of its statistics; `none` says why a claim cannot be answered as it is written."""
