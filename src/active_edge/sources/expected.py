"""What analysts expected, as rows of facts: each answer of the archive on the day it was had."""

from __future__ import annotations

import pandas as pd

from active_edge.market.findings import Finding
from active_edge.sources.securities import Listing
from active_edge.sources.vendors import estimates
from active_edge.sources.web.archive import Archive

SOURCE = "Yahoo, on the day it was asked"
COLUMNS = ("asset", "item", "months", "period_end", "value", "filed", "form", "accession", "source", "confidence")


def read_expected(archive: Archive, listing: Listing) -> tuple[pd.DataFrame, list[Finding]]:
    """Rows of facts in every version of every answer, and what to say of them.

    A row is filed on the day its answer was had (UTC) and describes that day; of two answers on one day the later
    counts. What was told of a ticker before its present company traded is no estimate of that company and left out.
    """
    began = listing.table.set_index("asset")["first_session"].to_dict()
    answers = [e for key in archive.keys(estimates.PREFIX) for e in archive.versions(key) if archive.holds(e)]
    found: dict[tuple[str, str, str], float] = {}
    foreign: set[str] = set()
    strange: set[str] = set()
    odd: set[str] = set()
    for entry in sorted(answers, key=lambda e: (e.time, e.key)):
        told = estimates.parse(archive.read(entry), where=entry.key)
        foreign.update(told.others)
        odd.update(told.odd)
        for symbol, values in told.of.items():
            asset = listing.asset_of_symbol.get(symbol)
            if asset is None or pd.Timestamp(entry.day) < began[asset]:
                strange.add(symbol)
                continue
            found.update({(asset, item, entry.day): value for item, value in values.items()})
    rows = pd.DataFrame(
        [(*key, value) for key, value in sorted(found.items())], columns=["asset", "item", "day", "value"]
    )
    day = pd.to_datetime(rows["day"])
    rows = rows.assign(months=0, period_end=day, filed=day, form=None, accession=None, source=SOURCE, confidence=None)
    return rows[list(COLUMNS)], _findings(found, foreign, strange, odd)


def _findings(
    found: dict[tuple[str, str, str], float], foreign: set[str], strange: set[str], odd: set[str]
) -> list[Finding]:
    told = []
    if found:
        first = min(day for _, _, day in found)
        assets = sorted({asset for asset, _, _ in found})
        kind = f"companies with analysts' expected earnings, which are known from {first} on"
        remedy = "Before that day screens that use them have no value; every later pull adds its own day."
        told.append(Finding("facts", kind, "noted", len(assets), tuple(assets[:5]), remedy))
    if foreign:
        kind, remedy = "expected earnings in another currency than USD", "Nothing to do; they are left out."
        told.append(Finding("facts", kind, "refused", len(foreign), tuple(sorted(foreign)[:5]), remedy))
    if odd:
        kind, remedy = "expected earnings that are no number", "Left out; the others of the answer are used."
        told.append(Finding("facts", kind, "refused", len(odd), tuple(sorted(odd)[:5]), remedy))
    if strange:
        kind = "expected earnings of symbols that are no company here"
        remedy = "Pull the full market to have their prices; they are left out."
        told.append(Finding("facts", kind, "noted", len(strange), tuple(sorted(strange)[:5]), remedy))
    return told
