"""Refuse a module over 400 lines, a function over 50 (its docstring left out), a room over 15 % of all lines.

What may be larger is named below with its reason; a name that no longer needs to be there is refused too.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "src" / "active_edge"
MODULE_LINES, FUNCTION_LINES, ROOM_SHARE = 400, 50, 0.15
INNER_ROOMS = ("market/audit", "market/intake", "sources/sec", "sources/vendors", "sources/web")
"""Rooms inside rooms; every other folder or module below the package is one."""
ALLOWED: Mapping[str, str] = {}
"""Module, or module::function -> why it may be larger."""


def room_of(module: str) -> str:
    """Room of a module given by its path below the package: ``market/intake`` of ``market/intake/reading.py``."""
    inner = [room for room in INNER_ROOMS if module.startswith(f"{room}/")]
    return inner[0] if inner else module.split("/", maxsplit=1)[0].removesuffix(".py")


def lines_by_module(package: Path = PACKAGE) -> dict[str, int]:
    """Lines of every module, by path below the package."""
    return {
        file.relative_to(package).as_posix(): len(file.read_text(encoding="utf-8").splitlines())
        for file in sorted(package.rglob("*.py"))
    }


def lines_by_room(modules: Mapping[str, int]) -> dict[str, int]:
    """Lines of every room, the largest first."""
    rooms: Counter[str] = Counter()
    for module, lines in modules.items():
        rooms[room_of(module)] += lines
    return dict(rooms.most_common())


def long_functions(source: str) -> Iterator[tuple[str, int]]:
    """Name and lines of every function over the bound."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            documented = ast.get_docstring(node) is not None
            docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
            lines = (node.end_lineno or 0) - node.lineno + 1 - docstring
            if lines > FUNCTION_LINES:
                yield node.name, lines


def too_large(package: Path = PACKAGE, allowed: Mapping[str, str] = ALLOWED) -> list[str]:
    """What is over its bound and not allowed to be, and what is allowed without need; one sentence each."""
    modules = lines_by_module(package)
    over = {
        name: f"{name}: {lines} lines, at most {MODULE_LINES}"
        for name, lines in modules.items()
        if lines > MODULE_LINES
    }
    for name in modules:
        for function, lines in long_functions((package / name).read_text(encoding="utf-8")):
            over[f"{name}::{function}"] = f"{name}: {function} has {lines} lines, at most {FUNCTION_LINES}"
    total = sum(modules.values())
    for room, lines in lines_by_room(modules).items():
        if lines > ROOM_SHARE * total:
            over[room] = f"{room}: {lines} of {total} lines, at most {ROOM_SHARE:.0%}"
    return [said for name, said in over.items() if name not in allowed] + [
        f"{name}: is no longer over its bound; take it off ALLOWED in scripts/sizes.py"
        for name in allowed
        if name not in over
    ]


def main() -> int:
    found = too_large()
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
