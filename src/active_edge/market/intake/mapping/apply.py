"""A mapped folder as the tables of a market, put through the importer like any other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from active_edge.config import load_model
from active_edge.errors import ImportRefused
from active_edge.market.connection import in_memory
from active_edge.market.database import identifier, literal
from active_edge.market.findings import ADJUSTED_CLOSES, Finding, ImportReport
from active_edge.market.intake.importer import import_folder
from active_edge.market.intake.mapping.cells import day_of, number_of, unread
from active_edge.market.intake.mapping.model import ImportMap, MappedTable
from active_edge.market.intake.mapping.raw import look, relation
from active_edge.market.intake.mapping.words import SECTORS
from active_edge.progress import Progress, silent
from active_edge.schema import ITEMS, TABLES
from active_edge.words import nearest

NOT_MONEY = ("shares_outstanding", "shares_diluted")
ADJUSTED_ONLY = f"{ADJUSTED_CLOSES}: no other closes are given"


def import_mapped(
    folder: Path, mapping: Path, target: Path, *, simulated: bool = False, progress: Progress = silent
) -> ImportReport:
    """Tables of `folder` as `mapping` (an import.yaml) says, imported into the market folder `target`.

    Adjusted closes become total returns; where there are no others they stand as closes and are noted, so that nothing
    ranks by market value, unless `market_value` or `shares_outstanding` is mapped.

    Raises
    ------
    ConfigError
        The mapping says what is not known. ImportRefused: a file or column of it is not there, or the importer refuses.
    """
    read = load_model(mapping, ImportMap)
    with in_memory() as connection:
        noted: list[Finding] = []
        staged = [(table, _stage(connection, folder, table, place)) for place, table in enumerate(read.tables)]
        for table, name in staged:
            noted += unread(connection, table, name)
        tables = _tables(connection, staged, noted)
    return import_folder(tables, target, simulated=simulated, progress=progress, noted=noted)


def _stage(connection: duckdb.DuckDBPyConnection, folder: Path, table: MappedTable, place: int) -> str:
    """Name of a DuckDB table of the mapped columns, as text under their meanings, and the day of each file."""
    paths = sorted(folder.glob(table.file))
    if not paths:
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        raise ImportRefused(f"{folder}: no file {table.file!r}; {nearest(table.file, names)}")
    name = f"staged_{place}"
    for number, path in enumerate(paths):
        source = relation(connection, path, table.separator, table.header_line)
        _named(connection, path, source, table)
        day = literal(_day_of(path, table)) if table.date_of_file else "NULL"
        wanted = {**table.columns, **table.items}
        picked = [f"trim({identifier(column)}) AS {identifier(meaning)}" for meaning, column in wanted.items()]
        picked += [f"{literal(value)} AS {identifier(meaning)}" for meaning, value in table.constants.items()]
        kept = " AND ".join(f"trim({identifier(c)}) = {literal(v)}" for c, v in table.rows.items()) or "true"
        query = f"SELECT {', '.join(picked)}, {day} AS day_of_file FROM {source} WHERE {kept}"
        connection.execute(f"INSERT INTO {name} {query}" if number else f"CREATE TABLE {name} AS {query}")
    return name


def _named(connection: duckdb.DuckDBPyConnection, path: Path, source: str, table: MappedTable) -> None:
    try:
        cursor = connection.execute(f"SELECT * FROM {source} LIMIT 0")
    except duckdb.Error as error:
        raise ImportRefused(f"{path}: cannot be read ({str(error).splitlines()[0]}); look at separator") from error
    there = [str(column[0]) for column in cursor.description or ()]
    for column in (*table.columns.values(), *table.items.values(), *table.rows):
        if column not in there:
            raise ImportRefused(f"{path}: no column {column!r}; {nearest(column, there)}")


def _day_of(path: Path, table: MappedTable) -> str:
    """The day the lines above a file's header name after the words of `date_of_file`, in ISO form."""
    above = look(path).above
    said = re.search(
        rf"{re.escape(table.date_of_file or '')}\W*([A-Za-z]{{3}}\w* \d{{1,2}}, \d{{4}}|[\d/.-]{{8,10}})", above
    )
    try:
        return datetime.strptime(said.group(1) if said else "", table.dates).date().isoformat()
    except ValueError as error:
        raise ImportRefused(f"{path}: no day after {table.date_of_file!r} in the lines above its header") from error


Staged = tuple[MappedTable, str]


