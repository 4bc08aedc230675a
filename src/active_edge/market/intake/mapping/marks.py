"""Numbers written with a decimal point or comma: which of the two a table has, from all of its cells, and their SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from active_edge.market.database import identifier, literal

Decimal = Literal[".", ","]
MISSING = "('', '-', '--', 'na', 'n/a', 'nan', 'null', 'none', '.')"
_FORMS: dict[Decimal, str] = {
    ".": r"[-+]?([1-9]\d{0,2}(,\d{2,3})*,\d{3}|\d+)?(\.\d*)?([eE][-+]?\d+)?",
    ",": r"[-+]?([1-9]\d{0,2}(\.\d{3})+|\d+)?(,\d*)?([eE][-+]?\d+)?",
}
"""A number by its decimal mark; the other mark parts thousands, which never begin with 0 (`0,123` has a decimal)."""
_AROUND = r"[$()%'\s\x{00A0}\x{202F}]"


def number_of(column: str, decimal: Decimal = ".", *, fraction: bool = False) -> str:
    """SQL of a number: thousands parted by the other mark, a dollar sign, a percent sign, brackets for minus.

    NULL for an empty cell, and for one that is no number with this decimal mark. Of a `fraction` `5%` is 0.05, else 5.
    """
    cell = identifier(column)
    bare = _bare(cell)
    plain = f"replace({bare}, ',', '')" if decimal == "." else f"replace(replace({bare}, '.', ''), ',', '.')"
    read = f"CASE WHEN {_fits(bare, decimal)} THEN TRY_CAST({plain} AS DOUBLE) END"
    value = f"CASE WHEN {cell} LIKE '(%)' THEN -1 ELSE 1 END * {read}"
    value += f" / CASE WHEN contains({cell}, '%') THEN 100 ELSE 1 END" if fraction else ""
    return f"CASE WHEN lower({cell}) IN {MISSING} THEN NULL ELSE {value} END"


@dataclass(frozen=True)
class Witnesses:
    """Cells of a table that are numbers with one decimal mark only, first by text.

    point, comma : column → a cell of it such as `10.05`, and such as `10,05`.
    either : column → a cell such as `1,234` that is a number with either.
    """

    point: Mapping[str, str]
    comma: Mapping[str, str]
    either: Mapping[str, str]

    def of(self, decimal: Decimal) -> Mapping[str, str]:
        """Cells that can only have this mark."""
        return self.point if decimal == "." else self.comma

    @property
    def mark(self) -> Decimal:
        """The mark they tell; a point where they leave it open or contradict each other."""
        return "," if self.comma and not self.point else "."

    @property
    def contradiction(self) -> tuple[tuple[str, str], tuple[str, str]] | None:
        """Column and cell with a point, and with a comma; of one column where one has both."""
        if not self.point or not self.comma:
            return None
        both = next((name for name in self.comma if name in self.point), None)
        first, second = both or next(iter(self.point)), both or next(iter(self.comma))
        return (first, self.point[first]), (second, self.comma[second])


def witnesses(connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[str]) -> Witnesses:
    """What all cells of `columns` of a relation tell of its decimal mark. Cells without a comma, and with at most one
    point, are looked at only where others have more."""
    found: tuple[dict[str, str], dict[str, str], dict[str, str]] = ({}, {}, {})
    if columns and _marked(connection, source, columns):
        for name in columns:
            cell, bare = identifier(name), _bare(identifier(name))
            point, comma = _fits(bare, "."), _fits(bare, ",")
            rows = connection.execute(
                f"SELECT min(cell) FILTER (point AND NOT comma), min(cell) FILTER (comma AND NOT point), "
                f"min(cell) FILTER (point AND comma AND contains(cell, ',')) FROM (SELECT cell, {point} AS point, "
                f"{comma} AS comma FROM (SELECT DISTINCT {cell} AS cell, {cell} FROM {source} "
                f"WHERE regexp_matches({cell}, '[0-9]') AND regexp_matches({cell}, '[.,]')))"
            ).fetchall()
            for cells, told in zip(found, rows[0], strict=True):
                if told is not None:
                    cells[name] = str(told)
    return Witnesses(*found)


def _marked(connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[str]) -> bool:
    """Whether any cell has a comma, or points in two places."""
    any_of = " OR ".join(f"contains({identifier(n)}, ',') OR {identifier(n)} LIKE '%.%.%'" for n in columns)
    return connection.execute(f"SELECT 1 FROM {source} WHERE {any_of} LIMIT 1").fetchall() != []


def _bare(cell: str) -> str:
    return f"regexp_replace({cell}, {literal(_AROUND)}, '', 'g')"


def _fits(bare: str, decimal: Decimal) -> str:
    return f"regexp_full_match({bare}, {literal(_FORMS[decimal])})"
