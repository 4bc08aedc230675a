"""What is due in a pull beyond the first requests: what the archive's own lists name and it does not hold yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from active_edge.progress import Progress
from active_edge.sources import catalogue, company_tables, exits
from active_edge.sources.asked_filings import Wanted, spaced, wanted_filings
from active_edge.sources.catalogue import Order
from active_edge.sources.renames import todays_tickers
from active_edge.sources.sec import (
    companyfacts,
    edgar_index,
    fails,
    filings,
    form345,
    fsds,
    market_structure,
    nport,
    submissions,
)
from active_edge.sources.securities import Register, register
from active_edge.sources.sizes import small_companies
from active_edge.sources.vendors import estimates, nasdaq, past_holdings
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.request import Request

MOST_FULL_SUBMISSIONS = 2000
"""So many new proxies are asked as full submissions before the bulk file, which names documents, is had again."""


def known_companies(archive: Archive) -> Register:
    """Companies and listings by what the archive holds of today's tickers and directories."""
    return companies_of(archive, ())


def wanted_symbols(archive: Archive, order: Order) -> list[str]:
    """Symbols whose charts an order needs: funds, and the symbols asked for or all shares listed today."""
    if order.symbols is not None:
        return sorted({*order.symbols, *catalogue.BENCHMARK_ETFS})
    if order.quick:
        return sorted(catalogue.ETFS)
    return sorted({*catalogue.ETFS, *known_companies(archive).symbols()})


def estimates_due(archive: Archive, order: Order) -> list[Request]:
    """Requests of analysts' expectations for the shares whose charts are wanted."""
    if "estimates" not in order.sources:
        return []
    symbols = [symbol for symbol in wanted_symbols(archive, order) if symbol not in catalogue.ETFS]
    asked = estimates.requests(symbols, every=order.symbols is None)
    return [one for one in asked if not one.fresh(archive, order.today)]


def named_by_lists(archive: Archive, order: Order) -> list[Request]:
    """Requests that the first answers name: insider sets, lists of fund reports, companies with news since the bulk."""
    found: list[Request] = []
    if "form345" in order.sources:
        finished = fsds.quarters(_quarter(order.since), order.today)
        found += form345.requests(finished, _listed_insider_sets(archive))
    if "market_structure" in order.sources:
        found += _volume_zips(archive, order)
    if "fails" in order.sources:
        found += _fails_zips(archive, order)
    if "nport" in order.sources:
        found += [nport.feed_request(fund, series) for fund, series in sorted(_fund_series(archive).items())]
    if "companyfacts" in order.sources:
        found += _facts_due(archive, order)
    return found


def _volume_zips(archive: Archive, order: Order) -> list[Request]:
    """The zips that the page of market-structure files names, since daily holdings."""
    entry = archive.latest_body("market_structure_list/all")
    if entry is None:
        return []
    listed = market_structure.parse_list(archive.read(entry), where=entry.key)
    return market_structure.requests(listed, max(order.since, past_holdings.FIRST_DAY))


def _fails_zips(archive: Archive, order: Order) -> list[Request]:
    """The zips that the page of fails to deliver names."""
    entry = archive.latest_body("fails_list/all")
    return [] if entry is None else fails.requests(fails.parse_list(archive.read(entry), where=entry.key), order.since)


def _facts_due(archive: Archive, order: Order) -> list[Request]:
    """One request a company with news since the bulk file, or the bulk file again where there are many."""
    due = _companies_due(archive, order)
    if len(due) > catalogue.MOST_SINGLE_COMPANIES:
        return [replace(companyfacts.bulk_request(), freshness="daily")]
    return [companyfacts.company_request(cik) for cik in due]


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


def document_names(archive: Archive, order: Order, asked: Wanted, progress: Progress) -> list[Request]:
    """The bulk file of submissions, where proxies are due and their main documents' names are not known."""
    if not {"filings", "exits"} & set(order.sources) or order.symbols is not None:
        return []
    bulk = submissions.bulk_request()
    if "filings" not in order.sources:
        return [] if archive.latest_body(bulk.key) is not None else [replace(bulk, freshness="monthly")]
    due = [r for r in _proxies(archive, order, asked, progress) if not r.fresh(archive, order.today)]
    unnamed = sum(not r.others for r in due)
    if not unnamed or (archive.latest_body(bulk.key) is not None and unnamed <= MOST_FULL_SUBMISSIONS):
        return []
    return [replace(bulk, freshness="monthly")]


