"""Why a share left its exchange, and what its holders got: Form 25-NSE and the items of 8-Ks around the day.

The rule an exchange names on Form 25-NSE says what the exit was; so do the items of the company's own 8-Ks: 1.03
bankruptcy, 2.01 a completed acquisition and 5.01 a change of control, with 3.01 notice of delisting. The text of the
8-K on a completed merger says what a share was turned into, where that was cash alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from active_edge.errors import SourceFormatError
from active_edge.sources.sec.edgar_index import Filed
from active_edge.sources.sec.submissions import Event
from active_edge.sources.sec.xml_bodies import local_name, parse_xml
from active_edge.sources.web.request import Request

PREFIX = "exit/"
FORM, REPORT = "25-NSE", "8-K"
DOCUMENT_URL = "https://www.sec.gov/Archives/edgar/data/{cik}/{accession}/{document}"
FORM_DOCUMENT, NOTICE = "primary_doc.xml", "notificationOfRemoval"
FORM_BYTES, REPORT_BYTES = 3_000, 25_000
RULES = (("12d2-2(a)", "merger"), ("12d2-2(b)", "distress"), ("12d2-2(c)", "voluntary"))
"""Paragraph of 17 CFR 240.12d2-2 to the reason: by operation of law, struck by the exchange, at the issuer's wish."""
NEAR_DAYS, BANKRUPT_DAYS = 30, 400
"""An 8-K so many days around the exit belongs to it; a bankruptcy can be filed long before."""
LATEST_FORM_DAYS = 120
MOST_CASH_USD = 10_000.0
_CASH = re.compile(
    r"(?:right\s+to\s+receive|converted\s+(?:automatically\s+)?into|exchanged\s+for|cancell?ed\s+in\s+exchange\s+for)"
    r"(?P<between>[^.;$]{0,220}?)\$\s?(?P<amount>\d{1,4}(?:,\d{3})*(?:\.\d{1,4})?|\.\d{1,4})"
    r"(?P<after>(?:[^.;]|\.\d){0,800})",
    re.I,
)
_OTHER_MONEY = re.compile(r"(?:\b(?!US|U\.S\.)[A-Z]{1,3}|\b(?:CAD|AUD|NZD|HKD|SGD)\s?)$")
_WHOLE_DEAL = re.compile(r"\s*(?:thousand|million|billion)\b", re.I)
_NO_PRICE = re.compile(r"\b(?:fees?|dividends?|aggregate|expenses?|principal)\b", re.I)
"""Beside an amount: what is not the price of a share."""
_NO_COMMON = re.compile(r"\b(?:preferred|preference|notes?|debentures?|warrants?|principal amount)\b", re.I)
"""In the sentence before: another security is turned into the amount."""
_WITH_SHARES = re.compile(
    r"(?<!per )(?<!each )(?<!such )(?<!every )\bshares? of\b|\bcontingent\b|\bCVRs?\b|\bunits? of\b", re.I
)
_WITH_RIGHT = re.compile(r"\bcontingent\s+(?:value|consideration)|\bCVRs?\b", re.I)
SENTENCE = 300
"""Characters before an amount in which the sentence says what is turned into it."""
_NOT_ONLY_CASH = re.compile(
    r"\b(?:and|plus|or|together with)\b(?:[^.;]|\.\d){0,80}\b(?:shares? of|stock|contingent|CVR|unit)", re.I
)
_ONLY_IN_CASH = re.compile(r"\bcash\b", re.I)


@dataclass(frozen=True)
class Exit:
    """Reason (merger, distress, voluntary), what told it, and cash a share in USD where that is all holders got."""

    reason: str
    source: str
    cash: float | None = None


def form_request(line: Filed) -> Request:
    """The Form 25-NSE of an index line."""
    folder = line.accession.replace("-", "")
    key = f"{PREFIX}{line.cik:010d}/{line.filed.isoformat()}/{FORM}/{line.accession}"
    url = DOCUMENT_URL.format(cik=line.cik, accession=folder, document=FORM_DOCUMENT)
    return Request(
        "sec",
        key,
        url,
        "xml",
        expected_bytes=FORM_BYTES,
        missing_is_answer=True,
        check=lambda body: rule_reason(body, where=key),
    )


