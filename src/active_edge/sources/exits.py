"""Exits of a market: which filings tell of them, and what they say of each share that left."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.market.findings import EXAMPLES, Finding
from active_edge.sources.after_exit import first_prices
from active_edge.sources.sec import submissions
from active_edge.sources.sec.delistings import (
    FORM,
    LATEST_FORM_DAYS,
    NEAR_DAYS,
    PREFIX,
    Exit,
    cash_terms,
    form_request,
    items_reason,
    merger_report,
    parse_key,
    report_request,
    rule_reason,
)
from active_edge.sources.sec.edgar_index import Filed
from active_edge.sources.securities import Listing, Register
from active_edge.sources.vendors import past_holdings
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.request import Request
from active_edge.words import count, percent, significant

LARGEST_GAIN, LARGEST_LOSS = 1.0, 0.5
"""Cash of a merger further above or below the last close is another class's, or misread."""
EFFECTIVE_DAYS = 10
"""A share is struck off so many days after the form was filed, and may trade until then: 17 CFR 240.12d2-2(d)(1)."""
NONE: Mapping[str, pd.Timestamp] = MappingProxyType({})
UNREAD = (
    "filings on exits that are not there or cannot be read",
    "The reason of these exits stays unknown unless the items of an 8-K tell it; pull exits again.",
)
NOT_BELIEVED = (
    "payments of exits of more than twice the last close, or of mergers of less than half",
    "Left out: another class's, or misread. The strategy's delisting rule decides; see the filing.",
)
LEFT_LATELY = (
    "names silent for less than two weeks that filings say have left",
    "The last price's day is taken as the last session.",
)
"""What a person calls each, and the remedy."""


def requests(
    archive: Archive, index: Iterable[Filed], known: Register, was_small: Callable[[int, dt.date], bool]
) -> list[Request]:
    """Filings on the exits of small companies that trade no more, since daily holdings: the newest first.

    The text of the 8-K where its items say that it was a merger; Form 25-NSE where they leave the reason open.
    """
    living = set(known.symbols().values())
    gone: dict[int, list[Filed]] = defaultdict(list)
    for line in index:
        company = known.companies.get(line.cik)
        if line.form != FORM or line.filed < past_holdings.FIRST_DAY or line.cik in living or not line.accession:
            continue
        if company is not None and company.first_report is not None and was_small(line.cik, line.filed):
            gone[line.cik].append(line)
    events = submissions.events(archive, gone)
    found = []
    for cik, lines in gone.items():
        line = _deciding(lines, events.get(cik, []))
        report = merger_report(events.get(cik, []), line.filed)
        reason = items_reason(events.get(cik, []), line.filed)
        if reason is None:
            found.append(form_request(line))
        elif reason == "merger" and report is not None and submissions.DOCUMENT.fullmatch(report.document):
            found.append(report_request(report))
    return sorted(found, key=lambda request: request.key.split("/")[2], reverse=True)


def _deciding(lines: Sequence[Filed], events: Sequence[submissions.Event]) -> Filed:
    """Of a company's forms the latest beside which 8-Ks tell a reason, else the latest of all.

    Each class has a form of its own: notes and preferred stock may leave months after the merger.
    """
    latest = sorted(lines, key=lambda line: line.filed, reverse=True)
    near = [line for line in latest if (latest[0].filed - line.filed).days <= LATEST_FORM_DAYS]
    return next((line for line in near if items_reason(events, line.filed) is not None), latest[0])


def told(
    archive: Archive,
    listing: Listing,
    closes: Mapping[str, float],
    index: Iterable[Filed] = (),
    *,
    silent: Mapping[str, pd.Timestamp] = NONE,
    absent: Mapping[str, pd.Timestamp] = NONE,
) -> tuple[Listing, list[Finding]]:
    """The securities with the reason and, for cash deals, the return of each exit that filings tell of.

    Parameters
    ----------
    closes : asset → last close, USD.
    index : lines of form indexes. A name whose last close is weeks before its exit, as of funds that are asked by the
        month, has its 8-Ks around the day of its Form 25-NSE.
    silent : asset → day of the last price, of names without one on the last session of all. Who is still listed has
        left that day, where a Form 25-NSE was filed and the reason is told.
    absent : asset → first day on which the fund that showed the last close held the name no more.
    """
    table = listing.table
    shown, without = (pd.to_datetime(table["asset"].map(dict(days))) for days in (silent, absent))
    last = table["last_session"].where(table["last_session"].notna(), shown)
    gone = table.assign(last_session=last, absent=without)
    gone = gone[last.notna() & table["cik"].notna()]
    if gone.empty:
        return listing, []
    filed, unread = _filed(archive)
    ciks = {int(cik) for cik in gone["cik"]}
    said = _Said(_notices(index, ciks), filed, submissions.events(archive, ciks), first_prices(archive, gone))
    settled, odd = _settled(table, gone, said, closes)
    left = settled.loc[gone.index]
    return replace(listing, table=settled), [*_findings(left[left["last_session"].notna()]), *odd, *unread]


