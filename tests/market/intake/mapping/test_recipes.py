"""Public layouts, from raw files to a verdict in three commands: template, import, backtest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from active_edge.cli.commands import cli
from active_edge.market import open_market
from active_edge.verdicts import Word
from tests.market.intake.mapping.vendors import Drawn, drawn, write_holdings, write_levels, write_sharadar, write_simfin

pytestmark = pytest.mark.slow
SCREEN = """name: own
description: "Everything that is priced."
universe:
  min_price: 1.0
"""
STRATEGY = """name: own
description: "Everything that is priced, in equal parts."
screen: own
rebalance: quarterly
weights: equal
trade_at: next_close
capital_usd: 100000
costs:
  commission_bps: 1.0
  spread: 10
  max_participation: null
  impact: {model: none}
benchmarks: [IWM]
"""


def _run(*words: str) -> str:
    result = CliRunner().invoke(cli, list(words))
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


@pytest.mark.parametrize("write", [write_simfin, write_sharadar])
def test_raw_files_reach_a_verdict_in_three_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, Drawn], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    market = drawn("2012-01-01", "2014-12-31")
    write(tmp_path / "raw", market)
    write_levels(tmp_path / "raw", market)
    for kind, text in (("screens", SCREEN), ("strategies", STRATEGY)):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "own.yaml").write_text(text, encoding="utf-8")
    assert "# guess" in _run("data", "template", "raw")
    said = _run("data", "import", "raw", "--map", "raw/import.yaml", "--data", "mine")
    assert "active-edge data pull --quick --data mine" in said
    fast = ("--random", "20", "--no-sensitivity")
    (run,) = json.loads(_run("backtest", "strategies/own.yaml", "--data", "mine", "--json", *fast))
    assert run["verdict"] in {word.value for word in Word} - {Word.NOT_TESTABLE.value}, run["verdict_reason"]
    stored = open_market(tmp_path / "mine")
    assert len(stored.assets) == market.closes.shape[1]


INDEX_SCREEN = """name: own
description: "Members of the index."
universe:
  members: Russell 2000
  companies_only: false
"""


def test_holdings_files_alone_reach_a_verdict_against_the_index_of_their_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No company files anything here: the list decides who is bought, its weights what the index earned."""
    monkeypatch.chdir(tmp_path)
    market = drawn("2012-01-01", "2013-12-31")
    write_holdings(tmp_path / "raw", market)
    strategy = STRATEGY.replace("[IWM]", "[russell_2000]")
    for kind, text in (("screens", INDEX_SCREEN), ("strategies", strategy)):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "own.yaml").write_text(text, encoding="utf-8")
    _run("data", "template", "raw")
    _run("data", "import", "raw", "--map", "raw/import.yaml", "--data", "mine")
    fast = ("--random", "20", "--no-sensitivity")
    (run,) = json.loads(_run("backtest", "strategies/own.yaml", "--data", "mine", "--json", *fast))
    assert run["verdict"] in {word.value for word in Word} - {Word.NOT_TESTABLE.value}, run["verdict_reason"]
    assert list(run["benchmarks"]) == ["russell_2000"]
    stored = open_market(tmp_path / "mine")
    assert len(stored.assets) == market.closes.shape[1]
    assert stored.index_names == {"Russell 2000"}
    assert stored.items == {"gics"}
    # all weigh the same in the files: their index is the mean of their closes' moves, each day anew
    level = stored.series("russell_2000")
    mean = market.closes.round(2).pct_change().mean(axis=1).iloc[1:]
    assert (level.pct_change().iloc[1:] - mean).abs().max() < 1e-9
