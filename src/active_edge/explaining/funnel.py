"""How many names each rule of a screen removes, alone and in order, and who fails by one rule alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from active_edge.evaluation import Evaluation
from active_edge.explaining.steps import Step, steps_of

NEAREST = 3
"""Near misses told of each rule."""
_NEAR_COLUMNS = ("asset", "ticker", "name", "part", "rule", "value", "said", "bound", "short_by", "names_between")


def funnel(evaluation: Evaluation, row: int = 0) -> pd.DataFrame:
    """What each rule removes on one date, in the order of the rules.

    Returns
    -------
    (n_rules, ...) frame:
    part, rule, bound : as in the file, quantiles with the number they came to, exclusions with their reasons.
    alone : names it removes by itself: a universe rule of all listed names (``listed`` of all assets), a later one of
        the candidates, ``select`` of the ranked names.
    in_order : names it removes of those that every rule before it left.
    without_value : those of `in_order` of whom nothing was known.
    left : names that pass it and every rule before it.
    only : names that it alone keeps from passing every rule; of ``select``, all that it removes.
    known : share with a value of those it could remove; NaN where there are none.
    """
    steps = steps_of(evaluation, row)
    only = _only(steps)
    left = np.ones(evaluation.panel.shape[1], dtype=bool)
    lines = []
    for place, step in enumerate(steps):
        base = left if step.rule == "listed" else step.base
        removed, left = left & ~step.passed, left & step.passed
        lines.append(
            {
                "part": step.part,
                "rule": step.rule,
                "bound": step.whom(),
                "alone": int((base & ~step.passed).sum()),
                "in_order": int(removed.sum()),
                "without_value": int((removed & ~step.known).sum()),
                "left": int(left.sum()),
                "only": int(only[place].sum()),
                "known": float((base & step.known).sum() / base.sum()) if base.any() else np.nan,
            }
        )
    return pd.DataFrame(lines)


def near_misses(evaluation: Evaluation, row: int = 0, *, nearest: int = NEAREST) -> pd.DataFrame:
    """Names that one rule alone keeps out, with a known value, the nearest few of each rule.

    Returns
    -------
    (n_names, ...) frame: asset, ticker, name, part, rule, value, said (the value in words), bound, short_by (in the
    rule's unit), names_between (how many names' values lie between it and the bound). Rules that are yes or no, such
    as the kind of security, have no near misses.
    """
    market, steps = evaluation.panel.market, steps_of(evaluation, row)
    listing = market.securities
    lines = []
    for step, only in zip(steps, _only(steps), strict=True):
        columns = [] if step.two_valued else np.flatnonzero(only & step.known).tolist()
        short = np.array([step.short_by(column) for column in columns])
        # Ties fall to the order of assets, so that the same market always tells the same names.
        for place in np.argsort(short, kind="stable")[:nearest]:
            column = columns[place]
            lines.append(
                {
                    "asset": market.assets[column],
                    "ticker": listing["ticker"].iloc[column],
                    "name": listing["name"].iloc[column],
                    "part": step.part,
                    "rule": step.rule,
                    "value": float(step.values[column]),
                    "said": step.said(column),
                    "bound": step.bound,
                    "short_by": short[place],
                    "names_between": _between(step, column),
                }
            )
    return pd.DataFrame(lines, columns=list(_NEAR_COLUMNS))


def _only(steps: Sequence[Step]) -> list[np.ndarray]:
    """By step the names, (n_assets,) bool, that fail it and no other; nobody is ranked who fails another."""
    rules = [step.passed for step in steps if step.part != "select"]
    failed = len(rules) - np.sum(rules, axis=0)
    listed = next((step.passed for step in steps if step.rule == "listed"), np.ones_like(failed, dtype=bool))
    return [listed & ~step.passed & (failed == (0 if step.part == "select" else 1)) for step in steps]


def _between(step: Step, column: int) -> int:
    """Names of its base whose values lie strictly between an asset's value and the number it is held to."""
    low, high = sorted((step.edge(column), float(step.values[column])))
    return int((step.base & (step.values > low) & (step.values < high)).sum())
