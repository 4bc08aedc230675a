"""What a pull asks for: the sources by name, their requests, and what one of them costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from active_edge.errors import ConfigError
from active_edge.sources.own import SOURCES, OwnSource, Source
from active_edge.sources.sec import companyfacts, edgar_index, form345, fsds, nport
from active_edge.sources.vendors import fred, ishares, kenfrench, nasdaq, yahoo
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import REQUESTS_PER_SECOND
from active_edge.sources.web.request import Request
from active_edge.words import number

MEANINGS: dict[str, str] = {
    "yahoo": "daily prices, splits and dividends of funds and of shares listed today",
    "fred": "policy rate, Treasury yields, credit spread",
    "kenfrench": "daily factors, momentum, size × profitability portfolios",
    "ishares": "today's members of IWM, IJR, IWC",
    "nasdaq": "today's listings on every US exchange",
    "tickers": "SEC: today's tickers by CIK",
    "form_index": "SEC: who filed which form when",
    "fsds": "SEC financial statement data sets: tickers of the time, SIC, domestic revenue share",
    "companyfacts": "SEC: every undimensioned fundamental, all versions",
    "form345": "SEC insider data sets: officers' and directors' holdings",
    "nport": "SEC N-PORT: monthly flows of small-cap funds",
    "filings": "SEC 10-K instances and proxy statements: floating-rate debt, insider ownership",
}
QUICK = ("yahoo", "fred", "kenfrench")
FULL = tuple(MEANINGS)
FOR_SYMBOLS = ("yahoo", "fred", "kenfrench", "nasdaq", "tickers", "companyfacts")
GROUPS = {"sec": ("tickers", "form_index", "fsds", "companyfacts", "form345", "nport", "filings")}
SOURCE_OF_PREFIX = {
    "sec": "tickers",
    "nport_feed": "nport",
    "fund_tickers": "nport",
    "filing": "filings",
    "form345_list": "form345",
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
BANDWIDTH_BYTES_PER_SECOND = 5e6
TYPICAL_SHARES = 5500
TYPICAL_FILINGS_PER_SHARE_YEAR = 1.7
FILING_BYTES = 400_000
LONGEST_WINDOW_DAYS = 400
MOST_SINGLE_COMPANIES = 1500
"""Above this many companies with new reports, the bulk zip is cheaper than one request each."""


@dataclass(frozen=True)
class Order:
    """What the user asked for, settled: sources, first day, symbols (None: all), day of the pull."""

    sources: tuple[str, ...]
    since: dt.date
    symbols: tuple[str, ...] | None
    today: dt.date
    quick: bool


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
    names = QUICK if quick else FOR_SYMBOLS if symbols and not only else tuple(SOURCES)
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
        "nasdaq": nasdaq.requests(),
        "tickers": [edgar_index.tickers_request()],
        "form_index": edgar_index.index_requests(order.since, order.today),
        "fsds": fsds.requests(order.since, order.today),
        "form345": [form345.list_request()],
        "companyfacts": [companyfacts.bulk_request()] if order.symbols is None else [],
        "nport": [nport.fund_tickers_request()],
    }
    own = {name: SOURCES[name] for name in order.sources if name not in MEANINGS}
    by_source |= {n: made.requests(order.since, order.today) for n, made in own.items() if isinstance(made, OwnSource)}
    return [request for source in order.sources for request in by_source.get(source, [])]


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


@dataclass(frozen=True)
class PlanLine:
    """One source's share of a pull: requests, bytes on the wire, seconds at its rate."""

    source: str
    requests: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Plan:
    """What a pull will ask, known beforehand; counts that depend on answers are estimates."""

    lines: tuple[PlanLine, ...]

    @property
    def requests(self) -> int:
        return sum(line.requests for line in self.lines)

    @property
    def bytes(self) -> int:
        return sum(line.bytes for line in self.lines)

    @property
    def hours(self) -> float:
        """Sources are asked one after the other where they share a rate, side by side where they do not."""
        sec = sum(line.seconds for line in self.lines if line.source in GROUPS["sec"])
        others = [line.seconds for line in self.lines if line.source not in GROUPS["sec"]]
        return max([sec, *others]) / 3600.0 if self.lines else 0.0

    def lines_of_text(self) -> list[str]:
        """The plan as lines for people."""
        shown = [
            f"{line.source:13}{line.requests:>8,} requests {number(line.bytes / 1e6, 0):>10} MB "
            f"{number(line.seconds / 60, 1):>8} min"
            for line in self.lines
        ]
        size, hours = number(self.bytes / 1e6, 0), number(self.hours, 1)
        total = f"{'in all':13}{self.requests:>8,} requests {size:>10} MB {hours:>8} hours"
        return [*shown, total]


def estimate(archive: Archive, order: Order, *, shares: int | None, charts: int | None = None) -> Plan:
    """Requests still to be made for an order.

    Parameters
    ----------
    shares : listed shares, where the directory is known already; else a typical number is taken.
    charts : charts due, where known.
    """
    count = TYPICAL_SHARES if shares is None else shares
    days = max(1, (order.today - order.since).days)
    costs: dict[str, list[int]] = {source: [0, 0] for source in order.sources}
    for request in first_requests(order):
        if not request.fresh(archive, order.today):
            source = source_of(request.key)
            costs[source][0] += 1
            costs[source][1] += request.expected_bytes
    if "yahoo" in costs:
        symbols = len(order.symbols) + len(BENCHMARK_ETFS) if order.symbols is not None else len(ETFS)
        if not order.quick and order.symbols is None:
            symbols += count
        due = symbols if charts is None else charts
        costs["yahoo"] = [due, due * 85 * days]
    if "nport" in costs:
        known = len(archive.keys("nport/"))
        due = max(0, len(nport.FUNDS) * 4 * max(1, min(days, (order.today - dt.date(2019, 9, 1)).days) // 365) - known)
        costs["nport"][0] += due
        costs["nport"][1] += due * 300_000
    if "companyfacts" in costs and order.symbols is not None:
        costs["companyfacts"] = [len(order.symbols), len(order.symbols) * 200_000]
    if "filings" in costs:
        due = max(0, int(count * TYPICAL_FILINGS_PER_SHARE_YEAR * days / 365.25) - len(archive.keys("filing/")))
        costs["filings"] = [due, due * FILING_BYTES]
    return Plan(tuple(_line(source, n, size) for source, (n, size) in costs.items()))


def source_of(key: str) -> str:
    """Name `--only` knows the source of an answer under."""
    prefix = key.split("/", maxsplit=1)[0]
    return SOURCE_OF_PREFIX.get(prefix, prefix)


def _line(source: str, count: int, size: int) -> PlanLine:
    schedule = "sec" if source in GROUPS["sec"] else source
    pace = REQUESTS_PER_SECOND.get(schedule, 1.0)
    return PlanLine(source, count, size, max(count / pace, size / BANDWIDTH_BYTES_PER_SECOND))
