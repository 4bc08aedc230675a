"""What a page says of volumes that were not known, of orders that waited, and of the proceeds of exits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.trading_warnings import proceeds_warnings, silent_warnings, volume_warnings
from active_edge.run.backtest import backtest
from active_edge.sessions import sessions_between
from tests.judging.planted import judged, strategy_of
from tests.markets import make_market

SESSIONS = sessions_between("2018-01-02", "2019-06-28")
NAMES = [f"N{number:02d}" for number in range(30)]
ONCE = {"rebalance": "once"}
FACTS = [
    {"asset": name, "item": "shares_outstanding", "months": 0, "period_end": "2017-12-31", "value": 1e7}
    for name in NAMES
]


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """Thirty names: N00 to N02 have no volume, N03 is not traded the two days after the decision, N04 to N06 end."""
    rng = np.random.default_rng(4)
    steps = rng.normal(0.0, 0.02, (len(SESSIONS), len(NAMES)))
    closes = pd.DataFrame(20.0 * np.exp(steps.cumsum(axis=0)), index=SESSIONS, columns=NAMES)
    closes.loc[SESSIONS[150:], NAMES[4:7]] = np.nan
    volume = closes * 0 + 100_000.0
    volume[NAMES[:3]] = np.nan
    volume.loc[SESSIONS[101:103], NAMES[3]] = 0.0
    levels = {"IWM": (1.0 + closes.pct_change().mean(axis=1).fillna(0.0)).cumprod()}
    return make_market(tmp_path_factory.mktemp("warned"), closes=closes, volume=volume, facts=FACTS, series=levels)


def _backtest(market, **rules):
    strategy = strategy_of("universe: {min_dollar_volume: 1000}\n")
    changed = type(strategy)(strategy.rules.model_copy(update=rules), strategy.screen)
    return backtest(changed, market, start=SESSIONS[100])


def _said(market, warnings, **rules):
    result = _backtest(market, **rules)
    return [(level, text) for level, text, _ in warnings(judged(result))]


def test_modelled_volumes_and_orders_that_waited_are_counted(market):
    (held, *_), (candidates, *_), (waited, *_) = (
        (text, level) for level, text in _said(market, volume_warnings, **ONCE)
    )
    assert "the dollar volume of 3 of 30 names held on decision dates (10.0 %) is modelled" in held
    assert "3 of 30 candidates" in candidates
    assert "waited 2 times on a session on which nobody traded the name (volume 0), and 0 times" in waited


def test_proceeds_of_exits_are_told_whether_invested_or_kept(market):
    ((level, text),) = _said(market, proceeds_warnings, **ONCE)
    assert level == "note"
    assert "after 1 quarter" in text
    assert "(reinvest: proportional)" in text
    ((level, text),) = _said(market, proceeds_warnings, reinvest="hold_cash", **ONCE)
    assert level == "caution"
    assert "of the portfolio is cash at the end" in text
    assert _said(market, proceeds_warnings) == []


def test_names_counts_what_is_held_not_what_was_asked_for(market):
    result = _backtest(market, **ONCE)
    assert (result.targets.weights > 0).sum() == 30
    assert result.simulation.names_held.tolist() == [29, 27]
    assert result.simulation.names_in_the_middle == 27


def test_a_name_held_whose_prices_stopped_before_the_data_without_an_exit_is_told(tmp_path):
    closes = pd.DataFrame(20.0, index=SESSIONS, columns=NAMES[:10])
    closes.loc[SESSIONS[-8:], "N03"] = np.nan
    closes.loc[SESSIONS[-21:], "N04"] = np.nan
    listed = pd.DataFrame({"last_session": pd.NaT}, index=pd.Index(["N03"]))
    listed.loc["N04"] = SESSIONS[-22]
    market = make_market(tmp_path, closes=closes, securities=listed, facts=FACTS[:10], series={"IWM": closes["N00"]})
    ((level, text),) = _said(market, silent_warnings, **ONCE)
    assert level == "caution"
    assert f"1 name with no price up to the end of the data and no exit told (N03 since {SESSIONS[-9]:%F}, " in text
    # N04 left at its last price: nine names and a tenth in cash, or a ninth each once it is invested again.
    assert "8 sessions) are 10.0 % of the portfolio at the end, at their last price" in text
    strategy = strategy_of("universe: {min_dollar_volume: 1000}\n")
    before = backtest(strategy, market, start=SESSIONS[100], end=SESSIONS[-9])
    assert list(silent_warnings(judged(before))) == []
