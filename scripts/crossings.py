"""What the text of a module does: what it imports, which names it reads off objects, what it opens and writes.

Nothing is run. Every finder of this module takes a `Text` and gives the places where something is done, so that a fence
(scripts/fences.py) can say where that may be.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from active_edge.digest import Import, imports
from scripts import texts

Found = Iterator[tuple[int, str]]
"""Line, and what stands there in words."""
Finder = Callable[["Text"], Found]
Test = Callable[[str], bool]
NAMES_BY_TEXT = frozenset({"getattr", "setattr", "delattr", "hasattr", "attrgetter", "methodcaller"})
"""Functions whose argument is a name in quotes."""
BY_MADE_UP_NAME = frozenset("attrgetter methodcaller getattr_static __getattribute__ __dict__ __globals__".split())  # noqa: SIM905
SELF = frozenset({"self", "cls", "super"})
TUPLE_NAMES = frozenset({"_replace", "_fields", "_asdict", "_make"})
"""Public names of a named tuple, for all their underscore."""
PLAIN_DUNDERS = frozenset("__name__ __doc__ __class__ __init__ __new__ __setattr__ __module__ __version__".split())  # noqa: SIM905


class Crossing(NamedTuple):
    """One thing that a module does.

    Attributes
    ----------
    place : dotted name of the module and of the function it is done in.
    line : where in the file.
    what : in words.
    """

    place: str
    line: int
    what: str


class Text:
    """A module, read once for all fences.

    Parameters
    ----------
    module : dotted name.
    source : its text.
    package : the text is an ``__init__.py``.
    """

    def __init__(self, module: str, source: str, package: bool) -> None:
        self.module = f"{module}.__init__" if package and "." in module else module
        self.asked: list[Import] = imports(source, module, package=package)
        self.nodes = list(ast.walk(ast.parse(source)))
        self._functions = sorted(_functions(ast.parse(source), ""))

    def place(self, line: int) -> str:
        """Module and innermost function or class that a line stands in."""
        inner = [name for first, last, name in self._functions if first <= line <= last]
        return f"{self.module}.{inner[-1]}" if inner else self.module

    @cached_property
    def defined(self) -> frozenset[str]:
        """Functions, classes and fields that the module defines."""
        named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        fields = {getattr(node.target, "id", "") for node in self.nodes if isinstance(node, ast.AnnAssign)}
        return frozenset({node.name for node in self.nodes if isinstance(node, named)} | fields)

    @cached_property
    def calls(self) -> dict[int, ast.Call]:
        """id of what is called -> the call."""
        return {id(node.func): node for node in self.nodes if isinstance(node, ast.Call)}

    @cached_property
    def libraries(self) -> list[tuple[int, str, tuple[str, ...]]]:
        """Line, module and names (none for a plain ``import``) of all that is asked from outside the package."""
        found: list[tuple[int, str, tuple[str, ...]]] = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name, ()) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.append((node.lineno, node.module, tuple(alias.name for alias in node.names)))
        return [one for one in found if one[1].split(".")[0] != "active_edge"]

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Name in this module -> library it stands for: ``np`` -> ``numpy``."""
        found = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.split(".")[0]] = alias.name
        return {name: library for name, library in found.items() if library.split(".")[0] != "active_edge"}

    @cached_property
    def assigned(self) -> list[tuple[str, ast.expr]]:
        """Name and value of every plain assignment, wherever it stands."""
        return [
            (target.id, node.value)
            for node in self.nodes
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        ]

    @cached_property
    def texts(self) -> list[tuple[int, str]]:
        """Line and text of every constant but the docstrings, those put together on the spot as what they become."""
        return list(texts.texts(self.nodes))

    @cached_property
    def names(self) -> list[tuple[str, ast.AST, int]]:
        """Every name read off an object, given in quotes, matched, or imported from a library: name, node, line."""
        found: list[tuple[str, ast.AST, int]] = []
        for node in self.nodes:
            if isinstance(node, ast.Attribute):
                found.append((node.attr, node, node.lineno))
            elif isinstance(node, ast.MatchClass):
                found += [(name, node, node.lineno) for name in node.kwd_attrs]
            elif isinstance(node, ast.Call) and called(node) in NAMES_BY_TEXT:
                words = [word.value for word in node.args if isinstance(word, ast.Constant)]
                found += [(part, node, node.lineno) for word in words for part in str(word).split(".")]
        for line, _, asked in self.libraries:
            found += [(name, self.nodes[0], line) for name in asked]
        for line, said in self.texts:
            found += [(name, self.nodes[0], line) for name in texts.fields_of(said)]
        return found


