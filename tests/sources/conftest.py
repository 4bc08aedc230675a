"""Replay server, a clock that costs nothing, and a client that uses both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from active_edge.sources import catalogue
from active_edge.sources.pull import PullReport, Surroundings, pull
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import Clock, Pacer
from active_edge.sources.web.transport import Client, Patience

from .bodies import serve_quick
from .replay import Replay
from .sec_bodies import serve_sec

IDENTITY = "Test Person test@example.com"
SMALL_ETFS = ("IWM", "IJR", "SPY")
SMALL_PULL = ("yahoo", "estimates", "nasdaq", "tickers", "companyfacts", "form_index", "fsds")


class PatientClock(Clock):
    """Starts at a fixed moment; sleeping moves it and takes no time."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self.moment = start
        self.slept: list[float] = []

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += max(0.0, seconds)


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay() as server:
        yield server


@pytest.fixture
def clock() -> PatientClock:
    return PatientClock()


@pytest.fixture
def make_client(tmp_path: Path, replay: Replay, clock: PatientClock) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(archive: Archive | None = None, **patience: float) -> Client:
        client = Client(
            archive or Archive(tmp_path / "archive"),
            IDENTITY,
            base_urls=replay.base_urls,
            pacer=Pacer(tmp_path / "pacing", clock=clock),
            patience=Patience(**{"timeout_seconds": 5.0, **patience}),
            clock=clock,
            seed=1,
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.__exit__()


@pytest.fixture
def small_pull(
    replay: Replay, tmp_path: Path, clock: PatientClock, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., PullReport]:
    """A pull of lists, charts and quotes, again and again into one folder."""
    monkeypatch.setattr(catalogue, "ETFS", SMALL_ETFS)
    serve_quick(replay, SMALL_ETFS)
    serve_sec(replay, SMALL_ETFS)
    around = Surroundings(
        clock=clock, pacer=Pacer(tmp_path / "pacing", clock=clock), patience=Patience(most_attempts=2), workers=1
    )
    options = {"identity": IDENTITY, "archive": tmp_path / "raw", "base_urls": replay.base_urls, "since": "2022-01-01"}
    return lambda only=SMALL_PULL: pull(tmp_path / "m", only=only, surroundings=around, **options)
