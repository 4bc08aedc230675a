"""What exits may have returned where nobody recorded it: the bounds a result is held to.

Two things can be unknown: what a holder got from a name in distress, and whether an exit of unknown reason was
distress at all. Each is bounded by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from active_edge.costs import Delisting, TradingTerms

DELISTING_CASES: Mapping[str, tuple[str, Callable[[Delisting], Delisting] | None]] = {
    "none": ("0 for all in distress, recorded or inferred", lambda rule: rule.distress_at(0.0)),
    "rule": ("the strategy's own rule", None),
    "distress_lost": ("−100 % for all in distress, recorded or inferred", lambda rule: rule.distress_at(-1.0)),
    "unknown_lost": ("−100 % for all of unknown reason", lambda rule: rule.unknown_at(-1.0)),
}
"""Case -> its words, and the rule it is, from the strategy's own; None is that itself."""


def terms_under(case: str, own: TradingTerms) -> TradingTerms:
    """The same terms with the exit returns of a case."""
    rule = DELISTING_CASES[case][1]
    return own if rule is None else replace(own, delisting=rule(own.delisting))
