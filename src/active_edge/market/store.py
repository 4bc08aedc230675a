"""A market opened from disk: securities, prices, facts, series and index members of one immutable snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import duckdb
import numpy as np
import pandas as pd

from active_edge.arguments import checked
from active_edge.cards import card
from active_edge.errors import BacktestError, MissingInput, SnapshotError
from active_edge.market.classes import Lives, companies_of, share_classes
from active_edge.market.database import connect
from active_edge.market.facts import Facts
from active_edge.market.files import parquet
from active_edge.market.findings import ADJUSTED_CLOSES
from active_edge.market.manifest import planted_in, read_report, verify_table
from active_edge.market.membership import members_on
from active_edge.market.missing import MissingSource, missing_sources
from active_edge.market.prices import Prices
from active_edge.market.snapshot import current_snapshot, manifest_of
from active_edge.market.spacing import Spacing
from active_edge.market.splits import UNDECIDED, Splits
from active_edge.market.tickers import column_named
from active_edge.market.weighted_index import series_of_indices, weighted_level
from active_edge.schema import SECURITIES
from active_edge.sessions import Day, sessions_between
from active_edge.words import listed, nearest, number, shortened

T = TypeVar("T")


@checked
def open_market(path: str | Path) -> Market:
    """Return the market stored in folder `path`; tables are read and verified when first used.

    Raises
    ------
    SnapshotError
        There is no snapshot, or a table is missing, of another length, or (when it is first used) was altered.
    """
    return Market(Path(path), current_snapshot(path))


class Market:
    """One snapshot of a market, read-only.

    Attributes
    ----------
    path
        The market folder.
    snapshot
        Id of the snapshot; results carry it.
    simulated
        True for simulated markets: everything printed or rendered from it says so.
    planted
        What edge was planted in a simulated market, in words; empty without one, and of every real market.
    spacing
        How far apart the prices of an asset are: daily, weekly or monthly; only daily ones can be traded.
    manifest, report
        What was stored (rows, hashes, sources) and what the import repaired, refused and noted.
    missing
        Sources that a pull made it without; () of an import.
    sessions
        DatetimeIndex of every XNYS session from the first to the last price; without any price a `MissingInput` that
        names the source that gave none.
    assets
        Index of str, sorted: the columns of every matrix.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self._folder = folder
        self.manifest: dict[str, Any] = manifest_of(folder)
        self.snapshot: str = self.manifest["snapshot"]
        self.simulated: bool = self.manifest["simulated"]
        self.planted: str = planted_in(self.manifest["sources"]) if self.simulated else ""
        self.spacing: Spacing = self.manifest["tables"]["prices"].get("spacing", "daily")
        self.missing: tuple[MissingSource, ...] = missing_sources(self.manifest)
        if not self.manifest["tables"]["prices"]["rows"] and not self.missing:
            raise SnapshotError(f"{folder / 'prices.parquet'}: has no rows; import the data again")
        self._verified: dict[str, Path] = {}
        self._derived: dict[tuple[object, ...], np.ndarray] = {}
        self._told: dict[tuple[object, ...], object] = {}
        self._latest: dict[str, tuple[tuple[object, ...], object]] = {}
        self._series: dict[str, pd.DataFrame] = {}

    @cached_property
    def sessions(self) -> pd.DatetimeIndex:
        prices = self.manifest["tables"]["prices"]
        if not prices["rows"]:
            of_prices = [one for one in self.missing if "prices" in one.gives or "closes" in one.gives]
            told = "; ".join(one.line() for one in of_prices or self.missing)
            raise MissingInput(
                f"{self.path}: this market has no prices: {told}. Run the same active-edge data pull again, or import "
                "prices of your own"
            )
        return sessions_between(prices["first"], prices["last"])

    def __repr__(self) -> str:
        stamp = " SIMULATED" if self.simulated else ""
        return f"<Market {self.path} snapshot {self.snapshot}{stamp}>"

    def _repr_html_(self) -> str:
        prices = self.manifest["tables"]["prices"]
        rows = {
            "names": number(len(self.assets), 0),
            "prices": f"{self.spacing}, {prices['first']} to {prices['last']}" if prices["rows"] else "none",
            "series": listed(shortened(sorted(self.series_names))) if "series" in self.manifest["tables"] else "none",
            "items": number(len(self.items), 0),
            "folder": str(self.path),
        }
        return card(f"Market, snapshot {self.snapshot}", rows, simulated=self.simulated)

    def derived(self, key: tuple[object, ...], make: Callable[[], np.ndarray]) -> np.ndarray:
        """Return what `make` computes from this market alone, read-only, computed once and kept with the market.

        `key` names the computation and everything it depends on beside the market.
        """
        if key not in self._derived:
            values = make()
            values.setflags(write=False)
            self._derived[key] = values
        return self._derived[key]

    def told(self, key: tuple[object, ...], find: Callable[[], T]) -> T:
        """Return what `find` says of this market alone, found once and kept with the market; `key` as in `derived`."""
        if key not in self._told:
            self._told[key] = find()
        return cast("T", self._told[key])

    def latest(self, kind: str, key: tuple[object, ...], find: Callable[[], T]) -> T:
        """Return what `find` says of this market alone, for what is large; of a kind only the last is kept."""
        if self._latest.get(kind, (None, None))[0] != key:
            self._latest.pop(kind, None)
            self._latest[kind] = key, find()
        return cast("T", self._latest[kind][1])

    def let_go(self, kind: str) -> None:
        """Keep nothing of a kind that `latest` found, before something as large is made."""
        self._latest.pop(kind, None)

    @checked
    def table(self, name: str) -> Path:
        """Return the verified Parquet file of a stored table.

        Raises
        ------
        MissingInput
            This market has no such table.
        SnapshotError
            The file was altered after it was written.
        """
        if name not in self._verified:
            if name not in self.manifest["tables"]:
                stored = ", ".join(self.manifest["tables"])
                raise MissingInput(f"{self.path}: this market has no table {name!r}; it has {stored}")
            self._verified[name] = verify_table(self._folder, self.manifest, name)
        return self._verified[name]

    @cached_property
    def _database(self) -> duckdb.DuckDBPyConnection:
        return connect()

    def __reduce__(self) -> tuple[type[Market], tuple[Path, Path]]:
        """Pickle as a reference to the stored snapshot: another process opens it again."""
        return Market, (self.path, self._folder)

    @cached_property
    def report(self) -> dict[str, Any]:
        return read_report(self._folder, self.manifest)

    @cached_property
    def adjusted_closes(self) -> tuple[str, ...]:
        """What the import found that shows closes to be adjusted, a sentence each; () where nothing does.

        Market value and ranks by it are then false on every day before a split.
        """
        found = [f for f in self.report.get("findings", ()) if str(f["kind"]).startswith(ADJUSTED_CLOSES)]
        return tuple(f"{f['kind'].removeprefix(f'{ADJUSTED_CLOSES}: ')} ({'; '.join(f['examples'])})" for f in found)

    @property
    def securities(self) -> pd.DataFrame:
        """Securities indexed by asset, sorted; columns of `schema.SECURITIES` but the asset.

        Text is ``str`` with NaN unknown, cik and sic are ``Int64`` with NA unknown, days are datetime64 with NaT.
        Whoever writes into it changes a frame of their own.
        """
        return self._securities.copy(deep=False)

    @cached_property
    def _securities(self) -> pd.DataFrame:
        with self._database.cursor() as connection:
            frame = connection.execute(f"SELECT * FROM {parquet(self.table('securities'))}").df()
        for column in SECURITIES.columns:
            if column.kind == "str":
                frame[column.name] = frame[column.name].astype("str")
            elif column.kind == "int":
                frame[column.name] = frame[column.name].astype("Int64")
            elif column.kind == "float":
                frame[column.name] = frame[column.name].astype("float64")
            else:
                frame[column.name] = pd.to_datetime(frame[column.name]).astype("datetime64[ns]")
        return frame.set_index("asset")

    @cached_property
    def assets(self) -> pd.Index:
        return pd.Index(self.securities.index, name="asset")

    @cached_property
    def prices(self) -> Prices:
        return Prices(self.table("prices"), self.sessions, self.assets, self._database, self._undecided)

    @cached_property
    def splits(self) -> Splits:
        """Moves of closes that look like a split, and what each is taken for: as stored, or as inferred."""
        from active_edge.market.known_splits import inferred_splits, stored_splits  # compiled: slow to import

        if "splits" in self.manifest["tables"]:
            return stored_splits(self.table("splits"), self._database, self.assets, self.sessions)
        return inferred_splits(self.prices, self.facts, self.sessions)

    def _undecided(self) -> np.ndarray:
        """Rows that the import took for neither a split nor a loss: asset × n_sessions + session."""
        if "splits" not in self.manifest["tables"]:
            return np.empty(0, dtype=np.int64)
        open_ = self.splits.ratio == UNDECIDED
        places: np.ndarray = self.splits.asset[open_] * len(self.sessions) + self.splits.session[open_]
        return places

    @cached_property
    def facts(self) -> Facts:
        file = self.table("facts") if "facts" in self.manifest["tables"] else None
        return Facts(file, self.sessions, self.assets, self._database, lambda: self.share_classes)

    @cached_property
    def companies(self) -> tuple[np.ndarray, ...]:
        """Columns of each company with more than one asset (`classes.companies_of`)."""
        return companies_of(self.securities)

    @cached_property
    def share_classes(self) -> tuple[np.ndarray, ...]:
        """Columns of each company with more than one class of shares listed side by side (`classes.share_classes`)."""
        if not self.companies:
            return ()
        reporters = frozenset(self._distinct("facts", "asset"))
        (first, last), each = (self.prices.first, self.prices.last), np.arange(len(self.assets))
        lives = Lives(first, last, *(self.prices.runs("close").at(day, each) for day in (first, last)))
        return share_classes(self.companies, self.securities, lives, reporters)

    @cached_property
    def items(self) -> frozenset[str]:
        """Names of the items that have at least one fact."""
        return frozenset(self._distinct("facts", "item"))

    @cached_property
    def series_names(self) -> frozenset[str]:
        """Names of the series of this market, of indices made of its weights too."""
        return frozenset({*self._distinct("series", "series"), *self._weighted})

    @cached_property
    def _weighted(self) -> dict[str, str]:
        """Name of the series that is made of the weights of an index → the index."""
        return series_of_indices(sorted(self._distinct("weights", "index")))

    @cached_property
    def index_names(self) -> frozenset[str]:
        """Names of the indices whose members are known."""
        return frozenset(self._distinct("members", "index"))

    @checked
    def series(self, name: str) -> pd.Series:
        """Return a series by the date it describes: the first published value of each date, float64, sorted.

        Timing: a value is known on its date unless `series_versions` says it was published later.

        Raises
        ------
        MissingInput
            No series of that name; the message has the nearest name.
        """
        versions = self.series_versions(name)
        first = versions.drop_duplicates("date", keep="first")
        return pd.Series(first["value"].to_numpy(), index=pd.DatetimeIndex(first["date"], name="date"), name=name)

    @checked
    def series_versions(self, name: str) -> pd.DataFrame:
        """Return every published value of a series: frame of date, filed (= date where null), value, sorted.

        Raises
        ------
        MissingInput
            No series of that name; the message has the nearest name.
        """
        if name not in self._series:
            self._series[name] = self._read_series(name)
        return self._series[name].copy()

    def _read_series(self, name: str) -> pd.DataFrame:
        if name not in self.series_names:
            raise MissingInput(f"the market has no series {name!r}; {nearest(name, self.series_names)}")
        if name in self._weighted and name not in self._distinct("series", "series"):
            level = weighted_level(self, self._weighted[name])
            return pd.DataFrame({"date": level.index, "filed": level.index, "value": level.to_numpy()})
        source = parquet(self.table("series"))
        with self._database.cursor() as connection:
            frame = connection.execute(
                f"SELECT date, coalesce(filed, date) AS filed, value FROM {source} WHERE series = ? "
                "ORDER BY date, filed",
                [name],
            ).df()
        return frame.astype({"date": "datetime64[ns]", "filed": "datetime64[ns]", "value": "float64"})

    @cached_property
    def priced_sessions(self) -> pd.DatetimeIndex:
        """Sessions on which prices are known: all of a daily market, those with a row of a sparse one."""
        if self.spacing == "daily":
            return self.sessions
        return self.sessions[np.isfinite(self.prices.close).any(axis=1)]

    @checked
    def rows_of(self, dates: pd.DatetimeIndex) -> np.ndarray:
        """Return (n_dates,) int64 rows of `sessions`.

        Raises
        ------
        BacktestError
            A date is no session of the market.
        """
        rows: np.ndarray = self.sessions.get_indexer(pd.DatetimeIndex(dates)).astype(np.int64)
        if (rows < 0).any():
            bad = pd.DatetimeIndex(dates)[rows < 0][0]
            raise BacktestError(
                f"dates: {bad:%Y-%m-%d} is no session of the market, which runs from {self.sessions[0]:%Y-%m-%d} to "
                f"{self.sessions[-1]:%Y-%m-%d}; use `rebalance_sessions`"
            )
        return rows

    @checked
    def asset_of(self, ticker: str, on: pd.Timestamp) -> int:
        """Return the column of the asset that has a ticker on a date: the one listed then, else the latest before.

        The ticker may be in any case and spelling, or ``id:`` and an asset: see `active_edge.market.tickers`.

        Raises
        ------
        MissingInput
            No asset of the market ever had that ticker, or several listed on the date could be meant.
        """
        return column_named(self, ticker, on)

    @checked
    def members(self, index: str, on: Day) -> np.ndarray:
        """Return a bool array (n_assets,): the members of an index that are known on day `on`.

        Rows with a start hold from start to end (open where null); of rows with only an observation day, the list of
        the latest day on or before `on` holds. All False before anything is known.

        Raises
        ------
        MissingInput
            No member list of that index; the message has the nearest name.
        """
        mask: np.ndarray = self.member_days(index, pd.DatetimeIndex([on]))[0]
        return mask

    def member_days(self, index: str, days: pd.DatetimeIndex) -> np.ndarray:
        """Return ``(n_days, n_assets)`` bool: as `members`, on each of some days, in order.

        Raises
        ------
        MissingInput
            No member list of that index; the message has the nearest name.
        """
        if index not in self.index_names:
            raise MissingInput(f"{self.path}: no members of index {index!r}; {nearest(index, self.index_names)}")
        return members_on(self._members.loc[self._members["index"] == index], self.assets, days)

    @cached_property
    def _members(self) -> pd.DataFrame:
        with self._database.cursor() as connection:
            frame = connection.execute(f"SELECT * FROM {parquet(self.table('members'))}").df()
        days = dict.fromkeys(("observed", "start", "end"), "datetime64[ns]")
        return frame.astype({"index": "str", "asset": "str", **days})

    def _distinct(self, table: str, column: str) -> list[str]:
        if table not in self.manifest["tables"]:
            return []
        with self._database.cursor() as connection:
            rows = connection.execute(f'SELECT DISTINCT "{column}" FROM {parquet(self.table(table))}')
            return [row[0] for row in rows.fetchall()]
