"""Factor and cash series are published late; the alpha on them is of the part they cover, and the page says so."""

import numpy as np
import pandas as pd
import pytest

from active_edge.config import parse_model
from active_edge.inference.alpha import factor_alpha
from active_edge.judging.estimates import ratio_variance
from active_edge.judging.judgement import judge_result
from active_edge.judging.warnings import data_warnings
from active_edge.ledger import Tally
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.sessions import sessions_between
from active_edge.strategy import Strategy, StrategyRules
from tests.inference.return_samples import alone
from tests.markets import make_market

SESSIONS = sessions_between("2020-01-02", "2023-12-29")
TALLY = Tally(trials=1, ratios=2, ratio_variance=5e-9, restarted=None)
RULES = """name: s
screen: t
rebalance: monthly
benchmarks: [IWM]
costs: {commission_bps: 0, spread: 0, impact: {model: none}, max_participation: null}
"""


def judged(tmp_path, end):
    rng = np.random.default_rng(4)
    factors = pd.DataFrame(rng.normal(0, 0.01, (len(SESSIONS), 3)), SESSIONS, ["MKT_RF", "SMB", "HML"])
    cash = pd.Series(0.0001, SESSIONS)
    own = rng.normal(0, 0.01, (len(SESSIONS), 4)) + factors["MKT_RF"].to_numpy()[:, None]
    closes = pd.DataFrame(20 * np.cumprod(1 + own, axis=0), SESSIONS, list("ABCD"))
    series = {name: factors[name].loc[:end] for name in factors} | {"RF": cash.loc[:end]}
    series["IWM"] = 100 * (1 + factors["MKT_RF"]).cumprod()
    market = make_market(tmp_path, closes=closes, series=series)
    screen = parse_model("name: t\ndescription: d\nuniverse: {companies_only: false}\n", Screen, "t.yaml")
    result = backtest(Strategy(parse_model(RULES, StrategyRules, "s.yaml"), screen), market)
    return judge_result(result, TALLY, random_portfolios=20), factors, cash


def test_factors_that_end_early_give_the_alpha_of_what_they_cover(tmp_path):
    judgement, factors, cash = judged(tmp_path, "2023-10-31")
    whole = pd.DataFrame({"own": judgement.result.returns, "cash": cash}).dropna().join(factors)
    # Bought on 1 May and measured from its close, so that May lacks its first session; the series end with October.
    by_month = ((1 + whole.loc["2020-06-01":"2023-10-31"]).groupby(pd.Grouper(freq="ME")).prod() - 1).rename_axis(None)
    expected = factor_alpha(alone(by_month["own"], by_month["cash"], periods_per_year=12).on(by_month[list(factors)]))
    assert judgement.factors.alpha_annual == pytest.approx(expected.alpha_annual, abs=1e-12)
    assert judgement.factors.n == len(by_month) == 41 < judgement.samples.months.n
    assert any("The factor returns cover" in text for _, text, _ in data_warnings(judgement))


def test_cash_carries_its_last_value_and_full_cover_warns_of_nothing(tmp_path):
    judgement, _, _ = judged(tmp_path, "2023-12-29")
    assert (judgement.samples.own.cash == 0.0001).all()
    assert not any("factor returns" in text for _, text, _ in data_warnings(judgement))


def test_two_trials_say_nothing_of_the_spread_of_trials():
    assert ratio_variance(TALLY, 12) is None
    many = Tally(trials=20, ratios=20, ratio_variance=35.0, restarted=None)
    assert ratio_variance(many, 12) == pytest.approx(35.0 * 21), "kept a session, asked for a month"
