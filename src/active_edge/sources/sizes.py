"""Which companies were small when they filed: only of them single filings are asked.

Companies are ranked by the public float on the cover of their annual report, which the dead filed too, so that ranks
mean the same in every year. A company whose float of the time is not known is taken for small.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Callable

from active_edge.market.connection import in_memory
from active_edge.market.files import parquet
from active_edge.progress import Progress
from active_edge.sources import company_tables
from active_edge.sources.web.archive import Archive

RANKS = (700, 3900)
"""Ranks 1001 to 3000 are the Russell 2000; the margin is for insiders' shares, which a float leaves out, and for
companies on their way."""
FLOAT_ITEM = "public_float_usd"
LONGEST_KNOWN_DAYS = 550

WasSmall = Callable[[int, dt.date], bool]
"""From a CIK and a day to whether the company was of such a size then, or of no known size."""


def small_companies(archive: Archive, progress: Progress, *, workers: int = 2) -> WasSmall:
    """What the archive's companyfacts know of sizes; all are small where it holds none."""
    parts = company_tables.companyfacts_parts(archive, progress, workers=workers)
    if not parts:
        return lambda _cik, _day: True
    with in_memory() as connection:
        rows = connection.execute(
            f"SELECT cik, CAST(filed AS DATE), max(value) FROM {parquet(*parts)} "
            f"WHERE item = '{FLOAT_ITEM}' AND value > 0 GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    floats: dict[int, list[tuple[dt.date, float]]] = {}
    for cik, filed, value in rows:
        floats.setdefault(int(cik), []).append((filed, float(value)))
    bounds = _bounds(floats)

    def was_small(cik: int, day: dt.date) -> bool:
        known = floats.get(cik, [])
        place = bisect.bisect_right(known, (day, float("inf")))
        if not place or (day - known[place - 1][0]).days > LONGEST_KNOWN_DAYS:
            return True
        filed, value = known[place - 1]
        low, high = bounds[filed.year]
        return low <= value <= high

    return was_small


def _bounds(floats: dict[int, list[tuple[dt.date, float]]]) -> dict[int, tuple[float, float]]:
    """Year → floats at the last and the first rank wanted, among the last float of each company filed in it."""
    years: dict[int, dict[int, float]] = {}
    for cik, known in floats.items():
        for filed, value in known:
            years.setdefault(filed.year, {})[cik] = value
    found = {}
    for year, by_cik in years.items():
        largest = sorted(by_cik.values(), reverse=True)
        high = largest[RANKS[0] - 1] if len(largest) >= RANKS[0] else float("inf")
        found[year] = (largest[RANKS[1] - 1] if len(largest) >= RANKS[1] else 0.0, high)
    return found
