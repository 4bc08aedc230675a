"""Monthly worlds measured by the functions of pages, and what is said of a rate that luck does not explain."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from active_edge.calibration.bands import WRONG, band, told
from active_edge.calibration.monthly_page import monthly_part, windows_part
from active_edge.calibration.series import Measured, banded, draw, estimates, measure_series
from active_edge.calibration.windows import PUBLISHED, RULES, read_factors, window_sizes
from active_edge.errors import MissingInput
from active_edge.inference.alpha import benchmark_alpha
from active_edge.inference.false_alarms import read_rates
from active_edge.inference.sample import Sample

INDEX = pd.date_range("2015-01-31", periods=60, freq="ME")


def test_a_band_is_left_by_luck_no_more_often_than_it_says():
    for n, rate, rates in ((4000, 0.05, 1), (4000, 0.05, 90), (300, 0.05, 10)):
        one = band(n, rate, rates)
        outside = binom.cdf(one.low - 1, n, rate) + binom.sf(one.high, n, rate)
        assert outside <= WRONG / rates
        wider = binom.cdf(one.low, n, rate) + binom.sf(one.high - 1, n, rate)
        assert wider > WRONG / rates
    assert band(4000, 0.05, 10, conservative=True).low == 0


def test_a_rate_outside_its_band_is_told_in_words_and_one_inside_is_not():
    one = band(4000, 0.05, 90)
    assert told(200, one, 0.05) == ""
    assert told(320, one, 0.05) == (
        "Too bold: said to be wrong in 5.0 % of worlds without an edge, it is wrong in 8.0 %; "
        "ask more of its p than 0.05."
    )
    assert told(80, one, 0.05).startswith("Cautious: said to be wrong in 5.0 %")
    assert told(80, band(4000, 0.05, 90, conservative=True), 0.05) == ""


def test_the_estimates_of_worlds_are_those_a_page_prints_for_each_alone():
    own, benchmark = draw("t5", 60, 3, 1)
    found = estimates(own, benchmark[:, :, None])
    for world in range(3):
        returns, passive = (pd.Series(values[:, world], index=INDEX) for values in (own, benchmark))
        alone = benchmark_alpha(Sample.of(returns, periods_per_year=12).against(passive, "IWM"))
        assert found.alpha[world] == pytest.approx(alone.alpha_annual, rel=1e-9)
        assert (found.error[world], found.classical[world]) == pytest.approx(
            (alone.se_annual, alone.se_ols_annual), rel=1e-9
        )
        assert found.degrees == alone.degrees


def test_a_stale_benchmark_lags_by_a_tenth_of_one_day():
    own, seen = draw("stale", 4000, 1, 1)
    then = np.corrcoef(own[:-1, 0], seen[1:, 0])[0, 1]
    assert then == pytest.approx(0.1 / 21, abs=0.04)
    assert np.corrcoef(own[:, 0], seen[:, 0])[0, 1] > 0.8
    assert isinstance(estimates(own[:60], seen[:60, :, None]), Measured)


@pytest.fixture(scope="module")
def small():
    return measure_series(worlds=30, lengths=(36, 60), kinds=("t5", "style"))


def test_every_rate_has_its_test_kind_and_length(small):
    tests = {row["test"] for row in small["rates"]}
    assert {"benchmark_alpha", "factor_alpha", "paired_difference", "excluded_above", "step_m", "holm"} <= tests
    assert {(row["kind"], row["months"]) for row in small["rates"]} == {
        (kind, months) for kind in ("t5", "style") for months in (36, 60)
    }
    for row in small["rates"]:
        assert row["interval"][0] <= row["reject"] <= row["interval"][1]
    assert {row["months"] for row in small["belief"]} == {36, 60}


def test_the_same_worlds_give_the_same_rates(small):
    again = measure_series(worlds=30, lengths=(60,), kinds=("style",))
    assert again["belief"] == [row for row in small["belief"] if (row["kind"], row["months"]) == ("style", 60)]


def rate_row(test, kind, months, reject):
    interval = [reject - 0.01, reject + 0.01]
    return {"test": test, "kind": kind, "months": months, "reject": reject, "interval": interval, "told": ""}


def test_a_page_takes_the_rate_of_the_length_nearest_its_own():
    rows = [
        rate_row("benchmark_alpha", kind, months, share)
        for kind, add in (("t5", 0.0), ("style", 0.03))
        for months, share in ((24, 0.04 + add), (60, 0.05 + add), (240, 0.06 + add))
    ]
    document = {"worlds": {"null": {"markets": 10, "tests": {}}}, "notes": {}}
    document["monthly"] = {"worlds": 4000, "rates": rows}
    for months, nearest, rate in ((20, 24, 0.04), (37, 24, 0.04), (39, 60, 0.05), (119, 60, 0.05), (400, 240, 0.06)):
        found = read_rates(document, months)["benchmark_alpha"]
        assert (found.months, found.rate, found.markets) == (nearest, rate, 4000)
        assert found.drifting == pytest.approx(rate + 0.03)
        assert found.nearest


def test_a_test_built_to_be_cautious_is_told_of_where_it_is_too_bold_alone():
    rows = [{"test": test, "hits": hits} for test in ("holm", "step_m") for hits in (100, 200, 300)]
    banded(rows, 4000)
    said = [row["told"].partition(":")[0] for row in rows]
    assert said == ["", "", "Too bold", "Cautious", "", "Too bold"]


def test_parts_of_the_page_are_tables_with_every_rate(small):
    document = {**small, "created": "2026-11-25", "code": "0" * 12, "command": "active-edge calibrate --monthly"}
    full = {
        **document,
        "power": [row | {"months": months} for months in (24, 36, 60, 120, 240) for row in small["power"][:9]],
    }
    full["rates"] = small["rates"] + [rate_row("benchmark_alpha", "t5", months, 0.05) for months in (24, 120, 240)]
    page = monthly_part(full)
    assert "5.0 % (4.7 %)" in page
    assert "**step m**" in page
    rows = [{"years": 2, "windows": 155, **{rule: {"reject": 0.1, "interval": [0.06, 0.16]} for rule in RULES}}]
    assert "| 2 | 155 | 10.0 % (11.6 %; 6.0 to 16.0 %)" in windows_part(rows)


def test_a_folder_without_factors_is_refused(tmp_path):
    with pytest.raises(MissingInput, match=r"ff5_daily\.parquet: missing"):
        read_factors(tmp_path)


@pytest.mark.slow
@pytest.mark.realdata
def test_real_windows_reject_as_the_recipe_measured(shared_data):
    for row in window_sizes(read_factors(shared_data / "series")):
        assert row["windows"] == {2: 155, 5: 60, 10: 30}[row["years"]]
        assert [row[rule]["reject"] for rule in RULES] == pytest.approx(PUBLISHED[row["years"]], abs=0.0006)
