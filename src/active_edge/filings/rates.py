"""Words that say whether a debt floats, and what a filing says a rate rise would cost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Rate = Literal["floating", "fixed"]

FLOATING = re.compile(
    r"\b(\w{0,6}IBOR|SOFR|SONIA|SARON|BSBY|CDOR|CORRA|BBS[YW]|LPR|JIBAR|TIIE|TONAR?|EONIA|ESTR|OBFR|SELIC|"
    r"CDI(?= plus| ?\+)|ABR(?= loan| borrow| plus)|"
    r"prime(?=\s*(rate|plus|\+|less|minus|lending|$|[,;.)]))|"
    r"prime[- ]based|base rate|euro-?dollar (rate|loan|borrowing|tranche|advance)s?|"
    r"(?<!non-)(?<!non )variable(?!\s+interest\s+entit)|floating|"
    r"adjustable[- ]rate|federal funds|federal rate|(short[- ]term )?applicable federal|"
    r"(daily|weekly|monthly|quarterly) (re-?set|re-?pric|re-?market)\w*|"
    r"rates? (that|which) (fluctuates?|var(y|ies|iable)|floats?)|"
    r"(re-?(set|pric)\w*|adjust(s|ed)?|remarketed) (daily|weekly|monthly|quarterly|semi-?annually)|"
    r"interbank|secured overnight|(treasury|index|libor|bill|cd) (rate )?plus|cost of funds|"
    r"[LSE] ?\+ ?\d{1,3}(\.\d+)?)\b",
    re.I,
)
SWAPPED = re.compile(
    r"(swapped|hedged|converted|effectively|synthetic(ally)?|fixed (by|through|via|with)).{0,40}fixed|"
    r"fixed (by|through|via|under) .{0,30}swap|(subject to|covered by|hedged (by|with|through|using)) .{0,25}swap|"
    r"[-–—(] ?hedged\b|^hedged\b",
    re.I,
)
FIXED_WORD = re.compile(
    r"(?<!un)\bfixed\b(?![- ](asset|charge|maturit|term|price|payment))|non-?interest[- ]bearing|"
    r"interest[- ]free|zero[- ]coupon|without interest",
    re.I,
)
PERCENT = re.compile(
    r"(?<![\d.])(\d{1,2}(?:\.\d{1,4})?(?:\s+\d/\d{1,2})?|\d{1,2}[- ]\d/\d{1,2})\s*(?:%|percent\b)", re.I
)
NOT_A_COUPON = re.compile(
    r"(own(ed|s|ership)|guarant\w*|of (the )?(par|face|principal|outstanding)|interest in|joint|"
    r"discount (from|to|of)|premium|purchase price)",
    re.I,
)
TODAYS = re.compile(
    r"\b(effective|averag\w*|weighted|(end|close) of (the )?(period|year|quarter)|(year|period|quarter)[- ]end|as of|"
    r"at (january|february|march|april|may|june|july|august|september|october|november|december)|current(ly)?|"
    r"all[- ]in|presently|prevailing|then[- ]current|in effect|blended|(was|were)\W*$)",
    re.I,
)
"""Words beside a percentage that is paid now, which need not be a coupon."""
DATED = re.compile(
    r"^\W{0,3}(and \d[\d.]* ?%,? ?)?(respectively,? )?\(?((as of|at|in|for|on) (the )?((end|close) of|year|period|"
    r"(19|20)\d\d|(january|february|march|april|may|june|july|august|september|october|november|december|fiscal)\b)|"
    r"effective|average|weighted|current\b)",
    re.I,
)
"""What follows such a percentage."""
SPREAD = re.compile(r"(\+|\b(plus|less|minus))\s*$", re.I)
"""What stands before a percentage that is a margin over a rate, whatever that one is called."""
OF_MONEY = re.compile(r"(%|percent|cash|interest|principal|coupon|PIK|premium)\W{0,3}(\+|plus|less|minus)\s*$", re.I)
"""Before one that is paid beside another."""
SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9}


@lru_cache(maxsize=1 << 12)
def rate_of(words: str) -> Rate | None:
    """Whether a description of a debt says it floats or is fixed; None where it says neither or both.

    A plain percentage means fixed; a benchmark's name, "variable" or "floating" means floating, also with a spread.
    """
    if SWAPPED.search(words):
        return "fixed"
    floating = FLOATING.search(words) is not None
    if floating:
        return None if FIXED_WORD.search(words) else "floating"
    if FIXED_WORD.search(words):
        return "fixed"
    return "fixed" if coupons(words) else None


def coupons(words: str) -> list[float]:
    """Percentages of a description that are coupons: not today's, average or effective rates, stakes or discounts."""
    short = words[:1500]
    return [_percent(match) for match in PERCENT.finditer(short) if _is_coupon(short, match)]


