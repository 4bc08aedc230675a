"""CPU of one configuration: the compiled driver, a whole backtest with its report data, naive `from_orders`.

    python benchmarks/engine.py [--assets 2000] [--sessions 2500] [--main-job]

The job: monthly decisions, 50 equally weighted names with about 27 % of them replaced a month, 2 % in cash, which pays
the costs (else the engine scales its targets by them, and the naive way does not), 10 bps commission and 10 bps
half-spread, 5 % of the rows missing (none at the fills, so that all three ways send the same orders).
"driver" reads the names the configuration ever holds, as one backtest does; "sweep" is the same loop on the whole
market, as many configurations share it. "limit" is a cash loop written for this one job by hand, which knows no gap,
no exit, no cap and no shortage of cash: what any engine must at least do. Process CPU time, warm, the best of several
runs; all must end at the same equity. `variant_ms` is selection (a quantile rule, a ranking of two terms, top 50 with a
buffer of 75, of all assets) and trading of one of many variants on the whole market. With --main-job the eleven shipped
strategies are run on the default market in a process of its own: its CPU seconds and its greatest memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numba import njit

from active_edge.costs import FREE, TradingTerms
from active_edge.engine import Arena, Plans, SparseWeights, prepare, trade_targets
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


@njit(error_model="numpy")
def _by_hand(blocks, fills, edges, indptr, cols, weights, n_cols, fee, half, cash, position, held, merged, value):
    """Write the value at each close from the first fill on; `blocks` and `fills` as `Track`, `edges` their rows."""
    position[:] = 0.0
    n = 0
    for d in range(len(edges) - 1):
        low, high = edges[d] - edges[0], edges[d + 1] - edges[0]
        width = high - low
        close = blocks[n_cols * low : n_cols * high].reshape((n_cols, width))
        fill = fills[2 * n_cols * low : 2 * n_cols * high].reshape((n_cols, width, 2))
        i, j, stop, m, whole = 0, indptr[d], indptr[d + 1], 0, cash
        while i < n or j < stop:
            own = held[i] if i < n else n_cols
            new = cols[j] if j < stop else n_cols
            merged[m] = min(own, new)
            whole += position[merged[m]] * fill[merged[m], 0, 0]
            i += own <= new
            j += new <= own
            m += 1
        j = indptr[d]
        for k in range(m):
            col = merged[k]
            want = 0.0
            if j < stop and cols[j] == col:
                want = weights[j] * whole / fill[col, 0, 0]
                j += 1
            change = want - position[col]
            amount = change * fill[col, 0, 0]
            cash -= amount * (1.0 + half) * (1.0 + fee) if change > 0.0 else amount * (1.0 - half) * (1.0 - fee)
            position[col] = want
        n = 0
        for row in range(low, high):
            value[row] = cash
        for k in range(m):
            col = merged[k]
            if position[col] != 0.0:
                held[n] = col
                n += 1
                line = close[col]
                for row in range(width):
                    value[low + row] += position[col] * line[row]


def by_hand(arena: Arena, configuration: SparseWeights) -> Callable[[], float]:
    """Return the hand-written loop on an arena's prices, as one call that gives the final equity."""
    track, n_cols, n_rows = arena.track, len(arena.track.exit_row), len(arena.sessions)
    edges = np.append(np.minimum(arena.rows + 1, n_rows), n_rows)
    cols = arena.position_of[configuration.assets]
    room = np.empty(n_cols), np.empty(n_cols, np.int64), np.empty(n_cols, np.int64), np.empty(n_rows - edges[0])
    plan = configuration.indptr, cols, configuration.weights
    fee, half = COSTS.commission_bps * 1e-4, SPREAD_BPS * 0.5e-4

    def run() -> float:
        _by_hand(track.close, track.fill, edges, *plan, n_cols, fee, half, CAPITAL, *room)
        return float(room[-1][-1])

    return run


