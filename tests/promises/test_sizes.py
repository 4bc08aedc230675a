"""Modules, functions and rooms stay small; the check that says so finds what is planted."""

import shutil

import pytest

from scripts.sizes import ALLOWED, PACKAGE, long_functions, room_of, too_large


@pytest.fixture
def copy(tmp_path):
    place = tmp_path / "active_edge"
    shutil.copytree(PACKAGE, place, ignore=shutil.ignore_patterns("__pycache__", "*.json"))
    return place


@pytest.mark.slow
def test_nothing_is_larger_than_it_may_be():
    assert too_large() == []


def test_every_exception_has_a_reason():
    assert all(len(reason.split()) > 3 for reason in ALLOWED.values())
    assert len(ALLOWED) <= 8


@pytest.mark.slow
def test_a_long_module_and_a_large_room_are_refused(copy):
    (copy / "costs" / "planted.py").write_text("x = 1\n" * 401, encoding="utf-8")
    assert too_large(copy) == ["costs/planted.py: 401 lines, at most 400"]
    for number in range(40):
        (copy / "costs" / f"planted{number}.py").write_text("x = 1\n" * 399, encoding="utf-8")
    assert any(said.startswith("costs: ") and said.endswith("at most 15%") for said in too_large(copy))


def test_a_function_is_measured_without_its_docstring():
    body = "    x = 1\n" * 49
    more = "    more\n" * 30
    assert list(long_functions(f'def short():\n    """One.\n\n{more}    """\n{body}')) == []
    assert list(long_functions(f"def long():\n{body}    y = 2\n")) == [("long", 51)]


@pytest.mark.slow
def test_a_long_function_is_refused(copy):
    (copy / "errors.py").write_text("def long():\n" + "    x = 1\n" * 50, encoding="utf-8")
    assert too_large(copy) == ["errors.py: long has 51 lines, at most 50"]


@pytest.mark.slow
def test_an_exception_that_is_no_longer_needed_is_refused(copy):
    allowed = {**ALLOWED, "errors.py": "it was long once, a while ago"}
    assert too_large(copy, allowed) == [
        "errors.py: is no longer over its bound; take it off ALLOWED in scripts/sizes.py"
    ]


def test_inner_rooms_are_rooms():
    assert [room_of(name) for name in ("market/intake/reading.py", "market/store.py", "errors.py")] == [
        "market/intake",
        "market",
        "errors",
    ]
