"""Returns of one's own: which column they are, how often they come, and that percent is found by its size."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import ActiveEdgeError, ConfigError, DataError, InferenceError
from active_edge.judging.own_samples import check_decimals, own_samples, periods_a_year
from tests.judging.months import MINE, MONTHS, PASSIVE

RNG = np.random.default_rng(2)


@pytest.mark.parametrize(("freq", "periods"), [("B", 252), ("W-FRI", 52), ("ME", 12), ("QE", 4)])
def test_the_frequency_is_read_from_the_dates(freq, periods):
    assert periods_a_year(pd.date_range("2015-01-30", periods=40, freq=freq)) == periods


def test_dates_of_another_frequency_are_refused():
    with pytest.raises(InferenceError, match="365 days lie between two dates"):
        periods_a_year(pd.date_range("2000-12-31", periods=10, freq="YE"))


@pytest.mark.parametrize(("freq", "left_out"), [("B", 5), ("W", 1), ("ME", 1), ("QE", 1)])
def test_dates_that_leave_some_out_are_refused_with_the_place(freq, left_out):
    dates = pd.date_range("2010-01-01", periods=30, freq=freq)
    with pytest.raises(InferenceError, match=f"nothing between {dates[14].date()} and {dates[15 + left_out].date()}"):
        periods_a_year(dates.delete(range(15, 15 + left_out)))


def test_the_longest_closing_of_the_exchange_is_no_hole():
    periods_a_year(pd.DatetimeIndex(["2001-09-07", "2001-09-10", "2001-09-17", "2001-09-18"]))


def test_benchmarks_are_a_mapping_a_frame_or_columns_beside_the_portfolio():
    table = pd.concat([MINE, PASSIVE], axis=1)
    ways = [
        own_samples(MINE, benchmarks={"passive": PASSIVE}),
        own_samples(MINE, benchmarks=PASSIVE.to_frame()),
        own_samples(table, benchmarks=["passive"]),
        own_samples(table, benchmarks="passive"),
    ]
    for own in ways:
        assert own.samples.yardstick == "passive"
        assert own.periods_per_year == 12
        np.testing.assert_array_equal(own.samples.held.returns, MINE)
        np.testing.assert_array_equal(own.samples.held.benchmark, PASSIVE)
    assert len({own.snapshot for own in ways}) == 1


def test_missing_values_at_the_ends_are_cut_and_inside_refused():
    padded = pd.concat([pd.Series([np.nan], index=[pd.Timestamp("2014-12-31")]), MINE])
    assert own_samples(padded, benchmarks={"passive": PASSIVE}).alone.n == 60
    holed = MINE.copy()
    holed.iloc[30] = np.nan
    with pytest.raises(InferenceError, match="1 of 60 values are missing or infinite, the first at 2017-07-31"):
        own_samples(holed, benchmarks={"passive": PASSIVE})


def test_a_benchmark_on_other_dates_is_not_testable_and_says_why():
    own = own_samples(MINE, benchmarks={"passive": PASSIVE, "short": PASSIVE.iloc[1:]})
    assert list(own.samples.on) == ["passive"]
    assert "misaligned calendars" in own.samples.untestable["short"]


@pytest.mark.parametrize(("periods", "volatility"), [(252, 0.9), (52, 0.9), (12, 0.9), (4, 0.9), (252, 0.03)])
def test_decimals_of_any_frequency_pass_and_the_same_in_percent_do_not(periods, volatility):
    draws = RNG.normal(0.1 / periods, volatility / periods**0.5, 200)
    returns = pd.Series(draws, index=pd.date_range("2000-01-31", periods=200, freq="D"))
    check_decimals(returns, "returns", periods)
    with pytest.raises(InferenceError, match="divide percent by 100"):
        check_decimals(returns * 100, "returns", periods)


def test_a_bill_in_percent_is_found_though_it_hardly_moves():
    bill = pd.Series(0.3 + 0.01 * np.arange(60) % 0.05, index=MONTHS)
    check_decimals(bill / 100, "cash", 12)
    with pytest.raises(InferenceError, match=r"cash: they are 3\d\d % a year"):
        check_decimals(bill, "cash", 12)


REFUSED: dict[str, tuple[dict[str, Any], type[ActiveEdgeError], str]] = {
    "percent": ({"returns": MINE * 100}, InferenceError, "returns: they move by .*divide percent by 100"),
    "levels": ({"returns": (1 + MINE).cumprod()}, InferenceError, "look like prices or levels"),
    "a benchmark in percent": ({"benchmarks": {"passive": PASSIVE * 100}}, InferenceError, "passive: they move by"),
    "factors in percent": ({"factors": PASSIVE.to_frame("MKT") * 100}, InferenceError, "factor MKT: they move by"),
    "two portfolios": (
        {"returns": pd.concat([MINE, MINE], axis=1, keys=["a", "b"])},
        ConfigError,
        "a and b may each be",
    ),
    "nothing to compare": ({"benchmarks": None}, ConfigError, "nothing to hold the returns against"),
    "an unknown name": ({"benchmarks": ["IWM"]}, ConfigError, "benchmark IWM: no column of the returns"),
    "two columns for one": ({"benchmarks": {"x": pd.concat([MINE, PASSIVE], axis=1)}}, ConfigError, "x: has 2 columns"),
    "a benchmark without a name": ({"benchmarks": {1: PASSIVE}}, ConfigError, "benchmarks=1; give names, or a mapping"),
    "no value": ({"returns": MINE * np.nan}, InferenceError, "there is no value"),
    "no table": ({"returns": 0.05}, DataError, "returns: a builtins float is no dated series"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_judged_is_refused_with_the_remedy(case):
    change, error, words = REFUSED[case]
    given = {"returns": MINE, "benchmarks": {"passive": PASSIVE}} | change
    with pytest.raises(error, match=words):
        own_samples(given.pop("returns"), **given)
