"""Rates that the tables leave out, from the facts and the sentences of the same filing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from active_edge.filings.debt import Debt, Instrument
from active_edge.filings.debt_text import HEDGED_WORDS, NOT_OURS, PAST, TERMS, sentence_rates
from active_edge.filings.rates import FIXED_WORD, FLOATING, Rate, coupons

LENDING = r"credit (agreement|facilit\w+)|(bank|lending|loan|financing) (agreement|facilit\w+)"
FAMILIES = {
    "revolver": re.compile(r"revolv|lines? of credit|\bABL\b|asset[- ]based|swing ?line", re.I),
    "term": re.compile(
        r"(?<!medium[- ])(?<!long[- ])(?<!short[- ])\bterm (loan|facilit|debt|note|borrowing)|term[- ]?[AB]\b|tranche|"
        r"delayed draw",
        re.I,
    ),
    "lending": re.compile(LENDING, re.I),
    "paper": re.compile(r"commercial paper", re.I),
    "receivables": re.compile(r"securitization|receivables (purchase|facilit|financing)", re.I),
    "mortgage": re.compile(r"mortgage", re.I),
    "equipment": re.compile(r"equipment", re.I),
    "subordinated": re.compile(r"junior subordinated|trust preferred|capital securities", re.I),
    "bonds": re.compile(r"\bbonds?\b", re.I),
    "convertible": re.compile(r"convertible", re.I),
    "bank": re.compile(r"\bbank (loan|note|debt)|(notes?|loans?) (payable )?(to|from) (a |the )?banks?", re.I),
    "notes": re.compile(r"senior .{0,20}notes|\bnotes due|private placement", re.I),
}
UNDER = ("revolver", "term")
"""What is lent under an agreement whose terms the filing tells as one."""
LENT = ("revolver", "term", "lending", "bank")
"""Kinds whose guessed rate a sentence overrules."""
AT_A_COUPON = re.compile(r"\bbear(s|ing)? (cash )?interest at\b|\bfixed\b", re.I)


def told_by_facts(listed: Debt, other: Debt, unit: float) -> Debt:
    """`listed` with the rate that `other`, whose amounts are USD, tells of an equal balance (within half a percent).

    unit : USD per unit of `listed`.
    """
    known = [one for one in other.instruments if one.told and one.rate is not None]

    def told(one: Instrument) -> Instrument:
        if one.told and one.rate is not None:
            return one
        rates = {fact.rate for fact in known if abs(fact.amount - one.amount * unit) <= 0.005 * fact.amount}
        return replace(one, rate=rates.pop(), told=True) if len(rates) == 1 else one

    return replace(listed, instruments=tuple(told(one) for one in listed.instruments))


def told_by_sentences(listed: Debt, sentences: Iterable[str]) -> Debt:
    """`listed` with the rate that sentences on its kind of debt tell, where all of them tell the same.

    A rate guessed for a loan of a bank is overruled by a benchmark, and, where it is the one such loan, by "fixed".
    """
    rates, firm = _spoken(sentences)
    labels = [_families(one.label) for one in listed.instruments]

    def told(one: Instrument) -> Instrument:
        if one.told and one.rate is not None:
            return one
        families = _families(one.label)
        found = {rate for name in families for rate in rates.get(name, ())}
        if not found and any(name in UNDER for name in families):
            found = rates.get("lending", set())
        if len(found) != 1:
            return one
        rate = next(iter(found))
        if one.rate is not None and one.rate != rate:
            alone = rate == "floating" or sum(bool(families & other) for other in labels) == 1
            if not (alone and any(rate in firm.get(name, ()) for name in families.intersection(LENT))):
                return one
        return replace(one, rate=rate, told=True)

    return replace(listed, instruments=tuple(told(one) for one in listed.instruments))


def stated_coupons(sentences: Iterable[str]) -> frozenset[float]:
    """Percentages that sentences tell as the coupon of a debt, beside no benchmark."""
    return frozenset(
        round(percent, 4)
        for text in sentences
        if AT_A_COUPON.search(text) and not (FLOATING.search(text) or PAST.search(text) or NOT_OURS.search(text))
        for percent in coupons(text)
    )


def speaks_of_others(passage: str, labels: Iterable[str]) -> bool:
    """Whether a sentence names kinds of debt, and none of them is that of every label."""
    named = _families(passage)
    return bool(named) and not all(named & _families(label) for label in labels)


def _families(words: str) -> set[str]:
    return {name for name, kind in FAMILIES.items() if kind.search(words)}


def _spoken(sentences: Iterable[str]) -> tuple[dict[str, set[Rate]], dict[str, set[Rate]]]:
    """Rates by kind of debt, and those of them told by a benchmark or the word fixed rather than by a percentage."""
    rates: dict[str, set[Rate]] = {}
    firm: dict[str, set[Rate]] = {}
    for text in sentences:
        if not (TERMS.search(text) or FLOATING.search(text)) or NOT_OURS.search(text) or PAST.search(text):
            continue
        if HEDGED_WORDS.search(text):
            continue
        told = sentence_rates(text)
        words = told and _families(text)
        for name in words or ():
            rates.setdefault(name, set()).update(told)
            if TERMS.search(text) and ("floating" in told or FIXED_WORD.search(text)):
                firm.setdefault(name, set()).update(told)
    return rates, firm
