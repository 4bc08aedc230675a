"""Markets that a lab offers: chosen by name, opened in the background, a few kept, none disturbing another."""

import gc
import json
import threading
import weakref

import pytest

from active_edge.choice import default_folder
from active_edge.cli.main import main
from active_edge.errors import ConfigError, SnapshotError
from active_edge.lab import markets
from active_edge.lab.desk import Dropped
from active_edge.lab.markets import DEFAULT, Markets, Place, places_for
from active_edge.ledger import Ledger
from active_edge.market import open_market
from active_edge.simulated import simulate
from tests.lab.desks import lab_in, make_damaged, make_folder, variant_with

PATIENCE = 120.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = make_folder(tmp_path_factory.mktemp("lab"))
    simulate(made / "other", years=4, firms=150, seed=4)
    return made


@pytest.fixture
def lab(folder):
    opened = lab_in(folder)
    yield opened
    opened.close()


def called(folder, name):
    return str(folder / name)


def waited_for(lab, name, variant=None):
    """What is said of the opening of a market until it is open."""
    said: list[str] = []
    while not said or said[-1]:
        said.append(lab.market({"tab": "a", "market": name, "variant": variant})["said"])
    return said


def test_offered_are_the_first_the_named_the_default_and_what_lies_beside_it_here_and_in_data(tmp_path, monkeypatch):
    for place in ("there/first", "there/beside", "here/own", "here/data/us", "elsewhere/named", "here/data/empty"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "CURRENT").touch()
    (tmp_path / "here/data/empty/CURRENT").unlink()
    monkeypatch.chdir(tmp_path / "here")
    first, named = tmp_path / "there/first", tmp_path / "elsewhere/named"
    expected = [str(first), str(named), DEFAULT, str(tmp_path / "there/beside"), "own", "data/us"]
    assert [place.name for place in places_for(first, [named, first])] == expected
    assert places_for(default_folder())[0].name == DEFAULT


def test_a_market_that_is_not_offered_is_refused_and_nothing_is_opened(lab, folder, tmp_path):
    simulate(tmp_path / "foreign", years=2, firms=50, seed=5)
    for name in (str(tmp_path / "foreign"), "../market", "", None, 3, ["x"], str(folder / "market" / "..") + "/other"):
        with pytest.raises(ConfigError, match="is none that is offered"):
            lab.market({"tab": "a", "market": name})
        with pytest.raises(ConfigError, match="is none that is offered"):
            lab.evaluate({"tab": "a", "number": 1, "market": name, "variant": variant_with(lab)})
    assert len(lab.markets.desks()) == 1


def test_a_tab_on_one_market_does_not_disturb_a_tab_on_another(lab, folder):
    variant, other = variant_with(lab), called(folder, "other")
    assert waited_for(lab, other, variant)[-1] == ""
    here = lab.evaluate({"tab": "a", "number": 1, "variant": variant})
    there = lab.evaluate({"tab": "b", "number": 1, "variant": variant, "market": other})
    assert here["market"]["name"] == called(folder, "market")
    assert there["market"]["name"] == other
    assert here["stats"]["snapshot"] == open_market(folder / "market").snapshot
    assert there["stats"]["snapshot"] == open_market(folder / "other").snapshot
    # A sitting is charged on each market for what was looked at there.
    assert here["price"]["sitting"] == there["price"]["sitting"] == 1
    families = [desk.family for desk in lab.markets.desks()]
    assert families == ["lab test", "lab test, market 3"]
    assert [Ledger().size_of(family) for family in families] == [1, 1]
    assert lab.finish({"tab": "a", "number": 1, "stage": "twins"})["stats"]["snapshot"] == here["stats"]["snapshot"]
    assert lab.finish({"tab": "b", "number": 1, "stage": "twins"})["stats"]["snapshot"] == there["stats"]["snapshot"]
    card = lab.name({"tab": "b", "number": 1, "asset": there["members"][0]["asset"]})
    assert card["on"] == there["on"]


