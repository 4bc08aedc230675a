"""What a plug-in says it registers, told from its text alone: nothing here runs a user's code."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from inspect import cleandoc
from pathlib import Path

from active_edge.errors import PluginError

PACKAGE = "active_edge"
DECORATORS = ("factor", "weighting", "source", "statistic")
ARGUMENTS = {
    "factor": "unit=..., good=..., source=...",
    "source": "table=..., requests=...",
    "statistic": "unit=..., good=...",
}
"""What a decorator cannot do without."""
Assigned = ast.Assign | ast.AnnAssign | ast.Expr
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""What may stand below a decorator; that it must be a plain function is said when it is run."""


@dataclass(frozen=True)
class Declared:
    """One decorated function of a file that was not run, or one entry point of a package that was not imported.

    Attributes
    ----------
    kind, name : the decorator and the function's name.
    file : as messages show it; of an entry point its module and object.
    line : of the function; 0 for an entry point.
    words : arguments of the decorator that are plain text, by keyword.
    doc : the function's docstring.
    path : the file; None for an entry point.
    """

    kind: str
    name: str
    file: str
    line: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    doc: str = ""
    path: Path | None = None
    entry: EntryPoint | None = None

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.file}, line {self.line}" if self.line else self.file


def declared_in(path: Path, shown: str) -> tuple[Declared, ...]:
    """What a file registers, by the package's decorators on its functions.

    Parameters
    ----------
    shown : how messages name the file.

    Raises
    ------
    PluginError : the file cannot be read, is not Python, or leaves out the arguments of a decorator altogether.
    """
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
    except OSError as error:
        raise PluginError(f"plug-in {shown}: cannot be read ({error.strerror})") from error
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        told = error.msg if isinstance(error, SyntaxError) else error
        raise PluginError(f"plug-in {shown}{line}: is not Python: {told}") from error
    names = _decorator_names(tree)
    _refuse_bare(tree, names, shown)
    return tuple(
        Declared(kind, name, shown, line, words, doc, path)
        for name, line, doc, decorators in _named(tree)
        for kind, words in _decorations(decorators, names)
    )


def _named(tree: ast.Module) -> Iterator[tuple[str, int, str, list[ast.expr]]]:
    """Name, line, docstring and decorators of what a file defines; ``own = ae.factor(...)(function)`` decorates too.

    What is assigned so registers under the function's own name; a lambda has none, so the name it is assigned to stands
    for it until it is run and refused.
    """
    docs = {node.name: cleandoc(ast.get_docstring(node) or "") for node in tree.body if isinstance(node, Named)}
    for node in tree.body:
        if isinstance(node, Named):
            yield node.name, node.lineno, docs[node.name], node.decorator_list
        call = getattr(node, "value", None) if isinstance(node, Assigned) else None
        if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
            given = call.args[0]
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            name = given if isinstance(given, ast.Name) else targets[0]
            if isinstance(name, ast.Name):
                yield name.id, node.lineno, docs.get(name.id, ""), [call.func]


def _refuse_bare(tree: ast.Module, names: Mapping[str, str], shown: str) -> None:
    functions = [node for node in tree.body if isinstance(node, Named)]
    for name, decorator in ((node.name, decorator) for node in functions for decorator in node.decorator_list):
        kind = names.get(ast.unparse(decorator), "")  # with its arguments it is no name of a decorator
        if kind in ARGUMENTS:
            written = f"@{ast.unparse(decorator)}"
            raise PluginError(
                f"plug-in {shown}, line {decorator.lineno}: {written} says nothing of {name}; write "
                f"{written}({ARGUMENTS[kind]})"
            )


def imported_names(text: bytes) -> set[str]:
    """First names of the modules that Python text imports; none where it is not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _decorator_names(tree: ast.Module) -> dict[str, str]:
    """How a file writes the decorators, ``ae.factor`` or ``factor``, to the decorator."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == PACKAGE:
                    names |= {f"{alias.asname or alias.name}.{kind}": kind for kind in DECORATORS}
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            names |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in DECORATORS}
    return names


def _decorations(decorators: list[ast.expr], names: Mapping[str, str]) -> list[tuple[str, dict[str, str]]]:
    found = []
    for decorator in decorators:
        call = decorator if isinstance(decorator, ast.Call) else None
        kind = names.get(ast.unparse(call.func if call is not None else decorator))
        if kind is not None:
            given = call.keywords if call is not None else []
            words = {k.arg: k.value.value for k in given if k.arg and isinstance(k.value, ast.Constant)}
            found.append((kind, {key: word for key, word in words.items() if isinstance(word, str)}))
    return found
