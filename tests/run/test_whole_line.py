"""What must not matter from import to verdict: scale of prices, names that are no candidates, ids, order of rows."""

from dataclasses import asdict

import duckdb
import numpy as np
import pandas as pd
import pytest

from active_edge.config import parse_model
from active_edge.judging.judgement import judge_result
from active_edge.ledger.tally import Tally
from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.simulated import simulate
from active_edge.strategy import Strategy, StrategyRules

pytestmark = pytest.mark.slow

SCREEN = """
name: t
description: d
universe: {cap_rank: [1, 60], min_dollar_volume: 50000}
require:
  market_value: {min: 10000000}
rank:
  earnings_yield: 1.0
  momentum_12_1: 1.0
  asset_growth: 0.5
select: {top: 20, keep_until: 30}
"""
RULES = """
name: s
screen: t
rebalance: monthly
trade_at: next_open
capital_usd: 50000000
benchmarks: [IWM]
costs: {commission_bps: 1, spread: 20, impact: {model: square_root}, max_participation: 0.05}
"""
SHARES = ("shares_outstanding", "shares_diluted")
PER_SHARE = ("eps_basic", "eps_diluted", "dividends_per_share")


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Tables of a simulated market of four years; volumes are multiples of ten."""
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder, years=4, firms=100, seed=5)
    snapshot = next((folder / "snapshots").iterdir())
    read = {
        name: duckdb.sql(f"SELECT * FROM read_parquet('{snapshot / name}.parquet')").df()
        for name in ("securities", "prices", "facts", "series")
    }
    read["prices"]["volume"] = (read["prices"]["volume"] // 10 * 10).astype("float64")
    return read


def run_on(tmp_path, tables):
    """The strategy on the market that the tables make."""
    import_folder(tables, tmp_path / "market", created="2025-01-01")
    screen = parse_model(SCREEN, Screen, "t.yaml")
    market = open_market(tmp_path / "market")
    return backtest(Strategy(parse_model(RULES, StrategyRules, "s.yaml"), screen), market)


def traded(tmp_path, tables):
    """Its net returns and targets by asset."""
    result = run_on(tmp_path, tables)
    targets = pd.DataFrame(result.targets.weights, index=result.targets.dates, columns=result.market.assets)
    return result.returns, targets.loc[:, (targets > 0).any()]


def judged(tmp_path, tables):
    """The words and the numbers of its verdict."""
    judgement = judge_result(run_on(tmp_path, tables), Tally(20, 0, None, None), random_portfolios=100)
    numbers = pd.json_normalize(asdict(judgement.evidence)).select_dtypes("number").iloc[0].astype(float)
    words = {key: said for key, said in asdict(judgement.verdict).items() if not isinstance(said, float)}
    return words, numbers


@pytest.fixture(scope="module")
def plain(tmp_path_factory, tables):
    returns, targets = traded(tmp_path_factory.mktemp("plain"), tables)
    assert len(targets) > 24
    assert (targets > 0).sum(axis=1).max() == 20
    return returns, targets


def test_prices_times_ten_and_a_tenth_of_the_shares_change_no_return_and_no_holding(tmp_path, tables, plain):
    prices, facts = tables["prices"].copy(), tables["facts"].copy()
    prices[["open", "high", "low", "close"]] *= 10
    prices["volume"] /= 10
    facts["value"] *= np.select([facts["item"].isin(SHARES), facts["item"].isin(PER_SHARE)], [0.1, 10.0], 1.0)
    returns, targets = traded(tmp_path, tables | {"prices": prices, "facts": facts})
    pd.testing.assert_frame_equal(targets, plain[1], rtol=1e-9)
    np.testing.assert_allclose(returns, plain[0], atol=1e-9)


def test_names_that_are_no_candidates_change_no_return_and_no_holding(tmp_path, tables, plain):
    # Funds that come first and last by name, with prices of their own and no facts.
    donor = tables["prices"]["asset"].value_counts().index[0]
    prices, securities = (tables[key][tables[key]["asset"] == donor] for key in ("prices", "securities"))
    strangers = [prices.assign(asset=name, close=prices["close"] * 7) for name in ("AAA", "ZZZ")]
    columns = {"cik": pd.NA, "security_type": "etf"}
    listed = [securities.assign(asset=name, ticker=name, **columns) for name in ("AAA", "ZZZ")]
    other = tables | {
        "prices": pd.concat([tables["prices"], *strangers]),
        "securities": pd.concat([tables["securities"], *listed]).astype({"cik": "Int64"}),
    }
    returns, targets = traded(tmp_path, other)
    pd.testing.assert_frame_equal(targets, plain[1])
    np.testing.assert_array_equal(returns, plain[0])


def test_other_ids_and_another_order_of_rows_change_no_number_and_no_word_from_import_to_verdict(tmp_path, tables):
    rng = np.random.default_rng(3)
    ids = tables["securities"]["asset"].to_numpy()
    other = dict(zip(ids, rng.permutation([f"N{number:03d}" for number in range(len(ids))]), strict=True))
    renamed = {
        name: (table.assign(asset=table["asset"].map(other)) if "asset" in table else table).sample(
            frac=1.0, random_state=3
        )
        for name, table in tables.items()
    }
    words, numbers = judged(tmp_path / "a", tables)
    again, others = judged(tmp_path / "b", renamed)
    assert again == words
    assert len(numbers) > 30
    pd.testing.assert_series_equal(others, numbers, rtol=1e-9, atol=1e-12)


def test_the_scale_of_the_prices_alone_is_seen(tmp_path, tables, plain):
    # Shows that the tests above could fail: with the shares left as they are every value is ten times too large.
    prices = tables["prices"].copy()
    prices[["open", "high", "low", "close"]] *= 10
    returns, _ = traded(tmp_path, tables | {"prices": prices})
    assert not np.allclose(returns, plain[0], atol=1e-6)
