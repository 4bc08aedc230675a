"""A close some calendar days back, and when an item was first known: nothing later than the date shows."""

import numpy as np
import pandas as pd

from active_edge.panel import Panel
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2016-01-04", "2016-01-15")


def market_of(tmp_path):
    closes = pd.DataFrame({"A": np.arange(10.0, 20.0), "B": [np.nan] * 3 + [5.0] * 7}, index=SESSIONS)
    facts = [
        {"asset": "A", "item": "equity", "months": 0, "period_end": "2015-12-31", "filed": day, "value": 1.0}
        for day in ("2016-01-12", "2016-01-06")
    ]
    return make_market(tmp_path, closes=closes, facts=facts)


def test_the_close_is_that_of_the_last_session_so_many_days_before(tmp_path):
    panel = Panel(market_of(tmp_path), pd.DatetimeIndex(["2016-01-11", "2016-01-13"]))
    # Monday the 11th is A's sixth close, 15; two days before is a Saturday, whose last session is Friday the 8th, 14.
    assert panel.close_before(np.array([[0.0, 0.0], [0.0, 0.0]]))[:, 0].tolist() == [15.0, 17.0]
    assert panel.close_before(np.array([[2.0, 2.0], [5.0, 5.0]]))[:, 0].tolist() == [14.0, 14.0]
    # B has no row before Thursday the 7th: four days before Monday it has one, five days before it has none.
    assert np.isnan(panel.close_before(np.array([[0.0, 5.0], [0.0, 0.0]]))[0, 1])
    assert panel.close_before(np.array([[0.0, 4.0], [0.0, 0.0]]))[0, 1] == 5.0


def test_a_day_before_the_market_after_the_date_or_unknown_has_no_close(tmp_path):
    panel = Panel(market_of(tmp_path), pd.DatetimeIndex(["2016-01-06"]))
    assert np.isnan(panel.close_before(np.array([[3.0, np.nan]]))).all()
    assert np.isnan(panel.close_before(np.array([[-1.0, -2.0]]))).all()


def test_an_item_is_first_known_at_its_first_filing_whatever_the_dates_of_the_panel(tmp_path):
    market = market_of(tmp_path)
    known = Panel(market, market.sessions[:1]).first_known("equity", "revenue")
    assert market.sessions[known[0]] == pd.Timestamp("2016-01-06")
    assert known[1] > len(market.sessions)
