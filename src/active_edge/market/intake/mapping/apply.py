"""A mapped folder as the tables of a market, put through the importer like any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from active_edge.config import load_model
from active_edge.errors import ImportRefused
from active_edge.market.connection import in_memory
from active_edge.market.database import identifier, literal
from active_edge.market.findings import ADJUSTED_CLOSES, Finding, ImportReport
from active_edge.market.intake.importer import import_folder
from active_edge.market.intake.item_names import meaning_of_item
from active_edge.market.intake.mapping.cells import day_of, number, scaled, unread
from active_edge.market.intake.mapping.model import ImportMap, MappedTable
from active_edge.market.intake.mapping.periods import months_of
from active_edge.market.intake.mapping.staging import stage
from active_edge.market.intake.mapping.words import SECTORS
from active_edge.progress import Progress, silent
from active_edge.schema import ITEMS, SECTOR_ITEMS, TABLES

NOT_MONEY = ("shares_outstanding", "shares_diluted")
OWN_NOT_MONEY = re.compile(r"shares?$|per.?share|ratio|margin|percent|pct|%|yield|employees", re.I)
"""Names of a user's own items that are no sums of money."""
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
        staged = []
        for place, one in enumerate(read.tables):
            staged.append((stage(connection, folder, one, f"staged_{place}"), f"staged_{place}"))
        for table, name in staged:
            noted += unread(connection, table, name)
        tables = _tables(connection, staged, noted)
    try:
        return import_folder(tables, target, simulated=simulated, progress=progress, noted=noted)
    except ImportRefused as error:
        raise ImportRefused(f"{error}{_headers(str(error), read)}") from error


def _headers(said: str, read: ImportMap) -> str:
    """What the files call the columns a sentence of the importer names, and that `units` can divide them."""
    told = [
        f"{one.table}.{name} is column {one.header(name)!r} of {one.file}"
        for name in dict.fromkeys(re.findall(r"column '(\w+)'", said))
        for one in read.tables
        if name in one.columns and (one.table in said or len(read.tables) == 1 or name in one.numeric)
    ]
    if not told:
        return ""
    remedy = " `units: {total_return: 0.01}` there divides it by 100" if "'total_return'" in said else ""
    return f"\nIn import.yaml {'; '.join(told)}.{remedy}"


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
    if "ticker" not in table.gives:
        raise ImportRefused(
            f"{table.file}: columns name neither asset nor ticker; add one, by which rows are joined, or ticker_of_file"
        )
    return "coalesce((SELECT known.asset FROM known WHERE known.ticker = each.ticker), each.ticker)"


def _prices(connection: duckdb.DuckDBPyConnection, table: MappedTable, name: str, noted: list[Finding]) -> pd.DataFrame:
    columns = table.gives
    only_adjusted = "close" not in columns
    close = scaled(table, "adjusted_close" if only_adjusted else "close")
    scale = (
        f"{close} / nullif({scaled(table, 'split_adjusted_close')}, 0)" if "split_adjusted_close" in columns else "1.0"
    )
    picked = [f"{_asset(table)} AS asset", f"{day_of(table, 'session')} AS session", f"{close} AS close"]
    picked += [f"{scaled(table, c)} * {scale} AS {c}" for c in ("open", "high", "low") if c in columns]
    picked += [f"round({scaled(table, 'volume')} / ({scale})) AS volume"] if "volume" in columns else []
    for extra in ("market_value", "shares_outstanding", "adjusted_close", "total_return"):
        picked += [f"{scaled(table, extra)} AS {extra}"] if extra in columns else []
    query = f"SELECT {', '.join(picked)} FROM {name} AS each"
    if "adjusted_close" in columns and "total_return" not in columns:
        query = (
            "SELECT *, adjusted_close / lag(adjusted_close) OVER (PARTITION BY asset ORDER BY session) - 1 "
            f"AS total_return FROM ({query}) WHERE session IS NOT NULL"
        )
    frame = connection.sql(f"SELECT * FROM ({query}) WHERE asset IS NOT NULL AND session IS NOT NULL").df()
    if "volume" in frame:
        frame["volume"] = frame["volume"].astype("Int64")
    if only_adjusted and not {"market_value", "shares_outstanding"} & columns:
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
    value = (
        f"{number(table, 'value')} * CASE WHEN {_names_of(connection, name, _not_money)} THEN 1 ELSE {table.unit!r} END"
    )
    months = _months(table, 0)
    if "months" not in table.columns:
        months = f"CASE WHEN {_names_of(connection, name, _of_a_day)} THEN 0 ELSE {months} END"
    return connection.sql(
        f"SELECT {_asset(table)} AS asset, item, {months} AS months, {end} AS period_end, {value} AS value, "
        f"{filed} AS filed FROM {name} AS each"
    ).df()


def _months(table: MappedTable, default: int) -> str:
    if "period" in table.columns:
        return months_of("period")
    return "CAST(each.months AS INTEGER)" if "months" in table.columns else str(table.months or default)


def _names_of(connection: duckdb.DuckDBPyConnection, name: str, chosen: Callable[[str], bool]) -> str:
    """SQL condition: the item of a long fact is one of the chosen, whatever it is called."""
    names = [
        str(row[0]) for row in connection.execute(f"SELECT DISTINCT item FROM {name} WHERE item IS NOT NULL").fetchall()
    ]
    known = ((one, meaning_of_item(one)) for one in names)
    listed = [literal(one) for one, meant in known if chosen(one if meant is None else meant.item)]
    return f"item IN ({', '.join(listed)})" if listed else "false"


def _not_money(item: str) -> bool:
    if item in ITEMS:
        return item in NOT_MONEY or ITEMS[item] in ("per_share", "share")
    return item in SECTOR_ITEMS or OWN_NOT_MONEY.search(item) is not None


def _of_a_day(item: str) -> bool:
    return item in SECTOR_ITEMS or ITEMS.get(item) in ("instant", "share")


def _item(table: MappedTable, item: str, end: str, filed: str, name: str) -> str:
    months = "0" if _of_a_day(item) else _months(table, 3)
    unit = table.units.get(item, 1.0 if _not_money(item) else table.unit)
    sign = -1 if item in table.turned else 1
    value = f"{number(table, item)} * {sign * unit!r}"
    return (
        f"SELECT {_asset(table)} AS asset, {literal(item)} AS item, {months} AS months, {end} AS period_end, "
        f"{value} AS value, {filed} AS filed FROM {name} AS each "
        f"WHERE {number(table, item)} IS NOT NULL AND ({end}) IS NOT NULL"
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
    picked += [f"{scaled(table, 'weight')} AS weight"] if "weight" in table.columns else []
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
        frame = (
            connection.sql(f"SELECT {_asset(table)} AS asset, sector FROM {name} AS each")
            .df()
            .dropna(subset=["sector"])
        )
        frame["observed"] = pd.Timestamp(first)
        kind = "sectors of today, carried back to the first session"
        remedy = "A company that changed its sector is in its last one on every day; give dated codes to cure it."
        noted.append(Finding("facts", kind, "noted", len(frame), (table.file,), remedy))
        yield _sectors(frame)


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
        f"SELECT {series} AS series, {day} AS date, {scaled(table, 'value')} AS value FROM {name} AS each "
        f"WHERE {day} IS NOT NULL"
    ).df()
