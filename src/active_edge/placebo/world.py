"""A simulated market of months that a screen can be run on: filings in full, prices at month ends, nothing written.

Screens read prices through the panel, so the panel answers from month ends: what needs days (a plug-in that reads the
matrices of daily prices) is refused by name, and the placebo says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.factors import Factor
from active_edge.factors.own import OwnFactor
from active_edge.market import FactRows, Market
from active_edge.market.splits import Splits
from active_edge.panel import Panel
from active_edge.panel.figures import Filings
from active_edge.sessions import SESSIONS_A_QUARTER, SESSIONS_A_YEAR, knowable
from active_edge.simulated import fact_rows, laws
from active_edge.simulated.build import INDEX_NAME, members_frame
from active_edge.simulated.filings import draw_filings
from active_edge.simulated.grid import NO_EXIT
from active_edge.simulated.indices import build_indices
from active_edge.simulated.listings import Listings, list_firms, make_calendar, securities_frame
from active_edge.simulated.monthly import MonthlyMarket
from active_edge.simulated.path import Path
from active_edge.simulated.quotes import Months
from active_edge.simulated.weather import WARM_UP_MONTHS

SESSIONS_A_MONTH = 21
TURNOVER, TURNOVER_BY_SIZE = 0.005, 0.3
"""Share of a middling firm's value that trades in a session, and its rise per standard deviation of size."""
NEEDED_ONE_IN = 3


class MonthEnds:
    """Month ends of every listing, (months, n_listings), NaN while it is not listed; the first row is the eve.

    close : USD. shares : count. total_return : of the month, exit included. z_size : standardised log value.
    """

    def __init__(self, path: Path, listings: Listings) -> None:
        grid, T = path.grid, len(path.weather.cash)
        previous = np.vstack([grid.log_value[:1], grid.log_value[:-1]])
        size = (previous - path.size_mean[:, None]) / path.size_sd[:, None]
        quality = np.vstack([grid.quality[:1], grid.quality[:-1]])
        issuance = laws.of_arrays(laws.issuance, quality, size)
        count, traits = len(listings.firm), path.traits[listings.firm]
        fresh = listings.birth >= WARM_UP_MONTHS
        rng = np.random.default_rng([path.knobs.seed, 7])
        first = np.where(fresh, 0.0, size[listings.first_month, listings.slot])
        price = np.exp(2.6 + 0.45 * first + 0.5 * rng.standard_normal(count))
        shares = np.exp(grid.log_value[listings.first_month - 1, listings.slot].astype(float)) * 1e6 / price
        shape = T - WARM_UP_MONTHS + 1, count
        self.close, self.shares, self.z_size = (np.full(shape, np.nan) for _ in range(3))
        self.total_return, self.dividend = np.full(shape, np.nan), np.zeros(shape)
        old = ~fresh
        self.close[0, old], self.shares[0, old] = price[old], shares[old]
        for t in range(WARM_UP_MONTHS, T):
            row = t - WARM_UP_MONTHS + 1
            here = (listings.first_month <= t) & (t <= listings.last_month)
            arriving = here & (listings.birth == t)
            held, slot = np.flatnonzero(here & ~arriving), listings.slot
            earned = grid.base[t, slot[held]].astype(float)
            leaving = (listings.exit_kind[held] != NO_EXIT) & (listings.last_month[held] == t)
            at_exit = np.where(leaving, grid.exit_return[t, slot[held]], 0.0)
            self.total_return[row, held] = (1 + earned) * (1 + at_exit) - 1
            pays = t % 3 == listings.firm[held] % 3
            paid = price[held] * (1 + earned) * np.where(pays, traits[held, laws.DIVIDEND_YIELD] / 4.0, 0.0)
            price[held] = price[held] * (1 + earned) - paid
            shares[held] *= 1 + issuance[t, slot[held]]
            new = np.flatnonzero(arriving)
            shares[new] = np.exp(grid.log_value[t, slot[new]].astype(float)) * 1e6 / price[new]
            stays = np.concatenate([held[~leaving], new])
            self.dividend[row, held] = paid
            self.close[row, stays], self.shares[row, stays] = price[stays], shares[stays]
            self.z_size[row, stays] = size[min(t + 1, T - 1), slot[stays]]
            if row == 1:
                self.z_size[0, old] = size[t, slot[old]]

    def months(self, listings: Listings) -> Months:
        """The same as filings are drawn from: ragged, by listing; no count is ever split."""
        length = listings.last_month - listings.first_month + 1
        offset = np.concatenate([[0], np.cumsum(length)[:-1]])
        of = np.repeat(np.arange(len(length)), length)
        row = np.arange(len(of)) - np.repeat(offset, length) + np.repeat(listings.first_month, length)
        at = row - WARM_UP_MONTHS + 1
        shares, close = (pd.DataFrame(matrix).ffill().to_numpy()[at, of] for matrix in (self.shares, self.close))
        return Months(offset, close, shares, np.ones(len(of)), self.dividend[at, of])


