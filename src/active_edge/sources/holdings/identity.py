"""Which security each label of the holdings files is: by the ticker companies filed under, by prices, by names."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import pandas as pd

from active_edge.market.tickers import ticker_key
from active_edge.sources.holdings.labels import Labels, name_words, similar
from active_edge.sources.sec.fsds import Filing
from active_edge.sources.securities import Listing, Register, asset_of

NEAR_DAYS = 400
"""A ticker in a filing tells whose it is for about so many days around."""
FEWEST_DAYS = 3
"""Common days of a chart and of the holdings below which their closes prove nothing."""
AGREES = 0.5
CLOSE_TOLERANCE = 0.01


@dataclass
class Identified:
    """Life → asset and CIK (None unknown); lives that are nobody's; agreement of closes by life and symbol."""

    asset: dict[int, str] = field(default_factory=dict)
    cik: dict[int, int | None] = field(default_factory=dict)
    charted: dict[int, str] = field(default_factory=dict)
    strangers: list[int] = field(default_factory=list)


def identify(
    connection: duckdb.DuckDBPyConnection,
    labels: Labels,
    known: Register,
    filings: Sequence[Filing],
    listing: Listing,
    charts: Mapping[str, str],
    spans: Mapping[str, tuple[pd.Timestamp, pd.Timestamp]],
) -> Identified:
    """Give each life an asset.

    Parameters
    ----------
    charts : symbol of each stretch of a chart (`AAA`, `AAA~1`) → its asset; its rows are the table `chart_rows`.
    spans : the same symbols → first and last session.
    """
    told = FiledUnder(known, filings)
    found = Identified()
    lives = {int(life): rows for life, rows in labels.table.groupby("life")}
    for life, rows in lives.items():
        found.cik[life] = told.company_of(rows)
    pairs = _pairs(labels, found, charts)
    agreement = _agreement(connection, pairs)
    for life, rows in lives.items():
        told_days = agreement.get(life, {})
        best = max(((same, symbol) for symbol, (n, same) in told_days.items() if same >= AGREES * n), default=None)
        symbol = best[1] if best is not None else _untold(life, rows, found, charts, told_days)
        if symbol is not None:
            found.charted[life], found.asset[life] = symbol, charts[symbol]
    taken: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]] = defaultdict(list)
    for symbol, asset in charts.items():
        taken[asset].append(spans[symbol])
    _give_the_rest(lives, found, listing, taken)
    return found


def _give_the_rest(
    lives: Mapping[int, pd.DataFrame],
    found: Identified,
    listing: Listing,
    spans: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]],
) -> None:
    """Assets for lives without a chart: their company's share, a further class of it, or a security of their own.

    `spans` : asset → stretches of time in which it is taken.
    """
    for life, asset in found.asset.items():
        spans[asset].append((lives[life]["first"].min(), lives[life]["last"].max()))
    order = sorted(lives, key=lambda life: (-int(lives[life]["days"].sum()), life))
    for life in order:
        if life in found.asset:
            continue
        rows, cik = lives[life], found.cik[life]
        first, last = rows["first"].min(), rows["last"].max()
        ticker = str(rows.sort_values("last")["ticker"].iloc[-1])
        if cik is None:
            if rows["close_last"].notna().any() and rows["days"].sum() > FEWEST_DAYS:
                found.asset[life] = f"{ticker}@{first:%Y%m%d}"
            else:
                found.strangers.append(life)
            continue
        asset = listing.asset_of_cik.get(cik, asset_of(cik))
        overlaps = any(first <= end and start <= last for start, end in spans[asset])
        if overlaps:
            asset = asset_of(cik, share_class=ticker)
        spans[asset].append((first, last))
        found.asset[life] = asset


