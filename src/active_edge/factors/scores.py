"""Published composite scores: Ohlson's O, Piotroski's F, Altman's Z. A missing input is a missing score."""

from __future__ import annotations

import numpy as np

from active_edge.factors.accounts import (
    EBIT,
    GROSS_PROFIT,
    LIABILITIES,
    SHARES,
    ebit,
    first_known,
    flag,
    gross_margin_of_year,
    matched,
    ratio,
    total_liabilities,
)
from active_edge.factors.definition import factor
from active_edge.panel import Panel

OHLSON_PRICE_INDEX = 100.0
"""Ohlson's price-level index in its base year 1968."""


@factor(
    unit="log-odds of failure",
    good="low",
    source="Ohlson (1980), J. Accounting Research 18, table 4, model 1",
    family="balance_sheet",
    needs=(
        "total_assets",
        LIABILITIES,
        "current_assets",
        "current_liabilities",
        "net_income",
        ("pretax_income+depreciation_amortization", "operating_cash_flow"),
    ),
)
def ohlson_o_score(panel: Panel) -> np.ndarray:
    """Log-odds of failure within a year, from nine ratios.

    O = −1.32 − 0.407 ln(TA / index) + 6.03 TL/TA − 1.43 WC/TA + 0.0757 CL/CA − 1.72 [TL > TA] − 2.37 NI/TA
    − 1.83 FU/TL + 0.285 [NI < 0 in both of two years] − 0.521 (NI − NI₋₁) / (|NI| + |NI₋₁|)

    TA, TL, CA, CL total and current assets and liabilities in USD, WC = CA − CL, NI net income of twelve months, FU
    funds from operations: pretax income + depreciation, else operating cash flow. The index stays at its 1968 level of
    100: a deflator is the same for all names of a date and cannot change a rank; today's levels come out lower by
    about 0.7. Why: one number for distress. Direction: low is good. Evidence: high scores earn less (Dichev 1998),
    not monotonically, and mostly in the highest decile.
    """
    assets, liabilities = panel.instant("total_assets"), total_liabilities(panel)
    current, due = panel.instant("current_assets"), panel.instant("current_liabilities")
    income, income_before = panel.ttm("net_income"), panel.ttm("net_income", quarters_ago=4)
    funds = panel.ttm("pretax_income") + panel.ttm("depreciation_amortization")
    funds = matched(panel, funds, "pretax_income", "depreciation_amortization", figure="ttm")
    funds = first_known(funds, panel.ttm("operating_cash_flow"))
    owned = np.where(assets > 0, assets, np.nan)
    score = (
        -1.32
        - 0.407 * np.log(owned / OHLSON_PRICE_INDEX)
        + 6.03 * liabilities / owned
        - 1.43 * (current - due) / owned
        + 0.0757 * ratio(due, current)
        - 1.72 * flag(liabilities > assets, liabilities, assets)
        - 2.37 * income / owned
        - 1.83 * ratio(funds, liabilities)
        + 0.285 * flag((income < 0) & (income_before < 0), income, income_before)
        - 0.521 * ratio(income - income_before, np.abs(income) + np.abs(income_before))
    )
    return matched(panel, score, "total_assets", "current_assets", "current_liabilities", figure="balance")


@factor(
    unit="points, 0 to 9",
    good="high",
    source="Piotroski (2000), J. Accounting Research 38 supplement",
    family="balance_sheet",
    needs=(
        "net_income",
        "operating_cash_flow",
        "revenue",
        GROSS_PROFIT,
        "total_assets",
        "current_assets",
        "current_liabilities",
        "long_term_debt",
        SHARES,
    ),
)
def piotroski_f_score(panel: Panel) -> np.ndarray:
    """One point for each of nine signs of improving health, twelve months against the twelve before.

    ROA > 0 · CFO > 0 · ROA rose · CFO > ROA · long-term debt / average assets fell · current ratio rose · no more
    shares than a year before · gross margin rose · revenue / assets rose. ROA, CFO and turnover are over total assets
    at the beginning of their year. Strict: a missing input is a missing score, never a point and never a zero.
    Why: sorts winners from losers among cheap shares. Direction: high is good. Evidence: published within the top
    quintile of book-to-market; outside it and after 2000 much weaker.
    """
    assets = [panel.instant("total_assets", quarters_ago=ago) for ago in (0, 4, 8)]
    income = [panel.ttm("net_income", quarters_ago=ago) for ago in (0, 4)]
    cash_flow = ratio(panel.ttm("operating_cash_flow"), assets[1])
    revenue = [panel.ttm("revenue", quarters_ago=ago) for ago in (0, 4)]
    debt = [panel.instant("long_term_debt", quarters_ago=ago) for ago in (0, 4)]
    returns = [ratio(income[0], assets[1]), ratio(income[1], assets[2])]
    turnover = [ratio(revenue[0], assets[1]), ratio(revenue[1], assets[2])]
    owed = [ratio(debt[0], (assets[0] + assets[1]) / 2.0), ratio(debt[1], (assets[1] + assets[2]) / 2.0)]
    liquid = [
        ratio(panel.instant("current_assets", quarters_ago=ago), panel.instant("current_liabilities", quarters_ago=ago))
        for ago in (0, 4)
    ]
    margin = [gross_margin_of_year(panel, ago) for ago in (0, 4)]
    issued = panel.share_growth(4)
    score = (
        flag(returns[0] > 0, returns[0])
        + flag(cash_flow > 0, cash_flow)
        + flag(returns[0] > returns[1], *returns)
        + flag(cash_flow > returns[0], cash_flow, returns[0])
        + flag(owed[0] < owed[1], *owed)
        + flag(liquid[0] > liquid[1], *liquid)
        + flag(issued <= 0, issued)
        + flag(margin[0] > margin[1], *margin)
        + flag(turnover[0] > turnover[1], *turnover)
    )
    score = matched(panel, score, "net_income", "operating_cash_flow", "revenue", figure="ttm")
    balances = ("total_assets", "current_assets", "current_liabilities", "long_term_debt")
    return matched(panel, score, *balances, figure="balance")


@factor(
    unit="score",
    good="high",
    source="Altman (1968), J. Finance 23",
    family="balance_sheet",
    needs=(
        "current_assets",
        "current_liabilities",
        "total_assets",
        "retained_earnings",
        EBIT,
        SHARES,
        LIABILITIES,
        "revenue",
    ),
)
def altman_z(panel: Panel) -> np.ndarray:
    """Z = 1.2 WC/TA + 1.4 RE/TA + 3.3 EBIT/TA + 0.6 market value/TL + 1.0 revenue/TA.

    WC working capital, RE retained earnings, TA total assets, TL total liabilities; flows of twelve months.
    Why: the first distress score (below 1.81 distress, above 2.99 safe), for manufacturers. Direction: high is good by
    custom only. Evidence: a placebo: returns are not monotone in Z (Dichev 1998), and Chen & Zimmermann (2022) list
    its quarterly form as not predicting returns.
    """
    assets = panel.instant("total_assets")
    working = panel.instant("current_assets") - panel.instant("current_liabilities")
    score = (
        1.2 * ratio(working, assets)
        + 1.4 * ratio(panel.instant("retained_earnings"), assets)
        + 3.3 * ratio(ebit(panel), assets)
        + 0.6 * ratio(panel.market_value(), total_liabilities(panel))
        + ratio(panel.ttm("revenue"), assets)
    )
    balances = ("total_assets", "current_assets", "current_liabilities", "retained_earnings")
    return matched(panel, score, *balances, figure="balance")
