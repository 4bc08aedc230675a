"""The compiled selector against the same rules in a plain loop over sorted names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from active_edge.selection.compiled import nth_best, place_of
from active_edge.selection.members import capped, members_of

LEVELS = st.integers(0, 6).map(float)


def members_by_hand(score, standing, ranked, top, keep):
    held: set[int] = set()
    found = []
    for row in range(len(score)):
        order = sorted(map(int, np.flatnonzero(ranked[row])), key=lambda name: (-score[row, name], standing[row, name]))
        key = {name: (-score[row, name], standing[row, name]) for name in order}
        place = {name: 1 + sum(key[other] < key[name] for other in order) for name in order}
        held = {name for name in held if place.get(name, keep + 1) <= keep}
        newcomers = sorted(place[name] for name in order if name not in held and place[name] <= top)
        free = min(top - len(held), len(newcomers))
        if free > 0:
            held |= {name for name in order if name not in held and place[name] <= newcomers[free - 1]}
        found.append(sorted(held))
    return found


@pytest.mark.slow
@given(data=st.data(), n=st.integers(1, 40), top=st.integers(1, 12), more=st.integers(0, 8))
def test_members_are_those_of_a_loop_over_sorted_names(data, n, top, more):
    def draw():
        return np.array(data.draw(st.lists(st.lists(LEVELS, min_size=n, max_size=n), min_size=3, max_size=3)))

    score, standing, ranked = draw(), draw(), draw() > 1
    found = members_of(score, standing, ranked, top, top + more)
    assert [list(np.flatnonzero(row)) for row in found] == members_by_hand(score, standing, ranked, top, top + more)


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, 13, 14, 500, 2000])
@pytest.mark.parametrize("levels", [2, 40, 10**9])
def test_the_nth_best_is_that_of_a_sort_and_places_are_shared(n, levels):
    rng = np.random.default_rng(n + levels)
    score, standing = rng.integers(0, levels, n).astype(float), rng.integers(0, levels, n).astype(float)
    order = np.lexsort((standing, -score))
    for place in {0, n // 3, n // 2, n - 1}:
        name = nth_best(score, standing, np.arange(n), n, place)
        assert (score[name], standing[name]) == (score[order[place]], standing[order[place]])
    places = np.empty(n)
    place_of(score, standing, np.arange(n), n, np.empty(n, dtype=np.int64), places)
    better = [(score > score[i]).sum() + ((score == score[i]) & (standing < standing[i])).sum() for i in range(n)]
    assert places.tolist() == [1.0 + count for count in better]


def test_two_caps_at_once_are_the_water_level_worked_by_hand():
    # Sector a may have 0.5: its two names go to 0.25 each; what is left goes to b and c, of which b stops at 0.3.
    weights = capped(np.array([0.4, 0.3, 0.2, 0.1]), 0.3, 0.5, np.array(["a", "a", "b", "c"]))
    assert weights.sum() == pytest.approx(1.0)
    assert weights[:2].sum() == pytest.approx(0.5)
    assert weights[2:] == pytest.approx([0.3, 0.2], abs=1e-9)
