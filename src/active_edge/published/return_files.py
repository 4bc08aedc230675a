"""Published returns for the evidence, read from a folder of published files or from a market folder."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from active_edge.choice import chosen_folder
from active_edge.errors import DataError, MissingInput
from active_edge.market import Market, open_market
from active_edge.market.database import connect
from active_edge.market.files import csv_text, parquet
from active_edge.published.returns import CASH, FIVE_FACTORS, PRICE_INDICES, PublishedReturns
from active_edge.sessions import sessions_between

PUBLISHED, SERIES, CURRENT = "published", "series", "CURRENT"
PERCENT = 100.0
LARGEST_MONTH = 2.0
"""A monthly return beyond ±200 % of a diversified portfolio is a unit error: percent taken for decimals."""
LONGEST_WAIT = pd.Timedelta(days=7)
"""Days between two sessions of a month at most; the exchange was shut for so long in September 2001."""
SHAPE = 5
FACTOR_COLUMNS = {"Mkt-RF": "MKT_RF", "UMD": "MOM"}
QUALITY_COLUMNS = {"HML_FF": "HML"}
LIBRARY = "Kenneth French's data library"


def load_published_returns(data: str | Path | None = None) -> PublishedReturns:
    """The published returns of the folder named, else of ACTIVE_EDGE_DATA.

    Parameters
    ----------
    data : a folder with `published/*.csv` and `series/*.parquet`, or a market folder with fund and factor series.

    Raises
    ------
    MissingInput
        No folder is named, or it is neither of the two; the message says what to run.
    DataError
        A file in it is not what its name says.
    """
    folder = chosen_folder(data)
    if folder is None:
        raise MissingInput(
            "no returns to test: name a folder with --data or ACTIVE_EDGE_DATA. To fetch funds, factors and rates "
            "(seconds): active-edge data pull --quick --data data/us --identity 'Your Name you@example.org', then "
            "--data data/us"
        )
    if (folder / PUBLISHED).is_dir():
        return read_published_folder(folder)
    if (folder / CURRENT).is_file():
        return read_market(open_market(folder))
    raw = (folder / "series.parquet").is_file() or (folder / "series.csv").is_file()
    raise MissingInput(
        f"{folder}: holds neither published/*.csv nor a stored market; "
        + (
            f"import it first: active-edge data import {folder} --data M"
            if raw
            else f"fetch one: active-edge data pull --quick --data {folder} --identity 'Your Name you@example.org'"
        )
    )


def read_published_folder(folder: Path) -> PublishedReturns:
    """Published monthly files of one folder; what is absent gives an empty frame."""
    used: list[Path] = []
    origins: dict[str, str] = {}
    funds = _funds(folder, used, origins)
    five = _months(folder, "tidy_ff5_monthly.csv", used, scale=PERCENT)
    momentum = _months(folder, "tidy_umd_monthly.csv", used, scale=PERCENT)
    if not five.empty:
        origins["factors"] = f"monthly five factors of {LIBRARY} to {five.index[-1]:%Y-%m}"
    quality = _months(folder, "tidy_aqr_us_factors.csv", used, scale=1.0).rename(columns=QUALITY_COLUMNS)
    if not quality.empty:
        origins["quality"] = f"AQR's US factors to {quality.index[-1]:%Y-%m}"
    portfolios = _portfolios(folder, "vw", used, scale=PERCENT)
    if not portfolios.empty:
        origins["portfolios"] = (
            f"25 value-weighted size × operating-profitability portfolios of {LIBRARY}, "
            f"{portfolios.index[0]:%Y-%m} to {portfolios.index[-1]:%Y-%m}"
        )
    size, firms = _portfolios(folder, "avgcap", used, scale=1.0), _portfolios(folder, "nfirms", used, scale=1.0)
    capital = size * firms if not (size.empty or firms.empty) else pd.DataFrame()
    if not used:
        raise MissingInput(f"{folder / PUBLISHED}: holds none of the files this program knows (tidy_ff5_monthly.csv …)")
    return PublishedReturns(
        source=str(folder),
        snapshot=_digest(used),
        simulated=False,
        funds=funds,
        factors=five.join(momentum, how="left").rename(columns=FACTOR_COLUMNS),
        quality=quality,
        portfolios=portfolios,
        capital=capital,
        origins=origins,
    )


def read_market(market: Market) -> PublishedReturns:
    """Monthly returns from the daily series of a stored market: fund levels, factors, monthly portfolios.

    A month's fund return needs a level on the last session of that month and of the month before; daily factors
    are compounded over whole months.
    """
    names = set(market.series_names)
    factors = [name for name in (*FIVE_FACTORS, CASH, "MOM", "QMJ") if name in names]
    sorted_names = sorted(name for name in names if name.startswith("ME_OP_"))
    others = {*factors, *sorted_names}
    levels = {name: market.series(name) for name in sorted(names - others) if _is_fund(name)}
    portfolios = pd.DataFrame({name: market.series(name) for name in sorted_names})
    if len(sorted_names) == SHAPE**2:
        portfolios = portfolios[_by_size_and_profitability(sorted_names)].set_axis(_portfolio_names(), axis=1)
    else:
        portfolios = pd.DataFrame()
    daily = {name: monthly_from_daily(market.series(name)) for name in factors}
    table = pd.DataFrame({name: series for name, series in daily.items() if name != "QMJ"})
    stored = f"market {market.path}, snapshot {market.snapshot}"
    return PublishedReturns(
        source=str(market.path),
        snapshot=market.snapshot,
        simulated=market.simulated,
        funds=pd.DataFrame({name: monthly_from_levels(level) for name, level in levels.items()}).sort_index(),
        factors=table.sort_index(),
        quality=_market_quality(table, daily.get("QMJ")),
        portfolios=portfolios,
        capital=pd.DataFrame(),
        origins={
            "funds": f"adjusted closes in {stored}",
            "factors": f"daily factors compounded by month in {stored}",
            "quality": f"daily factors compounded by month in {stored}",
            "portfolios": f"25 value-weighted size × operating-profitability portfolios in {stored}",
        },
    )


def monthly_from_levels(level: pd.Series) -> pd.Series:
    """(n_months,) simple returns between levels on the last XNYS sessions of two months in a row, by month end.

    NaN for a month without a level on its last session, and for the month after it.
    """
    known = level.dropna()
    if known.empty:
        return pd.Series(dtype=float)
    start, end = known.index[0], known.index[-1] + pd.offsets.MonthEnd(0)
    sessions = sessions_between(start, end)
    lasts = sessions[np.append(sessions.month[1:] != sessions.month[:-1], True)]
    at_ends = known.reindex(lasts)
    at_ends.index = lasts + pd.offsets.MonthEnd(0)
    returns = at_ends / at_ends.shift(1) - 1.0
    return returns.loc[returns.first_valid_index() : returns.last_valid_index()]


def monthly_from_daily(returns: pd.Series) -> pd.Series:
    """(n_months,) compounded daily returns of whole months, by month end.

    The first and the last month count only with their first and last XNYS session; a month in which more than seven
    days pass without a return is NaN. (Calendars of the 1960s do not know every holiday of those years, so single
    sessions inside a month are not asked for.)
    """
    known = returns.dropna().sort_index()
    if known.empty:
        return pd.Series(dtype=float)
    days = pd.DatetimeIndex(known.index)
    ends = days + pd.offsets.MonthEnd(0)
    compounded = (1.0 + known).groupby(ends).prod() - 1.0
    waits = pd.Series(days, index=ends).diff().groupby(level=0).max()
    compounded[waits > LONGEST_WAIT] = np.nan
    compounded = compounded.reindex(pd.date_range(ends[0], ends[-1], freq="ME"))
    opening = sessions_between(days[0].replace(day=1), ends[0])
    closing = sessions_between(days[-1], ends[-1])
    begun = opening.empty or days[0] <= opening[0]
    over = closing.empty or days[-1] >= closing[-1]
    return compounded.iloc[0 if begun else 1 : None if over else -1]


def _market_quality(table: pd.DataFrame, quality: pd.Series | None) -> pd.DataFrame:
    """QMJ beside the market's own factors; without QMJ those alone, so that the message names what is missing."""
    renamed = table.rename(columns={"MKT_RF": "MKT", "MOM": "UMD"})
    kept = renamed[[name for name in ("MKT", "SMB", "HML", "UMD") if name in renamed]]
    return kept if quality is None else kept.join(quality.rename(index="QMJ"), how="inner")


