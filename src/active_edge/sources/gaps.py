"""What an archive lacks in the middle of what it has: a quarter between two others, a series that begins late."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding
from active_edge.sources.vendors.fred import SHORT_SERIES
from active_edge.sources.web.archive import Archive

QUARTERLY = {
    "fsds": "quarters of financial statement data sets",
    "form345": "quarters of insider data sets",
    "form_index": "quarters of form indexes",
}
"""Sources with an answer a quarter, and what one is called."""
NOT_YET_QUARTERS = 2
"""The last quarter is published weeks after its end; two that are not there are a fault."""
_QUARTER = re.compile(r"(\d{4})q([1-4])")


def gap_findings(archive: Archive, series: pd.DataFrame) -> list[Finding]:
    """Every gap of an archive, counted; `series` is the table made of it."""
    found = []
    for source, meaning in QUARTERLY.items():
        there = [key for key, _ in archive.bodies(f"{source}/")]
        lost = missing_quarters(there)
        absent = [key.partition("/")[2] for key in archive.keys(f"{source}/") if key > max(there, default="~")]
        if len(absent) >= NOT_YET_QUARTERS:
            kind = f"{meaning} not there at the end, more than one is late"
            remedy = "Their address may have moved: report it; data pull asks again."
            found.append(Finding(source, kind, "noted", len(absent), tuple(absent[:EXAMPLES]), remedy))
        if lost:
            kind = f"{meaning} missing between two that are there"
            remedy = "The source says they are not there; data pull asks again, data pull --doctor says how it answers."
            found.append(Finding(source, kind, "noted", len(lost), tuple(lost[:EXAMPLES]), remedy))
    return [*found, *_short_series(series)]


def missing_quarters(keys: Sequence[str]) -> list[str]:
    """Quarters between the first and the last of such names that none of them names, as `2016q3`."""
    there = sorted({int(m[1]) * 4 + int(m[2]) - 1 for key in keys if (m := _QUARTER.search(key))})
    if not there:
        return []
    return [f"{n // 4}q{n % 4 + 1}" for n in range(there[0], there[-1]) if n not in set(there)]


def _short_series(series: pd.DataFrame) -> Iterator[Finding]:
    for name, instead in SHORT_SERIES.items():
        first = series.loc[series["series"] == name, "date"].min()
        whole = series.loc[series["series"] == instead, "date"].min()
        if pd.notna(first) and pd.notna(whole) and whole < first:
            said = f"{name} from {first:%Y-%m-%d}, {instead} from {whole:%Y-%m-%d}"
            remedy = f"FRED gives the last three years of it; {instead} beside it has the whole history."
            yield Finding("series", "series that begin late", "noted", 1, (said,), remedy)