def _percent(match: re.Match[str]) -> float:
    whole, _, part = re.sub(r"(?<=\d)[- ](?=\d+/)", " ", match.group(1)).partition(" ")
    top, slash, bottom = (part or whole).partition("/")
    fraction = float(top) / float(bottom) if slash and float(bottom) else 0.0
    return fraction + (float(whole) if part or not slash else 0.0)


def _is_coupon(words: str, match: re.Match[str]) -> bool:
    told = re.split(r"[,;(]", words[max(0, match.start() - 70) : match.start()])[-1]
    if TODAYS.search(told) or DATED.match(words[match.end() : match.end() + 40]):
        return False
    before = words[max(0, match.start() - 30) : match.start()]
    if SPREAD.search(before) and not OF_MONEY.search(before):
        return False
    after = words[match.end() : match.end() + 20].partition(",")[0]
    whole = re.match(r"\d+", match.group(1))
    if whole is None or int(whole.group()) > 40:
        return False
    return "interest" in before.lower() or not NOT_A_COUPON.search(f"{before[-14:]} {after}")


def member_rate(member: str) -> Rate | None:
    """The same from the name of an XBRL member, such as `FloatingRateTermLoanMember` or `Notes295PercentMember`."""
    words = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", member)
    if re.search(r"\bFixed\b", words) and re.search(r"\b(Floating|Variable)\b", words):
        return None
    if re.search(r"\b(Floating|Variable|Libor|LIBOR|Sofr|SOFR|Prime Rate|Euribor|Base Rate|Eurodollar)", words):
        return "floating"
    return "fixed" if re.search(r"\b(Percent|Fixed|Per cent)\b", words) else None


@dataclass(frozen=True)
class Sensitivity:
    """What the filing says a parallel rise costs a year.

    shift : change of rates, decimal. cost_usd : change of yearly interest expense, USD. passage : the sentence.
    """

    shift: float
    cost_usd: float
    passage: str

    @property
    def floating_debt_usd(self) -> float:
        """Floating debt the sentence implies."""
        return self.cost_usd / self.shift


SHIFT = re.compile(
    r"(?P<bp>\d{2,3})[- ]basis[- ]points?|(?P<pct>\d{1,2}(?:\.\d+)?|one|two|one[- ]half|half)(?: of one)?[- ]?"
    r"(?:%|percent(?:age)?(?:[- ]points?)?|full percentage point)",
    re.I,
)
COST = re.compile(r"\$\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(thousand|million|billion)?", re.I)
WORD_NUMBERS = {"one": 1.0, "two": 2.0, "half": 0.5, "one-half": 0.5, "one half": 0.5}


def sensitivity(sentences: Iterable[str], *, scale: float = 1.0) -> Sensitivity | None:
    """First sentence that says what a rate rise does to interest expense; None where there is none.

    `scale` applies to amounts printed without "million" (statements in thousands: 1000).
    Sentences on investment income, fair value, currency or percent changes of earnings do not count.
    """
    for sentence in sentences:
        if not re.search(r"interest (expense|cost|payments)|cost of (our )?(borrowing|debt)", sentence, re.I):
            continue
        if re.search(
            r"interest income|fair value|currenc|exchange rate|health care|pension|discount rate", sentence, re.I
        ):
            continue
        if not re.search(r"\b(would|could|will)\b", sentence) or not re.search(r"\brates?\b|LIBOR|SOFR", sentence):
            continue
        shift = SHIFT.search(sentence)
        if shift is None:
            continue
        expense = re.search(r"interest (expense|cost|payments)|cost of", sentence, re.I)
        costs = [c for c in COST.finditer(sentence) if "debt" not in sentence[c.end() : c.end() + 25].lower()]
        later = [c for c in costs if expense is not None and c.start() > expense.start()]
        if not costs:
            continue
        cost = (later or costs)[0]
        size = _shift_size(shift)
        amount = float(cost.group(1).replace(",", "")) * (SCALE[cost.group(2).lower()] if cost.group(2) else scale)
        if 0 < size <= 0.10 and amount > 0:
            return Sensitivity(size, amount, sentence)
    return None


def _shift_size(match: re.Match[str]) -> float:
    if match.group("bp"):
        return float(match.group("bp")) / 10_000
    words = match.group("pct").lower()
    return WORD_NUMBERS.get(words, 0.0) / 100 if words[0].isalpha() else float(words) / 100
