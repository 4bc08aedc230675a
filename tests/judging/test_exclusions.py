"""What a list of vetoes earned is the difference a reader can work out from two prices."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from active_edge.costs import FREE
from active_edge.judging.sensitivity import exclusion_variations
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from tests.markets import make_market

SESSIONS = sessions_between("2015-01-02", "2016-12-30")


def strategy(**universe):
    screen = Screen(
        name="s",
        description="d",
        universe={"companies_only": False} | universe,
        rank={"momentum_12_1": 1.0},
        select={"top": 1, "keep_until": 1},
    )
    rules = StrategyRules(name="s", screen="s", costs=FREE, capital_usd=1e7, min_coverage=0.0, benchmarks=["IWM"])
    return Strategy(rules, screen)


def earned(vetoes, tmp_path):
    """A name that stands still, and one that gains a thousandth a session and is the better one on every date."""
    steps = np.arange(len(SESSIONS))
    closes = pd.DataFrame({"FLAT": 50.0, "RISE": 20.0 * 1.001**steps}, index=SESSIONS)
    market = make_market(tmp_path, closes=closes, series={"IWM": pd.Series(100.0, SESSIONS)})
    result = backtest(strategy(exclude=vetoes), market)
    return exclusion_variations(SimpleNamespace(result=result))


def test_a_veto_of_the_better_name_cost_what_it_rose_and_one_of_the_other_nothing(tmp_path):
    # 252 sessions of a thousandth, lost: RISE would have been held throughout, FLAT was.
    (lost,) = earned([{"ticker": "RISE"}], tmp_path / "a")
    assert lost.setting == "without its 1 exclusion, which earned −25.2 % a year"
    assert np.allclose(lost.returns.iloc[1:], 0.001, atol=1e-6)
    (nothing,) = earned([{"ticker": "FLAT"}], tmp_path / "b")
    assert nothing.setting == "without its 1 exclusion, which earned 0.0 % a year"
    assert earned(None, tmp_path / "c") == []