def _is_fund(name: str) -> bool:
    return name.isalpha() and name.isupper() and len(name) <= 5 and name not in PRICE_INDICES


def _funds(folder: Path, used: list[Path], origins: dict[str, str]) -> pd.DataFrame:
    """Monthly fund returns as published, else made from daily adjusted closes."""
    path = folder / PUBLISHED / "etf_monthly_total_returns.csv"
    if path.is_file():
        used.append(path)
        frame = _read_csv(path, "Date")
        frame.index = pd.DatetimeIndex(pd.to_datetime(frame.index, format="%Y-%m-%d")) + pd.offsets.MonthEnd(0)
        origins["funds"] = "month-end adjusted closes of funds alive today (dividends in, fees out)"
        return _returns(frame.dropna(how="all"), path)
    path = folder / SERIES / "etf_adjusted_close_daily.parquet"
    if not path.is_file():
        return pd.DataFrame()
    used.append(path)
    with connect() as connection:
        rows = connection.execute(f"SELECT * FROM {parquet(path)}").df()
    if "adj_close" not in rows:
        raise DataError(
            f"{path}: no column adj_close, only {', '.join(rows.columns)}; a close without dividends makes a price "
            "index, which every fund beats by construction"
        )
    table = rows.pivot(index="session", columns="series", values="adj_close").sort_index()
    funds = {str(name): monthly_from_levels(table[name]) for name in table.columns if _is_fund(str(name))}
    origins["funds"] = "daily adjusted closes of funds alive today (dividends in, fees out)"
    return _returns(pd.DataFrame(funds).sort_index(), path)


