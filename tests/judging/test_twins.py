"""Random portfolios match in everything but the choice of names."""

import itertools

import numpy as np
import pytest

from active_edge.judging.matched import SIZE_GROUPS, draw_twins, size_groups

N_DATES, N_ASSETS, HELD = 6, 400, 30


@pytest.fixture
def portfolio():
    rng = np.random.default_rng(1)
    candidates = rng.random((N_DATES, N_ASSETS)) < 0.9
    value = np.exp(rng.normal(size=N_ASSETS)) * np.ones((N_DATES, 1))
    weights = np.zeros((N_DATES, N_ASSETS))
    held = rng.choice(N_ASSETS, HELD, replace=False)
    for row in range(N_DATES):
        held[: HELD // 5] = rng.choice(np.setdiff1d(np.arange(N_ASSETS), held), HELD // 5, replace=False)
        candidates[row, held] = True
        weights[row, held] = 1 / HELD
    return weights, size_groups(value, candidates), rng.integers(0, 5, N_ASSETS), candidates


def names_by_date(bounds, twins):
    return [twins[a:b] for a, b in itertools.pairwise(bounds)]


def test_number_sector_and_size_match_on_every_date(portfolio):
    weights, groups, sector, candidates = portfolio
    bounds, twins = draw_twins(weights, groups, sector, seed=3, count=20)
    rows, columns = np.nonzero(weights)
    for draw in twins:
        assert candidates[rows, draw].all()
        assert (sector[draw] == sector[columns]).mean() > 0.98
        same_size = groups[rows, draw] == groups[rows, columns]
        assert same_size[rows == 0].all()
        # A twin stays with its name although the deciles move a little from date to date.
        assert same_size.mean() > 0.8
        assert all(len(set(names)) == HELD for names in names_by_date(bounds, draw))


def test_a_twin_stays_while_its_name_stays_so_turnover_matches(portfolio):
    weights, _, sector, candidates = portfolio
    always = np.ones_like(candidates)
    groups = size_groups(np.ones((N_DATES, 1)) * np.arange(N_ASSETS), always)
    bounds, twins = draw_twins(weights, groups, sector, seed=3, count=5)
    own = names_by_date(bounds, np.nonzero(weights)[1])
    for draw in twins:
        drawn = names_by_date(bounds, draw)
        for before, after in zip(range(N_DATES - 1), range(1, N_DATES), strict=True):
            stayed = np.isin(own[after], own[before]).sum()
            assert np.isin(drawn[after], drawn[before]).sum() >= stayed


def test_draws_are_a_function_of_seed_and_number(portfolio):
    weights, groups, sector, _ = portfolio
    first = draw_twins(weights, groups, sector, seed=3, count=4)[1]
    assert np.array_equal(first, draw_twins(weights, groups, sector, seed=3, count=8)[1][:4])
    assert not np.array_equal(first, draw_twins(weights, groups, sector, seed=4, count=4)[1])


@pytest.mark.slow
def test_every_free_candidate_of_a_cell_is_equally_likely():
    weights = np.zeros((1, 20))
    weights[0, 0] = 1.0
    groups = np.where(np.arange(20) < 10, 0, 1)[None, :]
    _, twins = draw_twins(weights, groups, np.zeros(20), seed=0, count=5000)
    counts = np.bincount(twins[:, 0], minlength=20)
    assert counts[10:].sum() == 0
    assert abs(counts[:10] - 500).max() < 5 * np.sqrt(5000 * 0.1 * 0.9)


def test_a_portfolio_of_everything_is_its_own_twin_set():
    weights = np.full((1, 5), 0.2)
    _, twins = draw_twins(weights, np.zeros((1, 5), dtype=int), np.zeros(5), seed=0, count=3)
    assert all(sorted(draw) == [0, 1, 2, 3, 4] for draw in twins.tolist())


def test_size_groups_are_tenths_and_unknown_values_a_group_of_their_own():
    value = np.append(np.arange(100.0), np.nan)[None, :]
    groups = size_groups(value, np.ones((1, 101), dtype=bool))[0]
    assert np.bincount(groups[:100]).tolist() == [10] * SIZE_GROUPS
    assert groups[100] == SIZE_GROUPS
