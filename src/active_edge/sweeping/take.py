"""A stored sweep read again, and one of its variants written as files of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from active_edge.config import build_model, to_yaml
from active_edge.errors import ConfigError, MissingInput
from active_edge.ordinary import ordinary_bytes
from active_edge.screen import Screen
from active_edge.stored import check_format
from active_edge.strategy import OwnPrior, Strategy, StrategyRules
from active_edge.sweeping.believed import PRIOR
from active_edge.sweeping.grid import Grid
from active_edge.sweeping.parts import REMEDY, read_table
from active_edge.sweeping.run import FORMAT, RECORD, VARIANTS
from active_edge.sweeping.variants import Variant, settings_text, variants_of
from active_edge.whole import write_whole
from active_edge.words import count, number

BOUNDS = (0.001, 0.1)
"""Least and largest deviation of a prior that a strategy may state, and the largest mean."""
DECIMALS = 5


def stored_variants(folder: str | Path) -> list[Variant]:
    """The variants of a stored sweep.

    Raises
    ------
    MissingInput : no finished sweep lies there, or none that this version reads.
    """
    path = Path(folder) / RECORD
    content = _recorded(path)
    try:
        rules = build_model(StrategyRules, content["strategy"], str(path))
        screen, grid = build_model(Screen, content["screen"], str(path)), build_model(Grid, content["grid"], str(path))
        return variants_of(Strategy(rules, screen), grid, where=str(path))
    except ConfigError as error:
        raise MissingInput(f"{error}\n{path}: another version of the program wrote it; {REMEDY}") from None


def _recorded(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(ordinary_bytes(path))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or error
        raise MissingInput(f"{path}: no finished sweep lies there ({why}); {REMEDY}") from None
    if not isinstance(content, dict):
        raise MissingInput(f"{path}: is {type(content).__name__}, not the record of a sweep; {REMEDY}")
    check_format(content, known=FORMAT, where=str(path), remedy=REMEDY)
    for key in ("strategy", "screen", "grid"):
        if not isinstance(content.get(key), dict):
            raise MissingInput(f"{path}: {key} is no mapping of keys, so it is not the record of a sweep; {REMEDY}")
    return content


def _prior(folder: Path, place: int) -> OwnPrior | None:
    """What the other variants leave to be believed of one; None where it has too few months, or was stored without."""
    table = read_table(folder / VARIANTS)
    if place >= len(table):
        raise MissingInput(f"{folder / VARIANTS}: has {count(len(table), 'row')}, none of variant {place}; {REMEDY}")
    if not set(PRIOR) <= set(table):
        return None
    mean, deviation = (float(table[column].iloc[place]) for column in PRIOR)
    if not (np.isfinite(mean) and deviation > 0.0):
        return None
    least, most = BOUNDS
    kept = float(np.clip(mean, -most, most)), float(np.clip(deviation, least, most))
    return OwnPrior(mean=round(kept[0], DECIMALS), deviation=round(kept[1], DECIMALS))


def take_variant(folder: str | Path, place: int, into: str | Path = ".") -> tuple[Path, Path]:
    """The files of a strategy and its screen, written for one variant of a stored sweep; nothing is overwritten.

    Parameters
    ----------
    place : number of the variant in the sweep's table.
    into : folder that gets ``strategies/NAME.yaml`` and ``screens/NAME.yaml``. The strategy's prior is that which the
        other variants leave of its edge, so that the best of many is believed no more alone than among them.

    Raises
    ------
    MissingInput : no finished sweep lies there, or it has no such variant.
    ConfigError : a file of that name is there already.
    """
    variants = stored_variants(folder)
    if not 0 <= place < len(variants):
        raise MissingInput(f"{folder}: no variant {place}; it has 0 to {number(len(variants) - 1, 0)}")
    variant = variants[place]
    name = f"{variant.strategy.name}_{place}"
    said = f"Variant {place} of {Path(folder).name}: {settings_text(variant.settings)}."
    screen = variant.strategy.screen.model_copy(update={"name": name, "description": said})
    prior = _prior(Path(folder), place)
    if prior is not None:
        said += f" Its prior is what the other {number(len(variants) - 1, 0)} leave of it."
    own = {} if prior is None else {"prior": prior}
    rules = variant.strategy.rules.model_copy(update={"name": name, "screen": name, "description": said, **own})
    return write_strategy(Strategy(rules, screen), Path(into), remedy="move it, or name another folder with --into")


def write_strategy(strategy: Strategy, into: Path, *, remedy: str) -> tuple[Path, Path]:
    """``strategies/NAME.yaml`` and ``screens/NAME.yaml`` below a folder, written whole; nothing is overwritten.

    The screen comes first, so that no strategy ever stands without it; one that a stopped save had left is used.

    Raises
    ------
    ConfigError : a file of that name is there already, other than this very screen; `remedy` says what to do.
    """
    rules = into / "strategies" / f"{strategy.name}.yaml"
    screen = into / "screens" / f"{strategy.screen.name}.yaml"
    told = to_yaml(strategy.screen)
    left = screen.exists() and screen.read_text(encoding="utf-8") == told
    for path in (rules,) if left else (rules, screen):
        if path.exists():
            raise ConfigError(f"{path}: is there already; {remedy}")
    write_whole(screen, told)
    write_whole(rules, to_yaml(strategy.rules))
    return rules, screen
