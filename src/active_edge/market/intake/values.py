"""What a cell of a user's table means: its SQL in the schema's type, null where it says nothing or cannot be read.

A date is a day, or midnight of it. An instant with a time zone is the day whose midnight it is in UTC or in New York;
any other time of day names no day for certain and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from active_edge.market.database import SQL_TYPE, identifier, literal
from active_edge.number_text import number_hint
from active_edge.schema import Column, Kind

MISSING_WORDS = (
    "nan", "na", "n/a", "#n/a", "#na", "n.a.", "nat", "null", "none", "-", "--", "–", "—", ".", "..",
    "#value!", "#ref!", "#div/0!", "#num!", "#name?", "#null!", "#n/a n/a", "@na",
    "n.m.", "n/m", "nm", "n.d.", "?", "\\n",
)  # fmt: skip
"""Cells of a number or date column that say there is no value; in a text column they are text, for NA is a ticker."""
MISSING_CODES = {"total_return": ("b", "c", "d", "e"), "exit_return": ("a", "b", "c", "d", "e", "p", "s", "t")}
"""Letters by which CRSP says that there is no return."""
ROUNDED = frozenset({("prices", "volume")})
"""Whole numbers that sources give with fractions, because they divide them by later splits."""
SYMBOLS = {"securities": ("asset", "ticker")}
"""Text in which a spreadsheet may have put a day: MAR1 and SEP16 are tickers."""
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
MARKET_ZONES = ("UTC", "America/New_York")

CODES = (-99.99, -999.0, -999.99, -9999.0, -99999.0, -999999.0, -9999999.0, -99999999.0, -999999999.0)
"""Numbers by which sources say that there is none."""

NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
REALS = ("FLOAT", "DOUBLE", "DECIMAL")
_ZONED = "TIMESTAMP WITH TIME ZONE"
_MIDNIGHT = r"[T ]00:00(:00(\.0*)?)?"
_OFFSET = r" ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)"
_MEANINGS: dict[Kind, str] = {
    "int": "a whole number",
    "float": "a finite number",
    "date": "a date as 2016-01-22",
    "str": "text",
}
_DAY_FORMS: tuple[tuple[str, str], ...] = (
    (r"\d{1,2}[/.-]\d{1,2}[/.-](\d{2}|\d{4})", "day first or month first? write year-month-day (YYYY-MM-DD)"),
    (r"[2-6]\d{4}(\.\d+)?", "a spreadsheet's serial number of a day; format the column as YYYY-MM-DD and save again"),
    (r"9999-12-31.*", f"days lie in {EARLIEST_YEAR} .. {LATEST_YEAR}; leave it empty where it has not come"),
    (r"\d{1,2}[- ]?[a-z]{3,9}\.?[- ,]*\d{2}(\d{2})?", "write YYYY-MM-DD, not the month's name"),
    (r"[a-z]{3,9}\.? \d{1,2},? \d{2}(\d{2})?", "write YYYY-MM-DD, not the month's name"),
    (r"\d{6}", "a year of two digits? write YYYY-MM-DD"),
    (r"\d{9,19}(\.\d+)?", "a count of seconds or their parts since 1970; write YYYY-MM-DD"),
    (
        r"\d{4}-\d{2}-\d{2}[T ].*([+-]\d{2}(:?\d{2})?|Z|UTC)",
        "an instant in a time zone names a day only at midnight in UTC or in New York; write the day alone",
    ),
    (r"\d{4}-\d{2}-\d{2}[T ]\d{2}:.*", "a timestamp names a day for certain only at midnight; write the day alone"),
    (r"(\d{3}|[03-9]\d{3})-\d{2}-\d{2}.*", f"days lie in {EARLIEST_YEAR} .. {LATEST_YEAR}"),
)  # fmt: skip


def fits(column: Column, declared: str) -> bool:
    """True where a stored type can mean the column's kind; text is judged value by value."""
    base = base_type(declared)
    allowed = {
        "str": {"VARCHAR", "ENUM", "UUID", *NUMBERS},
        "int": {"VARCHAR", *NUMBERS, *REALS},
        "float": {"VARCHAR", *NUMBERS, *REALS},
        "date": {"VARCHAR", "DATE", *NUMBERS},
    }
    dated = column.kind == "date" and base.startswith("TIMESTAMP")
    return base in allowed[column.kind] or dated or base in {'"NULL"', "NULL"}


def base_type(declared: str) -> str:
    """`declared` without its parameters: DECIMAL(18,3) is DECIMAL."""
    return declared.split("(", maxsplit=1)[0]


def converted(table: str, column: Column, name: str, declared: str) -> str:
    """SQL for a value in the column's type: null where it is missing or not of that type.

    Parameters
    ----------
    table, column
        What it is to be.
    name, declared
        The file's own name of the column, and its type there.
    """
    own = identifier(name)
    text = declared == "VARCHAR"
    if column.kind == "str":
        return f"nullif(trim({own}), '')" if text else f"CAST({own} AS VARCHAR)"
    if declared in {'"NULL"', "NULL"}:
        return f"CAST(NULL AS {SQL_TYPE[column.kind]})"
    given = f"CASE WHEN NOT {_says_nothing(own, column)} THEN trim({own}) END" if text else own
    if column.kind == "date":
        day = _once(given, _text_day) if text else _day(own, declared)
        return _once(day, lambda d: f"CASE WHEN year({d}) BETWEEN {EARLIEST_YEAR} AND {LATEST_YEAR} THEN {d} END")
    if column.kind == "int" and declared in NUMBERS:
        return f"TRY_CAST({own} AS BIGINT)"
    number = f"TRY_CAST({given} AS DOUBLE)"

    def kept(x: str) -> str:
        if column.kind == "float":
            return f"CASE WHEN isfinite({x}) THEN {x} END"
        whole = "" if (table, column.name) in ROUNDED else f"{x} = floor({x}) AND "
        return f"CASE WHEN {whole}abs({x}) < 9e15 THEN CAST(round({x}) AS BIGINT) END"

    return _once(number, kept) if text else kept(number)


