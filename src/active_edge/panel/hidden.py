"""A panel that some filings do not reach: what a screen would see with worse data."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from active_edge.errors import ConfigError
from active_edge.market.periods import NEVER, Rows
from active_edge.panel.figures import Figure, Filings
from active_edge.panel.panel import Panel

PRICE_FIGURES = (
    "close",
    "known_dollar_volume",
    "dollar_volume",
    "volatility",
    "trailing_return",
    "sessions_since_listing",
    "has_facts",
    "sparse",
    "members",
)
"""What no hidden fact changes. `has_facts` among them: a company stays a company when a figure of it is unknown."""


class HiddenPanel(Panel):
    """A panel on the dates of another that lacks every fact of some items where `hidden` says so.

    Parameters
    ----------
    panel : the panel to look through; what it has assembled is read, never changed.
    items : the items hidden; all others are as before.
    hidden : (n_dates, n_assets) bool; True where the facts of the asset are not known on the date.

    A figure of an asset is assembled from its own facts alone, so hiding them all is the same as having no figure.

    Raises
    ------
    ConfigError : a mask of another shape.
    """

    def __init__(self, panel: Panel, items: Set[str], hidden: np.ndarray) -> None:
        if hidden.shape != panel.shape:
            raise ConfigError(f"hidden: shape {hidden.shape} is not that of the panel, {panel.shape}")
        self.market, self.dates, self.basis = panel.market, panel.dates, panel.basis
        self._sessions, self._days = panel._sessions, panel._days
        self._kept = {key: value for key, value in panel._kept.items() if key[0] in PRICE_FIGURES}
        self._behind, self._read = {}, {}
        self._filings = _HiddenFilings(panel._filings, items, hidden)


class _HiddenFilings(Filings):
    """The figures of other filings, without those of hidden items."""

    def __init__(self, filings: Filings, items: Set[str], hidden: np.ndarray) -> None:
        self._base = filings
        self._items = items
        self._hidden = hidden
        self._figures = {}

    def figures(self, kind: int, item: str, quarters_ago: tuple[int, ...], max_age_days: int) -> list[Figure]:
        found = self._base.figures(kind, item, quarters_ago, max_age_days)
        if item not in self._items:
            return found
        for ago, figure in zip(quarters_ago, found, strict=True):
            key = (kind, item, ago, max_age_days)
            if key not in self._figures:
                self._figures[key] = self._without(figure)
        return [self._figures[kind, item, ago, max_age_days] for ago in quarters_ago]

    def first_flow(self, item: str) -> np.ndarray:
        flow = self._base.first_flow(item)
        return np.where(self._hidden, np.nan, flow) if item in self._items else flow

    def latest_interim(self, item: str) -> np.ndarray:
        return self._base.latest_interim(item)

    def first_known(self, items: frozenset[str]) -> np.ndarray:
        return self._base.first_known(items)

    def rows(self, item: str) -> Rows:
        return self._base.rows(item)

    def _without(self, figure: Figure) -> Figure:
        masked = Figure(
            value=np.where(self._hidden, np.nan, figure.value),
            end=np.where(self._hidden, np.nan, figure.end),
            filed=np.where(self._hidden, NEVER, figure.filed),
            confidence=np.where(self._hidden, np.nan, figure.confidence),
        )
        for array in vars(masked).values():
            array.setflags(write=False)
        return masked
