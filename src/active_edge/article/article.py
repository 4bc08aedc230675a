"""The article's claims as data: what each says, which strategy tests it, what it needs, what is already published."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from active_edge.article.statistics import ALPHA, STATISTICS
from active_edge.config import StrictModel, load_model
from active_edge.shipped import find_file, shipped_folder

NAME = r"^[a-z][a-z0-9_]*$"


def _statistic(name: str) -> str:
    try:
        STATISTICS.find(name)
    except KeyError:
        raise ValueError(STATISTICS.remedy(name)) from None
    return name


class Claim(StrictModel):
    """One claim of the article.

    Attributes
    ----------
    name : identifier, unique in its file.
    statement : the claim in one sentence that can be true or false.
    strategy : the strategy that tests it; empty where no strategy can.
    needs : what a market must hold for the test, in words a user can act on.
    published : what was known before any test of ours, with its source.
    finding : the evidence test on published returns that speaks to the same claim; empty where none does.
    statistic : how the run of the strategy is measured, a name of `statistics.STATISTICS`.
    """

    name: str = Field(pattern=NAME)
    statement: str = Field(min_length=1)
    needs: str = Field(min_length=1)
    published: str = Field(min_length=1)
    strategy: str = Field(default="", pattern=rf"{NAME}|^$")
    finding: str = Field(default="", pattern=rf"{NAME}|^$")
    statistic: Annotated[str, AfterValidator(_statistic)] = ALPHA


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
    given : a path, or a name as `find_file` understands it; None is the shipped article.

    Raises
    ------
    ConfigError : everything wrong with the file, each with its line.
    """
    if given is None:
        return _article()
    return tuple(load_model(find_file(given, "claims"), ClaimFile).claims)


@cache
def _article() -> tuple[Claim, ...]:
    return tuple(load_model(shipped_folder("claims") / "article.yaml", ClaimFile).claims)


def claims_of_strategy(strategy: str, claims: Sequence[Claim] | None = None) -> tuple[Claim, ...]:
    """The claims that a strategy tests, among `claims` (default the article's); empty where it tests none."""
    chosen = load_claims() if claims is None else claims
    return tuple(claim for claim in chosen if claim.strategy and claim.strategy == strategy)
