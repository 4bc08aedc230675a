"""Which files of a user's folder are tables, in whatever case and form they are named."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path

from active_edge.errors import ImportRefused
from active_edge.market.findings import EXAMPLES, Finding
from active_edge.schema import TABLES, Table

FORMS = (".parquet", ".csv", ".csv.gz", ".xlsx", ".xlsm")
"""Endings that are read."""
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".zst")
_DATA = (*FORMS, *_ARCHIVES, ".xls", ".xlsb", ".ods", ".json", ".tsv", ".txt")


def split_name(path: Path) -> tuple[str, str]:
    """Name and ending in small letters: Facts.CSV is facts and .csv, `levels of funds 1.5.csv.gz` ends in .csv.gz."""
    name = path.name.casefold()
    ending = next(
        (form for form in sorted(FORMS, key=len, reverse=True) if name.endswith(form)), path.suffix.casefold()
    )
    return name.removesuffix(ending), ending


def tables_of(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The table files of a folder by table, in schema order; and sentences about what is wrong with it.

    Raises
    ------
    ImportRefused
        There is no such folder.
    """
    if not folder.is_dir():
        raise ImportRefused(f"{folder}: is not a folder; give the folder that holds prices.parquet or prices.csv")
    entries = _entries(folder)
    found: dict[str, Path] = {}
    problems = []
    for table in TABLES.values():
        named = [path for path in entries if path.name.casefold().partition(".")[0] == table.name]
        known = [path for path in named if split_name(path)[1] in FORMS and split_name(path)[0] == table.name]
        if len(known) > 1:
            problems.append(f"{known[0]}: there is a {known[1].name} beside it; keep one of the two")
        elif known:
            found[table.name] = known[0]
        elif named:
            problems.append(f"{named[0]}: {_unread(named[0])}")
        elif table.required:
            problems.append(_missing(folder, table, entries))
    return found, problems


def passed_over(folder: Path, taken: Container[Path]) -> list[Finding]:
    """One finding that names what looks like data and is not read, none where there is nothing."""
    names = [path.name for path in _entries(folder) if path not in taken and _looks_like_data(path)]
    if not names:
        return []
    remedy = f"Not read; tables are named {', '.join(TABLES)} and end in {', '.join(FORMS)}."
    kind = "files that are no table of a market"
    return [Finding("folder", kind, "noted", len(names), tuple(names[:EXAMPLES]), remedy)]


def _entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~$")))


def _unread(path: Path) -> str:
    if path.is_dir():
        return f"is a folder; a table is one file: put its parts together and name the file {path.name}.parquet"
    remedy = "unpack it" if path.name.casefold().endswith(_ARCHIVES) else f"save it as one of {', '.join(FORMS)}"
    return f"this form is not read; {remedy}, or take it out of the folder"


def _missing(folder: Path, table: Table, entries: Iterable[Path]) -> str:
    parts = [path.name for path in entries if path.name.casefold().startswith(table.name)]
    seen = f"; {', '.join(parts[:EXAMPLES])} look like parts of it: put them together in one file" if parts else ""
    return (
        f"{folder}: table {table.name!r} is missing; add {table.name}.parquet or {table.name}.csv "
        f"with columns {', '.join(table.names)}{seen}"
    )


def _looks_like_data(path: Path) -> bool:
    name = path.name.casefold()
    return name.startswith(tuple(TABLES)) or name.endswith(_DATA)
