from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from active_edge import words as formats


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0213, "2.1 %"),
        (-0.0213, "−2.1 %"),
        (0.0, "0.0 %"),
        (-0.0001, "0.0 %"),
        (None, "–"),
        (math.nan, "–"),
    ],
)
def test_percent_has_a_true_minus_a_plain_space_and_no_negative_zero(value, shown):
    assert formats.percent(value) == shown


def test_a_sign_is_shown_on_demand_and_never_on_zero():
    assert formats.signed(0.0164) == "+1.6 %"
    assert formats.signed(0.0) == "0.0 %"
    assert formats.interval(-0.0081, 0.0409) == "−0.8 to +4.1 %"


def test_a_share_needs_no_sign_and_decimals_hold_for_both_ends():
    assert formats.interval(0.0375, 0.0641, sign=False) == "3.8 to 6.4 %"
    assert formats.interval(-0.0004, 0.0041, decimals=2) == "−0.04 to +0.41 %"
    assert formats.interval(None, 0.1) == "–"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12.34, "about 12 years"),
        (999.4, "about 999 years"),
        (1000.0, "more than a thousand years"),
        (math.inf, "more than a thousand years"),
        (None, "–"),
    ],
)
def test_a_wait_is_rounded_to_years_and_said_to_be(value, shown):
    assert formats.years(value) == shown


def test_a_measured_span_keeps_its_decimals():
    assert formats.years(6.74, 1) == "6.7 years"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.031234, "0.03123"),
        (-2.0, "−2"),
        (-0.5, "−0.5"),
        (1234567.8, "1,234,568"),
        (3.5e16, "3.5e+16"),
        (math.nan, "–"),
    ],
)
def test_a_number_of_any_size_keeps_four_significant_digits(value, shown):
    assert formats.significant(value) == shown


def test_names_are_listed_as_one_says_them():
    assert formats.listed(["IWM"]) == "IWM"
    assert formats.listed(["IWM", "IJR", "the factors"]) == "IWM, IJR and the factors"


@pytest.mark.parametrize(
    ("p", "shown"), [(0.00004, "< 0.001"), (0.0, "< 0.001"), (0.0414, "0.041"), (0.19, "0.19"), (1.0, "1.00")]
)
def test_a_p_value_is_never_printed_as_zero(p, shown):
    assert formats.p_value(p) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.5e9, "$1.5 B"), (-2.25e6, "−$2.2 M"), (12_500, "$12.5 k"), (3.5, "$3.50"), (None, "–")],
)
def test_dollars_are_shortened(value, shown):
    assert formats.usd(value) == shown


@given(some.floats(min_value=-10, max_value=10))
def test_percent_reads_back_to_the_value_within_its_decimals(value):
    text = formats.percent(value).removesuffix(" %").replace("−", "-").replace(",", "")
    assert abs(float(text) / 100 - value) <= 0.0005 + 1e-12


def test_one_trial_is_singular():
    assert formats.count(1, "trial") == "1 trial"
    assert formats.count(1600, "trial") == "1,600 trials"


def test_factor_values_carry_the_unit_of_the_factor():
    assert formats.factor_value(0.124, "fraction of shares") == "12.4 %"
    assert formats.factor_value(3.456, "ratio") == "3.46"
    assert formats.factor_value(1234.0, "sessions") == "1,234"
    assert formats.factor_value(1_151_624_950.0, "USD") == "$1.2 B"
    assert formats.factor_value(0.031, "decimal a year") == "3.1 %"
    assert formats.factor_value(math.nan, "share") == "–"


@pytest.mark.parametrize(
    ("value", "beside", "shown"),
    [
        (0.0299999, 0.03, "0.0299999"),
        (0.03, 0.03, "0.03"),
        (0.029999999999, 0.03, "0.029999999999"),
        (1234567.8, 1e6, "1,234,568"),
        (999999.6, 1e6, "999,999.6"),
        (-7.4147, 0.0, "−7.4147"),
        (2e-8, 0.0, "2e−08"),
        (0.0, 1.0, "0"),
        (math.nan, 1.0, "–"),
    ],
)
def test_a_value_is_written_so_that_it_is_told_from_its_bound(value, beside, shown):
    assert formats.exact(value, beside) == shown


@pytest.mark.parametrize(("value", "shown"), [(0.2, "20 %"), (0.125, "12.5 %"), (1 / 3, "33.3333333333 %")])
def test_a_share_of_the_file_keeps_its_digits(value, shown):
    assert formats.exact_percent(value) == shown


def test_an_infinite_factor_value_says_what_it_means_and_a_missing_one_is_a_dash():
    assert formats.factor_value(math.inf, "times", "no debt") == "no debt"
    assert formats.factor_value(-math.inf, "times") == "infinite"
    assert formats.factor_value(math.nan, "times", "no debt") == "–"
