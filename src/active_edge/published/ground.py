"""The tables of a ground that published files give, and those that come with the program's own libraries."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pandas as pd

from active_edge.article.from_market import RATES, ground_of_market
from active_edge.article.ground import Ground, Table
from active_edge.errors import DataError, MissingInput
from active_edge.market import open_market
from active_edge.market.memory import require_fit
from active_edge.published.return_files import (
    CURRENT,
    PUBLISHED,
    SERIES,
    month_table,
    read_published_folder,
    series_rows,
)
from active_edge.published.shipped_returns import shipped_returns

DAILY, SIZE_COUNTS = "etf_adjusted_close_daily.parquet", "tidy_ME_nfirms.csv"
THIRDS = ("Lo 30", "Med 40", "Hi 30")


def ground_of_folder(folder: Path, on: pd.Timestamp | None = None) -> Ground:
    """The ground of a market folder, or of a folder with `published/*.csv` and `series/*.parquet`.

    Raises
    ------
    MissingInput : it is neither of the two; the message says what to run.
    BacktestError : what is asked of all companies would not fit into memory.
    """
    if (folder / CURRENT).is_file():
        market = open_market(folder)
        require_fit(market)
        return ground_of_market(market, on)
    if not ((folder / PUBLISHED).is_dir() or (folder / SERIES).is_dir()):
        raise MissingInput(
            f"{folder}: holds neither published/*.csv nor a stored market; import it first: active-edge data import "
            f"{folder} --data M"
        )
    returns = cache(partial(read_published_folder, folder))
    makers: dict[str, Callable[[], Table]] = {}
    if (folder / PUBLISHED).is_dir():
        makers |= {
            "factors": lambda: Table(returns().factors, returns().origin("factors")),
            "quality": lambda: Table(returns().quality, returns().origin("quality")),
            "sorted": lambda: Table(returns().portfolios, returns().origin("portfolios")),
            "capital": lambda: Table(returns().capital, returns().origin("portfolios")),
            "firm_counts": partial(_counts, folder),
        }
    makers |= {"funds": partial(_funds, folder), "rates": partial(_rates, folder)}
    return Ground(makers, on=on)


def shipped_ground(on: pd.Timestamp | None = None) -> Ground:
    """The ground of the real monthly returns that come with libraries of the lock, offline."""
    data = cache(shipped_returns)
    return Ground({"factors": lambda: Table(data().long_factors, data().origin("long_factors"))}, on=on)


def joined(grounds: list[Ground]) -> Ground:
    """One ground of several: each table from the first that has it.

    Raises
    ------
    DataError : simulated and real ones are given together.
    """
    if len({ground.simulated for ground in grounds}) > 1:
        raise DataError("a simulated market and real data are never answered together; name one of them")
    makers: dict[str, Callable[[], Table]] = {}
    for ground in grounds:
        for name in ground.makers:
            makers.setdefault(name, partial(_first, [one for one in grounds if name in one.makers], name))
    market = next((ground.market for ground in grounds if ground.market is not None), None)
    return Ground(makers, simulated=grounds[0].simulated, on=grounds[0].on, market=market)


def _first(grounds: list[Ground], name: str) -> Table:
    refused: list[str] = []
    for ground in grounds:
        try:
            return Table(ground.frame(name), ground.origin(name))
        except MissingInput as error:
            refused.append(str(error))
    raise MissingInput("; ".join(refused))


def _funds(folder: Path) -> Table:
    path = folder / SERIES / DAILY
    rows = series_rows(path)
    table = rows.pivot(index="session", columns="series", values="adj_close").sort_index()
    table.index = pd.DatetimeIndex(table.index)
    kept = [name for name in table.columns if str(name).isalpha()]
    return Table(table[kept], "daily adjusted closes of funds alive today (dividends in, fees out)")


def _rates(folder: Path) -> Table:
    found = {}
    if (folder / SERIES / "fred.parquet").is_file():
        rows = series_rows(folder / SERIES / "fred.parquet")
        for name in RATES:
            inside = rows[rows["series"] == name].drop_duplicates("date", keep="last")
            if len(inside):
                found[name] = pd.Series(inside["value"].to_numpy(float), index=pd.DatetimeIndex(inside["date"]))
    vix = folder / SERIES / "vix_ohlc_daily.parquet"
    if vix.is_file():
        rows = series_rows(vix)
        found["VIXCLS"] = pd.Series(rows["Close"].to_numpy(float), index=pd.DatetimeIndex(rows["session"]))
    if not found:
        raise MissingInput(f"{folder / SERIES}: holds neither fred.parquet nor vix_ohlc_daily.parquet")
    return Table(pd.DataFrame(found).sort_index(), "FRED and the VIX of the day")


def _counts(folder: Path) -> Table:
    path = folder / PUBLISHED / SIZE_COUNTS
    if not path.is_file():
        raise MissingInput(f"{folder / PUBLISHED}: has no {SIZE_COUNTS}")
    frame = month_table(folder, SIZE_COUNTS)
    listed = frame[[name for name in THIRDS if name in frame]].sum(axis=1)
    return Table(
        pd.DataFrame({"listed": listed}), f"companies in Kenneth French's size portfolios, to {listed.index[-1]:%Y-%m}"
    )
