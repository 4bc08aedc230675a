"""The one door to the network: who asks, how fast, how often again, and what counts as an answer.

A body enters the archive only when it is whole, of the promised kind, within its size, and readable by its parser.
Everything else is retried until the deadline and then is an error with a name:
`SourceRefused` (no), `SourceBusy` (not now), `SourceFormatError` (not what was promised).
"""

from __future__ import annotations

import datetime as dt
import email.utils
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import httpx

from active_edge.errors import ConfigError, SourceBusy, SourceError, SourceFormatError, SourceRefused
from active_edge.filings.zips import check_zip
from active_edge.sources.web.archive import CHUNK_BYTES, Archive, Entry, Incoming
from active_edge.sources.web.pacing import Clock, Pacer
from active_edge.sources.web.request import Request
from active_edge.words import number

RATE_PAGE = re.compile(rb"Request Rate Threshold Exceeded|exceeded.{0,40}(rate|threshold)|too many requests", re.I)
UNDECLARED_PAGE = re.compile(rb"Undeclared Automated Tool", re.I)
HTML = re.compile(rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
RATE_PAUSE_SECONDS = 600.0
"""The SEC lifts a rate block ten minutes after the traffic stops."""
HUMAN_AGENT = "Mozilla/5.0 (compatible; active-edge; +{identity})"
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
    """How long one request may take: total deadline, one attempt's time-out, first and longest pause."""

    deadline_seconds: float = 1500.0
    timeout_seconds: float = 60.0
    first_pause_seconds: float = 1.0
    longest_pause_seconds: float = 120.0
    most_attempts: int = 8


class TryAgain(Exception):
    """An attempt failed in a way that may pass; `wait` is what the source asked for, `error` what it becomes."""

    def __init__(self, error: SourceError, wait: float = 0.0) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


@dataclass
class Client:
    """Fetches requests into an archive.

    Parameters
    ----------
    archive : where bodies go.
    identity : name and e-mail of whoever runs this.
    base_urls : host → base URL to ask instead; tests point hosts at a replay server on 127.0.0.1.
    """

    archive: Archive
    identity: str
    base_urls: Mapping[str, str] | None = None
    pacer: Pacer = field(default_factory=Pacer)
    patience: Patience = field(default_factory=Patience)
    clock: Clock = field(default_factory=Clock)
    seed: int | None = None

    def __post_init__(self) -> None:
        require_identity(self.identity)
        self._random = random.Random(self.seed)
        self._http = httpx.Client(
            timeout=httpx.Timeout(self.patience.timeout_seconds, connect=min(20.0, self.patience.timeout_seconds)),
            follow_redirects=True,
            max_redirects=5,
        )

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
        """Entry of the answer, archived.

        Raises
        ------
        SourceRefused
            403 without a way back, 404 where an answer is due, a block page for undeclared tools.
        SourceBusy
            429, 503, rate pages, time-outs, until the deadline.
        SourceFormatError
            Half bodies, HTML, damaged zips, too many bytes, a parser that cannot read it.
        """
        return self.until_deadline(request.source, request.key, lambda: self._attempt(request))

    def until_deadline(self, source: str, what: str, attempt: Callable[[], Entry]) -> Entry:
        """Call `attempt` until it answers, pausing with jitter, at most until the deadline."""
        started, tries = self.clock.now(), 0
        while True:
            self.pacer.take_turn(source)
            try:
                entry = attempt()
            except TryAgain as again:
                tries += 1
                left = self.patience.deadline_seconds - (self.clock.now() - started)
                pause = self._pause(tries, again.wait)
                if tries >= self.patience.most_attempts or pause > left:
                    raise type(again.error)(
                        f"{again.error} (gave up on {what} after {tries} attempts in "
                        f"{number(self.clock.now() - started, 0)} s; run the same command again later, it goes on "
                        "from here)"
                    ) from again
                if again.wait:
                    self.pacer.hold_off(source, again.wait)
                self.clock.sleep(pause)
            else:
                return entry

    def _pause(self, tries: int, asked: float) -> float:
        ceiling = min(self.patience.longest_pause_seconds, self.patience.first_pause_seconds * 2.0 ** (tries - 1))
        return asked + self._random.uniform(0.5 * ceiling, ceiling)

    def _headers(self, request: Request) -> dict[str, str]:
        agent = self.identity if request.source == "sec" else HUMAN_AGENT.format(identity=self.identity)
        headers = {"User-Agent": agent, "Accept-Encoding": "gzip, deflate"}
        known = self.archive.latest(request.key)
        if known is not None and self.archive.holds(known):
            if known.etag:
                headers["If-None-Match"] = known.etag
            if known.modified:
                headers["If-Modified-Since"] = known.modified
        return headers

    def _attempt(self, request: Request) -> Entry:
        url = self.routed(request.url)
        try:
            with self._http.stream("GET", url, headers=self._headers(request)) as response:
                return self._answer(request, response)
        except httpx.TimeoutException as error:
            raise TryAgain(
                SourceBusy(f"{request.url}: no answer within {self.patience.timeout_seconds:g} s")
            ) from error
        except httpx.RemoteProtocolError as error:
            raise TryAgain(SourceFormatError(f"{request.url}: the body ended early ({error})")) from error
        except httpx.DecodingError as error:
            raise TryAgain(SourceFormatError(f"{request.url}: the body's encoding is damaged ({error})")) from error
        except httpx.TooManyRedirects as error:
            raise SourceFormatError(f"{request.url}: redirects in a circle") from error
        except httpx.TransportError as error:
            raise TryAgain(SourceBusy(f"{request.url}: cannot be reached ({error})")) from error

    def _answer(self, request: Request, response: httpx.Response) -> Entry:
        time = self.stamp()
        if response.status_code == 304:
            known = self.archive.latest(request.key)
            if known is None:
                raise SourceFormatError(f"{request.url}: says not modified, and there is nothing here to modify")
            return self.archive.unchanged(known, time=time)
        if response.status_code != 200:
            head = _head(response)
            if response.status_code in (404, 410) or _no_such_key(response.status_code, head):
                if request.missing_is_answer:
                    return self.archive.note(key=request.key, url=request.url, time=time, status=404)
                raise SourceRefused(f"{request.url}: there is no such thing ({response.status_code})")
            raise _refusal(request, response, head)
        with self.archive.incoming() as incoming:
            _receive(request, response, incoming)
            incoming.close()
            self._check(request, response, incoming)
            return self.archive.keep(
                incoming,
                key=request.key,
                url=request.url,
                time=time,
                etag=response.headers.get("etag", ""),
                modified=response.headers.get("last-modified", ""),
            )

    def _check(self, request: Request, response: httpx.Response, incoming: Incoming) -> None:
        media = response.headers.get("content-type", "").split(";")[0].strip()
        if request.kind not in ("html", "text") or (request.kind == "text" and media == "text/html"):
            try:
                refuse_html(request.url, incoming.head, promised=request.kind, media=media)
            except SourceBusy as error:
                raise TryAgain(error, RATE_PAUSE_SECONDS) from error
        if incoming.bytes == 0:
            raise TryAgain(SourceFormatError(f"{request.url}: an empty body where {request.kind} was promised"))
        if request.kind == "zip":
            if not zipfile.is_zipfile(incoming.path):
                raise TryAgain(SourceFormatError(f"{request.url}: not a whole zip; it was cut off on its way"))
            check_zip(incoming.path, where=request.url)
            if request.check_file is not None:
                request.check_file(incoming.path)
        elif request.check is not None:
            request.check(incoming.path.read_bytes())

    def stamp(self) -> str:
        """Now, UTC, as entries carry it."""
        return dt.datetime.fromtimestamp(self.clock.now(), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refuse_html(where: str, head: bytes, *, promised: str, media: str = "") -> None:
    """Raise when `head`, the beginning of a body, is a page of HTML and `promised` is not.

    Raises
    ------
    SourceRefused, SourceBusy, SourceFormatError
        By what the page says: undeclared tool, rate exceeded, anything else.
    """
    if not HTML.match(head):
        return
    if UNDECLARED_PAGE.search(head):
        raise _undeclared(where)
    if RATE_PAGE.search(head):
        raise SourceBusy(f"{where}: a page says the request rate was exceeded")
    title = re.search(rb"<title>\s*(.*?)\s*</title>", head, re.I | re.S)
    said = title.group(1).decode("utf-8", "replace")[:80] if title else "no title"
    raise SourceFormatError(
        f"{where}: a page of HTML ({said!r}, content type {media or 'not given'}) where {promised} was promised; "
        "the address may have moved: report it, everything else can be pulled meanwhile with --only"
    )


def _undeclared(where: str) -> SourceRefused:
    return SourceRefused(
        f"{where}: the SEC says this is an undeclared automated tool; check that the identity names a real person and "
        "a working e-mail address, wait ten minutes, run the same command again"
    )


def _refusal(request: Request, response: httpx.Response, head: bytes) -> Exception:
    """Error, or the wish to try again, that a status other than 200, 304 and 404 means."""
    status, url = response.status_code, request.url
    wait = _retry_after(response)
    if UNDECLARED_PAGE.search(head):
        return _undeclared(url)
    if status in (403, 429) and RATE_PAGE.search(head):
        busy = SourceBusy(
            f"{url}: {status}, the request rate was exceeded; everybody waits {number(RATE_PAUSE_SECONDS, 0)} s"
        )
        return TryAgain(busy, max(wait, RATE_PAUSE_SECONDS))
    if status == 429:
        return TryAgain(SourceBusy(f"{url}: 429, slow down"), wait or 30.0)
    if status in (500, 502, 503, 504, 408, 425):
        return TryAgain(SourceBusy(f"{url}: {status}, the source is busy or down"), wait)
    return SourceRefused(f"{url}: {status} {response.reason_phrase}; the source says no")


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    if value.strip().isdigit():
        return min(float(value), 3600.0)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    return min(max(0.0, moment.timestamp() - dt.datetime.now(dt.UTC).timestamp()), 3600.0)


def _no_such_key(status: int, head: bytes) -> bool:
    """S3 answers 403 or 404 with this XML for what does not exist."""
    return status in (403, 404) and b"<Code>NoSuchKey</Code>" in head


def _head(response: httpx.Response) -> bytes:
    head = b""
    for chunk in response.iter_bytes(4096):
        head += chunk
        if len(head) >= 8192:
            break
    return head


def _receive(request: Request, response: httpx.Response, incoming: Incoming) -> None:
    """Write the body, refusing one that is too long or ends before its announced length."""
    announced = response.headers.get("content-length", "")
    for chunk in response.iter_bytes(CHUNK_BYTES):
        if incoming.bytes + len(chunk) > request.max_bytes:
            raise SourceFormatError(
                f"{request.url}: more than {request.max_bytes} bytes where about {request.expected_bytes} were "
                "expected; refused"
            )
        incoming.write(chunk)
    got = response.num_bytes_downloaded
    if announced.isdigit() and got != int(announced):
        raise TryAgain(SourceFormatError(f"{request.url}: {got} of {announced} announced bytes came"))
