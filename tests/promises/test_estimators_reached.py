"""Every registered estimator has a door: some command leads to it, by the names that functions use of one another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import active_edge
from active_edge.inference.estimator_list import estimators

SOURCE = Path(active_edge.__file__).parent
DOORS = "active_edge.cli."
Node = tuple[str, str]
"""A module and what it defines at its top: a function, a class with its methods, a table."""


def sources() -> dict[str, str]:
    found = {}
    for path in SOURCE.rglob("*.py"):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def defined(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement.name, statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from ((target.id, statement) for target in targets if isinstance(target, ast.Name))


def imported(tree: ast.AST) -> dict[str, Node]:
    """Name used in a tree -> where it comes from; a module by itself has no name in it."""
    found: dict[str, Node] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {one.asname or one.name: (node.module, one.name) for one in node.names}
        elif isinstance(node, ast.Import):
            found |= {one.asname or one.name: (one.name, "") for one in node.names}
    return found


def uses(texts: Mapping[str, str]) -> dict[Node, set[Node]]:
    """What each definition names: of its own module, of another, or as an attribute of a module that it imports.

    A module in a table (`article.families`) stands for what its decorators register.
    """
    graph: dict[Node, set[Node]] = {}
    registered = {
        module: {(module, name) for name, one in defined(ast.parse(text).body) if getattr(one, "decorator_list", ())}
        for module, text in texts.items()
    }
    for module, text in texts.items():
        tree = ast.parse(text)
        outside = imported(tree)
        own = {name for name, _ in defined(tree.body)}
        # A name that a package hands on is that of the module it comes from.
        graph |= {(module, name): {there} for name, there in outside.items() if name not in own}
        for name, statement in defined(tree.body):
            named = graph.setdefault((module, name), set())
            held_of = {id(node.value) for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
            for node in ast.walk(statement):
                if isinstance(node, ast.Name):
                    if id(node) not in held_of:
                        named |= registered.get(".".join(outside.get(node.id, ())), set())
                    named |= (
                        {(module, node.id)}
                        if node.id in own
                        else {outside[node.id]} & set(outside.values())
                        if node.id in outside
                        else set()
                    )
                elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    held = outside.get(node.value.id)
                    if held is not None:
                        named.add((f"{held[0]}.{held[1]}" if held[1] else held[0], node.attr))
            named.discard((module, name))
    return graph


def reached(texts: Mapping[str, str]) -> set[Node]:
    graph = uses(texts)
    found: set[Node] = set()
    waiting = [node for node in graph if node[0].startswith(DOORS)]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += graph.get(node, ())
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return sources()


@pytest.mark.slow
def test_every_estimator_is_reached_from_a_command(texts):
    found = reached(texts)
    assert [name for name, one in estimators().items() if (one.function.__module__, name) not in found] == []


PLANTED = "def planted(sample):\n    return sample.returns.mean()\n"
CALLED = (
    "\n\ndef own_door(sample):\n    from active_edge.inference.planted import planted\n    return planted(sample)\n"
)


@pytest.mark.slow
def test_an_estimator_that_nothing_calls_is_found(texts):
    node = ("active_edge.inference.planted", "planted")
    doors = {module: text for module, text in texts.items() if module.startswith(DOORS)}
    alone = doors | {node[0]: PLANTED}
    assert node not in reached(alone)
    imported_only = alone | {"active_edge.cli.compared": "from active_edge.inference.planted import planted as _\n"}
    mentioned = alone | {"active_edge.results.nobody": CALLED}
    assert node not in reached(mentioned), "a function that calls it, which no command calls, is no door"
    assert node in reached(alone | {"active_edge.cli.compared": CALLED})
    assert node in reached(imported_only), "what a command imports counts as used: ruff refuses an import nobody uses"


@pytest.mark.slow
def test_a_family_taken_off_the_table_leaves_its_estimators_without_a_door(texts):
    table = "active_edge.article.families"
    fewer = texts | {table: texts[table].replace('    "premium": premium,\n', "")}
    assert fewer[table] != texts[table]
    assert ("active_edge.inference.breaks", "sup_f") not in reached(fewer)