class MonthlyFacts:
    """Facts of a drawn market in memory, as `market.facts.Facts` gives them."""

    def __init__(self, columns: dict[str, np.ndarray], order: np.ndarray, sessions: pd.DatetimeIndex) -> None:
        self._columns, self._order, self._sessions = columns, order, sessions
        self._starts = np.searchsorted(columns["item"][order], np.arange(len(fact_rows.ITEM_NAMES) + 1))
        self._read: dict[str, FactRows] = {}

    @classmethod
    def drawn(cls, blocks: list[Any], sessions: pd.DatetimeIndex) -> MonthlyFacts:
        """Of blocks of listings, as they are drawn."""
        names = (name for name in blocks[0]._fields if name not in ("form", "source"))
        columns = {name: np.concatenate([block._asdict()[name] for block in blocks]) for name in names}
        return cls(columns, np.argsort(columns["item"], kind="stable"), sessions)

    def of_assets(self, some: np.ndarray) -> MonthlyFacts:
        """Those of some assets, (n_assets,) bool."""
        order = self._order
        return MonthlyFacts(self._columns, order[some[self._columns["listing"][order]]], self._sessions)

    def of(self, item: str) -> FactRows:
        """Every row of an item; none where the market has none."""
        if item not in self._read:
            self._read[item] = self._rows(item)
        return self._read[item]

    told_under = of

    def first_known(self, n_assets: int) -> np.ndarray:
        """(n_assets,) session from whose close any fact of each was known; huge for none."""
        listing, filed = self._columns["listing"], self._columns["filed"].astype(np.int64)
        none = np.iinfo(np.int64).max
        first = np.full(n_assets, none)
        np.minimum.at(first, listing, filed)
        told = first < none
        first[told] = knowable(first[told].astype("datetime64[D]"), self._sessions)
        return first

    def _rows(self, item: str) -> FactRows:
        columns, chosen = self._columns, self._order[:0]
        if item in fact_rows.ITEM_NAMES:
            code = fact_rows.ITEM_NAMES.index(item)
            chosen = self._order[self._starts[code] : self._starts[code + 1]]
        keys = ("accession", "months", "period_end", "filed", "listing")
        taken = {name: columns[name][chosen] for name in (*keys, "value", "confidence")}
        order = np.lexsort([taken[name] for name in keys])
        part = {name: values[order] for name, values in taken.items() if name != "accession"}
        filed = part["filed"].astype("datetime64[D]")
        columns_of: dict[str, np.ndarray] = {
            "asset": part["listing"].astype(np.int64),
            "months": part["months"].astype(np.int16),
            "period_end": part["period_end"].astype("datetime64[D]"),
            "filed": filed,
            "known": knowable(filed, self._sessions),
            "value": part["value"],
            "confidence": (part["confidence"] + 1).astype(np.int8),
        }
        for array in columns_of.values():
            array.setflags(write=False)
        return FactRows(**columns_of)


