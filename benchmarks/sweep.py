"""CPU of one variant of backtests/grids/balance_sheet.yaml, selection and numbers included, on a market.

    python benchmarks/sweep.py [--data DIR] [--every 1]

Process CPU time, warm: candidates, factors and prices are read once for all variants and counted apart; a single
backtest of the same strategy through the Python API is timed beside it.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from active_edge.choice import choose_market
from active_edge.panel import Panels
from active_edge.run.backtest import backtest, run_sessions
from active_edge.strategy import decision_dates, load_strategy
from active_edge.sweeping.grid import load_grid
from active_edge.sweeping.groups import Group, grouped
from active_edge.sweeping.run import PART
from active_edge.sweeping.statistics import Measure
from active_edge.sweeping.variants import variants_of

GRID = Path(__file__).resolve().parent.parent / "backtests" / "grids" / "balance_sheet.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data")
    parser.add_argument("--every", type=int, default=1, help="take every n-th variant")
    options = parser.parse_args()
    market, strategy = choose_market(options.data), load_strategy("balance_sheet")
    begin = time.process_time()
    variants = variants_of(strategy, load_grid(GRID))[:: options.every]
    checked = time.process_time() - begin
    sessions = run_sessions(market, None, None)
    panel = Panels().on(market, decision_dates(strategy, market, sessions))
    (together,) = grouped(variants, market, sessions)
    strategies = [variant.strategy for variant in together]
    begin = time.process_time()
    group = Group(strategies, market, sessions, panel)
    measure = Measure(market, sessions, strategy.rules.benchmarks)
    measure.of(group.run(strategies[:2]), strategies[:2], group.cube)
    read = time.process_time() - begin
    begin, wall = time.process_time(), time.perf_counter()
    for start in range(0, len(strategies), PART):
        part = strategies[start : start + PART]
        measure.of(group.run(part), part, group.cube)
    run, wall = time.process_time() - begin, time.perf_counter() - wall
    backtest(strategy, market, panel=panel)
    begin = time.process_time()
    backtest(strategy, market, panel=panel)
    single = time.process_time() - begin
    print(f"{len(variants)} variants, load {os.getloadavg()[0]:.1f}")
    print(f"read once {1e3 * read:.0f} ms, checked {1e3 * checked / len(variants):.3f} ms a variant")
    print(f"wall {1e3 * wall / len(variants):.3f} ms a variant on one thread")
    print(f"single backtest {1e3 * single:.1f} ms")
    print(f"variant_ms {1e3 * (run + checked) / len(variants):.3f}")


if __name__ == "__main__":
    main()
