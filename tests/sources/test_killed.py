"""A pull killed at any moment goes on to the snapshot an undisturbed pull makes."""

import multiprocessing
import time
from pathlib import Path

import numpy as np
import pytest

from active_edge.sources import catalogue
from active_edge.sources.pull import Surroundings, pull, verify
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.transport import Patience

from .bodies import serve_quick
from .conftest import IDENTITY, PatientClock
from .replay import Replay
from .sec_bodies import serve_sec

ETFS = ("IWM", "IJR", "SPY")
KILLS_A_CHAIN = 5


def run_pull(folder: str, base_urls: dict[str, str]) -> None:
    catalogue.ETFS = ETFS  # type: ignore[assignment]
    clock = PatientClock()
    around = Surroundings(
        clock=clock, pacer=Pacer(Path(folder) / "pacing", clock=clock), patience=Patience(), workers=1
    )
    pull(
        Path(folder) / "m",
        identity=IDENTITY,
        archive=Path(folder) / "raw",
        base_urls=base_urls,
        since="2022-01-01",
        only=[name for name in catalogue.MEANINGS if name not in ("filings", "holdings", *catalogue.ON_REQUEST)],
        surroundings=around,
    )


@pytest.mark.slow
@pytest.mark.parametrize("chains", [1, pytest.param(4, marks=pytest.mark.nightly)])
def test_a_pull_killed_at_random_moments_ends_in_the_same_snapshot(chains: int, replay: Replay, tmp_path: Path) -> None:
    serve_quick(replay, ETFS)
    serve_sec(replay, ETFS)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["active_edge.sources.pull", "yfinance.data", "exchange_calendars"])
    draw = np.random.default_rng(20)

    def start(folder: Path):
        process = context.Process(target=run_pull, args=(str(folder), replay.base_urls))
        process.start()
        return process

    def whole(folder: Path) -> tuple[str, float]:
        began = time.monotonic()
        process = start(folder)
        process.join(120)
        assert process.exitcode == 0
        return (folder / "m" / "CURRENT").read_text().strip(), time.monotonic() - began

    expected, _ = whole(tmp_path / "warm")
    expected_again, seconds = whole(tmp_path / "undisturbed")
    assert expected_again == expected
    killed = 0
    for chain in range(chains):
        folder = tmp_path / f"chain{chain}"
        for _ in range(KILLS_A_CHAIN):
            process = start(folder)
            process.join(seconds * draw.uniform(0.05, 0.95))
            process.kill()
            process.join()
            killed += process.exitcode == -9
            pulled = folder / "raw" / "index.jsonl"
            assert not pulled.exists() or verify(folder / "raw").proven
        assert whole(folder)[0] == expected
        assert not list((folder / "raw" / "incoming").iterdir())
        assert not [p for p in (folder / "m" / "snapshots").iterdir() if p.name != expected]
    assert killed >= chains * KILLS_A_CHAIN // 2
