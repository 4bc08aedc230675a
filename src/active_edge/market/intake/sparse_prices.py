"""Weekly and monthly prices: dated by the session of their close, or refused where they are dated before it."""

from __future__ import annotations

import duckdb
import pandas as pd

from active_edge.errors import ImportRefused
from active_edge.market.findings import Finding, Findings
from active_edge.market.spacing import Spacing, spacing_of
from active_edge.sessions import sessions_between

MOST_AT_START = 0.6
"""Rows dated on the first day of their period, as a share of all, above which the dates are those of period starts."""
LONGEST_CLOSURE = 4
"""Days between a week's or month's last session and its last day, at most."""
_STARTS: dict[Spacing, tuple[str, str]] = {
    "monthly": ("day(session) = 1", "the first of the month"),
    "weekly": ("isodow(session) = 1", "the Monday of the week"),
}


def settle_spacing(connection: duckdb.DuckDBPyConnection, findings: Findings) -> Spacing:
    """How far apart the rows of `raw_prices` are; sparse ones are put on the last session of their week or month.

    Raises
    ------
    ImportRefused
        Sparse rows are dated by the start of their week or month, so that a close would be known before it was made.
    """
    spacing = spacing_of(connection, "raw_prices")
    if spacing == "daily":
        return spacing
    first, last = connection.execute("SELECT min(session), max(session) FROM raw_prices").fetchall()[0]
    trading = pd.DataFrame({"day": sessions_between(pd.Timestamp(first) - pd.Timedelta(days=10), pd.Timestamp(last))})
    connection.register("trading_frame", trading)
    connection.execute("CREATE TABLE trading AS SELECT CAST(day AS DATE) AS session FROM trading_frame")
    connection.unregister("trading_frame")
    _refuse_starts(connection, spacing)
    _move_to_sessions(connection, findings)
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


def _refuse_starts(connection: duckdb.DuckDBPyConnection, spacing: Spacing) -> None:
    condition, words = _STARTS[spacing]
    share, closed = connection.execute(
        f"SELECT avg(({condition})::INTEGER), "
        f"min(session) FILTER (WHERE {condition} AND session NOT IN (FROM trading)) FROM raw_prices"
    ).fetchall()[0]
    if share > MOST_AT_START and closed is not None:
        raise ImportRefused(
            f"prices: rows are {spacing} and dated on {words}, {closed} among them, when the exchange was closed; a "
            "close of the period's end so dated would be known before it was made: date each row by its session"
        )


def _move_to_sessions(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Date rows of days without trading by the last session before, where the asset has no row on it."""
    connection.execute(
        f"""
        CREATE TABLE moved_rows AS
        SELECT p.asset, p.session, t.session AS onto, p.close
        FROM raw_prices p ASOF JOIN trading t ON p.session >= t.session
        WHERE p.session > t.session AND p.session - t.session <= {LONGEST_CLOSURE}
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
