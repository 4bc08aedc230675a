"""Past holdings, volumes, fails, reports of funds: each in turn refuses or hangs or sends half; the pull ends."""

from pathlib import Path

import pytest

from active_edge.market import open_market
from active_edge.sources.sec import fails, market_structure

from .bodies import zipped
from .replay import Replay
from .test_each_source_fails import ASKED, FAULTS, run  # noqa: F401
from .test_fails import HEADER as FAILS_HEADER
from .test_market_structure import HEADER as VOLUMES_HEADER

VOLUMES = "https://www.sec.gov/files/individual_security_2023_q2.zip"
FAILS = "https://www.sec.gov/files/data/fails-deliver-data/cnsfails202306a.zip"
SPOILED = {
    "holdings": ("get-fund-document", "refuses"),
    "market_structure": ("individual_security_2023_q2", "hangs"),
    "fails": ("data-research/sec-markets-data/fails-deliver-data", "sends half"),
    "nport": ("000000009922000077", "hangs"),
}
"""Source -> part of the addresses that are spoiled, and how."""


def serve_witnesses(replay: Replay) -> None:
    pages = {VOLUMES: market_structure.LIST_URL, FAILS: fails.LIST_URL}
    volumes = f"{VOLUMES_HEADER}\n20230601,Stock,ALFA,3,1.5,99,7,0.25,80\n".encode()
    failed = f"{FAILS_HEADER}\n20230601|111111111|ALFA|12|ALFA INC|19.03\nTrailer record count 1\n".encode()
    for (zip_url, page), body in zip(pages.items(), (volumes, failed), strict=True):
        replay.serve(page, f'<html><a href="{zip_url}">x</a></html>'.encode(), "text/html")
        replay.serve(
            zip_url, zipped(q__csv=body) if body is volumes else zipped(cnsfails202306a=body), "application/zip"
        )


@pytest.mark.slow
@pytest.mark.parametrize("source", SPOILED)
def test_a_pull_ends_with_a_snapshot_whatever_a_witness_says(
    run,  # noqa: F811
    replay: Replay,
    tmp_path: Path,
    source: str,
) -> None:
    serve_witnesses(replay)
    part, fault = SPOILED[source]
    spoiled = [key for key in replay.routes if part in key]
    assert spoiled
    replay.routes.update(dict.fromkeys(spoiled, FAULTS[fault]))
    since = "2023-11-01" if source == "holdings" else "2022-01-01"
    report = run(only=[*ASKED, "fails", *(["holdings"] if source == "holdings" else [])], since=since)
    assert report.snapshot is not None
    market = open_market(tmp_path / "m")
    named = {one.source for one in market.missing}
    assert named == {one.source for one in report.missing}
    assert {source} <= named <= {source, "ishares"}
    assert len(market.sessions)
