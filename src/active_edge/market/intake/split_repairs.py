"""Moves of closes that look like splits, decided once at import; unknown returns of split days are put right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding, Findings, Severity
from active_edge.market.split_events import COST, STOCK_DIVIDEND, UNSEEN, Decision, decide
from active_edge.market.split_moves import LEAST_FALL, LEAST_RISE, PriceRows
from active_edge.market.split_witnesses import Counts
from active_edge.market.splits import NONE, SHARE_COUNTS, STOCK_DIVIDENDS, UNDECIDED, spoken
from active_edge.market.stock_dividends import GROWN, RATIOS
from active_edge.words import percent

ASSETS_AT_ONCE = 500

_MOVED = f"""
    SELECT DISTINCT asset FROM (
        SELECT asset, total_return, lag(close) OVER own / close AS fell
        FROM price_rows WINDOW own AS (PARTITION BY asset ORDER BY session))
    WHERE CASE WHEN total_return IS NULL THEN fell >= {LEAST_FALL} OR fell <= 1.0 / {LEAST_RISE}
        ELSE fell >= {LEAST_FALL} OR fell <= 1.0 / {LEAST_RISE}
        OR (1 + total_return) * fell >= {0.99 * STOCK_DIVIDENDS[0]} OR (1 + total_return) * fell <= 0.7 END
    UNION SELECT asset FROM given_splits"""
_GROWN = f"""
    SELECT coalesce(t.part_asset, f.asset) FROM (
        SELECT asset, value / lag(value) OVER (PARTITION BY asset, item ORDER BY filed, period_end, value) AS grown
        FROM raw_facts WHERE item IN {SHARE_COUNTS} AND value > 0) f
    LEFT JOIN parts t ON t.asset = f.asset
    WHERE grown BETWEEN {(1 - GROWN) * RATIOS[0]} AND {(1 + GROWN) * RATIOS[-1]}
        AND coalesce(t.part_asset, f.asset) IN (SELECT asset FROM price_rows)"""


def know_splits(connection: duckdb.DuckDBPyConnection, findings: Findings, *, with_facts: bool, given: bool) -> None:
    """Create `split_rows`, a decision for each move like a split, and give unknown returns of splits a value.

    Parameters
    ----------
    given : whether the user's tables hold a list of splits, `raw_splits`.
    """
    connection.execute(
        "CREATE TABLE split_rows (asset VARCHAR, session DATE, ratio DOUBLE, why VARCHAR, looks DOUBLE, known BOOLEAN)"
    )
    _take_given(connection, findings, given=given)
    moved = f"{_MOVED} UNION {_GROWN} ORDER BY asset" if with_facts else f"{_MOVED} ORDER BY asset"
    assets = [asset for (asset,) in connection.execute(moved).fetchall()]
    for start in range(0, len(assets), ASSETS_AT_ONCE):
        _decide_some(connection, assets[start : start + ASSETS_AT_ONCE], with_facts=with_facts)
    connection.execute(
        "UPDATE split_rows SET why = g.why FROM given_splits g WHERE g.why IS NOT NULL "
        "AND split_rows.asset = g.asset AND split_rows.session = g.session AND split_rows.ratio = g.ratio"
    )
    connection.execute(
        """
        CREATE TABLE split_moves AS
        SELECT s.*, p.close, p.previous_close FROM split_rows s JOIN (
            SELECT asset, session, close, lag(close) OVER (PARTITION BY asset ORDER BY session) AS previous_close
            FROM price_rows WHERE asset IN (SELECT asset FROM split_rows)) p USING (asset, session)
        """
    )
    connection.execute(
        f"UPDATE price_rows SET total_return = m.ratio * m.close / m.previous_close - 1 FROM split_moves m "
        f"WHERE NOT m.known AND m.ratio NOT IN ({NONE}, {UNDECIDED}) "
        "AND price_rows.asset = m.asset AND price_rows.session = m.session"
    )
    findings.rows(
        "splits",
        "listed splits of another ratio than closes and counts of shares show",
        "noted",
        source="given_splits g JOIN split_rows s USING (asset, session) WHERE abs(g.ratio / s.ratio - 1) > 0.01 "
        f"AND g.ratio NOT IN ({NONE}, {UNDECIDED}) AND s.ratio NOT IN ({NONE}, {UNDECIDED})",
        text="asset || ' ' || session || ': ' || g.ratio || ' listed, ' || s.ratio || ' by ' || s.why",
        order="asset, session",
        remedy="Theirs is taken: new shares for an old one is 2 where each share became two.",
    )
    _tell(connection, findings)
    # what is named and left as it is decides nothing, and is no part of the market
    connection.execute("DELETE FROM split_rows WHERE why = ?", [STOCK_DIVIDEND])


def _take_given(connection: duckdb.DuckDBPyConnection, findings: Findings, *, given: bool) -> None:
    """Create `given_splits` of the listed splits that fall on a row of prices."""
    source = (
        "raw_splits"
        if given
        else "(SELECT NULL::VARCHAR AS asset, NULL::DATE AS session, 1.0 AS ratio, NULL::VARCHAR AS why LIMIT 0)"
    )
    parts = "(SELECT asset, part_asset, first_session, last_session FROM parts)"
    connection.execute(
        f"""
        CREATE TABLE listed_splits AS
        SELECT g.asset AS told, g.session, g.ratio, g.why, p.asset FROM (
            SELECT r.*, coalesce(t.part_asset, r.asset) AS part FROM {source} r
            LEFT JOIN {parts} t ON t.asset = r.asset AND r.session BETWEEN t.first_session AND t.last_session) g
        LEFT JOIN price_rows p ON p.asset = g.part AND p.session = g.session
        """
    )
    # undecided is a snapshot's own word and comes with its reason; in a list a ratio of 0 is none
    sound = f"asset IS NOT NULL AND (ratio > 0 OR (ratio = {UNDECIDED} AND why IS NOT NULL))"
    connection.execute(
        f"CREATE TABLE given_splits AS SELECT asset, session, ratio, why FROM listed_splits WHERE {sound}"
    )
    findings.rows(
        "splits",
        "splits on days without a price, or of a ratio not above zero",
        "refused",
        source=f"listed_splits WHERE NOT ({sound})",
        text="told || ' ' || session || ' ' || ratio",
        order="told, session",
        remedy="A split stands on the first session the shares trade split; its ratio is new shares for an old one.",
    )


def _decide_some(connection: duckdb.DuckDBPyConnection, assets: Sequence[str], *, with_facts: bool) -> None:
    frame = connection.execute(
        "SELECT asset, session, close, total_return, volume FROM price_rows WHERE list_contains(?, asset) "
        "ORDER BY asset, session",
        [list(assets)],
    ).df()
    names = pd.Index(assets)
    values = (frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("close", "total_return", "volume"))
    rows = PriceRows(names.get_indexer(frame["asset"]).astype(np.int64), _days(frame["session"]), *values)
    told = _counts(connection, assets) if with_facts else {}
    listed = connection.execute("SELECT * FROM given_splits WHERE list_contains(?, asset)", [list(assets)]).df()
    keys = zip(names.get_indexer(listed["asset"]).tolist(), _days(listed["session"]).tolist(), strict=True)
    given = dict(zip(keys, listed["ratio"].tolist(), strict=True))
    found = decide(rows, lambda asset: told.get(str(names[asset]), ()), given, unknown=True)
    if found:
        table = _table(found, frame)
        connection.register("decided_rows", table)
        connection.execute("INSERT INTO split_rows SELECT asset, session, ratio, why, looks, known FROM decided_rows")
        connection.unregister("decided_rows")


def _days(column: pd.Series) -> np.ndarray:
    days: np.ndarray = pd.DatetimeIndex(column).to_numpy().astype("datetime64[D]").astype(np.int64)
    return days


def _table(found: Sequence[Decision], frame: pd.DataFrame) -> pd.DataFrame:
    at = frame.iloc[[one.row for one in found]]
    table = pd.DataFrame(found)[["ratio", "why", "looks", "known"]]
    return table.assign(asset=at["asset"].to_numpy(), session=at["session"].to_numpy())


def _counts(connection: duckdb.DuckDBPyConnection, assets: Sequence[str]) -> dict[str, list[Counts]]:
    """The counts of shares of each asset, a later life's being those of the ticker, by item."""
    items = ", ".join(f"'{item}'" for item in SHARE_COUNTS)
    frame = connection.execute(
        f"""
        SELECT a.part_asset AS asset, f.item, f.filed, f.period_end, f.value FROM raw_facts f
        JOIN (SELECT DISTINCT p.asset, coalesce(t.asset, p.asset) AS filer, p.asset AS part_asset
            FROM (SELECT unnest(?) AS asset) p LEFT JOIN parts t ON t.part_asset = p.asset) a ON a.filer = f.asset
        WHERE f.item IN ({items}) AND f.value > 0 AND f.filed >= f.period_end
        ORDER BY a.part_asset, f.item, f.filed, f.period_end, f.value
        """,
        [list(assets)],
    ).df()
    told: dict[str, list[Counts]] = {}
    for (asset, _), rows in frame.groupby(["asset", "item"]):
        counts = Counts(_days(rows["filed"]), _days(rows["period_end"]), rows["value"].to_numpy(dtype=np.float64))
        told.setdefault(str(asset), []).append(counts)
    return told


