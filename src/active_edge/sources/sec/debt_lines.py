"""All of a company's debt where no tag states it: its lines, never below its long-term debt, zero where none is."""

from __future__ import annotations

from active_edge.sources.sec.concepts import (
    DEBT_LINES,
    DEBT_LINES_SOURCE,
    LONG_TERM_DEBT_SOURCE,
    NO_DEBT_SOURCE,
    NONCURRENT,
    SHORT_TERM_SOURCE,
)
from active_edge.sources.sec.scale import Numbers

FACE = 1.25
"""A face value may be above its carrying value by a quarter; a part above that is no part of the whole it is beside."""
Key = tuple[str, int, str]


def derive_debt(reported: dict[str, Numbers], debt_filings: set[str]) -> None:
    """Fill `total_debt` of `reported` where a filing tells of debt, or of none, under other tags.

    A zero gives way to the lines of debt of the same filing and date, and a number to a single line that is larger.
    A filing with a full balance sheet and no tag about debt at all owes nothing (low confidence); one that names debt
    and states no balance known here leaves the number as it was before.
    """
    debts = reported.setdefault("total_debt", {})
    short = reported.get("short_term_debt", {})
    keys = [key for name in DEBT_LINES for part in (name, f"{name}_current") for key in reported.get(part, ())]
    for key in dict.fromkeys((*keys, *short)):
        later, current = _lines(reported, key)
        due = max(short[key][1] if key in short else 0.0, sum(current))
        if key not in debts or debts[key][1] == 0:
            value = sum(later) + due
        else:
            value = max((line for line in later if line > FACE * debts[key][1]), default=0.0)
        if key in debts and value <= debts[key][1]:
            continue
        source = DEBT_LINES_SOURCE if later or current else SHORT_TERM_SOURCE
        _, _, filed, form, _ = _told(reported, key)
        debts[key] = (-1, value, filed, form, f"{source}|low")
    _any_other(reported, debts)
    _never_below_long_term_debt(reported, debts)
    liabilities = reported.get("total_liabilities", {})
    for key, (_, _, filed, form, _) in reported.get("total_assets", {}).items():
        if key not in debts and key in liabilities and key[0] not in debt_filings:
            debts[key] = (-1, 0.0, filed, form, f"{NO_DEBT_SOURCE}|low")


def _lines(reported: dict[str, Numbers], key: Key) -> tuple[list[float], list[float]]:
    """Lines of debt of one filing and date: those due later or told as a whole, and those due within a year."""
    later, current = [], []
    for name in DEBT_LINES:
        line = reported.get(name, {}).get(key)
        within = reported.get(f"{name}_current", {}).get(key)
        if line is not None:
            later.append(line[1])
        if within is not None and (line is None or NONCURRENT.search(line[4])):
            current.append(within[1])
    return later, current


def _told(reported: dict[str, Numbers], key: Key) -> tuple[int, float, str, str, str]:
    names = ("short_term_debt", *DEBT_LINES, *(f"{name}_current" for name in DEBT_LINES))
    return next(reported[name][key] for name in names if key in reported.get(name, ()))


def _never_below_long_term_debt(reported: dict[str, Numbers], debts: Numbers) -> None:
    for key, (_, value, filed, form, _) in reported.get("~long_term_debt_with_current", {}).items():
        if key in debts and debts[key][1] < value:
            debts[key] = (-1, value, filed, form, f"{LONG_TERM_DEBT_SOURCE}|medium")


def _any_other(reported: dict[str, Numbers], debts: Numbers) -> None:
    for key, (_, value, filed, form, tag) in reported.get("~other_debt", {}).items():
        if key not in debts or debts[key][1] == 0 < value:
            debts[key] = (-1, value, filed, form, f"companyfacts:{tag}|low")
