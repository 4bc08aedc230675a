"""The door to Yahoo: what is asked there through one session, its cookie and crumb, and its wall.

yfinance supplies the handshake where Yahoo asks for one; bodies are archived as they came, so that a snapshot can be
rebuilt without it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import quote

import orjson

from active_edge.errors import SourceBusy, SourceError, SourceFormatError, SourceRefused
from active_edge.printable import shortened
from active_edge.sources.web.archive import Entry
from active_edge.sources.web.refusals import PASSING, TryAgain, refuse_html
from active_edge.sources.web.refusals import retry_after as wait_asked
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import Client
from active_edge.whole import folder_of_this_process

CRUMB = "{crumb}"
"""Stands in an address for the word that Yahoo gives with its cookie, and in the archive: the word is nobody's."""
IS_CRUMB = re.compile(r"[^\s<>{}]{4,64}")
CRUMB_URL = "https://query1.finance.yahoo.com/v1/test/getcrumb"
WALL_PAUSE_SECONDS = 600.0
"""Pause after the first 429 of a pull that does not say for how long."""


class Unknown(SourceRefused):
    """Yahoo says that it does not know a symbol that is known to trade."""


class Door:
    """Fetches what is asked of Yahoo, at the client's pace and into its archive.

    A chart needs no crumb, so a symbol costs one request, a dead one too; yfinance's handshake is made once, when Yahoo
    first asks for it or an address has a place for the crumb. After the first wall (429) it is waited once; at the
    second the door is `shut`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._session: Any = None
        self._greeted = False
        self._crumb, self._renewed = "", False
        self._waited = False
        self.shut: SourceError | None = None

    def fetch(self, request: Request) -> Entry:
        """Entry of the archived answer; status 404 where Yahoo knows no such symbol.

        Raises
        ------
        SourceBusy
            Also when the door is shut; nothing is asked then.
        SourceFormatError, SourceRefused
            As `Client.fetch`.
        """
        if self.shut is not None:
            raise self.shut
        return self._client.until_deadline("yahoo", request.key, lambda: self._attempt(request))

    def stamp(self) -> str:
        """Now, UTC, as entries carry it."""
        return self._client.stamp()

    def _ask(self, request: Request) -> Any:
        if self._session is None:
            self._session = _routed_session(self._client)
        if CRUMB in request.url and not self._crumb:
            told = self._greet(request)
            if not self._crumb:
                raise _no_crumb(told)
        url = request.url.replace(CRUMB, quote(self._crumb))
        return self._session.get(url, timeout=self._client.patience.timeout_seconds)

    def _greet(self, request: Request) -> Any:
        """Let yfinance fetch the cookie, which stays with the session, and the crumb; the answer to the latter."""
        import yfinance
        from yfinance.data import YfData

        yfinance.set_tz_cache_location(_cookie_folder())
        self._client.waits(f"{request.url}: Yahoo asks who is there; its cookie is fetched once")
        told = YfData(session=self._session).get(url=CRUMB_URL, timeout=self._client.patience.timeout_seconds)
        self._greeted = True
        said = str(told.text).strip()
        self._crumb = said if told.status_code == 200 and IS_CRUMB.fullmatch(said) else ""
        return told

    def _attempt(self, request: Request) -> Entry:
        from curl_cffi.requests.exceptions import RequestException
        from yfinance.exceptions import YFException, YFRateLimitError

        try:
            response = self._ask(request)
            stale = CRUMB in request.url and not self._renewed
            if response.status_code in (401, 403) and (stale or not self._greeted):
                self._renewed = CRUMB in request.url
                self._greet(request)
                response = self._ask(request)
        except SourceError:  # which is an OSError too
            raise
        except YFRateLimitError:
            raise self._wall(request, 429, "") from None
        except (RequestException, YFException, OSError) as error:
            raise TryAgain(SourceBusy(f"{request.url}: cannot be reached ({error})")) from error
        body = bytes(response.content)
        self._client.received += int(getattr(response, "download_size", 0) or len(body))
        return self._answer(request, int(response.status_code), body, response.headers.get("retry-after") or "")

    def _wall(self, request: Request, status: int, retry_after: str) -> Exception:
        """The wish to wait once, and from the second wall on the end of all asking."""
        said = f"{request.url}: {status}, Yahoo walls off who reads in bulk"
        if not self._waited:
            self._waited = True
            return TryAgain(SourceBusy(said), wait_asked(retry_after) or WALL_PAUSE_SECONDS)
        self.shut = SourceBusy(f"{said}, and did so again after one pause; run the same command again in some hours")
        return self.shut

    def _answer(self, request: Request, status: int, body: bytes, retry_after: str) -> Entry:
        archive, time = self._client.archive, self._client.stamp()
        if status == 404 or (status in (400, 422) and _says_no_data(body)):
            if not request.missing_is_answer:
                raise Unknown(f"{request.url}: {status}, and this fund trades: the address may have moved")
            return archive.note(key=request.key, url=request.url, time=time, status=404)
        if status in (429, 999) or _is_wall(body):
            raise self._wall(request, status, retry_after)
        if status in PASSING:
            raise TryAgain(SourceBusy(f"{request.url}: {status}, Yahoo is busy"))
        if status != 200:
            raise SourceRefused(f"{request.url}: {status}; Yahoo says no")
        if len(body) > request.max_bytes:
            raise SourceFormatError(f"{request.url}: {len(body)} bytes, more than {request.max_bytes}; refused")
        try:
            orjson.loads(body)
        except orjson.JSONDecodeError as error:
            refuse_html(request.url, body[:4096], promised="json")
            raise TryAgain(SourceFormatError(f"{request.url}: half a body or no JSON ({error})")) from error
        if request.check is not None:
            request.check(body)
        return archive.keep_bytes(body, key=request.key, url=request.url, time=time)


def _no_crumb(told: Any) -> Exception:
    """What to raise where this came instead of a crumb."""
    if told.status_code == 200:
        return SourceFormatError(f"{CRUMB_URL}: no crumb came but {shortened(repr(told.text.strip()), 60)}")
    said = f"{CRUMB_URL}: {told.status_code}"
    if told.status_code in PASSING:
        return TryAgain(SourceBusy(f"{said}, Yahoo is busy"))
    return SourceRefused(f"{said}; Yahoo says no")


def _is_wall(body: bytes) -> bool:
    """True for the words of the wall, whatever status they came with."""
    return len(body) < 4096 and b"Too Many Requests" in body


@cache
def _cookie_folder() -> str:
    """Folder of yfinance's cookies: yfinance opens the first it is given for the life of the process."""
    return str(folder_of_this_process("active-edge-cookies"))


def _routed_session(client: Client) -> Any:
    """curl_cffi session that asks the replay server where `base_urls` say so."""
    from curl_cffi import requests as curl

    class Session(curl.Session):  # type: ignore[type-arg]  # generic only in newer releases
        def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
            return super().request(method, client.routed(url), *args, **kwargs)

    return Session(impersonate="chrome")


def _says_no_data(body: bytes) -> bool:
    return b"No data found" in body or b"Data doesn't exist" in body or b"Not Found" in body
