"""Yahoo's daily chart through yfinance: unadjusted prices and total returns of names that are alive today.

yfinance supplies the handshake (cookie and crumb) where Yahoo asks for one; the raw chart body is archived and read
here, so that a snapshot can be rebuilt without it. A chart is adjusted for every split up to the moment it was fetched;
a body is only read together with its own split events, and its window always ends at that moment.

A dead company's symbol answers nothing or, worse, its successor's prices: never the only source of a universe.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import numpy as np
import orjson
import pandas as pd

from active_edge.errors import SourceBusy, SourceError, SourceFormatError, SourceRefused
from active_edge.market.splits import SPLIT_RATIOS, SPLIT_TOLERANCE
from active_edge.sources.web.archive import Entry
from active_edge.sources.web.refusals import PASSING, TryAgain, refuse_html
from active_edge.sources.web.refusals import retry_after as wait_asked
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import Client
from active_edge.whole import folder_of_this_process

URL = "https://query2.finance.yahoo.com/v8/finance/chart/{symbol}"
SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9\-=.]{0,14}")
ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")
WALL_PAUSE_SECONDS = 600.0
"""Pause after the first 429 of a pull that does not say for how long."""
OVERLAP_DAYS = 14
"""A later window begins this long before the last known session, so that the first new return has its previous row."""
DECIMALS = 4
WIDEST_PRICE = 1e7
SECONDS = (-2_208_988_800, 4_102_444_800)
"""Since 1970, at the beginnings of 1900 and of 2100."""


@dataclass(frozen=True)
class Chart:
    """One parsed body.

    `rows`: session, open, high, low, close (USD, unadjusted), volume (shares, unadjusted), total_return (decimal, from
    the row before; NaN unknown). `suspected_splits` counts moves that look like a split no event explains: their
    return is unknown, never a gain. `disagreements` counts returns further than 1 % from the adjusted close's.
    """

    symbol: str
    instrument: str
    rows: pd.DataFrame
    suspected_splits: int
    disagreements: int


def request(symbol: str, *, since: dt.date, today: dt.date) -> Request:
    """Chart of one symbol from `since` to the moment it is asked."""
    if not SYMBOL.fullmatch(symbol):
        raise SourceFormatError(f"yahoo: {symbol!r} is no symbol Yahoo knows; expected letters, digits, - . ^ =")
    begin = int(dt.datetime(since.year, since.month, since.day, tzinfo=dt.UTC).timestamp())
    end = int(dt.datetime(today.year, today.month, today.day, tzinfo=dt.UTC).timestamp()) + 86_400
    return Request(
        "yahoo",
        f"yahoo/{symbol}/{since.isoformat()}",
        f"{URL.format(symbol=quote(symbol))}?period1={begin}&period2={end}&interval=1d&events=div%2Csplits%2CcapitalGains",
        "json",
        max_bytes=32 << 20,
        expected_bytes=chart_bytes(since, today),
        missing_is_answer=True,
        check=lambda body: parse(body, where=f"yahoo/{symbol}"),
    )


def chart_bytes(since: dt.date, today: dt.date) -> int:
    """Bytes of a chart on the wire, packed: measured on recorded bodies, 20 a session and 1,000 around them."""
    return 1000 + int(20 * 252 / 365.25 * max(1, (today - since).days))


class Unknown(SourceRefused):
    """Yahoo says that it does not know a symbol that is known to trade."""


class Door:
    """Fetches chart requests, at the client's pace and into its archive.

    A chart needs no crumb, so a symbol costs one request, a dead one too; yfinance's handshake is made once, when Yahoo
    first asks for it. After the first wall (429) it is waited once; at the second the door is `shut`.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._session: Any = None
        self._greeted = False
        self._waited = False
        self.shut: SourceError | None = None

    def fetch(self, request: Request) -> Entry:
        """Entry of the archived chart; status 404 where Yahoo knows no such symbol.

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
        return self._session.get(request.url, timeout=self._client.patience.timeout_seconds)

    def _greet(self, request: Request) -> Any:
        """Ask through yfinance, which fetches the cookie and the crumb; the cookie then stays with the session."""
        import yfinance
        from yfinance.data import YfData

        self._greeted = True
        yfinance.set_tz_cache_location(_cookie_folder())
        self._client.waits(f"{request.url}: Yahoo asks who is there; its cookie is fetched once")
        return YfData(session=self._session).get(url=request.url, timeout=self._client.patience.timeout_seconds)

    def _attempt(self, request: Request) -> Entry:
        from curl_cffi.requests.exceptions import RequestException
        from yfinance.exceptions import YFException, YFRateLimitError

        try:
            response = self._ask(request)
            if response.status_code in (401, 403) and not self._greeted:
                response = self._greet(request)
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


def _is_wall(body: bytes) -> bool:
    """True for the words of the wall, whatever status they came with."""
    return len(body) < 4096 and b"Too Many Requests" in body


@cache
def _cookie_folder() -> str:
    """Folder of yfinance's cookies: yfinance opens the first it is given for the life of the process."""
    return str(folder_of_this_process("active-edge-cookies-"))


