"""Whose single filings are asked: of companies that a small-cap fund held then, the later dead like the living.

What a filing says is used for a year and a half, so it is asked where IWM or IJR held the company at some month's end
from a month before it to then. Month ends tell it of the dead and of the living alike, under the ticker and name of
the time; so nobody's legs are known because he survived. Of proxy statements the one of use in the first year a company
was held is asked and every second after it: Forms 3, 4 and 5 carry the number on. Where the archive has no past
holdings, only shares listed today have prices, and only their filings are asked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

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
FIRST_HELD = past_holdings.FIRST_DAY + dt.timedelta(days=BEFORE_DAYS)
"""Whoever was held before is held from here, whether the archive has the older month ends or not yet."""
RECENT_DAYS = 400
"""The last proxy statement of each company is asked, whatever its year."""

SEASON_DAYS = 200
"""Proxy statements so near after one another are of one year: a special meeting's tells no stakes."""
Span = tuple[dt.date, dt.date]
Spans = Mapping[int, Sequence[Span]]


@dataclass(frozen=True)
class Wanted:
    """From a CIK and a day of filing to whether the filing is asked.

    held : CIK → stretches of days whose filings are of use while a small-cap fund holds the company.
    """

    rule: Callable[[int, dt.date], bool]
    held: Spans = field(default_factory=dict)

    def __call__(self, cik: int, filed: dt.date) -> bool:
        return self.rule(cik, filed)


def wanted_filings(archive: Archive, order: Order, today: Register, known: Register, progress: Progress) -> Wanted:
    """Which filings an order asks.

    Parameters
    ----------
    today : companies by today's lists alone. known : the same with the lines of the form indexes, the dead included.
    """
    symbols = today.symbols()
    living = frozenset(cik for symbol, cik in symbols.items() if order.symbols is None or symbol in order.symbols)
    if order.symbols is not None:
        return Wanted(lambda cik, filed: cik in living and filed >= order.since)
    held = held_by_small_funds(archive, known, order.today, progress)
    if not held:
        small = small_companies(archive, progress, workers=order.workers)
        return Wanted(lambda cik, filed: cik in living and filed >= order.since and small(cik, filed))
    first = max(order.since, FIRST_FILED)

    def wanted(cik: int, filed: dt.date) -> bool:
        return filed >= first and any(low <= filed <= high for low, high in held.get(cik, ()))

    return Wanted(wanted, held)


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


def spaced(lines: Sequence[Filed], held: Spans, today: dt.date) -> list[Filed]:
    """Of proxy statements those of the first year a company was held and of every second after it; and the newest.

    Parameters
    ----------
    held : of `Wanted`; a company that is not in it was held from its first statement on.
    """
    of_company: dict[int, list[dt.date]] = defaultdict(list)
    for line in lines:
        of_company[line.cik].append(line.filed)
    days = {cik: _asked_days(sorted(set(filed)), held.get(cik, ())) for cik, filed in of_company.items()}
    return [line for line in lines if line.filed in days[line.cik] or (today - line.filed).days <= RECENT_DAYS]


def _asked_days(filed: Sequence[dt.date], spans: Sequence[Span]) -> set[dt.date]:
    """Days whose statements are asked: where one is used no more the next year's is."""
    asked: set[dt.date] = set()
    for low, high in _joined(spans) or [(filed[0], filed[-1])]:
        seasons = _seasons([day for day in filed if low <= day <= high])
        began = max(low + dt.timedelta(days=USED_DAYS), FIRST_HELD) if spans else low
        in_use = [place for place, season in enumerate(seasons) if season[0] <= began]
        last: dt.date | None = None
        for season in seasons[in_use[-1] if in_use else 0 :]:
            if last is None or (season[0] - last).days >= USED_DAYS:
                last = season[0]
                asked.update(season)
    return asked


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(high, joined[-1][1])
        else:
            joined.append((low, high))
    return joined


def _seasons(days: Sequence[dt.date]) -> list[list[dt.date]]:
    seasons: list[list[dt.date]] = []
    for day in days:
        if seasons and (day - seasons[-1][0]).days < SEASON_DAYS:
            seasons[-1].append(day)
        else:
            seasons.append([day])
    return seasons
