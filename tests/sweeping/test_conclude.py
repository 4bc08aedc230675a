"""What a sweep may conclude: the walk-forward's verdict and its charge, the family, the page."""

import re

import numpy as np
import pandas as pd
import pytest

from active_edge.ledger import Ledger
from active_edge.sweeping.conclude import conclude
from active_edge.sweeping.family import heat_maps, neighbours, sensitivity
from active_edge.sweeping.pages import write_sweep_page
from active_edge.sweeping.run import sweep
from tests.judging.planted import simulated, strategy_of
from tests.sweeping.test_run import SCREEN, grid_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    market = simulated(tmp_path_factory.mktemp("market"), years=7, firms=220, seed=5)
    return sweep(strategy_of(SCREEN), grid_of(), market, out=tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def concluded(swept):
    return conclude(swept, random_portfolios=20)


def test_the_walk_forward_is_a_trial_of_its_own_and_not_charged_for_the_variants(swept, concluded):
    assert concluded.verdict.trials == 1
    again = conclude(swept, random_portfolios=20)
    assert again.verdict == concluded.verdict
    before = {line for line in Ledger().path.read_text().splitlines() if "walk-forward" in line}
    assert len(before) == 1


def test_the_walk_forward_earns_what_its_variants_earned_less_the_switches(swept, concluded):
    walk = concluded.followed
    held = swept.measure.months_of("IWM")
    places = swept.measure.calendar.get_indexer(held.dates.to_period("M"))
    for choice in walk.choices:
        rows = slice(choice.start - walk.rows[0], choice.stop - walk.rows[0])
        own = swept.months[choice.number, places[choice.start : choice.stop]].copy()
        own[0] = (1 + own[0]) * (1 - choice.charge) - 1
        assert walk.returns[rows] == pytest.approx(own, abs=1e-15)
    assert concluded.alpha.n == len(walk.returns)


def test_the_best_is_believed_less_than_estimated_and_the_family_has_its_tests(concluded):
    family = concluded.family
    assert family.believed < family.alpha
    assert 1 <= family.effective <= family.variants <= 12
    assert 0 < family.spa <= 1
    assert 0 <= family.pbo <= 1


def test_the_page_leads_with_the_answer_and_shows_every_two_settings(swept, concluded):
    html = write_sweep_page(swept, concluded).read_text(encoding="utf-8")
    assert html.index("Out of sample") < html.index("All of them together") < html.index("Variants</")
    assert str(concluded.verdict.verdict) in html
    assert len(re.findall(r'id="chart-map-\d"|"map-\d"|map-\d', html)) >= 3
    assert "nan" not in re.sub(r"<script.*?</script>", "", html, flags=re.S).lower().replace("nanosecond", "")


def test_sensitivity_and_maps_by_hand():
    rows = pd.DataFrame({"a": [1, 1, 2, 2], "b": [1, 2, 1, 2], "of": [0.0, 0.0, 0.1, 0.3]})
    table = sensitivity(rows, ["a", "b"], "of").set_index("setting")
    # Mean 0.1, squares 0.01 + 0.01 + 0 + 0.04; a's levels 0 and 0.2, b's 0.05 and 0.15.
    assert table.loc["a", "explains"] == pytest.approx(0.04 / 0.06)
    assert table.loc["b", "explains"] == pytest.approx(0.01 / 0.06)
    assert table.index.tolist() == ["a", "b"]
    assert (table.loc["a", "highest_at"], table.loc["a", "highest"]) == (2, pytest.approx(0.2))
    (field,) = heat_maps(rows, ["a", "b"], "of").values()
    assert field.to_numpy().tolist() == [[0.0, 0.0], [0.1, 0.3]]


def test_neighbours_are_one_step_away():
    rows = pd.DataFrame({"a": np.repeat([1, 2, 3, 4], 4), "b": np.tile([10, 20, 30, 40], 4)})
    assert sorted(neighbours(rows, ["a", "b"], 5)) == [1, 4, 6, 9]
