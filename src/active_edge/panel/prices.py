"""What prices say on each decision date, and the keeping of what was computed from a panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd

from active_edge.arguments import checked
from active_edge.errors import ConfigError
from active_edge.market import Market
from active_edge.panel import windows
from active_edge.panel.listing import LISTING_MARGIN, sessions_before
from active_edge.sessions import SESSIONS_A_QUARTER, SESSIONS_A_YEAR

MAX_PRICE_GAP = 5
"""Sessions a close may be carried over days on which the asset did not print."""


class PricePanel:
    """Prices of a market on decision dates; the part of a `Panel` that no filing enters.

    Raises
    ------
    ConfigError
        Dates that are not sessions of the market, or are not ascending.
    """

    def __init__(self, market: Market, dates: pd.DatetimeIndex) -> None:
        self.market = market
        self.dates = pd.DatetimeIndex(dates)
        self._sessions = self._session_of_dates()
        self._days = self.dates.to_numpy().astype("datetime64[D]").astype(np.int64)
        self._kept: dict[tuple[object, ...], np.ndarray] = {}
        self._behind: dict[tuple[object, ...], tuple[str, ...]] = {}
        self._read: dict[str, None] = {}

    def __setattr__(self, name: str, value: object) -> None:
        """A panel is read: what it shows is set once, when it is made."""
        if not name.startswith("_") and hasattr(self, name):
            raise AttributeError(f"a panel is only read; its {name} cannot be set")
        super().__setattr__(name, value)

    @property
    def shape(self) -> tuple[int, int]:
        """``(n_dates, n_assets)`` of every matrix."""
        return len(self.dates), len(self.market.assets)

    def close(self) -> np.ndarray:
        """Return the last unadjusted close, USD, of the date or at most five sessions before it."""
        return self.keep(
            ("close",), lambda: windows.last_known(self.market.prices.runs("close"), self._sessions, MAX_PRICE_GAP)
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
        close = self.market.prices.runs("close").at(np.maximum(rows, 0), np.arange(rows.shape[1]))
        return np.where(known & (rows >= 0), close, np.nan)

    @checked
    def known_dollar_volume(self, window: int = SESSIONS_A_QUARTER) -> np.ndarray:
        """Return the median of unadjusted close × volume, USD a session, over the trailing `window` sessions.

        NaN with values on fewer than a third of them; `Panel.dollar_volume` models it there.
        """

        def build() -> np.ndarray:
            close, volume = (self.market.prices.runs(name) for name in ("close", "volume"))
            return windows.median_dollar_volume(close, volume, self._sessions, window)

        return self.keep(("known_dollar_volume", window), build)

    def sparse(self) -> np.ndarray:
        """Return ``(n_dates, n_assets)`` bool: True where a name's prices are weekly or monthly among daily ones.

        All False in a market whose prices all are; see `market.sparse_names`.
        """
        from active_edge.market.sparse_names import sparse_names  # compiled: slow to import

        return self.keep(("sparse",), lambda: sparse_names(self.market, self._sessions))

    @checked
    def volatility(self, window: int = SESSIONS_A_YEAR) -> np.ndarray:
        """Return the yearly volatility of total returns over the trailing `window` sessions (252 a year).

        NaN with returns on fewer than a third of them.
        """

        def build() -> np.ndarray:
            returns = self.market.prices.runs("returns")
            yearly: np.ndarray = windows.deviation(returns, self._sessions, window) * np.sqrt(SESSIONS_A_YEAR)
            return yearly

        return self.keep(("volatility", window), build)

    @checked
    def trailing_return(self, from_sessions_ago: int, to_sessions_ago: int = 0) -> np.ndarray:
        """Return the total return between two closes before the date, each carried over five sessions at most.

        NaN where the asset was not listed at the earlier one or the market does not reach back that far.
        """
        if not from_sessions_ago > to_sessions_ago >= 0:
            raise ConfigError(
                f"trailing_return: {from_sessions_ago} must be above {to_sessions_ago}, which must be >= 0"
            )

        def build() -> np.ndarray:
            index = self.market.prices.runs("total_return_index")
            levels = []
            for ago in (from_sessions_ago, to_sessions_ago):
                session = self._sessions - ago
                level = windows.last_known(index, np.maximum(session, 0), MAX_PRICE_GAP)
                level[session < 0] = np.nan
                levels.append(level)
            with np.errstate(invalid="ignore", divide="ignore"):
                ratio = levels[1] / levels[0] - 1.0
            return np.where(levels[0] > 0, ratio, np.nan)

        return self.keep(("trailing_return", from_sessions_ago, to_sessions_ago), build)

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
            return np.asarray(ages + sessions_before(self.market)[np.newaxis, :])

        return self.keep(("sessions_since_listing",), build)

    def listing_seen(self) -> np.ndarray:
        """Return ``(n_assets,)`` bool: True where the first session listed is known, not merely a bound."""
        return (self.market.prices.first >= LISTING_MARGIN) | (sessions_before(self.market) > 0)

    def keep(self, key: tuple[object, ...], build: Callable[[], np.ndarray]) -> np.ndarray:
        """Return what `build` computes from this panel alone, read-only, computed once for a key."""
        if key not in self._kept:
            with self._reading() as read:
                matrix = build()
            matrix.setflags(write=False)
            self._kept[key], self._behind[key] = matrix, tuple(read)
        self._read.update(dict.fromkeys(self.items_behind(key)))
        return self._kept[key]

    def keep_all_of(self, other: PricePanel) -> None:
        """Keep what another panel on the same dates of the same market keeps."""
        self._kept.update(other._kept)
        self._behind.update(other._behind)

    def items_behind(self, key: tuple[object, ...]) -> tuple[str, ...]:
        """Return the items that were read for what is kept under a key, in the order read; none where nothing is."""
        return self._behind.get(key, ())

    @contextmanager
    def _reading(self) -> Iterator[dict[str, None]]:
        """The items read inside the block."""
        outer, self._read = self._read, {}
        try:
            yield self._read
        finally:
            outer.update(self._read)
            self._read = outer

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
