"""Whose single filings are asked: of companies that a small-cap fund held then, the later dead like the living.

What a filing says is used for a year and a half, so it is asked where IWM or IJR held the company at some month's end
from a month before it to then. Month ends tell it of the dead and of the living alike, under the ticker and name of
the time; so nobody's legs are known because he survived. Of proxy statements every second year is asked: Forms 3, 4
and 5 carry the number on. Where the archive has no past holdings, only shares listed today have prices, and only their
filings are asked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from active_edge.market.database import connect
from active_edge.progress import Progress
from active_edge.sources import company_tables
from active_edge.sources.catalogue import Order
from active_edge.sources.holdings.identity import FiledUnder
from active_edge.sources.holdings.labels import read_labels
from active_edge.sources.holdings.lines import read_lines
from active_edge.sources.sec.edgar_index import Filed
from active_edge.sources.sec.fsds import Filing
from active_edge.sources.securities import Register
from active_edge.sources.sizes import small_companies
from active_edge.sources.vendors import past_holdings
from active_edge.sources.web.archive import Archive

SMALL_FUNDS = ("IWM", "IJR")
USED_DAYS = 550
"""So long after its filing a number of a leg is used (`Panel.share`)."""
BEFORE_DAYS = 31
"""Month ends are so far apart."""
FIRST_FILED = past_holdings.FIRST_DAY - dt.timedelta(days=USED_DAYS)
"""Nothing older is used on a day on which the dead have prices."""
RECENT_DAYS = 400
"""The last proxy statement of each company is asked, whatever its year."""

Wanted = Callable[[int, dt.date], bool]
"""From a CIK and a day of filing to whether the filing is asked."""
Spans = Mapping[int, list[tuple[dt.date, dt.date]]]


def wanted_filings(archive: Archive, order: Order, today: Register, known: Register, progress: Progress) -> Wanted:
    """Which filings an order asks.

    Parameters
    ----------
    today : companies by today's lists alone. known : the same with the lines of the form indexes, the dead included.
    """
    symbols = today.symbols()
    living = frozenset(cik for symbol, cik in symbols.items() if order.symbols is None or symbol in order.symbols)
    if order.symbols is not None:
        return lambda cik, filed: cik in living and filed >= order.since
    held = held_by_small_funds(archive, known, order.today, progress)
    if not held:
        small = small_companies(archive, progress, workers=order.workers)
        return lambda cik, filed: cik in living and filed >= order.since and small(cik, filed)
    first = max(order.since, FIRST_FILED)

    def wanted(cik: int, filed: dt.date) -> bool:
        return filed >= first and any(low <= filed <= high for low, high in held.get(cik, ()))

    return wanted


def held_by_small_funds(archive: Archive, known: Register, today: dt.date, progress: Progress) -> Spans:
    """CIK → stretches of days whose filings are of use while a small-cap fund holds the company.

    Empty where the archive has no month's end of such a fund.
    """
    ends = {(one.fund, one.day) for one in past_holdings.month_ends(past_holdings.FIRST_MONTH, today)}
    with connect() as connection:
        lines = read_lines(
            archive, connection, progress, wanted=lambda one: one.fund in SMALL_FUNDS and (one.fund, one.day) in ends
        )
        if not lines:
            return {}
        labels = read_labels(connection, lines).table
    newest = max(days[-1] for days in lines.published.values()).date()
    told = FiledUnder(known, _data_set_filings(archive, progress))
    spans: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for _, rows in labels.groupby("life"):
        cik = told.company_of(rows)
        if cik is not None:
            first, last = rows["first"].min().date(), rows["last"].max().date()
            after = today if (newest - last).days <= BEFORE_DAYS else last + dt.timedelta(days=BEFORE_DAYS)
            spans[cik].append((first - dt.timedelta(days=USED_DAYS), after))
    return spans


def _data_set_filings(archive: Archive, progress: Progress) -> Iterator[Filing]:
    for folder in company_tables.data_set_folders(archive, progress):
        yield from company_tables.data_set_filings(folder)


def spaced(lines: Iterable[Filed], today: dt.date) -> list[Filed]:
    """Of proxy statements those of every second year, of half the companies the even ones; and the newest."""
    return [line for line in lines if (line.filed.year + line.cik) % 2 == 0 or (today - line.filed).days <= RECENT_DAYS]
