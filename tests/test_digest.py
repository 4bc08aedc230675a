"""The digest of code follows what a module loads, all of it and nothing else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from active_edge.calibration import campaign, daily
from active_edge.calibration.campaign import fingerprint
from active_edge.digest import PACKAGE, code_digest, import_closure, imports, running_digest
from active_edge.sources.web import derived


@pytest.fixture
def copy(tmp_path):
    """The package's source somewhere else, to be edited."""
    place = tmp_path / "elsewhere" / "active_edge"
    shutil.copytree(PACKAGE, place, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file.name} has no {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def lag_rule(folder: Path) -> tuple[Path, str]:
    """The file of `inference` with Newey and West's four lags at a hundred observations, and the words that say so."""
    for file in sorted((folder / "inference").glob("*.py")):
        found = re.search(r"4\.0 \* \(n / 100\.0\)", file.read_text(encoding="utf-8"))
        if found:
            return file, found[0]
    raise AssertionError("no file of inference has the rule of the HAC lag")


@pytest.mark.slow
def test_doubling_the_hac_lag_changes_what_calibration_resumes(copy):
    before = fingerprint()
    assert code_digest(campaign.__name__, package=copy)[:12] == before
    file, rule = lag_rule(copy)
    edit(file, rule, rule.replace("4.0", "8.0"))
    assert code_digest(campaign.__name__, package=copy)[:12] != before
    assert code_digest(daily.__name__, package=copy)[:12] != fingerprint(daily.__name__)


@pytest.mark.slow
@pytest.mark.parametrize("changed", ["filings/debt.py", "sources/sec/concepts.py", "sources/sec/fsds.py"])
def test_a_changed_reader_makes_derived_data_again(copy, changed):
    before = derived.readers_digest()
    assert code_digest(derived.READERS, package=copy)[:16] == before
    (copy / changed).write_text((copy / changed).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert code_digest(derived.READERS, package=copy)[:16] != before


@pytest.mark.slow
def test_an_unrelated_module_changes_no_digest(copy):
    before = code_digest(derived.READERS, package=copy)
    for other in ("inference/regression.py", "report/document.py", "__init__.py"):
        edit(copy / other, "from __future__ import annotations", "from __future__ import annotations\n")
    assert code_digest(derived.READERS, package=copy) == before


def small_package(root: Path, **files: str) -> Path:
    place = root / "small"
    for name, text in {"__init__": "from small.heavy import late\n", **files}.items():
        file = place / f"{name.replace('__of__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return place


FILES = {
    "a": "import json\nfrom .b import name\n\ndef late():\n    from small.room import inner\n",
    "b": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import small.typed\nelse:\n    import small.ran\n",
    "typed": "",
    "ran": "",
    "heavy": "late = 1\n",
    "room__of____init__": "from . import beside\n",
    "room__of__inner": "",
    "room__of__beside": "from small.a import late\n",
    "room__of__other": "",
}


def test_the_closure_has_imports_of_functions_and_packages_and_not_those_for_typing(tmp_path):
    closure = import_closure("small.a", package=small_package(tmp_path, **FILES))
    assert list(closure) == ["small.a", "small.b", "small.ran", "small.room", "small.room.beside", "small.room.inner"]


def test_imports_tell_line_target_and_purpose():
    assert [tuple(one) for one in imports(FILES["b"], "small.b")] == [
        ("typing.TYPE_CHECKING", 1, False),
        ("small.typed", 3, True),
        ("small.ran", 5, False),
    ]
    assert [one.target for one in imports("from .. import far\nfrom .x import *\n", "p.q.r")] == ["p.far", "p.q.x"]
    assert [one.target for one in imports("from . import near\n", "p.q", package=True)] == ["p.q.near"]


PASSING = {
    "a": "from small.room import two, inner\n",
    "room__of____init__": '"""Names."""\n\nfrom small.room.one import x\nfrom small.room.two import two\n\n'
    '__all__ = ["two", "x"]\n',
    "room__of__one": "x = 1\n",
    "room__of__two": "from small.b import y as two\n",
    "room__of__inner": "",
    "b": "y = 2\n",
}


def test_a_package_that_only_passes_names_on_leads_to_those_asked_for(tmp_path):
    small = small_package(tmp_path, **PASSING)
    assert list(import_closure("small.a", package=small)) == [
        "small.a",
        "small.b",
        "small.room.inner",
        "small.room.two",
    ]
    assert "small.room.one" in import_closure("small.room", package=small)


@pytest.mark.parametrize("more", ["\nready = True\n", "\nfrom small.room import inner\n", "\nimport json\n"])
def test_a_package_that_does_anything_else_is_followed_whole(tmp_path, more):
    small = small_package(tmp_path, **PASSING | {"room__of____init__": PASSING["room__of____init__"] + more})
    assert {"small.room", "small.room.one"} <= set(import_closure("small.a", package=small))


LAZY = (
    "import importlib\nORIGINS = {origins}\n\n\ndef __getattr__(name):\n    if name not in ORIGINS:\n"
    "        raise AttributeError(name)\n    module, _, inner = ORIGINS[name].rpartition('.')\n"
    "    return getattr(importlib.import_module(module), inner)\n"
)


def make_lazy(copy: Path) -> set[str]:
    """Names of the packages that only pass names on, each made to load a name when it is asked for."""
    passing = set()
    for file in copy.rglob("__init__.py"):
        text = file.read_text(encoding="utf-8")
        body = re.sub(r'^""".*?"""', "", text, flags=re.DOTALL)
        if file.parent == copy or re.search(r"^(?!__all__|from|[ \])]|$)", body, re.MULTILINE):
            continue
        passing.add(".".join(file.parent.relative_to(copy.parent).parts))
        names = re.findall(r"^from (active_edge\S+) import (.+)$", re.sub(r"\(\s+|,\s+\)", "", text), re.MULTILINE)
        origins = {name: f"{module}.{name}" for module, some in names for name in re.findall(r"\w+", some)}
        file.write_text(LAZY.format(origins=origins), encoding="utf-8")
    return passing


@pytest.mark.slow
def test_the_closure_holds_every_module_that_python_loads(copy):
    """Python's own loader is the other implementation; it knows nothing of source text.

    Packages that only pass names on are made to load what is asked for when it is asked for.
    """
    passing = make_lazy(copy)
    assert len(passing) > 5
    code = (
        "import sys\nsys.path.insert(0, sys.argv[2])\nimport importlib\nimportlib.import_module(sys.argv[1])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('active_edge.')))"
    )
    for module in ("active_edge.calibration.daily", "active_edge.sources.company_tables"):
        command = [sys.executable, "-c", code, module, str(copy.parent)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        loaded = set(done.stdout.split()) - passing
        assert len(loaded) > 20
        assert loaded <= set(import_closure(module))


def test_a_digest_does_not_depend_on_the_place_or_the_line_ends(tmp_path):
    one, two = small_package(tmp_path / "one", **FILES), small_package(tmp_path / "two", **FILES)
    for file in two.rglob("*.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert code_digest("small.a", package=one) == code_digest("small.a", package=two)


def test_a_data_file_counts_where_it_is_named(tmp_path):
    place = small_package(tmp_path, **FILES)
    (place / "table.json").write_text("1", encoding="utf-8")
    without, with_table = (
        code_digest("small.a", package=place),
        code_digest("small.a", data=["table.json"], package=place),
    )
    (place / "table.json").write_text("2", encoding="utf-8")
    assert code_digest("small.a", package=place) == without
    assert code_digest("small.a", data=["table.json"], package=place) != with_table


@pytest.mark.slow
def test_a_trial_can_name_the_code_it_ran():
    assert re.fullmatch("[0-9a-f]{64}", running_digest("active_edge.run.backtest"))


def test_a_module_that_is_not_there_is_an_error():
    with pytest.raises(ModuleNotFoundError, match=r"calibration\.measured: .* no such module"):
        code_digest("active_edge.calibration.measured")


def test_a_page_of_rates_says_that_the_code_has_changed_since_and_takes_it_back():
    from scripts.docs import AFTER_TITLE, rates_told

    page = f"{AFTER_TITLE}Every test.\n"
    stale = rates_told(page, "aaaa", "bbbb")
    assert "Measured before the last change of the code" in stale
    assert "`aaaa`" in stale
    assert rates_told(stale, "aaaa", "bbbb") == stale
    assert rates_told(stale, "bbbb", "bbbb") == page
