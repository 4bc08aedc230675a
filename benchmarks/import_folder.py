"""Import a market folder in a fresh process: price rows a second and peak memory.

    scripts/run benchmarks/import_folder.py [SOURCE]

SOURCE defaults to `../shared/data/us_2015_2017` beside the checkout.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder


def main() -> None:
    beside = Path(__file__).resolve().parents[2] / "shared" / "data" / "us_2015_2017"
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else beside
    with tempfile.TemporaryDirectory() as folder:
        start, cpu_start = time.perf_counter(), time.process_time()
        report = import_folder(source, Path(folder) / "market")
        seconds = time.perf_counter() - start
        cpu_seconds = time.process_time() - cpu_start
        peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        rows = report.rows_read["prices"]
        print(f"import_seconds {seconds:.2f}")
        print(f"import_cpu_seconds {cpu_seconds:.2f}")
        print(f"import_price_rows_a_second {rows / seconds:.0f}")
        print(f"import_price_rows_a_cpu_second {rows / cpu_seconds:.0f}")
        print(f"import_peak_rss_gb {peak_gb:.2f}")
        start = time.perf_counter()
        market = open_market(Path(folder) / "market")
        prices = market.prices
        for matrix in (prices.close, prices.returns, prices.open, prices.high, prices.low, prices.volume):
            assert matrix.shape == prices.shape
        print(f"open_seconds {time.perf_counter() - start:.2f}")
        print(f"open_peak_rss_gb {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f}")


if __name__ == "__main__":
    main()
