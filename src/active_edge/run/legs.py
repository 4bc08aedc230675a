"""Which leg earns the edge: the portfolio without each leg, against the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.regression import hac_alpha, hac_mean
from active_edge.run.backtest import SESSIONS_A_YEAR, Result
from active_edge.run.evidence import Judgement
from active_edge.strategy import Targets, decide


def portfolios_without(result: Result) -> dict[str, Targets]:
    """Targets of the strategy with each leg of its screen left out, one at a time, decided on the same dates."""
    panel = result.decision.evaluation.panel
    screen = result.strategy.screen
    return {
        leg: decide(result.strategy.with_screen(screen.without(leg)), result.market, panel.dates, panel=panel).targets
        for leg in screen.legs()
    }


def leave_one_out(judgement: Judgement) -> pd.DataFrame | None:
    """Annual alpha on the first benchmark without each leg, and the change the leg makes, with 95 % intervals.

    Returns
    -------
    (n_legs, ...) frame: leg, alpha_annual, lower, upper, change (the whole minus without the leg), change_lower,
    change_upper, all decimals a year; None for a screen without legs or a result without benchmarks.
    """
    result = judgement.result
    variants = portfolios_without(result)
    if not variants or not judgement.benchmarks:
        return None
    measured = result.arena.run([targets.weights for targets in variants.values()]).measured(result.first_fill)
    benchmark = judgement.benchmark_returns[next(iter(judgement.benchmarks))]
    rows = []
    for number, leg in enumerate(variants):
        without = pd.Series(measured[:, number], index=result.returns.index)
        row: dict[str, object] = {"leg": leg}
        try:
            alpha = hac_alpha(without, benchmark, judgement.cash, periods_per_year=SESSIONS_A_YEAR)
            row |= {"alpha_annual": alpha.alpha_annual, "lower": alpha.ci[0], "upper": alpha.ci[1]}
            change = hac_mean(result.returns - without, periods_per_year=SESSIONS_A_YEAR)
            row |= {"change": change.alpha_annual, "change_lower": change.ci[0], "change_upper": change.ci[1]}
        except InferenceError:
            # Without the leg nobody is selected, or the very same names: there is no difference to test.
            same = bool(np.allclose(without, result.returns, atol=1e-12))
            row |= {"change": 0.0 if same else np.nan, "change_lower": np.nan, "change_upper": np.nan}
        rows.append(row)
    columns = ["leg", "alpha_annual", "lower", "upper", "change", "change_lower", "change_upper"]
    return pd.DataFrame(rows, columns=columns)
