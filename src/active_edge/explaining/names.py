"""Why one name passes or fails a screen on one date: every rule with its value in words, and what nobody has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.evaluation import Evaluation, data_age
from active_edge.explaining.reasons import absent
from active_edge.explaining.steps import steps_of


def explain_name(evaluation: Evaluation, row: int, column: int) -> pd.DataFrame:
    """Every rule for one asset on one date, universe rules first, each alternative by itself.

    Returns
    -------
    (n_rules, ...) frame:
    part, rule, value, bound, passed : as in the file; a value is NaN where nothing was known.
    short_by : 0 where it passes, NaN where it has no value, or one that is yes or no.
    data_age_days : days since the end of the oldest period behind it; NaN for prices alone.
    said : the value in words: a dash where nothing was known, the meaning of an infinite one.
    absent : what the whole market lacks for it, in words; empty where nothing.
    """
    panel, lines = evaluation.panel, []
    for step in steps_of(evaluation, row, each_alternative=True):
        lines.append(
            {
                "part": step.part,
                "rule": step.rule,
                "value": float(step.values[column]),
                "bound": step.bound,
                "passed": bool(step.passed[column]),
                "short_by": step.short_by(column),
                "data_age_days": np.nan if step.factor is None else data_age(panel, step.factor)[row, column],
                "said": step.said(column),
                "absent": "" if step.factor is None else absent(step.factor, panel.market),
            }
        )
    return pd.DataFrame(lines)