def is_given(column: Column, name: str, declared: str) -> str:
    """SQL that is true where a file says something: not null, not empty text, not NaN or a word for missing."""
    own = identifier(name)
    if declared == "VARCHAR":
        return (
            f"(trim({own}) <> '')"
            if column.kind == "str"
            else f"({own} IS NOT NULL AND NOT {_says_nothing(own, column)})"
        )
    if base_type(declared) in {"FLOAT", "DOUBLE"}:
        return f"({own} IS NOT NULL AND NOT isnan({own}))"
    return f"({own} IS NOT NULL)"


def is_missing_word(column: Column, name: str, declared: str) -> str:
    """SQL that is true where a number or date column says in words that there is no value."""
    own = identifier(name)
    return f"(trim({own}) <> '' AND {_says_nothing(own, column)})" if declared == "VARCHAR" else "false"


def has_fraction(name: str, declared: str) -> str:
    """SQL that is true where a number is no whole one."""
    number = f"TRY_CAST({identifier(name)} AS DOUBLE)"
    return "false" if declared in NUMBERS else f"(isfinite({number}) AND {number} <> floor({number}))"


def is_grouped_by_points(name: str, declared: str) -> str:
    """SQL that is true where a text is a number whose point stands before exactly three digits, as 108.390 does."""
    return (
        f"regexp_full_match(trim({identifier(name)}), '[0-9]{{1,3}}([.][0-9]{{3}})+')"
        if declared == "VARCHAR"
        else "false"
    )


def is_day(name: str) -> str:
    """SQL that is true where a text is a day."""
    return f"regexp_full_match(CAST({identifier(name)} AS VARCHAR), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}( .*)?')"


def folded(header: str) -> str:
    """Letters and digits of a column's name without case: `Total Return`, `totalReturn`, `total_return` are one."""
    return "".join(sign for sign in header.casefold() if sign.isalnum())


def meaning(kind: Kind) -> str:
    """What a value of a kind must be, in words."""
    return _MEANINGS[kind]


def hint(kind: Kind, given: Iterable[str | None]) -> str:
    """What to do about the first value whose form is recognised; empty where none is."""
    for text in filter(None, given):
        remedy = _day_hint(text.strip()) if kind == "date" else number_hint(text)
        if remedy:
            return remedy
    return ""


def _day_hint(text: str) -> str:
    return next((remedy for form, remedy in _DAY_FORMS if re.fullmatch(form, text, re.IGNORECASE)), "")


def _once(value: str, meaning_of: Callable[[str], str]) -> str:
    """SQL of what is made of a value, which is worked out once however often it is named: 6 times as fast for a day."""
    return f"list_transform([{value}], lambda given: {meaning_of('given')})[1]"


def _says_nothing(own: str, column: Column) -> str:
    words = ", ".join(literal(word) for word in ("", *MISSING_WORDS, *MISSING_CODES.get(column.name, ())))
    return f"(lower(trim({own})) IN ({words}))"


def _text_day(given: str) -> str:
    """Day of text: 2016-06-30, 2016/6/30, 2016.6.30, 20160630, or one of the former at midnight."""
    day = "[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    plain = f"translate(regexp_extract({given}, '^{day}'), '/.', '--')"
    zoned = f"TRY_CAST({given} AS TIMESTAMPTZ)"
    return (
        f"CASE WHEN regexp_full_match({given}, '{day}({_MIDNIGHT})?') "
        f"THEN TRY_CAST({plain} AS DATE) "
        f"WHEN regexp_full_match({given}, '(19|20)[0-9]{{6}}([.]0)?') "
        f"THEN CAST(try_strptime({given}[1:8], '%Y%m%d') AS DATE) "
        f"WHEN regexp_full_match({given}, '{day}[T ][0-9:.]+{_OFFSET}') THEN {_midnight_in_the_market(zoned)} END"
    )


def _day(own: str, declared: str) -> str:
    """Day of a value that is stored as a date, a timestamp or a whole number like 20160630."""
    if declared in NUMBERS:
        return f"CAST(try_strptime(CAST({own} AS VARCHAR), '%Y%m%d') AS DATE)"
    if declared == "DATE":
        return f"CASE WHEN isfinite({own}) THEN {own} END"
    if declared == _ZONED:
        return _midnight_in_the_market(own)
    stamp = f"CAST({own} AS TIMESTAMP)"
    return f"CASE WHEN isfinite({stamp}) AND {stamp} = date_trunc('day', {stamp}) THEN CAST({stamp} AS DATE) END"


def _midnight_in_the_market(instant: str) -> str:
    """Day that an instant is the midnight of, in UTC or else in New York; null at any other time of day."""
    local = [f"({instant} AT TIME ZONE {literal(zone)})" for zone in MARKET_ZONES]
    cases = " ".join(f"WHEN {t} = date_trunc('day', {t}) THEN CAST({t} AS DATE)" for t in local)
    return f"CASE WHEN NOT isfinite({instant}) THEN NULL {cases} END"
