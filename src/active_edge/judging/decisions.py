"""What was decided on every date: whom to hold, by which values, why a name entered and why another left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from active_edge.explaining.steps import Step, failed_by, steps_of
from active_edge.robustness_stats import PositionStats
from active_edge.run.backtest import Result
from active_edge.words import factor_value, is_missing, number, plain

LARGEST = 5


@dataclass(frozen=True)
class Decided:
    """The decisions of a run, name by name.

    Attributes
    ----------
    held : one row a name and date, the largest weight first: decided, asset, ticker, name, sector, weight, rank, score,
        since (date since when it is held without a gap), why (it entered; empty where it was held before), then a
        column a rule with the value as words.
    left : decided, asset, ticker, name, why; one row a name that was held until the date and is not from it on.
    rules : the rules, in the order of the screen.
    """

    held: pd.DataFrame
    left: pd.DataFrame
    rules: tuple[str, ...]


def decided_by(result: Result) -> Decided:
    """Every decision of a run with its reasons; weights that were given have none."""
    told = _Told(result)
    held, left = zip(*((told.held(row), told.left(row)) for row in range(len(result.targets.dates))), strict=True)
    columns = ["decided", "asset", "ticker", "name", "sector", "weight", "rank", "score", "since", "why", *told.rules]
    return Decided(
        pd.DataFrame([row for rows in held for row in rows], columns=columns),
        pd.DataFrame([row for rows in left for row in rows], columns=["decided", "asset", "ticker", "name", "why"]),
        told.rules,
    )


def largest_of(result: Result, most: int = LARGEST) -> tuple[PositionStats, ...]:
    """The largest positions of the last decision that held any; none where none did; no other date is told."""
    rows = np.flatnonzero((result.targets.weights > 0.0).any(axis=1))
    if not rows.size:
        return ()
    told, row = _Told(result), int(rows[-1])
    return tuple(told.position(row, column) for column in told.columns(row)[:most])


class _Told:
    """The words of one result's decisions; `held` and `left` are asked for in the order of their dates."""

    def __init__(self, result: Result) -> None:
        self.evaluation, self.weights = result.decision.evaluation, result.targets.weights
        self.dates, self.assets = result.targets.dates, result.market.assets
        self.rules = tuple(self.evaluation.screen.factors())
        self.sectors = self.evaluation.universe.sectors
        self.reasoned = result.decision.weighting is not None
        listing = result.market.securities
        self.tickers, self.names = listing["ticker"].to_numpy(), listing["name"].to_numpy()
        self._before: tuple[Step, ...] = ()
        self._now: tuple[Step, ...] = ()

    @cached_property
    def keep(self) -> int | None:
        select = self.evaluation.screen.select
        return None if select is None else select.keep_until or select.top

    def columns(self, row: int) -> list[int]:
        """Those held, the largest weight first."""
        weights = self.weights[row]
        columns = np.flatnonzero(weights > 0.0)
        order: list[int] = columns[np.lexsort((self.assets[columns].astype(str), -weights[columns]))].tolist()
        return order

    def position(self, row: int, column: int) -> PositionStats:
        ticker, name = self._named(column)
        rank = float(self.evaluation.rank[row, column])
        return PositionStats(
            ticker=ticker,
            name=name,
            sector=str(self.sectors[row, column]),
            weight=float(self.weights[row, column]),
            rank=None if is_missing(rank) else int(rank),
            since=self._since(row, column),
            values=dict(zip(self.rules, self._values(row, column), strict=True)),
        )

    def held(self, row: int) -> list[tuple[object, ...]]:
        self._before, self._now = self._now, tuple(steps_of(self.evaluation, row)) if self.reasoned else ()
        weights, day = self.weights[row], self._days[row]
        before = set(np.flatnonzero(self.weights[row - 1] > 0.0).tolist()) if row else set()
        return [
            (
                day,
                str(self.assets[column]),
                *self._named(column),
                str(self.sectors[row, column]),
                float(weights[column]),
                float(self.evaluation.rank[row, column]),
                float(self.evaluation.score[row, column]),
                self._since(row, column),
                "" if column in before else self._entered(column, first=row == 0),
                *self._values(row, column),
            )
            for column in self.columns(row)
        ]

    def left(self, row: int) -> list[tuple[str, ...]]:
        if not row:
            return []
        gone = np.flatnonzero((self.weights[row - 1] > 0.0) & (self.weights[row] <= 0.0)).tolist()
        day = self._days[row]
        return [(day, str(self.assets[c]), *self._named(c), self._left(row, c)) for c in gone]

    @cached_property
    def _days(self) -> list[str]:
        return [str(date.date()) for date in self.dates]

    @cached_property
    def _first_rows(self) -> np.ndarray:
        """(n_dates, n_assets) int; the row since when each is held without a gap, the next row where it is not."""
        rows = np.arange(1, len(self.weights) + 1)[:, None]
        first: np.ndarray = np.maximum.accumulate(np.where(self.weights > 0.0, 0, rows), axis=0)
        return first

    def _since(self, row: int, column: int) -> str:
        return self._days[int(self._first_rows[row, column])]

    def _named(self, column: int) -> tuple[str, str]:
        name = self.names[column]
        return str(self.tickers[column]), "" if name is None or name != name else str(name)

    def _values(self, row: int, column: int) -> Iterator[str]:
        for rule in self.rules:
            factor = self.evaluation.definitions[rule]
            yield factor_value(float(self.evaluation.values[rule][row, column]), factor.unit, factor.infinite)

    def _entered(self, column: int, *, first: bool) -> str:
        if not self.reasoned:
            return "weight given"
        if first:
            return "first decision"
        passed = [(now, was) for now, was in zip(self._now, self._before, strict=True) if now.passed[column]]
        new = [(now, was) for now, was in passed if not was.passed[column] and now.part != "select"]
        if new:
            return "; ".join(_passes(now, was, column) for now, was in new[:2])
        select = [(now, was) for now, was in passed if now.part == "select"]
        return (
            "; ".join(f"rank {now.said(column)}, was {was.said(column)}" for now, was in select) or "room in the caps"
        )

    def _left(self, row: int, column: int) -> str:
        if not self.reasoned:
            return "weight given"
        failed = failed_by(self._now, column)
        if any(step.rule == "listed" for step in failed):
            return "no price any more"
        if failed:
            return "; ".join(_value(step, column, told=step.bound) for step in failed[:2])
        rank = float(self.evaluation.rank[row, column])
        if self.keep is not None and not np.isnan(rank) and rank > self.keep:
            return f"rank {number(rank, 0)}, kept to {number(self.keep, 0)}"
        return "no room in the caps"


def _passes(now: Step, was: Step, column: int) -> str:
    """A rule that a name passes again: its value in words, and what it was."""
    return f"was {was.said(column)}" if column in was.why else f"{_value(now, column)}, was {was.said(column)}"


def _value(step: Step, column: int, told: str = "") -> str:
    """The value of a rule in words, and the bound that it fails; where the rule says why, only that."""
    if column in step.why:
        return step.said(column)
    said = f"{plain(step.rule)} {step.said(column)}"
    return f"{said} (asked: {told})" if told else said
