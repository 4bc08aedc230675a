"""Is the article right? Its claims, each with a verdict, its interval, and what is missing where it cannot be said.

    scripts/run backtests/thesis.py                       on the real returns that come with the libraries, offline
    scripts/run backtests/thesis.py --data DIR            on a market folder, or on published/*.csv and series/*.parquet
    scripts/run backtests/thesis.py --data DIR --watch    the article's catalysts: where they stand, and how old that is

Every option of ``active-edge thesis`` works here.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# active_edge.py lies in this folder and has the package's name: the folder leaves the path first.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import active_edge as ae  # noqa: E402

if __name__ == "__main__":
    sys.exit(ae.main(["thesis", "--out", str(HERE.parent / "results"), *sys.argv[1:]]))
