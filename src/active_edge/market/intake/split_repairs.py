"""Unknown returns on days of a split: told from losses by the volume and the counts of shares around them."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.findings import EXAMPLES, Finding, Findings
from active_edge.market.split_events import (
    COUNT_TOLERANCE,
    EXACT,
    HALF_CENT,
    SURE_RATIO,
    VOLUME_AFTER,
    VOLUME_BEFORE,
    grown_like,
)
from active_edge.market.splits import MOST_REVERSE, SPLIT_RATIOS, SPLIT_TOLERANCE
from active_edge.words import number

CHEAPEST = 1.0
"""Below a dollar a cent is more than a ratio can be told by, and volume alone is no witness."""
DEAREST, CLOSELY = 10.0, 0.05
"""Shares below ten dollars are not split by less than 2:1, and a small ratio needs a count within 5 %: a fifth of a
company is issued more often than its shares are split 5:4."""
NEWS = 3.0
"""Volume, counted in shares of the day before, that makes a fall news and no split. Of the falls of a real market that
look like a small ratio 69 agree with a count within 10 %, and 63 of these are losses; with NEWS, CLOSELY and DEAREST
six are left, all of them splits."""
COMMON_RATIO = 1.5
"""The one small ratio common enough to be believed by an exact fall where no volume can speak for or against it."""

_MOVES = """
    CREATE TABLE unknown_moves AS
    SELECT u.*, coalesce(p.asset, u.asset) AS filer FROM (
        SELECT asset, session, session_index, close, total_return,
            lag(close) OVER (PARTITION BY asset ORDER BY session) AS previous_close FROM price_rows) u
    LEFT JOIN (SELECT DISTINCT asset, part_asset FROM parts) p ON p.part_asset = u.asset
    WHERE total_return IS NULL AND (close / previous_close < 0.82 OR close / previous_close > 1.9)"""
_VOLUMES = f"""
    SELECT u.asset, u.session,
        median(p.volume) FILTER (p.session_index < u.session_index) AS before,
        median(p.volume) FILTER (p.session_index >= u.session_index) AS after,
        max(p.volume) FILTER (p.session_index = u.session_index) AS that_day,
        count(p.volume) > 0 AS traded,
        count(p.volume) FILTER (p.session_index < u.session_index) >= {VOLUME_AFTER}
            AND count(p.volume) FILTER (p.session_index >= u.session_index) >= {VOLUME_AFTER} AS told
    FROM unknown_moves u JOIN price_rows p ON p.asset = u.asset
        AND p.session_index BETWEEN u.session_index - {VOLUME_BEFORE} AND u.session_index + {VOLUME_AFTER} - 1
    GROUP BY u.asset, u.session"""
_COUNTS = """
    SELECT u.asset, u.session,
        arg_max(f.value, f.filed::VARCHAR || f.period_end::VARCHAR) FILTER (f.filed < u.session) AS earlier,
        arg_min(f.value, f.filed::VARCHAR || f.period_end::VARCHAR) FILTER (f.filed > u.session) AS later
    FROM unknown_moves u JOIN raw_facts f ON f.asset = u.filer AND f.value > 0
    WHERE f.item = 'shares_outstanding' OR f.item = 'shares_diluted'
    GROUP BY u.asset, u.session, f.item"""


def know_splits(connection: duckdb.DuckDBPyConnection, findings: Findings, *, with_facts: bool) -> None:
    """Give rows with an unknown return that are days of a split the return of the split shares.

    The close moved by a usual ratio, within 2 %, and the next count of shares agrees; or it moved by it exactly, and
    volume agrees; or by exactly 3:2, and no volume is known; and nothing says that it is a loss (`_is_loss`). What has
    no witness is left as it is, and noted where it is exact.
    """
    connection.execute(_MOVES)
    moves = connection.execute("SELECT * FROM unknown_moves ORDER BY asset, session").df()
    moves["ratio"] = [_nearest_ratio(q) for q in moves["previous_close"] / moves["close"]]
    moves = moves[moves["ratio"].notna()].reset_index(drop=True)
    if moves.empty:
        return
    keys = ["asset", "session"]
    moves = moves.merge(connection.execute(_VOLUMES).df(), on=keys, how="left")
    moves["counted"] = _counted(moves, connection.execute(_COUNTS).df()) if with_facts else ""
    off = (moves["previous_close"] / moves["close"] / moves["ratio"] - 1.0).abs()
    cheaper = moves[["close", "previous_close"]].min(axis=1)
    exact = np.asarray((off <= EXACT + 2.0 * HALF_CENT / cheaper) & (cheaper >= CHEAPEST))
    alike = exact & grown_like(moves["before"].to_numpy(), moves["after"].to_numpy(), moves["ratio"].to_numpy())
    told = moves["told"].fillna(False).to_numpy(dtype=bool)
    silent = ~moves["traded"].fillna(False).to_numpy(dtype=bool)
    common = silent & np.asarray((moves["ratio"] == COMMON_RATIO) & (off <= EXACT))
    why = np.select(
        [_is_loss(moves), moves["counted"] == "agrees", moves["counted"] == "denies", told & alike, common],
        ["", "the next count of shares", "", "volume", "an exact ratio, no volume being known"],
        "",
    )
    moves["why"] = why
    _tell(connection, findings, moves, exact)


def _is_loss(moves: pd.DataFrame) -> np.ndarray:
    """(n_moves,) bool; True where the share was too cheap to be split by a small ratio, or traded as on bad news."""
    forward = moves["ratio"] > 1.0
    cheap = (moves["ratio"] < SURE_RATIO) & (moves["previous_close"] < DEAREST)
    that_day, before = (moves[name].to_numpy(dtype=np.float64) for name in ("that_day", "before"))
    news = that_day > NEWS * moves["ratio"] * before
    return np.asarray(forward & (cheap | news))


def _nearest_ratio(quotient: float) -> float:
    """New shares for an old one that a quotient of closes looks like; NaN for none."""
    usual = np.append(SPLIT_RATIOS, 1.0 / np.arange(2, MOST_REVERSE + 1))
    nearest = usual[np.abs(np.log(quotient / usual)).argmin()]
    return float(nearest) if abs(quotient / nearest - 1.0) <= SPLIT_TOLERANCE else float("nan")


def _counted(moves: pd.DataFrame, counts: pd.DataFrame) -> list[str]:
    """What the counts of shares around each row say of its ratio: agrees, denies or nothing."""
    growth = (counts["later"] / counts["earlier"]).groupby([counts["asset"], counts["session"]]).apply(list)
    said = []
    for row in moves.itertuples():
        told = np.array(growth.get((row.asset, row.session), []), dtype=float)
        small = 1.0 < row.ratio < SURE_RATIO
        agrees = (np.abs(told / row.ratio - 1.0) <= (CLOSELY if small else COUNT_TOLERANCE)).any()
        denies = np.isfinite(told).any() if small else (np.abs(told - 1.0) <= COUNT_TOLERANCE).any()
        said.append("agrees" if agrees else "denies" if denies else "")
    return said


def _tell(connection: duckdb.DuckDBPyConnection, findings: Findings, moves: pd.DataFrame, exact: np.ndarray) -> None:
    """Put the returns of the known splits into `price_rows` and note both kinds."""
    moves["line"] = [
        f"{row.asset} {row.session:%Y-%m-%d} close {row.close:g} after {row.previous_close:g}: "
        f"{_spoken(row.ratio)} split" + (f" by {row.why}" if row.why else " without a witness")
        for row in moves.itertuples()
    ]
    known, left = moves[moves["why"] != ""], moves[(moves["why"] == "") & exact]
    if len(known):
        told = known.assign(total_return=known["ratio"] * known["close"] / known["previous_close"] - 1.0)
        connection.register("known_splits", told[["asset", "session", "total_return"]])
        connection.execute(
            "UPDATE price_rows SET total_return = known_splits.total_return FROM known_splits "
            "WHERE price_rows.asset = known_splits.asset AND price_rows.session = known_splits.session"
        )
        connection.unregister("known_splits")
    if len(known):
        remedy = "The return is that of the split shares, dividends of the day left out."
        shown = tuple(known["line"].head(EXAMPLES))
        kind = "unknown returns on the day of a split"
        findings.found.append(Finding("prices", kind, "repaired", len(known), shown, remedy))
    if len(left):
        remedy = "Neither volume nor the next count of shares bears it out. Give total_return for these rows."
        shown = tuple(left["line"].head(EXAMPLES))
        kind = "unknown returns that look like a split"
        findings.found.append(Finding("prices", kind, "noted", len(left), shown, remedy))


def _spoken(ratio: float) -> str:
    """A ratio as people say it: 3:2, 1:10."""
    if ratio < 1:
        return f"1:{number(1 / ratio, 0)}"
    for old in (1, 2, 3, 4):
        if abs(ratio * old - round(ratio * old)) < 1e-9:
            return f"{number(ratio * old, 0)}:{old}"
    return f"{ratio:g}:1"
