"""Refuse imports, reads and writes that stand outside the few places they are allowed in.

Each fence below is an allow-list: whatever is not named (scripts/fence_lists.py) is refused, a new module, library or
spelling included. The order of the rooms is kept by import-linter (pyproject.toml); these are what an order
cannot say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = PROJECT / "src"
sys.path.insert(0, str(PROJECT))  # so that the scripts find each other from wherever this one is run

import active_edge as ae  # noqa: E402
from scripts import crossings as does  # noqa: E402
from scripts import fence_lists as lists  # noqa: E402
from scripts import texts  # noqa: E402
from scripts.crossings import Crossing, Finder, Text  # noqa: E402


@dataclass(frozen=True)
class Fence:
    """Something that only the named places may do.

    Attributes
    ----------
    name : the rule, as a sentence.
    finders : what finds it in a text.
    open_to : room, module, or function in one -> why it may.
    """

    name: str
    finders: tuple[Finder, ...]
    open_to: lists.Places


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


PRICES_AND_FACTS = tuple(
    f"active_edge.market.{name}" for name in ("prices", "facts", "database", "Prices", "Facts", "FactRows")
)


@cache
def own_names() -> frozenset[str]:
    """Functions, classes and fields that the package itself defines."""
    everything = list(modules())
    defined = {name for module, text, package in everything for name in read(module, text, package).defined}
    return frozenset(defined | {part for module, _, _ in everything for part in module.split(".")})


def _named_library(module: str) -> bool:
    return module in lists.ANYWHERE or any(f"{module}.".startswith(f"{library}.") for library in lists.LIBRARIES)


FENCES = (
    Fence(
        "a library is imported only once it is named in scripts/fence_lists.py",
        (does.unnamed_library(_named_library),),
        {},
    ),
    *(
        Fence(f"{library} is imported only where scripts/fence_lists.py says", (does.imported(library),), places)
        for library, places in lists.LIBRARIES.items()
    ),
    *(
        Fence(
            f"of {library} only the names in scripts/fence_lists.py are used",
            (does.beyond(library, known.__contains__),),
            {},
        )
        for library, known in lists.KNOWN_NAMES.items()
    ),
    Fence(
        "nobody reaches the network through another object; only `sources.web` imports it",
        (does.names(lists.NETWORK.__contains__),),
        {},
    ),
    Fence(
        "only `sources` names an address",
        (does.in_text(texts.address_in, "names"),),
        {
            "sources": "what the transport asks",
            "cli.sources._host": "tells hosts apart",
            "lab.serve.listen": "its own address on this machine",
            "lab.server._calls": "its own address on this machine",
            "report.company_page.edgar_address": "a link for the reader to follow; the page asks nobody",
        },
    ),
    Fence(
        "no module is reached through another",
        (
            does.names(lists.names_a_module),
            does.through_the_package(lambda word: lists.names_a_module(word) and word not in own_names()),
        ),
        {},
    ),
    Fence("every import names what it brings", (does.star_imports,), {}),
    Fence(
        "a name of a market is imported from where it is defined",
        (does.through_the_package(lists.OF_A_MARKET.__contains__),),
        {
            "market": "keeps them",
            "panel": "the door: nothing known after the decision date passes it",
            "placebo.world": "gives a drawn market's filings to the panel",
            "simulated": "rows of its own",
            "engine": "fills orders at the prices after a decision",
        },
    ),
    Fence("no SQL brings in a library or another database", (does.in_text(texts.sql_that_leaves, "says"),), {}),
    Fence("no other program is started", (does.names(lists.STARTS_PROGRAMS.__contains__),), {}),
    Fence(
        "no module is imported by a name made up while running",
        (
            does.names(
                frozenset({"import_module", "spec_from_file_location", "__import__", "exec_module"}).__contains__
            ),
            does.builtins(
                "__import__", "exec", "eval", "compile", "breakpoint", "__builtins__", "__loader__", "__spec__"
            ),
        ),
        {
            "": "names of the package are imported when first used, from a fixed table",
            "plugins.registry": "runs a user's own file, named with its hash, when a name it defines is needed",
        },
    ),
    Fence(
        "the modules that are loaded are no way around an import",
        (does.names({"modules"}.__contains__),),
        {
            "cli.interrupts.leave": "whether a user's file was run at all",
            "plugins": "forgets what a user's file has brought",
        },
    ),
    Fence(
        "no name is made up while running",
        (
            does.made_up_names,
            does.made_up_formats,
            does.texts_as_code(lists.READS_TEXT_AS_CODE),
            does.builtins("vars", "globals", "locals"),
        ),
        lists.MADE_UP_NAMES,
    ),
    Fence("nobody reads another's private names", (does.private_names,), lists.PRIVATE_NAMES),
    Fence(
        "only the rooms of tables speak SQL", (does.names({"execute", "executemany", "sql"}.__contains__),), lists.SQL
    ),
    Fence(
        "DuckDB is opened where it is told to load no extension",
        (does.asked_of("duckdb", "connect", "default_connection", "sql", "query", "execute"),),
        {"market.connection": "the one place"},
    ),
    Fence(
        "files are read only where named",
        (does.names(lambda word: lists.reads_files(word, own_names())), does.opened),
        lists.READS,
    ),
    Fence(
        "only `results` writes into a results folder: files are written only where named",
        (
            does.names(lambda word: lists.writes_files(word, own_names())),
            does.given_a_place(lists.writes_where_told),
            does.opened_to_write,
            does.put_elsewhere,
            does.in_text(texts.sql_that_writes, "says"),
        ),
        lists.WRITES,
    ),
    Fence(
        "only `results` writes a run's page",
        (does.imported("active_edge.report.document.write_page", "active_edge.report.page.write_run_page"),),
        {
            "results": "knows what a whole run is, and keeps an earlier one until then",
            "report": "its page module names the function",
            "sealing.page": "writes into a folder of seals",
        },
    ),
    Fence(
        "`open` is called, never handed on",
        (does.handed_on("open"),),
        {
            "engine.oracle._read_panel": "the opening price",
            "simulated.quotes": "the opening price",
        },
    ),
    Fence(
        "only `panel` reads prices and facts for decisions",
        (does.imported(*PRICES_AND_FACTS), does.names({"prices", "facts"}.__contains__)),
        {
            "market": "keeps them",
            "placebo.world": "gives a drawn market's filings to the panel",
            "sources": "makes the tables",
            "filings": "reads single filings, before there is a table",
            "simulated": "makes the tables",
            "panel": "the door: nothing known after the decision date passes it",
            "engine": "fills orders at the prices after a decision",
            "article.from_market": "what prices did around a filing, measured long after it",
            "costs": "measures spread, impact and volume at the time of a trade",
            "published.return_files": "connects to read published returns, no market",
            "sealing.months": "tells a month without any price from one in which none moved",
            "run.own_weights": "refuses a user's weight in a name that does not trade that day",
            "run.leaks": "writes a market whose future is scrambled, to see whether a decision moves",
        },
    ),
    Fence(
        "only `panel` reads tables of a market for decisions",
        (does.tables("prices", "facts"), does.in_text(texts.table_in, "reads the table")),
        lists.MARKET_TABLES,
    ),
    Fence(
        "no module goes through the package's own lazy names",
        (does.imported(*(f"active_edge.{name}" for name in ae.__all__)),),
        {},
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
            "printable": "texts that act on nothing",
            "verdicts": "the words of a verdict",
            "stats": "the numbers of a run",
            "robustness_stats": "the numbers of a run",
            "run_record": "how a run was made",
            "whole": "a page appears whole",
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
        f"{module}:{one.line}: {one.what}; {fence.name}"
        for fence in FENCES
        for one in crossings(fence, module, source, package=package)
        if not is_inside(one.place, fence.open_to)
    ]
    for room in OUTSIDE:
        if is_inside(module, {room.room}):
            for asked in read(module, source, package).asked:
                ours = asked.target.split(".")[0] == "active_edge"
                if ours and not is_inside(asked.target, {room.room, *room.may}):
                    found.append(f"{module}:{asked.line}: imports {asked.target}; {room.name}")
    return found


def crossings(fence: Fence, module: str, source: str, *, package: bool = False) -> list[Crossing]:
    """What a module does that a fence is about, whether it is open to the place or not."""
    text = read(module, source, package)
    found = {one for finder in fence.finders for one in finder(text)}
    return sorted(Crossing(text.place(line), line, what) for line, what in found)


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
def read(module: str, source: str, package: bool) -> Text:
    """A module, read once for all fences."""
    return Text(module, source, package)


def main() -> int:
    found = [breach for name, text, package in modules() for breach in breaches(name, text, package=package)]
    for breach in found:
        print(breach, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
