"""Months of a flow by what a column of periods says in each row: FY, Q1, H1, 9M."""

from __future__ import annotations

import re

from active_edge.market.database import identifier, literal

MONTHS: dict[int, tuple[str, ...]] = {
    3: ("q", "q1", "q2", "q3", "q4", "1q", "2q", "3q", "4q", "quarter", "quarterly", "3m"),
    6: ("h1", "h2", "1h", "2h", "s1", "s2", "halfyear", "halfyearly", "semiannual", "6m"),
    9: ("9m",),
    12: ("fy", "y", "a", "annual", "year", "yearly", "fullyear", "12m", "ttm", "ltm"),
}
UNDERSTOOD = "FY, annual, 12M, TTM (12 months), Q, Q1 to Q4, 3M (3), H1, H2, 6M (6), 9M (9)"
_YEAR = "(19|20)[0-9]{2}"


def months_of(column: str) -> str:
    """SQL of the months a cell says, without case, signs and the year beside them (`Q4 2014`); NULL where unknown."""
    bare = f"regexp_replace(lower({identifier(column)}), {literal(f'[^a-z0-9]|{_YEAR}')}, '', 'g')"
    listed = (f"WHEN {bare} IN ({', '.join(map(literal, words))}) THEN {months}" for months, words in MONTHS.items())
    return f"CASE {' '.join(listed)} END"


def months_said(cell: str) -> int | None:
    """The same of one cell."""
    bare = re.sub(f"[^a-z0-9]|{_YEAR}", "", cell.casefold())
    return next((months for months, words in MONTHS.items() if bare in words), None)
