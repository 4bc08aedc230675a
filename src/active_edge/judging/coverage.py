"""Whether the rules of a screen had values to judge by over a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from active_edge.inference.verdict import Thresholds, Verdict
from active_edge.run.backtest import Result
from active_edge.words import percent


@dataclass(frozen=True)
class Coverage:
    """Share of candidates with a value, by rule, and what follows for the verdict.

    Attributes
    ----------
    rules : rule -> mean share over the dates on which something was selected; over all where nothing ever was.
    required : the same of the rules that a missing value fails.
    untested : rules that pass missing values and had almost none: the result says nothing of them.
    """

    rules: Mapping[str, float]
    required: Mapping[str, float]
    untested: tuple[str, ...]

    def said_in(self, verdict: Verdict) -> Verdict:
        """The verdict, its reason naming the untested rules."""
        if not self.untested:
            return verdict
        words = ", ".join(f"{name} (coverage {percent(self.rules[name], 0)})" for name in self.untested)
        return replace(verdict, reason=f"{verdict.reason} Not testable here, and passed by every name: {words}.")


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
        untested=tuple(name for name, share in rules.items() if name not in strict and share < thresholds.min_coverage),
    )
