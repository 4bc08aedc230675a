"""Numbers by hand, properties, and refusals of a backtest."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from active_edge.costs import FREE, Costs, Delisting, Impact, TradingTerms
from active_edge.engine import SparseWeights, prepare, trade_targets
from active_edge.errors import BacktestError, ConfigError
from active_edge.sessions import sessions_between
from tests.engine.random_markets import equal_targets, random_targets, rough_market
from tests.markets import make_market
from tests.quick import first_quick

SESSIONS = sessions_between("2013-01-02", "2013-12-31")[:60]
DEAR = Costs(commission_bps=10.0, spread=30.0, impact=Impact("square_root", 0.75), max_participation=0.10)
TERMS = TradingTerms(FREE, Delisting(), "next_close", 100_000.0)


def _flat(tmp_path, assets, **options):
    return make_market(tmp_path, closes=pd.DataFrame(10.0, index=SESSIONS, columns=assets), **options)


def _run(market, targets, *, start=None, end=None, **changes):
    return trade_targets(market, targets, dataclasses.replace(TERMS, **changes), start=start, end=end)


def _free(**changes):
    return dataclasses.replace(FREE, **changes)


def test_costs_of_one_purchase_by_hand(tmp_path):
    market = _flat(tmp_path, ["A"], volume=pd.DataFrame(50_000.0, index=SESSIONS, columns=["A"]))
    costs = _free(commission_bps=10.0, spread=40.0)
    ours = _run(market, equal_targets(market, [SESSIONS[3]], [["A"]], total=0.5), costs=costs)
    trade = ours.trades.iloc[0]
    assert trade["price"] == pytest.approx(10.02)
    assert trade["shares"] == pytest.approx(5000.0)
    assert trade["commission"] == pytest.approx(5000 * 10.02 * 0.001)
    assert trade["spread_cost"] == pytest.approx(5000 * 0.02)
    assert ours.value.iloc[-1] == pytest.approx(100_000 - 100 - 50.1)
    assert ours.turnover.iloc[0] == pytest.approx(0.25)
    assert ours.costs["spread"] == pytest.approx(100 / 100_000 / len(ours.returns) * 252)
    held = ours.holdings.iloc[-1]
    assert held["shares"] == pytest.approx(5000.0)
    assert held["weight"] == pytest.approx(50_000 / 99_849.9)


@pytest.mark.parametrize(
    ("opened", "paid"), [(1.0, 10.0), (3.3, 10.0), (3.4, 3.4), (29.9, 29.9), (30.1, 10.0), (np.nan, 10.0)]
)
def test_an_open_beyond_a_factor_of_three_of_the_close_fills_at_the_close(tmp_path, opened, paid):
    market = _flat(tmp_path, ["A"], open=pd.DataFrame(opened, index=SESSIONS, columns=["A"]))
    ours = _run(market, equal_targets(market, [SESSIONS[3]], [["A"]], total=0.5), trade_at="next_open")
    assert ours.trades["price"].tolist() == [pytest.approx(paid)]


def test_impact_of_one_purchase_by_hand(tmp_path):
    closes = pd.DataFrame({"A": 10.0 * np.cumprod(1.0 + 0.01 * (-1.0) ** np.arange(60))}, index=SESSIONS)
    market = make_market(tmp_path, closes=closes, volume=closes * 0 + 100_000)
    costs = _free(impact=Impact("square_root", 0.75))
    ours = _run(market, equal_targets(market, [SESSIONS[40]], [["A"]], total=0.4), costs=costs)
    past = closes["A"].iloc[:41]
    share = 40_000.0 / (past * 100_000).median()
    impact = 0.75 * past.pct_change().std(ddof=1) * np.sqrt(share)
    assert ours.trades["impact_cost"].iloc[0] == pytest.approx(40_000.0 * impact, rel=1e-9)


def test_a_participation_cap_spreads_one_order_over_the_following_sessions(tmp_path):
    market = _flat(tmp_path, ["A"], volume=pd.DataFrame(1000.0, index=SESSIONS, columns=["A"]))
    ours = _run(market, equal_targets(market, [SESSIONS[25]], [["A"]], total=0.25), costs=_free(max_participation=0.10))
    assert ours.trades["shares"].round(9).tolist() == [100.0] * 25
    assert ours.trades["session"].tolist() == list(SESSIONS[26:51])
    assert ours.trades["reason"].tolist() == ["rebalance"] + ["carry_over"] * 24
    assert ours.unfilled.empty
    again = equal_targets(market, [SESSIONS[25], SESSIONS[35]], [["A"], []], total=0.25)
    stopped = _run(market, again, costs=_free(max_participation=0.10))
    assert stopped.trades["side"].tolist() == ["buy"] * 10 + ["sell"] * 10
    assert stopped.unfilled[["reason", "side", "value"]].to_numpy().tolist() == [
        ["participation", "buy", pytest.approx(15_000.0)]
    ]


def test_an_order_under_a_cap_waits_until_volume_is_known_on_a_third_of_its_window(tmp_path):
    market = _flat(tmp_path, ["A"], volume=pd.DataFrame(1000.0, index=SESSIONS, columns=["A"]))
    costs = _free(max_participation=0.10)
    for decided, end, filled in ((19, 20, []), (19, 30, [21]), (20, 30, [21])):
        targets = equal_targets(market, [SESSIONS[decided]], [["A"]], total=0.01)
        ours = _run(market, targets, costs=costs, end=SESSIONS[end])
        assert ours.trades["session"].tolist() == [SESSIONS[row] for row in filled]
        assert ours.unfilled["reason"].tolist() == ([] if filled else ["no_volume"])
        assert _run(market, targets, costs=FREE).trades["session"].tolist() == [SESSIONS[decided + 1]]


def test_no_fill_on_a_session_that_nobody_traded_nor_beyond_what_was_traded(tmp_path):
    volume = pd.DataFrame(1000.0, index=SESSIONS, columns=["A", "B"])
    volume.loc[SESSIONS[4:7], "A"] = 0.0
    volume.loc[SESSIONS[7], "A"] = np.nan
    volume.loc[SESSIONS[4], "B"] = 300.0
    market = _flat(tmp_path, ["A", "B"], volume=volume)
    ours = _run(market, equal_targets(market, [SESSIONS[3]], [["A", "B"]], total=0.2))
    trades = ours.trades[["asset", "session", "shares", "reason"]].to_numpy().tolist()
    assert trades == [
        ["B", SESSIONS[4], pytest.approx(300.0), "rebalance"],
        ["B", SESSIONS[5], pytest.approx(700.0), "carry_over"],
        ["A", SESSIONS[7], pytest.approx(1000.0), "carry_over"],
    ]
    assert ours.waits.tolist() == [3, 1]
    stopped = _run(market, equal_targets(market, [SESSIONS[3]], [["A"]], total=0.1), end=SESSIONS[6])
    assert stopped.trades.empty
    assert stopped.unfilled[["reason", "value"]].to_numpy().tolist() == [["untraded", pytest.approx(10_000.0)]]


def test_the_cap_follows_the_trailing_median_at_each_fill(tmp_path):
    volume = pd.DataFrame(1000.0, index=SESSIONS, columns=["A"])
    volume.loc[SESSIONS[26:], "A"] = 9000.0
    market = _flat(tmp_path, ["A"], volume=volume)
    ours = _run(market, equal_targets(market, [SESSIONS[25]], [["A"]]), costs=_free(max_participation=0.10))
    shares = ours.trades.set_index("session")["shares"]
    # 26 sessions of 1,000 shares, then 9,000: the median is 9,000 once there are more of them.
    assert shares[SESSIONS[51]] == pytest.approx(100.0)
    assert shares[SESSIONS[52]] == pytest.approx(500.0)
    assert shares[SESSIONS[53]] == pytest.approx(900.0)


def test_a_purchase_outlives_the_last_sale_where_its_name_has_no_row_that_day(tmp_path):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["NEW", "OLD"])
    closes.loc[SESSIONS[32], "NEW"] = np.nan
    market = make_market(tmp_path, closes=closes, volume=closes * 0 + [1e7, 60_000.0])
    targets = equal_targets(market, [SESSIONS[22], SESSIONS[30]], [["OLD"], ["NEW"]])
    ours = _run(market, targets, costs=_free(max_participation=0.5), capital_usd=500_000.0)
    bought = ours.trades[ours.trades["asset"] == "NEW"]
    assert bought[["session", "value"]].to_numpy().tolist() == [
        [SESSIONS[31], pytest.approx(300_000.0)],
        [SESSIONS[33], pytest.approx(200_000.0)],
    ]
    assert ours.unfilled.empty


def test_costs_fall_on_all_names_in_proportion(tmp_path):
    market = _flat(tmp_path, list("ABC"))
    costs = _free(commission_bps=100.0, spread=200.0)
    ours = _run(market, equal_targets(market, [SESSIONS[3]], [["A", "B", "C"]]), costs=costs)
    each = 100_000 / 3 / (1.01 * 1.01) / 10.0
    assert ours.trades["shares"].tolist() == pytest.approx([each] * 3, rel=1e-12)
    assert ours.unfilled.empty
    assert ours.value.iloc[-1] == pytest.approx(30.0 * each)


def test_names_kept_pay_their_part_of_the_costs_of_others(tmp_path):
    market = _flat(tmp_path, list("ABC"))
    targets = equal_targets(market, [SESSIONS[3], SESSIONS[10]], [["A", "B"], ["A", "C"]])
    ours = _run(market, targets, costs=_free(commission_bps=100.0))
    held = ours.holdings[ours.holdings["decision"] == SESSIONS[10]].iloc[-2:]
    assert held["value"].iloc[0] == pytest.approx(held["value"].iloc[1], rel=1e-12)
    # 1: half each, 1 % paid on all of it; 2: all of B for C, x = what is left in each, and A sells down to it.
    half = 100_000 / 1.01 / 2
    assert held["value"].iloc[0] == pytest.approx((half * 0.99 + half * 0.99) / (1.01 + 0.99), rel=1e-12)


def test_a_shortage_of_cash_falls_on_all_purchases_in_proportion(tmp_path):
    market = make_market(
        tmp_path,
        closes=pd.DataFrame(10.0, index=SESSIONS, columns=list("ABO")),
        volume=pd.DataFrame({"A": 1e7, "B": 1e7, "O": 1000.0}, index=SESSIONS),
    )
    targets = equal_targets(market, [SESSIONS[3], SESSIONS[30]], [["O"], []])
    weights = targets.weights.copy()
    weights[1] = [0.6, 0.3, 0.0]
    ours = _run(market, dataclasses.replace(targets, weights=weights))
    first = ours.trades[(ours.trades["session"] == SESSIONS[31]) & (ours.trades["side"] == "buy")]
    assert first.set_index("asset")["value"].to_dict() == pytest.approx({"A": 10_000 * 2 / 3, "B": 10_000 / 3})


def test_an_order_waits_for_the_next_row_of_a_name_that_pauses(tmp_path):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["A", "B"])
    closes.loc[SESSIONS[4:7], "A"] = np.nan
    market = make_market(tmp_path, closes=closes)
    ours = _run(market, equal_targets(market, [SESSIONS[3]], [["A", "B"]]))
    trades = ours.trades.set_index("asset")
    assert trades.loc["B", "session"] == SESSIONS[4]
    assert (trades.loc["A", "session"], trades.loc["A", "reason"]) == (SESSIONS[7], "carry_over")


def test_proceeds_of_exits_are_invested_after_the_quarter_in_proportion_or_held(tmp_path):
    sessions = sessions_between("2013-01-02", "2013-12-31")[:130]
    closes = pd.DataFrame({"DEAD": 10.0, "ONE": 10.0, "TWO": 10.0, "LATE": 10.0}, index=sessions)
    closes.loc[sessions[10:], "DEAD"] = np.nan
    closes.loc[sessions[5:], "TWO"] = 14.0
    after = int(sessions.searchsorted(pd.Timestamp("2013-03-28"))) + 1
    closes.loc[sessions[after:], "LATE"] = np.nan
    closes["OTHER"] = 10.0
    market = make_market(tmp_path, closes=closes)
    targets = equal_targets(market, [sessions[1]], [["DEAD", "ONE", "TWO", "LATE"]], total=0.8)
    ours = _run(market, targets)
    again = ours.trades[ours.trades["reason"] == "reinvest"]
    # LATE ends on the very session: what it brings waits for the next quarter.
    assert again[again["session"] == sessions[after]][["asset", "value"]].to_numpy().tolist() == [
        ["ONE", pytest.approx(20_000 * 20 / 48)],
        ["TWO", pytest.approx(20_000 * 28 / 48)],
    ]
    assert again["session"].tolist()[2:] == [pd.Timestamp("2013-07-01")] * 2
    assert again["value"].iloc[2:].sum() == pytest.approx(20_000)
    assert ours.unfilled.empty
    held = _run(market, targets, reinvest="hold_cash")
    assert set(held.trades["reason"]) == {"rebalance", "exit"}


def test_cash_of_an_exit_stays_idle_until_the_next_decision_within_a_quarter(tmp_path):
    closes = pd.DataFrame({"DEAD": 10.0, "UP": np.linspace(10.0, 20.0, 60)}, index=SESSIONS)
    closes.loc[SESSIONS[10:], "DEAD"] = np.nan
    market = make_market(tmp_path, closes=closes)
    ours = _run(market, equal_targets(market, [SESSIONS[1], SESSIONS[30]], [["DEAD", "UP"], ["UP"]]))
    exit_row = ours.exits.iloc[0]
    assert (exit_row["session"], exit_row["reason"], exit_row["return"]) == (SESSIONS[10], "other", 0.0)
    middle = ours.value.loc[SESSIONS[30]]
    shares = 50_000 / closes["UP"].iloc[2]
    assert middle == pytest.approx(50_000 + shares * closes["UP"].iloc[30])
    invested = 50_000 + shares * closes["UP"].iloc[31]
    assert ours.value.iloc[-1] == pytest.approx(invested * closes["UP"].iloc[-1] / closes["UP"].iloc[31])


@pytest.mark.parametrize(
    ("securities", "end_price", "expected"),
    first_quick(
        [
            ({"exit_return": 0.25}, 10.0, 0.25),
            ({"exit_return": -0.9, "exit_reason": "distress", "exchange": "NYSE"}, 10.0, -0.9),
            ({"exit_reason": "distress", "exchange": "NYSE"}, 10.0, -0.30),
            ({"exit_reason": "distress", "exchange": "NYSE MKT (AMEX)"}, 10.0, -0.30),
            ({"exit_reason": "distress", "exchange": "NASDAQ"}, 10.0, -0.55),
            ({"exit_reason": "distress"}, 10.0, -0.55),
            ({"exchange": "NYSE"}, 4.9, -0.30),
            ({"exchange": "NYSE"}, 5.1, 0.0),
            ({"exchange": "NASDAQ"}, 0.99, -0.55),
            ({"exit_reason": "merger"}, 4.9, 0.0),
            ({"exit_reason": "voluntary", "exchange": "NASDAQ"}, 4.9, -0.55),
        ],
        4,
    ),
)
def test_the_exit_return_is_known_or_distress_or_zero(tmp_path, securities, end_price, expected):
    prices = np.r_[np.linspace(10.0, end_price, 20), [np.nan] * 40]
    closes = pd.DataFrame({"X": prices, "Y": 10.0}, index=SESSIONS)
    market = make_market(tmp_path, closes=closes, securities=pd.DataFrame([securities], index=["X"]))
    ours = _run(market, equal_targets(market, [SESSIONS[1]], [["X"]]))
    assert ours.exits["return"].tolist() == [expected]
    before, after = ours.value.loc[SESSIONS[19]], ours.value.loc[SESSIONS[20]]
    assert after / before - 1.0 == pytest.approx(expected)


@pytest.mark.parametrize("exit_return", [0.25, -0.3, -1.0])
def test_the_weight_of_an_exit_is_that_before_it_whatever_was_received(tmp_path, exit_return):
    closes = pd.DataFrame({"X": np.r_[np.full(20, 10.0), np.full(40, np.nan)], "Y": 10.0}, index=SESSIONS)
    securities = pd.DataFrame([{"exit_return": exit_return}], index=["X"])
    market = make_market(tmp_path, closes=closes, securities=securities)
    ours = _run(market, equal_targets(market, [SESSIONS[1]], [["X", "Y"]]))
    assert ours.exits["weight"].tolist() == pytest.approx([0.5])


def test_the_override_bounds_distress_only(tmp_path):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["D", "K", "M"])
    closes.loc[SESSIONS[20:], :] = np.nan
    closes["Z"] = 10.0
    securities = pd.DataFrame(
        {"exit_reason": ["distress", "unknown", "merger"], "exit_return": [np.nan, -0.5, np.nan]}, index=["D", "K", "M"]
    )
    market = make_market(tmp_path, closes=closes, securities=securities)
    targets = equal_targets(market, [SESSIONS[1]], [["D", "K", "M"]], total=0.9)
    for override, lost in ((None, 0.55), (0.0, 0.0), (-1.0, 1.0)):
        ours = _run(market, targets, delisting=Delisting() if override is None else Delisting.distress_at(override))
        assert ours.value.iloc[-1] == pytest.approx(100_000 - 30_000 * (lost + 0.5))


def test_a_loss_of_all_in_distress_and_of_all_for_unknown_reason_are_two_bounds(tmp_path):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["DISTRESS", "FELL", "MERGER", "UNKNOWN"])
    closes.loc[SESSIONS[:20], "FELL"] = np.linspace(10.0, 4.0, 20)
    closes.loc[SESSIONS[20:], :] = np.nan
    closes["Z"] = 10.0
    reasons = {"DISTRESS": "distress", "FELL": "unknown", "MERGER": "merger", "UNKNOWN": "unknown"}
    market = make_market(tmp_path, closes=closes, securities=pd.DataFrame({"exit_reason": reasons}))
    targets = equal_targets(market, [SESSIONS[1]], [list(reasons)], total=0.8)
    lost = {}
    for case, rule in (("distress", Delisting.distress_at(-1.0)), ("unknown", Delisting().unknown_at(-1.0))):
        exits = _run(market, targets, delisting=rule).exits.set_index("asset")["return"]
        lost[case] = sorted(exits[exits == -1.0].index)
    assert lost == {"distress": ["DISTRESS", "FELL"], "unknown": ["FELL", "UNKNOWN"]}


def test_a_series_that_reaches_the_end_of_the_data_is_no_exit(tmp_path):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["A", "B"])
    closes.loc[SESSIONS[-3:], "A"] = np.nan
    securities = pd.DataFrame({"last_session": [pd.NaT, pd.NaT]}, index=["A", "B"])
    market = make_market(tmp_path, closes=closes, securities=securities)
    ours = _run(market, equal_targets(market, [SESSIONS[1]], [["A", "B"]]), delisting=Delisting.distress_at(-1.0))
    assert ours.exits.empty
    assert set(ours.holdings[ours.holdings["session"] == SESSIONS[-1]]["asset"]) == {"A", "B"}


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000), trade_at=st.sampled_from(["next_open", "next_close"]), dear=st.booleans())
def test_no_share_is_ever_held_past_its_last_session_and_every_cent_is_accounted(seed, trade_at, dear):
    with tempfile.TemporaryDirectory() as folder:
        market = rough_market(Path(folder), seed, n_sessions=90)
        targets = random_targets(market, seed + 1, every=5 + seed % 20)
        ours = _run(market, targets, trade_at=trade_at, costs=DEAR if dear else FREE)
        last = pd.Series(market.sessions[market.prices.last], index=market.assets)
        assert not _held_too_long(ours, market.securities["last_session"].notna())
        fills = ours.trades[ours.trades["reason"] != "exit"]
        assert (fills["session"] <= fills["asset"].map(last)).all()
        assert (fills["session"] > fills["decision"]).all()
        assert (ours.value > 0).all()
        np.testing.assert_allclose(
            ours.gross - ours.returns, ours.costs_daily.sum(axis=1), rtol=0, atol=1e-12, err_msg="costs by kind"
        )
        paid = ours.trades[["commission", "spread_cost", "impact_cost"]].sum().to_numpy()
        np.testing.assert_allclose(paid, ours.costs_usd.sum().to_numpy(), rtol=1e-9, atol=1e-9)


def test_that_check_would_catch_a_share_held_too_long(tmp_path):
    closes = pd.DataFrame(10.0, index=SESSIONS, columns=["A", "B"])
    closes.loc[SESSIONS[-3:], "A"] = np.nan
    for name, last_session, late in (("known", SESSIONS[-4], False), ("unknown", pd.NaT, True)):
        securities = pd.DataFrame({"last_session": [last_session, pd.NaT]}, index=["A", "B"])
        market = make_market(tmp_path / name, closes=closes, securities=securities)
        targets = equal_targets(market, [SESSIONS[1]], [["A", "B"]])
        ours = _run(market, targets)
        assert _held_too_long(ours, pd.Series({"A": True, "B": False})) is late


def _held_too_long(ours, ended):
    last = pd.Series(ours.market.sessions[ours.market.prices.last], index=ours.market.assets)
    held = ours.holdings
    return bool(((held["session"] > held["asset"].map(last)) & held["asset"].map(ended)).any())


def test_what_comes_after_a_session_does_not_change_anything_up_to_it(tmp_path):
    market = rough_market(tmp_path, 21)
    targets = random_targets(market, 22)
    whole = _run(market, targets, costs=DEAR)
    short = _run(market, targets, costs=DEAR, end=market.sessions[80])
    np.testing.assert_array_equal(whole.value.iloc[: len(short.value)], short.value)
    later = targets.weights.copy()
    later[targets.dates > market.sessions[80]] = 0.0
    other = _run(market, dataclasses.replace(targets, weights=later), costs=DEAR)
    assert np.abs(other.value.iloc[: len(short.value)] / short.value - 1.0).max() < 1e-12
    assert other.value.iloc[-1] != whole.value.iloc[-1]


def test_prices_times_ten_give_the_same_returns(tmp_path):
    closes = pd.DataFrame(
        10.0 * np.exp(np.cumsum(np.random.default_rng(0).normal(0, 0.02, (60, 5)), axis=0)),
        index=SESSIONS,
        columns=list("ABCDE"),
    )
    one = make_market(tmp_path / "one", closes=closes)
    ten = make_market(tmp_path / "ten", closes=10.0 * closes)
    targets = random_targets(one, 2)
    np.testing.assert_allclose(_run(one, targets).returns, _run(ten, targets).returns, rtol=0, atol=1e-12)


def test_higher_costs_never_help(tmp_path):
    market = rough_market(tmp_path, 30)
    targets = random_targets(market, 31, total=0.8)
    ends = [
        _run(market, targets, costs=_free(commission_bps=bps, spread=bps)).value.iloc[-1] for bps in (0, 5, 50, 200)
    ]
    assert ends == sorted(ends, reverse=True)
    assert ends[0] > ends[-1]


def test_assets_in_another_order_give_the_same_curve(tmp_path):
    closes = pd.DataFrame(
        10.0 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.02, (60, 6)), axis=0)),
        index=SESSIONS,
        columns=list("ABCDEF"),
    )
    renamed = closes.rename(columns=dict(zip("ABCDEF", "FEDCBA", strict=True)))
    market, turned = make_market(tmp_path / "a", closes=closes), make_market(tmp_path / "b", closes=renamed)
    targets = random_targets(market, 4, total=0.95)
    mirrored = dataclasses.replace(targets, weights=targets.weights[:, ::-1].copy())
    np.testing.assert_allclose(_run(market, targets).value, _run(turned, mirrored).value, rtol=1e-12)


def test_inputs_are_left_as_they_were(tmp_path):
    market = rough_market(tmp_path, 40)
    targets = random_targets(market, 41)
    weights, close = targets.weights.copy(), market.prices.close.copy()
    targets.weights.setflags(write=False)
    _run(market, targets, costs=DEAR)
    np.testing.assert_array_equal(targets.weights, weights)
    np.testing.assert_array_equal(market.prices.close, close)


@pytest.mark.parametrize("workers", [1, 2])
def test_many_configurations_equal_single_backtests_bit_for_bit(tmp_path, workers):
    market = rough_market(tmp_path, 50)
    one = random_targets(market, 51)
    others = [random_targets(market, seed).weights for seed in range(52, 57)]
    row, column = np.nonzero(others[0])
    sparse = SparseWeights(
        np.searchsorted(row, np.arange(len(one.dates) + 1)), column.astype(np.int64), others[0][row, column]
    )
    terms, end = TradingTerms(costs=DEAR, capital_usd=1e6), market.sessions[-10]
    arena = prepare(market, one.dates, terms, end=end)
    many = arena.run([one.weights, sparse, *others], workers=workers)
    for column_number, weights in enumerate([one.weights, others[0], *others]):
        single = trade_targets(market, dataclasses.replace(one, weights=weights), terms, end=end)
        np.testing.assert_array_equal(many.returns[:, column_number], single.returns)
        assert many.cost[column_number] == pytest.approx(single.costs.sum(), rel=1e-12)
        yearly = single.turnover.sum() * 252 / len(single.returns)
        assert many.turnover[column_number] == pytest.approx(yearly, rel=1e-12)
    assert many.sessions.equals(single.returns.index)


def test_a_configuration_outside_the_arena_is_refused(tmp_path):
    market = rough_market(tmp_path, 60)
    targets = random_targets(market, 61)
    arena = prepare(market, targets.dates, TERMS, columns=np.array([0, 1]))
    with pytest.raises(BacktestError, match="left out"):
        arena.run([targets.weights])


@pytest.mark.parametrize(
    ("assets", "weights", "message"),
    [([3, 1], [0.5, 0.5], "ascend"), ([1, 1], [0.5, 0.5], "ascend"), ([1, 3], [0.6, 0.6], "at most 1")],
)
def test_sparse_weights_that_are_no_portfolio_are_refused(tmp_path, assets, weights, message):
    market = rough_market(tmp_path, 60)
    arena = prepare(market, market.sessions[[5, 9]], TERMS)
    with pytest.raises(BacktestError, match=message):
        arena.run([SparseWeights(np.array([0, 0, 2]), np.array(assets), np.array(weights))])


@pytest.mark.parametrize(
    ("change", "message"),
    first_quick(
        [
            (lambda w: w * 3.0, "sum to"),
            (lambda w: -w, "not a number in"),
            (lambda w: w * np.nan, "not a number in"),
            (lambda w: w[:, :-1], "shape"),
        ],
        2,
    ),
)
def test_weights_that_are_no_portfolio_are_refused(tmp_path, change, message):
    market = rough_market(tmp_path, 70)
    targets = random_targets(market, 71)
    with pytest.raises(BacktestError, match=message):
        _run(market, dataclasses.replace(targets, weights=change(targets.weights)))


def test_windows_and_options_that_make_no_sense_are_refused(tmp_path):
    market = rough_market(tmp_path, 80)
    targets = random_targets(market, 81)
    with pytest.raises(BacktestError, match="at least 2"):
        _run(market, targets, start="2031-01-01")
    with pytest.raises(BacktestError, match="none of the"):
        _run(market, targets, start=targets.dates[-1] + pd.Timedelta(days=1))
    with pytest.raises(ConfigError, match="trade_at"):
        _run(market, targets, trade_at="same_close")
    with pytest.raises(ConfigError, match="capital_usd"):
        _run(market, targets, capital_usd=0.0)


@pytest.mark.slow
def test_importing_the_backtest_imports_neither_vectorbt_nor_numba():
    code = "import sys, active_edge.engine, active_edge.costs; print({'vectorbt', 'numba'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
    code = code.replace("active_edge.costs;", "active_edge.engine._kernel;")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "vectorbt" in found.stdout
