"""Market-structure zips of a world: exchanges' part of the volume by ticker of the time; of every third dead none."""

from __future__ import annotations

import pandas as pd

from ..bodies import zipped
from .holdings import Told

PART = 0.6
"""Of all trading, on exchanges; a little more or less by day."""
FOLDER = "https://www.sec.gov/files/opa/data/market-structure/metrics-individual-security/"
HEADER = (
    "Date,Security,Ticker,McapRank,TurnRank,VolatilityRank,PriceRank,LitVol('000),OrderVol('000),Hidden,"
    "TradesForHidden,HiddenVol('000),TradeVolForHidden('000),Cancels,LitTrades"
)


def untold(told: Told) -> set[str]:
    """Dead assets whose volume stands nowhere."""
    dead = told.world.securities.index[told.world.securities["last_session"].notna()]
    return set(sorted(dead)[::3])


def part(day: pd.Timestamp) -> float:
    """Part of the volume of a day that is on exchanges."""
    return PART + 0.01 * (day.day % 7)


def zips(told: Told) -> dict[str, bytes]:
    """Address -> zip of every quarter."""
    rows = told.world.prices[["asset", "session", "volume"]]
    rows = rows[~rows["asset"].isin(untold(told))]
    found = {}
    for quarter, mine in rows.groupby(rows["session"].dt.to_period("Q")):
        lines = [HEADER]
        days = {day: (part(day), f"{day:%Y%m%d}") for day in mine["session"].unique()}
        for asset, session, volume in zip(mine["asset"], mine["session"], mine["volume"], strict=True):
            scale, day = days[session]
            shares = volume * scale / 1000.0
            ticker = told.ticker(asset, session)
            lines.append(f"{day},Stock,{ticker},3,4,5,6,{0.8 * shares:.6f},9999,7,90,{0.2 * shares:.6f},80,500,60")
        name = f"individual_security_{quarter.year}_q{quarter.quarter}{'0' if quarter.quarter == 2 else ''}.zip"
        member = f"q{quarter.quarter}_{quarter.year}_all__csv"
        found[FOLDER + name] = zipped(README__txt=b"MAR User Data", **{member: "\n".join([*lines, ""]).encode()})
    return found


def page(told: Told) -> bytes:
    """The page that lists them, beside those by exchange."""
    links = "".join(f'<a href="{address.removeprefix("https://www.sec.gov")}">x</a>' for address in zips(told))
    other = '<a href="/files/x/individual_security_exchange_2023_q3.zip">y</a>'
    return f"<html><body>{other}{links}</body></html>".encode()
