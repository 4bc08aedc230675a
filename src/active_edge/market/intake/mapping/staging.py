"""Files of a mapped table as one DuckDB table of text, each column under what it means, and what is refused of them."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import duckdb

from active_edge.errors import ImportRefused
from active_edge.market.database import identifier, literal
from active_edge.market.intake.mapping.cells import DAYS
from active_edge.market.intake.mapping.dates import MOST_UNREAD, best_form, other_order, read_day
from active_edge.market.intake.mapping.marks import MISSING, Decimal, Witnesses, witnesses
from active_edge.market.intake.mapping.model import TICKER, Lookup, MappedTable
from active_edge.market.intake.mapping.periods import UNDERSTOOD, months_of
from active_edge.market.intake.mapping.raw import look, named, relation
from active_edge.words import nearest, percent


def stage(connection: duckdb.DuckDBPyConnection, folder: Path, table: MappedTable, name: str) -> MappedTable:
    """The table with its decimal mark, after its mapped columns are put into the DuckDB table `name`.

    Each is text there under its meaning; beside them stand `day_of_file` and `file_of_row`.

    Raises
    ------
    ImportRefused
        A file or column is not there; a period is not understood; more than `MOST_UNREAD` of a file's dates are not in
        the form told; numbers have both decimal marks, or another than the one told.
    """
    paths = sorted(folder.glob(table.file))
    if not paths:
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        raise ImportRefused(f"{folder}: no file {table.file!r}; {nearest(table.file, names)}")
    for number, path in enumerate(paths):
        query = _picked(connection, folder, path, table)
        connection.execute(f"INSERT INTO {name} {query}" if number else f"CREATE TABLE {name} AS {query}")
    for column in table.columns:
        if column in DAYS:
            _refuse_dates(connection, folder, table, name, column)
    said = witnesses(connection, name, table.numeric)
    _refuse_marks(connection, folder, table, name, said)
    return table.model_copy(update={"decimal": table.decimal or said.mark})


def _picked(connection: duckdb.DuckDBPyConnection, folder: Path, path: Path, table: MappedTable) -> str:
    """SELECT of one file's rows."""
    source = relation(connection, path, table.separator, table.header_line)
    if table.lookup is not None:
        source = _joined(connection, folder, path, source, table.lookup)
    real = _real_names(connection, path, source, table)
    kept = " AND ".join(f"trim({identifier(real[c])}) = {literal(v)}" for c, v in table.rows.items()) or "true"
    if "period" in table.columns:
        _refuse_periods(connection, path, table, f"SELECT {identifier(real[table.columns['period']])} AS period, "
                        f"row_number() OVER () AS place, {kept} AS kept FROM {source}")  # fmt: skip
    day = literal(_day_of(path, table)) if table.date_of_file else "NULL"
    wanted = {**table.columns, **table.items}
    picked = [f"trim({identifier(real[column])}) AS {identifier(meaning)}" for meaning, column in wanted.items()]
    picked += [f"{literal(value)} AS {identifier(meaning)}" for meaning, value in table.constants.items()]
    if table.matrix is not None:
        picked += ["trim(ticker) AS ticker", f"trim(told) AS {table.matrix}"]
        day_column = identifier(real[table.columns["session"]])
        source = f"(UNPIVOT {source} ON COLUMNS(* EXCLUDE ({day_column})) INTO NAME ticker VALUE told)"
    if table.ticker_of_file is not None:
        picked.append(f"{literal(_ticker_of(path, table.ticker_of_file))} AS ticker")
    beside = f"{day} AS day_of_file, {literal(path.relative_to(folder).as_posix())} AS file_of_row"
    return f"SELECT {', '.join(picked)}, {beside} FROM {source} WHERE {kept}"


def _joined(connection: duckdb.DuckDBPyConnection, folder: Path, path: Path, source: str, lookup: Lookup) -> str:
    """FROM clause of a file with the columns of a second beside its own; of rows told twice there one counts."""
    other = folder / lookup.file
    if not other.is_file():
        raise ImportRefused(f"{other}: is no file; lookup of {path.name} in import.yaml names it")
    second = relation(connection, other, lookup.separator, 1)
    both = [(file, named(connection, one)) for file, one in ((path, source), (other, second))]
    for file, there in both:
        if lookup.by not in there:
            raise ImportRefused(
                f"{file}: no column {lookup.by!r}, which lookup.by says; {nearest(lookup.by, list(there))}"
            )
    (_, own), (_, theirs) = both
    beside = [f"b.{identifier(theirs[name])}" for name in theirs if name not in own]
    key, their = identifier(own[lookup.by]), identifier(theirs[lookup.by])
    once = f"(SELECT DISTINCT ON ({their}) * FROM {second} ORDER BY ALL)"
    return (
        f"(SELECT {', '.join(['a.*', *beside])} FROM {source} a LEFT JOIN {once} b ON trim(a.{key}) = trim(b.{their}))"
    )


