"""Total returns told as running levels or sums, and returns of something else than the closes beside them.

A return belongs to one step. A level, a return since the start or a change in dollars is seen in what it makes of the
closes' own steps; of a whole column it refuses the import, of single names it is turned into returns of steps. Returns
that are those of the closes in no unit at all are of another period, share or currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from active_edge.market.findings import Findings
from active_edge.words import percent


class Told(NamedTuple):
    """What a column may tell in place of returns: its name, the return of a step as SQL, and the same in words.

    x : the value. before : the one a row before. previous : the close a row before.
    """

    name: str
    step: str
    remedy: str


TOLD = (
    Told(
        "a running level, such as growth since the start, an index or an adjusted close",
        "x / nullif(before, 0) - 1",
        "each over the one before, less 1",
    ),
    Told(
        "the return since the start",
        "(1 + x) / nullif(1 + before, 0) - 1",
        "1 plus each over 1 plus the one before, less 1",
    ),
    Told(
        "the return since the start in percent",
        "(100 + x) / nullif(100 + before, 0) - 1",
        "100 plus each over 100 plus the one before, less 1",
    ),
    Told(
        "a running sum of logarithms of growth",
        "exp(least(x - before, 5)) - 1",
        "exp of what each adds to the one before, less 1",
    ),
    Told("the change of the close in dollars", "x / previous", "each over the close before"),
)
LOGARITHM = Told("the logarithm of growth", "exp(least(x, 5)) - 1", "exp of each, less 1")
FEWEST_MOVES = 20
"""Moves below which nothing is said of a name or a column."""
FEWEST_FOREIGN = 100
"""Moves from which returns that fit no unit are believed to be of something else, and not wrong one by one."""
MOST = 0.8
"""Share of moves that a reading must explain; dividends and splits are few."""
LEAST = 0.5
"""Share of moves that returns must explain as they are, or in some unit of a return, to be those of the closes."""
NEAR = 0.05
LEAST_SLOPE, LEAST_T = 0.75, 5.0
"""Slope of what returns lack of the closes' moves on half their squares, and its t, from which they are logarithms: of
logarithms it is 1, of returns 0 whatever they are rounded to."""
CURVED = 0.2
"""Share of a move within which a return lacks no more of it than its curve and rounding; a dividend mostly does."""
_WITHIN = f"({NEAR} * abs(moved) + least(0.01 / previous, 0.2 * abs(moved)))"
_IN_SOME_UNIT = (
    *("x", "x / 100", "x / 10000", "x - 1", "x * 100", "-x"),
    *(LOGARITHM.step, "exp(least(x / 100, 5)) - 1"),
)


def _fits(value: str) -> str:
    return f"coalesce(abs({value} - moved) <= {_WITHIN}, false)"


def logarithmic(told: str = "x") -> str:
    """SQL of whether the returns of most rows, beside the `moved` of their closes, are logarithms of growth.

    Row by row a return in four decimals does not tell: half the square of a move of 1 % is rounding.
    """
    half, lacks = "(moved * moved / 2)", f"(moved - {told})"
    few = f"FILTER (WHERE abs{lacks} <= {CURVED} * abs(moved))"
    slope, squares = f"sum({half} * {lacks}) {few}", f"sum({half} * {half}) {few}"
    explained = f"({slope}) ^ 2 / ({squares})"
    rest = f"greatest(sum({lacks} * {lacks}) {few} - {explained}, 0)"
    return (
        f"coalesce(count(*) {few} >= greatest({FEWEST_MOVES}, {LEAST} * count(*)) AND {slope} > {LEAST_SLOPE} * "
        f"({squares}) AND {explained} * count(*) {few} > {LEAST_T**2} * {rest}, false)"
    )


def _steps(table: str) -> str:
    """SQL of every return with the value a row before, the close before and the change of the close."""
    return (
        "SELECT *, close / previous - 1 AS moved FROM (SELECT asset, session, close, total_return AS x, "
        "lag(total_return) OVER own AS before, lag(close) OVER own AS previous "
        f"FROM {table} WHERE close > 0 WINDOW own AS (PARTITION BY asset ORDER BY session))"
    )


def _shares(table: str) -> str:
    """SQL of the shares of moves that each reading explains: moves, plain, any, whether logarithms, one a reading."""
    readings = ", ".join(f"avg({_fits(told.step)}::INTEGER) AS told_{place}" for place, told in enumerate(TOLD))
    units = " OR ".join(_fits(unit) for unit in _IN_SOME_UNIT)
    return f"""
        count(*) AS moves, coalesce(avg({_fits("x")}::INTEGER), 0) AS plain,
        coalesce(avg((x = 0 OR {units})::INTEGER), 0) AS any_unit,
        {logarithmic()} AS logarithm, {readings}
        FROM ({_steps(table)}) WHERE x IS NOT NULL AND abs(moved) BETWEEN 0.002 AND 0.2"""


def wrong_levels(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """A sentence that refuses `total_return` of `raw_prices` where the column is no return of a step of the closes."""
    moves, plain, any_unit, _, *told = connection.execute(f"SELECT {_shares('raw_prices')}").fetchall()[0]
    if moves < FEWEST_MOVES or plain >= LEAST:
        return
    share = max(told)
    if share > MOST:
        reading = TOLD[told.index(share)]
        yield (
            f"column 'total_return' is {reading.name}, by {percent(share, 0)} of {moves:,} moves of the closes; give "
            f"the return of each day: {reading.remedy}"
        )
    elif any_unit < LEAST and moves >= FEWEST_FOREIGN:
        yield (
            f"column 'total_return' is no return of these closes: in no unit does it explain more than "
            f"{percent(any_unit, 0)} of {moves:,} of their moves. Of another period, share or currency? Give close "
            "over the close before with dividends, less 1, or leave it empty"
        )


def settle_levels(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make returns of steps of the names of `price_rows` that tell levels; unknown those that are not of the closes."""
    kinds = " ".join(f"WHEN told_{place} > {MOST} THEN {place}" for place in range(len(TOLD)))
    connection.execute(
        f"""
        CREATE TABLE odd_columns AS
        SELECT *, CASE {kinds} WHEN logarithm THEN {len(TOLD)} END AS kind
        FROM (SELECT asset, {_shares("price_rows")} GROUP BY asset) WHERE moves >= {FEWEST_MOVES}
            AND (logarithm OR (plain < {LEAST}
                AND ((any_unit < {LEAST} AND moves >= {FEWEST_FOREIGN}) OR greatest({_all()}) > {MOST})))
        """
    )
    names = " ".join(f"WHEN {place} THEN '{told.name}'" for place, told in enumerate((*TOLD, LOGARITHM)))
    findings.rows(
        "prices",
        "names whose total_return is no return of a day, converted",
        "repaired",
        source="odd_columns WHERE kind IS NOT NULL",
        text=f"asset || ': ' || CASE kind {names} END || ', ' || moves || ' moves'",
        order="asset",
        remedy="Read as the return of each row over the one before. Give decimals, 0.012 for 1.2 %.",
    )
    findings.rows(
        "prices",
        "names whose returns are not those of their closes",
        "repaired",
        source="odd_columns WHERE kind IS NULL",
        text="asset || ': ' || round(100 * any_unit)::INTEGER || ' % of ' || moves || ' moves'",
        order="any_unit, asset",
        remedy="Taken as unknown, so closes are chained and dividends lost: of another period, share or currency.",
    )
    steps = " ".join(f"WHEN {place} THEN {told.step}" for place, told in enumerate((*TOLD, LOGARITHM)))
    connection.execute(
        f"""
        UPDATE price_rows SET total_return = s.step FROM (
            SELECT r.asset, r.session, CASE kind {steps} END AS step
            FROM ({_steps("price_rows")}) r JOIN odd_columns o ON o.asset = r.asset) s
        WHERE price_rows.asset = s.asset AND price_rows.session = s.session
        """
    )


def _all() -> str:
    return ", ".join(f"told_{place}" for place in range(len(TOLD)))
