"""Factors of price against fundamentals."""

from __future__ import annotations

import numpy as np

from active_edge.factors.accounts import SHARES, ratio
from active_edge.factors.definition import factor
from active_edge.panel import Panel


@factor(
    unit="decimal a year",
    good="high",
    source="Basu (1977), J. Finance 32",
    family="value",
    needs=("net_income", SHARES),
)
def earnings_yield(panel: Panel) -> np.ndarray:
    """Net income of twelve months / market value. Losses give a negative yield.

    Why: what a buyer earns on the price paid; against large caps it says whether small ones are cheap.
    Direction: high is good. Evidence: Basu (1977); weaker once book-to-market and size are held (Fama & French 1992).
    """
    return ratio(panel.ttm("net_income"), panel.market_value())


@factor(
    unit="ratio a year",
    good="high",
    source="Barbee, Mukherji & Raines (1996), Financial Analysts J. 52",
    family="value",
    needs=("revenue", SHARES),
)
def sales_yield(panel: Panel) -> np.ndarray:
    """Revenue of twelve months / market value.

    Why: sales are harder to manage than earnings and exist in loss years. Direction: high is good.
    """
    return ratio(panel.ttm("revenue"), panel.market_value())


@factor(
    unit="ratio", good="high", source="Fama & French (1992), J. Finance 47", family="value", needs=("equity", SHARES)
)
def book_to_market(panel: Panel) -> np.ndarray:
    """Equity / market value at today's price; missing for negative equity.

    Why: cheapness against book. Direction: high is good. Deviates from the source: latest quarter and latest price,
    no deferred taxes. Evidence: strong to 1990, weak since (Fama & French 2021).
    """
    equity = panel.instant("equity")
    return ratio(np.where(equity > 0, equity, np.nan), panel.market_value())