class NoDailyPrices:
    """First and last session of each listing; every daily matrix is refused by name."""

    def __init__(self, listings: Listings) -> None:
        self.first, self.last = listings.first_session, listings.last_session

    @property
    def open(self) -> np.ndarray:
        return self._refused("open")

    @property
    def high(self) -> np.ndarray:
        return self._refused("high")

    @property
    def low(self) -> np.ndarray:
        return self._refused("low")

    @property
    def close(self) -> np.ndarray:
        return self._refused("close")

    @property
    def volume(self) -> np.ndarray:
        return self._refused("volume")

    @property
    def returns(self) -> np.ndarray:
        return self._refused("returns")

    @property
    def total_return_index(self) -> np.ndarray:
        return self._refused("total_return_index")

    def _refused(self, name: str) -> np.ndarray:
        raise MissingInput(f"the placebo's worlds are of months and have no daily prices ({name})")


class MonthlyWorld(Market):
    """A drawn market in memory."""

    def __init__(self, drawn: MonthlyMarket) -> None:
        path = drawn.path
        self.drawn, self.calendar = drawn, make_calendar(path)
        self.listings: Listings = list_firms(path, self.calendar)
        self.ends = MonthEnds(path, self.listings)
        self.path = FilePath("a monthly world")
        self.snapshot, self.simulated, self.spacing = "", True, "daily"
        self.manifest = {"tables": {"prices": {}, "members": {}}, "sources": []}
        self.sessions = self.calendar.sessions
        self._derived, self._told, self._series, self._latest = {}, {}, {}, {}
        self._on_day: dict[np.datetime64, np.ndarray] = {}

    @cached_property
    def report(self) -> dict[str, Any]:
        return {"findings": []}

    @cached_property
    def securities(self) -> pd.DataFrame:
        return securities_frame(self.drawn.path, self.listings, self.calendar).set_index("asset")

    @cached_property
    def prices(self) -> Any:
        return NoDailyPrices(self.listings)

    @cached_property
    def splits(self) -> Splits:
        """None: no split is looked for between month ends."""
        nothing = np.empty(0, dtype=np.int64)
        return Splits(asset=nothing, session=nothing, ratio=np.empty(0))

    @cached_property
    def facts(self) -> Any:
        blocks = draw_filings(self.drawn.path, self.listings, self.calendar, self.ends.months(self.listings), workers=1)
        return MonthlyFacts.drawn(blocks, self.sessions)

    @cached_property
    def companies(self) -> tuple[np.ndarray, ...]:
        return ()

    @cached_property
    def items(self) -> frozenset[str]:
        return frozenset(fact_rows.ITEM_NAMES)

    @cached_property
    def series_names(self) -> frozenset[str]:
        return frozenset()

    @cached_property
    def index_names(self) -> frozenset[str]:
        return frozenset({INDEX_NAME})

    @cached_property
    def _members(self) -> pd.DataFrame:
        path = self.drawn.path
        frame = members_frame(self.listings, self.calendar, build_indices(path), path)
        return frame.assign(observed=pd.NaT).astype({"observed": "datetime64[ns]", "index": "str", "asset": "str"})

    @cached_property
    def _spells(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Column, first and last day of every spell of membership; NaT while it lasts."""
        rows = self._members
        return self.assets.get_indexer(rows["asset"]), rows["start"].to_numpy(), rows["end"].to_numpy()

    def members(self, index: str, on: Any) -> np.ndarray:
        if index not in self.index_names:
            return super().members(index, on)
        day = pd.Timestamp(on).to_datetime64()
        if day not in self._on_day:
            column, start, end = self._spells
            mask = np.zeros(len(self.assets), dtype=bool)
            mask[column[(start <= day) & (np.isnat(end) | (end >= day))]] = True
            mask.setflags(write=False)
            self._on_day[day] = mask
        return self._on_day[day]

    def member_days(self, index: str, days: pd.DatetimeIndex) -> np.ndarray:
        if index not in self.index_names:
            return super().member_days(index, days)
        return np.array([self.members(index, day) for day in days]).reshape(len(days), len(self.assets))

    def last_session(self, months: int) -> pd.Timestamp:
        """Last session of the world's month number `months`, from 1."""
        return pd.Timestamp(self.sessions[self.calendar.first[WARM_UP_MONTHS + months] - 1])

    def row_of(self, dates: pd.DatetimeIndex) -> np.ndarray:
        """(n_dates,) rows of `MonthEnds`: of the month whose last session the date is, else of the month before."""
        sessions = self.rows_of(dates)
        first = self.calendar.first[WARM_UP_MONTHS:]
        return np.asarray(np.searchsorted(first, sessions + 1, side="right") - 1)


class MonthlyPanel(Panel):
    """A panel whose prices are month ends.

    wanted : (n_dates, n_assets) bool; where figures of filings are asked for, elsewhere they are missing; None for all.
    """

    def __init__(self, world: MonthlyWorld, dates: pd.DatetimeIndex, *, wanted: np.ndarray | None = None) -> None:
        super().__init__(world, dates)
        self._world, self._ends, self._rows = world, world.ends, world.row_of(dates)
        self._filings = Filings(
            world.facts if wanted is None else world.facts.of_assets(wanted.any(axis=0)),
            len(world.assets),
            sessions=self._sessions,
            days=self._days,
            known_sessions=self.known_sessions,
            first_reported=False,
            wanted=wanted,
        )

    def keep_factors(self, factors: Iterable[Factor], candidates: np.ndarray) -> None:
        """Values of factors of the program kept, of candidates alone: it takes half the time to read only them.

        A factor of the program has an asset's value from that asset alone; one of a user's own may rank it among all.
        """
        narrow = MonthlyPanel(self._world, self.dates, wanted=candidates)
        narrow.keep_all_of(self)
        for one in factors:
            if not isinstance(one, OwnFactor):
                self.keep(("factor", one), partial(one.compute, narrow))

    def has_facts(self) -> np.ndarray:
        def build() -> np.ndarray:
            first: np.ndarray = self._world.facts.first_known(self.shape[1])
            return np.asarray(first[np.newaxis, :] <= self._sessions[:, np.newaxis])

        return self.keep(("has_facts",), build)

    def close(self) -> np.ndarray:
        def build() -> np.ndarray:
            return np.asarray(self._ends.close[self._rows])

        return self.keep(("close",), build)

    def sparse(self) -> np.ndarray:
        return np.zeros(self.shape, dtype=bool)

    def close_before(self, days: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            known = days >= 0
        back = np.ceil(np.where(known, days, 0.0) / (365.25 / 12.0)).astype(np.int64)
        rows = self._rows[:, np.newaxis] - back
        close = np.take_along_axis(self._ends.close, np.maximum(rows, 0), axis=0)
        return np.where(known & (rows >= 0), close, np.nan)

    def known_dollar_volume(self, window: int = SESSIONS_A_QUARTER) -> np.ndarray:
        def build() -> np.ndarray:
            value = self._ends.close * self._ends.shares
            return np.asarray((value * TURNOVER * np.exp(TURNOVER_BY_SIZE * self._ends.z_size))[self._rows])

        return self.keep(("known_dollar_volume", window), build)

    def volatility(self, window: int = SESSIONS_A_YEAR) -> np.ndarray:
        months = max(3, round(window / SESSIONS_A_MONTH))

        def build() -> np.ndarray:
            rolling = pd.DataFrame(self._ends.total_return).rolling(months, min_periods=max(2, months // NEEDED_ONE_IN))
            return np.asarray((rolling.std().to_numpy() * np.sqrt(12.0))[self._rows])

        return self.keep(("volatility", window), build)

    def trailing_return(self, from_sessions_ago: int, to_sessions_ago: int = 0) -> np.ndarray:
        ago, until = (round(n / SESSIONS_A_MONTH) for n in (from_sessions_ago, to_sessions_ago))

        def build() -> np.ndarray:
            growth = np.cumsum(np.log1p(np.maximum(np.nan_to_num(self._ends.total_return), -0.999)), axis=0)
            then = self._rows - ago
            found = np.expm1(growth[np.maximum(self._rows - until, 0)] - growth[np.maximum(then, 0)])
            listed = ~np.isnan(self._ends.close[np.maximum(then, 0)]) & (then >= 0)[:, np.newaxis]
            return np.where(listed, found, np.nan)

        return self.keep(("trailing_return", from_sessions_ago, to_sessions_ago), build)
