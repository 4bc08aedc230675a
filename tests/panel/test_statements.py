"""Assembly of reported rows, against a plain implementation and by hand."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from active_edge.panel import statements
from active_edge.panel.statements import BALANCE, LATEST, NEVER, QUARTER, TRAILING_YEAR

KINDS = {"balance": BALANCE, "latest": LATEST, "quarter": QUARTER, "year": TRAILING_YEAR}


def day(text):
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days


class PlainFiler:
    """One asset's filings read slowly: rows are (known, end, months, value, filed), in filing order."""

    def __init__(self, rows, session, first_reported):
        self.versions = {}
        for known, end, months, value, filed in rows:
            if known <= session and not (first_reported and (end, months) in self.versions):
                self.versions[end, months] = (value, filed)

    def row(self, target, months):
        near = [
            (abs(end - target), end, length)
            for end, length in self.versions
            if abs(end - target) <= 10 and (months is None or length == months)
        ]
        return min(near)[1:] if near else None

    def value(self, key):
        return None if key is None else self.versions[key][0]

    def so_far(self, target, months):
        whole = self.value(self.row(target, months))
        if whole is not None:
            return whole
        parts = [self.value(self.row(back(target, k), 3)) for k in range(months // 3)]
        return None if None in parts else sum(parts)

    def quarter(self, target):
        own = self.value(self.row(target, 3))
        if own is not None:
            return own
        for months in (6, 9, 12):
            key = self.row(target, months)
            if key is not None:
                before = self.so_far(back(key[0], 1), months - 3)
                if before is not None:
                    return self.value(key) - before
        return None

    def year(self, target):
        own = self.value(self.row(target, 12))
        if own is not None:
            return own
        quarters = [self.quarter(back(target, k)) for k in range(4)]
        if None not in quarters:
            return sum(quarters)
        for months in (9, 6, 3):
            annual = self.value(self.row(back(target, months // 3), 12))
            now, then = self.so_far(target, months), self.so_far(back(target, 4), months)
            if None not in (annual, now, then):
                return annual + now - then
        return None

    def base(self, kind, reach):
        ends = sorted(
            {end for end, months in self.versions if kind == "latest" or (months == 0) == (kind == "balance")}
        )
        if kind != "year":
            return ends[-1] if ends else None
        usable = [end for end in ends if end >= ends[-1] - reach and self.year(end) is not None]
        return usable[-1] if usable else None

    def figure(self, kind, ago, reach):
        base = self.base(kind, reach)
        if base is None:
            return None
        target = back(base, ago)
        if kind == "quarter":
            return self.quarter(target)
        if kind == "year":
            return self.year(target)
        return self.value(self.row(target, 0 if kind == "balance" else None))


def back(day_number, quarters):
    return day_number - math.floor(91.3125 * quarters + 0.5)


def assembled(kind, filers, sessions, agos, reach=400, first_reported=False):
    """Run the compiled pass on lists of (known, end, months, value, filed), one list an asset."""
    flat = [row for rows in filers for row in rows]
    columns = [np.array([row[k] for row in flat], dtype=float if k == 3 else np.int64) for k in range(5)]
    starts = np.concatenate([[0], np.cumsum([len(rows) for rows in filers])]).astype(np.int64)
    return statements.assemble(
        KINDS[kind],
        starts,
        (*columns, np.full(len(flat), 2)),
        np.array(sessions, dtype=np.int64),
        np.array(agos, dtype=np.int64),
        reach,
        first_reported,
    )


QUARTER_ENDS = [day(f"{year}-{end}") for year in (2012, 2013, 2014) for end in ("03-31", "06-30", "09-30", "12-31")]

filings = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.integers(-12, 12),
        st.sampled_from([0, 3, 3, 3, 6, 9, 12, 12]),
        st.integers(-50, 50),
        st.integers(0, 40),
    ),
    max_size=40,
)


def as_rows(drawn):
    rows = [
        (known, QUARTER_ENDS[quarter] + shift, months, float(value), 1000 + known)
        for quarter, shift, months, value, known in drawn
    ]
    return sorted(rows, key=lambda row: (row[0], row[1], row[2]))


@settings(deadline=None, max_examples=300)
@given(
    st.lists(filings, min_size=1, max_size=3),
    st.sampled_from(sorted(KINDS)),
    st.booleans(),
    st.sampled_from([100, 400]),
)
def test_assembly_agrees_with_the_plain_implementation(drawn, kind, first_reported, reach):
    filers = [as_rows(one) for one in drawn]
    sessions, agos = [0, 7, 8, 25, 40], [0, 1, 4]
    values, filed, end, _ = assembled(kind, filers, sessions, agos, reach, first_reported)
    for asset, rows in enumerate(filers):
        for date, session in enumerate(sessions):
            plain = PlainFiler(rows, session, first_reported)
            assert end[date, asset] == (NEVER if plain.base(kind, reach) is None else plain.base(kind, reach))
            for lag, ago in enumerate(agos):
                expected = plain.figure(kind, ago, reach)
                got = values[lag, date, asset]
                assert np.isnan(got) if expected is None else got == pytest.approx(expected, abs=1e-9)
                assert (filed[lag, date, asset] == NEVER) == (expected is None)


@settings(deadline=None, max_examples=60)
@given(filings, filings, st.sampled_from(sorted(KINDS)))
def test_later_filings_leave_earlier_dates_byte_identical(before, after, kind):
    early = [row for row in as_rows(before) if row[0] <= 20]
    late = [(known + 41, *rest) for known, *rest in as_rows(after)]
    sessions, agos = [5, 12, 20, 90], [0, 1, 4]
    alone = assembled(kind, [early], sessions, agos)
    joined = assembled(kind, [early + late], sessions, agos)
    for one, other in zip(alone, joined, strict=True):
        dates = one.ndim - 2
        assert one.take([0, 1, 2], axis=dates).tobytes() == other.take([0, 1, 2], axis=dates).tobytes()


def year_of_filings():
    """Cash flow as filed: three, six and nine months, then the year; 2013 in full and 2014 to the half."""
    return [
        (1, day("2013-03-31"), 3, 10.0, 1),
        (2, day("2013-06-30"), 6, 25.0, 2),
        (3, day("2013-09-30"), 9, 45.0, 3),
        (4, day("2013-12-31"), 12, 70.0, 4),
        (5, day("2014-03-31"), 3, 11.0, 5),
        (6, day("2014-06-30"), 6, 28.0, 6),
    ]


def test_year_to_date_rows_give_single_quarters_by_hand():
    quarters = assembled("quarter", [year_of_filings()], [1, 2, 3, 4, 5, 6], [0])[0][0, :, 0]
    np.testing.assert_array_equal(quarters, [10.0, 15.0, 20.0, 25.0, 11.0, 17.0])


def test_trailing_year_by_hand_from_annual_and_year_to_date_rows():
    years = assembled("year", [year_of_filings()], [3, 4, 5, 6], [0])[0][0, :, 0]
    # 2013 whole: 70. To March 2014: 11 + (70 − 10) = 71. To June 2014: 28 + (70 − 25) = 73.
    np.testing.assert_array_equal(years, [np.nan, 70.0, 71.0, 73.0])


def test_fourth_quarter_is_the_year_less_nine_months_or_less_three_quarters():
    income = [
        (1, day("2013-03-30"), 3, 4.0, 1),
        (2, day("2013-06-29"), 3, 5.0, 2),
        (3, day("2013-09-28"), 3, 6.0, 3),
        (4, day("2013-12-31"), 12, 23.0, 4),
    ]
    assert assembled("quarter", [income], [4], [0])[0][0, 0, 0] == 23.0 - 4.0 - 5.0 - 6.0
    without_one = income[1:]
    assert np.isnan(assembled("quarter", [without_one], [4], [0])[0][0, 0, 0])
    nine_months = [*without_one[1:2], (3, day("2013-09-28"), 9, 14.0, 3), without_one[2]]
    assert assembled("quarter", [nine_months], [4], [0])[0][0, 0, 0] == 23.0 - 14.0


def test_trailing_year_falls_back_to_the_last_year_that_can_be_assembled():
    rows = [(1, day("2013-12-31"), 12, 70.0, 1), (2, day("2014-03-31"), 3, 11.0, 2)]
    values, _, end, _ = assembled("year", [rows], [2], [0])
    assert values[0, 0, 0] == 70.0
    assert end[0, 0] == day("2013-12-31")
    assert np.isnan(assembled("year", [rows], [2], [0], reach=60)[0][0, 0, 0])


def test_a_53_week_year_still_matches_the_same_quarter_a_year_before():
    rows = [(1, day("2014-12-27"), 3, 8.0, 1), (2, day("2016-01-02"), 3, 9.0, 2)]
    np.testing.assert_array_equal(assembled("quarter", [rows], [2], [0, 4])[0][:, 0, 0], [9.0, 8.0])


def test_a_restated_value_shows_from_its_own_filing_and_never_on_the_first_basis():
    rows = [(1, day("2013-12-31"), 0, 100.0, 1), (5, day("2013-12-31"), 0, 60.0, 5)]
    np.testing.assert_array_equal(assembled("balance", [rows], [0, 1, 4, 5], [0])[0][0, :, 0], [np.nan, 100, 100, 60])
    first = assembled("balance", [rows], [1, 5], [0], first_reported=True)[0]
    np.testing.assert_array_equal(first[0, :, 0], [100, 100])


def test_first_figure_is_the_longest_latest_row_of_the_first_filing():
    rows = [
        (3, day("2013-03-31"), 3, 1.0),
        (3, day("2013-06-30"), 3, 2.0),
        (3, day("2013-06-30"), 6, 3.0),
        (9, day("2013-09-30"), 3, 4.0),
    ]
    known, end, months, value = (np.array(column) for column in zip(*rows, strict=True))
    got = statements.first_figure(np.array([0, 4, 4]), known, end, months, value, np.array([2, 3, 10]))
    np.testing.assert_array_equal(got, [[np.nan, np.nan], [3.0, np.nan], [3.0, np.nan]])
