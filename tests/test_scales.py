"""What is guessed of an amount in another scale is one a small cap has."""

import pytest

from active_edge.scales import dollars_in_another_scale


@pytest.mark.parametrize(
    ("written", "unit", "meant"),
    [
        (300, "USD", "300_000_000"),
        (0.3, "USD", "300_000_000"),
        (2.5, "USD", "2_500_000_000"),
        (1, "USD a session", "1_000_000"),
        (500, "USD a session", "500_000"),
    ],
)
def test_small_amounts_are_guessed_to_be_thousands_millions_or_billions(written, unit, meant):
    assert f"did you mean {meant}?" in dollars_in_another_scale(written, unit)


@pytest.mark.parametrize(
    ("written", "unit"), [(100_000, "USD"), (0, "USD"), (-5, "USD"), (1000, "USD a session"), (5, "USD a share")]
)
def test_amounts_that_can_be_meant_are_not_doubted(written, unit):
    assert dollars_in_another_scale(written, unit) == ""
