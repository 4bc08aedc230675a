"""Neither the name of an asset nor the order of rows moves a number: every tie is broken by the date's data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from active_edge import crosssection, evaluation
from active_edge.judging.market_samples import result_samples
from active_edge.judging.twins import random_twins
from active_edge.run.backtest import backtest
from active_edge.sessions import sessions_between
from tests.judging.planted import strategy_of
from tests.markets import make_market

SESSIONS = sessions_between("2018-01-02", "2019-06-28")
SCREENS = {
    "ranked": "rank: {cash_to_assets: 1.0}\nselect: {top: 12, keep_until: 18}\nuniverse: {cap_rank: [5, 40]}\n",
    "rules": "require:\n  cash_to_assets: {quantile_min: 0.5}\n",
}


@dataclass(frozen=True)
class Tables:
    """A market before it has a name for anything: (n_sessions, n_assets) frames and facts by number."""

    closes: pd.DataFrame
    volume: pd.DataFrame
    facts: pd.DataFrame


@pytest.fixture(scope="module")
def tables():
    """Sixty companies that tie wherever they can: few scores, few values; of every three two are equal in all."""
    rng = np.random.default_rng(8)
    n, half = 60, 40
    steps = rng.normal(0.0, 0.02, (len(SESSIONS), half))
    steps[:, ::4] = 0.0
    closes = 10.0 * np.exp(np.cumsum(steps, axis=0))
    volume = np.round(rng.choice([1e4, 1e5], half) * np.ones((len(SESSIONS), 1)))
    closes[:40, ::8] = np.nan
    closes[200:, 5::12] = np.nan
    same = np.concatenate([np.arange(half), np.arange(n - half)])
    shares, cash = rng.choice([1e6, 2e6], half)[same], rng.choice([10.0, 20.0, 30.0], half)[same]
    rows = [
        {"asset": a, "item": item, "months": 0, "period_end": "2017-12-31", "value": value}
        for a in range(n)
        for item, value in (("shares_outstanding", shares[a]), ("cash", cash[a]), ("total_assets", 100.0))
    ]
    volume[np.isnan(closes)] = np.nan
    quoted, traded = (pd.DataFrame(matrix[:, same], index=SESSIONS) for matrix in (closes, volume))
    return Tables(quoted, traded, pd.DataFrame(rows))


def _market(folder, tables, seed):
    """The market under names drawn by lot, its rows in an order drawn by lot."""
    rng = np.random.default_rng(seed)
    names = [f"N{number:03d}" for number in rng.permutation(len(tables.closes.columns))]
    columns = rng.permutation(len(names))
    closes, volume = (frame.set_axis(names, axis=1).iloc[:, columns] for frame in (tables.closes, tables.volume))
    facts = tables.facts.assign(asset=np.array(names)[tables.facts["asset"]]).sample(frac=1.0, random_state=seed)
    levels = {"IWM": pd.Series(100.0 * 1.0003 ** np.arange(len(SESSIONS)), index=SESSIONS)}
    return make_market(folder, closes=closes, volume=volume, facts=facts, series=levels), names


def _drawn(result):
    """Annual returns of twenty matched random portfolios."""
    twins = random_twins(result, result_samples(result), count=20, seed=0)
    assert twins is not None
    return twins.annual


def _held(result, names):
    place = result.market.assets.get_indexer(names)
    return result.targets.weights[:, place]


@pytest.mark.parametrize("screen", list(SCREENS))
def test_renaming_every_asset_and_shuffling_rows_changes_nothing(tmp_path, tables, screen):
    results = []
    for seed in range(3):
        market, names = _market(tmp_path / str(seed), tables, seed)
        results.append((backtest(strategy_of(SCREENS[screen]), market), names))
    first, first_names = results[0]
    assert len(first.returns) > 100
    for other, names in results[1:]:
        np.testing.assert_allclose(_held(other, names), _held(first, first_names), rtol=0, atol=1e-14)
        np.testing.assert_allclose(other.returns, first.returns, rtol=0, atol=1e-12)
        assert len(other.simulation.unfilled) == len(first.simulation.unfilled)
        np.testing.assert_allclose(_drawn(other), _drawn(first), rtol=0, atol=1e-10)


def test_that_check_would_catch_a_tie_broken_by_name(tmp_path, tables, monkeypatch):
    def by_name(score, ranked, standing):
        return crosssection.places((score, -np.arange(score.shape[1]) * np.ones(score.shape)), ranked)

    monkeypatch.setattr(evaluation, "order", by_name)
    held = []
    for seed in range(2):
        market, names = _market(tmp_path / str(seed), tables, seed)
        held.append(_held(backtest(strategy_of(SCREENS["ranked"]), market), names))
    assert np.abs(held[0] - held[1]).max() > 0.01
