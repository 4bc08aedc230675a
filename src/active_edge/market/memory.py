"""Whether a run on a market fits into the memory there is, estimated before it begins."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from active_edge.errors import BacktestError
from active_edge.market.store import Market
from active_edge.words import number

COLUMNS = 8
"""Numbers a row of prices takes at the fullest of a run: five columns, the places of rows, two read for spreads."""
MATRICES = 4
"""Matrices of sessions × names beside them: those of the random twins' arena."""
BASE = 0.9e9
"""Bytes beside both: libraries, facts, panels. With it the sum is 3.6 GB for 18 million rows of 5,032 × 9,524, where
one strategy took 3.8, and 1.5 for the simulated default, where eleven took 1.7."""
LEAST_SHARE = 2 / 3
"""What a run takes at the least, of what is estimated."""
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a control group tells its limit, of the second and of the first kind."""
FREE = "/proc/meminfo"


def needed_bytes(market: Market) -> float:
    """About how much memory a backtest on a market takes, in bytes; within a third of what was measured."""
    sessions, names = market.prices.shape
    rows: int = market.manifest["tables"]["prices"]["rows"]
    return BASE + 8.0 * (COLUMNS * rows + MATRICES * sessions * names)


def available_bytes() -> float | None:
    """The least of what this process may have, its control group may have and the machine has free; None: not told."""
    return min(_told(), default=None)


def require_fit(market: Market) -> None:
    """Refuse a run that would not fit even if it took a third less than is estimated, which no measured one did.

    Raises
    ------
    BacktestError : with what it takes, what is there, and what to do.
    """
    there = available_bytes()
    if there is not None and needed_bytes(market) * LEAST_SHARE > there:
        raise BacktestError(f"{told_too_large(market)}. Nothing was begun")


def told_too_large(market: Market) -> str:
    """The sentence of a run that would most likely not fit; empty where it does, or that cannot be known."""
    needed, there = needed_bytes(market), available_bytes()
    if there is None or needed <= there:
        return ""
    sessions, names = market.prices.shape
    return (
        f"{market.path}: a run on {number(sessions, 0)} sessions of {number(names, 0)} names takes about "
        f"{number(needed / 1e9, 1)} GB of memory, and {number(there / 1e9, 1)} GB are there; it may end early. Give it "
        "more, or import fewer years or names"
    )


def _told() -> Iterator[float]:
    with contextlib.suppress(ImportError):
        import resource

        for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
            soft, _ = resource.getrlimit(kind)
            if soft != resource.RLIM_INFINITY:
                yield float(soft)
    for path in LIMITS:
        text = _text(path).strip()
        if text.isdigit():
            yield float(text)
    for line in _text(FREE).splitlines():
        if line.startswith("MemAvailable:"):
            yield float(line.split()[1]) * 1024.0


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
