"""A strategy's own prior is what is believed before, named, with its mean and deviation."""

import pytest

from active_edge.inference.belief import PRIORS, Prior
from active_edge.judging.judgement import prior_of
from active_edge.strategy import OwnPrior, StrategyRules

RULES = {"name": "s", "screen": "s"}


def test_a_prior_of_ones_own_is_read_and_named():
    rules = StrategyRules.model_validate(RULES | {"prior": {"mean": 0.005, "deviation": 0.015}})
    assert prior_of(rules.prior) == Prior("own", 0.005, 0.015)
    assert prior_of(StrategyRules.model_validate(RULES).prior) == PRIORS["default"]


@pytest.mark.parametrize("wrong", ["certain", {"mean": 0.0}, {"mean": 0.0, "deviation": 0.0}, {"deviation": 0.5}])
def test_a_prior_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match="prior"):
        StrategyRules.model_validate(RULES | {"prior": wrong})


def test_the_deviation_must_be_told():
    with pytest.raises(ValueError, match="deviation"):
        OwnPrior.model_validate({"mean": 0.01})
