"""What was known at the close of each decision date, as matrices of dates × assets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd

from active_edge.errors import ConfigError, MissingInput
from active_edge.market import FactRows, Market
from active_edge.panel import statements, windows
from active_edge.panel.figures import Figure, Filings
from active_edge.schema import ITEMS
from active_edge.sessions import SESSIONS_A_QUARTER, SESSIONS_A_YEAR, sessions_between
from active_edge.words import nearest

BALANCE_MAX_AGE_DAYS = 460
"""A year and the 90 days within which a 10-K is due, and a few; late filers have their own lag on top (`figures`)."""
QUARTER_MAX_AGE_DAYS = 230
SHARE_MAX_AGE_DAYS = 550
SAME_PERIOD_DAYS = 10
MAX_PRICE_GAP = 5
"""Sessions a close may be carried over days on which the asset did not print."""
LISTING_MARGIN = 5
"""An asset whose first row is in the market's first sessions was listed before the data begin."""

_MAX_AGE = {
    statements.BALANCE: BALANCE_MAX_AGE_DAYS,
    statements.LATEST: SHARE_MAX_AGE_DAYS,
    statements.QUARTER: QUARTER_MAX_AGE_DAYS,
    statements.TRAILING_YEAR: BALANCE_MAX_AGE_DAYS,
}
_KINDS = {"balance": statements.BALANCE, "quarter": statements.QUARTER, "ttm": statements.TRAILING_YEAR}


