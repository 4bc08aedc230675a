"""iShares holdings csv: today's members of an index fund, dated by the file itself."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import refuse_html

URL = (
    "https://www.ishares.com/us/products/{product}/{slug}/1467271812596.ajax"
    "?fileType=csv&fileName={fund}_holdings&dataType=fund"
)
NEEDED = ("Ticker", "Name", "Asset Class", "Market Value")


@dataclass(frozen=True)
class Fund:
    """One fund: its product page and the index whose members it holds."""

    product: int
    slug: str
    index: str


FUNDS: Mapping[str, Fund] = {
    "IWM": Fund(239710, "ishares-russell-2000-etf", "Russell 2000"),
    "IJR": Fund(239774, "ishares-core-sp-smallcap-etf", "S&P 600"),
    "IWC": Fund(239716, "ishares-microcap-etf", "Russell Microcap"),
}


@dataclass(frozen=True)
class Holdings:
    """`as_of` the day the file says; `equities`: ticker, name, exchange, weight (decimal, NaN where not given)."""

    as_of: pd.Timestamp
    equities: pd.DataFrame
    other_rows: int


def requests(funds: tuple[str, ...] = tuple(FUNDS)) -> list[Request]:
    """One request a fund."""
    return [
        Request(
            "ishares",
            f"ishares/{fund}",
            URL.format(product=FUNDS[fund].product, slug=FUNDS[fund].slug, fund=fund),
            "csv",
            freshness="weekly",
            max_bytes=16 << 20,
            expected_bytes=320_000,
            check=lambda body, fund=fund: parse(body, where=f"ishares/{fund}"),  # type: ignore[misc]
        )
        for fund in funds
    ]


def parse(body: bytes, *, where: str) -> Holdings:
    """Holdings on the file's own date; cash, futures and money-market rows are counted, not kept.

    Raises
    ------
    SourceFormatError
        HTML, no "Fund Holdings as of" line, no header row with the needed columns, or no equity at all.
    """
    refuse_html(where, body[:4096], promised="csv")
    text = body.decode("utf-8-sig", "replace")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise SourceFormatError(f"{where}: not a csv ({error})") from error
    as_of = next((row[1] for row in rows if len(row) > 1 and row[0].strip() == "Fund Holdings as of"), None)
    start = next((i for i, row in enumerate(rows) if row and row[0].strip() == "Ticker"), None)
    if as_of is None or start is None:
        raise SourceFormatError(f"{where}: no 'Fund Holdings as of' line or no header row that begins with 'Ticker'")
    header = [cell.strip() for cell in rows[start]]
    lost = [name for name in NEEDED if name not in header]
    if lost:
        raise SourceFormatError(f"{where}:{start + 1}: columns {lost} are gone; the header is {header}")
    try:
        day = pd.Timestamp(pd.to_datetime(as_of, format="%b %d, %Y"))
    except ValueError as error:
        raise SourceFormatError(f"{where}: 'as of' date {as_of!r} is not like 'May 05, 2026'") from error
    return _equities(rows[start + 1 :], header, day, where=where)


def _equities(rows: list[list[str]], header: list[str], day: pd.Timestamp, *, where: str) -> Holdings:
    place = {name: header.index(name) for name in header}
    kept, other = [], 0
    for row in rows:
        if len(row) != len(header):
            continue
        ticker = row[place["Ticker"]].strip()
        if row[place["Asset Class"]].strip() != "Equity" or not re.fullmatch(r"[A-Z][A-Z0-9.\-]*", ticker):
            other += 1
            continue
        weight = row[place["Weight (%)"]].replace(",", "") if "Weight (%)" in place else ""
        exchange = row[place["Exchange"]].strip() if "Exchange" in place else ""
        try:
            share = float(weight) / 100.0 if weight not in ("", "-") else float("nan")
        except ValueError as error:
            raise SourceFormatError(f"{where}: weight {weight!r} of {ticker} is no number") from error
        kept.append((ticker, row[place["Name"]].strip(), exchange, share))
    if not kept:
        raise SourceFormatError(f"{where}: not one equity among {len(rows)} rows")
    frame = pd.DataFrame(kept, columns=["ticker", "name", "exchange", "weight"]).drop_duplicates("ticker")
    return Holdings(day, frame.reset_index(drop=True), other)
