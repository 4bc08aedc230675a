"""What is asked of a source: one request, what it must answer with, and how long an answer stays good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin, urlsplit

from active_edge.errors import SourceRefused
from active_edge.filings.zips import MOST_MEMBERS
from active_edge.sources.web.archive import WITHDRAWN, Archive
from active_edge.sources.web.pacing import SEC_HOSTS

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
    hosts : further hosts that may answer, where one of the addresses sends on to them.
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
    hosts: tuple[str, ...] = ()

    def may_answer(self, url: str) -> bool:
        """True where `url`, to which an answer sends on, is at a host that the source names, and as safe to ask.

        The SEC's hosts send on to each other. Nobody is followed from https to http, or to another port.
        """
        try:
            named = [urlsplit(one) for one in (self.url, *self.others)]
            asked = urlsplit(url)
            port = asked.port
        except ValueError:
            return False
        hosts = {one.hostname for one in named} | set(self.hosts)
        if hosts & set(SEC_HOSTS):
            hosts |= set(SEC_HOSTS)
        schemes = {"https"} if any(one.scheme == "https" for one in named) else {"http", "https"}
        ports = {one.port for one in named} | {None}
        return asked.scheme in schemes and asked.hostname in hosts and port in ports and not asked.username

    def sent_on(self, url: str, target: str) -> str:
        """The address to ask next, where the answer at `url` sends on to `target`.

        Raises
        ------
        SourceRefused
            It is at no host that the source names.
        """
        try:
            following = urljoin(url, target)
        except ValueError:
            following = target
        if not self.may_answer(following):
            raise SourceRefused(
                f"{url}: sends on to {following[:200]!r}, which is no address of {self.source}; not followed. "
                "If the source has moved there, report it"
            )
        return following

    def fresh(self, archive: Archive, today: dt.date) -> bool:
        """True when the newest answer still stands on `today` and its body is there: it need not be asked again."""
        entry = archive.latest(self.key)
        if entry is None:
            return False
        day = dt.date.fromisoformat(entry.day)
        age = (today - day).days
        if self.not_before is not None and day < self.not_before:
            return False
        if entry.status == WITHDRAWN:
            return False
        if entry.status != 200:
            return self.absence_stands or age < min(
                DAYS_FRESH["weekly"], DAYS_FRESH.get(self.freshness, DAYS_FRESH["weekly"])
            )
        if not archive.holds(entry):
            return False
        return self.freshness == "once" or age < DAYS_FRESH[self.freshness]
