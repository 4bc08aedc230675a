"""Who is a small cap on a date: the candidates a screen chooses from.

Every universe rule is a column of pass or fail by date and asset, kept by name, so that `explain` can say which
one dropped a name and coverage can say how often a rule could not be applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field, WithJsonSchema, field_validator, model_validator

from active_edge.config import StrictModel
from active_edge.market import Market
from active_edge.market.classes import COMPANY_TYPES
from active_edge.panel import Panel
from active_edge.sectors import SECTORS, UNKNOWN, sectors_of
from active_edge.words import exact, nearest

# The schemas are for editors; the validators below check the same and have words for it.
RankRange = Annotated[
    list[int],
    WithJsonSchema({"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2}),
]
Sector = Annotated[str, WithJsonSchema({"type": "string", "enum": list(SECTORS)})]


NO_RANK = "the closes of this market are adjusted, so that closes times shares are no market value"
"""Why a market has no ranks by value."""


class UniverseRules(StrictModel):
    """Which assets are candidates on a decision date; a rule that is not given does not apply.

    The value rank counts companies, largest first, among those that pass the rules on kind of security only.
    """

    cap_rank: RankRange | None = None
    min_price: float | None = Field(default=None, ge=0)
    min_dollar_volume: float | None = Field(default=None, ge=0)
    min_sessions_listed: int | None = Field(default=None, ge=1)
    sectors: list[Sector] | None = None
    exclude_sectors: list[Sector] | None = None
    missing_sector: Literal["fail", "pass"] = "fail"
    members: str | None = None
    companies_only: bool = True

    @field_validator("cap_rank")
    @classmethod
    def _rank_range(cls, value: list[int] | None) -> list[int] | None:
        if value is not None and (len(value) != 2 or not 1 <= value[0] <= value[1]):
            raise ValueError(f"{value} is not a range of ranks; give [first, last] with 1 <= first <= last")
        return value

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
    limit : (n_dates,) float; the number compared with; NaN where the rule has none.
    passed : (n_dates, n_assets) bool.
    known : (n_dates, n_assets) bool; False where the value is missing, whatever that counts as.
    """

    name: str
    bound: str
    values: np.ndarray
    limit: np.ndarray
    passed: np.ndarray
    known: np.ndarray


@dataclass(frozen=True)
class Universe:
    """Candidates on each decision date.

    Attributes
    ----------
    mask : (n_dates, n_assets) bool; the candidates.
    rules : the universe rules in the order applied.
    cap_rank : (n_dates, n_assets) float; 1 = largest company; NaN where value is unknown.
    sectors : (n_assets,) object; sector names, ``unknown`` where the SIC code is.
    """

    mask: np.ndarray
    rules: tuple[Rule, ...]
    cap_rank: np.ndarray
    sectors: np.ndarray


def select_universe(rules: UniverseRules, panel: Panel) -> Universe:
    """Candidates by the rules on every date of the panel.

    Timing: prices, volumes, values, listings and memberships known at the close of each date.
    """
    market = panel.market
    shape = (len(panel.dates), len(market.assets))
    sectors = sectors_of(market.securities["sic"])
    outcomes = [_listed(panel)]
    if rules.companies_only:
        company = _company(panel)
        outcomes += [company, _main_class(panel, company.passed)]
    eligible = np.logical_and.reduce([rule.passed for rule in outcomes])
    cap_rank = _cap_rank(panel, eligible)
    if rules.members is not None:
        inside = np.array([members_on(market, rules.members, date) for date in panel.dates])
        outcomes.append(_flag("members", f"in {rules.members}", inside))
    if rules.cap_rank is not None:
        rule = _between("cap_rank", cap_rank, rules.cap_rank[0], rules.cap_rank[1])
        outcomes.append(replace(rule, bound=f"{rule.bound}; no rank: {NO_RANK}") if market.adjusted_closes else rule)
    minimums: Mapping[str, tuple[float | None, np.ndarray]] = {
        "min_price": (rules.min_price, panel.close()),
        "min_dollar_volume": (rules.min_dollar_volume, panel.dollar_volume()),
        "min_sessions_listed": (rules.min_sessions_listed, _age(panel)),
    }
    outcomes += [_between(name, v, bound, np.inf) for name, (bound, v) in minimums.items() if bound is not None]
    if rules.sectors or rules.exclude_sectors:
        outcomes.append(_sector(rules, sectors, shape))
    mask = np.logical_and.reduce([rule.passed for rule in outcomes])
    for array in (mask, cap_rank, sectors):
        array.setflags(write=False)
    return Universe(mask, tuple(outcomes), cap_rank, sectors)


