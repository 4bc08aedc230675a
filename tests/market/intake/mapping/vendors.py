"""A made-up market of forty companies, written down as vendors write theirs; layouts are public, numbers are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.sessions import sessions_between

NAMES = tuple(f"{a}{b}Q" for a in "ABCDEFGH" for b in "KLMNP")
SECTORS = ("Industrials", "Health Care", "Financials", "Information Technology", "Energy")


@dataclass(frozen=True)
class Drawn:
    """(sessions × names) closes in USD as quoted and total returns; shares of each name; a 2:1 split of the first."""

    closes: pd.DataFrame
    returns: pd.DataFrame
    shares: pd.Series


def drawn(start: str, end: str, seed: int = 5) -> Drawn:
    """Prices without drift in their differences, with a dividend of 2 % a year spread over the days."""
    rng = np.random.default_rng(seed)
    days = sessions_between(start, end)
    moves = 0.0003 + 0.012 * rng.standard_normal((len(days), 1)) + 0.02 * rng.standard_normal((len(days), len(NAMES)))
    moves[0] = 0.0
    closes = pd.DataFrame(20.0 * np.cumprod(1 + moves, axis=0), index=days, columns=NAMES)
    returns = pd.DataFrame(moves + 0.02 / 252, index=days, columns=NAMES)
    shares = pd.Series(rng.uniform(2e7, 8e7, len(NAMES)).round(), index=NAMES)
    return Drawn(closes, returns, shares)


def quarters(market: Drawn) -> pd.DataFrame:
    """Figures of each name and quarter, USD: one row a filing, forty days after the quarter's end."""
    rng = np.random.default_rng(9)
    ends = pd.date_range(market.closes.index[0], market.closes.index[-1], freq="QE")[:-1]
    rows = []
    for name in NAMES:
        size = rng.uniform(5e7, 4e8)
        for end in ends:
            sales = size * rng.uniform(0.9, 1.1)
            rows.append(
                (name, end, end + pd.Timedelta(days=40), sales, 0.6 * sales, 0.08 * sales, 4 * size, 1.5 * size)
            )
    columns = ["ticker", "end", "filed", "revenue", "cost", "income", "assets", "liabilities"]
    return pd.DataFrame(rows, columns=columns)


def write_simfin(folder: Path, market: Drawn) -> None:
    """us-shareprices-daily.csv, us-income-quarterly.csv, us-companies.csv: semicolons, costs negative."""
    folder.mkdir()
    level = (1 + market.returns).cumprod() * 20
    prices = _long(market.closes, "Close").assign(
        **{"Adj. Close": _long(level, "x")["x"], "Volume": 300_000, "Dividend": "", "SimFinId": 1}
    )
    prices["Shares Outstanding"] = prices["Ticker"].map(market.shares).astype(int)
    for column in ("Open", "High", "Low"):
        prices[column] = prices["Close"]
    order = ["Ticker", "SimFinId", "Date", "Open", "High", "Low", "Close", "Adj. Close", "Volume", "Dividend"]
    prices[[*order, "Shares Outstanding"]].to_csv(folder / "us-shareprices-daily.csv", sep=";", index=False)
    told = quarters(market)
    income = pd.DataFrame(
        {
            "Ticker": told["ticker"], "SimFinId": 1, "Currency": "USD", "Fiscal Year": told["end"].dt.year,
            "Fiscal Period": "Q" + told["end"].dt.quarter.astype(str), "Report Date": told["end"],
            "Publish Date": told["filed"], "Restated Date": told["filed"], "Revenue": told["revenue"].round(),
            "Cost of Revenue": -told["cost"].round(), "Net Income": told["income"].round(),
        }
    )  # fmt: skip
    income.to_csv(folder / "us-income-quarterly.csv", sep=";", index=False)
    companies = pd.DataFrame({"Ticker": NAMES, "SimFinId": 1, "Company Name": [f"{n} Inc" for n in NAMES], "CIK": ""})
    companies["CIK"] = range(1001, 1001 + len(NAMES))
    companies.to_csv(folder / "us-companies.csv", sep=";", index=False)


