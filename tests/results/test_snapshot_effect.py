"""What a change of data moves in a strategy: names, weights, alpha; and that it is written into the ledger."""

import numpy as np
import pandas as pd
import pytest

from active_edge.config import parse_model
from active_edge.errors import MissingInput
from active_edge.ledger import REAL, Ledger
from active_edge.results.snapshot_effect import strategy_effects
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from tests.markets import make_market

SESSIONS = sessions_between("2018-01-02", "2020-12-31")
ASSETS = list("ABCD")


def market_of(folder, cash, sessions=SESSIONS):
    draw = np.random.default_rng(3)
    steps = pd.DataFrame(draw.normal(0.0005, 0.01, (len(sessions), 5)), index=sessions, columns=[*ASSETS, "IWM"])
    levels = 20.0 * (1.0 + steps).cumprod()
    facts = [
        {"asset": asset, "item": item, "months": 0, "period_end": "2017-12-31", "filed": "2018-01-02", "value": value}
        for asset in ASSETS
        for item, value in (("total_assets", 100.0), ("cash", cash[asset]))
    ]
    # Balances hold for a year and a few days; the same are filed again each year.
    facts += [
        row | {"period_end": f"{year}-12-31", "filed": f"{year + 1}-01-02"} for year in (2018, 2019) for row in facts
    ]
    return make_market(folder, closes=levels[ASSETS], facts=facts, series={"IWM": levels["IWM"]})


def strategy():
    screen = parse_model("name: s\ndescription: d\nrank: {cash_to_assets: 1}\nselect: {top: 2}\n", Screen, "s.yaml")
    rules = parse_model(
        "name: s\nscreen: s\nrebalance: annual\nbenchmarks: [IWM]\ncosts: {spread: 10}\n", StrategyRules, "s.yaml"
    )
    return Strategy(rules, screen)


CASH = {"A": 40.0, "B": 30.0, "C": 20.0, "D": 10.0}


@pytest.fixture(scope="module")
def markets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("markets")
    # With the revised figure C takes the place of B: half of the portfolio moves.
    return market_of(folder / "a", CASH), market_of(folder / "b", CASH | {"C": 35.0})


def test_names_and_weights_that_move_are_told_by_date(markets, tmp_path):
    (effect,) = strategy_effects([strategy()], *markets, out=tmp_path)
    assert len(effect.dates) >= 2
    assert all(date.entered == ("C",) and date.left == ("B",) for date in effect.dates)
    assert all(date.moved == pytest.approx(0.5) for date in effect.dates)
    assert effect.moved == pytest.approx(0.5)


def test_alpha_moves_by_the_difference_of_the_two_runs(markets, tmp_path):
    (effect,) = strategy_effects([strategy()], *markets, out=tmp_path)
    (back,) = strategy_effects([strategy()], *reversed(markets), out=tmp_path)
    (alpha,), (reverse,) = effect.alphas, back.alphas
    assert alpha.benchmark == "IWM"
    assert alpha.change == pytest.approx(alpha.after - alpha.before)
    assert reverse.change == pytest.approx(-alpha.change)
    assert abs(alpha.change) > 1e-6


def test_the_same_data_move_nothing(markets, tmp_path):
    (effect,) = strategy_effects([strategy()], markets[0], markets[0], out=tmp_path)
    assert effect.moved == 0.0
    assert effect.alphas[0].change == 0.0


def test_each_run_is_a_trial_of_the_ledger_once(markets, tmp_path):
    for _ in range(2):
        strategy_effects([strategy()], *markets, out=tmp_path)
    assert Ledger().tally(REAL).trials == 1


def test_snapshots_of_different_years_are_refused(markets, tmp_path):
    later = market_of(tmp_path / "later", CASH, sessions_between("2022-01-03", "2022-12-30"))
    with pytest.raises(MissingInput, match="share no sessions"):
        strategy_effects([strategy()], markets[0], later, out=tmp_path)
