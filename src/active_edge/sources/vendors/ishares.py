"""iShares holdings: the members of an index fund on a day, dated by the file itself.

The csv has several doors, for addresses move: what answers with the fund's page instead of its holdings has moved, and
the next door is asked. One of them gives the same table as JSON, a list a column. On a day for which nothing was
published a file is empty and dated "-".
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import pandas as pd

from active_edge.errors import SourceFormatError, SourceRefused
from active_edge.sources.vendors.holdings_rows import HEADERS, NEEDED, equities, is_header, placed
from active_edge.sources.web.refusals import csv_rows, refuse_html
from active_edge.sources.web.request import Request

URL = (
    "https://www.ishares.com/us/products/{product}/{slug}/1467271812596.ajax"
    "?fileType=csv&fileName={fund}_holdings&dataType=fund"
)
"""The door until May 2026; it answers with the page of the fund now."""
CSV_URL = (
    "https://www.blackrock.com/varnish-api/blk-one01-product-data/product-data/api/v1/get-fund-document"
    "?appType=PRODUCT_PAGE&appSubType=ISHARES&targetSite=us-ishares&locale=en_US&userType=individual"
    "&component=holdings&portfolioId={product}"
)
JSON_URL = (
    "https://{host}/varnish-api/blk-one01-product-data/product-data/api/v2/get-product-data"
    "?component=holdings.all&appType=PRODUCT_PAGE&appSubType=ISHARES&targetSite=us-ishares&locale=en_US"
    "&userType=individual&portfolioId={product}"
)
JSON_HOSTS = ("www.ishares.com", "www.blackrock.com")
JSON_COLUMNS = {
    "Ticker": "ticker",
    "Name": "issueName",
    "Asset Class": "assetClass",
    "Market Value": "marketValue",
    "Weight (%)": "holdingPercent",
    "Exchange": "exchange",
    "Sector": "sectorName",
    "Quantity": "unitsHeld",
    "Price": "unitPrice",
    "Market Currency": "marketCurrencyCode",
}
"""Column of the csv to the data point of the JSON."""
DEEPEST_HEADER = 100
"""Lines in which the day and the header are looked for; there are ten in real files."""
UNPUBLISHED = ("-", "", "--", "None", "null")
FIRST_YEAR, LAST_YEAR = 1996, 2100
DATE_FORMATS = ("%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d/%b/%Y", "%Y-%m-%d", "%Y%m%d", "%m/%d/%Y")


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
    "IWB": Fund(239707, "ishares-russell-1000-etf", "Russell 1000"),
}


@dataclass(frozen=True)
class Holdings:
    """`as_of` the day the file says; `equities` as `holdings_rows.equities` gives them, `other_rows` are none."""

    as_of: pd.Timestamp
    equities: pd.DataFrame
    other_rows: int


def requests(funds: tuple[str, ...] = tuple(FUNDS)) -> list[Request]:
    """One request a fund, at each of its doors in turn."""
    return [
        Request(
            "ishares",
            f"ishares/{fund}",
            doors(fund)[0],
            "csv",
            freshness="weekly",
            max_bytes=32 << 20,
            expected_bytes=70_000,
            check=lambda body, fund=fund: parse(body, where=f"ishares/{fund}"),  # type: ignore[misc]
            others=doors(fund)[1:],
        )
        for fund in funds
    ]


def doors(fund: str) -> tuple[str, ...]:
    """Addresses of a fund's holdings, the likeliest first."""
    held = FUNDS[fund]
    json_doors = [JSON_URL.format(host=host, product=held.product) for host in JSON_HOSTS]
    return (
        CSV_URL.format(product=held.product),
        *json_doors,
        URL.format(product=held.product, slug=held.slug, fund=fund),
    )


