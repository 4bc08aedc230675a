"""Numbers to text: units, signs and decimals the same on every page.

A true minus sign keeps columns aligned, a narrow no-break space binds the unit, and a missing value is a dash.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable
from typing import Any

DASH = "–"
MINUS = "\u2212"
NARROW = "\u202f"
LISTED = 40
"""Names a message lists when none is near."""
LEAST_ALIKE = 0.6
"""Below this share of letters in common a guess is wild, and none is offered."""


def is_missing(value: Any) -> bool:
    """True for None, NaN and infinities."""
    return value is None or (isinstance(value, (int, float)) and not math.isfinite(value))


def number(value: Any, decimals: int = 2, *, sign: bool = False) -> str:
    """`value` with `decimals`, thousands separated, a plus sign on demand; never a negative zero."""
    if is_missing(value):
        return DASH
    rounded = round(float(value), decimals) + 0.0
    text = f"{abs(rounded):,.{decimals}f}"
    if rounded < 0:
        return MINUS + text
    return "+" + text if sign and rounded > 0 else text


def percent(value: Any, decimals: int = 1, *, sign: bool = False) -> str:
    """A decimal in percent: 0.0213 is `2.1 %`."""
    if is_missing(value):
        return DASH
    return number(100.0 * float(value), decimals, sign=sign) + NARROW + "%"


def interval(lower: Any, upper: Any, decimals: int = 1) -> str:
    """Two decimals as a range in percent: `−1.3 to +5.5 %`."""
    if is_missing(lower) or is_missing(upper):
        return DASH
    low = number(100.0 * float(lower), decimals, sign=True)
    return f"{low} to {percent(upper, decimals, sign=True)}"


def basis_points(value: Any, decimals: int = 0) -> str:
    """A number already in basis points."""
    return DASH if is_missing(value) else number(value, decimals) + NARROW + "bp"


def usd(value: Any) -> str:
    """US dollars, shortened to thousands, millions or billions."""
    if is_missing(value):
        return DASH
    amount = abs(float(value))
    sign = MINUS if float(value) < 0 else ""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if amount >= size:
            return f"{sign}${amount / size:,.1f}{NARROW}{unit}"
    return f"{sign}${amount:,.2f}"


def probability(value: Any) -> str:
    """A p-value: three decimals under 0.1, two above, and never zero."""
    if is_missing(value):
        return DASH
    if value < 0.001:
        return "< 0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def bind_percent(text: str) -> str:
    """`text` with the space of every `5 %` narrow and unbreakable."""
    return re.sub(r"(?<=\d) %", NARROW + "%", text)


def count(value: Any, noun: str, plural: str = "") -> str:
    """`1 trial`, `16 trials`."""
    shown = plural or noun + "s"
    return f"{number(value, 0)} {noun if value == 1 else shown}"


def date(value: Any) -> str:
    """The day of a timestamp or of ISO text; a dash where missing."""
    text = "" if value is None else str(value)
    return DASH if text in {"", "NaT", "nan"} else text[:10]


def plain(name: str) -> str:
    """An identifier as words: `interest_coverage` is `interest coverage`."""
    return name.replace("_", " ")


def factor_value(value: Any, unit: str) -> str:
    """A factor's value in the unit its definition names."""
    if is_missing(value):
        return DASH
    if unit.startswith(("fraction", "decimal", "share")):
        return percent(value)
    if unit.startswith("USD"):
        return usd(value)
    if unit.startswith(("sessions", "days", "points")):
        return number(value, 0)
    return number(value, 2)


def signed(value: float) -> str:
    """A decimal as percent with sign and one digit, two where it is small."""
    digits = 2 if abs(value) < 0.00995 else 1
    return f"{value * 100:+.{digits}f} %".replace("-", "−")


def percent_text(value: float) -> str:
    """A decimal as percent with one digit."""
    return f"{value * 100:.1f} %"


def p_words(p: float) -> str:
    """A p-value: three decimals under 0.1, two above, and never zero."""
    if p < 0.001:
        return "below 0.001"
    return f"{p:.2f}" if p >= 0.1 else f"{p:.3f}"


def nearest(name: str, valid: Iterable[str]) -> str:
    """Remedy for a misspelt name: the nearest valid one, or the list of all when none is near."""
    names = sorted(valid)
    close = _alike(name, names)
    if close:
        return f"did you mean {close}?"
    shown = ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED:,} more" if len(names) > LISTED else "")
    return f"valid: {shown}" if names else "there is none"


def _alike(name: str, names: list[str]) -> str | None:
    """The name meant: the same in another case, the only one that holds it as a word, or the most alike."""
    by_case = {known.casefold(): known for known in reversed(names)}
    asked = name.casefold().strip()
    if asked in by_case:
        return by_case[asked]
    holding = [known for key, known in by_case.items() if asked in re.split(r"[_\W]+", key)]
    if len(holding) == 1:
        return holding[0]
    close = difflib.get_close_matches(asked, by_case, n=1, cutoff=LEAST_ALIKE)
    return by_case[close[0]] if close else None
