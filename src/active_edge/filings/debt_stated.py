"""Floating-rate share as a sentence states it: a percentage of the debt, or an amount beside the whole or the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from active_edge.filings.reading import FiledShare

_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_MONEY = r"\$ ?(?P<{0}>[\d,]+(?:\.\d+)?) ?(?P<{0}_scale>thousand|million|billion)?"
_KIND = r"(?P<{0}>variable|floating|fixed)"
_WHOLE = (
    r"(?:our|the company(?:'|’)?s|its|the|total|outstanding|consolidated|aggregate|long-term|gross) "
    r"(?:(?:total|outstanding|consolidated|aggregate|long-term|gross|principal amount of) )*"
    r"(?:debt|indebtedness|borrowings)"
)
_OF_ITS_RATE = (
    r"(?:(?!\b(?:and|matur\w*|due|secured|guarant\w*|denominated|which|that|while|but)\b)[^.;%$]){0,90}?\b"
    rf"{_KIND.format('kind')}(?:[- ]rate| interest| rates?)"
)
PERCENT_OF = re.compile(
    rf"(?P<percent>\d{{1,3}}(?:\.\d+)?) ?(?:%|percent) of {_WHOLE}\b{_OF_ITS_RATE}",
    re.I,
)
AMOUNT_OF = re.compile(
    rf"\bof {_WHOLE}(?: (?:outstanding|of|totaling|at|as of|\w+ \d{{1,2}}, \d{{4}}))*,? (?:of )?"
    rf"{_MONEY.format('whole')}[^.;$%]{{0,40}}{_MONEY.format('part')}{_OF_ITS_RATE}",
    re.I,
)
BOTH = re.compile(
    rf"{_MONEY.format('one')} (?:of|in) (?:\w+ ){{0,2}}{_KIND.format('kind')}[- ]rate (?:debt|indebtedness|borrowings)"
    rf"[^.;$%]{{0,40}}{_MONEY.format('other')} (?:of|in) (?:\w+ ){{0,2}}{_KIND.format('second')}[- ]rate ",
    re.I,
)
UNSURE = re.compile(
    r"\b(respectively|expect|target|policy|may|would|could|limit|maximum|up to|at least|more than|less than|if)\b|"
    r"covenant|receivable|investments?\b|customers",
    re.I,
)
APART = 0.03


def stated_share(sentences: Iterable[str]) -> FiledShare | None:
    """The floating share that sentences state of all the debt; None where none does, or two state different ones.

    Sentences of aims, bounds and several dates do not count.
    """
    found = [(share, text) for text in sentences for share in _stated(text)]
    if not found or max(share for share, _ in found) - min(share for share, _ in found) > APART:
        return None
    share, text = found[0]
    return FiledShare(share, "debt_text", "medium", text, details={"stated": True})


def _stated(text: str) -> Iterator[float]:
    """Floating shares that a sentence states."""
    if UNSURE.search(text):
        return
    parts = [(float(match["percent"]) / 100.0, match["kind"]) for match in PERCENT_OF.finditer(text)]
    for match in AMOUNT_OF.finditer(text):
        parts.append((_over(_usd(match, "part"), _usd(match, "whole")), match["kind"]))
    for match in BOTH.finditer(text):
        if _floats(match["kind"]) != _floats(match["second"]):
            one, other = _usd(match, "one"), _usd(match, "other")
            parts.append((_over(one, one + other), match["kind"]))
    yield from (part if _floats(kind) else 1.0 - part for part, kind in parts if 0.0 <= part <= 1.0)


def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


def _floats(kind: str) -> bool:
    return kind.lower() != "fixed"


def _usd(match: re.Match[str], name: str) -> float:
    return float(match[name].replace(",", "").rstrip(".") or 0) * _SCALES.get(
        (match[f"{name}_scale"] or "").lower(), 1.0
    )
