"""A user's own numbers by date, in a file or in memory, as one pandas frame indexed by day."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TypeAlias

import duckdb
import numpy as np
import pandas as pd

from active_edge.errors import DataError
from active_edge.market.database import connect
from active_edge.market.files import csv_text, parquet
from active_edge.market.frames import Frame, as_pandas, frame_name, is_frame
from active_edge.market.separated import misplaced_header
from active_edge.number_text import number_hint
from active_edge.ordinary import ordinary
from active_edge.words import listed

Dated: TypeAlias = "pd.Series | Frame | str | Path"
"""A dated Series, a frame of any library with dates as index or column, or a ``.csv`` or ``.parquet`` file of one."""
DATE_COLUMNS = ("date", "session", "day", "month", "decided")
"""Names of a column of dates; a column that holds dates needs none of them."""
NAME_COLUMNS = ("ticker", "asset", "symbol")
"""Names of a column of tickers or asset ids, in a table with a row for each date and name."""
NAMES_SHOWN = 6
MONTH = r"\d{4}-?\d{2}"
DAY = r"\d{4}-?\d{2}-?\d{2}(?:[T ].*)?"


def dated_frame(given: Dated, what: str) -> pd.DataFrame:
    """The numbers by date: (n, k) float64, NaN where there is none, indexed by rising days without time or zone.

    A month written ``2016-06`` is its last day. The columns keep their names; a Series without one is named `what`.

    Parameters
    ----------
    what : what a message calls it, such as ``returns``.

    Raises
    ------
    DataError
        The file cannot be read, there are no dates, a date is none or is given twice, or a value is not a number.
    """
    return _by_date(_indexed(given, what), what)


def wide_or_long(given: Dated, what: str, *, amount: str) -> pd.DataFrame:
    """As `dated_frame`, of a table that has a column for each name, or a row for each date and name.

    Parameters
    ----------
    amount : what the column of numbers is called in a table with a row for each date and name, or with an ``s`` after
        it; the column of names is called ticker, asset or symbol.

    Raises
    ------
    DataError
        As `dated_frame`; or a date and name stand twice, a name is empty, or there is a column more.
    """
    frame = _indexed(given, what)
    called = {str(column).strip().lower(): column for column in frame.columns}
    names = [called[word] for word in NAME_COLUMNS if word in called]
    if not names or not (pd.api.types.is_string_dtype(frame[names[0]].dtype) or frame[names[0]].dtype == object):
        return _by_date(frame, what)
    amounts = [called[word] for word in (amount, f"{amount}s") if word in called]
    more = [str(column) for column in frame.columns if column not in {*names[:1], *amounts[:1]}]
    if not amounts or more:
        why = f"the columns {listed(more)} have no meaning here" if amounts else f"no column is called {amount}"
        form = f"a table with a row for each date and {names[0]} has the columns date, {names[0]} and {amount}"
        raise DataError(f"{what}: {form}; {why}")
    days = _days(frame.index, what)
    labels = frame[names[0]].astype("str").str.strip().to_numpy()
    empty = np.flatnonzero(frame[names[0]].isna().to_numpy() | (labels == ""))
    if len(empty):
        raise DataError(f"{what}: row {empty[0] + 1}, {days[empty[0]].date()}: the {names[0]} is empty; name it")
    rows = pd.DataFrame({"day": days, "name": labels, "amount": _numbers(frame[amounts[0]], days, what)})
    twice = np.flatnonzero(rows.duplicated(["day", "name"]))
    if len(twice):
        day, label = days[twice[0]].date(), labels[twice[0]]
        raise DataError(f"{what}: row {twice[0] + 1}: {label} on {day} is given twice; keep one row for each")
    table = rows.pivot(index="day", columns="name", values="amount")
    return pd.DataFrame(table.to_numpy(), index=pd.DatetimeIndex(table.index), columns=list(table.columns))


def _by_date(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    days = _days(frame.index, what)
    if not days.is_unique:
        raise DataError(f"{what}: {days[days.duplicated()][0].date()} is given twice; keep one row for each date")
    columns = {str(name): _numbers(frame[name], days, what) for name in frame.columns}
    return pd.DataFrame(columns, index=days).sort_index()


def _indexed(given: Dated, what: str) -> pd.DataFrame:
    """Everything as a frame whose index holds the dates, whatever form they have."""
    if isinstance(given, pd.Series):
        return given.to_frame(what if given.name is None else given.name)
    if isinstance(given, str | Path):
        frame = _read(Path(given), what)
    elif is_frame(given):
        frame = as_pandas(given)
    else:
        raise DataError(
            f"{what}: {frame_name(given)} is no dated series; give a Series, a frame or a .csv or .parquet file"
        )
    if frame.empty:
        raise DataError(f"{what}: there are no values; give a date and at least one value for each row")
    if frame.columns.nlevels > 1 or frame.index.nlevels > 1:
        where = "columns" if frame.columns.nlevels > 1 else "rows"
        raise DataError(f"{what}: the {where} have names of several levels; give one (reset_index, droplevel)")
    columns = pd.Index([str(name) for name in frame.columns])
    if not columns.is_unique:
        raise DataError(f"{what}: two columns are called {columns[columns.duplicated()][0]}; give each its own name")
    if isinstance(frame.index, pd.DatetimeIndex | pd.PeriodIndex):
        return frame
    named = [name for name in frame.columns if str(name).strip().lower() in DATE_COLUMNS]
    typed = [name for name in frame.columns if pd.api.types.is_datetime64_any_dtype(frame[name].dtype)]
    found = named or typed
    if not found and not pd.api.types.is_numeric_dtype(frame.index.dtype):
        return frame  # dates written as text; what is none is told with its row
    if len(found) != 1:
        names = listed([str(name) for name in (found or frame.columns)[:NAMES_SHOWN]])
        why = "may each be the date" if found else f"are the columns, and none is called {listed(DATE_COLUMNS)}"
        raise DataError(f"{what}: {names} {why}; name the one that holds the dates date")
    return frame.set_index(found[0])


def _read(path: Path, what: str) -> pd.DataFrame:
    if path.suffix not in (".csv", ".parquet"):
        raise DataError(f"{path}: {what} must be a .csv or .parquet file")
    try:
        ordinary(path)
        source = parquet(path) if path.suffix == ".parquet" else csv_text(path, _header(path))
        with connect() as connection:
            return connection.execute(f"SELECT * FROM {source}").df()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); name a readable file") from error
    except (UnicodeDecodeError, csv.Error, duckdb.Error) as error:
        reason = str(error).strip().splitlines()[0]
        said = f"cannot be read ({reason}); CSV must be UTF-8 with a header line"
        raise DataError(f"{path}: {misplaced_header(path) or said}") from error


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        header = [name.strip() for name in next(csv.reader(text), [])]
    if len(header) < 2 or len(set(header)) < len(header) or not all(header[1:]):
        said = f"the first line must name a date and each column once; it is {','.join(header)!r}"
        raise DataError(f"{path}: {misplaced_header(path) or said}")
    return [header[0] or DATE_COLUMNS[0], *header[1:]]


def _days(index: pd.Index, what: str) -> pd.DatetimeIndex:
    """Days of an index of dates, periods or text."""
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp(how="end").normalize()
    if isinstance(index, pd.DatetimeIndex):
        days = index.tz_localize(None).normalize()
    else:
        text = pd.Series(index).astype("str").str.strip()
        months = text.str.fullmatch(MONTH).to_numpy()
        whole = text.where(~months, text.str.slice(0, 4) + "-" + text.str.slice(-2) + "-01")
        dates = whole.where(whole.str.fullmatch(DAY))
        days = pd.DatetimeIndex(pd.to_datetime(dates, format="ISO8601", errors="coerce"))
        days = days.where(~months, days + pd.offsets.MonthEnd(0)).normalize()
    missing = np.flatnonzero(days.isna())
    if len(missing):
        raise DataError(
            f"{what}: row {missing[0] + 1}: {str(index[missing[0]])!r} is not a date; write it as "
            "2016-06-30, or a month as 2016-06"
        )
    return days


def _numbers(column: pd.Series, days: pd.DatetimeIndex, what: str) -> np.ndarray:
    """(n,) float64; NaN where a value is missing, empty text or ``nan``."""
    given = column.to_numpy(dtype=object)
    empty = np.array(
        [value is None or value is pd.NA or str(value).strip().lower() in ("", "nan") for value in given], dtype=bool
    )
    no_number = empty | np.array([isinstance(value, complex) for value in given], dtype=bool)
    numbers = pd.to_numeric(pd.Series(np.where(no_number, np.nan, given), dtype=object), errors="coerce")
    values: np.ndarray = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~empty & ~np.isfinite(values))
    if len(wrong):
        raise DataError(
            f"{what}: {column.name} on {days[wrong[0]].date()}: {given[wrong[0]]!r} is not a finite number; "
            + (number_hint(str(given[wrong[0]])) or "correct it or leave it empty")
        )
    return values
