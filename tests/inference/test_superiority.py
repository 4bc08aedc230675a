"""Bootstraps and family tests against arch on the same draws, and against plain loops."""

from itertools import combinations

import numpy as np
import pytest

from active_edge.inference.bootstrap import (
    bootstrap_means,
    longest_block,
    mean_intervals,
    optimal_blocks,
    resample_weights,
    sparse_means,
    stationary_draws,
)
from active_edge.inference.overfitting import backtest_overfitting
from active_edge.inference.superiority import (
    long_run_variance,
    step_m,
    superior_predictive_ability,
)
from tests.inference.return_samples import matrix
from tests.quick import first_quick

N, K = 240, 9


@pytest.fixture(params=[0, 1, 2])
def active(request) -> np.ndarray:
    rng = np.random.default_rng(request.param)
    shared = rng.normal(0, 0.006, (N, 1))
    values = rng.normal(0.0002, 0.006, (N, K)) + shared
    values[:, 4] += 0.0025 * request.param
    values[:, 7] -= 0.004
    return values


@pytest.mark.parametrize("block", [1, 7, 30])
def test_means_of_resamples_equal_arch(active, block):
    from arch.bootstrap import StationaryBootstrap

    samples = [data[0][0] for data in StationaryBootstrap(block, active, seed=11).bootstrap(60)]
    found = bootstrap_means(matrix(active), block=block, resamples=60, seed=11)
    assert found == pytest.approx(np.array([s.mean(0) for s in samples]), abs=1e-14)


@pytest.mark.parametrize("block", first_quick([1, 4.5, 30, 240], 2))
def test_sparse_means_equal_the_matrix_product(active, block):
    dense = bootstrap_means(matrix(active), block=block, resamples=130, seed=11)
    assert sparse_means(active, block, 130, seed=11) == pytest.approx(dense, abs=1e-15)


def test_large_families_take_the_sparse_way_to_the_same_numbers(monkeypatch, active):
    from active_edge.inference import bootstrap

    settings = {"block": 12, "resamples": 200, "seed": 3}
    dense = superior_predictive_ability(matrix(active), **settings)
    calls = []
    monkeypatch.setattr(bootstrap, "SPARSE_FROM", 0)

    def counted(*given, **named):
        calls.append(given)
        return sparse_means(*given, **named)

    monkeypatch.setattr(bootstrap, "sparse_means", counted)
    assert superior_predictive_ability(matrix(active), **settings) == dense
    assert len(calls) == 1


def test_draws_are_blocks_that_wrap_around():
    rows = stationary_draws(50, 10, 400, seed=3)
    assert rows.min() == 0
    assert rows.max() == 49
    follows = (np.diff(rows, axis=1) % 50 == 1).mean()
    assert follows == pytest.approx(0.9 + 0.1 / 50, abs=0.01)


def test_weights_count_how_often_each_row_was_drawn():
    weights = resample_weights(np.array([[0, 0, 2, 1], [3, 3, 3, 3]]))
    assert weights.tolist() == [[0.5, 0.25, 0.25, 0.0], [0.0, 0.0, 0.0, 1.0]]


def test_long_run_variance_equals_the_loop_over_lags(active):
    block = 12.0
    keep = 1 - 1 / block
    centred = active - active.mean(0)
    expected = (centred**2).mean(0)
    for i in range(1, N):
        kappa = (1 - i / N) * keep**i + i / N * keep ** (N - i)
        expected = expected + 2 * kappa * (centred[:-i] * centred[i:]).sum(0) / N
    assert long_run_variance(matrix(active), block) == pytest.approx(expected, rel=1e-10)


def test_long_run_variance_is_the_variance_of_the_resampled_mean(active):
    means = bootstrap_means(matrix(active), block=8, resamples=20_000, seed=1)
    assert N * means.var(axis=0) == pytest.approx(long_run_variance(matrix(active), 8), rel=0.04)


def test_unstudentised_superiority_equals_arch(active):
    from arch.bootstrap import SPA

    reference = SPA(np.zeros(N), -active, block_size=9, reps=300, seed=5)
    reference.compute()
    found = superior_predictive_ability(matrix(active), seed=5, block=9, resamples=300, studentize=False)
    assert [found.p_lower, found.p_consistent, found.p_upper] == list(reference.pvalues)


def test_studentised_superiority_equals_a_plain_loop_over_hansens_formulas(active):
    found = superior_predictive_ability(matrix(active), seed=5, block=9, resamples=200)
    draws = stationary_draws(N, 9, 200, seed=5)
    means, omega = active.mean(0), np.sqrt(long_run_variance(matrix(active), 9))
    statistic = max(0.0, *(np.sqrt(N) * means / omega))
    centre = [m if m >= -o * np.sqrt(2 * np.log(np.log(N)) / N) else 0.0 for m, o in zip(means, omega, strict=True)]
    exceed = 0
    for rows in draws:
        z = np.sqrt(N) * (active[rows].mean(0) - centre) / omega
        exceed += max(0.0, z.max()) > statistic
    assert found.statistic == pytest.approx(statistic)
    assert found.p_consistent == pytest.approx(exceed / 200)
    assert found.p_lower <= found.p_consistent <= found.p_upper


