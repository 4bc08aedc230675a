"""Members into target weights: schedules, weights, caps; numbers worked by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from active_edge.config import parse_model
from active_edge.errors import ConfigError, MissingInput
from active_edge.screen import Screen
from active_edge.selection.members import capped
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules, decide_targets, decision_dates, load_strategy
from active_edge.weightings import WEIGHTINGS
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-12-31")
SECTORS = np.array(["a", "a", "b", "b", "unknown"], dtype=object)


def strategy_of(rules: str = "", screen: str = "") -> Strategy:
    return Strategy(
        parse_model("name: s\nscreen: t\n" + rules, StrategyRules, "s.yaml"),
        parse_model("name: t\ndescription: d\n" + screen, Screen, "t.yaml"),
    )


@pytest.fixture
def market(tmp_path):
    closes = pd.DataFrame(dict.fromkeys("ABCD", 10.0), index=SESSIONS)
    facts = [
        {"asset": a, "item": item, "months": 0, "period_end": "2019-12-31", "filed": "2020-02-14", "value": value}
        for n, a in enumerate("ABCD")
        for item, value in (("total_assets", 100.0), ("cash", 10.0 * (n + 1)), ("shares_outstanding", 1e6 * (n + 1)))
    ]
    members = [{"index": "Russell 2000", "asset": "B", "observed": "2020-03-10"}]
    return make_market(tmp_path, closes=closes, facts=facts, members=members)


def test_quarterly_decisions_fall_on_the_last_sessions_of_quarters(market):
    dates = decision_dates(strategy_of("rebalance: quarterly\n"), market, SESSIONS)
    assert [str(d.date()) for d in dates] == ["2020-03-31", "2020-06-30", "2020-09-30"]


def test_the_last_session_decides_nothing_for_no_session_follows(market):
    assert SESSIONS[-1] not in decision_dates(strategy_of("rebalance: monthly\n"), market, SESSIONS)


def test_once_waits_until_the_index_members_are_known(market):
    screen = "universe: {members: Russell 2000, companies_only: false}\n"
    assert decision_dates(strategy_of("rebalance: once\n", screen), market, SESSIONS)[0] == pd.Timestamp("2020-03-10")
    assert decision_dates(strategy_of("rebalance: once\n"), market, SESSIONS)[0] == SESSIONS[0]


def test_once_without_any_known_member_still_decides_and_selects_nobody(market):
    strategy = strategy_of("rebalance: once\n", "universe: {members: S&P 600, companies_only: false}\n")
    dates = decision_dates(strategy, market, SESSIONS)
    assert dates[0] == SESSIONS[0]
    assert decide_targets(strategy, market, dates).targets.weights.sum() == 0


def test_a_run_too_short_for_a_decision_is_refused(market):
    with pytest.raises(MissingInput, match="quarterly"):
        decision_dates(strategy_of("rebalance: quarterly\n"), market, SESSIONS[:20])


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("weights: equal\n", [0.25, 0.25, 0.25, 0.25]),
        ("weights: rank\n", [0.1, 0.2, 0.3, 0.4]),
        ("weights: cap\n", [0.1, 0.2, 0.3, 0.4]),
        ("max_weight: 0.2\n", [0.2, 0.2, 0.2, 0.2]),
        ("weights: cap\nmax_weight: 0.3\n", [0.1 + 0.1 / 3, 0.2 + 0.2 / 3, 0.3, 0.3]),
    ],
)
def test_weights_are_those_worked_by_hand(market, rules, expected):
    strategy = strategy_of(rules, "rank:\n  cash_to_assets: 1\n")
    decision = decide_targets(strategy, market, SESSIONS[SESSIONS == "2020-03-31"])
    assert decision.targets.weights[0] == pytest.approx(expected)


@pytest.mark.parametrize("name", WEIGHTINGS)
def test_a_date_without_members_has_no_weights(market, name):
    strategy = strategy_of(f"weights: {name}\n", "rank: {cash_to_assets: 1}\nrequire: {cash_to_assets: {min: 0.35}}\n")
    dates = pd.DatetimeIndex(["2020-01-31", "2020-03-31"])
    weights = decide_targets(strategy, market, dates).targets.weights
    assert weights.tolist() == [[0, 0, 0, 0], [0, 0, 0, 1]]


def test_a_strategy_waits_until_its_rules_are_covered(market):
    strategy = strategy_of("", "require:\n  cash_to_assets: {min: 0}\n")
    dates = pd.DatetimeIndex(["2020-01-31", "2020-02-28"])
    weights = decide_targets(strategy, market, dates).targets.weights
    assert weights.sum(axis=1).tolist() == [0.0, 1.0]


def test_a_sector_cap_hands_its_excess_to_other_sectors():
    weights = capped(np.array([0.4, 0.4, 0.1, 0.1, 0.0]), 1.0, 0.5, SECTORS)
    assert weights == pytest.approx([0.25, 0.25, 0.25, 0.25, 0.0])


def test_names_of_unknown_sector_are_capped_like_any_other_sector():
    weights = capped(np.array([0.1, 0.0, 0.1, 0.0, 0.8]), 1.0, 0.3, SECTORS)
    assert weights == pytest.approx([0.3, 0.0, 0.3, 0.0, 0.3])


def test_what_no_cap_leaves_room_for_is_cash():
    assert capped(np.array([0.5, 0.5, 0.0, 0.0, 0.0]), 0.3, 1.0, SECTORS).sum() == pytest.approx(0.6)


@given(
    raw=st.lists(st.floats(0, 1), min_size=5, max_size=5).filter(lambda w: sum(w) > 0.01),
    name_cap=st.floats(0.05, 1),
    sector_cap=st.floats(0.05, 1),
)
def test_caps_always_hold_and_money_is_never_made(raw, name_cap, sector_cap):
    weights = capped(np.array(raw) / sum(raw), name_cap, sector_cap, SECTORS)
    assert (weights <= name_cap + 1e-12).all()
    for sector in ("a", "b", "unknown"):
        assert weights[sector == SECTORS].sum() <= sector_cap + 1e-12
    assert weights.sum() <= 1 + 1e-12
    assert (weights[np.array(raw) == 0] == 0).all()


def test_rank_weights_without_a_ranking_are_refused(tmp_path):
    (tmp_path / "t.yaml").write_text("name: t\ndescription: d\n")
    (tmp_path / "s.yaml").write_text("name: s\nscreen: t\nweights: rank\n")
    with pytest.raises(ConfigError, match="weights: rank"):
        load_strategy(tmp_path / "s.yaml")


def test_a_strategy_that_names_no_screen_is_told_the_nearest(tmp_path):
    (tmp_path / "quality.yaml").write_text("name: quality\ndescription: d\n")
    (tmp_path / "s.yaml").write_text("name: s\nscreen: qualty\n")
    with pytest.raises(ConfigError, match="did you mean quality"):
        load_strategy(tmp_path / "s.yaml", tmp_path)


def test_an_error_in_the_screen_of_a_strategy_names_its_file_as_it_lies_from_here(tmp_path, monkeypatch):
    for folder, text in (
        ("strategies", "name: s\nscreen: t\n"),
        ("screens", "name: t\ndescription: d\nrequire:\n  x: {}\n"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{text[6]}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"^screens/t\.yaml:4"):
        load_strategy("strategies/s.yaml")
