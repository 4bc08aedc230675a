"""Frames of any library as SQL reads them: pandas, polars, a DuckDB relation, whatever streams Arrow."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, TypeGuard, runtime_checkable

import duckdb
import pandas as pd

from active_edge.errors import DataError
from active_edge.market.database import connect


@runtime_checkable
class ArrowStream(Protocol):
    """Anything that gives its rows as an Arrow C stream: frames of polars, relations of DuckDB, tables of pyarrow.

    Source: the Arrow PyCapsule interface, arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html.
    """

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


Frame: TypeAlias = pd.DataFrame | ArrowStream


class _Streamed:
    """A frame by its stream alone: that DuckDB reads by itself, while for a library it knows it asks for pyarrow."""

    def __init__(self, frame: ArrowStream) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def is_frame(given: Any) -> TypeGuard[Frame]:
    """Whether it is a frame that `register_frame` takes."""
    return isinstance(given, (pd.DataFrame, ArrowStream)) and not isinstance(given, pd.Series)


def register_frame(connection: duckdb.DuckDBPyConnection, name: str, frame: Frame) -> None:
    """Make a frame readable by SQL as the view `name` of a connection.

    Named levels of a pandas index are columns; an index without a name is left out.

    Raises
    ------
    DataError
        A column of a pandas frame has a name that is no text.
    duckdb.Error
        A column is of a type that SQL does not know.
    """
    if isinstance(frame, pd.DataFrame):
        connection.register(name, plain_text(_with_index(frame)))
    else:
        connection.register(name, _Streamed(frame))


def as_pandas(frame: Frame) -> pd.DataFrame:
    """The frame of any library as a pandas frame; a pandas frame is itself.

    Raises
    ------
    DataError
        A column is of a type that cannot be read.
    """
    if isinstance(frame, pd.DataFrame):
        return frame
    with connect() as connection:
        try:
            register_frame(connection, "given", frame)
            return connection.table("given").df()
        except duckdb.Error as error:
            raise DataError(f"{frame_name(frame)}: cannot be read ({str(error).splitlines()[0]})") from error


def frame_name(frame: object) -> str:
    """What a message calls a frame: the library's name and the frame's type."""
    kind = type(frame)
    return f"a {kind.__module__.partition('.')[0].lstrip('_')} {kind.__name__}"


def plain_text(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with text columns as plain objects and missing text as None, which DuckDB reads as null."""
    plain = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.StringDtype) or column.dtype == object:
            plain[name] = column.astype(object).where(column.notna(), None)
        else:
            plain[name] = column
    return pd.DataFrame(plain, index=frame.index)


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    named = [name for name in frame.index.names if name is not None]
    whole = frame.reset_index(level=named) if named else frame
    for column in whole.columns:
        if not isinstance(column, str):
            raise DataError(f"column {column!r} has a name that is no text; name the columns as the table's")
    if whole.columns.has_duplicates:
        twice = whole.columns[whole.columns.duplicated()][0]
        raise DataError(f"column {twice!r} is given twice; keep one")
    return whole
