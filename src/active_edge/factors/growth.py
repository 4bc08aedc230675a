"""Factors of growth, surprise, pricing power and scalability."""

from __future__ import annotations

import numpy as np

from active_edge.factors.accounts import (
    SHARES,
    gross_margin_of_quarters,
    gross_margin_of_year,
    matched,
    quarter_and_year_before,
    ratio,
    spread,
    years,
)
from active_edge.factors.definition import factor
from active_edge.panel import Panel

SURPRISE_QUARTERS = 8
MARGIN_QUARTERS = 8
FEWEST_QUARTERS = 6
SURPRISE_YEARS = MARGIN_YEARS = 5
FEWEST_YEARS = 3
"""Of companies that report once a year."""
LEAST_REVENUE_GROWTH = 0.01


@factor(
    unit="decimal a year",
    good="high",
    source="Jegadeesh & Livnat (2006), J. Accounting and Economics 41",
    family="growth",
    needs=("revenue",),
    quarterly=("revenue",),
)
def revenue_growth(panel: Panel) -> np.ndarray:
    """Revenue of the latest quarter / revenue of the same quarter a year before − 1; missing if that was not positive.

    Of a company that tells no quarters, of the latest year. Why: earnings growth that comes with sales lasts.
    Direction: high is good. Evidence: as a surprise, for some months; as five-year growth the sign is the opposite
    (Lakonishok, Shleifer & Vishny 1994).
    """
    now, before = quarter_and_year_before(panel, "revenue")
    return ratio(now, before) - 1.0


@factor(
    unit="decimal a year",
    good="high",
    source="Foster, Olsen & Shevlin (1984), Accounting Review 59 (seasonal random walk)",
    family="growth",
    needs=("net_income",),
    quarterly=("net_income",),
)
def earnings_growth(panel: Panel) -> np.ndarray:
    """(Net income of the quarter − of the same quarter a year before) / |the latter|; missing where the latter is 0.

    Of a company that tells no quarters, of the latest year. Why: growth against the same season. Direction: high is
    good, and a smaller loss is growth. Large after tiny bases: use it in rules and ranks, not in means. Evidence:
    drifts for about three quarters after the announcement.
    """
    now, before = quarter_and_year_before(panel, "net_income")
    return ratio(now - before, np.abs(before))


@factor(
    unit="standard deviations",
    good="high",
    source="Foster, Olsen & Shevlin (1984), Accounting Review 59; Bernard & Thomas (1989)",
    family="growth",
    needs=("net_income",),
    quarterly=("net_income",),
)
def standardised_unexpected_earnings(panel: Panel) -> np.ndarray:
    """Seasonal change of quarterly net income / standard deviation of that change over the eight quarters before.

    x(q) − x(q−4), over the sample deviation of x(q−j) − x(q−j−4), j = 1 … 8, at least six of them known. Of a company
    that tells no quarters, the change of the year over the deviation of the five yearly changes before, at least three.
    Why: surprise in units of the firm's own noise. Direction: high is good. Deviates from the sources: net income in
    place of earnings a share, which splits distort. Evidence: strong in small caps, smaller since 2000.
    """
    income = panel.quarters("net_income", SURPRISE_QUARTERS + 5)
    changes = income[: SURPRISE_QUARTERS + 1] - income[4 : SURPRISE_QUARTERS + 5]
    by_quarter = ratio(changes[0], spread(changes[1:], FEWEST_QUARTERS))
    yearly = -np.diff(years(panel, "net_income", SURPRISE_YEARS + 2), axis=0)
    return np.where(panel.annual_only("net_income"), ratio(yearly[0], spread(yearly[1:], FEWEST_YEARS)), by_quarter)


@factor(
    unit="ratio",
    good="high",
    source="Livnat & Mendenhall (2006), J. Accounting Research 44",
    family="growth",
    needs=("net_income", SHARES),
    quarterly=("net_income",),
)
def earnings_surprise_to_price(panel: Panel) -> np.ndarray:
    """(Net income of the quarter − of the same quarter a year before) / market value.

    Of a company that tells no quarters, of the latest year. Why: surprise against what the market pays; unlike the
    standardised form it needs five quarters, not thirteen. Direction: high is good. Deviates from the source: market
    value of today, not of the quarter's end. Evidence: drift after announcements, less than by analysts' forecasts.
    """
    now, before = quarter_and_year_before(panel, "net_income")
    return ratio(now - before, panel.market_value())


@factor(
    unit="ratio",
    good="high",
    source="Novy-Marx (2013), J. Financial Economics 108, section on margins and turnover",
    family="pricing_power",
    needs=("revenue", ("gross_profit", "cost_of_revenue")),
)
def gross_margin(panel: Panel) -> np.ndarray:
    """Gross profit / revenue of twelve months.

    Why: what a customer pays over what the good costs. Direction: high is good. Evidence: the level alone predicts
    little; gross profit over assets does (Novy-Marx 2013: margins times turnover).
    """
    return gross_margin_of_year(panel)


@factor(
    unit="ratio",
    good="high",
    source="Own rule on Novy-Marx (2013) margins; compare Asness, Frazzini & Pedersen (2019), safety",
    family="pricing_power",
    needs=("revenue", ("gross_profit", "cost_of_revenue")),
    quarterly=("revenue",),
)
def gross_margin_stability(panel: Panel) -> np.ndarray:
    """Minus the standard deviation of gross profit / revenue over the last eight quarters, at least six known.

    0 is perfectly stable, −0.05 is five points of margin. Of a company that tells no quarters, over the last five
    years, at least three known. Why: a firm that can raise prices keeps its margin when costs move. Direction: high is
    good. Evidence: none of its own; earnings volatility is weakly priced.
    """
    by_quarter = spread(gross_margin_of_quarters(panel, MARGIN_QUARTERS), FEWEST_QUARTERS)
    annual = panel.annual_only("revenue")
    if not annual.any():
        return -by_quarter
    yearly = np.stack([gross_margin_of_year(panel, 4 * back) for back in range(MARGIN_YEARS)])
    return -np.where(annual, spread(yearly, FEWEST_YEARS), by_quarter)


@factor(
    unit="ratio",
    good="high",
    source="Own rule; operating leverage after Novy-Marx (2011), Review of Finance 15",
    family="scalability",
    needs=("operating_income", "revenue"),
)
def incremental_margin(panel: Panel) -> np.ndarray:
    """Change of operating income / change of revenue, twelve months against the twelve before.

    Missing unless revenue grew by more than 1 %: over a small or negative change the quotient says nothing.
    Why: a business that scales keeps more of each further dollar. Direction: high is good. Evidence: none published
    for this quotient as a signal.
    """
    revenue, before = panel.ttm("revenue"), panel.ttm("revenue", quarters_ago=4)
    growth = revenue - before
    income = panel.ttm("operating_income") - panel.ttm("operating_income", quarters_ago=4)
    grew = (before > 0) & (growth > LEAST_REVENUE_GROWTH * before)
    value = ratio(income, np.where(grew, growth, np.nan))
    return matched(panel, value, "operating_income", "revenue", figure="ttm")
