"""What claims are answered on: tables by name, whoever brought them, and the command that brings a missing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from active_edge.errors import MissingInput

if TYPE_CHECKING:
    from active_edge.market import Market

PULL = "active-edge data pull --full --data M --identity 'Your Name you@example.org'"
QUICK = "active-edge data pull --quick --data M --identity 'Your Name you@example.org'"


@dataclass(frozen=True)
class Item:
    """One table a claim may need.

    Attributes
    ----------
    meaning : what it holds, in the words of a sentence: "daily closes of index funds".
    command : what brings it into a market folder M.
    """

    meaning: str
    command: str


ITEMS: Mapping[str, Item] = {
    "funds": Item("daily total-return levels of index funds (IWM, IJR, SPY and others)", QUICK),
    "rates": Item("daily interest rates, spreads and the VIX (DGS2, DGS10, VIXCLS; FEDFUNDS by month)", QUICK),
    "factors": Item("monthly factor returns (MKT_RF, SMB, HML, RMW, CMA)", QUICK),
    "quality": Item("monthly returns of quality minus junk (QMJ) beside the factors", "active-edge data import FOLDER"),
    "sorted": Item("monthly returns of 25 portfolios by size and profitability", QUICK),
    "capital": Item("market value of the 25 portfolios by size and profitability", "active-edge data import FOLDER"),
    "firm_counts": Item("how many companies are listed, by month", PULL),
    "companies": Item("prices and filed figures of every company, month by month", PULL),
    "exits": Item("why and at what return each listing ended", PULL),
    "surprises": Item("filed quarters with the prices around them", PULL),
    "flows": Item("monthly money into small-cap funds (Form N-PORT)", PULL),
}
"""Every table by name.

funds : index sessions, one column a ticker, total-return level.
rates : index days, one column a series, percent (VIXCLS in points); a monthly series on its first day known.
factors, quality, sorted : index month ends, decimal returns. capital : the same index as `sorted`, any one unit.
firm_counts : index month ends, one column `listed`.
companies : one row a date and company, columns of `COMPANIES`. exits : `date`, `reason`, `small`.
surprises : one row a filed quarter, columns of `SURPRISES`. flows : index month ends, `flow`, `assets` (USD).
"""
COMPANIES = {
    "date": "last session of the month",
    "company": "an id",
    "value": "market value, USD",
    "rank": "place by market value, 1 the largest",
    "small": "whether the rank is 1001 to 3000; large: whether it is 1 to 1000",
    "earned": "total return over the month that follows, decimal; NaN where it is not known by the last day",
    "earnings": "net income of twelve months, USD; revenue, operating_income and equity likewise",
    "expected": "income analysts expect of the next fiscal year, USD, told 45 days ago at most; where it was asked",
    "growth": "revenue of twelve months over that of the twelve before, less 1; earnings_growth the same of earnings "
    "over assets",
    "margin": "gross profit over revenue; steadiness: less its deviation over eight quarters",
    "debt": "total liabilities over assets; cash over assets; profitability: net income over assets",
    "floating": "floating share of debt; domestic: domestic share of revenue; insiders: their stake",
    "interest": "interest expense of twelve months over debt",
    "age": "years since it was listed; NaN where that is not known",
    "sector": "a number",
}
SURPRISES = {
    "date": "session from whose close the quarter was known",
    "company": "an id",
    "small": "whether the rank is 1001 to 3000; large: 1 to 1000",
    "surprise": "change of earnings from the quarter a year before, over the market value",
    "reaction": "return of the three sessions around it, less that of all companies",
    "drift": "return of the sixty sessions that follow, less that of all companies",
}


@dataclass(frozen=True)
class Table:
    """A frame and where its numbers came from, in words."""

    frame: pd.DataFrame
    origin: str


@dataclass
class Ground:
    """Tables by name, each made when first asked for.

    Attributes
    ----------
    makers : name of a table -> what makes it; a `MissingInput` of a maker is told as the reason why it is missing.
    simulated : whether a generator made them.
    on : the last day that counts; None for all.
    market : the market folder behind them, where there is one.
    """

    makers: Mapping[str, Callable[[], Table]]
    simulated: bool = False
    on: pd.Timestamp | None = None
    market: Market | None = None
    _made: dict[str, Table] = field(default_factory=dict)

    def frame(self, name: str) -> pd.DataFrame:
        """The frame of a table, cut at `on`.

        Raises
        ------
        MissingInput : it is not there; the message names the item and the command that brings it.
        """
        return self._table(name).frame

    def origin(self, name: str) -> str:
        """Where a table's numbers came from, in words."""
        return self._table(name).origin

    def has(self, name: str) -> bool:
        """Whether the table is there, with a row on or before `on`."""
        try:
            self._table(name)
        except MissingInput:
            return False
        return True

    def lent(self) -> Ground:
        """The same tables, each a copy: whoever writes into one changes nobody else's."""
        return replace(self, makers={name: partial(self._copy_of, name) for name in self.makers}, _made={})

    def _copy_of(self, name: str) -> Table:
        table = self._table(name)
        return Table(table.frame.copy(), table.origin)

    def _table(self, name: str) -> Table:
        if name not in self._made:
            item = ITEMS[name]
            if name not in self.makers:
                raise MissingInput(f"{name} ({item.meaning}) is not there; to add it: {item.command}")
            try:
                made = self.makers[name]()
            except MissingInput as error:
                if str(error).startswith(f"{name} ("):
                    raise
                raise MissingInput(
                    f"{name} ({item.meaning}) is not there: {error}; to add it: {item.command}"
                ) from None
            frame = made.frame if self.on is None else _until(made.frame, self.on)
            if frame.empty:
                raise MissingInput(f"{name} ({item.meaning}) has no row by then; to add it: {item.command}")
            self._made[name] = Table(frame, made.origin)
        return self._made[name]


def columns(frame: pd.DataFrame, names: tuple[str, ...], table: str) -> pd.DataFrame:
    """Those columns of a table, rows with all of them.

    Raises
    ------
    MissingInput : one is absent or empty; the message names it.
    """
    absent = [name for name in names if name not in frame or frame[name].isna().all()]
    if absent:
        raise MissingInput(f"{table} has no {', '.join(absent)}; to add it: {ITEMS[table].command}")
    return frame.dropna(subset=list(names))


def _until(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The rows known by the day; what a later month earned is unknown on it."""
    if "date" not in frame:
        return frame[frame.index <= day]
    cut = frame[frame["date"] <= day].copy()
    if "earned_by" in cut:
        later = cut["earned_by"] > day
        cut.loc[later, "earned"] = float("nan")
    return cut
