"""Falls that a stock dividend of 5 to 25 % would leave, beside a next count of shares that grew by just as much.

A close that falls by a tenth is a loss far more often than a stock dividend, and a tenth of a company is issued more
often than given away. Only both together are worth a word.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from active_edge.market.split_moves import OF_CLOSES, PriceRows
from active_edge.market.split_witnesses import LATEST_COUNT, Counts
from active_edge.market.splits import is_exact

RATIOS = (21 / 20, 11 / 10, 23 / 20, 6 / 5, 5 / 4)
"""New shares for an old one after a stock dividend of 5, 10, 15, 20 and 25 %."""
GROWN, FELL, COMMON = 0.002, 0.02, 1.08
"""The next count is so many times the last within the first, and the close fell by as much within the second; falls of
less than the third are so common that they must be exact. Of the 2 million rows of a real market, which saw no such
dividend, this names 281."""
EXACTLY_GROWN, DEAREST = 0.0002, 10.0
"""A count that grew by the ratio within the first beside an exact fall from ten dollars and more, for cents show no
ratio of a lower price: what speaks for a stock dividend as loud as for a loss. No row of that market does."""


class Fall(NamedTuple):
    """A fall beside a count grown alike: row among the rows, new shares for an old one, whether closes and count show
    them exactly, and whether a return is told that says no more than the closes."""

    row: int
    ratio: float
    exact: bool
    repeated: bool


def stock_dividend_falls(
    rows: PriceRows, counts_of: Callable[[int], Sequence[Counts]], told: Container[int]
) -> list[Fall]:
    """Return the falls without a return of their own that a count of shares makes look like a stock dividend.

    told : rows that are decided already.
    """
    found: dict[int, Fall] = {}
    for asset in np.unique(rows.asset).tolist():
        for after, until, ratio, grown in _grown(counts_of(asset)):
            for row in _fallen(rows, asset, after, until, ratio):
                close, before = float(rows.close[row]), float(rows.close[row - 1])
                exact = is_exact(before / close, ratio, before, close)
                if row not in told and row not in found and (exact or ratio > COMMON):
                    both = exact and before >= DEAREST and abs(grown / ratio - 1.0) <= EXACTLY_GROWN
                    found[row] = Fall(row, ratio, both, not np.isnan(rows.returns[row]))
    return [found[row] for row in sorted(found)]


def _grown(counts: Sequence[Counts]) -> Iterator[tuple[int, int, float, float]]:
    """Pairs of counts between which shares grew by one of `RATIOS`: days after and until which, ratio and growth."""
    for one in counts:
        sound = one.value > 0
        filed, value = one.filed[sound], one.value[sound]
        days = np.unique(filed)
        for last, next_ in zip(days[:-1].tolist(), days[1:].tolist(), strict=True):
            if next_ - last > LATEST_COUNT:
                continue
            before = value[filed == last][-1]
            for k in np.flatnonzero(filed == next_).tolist():
                for ratio in RATIOS:
                    grown = float(value[k] / before)
                    if abs(grown / ratio - 1.0) <= GROWN:
                        yield last, next_, ratio, grown


def _fallen(rows: PriceRows, asset: int, after: int, until: int, ratio: float) -> list[int]:
    """The rows between two days that fell by a ratio and have no return but that of the closes."""
    first, end = np.searchsorted(rows.asset, [asset, asset + 1]).tolist()
    low = first + int(np.searchsorted(rows.day[first:end], after, side="right"))
    high = first + int(np.searchsorted(rows.day[first:end], until, side="left"))
    at = np.arange(max(low, first + 1), high)
    moved = rows.close[at] / rows.close[at - 1]
    with np.errstate(invalid="ignore"):
        own = np.abs(1.0 + rows.returns[at] - moved) > OF_CLOSES
    found: list[int] = at[(np.abs(1.0 / moved / ratio - 1.0) <= FELL) & ~own].tolist()
    return found
