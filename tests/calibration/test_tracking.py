"""Following a strategy without an edge for twenty years claims one in at most 5 % of tracks, looked at every month."""

import numpy as np
import pytest

from active_edge.calibration.tracking import WORLDS, drawn_null, false_claims, with_table
from active_edge.inference.foresight import e_values_at, first_claims
from active_edge.inference.multiple import mean_e_value

TRACKS = 1000


@pytest.mark.parametrize("world", WORLDS)
def test_a_thousand_null_tracks_raise_at_most_five_false_alarms_in_a_hundred(world):
    claims = false_claims(world, tracks=TRACKS)
    assert claims <= 0.05 * TRACKS
    # Two draws of a thousand and two or three thousand differ by 1.4 points in one case of a hundred.
    assert claims / TRACKS == pytest.approx(WORLDS[world].published, abs=0.015)


def test_a_looser_claim_or_a_true_edge_would_be_counted():
    excess, benchmark = drawn_null("t5", tracks=TRACKS, months=240, seed=1)
    assert np.isfinite(first_claims(excess, benchmark, claim=5)).mean() > 0.05
    assert np.isfinite(first_claims(excess + 0.06 / 12, benchmark)).mean() > 0.5


@pytest.mark.parametrize("world", WORLDS)
def test_the_errors_of_every_world_have_about_unit_deviation(world):
    market = np.random.default_rng(0).standard_normal((600, 300))
    errors = WORLDS[world].errors(np.random.default_rng(1), market)
    assert errors.shape == market.shape
    assert abs(float(errors.mean())) < 0.02
    assert float(errors.std()) == pytest.approx(1.0, abs=0.12)


def test_twelve_nulls_together_claim_one_in_fewer_than_five_families_of_a_hundred():
    families, months = 60, 240
    excess, benchmark = drawn_null("t5", tracks=12 * families, months=months, seed=3)
    crossed = 0
    for last in range(24, months + 1, 12):
        e = e_values_at(excess[:last], benchmark[:last]).reshape(families, 12)
        crossed = max(crossed, sum(mean_e_value(row) >= 20 for row in e))
    assert crossed <= 3


def test_the_table_of_a_page_is_replaced_between_its_marks():
    page = "before\n<!-- false alarms -->\nold\n<!-- /false alarms -->\nafter"
    assert with_table(page, "new\n") == "before\n<!-- false alarms -->\nnew\n<!-- /false alarms -->\nafter"
