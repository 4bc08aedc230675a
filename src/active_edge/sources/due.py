"""What is due in a pull beyond the first requests: what the archive's own lists name and it does not hold yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from active_edge.progress import Progress
from active_edge.sources import catalogue, company_tables
from active_edge.sources.catalogue import Order
from active_edge.sources.sec import companyfacts, edgar_index, filings, form345, fsds, nport
from active_edge.sources.securities import Register, register
from active_edge.sources.vendors import nasdaq
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.request import Request


def known_companies(archive: Archive) -> Register:
    """Companies and listings by what the archive holds of today's tickers and directories."""
    today = [
        listed
        for key, entry in archive.bodies("sec/company_tickers_exchange")
        for listed in edgar_index.parse_tickers(archive.read(entry), where=key)
    ]
    directories = [
        nasdaq.parse(archive.read(e), name=key[7:], where=key).listings for key, e in archive.bodies("nasdaq/")
    ]
    return register((), (), today, directories)


def wanted_symbols(archive: Archive, order: Order) -> list[str]:
    """Symbols whose charts an order needs: funds, and the symbols asked for or all shares listed today."""
    if order.symbols is not None:
        return sorted({*order.symbols, *catalogue.BENCHMARK_ETFS})
    if order.quick:
        return sorted(catalogue.ETFS)
    return sorted({*catalogue.ETFS, *known_companies(archive).symbols()})


def named_by_lists(archive: Archive, order: Order) -> list[Request]:
    """Requests that the first answers name: insider sets, lists of fund reports, companies with news since the bulk."""
    found: list[Request] = []
    if "form345" in order.sources:
        finished = fsds.quarters(_quarter(order.since), order.today)
        found += form345.requests(finished, _listed_insider_sets(archive))
    if "nport" in order.sources:
        found += [nport.feed_request(fund, series) for fund, series in sorted(_fund_series(archive).items())]
    if "companyfacts" in order.sources:
        due = _companies_due(archive, order)
        if len(due) > catalogue.MOST_SINGLE_COMPANIES:
            found.append(replace(companyfacts.bulk_request(), freshness="daily"))
        else:
            found += [companyfacts.company_request(cik) for cik in due]
    return found


def _listed_insider_sets(archive: Archive) -> dict[tuple[int, int], str] | None:
    """Addresses of the insider sets by quarter, as the SEC's page gives them; None where it was never had."""
    entry = archive.latest_body("form345_list/all")
    return None if entry is None else form345.parse_list(archive.read(entry), where=entry.key)


def _fund_series(archive: Archive) -> dict[str, str]:
    """Fund → series id, for the funds whose flows are wanted, as the SEC lists them."""
    known: dict[str, str] = {}
    for key, entry in archive.bodies("fund_tickers/"):
        known.update(nport.parse_fund_tickers(archive.read(entry), where=key))
    return {fund: known[fund] for fund in nport.FUNDS if fund in known}


def fund_reports(archive: Archive, order: Order) -> list[Request]:
    """Reports in the archived feeds of the funds, filed since the first day wanted."""
    found = []
    for fund, series in _fund_series(archive).items():
        entry = archive.latest(f"nport_feed/{fund}")
        if entry is not None and entry.status == 200:
            filings_of_fund = nport.parse_feed(archive.read(entry), where=entry.key)
            wanted = [filing for filing in filings_of_fund if filing.filed >= order.since]
            found += [nport.document_request(fund, series, filing) for filing in wanted]
    return found


def single_filings(archive: Archive, order: Order, progress: Progress) -> list[Request]:
    """Annual reports and proxy statements of the shares wanted, as far as the archive's lists name them."""
    if "filings" not in order.sources:
        return []
    symbols = known_companies(archive).symbols()
    ciks = frozenset(cik for symbol, cik in symbols.items() if order.symbols is None or symbol in order.symbols)
    wanted: dict[str, Request] = {}
    for folder in company_tables.data_set_folders(archive, progress):
        known = company_tables.data_set_filings(folder)
        wanted.update((r.key, r) for r in filings.instance_requests(known, ciks, order.since))
    lines = company_tables.index_lines(archive, progress)
    wanted.update((r.key, r) for r in filings.proxy_requests(lines, ciks, order.since))
    return [wanted[key] for key in sorted(wanted)]


def _companies_due(archive: Archive, order: Order) -> list[int]:
    """CIKs to ask one by one: those of the symbols asked for, or those that reported since the bulk file was made."""
    if order.symbols is not None:
        symbols = known_companies(archive).symbols()
        return sorted({symbols[s] for s in order.symbols if s in symbols})
    bulk = archive.latest("companyfacts/bulk")
    if bulk is None or bulk.status != 200:
        return []
    made = dt.date.fromisoformat(company_tables.first_seen(archive, bulk.key)[:10])
    due: set[int] = set()
    for year, quarter in [*fsds.quarters((made.year, (made.month + 2) // 3), order.today), _quarter(order.today)]:
        entry = archive.latest(f"form_index/{year}q{quarter}")
        if entry is not None and entry.status == 200:
            lines = edgar_index.parse_form_index(archive.read(entry), where=entry.key)
            due.update(
                line.cik
                for line in lines
                if line.filed >= made and line.form.removesuffix("/A") in edgar_index.REPORTS
                if not _asked_since(archive, line.cik, line.filed)
            )
    return sorted(due)


def _asked_since(archive: Archive, cik: int, filed: dt.date) -> bool:
    entry = archive.latest(f"companyfacts/company/{cik:010d}")
    return entry is not None and entry.day > filed.isoformat()


def _quarter(day: dt.date) -> tuple[int, int]:
    return day.year, (day.month + 2) // 3
