"""Any of the project's YAML files, told apart by their keys."""

from __future__ import annotations

from pathlib import Path

from active_edge.article.article import ClaimFile
from active_edge.config import load_model, top_keys
from active_edge.errors import ConfigError
from active_edge.screen import Screen, load_screen
from active_edge.strategy import Strategy, load_strategy


def load_any(path: str | Path) -> Screen | Strategy | ClaimFile:
    """What a file holds; one that names a screen is a strategy, one with claims is a file of claims.

    Raises
    ------
    ConfigError : everything wrong with the file, and with the screen a strategy names.
    """
    path = Path(path)
    try:
        keys = top_keys(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        keys = frozenset()
    if "screen" in keys:
        return load_strategy(path)
    if "claims" in keys:
        return load_model(path, ClaimFile)
    if path.suffix not in (".yaml", ".yml"):
        raise ConfigError(f"{path}: is not a YAML file; screens, strategies and claims end in .yaml")
    return load_screen(path)
