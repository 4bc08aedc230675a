"""Which proxy statements are asked: the first year a company was held, and every second after it."""

import datetime as dt

import numpy as np

from active_edge.sources.asked_filings import USED_DAYS, spaced
from active_edge.sources.sec.edgar_index import Filed

LATER = dt.date(2026, 11, 26)


def proxy(cik: int, filed: str) -> Filed:
    return Filed("DEF 14A", f"COMPANY {cik}", cik, dt.date.fromisoformat(filed), f"edgar/data/{cik}/{filed}.txt")


def asked(*filed: str, first: str = "2016-06-30", last: str = "2022-06-30", today: dt.date = LATER) -> list[str]:
    low, high = (dt.date.fromisoformat(day) for day in (first, last))
    held = {7: [(low - dt.timedelta(days=USED_DAYS), high)]}
    return [str(line.filed) for line in spaced([proxy(7, day) for day in filed], held, today)]


YEARLY = [f"{year}-04-20" for year in range(2013, 2023)]


def test_a_company_held_from_an_even_or_an_odd_year_has_its_first_year() -> None:
    assert asked(*YEARLY) == ["2016-04-20", "2018-04-20", "2020-04-20", "2022-04-20"]
    assert asked(*YEARLY, first="2017-06-30") == ["2017-04-20", "2019-04-20", "2021-04-20"]


def test_a_company_seen_in_one_year_alone_has_its_stake_whatever_its_number() -> None:
    for year in (2015, 2016, 2017, 2018):
        assert asked(*YEARLY, first=f"{year}-09-30", last=f"{year}-11-30") == [f"{year}-04-20"]


def test_one_listed_that_year_has_its_first_statement() -> None:
    assert asked("2017-05-01", "2018-05-01", "2019-05-01") == ["2017-05-01", "2019-05-01"]


def test_meetings_that_wander_leave_no_gap() -> None:
    days = ["2016-01-10", "2017-01-12", "2017-12-28", "2019-01-08", "2019-12-20", "2021-01-04"]
    assert asked(*days) == ["2016-01-10", "2017-12-28", "2019-12-20"]


def test_a_special_meeting_hides_no_annual_one() -> None:
    assert asked("2016-02-01", "2016-04-20", "2017-04-20", "2018-04-20") == ["2016-02-01", "2016-04-20", "2018-04-20"]


def test_the_last_year_is_asked_of_everybody_and_two_stretches_begin_anew() -> None:
    assert "2021-04-20" in asked(*YEARLY, today=dt.date(2022, 1, 5))
    low = dt.timedelta(days=USED_DAYS)
    spans = [("2014-06-30", "2014-09-30"), ("2019-06-30", "2019-12-31")]
    held = {7: [(dt.date.fromisoformat(first) - low, dt.date.fromisoformat(last)) for first, last in spans]}
    found = [str(line.filed) for line in spaced([proxy(7, day) for day in YEARLY], held, LATER)]
    assert found == ["2014-04-20", "2019-04-20"]


def test_no_more_is_asked_than_of_every_second_calendar_year() -> None:
    """Drawn companies: held from a day for some years, a statement every spring; the count of the plan stands."""
    draw = np.random.default_rng(5)
    lines, held, parity = [], {}, 0
    for cik in range(4000):
        first = dt.date(2012, 7, 1) + dt.timedelta(days=int(draw.integers(0, 4000)))
        span = first - dt.timedelta(days=USED_DAYS), first + dt.timedelta(days=int(draw.exponential(1600)) + 31)
        held[cik] = [span]
        days = [dt.date(year, 4, 1) + dt.timedelta(days=int(draw.integers(0, 60))) for year in range(2010, 2026)]
        mine = [proxy(cik, str(day)) for day in days if span[0] <= day <= span[1]]
        lines += mine
        parity += sum((line.filed.year + cik) % 2 == 0 for line in mine)
    assert len(spaced(lines, held, LATER)) <= 1.02 * parity
