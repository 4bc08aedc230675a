"""Costs that were filed as negative numbers: turned where the sign is a habit, left out where it cannot be told."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings
from active_edge.market.intake.revenue_signs import settle_revenue_signs
from active_edge.schema import NEVER_NEGATIVE

SIGNED = sorted(NEVER_NEGATIVE - {"revenue"})
"""Items a negative number of which is refused once signs are settled."""
HABIT = 0.9
"""A sign that so many of the rows share is a habit of whoever wrote them."""
FEWEST = 4
"""Rows of one company from which a habit of its own can be told, in a table whose habit is the other one."""
TAX_FIT = 0.02
"""Pretax income less tax is net income within this share."""
FEWEST_YEARS = 5

_ROW = "asset || ' ' || item || ' ' || period_end || ' filed ' || filed || ': ' || value"

# Costs are not negative: operating income above a negative revenue, or any income at all, is of another revenue.
_OTHER_LINES = """
    CREATE TABLE other_lines AS
    SELECT r.asset, r.filed, coalesce(r.accession, '') AS accession, r.months, r.period_end
    FROM raw_facts r JOIN raw_facts i ON i.asset = r.asset AND i.filed = r.filed AND i.months = r.months
        AND coalesce(i.accession, '') = coalesce(r.accession, '') AND i.period_end = r.period_end
        AND (i.value > 0 AND i.item IN ('gross_profit', 'pretax_income', 'net_income')
            OR i.value > r.value AND i.item = 'operating_income')
    WHERE r.item = 'revenue' AND r.value < 0 GROUP BY ALL"""


def settle_signs(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Give `raw_facts` one sign for each item; what is still negative then cannot be told and is refused.

    Statements print costs either way; one table usually keeps to one. An item that cannot be negative is turned where
    nine of ten rows of a company are and most rows of the table, or four rows of the company. What is left is a refund,
    a correction or an error. Revenue may be negative where the filer says so and his
    income does not contradict it (`other_lines`), and interest of one company alone is not
    turned, for it may be net interest earned.
    """
    items = ", ".join(f"'{item}'" for item in SIGNED)
    connection.execute(
        f"""
        CREATE TABLE signs AS
        WITH each AS (
            SELECT asset, item, count(*) FILTER (value < 0) AS negative, count(*) FILTER (value <> 0) AS told
            FROM raw_facts WHERE item IN ({items}) GROUP BY asset, item),
        every AS (SELECT item, sum(negative) AS negative, sum(told) AS told FROM each GROUP BY item)
        SELECT each.asset, each.item,
            each.negative >= {HABIT} * each.told AND each.negative > 0 AND (2 * every.negative >= every.told
                OR (each.negative >= {FEWEST} AND each.item <> 'interest_expense')) AS turned
        FROM each JOIN every USING (item)
        """
    )
    findings.rows(
        "facts",
        "facts with the sign turned: costs told as negative numbers",
        "repaired",
        source="raw_facts JOIN signs USING (asset, item) WHERE turned AND value <> 0",
        text=_ROW,
        order="asset, item, filed, period_end",
        remedy="An item that cannot be below zero is kept as a positive number: it is subtracted once, not twice.",
    )
    connection.execute(
        "UPDATE raw_facts SET value = -value FROM signs "
        "WHERE turned AND raw_facts.asset = signs.asset AND raw_facts.item = signs.item AND value <> 0"
    )
    settle_revenue_signs(connection, findings)
    connection.execute(_OTHER_LINES)
    findings.rows(
        "facts",
        "facts of revenue below zero",
        "noted",
        source="raw_facts r WHERE item = 'revenue' AND value < 0 AND (asset, filed, coalesce(accession, ''), months, "
        "period_end) NOT IN (SELECT (asset, filed, accession, months, period_end) FROM other_lines) "
        "AND asset NOT IN (FROM untold_signs)",
        text=_ROW,
        order="asset, filed, period_end",
        remedy="Kept as told; no quarter and no year is made from them by subtraction.",
    )
    _settle_tax(connection, findings)


def _settle_tax(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Turn income tax where pretax income plus tax, and not less tax, is net income in nine of ten rows that tell."""
    fits = f"abs(pretax {{}} tax - net) <= {TAX_FIT} * greatest(abs(pretax), abs(net))"
    minus, plus = fits.format("-"), fits.format("+")
    told, turned = connection.execute(
        f"""
        SELECT count(*), count(*) FILTER ({plus}) FROM (
            SELECT any_value(value) FILTER (item = 'pretax_income') AS pretax,
                any_value(value) FILTER (item = 'income_tax') AS tax,
                any_value(value) FILTER (item = 'net_income') AS net
            FROM raw_facts WHERE item IN ('pretax_income', 'income_tax', 'net_income')
            GROUP BY asset, months, period_end, filed, accession)
        WHERE tax <> 0 AND ({minus}) <> ({plus})
        """
    ).fetchall()[0]
    if told >= FEWEST_YEARS and turned >= HABIT * told:
        findings.rows(
            "facts",
            "facts of income_tax with the sign turned",
            "repaired",
            source="raw_facts WHERE item = 'income_tax' AND value <> 0",
            text=_ROW,
            order="asset, filed, period_end",
            remedy="Pretax income plus tax is net income here; a tax paid is a positive number.",
        )
        connection.execute("UPDATE raw_facts SET value = -value WHERE item = 'income_tax' AND value <> 0")
