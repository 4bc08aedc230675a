"""Reported numbers by item: every version of every number, with the day it could first be read.

A company with several share classes reports once: what is filed under one class counts for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.classes import CLASS_ITEMS, PER_SHARE_ITEMS
from active_edge.market.files import parquet
from active_edge.sessions import knowable

NEVER_KNOWN = np.iinfo(np.int64).max


@dataclass(frozen=True)
class FactRows:
    """All versions of one item, sorted by (asset, filed, period_end, months); every array ``(n_rows,)``, read-only.

    Attributes
    ----------
    asset
        int64 column index into `Market.assets`.
    months
        int16: 0 instant, 3 a quarter, 6 or 9 year to date, 12 a year.
    period_end, filed
        datetime64[D]; `filed` is never before `period_end`: a stored row that says so is mistyped and left out.
    known
        int64 index of the first session whose close may use the row; ``len(sessions)`` after the market ends.
    value
        float64 in the item's unit, never NaN.
    confidence
        int8: 3 high, 2 medium, 1 low, 0 unknown.
    """

    asset: np.ndarray
    months: np.ndarray
    period_end: np.ndarray
    filed: np.ndarray
    known: np.ndarray
    value: np.ndarray
    confidence: np.ndarray

    def __len__(self) -> int:
        return len(self.value)


def shared_by_classes(rows: FactRows, classes: Sequence[np.ndarray], *, own_first: bool = False) -> FactRows:
    """Return the rows, each company's given to all its classes.

    Of a period filed on one day under two classes, the row of the class under which most is told counts, of equals the
    first by name. With `own_first` a class keeps its own rows of a period and takes no other's.
    """
    period = rows.period_end.astype(np.int64) * 100 + rows.months
    version, _ = pd.factorize(pd.MultiIndex.from_arrays([period, rows.filed.astype(np.int64)]))
    shared = np.isin(rows.asset, np.concatenate(classes))
    taken = [np.flatnonzero(~shared)]
    owner = [rows.asset[~shared]]
    for columns in classes:
        own = [np.arange(*np.searchsorted(rows.asset, [column, column + 1])) for column in columns.tolist()]
        by_count = sorted(own, key=len, reverse=True)
        for column, mine in zip(columns.tolist(), own, strict=True):
            others = [other for other in by_count if other is not mine]
            every = _once(period, [mine, *others]) if own_first else _once(version, by_count)
            taken.append(every)
            owner.append(np.full(len(every), column, dtype=np.int64))
    row, asset = np.concatenate(taken), np.concatenate(owner)
    order = np.lexsort((rows.months[row], rows.period_end[row], rows.filed[row], asset))
    columns_of = {name: values[row][order] for name, values in vars(rows).items()} | {"asset": asset[order]}
    for array in columns_of.values():
        array.setflags(write=False)
    return FactRows(**columns_of)


def _once(key: np.ndarray, parts: Sequence[np.ndarray]) -> np.ndarray:
    """Rows of the parts, of each part those whose key no earlier part has."""
    every = parts[0]
    for part in parts[1:]:
        every = np.concatenate([every, part[~np.isin(key[part], key[every])]])
    return every


class Facts:
    """Facts of one snapshot; an item is read from disk when first asked for and then kept."""

    def __init__(
        self,
        file: Path | None,
        sessions: pd.DatetimeIndex,
        assets: pd.Index,
        database: duckdb.DuckDBPyConnection,
        classes: Callable[[], Sequence[np.ndarray]],
    ) -> None:
        self._file = file
        self._classes = classes
        self._database = database
        self._sessions = sessions
        self._assets = assets
        self._read: dict[str, FactRows] = {}
        self._told: dict[str, FactRows] = {}

    def of(self, item: str) -> FactRows:
        """Return every row of `item`; empty arrays where this market has none.

        A class of shares has the rows of its company, under whichever class they were filed; but not of `CLASS_ITEMS`,
        which may count the shares of one class, and of `PER_SHARE_ITEMS` its own come first.
        """
        if item not in self._read:
            rows = self.told_under(item)
            classes = () if item in CLASS_ITEMS or not len(rows) else self._classes()
            own_first = item in PER_SHARE_ITEMS
            self._read[item] = shared_by_classes(rows, classes, own_first=own_first) if classes else rows
        return self._read[item]

    def first_known(self, item: str) -> np.ndarray:
        """Return (n_assets,) int64, the least `known` of each asset's rows of `item`; `NEVER_KNOWN` without one."""
        first = np.full(len(self._assets), NEVER_KNOWN)
        if self._file is None or item in self._read or (item not in CLASS_ITEMS and self._classes()):
            rows = self.of(item)
            np.minimum.at(first, rows.asset, rows.known)
            return first
        # Rows are read for their dates alone: most items are asked for nothing else.
        with self._database.cursor() as connection:
            found = connection.execute(
                f"SELECT asset, min(filed) AS filed FROM {parquet(self._file)} WHERE item = ? AND filed >= period_end "
                "GROUP BY asset",
                [item],
            ).fetchnumpy()
        asset = self._assets.get_indexer(np.asarray(found["asset"], dtype=object))
        first[asset] = knowable(np.asarray(found["filed"]), self._sessions)
        return first

    def told_under(self, item: str) -> FactRows:
        """Return the rows of `item` under the asset they were filed for, none of them shared."""
        if item not in self._told:
            self._told[item] = self._load(item)
        return self._told[item]

    def _load(self, item: str) -> FactRows:
        file = self._file
        if file is None:
            found = {
                "asset": np.empty(0, dtype=object),
                "months": np.empty(0, dtype=np.int16),
                "period_end": np.empty(0, dtype="datetime64[D]"),
                "filed": np.empty(0, dtype="datetime64[D]"),
                "value": np.empty(0),
                "confidence": np.empty(0, dtype=np.int8),
            }
            code = np.empty(0, dtype=np.int64)
        else:
            found, code = self._query(file, item)
        filed = found["filed"].astype("datetime64[D]")
        rows = FactRows(
            asset=code,
            months=found["months"].astype(np.int16),
            period_end=found["period_end"].astype("datetime64[D]"),
            filed=filed,
            known=knowable(filed, self._sessions),
            value=found["value"].astype(np.float64),
            confidence=found["confidence"].astype(np.int8),
        )
        for array in vars(rows).values():
            array.setflags(write=False)
        return rows

    def filed_between(
        self, items: Sequence[str], assets: Sequence[str], after: pd.Timestamp, until: pd.Timestamp
    ) -> pd.DataFrame:
        """Return asset, item, period_end, filed, form, accession of what was filed after one day and by another."""
        names = ("asset", "item", "period_end", "filed", "form", "accession")
        if self._file is None or not len(items) or not len(assets):
            return pd.DataFrame({name: pd.Series(dtype="object") for name in names})
        with self._database.cursor() as connection:
            frame: pd.DataFrame = connection.execute(
                f"SELECT {', '.join(names)} FROM {parquet(self._file)} WHERE filed > ? AND filed <= ? "
                "AND filed >= period_end AND list_contains(?, item) AND list_contains(?, asset)",
                [after.date(), until.date(), list(items), list(assets)],
            ).df()
        return frame

    def told_of(self, assets: Sequence[str], until: pd.Timestamp) -> pd.DataFrame:
        """Return every stored row of some assets filed by a day, sorted by item, period_end and filed.

        Columns asset, item, months, period_end, value, filed, form, accession, source, confidence.
        """
        names = ("asset", "item", "months", "period_end", "value", "filed", "form", "accession", "source", "confidence")
        if self._file is None or not len(assets):
            return pd.DataFrame({name: pd.Series(dtype="object") for name in names})
        with self._database.cursor() as connection:
            frame: pd.DataFrame = connection.execute(
                f"SELECT {', '.join(names)} FROM {parquet(self._file)} WHERE filed <= ? AND filed >= period_end "
                "AND list_contains(?, asset) ORDER BY item, period_end, months, filed, accession",
                [until.date(), list(assets)],
            ).df()
        return frame

    def _query(self, file: Path, item: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the stored columns of an item and the asset code of each row.

        Asset codes come from run lengths: the stored rows of an item are sorted by asset, as `Market.assets` is.
        """
        source = f"{parquet(file)} WHERE item = ? AND filed >= period_end"
        with self._database.cursor() as connection:
            runs = connection.execute(
                f"SELECT asset, count(*) AS n FROM {source} GROUP BY asset ORDER BY asset", [item]
            ).fetchnumpy()
            columns = connection.execute(
                "SELECT months, period_end, filed, value, CASE confidence WHEN 'high' THEN 3 WHEN 'medium' THEN 2 "
                f"WHEN 'low' THEN 1 ELSE 0 END::TINYINT AS confidence FROM {source} "
                "ORDER BY asset, filed, period_end, months, accession NULLS FIRST, form NULLS FIRST, value",
                [item],
            ).fetchnumpy()
        code = np.repeat(self._assets.get_indexer(np.asarray(runs["asset"], dtype=object)), runs["n"]).astype(np.int64)
        return {name: np.asarray(values) for name, values in columns.items()}, code
