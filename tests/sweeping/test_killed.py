"""Whatever stops a sweep, and whoever else works in its folder, the table is that of a sweep nobody touched."""

import multiprocessing

import pytest

import active_edge.sweeping.run as run_module
from active_edge.config import build_model
from active_edge.ledger import Ledger
from active_edge.sweeping.grid import Grid
from active_edge.sweeping.run import PARTS, RECORD, VARIANTS, sweep
from tests.judging.planted import simulated, strategy_of
from tests.sweeping.test_run import SCREEN

VARIED = 50
# A copy of this process: it begins in a blink, with everything imported and compiled.
FORKED = multiprocessing.get_context("fork")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("market"), years=3, firms=200, seed=2)


@pytest.fixture
def one_a_part(monkeypatch):
    monkeypatch.setattr(run_module, "PART", 1)


def swept(market, out, progress=lambda *_: None):
    grid = build_model(Grid, {"name": "g", "vary": {"screen.select.top": list(range(10, 10 + VARIED))}})
    return sweep(strategy_of(SCREEN), grid, market, out=out, workers=1, progress=progress)


def _told_at_each_step(connection, market, out):
    def progress(what, done, total):
        connection.send((what, done))
        connection.recv()

    swept(market, out, progress)
    connection.send(("finished", 0))


def _killed_after(steps, market, out):
    """Whether a sweep in a process of its own is killed while it works on the part after `steps` finished ones."""
    here, there = FORKED.Pipe()
    process = FORKED.Process(target=_told_at_each_step, args=(there, market, out))
    process.start()
    while True:
        what, done = here.recv()
        if what == "finished":
            process.join()
            return False
        here.send("go on")
        if what == "variants" and done > steps:
            process.kill()  # somewhere in the next part: it waits before the one after that
            process.join()
            return process.exitcode == -9


@pytest.mark.slow
@pytest.mark.parametrize("kills", [5, pytest.param(20, marks=pytest.mark.nightly)])
def test_kills_leave_the_bytes_of_a_sweep_that_nobody_stopped(market, tmp_path, one_a_part, kills):
    whole = swept(market, tmp_path / "whole").folder
    for number in range(kills):
        assert _killed_after(40 // kills * number, market, tmp_path / "killed")
    (folder,) = (tmp_path / "killed").iterdir()
    assert not (folder / VARIANTS).exists()
    assert not _killed_after(VARIED, market, tmp_path / "killed")
    assert len(list((folder / PARTS).glob("[!.]*"))) == VARIED
    for file in (VARIANTS, RECORD):
        assert (folder / file).read_bytes() == (whole / file).read_bytes()
    # Each of them wrote its lines, and each variant counts once.
    (lineage,) = Ledger().summary()["lineages"]
    assert lineage["trials"] == VARIED
    assert not Ledger().summary()["damage"]


@pytest.mark.slow
def test_two_sweeps_in_one_folder_at_once_end_with_the_table_of_either(market, tmp_path, one_a_part):
    whole = swept(market, tmp_path / "whole").folder
    both = [FORKED.Process(target=swept, args=(market, tmp_path / "both")) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    (folder,) = (tmp_path / "both").iterdir()
    for file in (VARIANTS, RECORD):
        assert (folder / file).read_bytes() == (whole / file).read_bytes()
    assert len(list((folder / PARTS).iterdir())) == VARIED
