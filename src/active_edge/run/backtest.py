"""One strategy on one market, from decisions to daily returns: `backtest` and its `Result`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from active_edge.arguments import checked
from active_edge.cards import card
from active_edge.costs import TradingTerms
from active_edge.errors import MissingInput
from active_edge.inference.performance import performance
from active_edge.inference.sample import Sample
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.report.charts import growth_figure
from active_edge.report.notebook import drawn
from active_edge.run.passive import benchmark_returns, cash_returns
from active_edge.sessions import SESSIONS_A_QUARTER, SESSIONS_A_YEAR
from active_edge.strategy import Decision, Strategy, Targets, decide_targets, decision_dates
from active_edge.words import number, percent, signed

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from active_edge.engine import Arena, Simulation
    from active_edge.engine.portfolio import SessionPortfolio

WARM_UP_SESSIONS = {"short": SESSIONS_A_QUARTER, "long": SESSIONS_A_YEAR}
"""Sessions before the first decision where none is asked for: a quarter (the window of dollar volume), or a year
(momentum, trailing twelve months) where the market has at least four."""


@dataclass(frozen=True)
class Result:
    """What a strategy earned, and everything it was made from.

    Measured from the close of the session of the first fill, so that strategy and benchmarks cover the same
    closes; the cost of that first purchase is charged to the first measured session.

    Attributes
    ----------
    strategy, market, decision, simulation
        The strategy, the market, its targets with the evaluated screen, and the simulated trading.
    returns, gross : (n_measured,) Series by session, simple, decimals; net of costs and before them.
    """

    strategy: Strategy
    market: Market
    decision: Decision
    simulation: Simulation

    @cached_property
    def first_fill(self) -> int:
        """Position in the simulated sessions of the first fill; their number where nothing was ever bought."""
        trades = self.simulation.trades
        sessions = self.simulation.returns.index
        return int(sessions.searchsorted(trades["session"].min())) if len(trades) else len(sessions)

    @cached_property
    def returns(self) -> pd.Series:
        return self.measure(self.simulation)

    @cached_property
    def gross(self) -> pd.Series:
        return self.simulation.gross.iloc[self.first_fill + 1 :].rename(index="gross")

    @property
    def base(self) -> pd.Timestamp | None:
        """Session whose close the measured period starts from; None where nothing was ever bought."""
        sessions = self.simulation.returns.index
        return sessions[self.first_fill] if self.first_fill < len(sessions) else None

    @property
    def targets(self) -> Targets:
        return self.decision.targets

    @property
    def holdings(self) -> pd.DataFrame:
        return self.simulation.holdings

    @property
    def trades(self) -> pd.DataFrame:
        return self.simulation.trades

    @property
    def turnover(self) -> pd.Series:
        return self.simulation.turnover

    @property
    def costs(self) -> pd.Series:
        return self.simulation.costs

    @property
    def portfolio(self) -> SessionPortfolio:
        """The real ``vectorbt.Portfolio`` of the same orders."""
        return self.simulation.portfolio

    @property
    def years(self) -> float:
        return len(self.returns) / SESSIONS_A_YEAR

    def __repr__(self) -> str:
        return f"<Result {self.strategy.name} on {self.market.snapshot}, {len(self.returns)} sessions>"

    def _repr_html_(self) -> str:
        return card(f"Result of {self.strategy.name}", self._told(), simulated=self.market.simulated)

    def to_frame(self) -> pd.DataFrame:
        """(n_measured, 3 + n_benchmarks) by session: net, gross (simple returns), value (USD), each benchmark's return.

        A benchmark that does not cover the sessions is left out.
        """
        frame = pd.DataFrame({"net": self.returns, "gross": self.gross})
        frame["value"] = self.simulation.value.reindex(frame.index)
        return frame.join(self._benchmarks())

    def summary(self) -> pd.Series:
        """What it earned, risked and paid: the numbers of that name on its page, decimals a year; NaN where none is.

        total_return, annual_return (compounded), annual_volatility, sharpe (both over cash), max_drawdown, sessions,
        turnover (one-way, all of it), names (median held), exits_held.
        """
        told: dict[str, float] = {}
        if len(self.returns) >= 2:
            cash = cash_returns(self.market, self.returns.index)
            earned = performance(Sample.of(self.returns, periods_per_year=SESSIONS_A_YEAR, cash=cash))
            names = ("total_return", "annual_return", "annual_volatility", "sharpe", "max_drawdown")
            told = dict(zip(names, astuple(earned), strict=False))
        told["sessions"] = len(self.returns)
        told["turnover"] = float(self.turnover.sum())
        told["names"] = float(self.simulation.names_in_the_middle)
        told["exits_held"] = len(self.simulation.exits)
        return pd.Series(told, dtype=float, name=self.strategy.name)

    def plot(self) -> Figure:
        """The page's chart of growth and falls, as a plotly figure.

        Raises
        ------
        MissingInput : nothing was ever bought.
        """
        if self.base is None:
            raise MissingInput(f"{self.strategy.name} never bought anything, so there is no growth to draw")
        returns = self._benchmarks()
        returns.insert(0, "net", self.returns)
        start = pd.DataFrame(1.0, index=pd.DatetimeIndex([self.base]), columns=returns.columns)
        growth = pd.concat([start, (1.0 + returns).cumprod()])
        falls = (growth / growth.cummax() - 1.0).iloc[1:]
        title = f"What $1 became: {self.strategy.name}"
        return drawn(growth_figure(growth, falls), title=title, simulated=self.market.simulated)

    def _benchmarks(self) -> pd.DataFrame:
        found = pd.DataFrame(index=self.returns.index)
        for name in self.strategy.rules.benchmarks if self.base is not None else ():
            with suppress(MissingInput):
                found[name] = benchmark_returns(self.market, name, self.base, self.returns.index)
        return found

    def _told(self) -> dict[str, str]:
        numbers = self.summary()
        span = f"{self.returns.index[0].date()} to {self.returns.index[-1].date()}" if len(self.returns) else "none"
        return {
            "measured": span,
            "return a year, net": signed(numbers.get("annual_return")),
            "volatility": percent(numbers.get("annual_volatility")),
            "deepest fall": percent(numbers.get("max_drawdown")),
            "names held": number(numbers["names"], 0),
            "not judged yet": "ae.judge(result) says how sure, and enters it in the ledger",
        }

    def measure(self, simulation: Simulation) -> pd.Series:
        """Net returns of a simulation of the same targets over this result's measured sessions."""
        return self.measured(simulation.returns)

    def measured(self, net: pd.Series) -> pd.Series:
        """Net returns over the measured sessions, the cost of the first purchase moved onto the first of them."""
        start = self.first_fill
        returns = net.iloc[start + 1 :].rename(index="net").copy()
        if len(returns):
            first_cost = 1.0 - (1.0 + net.iloc[start]) / (1.0 + self.simulation.gross.iloc[start])
            returns.iloc[0] = (1.0 + returns.iloc[0]) * (1.0 - first_cost) - 1.0
        return returns

    def under(self, terms: TradingTerms) -> Simulation:
        """The same targets traded on other terms over the same sessions."""
        return trade(self.market, self.targets, terms, self.simulation.sessions)

    @property
    def arena(self) -> Arena:
        """The market, dates and trading terms of this result, ready to run many other portfolios.

        The market keeps the last one that was asked for: results of the same dates and terms share it.
        """
        from active_edge.engine import arena_of

        return arena_of(self.market, self.targets, self.strategy.terms, self.simulation.sessions)


