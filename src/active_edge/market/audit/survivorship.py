"""Does a market still hold the names that vanished? Exits by year against what real small caps show."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.market.database import connect
from active_edge.market.files import parquet
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
LUCK = 0.05
"""Chance below which so few exits are no luck, where 5 % a year end."""
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


def judge_survivorship(
    market: Market, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None
) -> Survivorship:
    """Return exits by year and whether the market looks like survivors only, by the one rule there is.

    Parameters
    ----------
    start, end
        First and last day to judge, inclusive: those of a run. Default: all sessions of the market.

    Source: exit rates of small caps 5 to 8 % a year; survivors alone added 6.2 points in 11 months of 2016.
    """
    first, last, ended = spans(market)
    window = window_of(market, start, end)
    ended = ended & (last >= window[0]) & (last <= window[-1])
    company = companies(market)
    years = _years(market, window, (first, last, ended), company)
    counted = company if company.any() else np.ones_like(company)
    inside = np.minimum(last, window[-1]) - np.maximum(first, window[0]) + 1
    lived = float(np.sum(np.maximum(inside, 0)[counted & (first >= 0)])) / SESSIONS_A_YEAR
    exits = int(np.sum(ended & counted))
    rate = exits / lived if lived else 0.0
    _, on_day = np.unique(last[ended], return_counts=True)
    edge = float(np.sort(on_day)[-EDGE_SESSIONS:].sum() / ended.sum()) if ended.any() else 0.0
    few = rate < SUSPECT_EXIT_RATE and _chance_of_so_few(exits, REAL_EXIT_RATE[0] * lived) < LUCK
    quiet = {year.year: found for year in years if (found := _quiet_rate(year, market, window)) is not None}
    edged = int(ended.sum()) >= FEWEST_EXITS and edge > EDGE_SHARE
    reasons = _reasons(rate, edge, quiet, few=few, edged=edged)
    bound = REAL_EXIT_RATE[1] if edged else max(0.0, REAL_EXIT_RATE[1] - min([rate, *quiet.values()]))
    return Survivorship(years, bool(reasons), tuple(reasons), rate, edge, bound)


def window_of(market: Market, start: pd.Timestamp | None, end: pd.Timestamp | None) -> np.ndarray:
    """Return the positions of the sessions to judge, at least one."""
    low = 0 if start is None else int(market.sessions.searchsorted(start))
    high = len(market.sessions) if end is None else int(market.sessions.searchsorted(end, side="right"))
    low = min(low, len(market.sessions) - 1)
    return np.arange(low, max(high, low + 1))


def companies(market: Market) -> np.ndarray:
    """Return ``(n_assets,)`` bool: assets with any fact."""
    company = np.zeros(len(market.assets), dtype=bool)
    if market.items:
        with connect() as connection:
            rows = connection.execute(f"SELECT DISTINCT asset FROM {parquet(market.table('facts'))}").fetchall()
        company[market.assets.get_indexer([row[0] for row in rows])] = True
    return company


def _years(
    market: Market, window: np.ndarray, spans: tuple[np.ndarray, np.ndarray, np.ndarray], company: np.ndarray
) -> tuple[ExitYear, ...]:
    year_of_session = market.sessions.year.to_numpy()[window]
    return tuple(
        _exit_year(int(year), window[year_of_session == year], spans, company) for year in np.unique(year_of_session)
    )


def _chance_of_so_few(exits: int, expected: float) -> float:
    """Return the Poisson probability of at most so many exits."""
    term, total = math.exp(-expected), 0.0
    for count in range(exits + 1):
        total += term
        term *= expected / (count + 1)
    return total


def _reasons(rate: float, edge: float, quiet: dict[int, float], *, few: bool, edged: bool) -> list[str]:
    reasons = []
    if few:
        reasons.append(
            f"{percent(rate)} of the series end in a year; of real small caps "
            f"{interval(*REAL_EXIT_RATE, decimals=0, sign=False)} do"
        )
    if quiet and not few:
        span = str(min(quiet)) if len(quiet) == 1 else f"{len(quiet)} years from {min(quiet)} to {max(quiet)}"
        reasons.append(
            f"fewer than {percent(SUSPECT_EXIT_RATE, 0)} of the series alive end in {span}: those that did are missing"
        )
    if edged:
        reasons.append(
            f"{percent(edge, 0)} of all exits fall on {EDGE_SESSIONS} sessions: edges of an archive, not exits"
        )
    return reasons


def _quiet_rate(year: ExitYear, market: Market, window: np.ndarray) -> float | None:
    """Return the exit rate of a year in which far too few names end; None for every other and for half a year."""
    alive = year.companies_alive or year.alive
    rate = year.company_rate if year.companies_alive else year.rate
    share_of_year = float((market.sessions.year[window] == year.year).sum()) / SESSIONS_A_YEAR
    expected = REAL_EXIT_RATE[0] * alive * share_of_year
    quiet = share_of_year >= 0.5 and expected >= FEWEST_EXPECTED and rate < SUSPECT_EXIT_RATE
    return rate if quiet else None


def spans(market: Market) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first and last session index of each asset, and whether its series ended inside the data."""
    first, last = market.prices.first, market.prices.last
    told = market.securities["last_session"].notna().to_numpy()
    final = len(market.sessions) - 1
    ended = (last >= 0) & ((last < final - SETTLED_SESSIONS) | (told & (last < final)))
    return first, last, ended


def _exit_year(
    year: int, within: np.ndarray, spans: tuple[np.ndarray, np.ndarray, np.ndarray], company: np.ndarray
) -> ExitYear:
    first, last, ended = spans
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
