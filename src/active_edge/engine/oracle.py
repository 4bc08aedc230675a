"""The plain path: the same backtest through `vectorbt.Portfolio.from_orders` on the whole panel.

Slow and obvious: every asset is a column, every session a row, and the simulation is run again from the start for
each row that trades, because what is left of an order is known only after it. It shares no code with the compiled
loop but the inputs (cost terms, exit returns); tests hold the loop to it, and it stays usable should a new vectorbt
change its inner kernels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from active_edge.costs import OrderCosts, TradingTerms, order_costs
from active_edge.engine.codes import MAX_SLIPPAGE, SHARE_TOLERANCE
from active_edge.engine.exits import NOTHING_LEFT, find_exits
from active_edge.engine.window import Day, Window, decisions_in, window_of
from active_edge.market.prices import OPEN_FACTOR

if TYPE_CHECKING:
    from active_edge.market import Market
    from active_edge.strategy import Targets


@dataclass
class _Panel:
    """(n_rows, n_assets) inputs of `from_orders`, filled in row by row."""

    sessions: pd.DatetimeIndex
    close: pd.DataFrame
    price: np.ndarray
    exit_row: np.ndarray
    capital: float
    inputs: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = self.price.shape
        self.inputs = {
            "size": np.full(shape, np.nan),
            "size_type": np.zeros(shape, dtype=np.int64),
            "fees": np.zeros(shape),
            "slippage": np.zeros(shape),
            "max_size": np.full(shape, np.inf),
        }

    @property
    def mark(self) -> np.ndarray:
        """Valuation price: the fill price, else the last close."""
        return np.where(np.isnan(self.price), self.close.to_numpy(), self.price)

    def run(self, stop: int) -> Any:
        """Return `Portfolio.from_orders` over rows [0, stop)."""
        import vectorbt as vbt

        return vbt.Portfolio.from_orders(
            self.close.iloc[:stop],
            price=self.price[:stop],
            val_price=self.mark[:stop],
            direction="longonly",
            init_cash=self.capital,
            cash_sharing=True,
            group_by=True,
            call_seq="auto",
            freq="1D",
            **{name: matrix[:stop] for name, matrix in self.inputs.items()},
        )


def plain_portfolio(
    market: Market,
    targets: Targets,
    terms: TradingTerms,
    *,
    start: Day = None,
    end: Day = None,
) -> Any:
    """Return the `vectorbt.Portfolio` of the same backtest as `trade_targets`, all assets of the market as columns.

    Timing and parameters are those of `trade_targets`.
    """
    window = window_of(market, targets.dates[0], start, end)
    which, rows = decisions_in(market, targets.dates, window)
    panel = _read_panel(market, window, terms)
    rates = order_costs(terms.costs, market, targets.dates[which])
    fills = {int(row) + 1: d for d, row in enumerate(rows)}
    weights = targets.weights[which]
    n_assets = len(market.assets)
    position, cash, d = np.zeros(n_assets), float(terms.capital_usd), -1
    want, still_open = np.zeros(n_assets), np.zeros(n_assets, dtype=bool)
    for row in range(window.n_rows):
        ends = (panel.exit_row == row) & (position != 0.0)
        first = row in fills
        if not (first or ends.any() or still_open.any()):
            continue
        alive = panel.exit_row > row
        if first:
            d = fills[row]
            value = cash + np.nansum(position * panel.mark[row])
            want = weights[d] * value / panel.mark[row]
            still_open = ~np.isnan(panel.mark[row]) & ((weights[d] > 0.0) | (position > 0.0))
        still_open &= alive
        wanted, cap = _write_row(panel, row, weights[d] if first else None, want, position, still_open, rates, d)
        _write_exits(panel, row, ends)
        portfolio = panel.run(row + 1)
        filled = np.zeros(n_assets)
        records = portfolio.order_records[portfolio.order_records["idx"] == row]
        filled[records["col"]] = records["size"]
        position = portfolio.assets().to_numpy()[-1].copy()
        cash = float(portfolio.cash().iloc[-1])
        still_open = _left_over(still_open, wanted, filled, cap, want, position, panel.price[row])
    return panel.run(window.n_rows)


def _read_panel(market: Market, window: Window, terms: TradingTerms) -> _Panel:
    index = pd.DataFrame(market.prices.total_return_index, index=market.sessions, columns=market.assets)
    price = index.copy()
    if terms.trade_at == "next_open":
        farthest = OPEN_FACTOR * market.prices.close, market.prices.close / OPEN_FACTOR
        price = index * market.prices.open / market.prices.close
        price = price.mask((market.prices.open > farthest[0]) | (market.prices.open < farthest[1])).fillna(index)
    close = index.ffill()
    exits = find_exits(market, np.arange(len(market.assets)), terms.delisting)
    exit_row = np.where(exits.last >= 0, exits.last + 1, len(index))
    for column in np.flatnonzero(exits.last >= 0):
        row = exit_row[column]
        last = close.iloc[row - 1, column]
        terminal = NOTHING_LEFT if exits.returns[column] <= -1.0 else last * (1.0 + exits.returns[column])
        price.iloc[row, column] = terminal
        close.iloc[row:, column] = terminal
    rows = slice(window.start, window.stop)
    return _Panel(
        market.sessions[rows],
        close.iloc[rows],
        price.iloc[rows].to_numpy(),
        np.where(exits.last >= 0, exit_row - window.start, window.n_rows),
        float(terms.capital_usd),
    )


def _write_row(
    panel: _Panel,
    row: int,
    weights: np.ndarray | None,
    want: np.ndarray,
    position: np.ndarray,
    still_open: np.ndarray,
    rates: OrderCosts,
    d: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Write the orders of one row; return how many shares each lacks and the most it may trade."""
    from vectorbt.portfolio.enums import SizeType

    price, volume = panel.price[row], rates.dollar_volume[d]
    wanted = np.abs(want - position)
    cap = np.full(len(price), np.inf)
    if np.isfinite(rates.max_participation):
        cap = np.nan_to_num(rates.max_participation * volume / price)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(volume > 0.0, np.minimum(wanted, cap) * price / volume, 1.0)
    half = np.minimum(rates.half_spread[d], MAX_SLIPPAGE)
    impact = rates.impact_linear[d] * share + rates.impact_power[d] * share**rates.exponent
    sent = still_open & ~np.isnan(price) & (cap > 0.0)
    inputs = panel.inputs
    inputs["size"][row, sent] = (want if weights is None else weights)[sent]
    inputs["size_type"][row, sent] = SizeType.TargetAmount if weights is None else SizeType.TargetPercent
    inputs["fees"][row, sent] = rates.commission
    inputs["slippage"][row, sent] = np.minimum(half + impact, MAX_SLIPPAGE)[sent]
    inputs["max_size"][row, sent] = cap[sent]
    still_open &= np.isnan(price) | (cap > 0.0)
    return wanted, cap


def _write_exits(panel: _Panel, row: int, ends: np.ndarray) -> None:
    from vectorbt.portfolio.enums import SizeType

    panel.inputs["size"][row, ends] = 0.0
    panel.inputs["size_type"][row, ends] = SizeType.TargetAmount


def _left_over(
    still_open: np.ndarray,
    wanted: np.ndarray,
    filled: np.ndarray,
    cap: np.ndarray,
    want: np.ndarray,
    position: np.ndarray,
    price: np.ndarray,
) -> np.ndarray:
    """Return which orders go on: waiting for a row, capped, or short of cash while a sale is still to come."""
    waiting = still_open & np.isnan(price)
    unfinished = still_open & ~waiting & (wanted > SHARE_TOLERANCE) & (filled < wanted * (1.0 - 1e-9))
    capped = unfinished & (filled >= cap * (1.0 - 1e-9))
    on = waiting | unfinished
    sale_to_come = bool((on & (want < position)).any())
    left: np.ndarray = waiting | capped | (unfinished & sale_to_come)
    return left
