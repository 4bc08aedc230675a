"""Who is a small cap on a date: the candidates a screen chooses from.

Every universe rule is a column of pass or fail by date and asset, kept by name, so that `explain` can say which
one dropped a name and coverage can say how often a rule could not be applied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, ValidationInfo, WithJsonSchema, field_validator, model_validator

from active_edge.config import StrictModel, called
from active_edge.crosssection import places
from active_edge.errors import MissingInput
from active_edge.market.classes import COMPANY_TYPES
from active_edge.market.tickers import columns_named
from active_edge.panel import Panel
from active_edge.panel.sectors import Sectors, sectors_on
from active_edge.scales import TRADED_DOLLARS
from active_edge.sectors import SECTORS, UNKNOWN
from active_edge.size_band import NO_RANK, SizeBand, SizeRules, settled, size_bands
from active_edge.words import exact, nearest

DAILY_PRICES = "daily_prices"
"""The rule by which names with weekly or monthly prices are no candidates, though ranks and indices count them."""
# The schema is for editors; the validator below checks the same and has words for it.
Sector = Annotated[str, WithJsonSchema({"type": "string", "enum": list(SECTORS)})]


class Exclusion(StrictModel):
    """A name that may not be chosen for a while: on a restricted list, or by an analyst's veto."""

    ticker: str = Field(min_length=1)
    since: str | None = None
    """First day, as 2016-06-30; default from the start."""
    until: str | None = None
    """Last day; default for good."""
    reason: str = ""

    @field_validator("since", "until")
    @classmethod
    def _days(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                day = date.fromisoformat(value)
            except ValueError:
                raise ValueError(f"{value!r} is not a date; write it as 2016-06-30") from None
            if value != day.isoformat():  # Days are compared as text, so there is one way to write them.
                raise ValueError(f"{value!r} is not written as dates are; write it as {day.isoformat()}")
        return value

    @field_validator("until")
    @classmethod
    def _in_order(cls, value: str | None, info: ValidationInfo) -> str | None:
        since = info.data.get("since")
        if value and since and value < since:
            raise ValueError(f"{value} is before {called('since', info.context)} {since}")
        return value

    def covers(self, day: str) -> bool:
        """Whether it holds on a day, as 2016-06-30."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def said(self) -> str:
        """Its days and its reason: ``excluded since 2023-01-01: restricted``."""
        days = {
            (True, True): f" from {self.since} to {self.until}",
            (True, False): f" since {self.since}",
            (False, True): f" until {self.until}",
            (False, False): "",
        }[self.since is not None, self.until is not None]
        reason = " ".join(self.reason.split())
        return f"excluded{days}{': ' if reason else ''}{reason}"


class UniverseRules(SizeRules):
    """Which assets are candidates on a decision date; a rule that is not given does not apply.

    The value rank counts companies, largest first, among those that pass the rules on kind of security only.
    """

    min_price: float | None = Field(default=None, ge=0)
    min_dollar_volume: Annotated[float, Field(ge=0), TRADED_DOLLARS] | None = None
    min_sessions_listed: int | None = Field(default=None, ge=1)
    sectors: list[Sector] | None = None
    exclude_sectors: list[Sector] | None = None
    missing_sector: Literal["fail", "pass"] = "pass"
    companies_only: bool = True
    exclude: list[Exclusion] | None = None

    @field_validator("sectors", "exclude_sectors")
    @classmethod
    def _known_sectors(cls, value: list[str] | None) -> list[str] | None:
        for name in value or ():
            if name not in SECTORS:
                raise ValueError(f"{name!r} is no sector; {nearest(name, SECTORS)}")
        return value

    @model_validator(mode="after")
    def _one_sector_list(self) -> UniverseRules:
        if self.sectors and self.exclude_sectors:
            raise ValueError("give sectors or exclude_sectors, not both")
        return self


@dataclass(frozen=True)
class Rule:
    """One yes-or-no rule on every date and asset.

    Attributes
    ----------
    name : the factor or universe key.
    bound : the condition in words, such as ``>= 3.0``.
    values : (n_dates, n_assets) float; what was compared, NaN missing.
    limit : (n_dates,) float; the number compared with; NaN where the rule has none, or two.
    passed : (n_dates, n_assets) bool.
    known : (n_dates, n_assets) bool; False where the value is missing, whatever that counts as.
    ends : (n_dates,) float, twice; the least and the largest value that pass; None of a rule without two limits.
    why : by date, column -> why that name fails, in words; empty of a rule whose value says it.
    """

    name: str
    bound: str
    values: np.ndarray
    limit: np.ndarray
    passed: np.ndarray
    known: np.ndarray
    ends: tuple[np.ndarray, np.ndarray] | None = None
    why: tuple[Mapping[int, str], ...] = ()


@dataclass(frozen=True)
class Universe:
    """Candidates on each decision date.

    Attributes
    ----------
    mask : (n_dates, n_assets) bool; the candidates.
    rules : the universe rules in the order applied.
    cap_rank : (n_dates, n_assets) float; 1 = largest company; NaN where value is unknown.
    industry : the sectors on each date, and by what scheme.
    size : the rule that says how large companies are; None without any.
    settled : the rules with what `small_caps` stands for on these dates in its place.
    """

    mask: np.ndarray
    rules: tuple[Rule, ...]
    cap_rank: np.ndarray
    industry: Sectors
    size: SizeBand | None
    settled: UniverseRules

    @property
    def sectors(self) -> np.ndarray:
        """(n_dates, n_assets) object; sector names as of each date, ``unknown`` where nobody told one by then."""
        return self.industry.names


def select_universe(rules: UniverseRules, panel: Panel, *, traded: bool = True) -> Universe:
    """Candidates by the rules on every date of the panel.

    `traded` : names with weekly or monthly prices among daily ones are none; False for an index, which they belong to.

    Timing: prices, volumes, values, listings, sectors and memberships known at the close of each date.
    """
    small_caps = rules.small_caps
    rules = rules.model_copy(update=settled(rules, panel.market, panel.dates))
    industry = sectors_on(panel)
    outcomes = [_listed(panel)]
    if rules.companies_only:
        company = _company(panel)
        outcomes += [company, _main_class(panel, company.passed)]
    eligible = np.logical_and.reduce([rule.passed for rule in outcomes])
    cap_rank = _cap_rank(panel, eligible)
    if traded and panel.market.spacing == "daily":
        outcomes.append(_flag(DAILY_PRICES, "not weekly or monthly among daily ones", ~panel.sparse()))
    bands = size_bands(rules, panel, eligible, cap_rank, small_caps=small_caps)
    for band in bands:
        if band.key != "members":
            outcomes.append(_known(f"{band.key} known", "shares and price are known", band.known))
        outcomes.append(_sized(band, adjusted=bool(panel.market.adjusted_closes)))
    minimums: Mapping[str, tuple[float | None, np.ndarray]] = {
        "min_price": (rules.min_price, panel.close()),
        "min_dollar_volume": (rules.min_dollar_volume, panel.dollar_volume()),
        "min_sessions_listed": (rules.min_sessions_listed, _age(panel)),
    }
    for name, (bound, values) in minimums.items():
        if bound is not None:
            if name == "min_dollar_volume":
                outcomes.append(_known("min_dollar_volume known", "volume is known", ~np.isnan(values)))
            outcomes.append(_between(name, values, bound))
    if rules.sectors or rules.exclude_sectors:
        outcomes.append(_sector(rules, industry))
    if rules.exclude:
        outcomes.append(_not_excluded(rules.exclude, panel))
    mask = np.logical_and.reduce([rule.passed for rule in outcomes])
    for array in (mask, cap_rank):
        array.setflags(write=False)
    return Universe(mask, tuple(outcomes), cap_rank, industry, bands[0] if bands else None, rules)


def _cap_rank(panel: Panel, eligible: np.ndarray) -> np.ndarray:
    """Ranks by market value; none at all in a market whose closes are adjusted, for there they are no ranks."""
    if panel.market.adjusted_closes:
        return np.full(panel.shape, np.nan)
    return value_rank(panel, eligible)


def value_rank(panel: Panel, eligible: np.ndarray) -> np.ndarray:
    """Rank by market value on each date, 1 = largest; ties as `Panel.standing` breaks them.

    Parameters
    ----------
    eligible : (n_dates, n_assets) bool; the others are not counted and get NaN, as does who has no market value.
    """
    return places((-panel.standing(),), eligible & np.isfinite(panel.market_value()))


def excluded(exclusions: Sequence[Exclusion], panel: Panel) -> tuple[Mapping[int, str], ...]:
    """By date, column of each name that exclusions forbid -> every one of them in words.

    A ticker is that of whoever is listed on the date; one that nobody in the market has ever had excludes nobody:
    lists of the forbidden name many.
    """
    found = []
    for day in panel.dates:
        told: defaultdict[int, list[str]] = defaultdict(list)
        for one in exclusions:
            if one.covers(str(day.date())):
                with suppress(MissingInput):
                    for column in columns_named(panel.market, one.ticker, day).tolist():
                        told[column].append(one.said())
        found.append({column: "; ".join(dict.fromkeys(said)) for column, said in told.items()})
    return tuple(found)


def _not_excluded(exclusions: Sequence[Exclusion], panel: Panel) -> Rule:
    why, passed = excluded(exclusions, panel), np.ones(panel.shape, dtype=bool)
    for row, told in enumerate(why):
        passed[row, list(told)] = False
    return replace(_flag("exclude", "on no list of exclusions", passed), why=why)


def _age(panel: Panel) -> np.ndarray:
    """Sessions since listing; a name already trading when the data begin counts as seasoned, for most are."""
    age = panel.sessions_since_listing()
    return np.where(panel.listing_seen()[None, :], age, np.where(np.isnan(age), np.nan, np.inf))


def _flag(name: str, bound: str, passed: np.ndarray, known: np.ndarray | None = None) -> Rule:
    known = np.ones_like(passed) if known is None else known
    return Rule(name, bound, np.where(known, passed, np.nan), np.full(len(passed), np.nan), passed, known)


def _known(name: str, bound: str, known: np.ndarray) -> Rule:
    """A value that is there: for want of it a name fails by a rule of its own, not by the bound on the value."""
    return _flag(name, bound, known, known)


def _between(name: str, values: np.ndarray, low: float) -> Rule:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        passed = known & (values >= low)
    return Rule(name, f">= {exact(low, digits=12)}", values, np.full(len(values), low), passed, known)


def _sized(band: SizeBand, *, adjusted: bool) -> Rule:
    """A name falls short of a band at either end, so there is no one limit."""
    bound = f"{band.bound}; no rank: {NO_RANK}" if adjusted and band.key != "members" else band.bound
    return Rule(band.key, bound, band.values, np.full(len(band.values), np.nan), band.inside, band.known, band.ends)


def _listed(panel: Panel) -> Rule:
    return _flag("listed", "has a price on the date", np.isfinite(panel.close()))


def _company(panel: Panel) -> Rule:
    """A share of a company: of such a type, or of unknown type and with facts filed by the date."""
    types = panel.market.securities["security_type"]
    known = types.notna().to_numpy()
    is_share = types.isin(COMPANY_TYPES).to_numpy()
    passed = panel.has_facts() & np.where(known, is_share, True)[None, :]
    return _flag("company", "a common share or REIT with filed facts", passed)


def _main_class(panel: Panel, company: np.ndarray) -> Rule:
    """One share class a company: of those with daily prices the one with most dollar volume on the date.

    On a tie the longest listed, the dearest.

    `company` : (n_dates, n_assets) bool; what is no share of a company (a warrant, a unit) is no class of it. Classes
    equal in all of it both stay: nothing but a name could tell them apart.
    """
    market = panel.market
    passed = np.isfinite(panel.close())
    shares = passed & company
    daily = (~panel.sparse()).astype(np.float64)
    place = places((daily, panel.dollar_volume(), _age(panel), panel.close()), shares)
    place = np.nan_to_num(place, nan=np.inf)
    for columns in market.companies:
        passed[:, columns] &= place[:, columns] == place[:, columns].min(axis=1, keepdims=True)
    return _flag("main_class", "the company's most traded share class", passed)


def _sector(rules: UniverseRules, industry: Sectors) -> Rule:
    sectors = industry.names
    known = sectors != UNKNOWN
    if rules.sectors:
        allowed, bound = np.isin(sectors, rules.sectors), f"in {', '.join(rules.sectors)}"
    else:
        excluded = rules.exclude_sectors or []
        allowed, bound = ~np.isin(sectors, excluded), f"not in {', '.join(excluded)}"
    return _flag("sector", bound, np.where(known, allowed, rules.missing_sector == "pass"), known)