class Panel:
    """The only door to data by date.

    Parameters
    ----------
    market
        An opened market.
    dates
        Decision dates: sessions of the market, ascending, no repeats.
    basis
        ``latest`` reads the latest version of a number filed by the date, ``first`` the one first reported.

    Every method returns ``(n_dates, n_assets)`` float64 unless it says otherwise, read-only, columns in the order of
    `Market.assets`, NaN where the figure is missing, too old or cannot be assembled. Results are kept: asking twice
    costs nothing.

    Timing: row *t* uses prices up to the close of ``dates[t]`` and facts filed on or before it (`known_sessions`).

    Figures have a period. ``quarters_ago`` counts from the latest period end reported for the item (for `ttm` the
    latest at which a year can be assembled), so that ``quarter(x)`` and ``quarter(x, quarters_ago=4)`` are the same
    quarter of two years. ``max_age_days`` bounds the days from that latest period end to the date; a filer who told it
    later than 90 days after has as many more (`figures.MOST_LATE_DAYS` at most).

    Raises
    ------
    ConfigError
        Dates that are not sessions of this market, or are not ascending; an unknown basis.
    MissingInput
        From any method: an item that no market can have. An item this market lacks is missing everywhere.
    """

    def __init__(
        self, market: Market, dates: pd.DatetimeIndex, *, basis: Literal["latest", "first"] = "latest"
    ) -> None:
        if basis not in ("latest", "first"):
            raise ConfigError(f"basis: {basis!r} is not one of latest, first")
        self.market = market
        self.dates = pd.DatetimeIndex(dates)
        self.basis = basis
        self._sessions = self._session_of_dates()
        self._days = self.dates.to_numpy().astype("datetime64[D]").astype(np.int64)
        self._kept: dict[tuple[object, ...], np.ndarray] = {}
        self._filings = Filings(
            market.facts,
            len(market.assets),
            sessions=self._sessions,
            days=self._days,
            known_sessions=self.known_sessions,
            first_reported=basis == "first",
        )
        self._splits: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_dates, n_assets)`` of every matrix."""
        return len(self.dates), len(self.market.assets)

    def known_sessions(self, rows: FactRows) -> np.ndarray:
        """Return the session index from whose close each row may be used, ``(n_rows,)`` int64.

        Every fact that enters the panel passes here and nowhere else.
        """
        return rows.known

    def instant(self, item: str, *, quarters_ago: int = 0, max_age_days: int = BALANCE_MAX_AGE_DAYS) -> np.ndarray:
        """Return a balance at the latest period end reported, or `quarters_ago` before it."""
        return self._figure(statements.BALANCE, item, quarters_ago, max_age_days)

    def quarter(self, item: str, *, quarters_ago: int = 0, max_age_days: int = QUARTER_MAX_AGE_DAYS) -> np.ndarray:
        """Return the flow of a single quarter.

        Its own three-month row; else the six, nine or twelve months that end with it less the months before it, as
        one row or as the sum of its quarters (a fourth quarter is twelve months less nine), where both are of one
        basis (`market.basis`) and the difference is not below zero for an item that cannot be.
        """
        return self._figure(statements.QUARTER, item, quarters_ago, max_age_days)

    def quarters(self, item: str, count: int, *, max_age_days: int = QUARTER_MAX_AGE_DAYS) -> np.ndarray:
        """Return the last `count` single quarters, ``(count, n_dates, n_assets)``, the latest first."""
        figures = self._filings.figures(statements.QUARTER, self._item(item), tuple(range(count)), max_age_days)
        return np.stack([figure.value for figure in figures])

    def ttm(self, item: str, *, quarters_ago: int = 0, max_age_days: int = BALANCE_MAX_AGE_DAYS) -> np.ndarray:
        """Return the flow of twelve months.

        The annual row at that quarter end; else the last annual row + the year to date − the year to date a year
        before, where the latter was filed again since; else four quarters; else the same with the year to date as it
        was first told. All parts are of one basis, and a year below its own nine months is missing where the item
        cannot be negative. Where the latest quarter allows none of them, the latest one that does, within
        `max_age_days`: `age` tells.
        """
        return self._figure(statements.TRAILING_YEAR, item, quarters_ago, max_age_days)

    def share(self, item: str, *, quarters_ago: int = 0, max_age_days: int = SHARE_MAX_AGE_DAYS) -> np.ndarray:
        """Return the latest value of a share or an average, whatever months it covers; it is never summed."""
        return self._figure(statements.LATEST, item, quarters_ago, max_age_days)

    def age(self, item: str) -> np.ndarray:
        """Return days from the period end of the item's current figure to the date; NaN where it has none.

        The figure is `instant` for a balance, `ttm` for a flow, `share` for the rest.
        """
        figure = self._current(item)
        return self._keep(
            ("age", item), lambda: np.where(np.isnan(figure.value), np.nan, self._days[:, np.newaxis] - figure.end)
        )

    def filed_age(self, item: str) -> np.ndarray:
        """Return days from the filing of the item's current figure to the date; NaN where it has none."""
        figure = self._current(item)
        return self._keep(
            ("filed_age", item),
            lambda: np.where(np.isnan(figure.value), np.nan, self._days[:, np.newaxis] - figure.filed),
        )

    def confidence(self, item: str) -> np.ndarray:
        """Return how far the current value is trusted: 3 high, 2 medium, 1 low, 0 unknown; NaN where missing.

        For balances and shares; a flow may be assembled from several rows and has none.
        """
        if self._kind_of(item) not in (statements.BALANCE, statements.LATEST):
            raise ConfigError(f"confidence: {item!r} is a flow; only balances and shares carry one")
        return self._current(item).confidence

    def same_period(self, *items: str, figure: Literal["balance", "quarter", "ttm"]) -> np.ndarray:
        """Return a bool matrix: True where the figures of all items end within ten days of each other.

        Figures combined into one number should pass it: revenue of one quarter less costs of another is no margin.
        """
        kind = _KINDS[figure]
        ends = [self._filings.figure(kind, self._item(item), 0, _MAX_AGE[kind]).end for item in items]
        with np.errstate(invalid="ignore"):
            same: np.ndarray = np.ptp(np.stack(ends), axis=0) <= SAME_PERIOD_DAYS
            return same

    def first_reported_flow(self, item: str) -> np.ndarray:
        """Return the first figure of a flow that was ever reported for the asset, from the day it was known."""
        return self._keep(("first_flow", item), lambda: self._filings.first_flow(self._item(item)))

    def has_facts(self) -> np.ndarray:
        """Return a bool matrix: True where any fact of the asset was known by the date."""

        def build() -> np.ndarray:
            first = self._filings.first_known(self.market.items)
            return first[np.newaxis, :] <= self._sessions[:, np.newaxis]

        return self._keep(("has_facts",), build)

    def first_known(self, *items: str) -> np.ndarray:
        """Return ``(n_assets,)`` int64: the session from whose close any fact of the items was known; huge if none."""
        return self._filings.first_known(frozenset(self._item(item) for item in items) & self.market.items)

    def close(self) -> np.ndarray:
        """Return the last unadjusted close, USD, of the date or at most five sessions before it."""
        return self._keep(
            ("close",), lambda: windows.last_known(self.market.prices.close, self._sessions, MAX_PRICE_GAP)
        )

    def close_before(self, days: np.ndarray) -> np.ndarray:
        """Return the unadjusted close of the last session at least `days` before the date, USD; NaN before the market.

        `days` is ``(n_dates, n_assets)`` float64 calendar days >= 0; NaN or below 0 gives NaN, so nothing later shows.
        """
        with np.errstate(invalid="ignore"):
            known = days >= 0
        wanted = self._days[:, np.newaxis] - np.where(known, days, 0.0)
        calendar = self.market.sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
        rows = np.searchsorted(calendar, wanted, side="right") - 1
        close: np.ndarray = np.take_along_axis(self.market.prices.close, np.maximum(rows, 0), axis=0)
        return np.where(known & (rows >= 0), close, np.nan)

    def dollar_volume(self, window: int = SESSIONS_A_QUARTER) -> np.ndarray:
        """Return the median of unadjusted close × volume, USD a session, over the trailing `window` sessions.

        NaN with values on fewer than a third of them.
        """

        def build() -> np.ndarray:
            prices = self.market.prices
            return windows.median_dollar_volume(prices.close, prices.volume, self._sessions, window)

        return self._keep(("dollar_volume", window), build)

    def volatility(self, window: int = SESSIONS_A_YEAR) -> np.ndarray:
        """Return the yearly volatility of total returns over the trailing `window` sessions (252 a year).

        NaN with returns on fewer than a third of them.
        """

        def build() -> np.ndarray:
            returns = self.market.prices.returns
            yearly: np.ndarray = windows.deviation(returns, self._sessions, window) * np.sqrt(SESSIONS_A_YEAR)
            return yearly

        return self._keep(("volatility", window), build)

    def trailing_return(self, from_sessions_ago: int, to_sessions_ago: int = 0) -> np.ndarray:
        """Return the total return between two closes before the date, each carried over five sessions at most.

        NaN where the asset was not listed at the earlier one or the market does not reach back that far.
        """
        if not from_sessions_ago > to_sessions_ago >= 0:
            raise ConfigError(
                f"trailing_return: {from_sessions_ago} must be above {to_sessions_ago}, which must be >= 0"
            )

        def build() -> np.ndarray:
            index = self.market.prices.total_return_index
            levels = []
            for ago in (from_sessions_ago, to_sessions_ago):
                session = self._sessions - ago
                level = windows.last_known(index, np.maximum(session, 0), MAX_PRICE_GAP)
                level[session < 0] = np.nan
                levels.append(level)
            with np.errstate(invalid="ignore", divide="ignore"):
                ratio = levels[1] / levels[0] - 1.0
            return np.where(levels[0] > 0, ratio, np.nan)

        return self._keep(("trailing_return", from_sessions_ago, to_sessions_ago), build)

    def sessions_since_listing(self) -> np.ndarray:
        """Return sessions from the first one listed to the date, the first itself counting 0; NaN before it.

        `securities.first_session` counts where it lies before the market's first session. An asset already trading
        when the market begins, with no earlier date known, gets the sessions since then: a lower bound
        (`listing_seen` tells which).
        """

        def build() -> np.ndarray:
            first = self.market.prices.first
            ages = (self._sessions[:, np.newaxis] - first[np.newaxis, :]).astype(float)
            ages[(ages < 0) | (first < 0)[np.newaxis, :]] = np.nan
            since: np.ndarray = ages + self._sessions_before_market()[np.newaxis, :]
            return since

        return self._keep(("sessions_since_listing",), build)

    def listing_seen(self) -> np.ndarray:
        """Return ``(n_assets,)`` bool: True where the first session listed is known, not merely a bound."""
        return (self.market.prices.first >= LISTING_MARGIN) | (self._sessions_before_market() > 0)

    def shares(self, *, quarters_ago: int = 0) -> np.ndarray:
        """Return shares of the company in shares of the date.

        `shares_outstanding`, or where it is missing `shares_diluted` (an average over its period, and above the
        shares outstanding by the dilution). A count is restated for splits after its filing, found where unadjusted
        closes and total returns disagree by a usual split ratio; accounting rules restate it for those before.
        """

        def build() -> np.ndarray:
            counts = [self._split_adjusted(item, quarters_ago) for item in ("shares_outstanding", "shares_diluted")]
            return np.where(np.isnan(counts[0]), counts[1], counts[0])

        return self._keep(("shares", quarters_ago), build)

    def share_growth(self, quarters: int) -> np.ndarray:
        """Return shares now / shares `quarters` before − 1, both in shares of the date and of the same item."""

        def build() -> np.ndarray:
            growth = []
            for item in ("shares_outstanding", "shares_diluted"):
                now, then = self._split_adjusted(item, 0), self._split_adjusted(item, quarters)
                with np.errstate(invalid="ignore", divide="ignore"):
                    growth.append(np.where(then > 0, now / then - 1.0, np.nan))
            return np.where(np.isnan(growth[0]), growth[1], growth[0])

        return self._keep(("share_growth", quarters), build)

    def market_value(self) -> np.ndarray:
        """Return market value, USD: last close × `shares`."""
        return self._keep(("market_value",), lambda: self.close() * self.shares())

    def series(self, name: str) -> np.ndarray:
        """Return the value of the latest day of a series published by each date, ``(n_dates,)`` float64.

        NaN before its first; of several versions of that day the latest published, or the first by `basis`.

        Raises
        ------
        MissingInput
            The market has no such series.
        """
        versions = self.market.series_versions(name)
        day = versions["date"].to_numpy()
        published = np.maximum(versions["filed"].to_numpy(), day)
        value = versions["value"].to_numpy(dtype=np.float64)
        found = np.full(len(self.dates), np.nan)
        for row, date in enumerate(self.dates.to_numpy()):
            known = np.flatnonzero(published <= date)
            if len(known):
                versions_of_day = known[day[known] == day[known[-1]]]
                found[row] = value[versions_of_day[-1 if self.basis == "latest" else 0]]
        return found

    def _session_of_dates(self) -> np.ndarray:
        sessions = self.market.sessions
        place: np.ndarray = sessions.get_indexer(self.dates)
        if (place < 0).any():
            bad = self.dates[place < 0][0]
            raise ConfigError(
                f"panel: {bad.date()} is not a session of this market ({sessions[0].date()} to {sessions[-1].date()}); "
                "use sessions.rebalance_sessions or the session before it"
            )
        if (np.diff(place) <= 0).any():
            bad = self.dates[1:][np.diff(place) <= 0][0]
            raise ConfigError(f"panel: {bad.date()} does not come after the date before it; dates must ascend")
        return place.astype(np.int64)

    def _sessions_before_market(self) -> np.ndarray:
        start = self.market.sessions[0]
        listed = pd.to_datetime(self.market.securities["first_session"]).to_numpy().astype("datetime64[ns]")
        earlier = ~np.isnat(listed) & (listed < start.to_datetime64()) & (self.market.prices.first < LISTING_MARGIN)
        before = np.zeros(self.shape[1])
        if earlier.any():
            calendar = sessions_between(listed[earlier].min(), start)
            before[earlier] = len(calendar) - 1 - calendar.searchsorted(pd.DatetimeIndex(listed[earlier]))
        return before

    def _split_adjusted(self, item: str, quarters_ago: int) -> np.ndarray:
        kind = self._kind_of(item)
        counts = self._filings.figure(kind, item, quarters_ago, BALANCE_MAX_AGE_DAYS)
        if self._splits is None:
            prices = self.market.prices
            through = int(self._sessions[-1]) if len(self._sessions) else -1
            self._splits = windows.find_splits(prices.close, prices.returns, prices.unchained_rows, through)
        days = self.market.sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
        counted_after = np.searchsorted(days, counts.filed, side="right")
        restated = windows.apply_splits(counts.value, counted_after, self._sessions, self._splits)
        return np.where(restated > 0, restated, np.nan)

    def _kind_of(self, item: str) -> int:
        kinds = {"instant": statements.BALANCE, "share": statements.LATEST}
        if self._item(item) == "shares_diluted":
            return statements.LATEST
        return kinds.get(ITEMS[item], statements.TRAILING_YEAR)

    @staticmethod
    def _item(item: str) -> str:
        if item not in ITEMS:
            raise MissingInput(f"no item is named {item!r}; {nearest(item, ITEMS)}")
        return item

    def _current(self, item: str) -> Figure:
        kind = self._kind_of(item)
        return self._filings.figure(kind, item, 0, _MAX_AGE[kind])

    def _figure(self, kind: int, item: str, quarters_ago: int, max_age_days: int) -> np.ndarray:
        return self._filings.figure(kind, self._item(item), quarters_ago, max_age_days).value

    def _keep(self, key: tuple[object, ...], build: Callable[[], np.ndarray]) -> np.ndarray:
        if key not in self._kept:
            matrix = build()
            matrix.setflags(write=False)
            self._kept[key] = matrix
        return self._kept[key]
