"""Whether an edge was there before and after a date, and whether it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_aligned
from active_edge.inference.regression import AlphaEstimate, factor_alpha, hac_alpha


@dataclass(frozen=True)
class Subperiod:
    """Alpha over one stretch; `alpha` is None where the stretch cannot carry one, and `why_not` says why."""

    start: pd.Timestamp
    end: pd.Timestamp
    alpha: AlphaEstimate | None
    why_not: str | None


@dataclass(frozen=True)
class AlphaChange:
    """Annual alpha after a date minus before it."""

    change_annual: float
    se_annual: float
    t: float
    p: float
    date: pd.Timestamp


def subperiods(
    returns: pd.Series,
    benchmark: pd.Series,
    rf: pd.Series | None,
    *,
    cuts: Sequence[str | pd.Timestamp],
    periods_per_year: float,
    level: float = 0.05,
) -> list[Subperiod]:
    """Return the alpha of each stretch between the cuts; a cut is the first date of the later stretch.

    Parameters are those of `hac_alpha`. A stretch without any date is left out.
    """
    check_aligned(returns, benchmark, "returns", "benchmark")
    edges = [returns.index[0], *sorted(pd.Timestamp(cut) for cut in cuts), returns.index[-1] + pd.Timedelta(days=1)]
    found = []
    for start, stop in pairwise(edges):
        part = returns[(returns.index >= start) & (returns.index < stop)]
        if not len(part):
            continue
        try:
            alpha = hac_alpha(part, benchmark.loc[part.index], rf, periods_per_year=periods_per_year, level=level)
            found.append(Subperiod(part.index[0], part.index[-1], alpha, None))
        except InferenceError as error:
            found.append(Subperiod(part.index[0], part.index[-1], None, str(error)))
    return found


def alpha_change(
    returns: pd.Series,
    benchmark: pd.Series,
    rf: pd.Series | None,
    *,
    cut: str | pd.Timestamp,
    periods_per_year: float,
) -> AlphaChange:
    """Return how much the alpha changed at a date, with betas free to change too.

    The coefficient γ of r − rf = α + γ D + (β + δ D)(b − rf) + e, D = 1 from `cut` on, annualised; errors as in
    `hac_alpha`.

    Source: Chow (1960), doi:10.2307/1910133, as one regression with interactions.

    Raises
    ------
    InferenceError
        As `hac_alpha`; also fewer than 24 observations on either side.
    """
    check_aligned(returns, benchmark, "returns", "benchmark")
    date = pd.Timestamp(cut)
    after = (returns.index >= date).astype(np.float64)
    if min(after.sum(), len(after) - after.sum()) < 24:
        raise InferenceError(f"a cut at {date.date()} leaves {int(after.sum())} of {len(after)} observations after it")
    cash = 0.0 if rf is None else rf.loc[returns.index]
    passive = benchmark.loc[returns.index] - cash
    design = pd.DataFrame({"benchmark": passive, "step": after, "benchmark_after": passive * after})
    fit = factor_alpha(returns, design, rf, periods_per_year=periods_per_year)
    step, t = fit.loadings["step"] * periods_per_year, fit.loading_t["step"]
    return AlphaChange(step, abs(step / t), t, _two_sided(t, fit.n - 4), date)


def _two_sided(t: float, degrees: int) -> float:
    from scipy.special import stdtr

    return 2.0 * float(stdtr(degrees, -abs(t)))
