"""Closes of the holdings files as prices: for names and days that the charts lack, with splits undone in the returns.

A split shows in the holdings themselves: the fund's number of shares jumps as the price does the other way. Where both
are there the ratio is known; where a price jumps like a split and nobody tells the shares, the return is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from active_edge.market.splits import MOST_REVERSE, SPLIT_RATIOS, SPLIT_TOLERANCE
from active_edge.sources.vendors import past_holdings

MOVED = (0.87, 1.15)
"""A close outside this multiple of the one before may be split."""
SHARES_TOLERANCE, EXACT_SHARES = 0.03, 0.002
"""What buying and selling of the fund moves its shares by on a day; and where it did neither."""
LEAST_SHARES, MOST_BESIDE = 1_000, 50.0
"""Of so many shares a split to the share is no chance; nor does a price move by so much beside it."""
LEAST_JOINED, OWN_MOVE = 11, 1.5
"""From so many old shares for a new one on every whole number is a ratio; a share may move by so much beside it."""
ORDER = "CASE fund WHEN 'IWM' THEN 0 WHEN 'IWB' THEN 1 WHEN 'IJR' THEN 2 ELSE 3 END"


@dataclass(frozen=True)
class Filled:
    """rows: asset, session, close, total_return of names and days the charts lack, and chart rows after such a one.

    splits: asset, session, ratio as the holdings tell. unknown: moves like a split that nobody explains.
    """

    splits: pd.DataFrame
    unknown: int
    added: int
    names: int


def make_life_closes(connection: duckdb.DuckDBPyConnection, life_of_label: pd.DataFrame) -> None:
    """Table `life_closes`: life, session, close and fund, one row a life and XNYS session since daily files."""
    connection.register("life_of_label", life_of_label)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE life_lines AS SELECT m.life, l.* FROM holding_lines l "
        "JOIN life_of_label m USING (label)"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE life_closes AS SELECT life, CAST(day AS TIMESTAMP_NS) AS session, close, fund, "
        "regexp_replace(ticker, '[^A-Z0-9]', '', 'g') AS ticker_key "
        f"FROM life_lines WHERE close > 0 AND day >= DATE '{past_holdings.FIRST_DAY.isoformat()}' "
        f"QUALIFY row_number() OVER (PARTITION BY life, day ORDER BY {ORDER}, label) = 1"
    )


def fill(connection: duckdb.DuckDBPyConnection, asset_of_life: Mapping[int, str], sessions: pd.DatetimeIndex) -> Filled:
    """Make the table `all_prices` of `chart_prices` and of what the holdings add; both as the table of prices.

    A return after a row that was added starts at that row.
    """
    pairs = pd.DataFrame(sorted(asset_of_life.items()), columns=["life", "asset"]).astype({"asset": object})
    connection.register("asset_of_life", pairs)
    connection.register("real_sessions", pd.DataFrame({"session": sessions}))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE added AS SELECT a.asset, CAST(h.session AS DATE) AS session, "
        "any_value(h.close) AS close, any_value(h.fund) AS fund FROM life_closes h JOIN asset_of_life a USING (life) "
        "SEMI JOIN real_sessions r ON r.session = h.session "
        "ANTI JOIN chart_prices c ON c.asset = a.asset AND c.session = CAST(h.session AS DATE) GROUP BY ALL"
    )
    added, names = connection.execute("SELECT count(*), count(DISTINCT asset) FROM added").fetchall()[0]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE joined AS SELECT *, "
        "lag(close) OVER w AS close_before, lag(session) OVER w AS session_before, lag(extra) OVER w AS extra_before "
        "FROM (SELECT asset, session, open, high, low, close, volume, total_return, false AS extra FROM chart_prices "
        "UNION ALL BY NAME SELECT asset, session, close, true AS extra FROM added) "
        "WINDOW w AS (PARTITION BY asset ORDER BY session)"
    )
    splits, unknown = _splits(connection)
    connection.register("told_splits", splits)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE all_prices AS SELECT j.asset, j.session, j.open, j.high, j.low, j.close, "
        "j.volume, CASE WHEN j.close_before IS NULL THEN NULL WHEN NOT j.extra AND NOT j.extra_before "
        "THEN j.total_return WHEN isnan(s.ratio) THEN NULL "
        "ELSE round(j.close * coalesce(s.ratio, 1) / j.close_before - 1, 9) END AS total_return "
        "FROM joined j LEFT JOIN (SELECT asset, CAST(session AS DATE) AS session, ratio FROM told_splits) s "
        "ON s.asset = j.asset AND s.session = j.session"
    )
    return Filled(splits[splits["ratio"].notna()], unknown, int(added), int(names))


def _splits(connection: duckdb.DuckDBPyConnection) -> tuple[pd.DataFrame, int]:
    """(asset, session, ratio) of moves that are splits by the fund's shares; ratio NaN where it cannot be told."""
    low, high = MOVED
    moves = connection.execute(
        "SELECT asset, session, session_before, close / close_before AS moved FROM joined "
        f"WHERE (extra OR extra_before) AND close_before > 0 AND (close / close_before < {low} OR "
        f"close / close_before > {high}) ORDER BY asset, session"
    ).df()
    if moves.empty:
        return pd.DataFrame({"asset": [], "session": [], "ratio": []}), 0
    connection.register("moves", moves)
    shares = connection.execute(
        "WITH held AS (SELECT a.asset, l.fund, l.day, l.shares, lead(l.shares) OVER w AS shares_after "
        "FROM life_lines l JOIN asset_of_life a USING (life) WHERE l.shares > 0 "
        "WINDOW w AS (PARTITION BY a.asset, l.fund ORDER BY l.day)) "
        "SELECT m.asset, m.session, b.shares AS before, n.shares AS after, n.shares_after FROM moves m "
        "JOIN held b ON b.asset = m.asset AND b.day = CAST(m.session_before AS DATE) "
        "JOIN held n ON n.asset = m.asset AND n.day = CAST(m.session AS DATE) AND n.fund = b.fund"
    ).df()
    told_by_shares = shares.assign(
        grown=shares["after"] / shares["before"],
        grown_after=shares["shares_after"] / shares["before"],
        exact=[_exactly(*row) for row in shares[["before", "after"]].itertuples(index=False)],
    )
    grown = told_by_shares.groupby(["asset", "session"])[["grown", "grown_after", "exact"]].median().reset_index()
    joined = moves.merge(grown, on=["asset", "session"], how="left")
    ratio = [_ratio(*row) for row in joined[["moved", "grown", "grown_after", "exact"]].itertuples(index=False)]
    told = joined.assign(ratio=ratio)[["asset", "session", "ratio"]]
    told = told[told["ratio"] != 1.0]
    return told.astype({"asset": object}), int(told["ratio"].isna().sum())


