"""Columns that tell the currency or unit of a row: the schema means US dollars and shares, others are refused.

A fact in another unit is left out and counted; a price or a security in another currency refuses the import, for a
series with rows taken out is another series.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from active_edge.market.database import identifier, literal
from active_edge.market.findings import EXAMPLES, Finding
from active_edge.market.intake.taken import OwnColumns

CURRENCY_COLUMNS = frozenset({"curr", "uom", "measure"})
IN_CURRENCY_NAMES = ("currency", "ccy")
"""What vendors put into the names of such columns: reporting_currency, financialCurrency, ccy_code."""
IN_UNIT_NAMES = ("unit", "denominat")
IN_SCALE_NAMES = ("scale", "scaling", "multiplier", "magnitude")
"""Of units and scales: value_unit, unitRef, unit_of_measure, denomination; scale, unit_multiplier, magnitude."""
CURRENCIES = (
    *("USD", "EUR", "GBP", "GBX", "CAD", "AUD", "NZD", "JPY", "CHF", "CNY", "CNH", "RMB", "HKD", "TWD", "KRW", "INR"),
    *("SGD", "THB", "IDR", "MYR", "PHP", "ILS", "ZAR", "ZAC", "TRY", "RUB", "PLN", "CZK", "HUF", "SEK", "NOK", "DKK"),
    *("ISK", "BRL", "MXN", "ARS", "CLP", "COP", "PEN", "SAR", "AED", "EGP", "NGN", "VND", "BMD", "KYD"),
)
"""Codes by which a column of any name is known to tell a currency, where it holds no other word."""
MEANT = ("", "usd", "us$", "$", "us dollar", "us dollars", "dollar", "dollars")
MEANT_BY_FACTS = (
    *MEANT,
    "shares",
    "share",
    "usd/shares",
    "usd/share",
    "usd per share",
    "usd-per-shares",
    "pure",
    "ratio",
)
ONE = ("", "1", "1.0", "one", "ones", "units", "unit", "actual")


def tells_unit(name: str) -> bool:
    """True for a column that tells a currency, a unit or a scale."""
    parts = (*IN_CURRENCY_NAMES, *IN_UNIT_NAMES, *IN_SCALE_NAMES)
    return name.strip().casefold() in CURRENCY_COLUMNS or any(part in name.casefold() for part in parts)


def unit_columns(connection: duckdb.DuckDBPyConnection, columns: OwnColumns) -> list[str]:
    """The columns that tell a unit, by their names or because every word in them is a currency."""
    by_name = [name for name in columns.unknown if tells_unit(name)]
    codes = ", ".join(literal(code) for code in CURRENCIES)
    for name in columns.unknown:
        if name not in by_name and columns.types[name] == "VARCHAR":
            told, known = connection.execute(
                f"SELECT count(*), count(*) FILTER (upper({_word(name)}) IN ({codes})) FROM {columns.taken.sql} "
                f"WHERE {_word(name)} <> ''"
            ).fetchall()[0]
            if told and told == known:
                by_name.append(name)
    return by_name


def is_foreign(columns: OwnColumns, names: Sequence[str]) -> str:
    """SQL that is true for a row in another currency, unit or scale than the schema means, by these columns."""
    conditions = [_is_other(columns, name) for name in names]
    return f"({' OR '.join(conditions)})" if conditions else "false"


def read_units(
    connection: duckdb.DuckDBPyConnection, columns: OwnColumns, names: Sequence[str]
) -> tuple[list[Finding], list[str]]:
    """What these columns of units say: findings about facts left out, and sentences that refuse other tables."""
    findings, problems = [], []
    for name in names:
        others = connection.execute(
            f"SELECT {_word(name)}, count(*) FROM {columns.taken.sql} WHERE NOT {columns.is_blank} AND "
            f"{_is_other(columns, name)} GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        shown = tuple(f"{word} in {count:,} rows" for word, count in others[:EXAMPLES])
        count = sum(n for _, n in others)
        if not others:
            kind, remedy = f"rows with a column {name!r}", "Every row is in US dollars and shares; it is not kept."
            rows = connection.execute(f"SELECT count(*) FROM {columns.taken.sql}").fetchall()[0][0]
            findings.append(Finding(columns.table.name, kind, "noted", rows, (), remedy))
        elif columns.table.name == "facts":
            kind = f"facts whose column {name!r} is not USD or shares"
            remedy = "A number in another unit is not read as dollars; convert it at the rate of its day."
            findings.append(Finding("facts", kind, "refused", count, shown, remedy))
        else:
            problems.append(
                f"column {name!r}: {count:,} rows are not in USD ({'; '.join(shown)}); convert them to US dollars, or "
                "leave the security out of every table"
            )
    return findings, problems


def _word(name: str) -> str:
    return f"coalesce(trim(CAST({identifier(name)} AS VARCHAR)), '')"


def _is_other(columns: OwnColumns, name: str) -> str:
    scale = any(part in name.casefold() for part in IN_SCALE_NAMES)
    meant = ONE if scale else MEANT_BY_FACTS if columns.table.name == "facts" else MEANT
    return f"(lower({_word(name)}) NOT IN ({', '.join(literal(word) for word in meant)}))"
