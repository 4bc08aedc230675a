"""Shares of legs against the definition over orders of joining, and their sum."""

from itertools import permutations

import numpy as np
import pytest

from active_edge.errors import InferenceError
from active_edge.inference.shapley import edge_by_leg, shapley_weights


def by_orders(values: np.ndarray, legs: int) -> np.ndarray:
    """Average what each leg adds when it joins, over every order of joining."""
    total = np.zeros((legs, values.shape[1]))
    orders = list(permutations(range(legs)))
    for order in orders:
        subset = 0
        for leg in order:
            total[leg] += values[subset | 1 << leg] - values[subset]
            subset |= 1 << leg
    return total / len(orders)


@pytest.mark.parametrize("legs", [1, 2, 3, 5])
def test_shares_equal_the_average_over_every_order_of_joining(legs):
    values = np.random.default_rng(legs).normal(0, 0.01, (1 << legs, 7))
    assert edge_by_leg(values).shapley == pytest.approx(by_orders(values, legs), abs=1e-15)


@pytest.mark.parametrize("legs", [1, 4, 8, 12])
def test_shares_sum_to_the_whole_edge_in_every_period(legs):
    values = np.random.default_rng(legs).normal(0, 0.01, (1 << legs, 50))
    whole = values[-1] - values[0]
    assert np.abs(edge_by_leg(values).shapley.sum(axis=0) - whole).max() < 1e-12


def test_an_edge_planted_in_one_leg_lands_on_that_leg():
    legs = 4
    planted = np.array([[0.001 if subset >> 2 & 1 else 0.0] for subset in range(1 << legs)])
    found = edge_by_leg(planted)
    for shares in (found.shapley, found.leave_one_out, found.add_one_in):
        assert shares[:, 0] == pytest.approx([0, 0, 0.001, 0], abs=1e-15)


def test_two_legs_that_only_work_together_share_equally():
    together = np.array([[0.0], [0.0], [0.0], [0.01]])
    found = edge_by_leg(together)
    assert found.shapley[:, 0] == pytest.approx([0.005, 0.005])
    assert found.leave_one_out[:, 0] == pytest.approx([0.01, 0.01])
    assert found.add_one_in[:, 0] == pytest.approx([0.0, 0.0])


def test_impossible_families_are_refused():
    for shape in ((3, 5), (1, 5), (8,)):
        with pytest.raises(InferenceError, match="subsets"):
            edge_by_leg(np.zeros(shape))
    with pytest.raises(InferenceError, match="missing"):
        edge_by_leg(np.full((4, 2), np.nan))
    with pytest.raises(InferenceError, match="17 legs"):
        shapley_weights(17)
