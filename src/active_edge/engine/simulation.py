"""What one backtest did: curves, holdings, trades, costs, exits, and the vectorbt portfolio behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.engine.codes import EXIT, REASONS, UNFILLED
from active_edge.engine.segments import Tape
from active_edge.sessions import SESSIONS_A_YEAR

if TYPE_CHECKING:
    from active_edge.engine.exits import Exits
    from active_edge.engine.portfolio import SessionPortfolio
    from active_edge.market import Market

KINDS = ("commission", "spread", "impact")
DUST = 1e-9
"""A position below this fraction of the portfolio is rounding left by a full sale, not a holding."""


@dataclass(frozen=True)
class Simulation:
    """Result of `trade_targets`; the frames are made when they are first asked for.

    Shares and prices in frames are unadjusted (as quoted that session); records in `orders` and `portfolio` are in
    total-return-adjusted shares, of which price × shares is the same amount of USD.
    """

    market: Market
    sessions: pd.DatetimeIndex
    columns: np.ndarray
    decisions: pd.DatetimeIndex
    decision_rows: np.ndarray
    capital_usd: float
    tape: Tape
    exit_table: Exits
    first_row: int
    log_value: np.ndarray
    log_cost: np.ndarray
    traded: np.ndarray
    base: np.ndarray
    orders: np.ndarray
    extra: np.ndarray
    unfilled_records: np.ndarray
    waits: np.ndarray
    """(2,) int64; orders × sessions that waited because nobody traded, and for the day's volume was too small."""

    @property
    def assets(self) -> pd.Index:
        """Names ever targeted, the columns of `portfolio`."""
        return self.market.assets[self.columns]

    @cached_property
    def value(self) -> pd.Series:
        """USD at the close of each session, net of costs; the first is the capital."""
        return pd.Series(self.log_value, index=self.sessions, name="value")

    @cached_property
    def returns(self) -> pd.Series:
        """Net simple return of each session after the first."""
        return pd.Series(_growth(self.log_value[1:], self.log_value[:-1]), index=self.sessions[1:], name="returns")

    @cached_property
    def gross(self) -> pd.Series:
        """Return of each session after the first with that session's costs added back, same fills.

        (value + costs of the session) / value of the session before − 1: gross − returns is exactly the row sum of
        `costs_daily`.
        """
        paid = self.log_value[1:] + self.log_cost[:, 1:].sum(axis=0)
        return pd.Series(_growth(paid, self.log_value[:-1]), index=self.sessions[1:], name="gross")

    @cached_property
    def costs_usd(self) -> pd.DataFrame:
        """(n_sessions, 3) USD paid per session: commission, spread, impact."""
        return pd.DataFrame(self.log_cost.T, index=self.sessions, columns=list(KINDS))

    @cached_property
    def costs_daily(self) -> pd.DataFrame:
        """(n_sessions − 1, 3) the same as fractions of the value at the session before."""
        before = self.log_value[:-1]
        shares = np.divide(self.log_cost[:, 1:], before, out=np.zeros((3, len(before))), where=before > 0.0)
        return pd.DataFrame(shares.T, index=self.sessions[1:], columns=list(KINDS))

    @cached_property
    def costs(self) -> pd.Series:
        """Cost drag by kind, fraction of the capital a year of 252 sessions."""
        return self.costs_daily.mean() * SESSIONS_A_YEAR

    @cached_property
    def turnover(self) -> pd.Series:
        """One-way turnover of each decision: half of what was bought and sold for it, over the value then.

        Carried-over trades count with their decision; exits do not count. The first purchase counts half. NaN where
        a decision on the last session could not be traded.
        """
        half = 0.5 * np.divide(self.traded, self.base, out=np.full(len(self.base), np.nan), where=self.base > 0.0)
        return pd.Series(half, index=self.decisions, name="turnover")

    @cached_property
    def trades(self) -> pd.DataFrame:
        """One row a fill, in order: session, asset, side, shares, price, value, costs in USD, reason, decision.

        price includes half-spread and impact; value = shares × price, before commission. reason: rebalance, exit
        (the series ended), reinvest (of the proceeds of exits) or carry_over (a later session of the same decision).
        """
        orders, extra = self.orders, self.extra
        scale = self._scale(orders["col"], orders["idx"])
        amount = orders["size"] * extra["mid"]
        return pd.DataFrame(
            {
                "session": self.sessions[orders["idx"]],
                "asset": self.assets[orders["col"]],
                "side": np.where(orders["side"] == 0, "buy", "sell"),
                "shares": orders["size"] / scale,
                "price": orders["price"] * scale,
                "value": orders["size"] * orders["price"],
                "commission": orders["fees"],
                "spread_cost": amount * extra["half_spread"],
                "impact_cost": amount * extra["impact"],
                "reason": np.array(REASONS, dtype=object)[extra["reason"]],
                "decision": self.decisions[extra["decision"]],
            }
        )

    @cached_property
    def holdings(self) -> pd.DataFrame:
        """What is held at the close of each decision's first fill session and at the last session.

        Columns session, decision (whose targets are in force), asset, weight (of the portfolio's value, cash
        included), shares, value (USD at the last known close).
        """
        rows, shares, value = self._held
        total = self.log_value[rows]
        at, col = np.nonzero(value > DUST * total[:, None])
        decision = np.searchsorted(self.decision_rows + 1, rows[at], side="right") - 1
        return pd.DataFrame(
            {
                "session": self.sessions[rows[at]],
                "decision": self.decisions[decision],
                "asset": self.assets[col],
                "weight": value[at, col] / total[at],
                "shares": shares[at, col] / self._scale(col, rows[at]),
                "value": value[at, col],
            }
        )

    @property
    def held_on(self) -> pd.DatetimeIndex:
        """Sessions of the closes of `holdings`."""
        return self.sessions[self._held[0]]

    @property
    def names_held(self) -> np.ndarray:
        """(n_closes,) int64; names held at the closes of `holdings`: after each decision's first fill, and the last."""
        rows, _, value = self._held
        names: np.ndarray = (value > DUST * self.log_value[rows][:, None]).sum(axis=1)
        return names

    @property
    def names_in_the_middle(self) -> int:
        """How many were held at the middle one of those closes, of two middle ones the lower: never between the two."""
        held = np.sort(self.names_held)
        return int(held[(len(held) - 1) // 2])

    @property
    def invested(self) -> np.ndarray:
        """(n_closes,) float; the share of the portfolio in names at the same closes, the rest is cash."""
        rows, _, value = self._held
        total = self.log_value[rows]
        share: np.ndarray = np.divide(value.sum(axis=1), total, out=np.zeros(len(rows)), where=total > 0.0)
        return share

    @cached_property
    def unfilled(self) -> pd.DataFrame:
        """What a decision asked for and never got: decision, asset, side, shares (adjusted), value, reason.

        value: USD at the close of the decision's first fill session. reason: gap (no row until the next decision),
        participation, cash, exited, no_price, no_volume, untraded, day_volume; see `engine.codes`.
        """
        records = self.unfilled_records
        row = np.minimum(self.decision_rows[records["decision"]] + 1, len(self.sessions) - 1)
        missing = records["shares"]
        return pd.DataFrame(
            {
                "decision": self.decisions[records["decision"]],
                "asset": self.assets[records["col"]],
                "side": np.where(missing < 0.0, "sell", "buy"),
                "shares": np.abs(missing),
                "value": np.abs(missing) * self._close(records["col"], row),
                "reason": np.array(UNFILLED, dtype=object)[records["reason"]],
            }
        )

    @cached_property
    def exits(self) -> pd.DataFrame:
        """Series that ended while held: asset, session (the terminal row), reason, return, value, weight.

        reason: known (the market holds the exit return), distress (the delisting rule), other (last price); value:
        USD received; weight: of the position, at its last price, in the portfolio at the close before.
        """
        orders = self.orders[self.extra["reason"] == EXIT]
        col, before = orders["col"], orders["idx"] - 1
        return pd.DataFrame(
            {
                "asset": self.assets[col],
                "session": self.sessions[orders["idx"]],
                "reason": self.exit_table.reasons[col],
                "return": self.exit_table.returns[col],
                "value": orders["size"] * orders["price"],
                "weight": orders["size"] * self._close(col, before) / self.log_value[before],
            }
        )

    @cached_property
    def portfolio(self) -> SessionPortfolio:
        """The same orders as a `vectorbt.Portfolio` (252 sessions a year, no default benchmark)."""
        from active_edge.engine.portfolio import portfolio_of

        return portfolio_of(self._marked_close().T, self.sessions, self.assets, self.orders, self.capital_usd)

    def _marked_close(self) -> np.ndarray:
        """Return adjusted closes with each series' terminal price on and after its exit row."""
        rows, columns = np.arange(len(self.sessions)), np.arange(len(self.columns))
        ended = rows >= self.tape.exit_row[:, None]
        return np.where(ended, self.tape.terminal[:, None], self._close(columns[:, None], rows))

    def _close(self, cols: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the adjusted close of some columns on some rows, broadcast, carried forward over gaps."""
        from active_edge.engine._reading import carried

        col, row = np.broadcast_arrays(self.columns[cols], self.first_row + rows)
        index = self.market.prices.runs("total_return_index")
        found = carried(index, *(places.astype(np.int64).ravel() for places in (col, row)))
        return np.asarray(found).reshape(col.shape)

    def _positions(self, rows: np.ndarray) -> np.ndarray:
        """Return (len(rows), n_columns) adjusted shares after each of the ascending rows."""
        signed = np.where(self.orders["side"] == 0, self.orders["size"], -self.orders["size"])
        change = np.zeros((len(rows) + 1, len(self.columns)))
        np.add.at(change, (np.searchsorted(rows, self.orders["idx"]), self.orders["col"]), signed)
        return np.cumsum(change[:-1], axis=0)

    @cached_property
    def _held(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows of the closes of `holdings`, and (n_closes, n_columns) adjusted shares and USD held at them."""
        fills = self.decision_rows[self.decision_rows + 1 < len(self.sessions)] + 1
        rows = np.unique(np.append(fills, len(self.sessions) - 1))
        shares, close = self._positions(rows), self._close(np.arange(len(self.columns)), rows[:, None])
        return rows, shares, np.where(shares > 0.0, shares * np.nan_to_num(close), 0.0)

    def _scale(self, cols: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """(n,) unadjusted over adjusted close, USD as quoted per adjusted USD, of the last session that has both."""
        from active_edge.engine._reading import quoted

        prices = self.market.prices
        sessions = np.asarray(self.first_row + rows, dtype=np.int64)
        earliest = max(self.first_row - SESSIONS_A_YEAR, 0)
        where = np.asarray(self.columns[cols], dtype=np.int64), sessions, earliest
        return np.asarray(quoted(prices.runs("close"), prices.runs("total_return_index"), *where))


def _growth(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    returns: np.ndarray = np.divide(after, before, out=np.ones_like(before), where=before > 0.0) - 1.0
    return returns