def _tell(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    moves = connection.execute("SELECT * FROM split_moves ORDER BY asset, session").df()
    for kind, severity, rows, remedy in _kinds(moves):
        if len(rows):
            shown = tuple(_line(row) for _, row in rows.head(EXAMPLES).iterrows())
            findings.found.append(Finding("prices", kind, severity, len(rows), shown, remedy))


def _kinds(moves: pd.DataFrame) -> Iterator[tuple[str, Severity, pd.DataFrame, str]]:
    """Kind, severity, rows and remedy of everything worth saying of moves that look like a split."""
    split = ~moves["ratio"].isin([NONE, UNDECIDED])
    known, open_ = moves["known"].astype(bool), moves["ratio"] == UNDECIDED
    none = (moves["ratio"] == NONE) & ~moves["why"].isin([UNSEEN, STOCK_DIVIDEND])
    yield (
        "unknown returns, or such as only repeat the closes, on the day of a split",
        "repaired",
        moves[split & ~known],
        "The return is that of the split shares, dividends of the day left out; shares are restated from that day.",
    )
    yield (
        "returns that tell a split from the closes",
        "noted",
        moves[split & known],
        "Shares counted before are restated from that day.",
    )
    yield (
        "moves like a split that are a dividend or a spin-off",
        "noted",
        moves[none & known],
        "The return is kept, no share is made of it, and market value follows the closes.",
    )
    yield (
        "unknown returns that look like a split and are taken for a loss or a gain",
        "noted",
        moves[none & ~known & (moves["why"] != COST)],
        "Kept as they are for other moves. Give total_return, or a table splits, where one was a split.",
    )
    yield (
        "falls that a stock dividend would leave, beside a next count of shares that grew by as much",
        "noted",
        moves[moves["why"] == STOCK_DIVIDEND],
        "Kept as losses, which such falls mostly are: nothing but that count speaks for a stock dividend, and an issue "
        "leaves it too. Give a total_return that covers it, or a table splits (asset, session, ratio 1.1 for 10 %).",
    )
    yield (
        "moves that may be a split, and nothing tells",
        "repaired",
        moves[open_],
        "An unknown return is not chained, and market value is unknown until shares are counted again. Give "
        "total_return, volume, shares_outstanding or a table splits (asset, session, ratio).",
    )
    yield (
        "listed splits that the closes do not show",
        "noted",
        moves[moves["why"] == UNSEEN],
        "Not applied: closes adjusted for splits, or another day. Closes must be unadjusted, as quoted on the day.",
    )


def _line(move: pd.Series) -> str:
    """One move in words: what it looks like and what told."""
    moved = f"{move['asset']} {move['session']:%Y-%m-%d} close {move['close']:g} after {move['previous_close']:g}"
    if move["ratio"] == UNDECIDED:
        return f"{moved}: a {spoken(move['looks'])} split or not, and nothing tells"
    if move["why"] == STOCK_DIVIDEND:
        return f"{moved}: a stock dividend of {percent(move['looks'] - 1, 0)}, or a loss"
    return f"{moved}: {'no ' if move['ratio'] == NONE else ''}{spoken(move['looks'])} split by {move['why']}"
