"""Plug-ins run from a source that was kept, whatever became of their files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from active_edge.errors import PluginError
from active_edge.plugins.origin import Plugin
from active_edge.plugins.registry import scope
from active_edge.whole import passing_folder


@contextmanager
def kept_plugins(
    sources: Mapping[str, Mapping[str, str]], *, run: bool = True, announce: Callable[[Plugin], None] | None = None
) -> Iterator[None]:
    """Plug-ins run and registered for the length of a block, from their text.

    Parameters
    ----------
    sources : key -> file name -> text, the plug-in's own file first, then those beside it that it imports.
    run : False runs none.
    announce : told of every plug-in when it is run.

    Raises
    ------
    PluginError : one of them cannot be run, or a name is none of a Python file.
    """
    with passing_folder("active-edge-plugins") as scratch:
        files, beside = [], set()
        for key, texts in sources.items():
            folder = scratch / key
            folder.mkdir()
            for name, text in texts.items():
                if Path(name).name != name or not name.endswith(".py"):
                    raise PluginError(f"plug-in {name!r}: is no name of a Python file")
                (folder / name).write_text(text, encoding="utf-8", newline="")
            first, *others = texts
            files.append(folder / first)
            beside |= {Path(name).stem for name in others}
        with (
            _found_first([str(file.parent) for file in files], beside),
            scope(files=files if run else (), off=not run, announce=announce),
        ):
            yield


@contextmanager
def _found_first(folders: list[str], modules: set[str]) -> Iterator[None]:
    """Modules of these names are those of the folders inside the block, and what they were before after it."""
    before = {name: sys.modules.pop(name) for name in modules if name in sys.modules}
    sys.path[:0] = folders
    try:
        yield
    finally:
        for folder in folders:
            sys.path.remove(folder)
        for name in modules:
            sys.modules.pop(name, None)
        sys.modules.update(before)
