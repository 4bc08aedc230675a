"""What a list of vetoes earned is the difference a reader can work out from two prices."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from active_edge.costs import FREE
from active_edge.judging.decisions import decided_by
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


def run_without(vetoes, tmp_path):
    """A name that stands still, and one that gains a thousandth a session and is the better one on every date."""
    steps = np.arange(len(SESSIONS))
    closes = pd.DataFrame({"FLAT": 50.0, "RISE": 20.0 * 1.001**steps}, index=SESSIONS)
    market = make_market(tmp_path, closes=closes, series={"IWM": pd.Series(100.0, SESSIONS)})
    return backtest(strategy(exclude=vetoes), market)


def earned(vetoes, tmp_path):
    return exclusion_variations(SimpleNamespace(result=run_without(vetoes, tmp_path)))


def test_a_veto_of_the_better_name_cost_what_it_rose_and_one_of_the_other_nothing(tmp_path):
    # 252 sessions of a thousandth, lost: RISE would have been held throughout, FLAT was.
    (lost,) = earned([{"ticker": "RISE"}], tmp_path / "a")
    assert lost.setting == "without its 1 exclusion, which earned −25.2 % a year"
    assert np.allclose(lost.returns.iloc[1:], 0.001, atol=1e-6)
    (nothing,) = earned([{"ticker": "FLAT"}], tmp_path / "b")
    assert nothing.setting == "without its 1 exclusion, which earned 0.0 % a year"
    assert earned(None, tmp_path / "c") == []


def test_a_name_that_left_or_came_back_because_of_a_list_says_so_in_the_words_of_the_list(tmp_path):
    veto = {"ticker": "RISE", "since": "2016-04-01", "until": "2016-09-01", "reason": "restricted"}
    decided = decided_by(run_without([veto], tmp_path))
    told = "excluded from 2016-04-01 to 2016-09-01: restricted"
    assert decided.left.loc[decided.left["ticker"] == "RISE", "why"].tolist() == [told]
    back = decided.held[decided.held["decided"] > "2016-09-01"].iloc[0]
    assert back[["ticker", "why"]].tolist() == ["RISE", f"was {told}"]
