from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from active_edge import words as formats


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0213, "2.1\u202f%"),
        (-0.0213, "−2.1\u202f%"),
        (0.0, "0.0\u202f%"),
        (-0.0001, "0.0\u202f%"),
        (None, "–"),
        (math.nan, "–"),
    ],
)
def test_percent_has_a_true_minus_a_bound_unit_and_no_negative_zero(value, shown):
    assert formats.percent(value) == shown


def test_a_sign_is_shown_on_demand_and_never_on_zero():
    assert formats.percent(0.0164, sign=True) == "+1.6\u202f%"
    assert formats.percent(0.0, sign=True) == "0.0\u202f%"
    assert formats.interval(-0.0081, 0.0409) == "−0.8 to +4.1\u202f%"


@pytest.mark.parametrize(
    ("p", "shown"), [(0.00004, "< 0.001"), (0.0, "< 0.001"), (0.0414, "0.041"), (0.19, "0.19"), (1.0, "1.00")]
)
def test_a_p_value_is_never_printed_as_zero(p, shown):
    assert formats.probability(p) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1.5e9, "$1.5\u202fB"), (-2.25e6, "−$2.2\u202fM"), (12_500, "$12.5\u202fk"), (3.5, "$3.50"), (None, "–")],
)
def test_dollars_are_shortened(value, shown):
    assert formats.usd(value) == shown


@given(some.floats(min_value=-10, max_value=10))
def test_percent_reads_back_to_the_value_within_its_decimals(value):
    text = formats.percent(value).removesuffix("\u202f%").replace("−", "-").replace(",", "")
    assert abs(float(text) / 100 - value) <= 0.0005 + 1e-12


def test_one_trial_is_singular():
    assert formats.count(1, "trial") == "1 trial"
    assert formats.count(1600, "trial") == "1,600 trials"


def test_factor_values_carry_the_unit_of_the_factor():
    assert formats.factor_value(0.124, "fraction of shares") == "12.4\u202f%"
    assert formats.factor_value(3.456, "ratio") == "3.46"
    assert formats.factor_value(1234.0, "sessions") == "1,234"
    assert formats.factor_value(1_151_624_950.0, "USD") == "$1.2\u202fB"
    assert formats.factor_value(0.031, "decimal a year") == "3.1\u202f%"
    assert formats.factor_value(math.nan, "share") == "–"
