"""What a market's series earned over days, weeks, months and quarters, beside numbers worked out by hand."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import MissingInput
from active_edge.judging.spans import Spans
from active_edge.sessions import sessions_between
from tests.markets import make_market

SESSIONS = sessions_between("2019-12-02", "2020-12-31")


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """IWM's level is 100 plus the number of the session; cash earns 0.01 % a day; the factors 0.1 %."""
    number = np.arange(len(SESSIONS), dtype=float)
    series = {"IWM": pd.Series(100.0 + number, index=SESSIONS), "RF": pd.Series(0.0001, index=SESSIONS)}
    series |= {name: pd.Series(0.001, index=SESSIONS) for name in ("MKT_RF", "HML")}
    series["SMB"] = pd.Series(0.001, index=SESSIONS.drop(pd.Timestamp("2020-03-16")))
    closes = pd.DataFrame({"A": 10.0}, index=SESSIONS)
    return make_market(tmp_path_factory.mktemp("spans"), closes=closes, series=series)


def level(day: str) -> float:
    """IWM's level at the close of a day: that of the last session on or before it."""
    return 100.0 + int(SESSIONS.searchsorted(pd.Timestamp(day), side="right")) - 1


def earned(spans: Spans) -> list[float]:
    return spans.benchmarks(["IWM"])[0]["IWM"].tolist()


def test_a_month_is_from_the_last_session_of_the_month_before_to_its_own(market):
    ends = pd.DatetimeIndex(["2020-01-31", "2020-02-29", "2020-03-31"])  # February ended on a Saturday
    spans = Spans.of(market, ends, 12)
    edges = [level(day) for day in ("2019-12-31", "2020-01-31", "2020-02-28", "2020-03-31")]
    assert earned(spans) == pytest.approx([b / a - 1 for a, b in pairwise(edges)])
    assert list(spans.benchmarks(["IWM"])[0]["IWM"].index) == list(ends)


def test_cash_and_factors_are_compounded_and_a_hole_is_no_return(market):
    ends = pd.DatetimeIndex(["2020-01-31", "2020-02-28", "2020-03-31"])
    spans = Spans.of(market, ends, 12)
    sessions = np.array([21, 19, 22])  # of the exchange's calendar: 21 in January, 19 in February, 22 in March
    cash, factors = spans.cash(), spans.factors()
    assert cash is not None
    assert factors is not None
    assert cash.tolist() == pytest.approx(list(1.0001**sessions - 1))
    assert factors["MKT_RF"].tolist() == pytest.approx(list(1.001**sessions - 1))
    assert factors["SMB"].isna().tolist() == [False, False, True]


def test_a_day_is_from_the_session_before_even_over_a_hole_in_the_returns(market):
    days = pd.DatetimeIndex(["2020-01-02", "2020-01-03", "2020-01-07"])
    edges = [level(day) for day in ("2019-12-31", "2020-01-02", "2020-01-03", "2020-01-07")]
    found = earned(Spans.of(market, days, 252))
    assert found == pytest.approx([b / a - 1 for a, b in pairwise(edges)])


def test_weeks_and_quarters_begin_a_week_and_a_quarter_before_their_first_date(market):
    weeks = Spans.of(market, pd.DatetimeIndex(["2020-01-10", "2020-01-17"]), 52)
    assert weeks.edges[0] == pd.Timestamp("2020-01-03")
    quarters = Spans.of(market, pd.DatetimeIndex(["2020-03-31", "2020-06-30"]), 4)
    assert quarters.edges[0] == pd.Timestamp("2019-12-31")


def test_a_series_the_market_lacks_is_named_beside_those_it_has(market):
    found, missing = Spans.of(market, pd.DatetimeIndex(["2020-01-31", "2020-02-29"]), 12).benchmarks(["IWM", "IJR"])
    assert list(found) == ["IWM"]
    assert "IJR" in missing["IJR"]


REFUSED = {
    "before the market": (["2019-11-29", "2019-12-31"], 12, "the market has sessions from 2019-12-02"),
    "its first day": (["2019-12-02", "2019-12-03"], 252, "the market has sessions from 2019-12-02"),
    "after the market": (["2020-12-31", "2021-01-31"], 12, "cut the returns to that"),
    "a weekend": (["2020-01-03", "2020-01-04"], 252, "no session between 2020-01-04 and the date before it"),
    "the middle of a month": (["2020-01-15", "2020-02-15"], 12, "2020-01-15 is no end of a month"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_dates_the_market_cannot_span_are_refused(case, market):
    days, periods, words = REFUSED[case]
    with pytest.raises(MissingInput, match=words):
        Spans.of(market, pd.DatetimeIndex(days), periods)
