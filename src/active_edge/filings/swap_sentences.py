"""Interest rate swaps as sentences tell of them: what each states, of which date, and how they add up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join(MONTHS)
SWAP_WORD = re.compile(r"\bswaps?\b|interest rate (hedg|contract|derivative|protection)", re.I)
PAY_FIXED_WORDS = re.compile(
    r"\bpay(s|ing)?[- ](an? )?((weighted )?average )?fixed|fixed[- ]rate pay|pay(s|ing)? .{0,25}fixed rate|"
    r"\b(convert|swap|exchang|chang)\w*\b.{0,110}?\b(to|into|for) (an? )?((weighted )?average )?fixed|"
    r"effectively fix|\bfix(es|ed|ing)? (the |our )?(variable |interest |LIBOR |SOFR |floating |rates? (of|on) )|"
    r"from (a )?(variable|floating).{0,30}to (a )?fixed|cash flow hedge|"
    r"\bhedg(e|es|ed|ing) (the |our |its )?(exposure to )?(variab|floating)|"
    r"\b(after|effect of|effect to|through|via|under|by|using) .{0,60}(swap|hedg).{0,160}\bfixed\b(?! (and|or)\b)|"
    r"\bfixed\b.{0,60}\b(through|via|under|by|using|with) .{0,40}swap|"
    r"\b(fix|hedg)(es|ed|ing)? (approximately |about )?[\d.]+ ?(%|percent) of",
    re.I,
)
RECEIVE_FIXED = re.compile(
    r"receiv(e|es|ing) (a )?fixed|to (a )?(variable|floating)|fair value hedge|cross[- ]currency|foreign currency", re.I
)
CURRENCY = re.compile(r"cross[- ]currency|foreign currency|currency swap", re.I)
OTHER_SWAP = re.compile(
    r"currency|foreign exchange|net investment hedge|commodit|\b(fuel|diesel|natural gas|crude|propane|power|"
    r"electricity|energy|aluminum|copper|bushels?|gallons?|barrels?|MMBtu)\b|"
    r"total return|\b(equity|credit default) swap",
    re.I,
)
"""Swaps of prices, currencies or returns, which fix no interest."""
OF_INTEREST = re.compile(r"(?<!currency )\binterest[- ]rate (swap|hedg|contract|derivative|protection)", re.I)
ELSEWHERE = re.compile(r"\bunconsolidated\b|\bnot consolidated?\b|equity[- ]method|\binvestees?\b", re.I)
"""Swaps of companies whose debt is not on this balance sheet."""
VENTURE = re.compile(r"\bjoint ventures?\b", re.I)
GONE = re.compile(
    r"\b(terminated|settled|unwound|expired|matured|forward[- ]starting|will (be|become) effective|"
    r"no (outstanding )?(interest rate )?swaps?|did not have any|subsequent to|subsequently|subsequent event|"
    r"after (the )?((year|period|quarter|fiscal year)[- ]end|end of the|balance sheet date))\b",
    re.I,
)
REQUIRED = re.compile(
    r"\b(requires?|(is|are|be) required|must|shall|obligat\w+ to|intends?|plans? to|expects? to|policy)\b|"
    r"\b(would|may|could|might) (also |then |need to |have to |be required to )?"
    r"(enter|use|hedge|swap|fix|convert|pay|execute|buy|purchase)\b",
    re.I,
)
IN_PLACE = re.compile(
    r"\b(entered into|in place|we have|we had|(company|it) (has|had)|(we|company|it) holds?|held|"
    r"(is|are|was|were) (a )?part(y|ies)|outstanding)\b",
    re.I,
)
DOLLARS = r"\$ ?([\d,]+(?:\.\d+)?) ?(million|billion|thousand)?"
NOTIONAL = re.compile(rf"(?:notional.{{0,90}}?{DOLLARS}|{DOLLARS}.{{0,40}}?\bnotional)", re.I)
COVERED = re.compile(
    rf"(?:{DOLLARS} of (?:[\w-]+ ){{0,6}}(?:debt|borrowings|loans?|principal|indebtedness|revolv\w+)|"
    rf"{DOLLARS} (?:that|which) (?:is|are|was|were|has been|have been) (?:effectively )?(?:fixed|swapped|hedged)|"
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
LATER_PART = re.compile(
    rf"\bof which (?:approximately |about )?{DOLLARS}[^$]{{0,50}}?\b(?:start|begin|becom|commenc|effective|forward)",
    re.I,
)
ENTERED = re.compile(r"\b(entered into|executed|purchased|acquired)\b", re.I)
BEGINS = re.compile(
    r"\b(effective|begin\w*|start\w*|commenc\w*|entered into|executed)\b(?: (?:date )?(?:in|on|of|as of|from))?\W*$",
    re.I,
)
WHEN = re.compile(rf"\b(?:(?P<month>{_MONTH})(?: \d{{1,2}})?,? )?(?P<year>(?:19|20)\d\d)\b", re.I)
UNTIL = re.compile(
    rf"\b(?:matur\w*|expir\w*|through|until|due|terminat\w*|ends?|ending)\b(?:(?! and \$)[^$;]){{0,40}}?"
    rf"(?:(?:19|20)\d\d)(?:(?:, | and |, and )(?:(?:{_MONTH})(?: \d{{1,2}})?,? )?(?:19|20)\d\d)*",
    re.I,
)
AS_OF = re.compile(rf"\b(?:as of|at)\b[^$;.]{{0,30}}?\b(?:{_MONTH}|year[- ]end|end of|fiscal|(?:19|20)\d\d)\b", re.I)
OWN_DATE = re.compile(
    rf"{DOLLARS},? ?\(?(?:as of|at) (?:fiscal |year[- ]end )?(?:(?:{_MONTH}) \d{{1,2}}, )?((?:19|20)\d\d)"
    r"(?! and (?:19|20))",
    re.I,
)
IN_ALL = re.compile(r"\b(aggregate|total|combined)\b", re.I)
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "": 1.0}


@dataclass(frozen=True, slots=True)
class Swaps:
    """Notional, USD, that pays fixed, 0 where none is stated; `told` whether such swaps are told of at all.

    unfixing : whether swaps are told of that turn fixed debt into floating debt. share : of the floating debt, that
    pays fixed by them, where this is told and no notional is. guessed : the notional is put together, not stated.
    """

    pay_fixed: float
    told: bool
    unfixing: bool = False
    share: float = 0.0
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class _Stated:
    """A notional of one sentence, USD; `entered`: when its swap was entered into; `whole`: it is that of all swaps."""

    usd: float
    entered: str = ""
    whole: bool = False
    guessed: bool = False


def swaps_of_sentences(sentences: Iterable[str], end: date | None = None) -> Swaps:
    """The notional that sentences state of all swaps paying fixed, else the largest, or the sum by day of entry.

    end : balance sheet date; what begins later, or is told of an earlier date beside one of it, does not count.
    """
    told = unfixing = paying = False
    share = 0.0
    found: list[_Stated] = []
    for text in sentences:
        if not SWAP_WORD.search(text) or _of_others(text):
            paying = False
            continue
        pays = PAY_FIXED_WORDS.search(text) is not None
        if RECEIVE_FIXED.search(text) and not re.search(r"pay\w* (a )?fixed|cash flow hedge", text, re.I):
            paying = False
            unfixing = unfixing or _stands(text)
            continue
        if GONE.search(text) or (REQUIRED.search(text) and not IN_PLACE.search(text)):
            continue
        match = NOTIONAL.search(text) or (COVERED.search(text) if pays else None)
        if match is not None and end is not None and _later(text, match, end):
            continue
        covered = SHARE.search(text)
        if covered is not None and not NOT_SO.search(text):
            told, share = True, max(share, min(1.0, float(covered[1]) / 100.0))
        told = told or pays or (match is not None and OF_INTEREST.search(text) is not None)
        if (pays or paying) and match is not None and not VENTURE.search(text):
            found.append(_stated(text, match, end))
        paying = pays or paying
    best, guessed = _together(found)
    return Swaps(best, told, unfixing, 0.0 if best else share, guessed)


def _together(found: Iterable[_Stated]) -> tuple[float, bool]:
    """(notional, whether it is guessed): that of all swaps where one is told, else by the days of entry."""
    stated = [one for one in found if one.usd > 0]
    if not stated:
        return 0.0, False
    whole = [one for one in stated if one.whole]
    best = max(whole or stated, key=lambda one: one.usd)
    entered = _by_entry({(one.entered, one.usd) for one in stated if one.entered})
    if not whole and entered > best.usd:
        return entered, True
    return best.usd, best.guessed


def _by_entry(told: set[tuple[str, float]]) -> float:
    """Sum of swaps by when they were entered; one told again by its year alone, or as "another", is the same."""
    return sum(
        usd
        for when, usd in told
        if not any(
            same == usd and other != when and (other.endswith(f" {when}") or (other[-1:].isdigit() and when.isalpha()))
            for other, same in told
        )
    )


def _of_others(text: str) -> bool:
    """Whether the sentence is on swaps that fix no interest, or on those of a company that is not consolidated."""
    return bool((OTHER_SWAP.search(text) and not OF_INTEREST.search(text)) or ELSEWHERE.search(text))


def _stands(text: str) -> bool:
    """Whether a sentence on swaps that turn fixed debt into floating debt states what they cover today."""
    match = NOTIONAL.search(text) or COVERED.search(text)
    return match is not None and _sum(_amounts(text, match)) > 0 and not CURRENCY.search(text) and not GONE.search(text)


def _later(text: str, match: re.Match[str], end: date) -> bool:
    """Whether the sentence dates the swap of this notional after `end`: entered, or beginning, then."""
    plain = UNTIL.sub(lambda gone: " " * len(gone.group()), text)
    next_amount = text.find("$", match.end())
    stop = next_amount if next_amount >= 0 else len(text)
    for when in WHEN.finditer(plain, 0, stop):
        if not _after(when, end):
            continue
        before = plain[max(0, when.start() - 40) : when.start()]
        dates_it = when.start() < match.end() or re.fullmatch(r"\W*(on|in)\W*", plain[match.end() : when.start()], re.I)
        if BEGINS.search(before) or (dates_it and ENTERED.search(plain[: match.end()])):
            return True
    return False


def _after(when: re.Match[str], end: date) -> bool:
    year, month = int(when["year"]), when["month"]
    return year > end.year or (year == end.year and month is not None and MONTHS.index(month.lower()) + 1 > end.month)


def _stated(text: str, match: re.Match[str], end: date | None) -> _Stated:
    """The notional of the current date, or the sum of those the sentence lists, less what begins later."""
    amounts = _amounts(text, match)
    plain = UNTIL.sub(" ", text)
    whole = bool(AS_OF.search(plain) or IN_ALL.search(text)) and not ENTERED.search(text)
    mixed = OTHER_SWAP.search(text) is not None
    last = end.year if end is not None else 9999
    own = {int(one.group(3)): _usd(one.group(1), one.group(2)) for one in OWN_DATE.finditer(text, match.start())}
    own = {year: usd for year, usd in own.items() if year <= last}
    if own and (len(own) > 1 or (end is not None and max(own) < last)):
        return _Stated(own[max(own)] if end is None or max(own) == last else 0.0, whole=True, guessed=mixed)
    years = list(dict.fromkeys(year for when in WHEN.finditer(plain) if (year := int(when["year"])) <= last))
    at = AS_OF.search(plain) is not None
    if len(amounts) > 1 and len(years) == len(amounts) and (at or not ENTERED.search(text)):
        return _Stated(amounts[years.index(max(years))], whole=at, guessed=not at or mixed)
    total = _sum(amounts)
    each = EACH.search(text)
    if each is not None:
        total *= COUNTS.get(each.group(1).lower()) or int(each.group(1))
    later = LATER_PART.search(text)
    if later is not None:
        total -= _usd(later.group(1), later.group(2))
    return _Stated(total, _entry(plain), whole, mixed)


def _entry(text: str) -> str:
    """The day or the word by which a sentence tells one swap it was entered from another; empty where it tells none."""
    if not ENTERED.search(text):
        return ""
    when = WHEN.search(text)
    if when is not None:
        return f"{when['month'] or ''} {when['year']}".strip().lower()
    order = re.search(r"\b(second|third|another|additional|new)\b", text, re.I)
    return order.group().lower() if order is not None else ""


def _amounts(text: str, match: re.Match[str]) -> list[float]:
    """The amount found, and those that follow it in a list."""
    numbers = [g for g in match.groups() if g and re.match(r"[\d,.]+$", g)]
    words = [g for g in match.groups() if g and g[0].isalpha()]
    amounts = [_usd(numbers[0], words[0] if words else "")] if numbers else []
    rest = text[match.end() :]
    while amounts and (more := MORE.match(rest)) is not None:
        amounts.append(_usd(more.group(1), more.group(2)))
        rest = rest[more.end() :]
    return amounts


def _sum(amounts: Iterable[float]) -> float:
    return sum(amounts, 0.0)


def _usd(amount: str, scale: str | None) -> float:
    plain = amount.replace(",", "").rstrip(".")
    return float(plain or 0) * SCALES[(scale or "").lower()]
