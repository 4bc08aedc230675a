"""Interest rate swaps that pay fixed: how much floating debt they turn into fixed debt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from active_edge.filings.facts import Fact, Report
from active_edge.filings.pages import Table
from active_edge.filings.swap_sentences import Swaps, swaps_of_sentences
from active_edge.filings.swap_tables import notional_of_tables

PAY_FIXED = re.compile(r"PayFixed|FixedRatePay|PayerSwap|FixedPay")
NOTIONAL_TAG = re.compile(
    r"^(Derivative(Liability|Asset)?NotionalAmount|NotionalAmountOfInterestRate|DerivativeNotionalAmount)"
)
SWAP_MEMBER = re.compile(r"InterestRate(Swap|Contract)|SwapAgreement|^Swaps?Member")
FAIR_VALUE = re.compile(r"FairValueHedg|ReceiveFixed|Forward|Cap|Floor|Treasury|CrossCurrency|CurrencySwap|Foreign")
NOT_OURS = re.compile(
    r"SubsequentEvent|ForwardStart|Unconsolidated|EquityMethod|JointVenture|TotalReturn|Commodity|Fuel|"
    r"CurrencySwap|CrossCurrency"
)
"""Members of swaps that are not there yet, or not the company's, or fix no interest."""
GENERIC = re.compile(r"^InterestRate(Swap|Contract)(s|Agreements?)?Member$")


def swaps_of_report(report: Report, sentences: Iterable[str]) -> Swaps:
    """Swaps by facts of the balance sheet date; by the sentences where no fact gives a notional."""
    spoken = swaps_of_sentences(sentences, report.period_end)
    known = _by_facts(report, spoken.pay_fixed > 0 or spoken.told)
    return replace(spoken, pay_fixed=known, told=True, share=0.0, guessed=False) if known else spoken


def tabled_swaps(swaps: Swaps, tables: Iterable[Table]) -> Swaps:
    """`swaps` with the notional that tables list, as a guess, where they are told to pay fixed and none is stated."""
    if not swaps.told or swaps.pay_fixed or swaps.share or swaps.unfixing:
        return swaps
    listed = notional_of_tables(tables)
    return replace(swaps, pay_fixed=listed, guessed=True) if listed else swaps


def _by_facts(report: Report, paying: bool) -> float:
    """Largest sum of notionals over one set of axes: swaps told one by one add up, restatements by other axes do not.

    A swap counts when it is named pay-fixed, when it hedges cash flows, or when the sentences say that swaps pay fixed.
    """
    groups: dict[frozenset[str], dict[frozenset[tuple[str, str]], set[float]]] = {}
    for fact in report.facts:
        if fact.end == report.period_end and NOTIONAL_TAG.search(fact.tag) and fact.value > 0 and _pays(fact, paying):
            members = frozenset((axis, GENERIC.sub("InterestRateSwap", member)) for axis, member in fact.dimensions)
            groups.setdefault(fact.axes, {}).setdefault(members, set()).add(fact.value)
    return max((_added([sum(values) for values in group.values()]) for group in groups.values()), default=0.0)


def _added(notionals: list[float]) -> float:
    """Their sum, without one that is the sum of two or more others."""
    whole, largest = sum(notionals), max(notionals)
    return largest if len(notionals) > 2 and abs(whole - 2 * largest) <= 0.001 * largest else whole


def _pays(fact: Fact, paying: bool) -> bool:
    names = " ".join(member for _, member in fact.dimensions)
    if NOT_OURS.search(names):
        return False
    if PAY_FIXED.search(f"{names} {fact.tag}"):
        return True
    if FAIR_VALUE.search(names):
        return False
    swap = SWAP_MEMBER.search(names) or "InterestRate" in fact.tag
    return bool(swap) and (paying or "CashFlowHedging" in names)
