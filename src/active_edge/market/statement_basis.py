"""What the lines of an income statement tell of each other's basis: a fourth quarter that only some of them could have.

Year and nine months of one line may agree while its neighbours show that they are of two bases: costs are more than
all of what the fourth quarter sold, or net income is that of what goes on in the year and of everything in the months.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numba import njit

from active_edge.market.basis import (
    FOREVER,
    MOST_ENTRIES,
    OTHER_INCOME,
    SHARE,
    Doubts,
    confirmed,
    find_doubts,
    touched_from,
    year_to_date,
)
from active_edge.market.periods import MATERIAL, Rows, Table, empty_table, find, insert, quarters_back
from active_edge.schema import NEVER_NEGATIVE

WITNESSES = ("revenue", "cost_of_revenue", "operating_income", "pretax_income")
"""Lines whose year, where it does not fit its months, makes those of the same filing doubtful."""
TIMES, APART = 2.0, 0.3
"""Costs of a fourth quarter beyond twice (or under half) their share in any quarter and 30 points off it: a share that
no season makes, unless it was so a year before."""
NOTABLE = 0.05
"""Part of net income, above which what nine months earned beside income before tax less tax is more than rounding."""


def find_statement_doubts(rows_of: Callable[[str], Rows]) -> dict[str, Doubts]:
    """Doubts by line: those its own rows show, and under ``cost_of_revenue`` and ``net_income`` those of the lines.

    Of net income only a change of basis that its own filings show, and what tells another income.
    """
    found = {item: find_doubts(rows_of(item), item in NEVER_NEGATIVE) for item in (*WITNESSES, "net_income")}
    revenue, costs, net = rows_of("revenue"), rows_of("cost_of_revenue"), rows_of("net_income")
    shares = _find_joint(revenue, costs, costs, SHARE)
    other = _find_joint(net, rows_of("pretax_income"), rows_of("income_tax"), OTHER_INCOME)
    return found | {"cost share": shares, "other income": other}


def doubts_of(item: str, found: dict[str, Doubts]) -> Doubts:
    """The doubts that a fourth quarter of an item rests under, of those `find_statement_doubts` gives."""
    if item == "revenue":
        return found["cost share"]
    own = ("other income",) if item == "net_income" else ()
    return merged([found[name] for name in (*WITNESSES, "cost share", *own)])


def merged(parts: Sequence[Doubts]) -> Doubts:
    """All of several lists of doubts as one, by asset and `known`."""
    assets = np.concatenate([np.repeat(np.arange(len(one.starts) - 1), np.diff(one.starts)) for one in parts])
    known, end, span, reason, year, months = (
        np.concatenate(column) for column in zip(*(one[1:] for one in parts), strict=True)
    )
    order = np.lexsort((span, end, known, assets))
    starts = np.searchsorted(assets[order], np.arange(len(parts[0].starts))).astype(np.int64)
    return Doubts(starts, known[order], end[order], span[order], reason[order], year[order], months[order])


@njit(cache=True)
def _nine_months(table: Table, count: int, year: int) -> float:
    scratch = np.empty(MOST_ENTRIES, dtype=np.int64)
    months: float = year_to_date(table, count, (quarters_back(table.end[year], 1), 9), scratch, 0)[0]
    return months


@njit(cache=True)
def _last_share(sold: Table, n: int, paid: Table, m: int, end: int) -> float:
    """Return costs over revenue of the fourth quarter of the year to a day; NaN where either is not told."""
    year, other = find(sold, n, end, 12), find(paid, m, end, 12)
    if year < 0 or other < 0:
        return np.nan
    revenue = sold.value[year] - _nine_months(sold, n, year)
    costs = paid.value[other] - _nine_months(paid, m, other)
    return costs / revenue if revenue > 0 and costs >= 0 else np.nan


@njit(cache=True)
def _share_contradicts(sold: Table, n: int, paid: Table, m: int, year: int) -> bool:
    """Return True where costs are another share of the fourth quarter's revenue than of any quarter before it."""
    end = sold.end[year]
    share, other = _last_share(sold, n, paid, m, end), find(paid, m, end, 12)
    if np.isnan(share) or (confirmed(sold, n, year) and confirmed(paid, m, other)):
        return False
    low = high = _nine_months(paid, m, other) / _nine_months(sold, n, year)
    for quarter in range(1, 4):
        day = quarters_back(end, quarter)
        revenue, costs = find(sold, n, day, 3), find(paid, m, day, 3)
        if revenue >= 0 and costs >= 0 and sold.value[revenue] > 0:
            one = paid.value[costs] / sold.value[revenue]
            low, high = min(low, one), max(high, one)
    if not (share > max(high * TIMES, high + APART) or share < min(low / TIMES, low - APART)):
        return False
    before = _last_share(sold, n, paid, m, quarters_back(end, 4))
    return not abs(before - share) <= APART


