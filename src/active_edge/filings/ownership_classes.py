"""Classes of stock in a group's row: which percentage is of what, and the share of all of them together."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from active_edge.filings.ownership_table import GroupRow
from active_edge.filings.reading import FiledShare

CLASS = re.compile(r"\bclass ([A-Z])\b", re.I)
VOTING = re.compile(r"vot(e|es|ing)\b", re.I)
PREFERRED = re.compile(r"\bpreferred\b|\bwarrants?\b|\bunits?\b", re.I)
SERIES = re.compile(r"\bseries [A-Z]\b", re.I)
COMMON = re.compile(r"\b(common|ordinary)\b", re.I)
OF_ALL = re.compile(
    r"\b(total|all|aggregate|combined|both)\b.{0,30}\b(shares?|stock|units?|equity|common|ownership|capital|interests?)\b",
    re.I,
)
"""The heading of a percentage of all classes together."""
CLASS_OUTSTANDING = re.compile(
    r"([\d,]{7,20}) (?:outstanding )?shares of (?:our |the company(?:'|’)?s |its )?"
    r"(?:class ([A-Z])\b|common (?=stock))",
    re.I,
)
COMMON_STOCK = "common"
"""Name of the class that has no letter, beside one that has."""
CONTEXT = 20_000
"""Characters around a table in which classes are looked for."""
NEAR = 0.03


@dataclass(frozen=True)
class Share:
    """A percentage of the group's row.

    value : its size. heading : what stands over it. shares : the share count before it (NaN: none).
    of : the class of stock, "A" or `COMMON_STOCK`, that it or its count is headed by; "" where none is named.
    """

    value: float
    less_than_one: bool
    heading: str
    shares: float
    of: str = ""


def class_of(*headings: str) -> str:
    """The class of stock the first heading that has one names: its letter, or `COMMON_STOCK`; "" for none."""
    for heading in headings:
        lettered = CLASS.search(heading)
        if lettered is not None:
            return lettered.group(1).upper()
        if COMMON.search(heading):
            return COMMON_STOCK
    return ""


def common_only(shares: list[Share]) -> list[Share]:
    """Percentages that are of no preferred stock, warrants, units; all of them where nothing else is left."""
    common = [s for s in shares if not PREFERRED.search(s.heading)] or shares
    if any(COMMON.search(s.heading) for s in common):
        common = [s for s in common if not SERIES.search(s.heading) or COMMON.search(s.heading)] or common
    return common


def is_voting(share: Share, shares: list[Share], row: GroupRow) -> bool:
    """Whether a percentage is of votes rather than of shares."""
    if share.heading:
        return bool(VOTING.search(share.heading)) and not re.search(r"class [A-Z]|shares", share.heading, re.I)
    return len(shares) >= 3 and math.isnan(share.shares) and len(_letters(row)) > 1 and bool(VOTING.search(row.context))


def of_all(shares: list[Share]) -> Share | None:
    """The percentage headed as that of all classes together, beside those of single ones; None where there is none."""
    whole = [s for s in shares if OF_ALL.search(s.heading) and not CLASS.search(s.heading)]
    rest = [s for s in shares if s not in whole]
    return whole[0] if len(whole) == 1 and len(rest) > 1 and math.isnan(whole[0].shares) else None


def two_classes(shares: list[Share], row: GroupRow) -> bool:
    """Whether percentages are of different classes of stock."""
    named = {s.of for s in shares if s.of}
    if len(named) > 1 and named != {COMMON_STOCK}:
        return True
    headed = any(s.heading for s in shares)
    return not headed and len(_letters(row)) > 1


def _letters(row: GroupRow) -> set[str]:
    return {c.upper() for c in CLASS.findall(row.context[:CONTEXT])}


def _stated(row: GroupRow) -> dict[str, float]:
    """Shares outstanding by class, as the words around the table state them first."""
    told = reversed(CLASS_OUTSTANDING.findall(row.context))
    return {name.upper() or COMMON_STOCK: float(count.replace(",", "") or 0) for count, name in told}


def has_classes(row: GroupRow) -> bool:
    """Whether a row's counts are of several classes, or the words around it speak of several."""
    counted = {class_of(h) for a, h in zip(row.amounts, row.headings, strict=True) if not a.percent} - {""}
    return len(counted) > 1 or len(_letters(row)) > 1


def counted_share(row: GroupRow, passage: str, details: dict[str, object]) -> FiledShare | None:
    """Counts headed by each class over the stated shares outstanding of all; None where one of the two is missing."""
    stated = _stated(row)
    counts: dict[str, float] = {}
    for amount, heading in zip(row.amounts, row.headings, strict=True):
        name = class_of(heading)
        if name and not amount.percent and amount.mark != "star" and not VOTING.search(heading):
            counts.setdefault(name, amount.value)
    if len(counts) < 2 or counts.keys() != stated.keys() or any(counts[name] > stated[name] for name in counts):
        return None
    held, whole = sum(counts.values()), sum(stated.values())
    details |= {"economic": held / whole, "shares": held, "outstanding": whole}
    return FiledShare(held / whole, "proxy_share_counts", "medium", passage, details=details)


def dual_class(shares: list[Share], row: GroupRow, passage: str, details: dict[str, object]) -> FiledShare | None:
    """Shares of all classes over shares outstanding of all classes.

    Outstanding comes from the words around the table, else from each class's count and percentage.
    """
    stated = _stated(row)
    names = [s.of or "AB"[min(i, 1)] for i, s in enumerate(shares)]
    held = whole = 0.0
    classes = {}
    derived = False
    for name, share in zip(names, shares, strict=True):
        shown = COMMON_STOCK if name == COMMON_STOCK else f"Class {name}"
        if shown in classes:
            continue
        classes[shown] = share.value
        outstanding = stated.get(name, math.nan)
        if math.isnan(share.shares):
            continue
        near = abs(share.shares / outstanding - share.value) < NEAR if outstanding > 0 else False
        if not near and not share.less_than_one and share.value > 0:
            outstanding, derived = share.shares / share.value, True
        if outstanding > 0:
            held, whole = held + share.shares, whole + outstanding
    details["classes"] = classes
    if whole <= 0:
        return None
    details |= {"economic": held / whole, "shares": held, "outstanding": whole}
    return FiledShare(held / whole, "proxy_table", "medium" if derived else "high", passage, details=details)
