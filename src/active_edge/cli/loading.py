"""Any of the project's YAML files, told apart by their keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from active_edge.article.article import ClaimFile
from active_edge.choice import chosen_folder
from active_edge.config import load_model, read_yaml, top_keys
from active_edge.errors import ConfigError, SnapshotError
from active_edge.market import Market, open_market
from active_edge.screen import Screen, load_screen
from active_edge.strategy import Strategy, load_strategy

Loaded = TypeVar("Loaded")


def load_for(data: str | None, load: Callable[[Market | None], Loaded]) -> Loaded:
    """What `load` reads without a market, or else knowing the items of the market folder that was named.

    The folder is opened only when the file is wrong without it: a name may be an item of that market.

    Raises
    ------
    ConfigError : everything wrong with the file.
    """
    folder = chosen_folder(data)
    try:
        return load(None)
    except ConfigError as error:
        if folder is None:
            raise
        try:
            market = open_market(folder)
        except SnapshotError:
            raise error from None
    return load(market)


def load_any(path: str | Path, market: Market | None = None) -> Screen | Strategy | ClaimFile:
    """What a file holds; one that names a screen is a strategy, one with claims is a file of claims.

    Parameters
    ----------
    market : as `load_screen`.

    Raises
    ------
    ConfigError : everything wrong with the file, and with the screen a strategy names.
    """
    path = Path(path)
    try:
        keys = top_keys(read_yaml(path))
    except ConfigError:
        keys = frozenset()
    if "screen" in keys:
        return load_strategy(path, market=market)
    if "claims" in keys:
        return load_model(path, ClaimFile)
    if path.suffix not in (".yaml", ".yml"):
        raise ConfigError(f"{path}: is not a YAML file; screens, strategies and claims end in .yaml")
    return load_screen(path, market=market)
