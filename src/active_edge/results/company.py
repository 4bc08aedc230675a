"""One company as it was known on a day, gathered from a market and written as a page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from active_edge.evaluation import evaluate, on_session
from active_edge.explaining.names import explain_name
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.panel.filed import told_by
from active_edge.report.company_page import CompanyPage, render_company
from active_edge.report.document import write_page
from active_edge.schema import ITEMS
from active_edge.screen import Screen

YEARS = 10
UNITS = {"flow": "USD", "instant": "USD", "share": "share", "per_share": ""}
COUNTS = frozenset({"shares_outstanding", "shares_diluted", "shares_basic"})
INSIDERS = "insider_ownership"
COMPANIES = "companies"


def write_company(market: Market, ticker: str, on: str, out: Path, screen: Screen | None = None) -> Path:
    """The page of a company on a day, in the folder `companies` of the results folder.

    Raises
    ------
    MissingInput : the market has no such ticker on that day, or the day lies outside it.
    """
    page = company_page(market, ticker, on, screen)
    name = "".join(letter if letter.isalnum() else "_" for letter in page.ticker)
    return write_page(render_company(page), out / COMPANIES / f"{name}-{page.on}.html")


def company_page(market: Market, ticker: str, on: str, screen: Screen | None = None) -> CompanyPage:
    """Everything the page of a company shows."""
    dates = on_session(market, on)
    column = market.asset_of(ticker, dates[0])
    told, listing = told_by(market, column, dates[0]), market.securities.iloc[column]
    rules = None
    if screen is not None:
        rules = explain_name(evaluate(screen, Panel(market, dates)), 0, column)
    latest, said = _latest(told)
    return CompanyPage(
        ticker=str(listing["ticker"]),
        name="" if pd.isna(listing["name"]) else str(listing["name"]),
        on=str(dates[0].date()),
        simulated=market.simulated,
        figures=yearly(told),
        units={item: "" if item in COUNTS else UNITS[kind] for item, kind in ITEMS.items()},
        legs=_newest(told[told["item"].isin([item for item, kind in ITEMS.items() if kind == "share"])]),
        insiders=_by_filing(told, INSIDERS),
        latest=latest,
        latest_filing=said,
        rules=rules,
        screen="" if screen is None else screen.name,
        cik=None if pd.isna(listing["cik"]) else int(listing["cik"]),
    )


def yearly(told: pd.DataFrame) -> pd.DataFrame:
    """(n_items, at most 10) figures of the last fiscal years, newest first, each as filed last.

    A fiscal year ends where a figure of twelve months does; balances are those of the same days.
    """
    ends = sorted(told.loc[told["months"] == 12, "period_end"].unique(), reverse=True)[:YEARS]
    kinds = told["item"].map(ITEMS)
    rows = told[
        told["period_end"].isin(ends) & ((told["months"] == 12) | ((told["months"] == 0) & (kinds == "instant")))
    ]
    if rows.empty:
        return pd.DataFrame()
    last = rows.drop_duplicates(["item", "period_end"], keep="last")
    table = last.pivot(index="item", columns="period_end", values="value")
    table = table.reindex(index=[item for item in ITEMS if item in table.index], columns=ends)
    return table.set_axis([str(pd.Timestamp(end).date()) for end in ends], axis=1)


def _newest(rows: pd.DataFrame) -> pd.DataFrame:
    """The newest row of each item."""
    return rows.sort_values(["item", "filed", "period_end"], kind="stable").drop_duplicates("item", keep="last")


def _by_filing(told: pd.DataFrame, item: str) -> pd.Series:
    """An item by the day it was filed, the newest period of each day."""
    rows = told[told["item"] == item].sort_values(["filed", "period_end"], kind="stable")
    last = rows.drop_duplicates("filed", keep="last")
    return pd.Series(last["value"].to_numpy(dtype=float), index=pd.DatetimeIndex(last["filed"]))


def _latest(told: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """What the latest filing told, beside what was told before; and the filing in words."""
    columns = ["item", "months", "period_end", "value", "before"]
    if told.empty:
        return pd.DataFrame(columns=columns), ""
    day = told["filed"].max()
    new = told[told["filed"] == day].drop_duplicates(["item", "months"], keep="last")
    old = told[told["filed"] < day].drop_duplicates(["item", "months"], keep="last")
    both = new.merge(
        old[["item", "months", "value"]].rename(columns={"value": "before"}), on=["item", "months"], how="left"
    )
    words = [
        str(value) for value in (new["form"].iloc[0], new["accession"].iloc[0]) if value is not None and value == value
    ]
    return both[columns], ", ".join([str(pd.Timestamp(day).date()), *words])
