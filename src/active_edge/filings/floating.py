"""Floating-rate debt share of one filing: debt note tables, then spread facts, then sentences, then kinds of debt."""

from __future__ import annotations

import re
from dataclasses import replace

from active_edge.filings.debt import (
    Debt,
    checked_by,
    completed,
    floating_share,
    no_debt,
    typical_share,
)
from active_edge.filings.debt_facts import instruments, owes_nothing, pay_fixed_notional, total_debt
from active_edge.filings.debt_tables import debt_of_tables, unit_of
from active_edge.filings.debt_text import debt_from_sentences
from active_edge.filings.documents import parse_html
from active_edge.filings.facts import Report
from active_edge.filings.pages import Page, Table, page_of
from active_edge.filings.rates import Sensitivity, sensitivity
from active_edge.filings.reading import FiledShare, most_trusted
from active_edge.filings.sections import debt_notes, item_7a

DEBT_BLOCK = re.compile(
    r"^(?!.*(Receivable|AvailableForSale|Investment|DebtSecurit|Maturit|Polic|CreditRisk|CreditLoss|"
    r"CreditQuality|Fair))"
    r".*(Debt|Notes?Payable|Loans?|Borrowings?|CreditFacilit|LineOfCredit|FinancingArrangement)",
    re.S,
)
SCALE_WORDS = re.compile(r"\b(?:in|\$|dollars in|amounts in|dollar amounts in) ?\(?(thousand|million)s?\b", re.I)
PAY_FIXED_WORDS = re.compile(
    r"\bpay(s|ing)?[- ](a )?fixed|fixed[- ]rate pay|\bconvert\w*\b.{0,80}?\bto (a )?fixed|effectively fix", re.I
)
NOTIONAL = re.compile(r"notional.{0,60}?\$ ?([\d,]+(?:\.\d+)?) ?(million|billion|thousand)?", re.I)
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "": 1.0}


def floating_from_report(report: Report, page: Page | None = None) -> FiledShare | None:
    """Floating-rate debt share of a filing with XBRL; `page` is its inline page, where Item 7A stands.

    None where what is known covers less than half of the debt.
    """
    end = report.period_end.isoformat() if report.period_end else None
    pages = [page_of(parse_html(html, tag)) for tag, html in report.blocks if html.strip() and DEBT_BLOCK.match(tag)]
    total = total_debt(report) or None
    swap = pay_fixed_notional(report)
    tables = [table for block in pages for table in block.tables]
    tabled, facts = debt_of_tables(tables, "debt_note_table", total), instruments(report)
    nothing = owes_nothing(report)
    if nothing is not None and tabled is None:
        return no_debt(*nothing, end)
    unit = unit_of(tabled, total) if tabled is not None and total is not None else None
    if tabled is not None and facts is not None and unit is not None:
        tabled = completed(tabled, facts, unit)
    best = most_trusted(
        floating_share(tabled, pay_fixed=swap / unit if unit else 0.0) if tabled is not None else None,
        floating_share(facts, pay_fixed=swap) if facts is not None else None,
    )
    if best is None:
        drawn = not any(
            f.tag.startswith(
                ("LineOfCreditFacilityAmountOutstanding", "LineOfCreditFacilityFairValueOfAmountOutstanding")
            )
            and f.end == report.period_end
            and f.value == 0
            for f in report.facts
        )
        best = debt_from_sentences((s for block in pages for s in block.sentences()), revolver_drawn=drawn)
    if best is None:
        best = most_trusted(*(typical_share(debt) for debt in (tabled, facts) if debt is not None))
    if best is None:
        return None
    usd = 1.0 if best.source == "spread_facts" else unit
    return replace(checked_by(best, _sensitivity(page), usd), period_end=end)


def floating_from_page(page: Page) -> FiledShare | None:
    """Floating-rate debt share of an annual report without XBRL.

    A table whose list reaches no stated total is worth medium at most: debt that stands elsewhere cannot be seen.
    """
    debt = debt_of_tables(page.tables, "debt_table")
    notes = list(Page(tuple(debt_notes(page.lines)), (), page.wrapped).sentences())
    market_risk = list(Page(tuple(item_7a(page.lines)), (), page.wrapped).sentences())
    best = None
    if debt is not None:
        swap, unit = _pay_fixed([*notes, *market_risk]), _unit(page, debt)
        best = floating_share(debt, pay_fixed=swap / unit)
        if best is not None and (debt.total is None or not debt.reconciled) and best.confidence == "high":
            best = replace(best, confidence="medium")
        if best is not None:
            best = checked_by(best, _sensitivity(page), unit)
    best = best or _spoken(page, notes, market_risk)
    return best or (typical_share(debt) if debt is not None else None)


def _spoken(page: Page, notes: list[str], market_risk: list[str]) -> FiledShare | None:
    """What the debt notes say, or without notes Item 7A; nothing where the two contradict each other.

    Item 7A speaks of the debt that bears risk, so on its own it can say 0 and never 1.
    """
    spoken = debt_from_sentences(notes or market_risk)
    if spoken is None or (spoken.value > 0 and not notes):
        return None
    risky = debt_from_sentences(market_risk)
    cost = _sensitivity(page)
    contradicted = (risky is not None and risky.value != spoken.value) or cost is not None
    return None if spoken.value == 0.0 and contradicted else spoken


def _sensitivity(page: Page | None) -> Sensitivity | None:
    if page is None:
        return None
    section = Page(tuple(item_7a(page.lines)), (), page.wrapped)
    return sensitivity(section.sentences()) or sensitivity(page.sentences())


def _unit(page: Page, debt: Debt) -> float:
    """USD per unit of a page's debt table, from the words over or in the table; 1 where nothing is said."""
    first = debt.instruments[0].label[:40]
    table: Table | None = next((t for t in page.tables if first in t.text), None)
    where = f"{table.before} {table.text[:300]}" if table is not None else ""
    stated = SCALE_WORDS.search(where) or SCALE_WORDS.search(" ".join(page.lines)[:2_000_000])
    return SCALES[stated.group(1).lower()] if stated else 1.0


def _pay_fixed(texts: list[str]) -> float:
    """Largest notional, USD, that a sentence on a swap paying fixed states; 0 where none does."""
    best = 0.0
    for text in texts:
        match = NOTIONAL.search(text)
        if match is not None and re.search(r"\bswaps?\b", text, re.I) and PAY_FIXED_WORDS.search(text):
            amount = float(match.group(1).replace(",", "") or 0) * SCALES[(match.group(2) or "").lower()]
            best = max(best, amount)
    return best
