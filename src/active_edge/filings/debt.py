"""Debt as a list of instruments, each floating, fixed or unknown, and the floating share of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from active_edge.filings.rates import SWAPPED, Rate, Sensitivity
from active_edge.filings.reading import Confidence, FiledShare

SILENT = 0.03
"""Debt whose rate is not told, up to this share of the whole, lowers no confidence: it moves no answer out of reach."""
GUESSED = 0.10
"""Beyond this share guessed by kind the confidence is low."""
MOST_UNKNOWN = 0.50
"""Beyond this share unknown, what is known says too little."""
OVER = 1.25
"""A list beyond this multiple of the stated total holds what is no balance."""
HEDGED_ROW = re.compile(r"(effect|impact) of .{0,40}(hedg|swap)|(net of|after|including) .{0,25}swap", re.I)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One debt: what the filing calls it, its balance in the table's or fact's unit, whether it floats.

    told : whether the filing tells the rate; False where it is guessed from the kind of debt.
    """

    label: str
    amount: float
    rate: Rate | None
    told: bool = True


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
    def listed(self) -> float:
        return sum(one.amount for one in self.instruments)

    @property
    def guessed(self) -> float:
        """Debt whose rate is guessed from its kind."""
        return sum(one.amount for one in self.instruments if one.rate is not None and not one.told)

    @property
    def whole(self) -> float:
        """Everything listed, or the stated total where it is more than 5 % larger than the list."""
        return self.total if self.total is not None and self.total > 1.05 * self.listed else self.listed


def floating_share(
    debt: Debt, *, pay_fixed: float = 0.0, hedged: bool = False, fixing: float = 0.0
) -> FiledShare | None:
    """Floating over listed debt, after `pay_fixed` swap notional; None where more than half of the debt is unknown.

    A debt of unknown kind counts as fixed, one whose rate is not told as what its kind usually pays. The confidence is
    high with (next to) no such debt and a list that adds up, medium up to a quarter (a tenth where guessed), else low.

    hedged : swaps are told of whose notional is not, so that a floating debt may be fixed: medium at most.
    fixing : share of the floating debt that swaps of no told notional are said to fix.
    """
    if not pay_fixed and not fixing:
        debt = replace(debt, instruments=tuple(_unhedged(one) for one in debt.instruments))
    listed, whole = debt.listed, debt.whole
    if listed <= 0 or whole <= 0 or 1 - debt.known / whole > MOST_UNKNOWN:
        return None
    gross = debt.sum("floating")
    swapped = sum(one.amount for one in debt.instruments if one.rate == "fixed" and SWAPPED.search(one.label))
    floating = max(0.0, gross - max(0.0, pay_fixed - swapped)) * (1.0 if pay_fixed else 1.0 - fixing)
    unknown, guessed = max(0.0, whole - debt.known), debt.guessed
    details = {"floating": floating, "fixed": debt.known - floating, "unknown": unknown}
    if guessed:
        details["guessed_by_kind"] = guessed
    if unknown + guessed > 0:
        maybe = sum(one.amount for one in debt.instruments if one.rate == "floating" and not one.told)
        details |= {
            "at_least": max(0.0, floating - maybe) / whole,
            "at_most": min(whole, floating - maybe + guessed + unknown) / whole,
        }
    if pay_fixed:
        details |= {"pay_fixed_notional": pay_fixed, "floating_before_swaps": gross}
    elif fixing:
        details |= {"share_that_swaps_fix": fixing, "floating_before_swaps": gross}
    source = "debt_kind" if guessed > 0.5 * listed else debt.source
    return FiledShare(
        floating / listed, source, _trust(debt, hedged=hedged and not pay_fixed), _passage(debt), details=details
    )


def _unhedged(one: Instrument) -> Instrument:
    """Of unknown rate where its row speaks of hedges whose notional nobody states."""
    return replace(one, rate=None) if one.rate == "floating" and HEDGED_ROW.search(one.label) else one


def _trust(debt: Debt, *, hedged: bool) -> Confidence:
    guessed, unknown = debt.guessed / debt.whole, max(0.0, debt.whole - debt.known) / debt.whole
    over = debt.total is not None and debt.listed > OVER * debt.total > 0
    if over or guessed > GUESSED or guessed + unknown > 0.25:
        return "low"
    untold = guessed + unknown > SILENT or not debt.reconciled or (hedged and debt.sum("floating") > 0)
    return "medium" if untold else "high"


def completed(listed: Debt, other: Debt, unit: float) -> Debt:
    """`listed` with those known instruments of `other` (USD) that it lacks and that fit into what it leaves open.

    unit : USD per unit of `listed`.
    """
    gap = listed.whole - listed.listed
    amounts = [one.amount for one in listed.instruments]
    added = []
    for one in sorted(other.instruments, key=lambda one: one.amount):
        amount = one.amount / unit
        if (
            one.rate is None
            or not one.told
            or any(abs(amount - there) <= 0.03 * there for there in amounts)
            or amount > 1.05 * gap
        ):
            continue
        added.append(replace(one, amount=amount))
        gap -= amount
    return replace(listed, instruments=(*listed.instruments, *added))


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


def _passage(debt: Debt) -> str:
    largest = sorted(debt.instruments, key=lambda one: -one.amount)[:6]
    return "; ".join(f"{one.label[:90]} {one.amount:,.10g} ({_told(one)})" for one in largest)


def _told(one: Instrument) -> str:
    return (one.rate or "unknown") if one.told or one.rate is None else f"{one.rate}, by its kind"
