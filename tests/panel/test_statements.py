"""Assembly of reported rows, against a plain implementation and by hand."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from active_edge.market.basis import no_doubts
from active_edge.market.periods import NEVER, Rows, first_figure
from active_edge.panel import statements
from active_edge.panel.statements import BALANCE, LATEST, QUARTER, TRAILING_YEAR, Reading

KINDS = {"balance": BALANCE, "latest": LATEST, "quarter": QUARTER, "year": TRAILING_YEAR}


def day(text):
    return (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days


class PlainFiler:
    """One asset's filings read slowly: rows are (known, end, months, value, filed), in filing order.

    `history` keeps every version; what a figure is made of is the list of its keys (end, months).
    """

    def __init__(self, rows, session, first_reported, positive):
        self.first_reported, self.positive = first_reported, positive
        self.history: dict = {}
        for known, end, months, value, filed in rows:
            if known <= session:
                self.history.setdefault((end, months), []).append((value, filed))

    def value(self, key):
        return self.history[key][0 if self.first_reported else -1][0]

    def filed(self, key):
        return self.history[key][0 if self.first_reported else -1][1]

    def changes(self, key):
        """Days of the filings that changed the figure in force by more than one in a hundred."""
        days, force = [], self.history[key][0][0]
        for value, filed in self.history[key][1:]:
            if abs(value - force) > 0.01 * max(abs(value), abs(force)):
                days.append(filed)
            force = force if self.first_reported else value
        return days

    def since(self, key):
        days = [] if self.first_reported else self.changes(key)
        return days[-1] if days else self.history[key][0][1]

    def key(self, target, months):
        near = [
            (abs(end - target), end, length)
            for end, length in self.history
            if abs(end - target) <= 25 and (months is None or length == months)
        ]
        return min(near)[1:] if near else None

    def so_far(self, target, months):
        """Keys whose figures add up to the months to a day, None where there are none."""
        whole = self.key(target, months)
        if whole is not None:
            return [whole]
        keys = []
        for _ in range(months // 3):
            key = self.key(target, 3)
            if key is None:
                return None
            keys.append(key)
            target = back(key[0], 1)
        return keys

    def total(self, keys):
        return sum(self.value(key) for key in keys)

    def one_basis(self, keys):
        events = []
        for key in keys:
            before = self.key(back(key[0], 4), key[1])
            events += [self.changes(one)[-1] for one in (key, before) if one is not None and self.changes(one)]
        oldest, newest = min(self.filed(key) for key in keys), max(self.since(key) for key in keys)
        for end, months in keys:
            for ago in range(months // 3 if months in (6, 9) else 0):
                part = self.key(back(end, ago), 3)
                if part is not None and self.changes(part) and oldest < self.changes(part)[-1] <= self.since(part):
                    return False
        return not any(oldest < event <= newest for event in events)

    def credible(self, value, keys):
        negative = value < 0 or any(self.value(key) < 0 for key in keys)
        return self.one_basis(keys) and not (self.positive and negative)

    def quarter(self, target):
        """Flow of the quarter, its end and its keys; None where it is missing."""
        own = self.key(target, 3)
        if own is not None:
            return self.value(own), own[0], [own]
        for months in (6, 9, 12):
            key = self.key(target, months)
            before = None if key is None else self.so_far(back(key[0], 1), months - 3)
            if before is not None:
                value = self.value(key) - self.total(before)
                if self.credible(value, [key, *before]) and not (months == 12 and self.unlike(value, key)):
                    return value, key[0], [key, *before]
        return None

    def unlike(self, value, annual):
        """True for a fourth quarter far from those before it, by the words of `docs/method.md`."""
        if not self.positive:
            return False
        nine, quarters, before = self.value(annual) - value, [], 0.0
        for number in (1, 2, 3):
            end = back(annual[0], 4 - number)
            own, to_date = self.key(end, 3), self.so_far(end, 3 * number)
            to_date = math.nan if to_date is None else self.total(to_date)
            quarters.append(to_date - before if own is None else self.value(own))
            before = to_date
        if any(math.isnan(one) for one in quarters):
            if nine <= 0:
                return False
            least, most, spread = nine / 3, nine / 3, math.inf
        else:
            least, most = min(quarters), max(quarters)
            if most <= 0 or least < 0:
                return False
            spread = most / least if least > 0 else math.inf
        if value < least / 4 or value > 4 * most:
            return spread <= 1.5 or not self.in_season(annual, 3 * value / nine, 4)
        far = (spread <= 1.5 and value < least / 2) or (spread <= 1.2 and value > 2 * most)
        return far and not self.in_season(annual, 3 * value / nine, 1.5)

    def in_season(self, annual, now, near):
        """True where the year before or after had a fourth quarter so many times its others, within a factor."""
        for quarters in (4, -4):
            other = self.key(back(annual[0], quarters), 12)
            months = None if other is None else self.so_far(back(other[0], 1), 9)
            if months is not None and self.total(months) > 0:
                then = (self.value(other) - self.total(months)) / (self.total(months) / 3)
                if then > 0 and now > 0 and 1 / near <= now / then <= near:
                    return True
        return False

    def fits(self, whole):
        """False where the months before a last quarter, of one basis with all, are above it and nothing is negative."""
        months = self.so_far(back(whole[0], 1), whole[1] - 3) if whole[1] > 3 else None
        if not self.positive or months is None or not self.one_basis([whole, *months]):
            return True
        negative = any(self.value(key) < 0 for key in [whole, *months])
        return negative or self.total(months) <= 1.01 * self.value(whole)

    def moved_on(self, target, restated):
        for months in (9, 6, 3):
            annual = self.key(back(target, months // 3), 12)
            now, then = self.so_far(target, months), self.so_far(back(target, 4), months)
            if None in (annual, now, then):
                continue
            value = self.value(annual) + self.total(now) - self.total(then)
            again = all(self.filed(key) > self.since(annual) for key in then)
            changed = any(self.changes(key) and self.changes(key)[-1] > self.since(annual) for key in then)
            if again != restated or (self.positive and value < 0) or not all(map(self.fits, [*now, *then])):
                continue
            if (again and changed) or (self.credible(value, [annual, *now, *then]) and self.fits(annual)):
                return value
        return None

    def year(self, target):
        annual = self.key(target, 12)
        if annual is not None:
            return self.value(annual) if self.fits(annual) else None
        moved = self.moved_on(target, True)
        if moved is not None:
            return moved
        total, keys, start = 0.0, [], target
        for _ in range(4):
            found = self.quarter(target)
            if found is None:
                return self.moved_on(start, False)
            total += found[0]
            keys += found[2]
            target = back(found[1], 1)
        return total if self.credible(total, keys) else self.moved_on(start, False)

    def base(self, kind, reach):
        ends = sorted({end for end, months in self.history if kind == "latest" or (months == 0) == (kind == "balance")})
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
            found = self.quarter(target)
            return None if found is None else found[0]
        if kind == "year":
            return self.year(target)
        key = self.key(target, 0 if kind == "balance" else None)
        return None if key is None else self.value(key)


def back(day_number, quarters):
    return day_number - math.floor(91.3125 * quarters + 0.5)


def as_matrix(filers):
    """Lists of (known, end, months, value, filed), one list an asset, as the rows of an item."""
    flat = [row for rows in filers for row in rows]
    known, end, months, value, filed = (
        np.array([row[k] for row in flat], dtype=float if k == 3 else np.int64) for k in range(5)
    )
    starts = np.concatenate([[0], np.cumsum([len(rows) for rows in filers])]).astype(np.int64)
    return Rows(starts, known, end, months, value, filed, np.full(len(flat), 2))


def assembled(kind, filers, sessions, agos, reach=400, first_reported=False, positive=False, doubts=None):
    """Values, filings, base ends of the compiled pass."""
    found = statements.assemble(
        Reading(KINDS[kind], positive, reach, first_reported),
        as_matrix(filers),
        no_doubts(len(filers)) if doubts is None else doubts,
        np.array(sessions, dtype=np.int64),
        np.array(agos, dtype=np.int64),
        np.ones((len(sessions), len(filers)), dtype=bool),
    )
    return found.values, found.filed, found.end


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


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(
    st.lists(filings, min_size=1, max_size=3),
    st.sampled_from(sorted(KINDS)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([100, 400]),
)
def test_assembly_agrees_with_the_plain_implementation(drawn, kind, first_reported, positive, reach):
    filers = [as_rows(one) for one in drawn]
    sessions, agos = [0, 7, 8, 25, 40], [0, 1, 4]
    values, filed, end = assembled(kind, filers, sessions, agos, reach, first_reported, positive)
    for asset, rows in enumerate(filers):
        for date, session in enumerate(sessions):
            plain = PlainFiler(rows, session, first_reported, positive)
            assert end[date, asset] == (NEVER if plain.base(kind, reach) is None else plain.base(kind, reach))
            for lag, ago in enumerate(agos):
                expected = plain.figure(kind, ago, reach)
                got = values[lag, date, asset]
                assert np.isnan(got) if expected is None else got == pytest.approx(expected, abs=1e-9)
                assert (filed[lag, date, asset] == NEVER) == (expected is None)


@st.composite
def reporter(draw):
    """Three years of a firm's reports, single quarters or year to date, with comparatives or not, recast at times."""
    to_date, comparatives = draw(st.booleans()), draw(st.booleans())
    flows = draw(st.lists(st.integers(5, 40), min_size=12, max_size=12))
    factors = draw(st.lists(st.sampled_from([1.0, 1.0, 1.0, 1.005, 0.7]), min_size=12, max_size=12))
    rows, factor = [], 1.0
    for number, end in enumerate(QUARTER_ENDS):
        factor *= factors[number]
        place = number % 4
        spans = {place} if to_date or place == 3 else {0, place} if draw(st.booleans()) else {0}
        for earlier in (0, 4) if comparatives and number >= 4 else (0,):
            last = number - earlier
            for span in spans:
                value = factor * sum(flows[last - span : last + 1])
                rows.append((number, QUARTER_ENDS[last], 3 * (span + 1), value, end + 40))
    return rows


@pytest.mark.slow
@settings(deadline=None, max_examples=200)
@given(reporter(), st.sampled_from(["quarter", "year"]), st.booleans(), st.booleans())
def test_assembly_of_recast_reports_agrees_with_the_plain_implementation(rows, kind, first_reported, positive):
    sessions, agos = list(range(12)), [0, 1, 4]
    values, _, end = assembled(kind, [rows], sessions, agos, 400, first_reported, positive)
    for session in sessions:
        plain = PlainFiler(rows, session, first_reported, positive)
        assert end[session, 0] == (NEVER if plain.base(kind, 400) is None else plain.base(kind, 400))
        for lag, ago in enumerate(agos):
            expected = plain.figure(kind, ago, 400)
            got = values[lag, session, 0]
            assert np.isnan(got) if expected is None else got == pytest.approx(expected, abs=1e-9)


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
    values, _, end = assembled("year", [rows], [2], [0])
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
    rows = as_matrix([[(*row, row[0]) for row in rows], []])
    np.testing.assert_array_equal(
        first_figure(rows, np.array([2, 3, 10])), [[np.nan, np.nan], [3.0, np.nan], [3.0, np.nan]]
    )
