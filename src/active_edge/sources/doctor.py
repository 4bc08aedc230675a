"""One small question to each source: does it answer, with what was promised, and if not, what to do.

A small answer is read whole by the reader that a pull would use; of a bulk file only the beginning comes, and must
begin as such a file does. Nothing is kept.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pandas as pd

from active_edge.errors import PluginError, SourceError, SourceFormatError
from active_edge.progress import Progress, silent
from active_edge.sessions import sessions_between
from active_edge.sources import catalogue
from active_edge.sources.missing import kind_of, reason_of
from active_edge.sources.own import SOURCES, OwnSource
from active_edge.sources.pull import Surroundings
from active_edge.sources.sec import companyfacts, edgar_index, filings, fsds, nport
from active_edge.sources.vendors import estimates, past_holdings, yahoo
from active_edge.sources.vendors.yahoo_door import Door
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import Client, Patience, require_identity
from active_edge.whole import passing_folder
from active_edge.words import number

PATIENCE = Patience(timeout_seconds=20.0, most_attempts=1, attempts_before_next_door=1)
KNOWN_FUND, KNOWN_SERIES, KNOWN_SHARE = "IWM", "S000004344", "AAPL"
KNOWN_FILING = "https://www.sec.gov/Archives/edgar/data/320193/000032019324000123/aapl-20240928_htm.xml"
REMEDIES = {
    "well": "nothing",
    "well, moved": "nothing; report that its first address has moved",
    "blocked": "check --identity, wait ten minutes, or ask from another network",
    "refused": "ask again tomorrow; a pull goes on without it",
    "busy": "ask again in some hours; a pull goes on without it",
    "unreachable": "check network, proxy and firewall",
    "changed": "report this table; a pull goes on without it",
}
"""State to what a user can do about it."""
_UNREACHABLE = re.compile(r"cannot be reached|no answer within")


@dataclass(frozen=True)
class Checkup:
    """How one source answered: its state (a key of `REMEDIES`), what came, the address asked, and what to do."""

    source: str
    state: str
    answer: str
    url: str
    remedy: str

    @property
    def well(self) -> bool:
        return self.state.startswith("well")


@dataclass(frozen=True)
class _Question:
    """One request; `begins` is what a bulk file begins with, of which no more is asked."""

    request: Request
    begins: re.Pattern[bytes] | None = None


def examine(
    *,
    identity: str,
    only: Sequence[str] | None = None,
    base_urls: Mapping[str, str] | None = None,
    progress: Progress = silent,
    surroundings: Surroundings | None = None,
    patience: Patience = PATIENCE,
) -> tuple[Checkup, ...]:
    """How each source answers one small question, in the order of the sources; nothing is kept.

    Raises
    ------
    ConfigError
        The identity names nobody, or `only` names no source.
    """
    around = surroundings or Surroundings()
    require_identity(identity)
    today = around.today()
    order = catalogue.settle(only=only, since=None, symbols=None, quick=False, today=today)
    sources = order.sources if only else tuple(SOURCES)
    found = []
    with passing_folder("active-edge-doctor") as folder:
        store = Archive(folder)
        with Client(
            store, identity, base_urls=base_urls, pacer=around.pacer, patience=patience, clock=around.clock
        ) as client:
            for done, source in enumerate(sources):
                progress(f"asking {source}", done, len(sources))
                found.append(_examined(client, source, today))
    return tuple(found)


def _examined(client: Client, source: str, today: dt.date) -> Checkup:
    try:
        question = _question(source, today)
    except PluginError as error:
        return _checkup(source, "changed", str(error), "")
    if question is None:
        return _checkup(source, "well", "nothing to ask today", "")
    url = question.request.url
    try:
        size, where = _asked(client, source, question)
    except SourceError as error:
        said = reason_of(error).removeprefix(url).lstrip(": ")
        kind = "unreachable" if _UNREACHABLE.search(said) else kind_of(error)
        return _checkup(source, kind, re.sub(r" \(gave up on .*?from here\)", "", said), url)
    return _checkup(source, "well" if where == url else "well, moved", size, where)


def _checkup(source: str, state: str, answer: str, url: str) -> Checkup:
    return Checkup(source, state, answer, url, REMEDIES[state])


def _asked(client: Client, source: str, question: _Question) -> tuple[str, str]:
    """What came, in words, and from which address."""
    request, begins = question.request, question.begins
    if begins is not None:
        head = client.begin(request)
        if not begins.match(head):
            raise SourceFormatError(f"{request.url}: begins with {head[:24]!r}, not as such a file does")
        return "begins as it should", request.url
    entry = (Door(client) if source in ("yahoo", "estimates") else client).fetch(request)
    if entry.status != 200:
        return "there is none of it today", request.url
    return f"{number(entry.bytes / 1e3, 1)} kB from {urlsplit(entry.url).netloc}, read", entry.url


_ZIP = rb"PK\x03\x04.{26}(?:%s)"


def _zip_of(members: bytes) -> re.Pattern[bytes]:
    """A zip whose first member has such a name."""
    return re.compile(_ZIP % members, re.S | re.I)


def _question(source: str, today: dt.date) -> _Question | None:
    if source in QUESTIONS:
        return QUESTIONS[source](today)
    own = isinstance(SOURCES.find(source), OwnSource)
    order = catalogue.Order((source,), today - dt.timedelta(days=7), None, today, quick=False)
    request = next(iter(catalogue.first_requests(order)), None)
    return None if request is None else _Question(request if own else replace(request, missing_is_answer=False))


def _chart(today: dt.date) -> _Question:
    return _Question(yahoo.request(KNOWN_FUND, since=today - dt.timedelta(days=10), today=today))


def _expected(_: dt.date) -> _Question:
    request = estimates.requests([KNOWN_SHARE], every=False)[0]

    def check(body: bytes) -> None:
        if not estimates.parse(body, where=request.key).of:
            raise SourceFormatError(f"{request.key}: nothing is expected of {KNOWN_SHARE}")

    return _Question(replace(request, check=check))


def _past_day(today: dt.date) -> _Question:
    """The last day of which a file is due; that there is none would say nothing."""
    first, last = (pd.Timestamp(today - dt.timedelta(days=n)) for n in (14, 3))
    day = sessions_between(first, last)[-1].date()
    return _Question(replace(past_holdings.request(past_holdings.Day(KNOWN_FUND, day), today), missing_is_answer=False))


def _index(today: dt.date) -> _Question:
    request = edgar_index.index_requests(today - dt.timedelta(days=100), today)[0]
    return _Question(request, re.compile(rb"\x1f\x8b|Description:|Form Type", re.I))


def _data_set(today: dt.date) -> _Question:
    """The last quarter but one: the last may not be published yet."""
    return _Question(fsds.requests(today - dt.timedelta(days=200), today)[0], _zip_of(rb"\w+\.(?:txt|htm)"))


def _bulk(_: dt.date) -> _Question:
    return _Question(companyfacts.bulk_request(), _zip_of(rb"CIK\d{10}"))


def _fund_reports(_: dt.date) -> _Question:
    return _Question(replace(nport.feed_request(KNOWN_FUND, KNOWN_SERIES), missing_is_answer=False))


def _instance(_: dt.date) -> _Question:
    request = Request("sec", f"{filings.PREFIX}doctor", KNOWN_FILING, "xml")
    return _Question(request, re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|xbrl)"))


def _exit_form(_: dt.date) -> _Question:
    request = Request("sec", "exit/doctor", KNOWN_FILING, "xml")
    return _Question(request, re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|xbrl|edgarSubmission)"))


QUESTIONS: Mapping[str, Callable[[dt.date], _Question]] = {
    "yahoo": _chart,
    "estimates": _expected,
    "holdings": _past_day,
    "form_index": _index,
    "fsds": _data_set,
    "companyfacts": _bulk,
    "nport": _fund_reports,
    "exits": _exit_form,
    "filings": _instance,
}
"""Source to its question on a day, where the first of its requests is none: too large, or not known before answers."""
