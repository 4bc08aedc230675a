"""Why a rule has too few values, where it can be told."""

import pytest

from active_edge.evaluation import evaluate
from active_edge.judging.coverage import why_missing
from active_edge.screen import Screen
from tests.factors.firms import annual_facts, panel_of, quarterly_facts

YEARLY = {"revenue": (1000, 1100, 1210), "net_income": (50, 80, 100), "shares_outstanding": (100, 100, 100)}


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("standardised_unexpected_earnings", "only 12-month figures, and too few of them"),
        ("insider_ownership", "the market has no insider_ownership"),
        ("earnings_growth", ""),
    ],
)
def test_a_rule_without_values_names_its_reason(tmp_path, rule, why):
    panel = panel_of(tmp_path, annual_facts("A", **YEARLY) + annual_facts("B", **YEARLY), assets="AB")
    screen = Screen(name="s", description="d", require={rule: {"min": 0.0}})
    assert why_missing(evaluate(screen, panel), rule) == why


def test_a_company_of_quarters_lacks_values_for_no_reason_that_is_known(tmp_path):
    facts = quarterly_facts("A", "net_income", [1, 2, 3, 4, 5]) + annual_facts("A", shares_outstanding=(100, 100, 100))
    screen = Screen(name="s", description="d", require={"standardised_unexpected_earnings": {"min": 0.0}})
    assert why_missing(evaluate(screen, panel_of(tmp_path, facts)), "standardised_unexpected_earnings") == ""
