"""From the raw archive to the tables of a snapshot: a pure function of the archive's bodies.

Nothing here reads a clock or the network, and no table holds a fetch time: the same bodies give the same snapshot id,
whenever and in how many pieces they were fetched.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.market.connection import in_memory
from active_edge.market.database import connect, literal
from active_edge.market.files import parquet
from active_edge.market.findings import Finding
from active_edge.market.missing import MissingSource
from active_edge.market.prices import HOLE_SESSIONS, UNKNOWN_RETURN_BOUND
from active_edge.progress import Progress, silent
from active_edge.schema import PRICES
from active_edge.sessions import sessions_between
from active_edge.sources import company_tables, exits
from active_edge.sources.expected import read_expected
from active_edge.sources.gaps import gap_findings
from active_edge.sources.holdings import seen
from active_edge.sources.holdings.dividends import Dividends, pay, yields_by_year
from active_edge.sources.holdings.market import Held, bring_in
from active_edge.sources.missing import by_source, read_missing
from active_edge.sources.own import read_own
from active_edge.sources.renames import directories, earlier_tickers, renamed, todays_tickers
from active_edge.sources.sec import edgar_index, nport
from active_edge.sources.securities import Listing, Register, Spans, list_securities, register
from active_edge.sources.vendors import fred, kenfrench, yahoo
from active_edge.sources.web.archive import Archive

SYMBOLS_A_PART = 200
KINDS = {"str": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "date": "DATE"}


@dataclass
class Tables:
    """What `write_snapshot` takes, its findings, and where the rows came from."""

    rows: dict[str, Any]
    findings: list[Finding]
    sources: list[str]
    created: str
    report: dict[str, Any]
    missing: tuple[MissingSource, ...] = ()
    passages: duckdb.DuckDBPyRelation | None = None


@dataclass
class Charts:
    """Prices read so far: Parquet parts by symbol, spans, fund levels, and counts of what was odd."""

    parts: list[Path] = field(default_factory=list)
    first: dict[str, pd.Timestamp] = field(default_factory=dict)
    last: dict[str, pd.Timestamp] = field(default_factory=dict)
    funds: dict[str, str | None] = field(default_factory=dict)
    levels: list[pd.DataFrame] = field(default_factory=list)
    yields: dict[str, pd.Series] = field(default_factory=dict)
    phantom: Counter[str] = field(default_factory=Counter)
    suspected_splits: Counter[str] = field(default_factory=Counter)
    disagreements: Counter[str] = field(default_factory=Counter)
    unknown: list[str] = field(default_factory=list)
    unlike_fund: list[str] = field(default_factory=list)

    def leave_out(self, symbols: Collection[str]) -> None:
        """Forget charts, each with its earlier lives: another one has their rows."""
        for table in (self.first, self.last, self.funds):
            for symbol in [one for one in table if one.partition("~")[0] in symbols]:
                del table[symbol]


@contextlib.contextmanager
def assembled(archive: Archive, work: Path, *, progress: Progress = silent, workers: int = 2) -> Iterator[Tables]:
    """Tables made from everything the archive holds; relations in them live as long as the context.

    Parameters
    ----------
    work : folder for what does not fit into memory; the caller removes it.

    Raises
    ------
    SourceFormatError
        The archive holds no prices.
    """
    work.mkdir(parents=True, exist_ok=True)
    with connect(spill_to=work / "spill") as connection:
        charts = read_charts(archive, work / "prices", progress)
        missing = by_source(archive, read_missing(archive))
        if not charts.parts and not any(one.source == "yahoo" for one in missing):
            raise SourceFormatError(
                f"{archive.path}: no prices in the archive yet; pull with --only yahoo, or without --only"
            )
        companies = company_tables.read(archive, connection, work / "facts", progress, workers=workers)
        known, listing = _listed(connection, archive, companies, charts)
        assets = _chart_prices(connection, charts, listing)
        spans = {symbol: (charts.first[symbol], charts.last[symbol]) for symbol in assets}
        held = bring_in(archive, connection, known, companies.filings, listing, assets, spans, progress)
        listing, exits_found = _with_exits(connection, archive, held, companies.index)
        progress("assembling tables", 0, 1)
        facts = companies.facts(connection, listing.asset_of_cik)
        dividends = Dividends() if held.filled is None else pay(connection, facts, charts.yields, held.filled.splits)
        own, (expected, expected_found) = read_own(archive, listing), read_expected(archive, listing)
        rows: dict[str, Any] = {
            "securities": listing.table,
            "prices": connection.sql("SELECT * FROM all_prices"),
            "series": _with(_series(archive, charts), own.series),
            "members": _with(held.members, own.members),
            "weights": held.weights,
            "facts": own.onto_facts(connection, _with_told(connection, facts, held.sectors, expected)),
        }
        needed = ("securities", "prices")
        stored = {n: table for n, table in rows.items() if n in needed or (table is not None and len(table))}
        findings = [*_price_findings(charts), *companies.findings, *_list_findings(listing), *held.findings]
        findings += [*dividends.findings(), *exits_found, *own.findings, *expected_found]
        findings += gap_findings(archive, rows["series"])
        report = {
            "findings": [asdict(finding) for finding in findings],
            "archive_digest": archive.digest,
            "names_without_prices": listing.without_prices,
            "symbols_without_prices": charts.unknown,
            **({"holdings": _of_holdings(connection, held, listing, dividends)} if held.report else {}),
            "plugins": {name: {"file": p.file, "sha256": p.sha256} for name, p in own.plugins.items()},
        }
        passages = None if facts is None else companies.passages(connection)
        yield Tables(stored, findings, _sources(archive), _newest(archive), report, missing, passages)


def _listed(
    connection: duckdb.DuckDBPyConnection, archive: Archive, companies: company_tables.CompanyTables, charts: Charts
) -> tuple[Register, Listing]:
    """Companies, and the securities with what charts tell of them; a chart that repeats another one's goes."""
    today, earlier = todays_tickers(archive), earlier_tickers(archive)
    known = register(companies.filings, companies.index, today, directories(archive), earlier)
    old = renamed(connection, charts.parts, charts.first, known)
    charts.leave_out(old)
    spans = Spans(charts.first, charts.last, _end(archive, charts))
    listing = list_securities(known, spans, charts.funds, old)
    return known, replace(listing, table=_with_earlier_lives(listing, charts))