def _tables(
    connection: duckdb.DuckDBPyConnection, staged: Sequence[Staged], noted: list[Finding]
) -> dict[str, pd.DataFrame]:
    by_name: dict[str, list[Staged]] = {}
    for table, name in staged:
        by_name.setdefault(table.table, []).append((table, name))
    _know_assets(connection, by_name.get("securities", []))
    prices = pd.concat([_prices(connection, *one, noted) for one in by_name["prices"]], ignore_index=True)
    facts = [_facts(connection, *one) for one in by_name.get("facts", [])]
    facts += _counts(prices)
    frames = {"prices": prices[[c for c in prices.columns if c in TABLES["prices"].names]]}
    frames["securities"] = _securities(connection, by_name.get("securities", []), prices)
    members = [_members(connection, *one) for one in by_name.get("members", [])]
    if members:
        frames["members"] = pd.concat(members, ignore_index=True)[["index", "asset", "observed"]].drop_duplicates()
    weighed = [_weights(frame) for frame in members if "weight" in frame]
    if weighed:
        frames["weights"] = pd.concat(weighed, ignore_index=True)
    facts += [_sectors(frame) for frame in members if "sector" in frame]
    facts += _sectors_once(connection, by_name.get("securities", []), str(prices["session"].min())[:10], noted)
    if facts:
        frames["facts"] = pd.concat(facts, ignore_index=True).drop_duplicates()
    series = [_series(connection, *one) for one in by_name.get("series", [])]
    if series:
        frames["series"] = pd.concat(series, ignore_index=True)
    return frames


def _know_assets(connection: duckdb.DuckDBPyConnection, securities: Sequence[Staged]) -> None:
    """Table `known`: the permanent id of each ticker, where a table of securities has both."""
    both = [
        f"SELECT ticker, asset FROM {name}" for table, name in securities if {"ticker", "asset"} <= {*table.columns}
    ]
    query = " UNION ALL ".join(both) or "SELECT NULL::VARCHAR AS ticker, NULL::VARCHAR AS asset WHERE false"
    connection.execute(f"CREATE TABLE known AS SELECT ticker, any_value(asset) AS asset FROM ({query}) GROUP BY ticker")


def _asset(table: MappedTable) -> str:
    if "asset" in table.columns:
        return "asset"
    if "ticker" not in table.columns:
        raise ImportRefused(f"{table.file}: columns name neither asset nor ticker; add one, by which rows are joined")
    return "coalesce((SELECT known.asset FROM known WHERE known.ticker = each.ticker), each.ticker)"


def _prices(connection: duckdb.DuckDBPyConnection, table: MappedTable, name: str, noted: list[Finding]) -> pd.DataFrame:
    columns = table.columns
    only_adjusted = "close" not in columns
    close = number_of("adjusted_close" if only_adjusted else "close")
    scale = (
        f"({close}) / nullif({number_of('split_adjusted_close')}, 0)" if "split_adjusted_close" in columns else "1.0"
    )
    picked = [f"{_asset(table)} AS asset", f"{day_of(table, 'session')} AS session", f"{close} AS close"]
    picked += [f"({number_of(c)}) * {scale} AS {c}" for c in ("open", "high", "low") if c in columns]
    picked += [f"round(({number_of('volume')}) / {scale}) AS volume"] if "volume" in columns else []
    for extra in ("market_value", "shares_outstanding", "adjusted_close", "total_return"):
        picked += [f"{number_of(extra)} AS {extra}"] if extra in columns else []
    query = f"SELECT {', '.join(picked)} FROM {name} AS each"
    if "adjusted_close" in columns and "total_return" not in columns:
        query = (
            "SELECT *, adjusted_close / lag(adjusted_close) OVER (PARTITION BY asset ORDER BY session) - 1 "
            f"AS total_return FROM ({query}) WHERE session IS NOT NULL"
        )
    frame = connection.sql(f"SELECT * FROM ({query}) WHERE asset IS NOT NULL AND session IS NOT NULL").df()
    if "volume" in frame:
        frame["volume"] = frame["volume"].astype("Int64")
    if only_adjusted and not {"market_value", "shares_outstanding"} & columns.keys():
        remedy = "Map market_value, or unadjusted closes: until then nothing ranks by market value."
        noted.append(Finding("prices", ADJUSTED_ONLY, "noted", len(frame), (table.file,), remedy))
    return frame


def _counts(prices: pd.DataFrame) -> list[pd.DataFrame]:
    """Shares outstanding at the last session of each month, as a price table tells them or its market value implies."""
    if "shares_outstanding" in prices:
        count = prices["shares_outstanding"]
    elif "market_value" in prices:
        count = prices["market_value"] / prices["close"]
    else:
        return []
    told = prices.assign(value=count).dropna(subset=["value"])
    last = told.groupby(["asset", told["session"].dt.to_period("M")]).tail(1)
    return [_told("shares_outstanding", last["asset"], last["session"], last["value"])]


def _told(item: str, asset: pd.Series, day: pd.Series, value: pd.Series) -> pd.DataFrame:
    columns = {"asset": asset, "item": item, "months": 0, "period_end": day, "value": value, "filed": day}
    return pd.DataFrame(columns)


def _facts(connection: duckdb.DuckDBPyConnection, table: MappedTable, name: str) -> pd.DataFrame:
    end = day_of(table, "period_end")
    if "filed" in table.columns:
        filed = day_of(table, "filed")
    elif table.filed_after_days is not None:
        filed = f"{end} + {table.filed_after_days}"
    else:
        raise ImportRefused(f"{table.file}: no column filed; map one, or give filed_after_days (90, of years 180)")
    if table.items:
        parts = [_item(table, item, end, filed, name) for item in table.items]
        return connection.sql(" UNION ALL ".join(parts)).df()
    value = f"({number_of('value')}) * CASE WHEN item IN ('shares_outstanding') THEN 1 ELSE {table.unit} END"
    months = "CAST(months AS INTEGER)" if "months" in table.columns else str(table.months or 0)
    return connection.sql(
        f"SELECT {_asset(table)} AS asset, item, {months} AS months, {end} AS period_end, {value} AS value, "
        f"{filed} AS filed FROM {name} AS each"
    ).df()


