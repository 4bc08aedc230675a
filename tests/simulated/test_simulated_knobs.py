import pytest

from active_edge.errors import ConfigError, MissingInput
from active_edge.simulated import Knobs, monthly


@pytest.mark.parametrize(
    ("knob", "value", "bound"),
    [
        ("years", 0, "[1, "),
        ("firms", 10, "[50, "),
        ("seed", -1, "[0, "),
        ("rmw_premium", 0.9, "[-0.5, 0.5]"),
        ("ipo_drag", -0.01, "[0.0, 0.5]"),
        ("restatement_rate", 1.5, "[0.0, 1.0]"),
        ("decay", -2.0, "[0.0, "),
    ],
)
def test_a_knob_out_of_bounds_is_named_with_value_and_bound(knob, value, bound):
    with pytest.raises(ConfigError) as caught:
        Knobs(**{"years": 2, "firms": 60, "seed": 0, knob: value})
    message = str(caught.value)
    assert knob in message
    assert repr(value) in message
    assert bound in message


def test_a_misspelt_leg_is_answered_with_the_nearest():
    with pytest.raises(ConfigError, match=r"did you mean profitability\?"):
        Knobs(years=2, firms=60, seed=0, alpha={"profitabilty": 0.01})
    with pytest.raises(MissingInput, match=r"did you mean domestic_revenue\?"):
        monthly(years=1, firms=60).leg("domestic_revenues")
