"""Fixtures for what lies outside of the project: data beside it, a user's ledger, a browser."""

import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

# How long an example takes says nothing about whether it holds; a check of a commit says the same twice.
settings.register_profile("patient", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("patient")

BESIDE = Path(__file__).resolve().parents[2] / "shared"


def _ledger_apart(folder: Path) -> Iterator[Path]:
    """ACTIVE_EDGE_LEDGER names a file of its own for a while; no test touches a user's ledger."""
    before = os.environ.get("ACTIVE_EDGE_LEDGER")
    os.environ["ACTIVE_EDGE_LEDGER"] = str(folder / "ledger.jsonl")
    yield folder / "ledger.jsonl"
    if before is None:
        del os.environ["ACTIVE_EDGE_LEDGER"]
    else:
        os.environ["ACTIVE_EDGE_LEDGER"] = before


@pytest.fixture(scope="session", autouse=True)
def _session_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield from _ledger_apart(tmp_path_factory.mktemp("session_ledger"))


@pytest.fixture(scope="module", autouse=True)
def _module_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """For what the tests of a module share."""
    yield from _ledger_apart(tmp_path_factory.mktemp("module_ledger"))


@pytest.fixture(autouse=True)
def ledger_file(_session_ledger: Path) -> Iterator[Path]:
    """The ledger of one test, which begins empty."""
    # Not by `mktemp`, which reads the names of all folders there are to number the next.
    yield from _ledger_apart(Path(mkdtemp(dir=_session_ledger.parent)))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser of playwright's; skipped where no Chromium is installed."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def _folder(name: str) -> Path:
    folder = BESIDE / name
    if not folder.is_dir():
        pytest.skip(f"real input is not on this machine: no {name} folder beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return _folder("data")


@pytest.fixture(scope="session")
def recorded() -> Path:
    return _folder("recorded")


@pytest.fixture(scope="session")
def real_import(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The import report of the real folder and the market made from it, made by one process for all."""
    from active_edge.market import open_market
    from active_edge.market.intake.importer import import_folder

    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "real_import"
    with FileLock(f"{folder}.lock"):
        told = folder / "report.pickle"
        if not told.is_file():
            folder.mkdir(exist_ok=True)
            report = import_folder(shared_data / "us_2015_2017", folder / "market")
            told.write_bytes(pickle.dumps(report))
        return pickle.loads(told.read_bytes()), open_market(folder / "market")
