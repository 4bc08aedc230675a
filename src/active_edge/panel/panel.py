"""What was known at the close of each decision date, as matrices of dates × assets."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from active_edge.arguments import checked
from active_edge.crosssection import places
from active_edge.errors import ConfigError, MissingInput
from active_edge.market import FactRows, Market
from active_edge.market.splits import SHARE_COUNTS
from active_edge.panel import statements, windows
from active_edge.panel.companies import company_counts, company_value, counted_apart
from active_edge.panel.counts import as_filed
from active_edge.panel.figures import Figure, Filings
from active_edge.panel.liquidity import modelled_volume
from active_edge.panel.prices import PricePanel
from active_edge.schema import ITEMS, SECTOR_ITEMS
from active_edge.sessions import SESSIONS_A_QUARTER
from active_edge.words import nearest

BALANCE_MAX_AGE_DAYS = 460
"""A year and the 90 days within which a 10-K is due, and a few; late filers have their own lag on top (`figures`)."""
QUARTER_MAX_AGE_DAYS = 230
SHARE_MAX_AGE_DAYS = 550
OWN_ITEM_MAX_AGE_DAYS = 400
"""A year and a month: what nobody has renewed for longer, nobody stands by."""
EXPECTED_MAX_AGE_DAYS = 45
"""A pull asks every week: what is older was not renewed."""
ANNUAL_REPORTER_DAYS = 400
"""Who told no quarter in the year before an annual figure, and a month, reports by the year, or the half-year."""
SAME_PERIOD_DAYS = 10

_MAX_AGE = {
    statements.BALANCE: BALANCE_MAX_AGE_DAYS,
    statements.LATEST: SHARE_MAX_AGE_DAYS,
    statements.QUARTER: QUARTER_MAX_AGE_DAYS,
    statements.TRAILING_YEAR: BALANCE_MAX_AGE_DAYS,
}
_KINDS = {"balance": statements.BALANCE, "quarter": statements.QUARTER, "ttm": statements.TRAILING_YEAR}


class Panel(PricePanel):
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
        From any method: an item that no market can have and this one does not. One of `schema.ITEMS` that this market
        lacks is missing everywhere.
    """

    def __init__(
        self, market: Market, dates: pd.DatetimeIndex, *, basis: Literal["latest", "first"] = "latest"
    ) -> None:
        if basis not in ("latest", "first"):
            raise ConfigError(f"basis: {basis!r} is not one of latest, first")
        super().__init__(market, dates)
        self.basis = basis
        self._filings = Filings(
            market.facts,
            len(market.assets),
            sessions=self._sessions,
            days=self._days,
            known_sessions=self.known_sessions,
            first_reported=basis == "first",
            counts=self._counts_as_filed,
            told=market.told if type(self).known_sessions is Panel.known_sessions else None,
        )

    def known_sessions(self, rows: FactRows) -> np.ndarray:
        """Return the session index from whose close each row may be used, ``(n_rows,)`` int64.

        Every fact that enters the panel passes here and nowhere else.
        """
        return rows.known

    @checked
    def instant(self, item: str, *, quarters_ago: int = 0, max_age_days: int = BALANCE_MAX_AGE_DAYS) -> np.ndarray:
        """Return a balance at the latest period end reported, or `quarters_ago` before it."""
        return self._figure(statements.BALANCE, item, quarters_ago, max_age_days)

    @checked
    def quarter(self, item: str, *, quarters_ago: int = 0, max_age_days: int = QUARTER_MAX_AGE_DAYS) -> np.ndarray:
        """Return the flow of a single quarter.

        Its own three-month row; else the six, nine or twelve months that end with it less the months before it, as
        one row or as the sum of its quarters (a fourth quarter is twelve months less nine), where both are of one
        basis (`market.basis`) and the difference is not below zero for an item that cannot be.
        """
        return self._figure(statements.QUARTER, item, quarters_ago, max_age_days)

    @checked
    def quarters(self, item: str, count: int, *, max_age_days: int = QUARTER_MAX_AGE_DAYS) -> np.ndarray:
        """Return the last `count` single quarters, ``(count, n_dates, n_assets)``, the latest first."""
        figures = self._filings.figures(statements.QUARTER, self._item(item), tuple(range(count)), max_age_days)
        return np.stack([figure.value for figure in figures])

    @checked
    def ttm(self, item: str, *, quarters_ago: int = 0, max_age_days: int = BALANCE_MAX_AGE_DAYS) -> np.ndarray:
        """Return the flow of twelve months.

        The annual row at that quarter end; else the last annual row + the year to date − the year to date a year
        before, where the latter was filed again since; else four quarters; else the same with the year to date as it
        was first told. All parts are of one basis, and a year below its own nine months is missing where the item
        cannot be negative. Where the latest quarter allows none of them, the latest one that does, within
        `max_age_days`: `age` tells.
        """
        return self._figure(statements.TRAILING_YEAR, item, quarters_ago, max_age_days)

    @checked
    def share(self, item: str, *, quarters_ago: int = 0, max_age_days: int = SHARE_MAX_AGE_DAYS) -> np.ndarray:
        """Return the latest value of a share or an average, whatever months it covers; it is never summed."""
        return self._figure(statements.LATEST, item, quarters_ago, max_age_days)

    @checked
    def latest(self, item: str, *, max_age_days: int | None = None) -> np.ndarray:
        """Return the newest filed figure of an item: the one door that fits every item, a user's own too.

        A balance: the one at the latest period end (`instant`). A flow or a figure a share: the newest twelve months
        that can be assembled from what was filed, never a quarter times four (`ttm`). A share of 0 to 1, an average,
        or an item that is not in `schema.ITEMS`: the last value told, whatever months it covers (`share`).

        Parameters
        ----------
        item
            One of `schema.ITEMS`, or any other item of this market.
        max_age_days
            Greatest days from the end of the period to the date. Default: 460 for a balance and a flow, 550 for a
            share of 0 to 1 and an average, 400 for an item of your own.

        Returns
        -------
        ``(n_dates, n_assets)`` float64 in the unit it was filed in, read-only; NaN where nothing was filed by the
        date, the newest figure is older than `max_age_days`, or no twelve months can be assembled.

        Timing: filed on or before the date, in the version known then.
        """
        return self._current(item, max_age_days).value

    @checked
    def expected(self, item: str, *, max_age_days: int = EXPECTED_MAX_AGE_DAYS) -> np.ndarray:
        """Return the last of `EXPECTED_ITEMS` told by the date, USD a share of the date (as `shares` counts)."""

        told = self._current(item, max_age_days)
        after = np.searchsorted(self._market_days(), told.filed, side="right")
        grown = partial(windows.restate_shares, np.ones(self.shape), after, self._sessions, self.market.splits)
        return self.keep(("expected", item, max_age_days), lambda: told.value / grown())

    @checked
    def age(self, item: str) -> np.ndarray:
        """Return days from the period end of the item's `latest` figure to the date; NaN where it has none."""
        figure = self._current(item)
        return self.keep(
            ("age", item), lambda: np.where(np.isnan(figure.value), np.nan, self._days[:, np.newaxis] - figure.end)
        )

    @checked
    def filed_age(self, item: str) -> np.ndarray:
        """Return days from the filing of the item's current figure to the date; NaN where it has none."""
        figure = self._current(item)
        return self.keep(
            ("filed_age", item),
            lambda: np.where(np.isnan(figure.value), np.nan, self._days[:, np.newaxis] - figure.filed),
        )

    @checked
    def confidence(self, item: str) -> np.ndarray:
        """Return how far the current value is trusted: 3 high, 2 medium, 1 low, 0 unknown; NaN where missing.

        For balances and shares; a flow may be assembled from several rows and has none.
        """
        if self._kind_of(item) not in (statements.BALANCE, statements.LATEST):
            raise ConfigError(f"confidence: {item!r} is a flow; only balances and shares carry one")
        return self._current(item).confidence

    @checked
    def same_period(self, *items: str, figure: Literal["balance", "quarter", "ttm"]) -> np.ndarray:
        """Return a bool matrix: True where the figures of all items end within ten days of each other.

        Figures combined into one number should pass it: revenue of one quarter less costs of another is no margin.
        """
        kind = _KINDS[figure]
        ends = [self._filings.figure(kind, self._item(item), 0, _MAX_AGE[kind]).end for item in items]
        with np.errstate(invalid="ignore"):
            same: np.ndarray = np.ptp(np.stack(ends), axis=0) <= SAME_PERIOD_DAYS
            return same

    @checked
    def first_reported_flow(self, item: str) -> np.ndarray:
        """Return the first figure of a flow that was ever reported for the asset, from the day it was known."""
        return self.keep(("first_flow", item), lambda: self._filings.first_flow(self._item(item)))

    @checked
    def annual_only(self, item: str) -> np.ndarray:
        """Return a bool matrix: True where a flow is known by the year and by no quarter since the year before.

        Such a company reports once or twice a year, or its archive keeps annual figures alone. Of one that tells
        halves, `ttm` is of the twelve months to its last half.
        """

        def build() -> np.ndarray:
            year = self._filings.figure(statements.TRAILING_YEAR, self._item(item), 0, BALANCE_MAX_AGE_DAYS)
            interim = self._filings.latest_interim(item)
            with np.errstate(invalid="ignore"):
                annual: np.ndarray = ~np.isnan(year.value) & (interim < year.end - ANNUAL_REPORTER_DAYS)
            return annual

        return self.keep(("annual_only", item), build)

    def has_facts(self) -> np.ndarray:
        """Return a bool matrix: True where any fact of the asset was known by the date, a code of industry apart."""

        def build() -> np.ndarray:
            first = self._filings.first_known(self.market.items.difference(SECTOR_ITEMS))
            return first[np.newaxis, :] <= self._sessions[:, np.newaxis]

        return self.keep(("has_facts",), build)

    @checked
    def first_known(self, *items: str) -> np.ndarray:
        """Return ``(n_assets,)`` int64: the session from whose close any fact of the items was known; huge if none."""
        return self._filings.first_known(frozenset(self._item(item) for item in items) & self.market.items)

    @checked
    def shares(self, *, quarters_ago: int = 0) -> np.ndarray:
        """Return shares of the company in shares of the date, over all its share classes.

        `shares_outstanding`, or where it is missing `shares_diluted` (an average over its period, and above the
        shares outstanding by the dilution). A count is restated for splits after its filing (`Market.splits`);
        accounting rules restate it for those before, and one that was not is (`counts`). NaN where the closes moved by
        what may be a split or a dividend and nothing tells which, until shares are counted again.
        """

        def build() -> np.ndarray:
            counts = [self._company_counts(item, quarters_ago) for item in SHARE_COUNTS]
            return np.where(np.isnan(counts[0]), counts[1], counts[0])

        return self.keep(("shares", quarters_ago), build)

    @checked
    def share_growth(self, quarters: int) -> np.ndarray:
        """Return shares now / shares `quarters` before − 1, both in shares of the date and of the same item."""

        def build() -> np.ndarray:
            growth = []
            for item in SHARE_COUNTS:
                now, then = self._company_counts(item, 0), self._company_counts(item, quarters)
                with np.errstate(invalid="ignore", divide="ignore"):
                    growth.append(np.where(then > 0, now / then - 1.0, np.nan))
            return np.where(np.isnan(growth[0]), growth[1], growth[0])

        return self.keep(("share_growth", quarters), build)

    def market_value(self) -> np.ndarray:
        """Return market value of the company, USD: last close × `shares`, over all its share classes."""

        def build() -> np.ndarray:
            classes, last = self.market.share_classes, self.market.prices.last
            gone = (last >= 0) & (last < self._sessions[:, np.newaxis])
            values = [
                company_value(self._split_adjusted(item, 0), self.close(), gone, classes, self._counted_apart(item))
                for item in SHARE_COUNTS
            ]
            return np.where(np.isnan(values[0]), values[1], values[0])

        return self.keep(("market_value",), build)

    @checked
    def dollar_volume(self, window: int = SESSIONS_A_QUARTER) -> np.ndarray:
        """Return the median of unadjusted close × volume, USD a session, over the trailing `window` sessions.

        With values on fewer than a third of them it is unknown, not zero, and modelled: market value × the median
        turnover of the size decile on the date (`liquidity`). NaN where the market value is unknown too.
        """

        def build() -> np.ndarray:
            known, listed = self.known_dollar_volume(window), ~np.isnan(self.close())
            if not (np.isnan(known) & listed).any():
                return known.copy()
            return np.where(np.isnan(known), modelled_volume(known, self.market_value(), listed), known)

        return self.keep(("dollar_volume", window), build)

    @checked
    def volume_modelled(self, window: int = SESSIONS_A_QUARTER) -> np.ndarray:
        """Return a bool matrix: True where `dollar_volume` is modelled."""
        modelled: np.ndarray = np.isnan(self.known_dollar_volume(window)) & ~np.isnan(self.dollar_volume(window))
        return modelled

    def standing(self) -> np.ndarray:
        """Return the place of each name among all by size, 1 = first: what breaks a tie.

        By market value, then the median dollar volume of 63 sessions, then the sessions listed, the larger first and an
        unknown one last; names equal in all of it share a place, whatever they are called.
        """

        def build() -> np.ndarray:
            keys = (self.market_value(), self.dollar_volume(), self.sessions_since_listing())
            return places(keys, np.ones(self.shape, dtype=bool))

        return self.keep(("standing",), build)

    @checked
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

    def _counts_as_filed(self, rows: FactRows) -> np.ndarray:
        splits = self.market.splits
        return as_filed(rows, splits, self._market_days()[splits.session])

    def _market_days(self) -> np.ndarray:
        days: np.ndarray = self.market.sessions.to_numpy().astype("datetime64[D]").astype(np.int64)
        return days

    def _split_adjusted(self, item: str, quarters_ago: int) -> np.ndarray:
        kind = self._kind_of(item)
        counts = self._filings.figure(kind, item, quarters_ago, BALANCE_MAX_AGE_DAYS)
        counted_after = np.searchsorted(self._market_days(), counts.filed, side="right")
        restated = windows.restate_shares(counts.value, counted_after, self._sessions, self.market.splits)
        return np.where(restated > 0, restated, np.nan)

    def _company_counts(self, item: str, quarters_ago: int) -> np.ndarray:
        """Shares of each asset's company by one item, in shares of the date."""
        own = self._split_adjusted(item, quarters_ago)
        return company_counts(own, self.market.share_classes, self._counted_apart(item))

    def _counted_apart(self, item: str) -> np.ndarray:
        """(n_dates, n_companies) bool; where the classes of a company are counted by themselves."""
        classes = self.market.share_classes
        rows = self._filings.rows(item)
        since = np.array([counted_apart(rows, columns) for columns in classes], dtype=np.int64)
        apart: np.ndarray = self._sessions[:, np.newaxis] >= since[np.newaxis, :]
        return apart

    def _kind_of(self, item: str) -> int:
        kinds = {"instant": statements.BALANCE, "share": statements.LATEST}
        if self._item(item) == "shares_diluted" or item not in ITEMS:
            return statements.LATEST
        return kinds.get(ITEMS[item], statements.TRAILING_YEAR)

    def _item(self, item: str) -> str:
        """The item, noted as read."""
        if item not in ITEMS and item not in self.market.items:
            raise MissingInput(f"no item is named {item!r}; {nearest(item, {*ITEMS, *self.market.items})}")
        self._read[item] = None
        return item

    def _current(self, item: str, max_age_days: int | None = None) -> Figure:
        kind = self._kind_of(item)
        usual = _MAX_AGE[kind] if item in ITEMS else OWN_ITEM_MAX_AGE_DAYS
        return self._filings.figure(kind, item, 0, usual if max_age_days is None else max_age_days)

    def _figure(self, kind: int, item: str, quarters_ago: int, max_age_days: int) -> np.ndarray:
        return self._filings.figure(kind, self._item(item), quarters_ago, max_age_days).value
