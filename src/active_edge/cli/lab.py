"""The command that opens the interactive desk: lab."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from active_edge.cli.options import YamlFile, out_option, screens_option
from active_edge.cli.output import echo, progress_bar, tell_beforehand
from active_edge.cli.plugins import with_plugins

if TYPE_CHECKING:
    from active_edge.screen import Screen
    from active_edge.strategy import Strategy

Named = TypeVar("Named")
Loaded = TypeVar("Loaded")


@click.command("lab")
@click.argument("strategies", nargs=-1, type=YamlFile("strategies"))
@click.option(
    "--data",
    "-d",
    multiple=True,
    metavar="DIR",
    help="Market folder to begin with; default ACTIVE_EDGE_DATA, else the simulated market. Again: one to choose.",
)
@out_option
@screens_option
@click.option("--port", default=0, show_default="any that is free", type=click.IntRange(0, 65535), help="Port.")
@click.option("--no-browser", is_flag=True, help="Open no browser; print the address alone.")
@with_plugins()
def lab_command(
    strategies: tuple[Path, ...],
    data: tuple[str, ...],
    out: str,
    screens: str | None,
    port: int,
    no_browser: bool,
) -> None:
    """Move thresholds and watch the verdict, on a page of this machine alone.

    Begins with STRATEGIES, by default those of the folder strategies, else the shipped ones. Market, strategy and
    screen are chosen on the page: of markets those given, the simulated default, and what lies beside the first, here
    and in the folder data. Prints one line: the address, whose token opens the page. Each variant looked at is a trial
    in the ledger, and the page says what the search costs. Ctrl-C ends it; what was saved is on the disk.
    """
    import webbrowser
    from uuid import uuid4

    from active_edge.choice import choose_market
    from active_edge.lab.serve import listen, make_lab

    first = data[0] if data else None
    loaded = _strategies(strategies, first, screens)
    replacing = _screens(strategies, first, screens)
    with progress_bar(quiet=False) as progress:
        market = choose_market(first, progress=progress)
        tell_beforehand(market)
    family, others = f"lab {uuid4().hex[:12]}", [Path(folder) for folder in data[1:]]
    lab = make_lab(market, loaded, family=family, out=Path(out), screens=replacing, others=others)

    listening = listen(lab, port)
    echo(listening.address)
    if not no_browser:
        webbrowser.open(listening.address)
    listening.run()


def _strategies(named: tuple[Path, ...], data: str | None, screens: str | None) -> dict[str, Strategy]:
    """By name, those given; else all of the folder here or of the shipped one that can be read."""
    from active_edge.cli.loading import load_for
    from active_edge.shipped import known_names
    from active_edge.strategy import load_strategy

    def strategy_of(path: str | Path) -> Strategy:
        return load_for(data, partial(load_strategy, path, screens))

    found = [strategy_of(path) for path in named] if named else _readable(strategy_of, known_names("strategies"))
    return {strategy.name: strategy for strategy in found}


def _screens(named: tuple[Path, ...], data: str | None, screens: str | None) -> dict[str, Screen]:
    """By name, every screen that can be read: of `screens`, beside the strategies given, here, and shipped.

    Where several are called the same the first has the name, and each other that says something else its file beside.
    """
    from active_edge.cli.loading import load_for
    from active_edge.plugins.origin import shown
    from active_edge.screen import load_screen
    from active_edge.shipped import find_file, shipped_folder

    beside = [find_file(path, "strategies").resolve().parent.parent / "screens" for path in named]
    folders = [*([Path(screens)] if screens else []), *beside, Path("screens").resolve(), shipped_folder("screens")]
    files = dict.fromkeys(file for folder in folders for file in sorted(folder.glob("*.yaml")))

    def screen_of(file: Path) -> tuple[Path, Screen]:
        return file, load_for(data, partial(load_screen, file))

    found: dict[str, Screen] = {}
    for file, screen in _readable(screen_of, files):
        if found.setdefault(screen.name, screen) != screen:
            found[f"{screen.name} ({shown(file)})"] = screen
    return found


def _readable(read: Callable[[Named], Loaded], named: Iterable[Named]) -> Iterator[Loaded]:
    """What can be loaded of some files; of the others it says why not."""
    from active_edge.errors import ConfigError

    for one in named:
        try:
            yield read(one)
        except ConfigError as error:
            echo(f"Left out: {error}", err=True)
