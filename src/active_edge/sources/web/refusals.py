"""What a source means when it does not send what was asked: absent, not now, never, or moved.

The SEC's archive lies behind S3, which answers 403 or 404 with a few lines of XML for what does not exist; whoever is
blocked gets a page of HTML that says so. The two are told apart by what is in the body, never by the status.
"""

from __future__ import annotations

import csv
import datetime as dt
import email.utils
import re
from collections.abc import Iterable, Iterator

import httpx

from active_edge.errors import SourceBlocked, SourceBusy, SourceError, SourceFormatError, SourceRefused
from active_edge.words import number

RATE_PAGE = re.compile(rb"Request Rate Threshold Exceeded|exceeded.{0,40}(rate|threshold)|too many requests", re.I)
UNDECLARED_PAGE = re.compile(rb"Undeclared Automated Tool", re.I)
BLOCK_PAGE = re.compile(rb"access denied|access to this page has been denied|are you a (human|robot)|captcha", re.I)
HTML = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
NO_SUCH_OBJECT = re.compile(rb"<Code>\s*(?:NoSuchKey|NoSuchBucket|AccessDenied|NotFound)\s*</Code>", re.I)
RATE_PAUSE_SECONDS = 600.0
"""The SEC lifts a rate block ten minutes after the traffic stops."""
GONE = (404, 410)
PASSING = (408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524)


class TryAgain(Exception):
    """An attempt failed in a way that may pass; `wait` is what the source asked for, `error` what it becomes."""

    def __init__(self, error: SourceError, wait: float = 0.0) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


class Absent(Exception):
    """The source answered that there is no such thing."""


class NothingThere(Absent):
    """The same, by whoever has to know: no other address of the answer is asked."""


def is_absent(status: int, head: bytes) -> bool:
    """True when a status other than 200 means that there is no such thing.

    A page of HTML that blocks is no answer about the thing, whatever its status.
    """
    if status == 403:
        return not HTML.match(head) and NO_SUCH_OBJECT.search(head) is not None
    return status in GONE and not (UNDECLARED_PAGE.search(head) or RATE_PAGE.search(head))


def is_block_page(head: bytes) -> bool:
    """True for the pages by which the SEC turns away those who ask, also where a page was asked for."""
    return HTML.match(head) is not None and (
        UNDECLARED_PAGE.search(head) is not None or b"Request Rate Threshold Exceeded" in head
    )


def csv_rows(lines: Iterable[str], *, where: str) -> Iterator[list[str]]:
    """Rows of a csv, empty ones too.

    Raises
    ------
    SourceFormatError : it cannot be read as one.
    """
    try:
        yield from csv.reader(lines)
    except csv.Error as error:
        raise SourceFormatError(f"{where}: not a csv ({error})") from error


def refuse_html(where: str, head: bytes, *, promised: str, media: str = "") -> None:
    """Raise when `head`, the beginning of a body, is a page of HTML and `promised` is not.

    Raises
    ------
    SourceBlocked, SourceBusy, SourceFormatError
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
    if BLOCK_PAGE.search(head):
        raise SourceBlocked(f"{where}: a page that lets nobody in ({said!r}) where {promised} was promised")
    raise SourceFormatError(
        f"{where}: a page of HTML ({said!r}, content type {media or 'not given'}) where {promised} was promised; "
        "the address may have moved: report it, everything else is pulled meanwhile"
    )


def _undeclared(where: str) -> SourceBlocked:
    return SourceBlocked(
        f"{where}: the SEC says this is an undeclared automated tool; check that the identity names a real person and "
        "a working e-mail address, wait ten minutes, run the same command again"
    )


def refusal(url: str, response: httpx.Response, head: bytes) -> Exception:
    """Error, or the wish to try again, that a status other than 200 and 304 means where the thing is not absent."""
    status = response.status_code
    wait = retry_after(response.headers.get("retry-after", ""))
    if UNDECLARED_PAGE.search(head):
        return _undeclared(url)
    if status in (403, 404, 429) and RATE_PAGE.search(head):
        busy = SourceBusy(
            f"{url}: {status}, the request rate was exceeded; everybody waits {number(RATE_PAUSE_SECONDS, 0)} s"
        )
        return TryAgain(busy, max(wait, RATE_PAUSE_SECONDS))
    if status == 429:
        return TryAgain(SourceBusy(f"{url}: 429, slow down"), wait or 30.0)
    if status in PASSING:
        return TryAgain(SourceBusy(f"{url}: {status}, the source is busy or down"), wait)
    if status == 403 and HTML.match(head):
        return SourceBlocked(f"{url}: 403 with a page of HTML; the source lets this machine in no more for now")
    if status in (401, 403, 407, 451):
        return SourceRefused(f"{url}: {status} {response.reason_phrase}; the source says no today, ask again tomorrow")
    return SourceRefused(f"{url}: {status} {response.reason_phrase}; the source says no")


def retry_after(value: str) -> float:
    """Seconds that a Retry-After header asks for, at most an hour; 0 where it says nothing."""
    if value.strip().isdecimal():
        return min(float(value), 3600.0)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    return min(max(0.0, moment.timestamp() - dt.datetime.now(dt.UTC).timestamp()), 3600.0)
