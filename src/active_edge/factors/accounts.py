"""Figures that several factors share, put together from reported items.

Each takes a panel and returns ``(n_dates, n_assets)`` float64, NaN where a part is missing or the parts describe
different periods. Nothing missing is ever taken as zero.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from active_edge.panel import Panel

SHARES = ("shares_outstanding", "shares_diluted")
GROSS_PROFIT = ("gross_profit", "revenue+cost_of_revenue")
TOTAL_DEBT = ("total_debt", "short_term_debt+long_term_debt")
LIABILITIES = ("total_liabilities", "total_assets+equity")
EBIT = ("operating_income", "pretax_income+interest_expense")


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Return numerator / denominator where the denominator is above zero."""
    usable = denominator > 0
    return np.where(usable, numerator / np.where(usable, denominator, 1.0), np.nan)


def first_known(preferred: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Return `preferred`, and `otherwise` where it is missing."""
    return np.where(np.isnan(preferred), otherwise, preferred)


def matched(panel: Panel, values: np.ndarray, *items: str, figure: Literal["balance", "quarter", "ttm"]) -> np.ndarray:
    """Return `values` where the figures of all items describe the same period, missing elsewhere."""
    return np.where(panel.same_period(*items, figure=figure), values, np.nan)


def quarter_and_year_before(panel: Panel, item: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a flow of the latest quarter and of the same quarter a year before.

    Of a company that tells no quarters, the latest year and the one before it.
    """
    annual = panel.annual_only(item)
    if not annual.any():
        return panel.quarter(item), panel.quarter(item, quarters_ago=4)
    now = np.where(annual, panel.ttm(item), panel.quarter(item))
    return now, np.where(annual, panel.ttm(item, quarters_ago=4), panel.quarter(item, quarters_ago=4))


def years(panel: Panel, item: str, count: int) -> np.ndarray:
    """Return the last `count` years of twelve months, ``(count, n_dates, n_assets)``, the latest first."""
    return np.stack([panel.ttm(item, quarters_ago=4 * back) for back in range(count)])


def gross_profit(panel: Panel, quarters_ago: int = 0) -> np.ndarray:
    """Return gross profit of twelve months: as reported, else revenue − cost of revenue."""
    revenue = panel.ttm("revenue", quarters_ago=quarters_ago)
    cost = panel.ttm("cost_of_revenue", quarters_ago=quarters_ago)
    computed = matched(panel, revenue - cost, "revenue", "cost_of_revenue", figure="ttm")
    return first_known(panel.ttm("gross_profit", quarters_ago=quarters_ago), computed)


def gross_margin_of_year(panel: Panel, quarters_ago: int = 0) -> np.ndarray:
    """Return gross profit / revenue of twelve months, both of the same year; missing without positive revenue."""
    revenue = panel.ttm("revenue", quarters_ago=quarters_ago)
    reported = panel.ttm("gross_profit", quarters_ago=quarters_ago)
    reported = matched(panel, reported, "revenue", "gross_profit", figure="ttm")
    computed = revenue - panel.ttm("cost_of_revenue", quarters_ago=quarters_ago)
    computed = matched(panel, computed, "revenue", "cost_of_revenue", figure="ttm")
    return ratio(first_known(reported, computed), revenue)


def gross_margin_of_quarters(panel: Panel, count: int) -> np.ndarray:
    """Return gross profit / revenue of the last `count` quarters, ``(count, n_dates, n_assets)``, latest first."""
    revenue = panel.quarters("revenue", count)
    reported = matched(panel, panel.quarters("gross_profit", count), "revenue", "gross_profit", figure="quarter")
    computed = revenue - panel.quarters("cost_of_revenue", count)
    computed = matched(panel, computed, "revenue", "cost_of_revenue", figure="quarter")
    return ratio(first_known(reported, computed), revenue)


def ebit(panel: Panel) -> np.ndarray:
    """Return earnings before interest and taxes of twelve months: operating income, else pretax income + interest."""
    computed = panel.ttm("pretax_income") + panel.ttm("interest_expense")
    computed = matched(panel, computed, "pretax_income", "interest_expense", figure="ttm")
    return first_known(panel.ttm("operating_income"), computed)


def total_debt(panel: Panel, quarters_ago: int = 0) -> np.ndarray:
    """Return interest-bearing debt: as reported, else short-term + long-term debt, both known."""
    short = panel.instant("short_term_debt", quarters_ago=quarters_ago)
    long = panel.instant("long_term_debt", quarters_ago=quarters_ago)
    computed = matched(panel, short + long, "short_term_debt", "long_term_debt", figure="balance")
    return first_known(panel.instant("total_debt", quarters_ago=quarters_ago), computed)


def total_liabilities(panel: Panel) -> np.ndarray:
    """Return total liabilities: as reported, else total assets − equity (which counts minority interests in)."""
    computed = panel.instant("total_assets") - panel.instant("equity")
    computed = matched(panel, computed, "total_assets", "equity", figure="balance")
    return first_known(panel.instant("total_liabilities"), computed)


def spread(stack: np.ndarray, fewest: int) -> np.ndarray:
    """Return the sample standard deviation over the first axis, NaN left out; NaN with fewer than `fewest` values."""
    known = ~np.isnan(stack)
    count = known.sum(axis=0)
    mean = np.where(known, stack, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(known, (stack - mean) ** 2, 0.0).sum(axis=0)
    return np.where(count >= max(fewest, 2), np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)


def flag(condition: np.ndarray, *inputs: np.ndarray) -> np.ndarray:
    """Return 1.0 where the condition holds and 0.0 where it does not; NaN where any input is missing."""
    return np.where(np.logical_or.reduce([np.isnan(part) for part in inputs]), np.nan, condition.astype(float))
