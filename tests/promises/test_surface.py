"""What the package shows: names, start-up, documents."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import active_edge
from tests.quick import first_quick

PROJECT = Path(__file__).resolve().parents[2]
EXPORTED = [
    "ActiveEdgeError",
    "Costs",
    "Delisting",
    "Impact",
    "Market",
    "Panel",
    "Screen",
    "Strategy",
    "TradingTerms",
    "backtest",
    "backtest_weights",
    "choose_market",
    "factor",
    "import_folder",
    "judge",
    "judge_returns",
    "load_plugins",
    "load_run",
    "load_screen",
    "load_strategy",
    "main",
    "open_market",
    "run_strategies",
    "seal",
    "simulate",
    "source",
    "statistic",
    "sweep",
    "track",
    "verify_seal",
    "weighting",
    "write_report",
]


def test_exported_names_are_these_and_no_others():
    assert active_edge.__all__ == EXPORTED == dir(active_edge)


@pytest.mark.parametrize("name", EXPORTED)
def test_every_exported_name_is_what_it_says(name):
    assert getattr(active_edge, name).__name__ == name


def test_exported_names_survive_the_import_of_every_module():
    modules = "active_edge.results.batch, active_edge.engine, active_edge.cli.main"
    assert (
        run(f"import {modules}, active_edge as ae; print(callable(ae.backtest), callable(ae.simulate))") == "True True"
    )


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert active_edge.__version__ == project["version"]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="bactest"):
        getattr(active_edge, "bactest")  # noqa: B009


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "arguments", first_quick([["--help"], ["backtest", "--help"], ["data", "pull", "--help"], ["check"]])
)
def test_help_and_check_do_not_load_vectorbt_or_statsmodels(arguments):
    code = (
        "import contextlib, io, sys\nfrom active_edge.cli.main import main\n"
        f"with contextlib.redirect_stdout(io.StringIO()):\n    code = main({arguments!r})\n"
        "print(code, [m for m in ('vectorbt', 'statsmodels', 'yfinance', 'plotly', 'arch') if m in sys.modules])"
    )
    assert run(code) == "0 []"


@pytest.mark.slow
def test_generated_documents_are_in_step_with_the_code():
    command = [sys.executable, "scripts/docs.py", "--check"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
