"""Single filings the legs are read from: 10-K instances and proxy statements, of companies that trade today.

The address of an instance is known from the data sets (`sub.txt` names the document), that of a proxy statement from
the form index, so that no list has to be asked for. What one says is read by `legs.read_filing`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from active_edge.errors import SourceFormatError
from active_edge.sources.sec.edgar_index import Filed
from active_edge.sources.sec.fsds import ANNUAL_FORMS, Filing
from active_edge.sources.web.request import Request

INSTANCE_URL = "https://www.sec.gov/Archives/edgar/data/{cik}/{accession}/{instance}"
TEXT_URL = "https://www.sec.gov/Archives/{path}"
PREFIX = "filing/"
"""How the names of single filings in the archive begin."""
PROXIES = ("DEF 14A", "DEF 14C")
LEGS = ("domestic_revenue_share", "floating_rate_debt_share", "insider_ownership")


def instance_requests(filings: Iterable[Filing], ciks: frozenset[int], since: dt.date) -> list[Request]:
    """One request an annual report of the companies wanted."""
    return [
        Request(
            "sec",
            f"filing/{filing.cik:010d}/{filing.filed.isoformat()}/{filing.form}/{filing.accession}",
            INSTANCE_URL.format(cik=filing.cik, accession=filing.accession.replace("-", ""), instance=filing.instance),
            "xml",
            max_bytes=256 << 20,
            expected_bytes=300_000,
            missing_is_answer=True,
        )
        for filing in filings
        if filing.cik in ciks and filing.form in ANNUAL_FORMS and filing.filed >= since
        if filing.instance.endswith(".xml") and "/" not in filing.instance
    ]


def proxy_requests(index: Iterable[Filed], ciks: frozenset[int], since: dt.date) -> list[Request]:
    """One request a proxy statement of the companies wanted: the full submission as text."""
    return [
        Request(
            "sec",
            f"filing/{line.cik:010d}/{line.filed.isoformat()}/{line.form}/{line.accession}",
            TEXT_URL.format(path=line.path),
            "text",
            max_bytes=256 << 20,
            expected_bytes=500_000,
            missing_is_answer=True,
        )
        for line in index
        if line.form in PROXIES and line.cik in ciks and line.filed >= since and line.accession
    ]


def read(body: bytes, *, key: str) -> tuple[list[tuple[Any, ...]], str]:
    """Legs one archived filing states, as rows of `parts.COLUMNS`, and why it says nothing ('' where it does).

    Timing: `filed` is the day in the index, whatever the document says of itself. A value whose period ends after
    that day is dated that day.
    """
    from active_edge.filings import read_filing

    _, cik, filed, form, accession = key.split("/")
    try:
        reading = read_filing(body, name=key)
    except SourceFormatError as error:
        return [], str(error)
    rows: list[tuple[Any, ...]] = []
    for leg in LEGS:
        said = getattr(reading, leg)
        if said is not None:
            end = said.period_end if said.period_end is not None and said.period_end <= filed else filed
            rows.append((int(cik), leg, 0, end, said.value, filed, form, accession, said.source, said.confidence))
    return rows, ""
