"""Domestic revenue share from a printed geography table: its rows, its columns, its amounts or its percentages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from active_edge.filings.pages import Amount, Cell, Row, Table
from active_edge.filings.reading import FiledShare

US_LABEL = re.compile(
    r"^(total |north america ?[-–—:] ?)?((with)?in |from |to )?(customers (located )?in )?(the )?"
    r"((net )?(sales|revenues?) (in|to|from|within) (customers in )?(the )?)?"
    r"(united states( of america)?|u\.? ?s\.? ?a?\.?|domestic)"
    r"( ?\((u\.? ?s\.?( only)?|domestic|including puerto rico|country of domicile)\)| and (its territories|puerto rico|"
    r"u\.s\. territories)|,? including puerto rico)?"
    r"( customers?| sales| (net )?revenues?| operations| net sales| markets?| region)?:?$",
    re.I,
)
TOTAL_LABEL = re.compile(
    r"^(consolidated )?(total|totals|net sales|net revenues?|revenues?|sales|worldwide)\b|^consolidated$", re.I
)
FOREIGN_LABEL = re.compile(
    r"international|foreign|canada|europe|asia|mexico|china|japan|america|kingdom|germany|rest of|all other|"
    r"other countr|\bother\b|export|emea|apac|pacific|"
    r"non-?u\.?s|outside|africa|australia|france|brazil|india|korea|taiwan|singapore|israel|ireland|switzerland",
    re.I,
)
REVENUE_WORD = re.compile(r"\b(revenues?|sales)\b", re.I)
NOT_REVENUE = re.compile(
    r"long-?lived|assets|before (provision|income tax)|pre-?tax|property|employees|income \(?loss\)?|benefit plan|"
    r"pension|operating (income|profit)|goodwill|facilities|square f|cost of|receivable|number of|stores|"
    r"capital expend|depreciation|backlog|growth|change",
    re.I,
)
YEAR = re.compile(r"\b(19[89]\d|20\d\d)\b")
WHOLE_PERCENT = 1.0
"""How far percentages that are rounded may be off a hundred."""


@dataclass(frozen=True)
class Split:
    """US and total of one geography table, in the table's own unit."""

    domestic: float
    total: float
    digits: int
    passage: str


def domestic_from_tables(tables: Iterable[Table]) -> FiledShare | None:
    """Share of the United States in the geography table of the largest numbers; None where no table has one."""
    splits = [split for table in tables for split in (_rows_split(table), _columns_split(table)) if split is not None]
    if not splits:
        return None
    best = max(splits, key=lambda split: split.digits)
    details = {"part": best.domestic, "total": best.total}
    return FiledShare(best.domestic / best.total, "geography_table", "low", best.passage, details=details)


def current_amount(table: Table, row: Row, position: int) -> Amount | None:
    """The row's number under the latest year of the header; its first number where the header names no years."""
    return _current(table, [a for a in row.amounts if not a.percent and a.mark != "star"], position)


def _current(table: Table, amounts: Sequence[Amount], position: int) -> Amount | None:
    if not amounts:
        return None
    years: list[tuple[int, int, int]] = []
    for above in table.rows[: min(position, 8)]:
        named = [(int(y[0]), c.start, c.end) for c in above.cells if len(c.text) < 60 and (y := YEAR.findall(c.text))]
        if len(named) >= 2:
            years = named
            break
    if years and years[0][0] < max(y for y, _, _ in years):
        _, start, end = max(years)
        return min(amounts, key=lambda a: max(a.start - end + 1, start - a.end + 1, 0))
    return amounts[0]


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    amount: Amount
    about: str


def _lines(table: Table) -> Iterator[_Line | None]:
    """Rows with a number of the current year, and the words that say what it is of; None where a section begins.

    A table of percentages alone gives those.
    """
    section, subject = "", table.before[-300:]
    percents = not any(not a.percent and not a.mark and not _is_year(a) for row in table.rows for a in row.amounts)
    for position, row in enumerate(table.rows):
        label = re.sub(r"\s*(\(\w{1,3}\)|:)+$", "", row.label).strip()
        amounts = [a for a in row.amounts if a.percent == percents and a.mark != "star"]
        amount = _current(table, amounts, position)
        if amount is None:
            section = label or section
            if label:
                yield None
            continue
        told = REVENUE_WORD.search(section) or NOT_REVENUE.search(section)
        yield _Line(label, amount, section if told else f"{subject} {section}")


def _is_year(amount: Amount) -> bool:
    return "," not in amount.text and 1985 <= amount.value <= 2100 and amount.value == int(amount.value)


def _rows_split(table: Table) -> Split | None:
    home: _Line | None = None
    abroad: list[float] = []
    before: float | None = None
    for line in [*_lines(table), None]:
        if line is None or (home is not None and US_LABEL.match(line.label)):
            if home is not None and abroad and before is not None and _adds_up(home, abroad, before):
                return _split(home, before, "the total above")
            home, abroad = None, []
            if line is None:
                continue
        if US_LABEL.match(line.label) and line.amount.value > 0:
            if REVENUE_WORD.search(line.about) and not NOT_REVENUE.search(line.about):
                home, abroad = line, []
            continue
        whole = TOTAL_LABEL.match(line.label) is not None
        if home is not None and abroad and (whole or (not line.label and _adds_up(home, abroad, line.amount.value))):
            if line.amount.value >= home.amount.value:
                return _split(home, line.amount.value, f"{line.label or 'total'} {line.amount.text}")
            home, abroad = None, []
        elif whole:
            before, home = line.amount.value, None
        elif home is not None and FOREIGN_LABEL.search(line.label):
            abroad.append(line.amount.value)
            if home.amount.percent and abs(home.amount.value + sum(abroad) - 100) <= WHOLE_PERCENT:
                return _split(home, 100.0, "of a hundred per cent")
    return None


def _adds_up(home: _Line, abroad: Sequence[float], total: float) -> bool:
    return total > 0 and abs(home.amount.value + sum(abroad) - total) <= 0.01 * total


def _split(home: _Line, total: float, words: str) -> Split:
    digits = len(re.sub(r"\D", "", home.amount.text)) if not home.amount.percent else 0
    passage = f"{home.about[-80:]}: {home.label} {home.amount.text} / {words}"
    return Split(home.amount.value, total, digits, passage)


def _columns_split(table: Table) -> Split | None:
    """The United States as a column beside others and a total: its first row of revenue, which is the latest year's."""
    for position, row in enumerate(table.rows):
        home = next((c for c in row.cells if US_LABEL.match(c.text)), None)
        total = next((c for c in row.cells if re.match(r"(consolidated|total)s?\b", c.text, re.I)), None)
        if home is None or total is None or row.amounts or not any(FOREIGN_LABEL.search(c.text) for c in row.cells):
            continue
        for below in table.rows[position + 1 :]:
            if not REVENUE_WORD.search(below.label) or NOT_REVENUE.search(below.label):
                continue
            part, whole = _under(below, home), _under(below, total)
            if part is not None and whole is not None and 0 < part.value <= whole.value:
                digits = len(re.sub(r"\D", "", part.text))
                words = f"{below.label}: {home.text} {part.text} / {total.text} {whole.text}"
                return Split(part.value, whole.value, digits, words)
    return None


def _under(row: Row, heading: Cell) -> Amount | None:
    found = [a for a in row.amounts if not a.percent and not a.mark]
    return next((a for a in found if a.start < heading.end and heading.start < a.end), None)