def _cap_rank(panel: Panel, eligible: np.ndarray) -> np.ndarray:
    """Ranks by market value; none at all in a market whose closes are adjusted, for there they are no ranks."""
    if panel.market.adjusted_closes:
        return np.full(panel.shape, np.nan)
    return value_rank(panel.market_value(), eligible)


def members_on(market: Market, index: str, date: pd.Timestamp) -> np.ndarray:
    """(n_assets,) bool; members of an index known on a date, nobody in a market that does not know the index."""
    if index not in market.index_names:
        return np.zeros(len(market.assets), dtype=bool)
    return market.members(index, date)


def value_rank(market_value: np.ndarray, eligible: np.ndarray) -> np.ndarray:
    """Rank by value on each date, 1 = largest; ties keep column order.

    Parameters
    ----------
    market_value : (n_dates, n_assets) float USD; NaN missing.
    eligible : (n_dates, n_assets) bool; the others are not counted and get NaN.
    """
    ranks = np.full(market_value.shape, np.nan)
    for row, (values, use) in enumerate(zip(market_value, eligible & np.isfinite(market_value), strict=True)):
        columns = np.flatnonzero(use)
        order = columns[np.argsort(-values[columns], kind="stable")]
        ranks[row, order] = np.arange(1, len(order) + 1)
    return ranks


def _age(panel: Panel) -> np.ndarray:
    """Sessions since listing; a name already trading when the data begin counts as seasoned, for most are."""
    age = panel.sessions_since_listing()
    return np.where(panel.listing_seen()[None, :], age, np.where(np.isnan(age), np.nan, np.inf))


def _flag(name: str, bound: str, passed: np.ndarray, known: np.ndarray | None = None) -> Rule:
    known = np.ones_like(passed) if known is None else known
    return Rule(name, bound, np.where(known, passed, np.nan), np.full(len(passed), np.nan), passed, known)


def _between(name: str, values: np.ndarray, low: float, high: float) -> Rule:
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        passed = known & (values >= low) & (values <= high)
    lowest, highest = (exact(end, digits=12) for end in (low, high))
    bound = f">= {lowest}" if np.isinf(high) else f"{lowest} to {highest}"
    # The nearer end is what a failing name falls short of; ranks fall short at either end.
    return Rule(name, bound, values, np.full(len(values), low if np.isinf(high) else np.nan), passed, known)


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
    """One share class a company: the one with most dollar volume on the date, the first by name on a tie.

    `company` : (n_dates, n_assets) bool; what is no share of a company (a warrant, a unit) is no class of it.
    """
    market = panel.market
    passed = np.isfinite(panel.close())
    volume = np.nan_to_num(panel.dollar_volume(), nan=-1.0)
    for columns in market.companies:
        traded = np.where(passed[:, columns] & company[:, columns], volume[:, columns], -2.0)
        keep = traded.argmax(axis=1)
        passed[:, columns] &= np.arange(len(columns))[None, :] == keep[:, None]
    return _flag("main_class", "the company's most traded share class", passed)


def _sector(rules: UniverseRules, sectors: np.ndarray, shape: tuple[int, int]) -> Rule:
    known = sectors != UNKNOWN
    if rules.sectors:
        allowed, bound = np.isin(sectors, rules.sectors), f"in {', '.join(rules.sectors)}"
    else:
        excluded = rules.exclude_sectors or []
        allowed, bound = ~np.isin(sectors, excluded), f"not in {', '.join(excluded)}"
    passed = np.where(known, allowed, rules.missing_sector == "pass")
    return _flag("sector", bound, np.broadcast_to(passed, shape).copy(), np.broadcast_to(known, shape).copy())
