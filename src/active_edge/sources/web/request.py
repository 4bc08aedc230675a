"""What is asked of a source: one request, what it must answer with, and how long an answer stays good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from active_edge.sources.web.archive import Archive

Kind = Literal["json", "zip", "csv", "text", "xml", "html"]
Freshness = Literal["once", "daily", "weekly", "monthly"]
DAYS_FRESH: dict[Freshness, int] = {"daily": 1, "weekly": 7, "monthly": 28}
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Request:
    """One request.

    Parameters
    ----------
    source : schedule it is paced by and the name `--only` knows it under.
    key : name of the answer in the archive.
    kind : what the body must be; HTML where something else was promised is an error.
    freshness : `once` for what never changes after it exists, else how often it is asked again.
    max_bytes : a longer body is refused.
    expected_bytes : for the estimate beforehand.
    missing_is_answer : a 404 is noted and not an error (a quarter not yet published, a symbol unknown).
    check : reads the body (uncompressed bytes; not called for zips) before it is archived and raises what a parser
        would; a body that cannot be parsed never enters the archive.
    check_file : the same for a zip, which is handed over as a file.
    """

    source: str
    key: str
    url: str
    kind: Kind
    freshness: Freshness = "once"
    max_bytes: int = 64 * MEGABYTE
    expected_bytes: int = MEGABYTE
    missing_is_answer: bool = False
    check: Callable[[bytes], object] | None = None
    check_file: Callable[[Path], object] | None = None

    def fresh(self, archive: Archive, today: dt.date) -> bool:
        """True when the newest answer still stands on `today` and its body is there: it need not be asked again."""
        entry = archive.latest(self.key)
        if entry is None:
            return False
        age = (today - dt.date.fromisoformat(entry.day)).days
        if entry.status != 200:
            return age < DAYS_FRESH["weekly"]
        if not archive.holds(entry):
            return False
        return self.freshness == "once" or age < DAYS_FRESH[self.freshness]
