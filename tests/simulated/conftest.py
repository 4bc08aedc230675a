from pathlib import Path

import pytest

from active_edge.market import Market, open_market
from active_edge.simulated import simulate

KNOBS = {"years": 4, "firms": 400, "seed": 7, "restatement_rate": 0.2}


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "market"
    simulate(folder, alpha={"profitability": 0.02}, **KNOBS)
    return folder


@pytest.fixture(scope="session")
def small(small_folder: Path) -> Market:
    return open_market(small_folder)
