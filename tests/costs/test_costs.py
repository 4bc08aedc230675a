"""Spread, impact and participation against published numbers and an independent implementation."""

from __future__ import annotations

from dataclasses import replace

import bidask
import numpy as np
import pandas as pd
import pytest

from active_edge.costs import FREE, Costs, Impact, _edge, almgren_2005, half_spread, order_costs, square_root
from active_edge.costs.spread import estimated
from active_edge.costs.trailing import dollar_volume, volatility
from active_edge.errors import BacktestError
from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.markets import make_market
from tests.quick import first_quick


def _bars(n_sessions: int, n_assets: int, seed: int, *, spread: float = 0.02) -> dict[str, pd.DataFrame]:
    """Return OHLC frames of a random walk traded at bid or ask, 30 trades a session."""
    rng = np.random.default_rng(seed)
    mid = 20.0 * np.exp(np.cumsum(rng.normal(0.0, 0.02 / np.sqrt(30), (n_sessions * 30, n_assets)), axis=0))
    traded = mid * (1.0 + 0.5 * spread * rng.choice([-1.0, 1.0], mid.shape))
    bars = traded.reshape(n_sessions, 30, n_assets)
    sessions = sessions_between("2012-01-03", "2013-12-31")[:n_sessions]
    columns = [f"A{i}" for i in range(n_assets)]
    parts = {"open": bars[:, 0], "high": bars.max(1), "low": bars.min(1), "closes": bars[:, -1]}
    return {name: pd.DataFrame(values, index=sessions, columns=columns) for name, values in parts.items()}


