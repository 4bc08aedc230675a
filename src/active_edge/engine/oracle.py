"""The plain path: the same backtest in plain arithmetic, its orders sent through `vectorbt.Portfolio.from_orders`.

Slow and obvious: every asset is a column, every session is walked, and each rule of trading is written a second time,
array by array, without a look at the compiled loop, whose code it shares nothing of but the inputs (cost terms, exit
returns). What it decides goes to vectorbt as one matrix of orders on the whole panel, and vectorbt's fills and cash are
the answer; tests hold the loop to it, and it stays usable should a new vectorbt change its inner kernels.
"""

from __future__ import annotations

from collections.abc import Callable
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

HALVINGS = 200
"""Of the bracket in which the share that the cash pays for is looked for."""
ALMOST = 1.0 - 1e-9
"""An order filled to this share of what was wanted is filled."""


@dataclass
class _Panel:
    """(n_rows, n_assets) prices and inputs of `from_orders`, the latter filled in row by row."""

    sessions: pd.DatetimeIndex
    close: pd.DataFrame
    price: np.ndarray
    traded: np.ndarray
    trailing: np.ndarray
    exit_row: np.ndarray
    capital: float
    inputs: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = self.price.shape
        names = {"size": np.nan, "fees": 0.0, "slippage": 0.0}
        self.inputs = {name: np.full(shape, empty) for name, empty in names.items()}

    @property
    def mark(self) -> np.ndarray:
        """Valuation price: the fill price, else the last close."""
        return np.where(np.isnan(self.price), self.close.to_numpy(), self.price)

    def run(self) -> Any:
        """Return `Portfolio.from_orders` of the orders written so far; a size is a change of shares."""
        import vectorbt as vbt

        return vbt.Portfolio.from_orders(
            self.close,
            price=self.price,
            val_price=self.mark,
            size_type="amount",
            direction="longonly",
            init_cash=self.capital,
            cash_sharing=True,
            group_by=True,
            call_seq="auto",
            freq="1D",
            **self.inputs,
        )


@dataclass
class _Account:
    """Cash and shares of the walk, and what the decision in force still asks for."""

    cash: float
    position: np.ndarray
    want: np.ndarray
    still_open: np.ndarray
    proceeds: float = 0.0


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
    weights, mark = targets.weights[which], panel.mark
    n_assets = len(market.assets)
    account = _Account(float(terms.capital_usd), np.zeros(n_assets), np.zeros(n_assets), np.zeros(n_assets, dtype=bool))
    new_quarter = (panel.sessions.quarter[1:] != panel.sessions.quarter[:-1]) & (terms.reinvest == "proportional")
    d = -1
    for row in range(window.n_rows):
        first = row in fills
        if not first and d < 0:
            continue
        d = fills.get(row, d)
        known = (panel.exit_row > row) & ~np.isnan(mark[row])
        again = not first and new_quarter[row - 1] and account.proceeds > 0.0
        if first:
            _decide(account, weights[d], mark[row], known)
        elif again:
            _spread_proceeds(account, mark[row], known)
        account.still_open &= known
        costs = _costs_of(rates, d, rates.dollar_volume[d] if first else _volume_now(panel, row, rates, d), mark[row])
        if first or again:
            _scale_to_cash(account, panel, row, costs)
        _trade_row(account, panel, row, costs)
    return panel.run()


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
    dollars = pd.DataFrame(market.prices.close * market.prices.volume, index=market.sessions, columns=market.assets)
    rows = slice(window.start, window.stop)
    return _Panel(
        market.sessions[rows],
        close.iloc[rows],
        price.iloc[rows].to_numpy(),
        (dollars / index).iloc[rows].fillna(np.inf).to_numpy(),
        dollars.rolling(63, min_periods=21).median().shift(1).iloc[rows].to_numpy(),
        np.where(exits.last >= 0, exit_row - window.start, window.n_rows),
        float(terms.capital_usd),
    )


def _volume_now(panel: _Panel, row: int, rates: OrderCosts, d: int) -> np.ndarray:
    """(n_assets,) USD; the trailing median at the session before, or the decision's where that is unknown."""
    now = panel.trailing[row]
    volume: np.ndarray = np.where(np.isnan(now), rates.dollar_volume[d], now)
    return volume


