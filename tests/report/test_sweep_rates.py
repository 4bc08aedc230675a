"""The joint tests of a sweep's page say how often they are wrong."""

import pytest

from active_edge.report.sweep_page import FamilyNumbers
from active_edge.results.pages import false_positive_rates

NUMBERS = {
    "spa": 0.2,
    "superior": 0,
    "pbo": 0.5,
    "deflated": 0.4,
    "alpha": 0.03,
    "believed": 0.005,
    "error": 0.009,
    "none_above": 0.08,
    "around": None,
    "best": 3,
}


@pytest.mark.parametrize(("months", "nearest"), [(30, 24), (70, 60), (200, 240)])
def test_spa_and_stepm_carry_their_false_alarms_at_the_nearest_length(months, nearest):
    rates = false_positive_rates(months)
    meanings = {label: meaning for label, _, meaning in FamilyNumbers(**NUMBERS, rates=rates).words()}
    for label, test in (("none beats it (SPA)", "superior_predictive_ability"), ("found better (StepM)", "step_m")):
        wanted = f"false alarms {100 * rates[test].rate:.1f} % at {nearest} months, "
        assert wanted + f"{100 * rates[test].drifting:.1f} % where styles drift" in meanings[label]


def test_without_a_measured_rate_none_is_told():
    assert all("false alarms" not in meaning for _, _, meaning in FamilyNumbers(**NUMBERS).words())