def _routed_session(client: Client) -> Any:
    """curl_cffi session that asks the replay server where `base_urls` say so."""
    from curl_cffi import requests as curl

    class Session(curl.Session):  # type: ignore[type-arg]  # generic only in newer releases
        def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:
            return super().request(method, client.routed(url), *args, **kwargs)

    return Session(impersonate="chrome")


def _says_no_data(body: bytes) -> bool:
    return b"No data found" in body or b"Data doesn't exist" in body or b"Not Found" in body


def parse(body: bytes, *, where: str) -> Chart:
    """Read one chart body; rows without a close and an unfinished last session are left out.

    Raises
    ------
    SourceFormatError
        Not the chart format, columns of different lengths, a non-positive or absurd price, times not increasing.
    """
    result = _result(body, where=where)
    meta = result.get("meta")
    if not isinstance(meta, dict) or not isinstance(meta.get("symbol"), str):
        raise SourceFormatError(f"{where}: the chart has no meta.symbol")
    stamps = result.get("timestamp") or []
    if not isinstance(stamps, list):
        raise SourceFormatError(f"{where}: timestamp is {type(stamps).__name__}, not a list of times")
    quote_rows, adjusted = _columns(result, len(stamps), where=where)
    zone = str(meta.get("exchangeTimezoneName") or "America/New_York")
    if not ZONE.fullmatch(zone):
        raise SourceFormatError(f"{where}: {zone!r} is no time zone like 'America/New_York'")
    sessions = _sessions(stamps, zone, where=where)
    keep = np.isfinite(quote_rows["close"]) & _finished(stamps, meta)
    frame = pd.DataFrame({"session": sessions, **quote_rows})[keep].reset_index(drop=True)
    adjusted = adjusted[keep]
    last = ~frame["session"].duplicated(keep="last").to_numpy(dtype=bool)
    frame, adjusted = frame[last].reset_index(drop=True), adjusted[last]
    _refuse_absurd(frame, where=where)
    events = result.get("events") or {}
    ratios = _events(events, "splits", zone, where=where)
    paid = _events(events, "dividends", zone, where=where) + _events(events, "capitalGains", zone, where=where)
    rows, suspected, disagreements = _unadjusted(frame, adjusted, ratios, paid)
    return Chart(str(meta["symbol"]), str(meta.get("instrumentType") or ""), rows, suspected, disagreements)


def _result(body: bytes, *, where: str) -> dict[str, Any]:
    try:
        chart = orjson.loads(body)["chart"]
        result = chart["result"][0]
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError) as error:
        raise SourceFormatError(f"{where}: not a chart body ({type(error).__name__}: {error})") from error
    if not isinstance(result, dict):
        raise SourceFormatError(f"{where}: chart.result holds {type(result).__name__}")
    return result


