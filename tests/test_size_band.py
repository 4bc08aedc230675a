"""How large the companies of a run are: one rule on all its dates, and what it is in dollars."""

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ConfigError
from active_edge.inference.evidence import Thresholds
from active_edge.judging.doubts import run_doubts, too_small
from active_edge.panel import Panel
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from active_edge.universe import UniverseRules, select_universe
from tests.markets import make_market
from tests.quick import first_quick

SESSIONS = sessions_between("2020-01-02", "2020-06-30")
DATES = SESSIONS[[60, 80, 100]]
NAMES = [f"A{i:02}" for i in range(20)]


def market_of(tmp_path, *, members=None):
    """Twenty companies worth 20, 19, … 1 million USD."""
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=NAMES)
    facts = [
        {"asset": a, "item": "shares_outstanding", "months": 0, "period_end": "2019-12-31", "value": (20 - i) * 1e5}
        | {"filed": "2020-01-15"}
        for i, a in enumerate(NAMES)
    ]
    return make_market(tmp_path, closes=closes, facts=facts, members=members)


def universe_of(market, dates=DATES, **rules):
    return select_universe(UniverseRules(**rules), Panel(market, dates))


def held(universe, row=0):
    return [name for name, inside in zip(NAMES, universe.mask[row], strict=True) if inside]


def observed(day):
    return [{"index": "Russell 2000", "asset": a, "observed": day} for a in ("A03", "A17")]


def test_small_caps_are_the_members_where_they_are_known_on_every_date(tmp_path):
    universe = universe_of(market_of(tmp_path, members=observed("2020-02-03")), small_caps=True)
    assert held(universe) == held(universe, 2) == ["A03", "A17"]
    assert universe.settled.members == "Russell 2000"
    assert universe.size.rule == "members of the Russell 2000 as known on each date"
    assert (universe.size.largest[0], universe.size.smallest[0]) == (17e6, 3e6)


def test_a_run_that_begins_before_the_list_is_known_keeps_one_rule_and_ranks(tmp_path):
    market = market_of(tmp_path, members=observed(f"{DATES[1]:%F}"))
    universe = universe_of(market, small_caps=True)
    assert universe.settled.cap_rank == [1001, 3000]
    assert not universe.mask.any()
    assert universe_of(market, DATES[1:], small_caps=True).settled.members == "Russell 2000"


def test_the_dollars_at_both_cuts_are_those_of_the_companies_at_the_ranks(tmp_path):
    size = universe_of(market_of(tmp_path), cap_rank=[3, 5]).size
    assert (size.largest[0], size.smallest[0], size.places, size.companies[0]) == (18e6, 16e6, 3, 20)
    assert "$18.0 M and $16.0 M, of 20 companies on the market" in size.said(0)


@pytest.mark.slow
def test_ranks_that_the_market_does_not_reach_are_named(tmp_path):
    size = universe_of(market_of(tmp_path), cap_rank=[15, 40]).size
    assert (size.largest[0], size.names[0]) == (6e6, 6)
    assert np.isnan(size.smallest[0])
    assert "6 companies for 26 places" in size.said(0)
    assert "market value at the upper cut $6.0 M, at the lower cut not reached" in size.said(0)
    beyond = universe_of(market_of(tmp_path), cap_rank=[30, 40]).size
    assert "both cuts not reached" in beyond.said(0)


@pytest.mark.parametrize(
    ("rules", "said"),
    first_quick(
        [
            (
                {"market_value": {"min": 18e6}},
                "market value $20.0 M of the largest and $18.0 M at the lower cut, of 20",
            ),
            ({"market_value": {"max": 2e6}}, "market value $2.0 M at the upper cut and $1.0 M of the smallest, of 20"),
            ({"market_value": {"min": 3e6, "max": 5e6}}, "market value at the cuts $5.0 M and $3.0 M, of 20"),
            ({"market_value": {"min": 18e8}}, "0 companies, market value $1.8 B at the lower cut, of 20"),
            ({"members": "S&P 600"}, "0 companies, their market value not known, of 20"),
        ],
        2,
    ),
)
def test_no_cut_is_told_that_nobody_asked_for(tmp_path, rules, said):
    assert said in universe_of(market_of(tmp_path), **rules).size.said(0)


@pytest.mark.parametrize(
    ("band", "names"),
    first_quick(
        [
            ({"min": 18e6}, NAMES[:3]),
            ({"min": 3e6, "max": 5e6}, NAMES[15:18]),
            ({"quantile_min": 0.5}, NAMES[:10]),  # the median of 1 to 20 million is 10.5
            ({"quantile_max": 0.1}, NAMES[18:]),  # 2.9 million
            ({"quantile_min": 0.5, "max": 12e6}, NAMES[8:10]),
        ],
        3,
    ),
)
def test_a_band_of_market_value_is_in_dollars_or_in_quantiles_of_the_companies(tmp_path, band, names):
    assert held(universe_of(market_of(tmp_path), market_value=band)) == names


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"small_caps": True, "cap_rank": [1, 2]}, "leave cap_rank out, or small_caps"),
        ({"small_caps": True, "members": "S&P 600"}, "leave members out, or small_caps"),
        ({"market_value": {}}, "needs min or max in USD"),
        ({"market_value": {"min": 2e9, "max": 1e9}}, "no company passes"),
    ],
)
def test_rules_of_size_that_contradict_each_other_are_refused(rules, said):
    with pytest.raises(ConfigError, match=said):
        UniverseRules(**rules)


def run_of(market, **universe):
    screen = Screen(name="s", description="d", universe=UniverseRules(**universe))
    rules = StrategyRules(name="s", screen="s", rebalance="monthly", costs={"spread": 10.0})
    return backtest(Strategy(rules, screen), market, start="2020-02-03")


@pytest.mark.parametrize(
    ("ranks", "doubted", "untestable"),
    first_quick(
        [([1, 20], False, False), ([1, 24], True, False), ([1, 60], True, True), ([1001, 3000], True, True)], 2
    ),
)
def test_a_band_that_the_market_fills_in_part_is_in_doubt_and_below_half_not_testable(
    tmp_path, ranks, doubted, untestable
):
    result = run_of(market_of(tmp_path), cap_rank=ranks)
    assert ("universe too small" in [doubt.name for doubt in run_doubts(result)]) == doubted
    told = too_small(result, Thresholds())
    assert bool(told) == untestable
    if ranks == [1001, 3000]:
        assert told["universe"] == (
            "ranks 1,001 to 3,000 by market value hold 0 of 2,000 names a date, in a market of 20 companies"
        )


def test_a_member_list_that_a_user_names_has_no_number_of_places(tmp_path):
    market = market_of(tmp_path, members=observed("2020-01-03"))
    assert too_small(run_of(market, members="Russell 2000"), Thresholds()) == {}
    assert "universe" in too_small(run_of(market, small_caps=True), Thresholds())


def test_a_missing_dollar_volume_is_a_reason_of_its_own(tmp_path):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["A", "B", "C"])
    volume = pd.DataFrame({"A": 1e6, "B": 10.0, "C": np.nan}, index=SESSIONS)
    market = make_market(tmp_path, closes=closes, volume=volume)
    universe = universe_of(market, min_dollar_volume=1000, companies_only=False)
    rules = {rule.name: rule.passed[0].tolist() for rule in universe.rules}
    assert rules["min_dollar_volume known"] == [True, True, False]
    assert rules["min_dollar_volume"] == [True, False, False]
