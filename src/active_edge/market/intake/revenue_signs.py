"""Revenue that is negative in every row of a company: turned where costs or income bear it out, else left out.

A quarter's revenue can be below zero, where a filer says so: losses on what a fund or an insurer holds. A company's
revenue is not so in all it ever filed: whoever wrote the table counts sales as credits, or lost a sign.
"""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings

HABIT = 0.9
"""Share of a company's rows that are negative where the sign is a habit of the table."""
FEWEST = 4
"""Rows of one company from which its habit can be told; fewer may be true."""
FEWEST_COMPANIES = 5
"""Companies that have the habit, most of the table, from which it is one of the table."""
LEAST_COST = 0.02
"""Share of revenue that a cost of revenue is at least, to be one of that revenue."""

_KEY = "asset, filed, coalesce(accession, ''), months, period_end"
_JUDGED = f"""
    CREATE TABLE revenue_signs AS
    WITH each AS (
        SELECT asset, any_value(value) FILTER (item = 'revenue') AS revenue,
            abs(any_value(value) FILTER (item = 'cost_of_revenue')) AS cost,
            list(value) FILTER (item IN ('gross_profit', 'operating_income', 'pretax_income', 'net_income')) AS income
        FROM raw_facts WHERE item IN ('revenue', 'cost_of_revenue', 'gross_profit', 'operating_income', 'pretax_income',
            'net_income') GROUP BY {_KEY}),
    witnessed AS (
        SELECT asset, revenue, coalesce(list_min(income) < 0, false) AS losing,
            coalesce(list_max(income) > -revenue, false) AS denied,
            coalesce(cost BETWEEN -revenue * {LEAST_COST} AND -revenue, false)
                OR coalesce(list_max(income) > 0 AND list_max(income) <= -revenue, false) AS borne_out
        FROM each WHERE revenue <> 0),
    companies AS (
        SELECT asset, count(*) FILTER (revenue < 0) AS negative, count(*) AS told,
            count(*) FILTER (revenue < 0 AND denied) AS denied, count(*) FILTER (revenue < 0 AND losing) AS losing,
            count(*) FILTER (revenue < 0 AND borne_out AND NOT denied) AS borne_out
        FROM witnessed GROUP BY asset),
    whole AS (SELECT count(*) FILTER (negative >= {HABIT} * told) >= {FEWEST_COMPANIES}
            AND 2 * sum(negative) >= sum(told) AS turned FROM companies)
    SELECT asset, CASE
        WHEN denied > borne_out THEN 'other'
        WHEN whole.turned OR (negative >= {FEWEST} AND borne_out > 0) THEN 'turned'
        WHEN negative >= {FEWEST} OR (losing = 0 AND denied = 0) THEN 'untold'
        ELSE 'kept' END AS sign
    FROM companies, whole WHERE negative >= {HABIT} * told"""


def settle_revenue_signs(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Turn such revenue in `raw_facts`; create `untold_signs` (asset), whose negative revenue is to be refused.

    Turned: four rows or more, and in some of them a cost of revenue of its size, or an income above zero and within it;
    or most of a table of five such companies. Untold: none of it says that the number is right without the sign.
    """
    connection.execute(_JUDGED)
    connection.execute("CREATE TABLE untold_signs AS SELECT asset FROM revenue_signs WHERE sign = 'untold'")
    turned = "item = 'revenue' AND value <> 0 AND asset IN (SELECT asset FROM revenue_signs WHERE sign = 'turned')"
    findings.rows(
        "facts",
        "facts of revenue with the sign turned: negative in every row",
        "repaired",
        source=f"raw_facts WHERE {turned}",
        text="asset || ' ' || item || ' ' || period_end || ' filed ' || filed || ': ' || value",
        order="asset, filed, period_end",
        remedy="Costs and income of the same filings fit a positive revenue, or most of the table is negative.",
    )
    connection.execute(f"UPDATE raw_facts SET value = -value WHERE {turned}")
