"""Domestic revenue share from words: geography tables of a page, and sentences. Low confidence, a tie-break."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from active_edge.filings.geography import AT_LEAST
from active_edge.filings.pages import Amount, Page, Row, Table
from active_edge.filings.reading import FiledShare

US_LABEL = re.compile(
    r"^(total )?(the )?(united states( of america)?|u\.? ?s\.? ?a?\.?|domestic)( \(u\.?s\.?\)| \(domestic\))?"
    r"( customers?| sales| (net )?revenues?| operations| net sales)?:?$",
    re.I,
)
TOTAL_LABEL = re.compile(r"^(consolidated )?(total|totals|net sales|net revenues?|revenues?|sales)\b", re.I)
FOREIGN_LABEL = re.compile(
    r"international|foreign|canada|europe|asia|mexico|china|japan|america|kingdom|germany|rest of|all other|"
    r"other countr|"
    r"non-?u\.?s|outside|africa|australia|france|brazil|india",
    re.I,
)
REVENUE_WORD = re.compile(r"\b(revenues?|sales)\b", re.I)
NOT_REVENUE = re.compile(
    r"long-?lived|assets|before (provision|income tax)|pre-?tax|property|employees|income \(?loss\)?|benefit plan|"
    r"pension|operating (income|profit)|goodwill|facilities|square f",
    re.I,
)
YEAR = re.compile(r"\b(19[89]\d|20\d\d)\b")
ABROAD = (
    r"(outside( of)?( the)? (united states|u\.s\.)|international (customers|sales|revenues?|operations|markets)|"
    r"foreign (customers|sales|revenues?|operations|distributors|countries)|export sales|non-u\.s\. (customers|sales)|"
    r"internationally|customers located in foreign)"
)
AT_HOME = (
    r"((in|within|from|to customers (located )?in|from customers (located )?in) the (united states|u\.s\.)|"
    r"domestic (customers|sales|revenues?)|from customers (located )?in the (united states|u\.s\.)|"
    r"(united states|u\.s\.) (customers|sales|revenues?))"
)
SHARE = (
    r"(?P<less>less than |more than |over |under |no more than |at least )?(?:approximately |about |roughly )?"
    r"(?P<pct>\d{1,3}(?:\.\d+)?) ?(?:%|percent)"
)
SHARE_VERB = r"(accounted for|represent(ed|s)|compris(ed|es)|constitut(ed|es)|w(as|ere)|are|is|made up|contributed)"
OF_REVENUE = r"of (our |its |the company(’|')s |total |consolidated |net |the )*(company )?(net )?(revenues?|sales)"
NOT_THIS = re.compile(
    r"increase|decrease|grew|growth|declin|higher|lower|receivable|assets|one customer|largest customer|distributor,|"
    r"each accounted|employees|expect|could|may |segment|product line|cost of|gross|tax|plan to|goal|if |china|japan|"
    r"canada|mexico|europe|asia",
    re.I,
)
ONE_CUSTOMER = re.compile(
    r"largest customer|(one|two|three|significant|single) (international )?(customer|distributor)", re.I
)
PERCENT_RUN = re.compile(r"\d{1,3}(?:\.\d+)? ?%(?:,? (?:and )?\d{1,3}(?:\.\d+)? ?%)*")
ALL_HOME = re.compile(
    r"\b(?P<how>all|substantially all|virtually all|nearly all) of (our|its|the company(’|')s) "
    r"(total |net |consolidated |product )*(revenues?|sales)\b.{0,80}?"
    r"\b(in|from|within|to) (customers (located )?(in|within) )?(the )?(united states|u\.s\.)"
    r"(?! ?(dollar|government|gaap))",
    re.I,
)
ABROAD_FIRST = re.compile(rf"{ABROAD}.{{0,120}}?\b{SHARE_VERB} {SHARE}", re.I)
ABROAD_LAST = re.compile(rf"{SHARE}.{{0,40}}?{OF_REVENUE}.{{0,100}}?{ABROAD}", re.I)
HOME_FIRST = re.compile(rf"{AT_HOME}.{{0,120}}?\b{SHARE_VERB} {SHARE}", re.I)
HOME_LAST = re.compile(rf"{SHARE} {OF_REVENUE}.{{0,60}}?{AT_HOME}", re.I)


@dataclass(frozen=True)
class Split:
    """US and total of one geography table, in the table's own unit."""

    domestic: float
    total: float
    digits: int
    passage: str


def domestic_from_page(page: Page) -> FiledShare | None:
    """Domestic revenue share a page states in a geography table, else in a sentence; None where it states none."""
    splits = [split for table in page.tables if (split := _split(table)) is not None]
    if splits:
        best = max(splits, key=lambda split: split.digits)
        return FiledShare(
            best.domestic / best.total,
            "geography_table",
            "low",
            best.passage,
            details={"part": best.domestic, "total": best.total},
        )
    return domestic_from_sentences(page.sentences())


