"""Debt tables of a note or a page, read row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from active_edge.filings.debt import Debt, Instrument, distinct
from active_edge.filings.debt_columns import BALANCE, balance_columns, balances
from active_edge.filings.debt_kinds import contrasted, is_coupon_of, told_rate, usual_rate
from active_edge.filings.debt_sums import DATED, after_the_total, without_sums
from active_edge.filings.geography_tables import current_amount
from active_edge.filings.pages import Amount, Row, Table
from active_edge.filings.rates import TODAYS

INSTRUMENT = re.compile(
    r"\bnotes?\b|loans?\b|debentures?|\bbonds?\b|facilit|revolv|lines? of credit|credit (agreement|line)|"
    r"mortgage|borrowings?|"
    r"commercial paper|financings?|securitization|indebtedness|\bdebt\b|equipment obligations|capital securities|"
    r"trust preferred|lease obligations|capital(ized)? leases|finance leases|\bABL\b|tranche|\bIRBs?\b|overdraft",
    re.I,
)
FRAME = re.compile(
    r"^(sub-?)?totals?\b|^(less|plus|add|unamortized|unaccreted|deferred|discounts?|debt (discount|issuance)|"
    r"original issue|"
    r"current (portion|maturities|installments)|fair value|accrued interest|issuance costs?|interest rate swap)\b",
    re.I,
)
ADJUSTMENT = re.compile(
    r"^(net|premium|non-?current|notes? original discount|carrying)\b|net of current|,? net( of)?( \w+)?$|"
    r",? (non-?)?current$|, long[- ]?term$|current,? net|long[- ]?term,? net|less current|amounts? due within|"
    r"due (within|after) one year|discount on |(debt|loan) (issuance|issue|financing) costs|unamortized|"
    r"fair value (adjust|hedg)|hedge accounting",
    re.I,
)
SUM_LIKE = re.compile(
    r"^(long|short)[- ]term (debt|portion|borrowings|obligations|notes)|^debt\b|^notes payable$", re.I
)
WHOLE = re.compile(
    r"^(grand |sub-?)?totals?:?( (long[- ]term|outstanding|consolidated|gross|principal|company|amount|carrying|notes|"
    r"loans|funded|and|short[- ]term|net|of|value|lease|leases|finance|capital|bank|other))*( (debt|borrowings?|"
    r"indebtedness|payable|obligations?|loans?|notes|financing|facilities))?\b(?! due)",
    re.I,
)
NET_OF = re.compile(
    r"(?<=\w),? \(?(net of|less|excluding|including|before|plus|after)( the)?( related)?( (remaining|any))?"
    r"( un(amortized|accreted))?( original issue| debt| loan| deferred| financing)* "
    r"(discounts?|premiums?|issuance|issue|financing|(loan |debt )?origination|costs?|fees?)\b.*$",
    re.I | re.S,
)
"""What a debt's row says of its discount and costs, which make no discount of it."""
SHORT_ALONE = re.compile(r"(?!.*\b(long|non-?current)\b).*\b(short[- ]term|current)\b.*", re.I | re.S)
"""A total of what is due soon: long-term debt may stand below it, under a total of another name."""
OTHER_SUBJECT = re.compile(
    r"available[- ]for[- ]sale|(?<!un)amortized cost|unrealized|^thereafter\b|total (assets|liabilities|stockholders|"
    r"shareholders)|"
    r"interest expense|less than 1 year|payments due by|due by period|proceeds from|repayments? of|"
    r"contractual obligation|"
    r"allowance|loans receivable|nonaccrual|impaired|level [123]\b|beginning (of|balance)|balance at|"
    r"weighted[- ]average shares|total revenues?|net income|deposits|past due|"
    r"originat(?!ion (fee|cost))|commitment fee",
    re.I | re.M,
)
COUPON_HEADING = re.compile(r"\bfixed\b|coupon", re.I)
YEARLY = re.compile(r"^(fiscal |year ending )?(19|20)\d\d( \(\w+\))?:?$", re.I)
MOVEMENT = re.compile(
    r"^(issued|issuance|repayments?|conversions?|amortization|payments?|additions?|accretion|proceeds)\b", re.I
)
MEMO = re.compile(
    r"^(unused|undrawn|available|availability|remaining|letters? of credit|maximum|weighted|average|interest rate|"
    r"borrowing (base|capacity)|commitments?|facility size|amount available|less letters)",
    re.I,
)


