"""Single filings the legs are read from: 10-K instances and proxy statements.

The address of an instance is known from the data sets (`sub.txt` names the document), that of a proxy statement from
the form index and the bulk file of submissions, so that no list has to be asked for. What one says is read by
`legs.read_filing`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
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
INSTANCE_BYTES, PROXY_BYTES, SUBMISSION_BYTES = 125_000, 200_000, 345_000
"""On the wire, packed: means of recorded bodies (ten instances, full proxies); a main document by its share of one."""
LEGS = ("domestic_revenue_share", "floating_rate_debt_share", "insider_ownership")


def instance_requests(filings: Iterable[Filing], wanted: Callable[[int, dt.date], bool]) -> list[Request]:
    """One request an annual report that is wanted of a company on a day."""
    return [
        Request(
            "sec",
            f"{PREFIX}{filing.cik:010d}/{filing.filed.isoformat()}/{filing.form}/{filing.accession}",
            INSTANCE_URL.format(cik=filing.cik, accession=filing.accession.replace("-", ""), instance=filing.instance),
            "xml",
            max_bytes=256 << 20,
            expected_bytes=INSTANCE_BYTES,
            missing_is_answer=True,
        )
        for filing in filings
        if filing.form in ANNUAL_FORMS and wanted(filing.cik, filing.filed)
        if filing.instance.endswith(".xml") and "/" not in filing.instance
    ]


def proxies(index: Iterable[Filed], wanted: Callable[[int, dt.date], bool]) -> list[Filed]:
    """Proxy statements that are wanted of a company on a day."""
    return [line for line in index if line.form in PROXIES and line.accession and wanted(line.cik, line.filed)]


def proxy_requests(lines: Iterable[Filed], documents: Mapping[str, str]) -> list[Request]:
    """One request a proxy statement: its main document where its name is known, else the full submission as text.

    Parameters
    ----------
    documents : accession number → name of the main document.
    """
    found = []
    for line in lines:
        whole, name = TEXT_URL.format(path=line.path), documents.get(line.accession, "")
        folder = line.accession.replace("-", "")
        main = INSTANCE_URL.format(cik=line.cik, accession=folder, instance=name)
        is_page = name.lower().endswith((".htm", ".html"))
        found.append(
            Request(
                "sec",
                f"{PREFIX}{line.cik:010d}/{line.filed.isoformat()}/{line.form}/{line.accession}",
                main if name else whole,
                "html" if is_page else "text",
                max_bytes=256 << 20,
                expected_bytes=PROXY_BYTES if name else SUBMISSION_BYTES,
                missing_is_answer=True,
                others=(whole,) if name else (),
            )
        )
    return found


def _as_submission(body: bytes, form: str) -> bytes:
    """A main document as the submission it stands for: the form is known from the index, not from its text."""
    if form not in PROXIES or body.lstrip().startswith((b"<SEC-DOCUMENT", b"-----BEGIN PRIVACY", b"%PDF")):
        return body
    return b"<DOCUMENT>\n<TYPE>" + form.encode() + b"\n<SEQUENCE>1\n<TEXT>\n" + body + b"\n</TEXT>\n</DOCUMENT>\n"


def read(body: bytes, *, key: str) -> tuple[list[tuple[Any, ...]], str]:
    """Legs of one archived filing, rows of `parts.COLUMNS` with their passages; why it says nothing ('' where it does).

    Timing: `filed` is the day in the index, whatever the document says of itself. A value whose period ends after
    that day is dated that day.
    """
    from active_edge.filings import read_filing

    _, cik, filed, form, accession = key.split("/")
    try:
        reading = read_filing(_as_submission(body, form), name=key)
    except SourceFormatError as error:
        return [], str(error)
    rows: list[tuple[Any, ...]] = []
    for leg in LEGS:
        said = getattr(reading, leg)
        if said is not None:
            end = said.period_end if said.period_end is not None and said.period_end <= filed else filed
            told = (said.value, filed, form, accession, said.source, said.confidence, said.passage)
            rows.append((int(cik), leg, 0, end, *told))
    return rows, ""
