"""Rows of a debt table that are no debts of their own: sums of others, and what stands below the total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from active_edge.filings.debt import Instrument

MOST_PARTS = 12
ROUNDING = 0.0006
DATED = re.compile(r"^(19|20)\d\d (\w+ ){0,3}notes\b|\bnotes,? due\b", re.I)
"""Labels of one issue of notes, which is no sum of the rows above it that happen to come to as much."""


def after_the_total(rows: Sequence[Instrument], totals: Sequence[tuple[int, float, bool]]) -> list[Instrument]:
    """Rows up to the last total; those below it only where no total above them is one of all the debt.

    totals : for each the number of rows above it, its amount, and whether it is called the total of all debt.
    """
    last = 0
    sums = [0.0, *accumulate(one.amount for one in rows)]
    for count, amount, whole in totals:
        above, part = sums[count], sums[count] - sums[last]
        if whole and (abs(above - amount) <= 0.02 * amount or (last and _near(amount, part))):
            last = count
    return list(rows[:last]) if last else list(rows)


def without_sums(rows: Sequence[Instrument]) -> list[Instrument]:
    """Rows without those that are the sum of the two or more that follow or precede them, and tell no rate."""
    kept: list[Instrument] = []
    skipped = {
        i for i, one in enumerate(rows) if not ((one.told and one.rate) or DATED.search(one.label)) and _sums(rows, i)
    }
    for i, one in enumerate(rows):
        if i not in skipped:
            kept.append(one)
    return kept if len(kept) >= 2 else list(rows)


def _sums(rows: Sequence[Instrument], position: int) -> bool:
    amount = rows[position].amount
    for step in (1, -1):
        running = 0.0
        for count in range(1, MOST_PARTS + 1):
            other = position + step * count
            if not 0 <= other < len(rows) or running > 1.01 * amount:
                break
            running += rows[other].amount
            if count >= 2 and _near(amount, running):
                return True
    return False


def _near(amount: float, other: float) -> bool:
    return abs(amount - other) <= ROUNDING * abs(amount)
