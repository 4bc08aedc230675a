"""A grid file: which keys of a strategy and its screen vary, over what, and which legs are tried on and off."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator

from active_edge.config import StrictModel, build_model, load_model
from active_edge.errors import ConfigError
from active_edge.words import nearest

MOST_STEPS = 10_000
PARTS = ("screen", "strategy")
SILENT = {
    "strategy.name", "strategy.description", "strategy.screen", "strategy.fee", "strategy.prior", "strategy.control",
    "screen.name", "screen.description", "screen.items",
}  # fmt: skip
"""Keys that change no return, or what a name means."""


class Range(StrictModel):
    """Numbers from `low` to `high`: `steps` of them, or any between where the grid is sampled."""

    low: float
    high: float
    steps: int | None = Field(default=None, ge=2, le=MOST_STEPS)
    scale: Literal["linear", "log"] = "linear"
    whole: bool = False
    """Rounded to whole numbers, as names and ranks are."""

    def values(self) -> list[Any]:
        """Its steps, ascending; numbers that round to the same once."""
        spaced = np.geomspace if self.scale == "log" else np.linspace
        found = [self._kept(float(number)) for number in spaced(self.low, self.high, self.steps or 2)]
        return list(dict.fromkeys(found))

    def at(self, share: float) -> Any:
        """The number that is `share` of the way, 0 to 1, on its scale."""
        if self.scale == "log":
            return self._kept(float(self.low * (self.high / self.low) ** share))
        return self._kept(float(self.low + share * (self.high - self.low)))

    def _kept(self, value: float) -> Any:
        # Twelve digits, so that 0.1 + 0.2 is written 0.3 in whatever file takes the variant.
        return round(value) if self.whole else float(f"{value:.12g}")


class Times(StrictModel):
    """A whole number that follows another key: `times` the value of the key `of`."""

    of: str
    times: float = Field(gt=0)


class Sample(StrictModel):
    """Points drawn from the grid in place of every combination."""

    method: Literal["random", "sobol"]
    size: int = Field(ge=1)
    seed: int = Field(default=0, ge=0)


class Grid(StrictModel):
    """The content of a grid file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = ""
    vary: dict[str, Any] = Field(default_factory=dict)
    """Key of the screen or the strategy, as ``screen.select.top``, to a list of values, a `Range` or `Times`."""
    legs: list[str] = Field(default_factory=list)
    """Legs of the screen that are tried on and off."""
    sample: Sample | None = None

    @field_validator("vary")
    @classmethod
    def _axes(cls, vary: dict[str, Any]) -> dict[str, Any]:
        found = {key: _axis(key, value) for key, value in vary.items()}
        for key, axis in found.items():
            if isinstance(axis, Times) and (axis.of not in found or isinstance(found[axis.of], Times)):
                others = [name for name, other in found.items() if not isinstance(other, Times)]
                raise ValueError(f"{key}: of: {axis.of!r} is no key that varies; {nearest(axis.of, others)}")
        return found


def load_grid(path: str | Path) -> Grid:
    """The grid of a YAML file, every error of it at once.

    Raises
    ------
    ConfigError : an unknown key, values that are no list and no range, a grid without anything that varies.
    """
    grid = load_model(path, Grid)
    if not grid.vary and not grid.legs:
        raise ConfigError(
            f"{path}: nothing varies; give vary: {{screen.select.top: [50, 100]}}, or legs: with names of the screen's"
        )
    return grid


def _axis(key: str, value: Any) -> Any:
    _refuse(key)
    if isinstance(value, (Range, Times)):
        return value
    if isinstance(value, list):
        if not value:
            raise ValueError(f"{key}: an empty list has no value; give one, or take the key out")
        return value
    if not isinstance(value, Mapping):
        raise ValueError(f"{key}: {value!r} does not vary; give a list, a range or of: and times:")
    axis = build_model(Times if "times" in value or "of" in value else Range, value, key)
    if isinstance(axis, Range):
        if not axis.low < axis.high:
            raise ValueError(f"{key}: low {axis.low:g} must be below high {axis.high:g}")
        if axis.scale == "log" and not axis.low > 0:
            raise ValueError(f"{key}: low {axis.low:g} must be above 0 on a log scale")
    return axis


def _refuse(key: str) -> None:
    part, _, rest = key.partition(".")
    if part not in PARTS or not rest:
        raise ValueError(f"{key}: begins with neither screen. nor strategy.; {nearest(part, PARTS)}")
    if key.startswith("strategy.benchmarks"):
        raise ValueError(
            f"{key}: a grid cannot change the benchmark; every variant is held against the same, or the easiest wins"
        )
    if any(f"{key}.".startswith(f"{silent}.") for silent in SILENT):
        raise ValueError(f"{key}: changes no holding, so there is nothing to vary")
