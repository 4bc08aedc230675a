"""Exits of a market: which filings tell of them, and what they say of each share that left."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

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
from active_edge.words import count, percent

LARGEST_GAIN = 1.0
"""Cash further above the last close than this is another class's, or misread."""


def requests(
    archive: Archive, index: Iterable[Filed], known: Register, was_small: Callable[[int, dt.date], bool]
) -> list[Request]:
    """Filings on the exits of small companies that trade no more, since daily holdings: the newest first.

    The text of the 8-K where its items say that it was a merger; Form 25-NSE where they leave the reason open.
    """
    living = set(known.symbols().values())
    gone: dict[int, Filed] = {}
    for line in index:
        company = known.companies.get(line.cik)
        if line.form != FORM or line.filed < past_holdings.FIRST_DAY or line.cik in living or not line.accession:
            continue
        if company is not None and company.first_report is not None and was_small(line.cik, line.filed):
            last = gone.get(line.cik)
            gone[line.cik] = line if last is None or line.filed > last.filed else last
    events = submissions.events(archive, gone)
    found = []
    for cik, line in gone.items():
        report = merger_report(events.get(cik, []), line.filed)
        reason = items_reason(events.get(cik, []), line.filed)
        if reason is None:
            found.append(form_request(line))
        elif reason == "merger" and report is not None and submissions.DOCUMENT.fullmatch(report.document):
            found.append(report_request(report))
    return sorted(found, key=lambda request: request.key.split("/")[2], reverse=True)


def told(archive: Archive, listing: Listing, closes: Mapping[str, float]) -> tuple[Listing, list[Finding]]:
    """The securities with the reason and, for cash deals, the return of each exit that filings tell of.

    Parameters
    ----------
    closes : asset → last close, USD.
    """
    table = listing.table
    gone = table[table["last_session"].notna() & table["cik"].notna()]
    if gone.empty:
        return listing, []
    filed, unread = _filed(archive)
    after = first_prices(archive, gone)
    events = submissions.events(archive, {int(cik) for cik in gone["cik"]})
    reason, returns = table["exit_reason"].astype(object).copy(), table["exit_return"].astype("float64").copy()
    for at, row in gone.iterrows():
        found = _exit(row["last_session"].date(), filed.get(int(row["cik"]), []), events.get(int(row["cik"]), []))
        if found is not None:
            reason[at] = found.reason
        close = closes.get(str(row["asset"]), float("nan"))
        merged = found is not None and found.reason == "merger"
        got = found.cash if found is not None and merged else after.get(str(row["asset"]))
        if got is not None and close > 0 and abs(got / close - 1.0) <= LARGEST_GAIN:
            returns[at] = round(got / close - 1.0, 6)
    settled = table.assign(exit_reason=reason.astype(table["exit_reason"].dtype), exit_return=returns)
    return replace(listing, table=settled), [*_findings(settled.loc[gone.index]), *unread]


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
    return found, _unread(unread)


def _unread(said: list[str]) -> list[Finding]:
    if not said:
        return []
    remedy = "The reason of these exits stays unknown unless the items of an 8-K tell it; pull exits again."
    kind = "filings on exits that are not there or cannot be read"
    return [Finding("securities", kind, "noted", len(said), tuple(said[:EXAMPLES]), remedy)]


def _exit(
    last: dt.date, filed: list[tuple[dt.date, str, str | float | None]], events: list[submissions.Event]
) -> Exit | None:
    near = [(form, said) for day, form, said in filed if -NEAR_DAYS <= (day - last).days <= LATEST_FORM_DAYS]
    rule = next((str(said) for form, said in near if form == FORM and said is not None), None)
    cash = next((float(said) for form, said in near if form != FORM and said is not None), None)
    reason = items_reason(events, last) or rule
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
