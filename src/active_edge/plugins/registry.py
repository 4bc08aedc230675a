"""Names of one kind, built in or registered by a plug-in, and how a plug-in's file is run."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from active_edge.arguments import checked
from active_edge.errors import PluginError
from active_edge.ordinary import ordinary_bytes
from active_edge.plugins.declared import DECORATORS, Declared, declared_in
from active_edge.plugins.origin import Plugin, origin_of, plugin_at, reported, shown
from active_edge.words import if_near, nearest

Kind = Literal["factor", "weighting", "source", "statistic"]
GROUPS: Mapping[Kind, str] = {
    "factor": "active_edge.factors",
    "weighting": "active_edge.weightings",
    "source": "active_edge.sources",
    "statistic": "active_edge.statistics",
}
"""Entry point groups; the name of an entry point is the name that its object registers under."""
SWITCH = "ACTIVE_EDGE_PLUGINS"
"""Environment variable: ``on`` or ``off``. Installed plug-ins are off under pytest unless it says ``on``."""
MODULE = "active_edge_plugin_"
FOLDER = "plugins"
"""Name of the folder beside a user's YAML in which plug-ins are looked for."""
WHILE_LOADED = "while it was loaded"
Thing = TypeVar("Thing")


@dataclass
class _State:
    """What may be run, and what was; `scope` puts another in its place, and the old one back."""

    run: bool = True
    installed: bool | None = None
    announce: Callable[[Plugin], None] | None = None
    off: str = ""
    loaded: dict[str, Plugin] = field(default_factory=dict)
    declared: dict[tuple[str, str], list[Declared]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    beside: tuple[Path, ...] = ()
    registering: list[tuple[str, str]] | None = None
    """Names that the file being run has registered; None while none is."""


_state = _State()


class Registry(Mapping[str, Thing], Generic[Thing]):
    """Things of one kind by name: the built-in ones, then those that plug-ins have registered.

    As a mapping it never runs a plug-in; `find` does, when the name is one that a file declares.

    Parameters
    ----------
    kind : what the things are, in a word.
    stand_in : makes what is shown for a declared name while no plug-in may be run.
    """

    def __init__(self, kind: Kind, stand_in: Callable[[Declared], Thing]) -> None:
        self.kind: Kind = kind
        self._stand_in = stand_in
        self._built_in: dict[str, Thing] = {}
        self._reserved: set[str] = set()
        self._own: dict[str, tuple[Thing, Plugin]] = {}
        _registries[kind] = self

    def __getitem__(self, name: str) -> Thing:
        return self._built_in[name] if name in self._built_in else self._own[name][0]

    def __iter__(self) -> Iterator[str]:
        yield from self._built_in
        yield from self._own

    def __len__(self) -> int:
        return len(self._built_in) + len(self._own)

    @property
    def reserved(self) -> frozenset[str]:
        """Names that no plug-in may take."""
        return frozenset(self._reserved)

    def names(self) -> list[str]:
        """Every name that `find` finds, sorted; nothing is run."""
        declared = {name for kind, name in _state.declared if kind == self.kind}
        return sorted({*self, *declared, *_installed(self.kind)})

    def build_in(self, things: Mapping[str, Thing], *, reserve: Iterable[str] = ()) -> None:
        """Take the package's own things; no plug-in may take their names, nor the reserved ones."""
        self._built_in |= things
        self._reserved |= {*things, *reserve}

    def register(self, name: str, thing: Thing, plugin: Plugin) -> None:
        """Take a user's thing; the same file, or a notebook, may register a name again.

        Raises
        ------
        PluginError : the name is built in, or another plug-in has it.
        """
        self._refuse_built_in(name, str(plugin))
        before = self._own[name][1] if name in self._own else plugin
        if (self.kind, name) in (_state.registering or ()):
            raise _clash(self.kind, name, plugin.file, plugin.file)
        if before.place != plugin.place and all(Path(p.place).is_file() for p in (before, plugin)):
            raise _clash(self.kind, name, before.file, plugin.file)
        for declared in _state.declared.get((self.kind, name), ()):
            if declared.path is not None and str(declared.path.resolve()) != plugin.place:
                raise _clash(self.kind, name, declared.file, plugin.file)
        if _state.registering is not None:
            _state.registering.append((self.kind, name))
        self._own[name] = (thing, plugin)

    def find(self, name: str) -> Thing:
        """The thing of a name; a plug-in that declares it is run first, where plug-ins may be run.

        Raises
        ------
        KeyError : nobody defines it; `remedy` says what to do.
        PluginError : the plug-in that declares it cannot be used.
        """
        if name in self:
            return self[name]
        declared = self._declaration(name)
        if declared is None:
            raise KeyError(name)
        if not _state.run:
            return self._stand_in(declared)
        if declared.path is not None:
            load_plugin(declared.path)
        elif declared.entry is not None:
            self._load_installed(name, declared.entry)
        if name not in self:
            raise PluginError(f"plug-in {declared.where}: is to register the {self.kind} {name!r}, and did not")
        return self[name]

    def knows(self, name: str) -> bool:
        """True where `find` would find something; nothing is run."""
        return name in self or self._declaration(name) is not None

    def plugin_of(self, name: str) -> Plugin | None:
        """The plug-in that registered a name; None for a built-in one."""
        return self._own[name][1] if name in self._own else None

    def declaration(self, name: str) -> Declared | None:
        """What was told of a name that was not loaded; None for any other."""
        return None if name in self else self._declaration(name)

    def remedy(self, name: str, *, also: Iterable[str] = ()) -> str:
        """What is wrong with a name nobody defines: the nearest one, and the files that may have defined it."""
        reason = self.may_define(name)
        valid = {*self.names(), *also}
        near = if_near(name, valid) if reason else f"; {nearest(name, valid)}"
        return f"no {self.kind} is named {name!r}{reason}{near}"

    def may_define(self, name: str) -> str:
        """Which plug-ins may have defined a name and were not run, each behind a semicolon; empty where none."""
        reasons = [f"; {problem}" for problem in _state.unreadable]
        if not _state.off:
            reasons += _not_loaded(self.kind, name)
        return _state.off + "".join(dict.fromkeys(reasons))

    def _declaration(self, name: str) -> Declared | None:
        found = list(_state.declared.get((self.kind, name), ()))
        entry = _installed(self.kind).get(name)
        if entry is not None:
            found.append(Declared(self.kind, name, entry.value, entry=entry))
        if len(found) > 1:
            raise _clash(self.kind, name, found[0].file, found[1].file)
        return found[0] if found else None

    def refuse_declared(self) -> None:
        """Raise `PluginError` where a declared name is a built-in one."""
        for (kind, name), declared in _state.declared.items():
            if kind == self.kind:
                self._refuse_built_in(name, f"plug-in {declared[0].where}")

    def _refuse_built_in(self, name: str, where: str) -> None:
        if name in self._reserved:
            raise PluginError(f"{where}: the {self.kind} {name!r} is built in; give yours another name")

    def _load_installed(self, name: str, entry: EntryPoint) -> None:
        package = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "installed"
        with reported(Plugin(f"{entry.value} ({package})", "", ""), when=WHILE_LOADED):
            thing = entry.load()
        # A module that was imported before registered then, perhaps in a scope that is over.
        if name not in self and isinstance(getattr(thing, "plugin", None), Plugin):
            self.register(name, thing, thing.plugin)
        if name in self and _state.announce is not None:
            _state.announce(self._own[name][1])


_registries: dict[str, Registry[Any]] = {}


@contextmanager
def scope(
    folders: Iterable[Path] = (),
    files: Iterable[Path] = (),
    *,
    run: bool = True,
    off: bool = False,
    announce: Callable[[Plugin], None] | None = None,
) -> Iterator[None]:
    """Plug-ins for the length of a block; what they registered is forgotten after it.

    Parameters
    ----------
    folders : their files are looked at, and run when a name they declare is needed.
    files : run at once.
    run : False runs nothing but `files`; declared names stand for what they will be.
    off : nothing is looked at or run.
    announce : told of every plug-in when it is run.

    Raises
    ------
    PluginError : a file of `files` cannot be used, or a file redefines a built-in name.
    """
    global _state  # noqa: PLW0603  the one place that changes it
    before = _state
    kept = {kind: dict(registry._own) for kind, registry in _registries.items()}
    modules = set(sys.modules)
    told = "; plug-ins are off (--no-plugins)" if off else ""
    _state = _State(run, False if off else before.installed, announce, told, dict(before.loaded))
    try:
        if not off:
            _declare(dict.fromkeys(path for folder in folders for path in plugin_files(folder)))
            for path in files:
                load_plugin(path)
        yield
    finally:
        _state = before
        for kind, registry in _registries.items():
            registry._own = kept.get(kind, {})
        for name in [name for name in sys.modules if name.startswith(MODULE) and name not in modules]:
            del sys.modules[name]


@contextmanager
def read_beside(file: Path) -> Iterator[None]:
    """For the length of a block, a name that nobody defines is looked for beside a YAML file, and nothing is run.

    `Registry.remedy` then names the plug-in that defines it.
    """
    before, _state.beside = _state.beside, tuple(plugin_folders(file))
    try:
        yield
    finally:
        _state.beside = before


def plugin_folders(file: Path) -> Iterator[Path]:
    """Where plug-ins lie beside a YAML file, or a folder of some: next to its folder, and in it."""
    folder = file.resolve() if file.is_dir() else file.resolve().parent
    yield from (place for place in (folder.parent / FOLDER, folder / FOLDER) if place.is_dir())


@checked
def load_plugins(*paths: str | Path) -> tuple[Plugin, ...]:
    """The plug-ins run and registered for the rest of the process: each a file, or a folder of files.

    A folder's files are run in the order of their names; those that begin with ``_`` are left out.

    Raises
    ------
    PluginError : a file is missing, cannot be run, registers nothing, or takes a name that is taken.
    """
    files = [file for path in map(Path, paths) for file in (plugin_files(path) if path.is_dir() else [path])]
    return tuple(load_plugin(file) for file in files)


def plugin_files(folder: Path) -> list[Path]:
    """The Python files of a folder, sorted; none where there is no folder."""
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith("_") and path.is_file())