def called(node: ast.Call) -> str:
    """Last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def imported(*targets: str) -> Finder:
    """Imports of modules or names, with all inside them."""

    def find(text: Text) -> Found:
        for one in text.asked:
            for target in targets:
                if f"{one.target}.".startswith(f"{target}."):
                    yield one.line, f"imports {one.target}"

    return find


def asked_of(library: str, *names: str) -> Finder:
    """Names of a library, imported or read off it under whatever name it goes here."""

    def find(text: Text) -> Found:
        for line, module, asked in text.libraries:
            yield from ((line, f"imports {module}.{name}") for name in asked if module == library and name in names)
        for node in text.nodes:
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in names):
                continue
            if text.aliases.get(node.value.id) == library:
                yield node.lineno, f"asks for {library}.{node.attr}"

    return find


def through_the_package(test: Test) -> Finder:
    """Names that are asked of a module of the package, which only has them because it asked a library."""

    def find(text: Text) -> Found:
        for one in text.asked:
            if one.target.startswith("active_edge.") and test(one.target.rpartition(".")[2]):
                yield one.line, f"imports {one.target}"

    return find


def unnamed_library(named: Test) -> Finder:
    """Imports of a library, or of something in one, that nobody has named."""

    def find(text: Text) -> Found:
        for line, module, asked in text.libraries:
            for target in [f"{module}.{name}" for name in asked] or [module]:
                if not named(module) and not named(target):
                    yield line, f"imports {target}"

    return find


def names(test: Test) -> Finder:
    """Names read off any object, by whatever spelling."""

    def find(text: Text) -> Found:
        for name, _, line in text.names:
            if test(name):
                yield line, f"reads .{name}"

    return find


def builtins(*words: str) -> Finder:
    """Functions of Python itself, called or handed on."""

    def find(text: Text) -> Found:
        for node in text.nodes:
            if isinstance(node, ast.Name) and node.id in words and isinstance(node.ctx, ast.Load):
                yield node.lineno, f"uses {node.id}"

    return find


def beyond(library: str, known: Test) -> Finder:
    """Names of a library other than the known ones, and the library handed on as a whole."""

    def find(text: Text) -> Found:
        ours = {name for name, module in text.aliases.items() if module == library}
        read = set()
        for node in text.nodes:
            if isinstance(node, ast.Call) and called(node) == "hasattr":
                read |= {id(word) for word in node.args}
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ours:
                read.add(id(node.value))
                if not known(node.attr):
                    yield node.lineno, f"reads {library}.{node.attr}"
        for node in text.nodes:
            if isinstance(node, ast.Name) and node.id in ours and id(node) not in read:
                yield node.lineno, f"hands {library} on"
        for line, module, asked in text.libraries:
            if module == library:
                yield from ((line, f"imports {name} from {library}") for name in asked if not known(name))

    return find


def tables(*words: str) -> Finder:
    """A method ``table`` that is not called on the spot with the plain name of another table."""

    def find(text: Text) -> Found:
        for name, node, line in text.names:
            if name != "table":
                continue
            call = text.calls.get(id(node))
            said = call.args[0].value if call is not None and _one_word(call) else None  # type: ignore[attr-defined]
            if said is None:
                yield line, "reads .table without naming one"
            elif said in words:
                yield line, f"reads table {said!r}"

    return find


def made_up_names(text: Text) -> Found:
    """Names that are worked out while the program runs."""
    for node in text.nodes:
        if isinstance(node, ast.Name) and node.id in {"getattr", "setattr", "delattr"}:
            call = text.calls.get(id(node))
            if call is None or len(call.args) < 2 or not isinstance(call.args[1], ast.Constant):
                yield node.lineno, f"{node.id} by a name made up"
    for name, _, line in text.names:
        if name in BY_MADE_UP_NAME:
            yield line, f"reads .{name}"


def private_names(text: Text) -> Found:
    """Names with an underscore read off something that is not the object itself."""
    for name, node, line in text.names:
        if not name.startswith("_") or name in PLAIN_DUNDERS | TUPLE_NAMES:
            continue
        owner = node.value if isinstance(node, ast.Attribute) else None
        said = owner.func if isinstance(owner, ast.Call) else owner
        if not (isinstance(said, ast.Name) and said.id in SELF):
            yield line, f"reads .{name}"


def opened(text: Text) -> Found:
    """``open`` to read, by any spelling; it is never handed on."""
    yield from _opened(text, writing=False)


def opened_to_write(text: Text) -> Found:
    """``open`` with a mode that writes, or with one that cannot be read here."""
    yield from _opened(text, writing=True)


def handed_on(word: str) -> Finder:
    """A name that is read without being called."""

    def find(text: Text) -> Found:
        for name, node, line in text.names:
            if name == word and id(node) not in text.calls:
                yield line, f"hands .{word} on"
        for node in text.nodes:
            by_itself = isinstance(node, ast.Name) and node.id == word and id(node) not in text.calls
            if by_itself and isinstance(node.ctx, ast.Load):  # type: ignore[attr-defined]
                yield node.lineno, f"hands {word} on"  # type: ignore[attr-defined]

    return find


def given_a_place(test: Test) -> Finder:
    """Names that write where they are given a place, and return text where they are not: ``frame.to_csv()``."""

    def find(text: Text) -> Found:
        for name, node, line in text.names:
            if not test(name):
                continue
            call = text.calls.get(id(node))
            told = (
                call is None or bool(call.args) or any(word.arg is None or _a_place(word.arg) for word in call.keywords)
            )
            if told:
                yield line, f"writes by .{name}"

    return find


def in_text(words: Callable[[str], str | None], what: str) -> Finder:
    """What the text constants of a module say, told by a function of `scripts.texts`."""

    def find(text: Text) -> Found:
        for line, said in text.texts:
            told = words(said)
            if told is not None:
                yield line, f"{what} {told}"

    return find


def star_imports(text: Text) -> Found:
    """``from a import *``, which brings in names that stand nowhere."""
    for node in text.nodes:
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield node.lineno, f"imports * from {'.' * node.level}{node.module or ''}"


def made_up_formats(text: Text) -> Found:
    """``format`` of a text that is no constant of the module: its fields name anything."""
    said = {name for name, value in text.assigned if texts.is_text(value)}
    for node in text.nodes:
        if not (isinstance(node, ast.Attribute) and node.attr == "format"):
            continue
        pattern: ast.expr = node.value
        while isinstance(pattern, ast.Subscript | ast.Call):
            pattern = pattern.value if isinstance(pattern, ast.Subscript) else pattern.func
            pattern = pattern.value if isinstance(pattern, ast.Attribute) and pattern.attr == "get" else pattern
        name = getattr(pattern, "id", "")
        if id(node) not in text.calls or not (name.isupper() or name in said or texts.is_text(pattern)):
            yield node.lineno, "formats by a text made up"


def texts_as_code(words: frozenset[str]) -> Finder:
    """Names of functions that read the names in a text, called or handed on; a plain field may be called so."""

    def find(text: Text) -> Found:
        fields = {id(node) for node in text.nodes if isinstance(node, ast.Attribute)} - set(text.calls)
        for name, node, line in text.names:
            if name in words and not (name == "query" and id(node) in fields):
                yield line, f"reads .{name}"

    return find


def put_elsewhere(text: Text) -> Found:
    """``rename``, ``replace``, ``copy`` of a file: those of a text or a frame are told by how they are called."""
    for line, module, asked in text.libraries:
        if module == "os":
            yield from ((line, f"imports {name} from os") for name in asked if name in {"rename", "replace"})
    for name, node, line in text.names:
        if name not in {"rename", "replace", "copy"}:
            continue
        owner = getattr(getattr(node, "value", None), "id", "")
        if text.aliases.get(owner) in {"dataclasses", "copy"}:
            continue
        call = text.calls.get(id(node))
        if call is None:
            told = isinstance(node, ast.Attribute)  # handed on
        elif text.aliases.get(owner) == "os" or owner in {"Path", "PurePath"}:
            told = True
        else:
            starred = any(word.arg in {None, "target"} for word in call.keywords)
            starred |= any(isinstance(one, ast.Starred) for one in call.args)
            told = starred or len(call.args) in ({1} if name == "replace" else {1, 2})
        if told:
            yield line, f"writes by .{name}"


def _opened(text: Text, *, writing: bool) -> Found:
    for node in text.nodes:
        if not isinstance(node, ast.Call) or called(node) != "open":
            continue
        outright = not isinstance(node.func, ast.Attribute)
        by_library = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in text.aliases
        if writing == _may_write(node, 1 if outright or by_library else 0):
            yield node.lineno, "opens to write" if writing else "opens"


def _may_write(call: ast.Call, place: int) -> bool:
    modes = [*call.args[place : place + 1], *(word.value for word in call.keywords if word.arg in {"mode", None})]
    return any(not isinstance(mode, ast.Constant) or not re.fullmatch(r"r[bt]?", str(mode.value)) for mode in modes)


def _a_place(word: str) -> bool:
    return bool(re.search(r"path|buf|file|name|excel|con$|^io$", word))


def _one_word(call: ast.Call) -> bool:
    one = len(call.args) == 1 and not call.keywords
    return one and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)


def _functions(node: ast.AST, outer: str) -> Iterator[tuple[int, int, str]]:
    """First and last line and dotted name of every function and class, the outer ones first."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{outer}{child.name}"
            yield child.lineno, child.end_lineno or child.lineno, name
            yield from _functions(child, f"{name}.")
        else:
            yield from _functions(child, outer)
