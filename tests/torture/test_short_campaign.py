"""A few of every kind of the campaign: what it looks for it would find, and it finds nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.flips import _one
from tests.torture.points import changes
from tests.torture.rows import Result

PROJECT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="forks")


@pytest.mark.slow
def test_a_few_kills_faults_flips_crowds_and_hostile_bodies_do_no_damage():
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", "--quick", "--minutes", "1", "--seed", "7"],
        cwd=PROJECT, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("\n|") > 35


def test_a_change_that_nobody_notices_is_wrong(tmp_path):
    import random

    path, row = tmp_path / "a", Result("a bit")
    path.write_bytes(b"abc")
    _one(row, random.Random(1), path, lambda: path.read_text(errors="replace"), "abc")
    assert (row.tried, row.noticed, len(row.wrong)) == (1, 0, 1)
    assert path.read_bytes() == b"abc"


def test_what_is_written_counts_as_a_change_and_what_is_read_does_not():
    assert changes("open", ("/w/a", "w", os.O_WRONLY | os.O_CREAT), "/w")
    assert changes("os.rename", ("/w/a", "/w/b", -1, -1), "/w")
    assert not changes("open", ("/w/a", "r", os.O_RDONLY), "/w")
    assert not changes("open", ("/elsewhere/a", "w", os.O_WRONLY), "/w")
    assert not changes("os.mkdir", ("/elsewhere/__pycache__", 0o777, -1), "/w")
    assert changes("os.mkdir", ("below", 0o777, -1), "/w"), "the working folder is /w"
