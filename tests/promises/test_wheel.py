"""The wheel carries everything: installed by itself it works from an empty folder, with the sources out of reach."""

import importlib.util
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling, which builds it, is not here"),
]


def run(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    dist = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", dist)
    (built,) = dist.glob("*.whl")
    return built


@pytest.fixture
def environment(tmp_path, wheel):
    """An environment with the wheel, and this one's packages behind it for all that it depends on."""
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
    (inside,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    # A folder named in a .pth is searched, but its own .pth files, the editable install's among them, are not read.
    (inside / "behind.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return tmp_path / "venv"


@pytest.mark.nightly
def test_the_wheel_works_by_itself_from_an_empty_folder(environment):
    told = run(sys.executable, PROJECT / "scripts" / "smoke.py", environment)
    assert "every command did what it says" in told


def test_a_wheel_without_the_shipped_files_would_be_found(environment):
    (shipped,) = environment.glob("lib/python*/site-packages/active_edge/shipped/strategies")
    shipped.rename(shipped.with_name("gone"))
    command = [sys.executable, str(PROJECT / "scripts" / "smoke.py"), str(environment)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "active-edge check" in done.stderr
