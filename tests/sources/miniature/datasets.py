"""Quarterly zips of the SEC: financial statement data sets and insider transactions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..bodies import zipped
from .dialect import Dialect
from .lists import quarter_of
from .world import PROXY, World

SUB_HEADER = (
    "adsh\tcik\tname\tsic\tcountryba\tstprba\tcityba\tcountryinc\tein\tfye\tform\tperiod\tfy\tfp\tfiled\taccepted"
    "\tprevrpt\tdetail\tinstance\tnciks\taciks"
)
NUM_HEADER = "adsh\ttag\tversion\tddate\tqtrs\tuom\tsegments\tcoreg\tvalue\tfootnote"
STATED, SILENT = "geographic segments", "no foreign tags"
INLINE_ERA = "2019-06-30"


@dataclass(frozen=True)
class Reports:
    """Every report of a world as the data sets and the instance documents tell it.

    table : one row a report: accession, asset, cik, ticker, name, sic, form, filed, period_end, revenue (NaN where the
    report does not state it), months, abroad ("stated", "silent", "foreign": what it says on geography), domestic
    (USD from the United States, NaN where not stated), instance.
    """

    world: World

    @cached_property
    def table(self) -> pd.DataFrame:
        facts, filings = self.world.facts, self.world.filings
        table = filings[filings["form"] != PROXY].set_index("accession", drop=False)
        revenue = facts[facts["item"] == "revenue"].set_index("accession")
        table = table.join(revenue[["value", "months"]].rename(columns={"value": "revenue"}))
        shares = facts[facts["item"] == "domestic_revenue_share"].set_index("accession")
        table = table.join(shares[["value", "source"]].rename(columns={"value": "share", "source": "said"}))
        table["domestic"] = np.where(table["said"] == STATED, np.rint(table["revenue"] * table["share"]), np.nan)
        table["abroad"] = table["said"].map({STATED: "stated", SILENT: "silent"}).fillna("foreign")
        table["instance"] = [
            instance_name(ticker, cik, end, filed, k)
            for k, (ticker, cik, end, filed) in enumerate(
                zip(table["ticker"], table["cik"], table["period_end"], table["filed"], strict=True)
            )
        ]
        return table


def instance_name(ticker: str, cik: int, end: str, filed: str, number: int) -> str:
    """Name of the instance document: the ticker of the time, here and there the form instead."""
    compact = end.replace("-", "")
    if cik % 23 == 0 and number % 5 == 0:
        return f"form10-k_{compact}.xml"
    return f"{ticker.lower()}-{compact}{'_htm' if filed > INLINE_ERA else ''}.xml"


def statement_sets(reports: Reports) -> dict[tuple[int, int], bytes]:
    """One zip a quarter: sub, num, and the two tables nobody reads."""
    subs: dict[tuple[int, int], list[str]] = defaultdict(list)
    nums: dict[tuple[int, int], list[str]] = defaultdict(list)
    for row in reports.table.itertuples():
        quarter = quarter_of(row.filed)
        subs[quarter].append(_sub_row(row))
        nums[quarter].extend(_num_rows(row))
    found = {}
    for quarter, rows in subs.items():
        sub = "\n".join([SUB_HEADER, *rows, ""]).encode()
        num = "\n".join([NUM_HEADER, *nums[quarter], ""]).encode()
        found[quarter] = zipped(sub__txt=sub, num__txt=num, tag__txt=b"tag\tversion\n", pre__txt=b"adsh\treport\n")
    return found


def _sub_row(row: Any) -> str:
    day, end = row.filed.replace("-", ""), row.period_end.replace("-", "")
    cells = {
        "adsh": row.accession, "cik": str(row.cik), "name": row.name.upper(), "sic": str(row.sic), "countryba": "US",
        "stprba": "TX", "cityba": "DALLAS", "countryinc": "US", "fye": end[4:], "form": row.form, "period": end,
        "fy": day[:4], "fp": "FY", "filed": day, "accepted": f"{row.filed} 16:45:00.0", "prevrpt": "0",
        "detail": "0" if row.form.endswith("/A") else "1", "instance": row.instance, "nciks": "1",
    }  # fmt: skip
    return "\t".join(cells.get(name, "") for name in SUB_HEADER.split("\t"))


def _num_rows(row: Any) -> list[str]:
    """Revenue with last year's, its geography with everything that must not be taken for it, and the tax note."""
    end, months = row.period_end.replace("-", ""), row.months

    def num(tag: str, value: float, *, segments: str = "", ddate: str = end, quarters: int = 0) -> str:
        return f"{row.accession}\t{tag}\tus-gaap/2020\t{ddate}\t{quarters}\tUSD\t{segments}\t\t{value:.4f}\t"

    rows = [num("Assets", 1000.0)]
    if row.abroad == "foreign":
        rows.append(num("CurrentForeignTaxExpenseBenefit", 5.0, quarters=4))
    rows.append(num("LiabilitiesAndStockholdersEquity", 1000.0))
    if not row.revenue > 0:
        return rows
    tag, span = Dialect(row.cik).revenue_tag(row.filed), int(months) // 3
    before = f"{int(end[:4]) - 1}{end[4:]}"
    rows.append(num(tag, row.revenue, quarters=span))
    rows.append(num(tag, round(0.9 * row.revenue), quarters=span, ddate=before))
    if row.abroad != "stated":
        return rows
    us = row.domestic
    beside = "ConsolidationItems=OperatingSegments;" if row.cik % 4 == 1 else ""
    rows.append(num(tag, us, segments=f"{beside}Geographical=US;", quarters=span))
    rows.append(num(tag, round(0.8 * row.revenue), segments="Geographical=US;", quarters=span, ddate=before))
    rows.append(num(tag, round(0.1 * us), segments="Geographical=US;ProductOrService=Services;", quarters=span))
    rows.append(num(tag, row.revenue - us, segments="Geographical=NonUs;", quarters=span))
    rows.append(num(tag, row.revenue, segments="Geographical=Americas;", quarters=span))
    return rows
