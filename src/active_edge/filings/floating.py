"""Floating-rate debt share of one filing: debt note tables, then spread facts, then sentences, then kinds of debt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from active_edge.filings.debt import (
    Debt,
    checked_by,
    completed,
    floating_share,
    no_debt,
)
from active_edge.filings.debt_facts import instruments, lines_by_kind, owes_nothing, total_debt
from active_edge.filings.debt_stated import stated_share
from active_edge.filings.debt_tables import debt_of_tables, unit_of
from active_edge.filings.debt_terms import speaks_of_others, stated_coupons, told_by_facts, told_by_sentences
from active_edge.filings.debt_text import debt_from_sentences
from active_edge.filings.documents import parse_html
from active_edge.filings.facts import Report
from active_edge.filings.pages import Page, Table, page_of
from active_edge.filings.rates import Sensitivity, sensitivity
from active_edge.filings.reading import FiledShare, most_trusted
from active_edge.filings.sections import FOOTNOTE, debt_notes, item_7a
from active_edge.filings.swap_sentences import MONTHS, Swaps, swaps_of_sentences
from active_edge.filings.swaps import swaps_of_report, tabled_swaps

DEBT_BLOCK = re.compile(
    r"^(?!.*(Receivable|AvailableForSale|Investment|DebtSecurit|Maturit|Polic|CreditRisk|CreditLoss|"
    r"CreditQuality|Fair))"
    r".*(Debt|Notes?Payable|Loans?|Borrowings?|CreditFacilit|LineOfCredit|FinancingArrangement)",
    re.S,
)
SCALE_WORDS = re.compile(r"\b(?:in|\$|dollars in|amounts in|dollar amounts in) ?\(?(thousand|million)s?\b", re.I)
HEDGE_BLOCK = re.compile(r"Derivative|Hedg|InterestRateSwap|Swap")
DRAWN_LINE = ("LineOfCreditFacilityAmountOutstanding", "LineOfCreditFacilityFairValueOfAmountOutstanding")
YEAR_END = re.compile(rf"year ended:? ({'|'.join(MONTHS)}) \d{{1,2}}, ?(\d{{4}})\b", re.I)
AFTER_SWAPS = re.compile(
    r"\b(after|including|considering|giving effect to|net of) [^.;]{0,60}\b(swaps?|hedg\w+)\b", re.I
)
OF_ALL = re.compile(r"\b(all|each)\b", re.I)
COVER_LINES = 300
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "": 1.0}


def floating_from_report(report: Report, page: Page | None = None) -> FiledShare | None:
    """Floating-rate debt share of a filing with XBRL; `page` is its inline page, where Item 7A stands.

    None where what is known covers less than half of the debt.
    """
    end = report.period_end.isoformat() if report.period_end else None
    pages = [page_of(parse_html(html, tag)) for tag, html in report.blocks if html.strip() and DEBT_BLOCK.match(tag)]
    total = total_debt(report) or None
    tables = [table for block in pages for table in block.tables]
    notes = [sentence for block in pages for sentence in block.sentences()]
    tabled, facts = debt_of_tables(tables, "debt_note_table", total), instruments(report, stated_coupons(notes))
    nothing = owes_nothing(report)
    if nothing is not None and tabled is None:
        return no_debt(*nothing, end)
    hedging = _hedging(report)
    spoken = [*notes, *(sentence for block in hedging for sentence in block.sentences())]
    spoken += _market_risk(page) if page is not None else []
    swaps = tabled_swaps(swaps_of_report(report, spoken), [*tables, *(t for block in hedging for t in block.tables)])
    unit = None
    if tabled is not None:
        unit = unit_of(tabled, total) if total is not None else _stated_unit(tables, tabled)
    if tabled is not None and facts is not None and unit is not None:
        tabled = told_by_facts(completed(tabled, facts, unit), facts, unit)
    values = [
        floating_share(
            told_by_sentences(debt, notes), pay_fixed=swaps.pay_fixed / scale, hedged=swaps.told, fixing=swaps.share
        )
        for debt, scale in ((tabled, unit or 1.0), (facts, 1.0))
        if debt is not None
    ]
    best = _after_swaps(most_trusted(*(_doubted(value, swaps) for value in values)), swaps, spoken)
    if best is None or best.source == "debt_kind":
        best = _settled(best, debt_from_sentences(notes, revolver_drawn=_drawn(report)), (tabled, facts))
    lines = lines_by_kind(report) if best is None else None
    if lines is not None:
        best = floating_share(lines, pay_fixed=swaps.pay_fixed, hedged=swaps.told, fixing=swaps.share)
    if best is None:
        return None
    usd = 1.0 if best.source == "spread_facts" or lines is not None else unit
    return replace(checked_by(best, _sensitivity(page), usd), period_end=end)


def _doubted(value: FiledShare | None, swaps: Swaps) -> FiledShare | None:
    """`value`, of medium confidence at most where swaps unfix debt, which is not netted, or are guessed."""
    doubted = value is not None and (swaps.unfixing or swaps.guessed) and value.confidence == "high"
    return replace(value, confidence="medium") if value is not None and doubted else value


def _drawn(report: Report) -> bool:
    """Whether no fact says that nothing is drawn on the credit line."""
    return not any(f.tag.startswith(DRAWN_LINE) and f.end == report.period_end and f.value == 0 for f in report.facts)


def _hedging(report: Report) -> list[Page]:
    """The notes on derivatives."""
    blocks = [html for tag, html in report.blocks if html.strip() and HEDGE_BLOCK.search(tag)]
    return [page_of(parse_html(html, "derivatives")) for html in blocks]


def _after_swaps(value: FiledShare | None, swaps: Swaps, sentences: Iterable[str]) -> FiledShare | None:
    """The share that a sentence states after swaps whose notional nobody states, where it is no more than `value`."""
    if value is None or not swaps.told or swaps.pay_fixed or swaps.share:
        return value
    stated = stated_share(text for text in sentences if AFTER_SWAPS.search(text))
    return stated if stated is not None and stated.value <= value.value else value


def _market_risk(page: Page) -> list[str]:
    return list(Page(tuple(item_7a(page.lines)), (), page.wrapped).sentences())


def floating_from_page(page: Page) -> FiledShare | None:
    """Floating-rate debt share of an annual report without XBRL.

    A table whose list reaches no stated total is worth medium at most: debt that stands elsewhere cannot be seen.
    """
    debt = debt_of_tables(page.tables, "debt_table")
    notes = list(Page(tuple(debt_notes(page.lines)), (), page.wrapped).sentences())
    market_risk = _market_risk(page)
    best = None
    if debt is not None:
        swaps = tabled_swaps(swaps_of_sentences([*notes, *market_risk], _year_end(page)), page.tables)
        unit = _unit(page, debt)
        debt = told_by_sentences(debt, notes)
        best = _doubted(
            floating_share(debt, pay_fixed=swaps.pay_fixed / unit, hedged=swaps.told, fixing=swaps.share), swaps
        )
        if best is not None and (debt.total is None or not debt.reconciled) and best.confidence == "high":
            best = replace(best, confidence="medium")
        if best is not None:
            best = checked_by(best, _sensitivity(page), unit)
        best = _after_swaps(best, swaps, [*notes, *market_risk])
    if best is not None and best.source != "debt_kind":
        return best
    return _settled(best, _spoken(page, notes, market_risk), (debt,))


def _settled(listed: FiledShare | None, spoken: FiledShare | None, debts: Iterable[Debt | None]) -> FiledShare | None:
    """What sentences say in place of a list of kinds; the list where they speak of some of its debts only."""
    if listed is None or spoken is None or "stated" in spoken.details:
        return spoken or listed
    labels = [one.label for debt in debts if debt is not None for one in debt.instruments]
    parted = 0.0 < listed.value < 1.0 and not OF_ALL.search(spoken.passage)
    of_one = FOOTNOTE.fullmatch(spoken.passage) is not None and len(labels) > 1
    return listed if parted or of_one or speaks_of_others(spoken.passage, labels) else spoken


def _year_end(page: Page) -> date | None:
    """The month of the balance sheet that the cover of an annual report gives, as its first day; None without one."""
    found = YEAR_END.search(" ".join(page.lines[:COVER_LINES]))
    if found is None:
        return None
    year = int(found.group(2))
    return date(year, MONTHS.index(found.group(1).lower()) + 1, 1) if year else None


def _spoken(page: Page, notes: list[str], market_risk: list[str]) -> FiledShare | None:
    """What the debt notes say, or without notes Item 7A; nothing where the two contradict each other.

    Item 7A speaks of the debt that bears risk, so on its own it can say 0, or a share of all the debt, and never 1.
    """
    spoken = debt_from_sentences(notes or market_risk)
    if spoken is None or (spoken.value > 0 and not notes and "stated" not in spoken.details):
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
    stated = SCALE_WORDS.search(" ".join(page.lines)[:2_000_000])
    elsewhere = SCALES[stated.group(1).lower()] if stated else 1.0
    return _stated_unit(page.tables, debt) or elsewhere


def _stated_unit(tables: Iterable[Table], debt: Debt) -> float | None:
    """USD per unit as the words over or in the debt's table say; None where they say nothing."""
    first = debt.instruments[0].label[:40]
    table = next((t for t in tables if first in t.text), None)
    stated = SCALE_WORDS.search(f"{table.before} {table.text[:600]}") if table is not None else None
    return SCALES[stated.group(1).lower()] if stated else None
