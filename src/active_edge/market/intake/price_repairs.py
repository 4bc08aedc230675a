"""Prices made trustworthy without inventing a number: what is wrong becomes unknown or is left out, and is counted.

Each step reads and replaces the DuckDB table `price_rows` (asset, session, session_index, open ... total_return).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd

from active_edge.errors import ImportRefused
from active_edge.market.findings import Findings
from active_edge.market.prices import HOLE_SESSIONS, OPEN_FACTOR
from active_edge.sessions import sessions_between
from active_edge.words import significant

STRAY_SHARE = 0.01
"""Rows after a hole of the whole market are wrong dates where they are fewer than this share of all rows."""
THIN_SHARE = 0.9
"""A session is thin where it has fewer rows than this share of the median of the sessions around it."""
UNKNOWN_SHARE = 0.05
"""A session is suspect where more than this share of its rows have an unknown return."""
LIKE = 2.0
"""A close below zero within this factor of the closes around it is one with a sign."""
EARLIEST, LATEST = "1950-01-01", "2100-01-01"

PRICE = "asset || ' ' || session || ' close ' || coalesce(round(close, 4)::VARCHAR, 'missing')"


def impossible_prices(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Sentences about `raw_prices` that hold no market at all: days out of the world, or no positive close."""
    first, last, told, priced = connection.execute(
        "SELECT min(session)::VARCHAR, max(session)::VARCHAR, count(close), count(*) FILTER (close > 0) FROM raw_prices"
    ).fetchall()[0]
    if first is not None and (first < EARLIEST or last > LATEST):
        yield f"column 'session' runs from {first} to {last}; it must lie in {EARLIEST} .. {LATEST}"
    if told and not priced:
        yield "no row has a positive close; check the column"


def number_sessions(connection: duckdb.DuckDBPyConnection) -> None:
    """Create `calendar` (session, session_index): the XNYS sessions from the first to the last price."""
    first, last = connection.execute("SELECT min(session)::VARCHAR, max(session)::VARCHAR FROM raw_prices").fetchall()[
        0
    ]
    sessions = sessions_between(first, last)
    calendar = pd.DataFrame({"day": sessions, "session_index": range(len(sessions))})
    connection.register("calendar_frame", calendar)
    connection.execute(
        "CREATE TABLE calendar AS SELECT CAST(day AS DATE) AS session, CAST(session_index AS INTEGER) AS session_index "
        "FROM calendar_frame"
    )
    connection.unregister("calendar_frame")


