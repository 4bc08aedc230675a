"""Strategies share a panel where they decide on the same days of the same market, and nowhere else."""

import pandas as pd
import pytest

from active_edge.panel import Panels
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2015-01-02", "2015-06-30")


@pytest.fixture
def markets(tmp_path):
    prices = ((10.0, "a"), (20.0, "b"))
    return [make_market(tmp_path / name, closes=pd.DataFrame(p, SESSIONS, ["A", "B"])) for p, name in prices]


def test_the_same_dates_of_the_same_market_give_the_same_panel(markets):
    panels = Panels()
    assert panels.on(markets[0], SESSIONS[[5, 9]]) is panels.on(markets[0], SESSIONS[[5, 9]].copy())
    assert panels.on(markets[0], SESSIONS[[5, 9]]) is not panels.on(markets[0], SESSIONS[[5, 10]])
    assert panels.on(markets[0], SESSIONS[[5, 9]]) is not Panels().on(markets[0], SESSIONS[[5, 9]])


def test_two_markets_with_the_same_days_never_share_a_panel(markets):
    panels = Panels()
    closes = [panels.on(market, SESSIONS[[5, 9]]).close()[0, 0] for market in markets]
    assert closes == [10.0, 20.0]
