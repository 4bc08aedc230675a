"""Choosing on the past and holding: by hand, blind to what comes, and what it makes of luck and of an edge."""

import numpy as np
import pytest

from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.matrix import SampleMatrix
from active_edge.sweeping.walk_forward import walk_forward

N = 72


def world(edges, seed=0, noise=0.01):
    rng = np.random.default_rng(seed)
    passive = rng.normal(0.005, 0.04, N)
    months = passive + rng.normal(0.0, noise, (len(edges), N)) + np.asarray(edges)[:, None] / 12
    return months, np.zeros(N), passive, np.zeros(len(edges))


def test_the_variant_with_the_better_past_is_held_from_then_on():
    found = walk_forward(*world([0.0, 0.12, 0.0]))
    assert [choice.number for choice in found.choices] == [1, 1, 1, 1]
    assert [(choice.past, choice.start, choice.stop) for choice in found.choices] == [
        (24, 28, 40),
        (36, 40, 52),
        (48, 52, 64),
        (60, 64, 72),
    ]
    assert found.returns == pytest.approx(world([0.0, 0.12, 0.0])[0][1, 28:])
    assert found.rows.tolist() == list(range(28, N))


def test_a_change_of_variant_pays_for_both_portfolios_and_the_first_for_one():
    months, cash, passive, _ = world([0.24, 0.12])
    months[0, 28:] -= 0.08
    found = walk_forward(months, cash, passive, np.array([0.01, 0.02]))
    assert [choice.number for choice in found.choices] == [0, 1, 1, 1]
    assert [choice.charge for choice in found.choices] == [0.005, 0.02, 0.0, 0.0]
    assert found.returns[0] == pytest.approx((1 + months[0, 28]) * 0.995 - 1)
    assert found.returns[12] == pytest.approx((1 + months[1, 40]) * 0.98 - 1)


def test_a_choice_is_blind_to_the_months_from_the_gap_on():
    months, cash, passive, switch = world([0.0, 0.01, 0.02], seed=3)
    known = walk_forward(months, cash, passive, switch).choices[1]
    later = months.copy()
    later[:, known.past :] = np.random.default_rng(9).normal(0, 0.2, later[:, known.past :].shape)
    assert walk_forward(later, cash, passive, switch).choices[1].number == known.number
    # It would be seen where a choice did read them.
    seen = months.copy()
    seen[0, : known.past] += 0.05 * np.random.default_rng(1).random(known.past)
    assert walk_forward(seen, cash, passive, switch).choices[1].number == 0 != known.number


def test_a_variant_that_began_later_is_chosen_once_it_has_months_enough():
    months, cash, passive, switch = world([0.0, 0.24])
    months[1, :20] = np.nan
    found = walk_forward(months, cash, passive, switch)
    assert [choice.number for choice in found.choices] == [0, 0, 1, 1]


def test_too_few_months_are_no_walk():
    months, cash, passive, switch = world([0.0, 0.1])
    assert walk_forward(months[:, :28], cash[:28], passive[:28], switch) is None


def test_the_best_of_many_without_an_edge_shows_none_out_of_sample():
    gained, best = [], []
    for seed in range(60):
        months, cash, passive, switch = world(np.zeros(40), seed=seed)
        found = walk_forward(months, cash, passive, switch)
        gained.append((found.returns - passive[found.rows]).mean() * 12)
        best.append((months - passive).mean(axis=1).max() * 12)
    assert np.mean(best) > 0.02
    assert abs(np.mean(gained)) < 3 * np.std(gained) / np.sqrt(60)


def passed(edge, seed):
    """Whether the walk-forward shows an alpha above zero at 5 %, and how often a variant with the edge was chosen."""
    rng, n, k = np.random.default_rng([seed, round(1000 * edge)]), 120, 40
    passive, common = rng.normal(0.006, 0.05, n), rng.normal(0.0, 0.02, n)
    months = passive + np.sqrt(0.7) * common + np.sqrt(0.3) * rng.normal(0.0, 0.02, (k, n))
    months[: k // 8] += edge / 12
    found = walk_forward(months, np.zeros(n), passive, np.full(k, 0.005))
    alpha = alpha_matrix(SampleMatrix.of(found.returns[:, None], periods_per_year=12.0), passive[found.rows][:, None])
    right = np.mean([choice.number < k // 8 for choice in found.choices])
    return alpha.alpha_annual[0] > 0 and alpha.p[0] <= 0.05, right


@pytest.mark.slow
def test_forty_variants_without_an_edge_pass_in_at_most_five_percent_and_an_edge_is_chosen():
    assert np.mean([passed(0.0, seed)[0] for seed in range(400)]) <= 0.05
    passes, right = np.mean([passed(0.08, seed) for seed in range(100)], axis=0)
    assert passes > 0.5
    assert right > 0.9
