"""The one door to the network: who asks, how fast, how often again, and what counts as an answer.

A body enters the archive only when it is whole, of the promised kind, within its size, and readable by its parser.
Everything else is retried until the deadline and then is an error with a name:
`SourceRefused` (no), `SourceBusy` (not now), `SourceFormatError` (not what was promised).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import random
import re
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlsplit

import httpx

from active_edge.errors import (
    ConfigError,
    SourceBlocked,
    SourceBusy,
    SourceError,
    SourceFormatError,
    SourceRefused,
)
from active_edge.filings.zips import check_zip
from active_edge.sources.web.answering import ACCEPTED, parts_of, too_long, watch_reads
from active_edge.sources.web.archive import CHUNK_BYTES, Archive, Entry, Incoming
from active_edge.sources.web.pacing import SEC_HOSTS, Clock, Pacer
from active_edge.sources.web.refusals import (
    NO_SUCH_OBJECT,
    RATE_PAUSE_SECONDS,
    Absent,
    NothingThere,
    TryAgain,
    is_absent,
    is_block_page,
    refusal,
    refuse_html,
)
from active_edge.sources.web.request import Request
from active_edge.words import number

HUMAN_AGENT = "Mozilla/5.0 (compatible; active-edge)"
"""What everybody but the SEC is told: the name and address of whoever runs this are the SEC's business alone."""
MOST_REDIRECTS = 5
HEAD_BYTES = 8192
LONGEST_LENGTH = 19
"""Digits of an announced length that nothing can have."""
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def require_identity(identity: str) -> str:
    """Return `identity` when it holds a name and an e-mail address.

    Raises
    ------
    ConfigError
        It does not. The SEC blocks whoever does not say who asks.
    """
    address = EMAIL.search(identity or "")
    rest = EMAIL.sub("", identity or "").strip(" <>()")
    if address is None or len(rest) < 2 or not identity.isascii() or not identity.isprintable():
        raise ConfigError(
            f"identity {identity!r}: a name and an e-mail address are required, in ASCII; the SEC refuses requests "
            'that do not say who asks. Give --identity "Jane Doe jane@example.com" or set ACTIVE_EDGE_IDENTITY'
        )
    return identity


@dataclass(frozen=True)
class Patience:
    """How long one request may take: total deadline, one silence, one body, first and longest pause."""

    deadline_seconds: float = 1500.0
    timeout_seconds: float = 60.0
    body_seconds: float = 900.0
    first_pause_seconds: float = 1.0
    longest_pause_seconds: float = 120.0
    most_attempts: int = 8
    attempts_before_next_door: int = 2
    """Attempts at an address while the same answer has another one."""


def unheard(_what: str) -> None:
    """Nobody listens to why a request waits."""


