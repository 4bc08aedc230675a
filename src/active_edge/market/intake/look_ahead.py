"""Facts dated by their period are read from the day they were due; volumes in thousands are named on every page."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import FILED_AT_ONCE, SMALL_VOLUMES, Findings
from active_edge.market.intake.fact_scales import SHARES, USUAL_TURNOVER
from active_edge.schema import ITEMS

AT_ONCE_DAYS = 4
"""Days from a period's end to the next session, holidays between. Of 448,458 figures of statements filed with the SEC
from 2015 to 2017 none came within thirteen days of its period's end."""
DUE_AFTER_QUARTER, DUE_AFTER_YEAR = 45, 90
"""Days to a 10-Q and a 10-K of a small company: 95 of 100 were filed by them. Source: Form 10-Q, general instruction
A; Form 10-K, general instruction A."""
HABIT = 0.5
"""Share of a company's figures filed at once that makes it a habit of whoever dated them."""
FAR, FEWEST_COMPANIES = 50.0, 20
"""Volumes are small where the median of so many companies takes FAR times the usual days to trade its value."""

STATED = tuple(item for item, kind in ITEMS.items() if kind != "share" and item not in ("public_float_usd", SHARES[0]))
"""Items of the statements; a count of shares on a cover may be of the day it is filed."""


def settle_filing_days(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Read figures of `fact_rows` that are filed as their period ends from the day their report was due.

    A version that was told again by then gives way to the later one.
    """
    connection.execute(
        f"""
        CREATE TABLE at_once AS
        WITH stated AS (SELECT rowid AS fact, * FROM fact_rows WHERE item IN {STATED}),
        years AS (SELECT DISTINCT asset, period_end FROM stated WHERE months = 12),
        quarters AS (SELECT DISTINCT asset, period_end FROM stated WHERE months BETWEEN 1 AND 11),
        habits AS (SELECT asset FROM stated GROUP BY asset
            HAVING count(*) FILTER (filed - period_end <= {AT_ONCE_DAYS}) >= {HABIT} * count(*)),
        late AS (SELECT s.*, s.asset IN (FROM habits) AS habit, s.period_end + CASE
            WHEN y.asset IS NULL AND q.asset IS NOT NULL THEN {DUE_AFTER_QUARTER} ELSE {DUE_AFTER_YEAR} END AS due
            FROM stated s LEFT JOIN years y USING (asset, period_end) LEFT JOIN quarters q USING (asset, period_end)
            WHERE s.filed - s.period_end <= {AT_ONCE_DAYS})
        SELECT l.*, EXISTS (FROM stated o WHERE o.asset = l.asset AND o.item = l.item AND o.months = l.months
            AND o.period_end = l.period_end AND o.filed > l.filed AND o.filed <= l.due) AS told_again
        FROM late l
        """
    )
    due = f"{DUE_AFTER_QUARTER} days after a quarter and {DUE_AFTER_YEAR} after a year"
    for kind, condition in ((FILED_AT_ONCE, "habit"), ("facts filed as their period ends", "NOT habit")):
        findings.rows(
            "facts",
            kind,
            "repaired",
            source=f"at_once WHERE {condition}",
            text="asset || ' ' || item || ' ' || period_end || ' filed ' || filed",
            order="asset, item, filed",
            remedy="No company files as its period ends, nor in the days to the next session: read from the day their "
            f"report was due, {due}, or from their next version where that is sooner. Give the day of the filing.",
        )
    connection.execute("UPDATE fact_rows SET filed = a.due FROM at_once a WHERE fact_rows.rowid = a.fact")
    connection.execute("DELETE FROM fact_rows WHERE rowid IN (SELECT fact FROM at_once WHERE told_again)")


def note_unread_facts(findings: Findings) -> None:
    """Note facts of `fact_rows` that no session of the market can read."""
    findings.rows(
        "facts",
        "facts filed after the last session",
        "noted",
        source="fact_rows WHERE filed > (SELECT max(session) FROM calendar)",
        text="asset || ' ' || item || ' ' || period_end || ' filed ' || filed",
        order="filed DESC, asset, item",
        remedy="Kept, and no date of this market reads them: prices end before. Far ones are mistyped.",
    )


def note_small_volumes(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Note companies whose volume is far below what shares of such value trade, where the median company's is."""
    connection.execute(
        f"""
        CREATE TABLE slow_names AS
        WITH worth AS (
            SELECT f.asset, median(f.value * p.close) AS value FROM (
                SELECT asset, filed, value FROM fact_rows WHERE item IN {SHARES} AND value > 0) f
            ASOF JOIN price_rows p ON p.asset = f.asset AND p.session <= f.filed GROUP BY f.asset),
        traded AS (SELECT asset, median(close * volume) AS dollars FROM price_rows GROUP BY asset)
        SELECT asset, value, dollars, value / dollars / {USUAL_TURNOVER} AS slow FROM worth JOIN traded USING (asset)
        WHERE dollars > 0"""
    )
    findings.rows(
        "prices",
        SMALL_VOLUMES,
        "noted",
        source=f"slow_names WHERE slow > {FAR} AND (SELECT median(slow) > {FAR} AND count(*) >= {FEWEST_COMPANIES} "
        "FROM slow_names)",
        text="asset || ': ' || round(dollars) || ' dollars a day of ' || round(value)",
        order="asset",
        remedy="Volumes in thousands or hundreds? Give shares: what can be traded and what it costs is read from them.",
    )
