"""Debt tables of a note or a page, read row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from active_edge.filings.debt import Debt, Instrument, distinct
from active_edge.filings.geography_text import current_amount
from active_edge.filings.pages import Row, Table
from active_edge.filings.rates import rate_of

INSTRUMENT = re.compile(
    r"\bnotes?\b|loans?\b|debentures?|\bbonds?\b|facilit|revolv|lines? of credit|credit (agreement|line)|"
    r"mortgage|borrowings?|"
    r"commercial paper|financings?|securitization|indebtedness|\bdebt\b|equipment obligations|capital securities|"
    r"trust preferred|lease obligations|capital(ized)? leases|finance leases",
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
    r"due (within|after) one year|discount on ",
    re.I,
)
SUM_LIKE = re.compile(
    r"^(long|short)[- ]term (debt|portion|borrowings|obligations|notes)|^debt\b|^notes payable$", re.I
)
OTHER_SUBJECT = re.compile(
    r"available[- ]for[- ]sale|amortized cost|unrealized|thereafter|total (assets|liabilities|stockholders|"
    r"shareholders)|"
    r"interest expense|less than 1 year|payments due by|due by period|proceeds from|repayments? of|"
    r"contractual obligation|"
    r"allowance|loans receivable|nonaccrual|impaired|level [123]\b|beginning (of|balance)|balance at|"
    r"weighted[- ]average shares|total revenues?|net income|deposits|past due|originat|commitment fee",
    re.I,
)
YEARLY = re.compile(r"^(fiscal |year ending )?(19|20)\d\d( \(\w+\))?:?$", re.I)
MOVEMENT = re.compile(
    r"^(issued|issuance|repayments?|conversions?|amortization|payments?|additions?|accretion|proceeds)\b", re.I
)


def debt_of_tables(tables: Iterable[Table], source: str, total: float | None = None) -> Debt | None:
    """The debt listed by the tables of a filing; None where none of them lists debt.

    A table that alone covers `total` (USD; the table's own unit is found by trying 1, thousands, millions) is taken;
    otherwise the different tables together while they stay within the total, otherwise the fullest one.
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
    listed = debt.known + debt.sum(None)
    for unit in (1e6, 1e3, 1.0):
        if listed > 0 and 0.03 <= listed * unit / total_usd <= 1.6:
            return unit
    return None


def _fullness(debt: Debt) -> tuple[int, bool, float]:
    return sum(one.rate is not None for one in debt.instruments), debt.reconciled, debt.known


def _debt(table: Table, source: str) -> Debt | None:
    if OTHER_SUBJECT.search(table.text) or not INSTRUMENT.search(table.text):
        return None
    if sum(bool(MOVEMENT.match(row.label) or YEARLY.match(row.label)) for row in table.rows) >= 2:
        return None
    instruments: list[Instrument] = []
    section, pending, adjustments, running = "", "", 0.0, 0.0
    total: float | None = None
    for position, row in enumerate(table.rows):
        label = re.sub(r"(\s*\(\w{1,3}\))+$", "", row.label).strip()
        amount = _amount(table, row, position)
        if amount is None:
            if label and not re.search(r"\b(19|20)\d\d\b", label[:30]):
                pending = f"{pending} {label}".strip() if pending and label[:1].islower() else label
                section = pending
            continue
        if pending and (label[:1].islower() or label[:1] in ("", "$")):
            label, section = f"{pending} {label}".strip(), ""
        pending = ""
        words = f"{label} {_beside(table, row, position)}"
        rate = rate_of(words)
        sums = [running, (total or running) + adjustments]
        # one debt and another of the same size are two debts; a sum has two rows above it, or is called one
        summable = len(instruments) > 1 or (bool(instruments) and not INSTRUMENT.search(label))
        is_sum = summable and any(abs(amount - each) <= 0.005 * abs(each) for each in sums)
        if (
            FRAME.search(label)
            or not label
            or (rate is None and (is_sum or ADJUSTMENT.search(label) or SUM_LIKE.search(label)))
        ):
            if amount > 0 and (not label or re.match(r"(sub-?)?total", label, re.I)):
                total = max(total or 0.0, amount)
                running = 0.0
            elif amount < 0 or re.search(r"discount|issuance|premium|fair value", label, re.I):
                adjustments += amount
            continue
        if amount > 0:
            instruments.append(Instrument(label, amount, rate or rate_of(section)))
            running += amount
    return _listed(instruments, adjustments, total, source)


def _listed(instruments: list[Instrument], adjustments: float, total: float | None, source: str) -> Debt | None:
    named = [one for one in instruments if INSTRUMENT.search(one.label) or one.rate is not None]
    if not named or 2 * len(named) < len(instruments):
        return None
    listed = sum(one.amount for one in instruments)
    near = total is None or min(abs(listed - total), abs(listed + adjustments - total)) <= 0.02 * total
    return Debt(tuple(instruments), source, total, near)


def _amount(table: Table, row: Row, position: int) -> float | None:
    """Balance of the current year: its first number that is neither a percentage nor a year of maturity."""
    kept = tuple(c for c in row.cells if not re.fullmatch(r"(19|20)\d\d([-–—/ ]+(19|20)?\d\d)?", c.text))
    amount = current_amount(table, Row(kept), position)
    return None if amount is None else amount.value


def _beside(table: Table, row: Row, position: int) -> str:
    """Words and percentages of the row's other cells, when they stand under a heading of rates or under none."""
    words = [cell.text for cell in row.cells[1:] if re.search(r"[A-Za-z]{3}", cell.text)]
    for amount in row.amounts:
        heading = table.header_over(amount, position)
        if amount.percent and not amount.mark and not re.search(r"total|of debt|portfolio", heading, re.I):
            words.append(f"{amount.value}%")
    return " ".join(words)
