"""A small simulated market, and the command line in a folder of its own."""

import pytest

from active_edge.cli.main import main
from active_edge.market import open_market
from active_edge.simulated import simulate


@pytest.fixture(scope="session")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins") / "market"
    simulate(folder, years=3, firms=80, seed=5)
    return open_market(folder)


@pytest.fixture
def say(market, tmp_path, capsys, monkeypatch):
    """Run a command in `tmp_path`: (exit code, output, errors)."""

    def run(*arguments, data=True):
        monkeypatch.chdir(tmp_path)
        code = main([*map(str, arguments), *(["--data", str(market.path)] if data else [])])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
