"""The statistics of claims, family by family; importing this module gives every one its name."""

from __future__ import annotations

from active_edge.article import (  # noqa: F401 - each registers its statistics
    deals,
    domestic,
    edge,
    entrants,
    flows,
    growth,
    never,
    premium,
    rally,
    rates,
    valuation,
)