def _of_holdings(
    connection: duckdb.DuckDBPyConnection, held: Held, listing: Listing, dividends: Dividends
) -> dict[str, Any]:
    """What the report tells of holdings: agreement of closes, the last day of each name that left, dividends."""
    return {
        **held.report,
        "last_seen": seen.last_seen(connection, listing.table),
        "dividends": dict(dividends.of),
    }


def _end(archive: Archive, charts: Charts) -> pd.Timestamp:
    """Last session of all; where there is no price, the day of the archive's newest answer."""
    return max(charts.last.values()) if charts.last else pd.Timestamp(_newest(archive)[:10] or "1970-01-01")


def _with(rows: Any, own: pd.DataFrame) -> Any:
    """A table, frame or relation, with rows of own sources."""
    if not len(own):
        return rows
    frame = rows if rows is None or isinstance(rows, pd.DataFrame) else rows.df()
    return own if frame is None else pd.concat([frame, own], ignore_index=True)


def _with_told(
    connection: duckdb.DuckDBPyConnection, facts: duckdb.DuckDBPyRelation | None, *frames: pd.DataFrame | None
) -> duckdb.DuckDBPyRelation | None:
    """A relation of facts with the rows of frames after it; the relation itself where there are none."""
    rows = [frame for frame in frames if frame is not None and len(frame)]
    if not rows:
        return facts
    connection.register("told_facts", pd.concat(rows, ignore_index=True))
    told = connection.sql(
        "SELECT asset, item, CAST(months AS BIGINT) AS months, CAST(period_end AS DATE) AS period_end, value, "
        "CAST(filed AS DATE) AS filed, CAST(form AS VARCHAR) AS form, CAST(accession AS VARCHAR) AS accession, "
        "source, confidence FROM told_facts"
    )
    return told if facts is None else facts.union(told)


