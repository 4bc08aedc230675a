"""Compile the numerical kernels into their caches, so that the first command need not wait for it.

Runs two strategies on a tiny simulated market in a temporary folder; called by scripts/setup.
"""

import os
import tempfile
from pathlib import Path

import active_edge as ae

STRATEGIES = Path(__file__).resolve().parent.parent / "strategies"
NAMES = ("avoid_junk", "balance_sheet", "thesis")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ACTIVE_EDGE_LEDGER"] = str(Path(folder) / "ledger.jsonl")
        ae.simulate(Path(folder) / "market", years=4, firms=120)
        market = ae.open_market(Path(folder) / "market")
        tiny = []
        for name in NAMES:
            strategy = ae.load_strategy(STRATEGIES / f"{name}.yaml")
            universe = strategy.screen.universe.model_copy(update={"small_caps": False, "min_dollar_volume": None})
            tiny.append(strategy.with_screen(strategy.screen.model_copy(update={"universe": universe})))
        ae.run_strategies(tiny, market, out=Path(folder) / "results", random_portfolios=20)


if __name__ == "__main__":
    main()
