"""Dates that no calendar has, in bodies that are otherwise true: no date, or refused by name."""

import json

import pytest

from active_edge.errors import SourceFormatError
from active_edge.sources.sec.form345 import parse_day
from tests.sources.readers import READERS


@pytest.mark.parametrize("written", ["19-MAR-202299999999999999", "1999999999999999-MAR-2022", "19-MAR-20222022"])
def test_a_day_of_more_digits_than_a_calendar_has_is_none(written):
    assert parse_day(written) is None


@pytest.mark.parametrize("second", [1_698_676_200_000, -1_698_676_200_000, 10**30])
def test_a_chart_in_milliseconds_or_of_no_age_is_refused_with_the_bounds(second):
    read, body = READERS["yahoo"]
    told = json.loads(body)
    told["chart"]["result"][0]["timestamp"][-1] = second
    with pytest.raises(SourceFormatError, match="lie outside 1900"):
        read(json.dumps(told).encode())


def test_a_dividend_of_no_age_is_refused_with_the_bounds():
    read, body = READERS["yahoo"]
    told = json.loads(body)
    dividends = told["chart"]["result"][0]["events"]["dividends"]
    for one in dividends.values():
        one["date"] = 1_698_762_600_000
    with pytest.raises(SourceFormatError, match="lie outside 1900"):
        read(json.dumps(told).encode())
