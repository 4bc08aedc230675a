"""Interest rate swaps that pay fixed: how much floating debt they turn into fixed debt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from active_edge.filings.facts import Fact, Report

PAY_FIXED = re.compile(r"PayFixed|FixedRatePay|PayerSwap|FixedPay")
NOTIONAL_TAG = re.compile(
    r"^(Derivative(Liability|Asset)?NotionalAmount|NotionalAmountOfInterestRate|DerivativeNotionalAmount)"
)
SWAP_MEMBER = re.compile(r"InterestRate(Swap|Contract)|SwapAgreement|^Swaps?Member")
FAIR_VALUE = re.compile(r"FairValueHedg|ReceiveFixed|Forward|Cap|Floor|Treasury|CrossCurrency|CurrencySwap|Foreign")
SWAP_WORD = re.compile(r"\bswaps?\b|interest rate (hedg|contract|derivative|protection)", re.I)
PAY_FIXED_WORDS = re.compile(
    r"\bpay(s|ing)?[- ](an? )?((weighted )?average )?fixed|fixed[- ]rate pay|pay(s|ing)? .{0,25}fixed rate|"
    r"\b(convert|swap|exchang|chang)\w*\b.{0,110}?\b(to|into|for) (an? )?((weighted )?average )?fixed|"
    r"effectively fix|\bfix(es|ed|ing)? (the |our )?(variable |interest |LIBOR |SOFR |floating |rates? (of|on) )|"
    r"from (a )?(variable|floating).{0,30}to (a )?fixed|cash flow hedge|"
    r"\b(after|effect of|effect to|through|via|under|by|using) .{0,60}(swap|hedg).{0,160}\bfixed\b(?! (and|or)\b)|"
    r"\bfixed\b.{0,60}\b(through|via|under|by|using|with) .{0,40}swap|"
    r"\b(fix|hedg)(es|ed|ing)? (approximately |about )?[\d.]+ ?(%|percent) of",
    re.I,
)
RECEIVE_FIXED = re.compile(
    r"receiv(e|es|ing) (a )?fixed|to (a )?(variable|floating)|fair value hedge|cross[- ]currency|foreign currency", re.I
)
CURRENCY = re.compile(r"cross[- ]currency|foreign currency|currency swap", re.I)
GONE = re.compile(
    r"\b(terminated|settled|unwound|expired|matured|forward[- ]starting|will (be|become) effective|"
    r"no (outstanding )?(interest rate )?swaps?|did not have any|subsequent to)\b",
    re.I,
)
DOLLARS = r"\$ ?([\d,]+(?:\.\d+)?) ?(million|billion|thousand)?"
NOTIONAL = re.compile(rf"(?:notional.{{0,90}}?{DOLLARS}|{DOLLARS}.{{0,40}}?\bnotional)", re.I)
COVERED = re.compile(
    rf"(?:{DOLLARS} of (?:[\w-]+ ){{0,6}}(?:debt|borrowings|loans?|principal|indebtedness|revolv\w+)|"
    rf"(?:on|for|of|covering) (?:\w+ ){{0,3}}{DOLLARS})",
    re.I,
)
SHARE = re.compile(
    r"\b(?:cover|hedg|fix|protect|limit)\w*\b.{0,60}?\b(\d{1,3}(?:\.\d+)?) ?(?:%|percent|per cent) of "
    r"(?:[\w'’]+ ){0,4}?"
    r"(?:variable|floating)[- ](?:interest )?rate (?:debt|borrowings|indebtedness|loans?|obligations|term)",
    re.I,
)
NOT_SO = re.compile(
    r"\b(?:requir\w+|must|shall|at least|at most|up to|not less than|polic\w+|may|would|could|target\w*)\b", re.I
)
EACH = re.compile(
    r"\b(two|three|four|five|six|[2-6])\b (?:[\w-]+ ){0,5}(?:swaps?|agreements|contracts)\b.{0,120}\beach\b", re.I
)
COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
MORE = re.compile(rf"^,? ?(?:and|,) {DOLLARS}", re.I)
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "": 1.0}


@dataclass(frozen=True, slots=True)
class Swaps:
    """Notional, USD, that pays fixed, 0 where none is stated; `told` whether such swaps are told of at all.

    unfixing : whether swaps are told of that turn fixed debt into floating debt. share : of the floating debt, that
    pays fixed by them, where this is told and no notional is.
    """

    pay_fixed: float
    told: bool
    unfixing: bool = False
    share: float = 0.0


def swaps_of_report(report: Report, sentences: Iterable[str]) -> Swaps:
    """Swaps by facts of the balance sheet date; by the sentences where no fact gives a notional."""
    spoken = swaps_of_sentences(sentences)
    known = _by_facts(report, spoken.pay_fixed > 0 or spoken.told)
    return Swaps(known or spoken.pay_fixed, bool(known) or spoken.told, spoken.unfixing, 0.0 if known else spoken.share)


def swaps_of_sentences(sentences: Iterable[str]) -> Swaps:
    """Largest notional that one sentence on swaps paying fixed states, the sum where it lists several."""
    best, told, unfixing, share = 0.0, False, False, 0.0
    paying = False
    for text in sentences:
        if not SWAP_WORD.search(text):
            paying = False
            continue
        pays = PAY_FIXED_WORDS.search(text) is not None
        if RECEIVE_FIXED.search(text) and not re.search(r"pay\w* (a )?fixed|cash flow hedge", text, re.I):
            paying = False
            unfixing = unfixing or _stands(text)
            continue
        if GONE.search(text):
            continue
        covered = SHARE.search(text)
        if covered is not None and not NOT_SO.search(text):
            told, share = True, max(share, min(1.0, float(covered[1]) / 100.0))
        told = told or pays
        if pays or paying:
            best = max(best, _notional(text, pays=pays))
        paying = pays or paying
    return Swaps(best, told, unfixing, 0.0 if best else share)


def _stands(text: str) -> bool:
    """Whether a sentence on swaps that turn fixed debt into floating debt states what they cover today."""
    return _notional(text, pays=True) > 0 and not CURRENCY.search(text) and not GONE.search(text)


def _notional(text: str, *, pays: bool) -> float:
    match = NOTIONAL.search(text) or (COVERED.search(text) if pays else None)
    if match is None:
        return 0.0
    amounts = [g for g in match.groups() if g and re.match(r"[\d,.]+$", g)]
    words = [g for g in match.groups() if g and g[0].isalpha()]
    total = _usd(amounts[0], words[0] if words else "") if amounts else 0.0
    rest = text[match.end() :]
    while (more := MORE.match(rest)) is not None:
        total += _usd(more.group(1), more.group(2) or "")
        rest = rest[more.end() :]
    each = EACH.search(text)
    return total * (COUNTS.get(each.group(1).lower()) or int(each.group(1))) if each is not None else total


def _usd(amount: str, scale: str) -> float:
    plain = amount.replace(",", "").rstrip(".")
    return float(plain or 0) * SCALES[scale.lower()]


def _by_facts(report: Report, paying: bool) -> float:
    """Largest sum of notionals over one set of axes: swaps told one by one add up, restatements by other axes do not.

    A swap counts when it is named pay-fixed, when it hedges cash flows, or when the sentences say that swaps pay fixed.
    """
    groups: dict[frozenset[str], set[float]] = {}
    for fact in report.facts:
        if fact.end == report.period_end and NOTIONAL_TAG.search(fact.tag) and fact.value > 0 and _pays(fact, paying):
            groups.setdefault(fact.axes, set()).add(fact.value)
    return max((sum(values) for values in groups.values()), default=0.0)


def _pays(fact: Fact, paying: bool) -> bool:
    names = " ".join(member for _, member in fact.dimensions)
    if PAY_FIXED.search(f"{names} {fact.tag}"):
        return True
    if FAIR_VALUE.search(names):
        return False
    swap = SWAP_MEMBER.search(names) or "InterestRate" in fact.tag
    return bool(swap) and (paying or "CashFlowHedging" in names)
