"""A variant as the page sends it, to the strategy that its two files would hold, and back to those files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from active_edge.config import build_model
from active_edge.errors import ConfigError
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules, require_ranking
from active_edge.sweeping.take import write_strategy

PARTS = ("strategy", "screen")


def variant_of(content: object) -> Strategy:
    """The strategy of content with the keys ``strategy`` and ``screen``, each as its YAML file would have it.

    Raises
    ------
    ConfigError : every problem of a part at once.
    """
    if not isinstance(content, Mapping):
        raise ConfigError("variant: is no mapping of strategy and screen")
    for part in PARTS:
        if not isinstance(content.get(part), Mapping):
            raise ConfigError(f"{part}: is no mapping of keys to values")
    screen = build_model(Screen, content["screen"], "screen")
    rules = build_model(StrategyRules, {**content["strategy"], "screen": screen.name}, "strategy")
    require_ranking(rules, screen, "strategy", "the screen")
    return Strategy(rules, screen)


def content_of(strategy: Strategy) -> dict[str, Any]:
    """The content of a strategy, every default written out; `variant_of` gives the strategy back."""
    return {
        "strategy": strategy.rules.model_dump(mode="json"),
        "screen": strategy.screen.model_dump(mode="json"),
    }


def renamed(strategy: Strategy, name: str, description: str) -> Strategy:
    """The same strategy and screen under a name of the user's.

    Raises
    ------
    ConfigError : the name is none a file may have.
    """
    named = {"name": name, "description": description}
    content = content_of(strategy)
    screen = build_model(Screen, content["screen"] | named, "screen")
    rules = build_model(StrategyRules, content["strategy"] | named | {"screen": name}, "strategy")
    return Strategy(rules, screen)


def save_variant(strategy: Strategy, name: str, description: str, into: Path) -> tuple[Path, Path]:
    """The files of a variant and its screen, `renamed` and written whole; nothing is overwritten.

    Parameters
    ----------
    into : folder that gets ``strategies/NAME.yaml`` and ``screens/NAME.yaml``.

    Raises
    ------
    ConfigError : the name is none a file may have, or a file of that name is there already.
    """
    return write_strategy(renamed(strategy, name, description), into, remedy="choose another name")
