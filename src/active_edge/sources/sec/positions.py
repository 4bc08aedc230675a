"""Positions of an N-PORT report: what a fund held on the last day of its quarter, by CUSIP, with shares and value."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from active_edge.errors import SourceFormatError
from active_edge.sources.sec.xml_bodies import local_name, parse_xml

COMMON = "EC"
"""Kind of asset: common stock."""
US_ISIN = re.compile(r"US([0-9A-Z]{9})\d")
NOT_TOLD = frozenset(["", "N/A", "NA", "NONE", "000000000", "XXXX"])


class Position(NamedTuple):
    """A share a fund held: `ticker` where the report tells it, else None; `weight` decimal, `value` USD; `close` is
    value over shares, USD, to the cent."""

    cusip: str
    ticker: str | None
    name: str
    shares: float
    close: float
    value: float
    weight: float


def positions(body: bytes, *, where: str) -> tuple[dt.date, list[Position]]:
    """The day a report describes, and its long positions in common stock counted in shares and valued in dollars.

    Raises
    ------
    SourceFormatError
        Not an N-PORT body, or no date.
    """
    root = parse_xml(body, where=where)
    told = next((str(e.text or "").strip() for e in root.iter("{*}repPdDate")), "")
    try:
        day = dt.date.fromisoformat(told)
    except ValueError as error:
        raise SourceFormatError(f"{where}: repPdDate {told!r} is no date") from error
    return day, [one for element in root.iter("{*}invstOrSec") if (one := _position(element)) is not None]


def _position(element: Any) -> Position | None:
    text: dict[str, str] = {}
    named: dict[str, str] = {}
    for child in _children(element):
        name = local_name(child)
        text[name] = (child.text or "").strip()
        if name == "identifiers":
            named = {local_name(e): str(e.get("value", "")).strip().upper() for e in _children(child)}
    if text.get("assetCat") != COMMON or text.get("units") != "NS" or text.get("payoffProfile", "Long") != "Long":
        return None
    shares, value, weight = (_number(text.get(name, "")) for name in ("balance", "valUSD", "pctVal"))
    if not (shares > 0 and value > 0):
        return None
    isin = US_ISIN.fullmatch(named.get("isin", ""))
    cusip = text.get("cusip", "").upper()
    cusip = isin[1] if cusip in NOT_TOLD and isin is not None else cusip
    ticker = named.get("ticker", "")
    return Position(
        "" if cusip in NOT_TOLD else cusip,
        None if ticker in NOT_TOLD else ticker,
        (text.get("name") or text.get("title", "")).upper(),
        shares,
        round(value / shares, 2),
        value,
        weight / 100.0,
    )


def _children(element: Any) -> Iterator[Any]:
    return (child for child in element if isinstance(child.tag, str))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan
