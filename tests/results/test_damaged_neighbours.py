"""A damaged run beside the one that was asked for is named, kept and left out, and what was asked for is done."""

import json
import os
import shutil
from pathlib import Path

import pytest

import active_edge as ae
from active_edge.cli.main import main
from active_edge.lab.serve import make_lab
from active_edge.market import open_market
from active_edge.results.index import list_runs
from active_edge.strategy import load_strategy
from tests.torture.world import BACKTEST, SWEEP, inside, make_world, run

LATER = 2_000_000_000
OUT = ("--out", "results")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A market, a strategy `s` with its run, and another, `u`, with its own."""
    folder = make_world(tmp_path_factory.mktemp("world"))
    with inside(folder):
        text = Path("strategies/s.yaml").read_text(encoding="utf-8")
        Path("strategies/u.yaml").write_text(text.replace("name: s\n", "name: u\n").replace("annual", "quarterly"))
        assert run(("backtest", "strategies/u.yaml", *BACKTEST[2:]))[0] == 0
    return folder


@pytest.fixture
def results(world, tmp_path, monkeypatch):
    """The folder of the sound run of `s` in a copy of the world, which is the working folder."""
    shutil.copytree(world, tmp_path / "w")
    monkeypatch.chdir(tmp_path / "w")
    (sound,) = Path("results").glob("s-*")
    return sound


def damaged(kind, sound, name="s-ffffff"):
    """A newer run of the same strategy, damaged."""
    folder = Path(shutil.copytree(sound, sound.with_name(name)))
    os.utime(folder / "run.yaml", (LATER, LATER))
    DAMAGE[kind](folder)
    return folder


def _no_json(folder):
    (folder / "stats.json").write_text("{")


def _wrong_type(folder):
    (folder / "run.yaml").write_text("run: [1]\ncreated: {a: 1}\n")
    os.utime(folder / "run.yaml", (LATER, LATER))


def _empty(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def _cut(folder):
    table = folder / "returns.parquet"
    table.write_bytes(table.read_bytes()[:100])


def _cut_without_entry(folder):
    (folder / "entry.json").unlink()
    _cut(folder)


def _links_to_nowhere(folder):
    for path in folder.iterdir():
        path.unlink()
        path.symlink_to("nowhere")


def _link_to_itself(folder):
    shutil.rmtree(folder)
    folder.symlink_to(folder.name)


def _unreadable(folder):
    folder.chmod(0)


DAMAGE = {
    "stats no JSON": _no_json,
    "record of a wrong type": _wrong_type,
    "empty": _empty,
    "table cut short": _cut,
    "table cut short, no entry": _cut_without_entry,
    "links to nowhere": _links_to_nowhere,
    "link to itself": _link_to_itself,
    "no permission": _unreadable,
}
LISTED = ("stats no JSON", "record of a wrong type", "links to nowhere")
"""What the list of runs names; tables are read by who needs them, and what has no name of a run's files is no run."""
NEWEST = (*LISTED[:2], "table cut short", "table cut short, no entry")
"""What would be the newest run of `s`, were it whole."""


def _inside(folder):
    """What lies there, byte for byte."""
    if not folder.is_dir() or not os.access(folder, os.R_OK):
        return os.path.lexists(folder)
    return {path.name: path.is_file() and path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def neighbours(results):
    """Kind of damage -> a run so damaged, all of them beside the sound one."""
    made = {kind: damaged(kind, results, f"s-fffff{place}") for place, kind in enumerate(DAMAGE)}
    yield made
    made["no permission"].chmod(0o755)


@pytest.mark.skipif(os.name == "nt", reason="links of Unix")
def test_what_is_asked_of_a_sound_run_is_done_beside_every_damaged_one(results, neighbours, capsys):
    kept, name = {kind: _inside(folder) for kind, folder in neighbours.items()}, results.name
    (other,) = Path("results").glob("u-*")
    for command in (
        ("compare", name, other.name), ("memo", name), ("export", name, "--csv"), ("rerun", name, "--no-plugins"),
        ("company", "A", "-d", "market"), ("thesis", "-d", "market", "--no-plugins"), BACKTEST,
    ):  # fmt: skip
        assert main([*command, *(() if "--out" in command else OUT)]) == 0, command
        told = capsys.readouterr().err
        looked = command[0] not in ("memo", "export")
        for kind in LISTED:
            assert told.count(f"{neighbours[kind].name}, for") == looked, (command, kind, told)
    assert ae.load_run(name).returns["net"].notna().all()
    assert {kind: _inside(folder) for kind, folder in neighbours.items()} == kept
    assert name in [entry.run for entry in list_runs(Path("results")).entries]


@pytest.mark.parametrize("kind", NEWEST)
def test_a_strategy_stands_for_its_newest_run_that_can_be_read_and_the_newer_one_is_named(kind, results, capsys):
    damaged(kind, results)
    commands = [("memo", "s"), ("export", "s", "--csv"), ("compare", "s", "u"), ("rerun", "s", "--no-plugins")]
    for command in commands if kind == NEWEST[-1] else commands[:1]:
        assert main([*command, *OUT]) == 0, command
        assert f"s: {results.name} stands for it, for a newer run cannot be read: results/s-ffffff" in (
            capsys.readouterr().err
        ), command
    with pytest.warns(UserWarning, match="a newer run cannot be read: results/s-ffffff"):
        assert ae.load_run("s").folder == results


def test_a_strategy_without_a_run_that_can_be_read_is_refused_by_its_newest(results, capsys):
    damaged("stats no JSON", results)
    (results / "stats.json").write_text("{")
    assert main(["memo", "s", *OUT]) == 1
    assert "results/s-ffffff/stats.json" in capsys.readouterr().err


@pytest.mark.slow
def test_a_sweep_and_a_run_in_full_of_the_lab_end_beside_every_damaged_one(results, neighbours, capsys):
    assert main(SWEEP) == 0
    said = capsys.readouterr().err
    assert [said.count(f"{neighbours[kind].name}, for") for kind in LISTED] == [1, 1, 1]
    one = load_strategy("strategies/u.yaml")
    lab = make_lab(open_market("market"), {one.name: one}, family="f", out=Path("results"))
    ran = lab.run({"variant": lab.start["strategies"][one.name]})
    lab.close()
    assert json.loads((Path("results") / ran["run"] / "stats.json").read_text())["verdict"] == ran["verdict"]
    page = Path("results/index.html").read_text(encoding="utf-8")
    assert all(neighbours[kind].name in page for kind in LISTED)
