"""Yahoo charts: prices adjusted for the splits that came later, in single precision, of names that live.

The folder holds neither splits nor dividends; both are what its total returns say: a return that a dividend cannot
explain is a split, what is left over the price is a dividend of hundredths of a cent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pandas as pd

from .world import World

RATIOS = (2.0, 3.0, 0.1)
PAYS_EVERY, PAYOUT = 63, 0.003


@dataclass(frozen=True)
class Actions:
    """Split ratio and dividend (unadjusted USD) of each row; 1 and 0 on most."""

    ratio: np.ndarray
    dividend: np.ndarray


def actions(close: np.ndarray, total_return: np.ndarray) -> Actions:
    """Splits and dividends that make these unadjusted closes earn these returns."""
    ratio, dividend = np.ones(len(close)), np.zeros(len(close))
    grown = close[:-1] * (1.0 + total_return[1:])
    over = grown / close[1:]
    for candidate in RATIOS:
        ratio[1:][np.abs(over / candidate - 1.0) < 1e-6] = candidate
    plain = ratio[1:] == 1.0
    dividend[1:][plain] = np.round(grown - close[1:], 4)[plain]
    dividend[np.abs(dividend) < 5e-5] = 0.0
    return Actions(ratio, dividend)


def stamps(sessions: pd.Series) -> list[int]:
    """Opening bell in New York, seconds since the epoch."""
    bell = (sessions + pd.Timedelta(hours=9, minutes=30)).dt.tz_localize("America/New_York")
    return [int(moment.timestamp()) for moment in bell]


def share_chart(symbol: str, rows: pd.DataFrame, *, now: dt.date) -> bytes:
    """Chart of one share; `rows` of the prices table, by session."""
    close = rows["close"].to_numpy()
    done = actions(close, rows["total_return"].to_numpy())
    later = np.append(np.cumprod(done.ratio[::-1])[::-1][1:], 1.0)
    quote: dict[str, Any] = {name: _single(rows[name].to_numpy() / later) for name in ("open", "high", "low", "close")}
    quote["volume"] = [round(float(v)) for v in rows["volume"].to_numpy() * later]
    moments = stamps(rows["session"])
    splits = {
        str(moments[i]): {"date": moments[i], **_fraction(done.ratio[i])} for i in np.flatnonzero(done.ratio != 1.0)
    }
    dividends = {
        str(moments[i]): {"amount": float(f"{done.dividend[i] / later[i]:.9g}"), "date": moments[i]}
        for i in np.flatnonzero(done.dividend)
    }
    adjusted = _single(_adjusted(rows["total_return"].to_numpy(), quote["close"][-1]))
    events = {name: found for name, found in (("dividends", dividends), ("splits", splits)) if found}
    return _body(symbol, "EQUITY", moments, events, quote, adjusted, now)


def fund_chart(symbol: str, levels: pd.Series, *, now: dt.date) -> bytes:
    """Chart of a fund whose total return is `levels`: it pays out a little four times a year."""
    growth = levels.to_numpy()[1:] / levels.to_numpy()[:-1]
    close, paid = [float(levels.iloc[0])], {}
    moments = stamps(pd.Series(levels.index))
    for i, factor in enumerate(growth, 1):
        whole = close[-1] * factor
        cash = round(PAYOUT * whole, 4) if i % PAYS_EVERY == 0 else 0.0
        close.append(whole - cash)
        if cash:
            paid[str(moments[i])] = {"amount": cash, "date": moments[i]}
    quote: dict[str, Any] = dict.fromkeys(("open", "high", "low", "close"), close)
    quote["volume"] = [1_000_000] * len(close)
    adjusted = (levels * (close[-1] / levels.iloc[-1])).tolist()
    return _body(symbol, "ETF", moments, {"dividends": paid}, quote, adjusted, now)


def _single(values: np.ndarray) -> list[float]:
    """Prices as Yahoo prints them: single precision, shown in double."""
    return values.astype(np.float32).astype(np.float64).tolist()


def _fraction(ratio: float) -> dict[str, float]:
    return {"numerator": ratio, "denominator": 1.0} if ratio >= 1 else {"numerator": 1.0, "denominator": 1.0 / ratio}


def _adjusted(total_return: np.ndarray, last: float) -> np.ndarray:
    growth = np.cumprod(np.append(1.0, 1.0 + total_return[1:]))
    return np.asarray(growth * (last / growth[-1]))


def _body(
    symbol: str,
    instrument: str,
    moments: list[int],
    events: dict[str, Any],
    quote: dict[str, Any],
    adjusted: list[float],
    now: dt.date,
) -> bytes:
    result = {
        "meta": {
            "currency": "USD",
            "symbol": symbol,
            "instrumentType": instrument,
            "exchangeTimezoneName": "America/New_York",
            "regularMarketTime": int(dt.datetime(now.year, now.month, now.day, tzinfo=dt.UTC).timestamp()),
        },
        "timestamp": moments,
        "events": events,
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": adjusted}]},
    }
    return orjson.dumps({"chart": {"result": [result], "error": None}}, option=orjson.OPT_SERIALIZE_NUMPY)


def charts_by_symbol(world: World) -> dict[str, pd.DataFrame]:
    """Price rows of the names that live, by today's ticker."""
    ticker = world.living["ticker"]
    kept = world.prices[world.prices["asset"].isin(ticker.index)]
    return {ticker[asset]: rows.reset_index(drop=True) for asset, rows in kept.groupby("asset", sort=False)}
