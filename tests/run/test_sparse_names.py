"""A name with weekly or monthly prices among daily ones belongs to indices and ranks, and is never bought."""

import numpy as np
import pandas as pd
import pytest

import active_edge as ae
from active_edge.config import parse_model
from active_edge.costs import FREE
from active_edge.evaluation import evaluate
from active_edge.explaining.funnel import funnel
from active_edge.judging.doubts import run_doubts
from active_edge.market.audit.report import audit_market
from active_edge.market.sparse_names import sparse_names
from active_edge.panel import Panel
from active_edge.rebuilt_index import IndexRules, rebuild_index
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.sessions import rebalance_sessions, sessions_between
from active_edge.strategy import Strategy, StrategyRules
from active_edge.universe import UniverseRules, select_universe
from tests.markets import make_market

SESSIONS = sessions_between("2019-01-02", "2020-12-31")
WEEK_ENDS = SESSIONS[np.append(np.diff(SESSIONS.isocalendar().week.to_numpy()) != 0, True)]
MONTH_ENDS = SESSIONS[np.append(SESSIONS.month[1:] != SESSIONS.month[:-1], True)]
DATES = rebalance_sessions(SESSIONS[63:], "monthly")
NAMES = ["DAILY", "HALTED", "RARE", "WEEKLY", "MONTHLY"]
RULES = (
    "name: s\nscreen: t\nrebalance: monthly\ntrade_at: next_close\nbenchmarks: [IWM]\n"
    "costs: {commission_bps: 0, spread: 0, impact: {model: none}, max_participation: null}\n"
)


def closes() -> pd.DataFrame:
    """DAILY; HALTED, thrice for 20 sessions; RARE, illiquid, a row on two days in five; WEEKLY; MONTHLY."""
    frame = pd.DataFrame(10.0, index=SESSIONS, columns=NAMES)
    for start in (70, 100, 300):
        frame.loc[SESSIONS[start : start + 20], "HALTED"] = np.nan
    frame.loc[SESSIONS[np.random.default_rng(3).random(len(SESSIONS)) > 0.4], "RARE"] = np.nan
    frame.loc[~SESSIONS.isin(WEEK_ENDS), "WEEKLY"] = np.nan
    frame.loc[~SESSIONS.isin(MONTH_ENDS), "MONTHLY"] = np.nan
    return frame


def market_of(tmp_path, frame: pd.DataFrame, **more) -> ae.Market:
    facts = [
        {"asset": a, "item": "shares_outstanding", "months": 0, "period_end": day, "value": 1e9 * (n + 1)}
        for n, a in enumerate(frame)
        for day in ("2018-12-31", "2019-12-31")
    ]
    iwm = pd.Series(100.0, index=SESSIONS)
    members = [{"index": "Russell 2000", "asset": a, "observed": "2019-01-02"} for a in frame]
    return make_market(tmp_path, closes=frame, facts=facts, series={"IWM": iwm}, members=members, **more)


@pytest.fixture
def market(tmp_path):
    return market_of(tmp_path, closes())


def run(market: ae.Market, universe: str = "{companies_only: false}"):
    screen = parse_model(f"name: t\ndescription: d\nuniverse: {universe}\n", Screen, "t.yaml")
    strategy = Strategy(parse_model(RULES, StrategyRules, "s.yaml"), screen)
    return backtest(strategy, market, start=str(SESSIONS[63].date()))


def doubts(result) -> str:
    return " | ".join(f"{one.name}: {one.text}" for one in run_doubts(result) if "weekly" in one.name)


def test_weekly_and_monthly_names_are_never_bought_and_others_always(market):
    result = run(market)
    held = pd.DataFrame(result.targets.weights > 0, index=result.targets.dates, columns=market.assets)
    assert not held[["WEEKLY", "MONTHLY"]].to_numpy().any()
    assert held["DAILY"].all()
    carried = market_closes(market).ffill(limit=5).notna().loc[result.targets.dates]
    assert (held[["HALTED", "RARE"]] == carried[["HALTED", "RARE"]]).to_numpy().all()
    assert set(result.trades["asset"]) == {"DAILY", "HALTED", "RARE"}


def market_closes(market: ae.Market) -> pd.DataFrame:
    return pd.DataFrame(market.prices.close, index=market.sessions, columns=market.assets)


@pytest.mark.slow
def test_a_run_names_members_that_were_not_bought_and_counts_the_dates(market):
    said = doubts(run(market, "{companies_only: false, members: Russell 2000}"))
    assert "2 names among daily ones (MONTHLY and WEEKLY)" in said
    assert "on 20 of 20 decision dates" in said  # the ends of April 2019 to November 2020
    assert not doubts(run(market, "{companies_only: false, cap_rank: [4, 5]}"))  # DAILY and HALTED, the smallest


@pytest.mark.slow
def test_a_market_of_daily_names_has_the_same_candidates_and_no_doubt(tmp_path):
    market = market_of(tmp_path, closes()[["DAILY", "HALTED", "RARE"]])
    rules, panel = UniverseRules(companies_only=False, min_dollar_volume=1000.0), Panel(market, SESSIONS)
    np.testing.assert_array_equal(
        select_universe(rules, panel).mask, np.isfinite(panel.close()) & (panel.dollar_volume() >= 1000.0)
    )
    assert not doubts(run(market))
    assert not [line for line in audit_market(market).warnings if "weekly" in line]


