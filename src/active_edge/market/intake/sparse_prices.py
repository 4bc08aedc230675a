"""Weekly and monthly prices: dated by the session of their close, or refused where they are dated before it."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd

from active_edge.market.findings import Finding, Findings
from active_edge.market.spacing import HOLES, Spacing, spacing_of, sparse_assets
from active_edge.sessions import sessions_between

MOST_AT_START = 0.6
"""Rows dated on the first day of their period, as a share of all, above which the dates are those of period starts."""
LONGEST_CLOSURE = 4
"""Days between a week's or month's last session and its last day, at most."""
SPARSE_NAMES = "names with weekly or monthly prices among daily ones"
_STARTS: dict[Spacing, tuple[str, str]] = {
    "monthly": ("day(session) = 1", "the first of the month"),
    "weekly": ("isodow(session) = 1", "the Monday of the week"),
}


def dated_by_starts(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Sentences about sparse rows of `raw_prices` dated by the start of their week or month.

    A close of the period's end so dated would be known before it was made.
    """
    _find_sparse(connection)
    for spacing, (condition, words) in _STARTS.items():
        rows = f"raw_prices WHERE asset IN (SELECT asset FROM sparse_assets WHERE spacing = '{spacing}')"
        share, closed, asset = connection.execute(
            f"SELECT avg(({condition})::INTEGER), min(session) FILTER ({condition} AND session NOT IN (FROM trading)), "
            f"arg_min(asset, session) FILTER ({condition} AND session NOT IN (FROM trading)) FROM {rows}"
        ).fetchall()[0]
        if share is not None and share > MOST_AT_START and closed is not None:
            yield (
                f"rows are {spacing} and dated on {words}, {asset} on {closed} among them, when the exchange was "
                "closed; a close of the period's end so dated would be known before it was made: date each row by its "
                "session"
            )


def settle_spacing(connection: duckdb.DuckDBPyConnection, findings: Findings) -> Spacing:
    """How far apart the rows of `raw_prices` are; sparse ones are put on the last session of their week or month.

    Reads `sparse_assets` (asset, spacing, days, hole): every asset of a sparse market, else those whose own rows are
    sparse among daily ones; and `trading`, the sessions around them.
    """
    spacing = spacing_of(connection, "raw_prices")
    _move_to_sessions(connection, findings)
    if spacing == "daily":
        findings.rows(
            "prices",
            SPARSE_NAMES,
            "noted",
            source="sparse_assets",
            text="asset || ' every ' || days::INTEGER || ' days'",
            order="asset",
            remedy="Kept for ranks, members and indices. No screen chooses them while they are so, for fills and costs "
            "need every session. Give their daily prices, or leave them out.",
        )
        return spacing
    rows = connection.execute("SELECT count(*) FROM raw_prices").fetchall()[0][0]
    findings.found.append(
        Finding(
            "prices",
            f"rows of {spacing} prices",
            "noted",
            rows,
            (),
            "Screens, members and indices can be read from them. Nothing can be traded: backtests need daily prices.",
        )
    )
    return spacing


def _find_sparse(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `sparse_assets` and `trading`."""
    connection.execute("CREATE TABLE sparse_assets (asset VARCHAR, spacing VARCHAR, days DOUBLE, hole INTEGER)")
    connection.execute("CREATE TABLE trading (session DATE)")
    spacing = spacing_of(connection, "raw_prices")
    if spacing == "daily":
        rows = [(asset, own, days, HOLES[own]) for asset, own, days, _ in sparse_assets(connection, "raw_prices")]
        if not rows:
            return
        connection.executemany("INSERT INTO sparse_assets VALUES (?, ?, ?, ?)", rows)
    else:
        connection.execute(
            "INSERT INTO sparse_assets SELECT DISTINCT asset, ?, 0, ? FROM raw_prices", [spacing, HOLES[spacing]]
        )
    first, last = connection.execute("SELECT min(session), max(session) FROM raw_prices").fetchall()[0]
    trading = pd.DataFrame({"day": sessions_between(pd.Timestamp(first) - pd.Timedelta(days=10), pd.Timestamp(last))})
    connection.register("trading_frame", trading)
    connection.execute("INSERT INTO trading SELECT CAST(day AS DATE) FROM trading_frame")
    connection.unregister("trading_frame")


def _move_to_sessions(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Date rows of days without trading by the last session before, where the asset has no row on it."""
    connection.execute(
        f"""
        CREATE TABLE moved_rows AS
        SELECT p.asset, p.session, t.session AS onto, p.close
        FROM raw_prices p ASOF JOIN trading t ON p.session >= t.session
        WHERE p.asset IN (SELECT asset FROM sparse_assets)
            AND p.session > t.session AND p.session - t.session <= {LONGEST_CLOSURE}
            AND NOT EXISTS (FROM raw_prices q WHERE q.asset = p.asset AND q.session = t.session)
        QUALIFY row_number() OVER (PARTITION BY p.asset, t.session ORDER BY p.session DESC) = 1
        """
    )
    findings.rows(
        "prices",
        "rows dated on a day without trading",
        "repaired",
        source="moved_rows",
        text="asset || ' ' || session || ' to ' || onto",
        order="session, asset",
        remedy="Taken for the last session before, whose close it is.",
    )
    connection.execute(
        "UPDATE raw_prices SET session = moved_rows.onto FROM moved_rows "
        "WHERE raw_prices.asset = moved_rows.asset AND raw_prices.session = moved_rows.session"
    )