def load_plugin(path: Path) -> Plugin:
    """One file run and registered; a file that was already run is left alone. Raises as `load_plugins`."""
    place = str(path.resolve())
    if place in _state.loaded:
        return _state.loaded[place]
    try:
        text = ordinary_bytes(path)
    except OSError as error:
        near = if_near(path.stem, [file.stem for file in plugin_files(path.parent)])
        raise PluginError(f"plug-in {shown(path)}: cannot be read ({error.strerror}){near}") from error
    plugin = plugin_at(path, text)
    if _state.announce is not None:
        _state.announce(plugin)
    declared_in(path, shown(path))
    _state.loaded[place] = plugin
    registered = {kind: dict(registry._own) for kind, registry in _registries.items()}
    outer, _state.registering = _state.registering, []
    try:
        _run(plugin, text)
        if not _state.registering:
            decorators = ", ".join(f"@ae.{kind}" for kind in DECORATORS)
            raise PluginError(f"{plugin}: registers nothing; decorate a function with one of {decorators}")
    except BaseException:
        del _state.loaded[place]
        for kind, own in registered.items():
            _registries[kind]._own = own
        raise
    finally:
        _state.registering = outer
    return plugin


def origin(function: Callable[..., Any]) -> Plugin:
    """The plug-in that a function is written in, with the hash of what was run.

    Raises
    ------
    PluginError : its text cannot be read, so that no trial could name it.
    """
    found = origin_of(function)
    return _state.loaded.get(found.place, found)


