"""What an archive and a market folder hold, how old it is, and what to run next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from active_edge.errors import SnapshotError
from active_edge.market import open_market
from active_edge.market.missing import MissingSource
from active_edge.sources.catalogue import MEANINGS, SOURCE_OF_PREFIX
from active_edge.sources.missing import by_source, read_missing
from active_edge.sources.pull import Surroundings
from active_edge.sources.web.archive import Archive
from active_edge.words import count, noun_of, number

STALE_DAYS = 7


@dataclass(frozen=True)
class SourceStatus:
    """One source: answers kept, bytes of bodies, day of the newest answer (None: never asked), age in days."""

    source: str
    answers: int
    bytes: int
    newest: str | None
    age_days: int | None


@dataclass(frozen=True)
class Status:
    """`snapshot` in use (None: none), its last session, what could not be had, and the next command worth running."""

    snapshot: str | None
    first_session: str | None
    last_session: str | None
    assets: int
    sources: Sequence[SourceStatus]
    next_command: str
    missing: Sequence[MissingSource] = ()

    def lines(self) -> list[str]:
        """The status as lines for people."""
        head = (
            f"snapshot {self.snapshot}: {count(self.assets, 'asset')}, "
            + (f"{self.first_session} to {self.last_session}" if self.last_session else "no prices")
            if self.snapshot
            else "no snapshot"
        )
        shown = [
            f"{s.source:13}{s.answers:>8,} {noun_of(s.answers, 'answer'):7} "
            f"{number(s.bytes / 1e6, 1):>10} MB, newest {s.newest} ({count(s.age_days, 'day')})"
            if s.newest
            else f"{s.source:13}never asked"
            for s in self.sources
        ]
        lacking = [f"MISSING {one.line()}" for one in self.missing]
        return [head, *shown, *lacking, f"next: {self.next_command}"]


def status(target: Path, archive: Path, *, surroundings: Surroundings | None = None) -> Status:
    """Look at a market folder and an archive without touching either source or network."""
    today = (surroundings or Surroundings()).today()
    snapshot = first = last = None
    assets = 0
    try:
        market = open_market(target)
        snapshot, assets = market.snapshot, len(market.assets)
        prices = market.manifest["tables"]["prices"]
        first, last = prices["first"], prices["last"]
    except SnapshotError:
        snapshot = None
    store = Archive(archive) if archive.is_dir() else None
    sources = _sources(store, today)
    missing = by_source(store, read_missing(store)) if store is not None else ()
    asked = [s for s in sources if s.newest is not None]
    where = f"--data {target}"
    if not asked:
        command = f"active-edge data pull --quick {where}"
    elif snapshot is None:
        command = f"active-edge data pull {where}" if "yahoo" not in {s.source for s in asked} else (
            f"active-edge data rebuild {where}"
        )  # fmt: skip
    elif missing or any(s.age_days is not None and s.age_days > STALE_DAYS for s in asked):
        command = f"active-edge data pull {where}"
    elif any(s.newest is None for s in sources):
        never = next(s.source for s in sources if s.newest is None)
        command = f"active-edge data pull --only {never} {where}"
    else:
        command = f"active-edge data audit {where}"
    return Status(snapshot, first, last, assets, sources, command, missing)


def _sources(archive: Archive | None, today: dt.date) -> list[SourceStatus]:
    counts: dict[str, list[int]] = {name: [0, 0] for name in MEANINGS}
    newest: dict[str, str] = {}
    for key in archive.keys("") if archive is not None else ():
        entry = archive.latest(key) if archive is not None else None
        prefix = key.split("/")[0]
        name = SOURCE_OF_PREFIX.get(prefix, prefix)
        if entry is None:
            continue
        counts.setdefault(name, [0, 0])[0] += 1
        counts[name][1] += entry.bytes
        newest[name] = max(newest.get(name, ""), entry.day)
    return [
        SourceStatus(name, n, size, newest.get(name), _age(newest.get(name), today))
        for name, (n, size) in counts.items()
    ]


def _age(day: str | None, today: dt.date) -> int | None:
    return None if day is None else (today - dt.date.fromisoformat(day)).days