def _pairs(labels: Labels, found: Identified, charts: Mapping[str, str]) -> pd.DataFrame:
    """(life, symbol) that could be one: the same ticker, or a chart of the company."""
    by_key: dict[str, list[str]] = defaultdict(list)
    by_cik: dict[str, list[str]] = defaultdict(list)
    for symbol, asset in charts.items():
        by_key[ticker_key(symbol.partition("~")[0])].append(symbol)
        by_cik[asset.partition(".")[0].partition("~")[0]].append(symbol)
    rows = set()
    for row in labels.table.itertuples():
        life = int(row.life)
        cik = found.cik[life]
        for symbol in (*by_key[row.key], *(by_cik[asset_of(cik)] if cik is not None else ())):
            rows.add((life, symbol))
    return pd.DataFrame(sorted(rows), columns=["life", "symbol"]).astype({"life": "int64", "symbol": object})


def _untold(
    life: int, rows: pd.DataFrame, found: Identified, charts: Mapping[str, str], told: Mapping[str, tuple[int, int]]
) -> str | None:
    """The chart of the company with the life's ticker, where there are no closes to hold against it."""
    cik, keys = found.cik[life], set(rows["key"])
    if cik is None:
        return None
    own = [s for s, asset in charts.items() if asset.startswith(asset_of(cik)) and ticker_key(s) in keys]
    return next((symbol for symbol in sorted(own) if symbol not in told), None)


def _agreement(connection: duckdb.DuckDBPyConnection, pairs: pd.DataFrame) -> dict[int, dict[str, tuple[int, int]]]:
    """Life → symbol → common days of closes, and days on which they agree; none where they are too few."""
    if pairs.empty:
        return {}
    connection.register("life_symbols", pairs)
    rows = connection.execute(
        "SELECT p.life, p.symbol, count(*) AS n, "
        f"count(*) FILTER (abs(c.close / h.close - 1) <= {CLOSE_TOLERANCE}) AS same "
        "FROM life_symbols p JOIN life_closes h USING (life) "
        "JOIN chart_rows c ON c.symbol = p.symbol AND c.session = h.session GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for life, symbol, n, same in rows:
        if n >= FEWEST_DAYS:
            found[int(life)][str(symbol)] = int(n), int(same)
    return found


class FiledUnder:
    """Companies by the ticker they filed under, and by name."""

    def __init__(self, known: Register, filings: Iterable[Filing]) -> None:
        self._known = known
        self._by_key: dict[str, list[tuple[dt.date, int, str]]] = defaultdict(list)
        self._by_name: dict[frozenset[str], set[int]] = defaultdict(set)
        names: set[tuple[int, str]] = set()
        for filing in filings:
            names.add((filing.cik, filing.name))
            if filing.ticker is not None:
                self._by_key[ticker_key(filing.ticker)].append((filing.filed, filing.cik, filing.name))
        for cik, company in known.companies.items():
            names.add((cik, company.name))
            for listed in company.today:
                self._by_key[ticker_key(listed.ticker)].append((dt.date.max, cik, listed.name or company.name))
        for cik, name in names:
            self._by_name[name_words(name)].add(cik)

    def company_of(self, rows: pd.DataFrame) -> int | None:
        """CIK of the company a life's labels are of; None where nothing tells it."""
        votes: Counter[int] = Counter()
        for row in rows.itertuples():
            words = name_words(row.name)
            low, high = (row.first - pd.Timedelta(days=NEAR_DAYS)).date(), row.last + pd.Timedelta(days=NEAR_DAYS)
            for day, cik, name in self._by_key.get(row.key, ()):
                today = day == dt.date.max
                if low <= day <= high.date() or (today and similar(words, name_words(name))):
                    votes[cik] += 1 + 9 * similar(words, name_words(name))
        if votes:
            return min(votes, key=lambda cik: (-votes[cik], cik))
        for row in rows.sort_values("days", ascending=False).itertuples():
            named = [cik for cik in self._by_name.get(name_words(row.name), ()) if self._filed_then(cik, row)]
            if len(named) == 1:
                return named[0]
        return None

    def _filed_then(self, cik: int, row: tuple[object, ...]) -> bool:
        company = self._known.companies.get(cik)
        if company is None or company.first_report is None or company.last_report is None:
            return False
        margin = pd.Timedelta(days=NEAR_DAYS)
        first, last = pd.Timestamp(company.first_report), pd.Timestamp(company.last_report)
        return bool(first - margin <= row.last and row.first <= last + margin)  # type: ignore[attr-defined]
