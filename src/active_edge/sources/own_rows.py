"""Rows of a user's own source: checked as they are read, and joined to the securities of a market."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import duckdb
import numpy as np
import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.market.findings import Finding
from active_edge.market.intake.item_names import ours_by
from active_edge.plugins import Plugin
from active_edge.schema import ITEMS
from active_edge.sources.securities import Listing
from active_edge.sources.vendors.nasdaq import yahoo_symbol
from active_edge.words import if_near, listed

TableName = Literal["facts", "series", "members"]
TABLES: tuple[TableName, ...] = get_args(TableName)
SECURITY = ("asset", "ticker", "cik")
"""Columns that name a security; the first there counts."""
COLUMNS: Mapping[TableName, tuple[str, ...]] = {
    "facts": ("item", "months", "period_end", "value", "filed"),
    "series": ("series", "date", "value", "filed"),
    "members": ("index", "observed"),
}
DAYS = ("period_end", "filed", "date", "observed")
MONTHS = (0, 3, 6, 9, 12)
FAR_DAYS = ("1700-01-01", "2200-01-01")
"""What lies beyond is a slip, and no time stamp can hold all of it."""


def checked_rows(rows: object, table: TableName, name: str, where: str) -> pd.DataFrame:
    """The rows with the columns of `COLUMNS`, and for facts and members a column `security` with its kind in `by`.

    What may be left out is filled in: of facts item, months and period_end, of series the series.

    Raises
    ------
    SourceFormatError : no frame, a column missing, an unknown one, or a value that is none.
    """
    if not isinstance(rows, pd.DataFrame):
        raise SourceFormatError(f"{where}: the reader returned a {type(rows).__name__}; return a pandas DataFrame")
    found = rows.reset_index(drop=True)
    known = (*COLUMNS[table], *(SECURITY if table != "series" else ()))
    for column in found.columns:
        if column not in known:
            remedy = if_near(str(column), known) or f"; rows of {table} have {listed(known)}, leave others out"
            raise SourceFormatError(f"{where}: column {column!r} has no meaning{remedy}")
    if not found.columns.is_unique:
        twice = found.columns[found.columns.duplicated()][0]
        raise SourceFormatError(f"{where}: two columns are called {twice!r}; keep one")
    if table == "facts":
        defaults = {"item": name, "months": 0, "period_end": found.get("filed")}
        found = found.assign(**{key: value for key, value in defaults.items() if key not in found})
    elif table == "series" and "series" not in found:
        found = found.assign(series=name)
    by = next((column for column in SECURITY if column in found), None) if table != "series" else None
    wanted = [*COLUMNS[table], *([] if table == "series" else [by or " or ".join(SECURITY)])]
    for column in wanted:
        if column not in found:
            raise SourceFormatError(f"{where}: column {column!r} is missing; rows of {table} have {', '.join(wanted)}")
    checked = pd.DataFrame({column: _column(found[column], column, where) for column in COLUMNS[table]})
    if table == "facts":
        _check_facts(checked, where)
    if by is not None:
        checked["security"] = _text(found[by], by, where) if by != "cik" else _numbers(found[by], by, where)
        checked["by"] = by
    return checked


def _column(values: pd.Series, name: str, where: str) -> pd.Series:
    if name in DAYS:
        # A bare number would be taken for nanoseconds since 1970.
        written = values.map(lambda _: pd.NaT) if pd.api.types.is_numeric_dtype(values) else values
        days = pd.to_datetime(written, errors="coerce", utc=True, format="ISO8601").dt.tz_localize(None).dt.normalize()
        _refuse(days.isna() | ~days.between(*FAR_DAYS), values, f"{where}: {name} is no day like 2023-06-30")
        return days.astype("datetime64[ns]")
    return _numbers(values, name, where) if name in ("value", "months") else _text(values, name, where)


def _numbers(values: pd.Series, name: str, where: str) -> pd.Series:
    real = values.map(lambda _: np.nan) if pd.api.types.is_complex_dtype(values) else values
    numbers = pd.to_numeric(real, errors="coerce").astype("float64")
    _refuse(~np.isfinite(numbers), values, f"{where}: {name} is no number")
    if name == "value":
        return numbers
    _refuse(numbers % 1 != 0, values, f"{where}: {name} is no whole number")
    return numbers.astype("int64")


def _text(values: pd.Series, name: str, where: str) -> pd.Series:
    text = values.astype("str").str.strip()
    _refuse(values.isna() | (text == ""), values, f"{where}: {name} is empty")
    return text.astype(object)


def _check_facts(rows: pd.DataFrame, where: str) -> None:
    # The names an import reads as one of ours, or refuses as misspelt, would mean two things.
    ours = {item: item if item in ITEMS else ours_by(item) for item in rows["item"].unique()}
    taken = rows["item"].map(ours) != ""
    _refuse(taken, rows["item"], f"{where}: an item of the program's; name yours otherwise")
    _refuse(~rows["months"].isin(MONTHS), rows["months"], f"{where}: months is none of 0, 3, 6, 9, 12")
    early = rows["filed"] < rows["period_end"]
    _refuse(early, rows["filed"], f"{where}: filed before the end of its period, so it looks ahead")


def _refuse(wrong: pd.Series, values: pd.Series, what: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise SourceFormatError(
            f"{what}: {str(values.iloc[row])!r} in row {row + 1}, and {int(wrong.sum()) - 1:,} more"
        )


@dataclass
class OwnTables:
    """Rows of own sources by table, joined to securities, and what was found odd."""

    facts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["asset", *COLUMNS["facts"], "source"]))
    series: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS["series"]))
    members: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["asset", *COLUMNS["members"]]))
    findings: list[Finding] = field(default_factory=list)
    plugins: dict[str, Plugin] = field(default_factory=dict)

    def add(self, name: str, table: TableName, rows: pd.DataFrame, listing: Listing, *, had: str) -> None:
        """Take the rows of one answer, the newest last; of one key told twice the last counts.

        Parameters
        ----------
        had : ISO day on which the answer was had, UTC; what says it could be known only later is left out.
        """
        rows = self._known_then(name, table, rows, had)
        if table != "series":
            rows = self._joined(name, table, rows, listing)
        if table == "facts":
            rows = rows.assign(source=name)
        key = {"facts": ["asset", "item", "months", "period_end", "filed"], "series": ["series", "date", "filed"]}
        together = pd.concat([getattr(self, table), rows], ignore_index=True) if len(getattr(self, table)) else rows
        kept = together.drop_duplicates(key.get(table), keep="last").reset_index(drop=True)
        setattr(self, table, kept)

    def onto_facts(
        self, connection: duckdb.DuckDBPyConnection, facts: duckdb.DuckDBPyRelation | None
    ) -> duckdb.DuckDBPyRelation | None:
        """A relation of facts with these rows after it; the relation itself where there are none."""
        if not len(self.facts):
            return facts
        connection.register("own_facts", self.facts)
        own = connection.sql(
            "SELECT asset, item, CAST(months AS BIGINT) AS months, CAST(period_end AS DATE) AS period_end, value, "
            "CAST(filed AS DATE) AS filed, NULL::VARCHAR AS form, NULL::VARCHAR AS accession, source, "
            "NULL::VARCHAR AS confidence FROM own_facts"
        )
        return own if facts is None else facts.union(own)

    def _known_then(self, name: str, table: TableName, rows: pd.DataFrame, had: str) -> pd.DataFrame:
        known = rows["observed" if table == "members" else "filed"]
        # The day of a vendor east of Greenwich may be one ahead of ours.
        early = known > pd.Timestamp(had) + pd.Timedelta(days=1)
        if early.any():
            days = tuple(str(day.date()) for day in known[early].drop_duplicates())[:5]
            kind = f"rows of {name} that say they could be known only after they were had"
            remedy = f"Give the day they were published; {had} is when they were had."
            self.findings.append(Finding(table, kind, "refused", int(early.sum()), days, remedy))
        return rows[~early]

    def _joined(self, name: str, table: TableName, rows: pd.DataFrame, listing: Listing) -> pd.DataFrame:
        assets = {str(asset): str(asset) for asset in listing.table["asset"]}
        known: dict[str, Callable[[Any], str | None]] = {
            "asset": assets.get,
            "ticker": lambda text: listing.asset_of_symbol.get(yahoo_symbol(text)),
            "cik": listing.asset_of_cik.get,
        }
        pairs = zip(rows["by"], rows["security"], strict=True)
        asset = pd.Series([known[by](security) for by, security in pairs], index=rows.index, dtype=object)
        strange = asset.isna()
        if strange.any():
            names = tuple(dict.fromkeys(str(security) for security in rows.loc[strange, "security"]))[:5]
            kind, remedy = f"rows of {name} for what is no asset here", "Pull the full market to have them."
            self.findings.append(Finding(table, kind, "noted", int(strange.sum()), names, remedy))
        return rows.assign(asset=asset)[~strange].drop(columns=["security", "by"])
