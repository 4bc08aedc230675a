"""Monthly alpha, belief and tracking against reference vectors worked out independently of this code."""

import math

import numpy as np
import pandas as pd
import pytest
from active_edge.inference.best_of import believe_family, given_spread
from active_edge.inference.monthly_alpha import cosine_coefficients, cosine_terms, monthly_alpha
from active_edge.inference.tracking import (
    combined_evidence,
    e_value,
    e_value_two_sided,
    evidence_of,
    family_evidence,
    listed_discoveries,
)

from active_edge.errors import InferenceError
from active_edge.inference.belief import OPEN, Prior, believe
from active_edge.inference.months import complete_months

T = np.arange(1, 25)
X = np.round(0.01 + 0.05 * np.sin(1.3 * T), 6)
Y = np.round(0.002 + 0.9 * X + 0.012 * np.sin(0.9 * T) + 0.008 * np.cos(2.6 * T), 6)
PRECISE = {"rel": 2e-6, "abs": 6e-7}
ALPHAS = np.array([0.031, 0.012, -0.004, 0.022, 0.018, -0.010, 0.025, 0.007])


def test_the_reference_series_give_the_reference_alpha():
    found = monthly_alpha(Y, X, ("index",))
    assert (found.alpha_annual / 12, found.loadings["index"]) == pytest.approx((0.003135418, 0.891961468), **PRECISE)
    assert found.degrees == 4
    assert (found.se_annual / 12, found.se_ols_annual / 12) == pytest.approx((0.001738361, 0.002233681), **PRECISE)
    assert found.information == pytest.approx(22.291629, **PRECISE)
    assert (found.t, found.p, found.p_one_sided) == pytest.approx((1.803663, 0.145616, 0.072808), **PRECISE)
    assert found.ci == pytest.approx((-0.020293, 0.095543), **PRECISE)
    assert found.excluded_above() == pytest.approx(0.082096, **PRECISE)
    assert found.excluded_above(trials=12) == pytest.approx(0.138819, **PRECISE)
    assert found.mde_annual == pytest.approx(0.077546, **PRECISE)


def test_scores_and_cosines_are_those_of_a_plain_loop():
    design = np.column_stack([np.ones(24), X])
    inverse = np.linalg.inv(design.T @ design)
    residuals = Y - design @ (inverse @ design.T @ Y)
    scores = []
    for row, residual in zip(design, residuals, strict=True):
        scores.append(float(row @ inverse[:, 0]) * residual / math.sqrt(1 - float(row @ inverse @ row)))
    assert scores[:3] == pytest.approx([0.000051844, 0.000500772, 0.000232841], abs=5e-10)
    plain = [
        math.sqrt(2 / 24) * sum(s * math.cos(math.pi * j * (t - 0.5) / 24) for t, s in enumerate(scores, start=1))
        for j in range(1, 5)
    ]
    assert plain == pytest.approx([-0.000080788, 0.000402074, -0.000416683, 0.000402287], abs=5e-10)
    assert cosine_coefficients(np.array(scores), 4) == pytest.approx(plain, rel=1e-12)


def test_the_number_of_cosines_is_the_published_rule():
    known = {12: 4, 24: 4, 42: 4, 48: 5, 60: 6, 120: 9, 240: 15, 313: 18}
    assert {months: cosine_terms(months) for months in known} == known


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((0.02, 0.015, 6), (0.005748, 0.008721, -0.005515, 0.016787, 0.541637, 1.118212)),
        ((-0.01, 0.02, 4), (-0.002102, 0.008944, -0.013490, 0.009380, 0.211872, 0.920202)),
        ((0.04, 0.01, 15), (0.016970, 0.008492, 0.005920, 0.027649, 0.916415, 5.942640)),
        ((0.03, 0.02, 9, Prior("hopeful", 0.005, 0.01)), (0.009788, 0.009156, -0.001985, 0.021467, 0.701583, 1.453769)),
        ((0.02, 0.015, 6, OPEN), (0.012041, 0.012905, -0.004499, 0.027970, 0.722272, 1.093000)),
    ],
)
def test_the_reference_posteriors_are_reproduced(given, expected):
    found = believe(*given)
    told = (found.mean, found.deviation, *found.interval, found.probability, found.bayes_factor)
    assert told == pytest.approx(expected, **PRECISE)


def test_the_default_prior_gives_an_edge_worth_having_three_chances_in_ten():
    assert believe(0.02, 0.015, 6).probability_before == pytest.approx(0.31, abs=0.005)


