"""Which stocks: required rules and a ranking over the universe, as a YAML file says it.

A screen never looks at a price or a fact itself: it asks factors, and factors ask the `Panel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from active_edge.arguments import checked, one_of
from active_edge.config import StrictModel, load_model
from active_edge.errors import ConfigError
from active_edge.evaluation import evaluate, on_session
from active_edge.explaining.names import explain_name
from active_edge.factors import FACTORS, Factor, item_factor
from active_edge.factors.abbreviations import meaning_of, unknown_factor
from active_edge.factors.definition import Good
from active_edge.factors.units import doubtful, implausible
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.scales import MARKET_VALUE
from active_edge.schema import ITEMS
from active_edge.shipped import find_file
from active_edge.universe import UniverseRules


class Bound(StrictModel):
    """The condition of one required rule; every bound given must hold.

    ``quantile_min: 0.2`` asks for a value at or above the 20 % quantile of the universe on that date.
    """

    min: float | None = None
    max: float | None = None
    quantile_min: float | None = Field(default=None, ge=0, le=1)
    quantile_max: float | None = Field(default=None, ge=0, le=1)
    missing: Literal["fail", "pass"] = "fail"

    @model_validator(mode="after")
    def _some_bound(self) -> Bound:
        if self.limits() == {}:
            raise ValueError("a rule needs min, max, quantile_min or quantile_max")
        for low, high in (("min", "max"), ("quantile_min", "quantile_max")):
            if None not in (getattr(self, low), getattr(self, high)) and getattr(self, low) > getattr(self, high):
                raise ValueError(f"{low} {getattr(self, low)} is above {high} {getattr(self, high)}; nothing passes")
        return self

    def limits(self) -> dict[str, float]:
        """The bounds that are given, by name."""
        return {k: v for k, v in self.model_dump(exclude={"missing"}).items() if v is not None}


class Selection(StrictModel):
    """Enter at rank <= top, leave past keep_until (default: top)."""

    top: int = Field(ge=1)
    keep_until: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _keep_below_top(self) -> Selection:
        if self.keep_until is not None and self.keep_until < self.top:
            raise ValueError(f"keep_until {self.keep_until} is below top {self.top}; it must be at least top")
        return self


class ItemRules(StrictModel):
    """How an item of the market is read where a screen names it as a factor: the newest figure filed by the date."""

    good: Good = "none"
    max_age_days: int | None = Field(default=None, ge=1)
    unit: str = ""


def _own_item(name: str) -> str:
    if FACTORS.knows(name):
        raise ValueError(f"{name!r} is a factor; items are names that a market holds and no factor has")
    return name


def _factor(name: str, info: ValidationInfo) -> str:
    if name in info.data.get("items", {}):
        return name
    try:
        FACTORS.find(name)
    except KeyError:
        own = {*(info.context or {}).get("items", ())} - {*ITEMS}
        remedy = unknown_factor(name, also=own)
        known = "did you mean" in remedy or meaning_of(name)
        item = "" if known else f"; an item of your own market is declared: items: {{{name}: {{}}}}"
        raise ValueError(remedy + item) from None
    return name


def _in_known_unit(name: str, items: Mapping[str, ItemRules]) -> Factor | None:
    """A factor whose unit says where thresholds lie; an item's does only where it is in dollars."""
    if name not in items:
        return FACTORS.find(name)
    unit = items[name].unit or (MARKET_VALUE if name.endswith("_usd") else "")
    return item_factor(name, unit=unit) if unit.startswith(MARKET_VALUE) else None


def _ranking_factor(name: str, info: ValidationInfo) -> str:
    items = info.data.get("items", {})
    if _factor(name, info) in items and items[name].good == "none":
        raise ValueError(
            f"{name} is an item, and nobody knows which end of it is good; say it: items: {{{name}: {{good: high}}}} "
            "or {good: low}, or use it under require"
        )
    if name not in items and FACTORS.find(name).good == "none":
        raise ValueError(f"{name} has no good direction, so it cannot rank; use it under require")
    return name


def _weight(value: float) -> float:
    if value <= 0:
        raise ValueError(f"weight {value:g} must be above 0; the factor itself says which end is good")
    return value


Weight = Annotated[float, AfterValidator(_weight), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})]
Rules = dict[Annotated[str, AfterValidator(_factor)], Bound]
Ranking = dict[Annotated[str, AfterValidator(_ranking_factor)], Weight]


