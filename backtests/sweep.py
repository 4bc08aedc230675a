"""Is it the idea or the one version of it? 2,000 variants of balance_sheet, and what may be concluded from them.

    scripts/run backtests/sweep.py                        on the simulated market, offline
    scripts/run backtests/sweep.py --data DIR             on a market folder of your own

Every option of ``active-edge sweep`` works here.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# active_edge.py lies in this folder and has the package's name: the folder leaves the path first.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import active_edge as ae  # noqa: E402

STRATEGY = str(HERE.parent / "strategies" / "balance_sheet.yaml")
GRID = str(HERE / "grids" / "balance_sheet.yaml")

if __name__ == "__main__":
    out = ["--out", str(HERE.parent / "results")]
    sys.exit(ae.main(["sweep", STRATEGY, "--grid", GRID, *out, *sys.argv[1:]]))
