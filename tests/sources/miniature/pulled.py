"""A world pulled through the real client."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from active_edge.sources import catalogue
from active_edge.sources.planning import Plan
from active_edge.sources.pull import PullReport, Surroundings, plan, pull
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.transport import Patience

from ..conftest import IDENTITY, PatientClock
from ..replay import Replay
from .world import World

NO_HOLDINGS = [name for name in catalogue.MEANINGS if name not in ("holdings", "exits", "market_structure", "fails")]


def pull_world(
    replay: Replay, world: World, folder: Path, *, workers: int = 1, only: list[str] | None = NO_HOLDINGS
) -> PullReport:
    """What a pull asks for, into `folder / "m"`; the raw archive stays in `folder / "raw"`."""
    return pull(
        folder / "m",
        identity=IDENTITY,
        archive=folder / "raw",
        base_urls=replay.base_urls,
        since=world.since,
        only=only,
        surroundings=_around(world, folder, workers),
    )


def plan_world(world: World, folder: Path, *, only: list[str] | None = NO_HOLDINGS) -> Plan:
    """What such a pull has still to ask."""
    return plan(folder / "raw", only=only, since=world.since, surroundings=_around(world, folder, 1))


def _around(world: World, folder: Path, workers: int) -> Surroundings:
    noon = dt.datetime(world.today.year, world.today.month, world.today.day, 12, tzinfo=dt.UTC)
    clock = PatientClock(noon.timestamp())
    return Surroundings(
        clock=clock, pacer=Pacer(folder / "pacing", clock=clock), patience=Patience(timeout_seconds=60), workers=workers
    )
