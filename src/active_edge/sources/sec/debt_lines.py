"""All of a company's debt where no tag states it: its lines, never below its long-term debt, zero where none is."""

from __future__ import annotations

from active_edge.sources.sec.concepts import (
    DEBT_LINES,
    DEBT_LINES_SOURCE,
    LONG_TERM_DEBT_SOURCE,
    NO_DEBT_SOURCE,
    SHORT_TERM_SOURCE,
)
from active_edge.sources.sec.scale import Numbers


def derive_debt(reported: dict[str, Numbers], debt_filings: set[str]) -> None:
    """Fill `total_debt` of `reported` where a filing tells of debt, or of none, under other tags.

    A filing with a full balance sheet and no tag about debt at all owes nothing (low confidence); one that names debt
    and states no balance known here leaves the number as it was before.
    """
    debts = reported.setdefault("total_debt", {})
    _never_below_long_term_debt(reported, debts)
    short = reported.get("short_term_debt", {})
    lines = [reported[name] for name in DEBT_LINES if name in reported]
    for key in dict.fromkeys(key for line in (*lines, short) for key in line):
        if key in debts:
            continue
        # a line's current part is in short-term debt already
        held = [line[key] for line in lines if key in line and not (key in short and line[key][4].endswith("Current"))]
        held += [short[key]] if key in short else []
        source = DEBT_LINES_SOURCE if len(held) > 1 or key not in short else SHORT_TERM_SOURCE
        debts[key] = (-1, sum(value for _, value, _, _, _ in held), held[0][2], held[0][3], f"{source}|low")
    _any_other(reported, debts)
    liabilities = reported.get("total_liabilities", {})
    for key, (_, _, filed, form, _) in reported.get("total_assets", {}).items():
        if key not in debts and key in liabilities and key[0] not in debt_filings:
            debts[key] = (-1, 0.0, filed, form, f"{NO_DEBT_SOURCE}|low")


def _never_below_long_term_debt(reported: dict[str, Numbers], debts: Numbers) -> None:
    for key, (_, value, filed, form, _) in reported.get("~long_term_debt_with_current", {}).items():
        if key in debts and debts[key][1] < value:
            debts[key] = (-1, value, filed, form, f"{LONG_TERM_DEBT_SOURCE}|medium")


def _any_other(reported: dict[str, Numbers], debts: Numbers) -> None:
    for key, (_, value, filed, form, tag) in reported.get("~other_debt", {}).items():
        if key not in debts:
            debts[key] = (-1, value, filed, form, f"companyfacts:{tag}|low")
