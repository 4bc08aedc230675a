"""What securities tell of exits beside the prices there are: each contradiction named, with what is done about it."""

from __future__ import annotations

import duckdb

from active_edge.market.findings import Findings

SUNK, SESSIONS_BEFORE = 0.5, 60
"""A share at less than this part of its highest close in so many sessions before, since its last split, has sunk."""
SOUND_PRICE, HELD_UP = 5.0, 0.9
"""A share in distress is below the first, or below the second of its highest close in those sessions."""

TOLD = "(is_last AND (coalesce(exit_reason, 'unknown') <> 'unknown' OR exit_return IS NOT NULL))"
"""Securities tell that the name left, by a reason or a return."""
_SHOWN = (
    "asset || coalesce(' ' || nullif(exit_reason, 'unknown'), '') || coalesce(' last session ' || told, '') || "
    "coalesce(' last price ' || closed, '')"
)
_OPEN_END = "is_last AND told IS NULL AND closed IS NOT NULL"

KINDS: tuple[tuple[str, str, str, str], ...] = (
    (
        "repaired",
        "series that end before the data does with no exit told",
        f"{_OPEN_END} AND last_session IS NOT NULL AND NOT {TOLD}",
        "The last price's day is taken as the last session.",
    ),
    (
        "repaired",
        "exits told without a last session",
        f"{_OPEN_END} AND last_session IS NOT NULL AND {TOLD}",
        "The last price's day is taken as the last session, and the reason or return told holds for it.",
    ),
    (
        "noted",
        "exits told of names whose prices run to the end of the data",
        f"{_OPEN_END} AND last_session IS NULL AND {TOLD}",
        "They are held as listed, and the exit never happens: give its last session and end the prices there, or leave "
        "reason and return empty.",
    ),
    (
        "repaired",
        "last sessions after the data ends",
        "beyond AND is_last",
        "Taken as still listed when the data ends; leave it empty.",
    ),
    (
        "noted",
        "prices that go on after the last session",
        "is_last AND NOT beyond AND told < closed AND closed < latest_day",
        "The last price decides when a holding ends, and the exit follows it: another share's prices under the same "
        "name, or a day mistyped.",
    ),
    (
        "noted",
        "prices that go on after the last session to the end of the data",
        "is_last AND NOT beyond AND told < closed AND closed = latest_day",
        "They are held as listed, and the exit never happens: another share's prices under the same name, or a day "
        "mistyped.",
    ),
    (
        "noted",
        "last sessions after the last price",
        "is_last AND NOT beyond AND told > closed",
        "The last price decides when a holding ends, and the exit follows it.",
    ),
    (
        "noted",
        "exits with neither reason nor return",
        "last_session IS NOT NULL AND exit_return IS NULL AND coalesce(exit_reason, 'unknown') = 'unknown'",
        "The delisting rule decides; results show the edge under other assumptions.",
    ),
    (
        "noted",
        f"mergers at less than half the highest close of {SESSIONS_BEFORE} sessions before",
        f"is_last AND last_session IS NOT NULL AND exit_reason = 'merger' AND last_close < {SUNK} * high_close",
        "Kept: holders get the return told, else the last price. Whoever fell so far was rather sold in distress.",
    ),
    (
        "noted",
        "exits in distress at prices that had not fallen",
        "is_last AND last_session IS NOT NULL AND exit_reason = 'distress' "
        f"AND last_close >= {SOUND_PRICE} AND last_close >= {HELD_UP} * high_close",
        "Kept: holders get the return told, else that of the delisting rule, a loss. Was it a merger?",
    ),
    ("noted", "assets without a price", "closed IS NULL", "They can never be held."),
    (
        "noted",
        "first prices before the first session",
        "first_session > opened",
        "The first price decides the listing age.",
    ),
)
"""Severity, kind, which rows of `_listings`, and what is done with them or to do."""


def note_listings(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Name the securities whose first or last session, reason or return is not told or contradicts the prices."""
    connection.execute(
        f"""
        CREATE TABLE listings AS
        WITH ends AS (SELECT asset, max(session_index) AS closed_index FROM price_rows GROUP BY asset),
        splits AS (SELECT asset, max(session) AS split FROM split_rows GROUP BY asset),
        closing AS (SELECT p.asset, arg_max(close, session) AS last_close, max(close) AS high_close
            FROM price_rows p JOIN ends e ON e.asset = p.asset AND p.session_index >= e.closed_index - {SESSIONS_BEFORE}
            LEFT JOIN splits ON splits.asset = p.asset WHERE split IS NULL OR session >= split GROUP BY p.asset)
        SELECT s.*, c.last_close, c.high_close, latest_day
        FROM security_rows s LEFT JOIN closing c USING (asset)
            CROSS JOIN (SELECT max(session) AS latest_day FROM calendar)
        """
    )
    for severity, kind, condition, remedy in KINDS:
        findings.rows(
            "securities",
            kind,
            "repaired" if severity == "repaired" else "noted",
            source=f"listings WHERE {condition}",
            text=_SHOWN,
            order="asset",
            remedy=remedy,
        )
