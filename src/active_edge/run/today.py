"""What a strategy would hold on a day, and the orders that lead there from what is held."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from active_edge.arguments import checked
from active_edge.costs.order_costs import order_costs
from active_edge.errors import DataError, MissingInput
from active_edge.evaluation import Evaluation, evaluate
from active_edge.explaining.steps import Step, failed_by, steps_of
from active_edge.market import Market
from active_edge.market.name_lists import read_names
from active_edge.number_text import number_hint
from active_edge.panel import Panel
from active_edge.run.backtest import usual_start
from active_edge.selection.members import members_of
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, decision_dates, weigh
from active_edge.words import count, exact, number, percent

ROUNDS = 10
"""Times the targets are lowered until what they cost is paid; the second does it where costs are a few percent."""
OLDEST_SESSIONS = 5
"""Sessions that prices may be old before orders are refused: a week."""
TICKER = ("ticker", "symbol", "asset")
SHARES = ("shares", "quantity", "qty", "position")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
"""A number with commas between thousands; one after a comma is no decimal."""


@dataclass(frozen=True)
class Today:
    """The portfolio of a strategy on a day, and what to trade.

    Attributes
    ----------
    on : the session decided on. asked : the day asked for; prices are `sessions_old` sessions older.
    kept_from : what ``keep_until`` counts from: ``holdings`` given, or the strategy's ``own run``.
    value_usd, cash_usd : of what is held now, cash included, and what is left as cash afterwards.
    orders : one row a name held or wanted, purchases first: ticker, name, side (buy, sell, hold), shares (to trade),
        held, target (shares), price, value_usd (of the order), weight (target), cost_usd (estimated), volume_share
        (of a day's median dollar volume; NaN unknown), reason.
    """

    strategy: str
    on: str
    asked: str
    sessions_old: int
    kept_from: Literal["holdings", "own run"]
    value_usd: float
    cash_usd: float
    simulated: bool
    orders: pd.DataFrame

    def blotter(self, trade_at: str) -> pd.DataFrame:
        """What a broker's order blotter reads: Action, Quantity, Symbol, SecType, Exchange, Currency, OrderType,
        TimeInForce; one row an order, sales first, so that purchases find the cash. Reasons stay here: a restricted
        list is nothing for a broker.

        Parameters
        ----------
        trade_at : as the strategy's; ``next_open`` is a market order for the opening, ``next_close`` for the close.
        """
        traded = self.orders[self.orders["side"] != "hold"].sort_values("side", ascending=False, kind="stable")
        kind, force = ("MKT", "OPG") if trade_at == "next_open" else ("MOC", "DAY")
        return pd.DataFrame(
            {
                "Action": traded["side"].str.upper(),
                "Quantity": traded["shares"].astype(np.int64),
                "Symbol": traded["ticker"],
                "SecType": "STK",
                "Exchange": "SMART",
                "Currency": "USD",
                "OrderType": kind,
                "TimeInForce": force,
            }
        ).reset_index(drop=True)


@checked
def portfolio_today(
    strategy: Strategy,
    market: Market,
    *,
    on: str | pd.Timestamp,
    holdings: Mapping[str, float] | None = None,
    cash: float | None = None,
    oldest: int = OLDEST_SESSIONS,
) -> Today:
    """What a strategy would hold now, decided after the close of the last session by a day, and the orders.

    Parameters
    ----------
    on : the day; prices may be `oldest` sessions older.
    holdings : ticker -> shares held. ``keep_until`` counts from them; without it from the strategy's own run over the
        whole market, nothing is held, and the cash is the strategy's capital.
    cash : USD beside the holdings; default 0 with them.

    Timing: facts filed and prices printed by the close of the session decided on; orders for the next.

    Raises
    ------
    MissingInput : prices are too old, nothing can be decided, or a ticker is nobody's.
    DataError : a holding of no whole, positive number of shares; or nothing to invest.
    """
    session, old = _session(market, pd.Timestamp(on), oldest)
    held = _held(market, session, holdings or {})
    evaluation, members = _decided(strategy, market, session, None if holdings is None else held > 0)
    row = len(evaluation.panel.dates) - 1
    weights = weigh(strategy.rules, evaluation, members)[row]
    prices = evaluation.panel.close()[row]
    gone = np.flatnonzero((held > 0) & ~np.isfinite(prices))
    if len(gone):
        names = ", ".join(str(market.securities["ticker"].iloc[column]) for column in gone)
        raise MissingInput(f"{names}: held, and without a price on {session.date()}; take what has ended out")
    money = (0.0 if holdings is not None else strategy.rules.capital_usd) if cash is None else float(cash)
    worth = float((held * np.nan_to_num(prices)).sum()) + money
    if not worth > 0:
        raise DataError("there is nothing to invest; give --cash, or --holdings with shares")
    spent = worth
    for _ in range(ROUNDS):
        target = np.nan_to_num(np.floor(np.where(weights > 0, weights * spent, 0.0) / prices + 1e-9), posinf=0.0)
        orders = _orders(strategy, evaluation, held, target, weights, members[row])
        left = worth - float((target * np.nan_to_num(prices)).sum()) - float(orders["cost_usd"].sum())
        if left >= 0.0:
            break
        spent += left  # what the orders cost comes off every name in proportion, as in a backtest
    return Today(
        strategy=strategy.name,
        on=str(session.date()),
        asked=str(pd.Timestamp(on).date()),
        sessions_old=old,
        kept_from="own run" if holdings is None else "holdings",
        value_usd=worth,
        cash_usd=left,
        simulated=market.simulated,
        orders=orders,
    )


def read_holdings(path: str | Path, *, told: Callable[[str], None] | None = None) -> dict[str, float]:
    """Ticker -> shares, of a CSV file with the columns ticker and shares.

    told : told of the columns that are not read, in a sentence.

    Raises
    ------
    DataError : the file cannot be read, a number of shares is none, or a ticker stands twice.
    """
    names = read_names(path, "holdings", {"ticker": TICKER, "shares": SHARES}, ("ticker", "shares"))
    rows, written = names.rows, names.written
    if told is not None and names.unread:
        told(names.left_out(path))
    found: dict[str, float] = {}
    for place, (ticker, text) in enumerate(zip(rows["ticker"], rows["shares"], strict=True), start=1):
        try:
            shares = float(text.replace(",", "") if _GROUPED.fullmatch(text) else text)
        except ValueError:
            shares = np.nan
        if not np.isfinite(shares) or shares < 0:
            remedy = number_hint(text) or "write a number of at least 0"
            raise DataError(f"{path}: row {place}: {written['shares']} {text!r} of {ticker}; {remedy}")
        if ticker in found:
            raise DataError(f"{path}: row {place}: {ticker} is given twice; keep one row for each")
        found[ticker] = shares
    return found


def _session(market: Market, day: pd.Timestamp, oldest: int) -> tuple[pd.Timestamp, int]:
    """The last session with prices by a day, and how many sessions of the exchange it is older."""
    sessions = market.priced_sessions
    at = int(sessions.searchsorted(day.normalize(), side="right")) - 1
    if at < 0:
        raise MissingInput(f"--on {day.date()}: prices begin on {sessions[0].date()}")
    session = sessions[at]
    later = session + pd.Timedelta(days=1)
    old = len(sessions_between(later, day.normalize())) if later <= day else 0
    if old > oldest:
        raise MissingInput(
            f"prices end on {session.date()}, {count(old, 'session')} before {day.date()}; orders are made from prices "
            f"of at most {count(oldest, 'session')}: pull newer data, or name a day of the data with --on"
        )
    return session, old


def _held(market: Market, session: pd.Timestamp, holdings: Mapping[str, float]) -> np.ndarray:
    """(n_assets,) shares held."""
    held = np.zeros(len(market.assets))
    for ticker, shares in holdings.items():
        held[market.asset_of(ticker, session)] += shares
    return held


def _decided(
    strategy: Strategy, market: Market, session: pd.Timestamp, held: np.ndarray | None
) -> tuple[Evaluation, np.ndarray]:
    """The screen on the dates that count, the session last, and the members on each."""
    sessions = market.sessions[market.sessions <= session]
    dates = pd.DatetimeIndex([session])
    if held is None:
        run = sessions[sessions >= usual_start(market)]
        if len(run) > 1:
            dates = decision_dates(strategy, market, run).union(dates)
    evaluation = evaluate(strategy.screen, Panel(market, dates))
    select = strategy.screen.select
    if select is None:
        members = evaluation.ranked.copy()
    else:
        keep = select.keep_until or select.top
        rank = evaluation.rank
        members = members_of(-rank, np.zeros(rank.shape), np.isfinite(rank), select.top, keep, held=held)
    if held is None:
        members[: min(evaluation.first_covered(strategy.rules.min_coverage), len(dates) - 1)] = False
    return evaluation, members


def _orders(
    strategy: Strategy,
    evaluation: Evaluation,
    held: np.ndarray,
    target: np.ndarray,
    weights: np.ndarray,
    members: np.ndarray,
) -> pd.DataFrame:
    panel, market, row = evaluation.panel, evaluation.panel.market, len(evaluation.panel.dates) - 1
    columns = np.flatnonzero((held > 0) | (target > 0) | members)
    prices, change = panel.close()[row, columns], (target - held)[columns]
    costs = order_costs(strategy.terms.costs, market, panel.dates[-1:], columns)
    value = np.abs(change) * prices
    with np.errstate(invalid="ignore", divide="ignore"):
        share = value / costs.dollar_volume[0]
    traded = np.nan_to_num(share, posinf=0.0)
    impact = costs.impact_linear[0] * traded + costs.impact_power[0] * traded**costs.exponent
    paid = value * (costs.commission + costs.half_spread[0] + impact)
    listing = market.securities.iloc[columns]
    side = np.where(change > 0, "buy", np.where(change < 0, "sell", "hold"))
    frame = pd.DataFrame(
        {
            "ticker": listing["ticker"].to_numpy(),
            "name": listing["name"].to_numpy(),
            "side": side,
            "shares": np.abs(change),
            "held": held[columns],
            "target": target[columns],
            "price": prices,
            "value_usd": value,
            "weight": weights[columns],
            "cost_usd": paid,
            "volume_share": np.where(change == 0, 0.0, share),
            "reason": _reasons(strategy, evaluation, columns, held, members),
        }
    )
    order = frame["side"].map({"buy": 0, "sell": 1, "hold": 2})
    return frame.iloc[np.lexsort((frame["ticker"].astype(str), -frame["value_usd"], order))].reset_index(drop=True)


def _reasons(
    strategy: Strategy, evaluation: Evaluation, columns: np.ndarray, held: np.ndarray, members: np.ndarray
) -> list[str]:
    """Why each name is bought, kept or sold, in words."""
    row, select = len(evaluation.panel.dates) - 1, strategy.screen.select
    steps = steps_of(evaluation, row)
    ranked = int(evaluation.ranked[row].sum())
    found = []
    for column in columns.tolist():
        failed = failed_by(steps, column)
        place = evaluation.rank[row, column]
        at = f"rank {number(place, 0)} of {number(ranked, 0)}" if np.isfinite(place) and select else "passes every rule"
        if members[column]:
            inside = select is None or place <= select.top
            found.append(f"{'stays' if held[column] else 'enters'}: {at}{'' if inside else ', within keep_until'}")
        elif failed:
            found.append(f"leaves: {_failure(failed[:2], column)}")
        else:
            keep = None if select is None else select.keep_until or select.top
            found.append(f"leaves: {at}{'' if keep is None else f', past {exact(keep)}'}")
    return found


def _failure(failed: list[Step], column: int) -> str:
    """Why a name is forbidden, then the rules it fails with its values."""
    told = [one.said(column) for one in failed if column in one.why]
    others = [f"{one.rule} {one.bound}: {one.said(column)}" for one in failed if column not in one.why]
    return "; ".join([*told, *([f"fails {'; '.join(others)}"] if others else [])])


def shares_of_volume(today: Today, bound: float | None) -> list[str]:
    """Sentences on orders larger than the share of a day's volume that the strategy allows itself."""
    if bound is None:
        return []
    large = today.orders[today.orders["volume_share"] > bound]
    if large.empty:
        return []
    named = ", ".join(f"{row.ticker} {percent(row.volume_share, 0)}" for row in large.itertuples())
    return [f"Larger than {percent(bound, 0)} of a day's volume, so not for one day: {named}."]
