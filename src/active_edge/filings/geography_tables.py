"""Domestic revenue share from a printed geography table: its rows, its columns, its amounts or its percentages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

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
CLAUSE = re.compile(r"(?<=[a-z\d)][.;:])\s+|(?<=\d)\s+(?=[A-Z])")
ELSEWHERE = re.compile(r"\b(in|see|refer to) (the )?note\b|\b(shown|described|presented|discussed) above\b", re.I)
"""A clause that sends the reader elsewhere is no heading."""
MOVED = re.compile(r"chang|growth|increas|decreas|backlog|receivable|cost of|number of|employees", re.I)
SUBTOTAL = re.compile(r"^(sub-?total|total)\b", re.I)
HOME_WORD = re.compile(r"united states|\bu\.?s\b|domestic", re.I)
ELIMINATED = re.compile(
    r"eliminat|inter-?(segment|company|area|geographic|region)|between (geographic|areas|regions)", re.I
)
NEGLIGIBLE = 0.02
TOTAL_HEADING = re.compile(r"(consolidated |grand )?totals?|(total )?consolidated|total company", re.I)
HEADING = 300
"""Characters before a table that may be its heading."""
SCALES = (1.0, 1e3, 1e6)
FAR = 0.2
WHOLE_PERCENT = 1.0
"""How far percentages that are rounded may be off a hundred."""


@dataclass(frozen=True)
class Split:
    """US and total of one geography table, in the table's own unit."""

    domestic: float
    total: float
    digits: int
    passage: str


def domestic_from_tables(tables: Iterable[Table], revenue: float | None = None) -> FiledShare | None:
    """Share of the United States in the geography table of the largest numbers; None where no table has one.

    revenue : the year's, USD, where it is known. A table whose total is far from it in any unit is of a part.
    """
    splits = [split for table in tables for split in (_rows_split(table), _columns_split(table)) if split is not None]
    near = [(split, _off(split, revenue)) for split in splits]
    near = [(split, off) for split, off in near if off <= FAR]
    if not near:
        return None
    best, _ = max(near, key=lambda pair: (pair[1] <= NEGLIGIBLE, pair[0].digits))
    details = {"part": best.domestic, "total": best.total}
    return FiledShare(best.domestic / best.total, "geography_table", "low", best.passage, details=details)


def _off(split: Split, revenue: float | None) -> float:
    """How far a table's total is from the revenue known, in the unit that fits best; shares alone are of any."""
    if revenue is None or not split.digits:
        return NEGLIGIBLE
    return min(abs(split.total * scale / revenue - 1) for scale in SCALES)


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
    revenue: bool


def _lines(table: Table) -> Iterator[_Line | None]:
    """Rows with a number of the current year, and whether it is of revenue; None where a section begins.

    A table of percentages alone gives those.
    """
    section, subject = "", table.before[-HEADING:]
    headed = _of_revenue(table)
    percents = not any(not a.percent and not a.mark and not _is_year(a) for row in table.rows for a in row.amounts)
    for position, row in enumerate(table.rows):
        label = re.sub(r"\s*(\(\w{1,3}\)|:)+$", "", row.label).strip()
        amounts = [a for a in row.amounts if a.percent == percents and a.mark != "star"]
        amount = _current(table, _in_total(table, amounts, position), position)
        if amount is None:
            section = label or section
            if label:
                yield None
            continue
        over = table.header_over(amount, min(position, 8))
        told = next((words for words in (section, over) if REVENUE_WORD.search(words) or NOT_REVENUE.search(words)), "")
        revenue = bool(REVENUE_WORD.search(told)) and not NOT_REVENUE.search(told) if told else headed
        yield _Line(label, amount, told or f"{subject} {section}", revenue)


