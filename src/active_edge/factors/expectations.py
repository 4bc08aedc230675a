"""Factors of what analysts expect; known from the first pull that asked them on, and nowhere before."""

from __future__ import annotations

import numpy as np

from active_edge.factors.accounts import ratio
from active_edge.factors.definition import factor
from active_edge.panel import Panel


@factor(
    unit="decimal a year",
    good="high",
    source="Elgers, Lo & Pfeiffer (2001), Accounting Review 76",
    family="value",
    needs=("expected_eps_next_year",),
)
def forward_earnings_yield(panel: Panel) -> np.ndarray:
    """Earnings a share that analysts expect of the next fiscal year / close; the inverse is the forward multiple.

    Why: what a buyer earns if analysts are right, and they are too hopeful of small companies. Direction: high is good.
    Deviates from the source: its forecasts are of the year under way, early in the year. An expectation is at most 45
    days old; Yahoo's begin with the first pull, so that no backtest of before can use it.
    """
    return ratio(panel.expected("expected_eps_next_year"), panel.close())


@factor(
    unit="ratio",
    good="none",
    source="La Porta (1996), J. Finance 51",
    family="growth",
    needs=("expected_eps_this_year+expected_eps_next_year",),
)
def expected_earnings_growth(panel: Panel) -> np.ndarray:
    """Earnings a share expected of the next fiscal year / those of the year under way, less 1; missing for losses.

    Why: the growth that the price already knows of. Direction: none is claimed; the article calls growth good, and the
    source finds that what is expected to grow most returns least. Deviates from the source: one year instead of five.
    """
    this_year = panel.expected("expected_eps_this_year")
    return ratio(panel.expected("expected_eps_next_year"), np.where(this_year > 0, this_year, np.nan)) - 1.0