def test_a_damaged_market_is_told_each_time_and_the_old_one_stays(folder, tmp_path):
    damaged = make_damaged(tmp_path / "damaged")
    lab, name = lab_in(folder, others=[damaged]), str(damaged)
    looked = lab.evaluate({"tab": "a", "number": 1, "variant": variant_with(lab)})
    for _ in range(2):
        with pytest.raises(SnapshotError, match=r"prices\.parquet"):
            waited_for(lab, name)
    assert [desk.market.path for desk in lab.markets.desks()] == [folder / "market"]
    assert lab.name({"tab": "a", "number": 1, "asset": looked["members"][0]["asset"]})["ticker"]
    for file in damaged.glob("snapshots/*/*"):
        file.unlink()
    with pytest.raises(SnapshotError):
        lab.evaluate({"tab": "a", "number": 2, "variant": variant_with(lab), "market": name})
    # What the page goes on showing can still be asked about.
    assert lab.name({"tab": "a", "number": 1, "asset": looked["members"][0]["asset"]})["ticker"]
    lab.close()


def test_the_market_not_used_for_longest_is_let_go_with_what_tabs_looked_at_on_it(lab, folder, monkeypatch):
    monkeypatch.setattr(markets, "KEPT", 2)
    other, third = called(folder, "other"), called(folder, "third")
    simulate(folder / "third", years=2, firms=50, seed=6)
    lab = lab_in(folder)
    first = lab.evaluate({"tab": "a", "number": 1, "variant": variant_with(lab)})
    forgotten = weakref.ref(lab.markets.desks()[0].market)
    waited_for(lab, other)
    waited_for(lab, third)
    assert [desk.name for desk in lab.markets.desks()] == [other, third]
    with pytest.raises(Dropped, match="let go of"):
        lab.finish({"tab": "a", "number": 1, "stage": "twins"})
    gc.collect()
    assert forgotten() is None
    again = lab.evaluate({"tab": "a", "number": 2, "variant": variant_with(lab), "market": called(folder, "market")})
    assert again["stats"] == first["stats"]
    assert again["price"]["sitting"] == 1
    assert [desk.name for desk in lab.markets.desks()] == [third, called(folder, "market")]
    lab.close()


def test_while_a_market_opens_the_page_is_told_how_far_it_is_and_others_are_answered(folder, monkeypatch, tmp_path):
    go, real = threading.Event(), Place.opened

    def slowly(place, progress):
        progress("simulating", 2, 5)
        assert go.wait(PATIENCE)
        return real(place, progress)

    monkeypatch.setattr(Place, "opened", slowly)
    opened = open_market(folder / "market")
    tried = Markets(opened, places_for(opened.path), family="f", out=tmp_path)
    other = called(folder, "other")
    for _ in range(2):
        assert tried.until_open(other, None, patience=0.5) == f"opening {other}: simulating, 2 of 5"
    assert tried.desk(called(folder, "market")).market is opened
    go.set()
    assert tried.until_open(other, None, patience=PATIENCE) == ""
    assert tried.desk(other).market.path == folder / "other"
    tried.close()


def test_a_lab_that_ends_drops_what_it_opens(folder, monkeypatch, tmp_path):
    began, go = threading.Event(), threading.Event()

    def never(_, progress):
        began.set()
        assert go.wait(PATIENCE)
        progress("simulating", 0, 0)

    monkeypatch.setattr(Place, "opened", never)
    opened = open_market(folder / "market")
    tried = Markets(opened, places_for(opened.path), family="f", out=tmp_path)
    other = called(folder, "other")
    assert tried.until_open(other, None, patience=0.1)
    assert began.wait(PATIENCE)
    threading.Timer(0.2, go.set).start()
    tried.close()
    with pytest.raises(Dropped):
        tried.desk(other)


@pytest.mark.slow
def test_what_is_saved_and_run_names_the_market_it_was_chosen_on(lab, folder, monkeypatch, capsys):
    variant, other = variant_with(lab, screen__select={"top": 12, "keep_until": 20}), called(folder, "other")
    saved = lab.save_as_yaml({"variant": variant, "name": "on_other", "market": other})
    assert saved["command"].startswith(f"active-edge backtest {saved['files'][0]} --data {other} --out ")
    assert lab.start["strategies"]["on_other"] == saved["saved"]
    ran = lab.run({"variant": saved["saved"], "market": other})
    assert f"--data {other}" in ran["command"]
    kept = json.loads((folder / "results" / ran["run"] / "stats.json").read_text(encoding="utf-8"))
    assert kept["snapshot"] == open_market(folder / "other").snapshot
    monkeypatch.chdir(folder)
    for command in (saved["command"], ran["command"]):
        assert main(command.split()[1:]) == 0
    capsys.readouterr()
