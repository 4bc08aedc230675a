"""Bounds that no threshold of a factor can mean: 15 for a return of 15 %, 60 for a share of 60 %, 300 for millions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from active_edge.factors.definition import Factor
from active_edge.scales import MARKET_VALUE, dollars_in_another_scale
from active_edge.words import percent


class Range(NamedTuple):
    """Where a threshold can lie: beyond `low` .. `high` it is refused, at `few` .. `many` and beyond it is doubted."""

    low: float
    high: float
    few: float
    many: float


_ANY = float("inf")
_BY_UNIT: tuple[tuple[str, Range], ...] = (
    ("fraction of shares a year", Range(-1.0, 1.0, -0.5, 0.5)),
    ("fraction of pretax income", Range(-5.0, 5.0, -1.0, 1.0)),
    ("fraction of", Range(0.0, 1.0, -_ANY, 1.0)),
    ("share of", Range(0.0, 1.0, -_ANY, 1.0)),
    ("1 or 0", Range(0.0, 1.0, -_ANY, _ANY)),
    ("points, 0 to 9", Range(0.0, 9.0, -_ANY, _ANY)),
    ("decimal", Range(-3.0, 3.0, -1.0, 1.0)),
    ("ratio", Range(-2.0, 2.0, -1.0, 1.0)),
)
"""Beginnings of a factor's unit, the first that fits, with the range of its thresholds; a plug-in's too."""
_OF_ASSETS = Range(-1.0, 1.0, -0.5, 0.5)
_BY_NAME: Mapping[str, Range] = {
    "accruals": _OF_ASSETS,
    "asset_growth": Range(-1.0, 3.0, -0.9, 1.0),
    "book_to_market": Range(-20.0, 20.0, -5.0, 5.0),
    "cash_based_operating_profitability": _OF_ASSETS,
    "cash_to_assets": Range(0.0, 1.0, -_ANY, 1.0),
    "current_ratio": Range(0.0, 100.0, -_ANY, 20.0),
    "earnings_surprise_to_price": Range(-1.0, 1.0, -0.5, 0.5),
    "earnings_yield": Range(-2.0, 1.0, -1.0, 0.5),
    "gross_margin": Range(-2.0, 1.0, -1.0, 1.0),
    "gross_margin_stability": Range(-2.0, 0.0, -0.5, _ANY),
    "gross_profitability": Range(-1.0, 3.0, -0.5, 1.0),
    "leverage": Range(0.0, 10.0, -_ANY, 3.0),
    "net_debt_issuance": Range(-1.0, 1.0, -0.5, 0.5),
    "net_debt_to_assets": Range(-1.0, 10.0, -1.0, 3.0),
    "net_share_issuance": Range(-1.0, 1.0, -0.5, 0.5),
    "operating_profitability": _OF_ASSETS,
    "quarterly_return_on_assets": Range(-1.0, 1.0, -0.5, 0.25),
    "return_on_assets": _OF_ASSETS,
    "revenue_growth": Range(-1.0, 3.0, -0.9, 1.0),
    "sales_yield": Range(0.0, 50.0, -_ANY, 10.0),
    "volatility": Range(0.0, 3.0, -_ANY, 2.0),
}
"""Factors of which other values are ordinary than of their unit: nothing earns its assets in a year, a margin is at
most 1, a name has several times its price in sales."""

NO_LIMIT = 1e6
"""A threshold of this size or beyond is no percentage: it lets every value pass on purpose."""


def plausible_range(factor: Factor) -> Range | None:
    """Range in which a threshold of the factor can lie; None where any number can be meant."""
    if factor.name in _BY_NAME:
        return _BY_NAME[factor.name]
    return next((allowed for start, allowed in _BY_UNIT if factor.unit.startswith(start)), None)


def implausible(factor: Factor, limits: Mapping[str, float]) -> Iterator[tuple[str, float, str]]:
    """Key, value and a sentence for each limit that percent, or another unit, was taken for the factor's own."""
    for key, value, allowed in _told(factor, limits):
        if said := dollars_in_another_scale(value, factor.unit):
            own = factor.name != "market_value" and factor.unit == MARKET_VALUE
            yield key, value, f"{said}; an amount a share has the unit 'USD a share'" if own else said
        if allowed is None or allowed.low <= value <= allowed.high:
            continue
        remedy = "" if factor.unit.startswith(("1 or", "points")) else f"; write {value / 100:g} for {value:g} %"
        low, high = allowed.low, allowed.high
        yield key, value, f"{value:g} is outside {low:g} .. {high:g}, and {factor.name} is a {factor.unit}{remedy}"


def doubtful(factor: Factor, limits: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Key and a question for each limit that can be meant, and hardly is: 1 for a return on equity of 1 %.

    A bound at the end of the range lets everything pass, and is none of them.
    """
    for key, value, allowed in _told(factor, limits):
        if allowed is None or not allowed.low <= value <= allowed.high:
            continue
        open_end = value == (allowed.low if key == "min" else allowed.high)
        if not open_end and not allowed.few < value < allowed.many:
            yield key, f"{value:g} is {percent(value, 0)}; did you mean {value / 100:g}?"


def _told(factor: Factor, limits: Mapping[str, float]) -> Iterator[tuple[str, float, Range | None]]:
    """The limits given, each with the range they can lie in; none that lets every value pass on purpose."""
    allowed = plausible_range(factor)
    for key in ("min", "max"):
        value = limits.get(key)
        if value is not None and abs(value) < NO_LIMIT:
            yield key, value, allowed
