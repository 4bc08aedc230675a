"""Floating-rate share from sentences, where a filing has no table of its debt: as stated, else all or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from active_edge.filings.debt import no_debt
from active_edge.filings.debt_stated import stated_share
from active_edge.filings.rates import FLOATING, PERCENT, Rate, rate_of
from active_edge.filings.reading import FiledShare

TERMS = re.compile(
    r"\b(bears?|bearing|accrues?|accruing|carr(y|ies)) (cash )?interest|interest (rate|rates)?( \w+){0,6} (is|"
    r"are|is set|fluctuates?|varies)\b|"
    r"interest payments at|\bfixed at\b|accrues at|bear(ing|s)? (a )?(fixed|floating|variable|interest)",
    re.I,
)
NOT_OURS = re.compile(
    r"receivable|investments?\b|deposit|available-for-sale|customers|held by us|we (lend|lent)|loaned|"
    r"securities purchased|"
    r"mortgage-backed|municipal|certificates of deposit|bond fund|leases? receivable",
    re.I,
)
PAST = re.compile(
    r"\b(bore|former|formerly|previous|previously|prior|terminated|repaid|prepaid|paid (off|in full)|replaced|"
    r"refinanced|"
    r"redeemed|matured|were (converted|settled)|predecessor|until|retired|cancell?ed)\b",
    re.I,
)
UNDRAWN = re.compile(
    r"\b(no|not any) (amounts?|borrowings?|balances?|advances?|loans?|outstanding|"
    r"draws?)\b[^.]{0,60}\b(outstanding|drawn|under|made)|"
    r"(was|were|had|have|is|are) (un-?drawn|not drawn|no outstanding|nothing outstanding)|did not (have|draw)|"
    r"no (amounts?|borrowings?|balances?) (was|were|are|is) outstanding|nothing (was|is) (drawn|outstanding)",
    re.I,
)
NONE_AT_ALL = re.compile(
    r"\b(we|the company|it)( currently)? (ha(s|ve) no|do(es)? not have any) (outstanding )?(interest[- ]bearing )?"
    r"(debt|indebtedness|long-term debt|borrowings)\b(?! (securities|under|covenant))",
    re.I,
)
SPREAD = re.compile(
    r"(plus|over|\+|minus|less|margin|floor|minimum|maximum|spread|from|to|between|of|"
    r"\()\s*(an? )?(additional )?(of )?$",
    re.I,
)
PART = re.compile(r"\bof (our|the|its) [^.,;]{0,40}(debt|indebtedness|borrowings)\b[^.;]{0,40}\$[^.;]{0,30}\$", re.I)
"""A sentence on a part of the debt says nothing of the rest."""
HEDGED_WORDS = re.compile(
    r"\b(swaps?|hedg\w+|caps?|collars?|majority|portion|substantial(ly)?|most of|nearly all|some of)\b", re.I
)


def debt_from_sentences(sentences: Iterable[str], *, revolver_drawn: bool = True) -> FiledShare | None:
    """The share that sentences state; else 0 or 1 where each on the terms of the debt agrees; None where they differ.

    Sentences in the past tense, on repaid debt, or on lending do not count. A floating line of which the filing says
    that nothing is drawn (or `revolver_drawn` is False) does not count either. Where the filing says in so many words
    that it has no debt, and no sentence gives terms, the answer is 0.
    """
    texts = list(sentences)
    stated = stated_share(texts)
    if stated is not None:
        return stated
    undrawn = not revolver_drawn or any(UNDRAWN.search(text) for text in texts)
    found: dict[Rate, str] = {}
    for text in texts:
        if not TERMS.search(text) or NOT_OURS.search(text):
            continue
        if PAST.search(text) or HEDGED_WORDS.search(text) or PART.search(text):
            continue
        for rate in sentence_rates(text):
            if not (rate == "floating" and undrawn and _is_line(text)):
                found.setdefault(rate, text)
    if len(found) == 1:
        rate, passage = next(iter(found.items()))
        return FiledShare(1.0 if rate == "floating" else 0.0, "debt_text", "low", passage)
    if found:
        return None
    denial = next((text for text in texts if NONE_AT_ALL.search(text)), None)
    return no_debt(denial, "low") if denial is not None else None


def sentence_rates(text: str) -> set[Rate]:
    """Rates a sentence gives; both where a percentage that is no spread stands beside a benchmark."""
    if FLOATING.search(text) is None:
        rate = rate_of(text)
        return set() if rate is None else {rate}
    plain = [m for m in PERCENT.finditer(text) if not SPREAD.search(text[max(0, m.start() - 20) : m.start()])]
    return {"floating", "fixed"} if plain else {"floating"}


def _is_line(text: str) -> bool:
    return re.search(r"revolv|line of credit|credit (facility|agreement)|facility|borrowings", text, re.I) is not None
