"""Figures of one market's filings on the decision dates, assembled once and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar, cast

import numpy as np

from active_edge.market import FactRows, Facts
from active_edge.market.basis import Doubts, no_doubts
from active_edge.market.facts import NEVER_KNOWN
from active_edge.market.periods import NEVER, Rows, first_figure, in_order, latest_interim
from active_edge.market.splits import SHARE_COUNTS
from active_edge.market.statement_basis import doubts_of, find_statement_doubts
from active_edge.panel import statements
from active_edge.schema import INCOME_STATEMENT, NEVER_NEGATIVE

USUAL_LAG_DAYS, MOST_LATE_DAYS = 90, 90
"""A 10-K is due 60 to 90 days after its year. Who reports later will do so again, and what he told last stays valid for
as many days longer, at most these."""

T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """One item at one lag; matrices ``(n_dates, n_assets)``, read-only.

    Attributes
    ----------
    value
        float64; NaN where missing, too old or not assemblable.
    end
        float64 days since the epoch: the latest period end, from which lags count; NaN where there is none in time.
    filed
        int64 days since the epoch: the filing the value came from; `market.periods.NEVER` where missing.
    confidence
        float64 0 to 3 of the value at lag 0; NaN where missing or assembled from several rows.
    """

    value: np.ndarray
    end: np.ndarray
    filed: np.ndarray
    confidence: np.ndarray


class Filings:
    """Every version of every number, seen from the decision dates.

    Parameters
    ----------
    facts
        The market's facts.
    n_assets
        Columns of the market.
    sessions, days
        ``(n_dates,)`` int64: session index and day since the epoch of each decision date, ascending.
    known_sessions
        From rows to the session index at whose close each may first be used.
    first_reported
        Read the version first reported instead of the latest.
    counts
        From rows of a count of shares to the counts in shares of the day each was filed; as they are told where None.
    wanted
        ``(n_dates, n_assets)`` bool: where figures are asked for, elsewhere they are missing; None for everywhere.
    told
        `Market.told`, which keeps for other dates what rests on the facts alone; None where `known_sessions` is not
        the market's own.
    """

    def __init__(
        self,
        facts: Facts,
        n_assets: int,
        *,
        sessions: np.ndarray,
        days: np.ndarray,
        known_sessions: Callable[[FactRows], np.ndarray],
        first_reported: bool,
        counts: Callable[[FactRows], np.ndarray] | None = None,
        wanted: np.ndarray | None = None,
        told: Callable[[tuple[object, ...], Callable[[], Any]], Any] | None = None,
    ) -> None:
        self._facts = facts
        self._counts = counts
        self._n_assets = n_assets
        self._sessions = sessions
        self._days = days
        self._known_sessions = known_sessions
        self._first_reported = first_reported
        self._wanted = np.ones((len(sessions), n_assets), dtype=bool) if wanted is None else wanted
        self._figures: dict[tuple[int, str, int, int], Figure] = {}
        self._ordered: dict[str, Rows] = {}
        self._doubts: dict[str, Doubts] = {}
        self._told = told

    def figure(self, kind: int, item: str, quarters_ago: int, max_age_days: int) -> Figure:
        """Return the item at one lag; `kind` as `statements.assemble` takes it."""
        return self.figures(kind, item, (quarters_ago,), max_age_days)[0]

    def figures(self, kind: int, item: str, quarters_ago: tuple[int, ...], max_age_days: int) -> list[Figure]:
        """Return the item at several lags, in one pass over its rows for those not yet known."""
        wanted = tuple(ago for ago in quarters_ago if (kind, item, ago, max_age_days) not in self._figures)
        if wanted:
            self._assemble(kind, item, wanted, max_age_days)
        return [self._figures[kind, item, ago, max_age_days] for ago in quarters_ago]

    def first_flow(self, item: str) -> np.ndarray:
        """Return the first flow each asset ever reported, from the date it was known."""
        return first_figure(self.rows(item), self._sessions)

    def latest_interim(self, item: str) -> np.ndarray:
        """Return the end of the latest quarter or nine months told, days; `market.periods.NEVER` for none."""
        return latest_interim(self.rows(item), self._sessions)

    def first_known(self, items: frozenset[str]) -> np.ndarray:
        """Return the session index at which the first fact of each asset was known, ``(n_assets,)``; huge if none."""
        first = np.full(self._n_assets, NEVER_KNOWN)
        for item in sorted(items):
            known = self._of_facts_alone(("first known", item), partial(self._first_known, item))
            np.minimum(first, known, out=first)
        return first

    def _first_known(self, item: str) -> np.ndarray:
        if self._told is not None:
            return self._facts.first_known(item)
        first, rows = np.full(self._n_assets, NEVER_KNOWN), self._facts.of(item)
        np.minimum.at(first, rows.asset, self._known_sessions(rows))
        return first

    def doubts(self, item: str) -> Doubts:
        """Return the years of whose fourth quarter of an item other lines of the statement make a false one."""
        if item not in ("revenue", *INCOME_STATEMENT):
            return no_doubts(self._n_assets)
        if not self._doubts:
            self._doubts = self._of_facts_alone(("statement doubts",), lambda: find_statement_doubts(self.rows))
        return doubts_of(item, self._doubts)

    def rows(self, item: str) -> Rows:
        """Return the item's rows in the order they became known, with where each asset's start."""
        if item not in self._ordered:
            self._ordered[item] = self._of_facts_alone(("rows in order", item), lambda: self._in_order(item))
        return self._ordered[item]

    def _in_order(self, item: str) -> Rows:
        rows = self._facts.of(item)
        known = np.asarray(self._known_sessions(rows), dtype=np.int64)
        if item in SHARE_COUNTS and self._counts is not None:
            rows = replace(rows, value=self._counts(rows))
        return in_order(rows, known, self._n_assets)

    def _of_facts_alone(self, key: tuple[object, ...], find: Callable[[], T]) -> T:
        """What rests on no decision date, found once a market where the market keeps it."""
        return find() if self._told is None else cast("T", self._told(key, find))

    def _assemble(self, kind: int, item: str, quarters_ago: tuple[int, ...], max_age_days: int) -> None:
        reading = statements.Reading(kind, item in NEVER_NEGATIVE, max_age_days, self._first_reported)
        doubts = (
            self.doubts(item) if kind in (statements.QUARTER, statements.TRAILING_YEAR) else no_doubts(self._n_assets)
        )
        lags = np.array(quarters_ago, dtype=np.int64)
        found = statements.assemble(reading, self.rows(item), doubts, self._sessions, lags, self._wanted)
        late = np.clip(found.told - found.end - USUAL_LAG_DAYS, 0, MOST_LATE_DAYS)
        stale = (found.end == NEVER) | (found.end < self._days[:, np.newaxis] - max_age_days - late)
        found.values[:, stale] = np.nan
        found.filed[:, stale] = NEVER
        found.confidence[stale] = np.nan
        base = np.where(stale, np.nan, found.end.astype(float))
        for array in (found.values, found.filed, base, found.confidence):
            array.setflags(write=False)
        for lag, ago in enumerate(quarters_ago):
            self._figures[kind, item, ago, max_age_days] = Figure(
                found.values[lag], base, found.filed[lag], found.confidence
            )
