"""Whether the rules of a screen had values to judge by over a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from active_edge.inference.verdict import Thresholds
from active_edge.run.backtest import Result


@dataclass(frozen=True)
class Coverage:
    """Share of candidates with a value, by rule, and what follows for the verdict.

    Attributes
    ----------
    rules : rule -> mean share over the dates on which something was selected; over all where nothing ever was.
    required : the same of the rules that a missing value fails.
    untested : the same of rules that pass missing values and had almost none: the result says nothing of them.
    """

    rules: Mapping[str, float]
    required: Mapping[str, float]
    untested: Mapping[str, float]


def rule_coverage(result: Result, thresholds: Thresholds) -> Coverage:
    """The coverage of every rule of the result's screen."""
    table = result.decision.coverage
    held = (result.targets.weights > 0).any(axis=1)
    known = table[held if held.any() else slice(None)].mean().dropna()
    rules = {str(name): float(share) for name, share in known.items()}
    strict = result.strategy.screen.strict_rules()
    return Coverage(
        rules=rules,
        required={name: share for name, share in rules.items() if name in strict},
        untested={n: share for n, share in rules.items() if n not in strict and share < thresholds.min_coverage},
    )
