"""What is told of the closes in holdings, name by name: agreement with the charts, and the last one of each dead."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding
from active_edge.sources.agreement import GOOD_SHARE, LEVEL_TOLERANCE
from active_edge.words import percent


def agreement(connection: duckdb.DuckDBPyConnection) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Names with closes in holdings and in a chart: sessions of both, share that agrees, the largest difference.

    The worst first; the finding counts the names whose closes agree on fewer than 99 % of the sessions.
    """
    rows = connection.execute(
        "SELECT asset, count(*) AS sessions, "
        f"count(*) FILTER (off < {LEVEL_TOLERANCE}) / count(*) AS agree, max(off) AS largest, "
        "strftime(arg_max(session, off), '%Y-%m-%d') AS on_day FROM (SELECT a.asset, c.session, "
        "abs(c.close / h.close - 1) AS off FROM life_closes h JOIN asset_of_life a USING (life) "
        "JOIN chart_prices c ON c.asset = a.asset AND c.session = CAST(h.session AS DATE)) "
        "GROUP BY asset ORDER BY agree, largest DESC, asset"
    ).df()
    told = [
        {"asset": r.asset, "sessions": int(r.sessions), "agree": float(r.agree), "largest": float(r.largest),
         "on": r.on_day}
        for r in rows.itertuples()
    ]  # fmt: skip
    odd = [one for one in told if one["agree"] < GOOD_SHARE]
    if not told:
        return [], []
    shown = tuple(f"{o['asset']} {percent(o['agree'])} of {o['sessions']} sessions" for o in odd[:EXAMPLES])
    kind = f"names of {len(told):,} whose closes in charts and in holdings differ"
    remedy = "The chart's close is kept; the report of the snapshot has every name (holdings.agreement)."
    return told, [Finding("prices", kind, "noted", len(odd), shown, remedy)] if odd else []


def last_seen(connection: duckdb.DuckDBPyConnection, securities: pd.DataFrame) -> list[dict[str, Any]]:
    """The last day of each name that left, with its close, by day."""
    rows = connection.execute(
        "SELECT asset, strftime(max(session), '%Y-%m-%d') AS day, arg_max(close, session) AS close "
        "FROM all_prices GROUP BY asset ORDER BY day, asset"
    ).df()
    left = securities[securities["last_session"].notna()].set_index("asset")
    gone = rows[rows["asset"].isin(left.index)]
    return [
        {"asset": r.asset, "ticker": str(left.loc[r.asset, "ticker"]), "day": r.day, "close": float(r.close)}
        for r in gone.itertuples()
    ]


def first_absent(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.Timestamp]:
    """Asset → day of the first file without it of the fund that showed its last close; none where a chart did."""
    rows = connection.execute(
        "WITH ends AS (SELECT asset, max(session) AS last FROM all_prices GROUP BY asset), "
        "shown AS (SELECT DISTINCT e.asset, e.last, a.fund FROM ends e "
        "JOIN added a ON a.asset = e.asset AND a.session = e.last), "
        "files AS (SELECT DISTINCT fund, day FROM holding_lines) "
        "SELECT s.asset, min(f.day) FROM shown s JOIN files f ON f.fund = s.fund AND f.day > s.last GROUP BY s.asset"
    ).fetchall()
    return {str(asset): pd.Timestamp(day) for asset, day in rows}
