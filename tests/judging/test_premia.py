"""What the market paid for a factor: planted premia are found, by the definition of a cross-section."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from active_edge.costs import FREE, TradingTerms
from active_edge.engine.holding_returns import holding_returns
from active_edge.errors import MissingInput
from active_edge.judging.premia import factor_premia
from active_edge.sessions import sessions_between
from tests.judging.planted import strategy_of
from tests.markets import make_market

SESSIONS = sessions_between("2018-01-02", "2021-12-31")
NAMES = [f"N{i:02d}" for i in range(40)]
TERMS = TradingTerms(costs=FREE, trade_at="next_close", capital_usd=1_000_000)


def market(tmp_path, *, reward: float):
    """Forty names whose leverage is known and constant; one standard deviation less of it earns `reward` a session."""
    rng = np.random.default_rng(4)
    leverage = np.linspace(0.1, 0.9, len(NAMES))
    z = (leverage - leverage.mean()) / leverage.std()
    steps = rng.normal(0, 0.01, (len(SESSIONS), len(NAMES))) - reward * z
    closes = pd.DataFrame(50 * np.cumprod(1 + steps, axis=0), index=SESSIONS, columns=NAMES)
    facts = [
        {"asset": name, "item": item, "months": 0, "period_end": end, "filed": end, "value": value}
        for name, share in zip(NAMES, leverage, strict=True)
        for item, value in (("total_assets", 1e6), ("total_liabilities", 1e6 * share))
        for end in pd.date_range("2017-12-31", "2021-12-31", freq="QE").strftime("%Y-%m-%d")
    ]
    return make_market(tmp_path, closes=closes, facts=facts)


SCREEN = strategy_of("rank: {leverage: 1}\nselect: {top: 5}\n").screen


def test_a_planted_premium_is_found_a_year_towards_the_good_end(tmp_path):
    found = factor_premia(SCREEN, market(tmp_path, reward=0.0008), start="2018-01-02")
    assert [one.factor for one in found.factors] == ["leverage"]
    assert found.factors[0].annual == pytest.approx(252 * 0.0008, rel=0.2)
    assert found.factors[0].p < 0.001
    assert (found.names, found.left_out) == (40, pytest.approx(0.0))


def test_the_slope_of_one_factor_is_the_mean_covariance_with_it(tmp_path):
    made = market(tmp_path, reward=0.0)
    found = factor_premia(SCREEN, made, start="2018-01-02")
    dates = pd.DatetimeIndex(pd.Series(SESSIONS[:-1], index=SESSIONS[:-1]).resample("ME").last())[:-1]
    earned = holding_returns(made, dates, TERMS)
    z = -(np.linspace(0.1, 0.9, 40) - 0.5)
    z = np.clip(z, *np.quantile(z, [0.01, 0.99]))
    z = (z - z.mean()) / z.std()
    slopes = (earned * z).mean(axis=1)
    assert found.months == len(slopes)
    assert found.factors[0].annual == pytest.approx(12 * slopes.mean(), rel=1e-6)


def test_what_is_earned_from_date_to_date_has_what_holders_got_of_a_name_that_ended(tmp_path):
    closes = pd.DataFrame({"A": 10.0, "B": 20.0}, index=SESSIONS[:60]).assign(B=20.0)
    closes.loc[SESSIONS[30] :, "B"] = np.nan
    made = make_market(
        tmp_path, closes=closes, securities=pd.DataFrame({"exit_return": {"B": -0.4}, "exit_reason": {"B": "distress"}})
    )
    found = holding_returns(made, SESSIONS[[10, 25, 40, 55]], TERMS)
    assert found[:, 0] == pytest.approx([0.0, 0.0, 0.0])
    assert found[:2, 1] == pytest.approx([0.0, -0.4])
    assert np.isnan(found[2, 1])


def test_a_normal_p_of_few_slopes_rejects_what_the_page_says():
    assert 2 * student.sf(1.959964, 23) == pytest.approx(0.062, abs=5e-4)
    assert 2 * student.sf(1.959964, 59) == pytest.approx(0.055, abs=5e-4)


def test_a_screen_without_factors_or_a_short_market_is_refused(tmp_path):
    made = market(tmp_path, reward=0.0)
    with pytest.raises(MissingInput, match="names no factor"):
        factor_premia(strategy_of("universe: {min_price: 1}\n").screen, made)
    with pytest.raises(MissingInput, match="more than 12 are needed"):
        factor_premia(SCREEN, made, start="2021-06-01")