class Screen(StrictModel):
    """A quality screen: universe, required rules, ranking, how many."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    universe: UniverseRules = UniverseRules()
    items: dict[Annotated[str, AfterValidator(_own_item)], ItemRules] = Field(default_factory=dict)
    require: Rules = Field(default_factory=dict)
    require_any: Rules = Field(default_factory=dict)
    rank: Ranking = Field(default_factory=dict)
    rank_within: Literal["universe", "sector"] = "universe"
    select: Selection | None = None

    @model_validator(mode="before")
    @classmethod
    def _items_named(cls, content: Any, info: ValidationInfo) -> Any:
        """Write the items out that a rule names: those every market may have, and those of the market in hand."""
        if not isinstance(content, dict) or not isinstance(content.get("items", {}), dict):
            return content
        held = {*ITEMS, *(info.context or {}).get("items", ())}
        parts = [content.get(part) for part in ("require", "require_any", "rank")]
        named = [name for part in parts if isinstance(part, dict) for name in part]
        found: dict[str, Any] = {n: {} for n in named if isinstance(n, str) and n in held and not FACTORS.knows(n)}
        return {**content, "items": {**found, **content.get("items", {})}} if found else content

    @field_validator("require", "require_any")
    @classmethod
    def _in_the_units_of_factors(cls, rules: dict[str, Bound], info: ValidationInfo) -> dict[str, Bound]:
        items = info.data.get("items", {})
        found = [
            InitErrorDetails(type=PydanticCustomError("implausible", said), loc=(name, key), input=value)
            for name, bound in rules.items()
            if (factor := _in_known_unit(name, items)) is not None
            for key, value, said in implausible(factor, bound.limits())
        ]
        if found:
            raise ValidationError.from_exception_data("rules", found)
        return rules

    @model_validator(mode="after")
    def _selection_needs_ranks(self) -> Screen:
        if self.select is not None and not self.rank:
            raise ValueError("select needs rank: without a ranking there is no top")
        return self

    def legs(self) -> tuple[str, ...]:
        """Names of the legs: each required rule, the group of alternatives, each rank term."""
        group = ("require_any",) if self.require_any else ()
        return tuple(dict.fromkeys((*self.require, *group, *self.rank)))

    def factors(self) -> tuple[str, ...]:
        """Names of all factors the screen uses, required ones first."""
        return tuple(dict.fromkeys((*self.require, *self.require_any, *self.rank)))

    def doubts(self) -> list[str]:
        """Bounds that are allowed and hardly meant, each as ``require.factor.min: 1 is 100 %; did you mean 0.01?``."""
        parts = (("require", self.require), ("require_any", self.require_any))
        return [
            f"{part}.{name}.{key}: {said}"
            for part, rules in parts
            for name, bound in rules.items()
            if (factor := _in_known_unit(name, self.items)) is not None
            for key, said in doubtful(factor, bound.limits())
        ]

    @checked
    def definition(self, name: str) -> Factor:
        """The factor that a name of the screen means."""
        if name in self.items:
            rules = self.items[name]
            return item_factor(name, rules.good, rules.unit, rules.max_age_days)
        if not FACTORS.knows(name):
            raise ConfigError(unknown_factor(name, also=self.items))
        return FACTORS.find(name)

    def strict_rules(self) -> frozenset[str]:
        """Names of the rules and rank terms that a missing value fails, among them ``sector``."""
        lenient = {n for n, b in (*self.require.items(), *self.require_any.items()) if b.missing == "pass"}
        sector = {"sector"} if self.universe.missing_sector == "fail" else set()
        return frozenset((set(self.factors()) - lenient) | set(self.rank) | sector)

    @checked
    def without(self, leg: str) -> Screen:
        """The same screen with one leg taken out; with no rank term left, all that pass are members."""
        one_of(self.name, "leg", leg, self.legs())
        rank = {name: weight for name, weight in self.rank.items() if name != leg}
        return self.model_copy(
            update={
                "require": {name: bound for name, bound in self.require.items() if name != leg},
                "require_any": {} if leg == "require_any" else self.require_any,
                "rank": rank,
                "select": self.select if rank else None,
            }
        )

    @checked
    def members(self, market: Market, on: str | pd.Timestamp) -> pd.DataFrame:
        """Names the screen selects on one date, best first.

        Returns
        -------
        (n_members, ...) frame: asset, ticker, name, sector, score and rank (NaN without a ranking), cap_rank,
        market_value (USD), every factor of the screen, data_age_days (oldest figure behind any of them; NaN for prices
        alone).
        Timing: facts filed and prices printed by the close of the date.
        """
        panel = Panel(market, on_session(market, on))
        return evaluate(self, panel).members_frame(0)

    @checked
    def explain(self, market: Market, on: str | pd.Timestamp, ticker: str) -> pd.DataFrame:
        """Every rule for one name, as `explaining.names.explain_name`: value, bound, passed, short by how much, age.

        Raises
        ------
        MissingInput : no asset has that ticker on that date.
        """
        panel = Panel(market, on_session(market, on))
        return explain_name(evaluate(self, panel), 0, market.asset_of(ticker, panel.dates[0]))


@checked
def load_screen(path: str | Path, market: Market | None = None) -> Screen:
    """The screen in a YAML file; every error of the file at once as `ConfigError`.

    Parameters
    ----------
    path : a file, or a bare name: ``avoid_junk`` is ``screens/avoid_junk.yaml`` here, else the shipped screen.
    market : one whose own items the file may name as factors without declaring them.
    """
    return load_model(find_file(path, "screens"), Screen, context={"items": market.items if market else frozenset()})
