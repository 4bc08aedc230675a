"""Claims as data: what each says, how it is measured, what it needs, what would refute it, what is published."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from active_edge.article.families import MODULES
from active_edge.article.ground import ITEMS
from active_edge.article.statistics import ALPHA, STATISTICS, GroundStatistic, OwnStatistic
from active_edge.config import StrictModel, load_model
from active_edge.shipped import find_file, shipped_folder
from active_edge.words import nearest

NAME = r"^[a-z][a-z0-9_]*$"
PUBLISHED = {"for": "For", "against": "Against", "mixed": "Mixed"}
STRATEGIES = "strategies"
"""The shipped file of the claims that strategies test."""
ARTICLE = "article"
"""The shipped file of the article's claims, all of them."""


def _statistic(name: str) -> str:
    try:
        STATISTICS.find(name)
    except KeyError:
        raise ValueError(STATISTICS.remedy(name)) from None
    return name


StatisticName = Annotated[str, AfterValidator(_statistic)]
Given = Annotated[str, Field(min_length=1)] | int | float


class Published(StrictModel):
    """One thing known before any test of ours.

    Attributes
    ----------
    says : whether it speaks for the claim, against it, or for both or neither (`mixed`).
    text : what was found, in a clause.
    source : who found it. date : year, or year and month, of the source.
    """

    says: Literal["for", "against", "mixed"]
    text: str = Field(min_length=1)
    source: str = Field(min_length=1)
    date: str = Field(pattern=r"^\d{4}(-\d{2}){0,2}$")


class Claim(StrictModel):
    """One claim of a thesis.

    Attributes
    ----------
    name : identifier, unique in its file.
    statement : the claim in one sentence that can be true or false.
    strategy : the strategy that tests it; empty where no strategy can.
    needs : what a market must hold for the test, in words a user can act on.
    published : what was known before any test of ours, with its source.
    finding : the evidence test on published returns that speaks to the same claim; empty where none does.
    statistic : how it is measured, a name of `statistics.STATISTICS`; `alpha` takes the verdict of its strategy's run.
    stand_ins : statistics that speak to it where the first lacks its tables, in the order they are tried; each stands
        in for part of the claim only, and the answer says so.
    id, family : its number and group in the article.
    hypothesis : what is tested, in the words of a statistician.
    given : what the statistic is given beside the data, such as dates.
    holds : side of `than` on which the claim lies, or `between` for a level.
    than : the value it is held against; two of them, lower and upper, where it `holds` between.
    worth : the smallest effect beyond `than` worth having: the claim is refuted where all of it is excluded.
    dated : whether it speaks of days that happened; no simulated market has them.
    items : tables of `ground.ITEMS` it needs for the whole of it.
    refuted_by : what would refute it, in a sentence.
    strategies : those of its family whose runs speak to it.
    """

    name: str = Field(pattern=NAME)
    statement: str = Field(min_length=1)
    needs: str = Field(min_length=1)
    published: Annotated[str, Field(min_length=1)] | list[Published]
    strategy: str = Field(default="", pattern=rf"{NAME}|^$")
    finding: str = Field(default="", pattern=rf"{NAME}|^$")
    statistic: StatisticName = ALPHA
    stand_ins: list[StatisticName] = Field(default_factory=list)
    id: str = Field(default="", pattern=r"^[A-Z][0-9]+$|^$")
    family: str = Field(default="", pattern=rf"{NAME}|^$")
    hypothesis: str = ""
    given: dict[str, Given] = Field(default_factory=dict)
    holds: Literal["above", "below", "between"] = "above"
    than: float | list[float] = 0.0
    worth: float = Field(default=0.0, ge=0.0)
    dated: bool = False
    items: list[str] = Field(default_factory=list)
    refuted_by: str = ""
    strategies: list[str] = Field(default_factory=list)

    @field_validator("items")
    @classmethod
    def _known_items(cls, items: list[str]) -> list[str]:
        for item in items:
            if item not in ITEMS:
                raise ValueError(f"no table is named {item}; {nearest(item, ITEMS)}")
        return items

    @model_validator(mode="after")
    def _two_ends_where_between(self) -> Claim:
        two = isinstance(self.than, list)
        if two != (self.holds == "between"):
            raise ValueError("a claim that holds between takes two values of than, lower and upper; any other one")
        if isinstance(self.than, list) and (len(self.than) != 2 or self.than[0] >= self.than[1]):
            raise ValueError(f"than: {self.than}; give two values, the lower first")
        return self

    @model_validator(mode="after")
    def _given_what_it_takes(self) -> Claim:
        made = STATISTICS.find(self.statistic)
        if isinstance(made, GroundStatistic):
            try:
                signature(made.function).bind(None, **self.given)
            except TypeError as error:
                raise ValueError(f"given: {error}, for the statistic {self.statistic}") from None
        elif self.given:
            raise ValueError(f"given: the statistic {self.statistic} takes nothing; leave the key out")
        return self

    @field_validator("family")
    @classmethod
    def _known_family(cls, family: str) -> str:
        if family and family not in MODULES:
            raise ValueError(f"no family is named {family}; {nearest(family, MODULES)}")
        return family

    @property
    def known(self) -> str:
        """What was published before any test of ours, as sentences."""
        if isinstance(self.published, str):
            return self.published
        return " ".join(f"{PUBLISHED[one.says]}: {one.text} ({one.source}, {one.date})." for one in self.published)

    @property
    def on_run(self) -> bool:
        """Whether it is judged by the run of a strategy, and not on a ground."""
        made = STATISTICS.find(self.statistic)
        return not (isinstance(made, GroundStatistic) or (isinstance(made, OwnStatistic) and made.reads == "ground"))


class ClaimFile(StrictModel):
    """The content of a file of claims: what they are the claims of, and each of them in order."""

    name: str = Field(pattern=NAME)
    description: str = ""
    claims: list[Claim] = Field(min_length=1)

    @field_validator("claims")
    @classmethod
    def _each_name_once(cls, claims: list[Claim]) -> list[Claim]:
        names = [claim.name for claim in claims]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two claims are named {twice}; give each its own name")
        return claims


def load_claims(given: str | Path | None = None) -> tuple[Claim, ...]:
    """The claims of a YAML file, in its order.

    Parameters
    ----------
    given : a path, or a name as `find_file` understands it; None are the claims that shipped strategies test.

    Raises
    ------
    ConfigError : everything wrong with the file, each with its line.
    """
    if given is None:
        return _shipped()
    return tuple(load_model(find_file(given, "claims"), ClaimFile).claims)


@cache
def _shipped() -> tuple[Claim, ...]:
    return tuple(load_model(shipped_folder("claims") / f"{STRATEGIES}.yaml", ClaimFile).claims)


def claims_of_strategy(strategy: str, claims: Sequence[Claim] | None = None) -> tuple[Claim, ...]:
    """The claims that a strategy tests, among `claims` (default the shipped ones); empty where it tests none."""
    chosen = load_claims() if claims is None else claims
    return tuple(claim for claim in chosen if claim.strategy and claim.strategy == strategy)
