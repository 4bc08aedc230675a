"""Nothing decided or earned depends on what came later, and the audit that says so catches planted leaks."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import active_edge.run.backtest as backtest_module
from active_edge.config import parse_model
from active_edge.market import open_market
from active_edge.panel import Panel
from active_edge.run.leaks import audit_leaks, scrambled
from active_edge.screen import Screen
from active_edge.simulated import simulate
from active_edge.strategy import Strategy, StrategyRules, load_strategy

pytestmark = pytest.mark.slow

STRATEGIES = sorted((Path(__file__).resolve().parents[2] / "strategies").glob("*.yaml"))
SCREEN = """name: leaky
description: uses prices, facts, listings, a quantile and a rank
universe: {min_price: 1.0, min_dollar_volume: 1000, cap_rank: [1, 200]}
require:
  leverage: {quantile_max: 0.8}
rank: {momentum_12_1: 0.3, return_on_assets: 0.4, insider_ownership: 0.3}
select: {top: 40, keep_until: 60}
"""


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder, years=3, firms=250, seed=5, restatement_rate=0.5)
    return open_market(folder)


@pytest.fixture(scope="module")
def strategy():
    rules = parse_model("name: leaky\nscreen: leaky\nrebalance: monthly\nmin_coverage: 0\n", StrategyRules, "s.yaml")
    return Strategy(rules, parse_model(SCREEN, Screen, "t.yaml"))


def found(market, strategy, **planted):
    return " | ".join(leak.what for leak in audit_leaks(strategy, market, **planted).leaks)


def test_scrambling_changes_the_future_and_only_that(market, tmp_path):
    after = market.sessions[400]
    other = scrambled(market, after, tmp_path, seed=0)
    assert other.sessions.equals(market.sessions)
    assert other.assets.equals(market.assets)
    close, noise = market.prices.close, other.prices.close
    assert np.array_equal(close[:401], noise[:401], equal_nan=True)
    assert np.isclose(close[401:], noise[401:]).mean() < 0.01
    gone = (other.prices.last == 400) & (market.prices.last > 400)
    assert 0.2 < gone.sum() / np.isfinite(close[400]).sum() < 0.45


@pytest.mark.slow
def test_future_facts_and_prices_change_nothing_decided_or_earned_before(market, strategy):
    report = audit_leaks(strategy, market)
    assert report.leaks == ()
    assert report.decisions > 10
    assert report.sessions > 250


@pytest.mark.slow
@pytest.mark.parametrize("path", STRATEGIES, ids=lambda path: path.stem)
def test_no_shipped_strategy_peeks(market, path):
    strategy = load_strategy(path)
    # The test market has 250 firms: all of them are the small caps of the shipped rules.
    everyone = strategy.screen.universe.model_copy(
        update={"small_caps": False, "cap_rank": None, "min_dollar_volume": None}
    )
    report = audit_leaks(strategy.with_screen(strategy.screen.model_copy(update={"universe": everyone})), market)
    assert report.leaks == ()


class PeriodEndForFiled(Panel):
    """Reads a fact from the day its period ended."""

    def known_sessions(self, rows):
        return self.market.sessions.searchsorted(pd.DatetimeIndex(rows.period_end))


class TomorrowsClose(Panel):
    """Sees the close of the next session."""

    def close(self):
        later = np.minimum(self.market.sessions.get_indexer(self.dates) + 1, len(self.market.sessions) - 1)
        return self.market.prices.close[later]


class FilledBack(Panel):
    """Carries the first price back before the listing."""

    def close(self):
        prices = pd.DataFrame(self.market.prices.close).bfill().to_numpy()
        return prices[self.market.sessions.get_indexer(self.dates)]


class RestatedEarly(Panel):
    """Reads the last version of a number on the day the first was filed."""

    def known_sessions(self, rows):
        keys = pd.DataFrame({"a": rows.asset, "m": rows.months, "p": rows.period_end, "k": rows.known})
        return keys.groupby(["a", "m", "p"])["k"].transform("min").to_numpy()


class SurvivorsOnly(Panel):
    """Lists only names that are still there at the end."""

    def close(self):
        return np.where(self.market.prices.last == len(self.market.sessions) - 1, super().close(), np.nan)


class StillFiling(Panel):
    """Counts as companies only names that file something within the next year."""

    def has_facts(self):
        rows = self.market.facts.of("net_income")
        known = np.zeros(self.shape, dtype=bool)
        for row, session in enumerate(self._sessions):
            known[row, rows.asset[(rows.known > session) & (rows.known <= session + 252)]] = True
        return known


@pytest.mark.parametrize(
    ("panel", "names"),
    [
        (PeriodEndForFiled, ("factor leverage", "factor return_on_assets")),
        (TomorrowsClose, ("universe rule min_price",)),
        (FilledBack, ("universe rule min_price",)),
        (RestatedEarly, ("factor",)),
        (SurvivorsOnly, ("universe rule listed", "the selection")),
        (StillFiling, ("universe rule company", "the selection")),
    ],
)
def test_a_planted_leak_is_caught_and_named(market, strategy, panel, names):
    what = found(market, strategy, panel=panel)
    assert all(name in what for name in names), what


def test_a_fill_on_the_bar_of_its_decision_is_caught(market, strategy, monkeypatch):
    honest = backtest_module.trade

    def same_bar(market, targets, terms, sessions):
        before = market.sessions[market.sessions.get_indexer(targets.dates) - 1]
        simulation = honest(market, dataclasses.replace(targets, dates=before), terms, sessions)
        decided = simulation.trades["decision"].map(dict(zip(before, targets.dates, strict=True)))
        object.__setattr__(simulation, "trades", simulation.trades.assign(decision=decided))
        return simulation

    monkeypatch.setattr(backtest_module, "trade", same_bar)
    assert "a fill at or before its decision" in found(market, strategy)