@checked
def backtest(
    strategy: Strategy,
    market: Market,
    *,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    panel: Panel | None = None,
) -> Result:
    """The strategy traded on the market from `start` to `end`.

    Parameters
    ----------
    start, end
        First and last session of the run, inclusive; decisions are made from `start` on. Defaults: after a warm-up
        (`WARM_UP_SESSIONS`), and the last session of the market. A start before the first session is the default.
    panel
        A panel on the strategy's decision dates, to share factor values between strategies.

    Timing: facts filed and prices printed by the close of a decision date; fills at the next session.

    Raises
    ------
    MissingInput
        The market has too few sessions between `start` and `end` for one decision.
    """
    sessions = run_sessions(market, start, end)
    dates = decision_dates(strategy, market, sessions)
    decision = decide_targets(strategy, market, dates, panel=panel)
    return Result(strategy, market, decision, trade(market, decision.targets, strategy.terms, sessions))


def trade(market: Market, targets: Targets, terms: TradingTerms, sessions: pd.DatetimeIndex) -> Simulation:
    """The simulated trading of targets over the sessions of a run."""
    from active_edge.engine import trade_targets

    return trade_targets(market, targets, terms, start=sessions[0], end=sessions[-1])


def run_sessions(market: Market, start: str | pd.Timestamp | None, end: str | pd.Timestamp | None) -> pd.DatetimeIndex:
    """Sessions of a run within the market.

    Raises
    ------
    MissingInput : the bounds leave fewer than two sessions, or lie outside the market.
    """
    sessions = market.sessions
    # A day before the data asks for nothing that none asks for: it is the same run, and the same trial.
    first = usual_start(market) if start is None or pd.Timestamp(start) < sessions[0] else pd.Timestamp(start)
    last = sessions[-1] if end is None else pd.Timestamp(end)
    chosen = sessions[(sessions >= first) & (sessions <= last)]
    if len(chosen) < 2:
        raise MissingInput(
            f"from {first.date()} to {last.date()}: the market has {len(chosen)} sessions there; "
            f"it covers {sessions[0].date()} to {sessions[-1].date()}"
        )
    return chosen


def usual_start(market: Market) -> pd.Timestamp:
    """The session a run begins on where none is asked for: after the warm-up, within the market."""
    sessions = market.sessions
    warm_up = WARM_UP_SESSIONS["long" if len(sessions) >= 4 * SESSIONS_A_YEAR else "short"]
    return sessions[min(warm_up, len(sessions) - 1)]


def configuration(strategy: Strategy) -> Mapping[str, Any]:
    """The resolved strategy and screen as plain data, every default written out."""
    return {"strategy": strategy.rules.model_dump(mode="json"), "screen": strategy.screen.model_dump(mode="json")}
