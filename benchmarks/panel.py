"""Seconds and memory of every factor on a real-sized market: 24 month ends × about 7,000 assets.

    scripts/run benchmarks/panel.py [FOLDER]

FOLDER is a market folder to import first (default: the real one beside the checkout, where there is one); with none, a
market of the same size is generated. Prints `panel_seconds` (opening the market to the last factor), the peak memory
of the process, and the coverage of each factor. Compiled code comes from its cache: run it twice.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.factors import FACTORS, factor_matrix, missing_items
from active_edge.market import open_market, write_snapshot
from active_edge.market.intake.importer import import_folder
from active_edge.panel import Panel
from active_edge.schema import ITEMS
from active_edge.sessions import rebalance_sessions, sessions_between

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "us_2015_2017"
ASSETS = 7_000


def generated(target: Path) -> None:
    """Write a market of 7,000 assets, two years of prices and three years of quarterly filings of every item."""
    rng = np.random.default_rng(1)
    sessions = sessions_between("2015-03-20", "2017-03-31")
    assets = np.array([f"A{number:05d}" for number in range(ASSETS)])
    paths = 20.0 * np.exp(np.cumsum(rng.normal(0.0, 0.02, (len(sessions), ASSETS)), axis=0))
    prices = pd.DataFrame(
        {
            "asset": np.repeat(assets, len(sessions)),
            "session": np.tile(sessions, ASSETS),
            "open": np.nan,
            "high": np.nan,
            "low": np.nan,
            "close": paths.ravel(order="F"),
            "volume": 100_000,
            "total_return": np.nan,
        }
    )
    ends = pd.date_range("2013-12-31", "2016-12-31", freq="QE")
    firms = assets[: ASSETS * 2 // 3]
    tables = []
    for item, kind in ITEMS.items():
        months = [0] * len(ends) if kind in ("instant", "share") else [12 if end.month == 12 else 3 for end in ends]
        size = len(firms) * len(ends)
        value = rng.random(size) if kind == "share" else np.exp(rng.normal(18.0, 1.0, size))
        tables.append(
            pd.DataFrame(
                {
                    "asset": np.repeat(firms, len(ends)),
                    "item": item,
                    "months": np.tile(months, len(firms)),
                    "period_end": np.tile(ends, len(firms)),
                    "value": value,
                    "filed": np.tile(ends + pd.Timedelta(days=45), len(firms)),
                }
            )
        )
    securities = pd.DataFrame({"asset": assets, "ticker": assets, "first_session": sessions[0]})
    write_snapshot(
        target,
        {"securities": securities, "prices": prices, "facts": pd.concat(tables, ignore_index=True)},
        sources=["generated"],
        simulated=True,
        created="2000-01-01T00:00:00",
        report={},
    )


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else REAL
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "market"
        if source.is_dir():
            import_folder(source, folder)
        else:
            generated(folder)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        start, cpu = time.perf_counter(), time.process_time()
        market = open_market(folder)
        panel = Panel(market, rebalance_sessions(market.sessions, "monthly"))
        matrices, seconds = {}, {}
        for name in FACTORS:
            begun = time.perf_counter()
            matrices[name] = factor_matrix(panel, name)
            seconds[name] = time.perf_counter() - begun
        filers = panel.has_facts()
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{source if source.is_dir() else 'generated'}: {panel.shape[0]} dates x {panel.shape[1]} assets")
    for name, matrix in matrices.items():
        share = (~np.isnan(matrix) & filers).sum() / max(filers.sum(), 1)
        lacks = "; ".join(missing_items(market, name))
        print(f"{name:38} {seconds[name]:7.3f} s  {share:6.1%} of filers {'missing ' + lacks if lacks else ''}")
    print(f"panel_factors {len(matrices)}")
    print(f"panel_seconds {wall:.2f}")
    print(f"panel_cpu_seconds {cpu:.2f}")
    print(f"panel_peak_memory_gb {peak:.2f} (before it {before:.2f})")


if __name__ == "__main__":
    main()
