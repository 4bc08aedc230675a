"""Replay server, a clock that costs nothing, and a client that uses both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import Clock, Pacer
from active_edge.sources.web.transport import Client, Patience

from .replay import Replay

IDENTITY = "Test Person test@example.com"


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
