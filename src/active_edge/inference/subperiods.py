"""Whether an edge was there before and after a date, and whether it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.regression import AlphaEstimate, factor_alpha, hac_alpha
from active_edge.inference.sample import Sample


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


def subperiods(sample: Sample, *, cuts: Sequence[str | pd.Timestamp], level: float = 0.05) -> list[Subperiod]:
    """Return the alpha of each stretch between the cuts; a cut is the first date of the later stretch.

    A stretch without any date is left out.
    """
    dates = sample.dates
    edges = [dates[0], *sorted(pd.Timestamp(cut) for cut in cuts), dates[-1] + pd.Timedelta(days=1)]
    found = []
    for start, stop in pairwise(edges):
        inside = np.asarray((dates >= start) & (dates < stop))
        if not inside.any():
            continue
        first, last = dates[inside][0], dates[inside][-1]
        try:
            found.append(Subperiod(first, last, hac_alpha(sample.part(inside), level=level), None))
        except InferenceError as error:
            found.append(Subperiod(first, last, None, str(error)))
    return found


def alpha_change(sample: Sample, *, cut: str | pd.Timestamp) -> AlphaChange:
    """Return how much the alpha changed at a date, with betas free to change too.

    The coefficient γ of r − rf = α + γ D + (β + δ D)(b − rf) + e, D = 1 from `cut` on, annualised; errors as in
    `hac_alpha`.

    Source: Chow (1960), doi:10.2307/1910133, as one regression with interactions.

    Raises
    ------
    InferenceError
        A sample without a benchmark; fewer than 24 observations on either side.
    """
    date = pd.Timestamp(cut)
    passive = sample.passive
    after = (sample.dates >= date).astype(np.float64)
    if min(after.sum(), len(after) - after.sum()) < 24:
        raise InferenceError(f"a cut at {date.date()} leaves {int(after.sum())} of {len(after)} observations after it")
    design = pd.DataFrame({"benchmark": passive, "step": after, "benchmark_after": passive * after}, index=sample.dates)
    fit = factor_alpha(sample, design)
    step, t = fit.loadings["step"] * sample.periods_per_year, fit.loading_t["step"]
    return AlphaChange(step, abs(step / t), t, _two_sided(t, fit.n - 4), date)


def _two_sided(t: float, degrees: int) -> float:
    from scipy.special import stdtr

    return 2.0 * float(stdtr(degrees, -abs(t)))
