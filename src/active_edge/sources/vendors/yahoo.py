"""Yahoo's daily chart: unadjusted prices and total returns of names that are alive today.

The raw body of a chart (`yahoo_door` fetches it) is archived and read here. A chart is adjusted for every split up to
the moment it was fetched; a body is only read together with its own split events, and its window always ends at that
moment.

A dead company's symbol answers nothing or, worse, its successor's prices: never the only source of a universe.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import numpy as np
import orjson
import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.market.splits import SPLIT_RATIOS, SPLIT_TOLERANCE
from active_edge.sources.web.request import Request

URL = "https://query2.finance.yahoo.com/v8/finance/chart/{symbol}"
SYMBOL = re.compile(r"\^?[A-Z0-9][A-Z0-9\-=.]{0,14}")
ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")
OVERLAP_DAYS = 14
"""A later window begins this long before the last known session, so that the first new return has its previous row."""
DECIMALS = 4
WIDEST_PRICE, WIDEST_VOLUME = 1e7, 1e13
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
        check=lambda body: _check(symbol, body),
    )


def _check(symbol: str, body: bytes) -> None:
    told = parse(body, where=f"yahoo/{symbol}").symbol
    if told.upper() != symbol:
        raise SourceFormatError(f"yahoo/{symbol}: a chart of {told!r} came")


def chart_bytes(since: dt.date, today: dt.date) -> int:
    """Bytes of a chart on the wire, packed: measured on recorded bodies, 20 a session and 1,000 around them."""
    return 1000 + int(20 * 252 / 365.25 * max(1, (today - since).days))


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
    currency, step = meta.get("currency"), meta.get("dataGranularity")
    if currency not in (None, "", "USD") or step not in (None, "", "1d"):
        raise SourceFormatError(f"{where}: prices in {currency!r} every {step!r}, expected 'USD' every '1d'")
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
    busy = frame["volume"].to_numpy() >= WIDEST_VOLUME
    if busy.any():
        row = frame[busy].iloc[0]
        raise SourceFormatError(f"{where}: {row['volume']:g} shares traded on {row['session']:%Y-%m-%d}")
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
        rounded = np.round(prices, DECIMALS)
        rows[name] = np.where(rounded > 0, rounded, np.where(prices > 0, prices, np.nan))
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
