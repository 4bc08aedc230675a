"""Joint tests of alphas: against a plain loop that regresses anew, and what must hold whatever the numbers are."""

import math

import numpy as np
import pytest
from scipy.special import stdtr

from active_edge.errors import InferenceError
from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.joint_alphas import TILE, alphas_above_zero, any_alpha_above_zero, wild_alphas
from tests.inference.return_samples import matrix

N, K, RESAMPLES, SEED = 60, 5, 40, 3


def months(returns):
    return matrix(returns, periods_per_year=12)


def family(seed=0, edge=0.0, k=K, n=N):
    rng = np.random.default_rng(seed)
    market = rng.normal(0.006, 0.05, n)
    noise = 0.01 * rng.standard_t(5, (n, 1)) + 0.012 * rng.standard_t(5, (n, k))
    returns = market[:, None] * np.linspace(0.8, 1.2, k) + noise
    returns[:, 0] += edge
    return returns, market[:, None]


def alpha_and_error_by_loop(y, design):
    """Alpha and cosine error of one series, sum by sum."""
    n, inverse = len(y), np.linalg.inv(design.T @ design)
    residuals = y - design @ (inverse @ design.T @ y)
    scores = [
        float(row @ inverse[:, 0]) * residual / math.sqrt(1 - float(row @ inverse @ row))
        for row, residual in zip(design, residuals, strict=True)
    ]
    terms = max(4, math.floor(0.41 * n ** (2 / 3)))
    squares = 0.0
    for j in range(1, terms + 1):
        cosine = sum(s * math.cos(math.pi * j * (t + 0.5) / n) for t, s in enumerate(scores))
        squares += 2.0 / n * cosine**2
    return float((inverse @ design.T @ y)[0]), math.sqrt(n * squares / terms)


@pytest.mark.parametrize("factors", [1, 3])
def test_resampled_alphas_and_errors_are_those_of_a_plain_loop_that_regresses_anew(factors):
    returns, market = family()
    regressors = np.column_stack([market, np.random.default_rng(8).normal(0, 0.03, (N, 2))])[:, :factors]
    found = wild_alphas(months(returns), regressors, seed=SEED, resamples=RESAMPLES)
    design = np.column_stack([np.ones(N), regressors])
    hat = design @ np.linalg.inv(design.T @ design) @ design.T
    shown = (returns - hat @ returns) / np.sqrt(1 - np.diag(hat))[:, None]
    signs = 2.0 * np.random.default_rng(SEED).integers(0, 2, (RESAMPLES, N)) - 1.0
    for b in (0, 7, RESAMPLES - 1):
        for k in range(K):
            alpha, error = alpha_and_error_by_loop(signs[b] * shown[:, k], design)
            assert found.drawn[b, k] == pytest.approx(alpha, rel=1e-9, abs=1e-15)
            assert found.drawn_error[b, k] == pytest.approx(error, rel=1e-9)


def test_the_statistics_are_those_of_each_alpha_alone():
    returns, market = family(edge=0.01)
    found, alone = wild_alphas(months(returns), market, seed=0, resamples=20), alpha_matrix(months(returns), market)
    assert found.t == pytest.approx(alone.t, rel=1e-12)
    assert (found.degrees, found.n) == (alone.degrees, N)


def test_many_strategies_are_resampled_tile_by_tile_to_the_same_numbers():
    returns, market = family(k=TILE + 3)
    whole = wild_alphas(months(returns), market, seed=1, resamples=15)
    last = wild_alphas(months(returns[:, TILE:]), market, seed=1, resamples=15)
    assert whole.drawn[:, TILE:] == pytest.approx(last.drawn, rel=1e-12)
    assert whole.drawn_error[:, TILE:] == pytest.approx(last.drawn_error, rel=1e-12)


def test_one_strategy_alone_has_about_the_p_of_its_own_t():
    for seed in range(4):
        returns, market = family(seed, edge=0.003, k=1)
        found = wild_alphas(months(returns), market, seed=0, resamples=4000)
        assert found.effective_number() == 1.0
        assert alphas_above_zero(found).adjusted_p[0] == pytest.approx(stdtr(found.degrees, -found.t[0]), abs=0.03)


def test_columns_permuted_give_permuted_answers():
    returns, market = family(edge=0.012)
    order = np.array([3, 0, 4, 1, 2])
    one, other = (wild_alphas(months(r), market, seed=2, resamples=500) for r in (returns, returns[:, order]))
    assert alphas_above_zero(other).adjusted_p == pytest.approx(alphas_above_zero(one).adjusted_p[order])
    assert any_alpha_above_zero(other).p_consistent == pytest.approx(any_alpha_above_zero(one).p_consistent)
    assert order[any_alpha_above_zero(other).best] == any_alpha_above_zero(one).best


def test_scale_and_market_exposure_change_no_p():
    returns, market = family(edge=0.008)
    one = wild_alphas(months(returns), market, seed=2, resamples=300)
    other = wild_alphas(months(0.3 * returns + 0.7 * market), market, seed=2, resamples=300)
    assert alphas_above_zero(other).adjusted_p == pytest.approx(alphas_above_zero(one).adjusted_p)


def test_an_edge_is_found_by_both_and_by_its_name():
    returns, market = family(edge=0.03)
    found = wild_alphas(months(returns), market, seed=2)
    assert alphas_above_zero(found).superior == (0,)
    tested = any_alpha_above_zero(found)
    assert tested.p_lower <= tested.p_consistent <= tested.p_upper <= 0.05
    assert tested.block is None


def test_a_strategy_far_below_zero_counts_only_against_the_upper_p():
    returns, market = family(4, edge=0.008)
    returns[:, 1:] -= 0.05
    tested = any_alpha_above_zero(wild_alphas(months(returns), market, seed=2))
    alone = any_alpha_above_zero(wild_alphas(months(returns[:, :1]), market, seed=2))
    assert tested.p_consistent == pytest.approx(alone.p_consistent, abs=1e-12)
    assert tested.p_upper > tested.p_consistent


def test_copies_are_one_test_and_unlike_strategies_about_as_many_as_there_are():
    rng = np.random.default_rng(5)
    market = rng.normal(0, 0.05, (120, 1))
    apart = market + rng.normal(0, 0.02, (120, 16))
    alike = apart[:, :1] + rng.normal(0, 1e-6, (120, 16))
    numbers = [wild_alphas(months(r), market, seed=0).effective_number() for r in (apart, alike)]
    assert 10 < numbers[0] <= 16
    assert numbers[1] < 1.2


def test_an_impossible_level_is_refused():
    found = wild_alphas(months(family()[0]), family()[1], seed=0, resamples=20)
    with pytest.raises(InferenceError, match="level"):
        alphas_above_zero(found, level=0.0)
    with pytest.raises(InferenceError, match="level"):
        found.effective_number(1.0)
