"""Factors of prices, volumes and listings."""

from __future__ import annotations

import numpy as np

from active_edge.factors.accounts import SHARES
from active_edge.factors.definition import factor
from active_edge.panel import Panel
from active_edge.sessions import SESSIONS_A_MONTH, SESSIONS_A_YEAR

ENTRANT_SESSIONS = 2 * SESSIONS_A_YEAR
"""Two years: how long a new listing stays an entrant."""


@factor(unit="USD", good="none", source="Banz (1981), J. Financial Economics 9", family="size", needs=(SHARES,))
def market_value(panel: Panel) -> np.ndarray:
    """Close × shares, split-adjusted; diluted average shares where shares outstanding are not reported.

    Why: it places a company in the universe. Direction: none claimed; the size premium in US data is weak after 1980
    and sits in junk-free samples (Asness et al. 2018, "Size matters, if you control your junk").
    """
    return panel.market_value()


@factor(
    unit="USD a share",
    good="none",
    source="Investability rule: unadjusted close, as quoted on the day",
    family="liquidity",
)
def price(panel: Panel) -> np.ndarray:
    """Last unadjusted close.

    Why: low-priced shares trade at wide relative spreads and are delisted below one dollar. Direction: none claimed.
    """
    return panel.close()


@factor(unit="USD a session", good="none", source="Amihud (2002), J. Financial Markets 5", family="liquidity")
def dollar_volume(panel: Panel) -> np.ndarray:
    """Median of close × volume over the trailing 63 sessions; where volume is not known, market value × the median
    turnover of the size decile on the date.

    Why: it bounds what a portfolio can trade. Direction: none claimed; illiquid shares earned more before costs
    (Amihud 2002), not evidently after them.
    """
    return panel.dollar_volume()


@factor(
    unit="sessions",
    good="high",
    source="Ritter (1991), J. Finance 46; Loughran & Ritter (1995)",
    family="entrant_quality",
)
def sessions_since_listing(panel: Panel) -> np.ndarray:
    """Sessions from the first one listed; for names older than the data, sessions since the data begin (a bound).

    Why: new issues lag seasoned firms for three to five years. Direction: high is good. Evidence: the lag shrinks
    against size and book-to-market matches (Brav & Gompers 1997): it is largely a small-growth effect.
    """
    return panel.sessions_since_listing()


@factor(
    unit="1 or 0",
    good="low",
    source="Fama & French (2004), J. Financial Economics 73: New lists",
    family="entrant_quality",
    needs=("net_income",),
)
def unprofitable_entrant(panel: Panel) -> np.ndarray:
    """1 for a name listed within 504 sessions whose net income of twelve months (else the latest quarter) is negative.

    0 for every other name, missing for an entrant without reported earnings. A name already trading when the data
    begin counts as no entrant. Why: the junk that entered the index after 1980 is new and unprofitable, and few of it
    survive. Direction: low is good. Evidence: survival, strong; returns, weaker (Fama & French 2004).
    """
    age = panel.sessions_since_listing()
    income = panel.ttm("net_income")
    income = np.where(np.isnan(income), panel.quarter("net_income"), income)
    entrant = (age <= ENTRANT_SESSIONS) & panel.listing_seen()[np.newaxis, :]
    value = np.where(entrant, np.where(np.isnan(income), np.nan, (income < 0).astype(float)), 0.0)
    return np.where(np.isnan(age), np.nan, value)


@factor(
    unit="1 or 0",
    good="high",
    source="Fama & French (2004), J. Financial Economics 73: New lists",
    family="entrant_quality",
    needs=("net_income",),
)
def profitable_at_listing(panel: Panel) -> np.ndarray:
    """1 if the first net income reported (latest period of the first filing) was positive, else 0.

    Missing for names already trading when the data begin: their first filing as a listed company is unknown.
    Why: profitable entrants survive at nearly the rate of seasoned firms. Direction: high is good.
    """
    first = panel.first_reported_flow("net_income")
    known = ~np.isnan(first) & panel.listing_seen()[np.newaxis, :]
    return np.where(known, (first > 0).astype(float), np.nan)


@factor(unit="decimal return", good="high", source="Jegadeesh & Titman (1993), J. Finance 48", family="momentum")
def momentum_12_1(panel: Panel) -> np.ndarray:
    """Total return from 252 to 21 sessions before the date.

    Why: prices adjust slowly to news; the last month is left out because it reverses. Direction: high is good.
    Evidence: among the strongest published, with crashes after market lows (Daniel & Moskowitz 2016).
    """
    return panel.trailing_return(SESSIONS_A_YEAR, SESSIONS_A_MONTH)


@factor(unit="decimal a year", good="low", source="Ang, Hodrick, Xing & Zhang (2006), J. Finance 61", family="risk")
def volatility(panel: Panel) -> np.ndarray:
    """Standard deviation of daily total returns over 252 sessions × √252, with at least 84 of them.

    Why: lottery-like shares are overpriced. Direction: low is good. Deviates from the source: total and not
    idiosyncratic volatility, a year and not a month. Evidence: strong in small caps, where shorting is dear.
    """
    return panel.volatility(SESSIONS_A_YEAR)
