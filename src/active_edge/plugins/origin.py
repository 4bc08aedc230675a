"""Where an own idea came from: its file, the hash of what was run, and a sentence for whatever goes wrong in it."""

from __future__ import annotations

import hashlib
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from active_edge.errors import ActiveEdgeError, PluginError
from active_edge.plugins.declared import imported_names
from active_edge.plugins.handed import as_handed
from active_edge.plugins.turn import own_turn, raised_by_statement
from active_edge.words import listed, shortened

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Plugin:
    """A file that registered something.

    Attributes
    ----------
    file : as messages and run.yaml show it: relative to the current folder where it lies in it.
    sha256 : of the text that was run, in hex; of a file that imports files beside it, and of an installed package, of
        all of these together.
    place : the file as tracebacks name it.
    """

    file: str
    sha256: str
    place: str = field(compare=False)

    def __str__(self) -> str:
        return f"plug-in {self.file}"

    def announcement(self) -> str:
        """File and hash in a line."""
        return f"{self} sha256 {self.sha256[:12]}"


def plugin_at(path: Path, text: bytes) -> Plugin:
    """The plug-in in a file that holds `text`."""
    return Plugin(shown(path), _hash([text, *_beside(path, text).values()]), str(path.resolve()))


def source_files(plugin: Plugin) -> dict[str, str]:
    """The source of a plug-in by file name: its own file first, then those beside it that it imports.

    Raises
    ------
    PluginError : it is no file of its own (an installed package, a notebook's cell), or is not what was run any more.
    """
    path = Path(plugin.place)
    if not path.is_file():
        raise PluginError(f"{plugin}: is no file; write it in one, whose source can be kept")
    text = path.read_bytes()
    found = {path.name: text} | {f"{name}.py": one for name, one in _beside(path, text).items()}
    if _hash(list(found.values())) != plugin.sha256:
        raise PluginError(
            f"{plugin}: its source is not what was run (it was changed, or lies in an installed package); run the "
            "command again, or copy it into a file of its own"
        )
    try:
        return {name: one.decode("utf-8") for name, one in found.items()}
    except UnicodeDecodeError:
        raise PluginError(f"{plugin}: is not UTF-8 text; save it as UTF-8") from None


def origin_of(function: Callable[..., Any]) -> Plugin:
    """The plug-in that a function is written in: its file, the package it is installed in, or a notebook's cell.

    Raises
    ------
    PluginError : its text cannot be read, so that no trial could name it.
    """
    plain = inspect.unwrap(getattr(function, "py_func", function))
    code = getattr(plain, "__code__", None)
    place = code.co_filename if code is not None else ""
    path = Path(place)
    if place and path.is_file():
        package = sys.modules.get(str(getattr(plain, "__module__", "")).partition(".")[0])
        roots = [Path(root) for root in getattr(package, "__path__", ())]
        if any(path.is_relative_to(root) for root in roots):
            texts = [file.read_bytes() for root in roots for file in sorted(root.rglob("*.py"))]
            return Plugin(shown(path), _hash(texts), place)
        return Plugin(shown(path), plugin_at(path, path.read_bytes()).sha256, place)
    lines = linecache.getlines(place) if place else []
    if not lines:
        name = getattr(function, "__name__", repr(function))
        raise PluginError(f"plug-in {name}: its source cannot be read, so no trial could name it; write it in a file")
    return Plugin(place, _hash(["".join(lines).encode()]), place)


@contextmanager
def reported(plugin: Plugin, what: str = "", when: str = "", given: Mapping[str, object] = NOTHING) -> Iterator[None]:
    """Whatever is raised inside the block as a `PluginError` that names the plug-in, `what` of it, and the line.

    Only an interrupt passes: it is the user's. An error that ended a thread of the plug-in's own, a thread that runs
    on, and what was set in the objects `given` to it (by the names it knows them by) are told when the block is
    through. What else the block may change is put back by `own_turn`.
    """
    name = f"{plugin}, {what}" if what else str(plugin)
    handed = as_handed(given)
    try:
        with own_turn(lambda error: bool(_line(error, plugin)), plugin.place) as turn:
            try:
                yield
            finally:
                changed = [one for thing in handed for one in thing.put_back()]
    except PluginError:
        raise
    except ActiveEdgeError as error:
        raise PluginError(f"{name}{_line(error, plugin)}: {error}") from error
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.filename == plugin.place else _line(error, plugin)
        raise PluginError(f"{name}{line}: is not Python: {error.msg}") from error
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and not raised_by_statement(error, plugin.place):
            raise
        # Of an error made from a StopIteration a context manager lets the StopIteration out in its place.
        cause = None if isinstance(error, StopIteration) else error
        raise PluginError(f"{name}{_line(error, plugin)}: raised {_said(error)}{when and ' '}{when}") from cause
    if turn.failed:
        fault = turn.failed[0]
        told = f"a thread of its own raised {_said(fault)}{when and ' '}{when}"
        raise PluginError(f"{name}{_line(fault, plugin)}: {told}") from fault
    if turn.left:
        raise PluginError(f"{name}: left a thread of its own running{when and ' '}{when}; wait for it (join) first")
    if changed:
        told = f"set {listed(shortened(changed))}, which is only read"
        raise PluginError(f"{name}: {told}; compute on copies, and return what you computed")


def shown(path: Path) -> str:
    """The path as a message shows it: relative to the current folder where it lies in it."""
    whole = path.resolve()
    return str(whole.relative_to(Path.cwd())) if whole.is_relative_to(Path.cwd()) else str(whole)


def _beside(path: Path, text: bytes) -> dict[str, bytes]:
    """Name to text of the files beside a file that it imports, directly or through each other, sorted."""
    found: dict[str, bytes] = {}
    waiting = [text]
    while waiting:
        for name in sorted(imported_names(waiting.pop()) - {path.stem, *found}):
            beside = path.parent / f"{name}.py"
            if beside.is_file():
                found[name] = beside.read_bytes()
                waiting.append(found[name])
    return {name: found[name] for name in sorted(found)}


def _hash(texts: list[bytes]) -> str:
    if len(texts) == 1:
        return hashlib.sha256(texts[0]).hexdigest()
    return hashlib.sha256("".join(hashlib.sha256(text).hexdigest() for text in texts).encode()).hexdigest()


def _said(error: BaseException) -> str:
    """Kind and first line of an error; the kind alone where its text is empty, or raises in its turn."""
    try:
        told = str(error).strip().splitlines()
    except Exception:
        told = []
    return f"{type(error).__name__}: {told[0]}" if told else type(error).__name__


def _line(error: BaseException, plugin: Plugin) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == plugin.place]
    return f", line {frames[-1].lineno}" if frames else ""
