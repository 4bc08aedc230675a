"""Every body of a world, put behind the addresses the client asks."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from active_edge.sources import catalogue
from active_edge.sources.sec import companyfacts as companyfacts_source
from active_edge.sources.sec import edgar_index, filings, form345, fsds, nport, submissions
from active_edge.sources.vendors import fred, ishares, nasdaq

from ..bodies import CHART_URL, FRED_URL, FRENCH_URL, serve_estimates, zipped
from ..replay import Answer, Replay
from ..sec_bodies import FEED, FUND_TICKERS, nport_report, page_naming
from . import charts, companyfacts, exits, insiders, lists, rates
from .datasets import Reports, statement_sets
from .documents import Documents, instance, main_name, main_proxy, proxy
from .world import PROXY, World

SERIES_ID = "S000004344"


def serve(replay: Replay, world: World, *, dead: bool = False) -> Documents:
    """Serve a world; returns its single filings as they were told, those of the dead too where `dead`."""
    documents = Documents(world, Reports(world), dead)
    _serve_sec(replay, world, documents.reports)
    _serve_filings(replay, documents)
    _serve_markets(replay, world)
    return documents


def _serve_sec(replay: Replay, world: World, reports: Reports) -> None:
    replay.serve(companyfacts_source.BULK_URL, companyfacts.bulk(world), "application/zip")
    replay.serve(edgar_index.TICKERS_URL, lists.tickers(world), "application/json")
    for (year, quarter), body in lists.form_indexes(world).items():
        replay.serve(edgar_index.FULL_URL.format(year=year, quarter=quarter), body, "text/plain", packed=True)
    for (year, quarter), body in statement_sets(reports).items():
        replay.serve(fsds.URL.format(year=year, quarter=quarter), body, "application/zip")
    sets = {form345.URL.format(year=y, quarter=q): body for (y, q), body in insiders.insider_sets(world).items()}
    replay.serve(form345.LIST_URL, page_naming(*sets), "text/html")
    for url, body in sets.items():
        replay.serve(url, body, "application/zip")
    replay.serve(nport.FUND_TICKERS_URL, FUND_TICKERS, "application/json")
    replay.serve(nport.FEED_URL.format(series=SERIES_ID, start=0), FEED, "application/atom+xml")
    url = "https://www.sec.gov/Archives/edgar/data/99/000000009922000077/primary_doc.xml"
    replay.serve(url, nport_report(SERIES_ID), "text/xml")


def _serve_filings(replay: Replay, documents: Documents) -> None:
    """Instances and proxies, made when they are asked for; amendments are not there."""
    for row in documents.annual.itertuples():
        folder = row.accession.replace("-", "")
        url = filings.INSTANCE_URL.format(cik=row.cik, accession=folder, instance=row.instance)
        _route(replay, url, partial(_made, instance, row, "text/xml"))
    for row in documents.all_proxies.itertuples():
        folder, name = row.accession.replace("-", ""), main_name(row.cik)
        main = filings.INSTANCE_URL.format(cik=row.cik, accession=folder, instance=name)
        _route(replay, main, partial(_made, main_proxy, row, "text/html" if name.endswith("htm") else "text/plain"))
        path = f"edgar/data/{row.cik}/{row.accession}.txt"
        _route(replay, filings.TEXT_URL.format(path=path), partial(_made, proxy, row, "text/plain"))

    replay.serve(submissions.URL, _submissions(documents), "application/zip")
    for url, body in exits.forms(documents.world).items():
        replay.serve(url, body, "text/xml")
    for url, body in exits.reports(documents.world).items():
        replay.serve(url, body, "text/html")


def _submissions(documents: Documents) -> bytes:
    """submissions.zip: a member a filer, its proxies on an older page; a person; one that cannot be read."""
    members: dict[str, bytes] = {"CIK0000000077__json": b"{}", "CIK0009999999__json": b"half"}
    for cik, rows in documents.all_proxies.groupby("cik"):
        names = [main_name(int(cik))] * len(rows)
        page = {
            "accessionNumber": rows["accession"].tolist(),
            "form": [PROXY] * len(rows),
            "filingDate": rows["filed"].tolist(),
            "primaryDocument": names,
        }
        empty: dict[str, list[str]] = {name: [] for name in page}
        older = f"CIK{cik:010d}-submissions-001.json"
        told = {"cik": int(cik), "name": "X", "filings": {"recent": empty, "files": [{"name": older}]}}
        members[f"CIK{cik:010d}__json"] = json.dumps(told).encode()
        members[older.replace(".", "__")] = json.dumps(page).encode()
    for cik, page in exits.pages(documents.world).items():
        members[f"CIK{cik:010d}-submissions-002__json"] = json.dumps(page).encode()
    return zipped(**members)


def _made(make: Callable[[object], bytes], row: object, media: str, _: str) -> Answer:
    return Answer(make(row), media=media)


def _serve_markets(replay: Replay, world: World) -> None:
    for name in fred.DEFAULT_SERIES:
        replay.serve(FRED_URL.format(name), rates.fred(world, name), "text/csv")
    for name, body in rates.french(world).items():
        replay.serve(FRENCH_URL.format(name), body, "application/zip")
    for request in ishares.requests():
        replay.serve(request.url, lists.holdings(world), "text/csv")
    for name, body in lists.directories(world).items():
        replay.serve(nasdaq.URL.format(name=name), body, "text/plain")
    shares = charts.charts_by_symbol(world)
    serve_estimates(replay, dict.fromkeys(shares, (1.5, 2.0)))
    for symbol, rows in shares.items():
        _route(replay, CHART_URL.format(symbol), partial(_chart, symbol, rows, world))
    for fund in [name for name in catalogue.ETFS if name in set(world.series["series"])]:
        body = charts.fund_chart(fund, rates.series_of(world, fund), now=world.today)
        replay.serve(CHART_URL.format(fund), body, "application/json")


def _chart(symbol: str, rows: object, world: World, _: str) -> Answer:
    return Answer(charts.share_chart(symbol, rows, now=world.today), media="application/json")


def _route(replay: Replay, url: str, answer: Answer | Callable[[str], Answer]) -> None:
    replay.routes[url.removeprefix("https://")] = answer
