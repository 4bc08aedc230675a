"""One return series against its benchmarks: what cannot be tested is named, and the first that can is the yardstick."""

import numpy as np
import pandas as pd
import pytest

from active_edge.config import parse_model
from active_edge.errors import InferenceError
from active_edge.inference.alpha import factor_alpha
from active_edge.judging.estimates import information_ratio
from active_edge.judging.judgement import judge_result
from active_edge.judging.robustness import robustness_of
from active_edge.ledger import Tally
from active_edge.results.records import trial_of
from active_edge.results.stats import stats_of
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from tests.inference.return_samples import alone, market_and_fund, months_of_fund
from tests.judging.months import monthly_samples
from tests.markets import make_market

FUND, MARKET = months_of_fund(60, seed=1)
OTHER = months_of_fund(60, seed=2)[1] * 0.5 + MARKET * 0.5
SESSIONS = sessions_between("2020-01-02", "2022-12-30")
RULES = """name: s
screen: t
rebalance: monthly
benchmarks: [ABSENT, COPY, IWM]
costs: {commission_bps: 0, spread: 0, impact: {model: none}, max_participation: null}
"""


def test_the_yardstick_is_the_first_benchmark_that_can_be_tested():
    samples = monthly_samples(FUND, {"COPY": FUND, "IWM": MARKET, "IJR": OTHER})
    assert samples.yardstick == "IWM"
    assert list(samples.on) == ["IWM", "IJR"]
    assert list(samples.benchmarks) == ["COPY", "IWM", "IJR"]
    assert "no active risk" in samples.untestable["COPY"]
    assert samples.held.benchmark_name == "IWM"


def test_without_a_benchmark_that_can_be_tested_there_is_no_yardstick():
    samples = monthly_samples(FUND, {"COPY": FUND})
    assert samples.yardstick is None
    assert information_ratio(samples) is None


def test_factors_count_on_the_dates_that_all_of_them_reach():
    rng = np.random.default_rng(3)
    fund, _ = market_and_fund(300, seed=1)
    factors = pd.DataFrame(rng.normal(0, 0.01, (300, 2)), fund.index, ["MKT", "SMB"])
    factors.iloc[:40, 0] = np.nan
    factors.iloc[250:, 1] = np.nan
    inside = slice(40, 250)
    found = factor_alpha(alone(fund).reached_by(factors))
    assert found == factor_alpha(alone(fund.iloc[inside]).on(factors.iloc[inside]))
    factors.iloc[100, 0] = np.nan
    with pytest.raises(InferenceError, match="missing or infinite"):
        alone(fund).reached_by(factors)
    with pytest.raises(InferenceError, match="none of the 300 dates"):
        alone(fund).reached_by(factors.shift(freq="9000D"))


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A result whose first benchmark is not in the market and whose second is the portfolio itself."""
    rng = np.random.default_rng(4)
    passive = pd.Series(rng.normal(0.0003, 0.01, len(SESSIONS)), SESSIONS)
    own = rng.normal(0, 0.01, (len(SESSIONS), 4)) + passive.to_numpy()[:, None]
    closes = pd.DataFrame(20 * np.cumprod(1 + own, axis=0), SESSIONS, list("ABCD"))
    screen = parse_model("name: t\ndescription: d\nuniverse: {companies_only: false}\n", Screen, "t.yaml")
    strategy = Strategy(parse_model(RULES, StrategyRules, "s.yaml"), screen)

    def judge(copy):
        series = {"IWM": 100 * (1 + passive).cumprod(), "COPY": copy}
        market = make_market(tmp_path_factory.mktemp("market"), closes=closes, series=series)
        result = backtest(strategy, market)
        return judge_result(result, Tally(1, 0, None, None), random_portfolios=0)

    plain = judge(100 * (1 + passive).cumprod())
    earned = plain.result.returns
    levels = pd.Series(np.r_[1.0, np.cumprod(1 + earned)], plain.result.simulation.sessions[-len(earned) - 1 :])
    return judge(levels.reindex(SESSIONS).bfill())


def test_everything_said_of_one_benchmark_is_said_of_the_yardstick(judged):
    assert judged.yardstick == "IWM"
    assert set(judged.evidence.untestable) == {"ABSENT", "COPY"}
    trial = trial_of(judged.result, judged.samples)
    stats = stats_of(judged, robustness_of(judged, sensitivity=False), trial)
    assert stats.yardstick == "IWM"
    assert list(stats.benchmarks) == ["IWM"]
    assert stats.delisting["rule"] == stats.on_yardstick.alpha_annual
    assert trial.information_ratio is not None
    assert judged.evidence.deflated_sharpe is not None
