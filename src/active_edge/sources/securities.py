"""The list of securities, by CIK and without survivorship: who filed, under which ticker then, and who has prices.

A company is in the list because it filed annual or quarterly reports, not because it trades today. Its ticker is the
one in its last instance document; a company that still trades has today's. A living company's further share classes
are securities of their own. What filed and has no prices stays in the list, without price rows, from its first to
its last report: `missing_names.bound_missing` says how much their absence can flatter a result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from active_edge.market.audit.missing_names import NOT_SHARES
from active_edge.schema import SECURITIES
from active_edge.sources.sec.edgar_index import DELISTINGS, REPORTS, Filed, Listed
from active_edge.sources.sec.fsds import Filing
from active_edge.sources.vendors.nasdaq import yahoo_symbol

SILENT_DAYS = 200
"""A company whose last report is older than this when the data ends has left."""
NOBODY: Mapping[str, str] = MappingProxyType({})
SHARE_TYPES = frozenset({"common", "reit", "spac", "adr"})
SPAC_SIC, REIT_SIC = 6770, 6798
FUND_SICS = frozenset({6722, 6726})


@dataclass
class Company:
    """Evidence on one company, gathered over all sources."""

    cik: int
    name: str = ""
    sic: int | None = None
    ticker_then: str | None = None
    first_report: dt.date | None = None
    last_report: dt.date | None = None
    delisted: dt.date | None = None
    named_on: dt.date = dt.date.min
    ticker_on: dt.date = dt.date.min
    today: list[Listed] = field(default_factory=list)
    once: list[Listed] = field(default_factory=list)

    def reported(self, day: dt.date) -> None:
        """Widen the span of reports by one filed on `day`."""
        self.first_report = day if self.first_report is None else min(self.first_report, day)
        self.last_report = day if self.last_report is None else max(self.last_report, day)


@dataclass(frozen=True)
class Register:
    """Companies by CIK, and the listing facts of today's symbols (symbol → exchange, type)."""

    companies: Mapping[int, Company]
    listings: Mapping[str, tuple[str | None, str | None]]

    def symbols(self) -> dict[str, int]:
        """Today's share symbols (as Yahoo writes them) → CIK."""
        found: dict[str, int] = {}
        for cik in sorted(self.companies):
            for listed in self.shares_today(self.companies[cik]):
                found.setdefault(yahoo_symbol(listed.ticker), cik)
        return found

    def shares_today(self, company: Company) -> list[Listed]:
        """Today's listed shares of a company, main class first; warrants, units and preferred stock left out."""
        return self._shares(company, company.today)

    def _shares(self, company: Company, told: Iterable[Listed]) -> list[Listed]:
        shares = [
            listed
            for listed in told
            if listed.exchange not in (None, "OTC") and self.type_of(listed.ticker) not in NOT_SHARES
        ]
        return sorted(shares, key=lambda s: (s.ticker != company.ticker_then, len(s.ticker), s.ticker))

    def shares_once(self, company: Company) -> list[Listed]:
        """Shares of a company that an earlier list named and that nobody's list names today, main class first."""
        return self._shares(company, company.once)

    def type_of(self, ticker: str) -> str | None:
        """Security type the directory states for a symbol."""
        return self.listings.get(yahoo_symbol(ticker), (None, None))[1]


def register(
    filings: Iterable[Filing],
    index: Iterable[Filed],
    today: Iterable[Listed],
    directory: Iterable[pd.DataFrame],
    earlier: Iterable[Listed] = (),
) -> Register:
    """Gather the evidence: data-set filings, index lines, today's tickers, exchange directories.

    Parameters
    ----------
    directory : of one symbol the last counts.
    earlier : what older lists of tickers named, the oldest first: companies that have left since, and old tickers.
    """
    companies: dict[int, Company] = {}
    for filing in filings:
        if filing.form.removesuffix("/A") not in REPORTS:
            continue
        company = companies.setdefault(filing.cik, Company(filing.cik))
        company.reported(filing.filed)
        if filing.filed >= company.named_on:
            company.named_on, company.name = filing.filed, filing.name
            company.sic = filing.sic if filing.sic is not None else company.sic
        if filing.ticker is not None and filing.filed >= company.ticker_on:
            company.ticker_on, company.ticker_then = filing.filed, filing.ticker
    for line in index:
        if line.form.removesuffix("/A") in REPORTS:
            company = companies.setdefault(line.cik, Company(line.cik))
            company.reported(line.filed)
            if line.filed > company.named_on:
                company.named_on, company.name = line.filed, line.company
        elif line.form in DELISTINGS and line.cik in companies:
            held = companies[line.cik]
            held.delisted = line.filed if held.delisted is None else max(held.delisted, line.filed)
    for listed in today:
        company = companies.setdefault(listed.cik, Company(listed.cik))
        company.today.append(listed)
        company.name = company.name or listed.name
    claimed = {yahoo_symbol(listed.ticker) for company in companies.values() for listed in company.today}
    once = {symbol: listed for listed in earlier if (symbol := yahoo_symbol(listed.ticker)) not in claimed}
    for listed in once.values():
        companies.setdefault(listed.cik, Company(listed.cik, listed.name)).once.append(listed)
    listings = {
        yahoo_symbol(str(row.symbol)): (row.exchange, row.security_type)
        for frame in directory
        for row in frame.itertuples(index=False)
    }
    return Register(companies, listings)


