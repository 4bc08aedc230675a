"""Rows of a holdings file to shares of companies: what is no share, has no ticker or says two things is told apart.

A file holds cash, futures and money-market lines beside the shares, leftovers of companies that are gone (escrow,
contingent value rights), and lines of the same ticker twice. A price can be missing where the value is there, or be
printed in whole cents where a cent is a tenth of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from active_edge.errors import SourceFormatError

HEADERS: Mapping[str, tuple[str, ...]] = {
    "ticker": ("ticker", "issuer ticker", "symbol"),
    "name": ("name", "security name", "issue name", "description"),
    "class": ("asset class", "asset type", "type"),
    "value": ("market value", "market value ($)", "market value (usd)"),
    "sector": ("sector", "gics sector"),
    "weight": ("weight (%)", "weight", "% of net assets", "% weight"),
    "shares": ("quantity", "shares", "shares held", "units held"),
    "price": ("price", "unit price", "closing price"),
    "exchange": ("exchange",),
    "currency": ("market currency", "currency"),
}
"""Column to the headers it has had."""
NEEDED = ("ticker", "name", "class", "value")
SHARE_CLASSES = frozenset({"equity", "equities", "stock", "common stock"})
NOTHING = frozenset({"", "-", "--", "n/a", "na", "none", "null"})
LEFTOVER = re.compile(
    r"\b(?:ESCROW|ESC|CONTINGENT VALUE|LITIGATION TRUST|LIQUIDATING)\b(?!.*\b(?:REIT|TRUST INC|HOLDINGS?)\b)|"
    r"[^\s\-(][\s\-(]+(?:CVR|CONTINGENT|WARRANTS?|WTS?|RTS|RIGHTS?|UNITS?|PREF(?:ERRED)?|PFD)\b[^A-Z]*"
    r"(?:\b(?:SER(?:IES)?|CL(?:ASS)?|STOCK|SHARES?|SHS|EXP\w*|CONV\w*|PERP\w*|CUM\w*|NON|[A-Z])\b[^A-Z]*)*$",
    re.I,
)
"""Names of what is left of a company or is another claim on it: Preferred Bank, CVR Energy and Unit Corp are companies,
and so a word of the second kind stands at the end."""
TICKER = re.compile(r"[A-Z][A-Z0-9]*(?:[.\-/ ][A-Z]{1,2})?")
MOST_BAD_ROWS = 0.01
MOST_CELLS_OF_A_NOTE = 3
"""Of a shorter row that is no share: the notes at a file's end."""
MOST_CONTRADICTED = 0.5
FRACTIONS = (0.7, 1.3)
"""Weights in percent that sum up to this are fractions of one."""
FRAME = ("ticker", "name", "sector", "exchange", "weight", "shares", "price", "value")
TIED = 0.01
"""Price times shares may be this far from the value, relatively."""
HALF_A_CENT = 0.0051


def placed(header: Sequence[str]) -> dict[str, int]:
    """Our column → its place in a file's header."""
    cells = [cell.strip().lower() for cell in header]
    found = {}
    for column, names in HEADERS.items():
        place = next((cells.index(name) for name in names if name in cells), None)
        if place is not None:
            found[column] = place
    return found


def is_header(row: Sequence[str]) -> bool:
    """True for the row that names the columns."""
    there = placed(row)
    return "ticker" in there and "name" in there


def equities(rows: Sequence[Sequence[str]], header: Sequence[str], *, where: str) -> tuple[pd.DataFrame, int]:
    """Shares of a file as a frame of `FRAME`, and how many rows are none.

    weight decimal, shares, price and value USD, NaN where not given; a price that contradicts value and shares is not
    given. One row a ticker: two of one name are added up, of two names the larger stays.

    Raises
    ------
    SourceFormatError
        No equity at all, or more than one row in a hundred holds a number that is none.
    """
    place = placed(header)
    kept, other, bad = [], 0, []
    for row in rows:
        if len(row) < len(header):
            if len(row) > MOST_CELLS_OF_A_NOTE:
                bad.append(f"a row of {len(row)} cells under a header of {len(header)}: {', '.join(row[:2])}")
            continue
        cells = {name: row[at].strip() for name, at in place.items()}
        if not _is_share(cells):
            other += 1
            continue
        try:
            numbers = [_number(cells.get(name, "")) for name in ("weight", "shares", "price", "value")]
        except ValueError as error:
            bad.append(f"{cells['ticker']}: {error}")
            continue
        weight, shares, price, value = numbers
        dollars = cells.get("currency", "USD").upper() in ("USD", *(text.upper() for text in NOTHING))
        told = _price(price if dollars else float("nan"), shares, value)
        sector = "" if cells.get("sector", "").lower() in NOTHING else cells["sector"]
        ticker = re.sub(r"[/ ]", ".", cells["ticker"].upper())
        kept.append((ticker, cells["name"], sector, cells.get("exchange", ""), weight / 100.0, shares, told, value))
    if bad and len(bad) > MOST_BAD_ROWS * (len(kept) + len(bad)):
        raise SourceFormatError(f"{where}: {len(bad)} rows hold what is no number, the first {bad[0]}")
    if not kept:
        raise SourceFormatError(f"{where}: not one equity among {len(rows)} rows")
    contradicted = sum(np.isnan(line[6]) and line[5] > 0 and line[7] > 0 for line in kept)
    if contradicted > max(1.0, MOST_CONTRADICTED * len(kept)):
        raise SourceFormatError(
            f"{where}: in {contradicted} of {len(kept)} rows the market value is not price times shares; it may be in "
            "thousands"
        )
    frame = pd.DataFrame(kept, columns=list(FRAME))
    if FRACTIONS[0] <= 100.0 * frame["weight"].sum() <= FRACTIONS[1]:
        frame["weight"] *= 100.0
    return _once(frame), other + len(bad)


def _is_share(cells: Mapping[str, str]) -> bool:
    return (
        cells["class"].lower() in SHARE_CLASSES
        and TICKER.fullmatch(cells["ticker"].upper()) is not None
        and LEFTOVER.search(cells["name"]) is None
    )


def _number(text: str) -> float:
    """A number as the files write it; NaN where there is none. Raises ValueError where it is none."""
    plain = text.replace(",", "").replace("$", "").rstrip("%").strip()
    if plain.lower() in NOTHING:
        return float("nan")
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    return float(plain)


def _price(price: float, shares: float, value: float) -> float:
    """The close in USD: as printed where value and shares agree; from them where it is not, or in too few digits."""
    implied = value / shares if shares > 0 and value > 0 else float("nan")
    if not price > 0:
        return float("nan") if np.isnan(implied) else round(implied, 4)
    if np.isnan(implied):
        return price
    if abs(implied - price) <= HALF_A_CENT and price < 1.0:
        return round(implied, 4)
    return price if abs(implied / price - 1.0) <= TIED else float("nan")


def _once(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a ticker."""
    twice = frame["ticker"].duplicated(keep=False)
    if not twice.any():
        return frame
    told = frame[twice]
    sums = dict.fromkeys(("weight", "shares", "value"), lambda part: part.sum(min_count=1))
    first = dict.fromkeys(("sector", "exchange", "price"), "first")
    joined = told.groupby(["ticker", "name"], sort=False, as_index=False).agg({**first, **sums})
    joined.index = told.index[~told.duplicated(["ticker", "name"])]
    largest = joined.sort_values("value", ascending=False, kind="stable", na_position="last")
    rows = pd.concat([frame[~twice], largest.drop_duplicates("ticker")]).sort_index()
    return rows[list(FRAME)].reset_index(drop=True)
