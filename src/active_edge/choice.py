"""Which market a command works on: the folder named, the one in the environment, or the simulated default."""

from __future__ import annotations

import os
from pathlib import Path

from active_edge.arguments import checked
from active_edge.errors import SnapshotError
from active_edge.market import Market, open_market
from active_edge.progress import Progress, silent

VARIABLE = "ACTIVE_EDGE_DATA"
DEFAULT_EDITION = 1
"""Raised when the simulated market's laws or default size change, so that an old one is not taken for it."""


def default_folder() -> Path:
    """Where the default simulated market is kept: in the user's cache, one folder a version of its laws."""
    from platformdirs import user_cache_path

    return user_cache_path("active-edge") / f"simulated-{DEFAULT_EDITION}"


def chosen_folder(data: str | Path | None) -> Path | None:
    """The folder asked for by argument or by ACTIVE_EDGE_DATA; None where neither is given."""
    named = data or os.environ.get(VARIABLE)
    return Path(named) if named else None


@checked
def choose_market(data: str | Path | None = None, *, progress: Progress = silent) -> Market:
    """The market asked for; with none asked for the simulated default, which is written to the cache on first use.

    Raises
    ------
    SnapshotError : the folder holds no market.
    """
    folder = chosen_folder(data)
    return default_market(progress=progress) if folder is None else open_market(folder)


def default_market(*, progress: Progress = silent) -> Market:
    """The simulated default in the user's cache; written there on first use."""
    folder = default_folder()
    try:
        return open_market(folder)
    except SnapshotError:
        from active_edge.simulated import simulate

        simulate(folder, progress=progress)
        return open_market(folder)