@pytest.mark.realdata
def test_edge_gives_the_published_spread(shared_data):
    bars = pd.read_csv(shared_data / "published" / "bidask_ohlc.csv")
    square = _edge.edge_square(*(np.log(bars[name].to_numpy()) for name in ("Open", "High", "Low", "Close")))
    assert np.sqrt(square) == pytest.approx(0.0101849034905478, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_edge_windows_equal_bidask_with_and_without_missing_values(missing):
    rng = np.random.default_rng(1)
    bars = [frame.to_numpy().T.copy() for frame in _bars(90, 6, 2).values()]
    for matrix in bars:
        matrix[rng.random(matrix.shape) < missing] = np.nan
    o, h, low, c = (np.where(np.isnan(bars[3]), np.nan, matrix) for matrix in bars)
    rows = np.array([1, 20, 41, 89])
    ours = _edge.edge_squares(o, h, low, c, c, rows, 21, 1)[0]
    for r, row in enumerate(rows):
        window = slice(max(row - 20, 0), row + 1)
        for a in range(6):
            if row < 2:
                assert np.isnan(ours[r, a])
                continue
            theirs = bidask.edge(o[a, window], h[a, window], low[a, window], c[a, window], sign=True)
            assert np.sign(ours[r, a]) * np.sqrt(abs(ours[r, a])) == pytest.approx(theirs, rel=1e-9, nan_ok=True)


def test_blocks_average_signed_squares_before_the_root():
    o, h, low, c = (frame.to_numpy().T.copy() for frame in _bars(63, 3, 5, spread=0.001).values())
    mean, noise = _edge.edge_squares(o, h, low, c, c, np.array([62]), 21, 3)[:, 0]
    parts = np.array([_edge.edge_squares(o, h, low, c, c, np.array([row]), 21, 1)[0, 0] for row in (20, 41, 62)])
    assert (parts < 0).any()
    np.testing.assert_allclose(mean, parts.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(noise, parts.var(axis=0, ddof=1) / 3.0, rtol=1e-9)


@pytest.mark.parametrize("planted_bps", first_quick([0.0, 10.0, 20.0, 60.0]))
def test_a_small_spread_is_not_read_as_the_noise_of_single_names(tmp_path, planted_bps):
    bars = _bars(63, 500, 11, spread=planted_bps * 1e-4)
    # A thousand dollars a share: the floor of a cent is a tenth of a basis point.
    market = make_market(tmp_path, **{name: frame * 50.0 for name, frame in bars.items()})
    read = 2e4 * half_spread(market, market.sessions[[62]])[0]
    o, h, low, c = (bars[name].to_numpy().T.copy() for name in ("open", "high", "low", "closes"))
    squares = _edge.edge_squares(o, h, low, c, c, np.array([62]), 21, 3)[0, 0]
    alone = 1e4 * np.sqrt(np.clip(squares, 0.0, None))
    assert abs(read.mean() - planted_bps) < 8.0
    assert np.sqrt(((read - planted_bps) ** 2).mean()) < 0.6 * np.sqrt(((alone - planted_bps) ** 2).mean())
    if planted_bps == 0.0:
        assert alone.mean() > 13.0


@pytest.mark.slow
def test_an_absurd_open_or_high_does_not_move_the_spread(tmp_path):
    bars = _bars(80, 25, 7)
    whole = half_spread(make_market(tmp_path / "a", **bars), bars["closes"].index[[79]])
    bars["open"].iloc[70, 3] = bars["high"].iloc[70, 3] = np.nan
    missing = half_spread(make_market(tmp_path / "b", **bars), bars["closes"].index[[79]])
    bars["open"].iloc[70, 3] = bars["high"].iloc[70, 3] = 3.1 * bars["closes"].iloc[70, 3]
    absurd = half_spread(make_market(tmp_path / "c", **bars), bars["closes"].index[[79]])
    np.testing.assert_array_equal(absurd, missing)
    np.testing.assert_allclose(absurd, whole, rtol=0.2)


def test_half_spread_recovers_a_planted_spread_and_floors_at_half_a_cent(tmp_path):
    bars = _bars(120, 40, 3, spread=0.02)
    cheap = bars["closes"].columns[:5]
    for frame in bars.values():
        frame[cheap] /= 400.0
    market = make_market(tmp_path, **bars)
    half = half_spread(market, market.sessions[[70, 119]])
    low_priced = market.assets.isin(cheap)
    assert np.median(half[:, ~low_priced]) == pytest.approx(0.01, rel=0.15)
    floor = 0.005 / market.prices.close[[70, 119]]
    assert (half >= floor * (1 - 1e-12)).all()
    assert (half[:, low_priced] >= 0.04).all()


def test_a_name_without_an_estimate_gets_the_fit_on_price_and_volume_of_its_date(tmp_path):
    bars = _bars(80, 41, 4)
    rng = np.random.default_rng(0)
    volume = bars["closes"] * 0 + np.round(np.exp(rng.normal(10, 1.5, 41)))
    bars["high"]["A40"] = bars["low"]["A40"] = bars["open"]["A40"] = np.nan
    market = make_market(tmp_path, **bars, volume=volume)
    spread = 2.0 * half_spread(market, market.sessions[[79]])[0]
    order = [market.assets.get_loc(f"A{i}") for i in range(41)]
    spread, price = spread[order], bars["closes"].iloc[79].to_numpy()
    turnover = (bars["closes"] * volume).iloc[17:].median().to_numpy()
    x = np.column_stack([np.ones(41), np.log(price), np.log(turnover)])
    above = spread[:40] > 0.01 / price[:40] * (1 + 1e-9)
    slope = np.linalg.solve(x[:40][above].T @ x[:40][above], x[:40][above].T @ np.log(spread[:40][above]))
    assert above.all()
    assert spread[40] == pytest.approx(np.exp(x[40] @ slope), rel=1e-9)


def test_the_spread_of_a_date_ignores_everything_after_it(tmp_path):
    bars = _bars(100, 30, 6)
    first = half_spread(make_market(tmp_path / "a", **bars), bars["closes"].index[[60]])
    rng = np.random.default_rng(9)
    changed = {name: frame.copy() for name, frame in bars.items()}
    for frame in changed.values():
        frame.iloc[61:] *= np.exp(rng.normal(0, 0.2, frame.iloc[61:].shape))
    np.testing.assert_array_equal(
        first, half_spread(make_market(tmp_path / "b", **changed), bars["closes"].index[[60]])
    )
    for frame in changed.values():
        frame.iloc[60:] *= 1.1 + rng.random(frame.iloc[60:].shape)
    moved = half_spread(make_market(tmp_path / "c", **changed), bars["closes"].index[[60]])
    assert (moved != first).any()


def test_an_unadjusted_split_leaves_the_spread_alone(tmp_path):
    bars = _bars(80, 25, 7)
    returns = bars["closes"].pct_change()
    whole = half_spread(make_market(tmp_path / "a", **bars, total_return=returns), bars["closes"].index[[79]])
    split = {name: frame.copy() for name, frame in bars.items()}
    for frame in split.values():
        frame.loc[frame.index[50] :, "A3"] /= 2.0
    halved = half_spread(make_market(tmp_path / "b", **split, total_return=returns), bars["closes"].index[[79]])
    np.testing.assert_allclose(halved, whole, rtol=1e-9)


def test_without_highs_and_lows_the_spread_is_that_of_companies_of_the_same_dollar_volume(tmp_path):
    closes = _bars(80, 3, 8)["closes"] * 0 + 100.0
    volume = closes * 0 + [10**3.75, 10**4.5, 0.0]  # × 100 USD: 10^5.75 and 10^6.5 a session, and nothing at all
    market = make_market(tmp_path, closes=closes, volume=volume)
    half = half_spread(market, market.sessions[[79]])[0]
    # The table: 101 bps at 10^5.75, 67 at 10^6.25, 51 at 10^6.75; the middle of the two, 10^6.125, where none is known.
    assert half == pytest.approx([50.5e-4, 29.5e-4, (101 - 0.75 * 34) / 2e4], rel=1e-4)  # volumes are whole
    assert not estimated(market, market.sessions[[79]]).any()


def test_one_name_with_highs_and_lows_speaks_for_the_others(tmp_path):
    market = make_market(tmp_path, **_bars(80, 3, 8))
    assert estimated(market, market.sessions[[79]]).all()


def test_a_date_that_is_no_session_is_refused(tmp_path):
    market = make_market(tmp_path, closes=_bars(40, 3, 8)["closes"])
    with pytest.raises(BacktestError, match="2012-01-07 is no session"):
        order_costs(FREE, market, pd.DatetimeIndex(["2012-01-07"]))


@pytest.mark.parametrize(("days", "bps"), [(0.1, 32), (0.2, 25), (0.5, 18)])
def test_almgren_gives_the_published_cost_of_a_tenth_of_a_days_volume(days, bps):
    linear, power, exponent = almgren_2005(np.array([0.0157]), np.array([263.0]), days=days)
    cost = linear[0] * 0.1 + power[0] * 0.1**exponent
    assert round(1e4 * cost) == bps
    assert round(1e4 * 2.0 * linear[0] * 0.1) == 20


def test_square_root_impact_by_hand():
    linear, power, exponent = square_root(np.array([0.02]), coefficient=0.75)
    assert linear[0] == 0.0
    assert power[0] * 0.04**exponent == pytest.approx(0.75 * 0.02 * 0.2)


def test_dollar_volume_and_volatility_equal_pandas(tmp_path):
    bars = _bars(100, 5, 11)
    volume = (bars["closes"] * 0 + 1000).mul(np.arange(1, 101), axis=0)
    closes = bars["closes"].mask(np.random.default_rng(0).random((100, 5)) < 0.1)
    closes.iloc[[0, -1]] = 20.0
    market = make_market(tmp_path, closes=closes, volume=volume)
    rows = [62, 99]
    median = (closes * volume).rolling(63, min_periods=21).median().iloc[rows]
    np.testing.assert_allclose(dollar_volume(market, market.sessions[rows]), median, rtol=1e-12)
    deviation = pd.DataFrame(market.prices.returns).rolling(63, min_periods=21).std().iloc[rows]
    np.testing.assert_allclose(volatility(market, market.sessions[rows]), deviation, rtol=1e-9)


def test_the_cost_model_and_the_factors_mean_the_same_by_dollar_volume_and_volatility(tmp_path):
    bars = _bars(100, 6, 13)
    sparse = bars["closes"].copy()
    for column, known in zip(sparse.columns, (63, 40, 22, 21, 20, 2), strict=True):
        sparse.loc[sparse.index[37 : 100 - known], column] = np.nan
    market = make_market(tmp_path, closes=sparse, volume=sparse * 0 + 1000)
    dates = market.sessions[[99]]
    panel = Panel(market, dates)
    np.testing.assert_array_equal(dollar_volume(market, dates), panel.dollar_volume(63))
    np.testing.assert_array_equal(volatility(market, dates) * np.sqrt(252), panel.volatility(63))
    assert np.isfinite(dollar_volume(market, dates))[0].tolist() == [True, True, True, True, False, False]
    assert np.isfinite(volatility(market, dates))[0].tolist() == [True, True, True, True, False, False]


def test_a_name_with_too_few_returns_costs_as_the_median_name(tmp_path):
    bars = _bars(100, 5, 14)
    bars["closes"].loc[bars["closes"].index[:80], "A4"] = np.nan
    market = make_market(tmp_path, closes=bars["closes"], volume=bars["closes"] * 0 + 1000)
    dates = market.sessions[[99]]
    costs = replace(FREE, impact=Impact("square_root", 1.0))
    power = order_costs(costs, market, dates).impact_power[0]
    young = market.assets.get_loc("A4")
    assert power[young] == pytest.approx(np.median(np.delete(power, young)), rel=1e-12)


def test_order_costs_do_not_depend_on_which_columns_are_asked(tmp_path):
    market = make_market(tmp_path, **_bars(100, 25, 12))
    costs, dates = Costs(impact=Impact("square_root", 0.75)), market.sessions[[5, 70]]
    whole, part = order_costs(costs, market, dates), order_costs(costs, market, dates, np.array([3, 17]))
    for name in ("half_spread", "dollar_volume", "impact_power"):
        np.testing.assert_array_equal(getattr(whole, name)[:, [3, 17]], getattr(part, name))