@dataclass
class Client:
    """Fetches requests into an archive.

    Parameters
    ----------
    archive : where bodies go.
    identity : name and e-mail of whoever runs this.
    base_urls : host → base URL to ask instead; tests point hosts at a replay server on 127.0.0.1.
    waits : told, before every pause, who says what and how long it is waited.
    """

    archive: Archive
    identity: str
    base_urls: Mapping[str, str] | None = None
    pacer: Pacer = field(default_factory=Pacer)
    patience: Patience = field(default_factory=Patience)
    clock: Clock = field(default_factory=Clock)
    seed: int | None = None
    waits: Callable[[str], None] = unheard

    def __post_init__(self) -> None:
        require_identity(self.identity)
        self._random = random.Random(self.seed)
        self.received = 0
        """Bytes of bodies that came over the wire, as they came."""
        self._http = httpx.Client(
            timeout=httpx.Timeout(self.patience.timeout_seconds, connect=min(20.0, self.patience.timeout_seconds)),
            follow_redirects=False,
        )
        self._asking = threading.local()
        watch_reads(self._http, self._give_up_late)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def routed(self, url: str) -> str:
        """URL that is really asked: `url`, or the replay server's for its host."""
        parts = urlsplit(url)
        base = (self.base_urls or {}).get(parts.netloc)
        if base is None:
            return url
        return base.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")

    def fetch(self, request: Request) -> Entry:
        """Entry of the answer, archived; the addresses of `request` are asked in turn until one has it.

        Raises
        ------
        SourceBlocked
            A block page: the source lets in nobody who asks like this.
        SourceRefused
            401, 403 without a way back, 404 where an answer is due.
        SourceBusy
            429, 503, rate pages, time-outs, until the deadline.
        SourceFormatError
            Half bodies, HTML, damaged zips, too many bytes, a parser that cannot read it.
        """
        failed: list[SourceError] = []
        doors = (request.url, *request.others)
        for place, url in enumerate(doors):
            door = replace(request, url=url)
            last = place == len(doors) - 1
            attempts = self.patience.most_attempts
            try:
                return self.until_deadline(
                    request.source,
                    request.key,
                    lambda door=door: self._attempt(door),  # type: ignore[misc]
                    attempts=attempts if last else min(attempts, self.patience.attempts_before_next_door),
                )
            except NothingThere:
                failed.clear()
                break
            except Absent:
                continue
            except (SourceRefused, SourceBusy, SourceFormatError) as error:
                failed.append(error)
                if isinstance(error, SourceBlocked) and request.source == "sec":
                    raise  # it turns away the machine, at whichever address
        if failed:
            others = f" ({len(doors) - 1} other addresses have it neither)" if len(doors) > 1 else ""
            raise type(failed[0])(f"{failed[0]}{others}") from failed[0]
        if request.missing_is_answer:
            return self.archive.note(key=request.key, url=request.url, time=self.stamp(), status=404)
        raise SourceRefused(f"{request.url}: there is no such thing (404)")

    def begin(self, request: Request) -> bytes:
        """The first bytes of an answer, asked for once and not kept; the connection is then closed.

        Raises
        ------
        SourceBlocked, SourceRefused, SourceBusy, SourceFormatError
            As `fetch`.
        """
        self.pacer.take_turn(request.source)
        try:
            with self._stream(request) as (response, _):
                head = self._head(request, response)
                if response.status_code != 200:
                    if is_absent(response.status_code, head):
                        raise SourceRefused(f"{request.url}: there is no such thing ({response.status_code})")
                    raise refusal(request.url, response, head)
        except TryAgain as again:
            raise again.error from again
        refuse_html(request.url, head, promised=request.kind)
        return head

    def until_deadline(
        self, source: str, what: str, attempt: Callable[[], Entry], *, attempts: int | None = None
    ) -> Entry:
        """Call `attempt` until it answers, pausing with jitter, at most until the deadline; every pause is told."""
        started, tries = self.clock.now(), 0
        most = self.patience.most_attempts if attempts is None else attempts
        while True:
            self.pacer.take_turn(source)
            try:
                entry = attempt()
            except TryAgain as again:
                tries += 1
                left = self.patience.deadline_seconds - (self.clock.now() - started)
                pause = self._pause(tries, again.wait)
                if tries >= most or pause > left:
                    raise type(again.error)(
                        f"{again.error} (gave up on {what} after {tries} attempts in "
                        f"{number(self.clock.now() - started, 0)} s; run the same command again later, it goes on "
                        "from here)"
                    ) from again
                self.waits(f"{again.error}; waits {number(pause, 0)} s, then attempt {tries + 1} of {most}")
                if again.wait:
                    self.pacer.hold_off(source, again.wait)
                self.clock.sleep(pause)
            else:
                return entry

    def _pause(self, tries: int, asked: float) -> float:
        ceiling = min(self.patience.longest_pause_seconds, self.patience.first_pause_seconds * 2.0 ** (tries - 1))
        return asked + self._random.uniform(0.5 * ceiling, ceiling)

    def _headers(self, request: Request, url: str) -> dict[str, str]:
        agent = self.identity if urlsplit(url).hostname in SEC_HOSTS else HUMAN_AGENT
        headers = {"User-Agent": agent, "Accept-Encoding": ACCEPTED}
        known = self.archive.latest(request.key)
        if known is not None and known.url == url and self.archive.holds(known):
            if known.etag:
                headers["If-None-Match"] = known.etag
            if known.modified:
                headers["If-Modified-Since"] = known.modified
        return headers

    def _attempt(self, request: Request) -> Entry:
        with self._stream(request) as (response, url):
            return self._answer(replace(request, url=url), response)

    @contextlib.contextmanager
    def _stream(self, request: Request) -> Iterator[tuple[httpx.Response, str]]:
        """The response, its body still on the way, and the address that gave it; what goes wrong gets a name."""
        try:
            url = request.url
            self._asking.url, self._asking.since = url, self.clock.now()
            for _ in range(MOST_REDIRECTS + 1):
                with self._http.stream("GET", self.routed(url), headers=self._headers(request, url)) as response:
                    if not response.has_redirect_location:
                        yield response, url
                        return
                    url = request.sent_on(url, response.headers["location"])
            raise SourceFormatError(f"{request.url}: sent on {MOST_REDIRECTS} times and more, perhaps in a circle")
        except httpx.TimeoutException as error:
            raise TryAgain(
                SourceBusy(f"{request.url}: no answer within {self.patience.timeout_seconds:g} s")
            ) from error
        except httpx.RemoteProtocolError as error:
            raise TryAgain(SourceFormatError(f"{request.url}: the body ended early ({error})")) from error
        except httpx.TransportError as error:
            raise TryAgain(SourceBusy(f"{request.url}: cannot be reached ({error})")) from error

    def _give_up_late(self) -> None:
        """Raise where this thread's answer has not come within the time of a body, however it drips."""
        if self.clock.now() - self._asking.since > self.patience.body_seconds:
            raise TryAgain(
                SourceBusy(f"{self._asking.url}: no whole answer came within {number(self.patience.body_seconds, 0)} s")
            )

    def _head(self, request: Request, response: httpx.Response) -> bytes:
        head = b""
        for part in parts_of(request.url, response, request.max_bytes):
            head += part
            if len(head) >= HEAD_BYTES:
                break
        return head[:HEAD_BYTES]

    def _receive(self, request: Request, response: httpx.Response, incoming: Incoming) -> None:
        """Write the body, refusing one that is too long or ends before its announced length."""
        announced = response.headers.get("content-length", "")
        length = int(announced) if announced.isdecimal() and len(announced) < LONGEST_LENGTH else None
        if length is not None and length > request.max_bytes:
            raise too_long(request.url, request.max_bytes)
        for part in parts_of(request.url, response, request.max_bytes):
            if incoming.bytes + len(part) > request.max_bytes:
                raise too_long(request.url, request.max_bytes)
            incoming.write(part)
        got = response.num_bytes_downloaded
        if length is not None and got != length:
            raise TryAgain(SourceFormatError(f"{request.url}: {got} of {announced} announced bytes came"))

    def _answer(self, request: Request, response: httpx.Response) -> Entry:
        time = self.stamp()
        if response.status_code == 304:
            known = self.archive.latest(request.key)
            if known is None:
                raise SourceFormatError(f"{request.url}: says not modified, and there is nothing here to modify")
            return self.archive.unchanged(known, time=time)
        if response.status_code != 200:
            head = self._head(request, response)
            if is_absent(response.status_code, head):
                raise Absent
            raise refusal(request.url, response, head)
        with self.archive.incoming() as incoming:
            try:
                self._receive(request, response, incoming)
            finally:
                self.received += response.num_bytes_downloaded
            incoming.close()
            with _unpacked(self.archive, request, incoming) as body:
                self._check(request, response, body)
                return self.archive.keep(
                    body,
                    key=request.key,
                    url=request.url,
                    time=time,
                    etag=response.headers.get("etag", ""),
                    modified=response.headers.get("last-modified", ""),
                )

    def _check(self, request: Request, response: httpx.Response, incoming: Incoming) -> None:
        media = response.headers.get("content-type", "").split(";")[0].strip()
        if request.kind == "xml" and NO_SUCH_OBJECT.search(incoming.head[:1024]) and b"<Error" in incoming.head[:1024]:
            raise Absent
        promised_page = request.kind in ("html", "text") and (request.kind == "html" or media != "text/html")
        if not promised_page or is_block_page(incoming.head):
            try:
                refuse_html(request.url, incoming.head, promised=request.kind, media=media)
            except SourceBusy as error:
                raise TryAgain(error, RATE_PAUSE_SECONDS) from error
        if incoming.bytes == 0:
            raise TryAgain(SourceFormatError(f"{request.url}: an empty body where {request.kind} was promised"))
        if request.kind == "zip":
            if not zipfile.is_zipfile(incoming.path):
                raise TryAgain(SourceFormatError(f"{request.url}: not a whole zip; it was cut off on its way"))
            check_zip(incoming.path, where=request.url, most_members=request.most_members)
            if request.check_file is not None:
                request.check_file(incoming.path)
        elif request.check is not None:
            request.check(incoming.path.read_bytes())

    def stamp(self) -> str:
        """Now, UTC, as entries carry it."""
        return dt.datetime.fromtimestamp(self.clock.now(), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextlib.contextmanager
def _unpacked(archive: Archive, request: Request, incoming: Incoming) -> Iterator[Incoming]:
    """The body itself where what came is a gzip file of it (`form.gz`, or packed without saying so)."""
    if request.kind == "zip" or not incoming.head.startswith(b"\x1f\x8b"):
        yield incoming
        return
    with archive.incoming() as plain:
        try:
            with gzip.open(incoming.path) as file:
                while chunk := file.read(CHUNK_BYTES):
                    if plain.bytes + len(chunk) > request.max_bytes:
                        raise SourceFormatError(
                            f"{request.url}: unpacks to more than {request.max_bytes} bytes; refused"
                        )
                    plain.write(chunk)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise TryAgain(SourceFormatError(f"{request.url}: half a gzip file came ({error})")) from error
        plain.close()
        yield plain
