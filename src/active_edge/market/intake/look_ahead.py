"""Facts dated by their period, and volumes in thousands: kept as told, and named on every page."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import FILED_AT_ONCE, SMALL_VOLUMES, Findings
from active_edge.market.intake.fact_scales import SHARES, USUAL_TURNOVER

AT_ONCE_DAYS = 1
"""Nobody reports a quarter on its last day or the day after."""
HABIT, FEWEST = 0.5, 4
"""Share and number of a company's facts filed so that make it a habit of whoever dated them."""
FAR, FEWEST_COMPANIES = 50.0, 20
"""Volumes are small where the median of so many companies takes FAR times the usual days to trade its value."""

_REPORTED = f"fact_rows WHERE item NOT IN {(*SHARES, 'public_float_usd')} AND item NOT LIKE 'sic%'"


def note_filed_at_once(findings: Findings) -> None:
    """Note facts of companies most of whose figures are filed as their period ends, which look ahead."""
    at_once = f"filed - period_end <= {AT_ONCE_DAYS}"
    early = (
        f"SELECT asset FROM {_REPORTED} GROUP BY asset HAVING count(*) FILTER ({at_once}) >= "
        f"greatest({FEWEST}, {HABIT} * count(*))"
    )
    findings.rows(
        "facts",
        FILED_AT_ONCE,
        "noted",
        source=f"{_REPORTED} AND {at_once} AND asset IN ({early})",
        text="asset || ' ' || item || ' ' || period_end || ' filed ' || filed",
        order="asset, item, filed",
        remedy="No company files as its period ends: a run reads these weeks before anybody could. Give the day of "
        "the filing.",
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
