"""What the page is told of a variant: one JSON document, at once and again when everything is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from active_edge.explaining.funnel import funnel
from active_edge.judging.judgement import Judgement
from active_edge.lab.desk import Evaluated
from active_edge.lab.price import price_of
from active_edge.report.charts import growth_figure
from active_edge.results.series import drawdown_of, growth_of
from active_edge.stats import Stats
from active_edge.stored import plain_json
from active_edge.verdicts import Word

PASSES_SO_FAR = "passes so far, twins running"
MOST_MEMBERS = 500
"""Members whose rows are sent; their number is always told."""
ENDS = (0.01, 0.99)
"""Quantiles of a factor between which its slider moves."""


def first_document(evaluated: Evaluated) -> dict[str, Any]:
    """What is known of a variant before its twins, other choices and hidden data."""
    judgement, result = evaluated.judgement, evaluated.result
    evaluation, last = result.decision.evaluation, len(result.targets.dates) - 1
    members = result.targets.members[last]
    frame = evaluation.members_frame(last, chosen=members)
    weights = pd.Series(result.targets.weights[last], index=result.targets.assets)
    frame.insert(4, "weight", weights.loc[frame["asset"]].to_numpy())
    document: dict[str, Any] = plain_json(
        {
            "final": False,
            "word": word_so_far(judgement),
            "mark": _mark(judgement.verdict.verdict),
            "stats": evaluated.stats.to_json(),
            "price": price_of(evaluated),
            "on": str(result.targets.dates[last].date()),
            "held": int(members.sum()),
            "members": frame.head(MOST_MEMBERS),
            "funnel": funnel(evaluation, last),
            "ends": _ends(evaluated),
        }
    )
    return document | {"growth": _growth(judgement)}


def later_document(stats: Stats, *, final: bool) -> dict[str, Any]:
    """What replaces the same keys of the first document once more is known; `final` says that all is."""
    return {"final": final, "word": stats.verdict, "mark": _mark(stats.verdict), "stats": stats.to_json()}


def word_so_far(judgement: Judgement) -> str:
    """The verdict of a first look; never one that only the twins could give."""
    word = judgement.verdict.verdict
    return PASSES_SO_FAR if word in (Word.UNIVERSE, Word.SUPPORTED) else str(word)


def _mark(word: str) -> dict[str, str]:
    found = Word(word)
    return {"colour": found.colour, "sign": found.mark, "meaning": found.meaning}


def _growth(judgement: Judgement) -> dict[str, Any] | None:
    """The figure of growth and falls; None where nothing was ever held."""
    result, returns = judgement.result, judgement.daily.drop(columns="gross")
    if result.base is None or not len(returns):
        return None
    return growth_figure(growth_of(returns, result.base), drawdown_of(returns))


def _ends(evaluated: Evaluated) -> dict[str, tuple[float, float]]:
    """Factor of the screen -> low and high value among the candidates of the last date."""
    evaluation = evaluated.result.decision.evaluation
    found = {}
    for name, values in evaluation.values.items():
        known = values[-1][evaluation.universe.mask[-1] & np.isfinite(values[-1])]
        if len(known):
            low, high = np.quantile(known, ENDS)
            found[name] = (float(low), float(high))
    return found