def _item(table: MappedTable, item: str, end: str, filed: str, name: str) -> str:
    kind = ITEMS.get(item, "instant")
    told = "CAST(each.months AS INTEGER)" if "months" in table.columns else str(table.months or 3)
    months = told if kind in ("flow", "per_share") else "0"
    unit = 1.0 if kind in ("per_share", "share") or item in NOT_MONEY else table.unit
    sign = -1 if item in table.turned else 1
    value = f"({number_of(item)}) * {sign * unit}"
    return (
        f"SELECT {_asset(table)} AS asset, {literal(item)} AS item, {months} AS months, {end} AS period_end, "
        f"{value} AS value, {filed} AS filed FROM {name} AS each "
        f"WHERE ({number_of(item)}) IS NOT NULL AND ({end}) IS NOT NULL"
    )


def _securities(
    connection: duckdb.DuckDBPyConnection, securities: Sequence[Staged], prices: pd.DataFrame
) -> pd.DataFrame:
    frames = []
    for table, name in securities:
        told = [c for c in table.columns if c in TABLES["securities"].names and c not in ("asset", "ticker")]
        dates = [f"{day_of(table, c)} AS {c}" if c.endswith("_session") else identifier(c) for c in told]
        ticker = "ticker" if "ticker" in table.columns else "asset"
        picked = [f"{_asset(table)} AS asset", f"{ticker} AS ticker", *dates]
        frames.append(connection.sql(f"SELECT {', '.join(picked)} FROM {name} AS each").df())
    priced = pd.unique(prices["asset"])
    frames.append(pd.DataFrame({"asset": priced, "ticker": priced}))
    whole = pd.concat(frames, ignore_index=True).drop_duplicates("asset")
    return whole[whole["asset"].isin(priced)].reset_index(drop=True)


def _members(connection: duckdb.DuckDBPyConnection, table: MappedTable, name: str) -> pd.DataFrame:
    index = "each.index" if "index" in {**table.columns, **table.constants} else literal("members")
    day = day_of(table, "observed")
    extra = [c for c in ("sector",) if c in table.columns]
    picked = [f"{index} AS index", f"{_asset(table)} AS asset", f"{day} AS observed", *extra]
    picked += [f"{number_of('weight')} AS weight"] if "weight" in table.columns else []
    return connection.sql(f"SELECT {', '.join(picked)} FROM {name} AS each WHERE {_asset(table)} IS NOT NULL").df()


def _weights(frame: pd.DataFrame) -> pd.DataFrame:
    """Shares of an index by day, percent or decimal as given: those of its members sum to 1."""
    told = frame[frame["weight"] > 0].groupby(["index", "asset", "observed"], as_index=False)["weight"].sum()
    whole = told.groupby(["index", "observed"])["weight"].transform("sum")
    return told.assign(weight=told["weight"] / whole).rename(columns={"observed": "day"})


def _sectors(frame: pd.DataFrame) -> pd.DataFrame:
    """GICS codes of the days members were observed, by the names of their sectors."""
    codes = frame["sector"].map(sector_code)
    known = frame[codes.notna()]
    return _told("gics", known["asset"], known["observed"], codes[codes.notna()].astype(float))


def _sectors_once(
    connection: duckdb.DuckDBPyConnection, securities: Sequence[Staged], first: str, noted: list[Finding]
) -> Iterator[pd.DataFrame]:
    for table, name in securities:
        if "sector" not in table.columns:
            continue
        frame = connection.sql(f"SELECT {_asset(table)} AS asset, sector FROM {name} AS each").df()
        frame["observed"] = pd.Timestamp(first)
        kind = "sectors of today, carried back to the first session"
        remedy = "A company that changed its sector is in its last one on every day; give dated codes to cure it."
        noted.append(Finding("facts", kind, "noted", len(frame), (table.file,), remedy))
        yield _sectors(frame.dropna(subset=["sector"]))


def sector_code(text: object) -> float | None:
    """GICS code of a sector's name, or the code itself; None for what is no sector."""
    words = re.sub(r"[^a-z0-9]", "", str(text).casefold())
    if re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{8}", words):
        return float(words)
    code = SECTORS.get(words)
    return None if code is None else float(code)


def _series(connection: duckdb.DuckDBPyConnection, table: MappedTable, name: str) -> pd.DataFrame:
    series = "each.series" if "series" in {**table.columns, **table.constants} else literal(Path(table.file).stem)
    day = day_of(table, "date")
    return connection.sql(
        f"SELECT {series} AS series, {day} AS date, {number_of('value')} AS value FROM {name} AS each "
        f"WHERE {day} IS NOT NULL"
    ).df()
