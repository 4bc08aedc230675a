"""Whatever writes a file says so in its name or its first sentence, and a results folder is `out` everywhere."""

import ast
import importlib
import inspect
import re

import pytest

import active_edge as ae
from scripts.fences import FENCES, crossings, modules, read

WRITING = next(fence for fence in FENCES if "writes into a results folder" in fence.name)
SAYS = re.compile(
    r"\b(write|writes|written|make|makes|made|store|stored|keep|keeps|kept|add|added|append|appended|remove|removed)\b"
)
"""Words by which a sentence says that something is on the disk afterwards."""
TEMPORARY = {
    "active_edge.config.to_yaml": "gives text",
    "active_edge.filings": "opens a zip to read",
    "active_edge.market.differences.compare_snapshots": "a folder to spill into, gone at the end",
    "active_edge.sources.web.archive.Archive.read": "opens a body to read",
    "active_edge.run.leaks.audit_leaks": "a market for a while, gone at the end",
}
"""What the fence finds that leaves nothing behind."""


def public_writers():
    """Public functions, or the public ones around private ones, in which something is written."""
    for module, text, package in modules():
        for one in crossings(WRITING, module, text, package=package):
            name = one.place.removeprefix(f"{read(module, text, package).module}.")
            if not any(f"{one.place}.".startswith(f"{place}.") for place in TEMPORARY) and name != one.place:
                yield module, name


def documented(module, name):
    found = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_every_function_that_writes_says_so():
    silent = []
    for module, name in sorted(set(public_writers())):
        found = documented(module, name)
        first = (inspect.getdoc(found) or "").split("\n\n")[0]
        said = f"{name.replace('_', ' ').replace('.', ' ')} {first}".lower()
        if not name.rpartition(".")[2].startswith("_") and not SAYS.search(said):
            silent.append(f"{module}.{name}: {first}")
    assert silent == []


@pytest.mark.parametrize("name", [name for name in ae.__all__ if callable(getattr(ae, name))])
def test_every_public_function_with_a_results_folder_says_what_it_writes_there(name):
    found = getattr(ae, name)
    if inspect.isfunction(found) and "out" in inspect.signature(found).parameters:
        first = inspect.getdoc(found).split("\n\n")[0]
        assert re.search(r"\bwritten\b|\bwrites?\b", first), first


def signatures():
    for module, text, _ in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                for given in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                    yield module, node.name, given.arg, ast.unparse(given.annotation) if given.annotation else ""


@pytest.mark.slow
def test_no_public_function_calls_a_results_folder_by_another_name():
    found = [
        f"{module}.{function}({name}: {kind})"
        for module, function, name, kind in signatures()
        if name in {"results", "results_folder", "output", "outdir", "out_dir", "destination"} and "Path" in kind
    ]
    assert found == []


@pytest.mark.slow
def test_a_folder_by_another_name_would_be_found():
    assert ("active_edge.results.index", "write_index", "out", "Path") in list(signatures())
