"""The rules of an evaluated screen on one date, one after the other: what `funnel`, `reasons` and `changes` look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from active_edge.evaluation import Evaluation
from active_edge.factors import Factor
from active_edge.universe import Rule
from active_edge.words import DASH, exact, number, shortened
from active_edge.words import INFINITE as NO_NUMBER

Part = Literal["universe", "require", "require_any", "rank", "select"]
INFINITE = {"min_sessions_listed": "listed when the data begin"}
"""What an infinite value of a universe rule means."""
REASONS = 3
"""Reasons of a rule told beside its condition."""


@dataclass(frozen=True)
class Step:
    """One rule on one date.

    Attributes
    ----------
    part, rule, bound : where it stands in the file, its name, its condition in words with the number it came to.
    values : (n_assets,) float; what was compared, NaN missing.
    limit : the number compared with; NaN where there is none, or two.
    passed, known : (n_assets,) bool.
    base : (n_assets,) bool; whom it can remove by itself: listed names, candidates, or ranked names.
    factor : what gave the values; None for rules of the universe and for the places of a ranking.
    ends : the least and the largest value that pass, of a rule with two limits.
    why : column -> why that asset fails, of a rule that can say more than a value.
    """

    part: Part
    rule: str
    bound: str
    values: np.ndarray
    limit: float
    passed: np.ndarray
    known: np.ndarray
    base: np.ndarray
    factor: Factor | None = None
    ends: tuple[float, float] | None = None
    why: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_flag(self) -> bool:
        """True where the values are yes and no, and nothing is measured."""
        return bool(np.isnan(self.limit)) and self.two_valued

    @property
    def two_valued(self) -> bool:
        """True where every known value is 1 or 0, so that nobody comes near."""
        return bool(np.isin(self.values[~np.isnan(self.values)], (0.0, 1.0)).all())

    def edge(self, column: int) -> float:
        """The number a value is held to: the limit, of a band its nearer end, else the nearest value that passes."""
        if not np.isnan(self.limit) or self.is_flag or np.isnan(self.values[column]):
            return self.limit
        if self.ends is not None:
            return float(np.clip(self.values[column], *self.ends))
        passing = self.values[self.passed & np.isfinite(self.values)]
        return float(passing[np.abs(passing - self.values[column]).argmin()]) if len(passing) else np.nan

    def short_by(self, column: int) -> float:
        """How far an asset's value is from passing; 0 where it passes, NaN where none is known or it is yes or no."""
        if self.passed[column]:
            return 0.0
        return abs(self.edge(column) - self.values[column]) if not self.is_flag else np.nan

    def said(self, column: int) -> str:
        """An asset's value in words: a dash where nothing was known, never where it is known and no number."""
        if column in self.why:
            return self.why[column]
        value = float(self.values[column])
        if np.isnan(value):
            return DASH
        if np.isinf(value):
            infinite = INFINITE.get(self.rule, "") if self.factor is None else self.factor.infinite
            return infinite or NO_NUMBER
        if self.is_flag:
            return "yes" if value else "no"
        return exact(value, self.edge(column))

    def whom(self) -> str:
        """The condition in words, and of a rule that says why it removes a name how many it removes why."""
        said = Counter(told for column, told in self.why.items() if self.base[column])
        each = [f"{number(times, 0)} {told}" for told, times in said.most_common()]
        return f"{self.bound} ({'; '.join(shortened(each, REASONS))})" if each else self.bound


def failed_by(steps: Sequence[Step], column: int) -> list[Step]:
    """The rules before the selection that an asset fails, first those that say why, else in the order of the file."""
    failed = [step for step in steps if step.part != "select" and not step.passed[column]]
    return sorted(failed, key=lambda step: column not in step.why)


def steps_of(evaluation: Evaluation, row: int, *, each_alternative: bool = False) -> list[Step]:
    """Every rule of the screen on one date of its panel, in the order applied.

    Alternatives are one step, passed with any of them, or a step each; a rank term is passed with any value.
    """
    screen, universe = evaluation.screen, evaluation.universe
    listed = np.isfinite(evaluation.panel.close()[row])
    steps = [_of_rule("universe", rule, row, listed) for rule in universe.rules]
    candidates = universe.mask[row]

    def made(part: Part, rules: tuple[Rule, ...]) -> list[Step]:
        return [_of_rule(part, rule, row, candidates, evaluation.definitions[rule.name]) for rule in rules]

    steps += made("require", evaluation.required)
    alternatives = made("require_any", evaluation.alternatives)
    steps += alternatives if each_alternative or not alternatives else [_any_of(alternatives)]
    for name, weight in screen.rank.items():
        values, factor = evaluation.values[name][row], evaluation.definitions[name]
        known = ~np.isnan(values)
        bound = f"weight {weight:g}, {factor.good} is good"
        steps.append(Step("rank", name, bound, values, np.nan, known, known, candidates, factor))
    if screen.select is not None:
        rank, top = evaluation.rank[row], screen.select.top
        with np.errstate(invalid="ignore"):
            chosen = rank <= top
        ranked = evaluation.ranked[row]
        steps.append(Step("select", "rank", f"<= {exact(top)}", rank, float(top), chosen, ~np.isnan(rank), ranked))
    return steps


def _of_rule(part: Part, rule: Rule, row: int, base: np.ndarray, factor: Factor | None = None) -> Step:
    limit = float(rule.limit[row])
    bound = f"{rule.bound} ({exact(limit)})" if "quantile" in rule.bound and not np.isnan(limit) else rule.bound
    ends = None if rule.ends is None else (float(rule.ends[0][row]), float(rule.ends[1][row]))
    values, passed, known = rule.values[row], rule.passed[row], rule.known[row]
    why = rule.why[row] if rule.why else {}
    return Step(part, rule.name, bound, values, limit, passed, known, base, factor, ends, why)


def _any_of(steps: list[Step]) -> Step:
    passed = np.logical_or.reduce([step.passed for step in steps])
    known = np.logical_or.reduce([step.known for step in steps])
    bound = " or ".join(f"{step.rule} {step.bound}" for step in steps)
    values = np.where(known, passed, np.nan).astype(np.float64)
    return Step("require_any", "require_any", bound, values, np.nan, passed, known, steps[0].base)
