"""The rebuilt index: days and ranks worked by hand, and close to the fund where real data allow."""

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.ladder import rebuilt_levels
from active_edge.rebuilt_index import IndexRules, friday, index_events, rebuild_index
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2019-01-02", "2020-07-31")


@pytest.mark.parametrize(
    ("year", "month", "number", "day"),
    [(2016, 6, 4, "2016-06-24"), (2020, 6, 4, "2020-06-26"), (2026, 11, 2, "2026-11-13"), (2017, 9, 3, "2017-09-15")],
)
def test_fridays_of_the_index_calendar(year, month, number, day):
    assert friday(year, month, number) == pd.Timestamp(day)


def test_ranking_days_follow_the_rule_of_their_year():
    sessions = sessions_between("2016-01-04", "2026-12-31")
    events = {(e.kind, e.effective.year): e for e in index_events(sessions, IndexRules()) if e.kind == "reconstitution"}
    assert str(events["reconstitution", 2016].ranked.date()) == "2016-05-31"
    assert str(events["reconstitution", 2019].ranked.date()) == "2019-05-17"
    assert str(events["reconstitution", 2024].ranked.date()) == "2024-04-30"
    november = [e for e in index_events(sessions, IndexRules()) if e.effective == pd.Timestamp("2026-11-13")]
    assert [e.kind for e in november] == ["reconstitution"]


def companies(prices, public_float=None):
    """Six companies of a million shares at constant prices."""
    n = len(SESSIONS)
    closes = pd.DataFrame({name: np.full(n, price) for name, price in prices.items()}, index=SESSIONS, dtype=float)
    facts = [
        {"asset": name, "item": "shares_outstanding", "months": 0, "period_end": end, "filed": end, "value": 1e6}
        for name in prices
        for end in ("2018-12-31", "2019-09-30", "2020-03-31")
    ]
    for name, value in (public_float or {}).items():
        facts += [
            {"asset": name, "item": "public_float_usd", "months": 0, "period_end": end, "filed": end, "value": value}
            for end in ("2019-01-03", "2019-09-30", "2020-03-31")
        ]
    return closes, facts


SMALL = IndexRules(breakpoint_rank=2, bottom_rank=5, min_value_usd=0, band=0.0)


def test_members_are_the_ranks_between_the_breakpoints_weighted_by_float(tmp_path):
    prices = {"A": 60.0, "B": 50.0, "C": 40.0, "D": 30.0, "E": 20.0, "F": 10.0}
    closes, facts = companies(prices, {"C": 20e6})
    market = make_market(tmp_path, closes=closes, facts=facts)
    index = rebuild_index(market, SMALL)
    assert all(market.assets[row].tolist() == ["C", "D", "E"] for row in index.members)
    # C's float is half of its value: 20, 30 and 20 of 70.
    assert index.weights[-1][index.members[-1]] == pytest.approx([20 / 70, 30 / 70, 20 / 70])


def test_an_incumbent_within_the_band_stays(tmp_path):
    prices = {"A": 60.0, "B": 50.0, "C": 49.0, "D": 30.0, "E": 20.0, "F": 10.0}
    closes, facts = companies(prices)
    closes.loc["2019-09-02":, "C"] = 51.0
    market = make_market(tmp_path, closes=closes, facts=facts)
    raw = rebuild_index(market, SMALL)
    banded = rebuild_index(market, IndexRules(breakpoint_rank=2, bottom_rank=5, min_value_usd=0, band=0.25))
    last = [event.effective.year for event in raw.events].index(2020) + 1
    column = market.assets.get_loc("C")
    assert raw.events[last].kind == "reconstitution"
    assert not raw.members[last][column]
    assert banded.members[last][column]


def test_the_level_is_the_weighted_return_of_the_members(tmp_path):
    prices = {"A": 60.0, "B": 50.0, "C": 40.0, "D": 40.0, "E": 20.0, "F": 10.0}
    closes, facts = companies(prices)
    closes.loc["2019-02-01":, "C"] = 44.0
    levels = rebuilt_levels(make_market(tmp_path, closes=closes, facts=facts), SMALL)
    # 40 of 100 in C, which rises by a tenth.
    assert levels.loc["2019-01-31"] == pytest.approx(1.0)
    assert levels.loc["2019-02-01"] == pytest.approx(1.04)


@pytest.mark.realdata
@pytest.mark.nightly
def test_on_real_prices_the_index_moves_with_the_fund(real_import):
    market = real_import[1]
    rebuilt, fund = rebuilt_levels(market).pct_change(), market.series("IWM").pct_change()
    both = pd.concat([rebuilt, fund], axis=1, join="inner").dropna()
    assert both.corr().iloc[0, 1] >= 0.99
