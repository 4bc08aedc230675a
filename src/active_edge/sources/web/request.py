"""What is asked of a source: one request, what it must answer with, and how long an answer stays good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from active_edge.filings.zips import MOST_MEMBERS
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
    missing_is_answer : that it is not there is noted and no error (a quarter not yet published, a symbol unknown).
    check : reads the body (uncompressed bytes; not called for zips) before it is archived and raises what a parser
        would; a body that cannot be parsed never enters the archive.
    check_file : the same for a zip, which is handed over as a file.
    not_before : an older answer does not stand (a list that was still growing when it was had).
    most_members : a zip with more of them is refused.
    absence_stands : that it was not there is final, and not asked again.
    others : further addresses of the same answer, asked in turn where those before do not have it.
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
    others: tuple[str, ...] = ()
    not_before: dt.date | None = None
    absence_stands: bool = False
    most_members: int = MOST_MEMBERS

    def fresh(self, archive: Archive, today: dt.date) -> bool:
        """True when the newest answer still stands on `today` and its body is there: it need not be asked again."""
        entry = archive.latest(self.key)
        if entry is None:
            return False
        day = dt.date.fromisoformat(entry.day)
        age = (today - day).days
        if self.not_before is not None and day < self.not_before:
            return False
        if entry.status != 200:
            return self.absence_stands or age < min(
                DAYS_FRESH["weekly"], DAYS_FRESH.get(self.freshness, DAYS_FRESH["weekly"])
            )
        if not archive.holds(entry):
            return False
        return self.freshness == "once" or age < DAYS_FRESH[self.freshness]
