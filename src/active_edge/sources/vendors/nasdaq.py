"""Nasdaq symbol directory: what is listed today on every US exchange, and what kind of security it is."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import pandas as pd

from active_edge.errors import SourceFormatError
from active_edge.sources.web.refusals import refuse_html
from active_edge.sources.web.request import Request

URL = "https://www.nasdaqtrader.com/dynamic/SymDir/{name}.txt"
FILES = ("nasdaqlisted", "otherlisted")
EXCHANGES = {"N": "NYSE", "A": "AMEX", "P": "ARCA", "Z": "BATS", "V": "IEX", "M": "CHX"}
SYMBOL_COLUMN = {"nasdaqlisted": "Symbol", "otherlisted": "ACT Symbol"}

KIND_BY_NAME = (
    ("test", r"\btest stock\b|\btest company\b"),
    ("warrant", r"\bwarrants?\b"),
    ("right", r"\brights?\b(?! to)"),
    ("unit", r"\bunits?\b(?!ed)"),
    ("preferred", r"\bpreferred\b|\bpreference\b|\bdepositary shares?,? each representing .*\bof .*\bpreferred\b"),
    ("debt", r"\bnotes? due\b|\bsenior notes\b|\bdebentures?\b|\bsubordinated notes\b"),
    ("adr", r"\bamerican depositary\b|\bads\b|\badr\b|\bdepositary receipts?\b"),
    ("spac", r"\bacquisition (corp|corporation|company|co|holdings)\b|\bblank check\b"),
    ("fund", r"\b(closed[- ]end|income|municipal|term|opportunit(y|ies)) fund\b|\bfund,? inc\b|\bfund$"),
    ("reit", r"\breit\b|\breal estate investment trust\b"),
    ("common", r"\bcommon (stock|shares?)\b|\bordinary shares?\b|\bclass [a-c]\b|\bshares? of beneficial interest\b"),
)


@dataclass(frozen=True)
class Directory:
    """`listings`: symbol, name, exchange, security_type (None unknown); `created` when the exchange wrote the file."""

    created: dt.datetime
    listings: pd.DataFrame
    tests: int


def requests() -> list[Request]:
    """The two files."""
    return [
        Request(
            "nasdaq",
            f"nasdaq/{name}",
            URL.format(name=name),
            "text",
            freshness="daily",
            max_bytes=16 << 20,
            expected_bytes=450_000,
            check=lambda body, name=name: parse(body, name=name, where=f"nasdaq/{name}"),  # type: ignore[misc]
        )
        for name in FILES
    ]


def parse(body: bytes, *, name: str, where: str) -> Directory:
    """Listings of one file, test issues left out and counted.

    Raises
    ------
    SourceFormatError
        HTML (the site answers 200 with its page-not-found), changed columns, a row of another width, or a file that
        ends before its "File Creation Time" line.
    """
    refuse_html(where, body[:8192], promised="a symbol list")
    lines = body.decode("utf-8", "replace").splitlines()
    header = lines[0].strip().split("|") if lines else []
    symbol = SYMBOL_COLUMN[name]
    lost = [column for column in (symbol, "Security Name", "Test Issue", "ETF") if column not in header]
    if lost:
        raise SourceFormatError(f"{where}:1: columns {lost} are gone; the header is {header[:10]}")
    footer = re.match(r"File Creation Time:\s*(\d{2})(\d{2})(\d{4})(\d{2}):(\d{2})", lines[-1].strip())
    if footer is None:
        raise SourceFormatError(f"{where}: no 'File Creation Time' at the end; the file was cut off")
    month, day, year, hour, minute = (int(part) for part in footer.groups())
    try:
        created = dt.datetime(year, month, day, hour, minute)
    except ValueError as error:
        raise SourceFormatError(f"{where}: File Creation Time {lines[-1][:40]!r}: {error}") from error
    rows, tests = [], 0
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.rstrip("\r\n").split("|")
        if len(cells) != len(header):
            raise SourceFormatError(f"{where}:{number}: {len(cells)} columns, expected {len(header)}")
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        if row["Test Issue"] == "Y":
            tests += 1
            continue
        exchange = EXCHANGES.get(row.get("Exchange", ""), "NASDAQ" if name == "nasdaqlisted" else None)
        rows.append((row[symbol], row["Security Name"], exchange, security_type(row["Security Name"], row["ETF"])))
    frame = pd.DataFrame(rows, columns=["symbol", "name", "exchange", "security_type"])
    return Directory(created, frame, tests)


def security_type(name: str, etf: str) -> str | None:
    """Kind of security its directory name states; None where it states none."""
    if etf == "Y":
        return "etf"
    lowered = name.lower()
    return next((kind for kind, pattern in KIND_BY_NAME if re.search(pattern, lowered)), None)


def yahoo_symbol(symbol: str) -> str:
    """Directory's or the SEC's symbol as Yahoo writes it: BRK.B, BRK/B → BRK-B."""
    return re.sub(r"[./]", "-", symbol.strip().upper())
