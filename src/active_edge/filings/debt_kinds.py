"""What a kind of debt usually pays, where the filing does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from active_edge.filings.debt import Instrument
from active_edge.filings.rates import FIXED_WORD, PERCENT, SWAPPED, Rate, coupons, rate_of

REVOLVING = re.compile(
    r"revolv|lines?[- ]of[- ]credit|credit (facilit|agreement|lines?\b)|commercial paper|\bABL\b|asset[- ]based|"
    r"warehouse (line|facilit|lending|loan|credit)|securitization|"
    r"receivables? (purchase|facilit|financing|backed)|swing ?line|overdraft|"
    r"bankers.{0,2} acceptance|borrowing base|money market|\b(bank|foreign|working capital) lines?\b|floor[- ]?plan|"
    r"inventory financing",
    re.I,
)
"""Debt that is drawn and repaid: a percentage beside it is today's rate and no coupon."""
TERM = re.compile(
    r"(?<!medium[- ])(?<!long[- ])(?<!short[- ])\bterm (loan|facilit|debt|credit|note|borrowing)|"
    r"term[- ]?[AB]\b|tranche|\bTL[AB]\b|delayed draw|bridge (loan|facilit)|"
    r"bank (loan|debt|borrowing|credit|note|indebtedness|facilit|term)|"
    r"(notes?|loans?|borrowings?|debt) (payable )?(to|from|with|due to) (\w+ )?(banks?|a bank|financial institution)|"
    r"(notes?|loans?) payable[- –—,]+(\w+ ){0,2}banks?\b|loans? (payable )?(to|from|with) (\w+ ){0,3}bank\b|syndicated|"
    r"(secured|unsecured|senior|first lien|second lien|working capital|acquisition|construction|exit|DIP|"
    r"debtor[- ]in[- ]possession|main) (\w+ ){0,2}(facilit|loan)|secured loan|"
    r"foreign (bank|loan|borrowing|debt|facilit)|"
    r"junior subordinated|trust preferred|capital securities",
    re.I,
)
SUBORDINATED = re.compile(r"junior subordinated|trust preferred|capital securities", re.I)
FIXED_KIND = re.compile(
    r"(?<!term )(?<!bank )(?<!demand )\bnotes?\b|debentures?|\bbonds?\b|convertible|mortgage|private placement|"
    r"promissory|real estate|medium[- ]term notes?|"
    r"\bleases?\b|equipment|seller|paycheck|\bPPP\b|insurance premium|installment|purchase money|financing obligation|"
    r"government loan|land contract|shareholder|stockholder|related part",
    re.I,
)
PLAINLY_FIXED = re.compile(
    r"\bleases?\b|convertible|debentures|senior (secured |unsecured |subordinated )*notes|equipment|paycheck|\bPPP\b|"
    r"insurance premium|seller|bonds?\b",
    re.I,
)
NO_KIND = re.compile(r"^\W*(\w+ )?borrowings?\b", re.I)
BOTH_RATES = re.compile(
    r"\bfixed([- ]rate)?( and |/| or | & )(\w+ )?(variable|floating|adjustable)|"
    r"\b(variable|floating|adjustable)([- ]rate)?( and |/| or | & )(\w+ )?fixed",
    re.I,
)
"""Debt of both kinds in one line, of which nobody tells how much is which."""
LEASE = re.compile(r"\b(finance|financing|capital(ized)?) leases?\b|\blease (obligation|liabilit)", re.I)
SECURED_BY = re.compile(r"\b(collaterali[sz]ed|secured by|guarante\w+|pledged)\b", re.I)
"""What follows names other things than the debt."""
VARIABLE = re.compile(r"\b(variable|floating|adjustable)[- ]rate", re.I)
VARYING = re.compile(r"\bvarying (interest )?rates?|rates? (of interest )?vary", re.I)


def usual_rate(label: str) -> Rate | None:
    """Revolvers, term loans, commercial paper and the like float; notes, bonds, mortgages and leases are fixed.

    A term loan named by a round eighth or tenth, as coupons are, is fixed. None for what could be either, or is called
    both. Source: habit of lenders, not the filing.
    """
    label = SECURED_BY.split(label)[0]
    if BOTH_RATES.search(label):
        return None
    if not REVOLVING.search(label) and TERM.search(label) and any(_round(one) for one in coupons(label)):
        return "fixed"
    if PLAINLY_FIXED.search(label) and not (REVOLVING.search(label) or SUBORDINATED.search(label)):
        return "fixed"
    if REVOLVING.search(label) or TERM.search(label):
        return "floating"
    if VARYING.search(label) and not FIXED_KIND.search(label):
        return "floating"
    return "fixed" if FIXED_KIND.search(label) else None


def is_coupon_of(label: str) -> bool:
    """Whether a plain percentage beside this debt is its coupon rather than today's rate.

    Never of debt that is drawn and repaid, nor of a term loan or borrowings of no kind: what floats has a rate today.
    """
    label = SECURED_BY.split(label)[0]
    if REVOLVING.search(label):
        return False
    return FIXED_KIND.search(label) is not None or not (TERM.search(label) or NO_KIND.search(label))


def _round(percent: float) -> bool:
    return any(abs(percent / step - round(percent / step)) < 1e-6 for step in (0.125, 0.1))


def told_rate(label: str, heading: str = "") -> Rate | None:
    """The rate a row tells itself, else its heading; a lease is fixed by its nature; None where neither tells one.

    A percentage that is no coupon of this kind of debt tells nothing.
    """
    if LEASE.search(label):
        return "fixed"
    if BOTH_RATES.search(label):
        return None
    for words in (label, heading):
        rate = rate_of(words)
        plain = rate == "fixed" and not (FIXED_WORD.search(words) or SWAPPED.search(words))
        if rate is not None and not (plain and not is_coupon_of(label)):
            return rate
        if VARYING.search(words) or coupons(words):
            return None
    return None


def contrasted(rows: Sequence[Instrument]) -> list[Instrument]:
    """Rows, with those that are only guessed to float called fixed where the table calls others of their kind variable.

    Who writes "variable rate term loan" beside some writes "term loan" of those whose percentage is a coupon.
    """
    called = {kind for one in rows if one.told and VARIABLE.search(one.label) and (kind := _term_kind(one.label))}
    return [
        replace(one, rate="fixed")
        if not one.told and one.rate == "floating" and _term_kind(one.label) in called and PERCENT.search(one.label)
        else one
        for one in rows
    ]


def _term_kind(label: str) -> str:
    """The words a term debt is called by, without what is drawn and repaid; empty where it is none."""
    found = None if REVOLVING.search(label) else TERM.search(label)
    return found.group().casefold() if found else ""
