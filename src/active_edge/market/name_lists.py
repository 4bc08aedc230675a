"""Lists of names that a user keeps beside a market: what is held, and what may not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd

from active_edge.errors import DataError
from active_edge.market.connection import in_memory
from active_edge.market.files import loose_csv
from active_edge.market.separated import misplaced_header
from active_edge.ordinary import ordinary
from active_edge.words import if_near, listed, noun_of

LEAST_LETTERS = 4
"""Letters of a name that another may be taken for."""
OWN_WORDS = frozenset({"firm", "form"})
"""Names near to one that is asked for, which a file may well mean as they stand."""


class NameList(NamedTuple):
    """What a file of names holds.

    Attributes
    ----------
    rows : a column each that was asked for, as text without blanks around; empty where the file has none.
    written : column -> its name in the header of the file; those it has.
    unread : what the file calls those of its columns that nothing was asked of.
    """

    rows: pd.DataFrame
    written: Mapping[str, str]
    unread: Sequence[str] = ()

    def left_out(self, path: str | Path) -> str:
        """The columns that are not read, in a sentence; empty where all are."""
        named = f"the {noun_of(len(self.unread), 'column')} {listed(list(self.unread))}" if self.unread else ""
        return named and f"{path}: not read: {named}"


def read_names(path: str | Path, what: str, columns: Mapping[str, Sequence[str]], needed: Sequence[str]) -> NameList:
    """The columns asked for of a CSV file with a header, and what the file calls them.

    Parameters
    ----------
    what : what a message calls it, such as ``holdings``.
    columns : name in the answer -> names it may have in the file, in any case.
    needed : those that must be there, and filled on every row.

    Raises
    ------
    DataError : the file cannot be read, lacks a column, has one whose name is nearly that of one it lacks, or leaves a
        needed value empty; the message names the row.
    """
    path = Path(path)
    try:
        ordinary(path)
        with in_memory() as connection:
            frame = connection.execute(f"SELECT * FROM {loose_csv(path, separator=',', header_line=1)}").df()
    except (OSError, duckdb.Error) as error:
        reason = getattr(error, "strerror", None) or str(error).strip().splitlines()[0]
        said = f"cannot be read ({reason}); give a CSV file with a header line"
        raise DataError(f"{path}: {what} {_misplaced(path) or said}") from None
    called = {str(name).strip().lower(): name for name in frame.columns}
    found = {name: next((called[word] for word in words if word in called), None) for name, words in columns.items()}
    lacking = [name for name in needed if found[name] is None]
    if lacking:
        said = _misplaced(path) or f"needs the columns {listed(list(needed))}; it has {listed(list(called))}"
        raise DataError(f"{path}: {what} {said}")
    unread = [str(name).strip() for name in frame.columns if name not in found.values()]
    _refuse_misspelt(path, what, unread, [word for name in columns if found[name] is None for word in columns[name]])
    text = pd.DataFrame("", index=frame.index, columns=list(columns))
    written = {name: str(column).strip() for name, column in found.items() if column is not None}
    for name, column in found.items():
        if column is not None:
            text[name] = frame[column].fillna("").astype(str).str.strip()
    for name in needed:
        empty = text.index[text[name] == ""]
        if len(empty):
            raise DataError(f"{path}: row {int(empty[0]) + 1}: {written[name]} is empty; fill it or take the row out")
    return NameList(text, written, tuple(unread))


def _refuse_misspelt(path: Path, what: str, unread: Sequence[str], lacking: Sequence[str]) -> None:
    """Raise where a column that is not read has nearly the name of one the file lacks; short names are near to any."""
    for name in unread:
        near = if_near(name, [word for word in lacking if len(word) >= LEAST_LETTERS])
        if near and name.lower() not in OWN_WORDS:
            raise DataError(f"{path}: {what} have no column {name!r}{near} Rename the column, or remove it")


def _misplaced(path: Path) -> str:
    """Why no header with commas is in line 1; empty where one is, or the file cannot be opened."""
    try:
        problem = misplaced_header(path)
    except OSError:
        return ""
    return f"cannot be read: {problem}" if problem else ""
