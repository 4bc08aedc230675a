"""Hash of the code a result depends on: a module and all it imports from this package, however deep.

Whatever is kept to be used again (finished markets of a calibration, parsed forms of raw bodies) carries this digest,
so that what other code made is made again. Nothing is imported to find it out: the source is read.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

PACKAGE = Path(__file__).resolve().parent


class Import(NamedTuple):
    """One name that a module asks for.

    Attributes
    ----------
    target : dotted and absolute; of ``from a import b`` it is ``a.b``, which may be a module or a name in one.
    line : where in the file.
    typing_only : below ``if TYPE_CHECKING``, so never when the program runs.
    """

    target: str
    line: int
    typing_only: bool


def imports(source: str, module: str, *, package: bool = False) -> list[Import]:
    """Every import of a module by line, those inside functions and below TYPE_CHECKING included.

    Parameters
    ----------
    source : text of the module.
    module : its dotted name, against which relative imports are read.
    package : the text is an ``__init__.py``.
    """
    tree = ast.parse(source)
    typing = {id(node) for block in ast.walk(tree) if _is_typing_block(block) for node in _inside(block)}
    found = []
    for node in ast.walk(tree):
        for target in _targets(node, module, package):
            found.append(Import(target, getattr(node, "lineno", 0), id(node) in typing))
    return sorted(found, key=lambda one: (one.line, one.target))


def import_closure(*modules: str, package: Path = PACKAGE) -> dict[str, Path]:
    """Files of the named modules and of every module of the package they load, by module name, sorted.

    A module loads the packages it lies in, but for those that only name things: the outermost, and any whose
    ``__init__`` does nothing but pass names on. Of these a name asked for leads to the module it comes from, and to no
    other. What is imported for typing alone is not loaded.

    Parameters
    ----------
    modules : dotted names, such as ``active_edge.calibration.measure``.
    package : folder of the package's source.

    Raises
    ------
    ModuleNotFoundError : the package has no module of that name.
    """
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        file = _file(name, package)
        if file is None:
            raise ModuleNotFoundError(f"{name}: {package} has no such module", name=name)
        if name in found or name == package.name:
            continue
        found[name] = file
        waiting.extend(_loaded(name, file, package))
    return dict(sorted(found.items()))


def code_digest(*modules: str, data: Iterable[str] = (), package: Path = PACKAGE) -> str:
    """64 hexadecimal digits of the code the modules depend on; the same on every machine.

    Any change of a file of `import_closure` changes it, comments included; no other file's does. Line ends count
    alike however a checkout writes them.

    Parameters
    ----------
    modules : dotted names.
    data : files the code reads beside itself, relative to the package: ``inference/false_alarms.json``.
    package : folder of the package's source.

    Raises
    ------
    ModuleNotFoundError : the package has no module of that name.
    """
    files = {**import_closure(*modules, package=package), **{name: package / name for name in data}}
    digest = hashlib.sha256()
    for name, file in sorted(files.items()):
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


@cache
def running_digest(*modules: str) -> str:
    """`code_digest` of the installed package, worked out once."""
    return code_digest(*modules)


def _loaded(name: str, file: Path, package: Path) -> Iterator[str]:
    """Modules of the package that running `file` loads."""
    is_package = file.name == "__init__.py"
    for one in imports(file.read_text(encoding="utf-8"), name, package=is_package):
        if not one.typing_only and f"{one.target}.".startswith(f"{package.name}."):
            yield from _followed(one.target, package)
    outer = name.rpartition(".")[0]
    if outer and _passed_on(outer, package) is None:
        yield outer


def _followed(target: str, package: Path) -> Iterator[str]:
    """Modules that asking for a dotted name loads."""
    parts = target.split(".")
    for length in range(1, len(parts) + 1):
        module = ".".join(parts[:length])
        if _file(module, package) is None:
            return  # the rest is a name inside the module before it
        names = _passed_on(module, package)
        if names is None or length == len(parts):
            yield module
        elif length == len(parts) - 1 and parts[length] in names:
            yield from _followed(names[parts[length]], package)
            return


def _passed_on(module: str, package: Path) -> Mapping[str, str] | None:
    """Name -> where it comes from, of a package whose ``__init__`` only passes names on; None of all else."""
    file = _file(module, package)
    if file is None or file.name != "__init__.py" or module == package.name:
        return None
    return _origins(file.read_text(encoding="utf-8"), module)


@lru_cache(maxsize=256)
def _origins(source: str, module: str) -> Mapping[str, str] | None:
    """What an ``__init__`` passes on by name; None where it does anything else, importing for the effect included."""
    origins: dict[str, str] = {}
    offered: set[str] = set()
    for node in ast.parse(source).body:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="__future__"):
                continue
            case ast.ImportFrom(names=names):
                targets = _targets(node, module, package=True)
                origins |= {one.asname or one.name: target for one, target in zip(names, targets, strict=True)}
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                offered = {str(one.value) for one in elements if isinstance(one, ast.Constant)}
            case _:
                return None
    return MappingProxyType(origins) if set(origins) <= offered else None


def _file(name: str, package: Path) -> Path | None:
    """File of a module, by its dotted name; None where there is none."""
    place = package.parent.joinpath(*name.split("."))
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.is_file():
            return file
    return None


def _targets(node: ast.AST, module: str, package: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            here = parts[: len(parts) - node.level + package]
            base = ".".join([*here, base] if base else here)
        yield from (base if alias.name == "*" else f"{base}.{alias.name}" for alias in node.names)


def _is_typing_block(node: ast.AST) -> bool:
    if not isinstance(node, ast.If):
        return False
    named = node.test.attr if isinstance(node.test, ast.Attribute) else getattr(node.test, "id", "")
    return named == "TYPE_CHECKING"


def _inside(block: ast.AST) -> Iterator[ast.AST]:
    """What stands under the condition; its ``else`` runs."""
    assert isinstance(block, ast.If)
    for statement in block.body:
        yield from ast.walk(statement)
