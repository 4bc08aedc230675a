"""Is there an active edge? Every shipped strategy against the passive Russell 2000, judged together.

    scripts/run backtests/active_edge.py                        on the simulated market, offline
    scripts/run backtests/active_edge.py --data DIR             on a market folder of your own
    scripts/run backtests/active_edge.py --from 2015-06-01 --to 2017-03-31 --json

Every option of ``active-edge backtest`` works here.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# This file has the package's name: with its own folder on the path it would import itself.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import active_edge as ae  # noqa: E402

STRATEGIES = sorted(str(path) for path in (HERE.parent / "strategies").glob("*.yaml"))

if __name__ == "__main__":
    sys.exit(ae.main(["backtest", *STRATEGIES, "--planted", "--out", str(HERE.parent / "results"), *sys.argv[1:]]))