def write_sharadar(folder: Path, market: Drawn) -> None:
    """SHARADAR_SEP.csv, SHARADAR_SF1.csv, SHARADAR_TICKERS.csv: three kinds of close, figures in two dimensions."""
    folder.mkdir()
    split = market.closes.index >= market.closes.index[len(market.closes) // 2]
    quoted = market.closes.copy()
    quoted.loc[split, NAMES[0]] /= 2.0
    adjusted = market.closes.copy()
    adjusted[NAMES[0]] /= 2.0
    prices = _long(adjusted, "close").rename(columns={"Ticker": "ticker", "Date": "date"})
    prices["closeunadj"] = _long(quoted, "x")["x"]
    prices["closeadj"] = _long((1 + market.returns).cumprod() * 7, "x")["x"]
    for column in ("open", "high", "low"):
        prices[column] = prices["close"]
    prices["volume"], prices["lastupdated"] = 300_000, "2024-01-01"
    order = ["ticker", "date", "open", "high", "low", "close", "volume", "closeadj", "closeunadj", "lastupdated"]
    prices[order].to_csv(folder / "SHARADAR_SEP.csv", index=False)
    told = quarters(market)
    figures = pd.DataFrame(
        {
            "ticker": told["ticker"], "dimension": "ARQ", "calendardate": told["end"], "datekey": told["filed"],
            "reportperiod": told["end"], "lastupdated": "2024-01-01", "assets": told["assets"], "cor": told["cost"],
            "gp": told["revenue"] - told["cost"], "liabilities": told["liabilities"], "netinc": told["income"],
            "revenue": told["revenue"], "sharesbas": told["ticker"].map(market.shares),
        }
    )  # fmt: skip
    restated = figures.assign(dimension="MRQ", revenue=figures["revenue"] * 3)
    pd.concat([figures, restated]).to_csv(folder / "SHARADAR_SF1.csv", index=False)
    names = pd.DataFrame({"table": "SEP", "permaticker": range(len(NAMES)), "ticker": NAMES, "name": NAMES})
    names["exchange"], names["category"], names["siccode"] = "NYSE", "Domestic Common Stock", 3560
    names["sector"] = [SECTORS[i % len(SECTORS)] for i in range(len(NAMES))]
    pd.concat([names, names.assign(table="SF1")]).to_csv(folder / "SHARADAR_TICKERS.csv", index=False)


def write_holdings(folder: Path, market: Drawn) -> None:
    """IWM_holdings_YYYYMMDD.csv of each session: a preamble, quoted thousands, a cash line, a disclaimer."""
    folder.mkdir()
    for day, row in market.closes.iterrows():
        assert isinstance(day, pd.Timestamp)
        lines = ["\ufeffiShares Russell 2000 ETF", f'Fund Holdings as of,"{day:%b %d, %Y}"', 'Stock,"-"', " "]
        lines.append("Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price,Exchange")
        for i, (name, price) in enumerate(row.items()):
            value = f'"{price * 1000:,.2f}"'
            sector = SECTORS[i % len(SECTORS)]
            lines.append(
                f'"{name}","{name} INC","{sector}","Equity",{value},"2.50",{value},"1,000.00","{price:,.2f}","NYSE"'
            )
        lines.append('"XTSLA","CASH FUND","Cash and/or Derivatives","Money Market","9,000.00","0.1","9","9","1.00","-"')
        lines += [" ", '"The content contained herein is owned or licensed by BlackRock"']
        (folder / f"IWM_holdings_{day:%Y%m%d}.csv").write_text("\n".join(lines), encoding="utf-8")


def _long(wide: pd.DataFrame, value: str) -> pd.DataFrame:
    named = wide.rename_axis(index="Date", columns="Ticker").T
    return named.stack().rename(value).reset_index()


def write_levels(folder: Path, market: Drawn) -> None:
    """levels.csv: the level of a fund, for a market without the network; IWM as the mean of all names."""
    level = 100 * (1 + market.returns.mean(axis=1)).cumprod()
    frame = pd.DataFrame({"series": "IWM", "date": level.index, "value": level.to_numpy()})
    frame.to_csv(folder / "levels.csv", index=False)
