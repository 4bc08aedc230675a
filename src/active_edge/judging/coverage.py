"""Whether the rules of a screen had values to judge by over a run, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.evaluation import Evaluation
from active_edge.inference.evidence import Thresholds
from active_edge.run.backtest import Result

MOST = 0.5
"""Share of the candidates without a value that must lack it for one reason, for it to be the reason."""


@dataclass(frozen=True)
class Coverage:
    """Share of candidates with a value, by rule, and what follows for the verdict.

    Attributes
    ----------
    rules : rule -> mean share over the dates on which something was selected; over all where nothing ever was.
    required : the same of the rules that a missing value fails.
    untested : the same of rules that pass missing values and had almost none: the result says nothing of them.
    annual : rule that reads quarters -> share of the values that are made from 12-month figures alone, where any is.
    reasons : rule with almost no values -> why, in words, where it can be told.
    """

    rules: Mapping[str, float]
    required: Mapping[str, float]
    untested: Mapping[str, float]
    annual: Mapping[str, float]
    reasons: Mapping[str, str]


def rule_coverage(result: Result, thresholds: Thresholds) -> Coverage:
    """The coverage of every rule of the result's screen."""
    table = result.decision.coverage
    held = (result.targets.weights > 0).any(axis=1)
    dates = held if held.any() else np.ones_like(held)
    rules = _means(table[dates])
    strict = result.strategy.screen.strict_rules()
    thin = [name for name, share in rules.items() if share < thresholds.min_coverage]
    evaluation = result.decision.evaluation
    return Coverage(
        rules=rules,
        required={name: share for name, share in rules.items() if name in strict},
        untested={name: rules[name] for name in thin if name not in strict},
        annual={name: share for name, share in _means(evaluation.annual_share()[dates]).items() if share > 0},
        reasons={name: why for name in thin if (why := why_missing(evaluation, name))},
    )


def why_missing(evaluation: Evaluation, rule: str) -> str:
    """Why a rule has no value for most of the candidates that lack one; empty where there is no one reason."""
    definition = evaluation.definitions.get(rule)
    if definition is None:
        return ""
    absent = definition.missing_items(evaluation.panel.market)
    if absent:
        return f"the market has no {' and no '.join(absent)}"
    lacking = evaluation.universe.mask & np.isnan(evaluation.values[rule])
    if lacking.any() and definition.from_years(evaluation.panel)[lacking].mean() >= MOST:
        return "only 12-month figures, and too few of them"
    return ""


def _means(table: pd.DataFrame) -> dict[str, float]:
    return {str(name): float(share) for name, share in table.mean().dropna().items()}
