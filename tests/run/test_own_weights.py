"""Weights of one's own are traded as a strategy's would be, and are refused where they are no portfolio."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import active_edge as ae
from active_edge.costs import FREE
from active_edge.errors import ActiveEdgeError, BacktestError, ConfigError, DataError, MissingInput
from active_edge.judging.market_samples import result_samples
from active_edge.results.records import trial_of
from active_edge.results.rerun import rerun
from active_edge.sessions import sessions_between
from active_edge.simulated import simulate
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2020-03-31")
AT_CLOSE = ae.TradingTerms(costs=FREE, trade_at="next_close", capital_usd=1_000_000)


@pytest.fixture
def market(tmp_path):
    """A rises by 1 % a session, B is flat; OLD and NEW had the ticker X one after the other."""
    closes = pd.DataFrame({"A": 10.0 * 1.01 ** np.arange(len(SESSIONS)), "B": 20.0}, index=SESSIONS)
    closes["OLD"] = np.where(SESSIONS < "2020-02-03", 5.0, np.nan)
    closes["NEW"] = np.where(SESSIONS >= "2020-02-10", 8.0, np.nan)
    tickers = pd.DataFrame({"ticker": ["AAA", "BBB", "X", "X"]}, index=["A", "B", "OLD", "NEW"])
    return make_market(tmp_path, closes=closes, securities=tickers)


def weights(*rows: tuple[str, dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([row for _, row in rows], index=pd.DatetimeIndex([day for day, _ in rows]))


def traded(given: Any, market: ae.Market, **more: Any) -> Any:
    return ae.backtest_weights(given, market, AT_CLOSE, **more)


def test_half_in_a_name_that_rises_by_one_percent_earns_what_a_hand_works_out(market):
    # Bought at the close of 2020-01-03: 0.5 grows by 1.01 a session, 0.5 stays, so the n-th day has earned
    # (1 + 1.01^n) / (1 + 1.01^(n-1)) - 1.
    result = traded(weights(("2020-01-02", {"AAA": 0.5})), market)
    n = np.arange(1, len(SESSIONS) - 1)
    assert result.base == pd.Timestamp("2020-01-03")
    np.testing.assert_allclose(result.returns, (1 + 1.01**n) / (1 + 1.01 ** (n - 1)) - 1, rtol=1e-9)


def test_a_row_is_the_whole_portfolio_until_the_next_and_missing_is_nothing(market):
    rows = weights(("2020-01-02", {"AAA": 1.0}), ("2020-02-03", {"BBB": 1.0}))
    result = traded(rows, market)
    after = result.returns.loc["2020-02-05":]
    assert np.allclose(after, 0.0)
    assert np.allclose(result.returns.loc[:"2020-02-04"], 0.01)


def test_a_strategys_own_targets_earn_what_the_strategy_earned(tmp_path):
    simulate(tmp_path / "market", years=3, firms=150, seed=2)
    market = ae.open_market(tmp_path / "market")
    (tmp_path / "s.yaml").write_text("name: s\ndescription: d\nrequire:\n  return_on_assets: {quantile_min: 0.5}\n")
    (tmp_path / "t.yaml").write_text("name: t\nscreen: s\nrebalance: monthly\n")
    own = ae.backtest(ae.load_strategy(tmp_path / "t.yaml"), market)
    frame = pd.DataFrame(own.targets.weights, index=own.targets.dates, columns=own.targets.assets)
    again = ae.backtest_weights(frame, market, own.strategy.terms)
    first = again.returns.index[0]
    pd.testing.assert_series_equal(again.returns, own.returns.loc[first:])
    assert own.targets.weights.any()


def test_a_ticker_is_whoever_had_it_on_the_date(market):
    result = traded(weights(("2020-01-15", {"X": 1.0}), ("2020-02-28", {"X": 0.5})), market)
    held = [market.assets[row > 0].tolist() for row in result.targets.weights]
    assert held == [["OLD"], ["NEW"]]


def test_a_date_between_sessions_is_decided_on_the_session_before(market):
    result = traded(weights(("2020-01-31", {"AAA": 1.0}), ("2020-02-29", {"BBB": 1.0})), market)
    assert list(result.targets.dates) == [pd.Timestamp("2020-01-31"), pd.Timestamp("2020-02-28")]


def trial_id(result: Any) -> str:
    return trial_of(result, result_samples(result)).id


def test_the_trial_is_the_weights_whatever_names_and_forms_they_have(market, tmp_path):
    by_ticker = weights(("2020-01-02", {"AAA": 0.25, "BBB": 0.5}))
    by_asset = weights(("2020-01-02", {"B": 0.5, "A": 0.25}))
    by_ticker.rename_axis("date").to_csv(tmp_path / "weights.csv")
    same = {trial_id(traded(given, market)) for given in (by_ticker, by_asset, tmp_path / "weights.csv")}
    same.add(trial_id(traded(by_ticker, market, name="renamed", description="told otherwise")))
    assert len(same) == 1
    assert trial_id(traded(weights(("2020-01-02", {"AAA": 0.25, "BBB": 0.4999})), market)) not in same
    dearer = replace(AT_CLOSE, costs=replace(FREE, commission_bps=5.0))
    assert trial_id(ae.backtest_weights(by_ticker, market, dearer)) not in same


def test_weights_of_32_bits_that_sum_to_one_as_nearly_as_they_can_are_scaled_and_others_left(market):
    tenths = weights(("2020-01-02", {"AAA": float(np.float32(0.6)), "BBB": float(np.float32(0.4))}))
    assert 1 + 1e-9 < tenths.sum(axis=1).iloc[0] <= 1 + 1e-6
    assert traded(tenths, market).decision.targets.weights.sum() == pytest.approx(1.0, abs=1e-15)
    whole = weights(("2020-01-02", {"AAA": 0.7, "BBB": 0.3}))
    assert traded(whole, market).decision.targets.weights[0, :2].tolist() == [0.7, 0.3]


REFUSED: dict[str, tuple[Any, type[ActiveEdgeError], str]] = {
    "percent": (weights(("2020-01-02", {"AAA": 60, "BBB": 40})), BacktestError, "sum to 100.*divide percent by 100"),
    "twice everything": (
        weights(("2020-01-02", {"AAA": 1.0, "BBB": 1.0})),
        BacktestError,
        "sum to 2.0; .* at most 1 can be held: divide percent by 100, anything else by its row's sum",
    ),
    "rows of two levels": (
        weights(("2020-01-02", {"AAA": 1.0})).stack().to_frame("weight"),
        DataError,
        "weights: the rows have names of several levels",
    ),
    "columns of two levels": (
        pd.concat({"mine": weights(("2020-01-02", {"AAA": 1.0}))}, axis=1),
        DataError,
        "weights: the columns have names of several levels",
    ),
    "a column without a name": (weights(("2020-01-02", {"": 1.0})), MissingInput, "weights: a column has the name ''"),
    "no ticker but nothing": (
        weights(("2020-01-02", {np.nan: 1.0})),
        MissingInput,
        "weights: a column has the name 'nan'",
    ),
    "more than everything": (weights(("2020-01-02", {"AAA": 0.7, "BBB": 0.4})), BacktestError, "weights sum to 1.1"),
    "short": (weights(("2020-01-02", {"AAA": -0.1})), BacktestError, "A: weight -0.1 is not a number in"),
    "an unknown ticker": (
        weights(("2020-01-02", {"AAB": 1.0})),
        MissingInput,
        "^weights: no asset has the ticker 'AAB'",
    ),
    "after its end": (weights(("2020-02-05", {"X": 1.0})), MissingInput, "X on 2020-02-05: it has prices from"),
    "before the market": (weights(("2019-12-31", {"AAA": 1.0})), MissingInput, "2019-12-31: the market decides from"),
    "on its last day": (weights(("2020-03-31", {"AAA": 1.0})), MissingInput, "decides from 2020-01-02 to 2020-03-30"),
    "two dates, one session": (
        weights(("2020-02-28", {"AAA": 1.0}), ("2020-02-29", {"AAA": 0.5})),
        BacktestError,
        "2020-02-28, 2020-02-29 are all decided on 2020-02-28",
    ),
    "one asset by two names": (weights(("2020-01-02", {"AAA": 0.5, "A": 0.5})), BacktestError, "another column"),
    "no number": (weights(("2020-01-02", {"AAA": "all"})), DataError, "AAA on 2020-01-02: 'all'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_portfolio_of_this_market_is_refused_with_date_and_name(case, market):
    given, error, words = REFUSED[case]
    with pytest.raises(error, match=words):
        traded(given, market)


def test_a_bad_name_and_no_benchmark_are_told_in_the_words_of_a_file(market):
    given = weights(("2020-01-02", {"AAA": 1.0}))
    with pytest.raises(ConfigError, match="backtest_weights: name: 'My Fund' is not a name"):
        traded(given, market, name="My Fund")
    with pytest.raises(ConfigError, match="backtest_weights: benchmarks"):
        traded(given, market, benchmarks=[])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    simulate(folder, years=4, firms=150, seed=4)
    market = ae.open_market(folder)
    listed = market.assets[np.isfinite(market.prices.close[200]) & (market.prices.last >= 500)]
    return market, listed


@pytest.mark.slow
def test_it_is_judged_and_reported_like_any_other_and_can_be_made_again(world, tmp_path, ledger_file):
    market, listed = world
    days = market.sessions[[200, 300, 400]]
    held = pd.DataFrame(0.05, index=days, columns=listed[:20])
    held.iloc[1] = 0.0  # all cash for a while
    result = ae.backtest_weights(held, market, name="mine")
    other = ae.backtest_weights(held.set_axis(listed[20:40], axis=1), market, name="other")
    runs = ae.write_report([result, other], out=tmp_path / "results", random_portfolios=20, sensitivity=False)
    run = runs[0]
    assert run.judgement.random is not None
    assert (run.folder / "report.html").is_file()
    assert "weights_sha256" in (run.folder / "run.yaml").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in ledger_file.read_text(encoding="utf-8").splitlines()]
    assert sum("event" not in line for line in lines) == 2
    again = rerun(run.folder, out=tmp_path / "elsewhere")
    assert again.same
    pd.testing.assert_series_equal(again.run.judgement.result.returns, result.returns)
