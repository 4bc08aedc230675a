"""Who entered a screen between two dates and who left it: by which rule, and by which filing or price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from active_edge.evaluation import Evaluation
from active_edge.explaining.steps import Step, steps_of
from active_edge.panel.filed import filed_between
from active_edge.words import date

SHARES = frozenset({"shares_outstanding", "shares_diluted"})
"""Items behind market value, and so behind the rank by it."""
_OF_FILING = ("filed", "form", "accession", "item", "period_end")
_BY_VALUE = frozenset({"cap_rank", "market_value"})


@dataclass(frozen=True)
class RuleChange:
    """One rule that an asset passes on one date and fails on the other.

    Attributes
    ----------
    before, after : the value in words on either date; value_before, value_after : as numbers, NaN where not known.
    bound_before, bound : the condition on the earlier and on the later date; a quantile moves.
    by : what moved it, in words: a filing, the bound, the list of exclusions, or prices.
    filed, form, accession, item, period_end : of the latest filing that told an item behind it; None where none was
        filed between the dates.
    """

    part: str
    rule: str
    before: str
    after: str
    value_before: float
    value_after: float
    bound_before: str
    bound: str
    by: str
    filed: str | None = None
    form: str | None = None
    accession: str | None = None
    item: str | None = None
    period_end: str | None = None


@dataclass(frozen=True)
class NameChange:
    """One asset that is a member on one of two dates, with every rule that made it one or no more."""

    change: Literal["entered", "left"]
    asset: str
    ticker: str
    name: str | None
    rules: tuple[RuleChange, ...]


def member_changes(evaluation: Evaluation) -> list[NameChange]:
    """Who entered and who left between the two dates of an evaluation, entered first, each by ticker.

    Members of each date are those of that date by itself, as `Screen.members` tells them: a buffer (``keep_until``)
    needs the whole history of a strategy, and has none here.
    """
    first, last = (steps_of(evaluation, row) for row in (0, 1))
    was, now = (np.logical_and.reduce([step.passed for step in steps]) for steps in (first, last))
    moved = np.flatnonzero(was != now)
    filed = filed_between(evaluation.panel, _items(evaluation), moved.tolist(), (0, 1))
    by_column = dict(tuple(filed.groupby("column")))
    listing, assets = evaluation.panel.market.securities, evaluation.panel.market.assets
    found = []
    for column in moved.tolist():
        told = by_column.get(column, filed.iloc[:0])
        named = listing["name"].iloc[column]
        found.append(
            NameChange(
                "entered" if now[column] else "left",
                str(assets[column]),
                str(listing["ticker"].iloc[column]),
                str(named) if pd.notna(named) else None,
                tuple(_changed(evaluation, first, last, column, told)),
            )
        )
    return sorted(found, key=lambda name: (name.change, name.ticker, name.asset))


def _items(evaluation: Evaluation) -> list[str]:
    """Every item that a rule of the screen reads."""
    definitions = evaluation.definitions.values()
    return sorted({item for factor in definitions for item in factor.items_on(evaluation.panel)} | SHARES)


def _changed(
    evaluation: Evaluation, first: list[Step], last: list[Step], column: int, told: pd.DataFrame
) -> Iterator[RuleChange]:
    """Every rule that an asset passes on one date alone.

    Without a price nothing else is known, and whoever fails a rule has no place in the ranking: those follow.
    """
    pairs = [(a, b) for a, b in zip(first, last, strict=True) if a.passed[column] != b.passed[column]]
    listing = [pair for pair in pairs if pair[0].rule == "listed"]
    others = [pair for pair in pairs if pair[0].part != "select"]
    for before, after in listing or others or pairs:
        filing = _filing(evaluation, before, told)
        yield RuleChange(
            after.part,
            after.rule,
            before.said(column),
            after.said(column),
            float(before.values[column]),
            float(after.values[column]),
            before.bound,
            after.bound,
            _by(before, after, column, filing),
            *(None if filing is None else _text(getattr(filing, key)) for key in _OF_FILING),
        )


def _filing(evaluation: Evaluation, step: Step, told: pd.DataFrame) -> Any:
    """The latest filing between the dates that told an item behind a rule; None where there is none."""
    panel, screen = evaluation.panel, evaluation.screen
    names = {"require_any": tuple(screen.require_any), "select": tuple(screen.rank)}.get(step.part, (step.rule,))
    factors = [evaluation.definitions[name] for name in names if name in evaluation.definitions]
    items = {item for factor in factors for item in factor.items_on(panel)}
    items |= SHARES if step.rule in _BY_VALUE else set()
    mine = told[told["item"].isin(items)]
    return next(mine.itertuples(index=False), None)


def _text(value: Any) -> str | None:
    """Text of a stored value, days in ISO form; None where it is missing."""
    if value is None or value != value:
        return None
    return date(value) if isinstance(value, pd.Timestamp) else str(value)


def _by(before: Step, after: Step, column: int, filing: Any) -> str:
    if column in before.why or column in after.why:
        return "the list of exclusions"
    same = before.values[column] == after.values[column]
    if same and before.bound != after.bound:
        return "the bound alone"
    if filing is not None:
        told = f"{_text(filing.form) or 'filing'} of {date(filing.filed)}"
        return f"{told}, prices" if after.rule in _BY_VALUE else told
    if before.rule == "listed":
        return "first price" if after.passed[column] else "no price any more"
    if after.factor is not None and after.factor.needs and np.isnan(after.values[column]):
        return "too old by now"
    return "prices" if after.part != "select" else "prices or other names"
