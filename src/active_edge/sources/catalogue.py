"""What a pull asks for: the sources by name, their requests, and what one of them costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from active_edge.errors import ConfigError
from active_edge.sources.own import SOURCES, OwnSource, Source
from active_edge.sources.sec import companyfacts, edgar_index, fails, form345, fsds, market_structure, nport
from active_edge.sources.vendors import fred, ishares, kenfrench, nasdaq, past_holdings, yahoo
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.request import Request

MEANINGS: dict[str, str] = {
    "yahoo": "daily prices, splits and dividends of funds and of shares listed today",
    "estimates": "earnings a share that analysts expect today, from the first pull on",
    "fred": "policy rate, Treasury yields, credit spread, VIX",
    "kenfrench": "daily factors, momentum, size × profitability portfolios",
    "ishares": "today's members of IWM, IWB, IJR, IWC",
    "holdings": "members and closes of IWM, IWB, IJR, IWC on past days, the later dead included",
    "nasdaq": "today's listings on every US exchange",
    "tickers": "SEC: today's tickers by CIK",
    "form_index": "SEC: who filed which form when",
    "fsds": "SEC financial statement data sets: tickers of the time, SIC, domestic revenue share",
    "companyfacts": "SEC: every undimensioned fundamental, all versions",
    "form345": "SEC insider data sets: officers' and directors' holdings",
    "nport": "SEC N-PORT: monthly flows of small-cap funds",
    "market_structure": "SEC: daily volume on exchanges by ticker, the later dead included",
    "fails": "SEC fails to deliver: CUSIP by ticker, and a price after the exit; only where asked for by name",
    "exits": "SEC Form 25-NSE and 8-Ks: why shares left, and cash terms of mergers",
    "filings": "SEC 10-K instances and proxy statements: floating-rate debt, insider ownership",
}
TERMS: dict[str, tuple[str, ...]] = {
    "Yahoo's terms, personal use": ("yahoo", "estimates"),
    "BlackRock's terms, personal use": ("ishares", "holdings"),
    "FRED's terms; series of ICE and Cboe are theirs": ("fred",),
    "Fama and French's, research use": ("kenfrench",),
    "Nasdaq's terms": ("nasdaq",),
}
"""Terms of use to the sources that have them; what the SEC publishes is in the public domain."""
QUICK = ("yahoo", "fred", "kenfrench")
ON_REQUEST = ("fails",)
"""Sources that a whole pull leaves out."""
FOR_SYMBOLS = ("yahoo", "fred", "kenfrench", "nasdaq", "tickers", "companyfacts")
GROUPS = {
    "sec": ("tickers", "form_index", "fsds", "companyfacts", "form345", "nport", "market_structure", "exits", "filings")
}
SOURCE_OF_PREFIX = {
    "sec": "tickers",
    "nport_feed": "nport",
    "fund_tickers": "nport",
    "filing": "filings",
    "form345_list": "form345",
    "submissions": "filings",
    "exit": "exits",
    "market_structure_list": "market_structure",
    "fails_list": "fails",
}
"""First part of a key in the archive to its source, where the two differ."""
SOURCES.build_in(
    {name: Source(name, meaning) for name, meaning in MEANINGS.items()}, reserve=(*GROUPS, *SOURCE_OF_PREFIX)
)

ETFS = (
    *("IWM", "IWN", "IWO", "IJR", "IJS", "IJT", "IWC", "VB", "VBR", "VBK", "VTWO", "SCHA", "SPSM", "SLY", "XSLV"),
    *("AVUV", "AVSC", "DFAS", "DFSV", "DFAT", "CALF", "RWJ", "XSVM", "SLYV", "DES", "FNDA", "ISCB", "OMFS", "SMLF"),
    *("SPY", "IVV", "IWB", "IWF", "IWD", "QUAL", "USMV", "MTUM", "VLUE"),
)
BENCHMARK_ETFS = ("IWM", "IJR", "SPY")
QUICK_SINCE = dt.date(2000, 1, 1)
FULL_SINCE = dt.date(2009, 1, 1)
TYPICAL_SHARES = 5500
TYPICAL_SMALL_FILINGS_A_YEAR = 3300
"""Annual reports, and half the proxies, of 2,200 companies that a small-cap fund holds in the year and a half after."""
TYPICAL_SMALL_EXITS_A_YEAR = 165
LONGEST_WINDOW_DAYS = 400
FIRST_TRADED = past_holdings.FIRST_DAY.isoformat()
MOST_SINGLE_COMPANIES = 1500
"""Above this many companies with new reports, the bulk zip is cheaper than one request each."""


@dataclass(frozen=True)
class Order:
    """What the user asked for, settled: sources, first day, symbols (None: all), day of the pull, reading processes."""

    sources: tuple[str, ...]
    since: dt.date
    symbols: tuple[str, ...] | None
    today: dt.date
    quick: bool
    workers: int = 2


def settle(
    *,
    only: Sequence[str] | None,
    since: dt.date | str | None,
    symbols: Sequence[str] | None,
    quick: bool,
    today: dt.date,
) -> Order:
    """Check the options and fill their defaults.

    Raises
    ------
    ConfigError
        An unknown source, `--quick` with `--only`, a date that is none or lies in the future, an odd symbol.
    """
    if quick and only:
        raise ConfigError("--quick and --only exclude each other; --quick is --only " + " --only ".join(QUICK))
    names = (
        QUICK if quick else FOR_SYMBOLS if symbols and not only else tuple(n for n in SOURCES if n not in ON_REQUEST)
    )
    if only:
        wanted = [part for name in only for part in GROUPS.get(name, (name,))]
        for name in wanted:
            if not SOURCES.knows(name):
                raise ConfigError(f"--only: {SOURCES.remedy(name, also=GROUPS)}")
            SOURCES.find(name)
        names = tuple(name for name in SOURCES if name in wanted)
    try:
        first = dt.date.fromisoformat(since) if isinstance(since, str) else since
    except ValueError as error:
        raise ConfigError(f"--since {since!r}: not a date like 2015-01-31") from error
    first = first or (QUICK_SINCE if quick else FULL_SINCE)
    if not dt.date(1962, 1, 1) <= first <= today:
        raise ConfigError(f"--since {first}: must lie between 1962-01-01 and today ({today})")
    chosen = None if symbols is None else tuple(dict.fromkeys(nasdaq.yahoo_symbol(s) for s in symbols))
    odd = [s for s in chosen or () if not yahoo.SYMBOL.fullmatch(s)]
    if odd:
        raise ConfigError(f"--symbols {odd[0]!r}: not a symbol")
    return Order(names, first, chosen, today, quick)


def first_requests(order: Order) -> list[Request]:
    """Requests that depend on nothing fetched before."""
    by_source: dict[str, list[Request]] = {
        "fred": fred.requests(),
        "kenfrench": kenfrench.requests(),
        "ishares": ishares.requests(),
        "holdings": [r for r in _month_ends(order) if r.key.rpartition("/")[2] >= FIRST_TRADED],
        "nasdaq": nasdaq.requests(),
        "tickers": [edgar_index.tickers_request()],
        "form_index": edgar_index.index_requests(order.since, order.today),
        "fsds": fsds.requests(order.since, order.today),
        "form345": [form345.list_request()],
        "market_structure": [market_structure.list_request()],
        "fails": [fails.list_request()],
        "companyfacts": [companyfacts.bulk_request()] if order.symbols is None else [],
        "nport": [nport.fund_tickers_request()],
    }
    own = {name: SOURCES[name] for name in order.sources if name not in MEANINGS}
    by_source |= {n: made.requests(order.since, order.today) for n, made in own.items() if isinstance(made, OwnSource)}
    return [request for source in order.sources for request in by_source.get(source, [])]


def later_holdings(order: Order) -> list[Request]:
    """Holdings that come after the first snapshot: days that are no month ends, then older months; the newest first."""
    if "holdings" not in order.sources:
        return []
    days = [past_holdings.request(one, order.today) for one in past_holdings.days(*_spans(order))]
    return [*days, *(r for r in _month_ends(order) if r.key.rpartition("/")[2] < FIRST_TRADED)]


def _month_ends(order: Order) -> list[Request]:
    return [past_holdings.request(one, order.today) for one in past_holdings.month_ends(*_spans(order))]


def _spans(order: Order) -> tuple[dt.date, dt.date]:
    """First day of holdings, and today: all there are where the user named no first day of prices."""
    return (past_holdings.FIRST_MONTH if order.since == FULL_SINCE else order.since), order.today


def chart_requests(archive: Archive, symbols: Iterable[str], order: Order) -> list[Request]:
    """One chart a symbol: the whole span the first time; later from two weeks before the end of the last long window.

    A window is asked again, under its own key, until it is longer than a year; so a symbol has few windows, and each
    answer is a year of rows at most.
    """
    found = []
    for symbol in symbols:
        request = _chart_request(archive, symbol, order)
        if request is not None:
            found.append(request)
    return found


def _chart_request(archive: Archive, symbol: str, order: Order) -> Request | None:
    keys = archive.keys(f"yahoo/{symbol}/")
    windows = {_start(key): entry for key in keys if (entry := archive.latest_body(key)) is not None}
    if not windows or min(windows) > order.since:
        request = yahoo.request(symbol, since=order.since, today=order.today)
        return None if _asked_lately(archive, request.key, order.today) else request
    if any(_asked_lately(archive, key, order.today) for key in keys):
        return None
    start, entry = max(windows.items())
    last = dt.date.fromisoformat(entry.day)
    since = start if (last - start).days <= LONGEST_WINDOW_DAYS else last - dt.timedelta(days=yahoo.OVERLAP_DAYS)
    return yahoo.request(symbol, since=since, today=order.today)


def _start(key: str) -> dt.date:
    return dt.date.fromisoformat(key.rpartition("/")[2])


def _asked_lately(archive: Archive, key: str, today: dt.date) -> bool:
    """True when a window was asked today, or was not there less than a week ago."""
    entry = archive.latest(key)
    if entry is None or (entry.status == 200 and not archive.holds(entry)):
        return False
    return (today - dt.date.fromisoformat(entry.day)).days < (1 if entry.status == 200 else 7)


def source_of(key: str) -> str:
    """Name `--only` knows the source of an answer under."""
    prefix = key.split("/", maxsplit=1)[0]
    return SOURCE_OF_PREFIX.get(prefix, prefix)
