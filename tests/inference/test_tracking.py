"""E-values of months after a seal, against reference vectors worked out independently of this code."""

import math

import numpy as np
import pytest

from active_edge.inference.foresight import drawn_tracks, e_values_at, first_claims, foresee
from active_edge.inference.tracking import combined_evidence, e_value, track_evidence, two_sided_e_value
from tests.inference.return_samples import alone, monthly
from tests.inference.test_second_edition import PRECISE, X, Y, sample
from tests.quick import first_quick


@pytest.mark.parametrize(
    ("n", "t", "deflated", "information", "e", "excluded", "upper", "two_sided"),
    [
        (12, 1.229005, 1.026507, 9.987902, 1.318881, 0.729392, math.inf, 1.031715),
        (18, 0.911460, 0.911460, 16.544710, 1.300519, 0.770283, 0.976536, 0.960936),
        (24, 1.403700, 1.403700, 22.291629, 1.745918, 0.629833, 0.197398, 1.119672),
    ],
)
def test_the_reference_track_is_reproduced(n, t, deflated, information, e, excluded, upper, two_sided):
    found = track_evidence(sample(Y[:n], X[:n]))
    assert (found.t, found.t_deflated, found.information) == pytest.approx((t, deflated, information), **PRECISE)
    assert (found.e[-1], found.against[0.02][-1]) == pytest.approx((e, excluded), **PRECISE)
    assert found.upper == pytest.approx(upper, **PRECISE)
    assert two_sided_e_value(found.t, information, n - 2) == pytest.approx(two_sided, **PRECISE)


def test_a_later_month_changes_no_earlier_evidence():
    early, late = track_evidence(sample(Y[:18], X[:18])), track_evidence(sample())
    np.testing.assert_array_equal(late.e[:18], early.e)
    assert late.e[:11].tolist() == [1.0] * 11
    assert late.e[11] == pytest.approx(1.318881, **PRECISE)


@pytest.mark.parametrize(
    ("given", "e", "two_sided"),
    [
        ((2, 60, 58), 3.631904, 1.956773),
        ((3, 60, 58), 12.922006, 6.569928),
        ((3.5, 120, 118), 66.848586, 33.492880),
        ((-1, 60, 58), 0.402659, 0.881288),
    ],
)
def test_the_reference_e_values_are_reproduced(given, e, two_sided):
    assert (e_value(*given), two_sided_e_value(*given)) == pytest.approx((e, two_sided), **PRECISE)


def test_an_e_value_grows_with_t_and_costs_nothing_on_average_without_an_edge():
    assert np.all(np.diff([e_value(t, 60, 58) for t in np.linspace(-6, 6, 61)]) > 0)
    draws = np.random.default_rng(3).standard_t(22, size=40_000)
    assert np.mean([e_value(t, 24, 22) for t in draws]) == pytest.approx(1.0, abs=0.02)


def test_few_months_say_nothing_whatever_they_say():
    assert e_value(1e6, 3, 1) < 20
    assert e_value(3.0, 1e-9, 1) == pytest.approx(1.0, abs=1e-4)


def test_drifting_styles_lower_the_e_value():
    drifting = 0.002 + X + 0.01 * np.cos(np.pi * (np.arange(24) + 0.5) / 24)
    found = track_evidence(sample(drifting, X))
    assert 0 < found.t_deflated < found.t
    assert found.e[-1] < e_value(found.t, found.information, 22)


def test_excluding_an_edge_is_showing_one_of_the_months_mirrored_about_it():
    mirrored = track_evidence(sample(2 * 0.02 / 12 - Y, -X))
    assert track_evidence(sample()).against[0.04][-1] == pytest.approx(mirrored.e[-1], rel=1e-9)


def test_months_without_risk_are_no_evidence_yet():
    resting = Y.copy()
    resting[:12] = 0.9 * X[:12]
    found = track_evidence(sample(resting, X))
    assert found.e[11] == 1.0
    assert found.e[-1] != 1.0


def test_on_factors_the_first_look_is_after_two_years():
    on = alone(monthly(Y), periods_per_year=12).on(monthly(X).to_frame("MKT"))
    found = track_evidence(on)
    assert found.e[:23].tolist() == [1.0] * 23
    assert found.e[23] == pytest.approx(1.745918, **PRECISE)


def test_old_p_and_new_months_follow_the_worked_example():
    assert combined_evidence(0.001, 12, 5) == pytest.approx(22.821773, **PRECISE)
    assert combined_evidence(0.4, 12, 5) == 2.5


def test_many_tracks_at_once_equal_each_alone():
    excess, benchmark = drawn_tracks(0.05, 0.04, tracks=20, months=60, seed=1)
    alone_each = [track_evidence(sample(excess[:, k], benchmark[:, k])) for k in range(20)]
    assert e_values_at(excess, benchmark) == pytest.approx([one.e[-1] for one in alone_each], rel=1e-9)
    crossed = [np.flatnonzero(one.e >= 5) for one in alone_each]
    months = [float(places[0] + 1) if len(places) else math.inf for places in crossed]
    assert first_claims(excess, benchmark, claim=5).tolist() == months


@pytest.mark.parametrize(
    ("edge", "tracking_error", "median", "shares"),
    first_quick(
        [
            (0.04, 0.04, 8.1, (0.15, 0.66, 0.94)),
            (0.04, 0.07, 19.8, (0.03, 0.20, 0.51)),
            (0.02, 0.07, None, (0.01, 0.04, 0.12)),
        ]
    ),
)
def test_the_wait_for_a_claim_is_that_of_the_reference_table(edge, tracking_error, median, shares):
    found = foresee(tracking_error, edge=edge, tracks=1000)
    # 500 tracks there and 1,000 here: three errors of their difference at one half are 8 points.
    assert tuple(found.recognised.values()) == pytest.approx(shares, abs=0.08)
    assert found.median_years is None if median is None else found.median_years == pytest.approx(median, rel=0.15)


@pytest.mark.slow
def test_without_an_edge_hope_is_given_up_as_the_reference_says():
    assert tuple(foresee(0.04).excluded.values()) == pytest.approx((0.18, 0.62, 0.93), abs=0.08)
    assert tuple(foresee(0.07).excluded.values()) == pytest.approx((0.03, 0.19, 0.49), abs=0.08)
