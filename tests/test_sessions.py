import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from active_edge.errors import ConfigError
from active_edge.sessions import is_session, knowable, rebalance_sessions, sessions_between


def days(*texts):
    return pd.DatetimeIndex(list(texts))


def test_2016_had_252_sessions_and_new_york_closed_on_its_nine_holidays():
    sessions = sessions_between("2016-01-01", "2016-12-31")
    assert len(sessions) == 252
    weekdays = pd.bdate_range("2016-01-01", "2016-12-31")
    closed = [f"{day:%m-%d}" for day in weekdays.difference(sessions)]
    assert closed == ["01-01", "01-18", "02-15", "03-25", "05-30", "07-04", "09-05", "11-24", "12-26"]


def test_one_off_closures_are_no_sessions():
    # 2001-09-11 to 14, hurricane Sandy, the funerals of presidents Reagan and Ford
    closures = days("2001-09-11", "2001-09-14", "2012-10-29", "2012-10-30", "2004-06-11", "2007-01-02")
    assert not is_session(closures).any()
    assert is_session(days("2001-09-10", "2001-09-17", "2012-10-31")).all()


def test_is_session_answers_in_the_order_asked():
    assert is_session(days("2016-01-04", "2016-01-02", "2015-12-31")).tolist() == [True, False, True]
    assert is_session(pd.DatetimeIndex([])).tolist() == []


def test_sessions_between_reversed_days_is_empty():
    assert len(sessions_between("2016-02-01", "2016-01-01")) == 0


def test_a_filing_is_known_at_the_close_of_its_own_session_and_one_of_a_weekend_on_monday():
    sessions = sessions_between("2016-01-04", "2016-01-29")
    filed = days("2016-01-08", "2016-01-09", "2016-01-18", "2015-06-01", "2016-02-01")
    assert knowable(filed, sessions).tolist() == [4, 5, 10, 0, 19]


@settings(deadline=None)
@given(st.lists(st.integers(0, 800), min_size=1, max_size=40))
def test_knowable_never_precedes_the_filing_and_is_the_earliest_such_session(offsets):
    sessions = sessions_between("2015-03-20", "2017-03-31")
    filed = pd.Timestamp("2015-03-01") + pd.to_timedelta(offsets, unit="D")
    for day, index in zip(filed, knowable(filed, sessions), strict=True):
        assert index == len(sessions) or sessions[index] >= day
        assert index == 0 or sessions[index - 1] < day


def test_last_sessions_of_quarters_of_2016():
    sessions = sessions_between("2016-01-04", "2016-12-30")
    expected = days("2016-03-31", "2016-06-30", "2016-09-30", "2016-12-30")
    assert rebalance_sessions(sessions, "quarterly").equals(expected.rename("session"))


@pytest.mark.parametrize(
    ("schedule", "offset", "expected"),
    [
        ("annual", 0, ["2015-12-31", "2016-12-30"]),
        ("annual", 6, ["2015-06-30", "2016-06-30"]),
        ("semiannual", 0, ["2015-06-30", "2015-12-31", "2016-06-30", "2016-12-30"]),
        ("semiannual", 1, ["2015-07-31", "2016-01-29", "2016-07-29"]),
        ("quarterly", 1, ["2015-07-31", "2015-10-30", "2016-01-29", "2016-04-29", "2016-07-29", "2016-10-31"]),
    ],
)
def test_month_offset_moves_period_ends_later(schedule, offset, expected):
    sessions = sessions_between("2015-05-04", "2016-12-30")
    assert [f"{day:%F}" for day in rebalance_sessions(sessions, schedule, month_offset=offset)] == expected


def test_an_unfinished_final_month_has_no_rebalance():
    whole = sessions_between("2016-01-04", "2016-04-29")
    assert f"{rebalance_sessions(whole, 'monthly')[-1]:%F}" == "2016-04-29"
    assert f"{rebalance_sessions(whole[:-1], 'monthly')[-1]:%F}" == "2016-03-31"


def test_a_month_that_ends_on_a_weekend_is_finished_by_its_last_session():
    sessions = sessions_between("2016-01-04", "2016-07-29")  # 30 and 31 July 2016 were a weekend
    assert f"{rebalance_sessions(sessions, 'monthly')[-1]:%F}" == "2016-07-29"


@pytest.mark.parametrize(("schedule", "offset"), [("weekly", 0), ("monthly", 1), ("quarterly", 3), ("annual", -1)])
def test_impossible_schedules_are_refused(schedule, offset):
    with pytest.raises(ConfigError, match=r"schedule|month_offset"):
        rebalance_sessions(sessions_between("2016-01-04", "2016-12-30"), schedule, month_offset=offset)


def test_monthly_sessions_are_a_subset_and_one_a_month():
    sessions = sessions_between("1999-01-01", "2004-12-31")
    chosen = rebalance_sessions(sessions, "monthly")
    assert len(chosen) == 72
    assert np.isin(chosen, sessions).all()
