"""The plan of everything since 2009 stays within what a person can wait for."""

import datetime as dt
from pathlib import Path

from active_edge.sources.pull import Surroundings, plan
from active_edge.sources.web.pacing import Pacer

from .conftest import PatientClock


def test_everything_since_2009_fits_a_day_and_a_disk(tmp_path: Path) -> None:
    clock = PatientClock(dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC).timestamp())
    around = Surroundings(clock=clock, pacer=Pacer(tmp_path / "pacing", clock=clock))
    planned = plan(tmp_path / "raw", surroundings=around)
    first, second = planned.stages
    assert (first.stage, second.stage) == (1, 2)
    assert first.requests <= 7_000
    assert first.hours <= 2.0
    assert planned.requests == first.requests + second.requests <= 70_000
    assert planned.bytes <= 30e9
    assert planned.hours <= 12.0
    assert not (tmp_path / "raw").exists() or not any((tmp_path / "raw").rglob("*.gz"))
    lines = planned.lines_of_text()
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1].startswith("in all")
    assert "terms of yahoo, estimates: Yahoo's terms, personal use" in lines
    assert "terms of the SEC's sources: public domain" in lines
    assert {line.source for line in planned.lines if not line.counted} == {
        "yahoo",
        "estimates",
        "nport",
        "form345",
        "exits",
        "market_structure",
        "filings",
    }
