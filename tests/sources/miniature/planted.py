"""Worlds in which each claim of the article was made true, or its contrary: prices, filings, exits of companies.

A world has a sign a claim: 1 where it holds, -1 where it fails. Prices come first: a market, lasting traits that pay,
days around filings, bad months. Then come the figures: sales, earnings and assets of a year are those that the price at
the end of March asks for, so that every multiple is what was meant. What is filed is in `planted_filings`, series are
in `planted_series`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.sessions import sessions_between

from .planted_filings import FIRST_CIK, facts_of, facts_of_dead, filed
from .planted_series import policy_rate, series_rows
from .world import World

CLAIMS = tuple(f"C{n}" for n in range(1, 37) if n not in (11, 15, 19))
"""All but those that no data can answer as they are written."""
AGAINST_THE_OTHERS = frozenset({"C28"})
"""Fails where the others hold: a gap of many times the usual one that closed would have been wider a year before."""
FIRST_DEAD = 8_000_000
INDUSTRIES = (1311, 2834, 3571, 3674, 5331, 7372)
PAYS, IN_BAD_MONTHS, POOR_LOSE, TARIFFS = 0.005, 0.02, 0.012, 0.03
"""A month: from the lowest to the highest of a trait; strong over weak in bad months; loss-makers in their first years;
domestic over foreign ones in the months of tariffs."""
REACTS, DRIFTS, AFTER_DEEP = 0.06, 0.06, 0.07
"""From the lowest to the highest surprise, at its filing and in the sessions after; the year after a deep discount."""
MORE = {"scale": 2.0}
"""Times as much, for only those whose sales rose have an incremental margin."""
PAID_BY = {"insiders": "C25", "profit": "C25", "domestic": "C33", "margin": "C27", "scale": "C36"}
TRAITS = (*PAID_BY, "floating", "cash", "debt")
DRIFT = {1: (0.12, 0.02), -1: (0.03, 0.12)}
"""Of small and of large companies, a year, by the sign of C16."""
LAST_YEAR = {1: 0.0, -1: -0.25}
"""Of all, from 2025-04 to 2026-03, by the sign of C35."""
MULTIPLE = 20.0
USUAL, DEPTH = {1: 0.05, -1: 0.10}, {1: 0.01, -1: 0.02}
"""The discount of small companies by the sign of C7, and how much deeper or less deep it is in a year."""
TODAY, YEAR_AGO = {1: 0.36, -1: None}, {1: 0.55, -1: None}
"""The discount of the last month by the sign of C6, and that a year before it by the sign of C28; None is the usual."""
EXITS_A_YEAR, MERGED = {1: 25, -1: 3}, {1: 0.85, -1: 0.15}
LOSERS = 0.25
SESSIONS_YOUNG = 3 * 252


def signs(effect: int) -> dict[str, int]:
    """The sign of every claim where `effect` is 1 or -1; some are the contrary of the others."""
    return {claim: -effect if claim in AGAINST_THE_OTHERS else effect for claim in CLAIMS}


@dataclass(frozen=True)
class Size:
    """Companies at the start, listings a year, first and last session, years of filings before the first."""

    large: int = 60
    small: int = 130
    entrants: int = 11
    first: str = "2014-01-02"
    last: str = "2026-04-01"
    filed_years: int = 2


TOO_SHORT = Size(large=12, small=24, entrants=0, first="2026-01-12", filed_years=3)


def planted_world(sign: Mapping[str, int], *, seed: int, size: Size | None = None) -> World:
    """A world of these signs."""
    return Planted(sign, size or Size(), np.random.default_rng([seed, 1])).world()


class Planted:
    """A world under construction; arrays are companies, or sessions × companies, sessions from before the first."""

    def __init__(self, sign: Mapping[str, int], size: Size, random: np.random.Generator) -> None:
        self.sign, self.size, self.random = sign, size, random
        self.since = int(size.first[:4]) - size.filed_years
        self.sessions = pd.DatetimeIndex(sessions_between(f"{self.since}-12-01", size.last))
        self.start = int(self.sessions.searchsorted(pd.Timestamp(size.first)))
        self.month = pd.factorize(self.sessions.to_period("M"))[0]
        self.days = np.bincount(self.month)
        self.years = range(self.since, int(size.last[:4]))
        self._draw_companies()
        self.policy = policy_rate(self.sessions, random)
        self.surprises = self._draw_surprises()
        self._draw_prices()

    def _draw_companies(self) -> None:
        """Who there is: size, day of listing (all but one after the first sessions, so that it is seen), traits."""
        size, random = self.size, self.random
        begin = self.sessions[self.start :]
        listed = [self.start + 8] * (size.large + size.small)
        listed[0] = self.start
        losers = list(random.uniform(size=len(listed)) < LOSERS)
        whole_years = [year for year in sorted(set(begin.year)) if year < int(size.last[:4])]
        for place, year in enumerate(whole_years):
            inside = self.start + np.flatnonzero(begin.year == year)[20:]
            listed += sorted(random.choice(inside, size.entrants))
            rising = 0.1 + 0.8 * place / max(1, len(whole_years) - 1)
            share = rising if self.sign["C14"] > 0 else 1.0 - rising
            losers += list(random.permutation(size.entrants) < round(share * size.entrants))
        self.n = len(listed)
        self.listed = np.array(listed)
        self.small = np.arange(self.n) >= size.large
        self.loser = np.array(losers) & self.small
        self.trait = {name: random.permutation(self.n) / (self.n - 1) for name in TRAITS}
        self.trait["profit"] = np.where(self.loser, 0.5, self.trait["profit"])
        self.yields = np.where(
            self.small, np.where(self.loser, -0.003, 0.05 + 0.04 * self.trait["profit"]), 1 / MULTIPLE
        )
        self.deep = {year: random.choice((-1.0, 1.0)) for year in range(self.since, int(size.last[:4]) + 1)}

    def _draw_surprises(self) -> dict[tuple[int, int], np.ndarray]:
        """(year, quarter) -> part of the market value earned beyond a quarter of the year; 0 in sum and in the last."""
        found: dict[tuple[int, int], np.ndarray] = {}
        for year in range(self.since - 1, int(self.size.last[:4])):
            first, second = self.random.normal(0.0, 0.003, (2, self.n)) * np.where(self.loser, 0.2, 1.0)
            found |= {(year, 0): first, (year, 1): second, (year, 2): -first - second, (year, 3): np.zeros(self.n)}
        return found

    def _draw_prices(self) -> None:
        random, sign, shape = self.random, self.sign, (len(self.sessions), self.n)
        self.own = random.normal(0.0, 0.02 / np.sqrt(21), shape) * np.where(self.small, 1.0, 0.35)
        small, large = DRIFT[sign["C16"]]
        steps = self.own + np.where(self.small, small, large) / 252 + self._by_month()[self.month]
        last = (self.sessions >= "2025-04-01") & (self.sessions <= "2026-03-31")
        steps += LAST_YEAR[sign["C35"]] / 252 * last[:, None]
        age = np.arange(len(self.sessions))[:, None] - self.listed
        steps -= sign["C24"] * POOR_LOSE / 21 * (self.loser & (age >= 0) & (age < SESSIONS_YOUNG))
        self._add_filings(steps)
        path = np.cumsum(steps, axis=0)
        value = np.where(self.small, np.where(self.loser, 5e8, 1e9), 3e11) * np.exp(random.normal(0.0, 0.3, self.n))
        self.close = np.round(random.uniform(30, 60, self.n) * np.exp(path - path[self.start]), 2)
        self.shares = np.rint(value / self.close[self.start])
        self.value = self.close * self.shares

    def _by_month(self) -> np.ndarray:
        """(n_months, n) what a session of a month pays: the market, traits, bad months, tariffs, a deep discount."""
        sign, trait, dates = self.sign, self.trait, pd.period_range(self.sessions[0], self.sessions[-1], freq="M")
        market = self.random.normal(0.0, 0.02, len(dates))
        bad = market <= np.quantile(market, 0.2)
        paid = np.zeros((len(dates), self.n))
        for name, claim in PAID_BY.items():
            paid += sign[claim] * PAYS * MORE.get(name, 1.0) * (trait[name] - 0.5)
        paid += sign["C26"] * IN_BAD_MONTHS * np.outer(bad, trait["cash"] - trait["debt"])
        tariffs = (dates >= pd.Period("2025-04")) & (dates <= pd.Period("2025-07"))
        paid += sign["C13"] * TARIFFS * np.outer(tariffs, trait["domestic"] - 0.5)
        # A year of returns begins in March, after the month end of which the discount is read.
        deep = np.array([self.deep[(month - 2).year] for month in dates])
        paid += sign["C18"] * AFTER_DEEP / 12 * deep[:, None]
        return (paid * self.small + market[:, None]) / self.days[:, None]

    def _add_filings(self, steps: np.ndarray) -> None:
        """Small companies move by their surprise when they file, and drift after it."""
        for (year, quarter), earned in self.surprises.items():
            if (year - 1, quarter) not in self.surprises or quarter == 3:
                continue
            surprise = earned - self.surprises[year - 1, quarter]
            rank = np.zeros(self.n)
            for group in (self.small, ~self.small):
                rank[group] = surprise[group].argsort().argsort() / max(1, group.sum() - 1) - 0.5
            at = self.sessions.searchsorted(pd.DatetimeIndex(filed(self.n, year, quarter)))
            for company in np.flatnonzero(self.small):
                day = at[company]
                steps[day : day + 1, company] += self.sign["C29"] * REACTS * rank[company]
                steps[day + 3 : day + 53, company] += self.sign["C30"] * DRIFTS / 50 * rank[company]

    def at(self, day: str) -> int:
        """The place of the last session by a day."""
        return max(0, int(self.sessions.searchsorted(pd.Timestamp(day), side="right")) - 1)

    def _earned(self, place: int, discount: float) -> np.ndarray:
        """(n,) earnings of twelve months with which small companies trade at a discount on a session."""
        value, inside = self.value[place], self.small & (self.listed <= max(place, self.start + 8))
        ratio = value[inside].sum() / (MULTIPLE * (1.0 - discount)) / (value * self.yields)[inside].sum()
        return np.asarray(value * self.yields * np.where(self.small, ratio, 1.0))

    def incomes(self) -> dict[int, np.ndarray]:
        """Year -> (4, n) net income by quarter: the discount is as planted at the ends of February and March."""
        usual, depth = USUAL[self.sign["C7"]], DEPTH[self.sign["C7"]]
        planned = {self.years[-1]: TODAY[self.sign["C6"]], self.years[-1] - 1: YEAR_AGO[self.sign["C28"]]}
        found: dict[int, np.ndarray] = {}
        last: np.ndarray | None = None
        for year in self.years:
            known = usual + depth * self.deep[year + 1]
            by_february = self._earned(self.at(f"{pd.Period(f'{year + 1}-02').end_time:%Y-%m-%d}"), known)
            before = by_february / 4 if last is None else last
            three = np.tile((by_february - before) / 3, (3, 1))
            last = self._earned(self.at(f"{year + 1}-03-31"), known) - three.sum(axis=0)
            odd = planned.get(year)
            fourth = last if odd is None else self._earned(self.at(f"{year + 1}-03-31"), odd) - three.sum(axis=0)
            found[year] = np.vstack([three, fourth]) + self._beyond(year)
        return found

    def _beyond(self, year: int) -> np.ndarray:
        value = self.value[self.at(f"{year}-03-31")]
        return np.stack([self.surprises[year, quarter] * value for quarter in range(4)])

    def sales(self, year: int) -> np.ndarray:
        """(n,) sales of a year: the market value of March over the price to sales that was planted."""
        place = self.at(f"{year + 1}-03-31")
        multiple = -0.6 * self.sign["C20"] * self.trait["floating"]
        multiple = multiple - (1.5 * self.loser if self.sign["C8"] > 0 else 0.8 * self.small)
        alone = self.own[: place + 1].sum(axis=0)
        noise = 0.003 * self.random.normal(size=self.n) if self.sign["C34"] > 0 else -alone
        return np.asarray(self.value[place] / np.exp(multiple) * np.exp(noise))

    def world(self) -> World:
        """The world, told as a folder would."""
        securities = pd.concat([self._living(), self._dead()])
        securities["name"] = securities["ticker"] + " Works"
        shown = self.sessions[self.start :]
        facts = pd.concat([facts_of(self), facts_of_dead(self, securities)], ignore_index=True)
        facts["cik"] = facts["asset"].map(securities["cik"])
        facts = facts.sort_values(["asset", "filed", "accession"], kind="stable", ignore_index=True)
        members = securities.index[: self.n][self.small]
        members = pd.DataFrame({"index": "Russell 2000", "asset": members, "start": shown[0], "end": pd.NaT})
        series = series_rows(shown, self.policy, self.sign, self.random)
        return World(securities, self._prices(securities), facts, series, members, shown[0], shown[-1])

    def _living(self) -> pd.DataFrame:
        number = np.arange(self.n)
        return pd.DataFrame(
            {
                "asset": [f"L{n:05d}" for n in number],
                "ticker": [_ticker(n) for n in number],
                "cik": FIRST_CIK + number,
                "exchange": np.where(number % 2, "NYSE", "NASDAQ"),
                "sic": np.array(INDUSTRIES)[number % len(INDUSTRIES)],
                "security_type": "common",
                "first_session": self.sessions[self.listed],
                "last_session": pd.NaT,
                "exit_reason": None,
                "exit_return": np.nan,
            }
        ).set_index("asset", drop=False)

    def _dead(self) -> pd.DataFrame:
        """Those who left: nobody has their prices, the forms tell the day and the reason."""
        shown = self.sessions[self.start + 5 : -10]
        count = round(EXITS_A_YEAR[self.sign["C9"]] * len(shown) / 252)
        merged = np.arange(count) < round(MERGED[self.sign["C17"]] * count)
        number = self.n + np.arange(count)
        reason = np.where(self.random.permutation(merged), "merger", "distress")
        return pd.DataFrame(
            {
                "asset": [f"X{n:05d}" for n in number],
                "ticker": [_ticker(n) for n in number],
                "cik": FIRST_DEAD + number,
                "exchange": "NYSE",
                "sic": INDUSTRIES[0],
                "security_type": "common",
                "first_session": self.sessions[self.start],
                "last_session": np.sort(self.random.choice(shown.to_numpy(), count)),
                "exit_reason": reason,
                "exit_return": 0.0,
            }
        ).set_index("asset", drop=False)

    def _prices(self, securities: pd.DataFrame) -> pd.DataFrame:
        rows = []
        for place, asset in enumerate(securities.index[: self.n]):
            first = self.listed[place]
            close = self.close[first:, place]
            change = np.append(np.nan, close[1:] / close[:-1] - 1.0)
            rows.append(_bars(asset, self.sessions[first:], close, change))
        # A closing price of the dead is what their mergers are paid by; it is served to nobody.
        dead = securities.index[self.n :]
        if len(dead):
            rows.append(_bars(dead, self.sessions[[self.start] * len(dead)], np.full(len(dead), 25.0), np.nan))
        return pd.concat(rows, ignore_index=True)


def _bars(asset: object, sessions: pd.DatetimeIndex, close: np.ndarray, change: object) -> pd.DataFrame:
    bar = dict.fromkeys(("open", "high", "low", "close"), close)
    return pd.DataFrame({"asset": asset, "session": sessions, **bar, "volume": 1_000_000, "total_return": change})


def _ticker(number: int) -> str:
    letters = "".join(chr(ord("A") + number // 26**place % 26) for place in (2, 1, 0))
    return f"Q{letters}"
