"""Volumes of single names beyond what there is to trade: unknown where other figures bear the count of shares out.

Volume, shares times close, and public float or total assets are three witnesses of a company's size: one that is far
from the other two is in another unit. Of two that disagree nothing tells which is.
"""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings, Severity
from active_edge.market.intake.fact_scales import SHARES, USUAL_TURNOVER

MOST_SHARES = 1e11
"""No listed company has as many shares as this, so none trades them in a day."""
MUCH, TOO_MUCH, MUCH_FOR_LIFE = 1.0, 3.0, 0.3
"""Median of a quarter's daily volumes as a share of the shares there are: above the first it is named, above the second
no share trades so (a thousandth of it is usual); the third is the same of a whole life."""
FEWEST_DAYS = 10
FEWEST_LISTED = 1e6
"""Shares that an exchange asks for at least: a smaller count is in thousands. Source: Nasdaq rule 5505(a)(2)."""
FLOATS, ASSETS = (10**-2.5, 1.5), (0.05, 160.0)
"""Public float and total assets as multiples of market value between which companies lie."""

BEYOND = "volumes of more shares than any company has"
OTHER_UNIT = "names whose volume is in another unit than their shares, float or assets"
MUCH_TRADED = "names whose volume exceeds their shares for a quarter of days, which other figures bear out"
FEW_SHARES = "names whose count of shares is far below what their volume and their float or assets say"
DISAGREE = "names whose volume and count of shares disagree, and nothing tells which is false"


def _told_by(witness: str, multiples: tuple[float, float]) -> str:
    """SQL of which one another figure says is false, where it is known: of a company's size by shares, or by volume.

    Volume is, where the figure lies as it does among companies, and nearer to what shares and closes make than to what
    is traded.
    """
    traded = f"(w.value * f.turnover * {USUAL_TURNOVER})"
    return f"""WHEN {witness} IS NOT NULL THEN CASE WHEN {witness} / w.value BETWEEN {multiples[0]} AND {multiples[1]}
            AND abs(ln({witness} / w.value)) <= abs(ln({witness} / {traded})) THEN 'volume' ELSE 'count' END"""


_QUARTERS = f"""
    CREATE TABLE traded_quarters AS
    WITH counts AS (SELECT asset, filed, max(value) AS shares FROM raw_facts
            WHERE item IN {SHARES} AND value > 0 GROUP BY asset, filed),
        usual AS (SELECT asset, median(shares) AS usual, min(filed) AS first FROM counts GROUP BY asset),
        rows AS (
            SELECT p.asset, p.session, p.volume / greatest(coalesce(c.shares, u.usual), u.usual) AS turnover
            FROM price_rows p JOIN usual u ON u.asset = p.asset
            ASOF LEFT JOIN counts c ON c.asset = p.asset AND c.filed <= p.session WHERE p.volume > 0)
    SELECT *, median(turnover) OVER (PARTITION BY asset) AS lifelong FROM (
        SELECT asset, date_trunc('quarter', session)::DATE AS quarter, median(turnover) AS turnover, count(*) AS days
        FROM rows GROUP BY ALL)"""
_JUDGED = f"""
    CREATE TABLE odd_volumes AS
    WITH found AS (
        SELECT asset, quarter, turnover, turnover > {TOO_MUCH} OR lifelong > {MUCH_FOR_LIFE} AS sure
        FROM traded_quarters WHERE days >= {FEWEST_DAYS}
            AND turnover > CASE WHEN lifelong > {MUCH_FOR_LIFE} THEN {MUCH_FOR_LIFE} ELSE {MUCH} END),
    worth AS (
        SELECT f.asset, median(f.value) AS shares, median(f.value * coalesce(p.close, q.close)) AS value FROM (
            SELECT asset, filed, value FROM raw_facts WHERE item IN {SHARES} AND value > 0
                AND asset IN (SELECT asset FROM found)) f
        ASOF LEFT JOIN price_rows p ON p.asset = f.asset AND p.session <= f.filed
        JOIN (SELECT asset, arg_min(close, session) AS close FROM price_rows GROUP BY asset) q ON q.asset = f.asset
        GROUP BY f.asset),
    others AS (
        SELECT asset, median(value) FILTER (item = 'public_float_usd') AS floats,
            median(value) FILTER (item = 'total_assets') AS assets
        FROM raw_facts WHERE item IN ('public_float_usd', 'total_assets') AND value > 0 GROUP BY asset)
    SELECT f.*, w.shares, CASE WHEN w.shares < {FEWEST_LISTED} THEN 'count'
        {_told_by("o.floats", FLOATS)}
        {_told_by("o.assets", ASSETS)}
        ELSE 'unknown' END AS false_one
    FROM found f JOIN worth w USING (asset) LEFT JOIN others o USING (asset)"""


KINDS: tuple[tuple[str, Severity, str, str], ...] = (
    (
        FEW_SHARES,
        "noted",
        "false_one = 'count'",
        "Volume is kept; the count is in another unit, or of one class of several: market value is far too small.",
    ),
    (
        OTHER_UNIT,
        "repaired",
        "sure AND false_one = 'volume'",
        "Volume is the odd one out: taken as unknown for these quarters, and the facts are kept. Give shares.",
    ),
    (MUCH_TRADED, "noted", "NOT sure AND false_one = 'volume'", "Kept: some are. Look at volume and splits."),
    (
        DISAGREE,
        "noted",
        "false_one = 'unknown'",
        "Both are kept: it is not known which is in another unit. Give public_float_usd or total_assets.",
    ),
)
"""Kind, severity, which rows of `odd_volumes`, and what is done with them or to do."""


def clear_impossible_volumes(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make volumes of `price_rows` unknown that are larger than any company."""
    found = findings.rows(
        "prices",
        BEYOND,
        "repaired",
        source=f"price_rows WHERE volume >= {MOST_SHARES}",
        text="asset || ' ' || session || ': ' || format('{:.4g}', volume::DOUBLE) || ' shares'",
        order="volume DESC, asset, session",
        remedy="Taken as unknown: another unit, or a value of another column. Give shares traded that day.",
    )
    if found:
        connection.execute(f"UPDATE price_rows SET volume = NULL WHERE volume >= {MOST_SHARES}")


def settle_volumes(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make volumes of `price_rows` unknown where float or assets bear the shares out against them.

    Creates `open_volumes` (asset): names whose counts of shares are kept though their volume contradicts them. A count
    that the other witness contradicts too is judged with the facts (`filing_units`).
    """
    connection.execute(_QUARTERS)
    connection.execute(_JUDGED)
    named = "(SELECT asset, min(quarter) AS first, max(quarter) AS last, max(turnover) AS turnover FROM odd_volumes"
    for kind, severity, condition, remedy in KINDS:
        findings.rows(
            "prices",
            kind,
            severity,
            source=f"{named} WHERE {condition} GROUP BY asset)",
            text="asset || ': on a median day of a quarter ' || format('{:.3g}', turnover) || ' times all its shares, "
            "quarters from ' || first || ' to ' || last",
            order="turnover DESC, asset",
            remedy=remedy,
        )
    connection.execute(
        "UPDATE price_rows SET volume = NULL FROM odd_volumes o WHERE o.sure AND o.false_one = 'volume' "
        "AND price_rows.asset = o.asset AND date_trunc('quarter', price_rows.session)::DATE = o.quarter"
    )
    connection.execute("CREATE TABLE open_volumes AS SELECT DISTINCT asset FROM odd_volumes WHERE false_one <> 'count'")