def _months(folder: Path, name: str, used: list[Path], *, scale: float) -> pd.DataFrame:
    path = folder / PUBLISHED / name
    if not path.is_file():
        return pd.DataFrame()
    used.append(path)
    frame = _read_csv(path, None)
    try:
        index = pd.to_datetime(frame.index.astype(str), format="%Y%m") + pd.offsets.MonthEnd(0)
    except ValueError as error:
        raise DataError(f"{path}: the first column must hold months like 196307 ({error})") from None
    frame.index = pd.DatetimeIndex(index)
    return _returns(frame / scale, path) if "avgcap" not in name and "nfirms" not in name else frame


def series_rows(path: Path) -> pd.DataFrame:
    """The rows of a table of daily series.

    Raises
    ------
    MissingInput : there is no such file.
    """
    if not path.is_file():
        raise MissingInput(f"{path}: no such file")
    with connect() as connection:
        return connection.execute(f"SELECT * FROM {parquet(path)}").df()


def month_table(folder: Path, name: str) -> pd.DataFrame:
    """A published table of counts by month as it stands, indexed by month ends."""
    frame = _read_csv(folder / PUBLISHED / name, None)
    return frame.set_axis(
        pd.DatetimeIndex(pd.to_datetime(frame.index.astype(int).astype(str), format="%Y%m")) + pd.offsets.MonthEnd(0)
    )


def _portfolios(folder: Path, kind: str, used: list[Path], *, scale: float) -> pd.DataFrame:
    name = f"tidy_25_ME_OP_{kind}.csv"
    frame = _months(folder, name, used, scale=scale)
    if frame.empty:
        return frame
    if frame.shape[1] != SHAPE**2:
        raise DataError(f"{folder / PUBLISHED / name}: {frame.shape[1]} portfolios, expected {SHAPE**2}")
    return frame.set_axis(_portfolio_names(), axis=1)


def _read_csv(path: Path, index: str | None) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            columns = next(csv.reader(text))
        with connect() as connection:
            frame = connection.execute(f"SELECT * FROM {csv_text(path, columns)}").df()
        return frame.set_index(index or columns[0]).astype(float)
    except (OSError, ValueError, KeyError, StopIteration, csv.Error, duckdb.Error) as error:
        raise DataError(f"{path}: is not a table of numbers by month ({error})") from None


def _returns(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    if not frame.index.is_monotonic_increasing or not frame.index.is_unique:
        raise DataError(f"{path}: months must rise and be unique")
    worst = float(frame.abs().max().max())
    if not worst <= LARGEST_MONTH:
        raise DataError(f"{path}: a monthly return of {worst:g}; expected decimals or percent as its name says")
    return frame


def _portfolio_names() -> list[str]:
    return [f"ME{size}_OP{group}" for size in range(1, SHAPE + 1) for group in range(1, SHAPE + 1)]


def _by_size_and_profitability(names: list[str]) -> list[str]:
    """The library's names in order of size, then profitability: SMALL_LoOP, ME1_OP2, …, BIG_HiOP."""

    def place(name: str) -> tuple[int, int]:
        size, group = name.removeprefix("ME_OP_").split("_")
        row = {"SMALL": 1, "BIG": SHAPE}.get(size) or int(size.removeprefix("ME"))
        return row, {"LoOP": 1, "HiOP": SHAPE}.get(group) or int(group.removeprefix("OP"))

    return sorted(names, key=place)


def _digest(files: list[Path]) -> str:
    hashes: Mapping[str, str] = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return hashlib.sha256("".join(f"{name} {hashes[name]}\n" for name in sorted(hashes)).encode()).hexdigest()[:12]
