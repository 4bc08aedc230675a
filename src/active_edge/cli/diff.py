"""The command `data diff`: what one snapshot of a market has that another has not, and what that moves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from active_edge.cli.options import (
    YamlFile,
    data_option,
    from_option,
    json_option,
    out_option,
    screens_option,
    to_option,
)
from active_edge.cli.output import echo, print_json, print_table, print_text, progress_bar
from active_edge.cli.plugins import with_plugins
from active_edge.cli.tables import Column
from active_edge.words import number, percent, signed

if TYPE_CHECKING:
    from active_edge.market.differences import SnapshotDifference
    from active_edge.results.snapshot_effect import StrategyEffect

LISTED = 12
"""Names shown of those that a date gains or loses."""


@click.command("diff")
@click.argument("before", metavar="SNAPSHOT_A")
@click.argument("after", metavar="SNAPSHOT_B")
@data_option
@click.option(
    "--strategy",
    "strategies",
    multiple=True,
    type=YamlFile("strategies"),
    help="Also the names, weights and alpha that the change moves in it; may be repeated. Each run is a trial.",
)
@from_option
@to_option
@out_option
@screens_option
@json_option
@with_plugins()
def diff_command(
    before: str,
    after: str,
    data: str | None,
    strategies: tuple[Path, ...],
    start: str | None,
    end: str | None,
    out: str,
    screens: str | None,
    as_json: bool,
) -> None:
    """Rows that are new, revised or gone in SNAPSHOT_B, by table and item; with --strategy what they move.

    A snapshot is named by the beginning of its id in the market folder, or by the path of a market folder or of a
    snapshot in one. A row is revised where the same key has another value: of a fact the same filing. A number
    that a later filing restates is a new row.
    """
    from active_edge.choice import chosen_folder, default_folder
    from active_edge.cli.loading import load_for
    from active_edge.market.differences import compare_snapshots, find_snapshot
    from active_edge.strategy import load_strategy

    folder = chosen_folder(data) or default_folder()
    first, last = (find_snapshot(name, folder) for name in (before, after))
    loaded = [load_for(str(last.path), partial(load_strategy, path, screens)) for path in strategies]
    effects: list[StrategyEffect] = []
    with progress_bar(quiet=as_json) as progress:
        progress("compare rows", 0, 0)
        difference = compare_snapshots(first, last)
        if loaded:
            from active_edge.results.snapshot_effect import strategy_effects

            effects = strategy_effects(loaded, first, last, out=out, start=start, end=end, progress=progress)
    if as_json:
        simulated = {"simulated": first.simulated or last.simulated}
        print_json(vars(difference) | simulated | {"strategies": [_told(effect) for effect in effects]})
        return
    if first.simulated or last.simulated:
        echo("SIMULATED market: these rows describe nothing real.")
    _print_difference(difference)
    for effect in effects:
        _print_effect(effect)


def _told(effect: StrategyEffect) -> dict[str, object]:
    alphas = [vars(alpha) | {"change": alpha.change} for alpha in effect.alphas]
    return vars(effect) | {"moved": effect.moved, "alphas": alphas}


def _print_difference(difference: SnapshotDifference) -> None:
    if not difference.changes:
        print_text(f"Snapshots {difference.before} and {difference.after} hold the same rows.")
        return
    print_text(f"From snapshot {difference.before} to {difference.after}:")
    rows = [
        (
            f"{change.table}: {change.part}" if change.part else change.table,
            number(change.new, 0),
            number(change.revised, 0),
            number(change.gone, 0),
            ", ".join(f"{name} {number(count, 0)}" for name, count in change.columns.items()),
        )
        for change in difference.changes
    ]
    print_table(("table: item", "new", "revised", "gone", "columns revised"), rows)
    for change in difference.changes:
        for example in change.examples:
            print_text(f"{change.part or change.table} {example}", indent="  ")


def _print_effect(effect: StrategyEffect) -> None:
    echo("")
    moved = [date for date in effect.dates if date.moved > 0]
    print_text(
        f"{effect.strategy}, {effect.start} to {effect.end}: {number(len(moved), 0)} of "
        f"{number(len(effect.dates), 0)} decisions move, on average by {percent(effect.moved)} of the portfolio."
    )
    rows = [("net return a year", *map(signed, effect.annual_return), _change(*effect.annual_return))]
    rows += [
        (f"alpha on {alpha.benchmark} a year", signed(alpha.before), signed(alpha.after), signed(alpha.change))
        for alpha in effect.alphas
    ]
    print_table(("", "before", "after", "change"), rows)
    dates = [(date.date, percent(date.moved), _names(date.entered), _names(date.left)) for date in moved]
    if dates:
        print_table((Column("decided", "keep"), "moved", "entered", "left"), dates)


def _change(before: float | None, after: float | None) -> str:
    return signed(None if before is None or after is None else after - before)


def _names(names: Sequence[str]) -> str:
    more = f" and {number(len(names) - LISTED, 0)} more" if len(names) > LISTED else ""
    return " ".join(names[:LISTED]) + more
