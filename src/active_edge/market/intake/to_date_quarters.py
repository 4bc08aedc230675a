"""Flows told with months 3 that run from the first day of the year: found by the year, and given their months.

Cash flows, and all that some vendors sell, are told to date: 250, 510, 780 of a year of 1,050 are no three quarters:
they are more than the year. What gives them away is the year itself: each less the one before, and the year less the
last, are four quarters much alike.
"""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings
from active_edge.market.periods import END_TOLERANCE_DAYS, MATERIAL, QUARTER_DAYS
from active_edge.schema import INCOME_STATEMENT, ITEMS, NEVER_NEGATIVE

ALIKE, STEADY = 2.0, 1.5
"""Quarters that figures to date leave lie within the first of each other where the year is told; within the second
where four of them are all there is, or a loss could make three true quarters more than the year."""
SAME = 1.25
"""A later version of a figure to date is within this factor of the first; a quarter told in its place is not."""

_FLOWS = ", ".join(f"'{item}'" for item, kind in ITEMS.items() if kind == "flow")
_INCOME = ", ".join(f"'{item}'" for item in sorted(INCOME_STATEMENT))
_POSITIVE = ", ".join(f"'{item}'" for item in sorted(NEVER_NEGATIVE))
_NEAR = f"<= {END_TOLERANCE_DAYS}"

# A year ends where 12 months do, and a year before and after; else where a figure falls to less than half.
_YEARS = f"""
    CREATE TABLE years AS
    WITH flows AS (SELECT asset, item, period_end, months, arg_min(value, filed) AS value FROM raw_facts
        WHERE item IN ({_FLOWS}) AND months IN (3, 12) AND value IS NOT NULL GROUP BY ALL),
    falls AS (SELECT asset, period_end FROM (
            SELECT asset, period_end, value, lead(value) OVER own AS next, lead(period_end) OVER own AS next_end
            FROM flows WHERE months = 3 WINDOW own AS (PARTITION BY asset, item ORDER BY period_end))
        WHERE value > 0 AND next < value / 2 AND abs(next_end - period_end - {QUARTER_DAYS}) {_NEAR}),
    told AS (SELECT DISTINCT asset, period_end FROM flows WHERE months = 12
        UNION SELECT DISTINCT asset, period_end FROM falls
            WHERE asset NOT IN (SELECT asset FROM flows WHERE months = 12)),
    around AS (SELECT DISTINCT asset, period_end + shift AS ends, shift <> 0 AS guessed
        FROM told, (VALUES (0), (-365), (365)) AS s(shift)),
    ends AS (SELECT asset, ends FROM around a WHERE NOT guessed OR NOT EXISTS (FROM told t
        WHERE t.asset = a.asset AND abs(t.period_end - a.ends) {_NEAR})),
    placed AS (SELECT f.asset, f.item, e.ends, f.months, f.value, f.period_end,
            4 - CAST(round((e.ends - f.period_end) / {QUARTER_DAYS}) AS INTEGER) AS place
        FROM flows f JOIN ends e ON e.asset = f.asset AND f.period_end BETWEEN e.ends - 300 AND e.ends + 25)
    SELECT asset, item, ends, any_value(value) FILTER (months = 12 AND place = 4) AS year,
        {", ".join(f"any_value(value) FILTER (months = 3 AND place = {n}) AS q{n}" for n in (1, 2, 3, 4))}
    FROM placed WHERE abs(ends - period_end - {QUARTER_DAYS} * (4 - place)) {_NEAR} GROUP BY ALL"""
_STEPS = "[q1, q2 - q1, q3 - q2, coalesce(year, q4) - q3]"
_JUDGED = f"""
    CREATE TABLE to_date_years AS
    WITH judged AS (
        SELECT *, list_min({_STEPS}) AS least, list_max({_STEPS}) AS most,
            q1 IS NOT NULL AND q2 IS NOT NULL AND q3 IS NOT NULL AND coalesce(year, q4) IS NOT NULL AS told FROM years),
    own AS (
        SELECT asset, item, ends, CASE WHEN told THEN least > 0 AND
            CASE WHEN year IS NULL THEN most <= {STEADY} * least
                ELSE q1 + q2 + q3 > year * (1 + {MATERIAL})
                    AND most <= least * CASE WHEN item IN ({_POSITIVE}) THEN {ALIKE} ELSE {STEADY} END
                END END AS to_date
        FROM judged),
    near AS (
        SELECT o.asset, o.item, o.ends,
            coalesce(o.to_date, arg_min(j.to_date, (abs(o.ends - j.ends), j.ends))) AS to_date
        FROM own o LEFT JOIN own j ON j.asset = o.asset AND j.item = o.item AND j.to_date IS NOT NULL
        GROUP BY o.asset, o.item, o.ends, o.to_date)
    SELECT n.asset, n.item, n.ends FROM near n LEFT JOIN near r
        ON r.asset = n.asset AND r.ends = n.ends AND r.item = 'revenue' AND n.item IN ({_INCOME})
    WHERE n.to_date OR (n.to_date IS NULL AND r.to_date)"""
_ROWS = f"""
    CREATE TABLE to_date_rows AS
    SELECT DISTINCT f.rowid AS fact, f.asset, f.item, f.period_end, f.filed, f.value, 3 * p.place AS months
    FROM to_date_years d JOIN years y USING (asset, item, ends)
    JOIN (VALUES (2), (3), (4)) AS p(place) ON true
    JOIN raw_facts f ON f.asset = d.asset AND f.item = d.item AND f.months = 3
        AND abs(d.ends - f.period_end - {QUARTER_DAYS} * (4 - p.place)) {_NEAR}
    WHERE f.value / nullif(CASE p.place WHEN 2 THEN y.q2 WHEN 3 THEN y.q3 ELSE y.q4 END, 0)
            BETWEEN {1 / SAME} AND {SAME} AND (p.place < 4 OR y.q4 > y.q3)"""


def settle_to_date(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Give figures to date in `raw_facts` that say they are of three months the six, nine or twelve they are of.

    A year is judged by its own three quarters and twelve months, else as the nearest year of the company's item that
    can be; an item of the income statement that none tells of follows revenue.
    """
    connection.execute(_YEARS)
    connection.execute(_JUDGED)
    connection.execute(_ROWS)
    found = findings.rows(
        "facts",
        "flows told as quarters that are figures to date",
        "repaired",
        source="to_date_rows",
        text="asset || ' ' || item || ' ' || period_end || ' filed ' || filed || ': ' || value || ' of ' || months || "
        "' months'",
        order="asset, item, filed, period_end",
        remedy="Three of them are more than the year they are of, and each less the one before is a quarter like the "
        "others: read as months 6, 9 and 12.",
    )
    if found:
        connection.execute("UPDATE raw_facts SET months = t.months FROM to_date_rows t WHERE raw_facts.rowid = t.fact")
    connection.execute("DROP TABLE years; DROP TABLE to_date_years; DROP TABLE to_date_rows")
