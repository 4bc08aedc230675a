"""How people write numbers that a program must not guess at, and what to write instead."""

from __future__ import annotations

import re

_FORMS: tuple[tuple[str, str], ...] = (
    (r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", "write numbers without commas between thousands"),
    (r"[-+]?\d{1,3}(\.\d{3})*,\d+", "write a decimal point, not a comma"),
    (r"[-+]?\d{1,3}([ '\u00a0\u202f]\d{3})+([.,]\d*)?", "write numbers without spaces between thousands"),
    (r"[-+]?[\d.]+ ?%", "write decimals without a percent sign: 0.05 for 5%"),
    (r"[-+(]?[$€£].*", "write numbers without a currency sign"),
    (r"\(.+\)", "write a negative number with a minus sign, not in brackets"),
    (r"[\d.,]+-", "write the minus sign before the number"),
    (r"[\u2212\u2013\u2014][\d.,]+", "write the minus sign as a hyphen: -5"),
    (r"nil", "nil may mean zero or unknown; write 0 or leave it empty"),
    (r"[-+]?[\d.]+ ?([kmbt]|mn|bn|mm|million|billion)", "write numbers in full: 1200000, not 1.2M"),
    (r"[-+]?\.?inf(inity)?", "no value is infinite"),
    (r"[-+]?0[\d_]+(\.\d*)?", "a leading zero may mean another number; write it without"),
    (r"[-+]?0[xob]\w+", "write numbers with the digits 0 to 9"),
    (r"[-+]?\d+(:\d+)+(\.\d*)?", "hours and minutes are no number; write one number, a ratio of 3:2 as 1.5"),
    (r"[-+]?\d*_[\d_,.]*", "set underscores between groups of three digits only: 1_000_000"),
    (r"[-+]?\d{1,3}(\.\d{3}){2,}", "write numbers without points between thousands"),
    (r"[-+]?\d+ ?/ ?\d+", "write a fraction as a decimal: 0.5 for 1/2"),
    (r"[-+]?[\d.]+ ?(bps?|basis points?)", "write the number alone; a key in basis points has bps in its name"),
    (r"n/?an?", "a value that is not known is left out, with its key"),
    (r"[<>=≤≥].*", "write the number alone, under min or max"),
)


def number_hint(text: str) -> str:
    """What to do about a number in a form that is not read; empty where the form is none of these."""
    given = text.strip()
    return next((remedy for form, remedy in _FORMS if re.fullmatch(form, given, re.IGNORECASE)), "")
