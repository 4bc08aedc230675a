"""Orders that wait, run short, end or go on, each worked by hand; 100,000 USD unless a test says otherwise."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from active_edge.costs import FREE, Delisting, TradingTerms
from active_edge.engine import trade_targets
from active_edge.sessions import sessions_between
from tests.engine.random_markets import equal_targets
from tests.markets import make_market

SESSIONS = sessions_between("2013-01-02", "2013-12-31")[:130]
TERMS = TradingTerms(FREE, Delisting(), "next_close", 100_000.0)


def _flat(*names):
    return pd.DataFrame(10.0, index=SESSIONS, columns=list(names))


def _run(market, decided, chosen, weights=None, **changes):
    targets = equal_targets(market, [SESSIONS[row] for row in decided], chosen)
    if weights is not None:
        targets = dataclasses.replace(targets, weights=np.array(weights))
    return trade_targets(market, targets, dataclasses.replace(TERMS, **changes))


def _fills(result, asset):
    own = result.trades[result.trades["asset"] == asset]
    rows = [SESSIONS.get_loc(day) for day in own["session"]]
    return list(zip(rows, own["value"].round(6).tolist(), strict=True))


def test_a_sale_waits_while_nobody_trades_and_bears_the_loss_of_the_wait(tmp_path):
    closes, volume = _flat("A", "B"), _flat("A", "B") * 10_000.0
    closes.loc[SESSIONS[25:], "A"] = 5.0
    volume.loc[SESSIONS[21:30], "A"] = 0.0
    market = make_market(tmp_path, closes=closes, volume=volume, total_return=closes.pct_change())
    ours = _run(market, [3, 20], [["A"], ["B"]])
    # 10,000 shares bought on the 4th row; wanted sold on the 21st, sold on the 30th at 5.
    assert _fills(ours, "A") == [(4, 100_000.0), (30, 50_000.0)]
    assert _fills(ours, "B") == [(30, 50_000.0)]
    assert ours.value.iloc[-1] == pytest.approx(50_000.0)


def test_a_purchase_takes_what_cash_there_is_and_the_rest_when_a_halted_name_is_sold(tmp_path):
    closes = _flat("KEEP", "NEW", "OLD")
    closes.loc[SESSIONS[31:33], "OLD"] = np.nan
    market = make_market(tmp_path, closes=closes)
    weights = [[0.6, 0.0, 0.4], [0.5, 0.5, 0.0]]
    ours = _run(market, [3, 30], [["KEEP", "OLD"], ["KEEP", "NEW"]], weights)
    # KEEP sells a tenth at once; the 40 % of OLD come two sessions later.
    assert _fills(ours, "KEEP") == [(4, 60_000.0), (31, 10_000.0)]
    assert _fills(ours, "NEW") == [(31, 10_000.0), (33, 40_000.0)]
    assert ours.unfilled.empty


def test_a_purchase_and_a_sale_under_a_cap_go_on_side_by_side(tmp_path):
    volume = _flat("NEW", "OLD") * 0 + [400.0, 1000.0]
    market = make_market(tmp_path, closes=_flat("NEW", "OLD"), volume=volume)
    costs = dataclasses.replace(FREE, max_participation=0.5)
    ours = _run(market, [25, 60], [["OLD"], ["NEW"]], costs=costs, capital_usd=20_000.0)
    # OLD: 500 shares a session, 2,000 shares in four; NEW: 200 a session, ten sessions, never short of cash.
    assert _fills(ours, "OLD") == [(row, 5_000.0) for row in (26, 27, 28, 29, 61, 62, 63, 64)]
    assert _fills(ours, "NEW") == [(row, 2_000.0) for row in range(61, 71)]


def test_unknown_volume_caps_an_order_at_what_names_of_its_size_trade(tmp_path):
    names = [f"N{n}" for n in range(10)]
    volume = _flat(*names) * 0 + 1000.0
    volume["N4"] = np.nan
    facts = [
        {"asset": name, "item": "shares_outstanding", "months": 0, "period_end": "2012-12-31", "value": 1e6}
        for name in names
    ]
    for row in facts:
        row["filed"] = "2013-01-03"
    market = make_market(tmp_path, closes=_flat(*names), volume=volume, facts=facts)
    costs = dataclasses.replace(FREE, max_participation=0.1)
    ours = _run(market, [30], [["N4"]], costs=costs, capital_usd=5_000.0)
    # A thousandth of a company of 10 million changes hands a day: 10,000 USD, of which a tenth.
    assert _fills(ours, "N4") == [(row, 1_000.0) for row in range(31, 36)]


@pytest.mark.parametrize(("last", "gone"), [(5, 6), (40, 41)])
def test_a_name_that_ends_pays_its_exit_return_on_the_next_session_even_a_day_after_the_purchase(tmp_path, last, gone):
    closes = _flat("A", "B")
    closes.loc[SESSIONS[last + 1 :], "A"] = np.nan
    told = pd.DataFrame([{"exit_reason": "distress", "exit_return": -0.5}], index=["A"])
    market = make_market(tmp_path, closes=closes, securities=told)
    ours = _run(market, [4], [["A", "B"]], reinvest="hold_cash")
    assert ours.value[SESSIONS[gone - 1]] == pytest.approx(100_000.0)
    assert ours.value[SESSIONS[gone]] == pytest.approx(75_000.0)


def test_a_gap_of_fourteen_sessions_keeps_the_holding_and_its_return(tmp_path):
    closes = _flat("A", "B")
    closes.loc[SESSIONS[40:54], "A"] = np.nan
    closes.loc[SESSIONS[54:], "A"] = 15.0
    ours = _run(make_market(tmp_path, closes=closes), [3], [["A", "B"]])
    assert ours.value[SESSIONS[53]] == pytest.approx(100_000.0)
    assert ours.value[SESSIONS[54]] == pytest.approx(125_000.0)
    assert ours.exits.empty


def test_proceeds_stay_in_cash_where_nothing_is_left_to_invest_them_in(tmp_path):
    closes = _flat("A", "B", "OTHER")
    closes.loc[SESSIONS[10:], ["A", "B"]] = np.nan
    ours = _run(make_market(tmp_path, closes=closes), [3], [["A", "B"]])
    assert set(ours.trades["reason"]) == {"rebalance", "exit"}
    assert ours.value.iloc[-1] == pytest.approx(100_000.0)
    assert ours.names_held.tolist() == [2, 0]


def test_proceeds_of_two_exits_in_a_quarter_are_one_purchase_after_it(tmp_path):
    closes = _flat("A", "B", "C")
    closes.loc[SESSIONS[10:], "A"] = np.nan
    closes.loc[SESSIONS[30:], "B"] = np.nan
    closes.loc[SESSIONS[40:], "C"] = 20.0
    market = make_market(tmp_path, closes=closes, total_return=closes.pct_change(fill_method=None))
    ours = _run(market, [3], [["A", "B", "C"]])
    after = int(SESSIONS.searchsorted(pd.Timestamp("2013-03-28"))) + 1
    third = 100_000.0 / 3.0
    assert _fills(ours, "C") == [(4, pytest.approx(third)), (after, pytest.approx(2.0 * third))]
    assert ours.value.iloc[-1] == pytest.approx(4.0 * third)  # C has doubled before the proceeds came to it


@pytest.mark.parametrize(
    ("costs", "paid"),
    [
        (dataclasses.replace(FREE, spread=200.0), 1.01),
        (dataclasses.replace(FREE, commission_bps=100.0), 1.01),
        (dataclasses.replace(FREE, commission_bps=100.0, spread=200.0), 1.01 * 1.01),
    ],
)
def test_costs_of_a_purchase_are_paid_once_by_each_name_alike(tmp_path, costs, paid):
    ours = _run(make_market(tmp_path, closes=_flat("A", "B", "C", "D")), [3], [["A", "B", "C", "D"]], costs=costs)
    assert ours.trades["shares"].tolist() == pytest.approx([2_500.0 / paid] * 4)
    assert ours.value.iloc[-1] == pytest.approx(100_000.0 / paid)


def test_weights_of_sixty_percent_leave_forty_in_cash_and_a_last_decision_is_not_traded(tmp_path):
    market = make_market(tmp_path, closes=_flat("A", "B"))
    ours = _run(market, [3], [["A", "B"]], [[0.3, 0.3]])
    assert ours.trades["value"].sum() == pytest.approx(60_000.0)
    late = _run(market, [3, 129], [["A"], ["B"]])
    assert late.trades["asset"].tolist() == ["A"]
