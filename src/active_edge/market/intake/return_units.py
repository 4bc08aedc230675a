"""Returns, exits and factors given in another unit than decimals, found by what they cannot be.

A column is judged as a whole, and one that is wrong refuses the import: to divide it silently would invent numbers
where the guess is wrong, and whoever made it knows.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

import duckdb

from active_edge.words import number, percent, signed

LEAST_MOVES = 20
"""Moves below which nothing is said about the unit of returns."""
TOLERANCE = 0.05
_SCALES = (("percent", 100.0), ("basis points", 10_000.0))
LARGEST_EXIT_GAIN = 5.0
FACTORS = ("MKT_RF", "SMB", "HML", "RMW", "CMA", "MOM", "QMJ")
CASH = "RF"
LEVELS = ("IWM", "IJR", "VTWO", "SPY", "IWC", "VB", "IWN", "IWO", "IJS", "IJT")
LARGEST_TYPICAL = {"day": 0.04, "month": 0.25}
"""Middle absolute return of a factor, at most: ten times what 60 years have, a tenth of the same in percent."""
LARGEST_CASH = {"day": 0.0008, "month": 0.016}
"""Return on cash, at most: about 20 percent a year, above the highest of 1981."""


def wrong_units(connection: duckdb.DuckDBPyConnection, read: Container[str]) -> Iterator[tuple[str, str]]:
    """Table and sentence of each column of `raw_` tables that is in another unit than the schema's."""
    for table, checks in (("prices", (_returns,)), ("securities", (_exits,)), ("series", (_factors, _levels))):
        if table in read:
            for check in checks:
                yield from ((table, problem) for problem in check(connection))


def _returns(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What the total returns are measured in, by how they compare with the closes they belong to.

    Most returns are close/close, for dividends and splits are few; only moves that rounding leaves are compared.
    """
    large = "FILTER (WHERE abs(moved) > 0.05)"
    moves, scale, growth, larger, off, log_off = connection.execute(
        f"""
        SELECT count(*), median(total_return / moved), median((total_return - 1) / moved), count(*) {large},
            median(abs(total_return - moved)) {large}, median(abs(total_return - ln(1 + moved))) {large}
        FROM (SELECT total_return, close / lag(close) OVER (PARTITION BY asset ORDER BY session) - 1 AS moved
            FROM raw_prices WHERE close > 0)
        WHERE total_return IS NOT NULL AND abs(moved) BETWEEN 0.002 AND 0.2
        """
    ).fetchall()[0]
    if moves < LEAST_MOVES:
        return
    where = f"in the middle of {moves:,} moves"
    for unit, factor in _SCALES:
        if abs(scale / factor - 1.0) < TOLERANCE:
            times = f"{number(factor, 0)} times the change of the close {where}"
            yield f"column 'total_return' is in {unit}, {times}; divide it by {number(factor, 0)}"
    if abs(growth - 1.0) < TOLERANCE < abs(scale - 1.0):
        yield f"column 'total_return' is growth, such as 1.012 for a gain of 1.2 %, {where}; subtract 1"
    if larger >= LEAST_MOVES and log_off < min(0.1 * off, 5e-4):
        yield f"column 'total_return' is the logarithm of growth {where}; give exp(x) - 1"


def _exits(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    wrong = f"exit_return < -1 OR exit_return > {LARGEST_EXIT_GAIN}"
    found = connection.execute(
        f"SELECT asset, exit_return FROM raw_securities WHERE {wrong} ORDER BY abs(exit_return) DESC, asset"
    ).fetchall()
    if found:
        shown = ", ".join(f"{asset} {value:g}" for asset, value in found[:5])
        largest = found[0][1]
        yield (
            f"column 'exit_return': {len(found)} values are no decimal return from the last price ({shown}): "
            f"{largest:g} is {signed(largest, 0)}, and -1 is a total loss; write {largest / 100:g} for {largest:g} %"
        )


def _factors(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    names = ", ".join(f"'{name}'" for name in (*FACTORS, CASH))
    rows = connection.execute(
        f"""
        SELECT series, count(*), median(days), median(abs(value)), max(abs(value)), min(value) FROM (
            SELECT series, value, date - lag(date) OVER (PARTITION BY series ORDER BY date) AS days
            FROM raw_series WHERE series IN ({names}) AND value IS NOT NULL)
        GROUP BY series ORDER BY series
        """
    )
    for series, count, days, typical, largest, least in rows.fetchall():
        period = "month" if days is not None and days > 10 else "day"
        if series == CASH and largest > LARGEST_CASH[period]:
            yield (
                f"series 'RF' earns up to {largest:g} a {period}, which is {percent(largest, 2)}: percent, or a yearly "
                f"rate; give decimals a {period}, such as {LARGEST_CASH[period] / 4:g}"
            )
        elif series != CASH and (typical > LARGEST_TYPICAL[period] or least < -1.0):
            yield (
                f"series {series!r} moves by {typical:g} a {period} in the middle of {count:,} rows, which is "
                f"{percent(typical, 0)}: it is in percent; divide it by 100"
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