@dataclass(frozen=True)
class _Costs:
    """What orders of one row cost and the most they may be, (n_assets,) each."""

    price: np.ndarray
    half: np.ndarray
    linear: np.ndarray
    power: np.ndarray
    exponent: float
    volume: np.ndarray
    cap: np.ndarray
    fees: float

    def slippage(self, size: np.ndarray) -> np.ndarray:
        """Half-spread and impact of orders of so many shares, fractions of the price."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(self.volume > 0.0, np.minimum(size, self.cap) * self.price / self.volume, 1.0)
            impact = self.linear * share + self.power * share**self.exponent
        half = np.minimum(self.half, MAX_SLIPPAGE)
        slippage: np.ndarray = np.minimum(half + np.where(self.linear + self.power > 0.0, impact, 0.0), MAX_SLIPPAGE)
        return slippage

    def paid(self, change: np.ndarray) -> np.ndarray:
        """USD paid for changes of shares; negative where a sale brings them."""
        size = np.abs(change)
        side = np.sign(change)
        paid: np.ndarray = side * size * self.price * (1.0 + side * self.slippage(size)) * (1.0 + side * self.fees)
        return np.where(size > 0.0, paid, 0.0)


def _costs_of(rates: OrderCosts, d: int, volume: np.ndarray, price: np.ndarray) -> _Costs:
    cap = np.full(len(price), np.inf)
    if np.isfinite(rates.max_participation):
        cap = np.nan_to_num(rates.max_participation * volume / price)
    linear, power = rates.impact_linear[d], rates.impact_power[d]
    return _Costs(price, rates.half_spread[d], linear, power, rates.exponent, volume, cap, rates.commission)


def _decide(account: _Account, weights: np.ndarray, mark: np.ndarray, known: np.ndarray) -> None:
    """Want the weights' share of what cash and shares are worth."""
    value = account.cash + np.nansum(account.position * mark)
    account.want = np.divide(weights * value, mark, out=np.zeros(len(mark)), where=known)
    account.still_open = (weights > 0.0) | (account.position > 0.0)
    account.proceeds = 0.0


def _spread_proceeds(account: _Account, mark: np.ndarray, known: np.ndarray) -> None:
    """Want more of every name, in proportion to what is held or asked for, by what exits have brought."""
    aim = np.where(account.still_open, account.want, account.position)
    worth = float((aim * mark)[known].sum())
    if worth > 0.0:
        account.want = np.where(known, aim * (1.0 + account.proceeds / worth), 0.0)
        account.still_open = (account.still_open | (aim > 0.0)) & known
        account.proceeds = 0.0


def _scale_to_cash(account: _Account, panel: _Panel, row: int, costs: _Costs) -> None:
    """Scale all that is wanted by one share, so that cash and sales pay for purchases and costs."""
    ending = panel.exit_row == row
    cash = account.cash + float((account.position * costs.price)[ending].sum())
    asked = account.still_open

    def missing(share: float) -> float:
        return float(costs.paid(share * account.want - account.position)[asked].sum()) - cash

    account.want = np.where(asked, _greatest_share(missing) * account.want, account.want)


def _greatest_share(missing: Callable[[float], float]) -> float:
    """The greatest share in [0, 1] for which nothing is missing, by halving."""
    low, high = 0.0, 1.0
    if missing(high) <= 0.0:
        return 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if missing(middle) > 0.0 else (middle, high)
    return low


def _trade_row(account: _Account, panel: _Panel, row: int, costs: _Costs) -> None:
    """Trade what can be traded on one row, sales first, and keep open what waits."""
    price, position, want = panel.price[row], account.position, account.want
    ends = (panel.exit_row == row) & (position != 0.0)
    lacking = np.abs(want - position)
    asked = account.still_open & (lacking > SHARE_TOLERANCE)
    most = np.minimum(costs.cap, panel.traded[row])
    able = asked & ~np.isnan(price) & (most > 0.0)
    size = np.where(able, np.minimum(lacking, most), 0.0)
    sells, buys = able & (want < position), able & (want > position)
    cash = account.cash + float((position * price)[ends].sum()) - float(costs.paid(np.where(sells, -size, 0.0)).sum())
    share = _greatest_share(lambda part: float(costs.paid(np.where(buys, part * size, 0.0)).sum()) - cash)
    change = np.where(buys, share * size, np.where(sells, -size, np.where(ends, -position, 0.0)))
    _write_row(panel, row, change, ends, costs)
    account.cash = max(cash - float(costs.paid(np.where(buys, change, 0.0)).sum()), 0.0)
    account.proceeds += float((position * price)[ends].sum())
    account.position = np.where(ends | (np.abs(position + change) < SHARE_TOLERANCE), 0.0, position + change)
    unfinished = able & (np.abs(change) < lacking * ALMOST)
    limited = unfinished & (np.abs(change) >= most * ALMOST)
    on = (asked & ~able) | unfinished
    sale_to_come = bool((on & (want < account.position)).any())
    account.still_open = (asked & ~able) | limited | (unfinished & sale_to_come)


def _write_row(panel: _Panel, row: int, change: np.ndarray, ends: np.ndarray, costs: _Costs) -> None:
    sent = change != 0.0
    costly = sent & ~ends
    panel.inputs["size"][row, sent] = change[sent]
    panel.inputs["fees"][row, costly] = costs.fees
    panel.inputs["slippage"][row, costly] = costs.slippage(np.abs(change))[costly]
