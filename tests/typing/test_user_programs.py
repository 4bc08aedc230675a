"""`py.typed` is true: two type checkers see the real signatures in a user's program, and refuse what is wrong."""

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import active_edge

PROJECT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).parent / "programs"
RIGHT, WRONG = PROGRAMS / "right.py", PROGRAMS / "wrong.py"
LINE = re.compile(r"wrong\.py:(\d+): error")


def marked() -> set[int]:
    lines = WRONG.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, start=1) if line.endswith("# refused")}


def test_the_typed_names_are_the_names_that_are_imported():
    """What a checker reads below TYPE_CHECKING is what `__getattr__` gives when the program runs."""
    tree = ast.parse(Path(active_edge.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    arrows = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    typed = {alias.asname or alias.name: node.module for node in arrows for alias in node.names}
    assert typed == active_edge._HOME
    assert sorted(typed) == active_edge.__all__
    assert (Path(active_edge.__file__).parent / "py.typed").is_file()


@pytest.mark.slow
def test_mypy_sees_the_real_signatures_in_a_users_program():
    # No settings of this project: a user has none of them.
    plain = ["--config-file", "", "--strict", "--ignore-missing-imports", "--explicit-package-bases"]
    plain += ["--cache-dir", ".mypy_cache/user"]  # beside the cache of scripts/check, which has other settings
    command = [sys.executable, "-m", "mypy", *plain, str(RIGHT), str(WRONG)]
    environment = {**os.environ, "MYPYPATH": "src"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    refused = {int(number) for number in LINE.findall(done.stdout)}
    assert refused == marked(), done.stdout + done.stderr
    assert "right.py" not in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("basedpyright"), reason="needs requirements-ci.lock")
def test_pyright_sees_the_real_signatures_in_a_users_program(tmp_path):
    settings = {"typeCheckingMode": "standard", "extraPaths": [str(PROJECT / "src")], "include": [str(PROGRAMS)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "basedpyright",
        "--outputjson",
        "--pythonpath",
        sys.executable,
        "-p",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert found["summary"]["filesAnalyzed"] == 2, done.stdout + done.stderr
    errors = [one for one in found["generalDiagnostics"] if one["severity"] == "error"]
    refused = {one["range"]["start"]["line"] + 1 for one in errors if one["file"] == str(WRONG)}
    assert refused == marked(), done.stdout
    assert [one for one in errors if one["file"] == str(RIGHT)] == []
