"""Insider ownership through time: the proxy's number, carried to the next one by Forms 3, 4 and 5.

Between two proxy statements the group's share is rolled forward once a quarter by `legs.roll_forward`. A company
without any proxy statement read here gets the sum of last holdings instead (`form345.rows`, low confidence), a floor.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from active_edge.errors import SourceFormatError
from active_edge.filings import Holding, roll_forward

Counts = Mapping[int, Sequence[tuple[str, float]]]
"""CIK → (filed ISO date, shares outstanding), sorted by date."""
LONGEST_CARRY_DAYS = 550
MEMORY_DAYS = 730
MOST_RECOUNTED = 1.4
"""Counts of shares that differ by more than this factor have a split or a merger between them, and are two units."""


@dataclass(frozen=True)
class Level:
    """A proxy statement's group share: the day it describes, the day it was filed, the share."""

    on: str
    filed: str
    value: float


def known_count(counts: Counts, cik: int, day: str) -> float | None:
    """Shares outstanding last filed on or before `day`; None where there is none."""
    known = counts.get(cik, ())
    place = bisect.bisect_right([filed for filed, _ in known], day)
    return known[place - 1][1] if place else None


def recounted(before: float, now: float) -> bool:
    """True where two share counts cannot be put over one another: a split or a merger lies between."""
    return not before <= MOST_RECOUNTED * now or not now <= MOST_RECOUNTED * before


def rolled(
    cik: int, levels: Sequence[Level], holdings: Sequence[Holding], counts: Counts, refused: Counter[str]
) -> Iterator[tuple[Any, ...]]:
    """Rows of `parts.COLUMNS`, with passages, of one company at the last filing of each quarter after each proxy.

    Parameters
    ----------
    levels : by day filed.
    holdings : of this company, by day filed.

    A number across a split is not made: holdings reported before it are in other shares than the count after it.

    Timing: a row is filed on the day of the last form in it.
    """
    for i, level in enumerate(levels):
        following = levels[i + 1].filed if i + 1 < len(levels) else "9999-12-31"
        latest = (dt.date.fromisoformat(level.filed) + dt.timedelta(days=LONGEST_CARRY_DAYS)).isoformat()
        earliest = (dt.date.fromisoformat(level.on) - dt.timedelta(days=MEMORY_DAYS)).isoformat()
        window = [h for h in holdings if h.filed is not None and earliest <= h.filed < min(following, latest)]
        before = known_count(counts, cik, level.filed)
        for day in _quarter_ends(h.filed for h in window if h.filed is not None and h.filed > level.filed):
            now = known_count(counts, cik, day)
            if before is None or now is None:
                refused["roll-forward without shares outstanding"] += 1
                continue
            if recounted(before, now):
                refused["roll-forward over a split or a merger"] += 1
                continue
            try:
                said = roll_forward(
                    level.value, window, level_date=level.on, as_of=day, outstanding=before, outstanding_now=now
                )
            except SourceFormatError:
                refused["roll-forward outside 0 to 100 %"] += 1
                continue
            yield (
                cik,
                "insider_ownership",
                0,
                day,
                said.value,
                day,
                "4",
                f"rolled-{cik}-{day}",
                said.source,
                said.confidence,
                said.passage,
            )


def _quarter_ends(days: Iterable[str]) -> list[str]:
    """Last of the days in each quarter, in order."""
    last: dict[tuple[int, int], str] = {}
    for day in sorted(days):
        last[int(day[:4]), (int(day[5:7]) + 2) // 3] = day
    return list(last.values())
