"""Worlds on several processors, each by its number; a user's own plug-ins go along."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from active_edge.errors import PluginError
from active_edge.plugins import Plugin, load_plugins
from active_edge.plugins.origin import source_files

Outcome = TypeVar("Outcome")


def in_parallel(
    work: Callable[[int], Outcome], numbers: Iterable[int], workers: int, plugins: Collection[Plugin] = ()
) -> Iterable[tuple[int, Outcome]]:
    """Each number and what `work` made of it, as they are finished.

    workers : processes, each of which runs the files of `plugins` first; threads where one of them is no file of its
        own, or not what was run any more, for then this process alone has it.
    """
    if workers == 1:
        yield from ((number, work(number)) for number in numbers)
        return
    from joblib import Parallel, delayed

    files = _files(plugins)
    backend = "threading" if files is None else "loky"
    parallel = Parallel(n_jobs=workers, backend=backend, return_as="generator_unordered", batch_size=1)
    with warnings.catch_warnings():
        # A worker that has grown is replaced by a fresh one, which is nothing that a user could act on.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        yield from parallel(delayed(_one)(work, number, files) for number in numbers)


def _one(work: Callable[[int], Outcome], number: int, files: Collection[str] | None) -> tuple[int, Outcome]:
    if files is not None:
        load_plugins(*files)
        # In a process of its own nothing but the program lives between two worlds: it need not be gone through again.
        gc.freeze()
    found = work(number)
    # A world refers to itself. Were the next one made beside it, the worker would grow beyond what is let pass, and
    # make room for a fresh one, which takes seconds to begin.
    gc.collect()
    gc.unfreeze()  # What is frozen at the end of a process counts as leaked, and its libraries say so.
    return number, found


def _files(plugins: Collection[Plugin]) -> tuple[str, ...] | None:
    """The files to run elsewhere; None where one of the plug-ins cannot be had from its file."""
    try:
        for plugin in plugins:
            source_files(plugin)
    except PluginError:
        return None
    return tuple(sorted({plugin.place for plugin in plugins}))