def _newest(archive: Archive) -> str:
    return max((entry.time for key in archive.keys("") for entry in archive.versions(key)), default="")


def _sources(archive: Archive) -> list[str]:
    return sorted({key.split("/")[0] for key, _ in archive.bodies("")})


def read_charts(archive: Archive, into: Path, progress: Progress) -> Charts:
    """Read every archived chart, stored as a part of Parquet for every 200 symbols."""
    into.mkdir(parents=True, exist_ok=True)
    windows: dict[str, list[str]] = {}
    for key in archive.keys("yahoo/"):
        windows.setdefault(key.split("/")[1], []).append(key)
    charts, pending = Charts(), list[pd.DataFrame]()
    for done, (symbol, keys) in enumerate(sorted(windows.items())):
        if done % 50 == 0:
            progress("reading charts", done, len(windows))
        rows = _symbol_rows(archive, symbol, keys, charts)
        if rows is not None:
            pending.append(rows)
        if len(pending) >= SYMBOLS_A_PART:
            charts.parts.append(_write_part(pending, into / f"{len(charts.parts):05d}.parquet"))
            pending.clear()
    if pending:
        charts.parts.append(_write_part(pending, into / f"{len(charts.parts):05d}.parquet"))
    return charts


def _symbol_rows(archive: Archive, symbol: str, keys: list[str], charts: Charts) -> pd.DataFrame | None:
    """Rows of one symbol on XNYS sessions; lives separated by a hole get `~1`, `~2` … from the oldest on."""
    entries = [entry for key in keys if (entry := archive.latest_body(key)) is not None]
    # the longest window first; later ones add later sessions
    entries.sort(key=lambda e: (e.key.rpartition("/")[2], e.time))
    parsed = [yahoo.parse(archive.read(entry), where=entry.key) for entry in entries]
    if not parsed:
        charts.unknown.append(symbol)
        return None
    rows = yahoo.join_windows(parsed)
    if rows.empty:
        charts.unknown.append(symbol)
        return None
    sessions = sessions_between(rows["session"].iloc[0], rows["session"].iloc[-1])
    real = rows["session"].isin(sessions).to_numpy(dtype=bool)
    if not real.all():
        charts.phantom[symbol] += int((~real).sum())
        rows = rows[real].reset_index(drop=True)
    if rows.empty:
        charts.unknown.append(symbol)
        return None
    charts.suspected_splits.update({symbol: sum(chart.suspected_splits for chart in parsed)})
    charts.disagreements.update({symbol: sum(chart.disagreements for chart in parsed)})
    place = sessions.searchsorted(rows["session"].to_numpy())
    life = np.concatenate([[0], np.cumsum(np.diff(place) - 1 > HOLE_SESSIONS)])
    names = [symbol if n == life[-1] else f"{symbol}~{n + 1}" for n in range(int(life[-1]) + 1)]
    rows = rows.assign(symbol=np.array(names, dtype=object)[life])
    starts = np.flatnonzero(np.diff(life, prepend=-1))
    rows.loc[rows.index[starts], "total_return"] = np.nan
    for name, block in rows.groupby("symbol", sort=False):
        charts.first[str(name)], charts.last[str(name)] = block["session"].iloc[0], block["session"].iloc[-1]
    instrument = parsed[-1].instrument
    if instrument in ("ETF", "MUTUALFUND", "INDEX"):
        charts.funds[symbol] = "etf" if instrument == "ETF" else "fund"
        charts.levels.append(_level(symbol, rows[rows["symbol"] == symbol]))
        charts.yields[symbol] = yields_by_year(rows[rows["symbol"] == symbol])
    else:
        charts.funds[symbol] = None
    return rows


