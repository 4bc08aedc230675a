"""Adjusted closes of some names beside unadjusted ones of others: seen name by name.

Before a later split such a name is worth less than what strangers hold of it, and after it no longer; or its count of
shares grew as in a split and its closes show none.
"""

from __future__ import annotations

import duckdb

from active_edge.market.findings import ADJUSTED_CLOSES, ADJUSTED_NAMES, EXAMPLES, Finding, Findings
from active_edge.market.splits import NONE, UNDECIDED
from active_edge.words import percent, significant

ABOVE, WITHIN, FELL = 1.2, 1.1, 1.8
"""Public float over market value: above the first on every day before some day, within the second on every day from it,
and fallen by the third from one to the other. Floats of several classes or of another unit stay what they are."""
SECOND_QUARTER_MONTHS = 6
"""A 10-K states the float of the end of its second quarter, and many filers date it by the end of their year."""
SHARE, FEWEST = 0.1, 2
"""More than this share of the names with facts, and so many of them: ranks by value are none for anybody."""

SOME_NAMES = f"{ADJUSTED_CLOSES}: names that float or counts of shares show"
REMEDY = (
    "Closes must be unadjusted, as quoted on the day, with total_return beside them. Until then market value of these "
    "names is false before their splits."
)

SHARES_FILED = """
    SELECT asset, filed, arg_max(value, period_end) AS shares FROM fact_rows
    WHERE item = 'shares_outstanding' AND value > 0 GROUP BY asset, filed"""
"""The count of shares that each filing tells, the latest of several."""

FLOATS_OVER_VALUE = f"""
    SELECT asset, period_end, min(value / (close * shares / coalesce((SELECT product(s.ratio) FROM split_rows s
        WHERE s.asset = f.asset AND s.ratio NOT IN ({NONE}, {UNDECIDED})
        AND s.session > f.day AND s.session <= f.filed), 1))) AS times
    FROM (
        SELECT told.*, c.shares, p.close FROM (
            SELECT asset, period_end, filed, max(value) AS value,
                unnest([period_end, CAST(period_end - INTERVAL {SECOND_QUARTER_MONTHS} MONTH AS DATE)]) AS day
            FROM fact_rows WHERE item = 'public_float_usd' AND value > 0 GROUP BY asset, period_end, filed) told
        JOIN ({SHARES_FILED}) c ON c.asset = told.asset AND c.filed = told.filed
        ASOF JOIN price_rows p ON p.asset = told.asset AND p.session <= told.day) f
    GROUP BY asset, period_end, filed"""
"""Each float over market value at what it is of: the day given, or the end of the second quarter of the year that ends
on it, whichever makes less of it."""

_FLOATS = f"""
    WITH told AS ({FLOATS_OVER_VALUE}), early AS (SELECT asset, max(period_end) FILTER (times > {ABOVE}) AS last_above,
            min(period_end) FILTER (times <= {ABOVE}) AS first_within,
            max(times) FILTER (times <= {ABOVE}) AS most_within, arg_min(times, period_end) AS first_times,
            min(period_end) AS since, min(times) FILTER (times > {ABOVE}) AS least_above FROM told GROUP BY asset)
    SELECT asset, since, last_above, first_times FROM early
    WHERE last_above < first_within AND most_within <= {WITHIN} AND least_above >= {FELL} * most_within
    ORDER BY first_times DESC, asset"""


def note_adjusted_names(connection: duckdb.DuckDBPyConnection, findings: Findings, unseen: dict[str, str]) -> None:
    """Note names whose closes are adjusted; where they are many, no rank by value is claimed.

    Parameters
    ----------
    unseen : asset → count of shares that grew as in a split on whose way no close moved.
    """
    floats = connection.execute(_FLOATS).fetchall()
    shown = {
        asset: f"{asset}: float {significant(times, 3)} times market value on {since}, above it until {until}"
        for asset, since, until, times in floats
    }
    shown |= {asset: text for asset, text in unseen.items() if asset not in shown}
    names = connection.execute("SELECT count(DISTINCT asset) FROM fact_rows").fetchall()[0][0]
    if not shown:
        return
    many = len(shown) >= FEWEST and len(shown) > SHARE * names
    examples = tuple(list(shown.values())[:EXAMPLES])
    if many:
        told = f"{len(shown):,} of {names:,} names with facts, {percent(len(shown) / names, 0)}"
        findings.found.append(Finding("prices", SOME_NAMES, "noted", len(shown), (told, *examples), REMEDY))
    else:
        findings.found.append(Finding("prices", ADJUSTED_NAMES, "noted", len(shown), examples, REMEDY))
