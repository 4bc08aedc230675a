"""How fast a source may be asked: one schedule per source, shared by all threads and all processes.

A file per source holds the earliest moment of the next request. Taking a turn locks the file, books the next
free slot and sleeps until it. A source that asks for a pause moves everybody's next slot.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from filelock import FileLock

SEC_HOSTS = ("www.sec.gov", "data.sec.gov", "efts.sec.gov")

REQUESTS_PER_SECOND: Mapping[str, float] = {
    "sec": 8.0,
    "yahoo": 2.0,
    "fred": 2.0,
    "kenfrench": 1.0,
    "ishares": 0.5,
    "nasdaq": 1.0,
}
"""The SEC's limit is 10 a second over everything one person runs; 8 leaves room for a browser."""


class Clock:
    """Wall clock; tests hand in one whose sleep costs nothing."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        if seconds > 0:
            time.sleep(seconds)


@dataclass(frozen=True)
class Pacer:
    """Books turns; `folder` is shared by every process of this user, so that two pulls together stay within the rate.

    Parameters
    ----------
    folder : where the schedules lie; default the user's cache.
    rates : requests a second by schedule; a schedule not named gets one a second.
    """

    folder: Path | None = None
    rates: Mapping[str, float] | None = None
    clock: Clock = field(default_factory=Clock)

    def take_turn(self, schedule: str) -> float:
        """Wait for the next slot of `schedule`, kept in a file; returns the seconds waited."""
        rates = REQUESTS_PER_SECOND if self.rates is None else self.rates
        interval = 1.0 / rates.get(schedule, 1.0)
        path = self._path(schedule)
        with FileLock(f"{path}.lock"):
            now = self.clock.now()
            slot = max(now, _booked(path, now))
            path.write_text(repr(slot + interval))
        self.clock.sleep(slot - now)
        return slot - now

    def hold_off(self, schedule: str, seconds: float) -> None:
        """Keep everybody from asking `schedule` for the next `seconds`."""
        path = self._path(schedule)
        with FileLock(f"{path}.lock"):
            now = self.clock.now()
            path.write_text(repr(max(_booked(path, now), now + seconds)))

    def _path(self, schedule: str) -> Path:
        folder = self.folder or Path(platformdirs.user_cache_dir("active-edge")) / "pacing"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / schedule


LONGEST_PAUSE_SECONDS = 3600.0


def _booked(path: Path, now: float) -> float:
    """Booked moment in `path`; nonsense and moments absurdly far ahead (a clock set back) count as now."""
    try:
        booked = float(path.read_text())
    except (FileNotFoundError, ValueError):
        return now
    return booked if booked - now <= LONGEST_PAUSE_SECONDS else now
