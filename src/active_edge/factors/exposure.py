"""Factors of who owns the firm, where it sells and what its debt costs when rates rise."""

from __future__ import annotations

import numpy as np

from active_edge.factors.accounts import TOTAL_DEBT, ratio, total_debt
from active_edge.factors.definition import factor
from active_edge.panel import Panel

RATE_RISE = 0.01


@factor(
    unit="fraction of shares",
    good="high",
    source="Morck, Shleifer & Vishny (1988), J. Financial Economics 20; McConnell & Servaes (1990)",
    family="insider_alignment",
    needs=("insider_ownership",),
)
def insider_ownership(panel: Panel) -> np.ndarray:
    """Stake of all directors and executive officers as a group, by the latest proxy statement, at most 550 days old.

    Why: owners think like owners. Direction: high is good. Evidence: on firm value, and not monotone (entrenchment
    between 5 % and 25 % in Morck et al.); on returns weak.
    """
    return panel.share("insider_ownership")


@factor(
    unit="fraction of shares a year",
    good="high",
    source="Lakonishok & Lee (2001), Review of Financial Studies 14",
    family="insider_alignment",
    needs=("insider_ownership",),
)
def insider_ownership_change(panel: Panel) -> np.ndarray:
    """Insiders' stake − their stake four quarters before.

    Why: insiders buy what they know. Direction: high is good. Evidence: net buying predicts in small firms; a yearly
    level difference is a blunt form of it, and people joining or leaving move it too.
    """
    change: np.ndarray = panel.share("insider_ownership") - panel.share("insider_ownership", quarters_ago=4)
    return change


@factor(
    unit="fraction of revenue",
    good="high",
    source="Segment disclosure rule ASC 280-10-50-41; compare Fillat & Garetto (2015), Quarterly J. Economics 130",
    family="domestic_revenue",
    needs=("domestic_revenue_share",),
)
def domestic_revenue_share(panel: Panel) -> np.ndarray:
    """Revenue from customers in the United States / total revenue, at most 550 days old.

    Why: the thesis: less exposure to trade, currency and foreign growth. Direction: high is good by the thesis only.
    Evidence: against it; multinationals earned more (Fillat & Garetto 2015), as pay for risk.
    """
    return panel.share("domestic_revenue_share")


@factor(
    unit="fraction of debt",
    good="low",
    source="Ippolito, Ozdagli & Perez-Orive (2018), J. Monetary Economics 95",
    family="floating_rate_debt",
    needs=("floating_rate_debt_share",),
)
def floating_rate_debt_share(panel: Panel) -> np.ndarray:
    """Floating-rate debt / total debt, at most 550 days old; 0 only where the source says there is no debt.

    Why: a rate rise reaches these firms at once. Direction: low is good when rates rise, and only then.
    Evidence: shares of such firms react more to policy surprises; no premium either way on average.
    """
    return panel.share("floating_rate_debt_share")


@factor(
    unit="fraction of pretax income",
    good="low",
    source="Own rule on Ippolito, Ozdagli & Perez-Orive (2018); the sensitivity of Regulation S-K item 305",
    family="floating_rate_debt",
    needs=("floating_rate_debt_share", TOTAL_DEBT, "pretax_income"),
    infinite="no pretax profit",
)
def rate_rise_earnings_hit(panel: Panel) -> np.ndarray:
    """Further interest from +100 basis points on floating debt / pretax income of twelve months.

    0.01 × floating share × total debt / pretax income. 0 without debt or without floating debt; infinite, the worst,
    where there is further interest and no pretax profit to bear it. Hedges are counted as far as the floating share
    counts them. Why: the share alone ignores how much debt there is. Direction: low is good.
    """
    debt = total_debt(panel)
    share = np.where(debt == 0, 0.0, panel.share("floating_rate_debt_share"))
    further = RATE_RISE * share * debt
    pretax = panel.ttm("pretax_income")
    hit = np.where(pretax > 0, ratio(further, pretax), np.inf)
    return np.where(np.isnan(further) | np.isnan(pretax), np.nan, np.where(further == 0, 0.0, hit))