def test_ranks_members_and_the_rebuilt_index_count_them(market):
    panel = Panel(market, DATES)
    universe = select_universe(UniverseRules(companies_only=False, cap_rank=[1, 3]), panel)
    monthly, weekly = market.assets.get_loc("MONTHLY"), market.assets.get_loc("WEEKLY")
    assert (universe.cap_rank[:, monthly] == 1).all()
    assert (universe.cap_rank[:, weekly] == 2).all()
    assert market.members("Russell 2000", DATES[0])[[monthly, weekly]].all()
    index = rebuild_index(market, IndexRules(breakpoint_rank=1, bottom_rank=3), sessions=SESSIONS[63:])
    assert all(row[weekly] for row in index.members)


@pytest.mark.slow
def test_the_funnel_has_a_line_of_its_own_and_the_audit_counts_them(market):
    screen = parse_model("name: t\ndescription: d\nuniverse: {companies_only: false}\n", Screen, "t.yaml")
    steps = funnel(evaluate(screen, Panel(market, MONTH_ENDS[12:13]))).set_index("rule")
    assert steps.loc["daily_prices", ["alone", "in_order", "left"]].tolist() == [2, 2, 3]
    audit = audit_market(market)
    assert audit.sparse_names == ("MONTHLY", "WEEKLY")
    assert any("2 names among daily ones (MONTHLY and WEEKLY)" in line for line in audit.lines())


def test_a_name_is_sparse_from_when_its_prices_show_it_to_when_they_are_daily_again(tmp_path):
    frame = pd.DataFrame(10.0, index=SESSIONS, columns=["DAILY", "TURNS"])
    weekly = (SESSIONS >= SESSIONS[200]) & (SESSIONS < SESSIONS[400])
    frame.loc[weekly & ~SESSIONS.isin(WEEK_ENDS), "TURNS"] = np.nan
    panel = Panel(market_of(tmp_path, frame), SESSIONS)
    passed = np.flatnonzero(~select_universe(UniverseRules(companies_only=False), panel).mask[:, 1])
    assert 208 <= passed[0] <= 212  # after two weeks of one price each
    assert 400 <= passed[-1] <= 404  # until the third price of a week
    assert len(passed) == passed[-1] - passed[0] + 1


def test_the_rarer_its_prices_were_the_more_weeks_tell_that_a_name_is_weekly(tmp_path):
    frame = pd.DataFrame(10.0, index=SESSIONS, columns=["DAILY", "TURNS"])
    before = np.arange(len(SESSIONS)) < 200
    frame.loc[before & (np.arange(len(SESSIONS)) % 2 == 1), "TURNS"] = np.nan
    frame.loc[~before & ~SESSIONS.isin(WEEK_ENDS), "TURNS"] = np.nan
    passed = np.flatnonzero(sparse_names(market_of(tmp_path, frame), np.arange(200, 260))[:, 1])
    assert 20 <= passed[0] <= 32  # a half to the power of three a week is below 0.0001 after five


def test_a_halt_of_a_week_and_another_that_begins_the_day_after_are_no_weekly_prices(tmp_path):
    frame = pd.DataFrame(10.0, index=SESSIONS, columns=["DAILY", "HALTED"])
    frame.loc[SESSIONS[200:202].append(SESSIONS[203:205]), "HALTED"] = np.nan
    assert not sparse_names(market_of(tmp_path, frame), np.arange(190, 230)).any()


@pytest.mark.slow
def test_what_comes_later_changes_nothing_of_who_is_sparse(tmp_path):
    frame = closes()
    late = frame.copy()
    late.loc[SESSIONS[300:], "WEEKLY"] = 10.0
    late.loc[SESSIONS[300:], "DAILY"] = closes().loc[SESSIONS[300:], "MONTHLY"]
    rules, dates = UniverseRules(companies_only=False), SESSIONS[:300]
    one = select_universe(rules, Panel(market_of(tmp_path / "1", frame), dates)).mask
    other = select_universe(rules, Panel(market_of(tmp_path / "2", late), dates)).mask
    np.testing.assert_array_equal(one, other)
    assert not one[100:, sorted(frame).index("WEEKLY")].any()


def test_the_class_with_daily_prices_stands_for_the_company(tmp_path):
    frame = closes()[["DAILY", "WEEKLY"]]
    volume = pd.DataFrame({"DAILY": 100.0, "WEEKLY": 1e9}, index=SESSIONS)
    one = pd.DataFrame({"cik": [7, 7]}, index=["DAILY", "WEEKLY"])
    mask = select_universe(
        UniverseRules(), Panel(market_of(tmp_path, frame, volume=volume, securities=one), DATES)
    ).mask
    assert mask.tolist() == [[True, False]] * len(DATES)


def test_weights_of_ones_own_in_a_weekly_name_are_told(market):
    given = pd.DataFrame({"WEEKLY": [0.5], "DAILY": [0.5]}, index=[DATES[0]])
    result = ae.backtest_weights(given, market, ae.TradingTerms(costs=FREE), benchmarks=["IWM"])
    assert "1 name among daily ones (WEEKLY) bought by the weights given" in doubts(result)


def test_a_new_name_with_weekly_prices_is_bought_in_its_first_week_alone(tmp_path):
    frame = pd.DataFrame(10.0, index=SESSIONS, columns=["DAILY", "NEW", "ISSUE"])
    frame.loc[~SESSIONS.isin(WEEK_ENDS) | (SESSIONS < SESSIONS[200]), "NEW"] = np.nan
    frame.loc[SESSIONS < SESSIONS[200], "ISSUE"] = np.nan
    panel = Panel(market_of(tmp_path, frame), SESSIONS)
    mask = select_universe(UniverseRules(companies_only=False), panel).mask
    first = np.flatnonzero(mask[:, panel.market.assets.get_loc("NEW")])
    assert first.max() - first.min() <= 4
    assert mask[200:, panel.market.assets.get_loc("ISSUE")].all()
