"""Bounds that no threshold of a factor can mean: 15 for a return of 15 %, 60 for a share of 60 %, 300 for millions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from active_edge.factors.definition import Factor
from active_edge.scales import MARKET_VALUE, dollars_in_another_scale

_BY_UNIT: tuple[tuple[str, float, float], ...] = (
    ("fraction of shares a year", -1.0, 1.0),
    ("fraction of pretax income", -5.0, 5.0),
    ("fraction of", 0.0, 1.0),
    ("share of", 0.0, 1.0),
    ("1 or 0", 0.0, 1.0),
    ("points, 0 to 9", 0.0, 9.0),
    ("decimal", -3.0, 3.0),
    ("ratio", -2.0, 2.0),
)
"""Beginnings of a factor's unit, the first that fits, with the range in which a threshold can lie."""
_BY_NAME: Mapping[str, tuple[float, float]] = {
    "current_ratio": (0.0, 100.0),
    "book_to_market": (-20.0, 20.0),
    "sales_yield": (0.0, 50.0),
    "leverage": (0.0, 10.0),
    "net_share_issuance": (-1.0, 1.0),
    "net_debt_to_assets": (-2.0, 10.0),
}
"""Factors of which larger or smaller values are ordinary than of their unit."""

NO_LIMIT = 1e6
"""A threshold of this size or beyond is no percentage: it lets every value pass on purpose."""


def plausible_range(factor: Factor) -> tuple[float, float] | None:
    """Range in which a threshold of the factor can lie; None where any number can be meant."""
    if factor.name in _BY_NAME:
        return _BY_NAME[factor.name]
    return next(((low, high) for start, low, high in _BY_UNIT if factor.unit.startswith(start)), None)


def implausible(factor: Factor, limits: Mapping[str, float]) -> Iterator[tuple[str, float, str]]:
    """Key, value and a sentence for each limit that percent, or another unit, was taken for the factor's own."""
    allowed = plausible_range(factor)
    for key in ("min", "max"):
        value = limits.get(key)
        if value is not None and (said := dollars_in_another_scale(value, factor.unit)):
            own = factor.name != "market_value" and factor.unit == MARKET_VALUE
            yield key, value, f"{said}; an amount a share has the unit 'USD a share'" if own else said
        if allowed is None or value is None or abs(value) >= NO_LIMIT or allowed[0] <= value <= allowed[1]:
            continue
        percent = "" if factor.unit.startswith(("1 or", "points")) else f"; write {value / 100:g} for {value:g} %"
        low, high = allowed
        yield key, value, f"{value:g} is outside {low:g} .. {high:g}, and {factor.name} is a {factor.unit}{percent}"
