"""Sectors, sizes and names beside the rebuilt index: a market worked by hand, and what cannot be known."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from active_edge.errors import MissingInput
from active_edge.judging.sector_effects import sector_effects
from active_edge.rebuilt_index import IndexRules
from active_edge.run.backtest import backtest
from active_edge.sessions import sessions_between
from tests.judging.planted import strategy_of
from tests.markets import make_market

SESSIONS = sessions_between("2019-01-02", "2020-12-31")
RULES = IndexRules(breakpoint_rank=1, bottom_rank=5, min_value_usd=0, band=0.0)
DAILY = {"BIG": 0.0, "OIL": 0.001, "GAS": -0.0005, "CPU": 0.0004, "RAM": 0.0}
"""Return a session: BIG is no member, two members are of energy and two of technology."""
SIC = {"BIG": 6021, "OIL": 1311, "GAS": 1311, "CPU": 7372, "RAM": 7372}


def market(tmp_path, sic=SIC):
    steps = np.arange(len(SESSIONS))
    start = {"BIG": 900.0} | dict.fromkeys(list(DAILY)[1:], 100.0)
    closes = pd.DataFrame({name: start[name] * (1 + DAILY[name]) ** steps for name in DAILY}, index=SESSIONS)
    facts = [
        {"asset": name, "item": "shares_outstanding", "months": 0, "period_end": end, "filed": end, "value": 1e6}
        for name in DAILY
        for end in ("2018-12-31", "2019-09-30", "2020-06-30")
    ]
    return make_market(tmp_path, closes=closes, facts=facts, securities=pd.DataFrame({"sic": pd.Series(sic)}))


def run(found):
    """Equal weights in the two members that rose most: OIL and CPU."""
    screen = "universe: {cap_rank: [2, 5]}\nrank: {momentum_12_1: 1}\nselect: {top: 2}\n"
    return backtest(strategy_of(screen), found, start="2020-02-03")


def test_effects_by_sector_are_those_worked_by_hand(tmp_path):
    result = run(market(tmp_path))
    found = sector_effects(result, RULES)
    closes = sorted(result.holdings["session"].unique())
    assert set(result.holdings["asset"]) == {"OIL", "CPU"}
    allocation, selection, interaction = np.zeros(2), np.zeros(2), np.zeros(2)
    for start, end in pairwise(closes):
        before, n = SESSIONS.get_loc(start) - 1, SESSIONS.get_loc(end) - SESSIONS.get_loc(start)
        value = {name: (1 + DAILY[name]) ** before for name in ("OIL", "GAS", "CPU", "RAM")}
        earned = {name: (1 + DAILY[name]) ** n - 1 for name in value}
        pairs = (("OIL", "GAS"), ("CPU", "RAM"))
        w_b = np.array([value[a] + value[b] for a, b in pairs]) / sum(value.values())
        r_b = np.array([(value[a] * earned[a] + value[b] * earned[b]) / (value[a] + value[b]) for a, b in pairs])
        held = result.holdings[result.holdings["session"] == start].set_index("asset")["weight"]
        w_p, r_p = held[["OIL", "CPU"]].to_numpy(), np.array([earned["OIL"], earned["CPU"]])
        allocation += (w_p - w_b) * (r_b - w_b @ r_b)
        selection += w_b * (r_p - r_b)
        interaction += (w_p - w_b) * (r_p - r_b)
    table = found.sectors.loc[["energy", "information_technology"]] * result.years
    assert table["allocation"].to_numpy() == pytest.approx(allocation, abs=1e-7)
    assert table["selection"].to_numpy() == pytest.approx(selection, abs=1e-7)
    assert table["interaction"].to_numpy() == pytest.approx(interaction, abs=1e-7)
    assert found.stretches == len(closes) - 1


def test_effects_by_sector_and_by_size_sum_to_the_same_and_with_trading_to_all(tmp_path):
    found = sector_effects(run(market(tmp_path)), RULES)
    assert found.sizes["total"].sum() == pytest.approx(found.sectors["total"].sum())
    assert found.sectors["total"].sum() + found.trading_annual == pytest.approx(found.active_annual)
    for table in (found.sectors, found.sizes):
        assert table[["weight", "index_weight"]].sum().tolist() == pytest.approx([1.0, 1.0])
        assert table[["allocation", "selection", "interaction"]].sum(axis=1).tolist() == pytest.approx(table["total"])


def test_what_the_market_cannot_tell_is_said_and_not_made_up(tmp_path):
    with pytest.raises(MissingInput, match="no sector of any company is known"):
        sector_effects(run(market(tmp_path, dict.fromkeys(SIC, None))), RULES)
    with pytest.raises(MissingInput, match="no company ranks after 1000"):
        sector_effects(run(market(tmp_path / "few")))
