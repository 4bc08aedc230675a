"""What one filing says on each leg: a value, how it was read, how far to trust it, and the words it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from active_edge.errors import SourceFormatError

Confidence = Literal["high", "medium", "low"]
RANK: dict[Confidence, int] = {"high": 3, "medium": 2, "low": 1}
LEGS = ("domestic_revenue_share", "floating_rate_debt_share", "insider_ownership")
PASSAGE_LIMIT = 400
"""Longest quotation kept with a value, in characters."""


def checked_share(value: float, where: str) -> float:
    """`value` itself when it is a share in [0, 1]; a rounding excess below half a percent becomes the bound.

    Raises
    ------
    SourceFormatError
        `value` is not finite, negative or above 1: the filing's own numbers contradict each other.
    """
    if not math.isfinite(value) or value < -0.005 or value > 1.005:
        raise SourceFormatError(f"{where}: {value:.6g} is no share; it must lie in [0, 1]: read the filing by hand")
    return min(1.0, max(0.0, value))


@dataclass(frozen=True)
class FiledShare:
    """One leg as one filing states it.

    value : float
        Share in [0, 1].
    source : str
        Method that read it (docs/legs.md has one paragraph on each).
    confidence : {"high", "medium", "low"}
    passage : str
        Words or facts the value was read from, at most `PASSAGE_LIMIT` characters.
    period_end : str or None
        ISO date the value describes, where the filing says so.
    filed : str or None
        ISO date the filing became public, where the document says so. Timing: the value may be used from here on.
    details : dict
        Numerators, denominators, bounds and checks; keys differ by source.
    """

    value: float
    source: str
    confidence: Confidence
    passage: str
    period_end: str | None = None
    filed: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", checked_share(self.value, self.source))
        words = " ".join(self.passage.split())
        if len(words) > PASSAGE_LIMIT:
            words = words[: PASSAGE_LIMIT - 1] + "…"
        object.__setattr__(self, "passage", words)

    def to_dict(self) -> dict[str, Any]:
        """Plain values only; `details` last, absent dates left out."""
        out: dict[str, Any] = {
            "value": self.value,
            "source": self.source,
            "confidence": self.confidence,
            "passage": self.passage,
        }
        if self.period_end is not None:
            out["period_end"] = self.period_end
        if self.filed is not None:
            out["filed"] = self.filed
        if self.details:
            out["details"] = self.details
        return out


@dataclass(frozen=True)
class Reading:
    """What one filing says on the three legs; None where it says nothing.

    kind : str
        Detected document kind, such as "xbrl_instance" or "proxy_html".
    notes : tuple of str
        What was seen and not used: bounds, contradictions, numbers refused and why.
    holdings : tuple of dict
        Holdings a Form 3, 4 or 5 reports, for `roll_forward`; empty for other kinds.
    """

    kind: str
    domestic_revenue_share: FiledShare | None = None
    floating_rate_debt_share: FiledShare | None = None
    insider_ownership: FiledShare | None = None
    notes: tuple[str, ...] = ()
    holdings: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """`kind`, one key a leg (None where the filing says nothing), then `notes` and `holdings` where there are."""
        out: dict[str, Any] = {"kind": self.kind}
        for leg in LEGS:
            value: FiledShare | None = getattr(self, leg)
            out[leg] = None if value is None else value.to_dict()
        if self.notes:
            out["notes"] = list(self.notes)
        if self.holdings:
            out["holdings"] = [dict(row) for row in self.holdings]
        return out


def most_trusted(*values: FiledShare | None) -> FiledShare | None:
    """The value of the highest confidence; the first given among equals; None when there is none."""
    present = [value for value in values if value is not None]
    return max(present, key=lambda value: RANK[value.confidence]) if present else None
