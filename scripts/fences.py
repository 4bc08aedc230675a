"""Refuse imports, and reads of a market, that stand outside the few places they are allowed in.

Each fence below is an allow-list: whatever is not named is refused, a new module included. The order of the rooms is
kept by import-linter (pyproject.toml); these are what an order cannot say.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import active_edge as ae
from active_edge.digest import Import, imports

SOURCE = Path(__file__).resolve().parent.parent / "src"


@dataclass(frozen=True)
class Fence:
    """Something that only the named places may use.

    Attributes
    ----------
    name : the rule, as a sentence.
    targets : modules or names that may not be imported elsewhere, with all inside them.
    attributes : names that may not be read off an object elsewhere, such as ``prices`` in ``market.prices``.
    tables : words that may not be given to a method ``table`` elsewhere.
    builtins : functions that may not be called elsewhere.
    open_to : module or package -> why it may.
    """

    name: str
    open_to: Mapping[str, str]
    targets: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    builtins: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outside:
    """A room that may import nothing of the package but the named modules.

    Attributes
    ----------
    room : package below ``active_edge``.
    may : module below ``active_edge`` -> why.
    """

    room: str
    may: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The rule, as a sentence."""
        return f"{self.room} imports nothing above it, only {', '.join(self.may)}"


NETWORK = frozenset(
    """
    aiohttp asyncio.open_connection ftplib http httpcore httpx imaplib poplib pycurl requests
    smtplib socket socketserver ssl telnetlib tornado urllib.request urllib3 websocket websockets xmlrpc
    """.split()  # noqa: SIM905 - a list of names is read more easily as text
)
PRICES_AND_FACTS = frozenset(
    f"active_edge.market.{name}" for name in ("prices", "facts", "database", "Prices", "Facts", "FactRows")
)
DATA_ROOMS = {
    "market": "keeps them",
    "sources": "makes the tables",
    "filings": "reads single filings, before there is a table",
    "simulated": "makes the tables",
}

STARTS_PROGRAMS = frozenset(
    "system popen execv execve execvp execvpe execl execle execlp posix_spawn posix_spawnp spawnv spawnl fork".split()  # noqa: SIM905
)
"""Names of `os` by which another program starts, whatever `os` is called."""

FENCES = (
    Fence(
        "only `engine` imports vectorbt",
        targets=frozenset({"vectorbt"}),
        open_to={"engine": "drives it and tests it against its own plain run"},
    ),
    Fence(
        "only `sources.web` uses the network",
        targets=NETWORK,
        open_to={"sources.web": "one transport with pace, size and archive"},
    ),
    Fence(
        "only `sources.vendors` uses Yahoo's client",
        targets=frozenset({"curl_cffi", "yfinance"}),
        open_to={
            "sources.vendors": "Yahoo answers its own client alone; bodies still go to the archive",
        },
    ),
    Fence(
        "no other program is started",
        targets=frozenset({"subprocess", "os.system", "os.popen", "pty", "multiprocessing.connection"}),
        attributes=STARTS_PROGRAMS,
        open_to={},
    ),
    Fence(
        "no module is imported by a name made up while running",
        targets=frozenset(
            {"builtins", "importlib.import_module", "importlib.util", "importlib.machinery", "imp", "runpy"}
        ),
        attributes=frozenset({"import_module", "spec_from_file_location", "__import__"}),
        builtins=frozenset({"__import__", "exec", "eval"}),
        open_to={
            "": "names of the package are imported when first used, from a fixed table",
            "plugins.registry": "runs a user's own file, named with its hash, when a name it defines is needed",
        },
    ),
    Fence(
        "only `panel` reads prices and facts for decisions",
        targets=PRICES_AND_FACTS,
        attributes=frozenset({"prices", "facts"}),
        tables=frozenset({"prices", "facts"}),
        open_to=DATA_ROOMS
        | {
            "panel": "the door: nothing known after the decision date passes it",
            "engine": "fills orders at the prices after a decision",
            "costs": "measures spread, impact and volume at the time of a trade",
            "published.reading": "connects to read published returns, no market",
            "run.own_weights": "refuses a user's weight in a name that does not trade that day",
            "run.leaks": "writes a market whose future is scrambled, to see whether a decision moves",
        },
    ),
    Fence(
        "only `results` writes into a results folder",
        targets=frozenset({"active_edge.report.document.write_page", "active_edge.report.page.write_run_page"}),
        open_to={
            "results": "knows what a whole run is, and keeps an earlier one until then",
            "report": "its page module names the function",
        },
    ),
    Fence(
        "no module goes through the package's own lazy names",
        targets=frozenset(f"active_edge.{name}" for name in ae.__all__),
        open_to={},
    ),
)
OUTSIDE = (
    Outside(
        "inference",
        {
            "errors": "the tree of errors",
            "words": "numbers in messages",
            "products": "sums in one order",
            "verdicts": "the words of a verdict",
        },
    ),
    Outside(
        "report",
        {
            "errors": "the tree of errors",
            "words": "numbers on pages",
            "verdicts": "the words of a verdict",
            "stats": "the numbers of a run",
            "run_record": "how a run was made",
        },
    ),
)