def _real_names(connection: duckdb.DuckDBPyConnection, path: Path, source: str, table: MappedTable) -> dict[str, str]:
    """The names of a file's columns as DuckDB has them, by their names without spaces around."""
    try:
        there = named(connection, source)
    except duckdb.Error as error:
        raise ImportRefused(f"{path}: cannot be read ({str(error).splitlines()[0]}); look at separator") from error
    for column in (*table.columns.values(), *table.items.values(), *table.rows):
        if column not in there:
            raise ImportRefused(f"{path}: no column {column!r}; {nearest(column, list(there))}")
    return there


def _day_of(path: Path, table: MappedTable) -> str:
    """The day the lines above a file's header name after the words of `date_of_file`, in ISO form."""
    above = look(path).above
    said = re.search(
        rf"{re.escape(table.date_of_file or '')}\W*([A-Za-z]{{3}}\w* \d{{1,2}}, \d{{4}}|[\d/.-]{{8,10}})", above
    )
    try:
        return datetime.strptime(said.group(1) if said else "", table.dates).date().isoformat()
    except ValueError as error:
        raise ImportRefused(f"{path}: no day after {table.date_of_file!r} in the lines above its header") from error


def _ticker_of(path: Path, pattern: str) -> str:
    said = re.fullmatch(re.escape(pattern).replace(re.escape(TICKER), "(.+)"), path.name)
    if said is None:
        raise ImportRefused(f"{path}: its name is not like {pattern!r}, which ticker_of_file says; narrow `file`")
    return said.group(1)


def _refuse_periods(connection: duckdb.DuckDBPyConnection, path: Path, table: MappedTable, rows: str) -> None:
    strange = connection.execute(
        f"SELECT place, period FROM ({rows}) WHERE kept AND ({months_of('period')}) IS NULL ORDER BY place LIMIT 1"
    ).fetchall()
    for place, cell in strange:
        raise ImportRefused(
            f"{path}: column {table.columns['period']!r}: row {place} below the header is a period of "
            f"{cell or ''!r}; understood are {UNDERSTOOD}. Write it so, keep the other rows by `rows`, or take "
            "period out of columns and give months"
        )


def _refuse_dates(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: MappedTable, name: str, column: str
) -> None:
    cell = identifier(column)
    wrong = f"({read_day(cell, table.dates)}) IS NULL"
    rows = connection.execute(
        f"SELECT file_of_row, count(*) FILTER ({wrong}) AS bad, count(*) AS told, min({cell}) FILTER ({wrong}) "
        f"FROM {name} WHERE lower({cell}) NOT IN {MISSING} GROUP BY ALL HAVING bad > {MOST_UNREAD} * told "
        "ORDER BY file_of_row LIMIT 1"
    ).fetchall()
    if not rows:
        return
    file, bad, told, example = rows[0]
    there = f"(SELECT {cell} FROM {name} WHERE file_of_row = {literal(file)} AND lower({cell}) NOT IN {MISSING})"
    better, fit = best_form(connection, there, column)
    kinds = connection.execute(f"SELECT count(DISTINCT {cell}) FROM {there}").fetchall()[0][0]
    part = "all of them" if fit == kinds else "most of them"
    order = "the other order, " if better == other_order(table.dates) else ""
    remedy = (
        f'{order}{better}, fits {part}: write dates: "{better}" for {table.file} in import.yaml'
        if fit and better != table.dates
        else f"mend them, or write their form as `dates` of {table.file} in import.yaml, in the signs of strptime"
    )
    raise ImportRefused(
        f"{folder / file}: column {table.header(column)!r}: {bad:,} of {told:,} dates are no {table.dates}, such as "
        f"{example!r} (at most {percent(MOST_UNREAD, 0)} may be left out); {remedy}"
    )


def _refuse_marks(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: MappedTable, name: str, said: Witnesses
) -> None:
    """Refuse numbers that contradict each other, or the decimal mark told."""
    if table.decimal is None:
        if said.contradiction is None:
            return
        (column, point), (second, comma) = said.contradiction
        where = f"column {table.header(column)!r}"
        other = "" if second == column else f" in column {table.header(second)!r}"
        told = f"{point!r} has a decimal point and {comma!r}{other} a decimal comma"
        remedy = 'write them alike, or say decimal: "." or "," in import.yaml and mend the others'
    else:
        against = said.of("," if table.decimal == "." else ".")
        if not against:
            return
        column, cell = next(iter(against.items()))
        alike = said.of(table.decimal)
        where = f"column {table.header(column)!r}"
        beside = f" beside {next(iter(alike.values()))!r}" if alike else ""
        told = f"{cell!r}{beside} is no number with decimal: {table.decimal!r}, which import.yaml says"
        turned: Decimal = "," if table.decimal == "." else "."
        remedy = "mend the cell" if alike else f'write decimal: "{turned}"'
        point = cell
    files = connection.execute(
        f"SELECT min(file_of_row) FROM {name} WHERE {identifier(column)} = {literal(point)}"
    ).fetchall()
    raise ImportRefused(f"{folder / str(files[0][0])}: {where}: {told}; {remedy}")
