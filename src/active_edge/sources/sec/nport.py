"""N-PORT: what investors put into and took out of a fund, month by month, with the day it became public.

A fund files monthly reports; the one of each fiscal quarter's last month is public, about 60 days later, and states
the flows of all three months. A fund is a *series* of a trust: EDGAR's feed of a series lists its filings.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import orjson
import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.sources.sec.xml_bodies import local_name, parse_xml
from active_edge.sources.web.request import Request

FEED_URL = (
    "https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK={series}&type=NPORT-P&dateb=&owner=include"
    "&start={start}&count=100&output=atom"
)
DOCUMENT_URL = "https://www.sec.gov/Archives/edgar/data/{cik}/{accession}/primary_doc.xml"
REPORT_BYTES = 350_000
"""A report of up to 3 MB, on the wire."""
LARGEST_FLOW_USD = 1e12
FUND_TICKERS_URL = "https://www.sec.gov/files/company_tickers_mf.json"
FUNDS = ("IWM", "IWN", "IWO", "IWC", "IJR", "VB", "VTWO", "SCHA", "SPSM", "AVUV", "CALF")


@dataclass(frozen=True)
class FundFiling:
    """One public report of a fund: accession number, filer's CIK, day filed."""

    accession: str
    cik: int
    filed: dt.date


@dataclass(frozen=True)
class Flow:
    """One month of one fund: `net` = sales + reinvestment − redemption, USD; some funds write redemptions negative."""

    month_end: pd.Timestamp
    sales: float
    reinvestment: float
    redemption: float

    @property
    def net(self) -> float:
        return self.sales + self.reinvestment - abs(self.redemption)


def fund_tickers_request() -> Request:
    """The SEC's own list of fund symbols and their series."""
    return Request(
        "sec",
        "fund_tickers/all",
        FUND_TICKERS_URL,
        "json",
        freshness="monthly",
        max_bytes=64 << 20,
        expected_bytes=2_000_000,
        check=lambda body: parse_fund_tickers(body, where="company_tickers_mf"),
    )


def parse_fund_tickers(body: bytes, *, where: str) -> dict[str, str]:
    """Symbol → series id.

    Raises
    ------
    SourceFormatError
        Not {fields: [..., seriesId, ..., symbol], data: [[...]]}.
    """
    try:
        document = orjson.loads(body)
        series, symbol = document["fields"].index("seriesId"), document["fields"].index("symbol")
        found = {str(row[symbol]): str(row[series]) for row in document["data"]}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise SourceFormatError(f"{where}: not a list of fund symbols ({type(error).__name__}: {error})") from error
    return {name: number for name, number in found.items() if re.fullmatch(r"S\d{9}", number)}


def feed_request(fund: str, series: str) -> Request:
    """The list of a fund's reports."""
    return Request(
        "sec",
        f"nport_feed/{fund}",
        FEED_URL.format(series=series, start=0),
        "xml",
        freshness="weekly",
        max_bytes=16 << 20,
        expected_bytes=80_000,
        missing_is_answer=True,
        check=lambda body: parse_feed(body, where=f"nport_feed/{fund}"),
    )


def document_request(fund: str, series: str, filing: FundFiling) -> Request:
    """One report; up to 3 MB of holdings are in it."""
    return Request(
        "sec",
        f"nport/{fund}/{filing.filed.isoformat()}/{filing.accession}",
        DOCUMENT_URL.format(cik=filing.cik, accession=filing.accession.replace("-", "")),
        "xml",
        max_bytes=128 << 20,
        expected_bytes=REPORT_BYTES,
        missing_is_answer=True,
        check=lambda body: parse_report(body, series=series, where=f"nport/{fund}/{filing.accession}"),
    )


