"""CPU of one configuration: the compiled driver, a whole backtest with its report data, naive `from_orders`.

    python benchmarks/engine.py [--assets 2000] [--sessions 2500]

The job: monthly decisions, 50 equally weighted names with about 27 % of them replaced a month, 2 % in cash, which pays
the costs (else the engine scales its targets by them, and the naive way does not), 10 bps commission and 10 bps
half-spread, 5 % of the rows missing (none at the fills, so that all three ways send the same orders).
"driver" reads the names the configuration ever holds, as one backtest does; "sweep" is the same loop on the whole
market, as many configurations share it. Process CPU time, warm, the best of several runs; all must end at the same
equity.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.costs import FREE, TradingTerms
from active_edge.engine import SparseWeights, prepare, trade_targets
from active_edge.market import Market, open_market, write_snapshot
from active_edge.sessions import sessions_between
from active_edge.strategy import Targets

NAMES = 50
INVESTED = 0.98
MONTH = 21
PERSISTENCE = 0.955
CAPITAL = 10_000_000.0
SPREAD_BPS = 20.0
COSTS = replace(FREE, commission_bps=10.0, spread=SPREAD_BPS)
TERMS = TradingTerms(costs=COSTS, capital_usd=CAPITAL)


def make_job(folder: Path, n_assets: int, n_sessions: int, seed: int = 0) -> tuple[Market, Targets]:
    """Return a stored random market and monthly targets on it."""
    rng = np.random.default_rng(seed)
    sessions = sessions_between("2010-01-04", "2023-12-29")[:n_sessions]
    close = 20.0 * np.exp(np.cumsum(rng.normal(0.0003, 0.02, (n_sessions, n_assets)), axis=0))
    decisions = np.arange(0, n_sessions - 1, MONTH)
    missing = rng.random(close.shape) < 0.05
    missing[decisions] = missing[np.minimum(decisions + 1, n_sessions - 1)] = missing[-1] = False
    assets = np.array([f"A{i:05d}" for i in range(n_assets)], dtype=object)
    session, column = np.nonzero(~missing)
    prices = pd.DataFrame({"asset": assets[column], "session": sessions[session], "close": close[session, column]})
    prices["open"] = prices["close"] * (1.0 + rng.normal(0.0, 0.002, len(prices)))
    prices["volume"] = 1_000_000
    securities = pd.DataFrame({"asset": assets, "ticker": assets, "first_session": sessions[0]})
    write_snapshot(
        folder,
        {"securities": securities, "prices": prices},
        sources=["benchmark"],
        simulated=True,
        created="2000-01-01T00:00:00",
        report={},
    )
    market = open_market(folder)
    return market, _targets(market, sessions[decisions], rng)


def _targets(market: Market, dates: pd.DatetimeIndex, rng: np.random.Generator) -> Targets:
    n_assets = len(market.assets)
    score = rng.normal(size=n_assets)
    held = np.zeros((len(dates), n_assets), dtype=bool)
    for d in range(len(dates)):
        held[d, np.argsort(-score)[:NAMES]] = True
        score = PERSISTENCE * score + np.sqrt(1.0 - PERSISTENCE**2) * rng.normal(size=n_assets)
    return Targets(dates, market.assets, INVESTED * held / NAMES, np.ones_like(held), held)


def cpu(work: Callable[[], object], times: int) -> float:
    """Return the least process CPU seconds of several runs."""
    best = np.inf
    for _ in range(times):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def whole_backtest(market: Market, targets: Targets) -> float:
    """Run `trade_targets` and make every frame a report reads; return the final equity."""
    result = trade_targets(market, targets, TERMS)
    frames = (result.returns, result.gross, result.holdings, result.trades, result.turnover, result.costs)
    assert all(len(frame) for frame in (*frames, result.costs_daily))
    _ = result.unfilled, result.exits
    return float(result.value.iloc[-1])


def naive_orders(market: Market, targets: Targets) -> Callable[[], float]:
    """Return the whole panel through `Portfolio.from_orders`, as one call; the matrices are made beforehand."""
    import vectorbt as vbt

    index = pd.DataFrame(market.prices.total_return_index)
    price = market.prices.open * market.prices.total_return_index / market.prices.close
    size = np.full(market.prices.shape, np.nan)
    size[market.sessions.get_indexer(targets.dates) + 1] = targets.weights
    close = index.ffill().to_numpy()

    def run() -> float:
        portfolio = vbt.Portfolio.from_orders(
            pd.DataFrame(close, index=market.sessions, columns=market.assets),
            size=size,
            size_type="targetpercent",
            direction="longonly",
            price=price,
            fees=COSTS.commission_bps * 1e-4,
            slippage=SPREAD_BPS * 0.5e-4,
            init_cash=CAPITAL,
            cash_sharing=True,
            group_by=True,
            call_seq="auto",
            freq="1D",
        )
        return float(portfolio.value().iloc[-1])

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=2500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        market, targets = make_job(Path(folder), options.assets, options.sessions)
        row, column = np.nonzero(targets.weights)
        arena, sweep = (prepare(market, targets.dates, TERMS, columns=columns) for columns in (np.unique(column), None))
        indptr = np.searchsorted(row, np.arange(len(targets.dates) + 1))
        configuration = SparseWeights(indptr, column, targets.weights[row, column])
        naive = naive_orders(market, targets)
        ends = {
            "driver": CAPITAL * float(np.prod(1.0 + arena.run([configuration]).returns[:, 0])),
            "sweep": CAPITAL * float(np.prod(1.0 + sweep.run([configuration]).returns[:, 0])),
            "backtest": whole_backtest(market, targets),
            "naive": naive(),
        }
        driver = cpu(lambda: arena.run([configuration]), 200)
        swept = cpu(lambda: sweep.run([configuration]), 200)
        backtest = cpu(lambda: whole_backtest(market, targets), 5)
        plain = cpu(naive, 1)
    turnover = arena.run([configuration]).turnover[0]
    print(f"{options.assets} assets, {options.sessions} sessions, {len(targets.dates)} decisions, {NAMES} names")
    print(f"ever held {int(targets.weights.any(axis=0).sum())}, one-way turnover {turnover:.2f} a year")
    for name, seconds in (("driver", driver), ("sweep", swept), ("backtest", backtest), ("naive", plain)):
        print(f"{name:9s}{1e3 * seconds:12.2f} ms CPU   ends at {ends[name]:.6f}")
    spread = max(ends.values()) / min(ends.values()) - 1.0
    print(f"largest relative difference of the ends {spread:.1e}")
    print(f"driver_vs_naive {plain / driver:.0f}")
    print(f"backtest_vs_naive {plain / backtest:.0f}")


if __name__ == "__main__":
    main()
