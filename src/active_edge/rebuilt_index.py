"""A small-cap index rebuilt from a market by the published rules of the Russell 2000: members and weights by date.

What the licensed index does with committee data is done here from prices, filings and listings alone, so it differs
in names at the edges. It can be followed in any market, simulated ones included, and charges no fee.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.size_band import NO_RANK
from active_edge.universe import UniverseRules, select_universe, value_rank

Kind = Literal["start", "reconstitution", "additions"]


@dataclass(frozen=True)
class IndexRules:
    """Every number of the index.

    Attributes
    ----------
    breakpoint_rank, bottom_rank : companies after the first and up to the second are members.
    band, band_from_year : an incumbent stays where it is within this share of cumulative value around the breakpoint,
        from that year on; newcomers use the raw breakpoint, and the bottom has no band.
    min_price, min_value_usd, min_float : below any of them a company is not eligible; unknown float passes.
    exchanges : major ones; an unknown exchange passes.
    rank_in_may_until : up to that year companies are ranked on the last session of May.
    rank_in_april_from : from that year on the last session of April; in between, `weeks_before` weeks before effect.
    second_from_year : from that year on a second reconstitution, after the second Friday of November.
    addition_months, addition_weeks_before : months after whose third Friday new listings enter, and weeks between
        their ranking and that.
    start_share : the index starts when this share of the names listed at the market's beginning has told its shares.

    Source: FTSE Russell, Russell US Indexes construction and methodology; breakpoints and days as they were announced.
    """

    breakpoint_rank: int = 1000
    bottom_rank: int = 3000
    band: float = 0.025
    band_from_year: int = 2007
    min_price: float = 1.0
    min_value_usd: float = 30e6
    min_float: float = 0.05
    exchanges: tuple[str, ...] = ("NYSE", "NASDAQ", "AMEX")
    rank_in_may_until: int = 2016
    rank_in_april_from: int = 2023
    weeks_before: int = 6
    second_from_year: int = 2026
    addition_months: tuple[int, ...] = (3, 9, 12)
    addition_weeks_before: int = 5
    start_share: float = 0.8


@dataclass(frozen=True)
class Event:
    """One change of members: ranked at the close of one session, in force from the close of a later one."""

    kind: Kind
    ranked: pd.Timestamp
    effective: pd.Timestamp


@dataclass(frozen=True)
class RebuiltIndex:
    """Members and weights after each event.

    Attributes
    ----------
    events : in order.
    decided : (n_events,) sessions before the effective ones: orders at the next close trade on the effective close.
    members : (n_events, n_assets) bool.
    weights : (n_events, n_assets) float; float value over that of all members; rows sum to 1.
        Timing: known at the close of `decided`.
    lowest_value_usd, highest_value_usd : (n_events,) value of the smallest and the largest member when ranked.
    """

    events: tuple[Event, ...]
    decided: pd.DatetimeIndex
    members: np.ndarray
    weights: np.ndarray
    lowest_value_usd: np.ndarray
    highest_value_usd: np.ndarray


def friday(year: int, month: int, number: int) -> pd.Timestamp:
    """The first, second, ... Friday of a month."""
    first = pd.Timestamp(year, month, 1)
    return first + pd.Timedelta(days=(4 - first.weekday()) % 7 + 7 * (number - 1))


def index_events(sessions: pd.DatetimeIndex, rules: IndexRules) -> list[Event]:
    """Changes of members within some sessions; the first is the start, ranked on the first session itself.

    A day that is no session is the session before it. An event ranked before the first session is left out.
    """
    wanted: list[tuple[Kind, pd.Timestamp, pd.Timestamp]] = []
    for year in range(sessions[0].year, sessions[-1].year + 1):
        effect = friday(year, 6, 4)
        if year <= rules.rank_in_may_until:
            ranked = pd.Timestamp(year, 5, 31)
        elif year >= rules.rank_in_april_from:
            ranked = pd.Timestamp(year, 4, 30)
        else:
            ranked = effect - pd.Timedelta(weeks=rules.weeks_before)
        wanted.append(("reconstitution", ranked, effect))
        if year >= rules.second_from_year:
            wanted.append(("reconstitution", pd.Timestamp(year, 9, 30), friday(year, 11, 2)))
        for month in rules.addition_months:
            effect = friday(year, month, 3)
            wanted.append(("additions", effect - pd.Timedelta(weeks=rules.addition_weeks_before), effect))
    events = [Event("start", sessions[0], sessions[1])]
    for kind, ranked, effect in sorted(wanted, key=lambda event: event[2]):
        place, at = (int(sessions.searchsorted(day, side="right")) - 1 for day in (ranked, effect))
        if place > 0 and at > 1 and effect <= sessions[-1]:
            events.append(Event(kind, sessions[place], sessions[at]))
    return events


def rebuild_index(
    market: Market, rules: IndexRules | None = None, *, sessions: pd.DatetimeIndex | None = None
) -> RebuiltIndex:
    """The index over some sessions of a market, by default all from `first_session` on.

    Timing: ranks use prices and filings known at the close of the ranking day, weights those known at the close before
    the event takes effect.

    Raises
    ------
    MissingInput : no company has a value on the first session, or the closes of the market are adjusted.
    """
    if market.adjusted_closes:
        raise MissingInput(f"an index of companies ranked by value cannot be rebuilt: {NO_RANK}")
    rules = rules or IndexRules()
    sessions = market.sessions[first_session(market, rules.start_share) :] if sessions is None else sessions
    events = index_events(sessions, rules)
    decided = [sessions[sessions.searchsorted(event.effective) - 1] for event in events]
    dates = pd.DatetimeIndex(sorted({*(event.ranked for event in events), *decided}))
    panel = Panel(market, dates)
    eligible, value, share = _eligible(panel, rules), panel.market_value(), float_share(panel)
    eligible &= ~(share < rules.min_float)
    rank = value_rank(panel, eligible)
    since = panel.sessions_since_listing()
    members = np.zeros((len(events), len(market.assets)), dtype=bool)
    weights = np.zeros(members.shape)
    bounds = np.full((2, len(events)), np.nan)
    large = np.zeros(members.shape[1], dtype=bool)
    last_ranked = -1
    for number, event in enumerate(events):
        row, now = dates.get_loc(event.ranked), dates.get_loc(decided[number])
        if event.kind == "additions":
            listed = (since[row] < market.sessions.searchsorted(event.ranked) - last_ranked) & eligible[row]
            fits = (value[row] >= bounds[0, number - 1]) & (value[row] <= bounds[1, number - 1])
            members[number] = members[number - 1] | (listed & fits)
            bounds[:, number] = bounds[:, number - 1]
        else:
            before = members[number - 1] if number else None
            members[number], large = _ranked(value[row], rank[row], before, large, event.ranked.year, rules)
            if not members[number].any():
                raise MissingInput(
                    f"{market.path}: on {event.ranked.date()} no company ranks after {rules.breakpoint_rank} by value; "
                    "shares_outstanding is missing, or the market holds too few companies for this index"
                )
            bounds[:, number] = value[row][members[number]].min(), value[row][members[number]].max()
        last_ranked = max(last_ranked, int(market.sessions.searchsorted(event.ranked)))
        known = np.nan_to_num(
            np.where(members[number], value[now] * np.where(np.isnan(share[now]), 1.0, share[now]), 0.0)
        )
        members[number] &= known > 0
        weights[number] = known / known.sum()
    return RebuiltIndex(tuple(events), pd.DatetimeIndex(decided), members, weights, bounds[0], bounds[1])


def first_session(market: Market, share: float) -> int:
    """Position of the first session by which a share of the names listed on the first one has a count of shares.

    Of those that ever tell it; the last session where none does.
    """
    panel = Panel(market, market.sessions[:1])
    known = panel.first_known("shares_outstanding", "shares_diluted")
    listed = ~np.isnan(panel.sessions_since_listing()[0])
    told = np.sort(known[listed & (known < len(market.sessions))])
    return int(told[int(share * (len(told) - 1))]) if len(told) else len(market.sessions) - 2


def float_share(panel: Panel) -> np.ndarray:
    """(n_dates, n_assets) share of the company's value held by the public, at most 1; NaN where unknown.

    The public float an annual report states, over shares × close of the day it was counted. A ratio above 1.5 is a
    mistyped figure and counts as unknown.
    """
    market = panel.market
    if "public_float_usd" not in market.items:
        return np.full(panel.shape, np.nan)
    stated, age = panel.instant("public_float_usd", max_age_days=550), panel.age("public_float_usd")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = stated / (panel.close_before(age) * panel.shares())
    return np.where((share > 0) & (share <= 1.5), np.minimum(share, 1.0), np.nan)


def _eligible(panel: Panel, rules: IndexRules) -> np.ndarray:
    """(n_dates, n_assets) bool: companies' main share classes on a major exchange, dear and large enough."""
    universe = select_universe(UniverseRules(min_price=rules.min_price), panel, traded=False)
    exchange = panel.market.securities["exchange"]
    major = (exchange.isna() | exchange.isin(rules.exchanges)).to_numpy()
    with np.errstate(invalid="ignore"):
        enough = panel.market_value() >= rules.min_value_usd
    eligible: np.ndarray = universe.mask & major[None, :] & enough
    return eligible


def _ranked(
    value: np.ndarray, rank: np.ndarray, members: np.ndarray | None, large: np.ndarray, year: int, rules: IndexRules
) -> tuple[np.ndarray, np.ndarray]:
    """(n_assets,) bool members of this index and of the large-cap one, after a ranking."""
    with np.errstate(invalid="ignore"):
        inside = rank <= rules.bottom_rank
        small = inside & (rank > rules.breakpoint_rank)
    if members is not None and rules.band > 0 and year >= rules.band_from_year:
        ordered = np.flatnonzero(inside)[np.argsort(rank[inside], kind="stable")]
        reached = np.full(value.shape, np.nan)
        reached[ordered] = np.cumsum(value[ordered]) / value[ordered].sum()
        at = reached[ordered[min(rules.breakpoint_rank, len(ordered)) - 1]]
        with np.errstate(invalid="ignore"):
            near = inside & (np.abs(reached - at) <= rules.band)
        small = np.where(near & members, True, np.where(near & large, False, small))
    return small, inside & ~small
