"""Lists: who filed what (form.idx), today's tickers, today's listings, today's index members."""

from __future__ import annotations

import json

from active_edge.sources.sec.fsds import quarters

from ..sec_bodies import form_index
from .world import World

WARRANTS_EVERY = 11
OTC = [{"cik": 8_000_001, "name": "PINK SHEET CORP", "ticker": "PINKY", "exchange": "OTC"}]


def quarter_of(day: str) -> tuple[int, int]:
    return int(day[:4]), (int(day[5:7]) + 2) // 3


def form_indexes(world: World) -> dict[tuple[int, int], bytes]:
    """form.idx of every quarter up to the running one: reports, proxies, delistings, and forms nobody wants."""
    filings = world.filings
    lines: dict[tuple[int, int], list[tuple[str, str, int, str, str]]] = {}

    def add(form: str, name: str, cik: int, filed: str, accession: str) -> None:
        path = f"edgar/data/{cik}/{accession}.txt"
        lines.setdefault(quarter_of(filed), []).append((form, name, cik, filed, path))

    for form, name, cik, filed, accession in zip(
        *(filings[c].tolist() for c in ("form", "name", "cik", "filed", "accession")), strict=True
    ):
        add(form, name.upper(), cik, filed, accession)
        add("8-K", name.upper(), cik, filed, f"{accession[:-6]}9{accession[-5:]}")
    gone = world.securities[world.securities["last_session"].notna()]
    for name, cik, last in zip(gone["name"], gone["cik"], gone["last_session"], strict=True):
        day = last.strftime("%Y-%m-%d")
        add("25-NSE", name.upper(), int(cik), day, f"{cik:010d}-{day[2:4]}-800001")
    running = quarter_of(world.today.isoformat())
    for year, quarter in [*quarters(quarter_of(world.since.isoformat()), world.today), running]:
        day = f"{year}-{3 * quarter - 2:02d}-01"
        add("S-1", "NOISE LLC", 77, day, f"0000000077-{day[2:4]}-000001")
    return {quarter: form_index(*sorted(rows)) for quarter, rows in lines.items()}


def warrants(ticker: str, cik: int) -> list[str]:
    """Symbols of a company's warrants, which are no shares."""
    return [f"{ticker}W"] if cik % WARRANTS_EVERY == 3 else []


def tickers(world: World) -> bytes:
    """company_tickers_exchange.json: names alive today, their warrants, and one that trades over the counter."""
    rows = []
    for cik, name, ticker, exchange in zip(
        *(world.living[c].tolist() for c in ("cik", "name", "ticker", "exchange")), strict=True
    ):
        place = {"NYSE": "NYSE", "NASDAQ": "Nasdaq"}[exchange]
        rows += [[cik, name, symbol, place] for symbol in [*warrants(ticker, cik), ticker]]
    rows += [[row["cik"], row["name"], row["ticker"], row["exchange"]] for row in OTC]
    return json.dumps({"fields": ["cik", "name", "ticker", "exchange"], "data": rows}).encode()


def directories(world: World) -> dict[str, bytes]:
    """nasdaqlisted.txt and otherlisted.txt."""
    nasdaq = ["Symbol|Security Name|Market Category|Test Issue|Financial Status|Round Lot Size|ETF|NextShares"]
    nasdaq.append("ZZTST|Nasdaq Test Stock|Q|Y|N|100|N|N")
    other = ["ACT Symbol|Security Name|Exchange|CQS Symbol|ETF|Round Lot Size|Test Issue|NASDAQ Symbol"]
    other.append("IWM|iShares Russell 2000 ETF|P|IWM|Y|100|N|IWM")
    for cik, name, ticker, exchange in zip(
        *(world.living[c].tolist() for c in ("cik", "name", "ticker", "exchange")), strict=True
    ):
        titles = {ticker: f"{name} - Common Stock"} | dict.fromkeys(warrants(ticker, cik), f"{name} - Warrants")
        for symbol, title in titles.items():
            if exchange == "NASDAQ":
                nasdaq.append(f"{symbol}|{title}|Q|N|N|100|N|N")
            else:
                other.append(f"{symbol}|{title}|N|{symbol}|N|100|N|{symbol}")
    created = f"File Creation Time: {world.today:%m%d%Y}21:31"
    return {
        "nasdaqlisted": "\n".join([*nasdaq, created + "|||||||", ""]).encode(),
        "otherlisted": "\n".join([*other, created + "||||||", ""]).encode(),
    }


def index_members(world: World) -> list[str]:
    """Assets in the small-cap index on the last session."""
    rows = world.members
    on = (rows["start"] <= world.last) & (rows["end"].isna() | (rows["end"] >= world.last))
    return sorted(set(rows.loc[on, "asset"]))


def holdings(world: World) -> bytes:
    """IWM_holdings.csv of the last session, with cash, a future and the disclaimer."""
    lines = ["\ufeffiShares Russell 2000 ETF", f'Fund Holdings as of,"{world.last:%b %d, %Y}"', " "]
    lines.append("Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Exchange")
    members = index_members(world)
    for asset in members:
        row = world.securities.loc[asset]
        weight = f"{100 / len(members):.2f}"
        lines.append(f'"{row["ticker"]}","{row["name"]}","Energy","Equity","1,000.00","{weight}","{row["exchange"]}"')
    lines.append('"XTSLA","BLK CSH FND TREASURY SL AGENCY","Cash and/or Derivatives","Money Market","9.00","0.10","-"')
    lines.append('"RTYH5","RUSSELL 2000 EMINI","Cash and/or Derivatives","Futures","0.00","0.00","-"')
    lines += ["", '"The content contained herein is owned or licensed by the fund"', ""]
    return "\n".join(lines).encode()
