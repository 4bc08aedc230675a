"""Cross-sectional operations against scipy and pandas, one row at a time."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from active_edge.crosssection import neutralise, percentile_rank, quantile, winsorise, zscore
from active_edge.errors import ConfigError


@pytest.fixture
def sample():
    rng = np.random.default_rng(7)
    values = np.round(rng.normal(size=(9, 60)), 1)
    values[rng.random(values.shape) < 0.2] = np.nan
    mask = rng.random(values.shape) < 0.8
    values[3] = np.nan
    mask[4] = False
    groups = rng.choice(["energy", "health", "energy ", ""], size=60).astype(object)
    return values, mask, groups


def scipy_rank(row):
    known = ~np.isnan(row)
    out = np.full(len(row), np.nan)
    n = known.sum()
    if n:
        out[known] = (scipy.stats.rankdata(row[known]) - 1) / (n - 1) if n > 1 else 0.5
    return out


def test_percentile_rank_is_scipys_average_rank_scaled_to_zero_and_one(sample):
    values, mask, _ = sample
    expected = np.array([scipy_rank(row) for row in np.where(mask, values, np.nan)])
    np.testing.assert_allclose(percentile_rank(values, mask), expected, rtol=0, atol=1e-15)


def test_percentile_rank_within_groups_ranks_each_group_alone(sample):
    values, mask, groups = sample
    expected = np.full(values.shape, np.nan)
    for label in set(groups):
        members = groups == label
        for row in range(len(values)):
            expected[row, members] = scipy_rank(np.where(mask, values, np.nan)[row, members])
    np.testing.assert_allclose(percentile_rank(values, mask, groups=groups), expected, rtol=0, atol=1e-15)


def test_percentile_rank_by_hand_with_a_tie_and_infinities():
    values = np.array([[3.0, np.inf, 1.0, 3.0, np.nan, -np.inf]])
    expected = np.array([[2.5 / 4, 1.0, 0.25, 2.5 / 4, np.nan, 0.0]])
    np.testing.assert_array_equal(percentile_rank(values, np.ones((1, 6), dtype=bool)), expected)


def test_zscore_is_scipys_over_the_masked_row(sample):
    values, mask, _ = sample
    used = np.where(mask, values, np.nan)
    expected = np.array([scipy.stats.zscore(row, nan_policy="omit") for row in used[[0, 1, 2, 5, 6, 7, 8]]])
    np.testing.assert_allclose(zscore(values, mask)[[0, 1, 2, 5, 6, 7, 8]], expected, atol=1e-12)
    assert np.isnan(zscore(values, mask)[[3, 4]]).all()


def test_zscore_of_equal_values_is_zero_and_infinity_is_missing():
    got = zscore(np.array([[0.1, 0.1, 0.1, np.inf]]), np.ones((1, 4), dtype=bool))
    np.testing.assert_array_equal(got, [[0.0, 0.0, 0.0, np.nan]])


def test_quantile_and_winsorise_agree_with_pandas(sample):
    values, mask, _ = sample
    frame = pd.DataFrame(np.where(mask, values, np.nan))
    for q in (0.0, 0.05, 0.37, 0.5, 1.0):
        np.testing.assert_allclose(quantile(values, mask, q), frame.quantile(q, axis=1), atol=1e-12)
    clipped = frame.clip(frame.quantile(0.1, axis=1), frame.quantile(0.8, axis=1), axis=0)
    np.testing.assert_allclose(winsorise(values, mask, 0.1, 0.8), clipped, atol=1e-12)


def test_winsorise_turns_infinity_into_the_bound():
    got = winsorise(np.array([[1.0, 2.0, 3.0, np.inf]]), np.ones((1, 4), dtype=bool), 0.0, 1.0)
    np.testing.assert_array_equal(got, [[1.0, 2.0, 3.0, 3.0]])


def test_quantile_among_infinities_is_never_missing():
    got = quantile(np.array([[1.0, np.inf, np.inf]]), np.ones((1, 3), dtype=bool), 0.4)
    np.testing.assert_array_equal(got, [np.inf])
    assert quantile(np.array([[1.0, np.inf, np.inf]]), np.ones((1, 3), dtype=bool), 0.2)[0] == 1.0


def test_neutralise_removes_the_pandas_group_mean(sample):
    values, mask, groups = sample
    frame = pd.DataFrame(np.where(mask, values, np.nan)).T
    expected = (frame - frame.groupby(groups).transform("mean")).T.to_numpy()
    np.testing.assert_allclose(neutralise(values, mask, groups), expected, atol=1e-12)


def test_a_row_depends_on_that_row_alone(sample):
    values, mask, groups = sample
    changed = values.copy()
    changed[5:] = 99.0
    for function in (
        lambda v: percentile_rank(v, mask, groups=groups),
        lambda v: zscore(v, mask),
        lambda v: winsorise(v, mask, 0.1, 0.9),
        lambda v: neutralise(v, mask, groups),
    ):
        assert function(values)[:5].tobytes() == function(changed)[:5].tobytes()
        assert function(values)[5:].tobytes() != function(changed)[5:].tobytes()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.integers(-3, 3).map(float), st.just(np.nan)), min_size=1, max_size=12), st.randoms())
def test_permuting_assets_permutes_every_result(row, random):
    values = np.array([row])
    mask = np.ones(values.shape, dtype=bool)
    groups = np.array([random.choice("ab") for _ in row])
    order = np.array(random.sample(range(len(row)), len(row)))
    for function in (
        lambda v, g: percentile_rank(v, mask, groups=g),
        lambda v, g: zscore(v, mask),
        lambda v, g: winsorise(v, mask, 0.2, 0.7),
        lambda v, g: neutralise(v, mask, g),
    ):
        np.testing.assert_allclose(function(values, groups)[:, order], function(values[:, order], groups[order]))


def test_inputs_are_not_changed(sample):
    values, mask, groups = sample
    for array in (values, mask, groups):
        array.setflags(write=False)
    percentile_rank(values, mask, groups=groups)
    zscore(values, mask)
    winsorise(values, mask, 0.1, 0.9)
    neutralise(values, mask, groups)


def test_wrong_shapes_and_quantiles_are_refused_with_the_bound():
    values, mask = np.zeros((2, 3)), np.ones((2, 3), dtype=bool)
    with pytest.raises(ConfigError, match="one label for each of 3 assets"):
        percentile_rank(values, mask, groups=np.array(["a"]))
    with pytest.raises(ConfigError, match="equal in shape"):
        zscore(values, mask[:1])
    with pytest.raises(ConfigError, match=r"0 \.\. 1"):
        quantile(values, mask, 1.5)
    with pytest.raises(ConfigError, match="lower <= upper"):
        winsorise(values, mask, 0.9, 0.1)
