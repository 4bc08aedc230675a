"""How many companies have a value of each factor, by year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from active_edge.factors import factor_matrix
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.progress import Progress, silent
from active_edge.sessions import rebalance_sessions


def factor_coverage(
    market: Market, names: Sequence[str], *, progress: Progress = silent
) -> dict[str, dict[int, float]]:
    """Factor -> year -> share of listed assets with filed facts that have a value, mean over quarter ends."""
    dates = rebalance_sessions(market.sessions, "quarterly")
    panel = Panel(market, dates)
    companies = panel.has_facts() & np.isfinite(panel.close())
    table: dict[str, dict[int, float]] = {}
    for number, name in enumerate(names):
        progress("coverage of factors", number, len(names))
        known = ~np.isnan(factor_matrix(panel, name)) & companies
        table[name] = {
            int(year): float(known[dates.year == year].sum() / count)
            for year in np.unique(dates.year)
            if (count := companies[dates.year == year].sum())
        }
    return table