def debt_of_tables(tables: Iterable[Table], source: str, total: float | None = None) -> Debt | None:
    """The debt listed by the tables of a filing; None where none of them lists debt.

    A table that alone covers `total` (USD; the table's own unit is found by trying 1, thousands, millions) is taken;
    otherwise the different tables together while they come nearer to the total than the fullest one, which else is it.
    """
    found: dict[tuple[Instrument, ...], Debt] = {}
    before: Debt | None = None
    for table in tables:
        debt = _debt(table, source)
        if debt is not None:
            whole = _continued(before, debt)
            if whole is not None and before is not None:
                found.pop(before.instruments, None)
                debt = whole
            found.setdefault(debt.instruments, debt)
            before = debt
    if not found:
        return None
    debts = sorted(found.values(), key=_fullness, reverse=True)
    if total is None:
        return debts[0]
    for debt in debts:
        unit = unit_of(debt, total)
        if unit is not None and 0.9 <= debt.whole * unit / total <= 1.15:
            return replace(debt, total=max(total / unit, debt.total or 0.0))
    if debts[0].total is not None and debts[0].reconciled and unit_of(debts[0], total) is None:
        return debts[0]
    together = distinct(one for debt in debts for one in debt.instruments)
    joined = Debt(together, source, None, all(debt.reconciled for debt in debts))
    unit = unit_of(joined, total)
    if unit is None or joined.whole * unit > 1.1 * total:
        joined, unit = debts[0], unit_of(debts[0], total)
    return Debt(joined.instruments, source, total / unit if unit else joined.total, joined.reconciled)


def _continued(first: Debt | None, second: Debt) -> Debt | None:
    """Both as one where the second's total is the sum of both: a table broken over a page."""
    if first is None or first.total is not None or second.total is None or second.reconciled:
        return None
    both = (*first.instruments, *second.instruments)
    near = abs(sum(one.amount for one in both) - second.total) <= 0.02 * second.total
    return Debt(both, second.source, second.total) if near else None


def unit_of(debt: Debt, total_usd: float) -> float | None:
    """USD per unit of the debt's amounts: the one of 1, thousand, million that brings it to 3-160 % of the total."""
    listed = debt.listed
    for unit in (1e6, 1e3, 1.0):
        if listed > 0 and 0.03 <= listed * unit / total_usd <= 1.6:
            return unit
    return None


