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


class RoomAsked(click.Group):
    """A group that asks for the room of a command before it runs; for a command's help, or without it, for none."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The name of the command asked for, itself, and the arguments left for it."""
        name, command, left = super().resolve_command(ctx, args)
        wants_help = any(option in left for option in ctx.help_option_names)
        shows_help = command is not None and command.no_args_is_help and not left
        if not (wants_help or shows_help or ctx.resilient_parsing):
            require_room(name)
        return name, command, left


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
