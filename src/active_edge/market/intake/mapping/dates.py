"""The form of a table's dates, from all of them: a form decides only where it fits more than any other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from active_edge.market.database import identifier, literal
from active_edge.market.intake.mapping.marks import MISSING

ISO = "%Y-%m-%d"
FORMS = (
    *(ISO, "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%m.%d.%Y", "%m-%d-%Y", "%d-%m-%Y"),
    *("%m/%d/%y", "%d/%m/%y", "%d.%m.%y"),
    *("%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y"),
)
"""Forms that are looked for; of two that fit alike the first is guessed."""
MOST_UNREAD = 0.02
"""Share of a file's dates that may be in no form or another; beyond it the form told is taken for wrong."""


@dataclass(frozen=True)
class DateForm:
    """The form of dates, as of `strptime`, and the other order of day and month that fits each of them too, or ''."""

    form: str
    also: str = ""


def date_form(connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[str]) -> DateForm:
    """The form that fits most dates in `columns` of a relation, all rows looked at; ISO where none fits any."""
    fits = _counts(connection, source, columns)
    form = max(FORMS, key=lambda one: fits[one])
    if not fits[form]:
        return DateForm(ISO)
    other = other_order(form)
    return DateForm(form, other if other in FORMS and fits[other] == fits[form] else "")


def best_form(connection: duckdb.DuckDBPyConnection, source: str, column: str) -> tuple[str, int]:
    """The form that fits most of a column's different dates, and how many of them."""
    fits = _counts(connection, source, [column])
    form = max(FORMS, key=lambda one: fits[one])
    return form, fits[form]


def other_order(form: str) -> str:
    """The form with day and month exchanged."""
    exchanged = {"%d": "%m", "%m": "%d"}
    return re.sub("%[dm]", lambda found: exchanged[found.group()], form) if "%m" in form else ""


def read_day(cell: str, form: str) -> str:
    """SQL of the day in a cell of this form, a time of day behind it or not; of an ISO day too, which means one thing.

    NULL where it is none.
    """
    forms = (form,) if form.startswith("%Y") else (form, ISO)
    return f"CAST(coalesce({', '.join([_day(cell, form), *(_day(_untimed(cell), one) for one in forms)])}) AS DATE)"


def _day(cell: str, form: str) -> str:
    """SQL of a day; DuckDB reads `1/2/14` as the year 14 where a form has four digits."""
    day = f"try_strptime({cell}, {literal(form)})"
    return f"CASE WHEN year({day}) >= 1000 THEN {day} END" if form.endswith("%Y") else day


def _counts(connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[str]) -> dict[str, int]:
    """Of the different dates in columns, how many each form fits."""
    cells = " UNION ".join(f"SELECT trim({identifier(name)}) AS cell FROM {source}" for name in columns)
    fits = ", ".join(f"count({_day('day', form)})" for form in FORMS)
    days = f"SELECT DISTINCT {_untimed('cell')} AS day FROM ({cells}) WHERE lower(cell) NOT IN {MISSING}"
    rows = connection.execute(f"SELECT {fits} FROM ({days})").fetchall()
    return dict(zip(FORMS, rows[0], strict=True))


def _untimed(cell: str) -> str:
    return f"regexp_replace({cell}, '[T ]+[0-9]{{1,2}}:[0-9]{{2}}.*$', '')"
