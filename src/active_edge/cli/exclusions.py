"""The option that names what may not be chosen: --exclude."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from active_edge.cli.output import echo

if TYPE_CHECKING:
    from active_edge.strategy import Strategy

COLUMNS = {
    "ticker": ("ticker", "symbol", "asset"),
    "since": ("from", "since"),
    "until": ("to", "until"),
    "reason": ("reason",),
}
exclude_option = click.option(
    "--exclude",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="CSV of names that may not be chosen: ticker, from, to, reason; a restricted list, an analyst's veto. Part of "
    "what is tried.",
)


def with_exclusions(strategy: Strategy, path: Path | None) -> Strategy:
    """The strategy with the names of a CSV file excluded from its universe, after those its screen excludes."""
    if path is None:
        return strategy
    from active_edge.config import build_model
    from active_edge.market.name_lists import read_names
    from active_edge.universe import Exclusion

    names = read_names(path, "exclusions", COLUMNS, ("ticker",))
    if names.unread:
        echo(names.left_out(path), err=True)
    given = [
        build_model(
            Exclusion,
            {key: value for key, value in row.items() if value},
            f"{path}: row {place}",
            written=names.written,
        )
        for place, row in enumerate(names.rows.to_dict("records"), start=1)
    ]
    screen = strategy.screen
    universe = screen.universe.model_copy(update={"exclude": [*(screen.universe.exclude or ()), *given]})
    return strategy.with_screen(screen.model_copy(update={"universe": universe}))