def read_bid_ask_means(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Take the sign off closes below zero that lie among the closes around them: means of bid and ask in CRSP's files.

    No share changed hands on such a day, so an unknown volume is zero.
    """
    connection.execute(
        f"""
        CREATE TABLE unsigned AS
        SELECT asset, session, close FROM (SELECT asset, session, close, median(abs(close)) OVER
            (PARTITION BY asset ORDER BY session ROWS BETWEEN 5 PRECEDING AND 5 FOLLOWING) AS usual
            FROM raw_prices WHERE close <> 0)
        WHERE close < 0 AND -close BETWEEN usual / {LIKE} AND usual * {LIKE}
        """
    )
    findings.rows(
        "prices",
        "closes below zero among others",
        "repaired",
        source="unsigned",
        text=PRICE,
        order="asset, session",
        remedy="Read without the sign: the mean of bid and ask of a day without a trade, as CRSP writes it; where no "
        "volume is told nothing is traded that day.",
    )
    connection.execute(
        "UPDATE raw_prices SET close = -raw_prices.close, volume = coalesce(volume, 0) FROM unsigned u "
        "WHERE raw_prices.asset = u.asset AND raw_prices.session = u.session"
    )


def keep_real_rows(connection: duckdb.DuckDBPyConnection, findings: Findings, *, hole: int = HOLE_SESSIONS) -> None:
    """Create `price_rows` without rows on days that are no sessions and rows without a positive close.

    A return that was measured from a refused row is compounded over it where every part is known (adjusted closes
    telescope), and unknown otherwise.
    """
    connection.execute(
        "CREATE TABLE judged AS SELECT p.*, c.session_index, c.session_index IS NULL AS phantom, "
        "coalesce(p.close <= 0, true) AS priceless FROM raw_prices p LEFT JOIN calendar c USING (session)"
    )
    findings.rows(
        "prices",
        "rows on days that are no XNYS sessions",
        "refused",
        source="judged WHERE phantom",
        text=PRICE,
        order="session, asset",
        remedy="The exchange was closed; returns are compounded over such rows.",
    )
    findings.rows(
        "prices",
        "rows without a positive close",
        "refused",
        source="judged WHERE priceless AND NOT phantom",
        text=PRICE,
        order="asset, session",
        remedy="A share has a positive price; the return after such a row is unknown.",
    )
    _leave_out_strays(connection, findings, hole)
    _rebase_returns(connection, findings)
    if not connection.execute("SELECT count(*) FROM price_rows").fetchall()[0][0]:
        raise ImportRefused("prices: no row has a positive close on an XNYS session; check the columns and the dates")


def _leave_out_strays(connection: duckdb.DuckDBPyConnection, findings: Findings, hole: int) -> None:
    """Refuse the few rows after a hole of the whole market: wrong dates, by which every other asset would have ended.

    They leave `judged`, and the sessions after the hole began leave `calendar`.
    """
    holes = f"""
        SELECT session, previous, before, rows_in_all FROM (
            SELECT session, session_index, lag(session) OVER days AS previous,
                lag(session_index) OVER days AS previous_index,
                coalesce(sum(n) OVER (days ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before,
                sum(n) OVER () AS rows_in_all
            FROM (SELECT session, session_index, count(*) AS n FROM judged WHERE NOT phantom AND NOT priceless
                GROUP BY session, session_index)
            WINDOW days AS (ORDER BY session))
        WHERE session_index - previous_index - 1 > {hole}"""
    few = f"rows_in_all - before < {STRAY_SHARE} * rows_in_all"
    bound = f"of more than {hole} sessions in the whole market"
    connection.execute(f"CREATE TABLE market_holes AS SELECT *, {few} AS stray FROM ({holes})")
    strays = findings.rows(
        "prices",
        f"rows after a hole {bound}",
        "refused",
        source="judged WHERE NOT phantom AND NOT priceless "
        "AND session >= (SELECT min(session) FROM market_holes WHERE stray)",
        text=PRICE,
        order="session, asset",
        remedy="Too few to be a market: wrong dates, by which every other asset would have ended. Put the dates right.",
    )
    findings.rows(
        "prices",
        f"holes {bound}",
        "noted",
        source="market_holes WHERE NOT stray",
        text="'from ' || previous || ' to ' || session",
        order="session",
        remedy="Kept; every asset after it is another one. Add the missing sessions.",
    )
    if strays:
        for table in ("judged", "calendar"):
            connection.execute(
                f"DELETE FROM {table} WHERE session > (SELECT min(previous) FROM market_holes WHERE stray)"
            )
    connection.execute("DROP TABLE market_holes")


def _rebase_returns(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Create `price_rows` from `judged`, with the returns that were measured from a refused row put right."""
    connection.execute(
        """
        CREATE TABLE rebased AS
        WITH marked AS (
            SELECT *, coalesce(sum((NOT phantom AND NOT priceless)::INTEGER) OVER (
                PARTITION BY asset ORDER BY session ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS stretch
            FROM judged WHERE asset IN (SELECT DISTINCT asset FROM judged WHERE phantom OR priceless)
        )
        SELECT asset, max(session) AS session,
            CASE WHEN bool_or(priceless) OR count(total_return) < count(*) OR any_value(stretch) = 0 THEN NULL
                 ELSE product(1 + total_return) - 1 END AS total_return
        FROM marked GROUP BY asset, stretch
        HAVING count(*) > 1 AND bool_or(NOT phantom AND NOT priceless)
        """
    )
    findings.rows(
        "prices",
        "returns measured from a refused row",
        "repaired",
        source="rebased",
        text="asset || ' ' || session || ' return ' || coalesce(round(total_return, 4)::VARCHAR, 'unknown')",
        order="asset, session",
        remedy="Compounded over the refused rows where every part is known, else unknown.",
    )
    connection.execute(
        """
        CREATE TABLE price_rows AS
        SELECT j.asset, j.session, j.session_index, j.open, j.high, j.low, j.close, j.volume,
            CASE WHEN r.session IS NULL THEN j.total_return ELSE r.total_return END AS total_return
        FROM judged j LEFT JOIN rebased r ON r.asset = j.asset AND r.session = j.session
        WHERE NOT phantom AND NOT priceless;
        DROP TABLE judged; DROP TABLE rebased;
        """
    )


def clear_impossible_values(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Make non-positive prices and negative volumes unknown; note closes outside the day's range and odd opens."""
    wrong = "open <= 0 OR high <= 0 OR low <= 0 OR volume < 0"
    impossible = findings.rows(
        "prices",
        "rows with a non-positive open, high or low or a negative volume",
        "repaired",
        source=f"price_rows WHERE {wrong}",
        text=PRICE,
        order="asset, session",
        remedy="The impossible value is taken as unknown; the close is kept.",
    )
    if impossible:
        connection.execute(
            "UPDATE price_rows SET open = CASE WHEN open > 0 THEN open END, high = CASE WHEN high > 0 THEN high END, "
            f"low = CASE WHEN low > 0 THEN low END, volume = CASE WHEN volume >= 0 THEN volume END WHERE {wrong}"
        )
    findings.rows(
        "prices",
        "rows whose close lies outside low .. high",
        "noted",
        source="price_rows WHERE close > high * 1.0001 OR close < low * 0.9999 OR high < low * 0.9999",
        text=PRICE + " || ' in ' || round(low, 4) || ' .. ' || round(high, 4)",
        order="asset, session",
        remedy="Kept; spreads estimated from such days are doubtful.",
    )
    findings.rows(
        "prices",
        f"opens beyond a factor of {significant(OPEN_FACTOR)} of the close",
        "noted",
        source=f"price_rows WHERE open > close * {OPEN_FACTOR} OR open < close / {OPEN_FACTOR}",
        text=PRICE + " || ' open ' || round(open, 4)",
        order="abs(ln(open / close)) DESC, asset, session",
        remedy="Kept, but no order is filled there: it gets the close.",
    )


def split_at_holes(connection: duckdb.DuckDBPyConnection, findings: Findings, *, hole: int = HOLE_SESSIONS) -> None:
    """Give what comes after a hole of more sessions than `hole` its own asset id: `EXXI`, `EXXI~2`, `EXXI~3`.

    Creates `parts` (asset, part, part_asset, first_session, last_session) for the assets so split.
    """
    connection.execute(
        f"""
        CREATE TABLE holes AS
        SELECT * EXCLUDE (hole) FROM (
            SELECT asset, coalesce((SELECT hole FROM sparse_assets s WHERE s.asset = price_rows.asset), {hole}) AS hole,
                session, close, total_return, session_index,
                lag(session_index) OVER each AS previous_index, lag(session) OVER each AS previous_session,
                lag(close) OVER each AS previous_close
            FROM price_rows WINDOW each AS (PARTITION BY asset ORDER BY session))
        WHERE session_index - previous_index - 1 > hole
        """
    )
    holes = findings.rows(
        "prices",
        f"holes of more than {hole} sessions",
        "repaired",
        source="holes",
        text="asset || ' from ' || previous_session || ' (close ' || round(previous_close, 4) || ') to ' || session || "
        "' (close ' || round(close, 4) || ')'",
        order="asset, session",
        remedy="What follows is another asset (~2): tickers are reused after bankruptcy. No return is chained across.",
    )
    connection.execute(
        """
        CREATE TABLE parts AS
        WITH numbered AS (
            SELECT p.asset, p.session, 1 + count(h.session) AS part
            FROM price_rows p LEFT JOIN holes h ON h.asset = p.asset AND h.session <= p.session
            WHERE p.asset IN (SELECT asset FROM holes)
            GROUP BY p.asset, p.session)
        SELECT asset, part, CASE WHEN part = 1 THEN asset ELSE asset || '~' || part END AS part_asset,
            min(session) AS first_session, max(session) AS last_session
        FROM numbered GROUP BY asset, part
        """
    )
    if holes:
        _rename_parts(connection)


def _rename_parts(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the rows of later parts their own asset id and their first row no return."""
    taken = connection.execute(
        "SELECT part_asset FROM parts WHERE part > 1 AND part_asset IN (FROM (SELECT asset FROM raw_securities))"
    )
    for (asset,) in taken.fetchall():
        raise ImportRefused(f"securities: asset {asset!r} is the id this import needs for a split series; rename it")
    connection.execute(
        """
        UPDATE price_rows SET
            total_return = CASE WHEN price_rows.session = parts.first_session THEN NULL ELSE total_return END,
            asset = parts.part_asset
        FROM parts
        WHERE parts.part > 1 AND price_rows.asset = parts.asset
            AND price_rows.session BETWEEN parts.first_session AND parts.last_session
        """
    )


def note_thin_sessions(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Note sessions on which much of the market has no row or no return."""
    connection.execute(
        """
        CREATE VIEW session_rows AS
        SELECT *, median(n) OVER (ORDER BY session_index ROWS BETWEEN 10 PRECEDING AND 10 FOLLOWING) AS typical FROM (
            SELECT c.session, c.session_index, count(p.asset) AS n, count(p.total_return) AS returns
            FROM calendar c LEFT JOIN price_rows p ON p.session_index = c.session_index
            GROUP BY c.session, c.session_index)
        """
    )
    findings.rows(
        "prices",
        "sessions with few rows",
        "noted",
        source=f"session_rows WHERE n < {THIN_SHARE} * typical",
        text="session || ' has ' || n || ' rows, ' || typical::BIGINT || ' are usual'",
        order="n / typical",
        remedy="Missing names are not traded that day.",
    )
    findings.rows(
        "prices",
        "sessions with many unknown returns",
        "noted",
        source=f"session_rows WHERE session_index > 0 AND returns < (1 - {UNKNOWN_SHARE}) * n "
        "AND (SELECT 2 * sum(returns) >= sum(n) FROM session_rows)",
        text="session || ' has a return for ' || returns || ' of ' || n || ' rows'",
        order="session",
        remedy="The day was recorded in part; its dividends are lost.",
    )
