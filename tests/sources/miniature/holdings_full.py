"""An archive of holdings, filings and volumes of any size, pulled end to end: every check of `test_holdings_market`.

    python -m tests.sources.miniature.holdings_full DIR [--companies N] [--years N] [--seed N]

400 companies and six years take some five minutes of processor time; the folder is kept.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.sources import test_holdings_market
from tests.sources.miniature.checking import failed_checks


def main() -> int:
    """Tell, pull, check; the number of checks that failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--companies", type=int, default=3600)
    parser.add_argument("--years", type=int, default=12)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    pulled = test_holdings_market.pull_archive(
        options.folder, years=options.years, firms=options.companies, seed=options.seed
    )
    report = pulled.report
    print(f"snapshot {report.snapshot}: {report.requests:,} requests, {report.bytes / 1e6:,.0f} MB")
    print(f"told and pulled in {time.perf_counter() - started:,.0f} s")
    return failed_checks(test_holdings_market, pulled, options.folder)


if __name__ == "__main__":
    sys.exit(main())