def parse_feed(body: bytes, *, where: str) -> list[FundFiling]:
    """Filings of an Atom feed, newest first.

    Raises
    ------
    SourceFormatError
        Not XML, an entity bomb, or an entry without accession number, date and link.
    """
    root = parse_xml(body, where=where)
    if local_name(root) != "feed":
        raise SourceFormatError(f"{where}: the root is {local_name(root)!r}, expected an Atom feed")
    found = []
    for entry in root.iter("{*}entry"):
        text = {local_name(e): (e.text or "").strip() for e in entry.iter() if isinstance(e.tag, str)}
        link = next((e.get("href", "") for e in entry.iter("{*}link")), "") or text.get("filing-href", "")
        cik = re.search(r"/data/(\d{1,10})/", link)
        try:
            filed = dt.date.fromisoformat(text["filing-date"])
            accession = text["accession-number"] if "accession-number" in text else text["accession-nunber"]
        except (KeyError, ValueError) as error:
            raise SourceFormatError(f"{where}: an entry without filing date or accession number ({error})") from error
        if cik is None or not re.fullmatch(r"\d{10}-\d{2}-\d{6}", accession):
            raise SourceFormatError(f"{where}: entry {accession!r} has no link to /data/CIK/")
        if text.get("filing-type", "NPORT-P") == "NPORT-P":
            found.append(FundFiling(accession, int(cik.group(1)), filed))
    return found


def parse_report(body: bytes, *, series: str | None, where: str) -> list[Flow]:
    """Flows of the three months of a report, oldest first.

    Raises
    ------
    SourceFormatError
        Not an N-PORT body, another series than asked for, an absurd amount.
    """
    root = parse_xml(body, where=where)
    fields = {local_name(e): (e.text or "").strip() for e in root.iter("{*}seriesId", "{*}repPdDate")}
    if series is not None and fields.get("seriesId") != series:
        raise SourceFormatError(f"{where}: series {fields.get('seriesId')!r}, expected {series!r}")
    try:
        day = dt.date.fromisoformat(fields.get("repPdDate", ""))
        if not FIRST_YEAR <= day.year < LAST_YEAR:
            raise ValueError(day)
        last_month = pd.Timestamp(day) + pd.offsets.MonthEnd(0)
    except ValueError as error:
        raise SourceFormatError(f"{where}: repPdDate {fields.get('repPdDate')!r} is no date") from error
    flows = []
    for back, name in ((2, "mon1Flow"), (1, "mon2Flow"), (0, "mon3Flow")):
        element = next(iter(root.iter(f"{{*}}{name}")), None)
        if element is None:
            raise SourceFormatError(f"{where}: no {name}")
        amounts = [_amount(element.get(part), where=f"{where}: {name}.{part}") for part in FLOW_PARTS]
        if None in amounts:
            continue  # "N/A" in a fund's first months
        month_end = last_month - pd.offsets.MonthEnd(back) if back else last_month
        flows.append(Flow(pd.Timestamp(month_end), *[float(a) for a in amounts if a is not None]))
    return flows


FIRST_YEAR, LAST_YEAR = 1990, 2100
FLOW_PARTS = ("sales", "reinvestment", "redemption")


def _amount(text: str | None, *, where: str) -> float | None:
    if text is None or text.strip().upper() in ("N/A", "NA", ""):
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise SourceFormatError(f"{where}: {text!r} is no amount") from error
    if not abs(value) < LARGEST_FLOW_USD:
        raise SourceFormatError(f"{where}: {value!r} USD in a month; at most {LARGEST_FLOW_USD:g} is believed")
    return value


def rows(fund: str, filing_flows: list[tuple[dt.date, list[Flow]]]) -> pd.DataFrame:
    """Rows of `series`: FLOW_<fund>, net USD of a month, filed the day its report was."""
    found = [(f"FLOW_{fund}", flow.month_end, flow.net, filed) for filed, flows in filing_flows for flow in flows]
    frame = pd.DataFrame(found, columns=["series", "date", "value", "filed"])
    frame["filed"] = pd.to_datetime(frame["filed"])
    return frame.drop_duplicates(["series", "date", "filed"])
