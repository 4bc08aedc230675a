"""Codes and signs of CRSP's files: what its numbers mean here, and the names of its columns.

Source: CRSP US Stock & US Index Databases Data Descriptions Guide, chapter 5 (share, exchange and delisting codes; PRC
below zero is the mean of bid and ask of a day without a trade); the first digits of delisting codes as
crsp.org/products/documentation/data-definitions-d has them, those of share codes as data-filters there. Shumway
(1997, DOI 10.1111/j.1540-6261.1997.tb03818.x) takes 500 and 520 to 584 for delistings by performance; of 500 CRSP
itself says that the reason is unavailable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NOTHING = ""

SHARE_CODES: Mapping[str, tuple[str, ...]] = {
    "common": ("10", "11", "12"),
    "fund": ("14", "15", "44", "45", "74", "75"),
    "reit": ("18", "40", "41", "42", "48"),
    "adr": ("30", "31"),
    "unit": ("70", "71", "72", "78"),
    "etf": ("73",),
}
EXCHANGE_CODES: Mapping[str, tuple[str, ...]] = {
    "NYSE": ("1", "31"),
    "AMEX": ("2", "32"),
    "NASDAQ": ("3", "33"),
    "ARCA": ("4",),
    "CHX": ("13",),
    "OTC": ("20",),
    NOTHING: ("-2", "-1", "0"),
}
DELISTING_CODES: tuple[tuple[int, int, str], ...] = (
    (100, 199, NOTHING),
    (200, 399, "merger"),
    (400, 519, "unknown"),
    (520, 569, "distress"),
    (570, 573, "voluntary"),
    (574, 599, "distress"),
    (600, 799, "unknown"),
    (800, 899, NOTHING),
)
"""Code from, to, and what it is: active, merger, exchange of shares, liquidation and moves to another exchange, dropped
for what the company did or lacked, at its own request, dropped otherwise, expired or ended by the SEC, traded on two
exchanges."""
COLUMN_NAMES: Mapping[str, str] = {
    "permno": "asset", "date": "session", "caldt": "session", "dlycaldt": "session", "prc": "close", "dlyprc": "close",
    "vol": "volume", "dlyvol": "volume", "ret": "total_return", "dlyret": "total_return", "openprc": "open",
    "askhi": "high", "bidlo": "low", "comnam": "name", "issuernm": "name", "exchcd": "exchange",
    "primaryexch": "exchange", "shrcd": "security_type", "siccd": "sic", "dlstcd": "exit_reason",
    "dlret": "exit_return", "shrout": "the item shares_outstanding of facts, in thousands there",
}  # fmt: skip
"""What CRSP's columns are called here, by their letters alone."""


def meaning_of_code(table: str, column: str, word: str) -> str | None:
    """What a number in a column of words means, `NOTHING` where it says there is no value, None where it is no code."""
    whole = re.fullmatch(r"\s*(-?\d{1,3})(?:\.0+)?\s*", word)
    if table != "securities" or whole is None:
        return None
    if column == "exit_reason":
        code = int(whole[1])
        return next((said for first, last, said in DELISTING_CODES if first <= code <= last), None)
    codes = {"security_type": SHARE_CODES, "exchange": EXCHANGE_CODES}.get(column, {})
    return next((said for said, known in codes.items() if whole[1] in known), None)


def spoken_codes(column: str) -> Mapping[str, str]:
    """The codes of a column in words, by what they mean here: for the reference."""
    if column == "exit_reason":
        spans: dict[str, list[str]] = {}
        for first, last, said in DELISTING_CODES:
            spans.setdefault(said, []).append(f"{first} to {last}")
        return {said: ", ".join(parts) for said, parts in spans.items()}
    codes = {"security_type": SHARE_CODES, "exchange": EXCHANGE_CODES}.get(column, {})
    return {said: ", ".join(known) for said, known in codes.items()}
