"""Which verdict follows from which numbers, and what many tests cost."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from active_edge.errors import InferenceError
from active_edge.published.estimates import Estimate, Measurement, Question
from active_edge.published.findings import judge_measurements
from active_edge.published.run import measure_all
from tests.published.published import invented

DEGREES = 200


def estimate(annual: float, se: float, kind: str = "mean") -> Estimate:
    from scipy.special import stdtr, stdtrit

    reach = float(stdtrit(DEGREES, 0.975)) * se
    return Estimate(
        kind=kind,
        annual=annual,
        se_annual=se,
        interval=(annual - reach, annual + reach),
        t=annual / se,
        p=2 * float(stdtr(DEGREES, -abs(annual / se))),
        n=240,
        start=pd.Timestamp("2000-01-31"),
        end=pd.Timestamp("2019-12-31"),
        degrees=DEGREES,
    )


def question(test: str = "t", **more) -> Question:
    return Question(**({"test": test, "section": "s", "claim": "c", "source": "x"} | more))


def words(*measurements: Measurement) -> list[str]:
    return [finding.verdict for finding in judge_measurements(measurements)]


@pytest.mark.parametrize(
    ("annual", "se", "direction", "verdict"),
    [
        (0.04, 0.01, 1, "supported"),
        (-0.04, 0.01, 1, "refuted"),
        (-0.04, 0.01, -1, "supported"),
        (0.04, 0.01, -1, "refuted"),
        (0.01, 0.01, 1, "not distinguishable"),  # 2.8 % would have been seen
        (0.01, 0.02, 1, "could not have seen it"),  # 5.6 % would have been, more than an edge of 4 %
        (0.0, 0.0030, 1, "refuted"),  # t 1.653 with 200 degrees: 0.496 %, below half a percent
        (0.0, 0.0031, 1, "not distinguishable"),  # 0.512 %
        (0.0, 0.0030, -1, "refuted"),
    ],
)
def test_the_word_follows_from_estimate_error_and_direction(annual, se, direction, verdict):
    assert words(Measurement(question(direction=direction), estimate(annual, se))) == [verdict]


def test_many_tests_are_charged_with_holm():
    # t = 3 alone has p 0.003; as the best of twenty 0.06
    best = Measurement(question("best"), estimate(0.03, 0.01))
    rest = [Measurement(question(f"rest{i}"), estimate(0.001 * i, 0.02)) for i in range(1, 20)]
    alone, among = judge_measurements([best])[0], judge_measurements([best, *rest])[0]
    assert alone.verdict == "supported"
    assert among.verdict == "not distinguishable"
    assert among.trials == 20
    assert among.p_adjusted == pytest.approx(20 * best.estimate.p)
    assert "one of 20 tests" in among.reason


def test_refuted_out_of_many_is_charged_for_all_of_them():
    # Alone the bound is −0.8 % + 1.653 · 0.445 % = −0.06 %; of 37, with t 3.04 at 1 − 0.05/37, it is +0.55 %.
    low = Measurement(question("low"), estimate(-0.008, 0.00445))
    rest = [Measurement(question(f"rest{i}"), estimate(0.001, 0.01)) for i in range(36)]
    assert words(low) == ["refuted"]
    assert words(low, *rest)[0] == "not distinguishable"


def test_what_could_not_be_computed_is_no_trial():
    found = judge_measurements(
        [Measurement(question("a"), estimate(0.03, 0.01)), Measurement(question("b"), None, "w")]
    )
    assert [finding.trials for finding in found] == [1, 1]
    assert found[1].verdict == "not testable"
    assert "w" in found[1].reason


def test_a_mean_whose_factor_alpha_is_gone_is_a_factor_tilt():
    mean = Measurement(question(alpha_test="alpha"), estimate(0.05, 0.01))
    gone = Measurement(question("alpha"), estimate(0.002, 0.01, "factor alpha"))
    there = Measurement(question("alpha"), estimate(0.05, 0.01, "factor alpha"))
    missing = Measurement(question("alpha"), None, "no factors")
    assert words(mean, gone)[0] == "factor tilt"
    assert words(mean, there)[0] == "supported"
    assert words(mean, missing)[0] == "factor tilt"


def test_detectable_effects_are_the_error_times_two_point_eight_and_more_after_many_tests():
    first = judge_measurements([Measurement(question("a"), estimate(0.0, 0.01))])[0]
    assert first.mde_annual == pytest.approx(0.02815, abs=1e-4), "t 1.972 + 0.843 with 200 degrees"
    assert first.mde_annual_adjusted == pytest.approx(first.mde_annual)
    many = judge_measurements([Measurement(question(f"{i}"), estimate(0.0, 0.01)) for i in range(10)])[0]
    # two-sided level 0.5 % with 200 degrees: t 2.839 + 0.843
    assert many.mde_annual_adjusted == pytest.approx(0.03682, abs=1e-4)


def test_a_wait_is_told_of_an_effect_on_the_side_claimed_that_would_show_within_a_lifetime():
    told = judge_measurements([Measurement(question("a"), estimate(0.02, 0.01, "change"))])[0]
    # 0.0282 / 0.02 squared, times 20 years
    assert told.years_needed == pytest.approx(20 * (0.02815 / 0.02) ** 2, rel=0.01)
    for annual, direction in ((0.001, 1), (0.02, -1), (0.0, 1)):
        line = judge_measurements([Measurement(question("a", direction=direction), estimate(annual, 0.01))])[0]
        assert line.years_needed is None
        assert "shows after" not in line.reason


def test_the_word_of_newey_west_errors_stands_beside_the_own():
    wide = estimate(0.02, 0.014)
    both = replace(wide, newey_west=estimate(0.02, 0.005))
    found = judge_measurements([Measurement(question("a"), both)])[0]
    assert (found.verdict, found.newey_west_word) == ("not distinguishable", "supported")


def test_the_same_test_twice_and_an_unmeasured_alpha_are_errors():
    twice = [Measurement(question("a"), estimate(0.0, 0.01))] * 2
    with pytest.raises(InferenceError, match="same test"):
        judge_measurements(twice)
    with pytest.raises(InferenceError, match="not measured"):
        judge_measurements([Measurement(question("a", alpha_test="b"), estimate(0.0, 0.01))])


def test_lines_hold_every_promised_key_and_are_json():
    keys = {"claim", "verdict", "estimate_annual", "interval", "t", "p", "mde_annual", "trials", "start", "end", "n"}
    for finding in judge_measurements(measure_all(invented())):
        line = finding.to_dict()
        assert keys | {"reason", "source"} <= set(line)
        json.dumps(line, allow_nan=False)


@pytest.mark.slow
def test_a_family_without_any_edge_is_rarely_called_supported():
    worlds = [judge_measurements(measure_all(invented(120, seed=seed))) for seed in range(60)]
    wrong = [any(finding.verdict in ("supported", "factor tilt") for finding in world) for world in worlds]
    naive = [any(f.estimate is not None and f.estimate.p < 0.05 for f in world) for world in worlds]
    assert sum(wrong) <= 7, "five percent of 60 and two and a half standard errors"
    assert sum(naive) > 18, "without the charge the same family is wrong in every second world or so"


def test_the_page_shows_both_errors_and_the_other_word_where_it_is_another():
    from active_edge.published.evidence_page import _otherwise, _row
    from active_edge.report.blocks import Cell

    both = replace(estimate(0.03, 0.02), newey_west=estimate(0.03, 0.01))
    found, same = judge_measurements(
        [Measurement(question("a"), both), Measurement(question("b"), estimate(0.0, 0.02))]
    )
    assert _otherwise(found) == "Newey-West: supported"
    assert _otherwise(same) == ""
    cells = [cell.detail for cell in _row(found, Cell("")) if isinstance(cell, Cell)]
    assert any("Newey-West 0.003" in detail for detail in cells)
