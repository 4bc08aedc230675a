"""Debt as a list of instruments, each floating, fixed or unknown, and the floating share of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from active_edge.filings.rates import (
    TYPICALLY_FIXED,
    TYPICALLY_FLOATING,
    Rate,
    Sensitivity,
)
from active_edge.filings.reading import Confidence, FiledShare

SILENT = 0.005
"""Unknown debt up to this share of the whole lowers no confidence."""
MOST_UNKNOWN = 0.50
"""Beyond this share unknown, what is known says too little."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """One debt: what the filing calls it, its balance in the table's or fact's unit, whether it floats."""

    label: str
    amount: float
    rate: Rate | None


@dataclass(frozen=True)
class Debt:
    """The debt of one filing on its balance sheet date.

    instruments : drawn balances, positive. total : stated total in the same unit, None where none is stated.
    source : method. reconciled : whether the instruments add up to the total within 2 %.
    """

    instruments: tuple[Instrument, ...]
    source: str
    total: float | None = None
    reconciled: bool = True

    def sum(self, rate: Rate | None) -> float:
        return sum(one.amount for one in self.instruments if one.rate == rate)

    @property
    def known(self) -> float:
        return self.sum("floating") + self.sum("fixed")

    @property
    def whole(self) -> float:
        """Everything listed, or the stated total where it is more than 5 % larger than the list."""
        listed = self.known + self.sum(None)
        return self.total if self.total is not None and self.total > 1.05 * listed else listed


def floating_share(debt: Debt, *, pay_fixed: float = 0.0) -> FiledShare | None:
    """Floating over known debt, after `pay_fixed` swap notional; None where more than half of the debt is unknown.

    The confidence is high with (next to) no unknown debt and a list that adds up, medium up to a quarter unknown,
    low up to a half.
    """
    known, whole = debt.known, debt.whole
    if known <= 0 or whole <= 0 or 1 - known / whole > MOST_UNKNOWN:
        return None
    gross = debt.sum("floating")
    floating = max(0.0, gross - pay_fixed)
    unknown = max(0.0, whole - known)
    share = unknown / whole
    confidence: Confidence = "low"
    if share <= SILENT and debt.reconciled:
        confidence = "high"
    elif share <= 0.25:
        confidence = "medium"
    details = {"floating": floating, "fixed": known - floating, "unknown": unknown}
    if unknown > 0:
        details |= {"at_least": floating / whole, "at_most": (floating + unknown) / whole}
    if pay_fixed:
        details |= {"pay_fixed_notional": pay_fixed, "floating_before_swaps": gross}
    return FiledShare(floating / known, debt.source, confidence, _passage(debt), details=details)


def completed(listed: Debt, other: Debt, unit: float) -> Debt:
    """`listed` with those known instruments of `other` (USD) that it lacks and that fit into what it leaves open.

    unit : USD per unit of `listed`.
    """
    gap = listed.whole - listed.known - listed.sum(None)
    amounts = [one.amount for one in listed.instruments]
    added = []
    for one in sorted(other.instruments, key=lambda one: one.amount):
        amount = one.amount / unit
        if one.rate is None or any(abs(amount - there) <= 0.03 * there for there in amounts) or amount > 1.05 * gap:
            continue
        added.append(replace(one, amount=amount))
        gap -= amount
    return replace(listed, instruments=(*listed.instruments, *added))


def typical_share(debt: Debt) -> FiledShare | None:
    """(Revolvers, term loans, junior subordinated) over all debt, low confidence: the fallback by kind of debt."""
    guessed = [replace(one, rate=one.rate or _typical(one.label)) for one in debt.instruments]
    value = floating_share(replace(debt, instruments=tuple(guessed), source="debt_kind"))
    return None if value is None else replace(value, confidence="low")


def checked_by(value: FiledShare, sensitivity: Sensitivity | None, unit: float | None) -> FiledShare:
    """`value` with Item 7A beside it; a floating debt more than twice off lowers the confidence by one step.

    unit : USD per unit of the value's amounts; None where it is not known, then nothing is compared.
    """
    if sensitivity is None:
        return value
    implied = sensitivity.floating_debt_usd
    check = {"shift": sensitivity.shift, "cost_usd": sensitivity.cost_usd, "implied_floating_usd": implied}
    confidence = value.confidence
    if unit is not None and "floating" in value.details:
        stated = value.details["floating"] * unit
        agrees = 0.5 * implied <= stated <= 2.0 * implied
        check["agrees"] = agrees
        if not agrees:
            confidence = "medium" if confidence == "high" else "low"
    return replace(value, confidence=confidence, details={**value.details, "item_7a": check})


def no_debt(passage: str, confidence: Confidence, period_end: str | None = None) -> FiledShare:
    """Zero, because there is nothing to pay interest on."""
    return FiledShare(0.0, "no_debt", confidence, passage, period_end)


def distinct(instruments: Iterable[Instrument]) -> tuple[Instrument, ...]:
    """Instruments without repetitions of the same balance under the same or a similar name."""
    kept: dict[tuple[str, float], Instrument] = {}
    for one in instruments:
        kept.setdefault((one.label[:60].lower(), round(one.amount, 2)), one)
    return tuple(kept.values())


def _typical(label: str) -> Rate | None:
    if TYPICALLY_FLOATING.search(label):
        return "floating"
    return "fixed" if TYPICALLY_FIXED.search(label) else None


def _passage(debt: Debt) -> str:
    largest = sorted(debt.instruments, key=lambda one: -one.amount)[:6]
    return "; ".join(f"{one.label[:90]} {one.amount:,.10g} ({one.rate or 'unknown'})" for one in largest)
