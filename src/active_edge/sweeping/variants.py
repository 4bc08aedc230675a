"""A grid and a strategy to variants, each checked as its own file would be."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from active_edge.config import build_model
from active_edge.errors import ConfigError
from active_edge.run.identity import trial_content
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules, plugins_of
from active_edge.sweeping.grid import Grid, Range, Times
from active_edge.weightings import WEIGHTINGS
from active_edge.words import nearest, number

MOST_VARIANTS = 100_000
OFFERED = 4096
LEG = "leg."
"""Before the name of a leg, in the settings of a variant: True where it is in force."""


@dataclass(frozen=True)
class Variant:
    """One point of a grid.

    Attributes
    ----------
    number : its place in the grid, from 0.
    settings : key -> value, of every key that varies; of legs, ``leg.NAME`` to whether it is in force.
    strategy : the base strategy with them.
    content : what makes it a trial, as `run.identity.trial_content`.
    """

    number: int
    settings: Mapping[str, Any]
    strategy: Strategy
    content: Mapping[str, Any]


def variants_of(strategy: Strategy, grid: Grid, *, where: str = "grid") -> list[Variant]:
    """The variants of a grid, in its order; those that trade alike once.

    Parameters
    ----------
    where : file of the grid, for messages.

    Raises
    ------
    ConfigError : a leg the screen has not, too many combinations, or a variant that no file could hold.
    """
    legs = strategy.screen.legs()
    for leg in grid.legs:
        if leg not in legs:
            raise ConfigError(f"{where}: legs: {strategy.screen.name} has no leg {leg!r}; {nearest(leg, legs)}")
    maker = _Maker(strategy, grid, where)
    found: list[Variant] = []
    seen: set[str] = set()
    for settings in _points(grid, where):
        made = maker.make(settings)
        content = trial_content(made, plugins_of(made))
        told = json.dumps(content, sort_keys=True, default=str)
        if told not in seen:
            seen.add(told)
            found.append(Variant(len(found), settings, made, content))
    return found


class _Maker:
    """Strategies from settings; a screen or rules that came before are not checked again."""

    def __init__(self, strategy: Strategy, grid: Grid, where: str) -> None:
        self.base, self.grid, self.where = strategy, grid, where
        self.content = {"screen": strategy.screen.model_dump(), "strategy": strategy.rules.model_dump()}
        self.rules: dict[str, StrategyRules] = {}

    def make(self, settings: Mapping[str, Any]) -> Strategy:
        of = {part: {k: v for k, v in settings.items() if k.startswith(part + ".")} for part in self.content}
        screen = self.base.screen
        if of["screen"]:
            screen = build_model(Screen, self._with("screen", of["screen"]), self._said(settings))
        for leg in self.grid.legs:
            if not settings[LEG + leg]:
                screen = screen.without(leg)
        told = repr(of["strategy"])
        if told not in self.rules:
            self.rules[told] = build_model(
                StrategyRules, self._with("strategy", of["strategy"]), self._said(of["strategy"])
            )
        rules = self.rules[told]
        if WEIGHTINGS.find(rules.weights).ranked and not screen.rank:
            raise ConfigError(f"{self._said(settings)}: weights: {rules.weights} needs a ranking, and no rank is left")
        return Strategy(rules, screen)

    def _with(self, part: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        content = dict(self.content[part])
        for key, value in settings.items():
            *outer, last = key.split(".")[1:]
            place = content
            for name in outer:
                inner = place.get(name)
                place[name] = place = dict(inner) if isinstance(inner, Mapping) else {}
            place[last] = deepcopy(value)
        return content

    def _said(self, settings: Mapping[str, Any]) -> str:
        return f"{self.where}: with {', '.join(f'{key} {value}' for key, value in settings.items()) or 'nothing set'}"


def _points(grid: Grid, where: str) -> Iterator[dict[str, Any]]:
    """The settings of every point, before those that follow others are filled in."""
    axes: dict[str, Any] = {key: axis for key, axis in grid.vary.items() if not isinstance(axis, Times)}
    axes |= {LEG + leg: [True, False] for leg in grid.legs}
    for values in _drawn(grid, axes, where) if grid.sample else _every(axes, where):
        point = dict(zip(axes, values, strict=True))
        for key, axis in grid.vary.items():
            if isinstance(axis, Times):
                point[key] = round(axis.times * point[axis.of])
        yield point


def _every(axes: Mapping[str, Any], where: str) -> Iterator[Sequence[Any]]:
    for key, axis in axes.items():
        if isinstance(axis, Range) and axis.steps is None:
            raise ConfigError(f"{where}: {key}: a range without steps has no end of values; give steps, or sample:")
    values = [axis.values() if isinstance(axis, Range) else axis for axis in axes.values()]
    size = prod(len(one) for one in values)
    if size > MOST_VARIANTS:
        raise ConfigError(
            f"{where}: {number(size, 0)} combinations; at most {number(MOST_VARIANTS, 0)} are run. Take a sample of "
            f"them: add the line\nsample: {{method: sobol, size: {OFFERED}}}"
        )
    yield from itertools.product(*values)


def _drawn(grid: Grid, axes: Mapping[str, Any], where: str) -> Iterator[Sequence[Any]]:
    sample = grid.sample
    assert sample is not None
    if sample.size > MOST_VARIANTS:
        raise ConfigError(f"{where}: sample: size {number(sample.size, 0)} is above {number(MOST_VARIANTS, 0)}")
    for row in _shares(sample.method, sample.size, len(axes), sample.seed):
        yield [
            axis.at(float(u)) if isinstance(axis, Range) and axis.steps is None else _one_of(axis, float(u))
            for axis, u in zip(axes.values(), row, strict=True)
        ]


def _one_of(axis: Any, share: float) -> Any:
    values = axis.values() if isinstance(axis, Range) else axis
    return values[min(int(share * len(values)), len(values) - 1)]


def _shares(method: str, size: int, axes: int, seed: int) -> np.ndarray:
    """(size, axes) points of the unit cube; of Sobol's net the first of the next power of two, scrambled."""
    if method == "random":
        return np.random.default_rng(seed).random((size, axes))
    from scipy.stats import qmc

    drawn: np.ndarray = qmc.Sobol(axes, scramble=True, rng=np.random.default_rng(seed)).random_base2(
        max(size - 1, 0).bit_length()
    )
    return drawn[:size]


def settings_text(settings: Mapping[str, Any]) -> str:
    """What a variant changes, in words."""
    told = {key.removeprefix("screen.").removeprefix("strategy."): value for key, value in settings.items()}
    return ", ".join(f"{key} {value}" for key, value in told.items())
