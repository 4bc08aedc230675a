"""Returns, exits and factors given in another unit than decimals, found by what they cannot be.

A column is judged as a whole, and one that is wrong refuses the import: to divide it silently would invent numbers
where the guess is wrong, and whoever made it knows.
"""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator, Sequence
from typing import Any

import duckdb

from active_edge.market.intake.exit_units import wrong_exits
from active_edge.market.intake.return_levels import logarithmic, wrong_levels
from active_edge.market.intake.values import CODES
from active_edge.words import number, percent

LEAST_MOVES = 20
"""Moves below which nothing is said about the unit of returns."""
TOLERANCE = 0.05
MIXED_SHARE = 0.1
"""Share of moves told in decimals above which a column is mixed, not in one other unit."""
MOST_SHIFTED = 0.8
"""Share of moves told beside their own row above which the whole column is shifted; by chance it is a few percent."""
MOST_TOLD = 0.5
"""Share of moves told as growth, or with the sign reversed, above which the column is: a median may be so by chance."""
_SCALES = (("percent", 100.0), ("basis points", 10_000.0))
FACTORS = ("MKT_RF", "SMB", "HML", "RMW", "CMA", "MOM", "QMJ")
CASH = "RF"
LATER_CASH, LATER_CASH_FROM = 0.4, 1992
"""Share of that bound since this year: 8 percent a year, above the highest bill rate of the time."""
FEWEST_OF_YEAR = 6
"""Rows of a year from which the unit of a factor is judged by that year."""
LARGEST_FALL, LARGEST_RISE = -0.5, 1.05
"""Logarithms of the largest steps of a fund's level from one row to the next: the worst day of the index is -0.23."""
LEVELS = ("IWM", "IJR", "VTWO", "SPY", "IWC", "VB", "IWN", "IWO", "IJS", "IJT")
LARGEST_TYPICAL = {"day": 0.04, "month": 0.25}
"""Middle absolute return of a factor, at most: ten times what 60 years have, a tenth of the same in percent."""
LARGEST_CASH = {"day": 0.0008, "month": 0.016}
"""Return on cash, at most: about 20 percent a year, above the highest of 1981."""
LEAST_TYPICAL_CASH = {"day": -0.00004, "month": -0.0008}
"""Middle return on cash of a year, at least: -1 percent a year; bills of the United States stood at -0.1 at worst."""


def wrong_units(connection: duckdb.DuckDBPyConnection, read: Container[str]) -> Iterator[tuple[str, str]]:
    """Table and sentence of each column of `raw_` tables that is in another unit than the schema's."""
    if "prices" in read:
        problems = list(_returns(connection)) or list(wrong_levels(connection))
        yield from (("prices", problem) for problem in problems)
    if "securities" in read:
        yield from (("securities", problem) for problem in wrong_exits(connection, priced="prices" in read))
    if "series" in read:
        for check in (_factors, _levels):
            yield from (("series", problem) for problem in check(connection))


