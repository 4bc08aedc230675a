"""Amounts in another scale than their key's: 300 for 300 million dollars, 0.0005 as a decimal for 5 basis points.

Zero is never one of them, nor is a number below zero: both say that everything passes, or that nothing is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from active_edge.words import number

MARKET_VALUE, DOLLAR_VOLUME, CAPITAL = "USD", "USD a session", "USD of capital"
LEAST_DOLLARS: Mapping[str, float] = {MARKET_VALUE: 100_000.0, DOLLAR_VOLUME: 1_000.0, CAPITAL: 1_000.0}
"""By the unit: the least amount above zero that can be meant."""
_MEANT: Mapping[str, tuple[tuple[float, float], ...]] = {
    MARKET_VALUE: ((10.0, 1e9), (100_000.0, 1e6)),
    DOLLAR_VOLUME: ((100.0, 1e6), (1_000.0, 1e3)),
    CAPITAL: ((1_000.0, 1e6),),
}
"""By the unit, the scale that is guessed below each size."""


def dollars_in_another_scale(value: float, unit: str) -> str:
    """What is said of a bound too small to be one in dollars; empty where it can be, and for every other unit."""
    least = LEAST_DOLLARS.get(unit, 0.0)
    if not 0 < value < least:
        return ""
    meant = round(value * next(scale for below, scale in _MEANT[unit] if value < below))
    return f"{value:g} {unit}; did you mean {meant:_}? The least above 0 is {number(least, 0)}"


def none_below(least: float) -> dict[str, Any]:
    """The JSON Schema of no number between zero and the least."""
    return {"not": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": least}}


def _decimal_for_bps(value: float, least: float) -> str:
    meant = f"{value * 1e4:g}, which is {value:g} as a decimal"
    return f"{value:g} bp; did you mean {meant}? The least above 0 is {least:g}"


@dataclass(frozen=True)
class InScale:
    """On a type: a number between zero and the least that its unit can mean is refused."""

    unit: str
    least: float

    def check(self, value: Any) -> Any:
        """The value, unless it is a number in another scale."""
        if isinstance(value, int | float) and 0 < value < self.least:
            raise ValueError(dollars_in_another_scale(value, self.unit) or _decimal_for_bps(value, self.least))
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), **none_below(self.least)}


MARKET_DOLLARS, TRADED_DOLLARS, CAPITAL_DOLLARS = (InScale(unit, least) for unit, least in LEAST_DOLLARS.items())
COMMISSION_BPS, SPREAD_BPS = InScale("bp", 0.01), InScale("bp", 0.1)
"""The cheapest commission is some tenths of a basis point, and the narrowest spread of any share about as wide."""