def _of_revenue(table: Table) -> bool:
    """Whether the words before a table, the nearest first, say that it is of revenue.

    Of a clause that names something else too, the table is of what is named first, or of what its total is called.
    """
    totals = [row.label for row in table.rows if TOTAL_LABEL.match(row.label) and REVENUE_WORD.search(row.label)]
    others = [row.label for row in table.rows if TOTAL_LABEL.match(row.label) and NOT_REVENUE.search(row.label)]
    if others and not totals:
        return False
    for clause in reversed(CLAUSE.split(table.before[-HEADING:])):
        revenue, other = REVENUE_WORD.search(clause), NOT_REVENUE.search(clause)
        if ELSEWHERE.search(clause) or (revenue is None and other is None):
            continue
        if revenue is None or other is None:
            return revenue is not None
        first = revenue.start() < other.start()
        return first or (bool(totals) and not MOVED.search(clause[: revenue.start()]))
    return False


def _in_total(table: Table, amounts: Sequence[Amount], position: int) -> Sequence[Amount]:
    """Of a row's numbers those under a heading "Total" that stands beside headings other than years; else all."""
    for above in table.rows[: min(position, 8)]:
        totals = [c for c in above.cells if TOTAL_HEADING.fullmatch(c.text)]
        if not totals or not any(c not in totals and not YEAR.search(c.text) for c in above.cells):
            continue
        under = [a for a in amounts if any(a.start < c.end and c.start < a.end for c in totals)]
        if under:
            return under
    return amounts


def _is_year(amount: Amount) -> bool:
    return "," not in amount.text and 1985 <= amount.value <= 2100 and amount.value == int(amount.value)


@dataclass
class _Home:
    """The United States' row and what is seen below it: rows abroad, all rows, what is eliminated between areas."""

    line: _Line
    abroad: list[float] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)
    eliminated: float = 0.0
    best: Split | None = None

    def take(self, line: _Line) -> None:
        value = line.amount.value
        self.rows.append(value)
        if ELIMINATED.search(line.label):
            self.eliminated += abs(value)
        elif FOREIGN_LABEL.search(line.label):
            self.abroad.append(value)

    def total(self, line: _Line) -> bool:
        """Keep the largest total that all rows add up to, or the first; False where the share cannot be known."""
        value = line.amount.value
        all_rows = _adds_up(self.line, self.rows, value)
        if self.eliminated > NEGLIGIBLE * value and (self.best is None or all_rows):
            return False
        if self.best is None or (all_rows and value > self.best.total):
            self.best = _split(self.line, value, f"{line.label or 'total'} {line.amount.text}")
        return True

    def told(self, before: float | None) -> Split | None:
        """The split by the best total, or by one that stands above, where the rows abroad reach it."""
        if self.best is None and self.abroad and before is not None and _adds_up(self.line, self.abroad, before):
            return _split(self.line, before, "the total above")
        return self.best

    def is_whole(self) -> bool:
        """Whether percentages reach a hundred."""
        amount = self.line.amount
        return amount.percent and abs(amount.value + sum(self.abroad) - 100) <= WHOLE_PERCENT


def _rows_split(table: Table) -> Split | None:
    home: _Home | None = None
    before: float | None = None
    for line in [*_lines(table), None]:
        if line is None or (home is not None and US_LABEL.match(line.label)):
            told = home.told(before) if home is not None else None
            if told is not None:
                return told
            home = None
            if line is None:
                continue
        if US_LABEL.match(line.label) and line.amount.value > 0:
            home = _Home(line) if line.revenue else home
            continue
        whole = TOTAL_LABEL.match(line.label) is not None
        if home is None:
            before = line.amount.value if whole else before
        elif home.abroad and (whole or (not line.label and _adds_up(home.line, home.abroad, line.amount.value))):
            if _is_subtotal(line.label):
                continue
            if (line.amount.value < home.line.amount.value and home.best is None) or not home.total(line):
                home = None
        elif whole:
            before, home = line.amount.value, None
        else:
            home.take(line)
            if home.is_whole():
                return _split(home.line, 100.0, "of a hundred per cent")
    return None


def _is_subtotal(label: str) -> bool:
    return bool(SUBTOTAL.match(label) and FOREIGN_LABEL.search(label)) and not HOME_WORD.search(label)


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
