"""Does a market still hold the names that vanished? Exits by year against what real small caps show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from active_edge.market.store import Market
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.words import interval, percent

REAL_EXIT_RATE = (0.05, 0.08)
"""Yearly share of US small caps that stop trading (mergers and delistings), lower and upper."""
SUSPECT_EXIT_RATE = 0.02
"""Fewer exits a year than this are not a market but its survivors."""
EDGE_SESSIONS = 3
EDGE_SHARE = 0.5
"""More than this share of all exits on a few sessions are edges of an archive, not exits."""
FEWEST_EXITS = 20
"""Of fewer exits than this nothing is said about common days."""
FEWEST_EXPECTED = 20
"""A year in which real small caps would show fewer exits than this says nothing by itself."""
SETTLED_SESSIONS = 20
"""A series that stops this close to the end of the data has not ended yet, unless securities say so."""


@dataclass(frozen=True)
class ExitYear:
    """Exits of one calendar year.

    Attributes
    ----------
    alive
        Assets with a price before or on the year's first session of the data that have not ended before it.
    exits, company_exits
        Series that ended in the year; of all assets, and of those with facts.
    rate, company_rate
        Exits over alive, annualised where the data cover part of the year; NaN where nothing was alive.
    """

    year: int
    alive: int
    exits: int
    rate: float
    companies_alive: int
    company_exits: int
    company_rate: float


@dataclass(frozen=True)
class Survivorship:
    """Whether the names that vanished are missing, and by how much that could flatter a return.

    Attributes
    ----------
    suspected
        True where too few series ever end, or hardly any in some years, or most end on a few common days.
    reasons
        Why, in words; empty where nothing is suspected.
    exit_rate
        Exits a year over the whole market, companies where any have facts, else all assets.
    bias_bound_annual
        Upper bound of the yearly return that missing exits could add: (8 % − exit rate) if each had lost everything;
        that of the worst year where some years are suspected by themselves.
    """

    years: tuple[ExitYear, ...]
    suspected: bool
    reasons: tuple[str, ...]
    exit_rate: float
    edge_share: float
    bias_bound_annual: float


def judge_survivorship(market: Market) -> Survivorship:
    """Return exits by year and whether the market looks like survivors only.

    Source: exit rates of small caps 5 to 8 % a year; survivors alone added 6.2 points in 11 months of 2016.
    """
    first, last, ended = _spans(market)
    company = np.zeros(len(market.assets), dtype=bool)
    for item in market.items:
        company[market.facts.of(item).asset] = True
    years = tuple(
        _exit_year(int(year), market.sessions.year.to_numpy(), first, last, ended, company)
        for year in np.unique(market.sessions.year)
    )
    counted = company if company.any() else np.ones_like(company)
    lived = float(np.sum((last - first + 1)[counted & (first >= 0)])) / SESSIONS_A_YEAR
    rate = float(np.sum(ended & counted)) / lived if lived else 0.0
    _, on_day = np.unique(last[ended], return_counts=True)
    edge = float(np.sort(on_day)[-EDGE_SESSIONS:].sum() / ended.sum()) if ended.any() else 0.0
    reasons = []
    if rate < SUSPECT_EXIT_RATE:
        reasons.append(
            f"{percent(rate)} of the series end in a year; of real small caps "
            f"{interval(*REAL_EXIT_RATE, decimals=0, sign=False)} do"
        )
    quiet = {year.year: rate_of for year in years if (rate_of := _quiet_rate(year, market)) is not None}
    if quiet and rate >= SUSPECT_EXIT_RATE:
        span = str(min(quiet)) if len(quiet) == 1 else f"{len(quiet)} years from {min(quiet)} to {max(quiet)}"
        reasons.append(
            f"fewer than {percent(SUSPECT_EXIT_RATE, 0)} of the series alive end in {span}: those that did are missing"
        )
    edged = int(ended.sum()) >= FEWEST_EXITS and edge > EDGE_SHARE
    if edged:
        reasons.append(
            f"{percent(edge, 0)} of all exits fall on {EDGE_SESSIONS} sessions: edges of an archive, not exits"
        )
    bound = REAL_EXIT_RATE[1] if edged else max(0.0, REAL_EXIT_RATE[1] - min([rate, *quiet.values()]))
    return Survivorship(years, bool(reasons), tuple(reasons), rate, edge, bound)


def _quiet_rate(year: ExitYear, market: Market) -> float | None:
    """Return the exit rate of a year in which far too few names end; None for every other and for half a year."""
    alive = year.companies_alive or year.alive
    rate = year.company_rate if year.companies_alive else year.rate
    share_of_year = float((market.sessions.year == year.year).sum()) / SESSIONS_A_YEAR
    expected = REAL_EXIT_RATE[0] * alive * share_of_year
    quiet = share_of_year >= 0.5 and expected >= FEWEST_EXPECTED and rate < SUSPECT_EXIT_RATE
    return rate if quiet else None


def _spans(market: Market) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first and last session index of each asset, and whether its series ended inside the data."""
    first, last = market.prices.first, market.prices.last
    told = market.securities["last_session"].notna().to_numpy()
    final = len(market.sessions) - 1
    ended = (last >= 0) & ((last < final - SETTLED_SESSIONS) | (told & (last < final)))
    return first, last, ended


def _exit_year(
    year: int,
    year_of_session: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    ended: np.ndarray,
    company: np.ndarray,
) -> ExitYear:
    within = np.flatnonzero(year_of_session == year)
    alive = (first >= 0) & (first <= within[0]) & (last >= within[0])
    left = alive & ended & (last <= within[-1])
    share_of_year = min(1.0, len(within) / SESSIONS_A_YEAR)

    def rate(kind: np.ndarray) -> float:
        return float((left & kind).sum() / (alive & kind).sum() / share_of_year) if (alive & kind).any() else np.nan

    everything = np.ones_like(company)
    return ExitYear(
        year=year,
        alive=int(alive.sum()),
        exits=int(left.sum()),
        rate=rate(everything),
        companies_alive=int((alive & company).sum()),
        company_exits=int((left & company).sum()),
        company_rate=rate(company),
    )