def report_request(event: Event) -> Request:
    """The main document of an 8-K."""
    key = f"{PREFIX}{event.cik:010d}/{event.filed.isoformat()}/{REPORT}/{event.accession}"
    folder = event.accession.replace("-", "")
    url = DOCUMENT_URL.format(cik=event.cik, accession=folder, document=event.document)
    return Request("sec", key, url, "html", expected_bytes=REPORT_BYTES, missing_is_answer=True)


def rule_reason(body: bytes, *, where: str) -> str | None:
    """Reason by the rule a Form 25-NSE names; None where it names none that is known.

    Raises
    ------
    SourceFormatError
        Not XML, cut off, or another document than the form.
    """
    root = parse_xml(body, where=where)
    provisions = list(root.iter("{*}ruleProvision"))
    if not provisions and local_name(root) != NOTICE:
        raise SourceFormatError(f"{where}: {local_name(root)!r} without a rule is no Form 25-NSE")
    said = " ".join(str(e.text or "") for e in provisions)
    plain = re.sub(r"\s", "", said).lower()
    return next((reason for rule, reason in RULES if rule in plain), None)


def items_reason(events: Iterable[Event], last: dt.date) -> str | None:
    """Reason by the items of 8-Ks around the last day of a share; None where they leave it open."""
    near: set[str] = set()
    for event in events:
        off = (event.filed - last).days
        if "1.03" in event.items and -BANKRUPT_DAYS <= off <= NEAR_DAYS:
            return "distress"
        if abs(off) <= NEAR_DAYS:
            near.update(event.items)
    return "merger" if ("2.01" in near and near & {"3.01", "5.01"}) or {"3.01", "5.01"} <= near else None


def merger_report(events: Sequence[Event], last: dt.date) -> Event | None:
    """The 8-K that tells the terms of a merger: the nearest one on a completed acquisition or a change of control."""
    told = [e for e in events if {"2.01", "5.01"} & set(e.items) and abs((e.filed - last).days) <= NEAR_DAYS]
    return min(told, key=lambda e: (abs((e.filed - last).days), e.accession), default=None)


def cash_terms(body: bytes) -> float | None:
    """USD a share that holders got, where it was cash alone; None where the text tells no such amount, or two."""
    text = re.sub(r"<[^<>]{0,2000}>", " ", body.decode("utf-8", "replace"))
    text = re.sub(r"&(?:#36|#x24|dollar);", "$", re.sub(r"&(?:nbsp|#160|#xa0);|\xa0", " ", text, flags=re.I))
    text = re.sub(r"\s+", " ", text)
    amounts = set()
    if _WITH_RIGHT.search(text):
        return None
    for found in _CASH.finditer(text):
        between, after = found["between"], found["after"]
        before = re.split(r"[.;]\s", text[max(0, found.start() - SENTENCE) : found.start()])[-1]
        if _NO_PRICE.search(between) or _NO_COMMON.search(before):
            continue  # it is of something else; the sentence on the common share may follow
        if _NOT_ONLY_CASH.search(after) or _WITH_SHARES.search(between) or not _ONLY_IN_CASH.search(found[0]):
            return None
        if _WHOLE_DEAL.match(after) or _OTHER_MONEY.search(between):
            return None
        amounts.add(float(found["amount"].replace(",", "")))
    if len(amounts) != 1:
        return None
    amount = amounts.pop()
    return amount if 0.0 < amount < MOST_CASH_USD else None


def parse_key(key: str) -> tuple[int, dt.date, str]:
    """CIK, day filed and form of an answer's name."""
    _, cik, filed, form, _ = key.split("/")
    try:
        return int(cik), dt.date.fromisoformat(filed), form
    except ValueError as error:
        raise SourceFormatError(f"{key}: is no name of an exit's filing") from error
