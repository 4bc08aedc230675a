"""The command that opens the interactive desk: lab."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from active_edge.cli.options import YamlFile, data_option, out_option, screens_option
from active_edge.cli.output import echo, progress_bar, tell_beforehand
from active_edge.cli.plugins import with_plugins

if TYPE_CHECKING:
    from active_edge.strategy import Strategy


@click.command("lab")
@click.argument("strategies", nargs=-1, type=YamlFile("strategies"))
@data_option
@out_option
@screens_option
@click.option("--port", default=0, show_default="any that is free", type=click.IntRange(0, 65535), help="Port.")
@click.option("--no-browser", is_flag=True, help="Open no browser; print the address alone.")
@with_plugins()
def lab_command(
    strategies: tuple[Path, ...],
    data: str | None,
    out: str,
    screens: str | None,
    port: int,
    no_browser: bool,
) -> None:
    """Move thresholds and watch the verdict, on a page of this machine alone.

    Begins with STRATEGIES, by default those of the folder strategies, else the shipped ones. Prints one line: the
    address, whose token opens the page. Each variant looked at is a trial in the ledger, and the page says what the
    search costs. Ctrl-C ends it; what was saved is on the disk.
    """
    import webbrowser
    from uuid import uuid4

    from active_edge.choice import choose_market
    from active_edge.lab.serve import listen, make_lab

    loaded = _strategies(strategies, data, screens)
    with progress_bar(quiet=False) as progress:
        market = choose_market(data, progress=progress)
        tell_beforehand(market)
    lab = make_lab(market, loaded, family=f"lab {uuid4().hex[:12]}", out=Path(out))

    listening = listen(lab, port)
    echo(listening.address)
    if not no_browser:
        webbrowser.open(listening.address)
    listening.run()


def _strategies(named: tuple[Path, ...], data: str | None, screens: str | None) -> dict[str, Strategy]:
    """By name, those given; else all of the folder here or of the shipped one that can be read."""
    from active_edge.cli.loading import load_for
    from active_edge.errors import ConfigError
    from active_edge.shipped import known_names
    from active_edge.strategy import load_strategy

    if named:
        found = [load_for(data, partial(load_strategy, path, screens)) for path in named]
        return {strategy.name: strategy for strategy in found}
    readable: dict[str, Strategy] = {}
    for name in known_names("strategies"):
        try:
            strategy = load_for(data, partial(load_strategy, name, screens))
        except ConfigError as error:
            echo(f"Left out: {error}", err=True)
        else:
            readable[strategy.name] = strategy
    return readable
