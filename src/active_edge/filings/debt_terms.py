"""Rates that the tables leave out, from the facts and the sentences of the same filing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from active_edge.filings.debt import Debt, Instrument
from active_edge.filings.debt_text import HEDGED_WORDS, NOT_OURS, PAST, TERMS, sentence_rates
from active_edge.filings.rates import FLOATING, Rate

LENDING = r"credit (agreement|facilit\w+)|(bank|lending|loan|financing) (agreement|facilit\w+)"
FAMILIES = {
    "revolver": re.compile(r"revolv|lines? of credit|\bABL\b|asset[- ]based|swing ?line", re.I),
    "term": re.compile(r"term (loan|facilit|debt|note|borrowing)|term[- ]?[AB]\b|tranche|delayed draw", re.I),
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
    """`listed` with the rate that sentences on its kind of debt tell, where all of them tell the same."""
    rates = _spoken(sentences)

    def told(one: Instrument) -> Instrument:
        if one.told and one.rate is not None:
            return one
        families = [name for name, words in FAMILIES.items() if words.search(one.label)]
        found = {rate for name in families for rate in rates.get(name, ())}
        if not found and any(name in UNDER for name in families):
            found = rates.get("lending", set())
        if len(found) != 1 or (one.rate is not None and one.rate not in found):
            return one
        return replace(one, rate=next(iter(found)), told=True)

    return replace(listed, instruments=tuple(told(one) for one in listed.instruments))


def _spoken(sentences: Iterable[str]) -> dict[str, set[Rate]]:
    rates: dict[str, set[Rate]] = {}
    for text in sentences:
        if not (TERMS.search(text) or FLOATING.search(text)) or NOT_OURS.search(text) or PAST.search(text):
            continue
        if HEDGED_WORDS.search(text):
            continue
        told = sentence_rates(text)
        for name, words in FAMILIES.items():
            if told and words.search(text):
                rates.setdefault(name, set()).update(told)
    return rates
