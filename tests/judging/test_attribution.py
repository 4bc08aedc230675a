"""The edge by leg: exact shares, equal to deciding each subset anew, and on the leg that earned it."""

import numpy as np
import pytest

import active_edge.judging.attribution as attribution_module
from active_edge.judging.attribution import attribute
from active_edge.judging.subsets import first_decision, subset_weights
from active_edge.run.backtest import backtest
from active_edge.strategy import decide_targets
from tests.judging.planted import judged, simulated, strategy_of

pytestmark = pytest.mark.slow

LEGS = """
require:
  leverage: {quantile_max: 0.8}
rank: {gross_profitability: 1.0, insider_ownership: 1.0, domestic_revenue_share: 1.0}
select: {top: 60, keep_until: 90}
"""


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("planted"), years=10, seed=5, alpha={"profitability": 0.08})


@pytest.fixture(scope="module")
def judgement(market):
    return judged(backtest(strategy_of(LEGS), market))


@pytest.fixture(scope="module")
def shares(judgement):
    return attribute(judgement)


def test_shares_sum_to_the_alpha_of_the_whole_less_that_of_the_universe(judgement, shares):
    assert shares.portfolios == 2**4
    assert shares.total_alpha == pytest.approx(judgement.benchmarks["IWM"].alpha.alpha_annual, abs=1e-12)
    assert shares.table["shapley"].sum() == pytest.approx(shares.total_alpha - shares.universe_alpha, abs=1e-12)


def test_alpha_planted_in_one_leg_lands_on_that_leg(shares):
    table = shares.table.set_index("leg")
    assert table["shapley"].idxmax() == "gross_profitability"
    assert table.loc["gross_profitability", "lower"] > 0
    assert table.loc["gross_profitability", "p_holm"] < 0.05
    others = table.drop(index="gross_profitability")
    assert (others["shapley"] < 0.5 * table.loc["gross_profitability", "shapley"]).all()
    assert (others["p_holm"] > 0.05).all()


def test_without_planted_alpha_no_leg_is_found(tmp_path):
    shares = attribute(judged(backtest(strategy_of(LEGS), simulated(tmp_path, years=5, seed=4))))
    assert (shares.table["p_holm"] > 0.05).all()


@pytest.mark.parametrize(
    "screen",
    [
        LEGS,
        LEGS.replace("select: {top: 60, keep_until: 90}", ""),
        "rank_within: sector\nrequire:\n  leverage: {quantile_max: 0.5}\n  price: {min: 3, missing: pass}\n"
        "require_any:\n  cash_to_assets: {quantile_min: 0.8}\n  return_on_assets: {quantile_min: 0.8}\n"
        "rank: {leverage: 0.3, earnings_yield: 0.7}\nselect: {top: 40}\n",
    ],
)
@pytest.mark.parametrize("rules", ["", "max_weight: 0.02\nmax_sector_weight: 0.15\n", "weights: cap\n"])
def test_every_subset_is_what_the_screen_without_the_other_legs_selects(market, screen, rules):
    strategy = strategy_of(screen, rules)
    result = backtest(strategy, market)
    legs = strategy.screen.legs()
    subsets = list(range(1 << len(legs)))[:: 1 if not rules else 3]
    for subset, found in zip(subsets, subset_weights(result, subsets), strict=True):
        smaller = strategy.screen
        for number, leg in enumerate(legs):
            smaller = smaller if subset >> number & 1 else smaller.without(leg)
        panel = result.decision.evaluation.panel
        expected = decide_targets(
            strategy.with_screen(smaller), market, panel.dates, panel=panel
        ).targets.weights.copy()
        expected[: first_decision(result)] = 0.0
        dense = np.zeros_like(expected)
        dense[np.repeat(np.arange(len(dense)), np.diff(found.indptr)), found.assets] = found.weights
        assert np.allclose(dense, expected, rtol=0, atol=1e-15)


def test_removal_and_addition_are_differences_of_two_alphas(judgement, shares):
    table = shares.table.set_index("leg")
    gap = shares.total_alpha - table["alpha_without"]
    assert np.allclose(gap, table["leave_one_out"], atol=1e-12)
    alone = judged(
        backtest(judgement.result.strategy.with_screen(_only(judgement, "leverage")), judgement.result.market)
    )
    added = alone.benchmarks["IWM"].alpha.alpha_annual - shares.universe_alpha
    assert table.loc["leverage", "add_one_in"] == pytest.approx(added, abs=1e-9)


def test_sampled_orders_sum_to_the_whole_and_come_near_the_exact_shares(judgement, shares, monkeypatch):
    monkeypatch.setattr(attribution_module, "MAX_EXACT_LEGS", 3)
    sampled = attribute(judgement)
    assert sampled.permutations == attribution_module.PERMUTATIONS
    assert sampled.table["shapley"].sum() == pytest.approx(shares.total_alpha - shares.universe_alpha, abs=1e-12)
    assert np.allclose(sampled.table["shapley"], shares.table["shapley"], atol=0.01)


def test_the_same_seed_gives_the_same_numbers_and_another_only_other_intervals(judgement, shares):
    assert attribute(judgement).table.equals(shares.table)
    other = attribute(judgement, seed=1).table
    assert other["shapley"].equals(shares.table["shapley"])
    assert not other["lower"].equals(shares.table["lower"])


def test_a_screen_without_legs_has_nothing_to_share_out(market):
    assert attribute(judged(backtest(strategy_of("universe: {cap_rank: [1, 100]}\n"), market))) is None


def _only(judgement, leg):
    screen = judgement.result.strategy.screen
    for name in screen.legs():
        screen = screen if name == leg else screen.without(name)
    return screen
