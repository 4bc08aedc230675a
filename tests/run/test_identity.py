"""The same idea on the same data is the same trial: what changes nothing is no part of it, what was recorded stays."""

import hashlib
import json

import pytest

from active_edge.config import parse_model
from active_edge.ledger import Trial
from active_edge.run.identity import trial_content
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules, load_strategy

RUSSELL = """{"screen": {"rank": {}, "rank_within": "universe", "require": {}, "require_any": {}, "select": null,
"universe": {"cap_rank": null, "companies_only": false, "exclude_sectors": null, "members": "Russell 2000",
"min_dollar_volume": null, "min_price": null, "min_sessions_listed": null, "missing_sector": "fail", "sectors": null}},
"strategy": {"benchmarks": ["IWM", "IJR"], "capital_usd": 10000000.0, "costs": {"commission_bps": 0.0, "impact":
{"coefficient": 0.0, "model": "none"}, "max_participation": null, "spread": 0.0}, "delisting": {"nasdaq": 0.0,
"nyse": 0.0, "unknown": 0.0}, "max_sector_weight": 1.0, "max_weight": 1.0, "min_coverage": 0.25, "month_offset": 0,
"rebalance": "once", "trade_at": "next_close", "weights": "equal"}}"""
"""What version 0.1 recorded of the shipped russell_2000_equal, key by key."""


def test_reinvesting_is_no_part_of_a_trial_that_decides_every_quarter():
    assert content(rules="reinvest: hold_cash\n") == content(rules="reinvest: proportional\n")
    once = [content(rules=f"rebalance: once\nreinvest: {rule}\n") for rule in ("hold_cash", "proportional")]
    assert once[0] != once[1]


def content(universe: str = "", rules: str = "") -> str:
    screen = parse_model(f"name: t\ndescription: d\nuniverse: {{{universe}}}\n", Screen, "t.yaml")
    strategy = Strategy(parse_model(f"name: s\nscreen: t\n{rules}", StrategyRules, "s.yaml"), screen)
    return json.dumps(trial_content(strategy, {}), sort_keys=True)


def test_a_trial_keeps_its_id_from_version_to_version():
    """Where this fails, a key came or a default changed: see `LATER` before every recorded trial becomes another."""
    shipped = load_strategy("russell_2000_equal")
    bought_and_held = Strategy(shipped.rules.model_copy(update={"reinvest": "hold_cash"}), shipped.screen)
    assert trial_content(bought_and_held, {}) == json.loads(RUSSELL)
    # It now invests proceeds of exits again, which is another trial than the one that kept them.
    assert trial_content(shipped, {})["strategy"]["reinvest"] == "proportional"
    whole = {"configuration": json.loads(RUSSELL), "start": "2016-01-04", "end": "2016-12-30", "snapshot": "abc"}
    now = Trial("s", "t", trial_content(bought_and_held, {}), "2016-01-04", "2016-12-30", "abc", False, None)
    assert now.run == hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:12]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", "missing_sector: fail"),
        ("", "small_caps: false"),
        ("sectors: [energy, utilities]", "sectors: [utilities, energy]"),
        ("exclude_sectors: [energy, utilities]", "exclude_sectors: [utilities, energy]"),
    ],
)
def test_what_changes_nothing_is_no_other_trial(one, other):
    assert content(one) == content(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", "min_price: 1"),
        ("", "small_caps: true"),
        ("sectors: [energy]", "sectors: [utilities]"),
        ("sectors: [energy]", "exclude_sectors: [energy]"),
        ("sectors: [energy], missing_sector: pass", "sectors: [energy], missing_sector: fail"),
    ],
)
def test_what_changes_something_is_another_trial(one, other):
    assert content(one) != content(other)


def test_the_first_benchmark_is_the_yardstick_and_its_place_is_part_of_the_trial():
    assert content(rules="benchmarks: [IWM, IJR]\n") != content(rules="benchmarks: [IJR, IWM]\n")