def domestic_from_sentences(sentences: Iterable[str]) -> FiledShare | None:
    """Domestic revenue share stated in a sentence; None where none does, or where sentences contradict each other."""
    found: list[tuple[float, str, str | None]] = []
    for sentence in sentences:
        stated = _all_at_home(sentence)
        if "%" in sentence or "percent" in sentence:
            stated = _stated(sentence) or stated
        if stated is not None:
            found.append((*stated[:1], sentence, stated[1]))
    if not found:
        return None
    share, passage, bound = found[0]
    if any(abs(other - share) > 0.25 for other, _, _ in found):
        return None
    return FiledShare(share, "text", "low", passage, details={bound: share} if bound else {})


def _all_at_home(sentence: str) -> tuple[float, str | None] | None:
    """1 for "all of our revenue is from the United States"; "substantially all" is at least nine tenths."""
    match = ALL_HOME.search(sentence)
    if match is None or re.search(r"\b(may|could|expect|will|if|assets|outside|except|other than)\b", sentence, re.I):
        return None
    return (1.0, None) if match.group("how").lower() == "all" else (AT_LEAST, "at_least")


def _stated(sentence: str) -> tuple[float, str | None] | None:
    """(domestic share, name of the bound it is) of one sentence."""
    if not REVENUE_WORD.search(sentence) or ONE_CUSTOMER.search(sentence):
        return None
    for pattern, abroad in ((ABROAD_FIRST, True), (HOME_LAST, False), (ABROAD_LAST, True), (HOME_FIRST, False)):
        match = pattern.search(sentence)
        if match is None or NOT_THIS.search(match.group()):
            continue
        if not re.search(OF_REVENUE, sentence, re.I) and not REVENUE_WORD.search(match.group()):
            continue
        percent = _latest(sentence, match) / 100
        if percent > 1:
            continue
        word = (match.group("less") or "").lower().strip()
        smaller = word in ("less than", "under", "no more than")
        bound = None if not word else ("at_least" if smaller == abroad else "at_most")
        return (1 - percent if abroad else percent), bound
    return None


def _latest(sentence: str, match: re.Match[str]) -> float:
    """The percentage of the latest year where a sentence lists years and percentages side by side."""
    at = match.start("pct")
    run = next((r.group() for r in PERCENT_RUN.finditer(sentence) if r.start() <= at < r.end()), "")
    percents = [float(p) for p in re.findall(r"\d{1,3}(?:\.\d+)?", run)]
    years = [int(y) for y in YEAR.findall(sentence)]
    years = list(dict.fromkeys(years))
    if len(percents) > 1 and len(years) == len(percents):
        return percents[years.index(max(years))]
    return float(match.group("pct"))


def _split(table: Table) -> Split | None:
    section, subject = "", table.before[-300:]
    held: tuple[float, str, int] | None = None
    foreign = False
    for position, row in enumerate(table.rows):
        label = re.sub(r"\s*(\(\w{1,3}\)|:)+$", "", row.label).strip()
        amounts = [a for a in row.amounts if not a.percent and a.mark != "star"]
        if not amounts:
            section = label or section
            held = held if label == "" else None
            foreign = foreign and held is not None
            continue
        about = section if REVENUE_WORD.search(section) or NOT_REVENUE.search(section) else f"{subject} {section}"
        if held is not None and TOTAL_LABEL.match(label) and foreign:
            total = current_amount(table, row, position)
            if total is not None and total.value >= held[0] > 0:
                words = f"{section or subject[-80:]}: {held[1]} / {label} {total.text}"
                return Split(held[0], total.value, held[2], words)
            held = None
        elif US_LABEL.match(label) and REVENUE_WORD.search(about) and not NOT_REVENUE.search(about):
            amount = current_amount(table, row, position)
            if amount is not None and amount.value > 0:
                digits = len(re.sub(r"\D", "", amount.text))
                held, foreign = (amount.value, f"{label} {amount.text}", digits), False
        elif held is not None and FOREIGN_LABEL.search(label):
            foreign = True
    return None


def current_amount(table: Table, row: Row, position: int) -> Amount | None:
    """The row's number under the latest year of the header; its first number where the header names no years."""
    amounts = [a for a in row.amounts if not a.percent and a.mark != "star"]
    if not amounts:
        return None
    years: list[tuple[int, int, int]] = []
    for above in table.rows[:position][:8]:
        named = [(int(y[0]), c.start, c.end) for c in above.cells if len(c.text) < 60 and (y := YEAR.findall(c.text))]
        if len(named) >= 2:
            years = named
            break
    if years and years[0][0] < max(y for y, _, _ in years):
        _, start, end = max(years)
        return min(amounts, key=lambda a: max(a.start - end + 1, start - a.end + 1, 0))
    return amounts[0]