@pytest.mark.parametrize(
    ("n", "t", "deflated", "information", "e", "excluded", "upper", "two_sided"),
    [
        (12, 1.229005, 1.026507, 9.987902, 1.318881, 0.729392, math.inf, 1.031715),
        (18, 0.911460, 0.911460, 16.544710, 1.300519, 0.770283, 0.976536, 0.960936),
        (24, 1.403700, 1.403700, 22.291629, 1.745918, 0.629833, 0.197398, 1.119672),
    ],
)
def test_the_reference_track_is_reproduced(n, t, deflated, information, e, excluded, upper, two_sided):
    found = evidence_of(Y[:n], X[:n])
    assert (found.t, found.t_deflated, found.e) == pytest.approx((t, deflated, e), **PRECISE)
    assert (found.excluded[0.02], found.upper, found.two_sided) == pytest.approx(
        (excluded, upper, two_sided), **PRECISE
    )
    assert monthly_alpha(Y[:n], X[:n], ("index",)).information == pytest.approx(information, **PRECISE)


@pytest.mark.parametrize(
    ("given", "e", "two_sided"),
    [((2, 60, 58), 3.631904, 1.956773), ((3, 60, 58), 12.922006, 6.569928), ((3.5, 120, 118), 66.848586, 33.492880)],
)
def test_the_reference_e_values_are_reproduced(given, e, two_sided):
    assert (e_value(*given), e_value_two_sided(*given)) == pytest.approx((e, two_sided), **PRECISE)


def test_an_e_value_grows_with_t_and_costs_nothing_on_average_without_an_edge():
    assert np.all(np.diff([e_value(t, 60, 58) for t in np.linspace(-6, 6, 61)]) > 0)
    draws = np.random.default_rng(3).standard_t(22, size=40_000)
    assert np.mean([e_value(t, 24, 22) for t in draws]) == pytest.approx(1.0, abs=0.02)


def test_a_family_is_believed_as_the_reference_says():
    means, variance = given_spread(ALPHAS, 0.010676, 0.015, 0.6)
    assert (means.max(), math.sqrt(variance), means.min()) == pytest.approx((0.015805, 0.010399, -0.007106), abs=2e-6)
    found = believe_family(ALPHAS, 0.015, 0.6)
    assert found.spread == pytest.approx(0.005539, abs=1e-6)
    assert (found.mean.max(), found.deviation[0], found.mean.min()) == pytest.approx(
        (0.010026, 0.009717, -0.000567), abs=1e-6
    )


def test_listing_and_combining_follow_the_worked_examples():
    assert listed_discoveries([3, 150, 0.1, 70, 1, 0.5]) == [1, 3]
    assert family_evidence([150, 70, 3, 1, 0.5, 0.1]) == pytest.approx(37.4, abs=0.04)
    assert combined_evidence(0.001, 12, 5) == pytest.approx(22.821773, **PRECISE)


def test_only_months_with_their_first_and_last_session_count():
    sessions = pd.bdate_range("2015-01-01", "2015-05-29")
    daily = pd.DataFrame({"net": 0.001}, index=sessions[(sessions >= "2015-01-02") & (sessions <= "2015-05-28")])
    found = complete_months(daily, sessions)
    assert [str(month) for month in found.index] == ["2015-02", "2015-03", "2015-04"]
    assert found["net"].tolist() == pytest.approx([1.001**n - 1 for n in (20, 22, 22)], rel=1e-12)


def test_a_hole_is_not_stepped_over():
    sessions = pd.bdate_range("2015-01-01", "2015-05-29")
    with pytest.raises(InferenceError, match=r"1 sessions are missing .* the first 2015-03-11"):
        complete_months(pd.DataFrame({"net": 0.001}, index=sessions.drop("2015-03-11")), sessions)


@pytest.mark.parametrize(
    ("y", "x", "words"),
    [
        (Y[:11], X[:11], "11 complete months, at least 12"),
        (np.where(T == 3, np.nan, Y), X, "missing or infinite"),
        (np.full(24, 0.01), X, "constant"),
        (Y, np.full(24, 0.01), "constant|collinear|equal"),
        (0.8 * X, X, "residuals"),
    ],
)
def test_months_that_cannot_carry_an_alpha_give_an_error(y, x, words):
    with pytest.raises(InferenceError, match=words):
        monthly_alpha(y, x, ("index",))