@njit(cache=True)
def _income_differs(net: Table, n: int, gross: Table, m: int, tax: Table, k: int, year: int) -> bool:
    """Return True where net income is that before tax less tax in the year, and something else in nine months of it."""
    before, paid = find(gross, m, net.end[year], 12), find(tax, k, net.end[year], 12)
    if before < 0 or paid < 0 or confirmed(net, n, year):
        return False
    months = _nine_months(net, n, year)
    beside = months - (_nine_months(gross, m, before) - _nine_months(tax, k, paid))
    rest = net.value[year] - (gross.value[before] - tax.value[paid])
    whole = abs(net.value[year])
    return bool(abs(rest) <= MATERIAL * whole and abs(beside) > NOTABLE * max(abs(months), whole))


@njit(cache=True)
def _filled(rows: Rows, row: int, stop: int, now: int, table: Table, count: int) -> tuple[int, int, int]:
    """Put the rows known by a session into the table; return the next row, the new count, the oldest period told."""
    oldest = FOREVER
    while row < stop and rows.known[row] <= now:
        count = insert(table, count, rows, row, False)
        oldest = min(oldest, rows.end[row])
        row += 1
    return row, count, oldest


@njit(cache=True)
def _next(rows: Rows, row: int, stop: int) -> int:
    return rows.known[row] if row < stop else np.iinfo(np.int64).max


@njit(cache=True)
def _find_joint(a: Rows, b: Rows, c: Rows, reason: int) -> Doubts:
    """Return the years of `a` that `b` and `c` contradict by the rule of a reason, from when that was known."""
    n_assets = len(a.starts) - 1
    starts, size = np.zeros(n_assets + 1, dtype=np.int64), int((a.months == 12).sum())
    known, end = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    year, months, found = np.empty(size), np.empty(size), 0
    for asset in range(n_assets):
        i, j, k = a.starts[asset], b.starts[asset], c.starts[asset]
        last_a, last_b, last_c = a.starts[asset + 1], b.starts[asset + 1], c.starts[asset + 1]
        first, second, third = empty_table(last_a - i), empty_table(last_b - j), empty_table(last_c - k)
        n, m, o = 0, 0, 0
        while i < last_a or j < last_b or k < last_c:
            now = min(_next(a, i, last_a), _next(b, j, last_b), _next(c, k, last_c))
            i, n, one = _filled(a, i, last_a, now, first, n)
            j, m, two = _filled(b, j, last_b, now, second, m)
            k, o, three = _filled(c, k, last_c, now, third, o)
            for entry in range(touched_from(first, n, min(one, two, three)), n):
                if first.months[entry] != 12 or first.end[entry] in end[starts[asset] : found]:
                    continue
                if reason == SHARE:
                    wrong = _share_contradicts(first, n, second, m, entry)
                else:
                    wrong = _income_differs(first, n, second, m, third, o, entry)
                if wrong:
                    known[found], end[found] = now, first.end[entry]
                    year[found], months[found] = first.value[entry], _nine_months(first, n, entry)
                    found += 1
        starts[asset + 1] = found
    spans, reasons = np.full(found, 12, dtype=np.int64), np.full(found, reason, dtype=np.int64)
    return Doubts(starts, known[:found], end[:found], spans, reasons, year[:found], months[:found])