def _columns(result: dict[str, Any], n: int, *, where: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Open, high, low, close, volume and the adjusted close as float arrays of length n (NaN missing)."""
    try:
        quote_block = result["indicators"]["quote"][0]
        adjusted_block = (result["indicators"].get("adjclose") or [{}])[0]
        named = {name: quote_block.get(name) for name in ("open", "high", "low", "close", "volume")}
        adjusted_list = adjusted_block.get("adjclose")
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise SourceFormatError(f"{where}: no indicators.quote ({type(error).__name__}: {error})") from error
    if n == 0:
        return {name: np.empty(0) for name in named}, np.empty(0)
    columns = {}
    for name, values in {**named, "adjusted": adjusted_list or [None] * n}.items():
        if not isinstance(values, list) or len(values) != n:
            length = len(values) if isinstance(values, list) else "no"
            raise SourceFormatError(f"{where}: {name} has {length} values for {n} times")
        try:
            columns[name] = np.array([np.nan if v is None else float(v) for v in values])
        except (TypeError, ValueError) as error:
            raise SourceFormatError(f"{where}: {name} holds what is no number ({error})") from error
    return columns, columns.pop("adjusted")


def _sessions(stamps: list[Any], zone: str, *, where: str) -> pd.DatetimeIndex:
    try:
        moments = np.array([_second(stamp) for stamp in stamps], dtype=np.int64)
        local = pd.DatetimeIndex(pd.to_datetime(moments, unit="s", utc=True)).tz_convert(zone)
    except (TypeError, ValueError, OverflowError, KeyError, OSError) as error:
        raise SourceFormatError(f"{where}: times or time zone {zone!r} cannot be read ({error})") from error
    if len(moments) > 1 and (np.diff(moments) < 0).any():
        raise SourceFormatError(f"{where}: times do not increase")
    return pd.DatetimeIndex(local.tz_localize(None).normalize())


def _second(stamp: Any) -> int:
    """Seconds since 1970 of a moment in 1900 .. 2100; others make no date."""
    second = int(stamp)
    if not SECONDS[0] <= second <= SECONDS[1]:
        raise ValueError(f"{second} seconds since 1970 lie outside 1900 .. 2100")
    return second


def _finished(stamps: list[Any], meta: dict[str, Any]) -> np.ndarray:
    """False for a last row that belongs to a session still trading when the body was made."""
    finished = np.ones(len(stamps), dtype=bool)
    try:
        regular = meta["currentTradingPeriod"]["regular"]
        if stamps and stamps[-1] >= regular["start"] and meta["regularMarketTime"] < regular["end"]:
            finished[-1] = False
    except (KeyError, TypeError):
        return finished
    return finished


def _refuse_absurd(frame: pd.DataFrame, *, where: str) -> None:
    close = frame["close"].to_numpy()
    bad = ~((close > 0) & (close < WIDEST_PRICE))
    if bad.any():
        row = frame[bad].iloc[0]
        raise SourceFormatError(
            f"{where}: close {row['close']!r} on {row['session']:%Y-%m-%d}; expected above 0 and below {WIDEST_PRICE:g}"
        )


def _events(events: Any, kind: str, zone: str, *, where: str) -> list[tuple[pd.Timestamp, float]]:
    """(session, split ratio) or (session, amount), by date."""
    found = []
    try:
        for event in (events.get(kind) or {}).values():
            second = _second(event["date"])
            moment = pd.Timestamp(second, unit="s", tz="UTC").tz_convert(zone).tz_localize(None).normalize()
            if kind == "splits":
                value = float(event["numerator"]) / float(event["denominator"])
            else:
                value = float(event["amount"])
            if not (np.isfinite(value) and value > 0):
                raise SourceFormatError(f"{where}: {kind} of {value!r} on {moment:%Y-%m-%d}")
            found.append((moment, value))
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError, OverflowError) as error:
        raise SourceFormatError(f"{where}: {kind} cannot be read ({type(error).__name__}: {error})") from error
    return sorted(found)


def _unadjusted(
    frame: pd.DataFrame,
    adjusted: np.ndarray,
    splits: list[tuple[pd.Timestamp, float]],
    paid: list[tuple[pd.Timestamp, float]],
) -> tuple[pd.DataFrame, int, int]:
    """Undo splits in prices and volume; total return = (close + paid) / previous close − 1, in split-adjusted units."""
    sessions = frame["session"].to_numpy()
    factor = np.ones(len(frame))
    for day, ratio in splits:
        factor[sessions < np.datetime64(day)] *= ratio
    distribution = np.zeros(len(frame))
    for day, amount in paid:
        place = int(np.searchsorted(sessions, np.datetime64(day)))
        if place < len(frame):
            distribution[place] += amount
    close = frame["close"].to_numpy()
    total = np.full(len(frame), np.nan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        total[1:] = (close[1:] + distribution[1:]) / close[:-1] - 1.0
        adjusted_return = adjusted[1:] / adjusted[:-1] - 1.0
        disagreements = int((np.abs(adjusted_return - total[1:]) > 0.01).sum())
    absurd = distribution > close
    looks_split = np.zeros(len(frame), dtype=bool)
    if len(frame) > 1:
        looks_split[1:] = _looks_like_split(close[1:] / close[:-1])
    total[absurd | looks_split] = np.nan
    rows = pd.DataFrame({"session": sessions})
    for name in ("open", "high", "low", "close"):
        prices = frame[name].to_numpy() * factor
        rows[name] = np.round(np.where(prices > 0, prices, np.nan), DECIMALS)
    volume = frame["volume"].to_numpy() / factor
    rows["volume"] = np.where(volume >= 0, np.round(volume), np.nan)
    rows["total_return"] = np.round(total, 9)
    return rows, int(looks_split.sum()), disagreements


def _looks_like_split(ratio: np.ndarray) -> np.ndarray:
    """True where a price jumped by a usual split ratio of at least 2, up (reverse split) or down, within 2 %."""
    size = np.maximum(ratio, 1.0 / ratio)
    nearest = SPLIT_RATIOS[np.abs(size[:, None] - SPLIT_RATIOS[None, :]).argmin(axis=1)]
    split: np.ndarray = (size > 1.9) & (np.abs(size / nearest - 1.0) < SPLIT_TOLERANCE)
    return split


def join_windows(charts: Iterable[Chart]) -> pd.DataFrame:
    """Rows of one symbol from its windows, oldest body first; a later body adds only later sessions."""
    joined: pd.DataFrame | None = None
    for chart in charts:
        if joined is None or joined.empty:
            joined = chart.rows
            continue
        new = chart.rows["session"] > joined["session"].iloc[-1]
        rows = chart.rows[new]
        if len(rows) and not (chart.rows["session"] == joined["session"].iloc[-1]).any():
            # without the shared row the first new return would start at a row this asset does not have
            rows = rows.assign(total_return=rows["total_return"].where(rows.index != rows.index[0]))
        joined = pd.concat([joined, rows], ignore_index=True)
    return pd.DataFrame() if joined is None else joined