def test_step_m_finds_the_same_set_as_arch(active):
    from arch.bootstrap import StepM

    for level in (0.05, 0.5):
        reference = StepM(np.zeros(N), -active, size=level, block_size=9, reps=300, seed=5)
        reference.compute()
        found = step_m(
            matrix(active), seed=5, level=level, block=9, resamples=300, studentize=False, recentre="consistent"
        )
        assert list(found.superior) == list(reference.superior_models)


def test_adjusted_p_of_step_m_agrees_with_its_set(active):
    for level in (0.02, 0.1, 0.5):
        found = step_m(matrix(active), seed=5, level=level, block=9, resamples=999)
        assert set(found.superior) == set(np.flatnonzero(found.adjusted_p <= level))


def test_columns_permuted_give_permuted_answers(active):
    order = np.random.default_rng(4).permutation(K)
    one = step_m(matrix(active), seed=2, block=9, resamples=300)
    other = step_m(matrix(active[:, order]), seed=2, block=9, resamples=300)
    assert other.adjusted_p == pytest.approx(one.adjusted_p[order])
    assert (
        backtest_overfitting(matrix(active[:, order]), blocks=8).pbo
        == backtest_overfitting(matrix(active), blocks=8).pbo
    )


def test_hedged_returns_have_the_alpha_as_mean_and_no_beta(active):
    market = np.random.default_rng(6).normal(0.0004, 0.01, N)
    hedged = matrix(active + 1.3 * market[:, None]).hedged(market).returns
    slopes = np.cov(np.column_stack([market, hedged]).T)[0, 1:]
    assert slopes == pytest.approx(np.zeros(K), abs=1e-12)


def test_intervals_of_means_cover_about_as_often_as_they_say():
    rng = np.random.default_rng(7)
    found = mean_intervals(matrix(rng.normal(0.0003, 0.01, (600, 400))), block=1, seed=0, resamples=1000)
    covered = ((found.low <= 0.0756) & (found.high >= 0.0756)).mean()
    assert covered == pytest.approx(0.95, abs=0.035)


def test_the_longest_block_is_that_of_the_most_persistent_series(active):
    persistent = np.convolve(active[:, 0], np.full(12, 1 / 12), mode="same")
    values = np.column_stack([active, persistent, np.zeros(N)])
    lengths = optimal_blocks(matrix(values)).stationary
    assert np.isnan(lengths[-1])
    assert lengths[K] == np.nanmax(lengths) > lengths[0]
    assert longest_block(matrix(values)) == pytest.approx(min(lengths[K], N / 4))
    assert longest_block(matrix(np.zeros((N, 1)))) == 1.0


def test_interval_of_contributions_sums_like_the_contributions():
    rng = np.random.default_rng(8)
    legs = rng.normal(0.0002, 0.004, (500, 3))
    both = mean_intervals(matrix(np.column_stack([legs, legs.sum(axis=1)])), seed=0)
    assert both.mean_annual[:3].sum() == pytest.approx(both.mean_annual[3], abs=1e-12)
    constant = mean_intervals(matrix(np.zeros((500, 1))), seed=0)
    assert (constant.low[0], constant.high[0]) == (0.0, 0.0)


def pbo_by_loop(returns: np.ndarray, blocks: int) -> float:
    parts = np.array_split(returns, blocks)
    low = []
    for chosen in combinations(range(blocks), blocks // 2):
        train = np.concatenate([parts[i] for i in chosen])
        test = np.concatenate([parts[i] for i in range(blocks) if i not in chosen])
        best = (train.mean(0) / train.std(0, ddof=1)).argmax()
        ratios = test.mean(0) / test.std(0, ddof=1)
        low.append((ratios <= ratios[best]).sum() / (returns.shape[1] + 1) <= 0.5)
    return float(np.mean(low))


def test_overfitting_probability_equals_a_plain_loop_over_splits(active):
    assert backtest_overfitting(matrix(active), blocks=8).pbo == pytest.approx(pbo_by_loop(active, 8))


def test_overfitting_worked_by_hand_with_two_blocks():
    up, down = np.tile([0.02, 0.0], 6), np.tile([0.0, -0.02], 6)
    returns = np.column_stack([np.concatenate([up, down]), np.concatenate([down, up])])
    found = backtest_overfitting(matrix(returns), blocks=2)
    assert found.splits == 2
    assert found.pbo == 1.0
    assert found.loss_probability == 1.0
    assert found.logits == pytest.approx([np.log((1 / 3) / (2 / 3))] * 2)
