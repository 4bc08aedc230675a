"""`import.yaml`: which file holds which table, and what its columns mean."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from active_edge.config import StrictModel
from active_edge.schema import ITEMS, SECTOR_ITEMS, TABLES

EXTRA = {
    "securities": ("ticker", "sector"),
    "prices": ("ticker", "adjusted_close", "market_value", "shares_outstanding", "split_adjusted_close"),
    "facts": ("ticker", "period"),
    "series": (),
    "members": ("ticker", "sector", "weight", "price"),
}
"""What columns may mean beside those of the schema; docs/import.md says what becomes of each."""
TICKER = "{ticker}"
NUMBERS = {
    "securities": (),
    "prices": (
        *("open", "high", "low", "close", "volume", "total_return", "adjusted_close", "market_value"),
        *("shares_outstanding", "split_adjusted_close"),
    ),
    "facts": ("value",),
    "series": ("value",),
    "members": ("weight", "price"),
}
"""Columns of a table that are numbers."""


class Lookup(StrictModel):
    """A second file whose columns are joined to a table's, by a column both have: industries by their number."""

    file: str
    by: str
    separator: str = ","


class MappedTable(StrictModel):
    """One table out of one file, or out of the files that a pattern names.

    columns : what it is called here → what the file calls it. items : of wide facts, item → column.
    units : of a column or item, what its numbers are multiplied by; before `unit`, which is of money alone.
    decimal : None where all cells of the file decide. matrix : each column that is not mapped is a ticker.
    """

    table: Literal["securities", "prices", "facts", "series", "members"]
    file: str
    separator: str = ","
    header_line: int = Field(default=1, ge=1)
    dates: str = "%Y-%m-%d"
    decimal: Literal[".", ","] | None = None
    unit: float = Field(default=1.0, gt=0)
    units: dict[str, float] = Field(default_factory=dict)
    columns: dict[str, str]
    items: dict[str, str] = Field(default_factory=dict)
    turned: list[str] = Field(default_factory=list)
    months: int | None = None
    filed_after_days: int | None = Field(default=None, ge=0)
    rows: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    date_of_file: str | None = None
    lookup: Lookup | None = None
    ticker_of_file: str | None = None
    matrix: Literal["close"] | None = None

    @model_validator(mode="after")
    def _means_something(self) -> MappedTable:
        known = {*TABLES[self.table].names, *EXTRA[self.table]}
        for where, names in (("columns", self.columns), ("constants", self.constants)):
            for name in names:
                if name not in known:
                    raise ValueError(
                        f"{where}.{name} is no column of {self.table}; known are {', '.join(sorted(known))}"
                    )
        for item in (*self.items, *self.turned):
            if item not in ITEMS and item not in SECTOR_ITEMS:
                raise ValueError(f"items.{item} is no item of facts; docs/import.md lists them")
        if self.items and self.table != "facts":
            raise ValueError(f"items are of facts, not of {self.table}")
        self._fits_together()
        return self

    def _fits_together(self) -> None:
        for name, unit in self.units.items():
            if name not in self.numeric or unit <= 0:
                listed = ", ".join(self.numeric) or "none"
                raise ValueError(
                    f"units.{name}: {unit:g} must be above 0 and of a column of numbers; here are {listed}"
                )
        if self.table == "facts" and "value" in self.units:
            raise ValueError("units.value would multiply counts of shares; write `unit`, which is of money alone")
        if {"months", "period"} <= self.columns.keys():
            raise ValueError("columns.months and columns.period say one thing twice; keep one")
        if self.ticker_of_file is not None and self.ticker_of_file.count(TICKER) != 1:
            raise ValueError(f"ticker_of_file {self.ticker_of_file!r} must hold {TICKER} once, as {TICKER}.csv does")
        if self.matrix is not None and (self.table != "prices" or {*self.columns} != {"session"}):
            raise ValueError("matrix is of prices, whose columns name session alone: each other column is a ticker")

    @property
    def gives(self) -> frozenset[str]:
        """What each row tells beside items, by its name here."""
        keyed = {"ticker"} if self.ticker_of_file is not None or self.matrix is not None else set()
        return frozenset({*self.columns, *keyed, *([self.matrix] if self.matrix else [])})

    @property
    def numeric(self) -> tuple[str, ...]:
        """Columns and items that are numbers, by their names here."""
        told = (*self.columns, *([self.matrix] if self.matrix else []))
        return (*(name for name in told if name in NUMBERS[self.table]), *self.items)

    def header(self, name: str) -> str:
        """What the file calls a column or item."""
        return self.columns.get(name) or self.items.get(name) or "each ticker"

    def unit_of(self, name: str) -> float:
        """What numbers of a column are multiplied by."""
        return self.units.get(name, 1.0)


class ImportMap(StrictModel):
    """The tables of one folder."""

    tables: list[MappedTable]

    @model_validator(mode="after")
    def _holds_prices(self) -> ImportMap:
        if not any(one.table == "prices" for one in self.tables):
            raise ValueError("no table is prices; a market needs closes by day, name the file that holds them")
        return self
