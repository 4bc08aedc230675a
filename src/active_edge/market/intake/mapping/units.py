"""What headers say of the units of their columns: money in thousands or millions, counts of shares, percent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from active_edge.market.intake.mapping.layout import REMARKS
from active_edge.market.intake.mapping.raw import RawFile
from active_edge.market.intake.mapping.words import scale_of
from active_edge.schema import ITEMS

COUNTS = ("shares_outstanding", "shares_diluted")
_SCALED = ("volume", "market_value", "shares_outstanding")
_PERCENT = re.compile(r"%|\bpercent\b|\bpct\b", re.I)


def price_units(columns: Mapping[str, str], raw: RawFile) -> dict[str, float]:
    """Units of columns of prices by their headers: `Volume (000s)` 1000, `Total Return (%)` 0.01."""
    units = {name: scale_of(columns[name]) for name in _SCALED if name in columns}
    if "total_return" in columns and _in_percent(columns["total_return"], raw):
        units["total_return"] = 0.01
    return {name: unit for name, unit in units.items() if unit != 1}


def fact_units(items: Mapping[str, str], columns: Mapping[str, str], raw: RawFile) -> dict[str, Any]:
    """`unit` and `units` of facts: what all headers of money say alike is the file's, else each column has its own.

    What lines above the header, the file's name or a header of `columns` say is the file's too. Of long facts
    `items` is {}. A header of money that says nothing beside some that do is remarked.
    """
    file = scale_of(" ".join([*columns.values(), raw.above]))
    if file == 1 and re.search(r"in[_ -]?(thousands|millions|billions)", raw.path.name, re.I):
        file = scale_of(raw.path.name.replace("_", " ").replace("-", " "))
    said = {item: scale_of(header) for item, header in items.items() if ITEMS.get(item) not in ("per_share", "share")}
    money = {item: scale for item, scale in said.items() if item not in COUNTS}
    units = {item: scale for item, scale in said.items() if item in COUNTS and scale != 1}
    told = {scale for scale in money.values() if scale != 1}
    silent = [items[item] for item, scale in money.items() if scale == 1]
    remarks = []
    if len(told) == 1 and not silent:
        file = told.pop()
    else:
        units |= {item: scale for item, scale in money.items() if scale not in (1, file)}
        if told and silent:
            remarks = [f"{', '.join(silent)}: no unit in the header, read in `unit` ({file:g}); others say theirs"]
    units |= {item: 0.01 for item, h in items.items() if ITEMS.get(item) == "share" and _in_percent(h, raw)}
    found: dict[str, Any] = {"unit": file} if file != 1 else {}
    return found | ({"units": units} if units else {}) | ({REMARKS: remarks} if remarks else {})


def _in_percent(header: str, raw: RawFile) -> bool:
    """A header says percent, and its cells do not: `5%` is 0.05 already."""
    return _PERCENT.search(header) is not None and not any("%" in cell for cell in raw.values(header))
