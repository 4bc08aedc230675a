"""The whole miniature: 1,000 companies, ten years, every check of `test_miniature`, and the folder kept.

    python -m tests.sources.miniature.full DIR [--companies N] [--years N] [--seed N]

Some 17,000 requests, 1.8 million prices, 1.7 million facts: five minutes of processor time, 3 GB of memory. Then:

    scripts/run backtests/active_edge.py --data DIR/m
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.sources import test_miniature
from tests.sources.miniature.checking import failed_checks


def main() -> int:
    """Tell, pull, check; the number of checks that failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--companies", type=int, default=1000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    told = test_miniature.tell(
        options.folder, years=options.years, firms=options.companies, seed=options.seed, workers=2
    )
    print(f"snapshot {told.report.snapshot}: {told.report.requests:,} requests, {told.report.bytes / 1e6:,.0f} MB,")
    print(f"pulled in {told.report.seconds:,.0f} s, told and pulled in {time.perf_counter() - started:,.0f} s")
    return failed_checks(test_miniature, told, options.folder)


if __name__ == "__main__":
    sys.exit(main())