def variants(market: Market, dates: pd.DatetimeIndex, n: int = 128) -> tuple[Callable[[], object], int]:
    """Return the selection and trading of variants that differ in how strict a rule is and what a term weighs."""
    from active_edge.sweeping._select import Candidates, Rules, select_block

    rng = np.random.default_rng(1)
    n_dates, n_assets = len(dates), len(market.assets)
    values, ranks = rng.random((n_dates, n_assets)), np.empty((2, n_dates, n_assets))
    ranks[:, 0] = rng.normal(size=(2, n_assets))
    for d in range(1, n_dates):
        drawn = rng.normal(size=(2, n_assets))
        ranks[:, d] = PERSISTENCE * ranks[:, d - 1] + np.sqrt(1.0 - PERSISTENCE**2) * drawn
    size = n_dates * n_assets
    of = Candidates(
        bounds=np.arange(0, size + 1, n_assets, dtype=np.int64),
        column=np.tile(np.arange(n_assets), n_dates),
        values=values.reshape(1, -1),
        ordered=np.sort(values, axis=1).reshape(1, -1),
        known=np.full((1, n_dates), n_assets, dtype=np.int64),
        percent=ranks.reshape(2, -1),
        standing=np.tile(np.arange(1.0, n_assets + 1.0), n_dates),
        market_value=np.empty(size),
        volatility=np.empty(size),
        sector=np.tile(np.arange(n_assets) % 11, n_dates),
        told=np.ones(n_dates, dtype=np.bool_),
    )
    strict = np.linspace(0.5, 0.9, n)
    rules = Rules(
        rules=np.column_stack([np.arange(n), np.arange(1, n + 1), np.arange(1, n + 1)]).astype(np.int64),
        factor=np.zeros(n, dtype=np.int64),
        limit=np.column_stack([np.full((n, 3), np.nan), strict]),
        lenient=np.zeros(n, dtype=np.bool_),
        terms=np.arange(0, 2 * n + 1, 2, dtype=np.int64),
        term=np.tile([0, 1], n).astype(np.int64),
        weight=np.column_stack([np.ones(n), 0.1 + strict]).ravel(),
        top=np.full(n, NAMES, dtype=np.int64),
        keep=np.full(n, NAMES * 3 // 2, dtype=np.int64),
        first=np.zeros(n, dtype=np.int64),
        weighting=np.zeros(n, dtype=np.int64),
        caps=np.ones((n, 2)),
    )
    arena = prepare(market, dates, TERMS)

    def run() -> object:
        offsets, indptr = np.empty(n + 1, dtype=np.int64), np.empty((n, n_dates + 1), dtype=np.int64)
        columns, weights = np.empty(n * n_dates * 2 * NAMES, dtype=np.int64), np.empty(n * n_dates * 2 * NAMES)
        select_block(of, rules, 0, n, n_assets, 11, offsets, indptr, columns, weights)
        return arena.run_plans(Plans(offsets, indptr, columns[: offsets[-1]], weights[: offsets[-1]]))

    return run, n


def main_job() -> tuple[float, float]:
    """Return CPU seconds and peak GB of the eleven shipped strategies on the default market, in their own process."""
    strategies = sorted((Path(__file__).resolve().parent.parent / "strategies").glob("*.yaml"))
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "active_edge", "backtest", *map(str, strategies), "--out", out]
        own = os.environ | {"ACTIVE_EDGE_LEDGER": str(Path(out) / "ledger.jsonl")}
        subprocess.run(command, check=True, env=own, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=2500)
    parser.add_argument("--main-job", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        market, targets = make_job(Path(folder), options.assets, options.sessions)
        row, column = np.nonzero(targets.weights)
        arena, sweep = (prepare(market, targets.dates, TERMS, columns=columns) for columns in (np.unique(column), None))
        indptr = np.searchsorted(row, np.arange(len(targets.dates) + 1))
        configuration = SparseWeights(indptr, column, targets.weights[row, column])
        naive, hand = naive_orders(market, targets), by_hand(arena, configuration)
        many, n_variants = variants(market, targets.dates)
        many()
        ends = {
            "driver": CAPITAL * float(np.prod(1.0 + arena.run([configuration]).returns[:, 0])),
            "sweep": CAPITAL * float(np.prod(1.0 + sweep.run([configuration]).returns[:, 0])),
            "backtest": whole_backtest(market, targets),
            "naive": naive(),
            "limit": hand(),
        }
        driver = cpu(lambda: arena.run([configuration]), 200)
        swept = cpu(lambda: sweep.run([configuration]), 200)
        backtest = cpu(lambda: whole_backtest(market, targets), 5)
        plain, limit = cpu(naive, 1), cpu(hand, 400)
        variant = cpu(many, 3) / n_variants
    turnover = arena.run([configuration]).turnover[0]
    print(f"{options.assets} assets, {options.sessions} sessions, {len(targets.dates)} decisions, {NAMES} names")
    print(f"ever held {int(targets.weights.any(axis=0).sum())}, one-way turnover {turnover:.2f} a year")
    for name, seconds in zip(ends, (driver, swept, backtest, plain, limit), strict=True):
        print(f"{name:9s}{1e3 * seconds:12.2f} ms CPU   ends at {ends[name]:.6f}")
    spread = max(ends.values()) / min(ends.values()) - 1.0
    print(f"largest relative difference of the ends {spread:.1e}")
    print(f"driver_vs_naive {plain / driver:.0f}")
    print(f"driver_vs_limit {driver / limit:.1f}")
    print(f"backtest_vs_naive {plain / backtest:.0f}")
    print(f"variant_ms {1e3 * variant:.3f}")
    if options.main_job:
        seconds, memory = main_job()
        print(f"main_job_peak_gb {memory:.2f}")
        print(f"main_job_cpu_s {seconds:.1f}")


if __name__ == "__main__":
    main()
