"""Other choices and hidden data: each row is the strategy traded that way, and a hidden fact is really hidden."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from active_edge.factors import factor_matrix
from active_edge.judging.knock_out import Honesty, coverage_honesty, filed_items, hidden_weights
from active_edge.judging.sensitivity import rebalance_variations, trading_variations
from active_edge.judging.variation import judge_variation, table_of
from active_edge.panel import HiddenPanel
from active_edge.run.backtest import backtest
from active_edge.verdicts import Word
from tests.judging.planted import judged, simulated, strategy_of

pytestmark = pytest.mark.slow

SCREEN = "rank: {gross_profitability: 1.0, insider_ownership: 1.0}\nselect: {top: 60, keep_until: 90}\n"


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("sensitive"), years=5)


@pytest.fixture(scope="module")
def judgement(market):
    return judged(backtest(strategy_of(SCREEN), market), trials=3)


@pytest.fixture(scope="module")
def varied(judgement):
    return trading_variations(judgement)


def alpha(judgement, varied, setting):
    return judge_variation(judgement, next(v for v in varied if v.setting == setting)).alpha.alpha_annual


def test_the_unchanged_rows_are_the_strategy_itself(judgement, varied):
    own = judgement.benchmarks["IWM"].alpha.alpha_annual
    for setting in ("×1", "10 million USD", "the strategy's own rule"):
        assert alpha(judgement, varied, setting) == pytest.approx(own, abs=1e-12)
    word = judge_variation(judgement, next(v for v in varied if v.setting == "×1")).verdict
    assert word == judgement.verdict.verdict


def test_higher_costs_never_help(judgement, varied):
    settings = ("none at all", "×0.5", "×1", "×1.5", "×2", "×3")
    assert np.all(np.diff([alpha(judgement, varied, setting) for setting in settings]) < 0)


def test_a_row_of_costs_is_the_strategy_backtested_at_those_costs(judgement, varied, market):
    dear = strategy_of(SCREEN)
    costs = replace(dear.rules.costs, commission_bps=2.0, spread=20.0)
    dear = type(dear)(dear.rules.model_copy(update={"costs": costs}), dear.screen)
    found = next(v for v in varied if v.setting == "×2").returns
    assert np.allclose(found, backtest(dear, market).returns, atol=1e-12)


def test_at_break_even_the_alpha_is_zero(judgement, varied):
    for variation in (v for v in varied if "break-even" in v.setting):
        assert judge_variation(judgement, variation).alpha.alpha_annual == pytest.approx(0.0, abs=1e-4)


def test_a_variation_of_a_few_months_is_too_short_and_has_no_alpha(judgement, varied):
    own = next(v for v in varied if v.setting == "×1")
    for months, alpha_known in ((9, False), (20, True)):
        end = own.base + pd.DateOffset(months=months)
        short = judge_variation(judgement, replace(own, returns=own.returns.loc[:end]))
        assert short.verdict == Word.TOO_SHORT
        assert (short.alpha is not None) == alpha_known


def test_a_later_start_earns_what_its_own_purchase_earns(judgement, varied):
    later = next(v for v in varied if v.setting == "begun 6 months later")
    assert later.base >= judgement.result.base + pd.DateOffset(months=6)
    # After the purchase both hold the same names; weights differ only by what drifted before.
    both = pd.concat([later.returns, judgement.result.returns], axis=1, join="inner").iloc[70:]
    assert both.corr().iloc[0, 1] > 0.999


def test_another_rebalance_month_decides_in_that_month(judgement):
    moved = rebalance_variations([judgement.result])[0]
    assert [v.setting for v in moved] == [
        "the strategy's own",
        "1 month later in the period",
        "2 months later in the period",
    ]
    assert len({v.base for v in moved}) == 3


def test_every_row_has_an_alpha_within_its_interval_and_a_verdict(judgement, varied):
    table = table_of(judgement, varied)
    assert (table["lower"] <= table["alpha_annual"]).all()
    assert (table["alpha_annual"] <= table["upper"]).all()
    assert set(table["group"]) == {"costs", "capital", "delisting return", "start"}


def test_hiding_all_facts_of_some_names_hides_their_figures_and_no_others(judgement):
    panel = judgement.result.decision.evaluation.panel
    hidden = np.zeros(panel.shape, dtype=bool)
    hidden[:, ::3] = True
    other = HiddenPanel(panel, frozenset({"revenue", "cost_of_revenue", "gross_profit"}), hidden)
    before, after = (factor_matrix(p, "gross_profitability") for p in (panel, other))
    assert np.isnan(after[hidden]).all()
    assert np.array_equal(after[~hidden], before[~hidden], equal_nan=True)
    assert np.isfinite(before[hidden]).any()
    before, after = (factor_matrix(p, "insider_ownership") for p in (panel, other))
    assert np.array_equal(before, after, equal_nan=True)


def test_hidden_names_are_never_held_and_nothing_hidden_changes_nothing(judgement):
    result = judgement.result
    hidden = np.random.default_rng(0).random(result.targets.weights.shape) < 0.3
    weights = hidden_weights(result, filed_items(result), hidden)
    assert not weights[hidden].any()
    assert weights.any()
    same = hidden_weights(result, filed_items(result), np.zeros_like(hidden))
    assert np.array_equal(same, result.targets.weights)


def test_random_knock_out_stays_within_the_interval(judgement):
    honesty = coverage_honesty(judgement)
    assert honesty.random_stays
    assert len(honesty.random) == 5
    assert coverage_honesty(judgement).random == honesty.random


def honesty_of(**changes):
    plain = {
        "random": (0.01,) * 5,
        "smallest": 0.01,
        "smallest_change": (0.0, -0.02, 0.02),
        "data_edge": None,
        "rule_edge": None,
        "by_size": {},
        "variations": [],
        "interval": (-0.02, 0.04),
    }
    return Honesty(**(plain | changes))


def test_what_is_flagged_and_what_is_not():
    assert honesty_of().warnings() == []
    assert honesty_of(smallest=-0.03).size_biased
    assert honesty_of(smallest_change=(0.03, 0.01, 0.05)).size_biased
    assert not honesty_of(random=(0.05, 0.05, 0.01, 0.01, 0.01)).random_stays
    assert honesty_of(random=(0.05, 0.01, 0.01, 0.01, 0.01)).random_stays
    assert honesty_of(data_edge=(0.03, 0.01, 0.05), rule_edge=(0.0, -0.02, 0.02)).data_selects
    assert not honesty_of(data_edge=(0.03, 0.01, 0.05), rule_edge=(0.02, 0.01, 0.03)).data_selects
    assert "select" in honesty_of(by_size={"insider_ownership": (0.3, 0.9)}).warnings()[0][1]


def test_a_screen_of_prices_alone_has_no_data_to_hide(market):
    assert coverage_honesty(judged(backtest(strategy_of("require:\n  price: {min: 5}\n"), market))) is None
