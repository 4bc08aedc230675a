"""Small wire bodies made by hand, in the formats the sources use."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

import numpy as np

from active_edge.sessions import sessions_between

from .replay import Answer, Replay

FRED_URL = "https://fred.stlouisfed.org/graph/fredgraph.csv?id={}"
FRENCH_URL = "https://mba.tuck.dartmouth.edu/pages/faculty/ken.french/ftp/{}_CSV.zip"
QUOTES_URL = "https://query1.finance.yahoo.com/v7/finance/quote"
CHART_URL = "https://query2.finance.yahoo.com/v8/finance/chart/{}"


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", "."), (2024, 1, 1, 0, 0, 0)), body)
    return file.getvalue()


def stamp(day: str, hour: float = 14.5) -> int:
    return int(dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC).timestamp() + hour * 3600)


def chart(
    symbol: str,
    days: Sequence[str],
    closes: Sequence[float | None],
    *,
    dividends: dict[str, float] | None = None,
    splits: dict[str, tuple[float, float]] | None = None,
    instrument: str = "EQUITY",
    volume: int = 1000,
    **more: object,
) -> bytes:
    """A chart body: `closes` as Yahoo sends them, adjusted for the splits given."""
    events: dict[str, dict[str, dict[str, float]]] = {}
    for day, amount in (dividends or {}).items():
        events.setdefault("dividends", {})[str(stamp(day))] = {"amount": amount, "date": stamp(day)}
    for day, (numerator, denominator) in (splits or {}).items():
        event = {"date": stamp(day), "numerator": numerator, "denominator": denominator}
        events.setdefault("splits", {})[str(stamp(day))] = event
    quote = {name: list(closes) for name in ("open", "high", "low", "close")}
    result = {
        "meta": {
            "symbol": symbol,
            "instrumentType": instrument,
            "exchangeTimezoneName": "America/New_York",
            **more,
        },
        "timestamp": [stamp(day) for day in days],
        "events": events,
        "indicators": {
            "quote": [{**quote, "volume": [None if c is None else volume for c in closes]}],
            "adjclose": [{"adjclose": list(closes)}],
        },
    }
    return json.dumps({"chart": {"result": [result], "error": None}}).encode()


NOT_FOUND = json.dumps(
    {"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"}}}
).encode()


def sessions(first: str = "2023-09-01", last: str = "2023-11-10") -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in sessions_between(first, last)]


def walk(seed: int, n: int) -> list[float]:
    steps = np.random.default_rng(seed).normal(0, 0.01, n)
    return [round(float(x), 4) for x in 50 * np.exp(np.cumsum(steps))]


def fred_csv(name: str) -> bytes:
    rows = "".join(f"{day},{5 + i / 100:.2f}\n" for i, day in enumerate(sessions()))
    return f"observation_date,{name}\n2023-08-31,\n{rows}".encode()


FIVE_FACTORS = b"""This file was created by hand.

,Mkt-RF,SMB,HML,RMW,CMA,RF
20231031,    0.62,   -0.30,   -0.10,    0.05,   -0.02,    0.02
20231101,    1.10,   -0.40,   -0.35,   -99.99,    0.18,    0.02

Copyright
"""
MOMENTUM = b"momentum\n\n,Mom\n20231031,   0.10\n20231101,  -0.51\n\nCopyright\n"
PORTFOLIOS = b"""25 portfolios

  Average Value Weighted Returns -- Monthly
,SMALL LoOP,ME1 OP2
202309,   -6.00,    1.25
202310,   -4.50,  -99.99

  Average Equal Weighted Returns -- Monthly
,SMALL LoOP,ME1 OP2
202309,   99.00,   99.00

  Average Value Weighted Returns -- Annual
,SMALL LoOP,ME1 OP2
2022,   -20.00,    3.00
"""


def quotes(told: Mapping[str, tuple[object, object]], **more: object) -> bytes:
    """What Yahoo expects of symbols: earnings a share of this fiscal year and the next; None is left out."""
    names = ("epsCurrentYear", "epsForward")
    results = [
        {"language": "en-US", "quoteType": "EQUITY", "financialCurrency": "USD", "symbol": symbol, **more}
        | {name: value for name, value in zip(names, pair, strict=True) if value is not None}
        for symbol, pair in told.items()
    ]
    return json.dumps({"quoteResponse": {"result": results, "error": None}}).encode()


def serve_estimates(replay: Replay, told: Mapping[str, tuple[object, object]]) -> None:
    """Yahoo's quotes for the symbols asked, of those that are told, behind its cookie and crumb."""

    def answer(key: str) -> Answer:
        asked = parse_qs(key.partition("?")[2])
        if asked.get("crumb") != ["a/crumb"]:
            return Answer(b'{"finance": {"result": null, "error": {"code": "Unauthorized"}}}', status=401)
        known = {symbol: told[symbol] for symbol in asked["symbols"][0].split(",") if symbol in told}
        return Answer(quotes(known), media="application/json")

    replay.routes[QUOTES_URL.removeprefix("https://")] = answer
    replay.serve("https://fc.yahoo.com/", b"", "text/html")
    replay.serve("https://query1.finance.yahoo.com/v1/test/getcrumb", b"a/crumb", "text/plain")


def serve_quick(replay: Replay, etfs: Sequence[str]) -> None:
    """Everything `--quick` asks for."""
    from active_edge.sources.vendors import fred

    for name in fred.DEFAULT_SERIES:
        replay.serve(FRED_URL.format(name), fred_csv(name), "text/csv")
    names = {
        "F-F_Research_Data_5_Factors_2x3_daily": FIVE_FACTORS,
        "F-F_Research_Data_Factors_daily": b"x\n\n,Mkt-RF,SMB,HML,RF\n20231031,  0.62, -0.30, -0.10,  0.02\n\n",
        "F-F_Momentum_Factor_daily": MOMENTUM,
        "25_Portfolios_ME_OP_5x5": PORTFOLIOS,
    }
    for name, body in names.items():
        replay.serve(FRENCH_URL.format(name), zipped(**{f"{name}__csv": body}), "application/zip")
    days = sessions()
    for i, symbol in enumerate(etfs):
        body = chart(symbol, days, walk(i, len(days)), dividends={"2023-09-20": 0.25}, instrument="ETF")
        replay.serve(CHART_URL.format(symbol), body, "application/json")
