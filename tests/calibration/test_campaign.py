import json

import numpy as np
import pytest

from active_edge.calibration import campaign
from active_edge.calibration.campaign import Plan, campaign_file, read_finished, run_campaign
from active_edge.calibration.worlds import chosen_worlds
from active_edge.errors import ConfigError, DataError

SMALL = {"years": 3, "firms": 1600}


def outcome(world, number):
    """Stand-in for a measured market: a function of world and number alone."""
    return {"world": world, "market": number, "verdict": f"{world} {number}"}


@pytest.fixture
def counted(monkeypatch):
    """Campaigns whose markets cost nothing; the list of those that were drawn."""
    drawn = []

    def pretend(plan, number, group):
        drawn.append((number, [world.name for world in group]))
        return [outcome(world.name, number) for world in group]

    monkeypatch.setattr(campaign, "measure_path", pretend)
    return drawn


def plan_of(worlds="null,look_ahead,planted_1", markets=3, **more):
    return Plan(chosen_worlds(worlds.split(",")), markets, 1, **SMALL, **more)


def test_worlds_of_one_path_share_one_draw(tmp_path, counted):
    run_campaign(plan_of(markets=1), tmp_path)
    assert sorted(counted) == [(0, ["null", "look_ahead"]), (0, ["planted_1"])]


def test_a_killed_campaign_goes_on_where_it_was(tmp_path, counted):
    plan = plan_of()
    whole = run_campaign(plan, tmp_path / "whole")
    counted.clear()
    file = campaign_file(tmp_path / "killed", plan)
    file.parent.mkdir()
    lines = [json.dumps(outcome("null", 0)), json.dumps(outcome("look_ahead", 0)), json.dumps(outcome("null", 1))]
    file.write_text("\n".join(lines) + '\n{"world": "look_ahead", "mar')
    assert run_campaign(plan, tmp_path / "killed") == whole
    assert (0, ["null", "look_ahead"]) not in counted
    assert (1, ["look_ahead"]) in counted
    assert read_finished(file) == whole
    counted.clear()
    run_campaign(plan, tmp_path / "killed")
    assert counted == []


def test_more_markets_without_an_edge_may_be_asked_for(tmp_path, counted):
    finished = run_campaign(plan_of(null_markets=5), tmp_path)
    count = {world: sum(key[0] == world for key in finished) for world in ("null", "look_ahead", "planted_1")}
    assert count == {"null": 5, "look_ahead": 3, "planted_1": 3}


def test_progress_counts_finished_markets_of_all_worlds(tmp_path, counted):
    seen = []
    run_campaign(plan_of(), tmp_path, progress=lambda what, done, total: seen.append((done, total)))
    assert seen[-1] == (9, 9)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_spoilt_line_is_named_by_its_number(tmp_path):
    file = tmp_path / "markets.jsonl"
    file.write_text(json.dumps(outcome("null", 0)) + "\nnonsense\n")
    with pytest.raises(DataError, match=r"markets\.jsonl:2: not a finished market"):
        read_finished(file)


def test_two_campaigns_do_not_write_one_file(tmp_path, counted):
    from filelock import FileLock

    plan = plan_of(markets=1)
    with (
        FileLock(campaign_file(tmp_path, plan).with_suffix(".lock")),
        pytest.raises(ConfigError, match="another calibration"),
    ):
        run_campaign(plan, tmp_path)


def test_a_misspelt_world_is_answered_with_the_nearest():
    with pytest.raises(ConfigError, match="did you mean survivors"):
        chosen_worlds(["survivor"])
    with pytest.raises(ConfigError, match="--markets 0"):
        Plan(chosen_worlds(["null"]), 0, 1)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_market_and_another_one_another(tmp_path):
    finished = [
        run_campaign(Plan(chosen_worlds(["null"]), 1, seed, **SMALL), tmp_path / name)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    first, again, other = (json.dumps(lines["null", 0]) for lines in finished)
    assert first == again != other


@pytest.mark.slow
@pytest.mark.parametrize(
    ("markets", "fewest", "most"), [(10, 0.0, 0.3), pytest.param(200, 0.02, 0.09, marks=pytest.mark.nightly)]
)
def test_markets_without_an_edge_are_called_edges_in_about_one_of_twenty(markets, fewest, most, tmp_path):
    finished = run_campaign(Plan(chosen_worlds(["null"]), markets, 1), tmp_path, workers=2)
    p = np.array([line["tests"]["four_factor_alpha"]["p"] for line in finished.values()])
    assert len(p) == markets
    assert fewest <= np.mean(p <= 0.05) <= most
    assert np.mean([line["verdict"] == "supported" for line in finished.values()]) <= 0.03


@pytest.mark.slow
def test_a_stopped_daily_check_goes_on_where_it_was(tmp_path, monkeypatch):
    from active_edge.calibration import daily

    drawn = []

    def pretend(seed, **size):
        drawn.append(seed)
        return {"tests": {}, "verdict": "refuted", "cost": seed / 1e9}

    monkeypatch.setattr(daily, "judge_market", pretend)
    first = daily.run_daily(2, tmp_path, seed=3)
    assert daily.run_daily(3, tmp_path, seed=3)[:2] == first
    assert drawn == [3_000_000, 3_000_001, 3_000_002]
