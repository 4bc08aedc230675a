"""A market that lacks something stops only what needs it, by name and with the remedy."""

import json

import pytest

from active_edge.cli.main import main
from active_edge.errors import MissingInput
from active_edge.results.batch import run_strategies
from tests.run.test_backtest import FREE, market, strategy_of  # noqa: F401 - a fixture is used by its name

SIZED = "rebalance: monthly\ncosts: {spread: 10, impact: {model: almgren}}\n"
"""Needs shares outstanding, which the market does not have."""


def renamed(strategy, name):
    return type(strategy)(strategy.rules.model_copy(update={"name": name}), strategy.screen)


def test_others_are_run_and_the_one_is_named_with_its_remedy(market, tmp_path):  # noqa: F811
    strategies = [renamed(strategy_of(SIZED), "dear"), renamed(strategy_of("rebalance: monthly\n" + FREE), "free")]
    lacking: dict[str, MissingInput] = {}
    runs = run_strategies(
        strategies, market, out=tmp_path, random_portfolios=20, sensitivity=False, stopped=lacking.__setitem__
    )
    assert [run.stats.strategy for run in runs] == ["free"]
    assert "no shares_outstanding known" in str(lacking["dear"])
    assert "square_root" in str(lacking["dear"])
    with pytest.raises(MissingInput, match=r"dear was not run: .*no shares_outstanding"):
        run_strategies(strategies, market, out=tmp_path / "again", random_portfolios=20, sensitivity=False)
    assert len([*(tmp_path / "again").glob("free-*/report.html")]) == 1


def test_the_command_says_which_was_not_run_and_prints_the_others(market, tmp_path, capsys):  # noqa: F811
    (tmp_path / "s.yaml").write_text("name: s\ndescription: d\nuniverse: {companies_only: false}\n")
    for name, rules in (("dear", SIZED), ("free", "rebalance: monthly\n" + FREE)):
        (tmp_path / f"{name}.yaml").write_text(f"name: {name}\nscreen: s\n{rules}")
    files = [str(tmp_path / f"{name}.yaml") for name in ("dear", "free")]
    options = ["--data", str(market.path), "--out", str(tmp_path / "out"), "--random", "20", "--no-sensitivity"]
    assert main(["backtest", *files, *options, "--json"]) == 1
    said = capsys.readouterr()
    assert [run["strategy"] for run in json.loads(said.out)] == ["free"]
    assert "Error: dear was not run: " in said.err