def _level(symbol: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Total-return level of a fund: its first close grown by every return; an unknown small move is close/close."""
    close = rows["close"].to_numpy()
    plain = np.concatenate([[0.0], close[1:] / close[:-1] - 1.0])
    growth = rows["total_return"].to_numpy()
    growth = np.where(np.isfinite(growth), growth, np.where(np.abs(plain) <= UNKNOWN_RETURN_BOUND, plain, 0.0))
    growth[0] = 0.0
    level = np.round(close[0] * np.cumprod(1.0 + growth), 6)
    return pd.DataFrame({"series": symbol, "date": rows["session"].to_numpy(), "value": level, "filed": pd.NaT})


def _write_part(frames: list[pd.DataFrame], file: Path) -> Path:
    part = pd.concat(frames, ignore_index=True)
    with in_memory() as connection:
        connection.register("part", part.assign(symbol=part["symbol"].astype(object)))
        connection.execute(f"COPY part TO {literal(file)} (FORMAT parquet, COMPRESSION zstd)")
    return file


def _chart_prices(connection: duckdb.DuckDBPyConnection, charts: Charts, listing: Listing) -> dict[str, str]:
    """Make `chart_rows` (symbol, session, close) and `chart_prices`, the table of prices; symbol → asset of each."""
    pairs = {symbol: _life_asset(symbol, listing.asset_of_symbol) for symbol in charts.first}
    known = {symbol: asset for symbol, asset in sorted(pairs.items()) if asset is not None}
    if not charts.parts:
        typed = ", ".join(f"CAST(NULL AS {KINDS[column.kind]}) AS {column.name}" for column in PRICES.columns)
        connection.execute(f"CREATE TEMP TABLE chart_prices AS SELECT {typed} LIMIT 0")
        connection.execute("CREATE TEMP TABLE chart_rows AS SELECT asset AS symbol, session, close FROM chart_prices")
        return {}
    connection.register("asset_of_symbol", pd.DataFrame(known.items(), columns=["symbol", "asset"]).astype(object))
    connection.execute(f"CREATE TEMP VIEW chart_rows AS SELECT symbol, session, close FROM {parquet(*charts.parts)}")
    connection.execute(
        "CREATE TEMP VIEW chart_prices AS SELECT a.asset, CAST(p.session AS DATE) AS session, "
        + ", ".join(f"CASE WHEN isnan(p.{c}) THEN NULL ELSE p.{c} END AS {c}" for c in ("open", "high", "low"))
        + ", p.close, CASE WHEN isnan(p.volume) THEN NULL ELSE CAST(p.volume AS BIGINT) END AS volume, "
        "CASE WHEN isnan(p.total_return) THEN NULL ELSE p.total_return END AS total_return "
        f"FROM {parquet(*charts.parts)} p JOIN asset_of_symbol a USING (symbol)"
    )
    return known


def _with_exits(
    connection: duckdb.DuckDBPyConnection, archive: Archive, held: Held, index: list[edgar_index.Filed]
) -> tuple[Listing, list[Finding]]:
    """The listing with what filings tell of exits, by the last closes of `all_prices`."""
    rows = connection.execute(
        "SELECT asset, arg_max(close, session), max(session) AS last, max(last) OVER () FROM all_prices GROUP BY asset"
    ).fetchall()
    closes = {str(asset): float(close) for asset, close, *_ in rows}
    ended = {str(asset): pd.Timestamp(last) for asset, _, last, end in rows if last < end}
    absent = {} if held.filled is None else seen.first_absent(connection)
    return exits.told(archive, held.listing, closes, index, silent=ended, absent=absent)


def _life_asset(symbol: str, assets: Mapping[str, str]) -> str | None:
    base, _, life = symbol.partition("~")
    asset = assets.get(base)
    return asset if asset is None or not life else f"{asset}~{life}"


def _with_earlier_lives(listing: Listing, charts: Charts) -> pd.DataFrame:
    """Securities with one more row for each life before a hole: no CIK, so that no facts are tied to it."""
    table = listing.table.set_index("asset", drop=False)
    extra = []
    for symbol in sorted(charts.first):
        asset = _life_asset(symbol, listing.asset_of_symbol) if "~" in symbol else None
        if asset is not None:
            row = table.loc[asset.rpartition("~")[0]].to_dict()
            row |= {"asset": asset, "cik": pd.NA, "sic": pd.NA, "name": None, "exit_reason": "unknown"}
            extra.append({**row, "first_session": charts.first[symbol], "last_session": charts.last[symbol]})
    if not extra:
        return listing.table
    return pd.concat([listing.table, pd.DataFrame(extra).astype(listing.table.dtypes)], ignore_index=True)


def _series(archive: Archive, charts: Charts) -> pd.DataFrame:
    parts = list(charts.levels)
    parts += [fred.parse(archive.read(e), where=key) for key, e in archive.bodies("fred/")]
    for key, entry in archive.bodies("kenfrench/"):
        parts.append(kenfrench.parse_zip(archive.location(entry), name=key.partition("/")[2], where=key))
    flows: dict[str, list[Any]] = {}
    for key, entry in archive.bodies("nport/"):
        _, fund, filed, _ = key.split("/")
        report = nport.parse_report(archive.read(entry), series=None, where=key)
        flows.setdefault(fund, []).append((pd.Timestamp(filed).date(), report))
    parts += [nport.rows(fund, found) for fund, found in sorted(flows.items())]
    columns = ["series", "date", "value", "filed"]
    if not parts:
        return pd.DataFrame(columns=columns)
    typed = [p.assign(date=pd.to_datetime(p["date"]), filed=pd.to_datetime(p["filed"])) for p in parts if len(p)]
    return pd.concat(typed, ignore_index=True)[columns].drop_duplicates(["series", "date", "filed"])


def _price_findings(charts: Charts) -> list[Finding]:
    counted = (
        (charts.phantom, "rows on days that are no XNYS sessions", "refused", "Nothing to do."),
        (
            charts.suspected_splits,
            "returns that look like a split no event explains",
            "repaired",
            "They are unknown now; compare with a second source.",
        ),
        (
            charts.disagreements,
            "returns further than 1 % from the adjusted close's",
            "noted",
            "Close and dividends are used; compare with a second source.",
        ),
    )
    found = []
    for counts, kind, severity, remedy in counted:
        total = sum(counts.values())
        if total:
            worst = tuple(f"{symbol} {n}" for symbol, n in counts.most_common(5) if n)
            found.append(Finding("prices", kind, severity, total, worst, remedy))  # type: ignore[arg-type]
    lives = sorted(symbol for symbol in charts.first if "~" in symbol)
    if lives:
        remedy = "A hole of more than 20 sessions starts another security; the earlier one is kept apart."
        found.append(Finding("prices", "series with a hole", "repaired", len(lives), tuple(lives[:5]), remedy))
    if charts.unknown:
        kind, remedy = "symbols Yahoo has no prices for", "Import them from a second source (`data import`)."
        found.append(Finding("prices", kind, "noted", len(charts.unknown), tuple(charts.unknown[:5]), remedy))
    return found


def _list_findings(listing: Listing) -> list[Finding]:
    found = []
    if listing.without_prices:
        names = tuple(f"{row['asset']} {row['name']}" for row in listing.without_prices[:5])
        kind = "companies with filings and without prices"
        remedy = "`data audit` bounds the bias; import their prices from a source that keeps the dead."
        found.append(Finding("securities", kind, "noted", len(listing.without_prices), names, remedy))
    return found