def _run(plugin: Plugin, text: bytes) -> None:
    module = types.ModuleType(f"{MODULE}{Path(plugin.place).stem}_{plugin.sha256[:12]}")
    module.__file__ = plugin.place
    sys.modules[module.__name__] = module  # where dataclasses and pickle look a class's module up
    with reported(plugin, when=WHILE_LOADED):
        exec(compile(text, plugin.place, "exec"), module.__dict__)


def _declare(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            for declared in declared_in(path, shown(path)):
                _state.declared.setdefault((declared.kind, declared.name), []).append(declared)
        except PluginError as error:
            _state.unreadable.append(str(error))
    for registry in _registries.values():
        registry.refuse_declared()


def _not_loaded(kind: str, name: str) -> Iterator[str]:
    """What defines a name beside the YAML file that is read, and how it is loaded."""
    for file in (file for folder in _state.beside for file in plugin_files(folder)):
        try:
            found = [one for one in declared_in(file, shown(file)) if (one.kind, one.name) == (kind, name)]
        except PluginError as error:
            yield f"; {error}"
            continue
        yield from (f"; {one.where} defines it: call ae.load_plugins({shown(file.parent)!r}) first" for one in found)


def _installed(kind: Kind) -> dict[str, EntryPoint]:
    wanted = _state.installed
    if wanted is None:
        wanted = os.environ.get(SWITCH, "off" if "PYTEST_CURRENT_TEST" in os.environ else "on") != "off"
    return {entry.name: entry for entry in entry_points(group=GROUPS[kind])} if wanted else {}


def _clash(kind: str, name: str, first: str, second: str) -> PluginError:
    places = f"twice in {first}" if first == second else f"in {first} and in {second}"
    return PluginError(f"the {kind} {name!r} is defined {places}; rename one of them")
