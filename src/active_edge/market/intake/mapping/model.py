"""`import.yaml`: which file holds which table, and what its columns mean."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from active_edge.config import StrictModel
from active_edge.schema import ITEMS, SECTOR_ITEMS, TABLES

EXTRA = {
    "securities": ("ticker", "sector"),
    "prices": ("ticker", "adjusted_close", "market_value", "shares_outstanding", "split_adjusted_close"),
    "facts": ("ticker",),
    "series": (),
    "members": ("ticker", "sector", "weight", "price"),
}
"""What columns may mean beside those of the schema; docs/import.md says what becomes of each."""


class MappedTable(StrictModel):
    """One table out of one file, or out of the files that a pattern names.

    columns : what it is called here → what the file calls it. items : of wide facts, item → column.
    """

    table: Literal["securities", "prices", "facts", "series", "members"]
    file: str
    separator: str = ","
    header_line: int = Field(default=1, ge=1)
    dates: str = "%Y-%m-%d"
    unit: float = Field(default=1.0, gt=0)
    columns: dict[str, str]
    items: dict[str, str] = Field(default_factory=dict)
    turned: list[str] = Field(default_factory=list)
    months: int | None = None
    filed_after_days: int | None = Field(default=None, ge=0)
    rows: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    date_of_file: str | None = None

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
        return self


class ImportMap(StrictModel):
    """The tables of one folder."""

    tables: list[MappedTable]

    @model_validator(mode="after")
    def _holds_prices(self) -> ImportMap:
        if not any(one.table == "prices" for one in self.tables):
            raise ValueError("no table is prices; a market needs closes by day, name the file that holds them")
        return self