def _returns(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What the total returns are measured in, by how they compare with the closes they belong to.

    Most returns are close/close, for dividends and splits are few; only moves that rounding leaves are compared. Where
    a part has decimals, each name and day is judged by itself later (`mixed_returns`).
    """
    moves, scale, growth, turned, logarithms, decimal, late, early = connection.execute(
        f"""
        SELECT count(*), median(total_return / moved), {_share_of("moved", "total_return - 1")},
            {_share_of("moved", "-total_return")}, {logarithmic("total_return")}, {_share_of("moved")},
            {_share_of("before")}, {_share_of("after")}
        FROM (SELECT *, lag(moved) OVER own AS before, lead(moved) OVER own AS after FROM (
                SELECT asset, session, total_return,
                    close / lag(close) OVER (PARTITION BY asset ORDER BY session) - 1 AS moved
                FROM raw_prices WHERE close > 0)
            WINDOW own AS (PARTITION BY asset ORDER BY session))
        WHERE total_return IS NOT NULL AND abs(moved) BETWEEN 0.002 AND 0.2
        """
    ).fetchall()[0]
    if moves < LEAST_MOVES:
        return
    where = f"in the middle of {moves:,} moves"
    for unit, factor in _SCALES:
        if abs(scale / factor - 1.0) < TOLERANCE and decimal < MIXED_SHARE:
            times = f"{number(factor, 0)} times the change of the close {where}"
            yield f"column 'total_return' is in {unit}, {times}; divide it by {number(factor, 0)}"
    if growth > MOST_TOLD and decimal < MIXED_SHARE:
        yield f"column 'total_return' is growth, such as 1.012 for a gain of 1.2 %, {where}; subtract 1"
    if turned > MOST_TOLD and decimal < MIXED_SHARE:
        yield f"column 'total_return' has the sign reversed: it is minus the change of the close {where}; turn it"
    for share, when, move in ((late, "late", "up"), (early, "early", "down")):
        if share > MOST_SHIFTED and decimal < MIXED_SHARE:
            yield (
                f"column 'total_return' is one row {when}: {percent(share, 0)} of {moves:,} moves are told one row "
                f"{'after' if move == 'up' else 'before'} the close that made them; move it {move} by one row"
            )
    if logarithms:
        yield f"column 'total_return' is the logarithm of growth {where}; give exp(x) - 1"


def _share_of(other: str, told: str = "total_return") -> str:
    """SQL of the share of moves whose return, read as `told`, is the change of the close of that row or one beside."""
    return f"avg((abs({told} - {other}) <= {TOLERANCE} * abs({other}))::INTEGER)"


def _factors(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Series in percent, as a whole or in some years: each year is judged by itself."""
    names = ", ".join(f"'{name}'" for name in (*FACTORS, CASH))
    rows = connection.execute(
        f"""
        SELECT series, year, rows_in_year, rows_in_all, days, typical, largest, least, middle, years FROM (
            SELECT *, count(*) OVER (PARTITION BY series) AS years FROM (
                SELECT series, year(date) AS year, count(*) AS rows_in_year, any_value(rows_in_all) AS rows_in_all,
                    any_value(days) AS days, median(abs(value)) AS typical, max(value) AS largest, min(value) AS least,
                    median(value) AS middle
                FROM (SELECT series, date, value, count(*) OVER own AS rows_in_all, median(gap) OVER own AS days
                    FROM (SELECT series, date, value, date - lag(date) OVER (PARTITION BY series ORDER BY date) AS gap
                        FROM raw_series WHERE series IN ({names}) AND value NOT IN {CODES})
                    WINDOW own AS (PARTITION BY series))
                GROUP BY series, year))
        ORDER BY series, year
        """
    ).fetchall()
    for series, years in itertools.groupby(rows, key=lambda row: row[0]):
        listed = list(years)
        wrong = [row for row in listed if _in_percent(series, row)]
        if wrong:
            yield _percent_series(series, wrong, len(listed))


def _in_percent(series: str, row: tuple[Any, ...]) -> bool:
    _, year, count, _, days, typical, largest, least, middle, _ = row
    period = "month" if days is not None and days > 10 else "day"
    if series == CASH:
        high = largest > LARGEST_CASH[period] * (LATER_CASH if year >= LATER_CASH_FROM else 1.0)
        return bool(high or middle < LEAST_TYPICAL_CASH[period])
    return bool((count >= FEWEST_OF_YEAR and typical > LARGEST_TYPICAL[period]) or least < -1.0)


def _percent_series(series: str, wrong: Sequence[tuple[Any, ...]], years: int) -> str:
    """The sentence about a series that is in percent in all its years or in some."""
    period = "month" if wrong[0][4] is not None and wrong[0][4] > 10 else "day"
    when = "" if len(wrong) == years else f" in {', '.join(str(row[1]) for row in wrong[:5])}"
    mixed = " and in decimals in the other years: give one unit" if when else ""
    if series == CASH:
        lowest = min(row[8] for row in wrong)
        if lowest < LEAST_TYPICAL_CASH[period]:
            return (
                f"series 'RF' earns {lowest:g} a {period} in the middle{when}, and no bill of the United States ever "
                "did: its sign is turned; give what cash earned"
            )
        largest = max(row[6] for row in wrong)
        return (
            f"series 'RF' earns up to {largest:g} a {period}{when}, which is {percent(largest, 2)}: percent, or a "
            f"yearly rate{mixed}; give decimals a {period}, such as {LARGEST_CASH[period] / 4:g}"
        )
    worst = max(wrong, key=lambda row: row[5])
    unit, factor = _SCALES[worst[5] > 100.0 * LARGEST_TYPICAL[period]]
    return (
        f"series {series!r} moves by {worst[5]:g} a {period} in the middle of {sum(row[2] for row in wrong):,} rows"
        f"{when}, which is {percent(worst[5], 0)}: it is in {unit}{mixed}; divide it by {number(factor, 0)}"
    )


def _levels(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    names = ", ".join(f"'{name}'" for name in LEVELS)
    rows = connection.execute(
        f"SELECT series, count(*), min(value) FROM raw_series WHERE series IN ({names}) AND value <= 0 "
        "GROUP BY series ORDER BY series"
    )
    for series, count, least in rows.fetchall():
        yield (
            f"series {series!r} has {count:,} values of 0 or less, down to {least:g}: it must be a total-return level, "
            "such as an adjusted close, not returns"
        )
    jumps = connection.execute(
        f"""
        SELECT series, count(*), arg_min(before, date), min(date), arg_min(value, date) FROM (
            SELECT series, date, value, lag(value) OVER own AS before, date - lag(date) OVER own AS days
            FROM raw_series WHERE series IN ({names}) AND value > 0 WINDOW own AS (PARTITION BY series ORDER BY date))
        WHERE days <= 10 AND ln(value / before) NOT BETWEEN {LARGEST_FALL} AND {LARGEST_RISE}
        GROUP BY series ORDER BY series
        """
    )
    for series, count, before, day, value in jumps.fetchall():
        yield (
            f"series {series!r} jumps {count:,} times, first from {before:g} to {value:g} on {day}: no fund of so many "
            "shares does; its parts are on two bases, or it was split: give one total-return level"
        )
