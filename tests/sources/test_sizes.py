"""Single filings are asked only of companies that were small when they filed, the newest first."""

import datetime as dt
from pathlib import Path

import pytest

from active_edge.progress import silent
from active_edge.sources import sizes
from active_edge.sources.sizes import small_companies
from active_edge.sources.web.archive import Archive

from .bodies import zipped
from .sec_bodies import companyfacts, fact


def cover(cik: int, *floats: tuple[str, float]) -> bytes:
    """A company whose annual report of that day says that public float."""
    told = [fact(f"{int(day[:4]) - 1}-06-30", value, f"{cik:010d}-{day[2:4]}-000001", day) for day, value in floats]
    assets = [fact(f"{int(day[:4]) - 1}-12-31", 9e9, f"{cik:010d}-{day[2:4]}-000001", day) for day, _ in floats]
    return companyfacts(cik, f"C{cik}", {"dei:EntityPublicFloat": {"USD": told}, "Assets": {"USD": assets}})


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Five companies; the first is the largest in 2015 and small in 2018, the fifth has no float."""
    floats = [
        [("2015-03-01", 9e8), ("2018-03-01", 2e8)],
        [("2015-03-01", 5e8), ("2018-03-01", 9e8)],
        [("2015-03-01", 4e8), ("2018-03-01", 1e8)],
        [("2015-03-01", 1e8), ("2018-03-01", 3e8)],
        [],
    ]
    bulk = zipped(**{f"CIK{cik:010d}__json": cover(cik, *told) for cik, told in enumerate(floats, 1)})
    store = Archive(tmp_path / "raw")
    store.keep_bytes(bulk, key="companyfacts/bulk", url="x", time="2019-01-01T00:00:00Z")
    return store


def test_ranks_are_those_of_the_year_of_the_filing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "RANKS", (2, 3))
    was_small = small_companies(archive, silent, workers=1)
    asked = {year: [cik for cik in range(1, 6) if was_small(cik, dt.date(year, 6, 1))] for year in (2014, 2015, 2018)}
    # 2014: no float is known yet; 2015 by hand: 9, 5, 4, 1; 2018: 9 (2), 3 (4), 2 (1), 1 (3); the fifth is never known
    assert asked == {2014: [1, 2, 3, 4, 5], 2015: [2, 3, 5], 2018: [1, 4, 5]}


def test_a_float_older_than_a_year_and_a_half_says_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "RANKS", (2, 3))
    was_small = small_companies(archive, silent, workers=1)
    assert not was_small(1, dt.date(2016, 9, 1))  # 550 days after 2015-03-01 is 2016-09-01
    assert was_small(1, dt.date(2016, 9, 2))


def test_fewer_companies_than_ranks_are_all_small(archive: Archive) -> None:
    was_small = small_companies(archive, silent, workers=1)
    assert all(was_small(cik, dt.date(2015, 6, 1)) for cik in range(1, 6))


def test_without_the_bulk_file_all_are_taken_for_small(tmp_path: Path) -> None:
    assert small_companies(Archive(tmp_path / "raw"), silent)(1, dt.date(2015, 6, 1))
