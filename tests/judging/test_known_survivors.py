"""A run on columns that were filled in for the names that lived is in doubt; one that does not read them is warned."""

import numpy as np
import pandas as pd
import pytest

from active_edge.judging.doubts import run_doubts
from active_edge.judging.known_survivors import known_survivors
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules
from tests.market.audit.test_audit import flat, known_only, spread_ends
from tests.markets import make_market

N, DEAD = 400, 70
NAMES = [f"A{i:03}" for i in range(N)]
FREE = {"commission_bps": 0.0, "spread": 0.0, "impact": {"model": "none"}, "max_participation": None}


def run_on(market, universe=None, *, costs=FREE, **rules):
    screen = Screen.model_validate({"name": "s", "description": "d", "universe": {"companies_only": False, **universe}})
    terms = {"rebalance": "quarterly", "trade_at": "next_close", "costs": costs} | rules
    return backtest(Strategy(StrategyRules(name="s", screen="s", **terms), screen), market, start="2018-03-01")


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    """70 of 400 names die within three years; volume and SIC code are told for those who live."""
    closes = flat(spread_ends(N, DEAD))
    lives = pd.Series(np.arange(N) >= DEAD, index=NAMES)
    volume = known_only(closes.where(closes.isna(), 1e5), lives)
    securities = pd.DataFrame({"sic": pd.Series(7372, index=NAMES).where(lives)})
    return make_market(tmp_path_factory.mktemp("survivors"), closes=closes, volume=volume, securities=securities)


def doubted(result):
    return [doubt.text for doubt in run_doubts(result) if doubt.name == "known of survivors"]


@pytest.mark.parametrize(
    ("universe", "costs", "rules", "columns"),
    [
        ({"min_dollar_volume": 1000}, FREE, {}, ["volume"]),
        ({}, FREE | {"max_participation": 0.1}, {}, ["volume"]),
        ({"exclude_sectors": ["energy"]}, FREE, {}, ["sic"]),
        ({}, FREE, {"max_sector_weight": 0.3}, ["sic"]),
        ({"sectors": ["information_technology"], "min_dollar_volume": 1000}, FREE, {}, ["sic", "volume"]),
    ],
)
def test_a_column_that_decides_who_is_held_puts_the_run_in_doubt(market, universe, costs, rules, columns):
    result = run_on(market, universe, costs=costs, **rules)
    (text,) = doubted(result)
    assert [name for name in ("sic", "volume", "open") if f"{name}: " in text] == columns
    assert text.count("leave the market in a year, 0.0 % of those with one") == len(columns)


def test_what_no_rule_reads_is_no_doubt_but_told(market):
    result = run_on(market, {})
    assert doubted(result) == []
    assert [one.what for one in known_survivors(result).others] == ["sic", "volume"]
