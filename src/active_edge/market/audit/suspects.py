"""Days, returns and tickers of a stored market that a person should not trust."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.market.database import connect
from active_edge.market.files import parquet
from active_edge.market.intake.adjusted_closes import FEWEST_NAMES, SESSION_SHARE
from active_edge.market.intake.price_repairs import THIN_SHARE, UNKNOWN_SHARE
from active_edge.market.intake.return_repairs import CONTRADICTION
from active_edge.market.odd_closes import odd_closes
from active_edge.market.splits import NONE, UNDECIDED
from active_edge.market.store import Market

SHOWN = 10
JUMP_FACTOR = 5.0
BACK_ROWS = 5
"""A price that moves by `JUMP_FACTOR` and comes back within this many rows is a wrong symbol or a misplaced point."""


@dataclass(frozen=True)
class Suspects:
    """What the prices hold that cannot quite be true.

    Attributes
    ----------
    days
        Sessions with few rows, few returns or closes that contradict many returns: session, rows, usual_rows, returns,
        contradicted.
    odd_closes
        Sessions on which the close of a single name contradicts its return (`market.odd_closes`).
    known_beyond_100
        Number of known one-day returns beyond ±100 %, and the largest: asset, session, previous_close, close, return.
    jumps_and_back
        Moves by a factor of five or more that are undone within five rows: count and the largest.
    unknown_returns, unknown_share, unchained
        Rows (not an asset's first) without a return, their share, and those taken as zero: beyond ±50 %,
        like a 2:1 split, or a split that nothing tells from a loss.
    splits, undecided, unwitnessed
        Moves taken for splits; moves that may be a split or a dividend, market value being unknown until shares are
        counted again; rows of these and of what looks like a split and is none: asset, session, previous_close, close,
        ratio (1 none, 0 not known).
    reused_tickers
        Tickers with more than one asset: ticker, assets, last price before, first price after.
    """

    days: pd.DataFrame
    odd_closes: pd.DataFrame
    known_beyond_100: int
    largest_returns: pd.DataFrame
    jumps_and_back: int
    largest_jumps: pd.DataFrame
    unknown_returns: int
    unknown_share: float
    unchained: int
    largest_unchained: pd.DataFrame
    splits: int
    undecided: int
    unwitnessed: pd.DataFrame
    reused_tickers: pd.DataFrame


def find_suspects(market: Market) -> Suspects:
    """Return the suspect days, returns and tickers of a market."""
    back = ", ".join(f"abs(ln(lead(close, {n}) OVER each / lag(close) OVER each))" for n in range(1, BACK_ROWS + 1))
    moves = f"""
        SELECT *, close / previous_close AS ratio FROM (
            SELECT asset, session, close, total_return, lag(close) OVER each AS previous_close,
                least({back}) AS distance_back
            FROM {parquet(market.table("prices"))}
            WINDOW each AS (PARTITION BY asset ORDER BY session))
        WHERE previous_close IS NOT NULL"""
    with connect() as connection:
        connection.execute(f"CREATE TABLE moves AS {moves}")
        days = connection.execute(
            f"""
            SELECT session, rows, usual_rows, returns, contradicted FROM (
                SELECT *, median(rows) OVER (
                    ORDER BY session ROWS BETWEEN 10 PRECEDING AND 10 FOLLOWING)::BIGINT AS usual_rows
                FROM (SELECT session, count(*) AS rows, count(total_return) AS returns, count(*) FILTER (
                    abs((1 + total_return) / ratio - 1) > {CONTRADICTION}) AS contradicted FROM moves GROUP BY session))
            WHERE rows < {THIN_SHARE} * usual_rows OR returns < (1 - {UNKNOWN_SHARE}) * rows
                OR (contradicted >= {FEWEST_NAMES} AND contradicted > {SESSION_SHARE} * returns) ORDER BY session
            """
        ).df()
        shown = "asset, session, previous_close, close, total_return"
        known = "FROM moves WHERE abs(total_return) > 1"
        largest = connection.execute(f"SELECT {shown} {known} ORDER BY total_return DESC, asset LIMIT {SHOWN}").df()
        undone = f"FROM moves WHERE abs(ln(ratio)) >= ln({JUMP_FACTOR}) AND distance_back < ln(1.5)"
        jumps = connection.execute(f"SELECT {shown} {undone} ORDER BY abs(ln(ratio)) DESC, asset LIMIT {SHOWN}").df()
        counts = connection.execute(
            f"SELECT count(*), count(*) - count(total_return), (SELECT count(*) {known}), (SELECT count(*) {undone}) "
            "FROM moves"
        ).fetchall()[0]
    unchained = market.prices.unchained
    splits, undecided, unwitnessed = _splits(market)
    order = unchained["close_to_close"].abs().sort_values(ascending=False, kind="stable").index
    return Suspects(
        days=days,
        odd_closes=odd_closes(market),
        known_beyond_100=counts[2],
        largest_returns=largest,
        jumps_and_back=counts[3],
        largest_jumps=jumps,
        unknown_returns=counts[1],
        unknown_share=counts[1] / counts[0] if counts[0] else 0.0,
        unchained=len(unchained),
        largest_unchained=unchained.loc[order[:SHOWN]].reset_index(drop=True),
        splits=splits,
        undecided=undecided,
        unwitnessed=unwitnessed,
        reused_tickers=_reused_tickers(market),
    )


def _splits(market: Market) -> tuple[int, int, pd.DataFrame]:
    """Number of splits, of moves that nothing tells from one, and the rows like a split that are not taken for one."""
    asset, session, ratio = market.splits
    left = (ratio == NONE) | (ratio == UNDECIDED)
    odd = odd_closes(market)
    apart = set(zip(market.assets.get_indexer(odd["asset"]), market.sessions.get_indexer(odd["session"]), strict=True))
    left &= np.array([one not in apart for one in zip(asset, session, strict=True)], dtype=bool)
    close = market.prices.close
    before = [
        close[:at, column][~np.isnan(close[:at, column])][-1:]
        for column, at in zip(asset[left], session[left], strict=True)
    ]
    frame = pd.DataFrame(
        {
            "asset": market.assets[asset[left]],
            "session": market.sessions[session[left]],
            "previous_close": [float(last[0]) if len(last) else np.nan for last in before],
            "close": close[session[left], asset[left]],
            "ratio": ratio[left],
        }
    )
    return int(((ratio != NONE) & (ratio != UNDECIDED)).sum()), int((ratio[left] == UNDECIDED).sum()), frame


def _reused_tickers(market: Market) -> pd.DataFrame:
    """Return one row for each later life of a ticker: ticker, asset, before, last_close, first_close, from, to."""
    securities = market.securities
    shared = securities[securities.duplicated("ticker", keep=False)]
    rows, close = [], market.prices.runs("close")
    for ticker, lives in shared.groupby("ticker", sort=True):
        codes = market.assets.get_indexer(lives.index)
        codes = codes[market.prices.first[codes] >= 0]
        codes = codes[market.prices.first[codes].argsort(kind="stable")]
        for before, after in itertools.pairwise(codes):
            last, first = market.prices.last[before], market.prices.first[after]
            rows.append(
                {
                    "ticker": ticker,
                    "before": market.assets[before],
                    "after": market.assets[after],
                    "last_session": market.sessions[last],
                    "first_session": market.sessions[first],
                    "last_close": close.at(last, before),
                    "first_close": close.at(first, after),
                }
            )
    columns = ["ticker", "before", "after", "last_session", "first_session", "last_close", "first_close"]
    return pd.DataFrame(rows, columns=columns)
