"""Configurations driven together, stretch by stretch, give what each gives alone, bit for bit."""

import numpy as np
import pytest

from active_edge.engine import Plans, prepare
from active_edge.engine._block import TOGETHER
from tests.engine.drawn_markets import draw_market, draw_targets, draw_terms


def drawn_weights(rng, targets, n):
    return [targets.weights * (rng.random(targets.weights.shape) < 0.6) for _ in range(n)]


def plans_of(weights):
    found = [np.nonzero(one) for one in weights]
    rows = np.arange(len(weights[0]) + 1)
    return Plans(
        offsets=np.cumsum([0, *(len(row) for row, _ in found)]).astype(np.int64),
        indptr=np.array([np.searchsorted(row, rows) for row, _ in found], dtype=np.int64),
        assets=np.concatenate([column for _, column in found]).astype(np.int64),
        weights=np.concatenate([one[at] for one, at in zip(weights, found, strict=True)]),
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_a_block_of_any_size_is_its_configurations_one_by_one(seed):
    rng = np.random.default_rng(seed)
    market, n = draw_market(rng), int(rng.integers(1, 2 * TOGETHER + 3))
    targets = draw_targets(rng, market)
    arena = prepare(market, targets.dates, draw_terms(rng))
    weights = drawn_weights(rng, targets, n)
    for one in weights:
        one[:, arena.position_of < 0] = 0.0
    block, alone = arena.run_plans(plans_of(weights)), arena.run(weights)
    np.testing.assert_array_equal(block.returns, alone.returns)
    np.testing.assert_array_equal(block.first_row, alone.first_row)
    # What one holds must not reach the next: in another order each is what it was.
    turned = arena.run_plans(plans_of(weights[::-1]))
    np.testing.assert_array_equal(turned.drag[:, ::-1], block.drag)
    np.testing.assert_array_equal(turned.turnover[:, ::-1], block.turnover)