def asset_of(cik: int, *, share_class: str = "") -> str:
    """Permanent id of a company's main share, or of a further class of it."""
    return f"CIK{cik:010d}" + (f".{share_class}" if share_class else "")


@dataclass(frozen=True)
class Spans:
    """First and last session with a price, by Yahoo symbol; `end` is the last session of all."""

    first: Mapping[str, pd.Timestamp]
    last: Mapping[str, pd.Timestamp]
    end: pd.Timestamp


@dataclass(frozen=True)
class Listing:
    """The securities table, symbol → asset, CIK → asset of the main share, and the names without prices."""

    table: pd.DataFrame
    asset_of_symbol: Mapping[str, str]
    asset_of_cik: Mapping[int, str]
    without_prices: list[dict[str, Any]]


def list_securities(
    known: Register, spans: Spans, funds: Mapping[str, str | None], renamed: Mapping[str, str] = NOBODY
) -> Listing:
    """Every company that reported or trades, every class of it that has prices, and the priced funds.

    A company that was listed at an earlier pull and is no more keeps its share, with the prices had until then.

    Parameters
    ----------
    funds : symbols that belong to no company here → security type.
    renamed : an old symbol → the one that has its prices today.
    """
    rows: list[dict[str, Any]] = []
    symbols: dict[str, str] = {}
    ciks: dict[int, str] = {}
    absent: list[dict[str, Any]] = []
    claimed = known.symbols()
    for cik in sorted(known.companies):
        company = known.companies[cik]
        shares = [s for s in known.shares_today(company) if claimed.get(yahoo_symbol(s.ticker)) == cik]
        every = (*shares, *known.shares_once(company))
        priced = [s for s in every if yahoo_symbol(s.ticker) in spans.first]
        if company.first_report is None and not priced:
            continue
        ciks[cik] = asset_of(cik)
        for i, share in enumerate(priced):
            asset = asset_of(cik, share_class=share.ticker if i else "")
            symbols[yahoo_symbol(share.ticker)] = asset
            rows.append(_priced_row(asset, company, share, known, spans))
        if not priced:
            row = _unpriced_row(asset_of(cik), company, spans.end)
            rows.append(row)
            absent.append({name: _plain(row[name]) for name in ("asset", "ticker", "name", "cik", "first_session")})
            absent[-1]["last_report"] = _plain(company.last_report)
    for symbol, kind in sorted(funds.items()):
        if symbol in spans.first and symbol not in symbols:
            symbols[symbol] = symbol
            rows.append(_fund_row(symbol, kind, known, spans))
    symbols |= {old: symbols[new] for old, new in renamed.items() if new in symbols}
    table = pd.DataFrame(rows, columns=list(SECURITIES.names))
    table["cik"] = table["cik"].astype("Int64")
    table["sic"] = table["sic"].astype("Int64")
    for name in ("first_session", "last_session"):
        table[name] = pd.to_datetime(table[name])
    return Listing(table, symbols, ciks, absent)


def _priced_row(asset: str, company: Company, share: Listed, known: Register, spans: Spans) -> dict[str, Any]:
    symbol = yahoo_symbol(share.ticker)
    exchange, kind = known.listings.get(symbol, (share.exchange, None))
    return _row(
        asset,
        ticker=share.ticker,
        name=company.name or share.name,
        cik=company.cik,
        exchange=exchange or share.exchange,
        sic=company.sic,
        security_type=_type(kind, company.sic),
        first_session=spans.first[symbol],
        last_session=_left(spans.last[symbol], spans.end),
    )


def _left(last: pd.Timestamp, end: pd.Timestamp) -> pd.Timestamp | None:
    """Last session of a series that stops more than two weeks before the data ends."""
    return last if (end - last).days > 14 else None


def _unpriced_row(asset: str, company: Company, end: pd.Timestamp) -> dict[str, Any]:
    gone = company.delisted
    if gone is None and company.last_report is not None and (end.date() - company.last_report).days > SILENT_DAYS:
        gone = company.last_report
    still = company.today[0].ticker if company.today else None
    return _row(
        asset,
        ticker=still or company.ticker_then or asset,
        name=company.name or None,
        cik=company.cik,
        exchange=company.today[0].exchange if company.today else None,
        sic=company.sic,
        security_type=_type(None, company.sic),
        first_session=company.first_report,
        last_session=gone,
        exit_reason=None if gone is None else "unknown",
    )


def _fund_row(symbol: str, kind: str | None, known: Register, spans: Spans) -> dict[str, Any]:
    exchange, stated = known.listings.get(symbol, (None, None))
    return _row(
        symbol,
        ticker=symbol,
        exchange=exchange,
        security_type=stated or kind,
        first_session=spans.first[symbol],
        last_session=_left(spans.last[symbol], spans.end),
    )


def _row(asset: str, **known: Any) -> dict[str, Any]:
    return {**dict.fromkeys(SECURITIES.names), "asset": asset, **known}


def _type(stated: str | None, sic: int | None) -> str | None:
    if sic == SPAC_SIC:
        return "spac"
    if sic == REIT_SIC:
        return "reit"
    if sic in FUND_SICS:
        return "fund"
    return stated


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    return value