def _fullness(debt: Debt) -> tuple[int, bool, float]:
    told = sum(one.rate is not None and one.told for one in debt.instruments)
    return told + sum(one.rate is not None for one in debt.instruments), debt.reconciled, debt.known


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: its label without note marks, the words beside it, its numbers, where it begins."""

    label: str
    beside: str
    amounts: tuple[Amount, ...]
    indent: int


def _debt(table: Table, source: str) -> Debt | None:
    text = table.text
    if OTHER_SUBJECT.search(text) or not INSTRUMENT.search(text):
        return None
    if sum(bool(MOVEMENT.match(row.label) or YEARLY.match(row.label)) for row in table.rows) >= 2:
        return None
    amounts = [balances(row) for row in table.rows]
    lines = [_line(table, row, position, amounts[position]) for position, row in enumerate(table.rows)]
    choices: list[tuple[tuple[bool, ...], Debt]] = []
    columns = balance_columns(table, amounts)
    for column in columns:
        chosen = [column.amount(found) for found in amounts]
        debt = _listed(lines, [None if one is None else one.value for one in chosen], source)
        if debt is not None:
            better = (debt.total is not None and debt.reconciled, bool(BALANCE.search(column.heading)))
            choices.append((better, debt))
    if not columns:
        return None
    if not choices:
        current = [current_amount(table, Row(row.cells), i) if amounts[i] else None for i, row in enumerate(table.rows)]
        return _listed(lines, [None if one is None else one.value for one in current], source)
    return max(choices, key=lambda choice: choice[0])[1]


def _line(table: Table, row: Row, position: int, amounts: tuple[Amount, ...]) -> _Line:
    label = re.sub(r"(\s*\(\w{1,3}\))+$", "", row.label).strip()
    beside = _beside(table, row, position) if amounts else ""
    return _Line(label, beside, amounts, row.cells[0].start if row.cells else 0)


def _listed(lines: Sequence[_Line], amounts: Sequence[float | None], source: str) -> Debt | None:
    """The debt of one column of balances; None where fewer than half of the rows are debts."""
    rows: list[Instrument] = []
    totals: list[tuple[int, float, bool]] = []
    section, pending, pending_indent, adjustments = "", "", 0, 0.0
    for line, amount in zip(lines, amounts, strict=True):
        label = line.label
        if not line.amounts:
            if _runs_on(label, line, rows, lines):
                rows[-1] = _instrument(f"{rows[-1].label} {label}", rows[-1].amount, section)
            elif label and not re.search(r"\b(19|20)\d\d\b", label[:30]):
                joined = pending and (label[:1].islower() or line.indent > pending_indent)
                pending, pending_indent = (f"{pending} {label}" if joined else label), line.indent
                section = pending
            continue
        if pending and (label[:1].islower() or label[:1] in ("", "$") or _wraps(pending, line, pending_indent)):
            label, section = f"{pending} {label}".strip(), ""
        pending = ""
        if amount is None:
            continue
        words = f"{label} {line.beside}".strip()
        told = told_rate(words)
        if not label or FRAME.search(label) or (told is None and _frames(label, amount, rows, adjustments)):
            if amount > 0 and (not label or re.match(r"(sub-?)?total", label, re.I)):
                whole = not label or bool(WHOLE.match(label) and not SHORT_ALONE.fullmatch(label))
                totals.append((len(rows), amount, whole))
                section = ""
            elif amount < 0 or re.search(r"discount|issuance|premium|fair value|costs", label, re.I):
                adjustments += amount
            continue
        if amount > 0 and not MEMO.match(label):
            rows.append(_instrument(words, amount, section))
    kept = contrasted(without_sums(after_the_total(rows, totals)))
    return _checked(kept, adjustments, max((amount for _, amount, _ in totals), default=None), source)


def _runs_on(label: str, line: _Line, rows: Sequence[Instrument], lines: Sequence[_Line]) -> bool:
    """Whether a row without numbers is the rest of the label above it."""
    return bool(rows) and label[:1].islower() and not label.endswith(":") and line is not lines[0]


def _wraps(pending: str, line: _Line, indent: int) -> bool:
    """Whether the label above, which has no number, runs on in this one: a typed line set further in."""
    return line.indent > indent and not pending.endswith((":", "."))


def _frames(label: str, amount: float, rows: Sequence[Instrument], adjustments: float) -> bool:
    """Whether a row without a rate is a sum, a discount or a part rather than a debt.

    One debt and another of the same size are two debts; a sum has two rows above it, or is called one.
    """
    label = NET_OF.sub("", label)
    if ADJUSTMENT.search(label) or SUM_LIKE.search(label):
        return True
    running = sum(one.amount for one in rows)
    if DATED.search(label):
        return False
    summable = len(rows) > 1 or (bool(rows) and not INSTRUMENT.search(label))
    return summable and any(abs(amount - each) <= 0.005 * abs(each) for each in (running, running + adjustments))


def _instrument(words: str, amount: float, section: str) -> Instrument:
    told = told_rate(words, section)
    rate = told or usual_rate(words) or usual_rate(section)
    return Instrument(words, amount, rate, told is not None)


def _checked(rows: Sequence[Instrument], adjustments: float, total: float | None, source: str) -> Debt | None:
    named = [one for one in rows if INSTRUMENT.search(one.label) or one.rate is not None]
    if not named or 2 * len(named) < len(rows):
        return None
    listed = sum(one.amount for one in rows)
    near = total is None or min(abs(listed - total), abs(listed + adjustments - total)) <= 0.02 * total
    return Debt(tuple(rows), source, total, near)


def _beside(table: Table, row: Row, position: int) -> str:
    """Words and percentages of the row's other cells, when they stand under a heading of rates or under none."""
    words = [cell.text for cell in row.cells[1:] if re.search(r"[A-Za-z]{3}", cell.text)]
    words = [word for word in words if word not in row.label]
    for amount in row.amounts:
        if not amount.percent or amount.mark:
            continue
        heading = table.header_over(amount, position)
        if not re.search(r"total|of debt|portfolio", heading, re.I):
            todays = TODAYS.search(heading) or not (is_coupon_of(row.label) or COUPON_HEADING.search(heading))
            words.append(f"{'effective ' if todays else ''}{amount.value}%")
    return " ".join(words)
