"""Earnings a share that analysts expect, as Yahoo tells them on the day it is asked: nobody gives their past for free.

About a hundred symbols are asked at once. What an answer says was known on the day it was had, and every answer is
kept, so a market has expectations from its first pull on and none before.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from active_edge.errors import SourceFormatError
from active_edge.market.expected import EXPECTED_ITEMS
from active_edge.printable import shortened
from active_edge.sources.vendors.yahoo import SYMBOL
from active_edge.sources.vendors.yahoo_door import CRUMB
from active_edge.sources.web.request import Request

PREFIX = "estimates/"
URL = "https://query1.finance.yahoo.com/v7/finance/quote"
ITEMS: Mapping[str, str] = dict(zip(EXPECTED_ITEMS, ("epsCurrentYear", "epsForward"), strict=True))
"""Item to Yahoo's name of the mean estimate, USD a share, of the fiscal year under way and of the one after it."""
CURRENCY = "financialCurrency"
TRADED_IN = "currency"
FIELDS = ",".join((CURRENCY, TRADED_IN, *ITEMS.values()))
MOST_ODD = 0.1
"""Of the symbols of an answer; with more it is no answer of this kind."""
GROUPS = 64
"""All symbols are asked in so many groups, each symbol always in the same: who comes or goes moves no other."""
FEWEST_KNOWN = 20
"""Of so many symbols that trade, one at least is known wherever the address is right."""
ANSWER_BYTES = 90
"""Bytes of one symbol's estimates on the wire, packed."""
WIDEST = 1e6
"""A larger expectation a share, in either direction, is a slip."""


@dataclass(frozen=True)
class Expected:
    """One answer: symbol → item → USD a share, for symbols with any.

    `others` are told in another currency; `odd` says what of a symbol is no number, or that it is no symbol.
    """

    of: Mapping[str, Mapping[str, float]]
    others: tuple[str, ...]
    odd: tuple[str, ...]


def requests(symbols: Iterable[str], *, every: bool = True) -> list[Request]:
    """Requests for all symbols in groups, or of a few by themselves; an answer stands for a week."""
    groups: dict[str, list[str]] = defaultdict(list)
    for symbol in sorted(set(symbols)):
        group = f"all/{int(hashlib.sha256(symbol.encode()).hexdigest()[:8], 16) % GROUPS:02d}"
        groups[group if every else f"one/{symbol}"].append(symbol)
    return [_request(f"{PREFIX}{group}", tuple(groups[group])) for group in sorted(groups)]


def _request(key: str, symbols: tuple[str, ...]) -> Request:
    def check(body: bytes) -> None:
        if not _quotes(body, where=key) and len(symbols) >= FEWEST_KNOWN:
            raise SourceFormatError(f"{key}: none of {len(symbols)} symbols that trade is answered")
        told = parse(body, where=key)
        if len(told.odd) > MOST_ODD * len(symbols):
            raise SourceFormatError(
                f"{key}: {len(told.odd)} of {len(symbols)} symbols are odd, the first {told.odd[0]}"
            )

    return Request(
        "yahoo",
        key,
        f"{URL}?symbols={quote(','.join(symbols), safe=',')}&fields={FIELDS}&formatted=false&crumb={CRUMB}",
        "json",
        freshness="weekly",
        max_bytes=8 << 20,
        expected_bytes=500 + ANSWER_BYTES * len(symbols),
        check=check,
    )


def parse(body: bytes, *, where: str) -> Expected:
    """Read one answer; a symbol without an estimate is left out, and so is a zero, which stands for none.

    Raises
    ------
    SourceFormatError
        Not the format of quotes.
    """
    found: dict[str, dict[str, float]] = {}
    others, odd = [], []
    for one in _quotes(body, where=where):
        symbol = str(one.get("symbol")).upper()
        currency = str(one.get(CURRENCY) or one.get(TRADED_IN) or "USD").upper()
        try:
            if not SYMBOL.fullmatch(symbol):
                raise ValueError("is no symbol")
            told = {item: _number(one.get(name), name) for item, name in ITEMS.items()}
        except ValueError as error:
            odd.append(f"{shortened(symbol, 40)}: {error}")
            continue
        expected = {item: value for item, value in told.items() if value is not None}
        if expected and currency != "USD":
            others.append(symbol)
        elif expected:
            found[symbol] = expected
    return Expected(found, tuple(sorted(others)), tuple(sorted(odd)))


def _quotes(body: bytes, *, where: str) -> list[dict[str, Any]]:
    try:
        answer = orjson.loads(body)["quoteResponse"]
        quotes, error = answer["result"], answer.get("error")
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as wrong:
        raise SourceFormatError(f"{where}: not a body of quotes ({type(wrong).__name__}: {wrong})") from wrong
    if error or not isinstance(quotes, list) or not all(isinstance(one, dict) for one in quotes):
        raise SourceFormatError(f"{where}: quoteResponse.result is no list of quotes; it says {error!r}")
    return quotes


def _number(told: Any, what: str) -> float | None:
    """The number itself, or the raw one of a formatted pair; None for none. Raises ValueError where it is no number."""
    value = told.get("raw") if isinstance(told, dict) else told
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise ValueError(f"{what} is {shortened(repr(value), 40)}, no number")
    if value is None or value == 0:
        return None
    if not abs(value) <= WIDEST:
        raise ValueError(f"{what} is {value!r}; expected within {WIDEST:g} USD a share")
    return float(value)
