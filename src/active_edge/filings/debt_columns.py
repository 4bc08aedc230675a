"""Which column of a debt table holds the balances of the current year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from active_edge.filings.pages import Amount, Row, Table

YEAR = re.compile(r"\b(19[89]\d|20\d\d)\b")
ONLY_YEARS = re.compile(r"(19|20)\d\d([-–—/ ]+(19|20)?\d\d)?")
NOT_A_BALANCE = re.compile(
    r"commitment|capacity|facility (size|amount)|maximum|availab|borrowing (base|limit)|original|authori[sz]ed|limit\b|"
    r"undrawn|unused|letters? of credit|line amount|\brates?\b|maturit|discount|premium|issuance|costs?\b|fair value|"
    r"current (portion|maturit)|due within|payments?\b|spread|margin|per (share|month)|collateral|change",
    re.I,
)
BALANCE = re.compile(r"outstanding|balance|carrying|total debt|drawn|borrow(ed|ings)|^total\b|\btotal$", re.I)
THEREAFTER = re.compile(r"\b(thereafter|beyond|later years|after)\b", re.I)
TOTAL = re.compile(r"\btotal\b", re.I)
MOST_COLUMNS = 12
WIDEST_HEADING = 30
HEADING_ROWS = 8


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers: the columns [start, end) of the table it covers, the words over it, the year they name."""

    start: int
    end: int
    heading: str
    year: int | None

    def amount(self, amounts: Sequence[Amount]) -> Amount | None:
        """The first of a row's numbers that stands in this column."""
        return next((a for a in amounts if a.start < self.end and self.start < a.end), None)


def balances(row: Row) -> tuple[Amount, ...]:
    """Numbers of a row that may be balances: no percentages, no years of maturity, no asterisks."""
    kept = Row(tuple(c for c in row.cells if not ONLY_YEARS.fullmatch(c.text)))
    return tuple(a for a in kept.amounts if not a.percent and a.mark != "star")


def balance_columns(table: Table, amounts: Sequence[Sequence[Amount]]) -> list[Column]:
    """Columns that may hold the balances of the latest year, the likeliest first; [] where none may.

    Of columns by the year a debt falls due it is the one of their total.

    amounts : `balances` of each row. A column headed by a commitment, a rate, a discount or a fair value holds none.
    """
    first = next((i for i, (row, found) in enumerate(zip(table.rows, amounts, strict=True)) if found and row.label), 0)
    columns = [_headed(table, span, first) for span in _spans(amounts)]
    columns = [column for column in columns if not NOT_A_BALANCE.search(column.heading)] or columns
    years = [column.year for column in columns if column.year is not None]
    if is_ladder(columns):
        return [column for column in columns if TOTAL.search(column.heading)]
    if years:
        columns = [column for column in columns if column.year == max(years)]
    return sorted(columns, key=lambda column: (not BALANCE.search(column.heading), column.start))[:MOST_COLUMNS]


def is_ladder(columns: Sequence[Column]) -> bool:
    """Whether columns hold what falls due in each of the coming years: several years, then "thereafter" or a total."""
    years = [column.year for column in columns if column.year is not None]
    rising = len(set(years)) >= 3 and years == sorted(years)
    thereafter = any(THEREAFTER.search(column.heading) for column in columns)
    total = any(TOTAL.search(column.heading) for column in columns)
    return rising and (thereafter or (total and len(set(years)) >= 4))


def _spans(amounts: Sequence[Sequence[Amount]]) -> Iterator[tuple[int, int]]:
    """Overlapping places of numbers, put together."""
    start = end = -1
    for left, right in sorted({(a.start, a.end) for row in amounts for a in row}):
        if left < end:
            end = max(end, right)
            continue
        if end > 0:
            yield start, end
        start, end = left, right
    if end > 0:
        yield start, end


def _headed(table: Table, span: tuple[int, int], first: int) -> Column:
    start, end = span
    over = [
        cell.text
        for row in table.rows[max(0, first - HEADING_ROWS) : first]
        for cell in row.cells
        if cell.start < end and start < cell.end and cell.end - cell.start < WIDEST_HEADING
    ]
    heading = " ".join(over)
    years = [int(year) for year in YEAR.findall(heading)]
    return Column(start, end, heading, max(years) if years else None)
