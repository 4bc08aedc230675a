"""One company as it was known on a day, gathered from a market and written as a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.evaluation import evaluate, on_session
from active_edge.explaining.names import explain_name
from active_edge.market import Market
from active_edge.market.audit.company_doubts import company_doubts
from active_edge.market.passages import KEY
from active_edge.panel import Panel
from active_edge.panel.filed import quoted_by, told_by, told_by_each
from active_edge.progress import Progress, silent
from active_edge.report.company_page import CompanyPage, render_companies, render_company
from active_edge.report.document import write_library, write_page
from active_edge.report.index import INDEX_PAGE
from active_edge.results.index import COMPANIES, page_title, write_index
from active_edge.run.backtest import Result
from active_edge.schema import ITEMS
from active_edge.screen import Screen

YEARS = 10
UNITS = {"flow": "USD", "instant": "USD", "share": "share", "per_share": ""}
COUNTS = frozenset({"shares_outstanding", "shares_diluted", "shares_basic"})
INSIDERS = "insider_ownership"
SHARES = tuple(item for item, kind in ITEMS.items() if kind == "share")
STAMPED = "SIMULATED · "
"""How the title of a page about invented companies begins."""


def write_company(
    market: Market, ticker: str, on: str, out: Path, screen: Screen | None = None, *, shared: bool = False
) -> Path:
    """The page of a company on a day, in the folder `companies` of the results folder, whose lists then name it.

    Parameters
    ----------
    shared : the drawing library in a file of the results folder instead of in the page.

    Raises
    ------
    MissingInput : the market has no such ticker on that day, or the day lies outside it.
    """
    page = company_page(market, ticker, on, screen)
    written = _write(replace(page, library=_shared_library(out) if shared else ""), out)
    write_lists(out)
    return written


def write_companies(
    result: Result, out: Path, *, ever: bool = False, progress: Progress = silent
) -> tuple[dict[str, str], str]:
    """Pages of all that the last decision of a run holds, with the rules of its screen, and the library they share.

    Parameters
    ----------
    ever : of every name that any decision held, as known at the last that did.

    Returns
    -------
    ticker -> address of its page, and the address of the library, both relative to the folder of a run in `out`.
    """
    market, evaluation, targets = result.market, result.decision.evaluation, result.targets
    library = _shared_library(out)
    last, pages = targets.last_held, dict[str, str]()
    rows = [row for row in np.unique(last).tolist() if row >= 0 and (ever or row == len(targets.dates) - 1)]
    wanted = int(np.isin(last, rows).sum())
    for row in rows:
        day = targets.dates[row]
        columns = [market.assets.get_loc(asset) for asset in targets.assets[last == row]]
        for column, told in told_by_each(market, columns, day).items():
            progress("pages of companies", len(pages), wanted)
            rules = explain_name(evaluation, row, column)
            page = replace(_page(market, column, day, told, rules, evaluation.screen.name), library=library)
            pages[page.ticker] = f"../{COMPANIES}/{_write(page, out).name}"
    progress("pages of companies", wanted, wanted)
    return pages, library


def write_lists(out: Path) -> None:
    """The list of the pages of companies, and that of all results, which leads to it."""
    folder = out / COMPANIES
    if folder.is_dir():
        titles = {path.name: page_title(path) for path in sorted(folder.glob("[!.]*.html")) if path.name != INDEX_PAGE}
        stamped = [title.startswith(STAMPED) for title in titles.values()]
        told = {name: title.removeprefix(STAMPED).rpartition(" on ") for name, title in titles.items()}
        pages = {name: (ticker, day) for name, (ticker, _, day) in told.items()}
        write_page(render_companies(pages, simulated=any(stamped)), folder / INDEX_PAGE)
    write_index(out)


def company_page(market: Market, ticker: str, on: str, screen: Screen | None = None) -> CompanyPage:
    """Everything the page of a company shows."""
    dates = on_session(market, on)
    column = market.asset_of(ticker, dates[0])
    rules = None if screen is None else explain_name(evaluate(screen, Panel(market, dates)), 0, column)
    told = told_by(market, column, dates[0])
    return _page(market, column, dates[0], told, rules, "" if screen is None else screen.name)


def _page(
    market: Market, column: int, day: pd.Timestamp, told: pd.DataFrame, rules: pd.DataFrame | None, screen: str
) -> CompanyPage:
    listing = market.securities.iloc[column]
    latest, said = _latest(told)
    return CompanyPage(
        ticker=str(listing["ticker"]),
        name="" if pd.isna(listing["name"]) else str(listing["name"]),
        on=str(day.date()),
        simulated=market.simulated,
        figures=yearly(told),
        units={item: "" if item in COUNTS else UNITS[kind] for item, kind in ITEMS.items()},
        legs=_quoted(_newest(told[told["item"].isin(SHARES)]), quoted_by(market, column, day)),
        insiders=_by_filing(told, INSIDERS),
        latest=latest,
        latest_filing=said,
        rules=rules,
        screen=screen,
        cik=None if pd.isna(listing["cik"]) else int(listing["cik"]),
        doubts=company_doubts(market, column, day, told),
    )


def _write(page: CompanyPage, out: Path) -> Path:
    return write_page(render_company(page), out / COMPANIES / f"{_filed_as(page.ticker)}-{page.on}.html")


def _filed_as(ticker: str) -> str:
    """A ticker in the name of its page; a letter that a path or an address may not hold is its number."""
    return "".join(one if one.isascii() and one.isalnum() else f"_{ord(one):x}" for one in ticker)


def pages_of(tickers: Iterable[str], on: str, out: Path) -> dict[str, str]:
    """Ticker -> address, relative to `out`, of the last page made of it as of `on` or before; only those there are."""
    found = {}
    for ticker in tickers:
        name = _filed_as(ticker)
        pages = sorted(path.name for path in (out / COMPANIES).glob(f"{name}-????-??-??.html"))
        known = [page for page in pages if page <= f"{name}-{on}.html"]
        if known:
            found[ticker] = f"{COMPANIES}/{known[-1]}"
    return found


def _shared_library(out: Path) -> str:
    return f"../{write_library(out).name}"


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


def _quoted(legs: pd.DataFrame, quoted: pd.DataFrame | None) -> pd.DataFrame:
    """The rows with a column `passage`, where the snapshot keeps passages: null where it has none of a row."""
    return legs if quoted is None else legs.merge(quoted, on=list(KEY), how="left")


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
