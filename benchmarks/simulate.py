"""Seconds, memory and rows of the simulated market: the default one, the full-scale one, and the fast mode.

Run ``scripts/run benchmarks/simulate.py [--years 20] [--firms 3600]``. The first lines name what is measured; the last
ones, one ``name value`` a line, are for machines.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from active_edge.market import open_market
from active_edge.simulated import monthly, simulate
from active_edge.simulated.build import DEFAULT_FIRMS, DEFAULT_YEARS


def timed_folder(years: int, firms: int, seed: int) -> tuple[float, float, int, int]:
    """Seconds and CPU seconds to write one market folder, its price rows and its fact rows."""
    with tempfile.TemporaryDirectory() as folder:
        start, cpu = time.perf_counter(), time.process_time()
        simulate(Path(folder) / "market", years=years, firms=firms, seed=seed)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        tables = open_market(Path(folder) / "market").manifest["tables"]
    return seconds, cpu, tables["prices"]["rows"], tables["facts"]["rows"]


def timed_months(years: int, firms: int, draws: int) -> float:
    """CPU seconds of one monthly market with its returns, mean over draws."""
    start = time.process_time()
    for seed in range(draws):
        market = monthly(years=years, firms=firms, seed=seed)
        _ = market.returns
    return (time.process_time() - start) / draws


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--firms", type=int, default=3600)
    arguments = parser.parse_args()
    first, *_ = timed_folder(1, 60, 0)
    default, _, default_prices, _ = timed_folder(DEFAULT_YEARS, DEFAULT_FIRMS, 0)
    full, full_cpu, prices, facts = timed_folder(arguments.years, arguments.firms, 0)
    fast = timed_months(arguments.years, arguments.firms, 5)
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"full market: {arguments.firms} firms, {arguments.years} years, {prices:,} bars, {facts:,} facts")
    for name, value in {
        "first_seconds": first,
        "default_seconds": default,
        "default_price_rows": default_prices,
        "full_seconds": full,
        "full_peak_gigabytes": gigabytes,
        "full_cpu_seconds": full_cpu,
        "monthly_cpu_seconds": fast,
        "monthly_vs_full": full_cpu / fast,
    }.items():
        print(f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}")


if __name__ == "__main__":
    main()
