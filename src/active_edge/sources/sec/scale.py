"""Numbers a filer typed in thousands or millions where units were due: refused and counted, never repaired.

Each check compares a number with what the same company had filed by then, so that knowing it needs no hindsight.
"""

from __future__ import annotations

from collections import Counter

Numbers = dict[tuple[str, int, str], tuple[int, float, str, str, str]]
SLIPS = (1e3, 1e6, 1e9, 1e-3, 1e-6, 1e-9)
NEAR = 1.5
"""A slip is a ratio within a factor 1.5 of a power of a thousand."""
IMPLIED_PRICE_BOUNDS = (1e-3, 1e5)
"""Public float / shares outstanding, USD; beyond this one of the two is in the wrong scale."""


def is_slip(ratio: float) -> bool:
    """True when `ratio` is near a power of a thousand other than one."""
    return any(slip / NEAR <= ratio <= slip * NEAR for slip in SLIPS)


def refuse_scale_errors(reported: dict[str, Numbers], refused: Counter[str]) -> None:
    """Remove scale errors from `reported`, counting them by reason.

    Balance sheet: a filing whose total assets are a thousand or million times the company's last ones loses all its
    dollar amounts. Shares: against the last count filed, and earnings per share × shares against net income. Public
    float: the price per share it implies.
    """
    _refuse_jumps(reported.get("shares_outstanding", {}), "shares outstanding in the wrong scale", refused)
    _refuse_jumps(reported.get("shares_diluted", {}), "diluted shares in the wrong scale", refused)
    _refuse_by_earnings(reported, refused)
    wrong = _refuse_jumps(reported.get("total_assets", {}), "balance sheet in the wrong scale", refused)
    filings = {accession for accession, _, _ in wrong}
    if filings:
        for item, numbers in reported.items():
            if item.startswith(("shares_", "eps_", "dividends_")):
                continue
            for key in [key for key in numbers if key[0] in filings]:
                del numbers[key]
    _refuse_implied_prices(reported, refused)


def _refuse_jumps(numbers: Numbers, reason: str, refused: Counter[str]) -> list[tuple[str, int, str]]:
    """Walk in filing order; refuse a value a slip away from the last accepted one, unless the next one confirms it."""
    removed: list[tuple[str, int, str]] = []
    accepted = doubted = 0.0
    pending: list[tuple[str, int, str]] = []
    for key in sorted(numbers, key=lambda k: (numbers[k][2], k[2], k[0], k[1])):
        value = numbers[key][1]
        if value <= 0:
            continue
        if accepted and is_slip(value / accepted):
            same_filing = bool(pending) and pending[-1][0] == key[0]
            if doubted and 1 / NEAR <= value / doubted <= NEAR and not same_filing:
                accepted, doubted, pending = value, 0.0, []
                continue
            doubted = value
            pending.append(key)
            removed.append(key)
            continue
        accepted, doubted, pending = value, 0.0, []
    for key in removed:
        del numbers[key]
    if removed:
        refused[reason] += len(removed)
    return removed


def _refuse_by_earnings(reported: dict[str, Numbers], refused: Counter[str]) -> None:
    shares, eps = reported.get("shares_diluted", {}), reported.get("eps_diluted", {})
    income = reported.get("net_income", {})
    for key in [key for key in shares if key in eps and key in income]:
        implied = eps[key][1] * shares[key][1]
        if abs(eps[key][1]) >= 0.05 and implied and income[key][1] and is_slip(income[key][1] / implied):
            del shares[key]
            refused["diluted shares that contradict earnings per share"] += 1


def _refuse_implied_prices(reported: dict[str, Numbers], refused: Counter[str]) -> None:
    counts: dict[str, float] = {}
    for (accession, _, _), number in reported.get("shares_outstanding", {}).items():
        counts[accession] = max(counts.get(accession, 0.0), number[1])
    floats = reported.get("public_float_usd", {})
    low, high = IMPLIED_PRICE_BOUNDS
    for key in list(floats):
        value, count = floats[key][1], counts.get(key[0], 0.0)
        if value < 0 or (count > 0 and value > 0 and not low <= value / count <= high):
            del floats[key]
            refused["public float in the wrong scale"] += 1
