"""Holdings files of past days of a world, told as the fund house tells them, faults included.

Four funds hold every living name: the index, those above it, a third of it, those below it. Some tickers were others
once, names are spelled in several ways, sectors and columns change their words over the years, some days are not
published, some bodies are pages, and beside the shares lie cash, futures, leftovers, and one ticker on two lines.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd

from active_edge.sectors import sector_of_sic
from active_edge.sources.vendors import ishares, past_holdings

from ..replay import Answer, Replay
from .charts import actions
from .world import World

PAGE = b"<!DOCTYPE html>\n<html><head><title>iShares</title></head><body>x</body></html>"
SHARES_OF_A_COMPANY = 1 / 37
"""Part of a company that a fund holds."""
SECTORS = {
    "energy": "Energy",
    "materials": "Materials",
    "industrials": "Industrials",
    "consumer_discretionary": "Consumer Discretionary",
    "consumer_staples": "Consumer Staples",
    "health_care": "Health Care",
    "financials": "Financials",
    "information_technology": "Information Technology",
    "communication_services": "Communication",
    "utilities": "Utilities",
    "real_estate": "Real Estate",
}
OLD_SECTORS = {"communication_services": "Telecommunications", "health_care": "Healthcare"}
HEADER = (
    "Ticker", "Name", "Sector", "Asset Class", "Market Value", "Weight (%)", "Notional Value", "Quantity", "Price",
    "Location", "Exchange", "Currency", "FX Rate", "Market Currency", "Accrual Date",
)  # fmt: skip
FUND_OF_PRODUCT = {str(held.product): fund for fund, held in ishares.FUNDS.items()}


@dataclass
class Told:
    """The files of a world: `table` is the truth they tell, fund, day, asset, shares, close, value, weight.

    `renamed` : asset → (earlier ticker, first day of today's). `unpublished`, `pages` : days without a file.
    """

    world: World
    pages: frozenset[str] = frozenset()
    unpublished: frozenset[str] = frozenset()
    renamed: dict[str, tuple[str, pd.Timestamp]] = field(default_factory=dict)

    @cached_property
    def table(self) -> pd.DataFrame:
        rows = self.world.prices[["asset", "session", "close", "total_return"]].copy()
        rows["ratio"] = 1.0
        for _, mine in rows.groupby("asset", sort=False):
            done = actions(mine["close"].to_numpy(), mine["total_return"].to_numpy())
            rows.loc[mine.index, "ratio"] = np.cumprod(done.ratio)
        rows["shares"] = np.round(self._floating(rows) * rows["ratio"] * SHARES_OF_A_COMPANY)
        rows["value"] = rows["shares"] * rows["close"]
        inside = self._inside(rows)
        funds = [
            ("IWM", inside),
            ("IWB", ~inside & self._large(rows)),
            ("IWC", ~inside & ~self._large(rows)),
            ("IJR", inside & (rows["asset"].map(_number) % 3 == 0)),
        ]
        told = pd.concat([rows[mask].assign(fund=fund) for fund, mask in funds], ignore_index=True)
        told["weight"] = told["value"] / told.groupby(["fund", "session"])["value"].transform("sum")
        return told

    def _floating(self, rows: pd.DataFrame) -> np.ndarray:
        """Shares outstanding that insiders do not hold, on the day, in the units of the first session."""
        counts, held = self._filed("shares_outstanding"), self._filed("insider_ownership")
        found = np.empty(len(rows))
        for asset, place in rows.groupby("asset", sort=False).indices.items():
            mine, (days, count) = rows.iloc[place], counts.get(asset, (np.empty(0), np.empty(0)))
            sessions, ratio = mine["session"].to_numpy(), mine["ratio"].to_numpy()
            if len(days):
                at = np.searchsorted(sessions, days, side="right") - 1
                count = count / np.where(at >= 0, ratio[at], 1.0)
                count = count[np.maximum(np.searchsorted(days, sessions, side="right") - 1, 0)]
            else:
                count = np.full(len(mine), 1e7)
            stakes = held.get(asset)
            found[place] = count * (1.0 - (float(np.median(stakes[1])) if stakes is not None else 0.0))
        return found

    def _filed(self, item: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Asset → period ends and values of an item, as first filed, by period."""
        rows = self.world.facts[self.world.facts["item"] == item].drop_duplicates(["asset", "period_end"])
        rows = rows.sort_values(["asset", "period_end"])
        grouped = rows.groupby("asset")[["period_end", "value"]]
        return {
            str(asset): (pd.to_datetime(mine["period_end"]).to_numpy(), mine["value"].to_numpy(dtype=float))
            for asset, mine in grouped
        }

    def _began(self, asset: str) -> float:
        """Shares outstanding in the units of the first session."""
        _, counts = self.world.share_counts[int(self.world.securities.loc[asset, "cik"])]
        return counts[0] if counts else 1e7

    def _inside(self, rows: pd.DataFrame) -> np.ndarray:
        inside = np.zeros(len(rows), dtype=bool)
        day = rows["session"].to_numpy()
        at = {asset: np.asarray(index) for asset, index in rows.groupby("asset").indices.items()}
        for spell in self.world.members.itertuples():
            place = at.get(spell.asset)
            if place is not None:
                end = np.datetime64("2200-01-01") if pd.isna(spell.end) else np.datetime64(spell.end)
                inside[place] |= (day[place] >= np.datetime64(spell.start)) & (day[place] <= end)
        return inside

    def _large(self, rows: pd.DataFrame) -> np.ndarray:
        """Whether a name outside the index lies above it, by its value the first time it is seen."""
        worth = (rows["close"] * rows["asset"].map(self._began)).groupby(rows["asset"]).transform("first")
        return (worth > worth.median()).to_numpy()

    @cached_property
    def _by_day(self) -> dict[tuple[str, str], pd.DataFrame]:
        day = self.table["session"].dt.strftime("%Y%m%d")
        return {(str(f), str(d)): rows for (f, d), rows in self.table.groupby([self.table["fund"], day])}

    def ticker(self, asset: str, day: pd.Timestamp) -> str:
        """The ticker of the time."""
        was = self.renamed.get(asset)
        return str(self._listed[asset]["ticker"]) if was is None or day >= was[1] else was[0]

    @cached_property
    def _listed(self) -> dict[str, dict[str, Any]]:
        return self.world.securities[["ticker", "name", "sic", "exchange"]].to_dict("index")

    def body(self, fund: str, day: str) -> bytes:
        """The csv of a fund on a day (YYYYMMDD)."""
        held = self._by_day.get((fund, day))
        if held is None or day in self.unpublished:
            return f'\ufeffiShares {fund}\nFund Holdings as of,"-"\n \nTicker,Name\n'.encode()
        moment = pd.Timestamp(day)
        out = io.StringIO()
        out.write(f'\ufeffiShares {fund}\nFund Holdings as of,"{moment:%b %d, %Y}"\nStock,"-"\n \n')
        header = [("Shares" if c == "Quantity" and moment.year < 2023 else c) for c in HEADER]
        out.write(",".join(header) + "\n")
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for row in held.itertuples():
            for cells in self._rows(row, moment):
                writer.writerow(cells)
        writer.writerows(_others(moment))
        out.write('\n"The content contained herein is owned or licensed by the fund, as of the day."\n')
        return out.getvalue().encode()

    def _rows(self, row: Any, day: pd.Timestamp) -> list[list[str]]:
        """One line of a name, or two where it is held in two lots."""
        security = self._listed[row.asset]
        words = SECTORS | (OLD_SECTORS if day.year < 2023 else {})
        sector = words.get(_sector(security["sic"]), "Industrials")
        number = _number(row.asset)
        name = str(security["name"]).upper() + (" INC" if (number + day.year) % 2 else " INC.")
        price = "-" if number % 17 == 3 and day.day == 11 else f"{row.close:,.2f}"
        lots = [row.shares]
        if number % 13 == 5:
            lots = [np.floor(row.shares / 3), row.shares - np.floor(row.shares / 3)]
        exchange = {"NASDAQ": "NASDAQ", "NYSE": "New York Stock Exchange Inc."}[security["exchange"]]
        return [
            [self.ticker(row.asset, day), name, sector, "Equity", f"{lot * row.close:,.2f}",
             f"{100 * row.weight * lot / row.shares:.6f}", f"{lot * row.close:,.2f}", f"{lot:,.2f}", price,
             "United States", exchange, "USD", "1.00", "USD", "-"]
            for lot in lots
        ]  # fmt: skip


def _others(day: pd.Timestamp) -> list[list[str]]:
    """What is no share of a company."""
    tail = ["United States", "-", "USD", "1.00", "USD", "-"]
    return [
        ["XTSLA", "BLK CSH FND TREASURY SL AGENCY", "Cash and/or Derivatives", "Money Market", "9,000.00", "0.10",
         "9,000.00", "9,000.00", "1.00", *tail],
        ["USD", "USD CASH", "Cash and/or Derivatives", "Cash", "1,210.00", "0.01", "1,210.00", "1,210.00", "100.00",
         *tail],
        ["RTYH5", f"RUSSELL 2000 EMINI {day:%b} FUT", "Cash and/or Derivatives", "Futures", "0.00", "0.00",
         "1,000,000.00", "12.00", "2,000.00", *tail],
        ["--", "GONE PHARMA CVR", "Health Care", "Equity", "0.00", "0.00", "0.00", "5,000.00", "0.00", *tail],
        ["ADRO", "GONE THERAPEUTICS INC CVR", "Health Care", "Equity", "50.00", "0.00", "50.00", "50.00", "1.00",
         *tail],
        ["EUR", "EUR/USD", "Cash and/or Derivatives", "Forwards", "-3.00", "0.00", "-3.00", "-3.00", "1.10", *tail],
    ]  # fmt: skip


def _sector(sic: Any) -> str:
    return sector_of_sic(int(sic)) if pd.notna(sic) else "industrials"


def _number(asset: str) -> int:
    return int(re.sub(r"\D", "", asset))


def tell_holdings(world: World, *, seed: int = 3) -> Told:
    """The files of a world, with days that are not published or are pages, and tickers that were others once."""
    draw = np.random.default_rng(seed)
    sessions = pd.DatetimeIndex(np.sort(world.prices["session"].unique()))
    inner = sessions[30:-30]
    odd = [
        f"{pd.Timestamp(day):%Y%m%d}"
        for day in draw.choice(inner.to_numpy(), size=max(2, len(inner) // 50), replace=False)
    ]
    spans = world.prices.groupby("asset")["session"].agg(["min", "max"])
    taken = set(world.securities["ticker"])
    renamed = {}
    for asset in draw.permutation(world.securities.index.to_numpy())[: max(3, len(world.securities) // 12)]:
        low, high = spans.loc[asset]
        inside = sessions[(sessions > low) & (sessions < high)]
        earlier = f"Z{world.securities.loc[asset, 'ticker']}"[:5]
        if len(inside) > 120 and earlier not in taken:
            taken.add(earlier)
            renamed[str(asset)] = (earlier, inside[len(inside) // 2])
    half = len(odd) // 2
    return Told(world, frozenset(odd[:half]), frozenset(odd[half:]), renamed)


def serve_holdings(replay: Replay, told: Told) -> None:
    """Answer every door as it answers for past days; the JSON doors are not there."""
    address = ishares.CSV_URL.partition("?")[0].removeprefix("https://")

    def answer(key: str) -> Answer:
        asked = parse_qs(urlsplit("//" + key).query)
        fund, day = FUND_OF_PRODUCT[asked["portfolioId"][0]], asked.get("asOfDate", [f"{told.world.last:%Y%m%d}"])[0]
        if day in told.pages:
            return Answer(PAGE, media="text/csv")
        return Answer(told.body(fund, day), media="text/csv", packed=True)

    replay.routes[address] = answer
    for fund in ishares.FUNDS:
        for door in ishares.doors(fund):
            replay.routes.pop(door.removeprefix("https://"), None)


def days_asked(world: World) -> list[past_holdings.Day]:
    """What a pull of everything asks of past days."""
    since, today = world.since, world.today
    return [*past_holdings.month_ends(since, today), *past_holdings.days(since, today)]
