"""A strategy sealed on a simulated market and followed for twenty years: with a large edge planted, and with none."""

import pytest

from active_edge.config import parse_model
from active_edge.market import open_market
from active_edge.screen import Screen
from active_edge.sealing.make import seal
from active_edge.sealing.track import EDGE, track
from active_edge.simulated import simulate
from active_edge.strategy import Strategy, StrategyRules

SCREEN = """\
name: profitable
description: The most profitable names earn more than the index.
universe: {cap_rank: [1, 3000], companies_only: true}
rank: {gross_profitability: 1}
select: {top: 120}
"""
RULES = "name: profitable\nscreen: profitable\ncapital_usd: 1000000\nbenchmarks: [IWM]\n"


@pytest.mark.nightly
@pytest.mark.parametrize(("alpha", "shown"), [({"profitability": 0.12}, True), (None, False)])
def test_a_planted_edge_is_shown_within_twenty_years_and_none_is_where_none_is_planted(tmp_path, alpha, shown):
    simulate(tmp_path / "market", years=24, firms=400, seed=7, alpha=alpha)
    market = open_market(tmp_path / "market")
    strategy = Strategy(parse_model(RULES, StrategyRules, "s.yaml"), parse_model(SCREEN, Screen, "t.yaml"))
    made = seal(strategy, market, on="2004-12-31", out=tmp_path / "seals", runs=tmp_path / "results")
    found = track(market, out=tmp_path / "seals")
    one = found.batches[0].followed[0]
    assert (made.seal.first_month, len(one.months)) == ("2005-01", 240)
    assert (found.crossed(EDGE, "profitable") is not None) is shown