def breaches(module: str, source: str, *, package: bool = False) -> list[str]:
    """What a module does that a fence forbids, ``module:line: what; rule``.

    Parameters
    ----------
    module : dotted name, such as ``active_edge.factors.value``.
    source : its text.
    package : the text is an ``__init__.py``.
    """
    found = [
        f"{module}:{line}: {what}; {fence.name}"
        for fence in FENCES
        if not is_inside(module, fence.open_to)
        for line, what in crossings(fence, module, source, package=package)
    ]
    for room in OUTSIDE:
        if is_inside(module, {room.room}):
            for one in _read(module, source, package)[0]:
                ours = one.target.split(".")[0] == "active_edge"
                if ours and not is_inside(one.target, {room.room, *room.may}):
                    found.append(f"{module}:{one.line}: imports {one.target}; {room.name}")
    return found


def crossings(fence: Fence, module: str, source: str, *, package: bool = False) -> list[tuple[int, str]]:
    """Lines of a module that a fence is about, with what they do, whether it is open to the module or not."""
    asked, tree = _read(module, source, package)
    return sorted({*_imported(asked, fence), *_used(tree, fence)})


def modules(source: Path = SOURCE) -> Iterator[tuple[str, str, bool]]:
    """Name, text and whether it is a package, of every module below a folder of source."""
    for file in sorted(source.rglob("*.py")):
        package = file.name == "__init__.py"
        parts = (file.parent if package else file.with_suffix("")).relative_to(source).parts
        yield ".".join(parts), file.read_text(encoding="utf-8"), package


def is_inside(name: str, places: Mapping[str, str] | set[str]) -> bool:
    """Whether a dotted name is one of the places below ``active_edge``, or lies in one; "" is the package's root."""
    if name == "active_edge":
        return "" in places
    return any(f"{name}.".startswith(f"active_edge.{place}.") for place in places)


@cache
def _read(module: str, source: str, package: bool) -> tuple[list[Import], list[ast.AST]]:
    """What a module imports, and all nodes of its text; read once for all fences."""
    return imports(source, module, package=package), list(ast.walk(ast.parse(source)))


def _imported(asked: list[Import], fence: Fence) -> Iterator[tuple[int, str]]:
    for one in asked:
        for target in fence.targets:
            if f"{one.target}.".startswith(f"{target}."):
                yield one.line, f"imports {one.target}"


def _used(tree: list[ast.AST], fence: Fence) -> Iterator[tuple[int, str]]:
    for node in tree:
        if isinstance(node, ast.Attribute) and node.attr in fence.attributes:
            yield node.lineno, f"reads .{node.attr}"
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if isinstance(node.func, ast.Name) and called in fence.builtins:
                yield node.lineno, f"calls {called}"
            said = {word.value for word in node.args if isinstance(word, ast.Constant)}
            for word in sorted(str(word) for word in said):
                if called in {"getattr", "attrgetter"} and word in fence.attributes:
                    yield node.lineno, f"reads .{word}"
                if called == "table" and word in fence.tables:
                    yield node.lineno, f"reads table {word!r}"


def main() -> int:
    found = [breach for name, text, package in modules() for breach in breaches(name, text, package=package)]
    for breach in found:
        print(breach, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
