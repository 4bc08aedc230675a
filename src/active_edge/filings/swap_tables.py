"""Notional of interest rate swaps as a table of a note lists it, where no sentence and no fact states it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from active_edge.filings.debt_columns import balance_columns, balances
from active_edge.filings.pages import Table

NOTIONAL = re.compile(r"\bnotional", re.I)
SWAP_ROW = re.compile(r"^(pay[- ]fixed )?interest rate (swaps?|derivatives?|contracts?)\b", re.I)
NOT_FIXING = re.compile(r"receive|fair value hedge|currency|\bcaps?\b|forward|collar|floor", re.I)
SCALE = re.compile(r"\b(?:in|\$|dollars in) ?\(?(thousand|million)s?\b", re.I)
SCALES = {"thousand": 1e3, "million": 1e6}


def notional_of_tables(tables: Iterable[Table]) -> float:
    """USD of the rows of swaps under the current year's notional, the largest of the tables; 0 where none lists them.

    A table that names no unit, or whose notional stands beside a fair value under headings that do not tell them apart,
    does not count.
    """
    return max((usd for table in tables for usd in _listed(table)), default=0.0)


def _listed(table: Table) -> Iterator[float]:
    about = f"{table.before[-600:]} {table.text[:600]}"
    scale = SCALE.search(about)
    if scale is None or not NOTIONAL.search(about):
        return
    amounts = [balances(row) for row in table.rows]
    columns = balance_columns(table, amounts)
    headed = [column for column in columns if NOTIONAL.search(column.heading)]
    if not headed and re.search(r"fair value|\b(assets?|liabilit\w+)\b", table.text, re.I):
        return
    for column in (headed or columns)[:1]:
        found = [
            amount.value
            for row, numbers in zip(table.rows, amounts, strict=True)
            if SWAP_ROW.search(row.label) and not NOT_FIXING.search(row.label)
            if (amount := column.amount(numbers)) is not None and amount.value > 0
        ]
        yield sum(found) * SCALES[scale.group(1).lower()]
