from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from active_edge.calibration.portfolios import Reading, family_names, hold, planted_effect, read, twin_names
from active_edge.calibration.worlds import WORLDS
from active_edge.simulated import MonthlyMarket, monthly

NULL = WORLDS["null"]


@pytest.fixture(scope="module")
def market():
    return monthly(years=3, firms=1600, seed=5)


def two_names(firm, returns, value=(1.0, 2.0), legs=None):
    """Two slots over one block of three months; cash earns 1 % a month."""
    months = len(returns) - 1
    return SimpleNamespace(
        months=months,
        firm=np.array(firm),
        returns=np.array(returns),
        market_value=np.tile(np.array(value), (months + 1, 1)),
        factors=pd.DataFrame({"RF": np.full(months, 0.01)}),
        leg=lambda name: np.array(legs[name]),
    )


def reading_of(market, world=NULL, decided=(0,)):
    rows = np.array(decided)
    return Reading(market, world, rows, np.ones((len(rows), 2), dtype=bool), market.returns)


def test_what_is_held_drifts_and_an_exit_turns_to_cash():
    firm = [[7, 8], [7, 8], [7, 9], [7, 9]]
    returns = [[np.nan, np.nan], [0.10, 0.00], [0.10, -0.50], [0.00, 0.90]]
    earned = hold(reading_of(two_names(firm, returns)), [np.array([[0, 1]])])
    # 0.5·1.1 + 0.5 = 1.05; then 0.5·1.21 + 0.5·0.5 = 0.855; then firm 8 is gone: 0.605 + 0.25·1.01 = 0.8575.
    assert earned.gross[:, 0] == pytest.approx([0.05, 0.855 / 1.05 - 1, 0.8575 / 0.855 - 1], rel=1e-12)


def test_costs_are_charged_for_the_names_that_changed_hands():
    firm = [[7, 8]] * 7
    returns = [[np.nan, np.nan]] + [[0.0, 0.0]] * 6
    market = two_names(firm, returns, value=(np.e, np.exp(3.0)))
    earned = hold(reading_of(market, decided=(0, 3)), [np.array([[0]]), np.array([[1]])])
    # Sizes −1 and +1 standard deviations: half-spreads 0.0012·e^{±1.1}, and a commission of 0.0001 on each side.
    small, large = 0.0012 * np.exp(1.1) + 0.0001, 0.0012 * np.exp(-1.1) + 0.0001
    assert earned.gross[:, 0] == pytest.approx(np.zeros(6))
    assert earned.net[[0, 3], 0] == pytest.approx([-small, -(small + large)], rel=1e-12)
    assert np.flatnonzero(earned.net[:, 0]).tolist() == [0, 3]
    assert earned.turnover == pytest.approx([1.0 / 0.5])


def test_a_portfolio_left_as_it_is_pays_nothing_again():
    firm = [[7, 8]] * 7
    returns = [[np.nan, np.nan]] + [[0.02, 0.02]] * 6
    earned = hold(reading_of(two_names(firm, returns), decided=(0, 3)), [np.array([[0, 1]])] * 2)
    assert earned.net[3, 0] == pytest.approx(earned.gross[3, 0], abs=1e-15)


def test_the_planted_effect_is_alpha_times_the_leg_of_what_is_held():
    from active_edge.simulated import LEGS

    legs = {leg: np.zeros((4, 2)) for leg in LEGS}
    legs["balance_sheet"] = np.array([[1.0, 3.0], [1.0, 3.0], [1.0, 9.0], [1.0, 9.0]])
    firm = [[7, 8], [7, 8], [7, 9], [7, 9]]
    market = two_names(firm, np.zeros((4, 2)), legs=legs)
    effect = planted_effect(reading_of(market, WORLDS["planted_2"]), [np.array([[0, 1], [0, 0]])])
    # Both firms for two months, firm 7 alone in the third: (2 + 2 + 0.5) / 3 and 1, times 2 %.
    assert effect == pytest.approx([0.02 * 4.5 / 3, 0.02])
    assert planted_effect(reading_of(market), [np.array([[0, 1]])]) == pytest.approx([0.0])


def scrambled_after(market, row):
    """The same market with another future: everything known after a row is shuffled among slots."""
    rng = np.random.default_rng(0)
    offset = len(market.path.grid.firm) - len(market.firm)
    order = rng.permutation(market.firm.shape[1])
    known = market.path.grid.known.copy()
    known[offset + row + 1 :] = known[offset + row + 1 :, order]
    return MonthlyMarket(replace(market.path, grid=market.path.grid._replace(known=known)))


def test_an_honest_reader_selects_the_same_whatever_comes_after_and_one_who_looks_ahead_does_not(market):
    changed = scrambled_after(market, 12)
    for world, blind in ((NULL, True), (WORLDS["look_ahead"], False)):
        before, after = (family_names(read(m, world))["narrow"][4] for m in (market, changed))
        assert np.array_equal(before, after) == blind


def test_the_reader_of_survivors_never_holds_a_name_that_leaves(market):
    reading = read(market, WORLDS["survivors"])
    for row, mine in zip(reading.decided, family_names(reading)["wide"], strict=True):
        assert market.survivor[row][mine].all()
    honest = read(market, NULL)
    assert not market.survivor[0][family_names(honest)["wide"][0]].all()


def test_only_the_last_price_differs_for_a_reader_who_ignores_exits(market):
    ignoring, honest = (read(market, WORLDS[name]).returns for name in ("exits_ignored", "null"))
    different = ignoring[1:] != honest[1:]
    assert different.any()
    assert (market.exit_kind[1:][different] == 1).all()


def test_the_reader_of_the_same_bar_earns_the_month_he_decided_on(market):
    late, honest = read(market, WORLDS["same_bar"]), read(market, NULL)
    assert (late.decided == honest.decided + 1).all()
    names = family_names(late)["wide"]
    first = hold(late, names).gross[0]
    own = market.firm[0] == market.firm[1]
    expected = [np.where(own, market.returns[1], market.factors["RF"].iloc[0])[mine].mean() for mine in names[0]]
    assert first == pytest.approx(expected, rel=1e-12)


def test_twins_are_candidates_as_many_as_the_names_and_other_ones(market):
    reading = read(market, NULL)
    mine = [held[4:5] for held in family_names(reading)["narrow"]]
    twins = twin_names(reading, mine, count=20, seed=1)
    for block, (own, drawn) in enumerate(zip(mine, twins, strict=True)):
        assert drawn.shape == (20, own.shape[1])
        assert reading.candidates[block][drawn].all()
        assert all(len(set(row)) == own.shape[1] for row in drawn.tolist())
        assert np.mean([len(set(row) & set(own[0])) for row in drawn.tolist()]) < own.shape[1] / 2