@dataclass(frozen=True)
class _Said:
    """By CIK: days of Forms 25-NSE, what the filings on exits say, 8-Ks; by asset: the first price after the exit."""

    notices: Mapping[int, list[dt.date]]
    filed: Mapping[int, list[tuple[dt.date, str, str | float | None]]]
    events: Mapping[int, list[submissions.Event]]
    after: Mapping[str, float]

    def notices_near(self, cik: int, last: dt.date) -> list[dt.date]:
        """Days of forms that can be of the exit of a share with its last close on a day."""
        return [d for d in self.notices.get(cik, []) if -EFFECTIVE_DAYS <= (d - last).days <= LATEST_FORM_DAYS]

    def exit(self, cik: int, last: dt.date) -> Exit | None:
        """What is told of the exit, by 8-Ks around the last close or a later form; None where no reason is."""
        days = [last, *(day for day in self.notices_near(cik, last) if day > last)]
        return _exit(days, self.filed.get(cik, []), self.events.get(cik, []))


def _settled(
    table: pd.DataFrame, gone: pd.DataFrame, said: _Said, closes: Mapping[str, float]
) -> tuple[pd.DataFrame, list[Finding]]:
    """Securities with the exits of those in `gone`, and what is odd of them; `gone` : as `table`, days of silent names
    in last_session."""
    settled = table.astype({"exit_reason": object, "exit_return": "float64"})
    far: list[str] = []
    lately: list[str] = []
    for at, row in gone.iterrows():
        cik, day, asset = int(row["cik"]), row["last_session"].date(), str(row["asset"])
        found = said.exit(cik, day)
        if pd.isna(table.at[at, "last_session"]):
            if found is None or not said.notices_near(cik, day):
                continue
            settled.at[at, "last_session"] = row["last_session"]
            lately.append(f"{asset} {day}")
        if found is not None:
            settled.at[at, "exit_reason"] = found.reason
        close = closes.get(asset, float("nan"))
        deal = found if found is not None and found.reason == "merger" else None
        got, least = (deal.cash, -LARGEST_LOSS) if deal is not None else (said.after.get(asset), -1.0)
        if got is not None and close > 0 and least <= got / close - 1.0 <= LARGEST_GAIN:
            settled.at[at, "exit_return"] = round(got / close - 1.0, 6)
        elif got is not None and close > 0:
            far.append(f"{asset} {day} {significant(got)} after {significant(close)}")
    typed = settled.astype({"exit_reason": table["exit_reason"].dtype})
    return typed, [*_odd(NOT_BELIEVED, far), *_odd(LEFT_LATELY, lately)]


def _filed(archive: Archive) -> tuple[dict[int, list[tuple[dt.date, str, str | float | None]]], list[Finding]]:
    """CIK → day, form, and what the filing says: the reason of a Form 25-NSE, the cash of an 8-K; those without any."""
    found: dict[int, list[tuple[dt.date, str, str | float | None]]] = defaultdict(list)
    unread = [f"{key}: is not there" for key in archive.keys(PREFIX) if archive.latest_body(key) is None]
    for key, entry in archive.bodies(PREFIX):
        cik, day, form = parse_key(key)
        body = archive.read(entry)
        try:
            said = rule_reason(body, where=key) if form == FORM else cash_terms(body)
        except SourceFormatError as error:
            unread.append(str(error))
            continue
        found[cik].append((day, form, said))
    return found, _odd(UNREAD, unread)


def _odd(what: tuple[str, str], said: list[str]) -> list[Finding]:
    kind, remedy = what
    return [Finding("securities", kind, "noted", len(said), tuple(said[:EXAMPLES]), remedy)] if said else []


def _notices(index: Iterable[Filed], ciks: Container[int]) -> dict[int, list[dt.date]]:
    """CIK → days of its Forms 25-NSE, in order."""
    found: dict[int, set[dt.date]] = defaultdict(set)
    for line in index:
        if line.form == FORM and line.cik in ciks:
            found[line.cik].add(line.filed)
    return {cik: sorted(days) for cik, days in found.items()}


def _exit(
    days: Sequence[dt.date], filed: list[tuple[dt.date, str, str | float | None]], events: list[submissions.Event]
) -> Exit | None:
    """What is told of an exit; `days` : that of the last close, and later ones around which 8-Ks tell of it too."""
    last = days[0]
    near = [(form, said) for day, form, said in filed if -NEAR_DAYS <= (day - last).days <= LATEST_FORM_DAYS]
    rule = next((str(said) for form, said in near if form == FORM and said is not None), None)
    cash = next((float(said) for form, said in near if form != FORM and said is not None), None)
    reason = next((said for day in days if (said := items_reason(events, day)) is not None), rule)
    if reason is None:
        return None
    return Exit(reason, FORM if reason == rule else "8-K", cash if reason == "merger" else None)


def _findings(gone: pd.DataFrame) -> list[Finding]:
    year = gone["last_session"].dt.year
    known = gone["exit_reason"].isin(["merger", "distress", "voluntary"])
    share = known.groupby(year).mean()
    shown = tuple(f"{int(y)} {percent(s, 0)}" for y, s in share.items())
    paid = np.isfinite(gone["exit_return"])
    cash = int((paid & (gone["exit_reason"] == "merger")).sum())
    sold = int(paid.sum()) - cash
    remedy = (
        f"The return of {count(cash, 'cash deal')} is known, and of {count(sold, 'other exit')} by a price after it; "
        "the rest is settled by the strategy's delisting rule."
    )
    kind = "exits whose reason filings tell, share by year"
    return [Finding("securities", kind, "noted", int(known.sum()), shown[-4 * EXAMPLES :], remedy)]
