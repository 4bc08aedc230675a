"""Numbers to text, the same for terminal, page and reason: units, signs, decimals, and names that were misspelt.

A true minus sign keeps columns aligned, a missing value is a dash, and a unit follows a plain space, which pages bind
(`report.document.bind_units`). A number that a person reads is written by a function of this module and by nothing
else; `tests/promises/test_words_fence.py` finds any other.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

DASH = "–"
MINUS = "\u2212"
INFINITE = "infinite"
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


def significant(value: Any, digits: int = 4) -> str:
    """A number of any size with `digits` significant digits; whole numbers and large ones without decimals."""
    if is_missing(value):
        return DASH
    if float(value).is_integer() and abs(value) < 1e15:
        return number(value, 0)
    text = number(value, 0) if 1e5 <= abs(value) < 1e15 else f"{value:.{digits}g}"
    return MINUS + text[1:] if text.startswith("-") else text


def exact(value: Any, *beside: float, digits: int = 6) -> str:
    """A number with at least `digits` significant digits, and as many more as tell it from the numbers it is held to.

    0.0299999 beside a bound of 0.03 is never `0.03`: what fails by a hair is seen to fail.
    """
    if is_missing(value):
        return DASH
    others = [other for other in beside if not is_missing(other) and other != value]
    for more in range(digits, 17):
        text = _shortest(value, more)
        if text not in {_shortest(other, more) for other in others}:
            return text
    return repr(float(value)).replace("-", MINUS, 1)


def _shortest(value: float, digits: int) -> str:
    """At most `digits` significant digits, thousands separated, no zeros at the end, cents of large sums left out."""
    size = abs(float(value))
    if 0 < size < 1e-4 or size >= 1e15:
        return f"{value:.{digits}g}".replace("-", MINUS, 1)
    leading = math.floor(math.log10(size)) if size > 0 else 0
    text = number(value, max(0, digits - 1 - leading))
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact_percent(value: Any) -> str:
    """A decimal in percent with every digit it has: 0.125 is `12.5 %`, 0.2 is `20 %`."""
    return DASH if is_missing(value) else f"{exact(100.0 * float(value), digits=12)} %"


def percent(value: Any, decimals: int = 1) -> str:
    """A decimal in percent: 0.0213 is `2.1 %`."""
    return DASH if is_missing(value) else f"{number(100.0 * float(value), decimals)} %"


def signed(value: Any, decimals: int = 1) -> str:
    """A decimal in percent that always shows its sign: 0.0213 is `+2.1 %`."""
    return DASH if is_missing(value) else f"{number(100.0 * float(value), decimals, sign=True)} %"


def interval(lower: Any, upper: Any, *, decimals: int = 1, sign: bool = True) -> str:
    """Two decimals as a range in percent: `−1.3 to +5.5 %`; a share, which is never below zero, needs no sign."""
    if is_missing(lower) or is_missing(upper):
        return DASH
    low, high = (number(100.0 * float(bound), decimals, sign=sign) for bound in (lower, upper))
    return f"{low} to {high} %"


def number_range(lower: Any, upper: Any, decimals: int = 2) -> str:
    """Two plain numbers as a range: `−0.12 to +0.31`."""
    if is_missing(lower) or is_missing(upper):
        return DASH
    return " to ".join(number(bound, decimals, sign=True) for bound in (lower, upper))


def bps(value: Any, decimals: int = 0) -> str:
    """A number already in basis points."""
    return DASH if is_missing(value) else f"{number(value, decimals)} bp"


def usd(value: Any) -> str:
    """US dollars, shortened to thousands, millions or billions."""
    if is_missing(value):
        return DASH
    amount = abs(float(value))
    sign = MINUS if float(value) < 0 else ""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if amount >= size:
            return f"{sign}${amount / size:,.1f} {unit}"
    return f"{sign}${amount:,.2f}"


def p_value(value: Any) -> str:
    """A p-value: three decimals under 0.1, two above, and never zero."""
    if is_missing(value):
        return DASH
    if value < 0.001:
        return "< 0.001"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def evidence(value: Any) -> str:
    """An e-value: `0.43`, `3.6`, `21`, and from a thousand on no more digits than say anything."""
    if is_missing(value):
        return DASH
    if value < 0.01:
        return "< 0.01"
    if value >= 1000:
        return f"{number(value / 1000, 0)} thousand" if value < 1e6 else "over a million"
    return number(value, 2 if value < 1 else 1 if value < 10 else 0)


def count(value: Any, noun: str, plural: str = "") -> str:
    """`1 trial`, `16 trials`."""
    return f"{number(value, 0)} {noun_of(value, noun, plural)}"


def noun_of(value: Any, noun: str, plural: str = "") -> str:
    """The noun after a number: `trial` after 1, else `trials`."""
    return noun if value == 1 else plural or noun + "s"


def years(value: Any, decimals: int = 0) -> str:
    """A span: `about 34 years` where rounded to whole ones, `6.7 years` else; past a thousand the number says "
    "nothing."""
    if value is None or value != value:
        return DASH
    if value >= 1000:
        return "more than a thousand years"
    return f"{number(value, decimals)} years" if decimals else f"about {number(value, 0)} years"


def date(value: Any) -> str:
    """The day of a timestamp or of ISO text; a dash where missing."""
    text = "" if value is None else str(value)
    return DASH if text in {"", "NaT", "nan"} else text[:10]


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def shortened(items: Sequence[str], most: int = 10) -> list[str]:
    """The items themselves up to `most` of them; of more the first ones, and `and 76 more`."""
    if len(items) <= most:
        return list(items)
    return [*items[:most], f"and {number(len(items) - most, 0)} more"]


def plain(name: str) -> str:
    """An identifier as words: `interest_coverage` is `interest coverage`."""
    return name.replace("_", " ")


def factor_value(value: Any, unit: str, infinite: str = "") -> str:
    """A factor's value in the unit its definition names; `infinite` says what an infinite one means."""
    if is_missing(value):
        return DASH if value is None or value != value else infinite or INFINITE
    if unit.startswith(("fraction", "decimal", "share")):
        return percent(value)
    if unit.startswith("USD"):
        return usd(value)
    if unit.startswith(("sessions", "days", "points")):
        return number(value, 0)
    return number(value, 2)


def nearest(name: str, valid: Iterable[str]) -> str:
    """Remedy for a misspelt name: the nearest valid one, or the list of all when none is near."""
    names = sorted(valid)
    close = _alike(name, names)
    if close:
        return f"did you mean {close}?"
    shown = ", ".join(names[:LISTED]) + (f" and {len(names) - LISTED:,} more" if len(names) > LISTED else "")
    return f"valid: {shown}" if names else "there is none"


def if_near(name: str, valid: Iterable[str]) -> str:
    """`; did you mean …?` where a valid name is near; nothing where none is, for something else is wrong."""
    close = _alike(name, sorted(valid))
    return f"; did you mean {close}?" if close else ""


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