def parse(body: bytes, *, where: str) -> Holdings:
    """Holdings on the file's own date; cash, futures and money-market rows are counted, not kept.

    Raises
    ------
    SourceFormatError
        HTML, no "as of" day, no header row with the needed columns, or no equity at all.
    SourceRefused
        Nothing was published for the day asked.
    """
    refuse_html(where, body[:4096], promised="csv")
    if body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        return _parse_json(body, where=where)
    text = io.StringIO(body.decode("utf-8-sig", "replace"), newline="")
    rows = [row for row in csv_rows(text, where=where) if row]
    top = rows[:DEEPEST_HEADER]
    as_of = next((row[1] for row in top if len(row) > 1 and row[0].strip().lower().endswith("as of")), None)
    start = next((i for i, row in enumerate(top) if is_header(row)), None)
    if as_of is not None and as_of.strip() in UNPUBLISHED:
        raise _unpublished(where, as_of)
    if as_of is None or start is None:
        raise SourceFormatError(f"{where}: no 'Fund Holdings as of' line or no header row with Ticker and Name")
    header = [cell.strip() for cell in rows[start]]
    there = placed(header)
    lost = [HEADERS[name][0].title() for name in NEEDED if name not in there]
    if lost:
        raise SourceFormatError(f"{where}: columns {lost} are gone; the header is {header}")
    return Holdings(_day(as_of, where=where), *equities(rows[start + 1 :], header, where=where))


def _parse_json(body: bytes, *, where: str) -> Holdings:
    """The same table from the second door, whose data points are columns."""
    try:
        points = orjson.loads(body)["componentsByNameMap"]["holdings"]["containersByNameMap"]["all"][
            "dataPointsByNameMap"
        ]
        told = points.get("asOfDate") or {}
        days = [told.get(name) for name in ("value", "formattedValue")]
        columns = {name: _values(points.get(point) or {}) for name, point in JSON_COLUMNS.items()}
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise SourceFormatError(f"{where}: not a JSON of holdings ({type(error).__name__}: {error})") from error
    said = [str(one[0] if isinstance(one, list) and one else one).strip() for one in days if one is not None]
    if not said or said[0] in UNPUBLISHED:
        raise _unpublished(where, said[0] if said else None)
    day = next((one for one in said if _read_day(one) is not None), said[0])
    there = {name: values for name, values in columns.items() if isinstance(values, list)}
    lost = [JSON_COLUMNS[name] for name in list(JSON_COLUMNS)[:3] if name not in there]
    lengths = {len(values) for values in there.values()}
    if lost or len(lengths) != 1:
        raise SourceFormatError(f"{where}: data points {lost} are gone, or columns have lengths {sorted(lengths)}")
    rows = [["" if cell is None else str(cell) for cell in row] for row in zip(*there.values(), strict=True)]
    if "Market Value" not in there:
        there["Market Value"] = [""] * len(rows)
        rows = [[*row, ""] for row in rows]
    return Holdings(_day(day, where=where), *equities(rows, list(there), where=where))


def _values(point: dict[str, Any]) -> Any:
    """What a data point says: its values, which are not rounded, else as they are shown."""
    value = point.get("value")
    return point.get("formattedValue") if value is None else value


def _unpublished(where: str, said: object) -> SourceRefused:
    return SourceRefused(f"{where}: the file is dated {said!r}: nothing is published for this day; ask again tomorrow")


def _day(text: str, *, where: str) -> pd.Timestamp:
    day = _read_day(text.strip())
    if day is None:
        raise SourceFormatError(f"{where}: 'as of' date {text!r} is not like 'May 05, 2026'")
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise SourceFormatError(f"{where}: 'as of' {day:%Y-%m-%d} lies before the fund or in a far future")
    return day


def _read_day(text: str) -> pd.Timestamp | None:
    for form in DATE_FORMATS:
        try:
            return pd.Timestamp(dt.datetime.strptime(text, form))
        except ValueError:
            continue
    iso = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ].*", text)
    return _read_day(iso[1]) if iso else None
