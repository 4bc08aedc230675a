"""A whole table in thousands or millions: seen in what the companies' shares cost and how much of them is traded."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding, Findings
from active_edge.market.intake.fact_scales import MONEY, SHARES, USUAL_TURNOVER
from active_edge.market.intake.values import CODES

THOUSANDS, MILLIONS = -1.8, -4.4
"""log10 of total assets / market value, and of market value / (200 × daily dollar volume). Of 4,352 American companies
of 2016 three lie below the first by the one measure and five by the other; below it a company's figures are in
thousands, below the second in millions."""
SMALL_COUNT = 2.2
"""A company both measures of which are this far off, assets above value and value below volume, has a false count."""

_MEASURES = f"""
    CREATE TABLE measures AS
    WITH worth AS (
        SELECT f.asset, median(f.value * p.close) AS value FROM (
            SELECT asset, filed, value FROM raw_facts WHERE item IN {SHARES} AND value > 0) f
        ASOF JOIN price_rows p ON p.asset = f.asset AND p.session <= f.filed GROUP BY f.asset),
    traded AS (SELECT asset, median(close * volume) AS dollars FROM price_rows
        WHERE asset IN (SELECT asset FROM worth) GROUP BY asset),
    owned AS (SELECT asset, median(value) AS assets FROM raw_facts
        WHERE item = 'total_assets' AND value > 0 GROUP BY asset)
    SELECT asset, assets, value, dollars, log10(assets / value) AS money,
        CASE WHEN dollars > 0 THEN log10(value / ({USUAL_TURNOVER} * dollars)) END AS shares
    FROM worth LEFT JOIN traded USING (asset) LEFT JOIN owned USING (asset)"""


def settle_codes(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make missing the values of `raw_facts` that are a code for nothing, such as -9999 told of several assets."""
    told = f"SELECT value FROM raw_facts WHERE value IN {CODES} GROUP BY value HAVING count(DISTINCT asset) > 1"
    found = findings.rows(
        "facts",
        "values that are a code for nothing",
        "noted",
        source=f"raw_facts WHERE value IN ({told})",
        text="asset || ' ' || item || ' ' || period_end || ': ' || value",
        order="asset, item, filed, period_end",
        remedy="Read as missing: several companies cannot share such a number. Leave it empty.",
    )
    if found:
        connection.execute(f"UPDATE raw_facts SET value = NULL WHERE value IN ({told})")


def settle_units(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Put counts of shares, then amounts of money, of the whole table right; create `unit_errors` (asset, money).

    The median company decides for the table; those that are not off by as much keep their figures. A single company
    in millions in a table of dollars, or with a false count of shares, cannot be told from an error: `unit_errors`
    names it, and `money` says whether its amounts or its counts are left out.
    """
    connection.execute(_MEASURES)
    measures = connection.execute("SELECT * FROM measures ORDER BY asset").df()
    power = _power(float(measures["shares"].median()))
    off = measures["shares"].map(_power) == power
    _multiply(connection, findings, "counts of shares", SHARES, measures["asset"][off], power)
    measures.loc[off, "value"] *= 1000.0**power
    measures["money"] = np.log10(measures["assets"] / measures["value"])
    power = _power(float(measures["money"].median()))
    off = measures["money"].map(_power) == power
    _multiply(connection, findings, "amounts of money", MONEY, measures["asset"][off], power)
    measures.loc[off, "money"] += 3.0 * power
    lone = measures[measures["money"] < MILLIONS]
    false = measures[(measures["money"] > SMALL_COUNT) & (measures["shares"] < -SMALL_COUNT)]
    errors = pd.concat([lone.assign(amounts=True), false.assign(amounts=False)])
    connection.register("errors_frame", errors[["asset", "amounts"]])
    connection.execute(
        "CREATE TABLE unit_errors AS SELECT CAST(asset AS VARCHAR) AS asset, CAST(amounts AS BOOLEAN) AS money "
        "FROM errors_frame"
    )
    connection.unregister("errors_frame")


def _power(measure: float) -> int:
    """Power of a thousand by which figures of such a measure are too small."""
    return 2 if measure < MILLIONS else 1 if measure < THOUSANDS else 0


def _multiply(
    connection: duckdb.DuckDBPyConnection,
    findings: Findings,
    what: str,
    items: tuple[str, ...],
    assets: pd.Series,
    power: int,
) -> None:
    if not power or assets.empty:
        return
    unit = {1: "thousands", 2: "millions"}[power]
    connection.register("scaled_assets", assets.to_frame("asset"))
    scaled = f"raw_facts WHERE item IN {items} AND value <> 0 AND asset IN (SELECT asset FROM scaled_assets)"
    measure = "market value is far below what is traded in a day" if items == SHARES else "below what the shares cost"
    shown = connection.execute(
        f"SELECT asset || ' ' || item || ' ' || period_end || ': ' || value FROM {scaled} "
        f"ORDER BY asset, item, filed, period_end LIMIT {EXAMPLES}"
    ).fetchall()
    count = connection.execute(f"SELECT count(*) FROM {scaled}").fetchall()[0][0]
    connection.execute(
        f"UPDATE raw_facts SET value = value * 1000.0 ** {power} WHERE item IN {items} "
        "AND asset IN (SELECT asset FROM scaled_assets)"
    )
    connection.unregister("scaled_assets")
    remedy = f"Multiplied: for the median company {measure}. Give every value in dollars and shares."
    kind = f"facts in {unit}: {what}"
    findings.found.append(Finding("facts", kind, "repaired", count, tuple(row[0] for row in shown), remedy))
