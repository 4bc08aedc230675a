"""Whether a command has the memory its libraries need, before they are loaded: without it they crash or stand still."""

from __future__ import annotations

import math

import click

from active_edge.words import number

LEAST_BYTES = 2e9
"""Address space from which on a lack of memory ends in an error; on Linux a simulation of 300 firms crashed at 1.4 GB
and stood still at 0.5."""
LIGHT = frozenset({"check", "factors", "init", "ledger", "verify"})
"""Commands that open no market and load neither database nor compiler."""


def require_room(command: str | None) -> None:
    """Refuse a command that a limit on this process leaves less memory than its libraries need.

    Raises
    ------
    ClickException : with the limit, what is needed and what to do.
    """
    there = _address_space()
    if command in LIGHT or there >= LEAST_BYTES:
        return
    raise click.ClickException(
        f"{command}: this process may have {number(there / 1e9, 1)} GB of address space (ulimit -v); with less than "
        f"{number(LEAST_BYTES / 1e9, 1)} GB the libraries crash or stand still; raise the limit. Nothing was begun"
    )


def _address_space() -> float:
    """Bytes this process may have; infinite where nothing limits it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return math.inf
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return math.inf if soft == resource.RLIM_INFINITY else float(soft)