def single_filings(archive: Archive, order: Order, asked: Wanted, progress: Progress) -> list[Request]:
    """Annual reports and proxy statements that are wanted; the newest first.

    Of newer filings more is read with confidence, and a pull that stops has whole years.
    """
    if "filings" not in order.sources:
        return []
    found: dict[str, Request] = {}
    for folder in company_tables.data_set_folders(archive, progress):
        known = company_tables.data_set_filings(folder)
        found.update((r.key, r) for r in filings.instance_requests(known, asked))
    found.update((r.key, r) for r in _proxies(archive, order, asked, progress))
    return [found[key] for key in sorted(found, key=lambda key: (key.split("/")[2], key), reverse=True)]


def exit_filings(archive: Archive, order: Order, progress: Progress) -> list[Request]:
    """Filings on exits of small companies."""
    if "exits" not in order.sources or order.symbols is not None:
        return []
    small = small_companies(archive, progress, workers=order.workers)
    lines = list(company_tables.index_lines(archive, progress))
    return exits.requests(archive, lines, companies_of(archive, lines), small)


def companies_of(archive: Archive, lines: Sequence[edgar_index.Filed]) -> Register:
    """Companies by today's lists and the lines of the form indexes, the dead included."""
    directories = [
        nasdaq.parse(archive.read(e), name=key[7:], where=key).listings for key, e in archive.bodies("nasdaq/")
    ]
    return register((), lines, todays_tickers(archive), directories)


def _proxies(archive: Archive, order: Order, asked: Wanted, progress: Progress) -> list[Request]:
    lines = filings.proxies(company_tables.index_lines(archive, progress), asked)
    if order.symbols is None:
        lines = spaced(lines, asked.held, order.today)
    ciks = {line.cik for line in lines}
    return filings.proxy_requests(lines, submissions.main_documents(archive, ciks, filings.PROXIES))


def wanted(archive: Archive, order: Order, progress: Progress) -> Wanted:
    """Which single filings are asked."""
    if "filings" not in order.sources:
        return Wanted(lambda _cik, _day: False)
    lines = list(company_tables.index_lines(archive, progress))
    return wanted_filings(archive, order, known_companies(archive), companies_of(archive, lines), progress)


def planned(archive: Archive, order: Order, progress: Progress) -> dict[str, list[Request]]:
    """Requests still due that the archive's own lists name, by source; a source whose lists it lacks is left out."""
    found: dict[str, list[Request]] = {}
    if "form345" in order.sources and archive.latest("form345_list/all") is not None:
        quarters = fsds.quarters(_quarter(order.since), order.today)
        found["form345"] = form345.requests(quarters, _listed_insider_sets(archive))
    series = _fund_series(archive)
    if "nport" in order.sources and series and all(archive.latest(f"nport_feed/{fund}") for fund in series):
        feeds = [nport.feed_request(fund, name) for fund, name in sorted(series.items())]
        found["nport"] = [*feeds, *fund_reports(archive, order)]
    if "companyfacts" in order.sources:
        found["companyfacts"] = _facts_due(archive, order)
    listed = known_companies(archive).symbols()
    if "holdings" in order.sources:
        found["holdings"] = catalogue.later_holdings(order)
    if "yahoo" in order.sources and (listed or order.quick or order.symbols is not None):
        found["yahoo"] = catalogue.chart_requests(archive, wanted_symbols(archive, order), order)
    if "estimates" in order.sources and (listed or order.symbols is not None):
        found["estimates"] = estimates_due(archive, order)
    if "market_structure" in order.sources and archive.latest("market_structure_list/all") is not None:
        found["market_structure"] = _volume_zips(archive, order)
    if "fails" in order.sources and archive.latest("fails_list/all") is not None:
        found["fails"] = _fails_zips(archive, order)
    if "exits" in order.sources and archive.keys("form_index/") and archive.keys("submissions/"):
        found["exits"] = exit_filings(archive, order, progress)
    if "filings" in order.sources and listed and archive.keys("form_index/") and archive.keys("fsds/"):
        asked = wanted(archive, order, progress)
        names = document_names(archive, order, asked, progress)
        found["filings"] = [*names, *single_filings(archive, order, asked, progress)]
    due = {name: {r.key: r for r in made if not r.fresh(archive, order.today)} for name, made in found.items()}
    return {name: list(made.values()) for name, made in due.items()}


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
