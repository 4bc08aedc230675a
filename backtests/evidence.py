"""What do returns say that anyone can look up? Index funds, quality funds, half a century of sorted portfolios.

    scripts/run backtests/evidence.py --data DIR                a folder of published/*.csv and series/*.parquet,
                                                                or a market folder of `data pull --quick`
    scripts/run backtests/evidence.py --data DIR --json         one JSON list, a verdict line each

Every option of ``active-edge evidence`` works here.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# A script beside this one has the package's name and would be imported in its place.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import active_edge as ae  # noqa: E402

if __name__ == "__main__":
    sys.exit(ae.main(["evidence", "--out", str(HERE.parent / "results"), *sys.argv[1:]]))
