"""Commands that make, load, describe and distrust a market folder: data simulate, import, status, audit."""

from __future__ import annotations

import click


@click.group("data")
def data_group() -> None:
    """Make, load, fetch, describe and distrust a market folder."""
