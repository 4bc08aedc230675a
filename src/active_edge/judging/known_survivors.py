"""Whether what a run reads of names is known of those who lived and unknown of those who died."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.market.audit.unlike_exits import Unlike, known_columns, unlike_exits, yearly
from active_edge.run.backtest import Result

KINDS = ("listed", "company", "main_class")
"""Universe rules on the kind of security: whom they leave is followed, whatever else the universe asks for."""


@dataclass(frozen=True)
class KnownSurvivors:
    """Columns and rules whose absence goes with leaving the market, or with staying.

    Attributes
    ----------
    chosen : columns that decide who is held, or at what cost.
    others : other columns, and rules of the screen, of which the companies themselves may be the cause.
    """

    chosen: tuple[Unlike, ...]
    others: tuple[Unlike, ...]


def known_survivors(result: Result) -> KnownSurvivors:
    """What differs over a run; names are followed for a year from its first decision, and from one a year after."""
    market, evaluation = result.market, result.decision.evaluation
    every = market.rows_of(evaluation.panel.dates)
    places = yearly(every)
    rows, end = every[places], int(market.rows_of(result.simulation.sessions[-1:])[0])
    listed = np.logical_and.reduce([rule.passed for rule in evaluation.universe.rules if rule.name in KINDS])[places]
    read = {name: ~np.isnan(values[places]) for name, values in evaluation.values.items()}
    used = columns_used(result)
    if evaluation.universe.industry.dated:
        read["sector"] = ~evaluation.universe.industry.unknown[places]
    key = ("unlike exits", *rows.tolist(), end, result.strategy.screen.universe.companies_only)
    columns = market.told(key, lambda: unlike_exits(market, rows, end, listed, known_columns(market, rows)))
    found = [*columns, *unlike_exits(market, rows, end, listed, read)]
    return KnownSurvivors(
        tuple(one for one in found if one.what in used), tuple(one for one in found if one.what not in used)
    )


def columns_used(result: Result) -> set[str]:
    """The columns of the market that decide who is held, or at what cost."""
    rules, costs = result.strategy.rules, result.strategy.terms.costs
    screen = result.strategy.screen
    universe = screen.universe
    used = set()
    if universe.sectors or universe.exclude_sectors or screen.rank_within == "sector" or rules.max_sector_weight < 1:
        used |= {"sector"} if result.decision.evaluation.universe.industry.dated else {"sic"}
    if universe.min_dollar_volume is not None or costs.max_participation is not None or costs.impact.model != "none":
        used.add("volume")
    if costs.spread == "estimated":
        used |= {"open", "high", "low"}
    if rules.trade_at == "next_open":
        used.add("open")
    return used