def _exactly(before: float, after: float) -> float:
    """The split by which a fund's shares became others, to the share; NaN where they did not by one."""
    if not min(before, after) >= LEAST_SHARES or MOVED[0] <= after / before <= MOVED[1]:
        return float("nan")
    whole = 1.0 / round(before / after) if before > after else float(round(after / before))
    near = [r for r in (_nearest(after / before), whole) if abs(before * r - after) <= 1.0]
    return near[0] if near and 1.0 / MOST_REVERSE <= near[0] <= MOST_REVERSE else float("nan")


def _ratio(moved: float, grown: float, grown_after: float, exact: float = float("nan")) -> float:
    """New shares for an old one; 1 for a plain move, NaN where a move is like a split and the shares are not told.

    exact : of `_exactly`; over a month the price may have moved by more than the split.
    """
    if np.isfinite(exact) and abs(np.log(moved * exact)) < np.log(MOST_BESIDE):
        return exact
    for change in (grown, grown_after):
        if np.isfinite(change) and not MOVED[0] <= change <= MOVED[1]:
            joined = _joined(change)
            if joined is not None and abs(np.log(moved * joined)) < np.log(OWN_MOVE):
                return joined
            ratio = _nearest(change)
            if abs(change / ratio - 1.0) <= SHARES_TOLERANCE and abs(np.log(moved * ratio)) < 0.7 * abs(np.log(moved)):
                return ratio
    if np.isfinite(grown):
        return 1.0
    nearest = _nearest(1.0 / moved)
    like_split = nearest not in (1.0,) and abs(moved * nearest - 1.0) < SPLIT_TOLERANCE
    return float("nan") if like_split else 1.0


def _joined(change: float) -> float | None:
    """One new share for a whole number of old ones, eleven or more, by a change of shares; None where it is none.

    What the shares say exactly comes before a usual ratio near it, and that before the nearest whole number.
    """
    old = round(1.0 / change)
    if not LEAST_JOINED <= old <= MOST_REVERSE:
        return None
    usual = _nearest(change)
    exact = abs(change * old - 1.0) <= EXACT_SHARES or abs(change / usual - 1.0) > SHARES_TOLERANCE
    return 1.0 / old if exact else usual


def _nearest(change: float) -> float:
    """The usual split ratio, forward or reverse, that is nearest to a change of shares."""
    size = max(change, 1.0 / change)
    ratio = float(SPLIT_RATIOS[np.abs(np.log(size / SPLIT_RATIOS)).argmin()])
    return ratio if change >= 1.0 else 1.0 / ratio
