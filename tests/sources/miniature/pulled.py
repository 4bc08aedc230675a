"""A world pulled through the real client."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from active_edge.sources.pull import PullReport, Surroundings, pull
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.transport import Patience

from ..conftest import IDENTITY, PatientClock
from ..replay import Replay
from .world import World


def pull_world(replay: Replay, world: World, folder: Path, *, workers: int = 1) -> PullReport:
    """Everything a full pull asks for, into `folder / "m"`; the raw archive stays in `folder / "raw"`."""
    noon = dt.datetime(world.today.year, world.today.month, world.today.day, 12, tzinfo=dt.UTC)
    clock = PatientClock(noon.timestamp())
    around = Surroundings(
        clock=clock, pacer=Pacer(folder / "pacing", clock=clock), patience=Patience(timeout_seconds=60), workers=workers
    )
    return pull(
        folder / "m",
        identity=IDENTITY,
        archive=folder / "raw",
        base_urls=replay.base_urls,
        since=world.since,
        surroundings=around,
    )
