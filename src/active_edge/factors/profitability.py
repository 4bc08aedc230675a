"""Factors of profit, accruals, growth of the balance sheet and of the share count."""

from __future__ import annotations

import numpy as np

from active_edge.factors.accounts import GROSS_PROFIT, SHARES, gross_profit, matched, ratio
from active_edge.factors.definition import factor
from active_edge.panel import Panel


@factor(
    unit="ratio a year",
    good="high",
    source="Novy-Marx (2013), J. Financial Economics 108",
    family="profitability",
    needs=(GROSS_PROFIT, "total_assets"),
)
def gross_profitability(panel: Panel) -> np.ndarray:
    """Gross profit of twelve months (reported, else revenue − cost of revenue) / total assets.

    Why: the cleanest accounting measure of true economic profitability. Direction: high is good.
    Evidence: 0.31 % a month, t = 2.49, value-weighted quintiles 1963 to 2010; cash-based operating profit absorbs it
    (Ball et al. 2016). Of little meaning for banks and insurers.
    """
    return ratio(gross_profit(panel), panel.instant("total_assets"))


@factor(
    unit="ratio a year",
    good="high",
    source="Ball, Gerakos, Linnainmaa & Nikolaev (2015), J. Financial Economics 117",
    family="profitability",
    needs=("operating_income", "total_assets"),
)
def operating_profitability(panel: Panel) -> np.ndarray:
    """Operating income of twelve months / total assets.

    Why: overheads are costs too. Direction: high is good. Deviates from the source, which adds research spending back:
    markets often lack that item and a missing item is not zero. Evidence: like gross profitability, a little stronger.
    """
    return ratio(panel.ttm("operating_income"), panel.instant("total_assets"))


@factor(
    unit="ratio a year",
    good="high",
    source="Ball, Gerakos, Linnainmaa & Nikolaev (2016), J. Financial Economics 121",
    family="profitability",
    needs=("operating_income", "net_income", "operating_cash_flow", "total_assets"),
)
def cash_based_operating_profitability(panel: Panel) -> np.ndarray:
    """(Operating income − (net income − operating cash flow)) of twelve months / total assets.

    Why: operating profit without accruals. Direction: high is good. Deviates from the source: accruals come from the
    cash flow statement (Hribar & Collins 2002) and so include depreciation; no research add-back.
    Evidence: 0.47 % a month, t = 3.17, value-weighted deciles 1963 to 2014; subsumes accruals.
    """
    accrued = panel.ttm("net_income") - panel.ttm("operating_cash_flow")
    profit = panel.ttm("operating_income") - accrued
    profit = matched(panel, profit, "operating_income", "net_income", "operating_cash_flow", figure="ttm")
    return ratio(profit, panel.instant("total_assets"))


@factor(
    unit="ratio a year",
    good="high",
    source="Haugen & Baker (1996), J. Financial Economics 41",
    family="profitability",
    needs=("net_income", "total_assets"),
)
def return_on_assets(panel: Panel) -> np.ndarray:
    """Net income of twelve months / total assets.

    Why: the plainest profitability, available for nearly every filer. Direction: high is good.
    Evidence: strong with quarterly earnings soon after their announcement (Balakrishnan, Bartov & Faurel 2010),
    weak for yearly figures.
    """
    return ratio(panel.ttm("net_income"), panel.instant("total_assets"))


@factor(
    unit="ratio a quarter",
    good="high",
    source="Balakrishnan, Bartov & Faurel (2010), J. Accounting and Economics 50",
    family="profitability",
    needs=("net_income", "total_assets"),
    quarterly=("net_income",),
)
def quarterly_return_on_assets(panel: Panel) -> np.ndarray:
    """Net income of the latest quarter / total assets.

    Of a company that tells no quarters, a quarter of the latest year's. Why: the newest profit, and the first one known
    of a name with a short record. Direction: high is good. Seasonal firms are judged by their season. Evidence: extreme
    losses and profits drift for half a year after the announcement.
    """
    income = np.where(panel.annual_only("net_income"), panel.ttm("net_income") / 4.0, panel.quarter("net_income"))
    return ratio(income, panel.instant("total_assets"))


@factor(
    unit="ratio a year",
    good="high",
    source="Hou, Xue & Zhang (2015), Review of Financial Studies 28",
    family="profitability",
    needs=("net_income", "equity"),
)
def return_on_equity(panel: Panel) -> np.ndarray:
    """Net income of twelve months / equity; missing for equity of zero or less.

    Why: what owners earn on their stake. Direction: high is good. Deviates from the source: twelve months and current
    equity in place of one quarter and lagged equity, so most of its announcement effect is gone.
    """
    return ratio(panel.ttm("net_income"), panel.instant("equity"))


@factor(
    unit="ratio a year",
    good="low",
    source="Sloan (1996), Accounting Review 71; Hribar & Collins (2002), J. Accounting Research 40",
    family="accruals",
    needs=("net_income", "operating_cash_flow", "total_assets"),
)
def accruals(panel: Panel) -> np.ndarray:
    """(Net income − operating cash flow) of twelve months / total assets.

    Why: earnings that are not cash do not last. Direction: low is good. Deviates from the sources: total assets at the
    end, not their average, so that one balance sheet is enough. Evidence: t = 4.7 in Sloan's sample 1962 to 1991;
    much weaker since 2000 (Green, Hand & Soliman 2011).
    """
    accrued = panel.ttm("net_income") - panel.ttm("operating_cash_flow")
    accrued = matched(panel, accrued, "net_income", "operating_cash_flow", figure="ttm")
    return ratio(accrued, panel.instant("total_assets"))


@factor(
    unit="decimal a year",
    good="low",
    source="Cooper, Gulen & Schill (2008), J. Finance 63",
    family="investment",
    needs=("total_assets",),
)
def asset_growth(panel: Panel) -> np.ndarray:
    """Total assets / total assets four quarters before − 1.

    Why: empires are built at the wrong time. Direction: low is good. Evidence: t = 8.5 equal-weighted 1968 to 2003;
    weaker in large caps (Fama & French 2008).
    """
    return ratio(panel.instant("total_assets"), panel.instant("total_assets", quarters_ago=4)) - 1.0


@factor(
    unit="decimal a year",
    good="low",
    source="Pontiff & Woodgate (2008), J. Finance 63",
    family="dilution",
    needs=(SHARES,),
)
def net_share_issuance(panel: Panel) -> np.ndarray:
    """ln(shares / shares four quarters before), both in shares of today, of the same item.

    Why: firms issue when shares are dear, and owners are diluted. Direction: low is good (negative: bought back).
    Evidence: among the most robust across size groups (Fama & French 2008). Diluted averages blur it.
    """
    growth: np.ndarray = np.log1p(panel.share_growth(4))
    return growth
