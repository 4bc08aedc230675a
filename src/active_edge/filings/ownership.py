"""Insider ownership of a proxy statement: what the directors and executive officers hold as a group."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from active_edge.errors import SourceFormatError
from active_edge.filings.ownership_classes import (
    VOTING,
    Share,
    class_of,
    common_only,
    counted_share,
    dual_class,
    has_classes,
    is_voting,
    of_all,
    two_classes,
)
from active_edge.filings.ownership_table import GroupRow, group_rows
from active_edge.filings.pages import Amount, Page
from active_edge.filings.reading import Confidence, FiledShare, checked_share
from active_edge.words import number

LESS_THAN_ONE = 0.005
"""Stands for "*", less than one percent, where the shares outstanding are not stated."""
BEFORE_OFFERING = re.compile(
    r"\b(before|prior to|pre-?)\b.{0,40}\b(offering|merger|transaction|closing|combination|conversion)", re.I
)
AFTER_OFFERING = re.compile(
    r"\b(after|following|post-?|upon|giving effect)\b.{0,40}\b(offering|merger|transaction|closing|combination|"
    r"conversion)",
    re.I,
)
FRACTION = re.compile(r"0?\.\d{3,}")
"""A share of one rather than of a hundred, for all its heading says; or not: it decides nothing."""
IN_WORDS = re.compile(
    r"\b(?:all|our) (?:of our )?(?:current )?(?:directors?|executive officers?|officers?)\b[^.;%]{0,80}? as a group"
    r"(?: ?\([^()]{1,40}\))?,? (?:beneficially )?(?:own|owned|hold|held)\b[^.;%]{0,60}?"
    r"\b(\d{1,2}(?:\.\d{1,2})?) ?(?:%|percent) of",
    re.I,
)
DIRECTORS = re.compile(r"director|trustee|board|manager|nominee|insiders", re.I)
OFFICERS = re.compile(r"officer|executive|management|insiders", re.I)
"""Of whom the group is made; a row of either alone is a part of it."""
PAY = re.compile(r"salar|bonus|compensation|\bgrants?\b|increase|dollar value|plan benefits", re.I)
OWNED = re.compile(r"own|benefici|held|holding|class|outstanding|voting|common", re.I)
OUTSTANDING = re.compile(
    r"(?:based (?:up)?on|there were|had|of) (?:a total of |an aggregate of |"
    r"approximately )?([\d,]{6,20}) (?:total )?(?:outstanding )?"
    r"(?:issued and outstanding )?(?:shares|common shares)(?: of)?(?: (?:our|the company(?:'|’)?s|"
    r"its))?(?: common stock)?"
    r"(?:,? (?:[$.\d]+ )?par value[^,]{0,30},?)?(?: (?:were |was )?(?:issued and )?outstanding)?|"
    r"([\d,]{6,20}) (?:total )?outstanding shares|([\d,]{6,20}) shares (?:of (?:our |the company(?:'|"
    r"’)?s )?common stock )?"
    r"(?:were |was )?(?:issued and )?outstanding",
    re.I,
)


def insider_ownership(page: Page) -> tuple[FiledShare | None, tuple[str, ...]]:
    """The group's share as a proxy statement gives it, and notes on rows that were refused.

    value : economic share. With one class it is the printed percentage; with two it is computed from share counts,
    and `details` keep the voting power and each class apart. "*" is shares over outstanding where both are stated.
    None where no row is found.
    """
    notes: list[str] = []
    values: list[FiledShare] = []
    rows = group_rows(page)
    joined = _class_rows(rows)
    for row in [joined] if joined is not None else rows:
        try:
            value = _value(row)
        except SourceFormatError as error:
            notes.append(str(error))
            continue
        if value is not None:
            values.append(value)
    if not values:
        return _in_words(page), tuple(notes)
    whole = [v for v in values if DIRECTORS.search(v.passage) and OFFICERS.search(v.passage)]
    values = whole or values
    best = max(values, key=lambda v: ("percent" in v.details, bool(re.match(r"all|current", v.passage, re.I))))
    if not whole and best.confidence == "high":
        best = replace(best, confidence="medium")
    others = [v for v in values if abs(v.value - best.value) > 0.0005]
    if others:
        notes.append("other group rows: " + "; ".join(f"{number(v.value, 4)} ({v.passage[:80]})" for v in others[:4]))
        best = replace(best, confidence="low")
    return best, tuple(notes)


def _in_words(page: Page) -> FiledShare | None:
    """The share a sentence states, for want of a table; None where none does, or of votes."""
    for sentence in page.sentences():
        match = IN_WORDS.search(sentence) if "as a group" in sentence else None
        if match is not None and not VOTING.search(sentence) and DIRECTORS.search(match.group()):
            confidence: Confidence = "medium" if OFFICERS.search(match.group()) else "low"
            return FiledShare(float(match.group(1)) / 100, "proxy_text", confidence, sentence)
    return None


def _class_rows(rows: Sequence[GroupRow]) -> GroupRow | None:
    """One row out of rows that each are headed by a class of stock; None where they are not of different classes."""
    named = {
        m.group(1).upper(): row for row in reversed(rows) if (m := re.search(r"\bclass ([A-Z])\b", row.label, re.I))
    }
    if len(named) < 2:
        return None
    kept = [named[letter] for letter in sorted(named)]
    amounts = tuple(amount for row in kept for amount in row.amounts)
    headings = tuple(f"Class {name}" for name in sorted(named) for _ in named[name].amounts)
    return GroupRow(" / ".join(row.label for row in kept), amounts, headings, kept[0].context)


def _value(row: GroupRow) -> FiledShare | None:
    shares = _shares(row)
    passage = f"{row.label} {' '.join(a.text for a in row.amounts)}"
    headings = " ".join(row.headings)
    if PAY.search(headings) and not OWNED.search(headings):
        return None
    if all(amount.mark == "dash" for amount in row.amounts):
        return FiledShare(0.0, "proxy_table", "medium", passage, details={"percent": True})
    if not shares:
        return _from_counts(row, passage)
    common = common_only(shares)
    voting = [s for s in common if is_voting(s, common, row)]
    economic = [s for s in common if s not in voting] or common
    before = [s for s in economic if BEFORE_OFFERING.search(s.heading)]
    after = [s for s in economic if AFTER_OFFERING.search(s.heading)]
    details: dict[str, object] = {"percent": True}
    if voting:
        details["voting"] = checked_share(voting[0].value, "insider_ownership voting power")
    if len(voting) == len(common) and has_classes(row):
        return counted_share(row, passage, details)
    if before and after:
        details["after_offering"] = after[0].value
        economic = before
    whole = of_all(economic)
    if whole is not None:
        details["classes"] = [s.value for s in economic if s is not whole]
        return FiledShare(whole.value, "proxy_table", "medium", passage, details=details)
    if len(economic) > 1 and two_classes(economic, row):
        return dual_class(economic, row, passage, details)
    if any(s.value > 1 for s in economic):
        raise SourceFormatError(f"insider_ownership: {passage[:120]}: above 100 %; read the proxy by hand")
    if economic[0].less_than_one:
        return _below_one(economic[0], row, passage, details)
    different = {round(s.value, 4) for s in economic}
    confidence: Confidence = "high" if len(different) == 1 else "low"
    if len(different) > 1:
        details["columns"] = [s.value for s in economic]
    return FiledShare(economic[0].value, "proxy_table", confidence, passage, details=details)


def _shares(row: GroupRow) -> list[Share]:
    """Percentages of the row; a number without a sign counts where its heading says percent or it looks like one."""
    signed = any(a.percent and not a.mark for a in row.amounts)
    found: list[Share] = []
    counts: list[float] = []
    counted = ""
    for amount, heading in zip(row.amounts, row.headings, strict=True):
        if _is_percent(amount, heading, signed, bool(counts)):
            star = amount.mark == "star"
            value = LESS_THAN_ONE if star else amount.value / 100
            found.append(Share(value, star, heading, _held(counts), class_of(heading, counted)))
            counts, counted = [], ""
        elif amount.mark == "dash":
            continue
        else:
            counts.append(amount.value)
            counted = heading
    return found


def _held(counts: list[float]) -> float:
    """Shares behind a percentage: the last count where it is the sum of those before it, otherwise their sum."""
    if not counts:
        return math.nan
    return counts[-1] if abs(sum(counts[:-1]) - counts[-1]) <= 0.001 * counts[-1] else sum(counts)


def _is_percent(amount: Amount, heading: str, signed: bool, after_count: bool) -> bool:
    if amount.percent:
        return True
    if amount.mark or "," in amount.text or not 0 <= amount.value <= 100 or FRACTION.fullmatch(amount.text):
        return False
    if re.search(r"percent|%", heading, re.I) and not re.search(r"(number|amount) (of|and)", heading, re.I):
        return True
    return after_count and (("." in amount.text and not signed) or (not signed and not heading))


def _below_one(share: Share, row: GroupRow, passage: str, details: dict[str, object]) -> FiledShare:
    outstanding = _outstanding(row)
    computed = share.shares / outstanding if outstanding and share.shares == share.shares else math.nan
    details["at_most"] = 0.01
    if computed < 0.0105:
        details |= {"shares": share.shares, "outstanding": outstanding}
        return FiledShare(computed, "proxy_table", "high", passage, details=details)
    return FiledShare(LESS_THAN_ONE, "proxy_table", "medium", passage, details=details)


def _from_counts(row: GroupRow, passage: str) -> FiledShare | None:
    outstanding = _outstanding(row)
    counts = [a.value for a in row.amounts if not a.mark and a.value >= 100]
    if outstanding is None or not counts:
        return None
    held = max(counts)
    share = checked_share(held / outstanding, f"insider_ownership: {passage[:120]}")
    details = {"shares": held, "outstanding": outstanding}
    return FiledShare(share, "proxy_share_counts", "medium", passage, details=details)


def _outstanding(row: GroupRow) -> float | None:
    for match in OUTSTANDING.finditer(row.context[:400_000]):
        count = float((match.group(1) or match.group(2) or match.group(3)).replace(",", "") or 0)
        if count > 10_000:
            return count
    return None
