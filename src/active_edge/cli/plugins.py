"""Plug-ins for a command: which are looked at, which are run, and the two options that say so."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from active_edge.cli.output import echo

Command = TypeVar("Command", bound=Callable[..., Any])
YAML_FOLDERS = {"strategies": "strategies", "screen": "screens", "files": "screens", "claims": "claims"}
"""Arguments of commands that name YAML files, and the kind a bare name among them means."""


def _factors_and_weightings() -> object:
    from active_edge.factors import FACTORS
    from active_edge.weightings import WEIGHTINGS

    return FACTORS, WEIGHTINGS


def with_plugins(
    ready: Callable[[], object] = _factors_and_weightings, *, runs: Callable[[Mapping[str, Any]], bool] = bool
) -> Callable[[Command], Command]:
    """Give a command ``--plugin`` and ``--no-plugins``, and open plug-ins for as long as it works.

    The folder ``plugins`` beside the folder of each YAML file that the command names, or else in the current folder, is
    looked at; its files are run when a name that they declare is needed.

    Parameters
    ----------
    ready : gives the registries that the command needs, so that they know their built-in names before a plug-in is
        looked at; default those of screens and strategies.
    runs : from the arguments to whether the command computes; one that does not runs only what ``--plugin`` names.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def opened(*, plugin_files: tuple[Path, ...], no_plugins: bool, **given: Any) -> Any:
            from active_edge.errors import ConfigError
            from active_edge.plugins import Plugin, scope

            if no_plugins and plugin_files:
                raise ConfigError("--plugin and --no-plugins exclude each other; leave one out")
            ready()

            def announce(plugin: Plugin) -> None:
                echo(plugin.announcement(), err=True)

            folders = dict.fromkeys(_folders(given))
            with scope(folders, plugin_files, run=runs(given), off=no_plugins, announce=announce):
                return command(**given)

        return plugin_option(_no_plugins_option(cast(Command, opened)))

    return decorate


plugin_option = click.option(
    "--plugin",
    "plugin_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Python file of your own to run first; may be repeated.",
)
_no_plugins_option = click.option(
    "--no-plugins", is_flag=True, help="Run no plug-in: neither of the folder plugins nor installed ones."
)


def _folders(given: Mapping[str, Any]) -> Iterator[Path]:
    """Folders of plug-ins that the arguments of a command speak of."""
    named = [(path, YAML_FOLDERS[key]) for key in YAML_FOLDERS if given.get(key) for path in _several(given[key])]
    if not named:
        yield from _beside(Path("any.yaml"))
    for path, kind in named:
        yield from _beside(_file(path, kind))
    if given.get("screens"):
        yield from _beside(Path(given["screens"]) / "any.yaml")


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, tuple) else (value,)


def _file(path: str | Path, kind: Any) -> Path:
    from active_edge.errors import ConfigError
    from active_edge.shipped import find_file

    try:
        return find_file(path, kind)
    except ConfigError:  # the command itself will say it
        return Path(path)


def _beside(file: Path) -> Iterator[Path]:
    """``plugins`` beside the folder of a YAML file, and in that folder, unless somebody else put it there."""
    from active_edge.plugins import plugin_folders

    folder = file.resolve() if file.is_dir() else file.resolve().parent
    yield from (place for place in plugin_folders(file) if _trusted(place, folder))


def _trusted(place: Path, folder: Path) -> bool:
    """True where a folder of plug-ins belongs to whoever owns the YAML, or to who runs the command."""
    mine = {folder.stat().st_uid, *([os.getuid()] if hasattr(os, "getuid") else [])}
    if place.stat().st_uid in mine:
        return True
    echo(f"{place}: belongs to another user, so nothing in it is run; name its files with --plugin", err=True)
    return False
