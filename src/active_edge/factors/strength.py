"""Factors of balance-sheet strength."""

from __future__ import annotations

import numpy as np

from active_edge.factors.accounts import (
    EBIT,
    LIABILITIES,
    TOTAL_DEBT,
    ebit,
    matched,
    ratio,
    total_debt,
    total_liabilities,
)
from active_edge.factors.definition import factor
from active_edge.panel import Panel


@factor(
    unit="times",
    good="high",
    source="Standard credit ratio; Kaplan & Urwitz (1979), J. Business 52, on bond ratings",
    family="balance_sheet",
    needs=(EBIT, "interest_expense"),
    infinite="no debt",
)
def interest_coverage(panel: Panel) -> np.ndarray:
    """Operating income (else pretax income + interest) / interest expense, of twelve months.

    A firm that reports both an interest expense of 0 and debt of 0 has infinite coverage and ranks best. Missing where
    interest is not reported, is negative, or is 0 while debt is above 0 or unknown.
    Why: how far earnings can fall before lenders decide. Direction: high is good. Evidence: predicts distress; for
    returns no robust published evidence.
    """
    earned, interest = ebit(panel), panel.ttm("interest_expense")
    debt_free = (interest == 0) & (total_debt(panel) == 0)
    return np.where(debt_free, np.inf, ratio(earned, interest))


@factor(
    unit="ratio",
    good="low",
    source="Penman, Richardson & Tuna (2007), J. Accounting Research 45",
    family="balance_sheet",
    needs=(TOTAL_DEBT, "cash", "total_assets"),
)
def net_debt_to_assets(panel: Panel) -> np.ndarray:
    """(Total debt − cash) / total assets; negative with more cash than debt.

    Why: what is owed after what could be paid at once. Direction: low is good. Evidence: the source finds leverage
    negatively related to returns given book-to-market.
    """
    return ratio(total_debt(panel) - panel.instant("cash"), panel.instant("total_assets"))


@factor(
    unit="ratio",
    good="low",
    source="Ohlson (1980), J. Accounting Research 18 (TLTA); Fama & French (1992), J. Finance 47 (book leverage)",
    family="balance_sheet",
    needs=(LIABILITIES, "total_assets"),
)
def leverage(panel: Panel) -> np.ndarray:
    """Total liabilities (else total assets − equity) / total assets.

    Why: the share of the firm that others own first. Direction: low is good. Evidence: book leverage has a negative
    slope (Fama & French 1992), market leverage a positive one that is value in disguise (Bhandari 1988).
    """
    return ratio(total_liabilities(panel), panel.instant("total_assets"))


@factor(
    unit="ratio",
    good="high",
    source="Palazzo (2012), J. Financial Economics 104",
    family="balance_sheet",
    needs=("cash", "total_assets"),
)
def cash_to_assets(panel: Panel) -> np.ndarray:
    """Cash / total assets.

    Why: liquidity in a drought. Direction: high is good. Evidence: t = 2.1 equal-weighted 1972 to 2009; the source's
    reason is that risky firms hoard cash, the opposite of strength.
    """
    return ratio(panel.instant("cash"), panel.instant("total_assets"))


@factor(
    unit="ratio",
    good="high",
    source="Ou & Penman (1989), J. Accounting and Economics 11",
    family="balance_sheet",
    needs=("current_assets", "current_liabilities"),
)
def current_ratio(panel: Panel) -> np.ndarray:
    """Current assets / current liabilities.

    Why: bills due within a year against what pays them. Direction: high is good by custom only. Evidence: a placebo:
    Chen & Zimmermann (2022, Open Source Cross-Sectional Asset Pricing) list this family of ratios as not predicting
    returns; a screen that gains from it has gained by chance.
    """
    value = ratio(panel.instant("current_assets"), panel.instant("current_liabilities"))
    return matched(panel, value, "current_assets", "current_liabilities", figure="balance")


@factor(
    unit="ratio a year",
    good="low",
    source="Bradshaw, Richardson & Sloan (2006), J. Accounting and Economics 42",
    family="balance_sheet",
    needs=(TOTAL_DEBT, "total_assets"),
)
def net_debt_issuance(panel: Panel) -> np.ndarray:
    """(Total debt − total debt four quarters before) / average total assets of the two dates.

    Why: borrowing precedes disappointment. Direction: low is good. Deviates from the source, which reads the cash flow
    statement. Evidence: robust for debt and for all external financing.
    """
    assets = panel.instant("total_assets") + panel.instant("total_assets", quarters_ago=4)
    return ratio(total_debt(panel) - total_debt(panel, 4), assets / 2.0)
