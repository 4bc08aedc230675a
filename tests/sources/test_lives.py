"""A symbol reused after a hole is another asset, by the same count of sessions as an imported folder."""

from pathlib import Path

import pytest

from active_edge.market.prices import HOLE_SESSIONS
from active_edge.sources.assemble import read_charts
from active_edge.sources.web.archive import Archive

from . import bodies


@pytest.mark.parametrize(("missing", "lives"), [(HOLE_SESSIONS, ["X"]), (HOLE_SESSIONS + 1, ["X", "X~1"])])
def test_a_hole_of_more_than_twenty_missing_sessions_ends_a_life_and_one_of_twenty_does_not(
    tmp_path: Path, missing: int, lives: list[str]
) -> None:
    days = bodies.sessions("2023-06-01", "2023-10-31")
    kept = days[:30] + days[30 + missing :]
    archive = Archive(tmp_path / "raw")
    body = bodies.chart("X", kept, bodies.walk(1, len(kept)))
    archive.keep_bytes(body, key="yahoo/X/2000-01-01", url="https://x.test/", time="2023-11-01T00:00:00Z")
    charts = read_charts(archive, tmp_path / "charts", lambda *_: None)
    assert sorted(charts.first) == lives
