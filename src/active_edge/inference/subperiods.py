"""Whether an edge was there before and after a date, and whether it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate, benchmark_alpha, factor_alpha
from active_edge.inference.registry import BAD_BENCHMARK, BAD_SERIES, estimator
from active_edge.inference.sample import Sample

PUBLIC_SINCE = pd.Timestamp("2014-01-01")
"""From here on the evidence on profitability and small caps was public."""
LEAST_MONTHS = 24
"""Observations on either side of a cut below which a change says nothing: those that words need."""
LEAST_YEARS = 1.0
"""Years on either side of `PUBLIC_SINCE` below which a sample is not cut there."""


@dataclass(frozen=True)
class Subperiod:
    """Alpha over one stretch; `alpha` is None where the stretch cannot carry one, and `why_not` says why."""

    start: pd.Timestamp
    end: pd.Timestamp
    alpha: AlphaEstimate | None
    why_not: str | None


@dataclass(frozen=True)
class Change:
    """An annual mean or alpha after a date minus before it; two-sided Student's t, errors as in `benchmark_alpha`."""

    annual: float
    se_annual: float
    ci: tuple[float, float]
    t: float
    p: float
    n: int
    degrees: int
    date: pd.Timestamp


@estimator(
    source="benchmark_alpha, stretch by stretch",
    published="test_alpha::test_subperiods_cover_the_sample_once_and_say_why_a_short_one_has_no_alpha",
    bad_samples=(*BAD_SERIES, *BAD_BENCHMARK),
    uncalibrated="its alphas are those of benchmark_alpha; no verdict rests on one",
)
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
            found.append(Subperiod(first, last, benchmark_alpha(sample.part(inside), level=level), None))
        except InferenceError as error:
            found.append(Subperiod(first, last, None, str(error)))
    return found


@estimator(
    source="benchmark_alpha, stretch by stretch",
    published="test_alpha::test_the_usual_subperiods_are_halves_and_both_sides_of_2014",
    bad_samples=(*BAD_SERIES, *BAD_BENCHMARK),
    uncalibrated="its alphas are those of benchmark_alpha; no verdict rests on one",
)
def usual_subperiods(sample: Sample) -> dict[str, Subperiod]:
    """Return the alpha of either half, and before and from `PUBLIC_SINCE` where both sides hold a year."""
    halves = subperiods(sample, cuts=[sample.dates[sample.n // 2]])
    parts = dict(zip(("first half", "second half"), halves, strict=True))
    earlier = int((sample.dates < PUBLIC_SINCE).sum())
    if min(earlier, sample.n - earlier) >= LEAST_YEARS * sample.periods_per_year:
        sides = subperiods(sample, cuts=[PUBLIC_SINCE])
        year = PUBLIC_SINCE.year
        parts |= dict(zip((f"before {year}", f"from {year}"), sides, strict=True))
    return parts


@estimator(
    source="Chow (1960)",
    published="test_alpha::test_change_of_alpha_is_the_difference_of_the_two_alphas",
    bad_samples=(*BAD_SERIES, *BAD_BENCHMARK, "cut near the end"),
    uncalibrated="no verdict of a run rests on it; its errors are those of benchmark_alpha",
)
def alpha_change(sample: Sample, *, cut: str | pd.Timestamp) -> Change:
    """Return how much the alpha on the benchmark changed at a date, with the beta free to change too.

    As `change_at` with the benchmark over cash as the one factor.
    """
    return change_at(sample, pd.DataFrame({"benchmark": sample.passive}, index=sample.dates), cut=cut)


@estimator(
    source="Chow (1960)",
    published="test_alpha::test_change_of_a_mean_is_the_difference_of_the_means",
    bad_samples=(*BAD_SERIES, "cut near the end"),
    uncalibrated="a test of published returns, which no simulated market has",
)
def change_at(sample: Sample, factors: pd.DataFrame | None, *, cut: str | pd.Timestamp) -> Change:
    """Return how much the mean or the factor alpha changed at a date, with loadings free to change too.

    The coefficient γ of r − rf = α + γ D + Σ (βᵢ + δᵢ D) fᵢ + e, D = 1 from `cut` on, annualised.

    Parameters
    ----------
    factors
        As `Sample.on`; None for the difference of two means.

    Source: Chow (1960), doi:10.2307/1910133, as one regression with interactions.

    Raises
    ------
    InferenceError
        As `Sample.on`; fewer than 24 observations on either side.
    """
    from scipy.special import stdtr, stdtrit

    date = pd.Timestamp(cut)
    after = pd.Series((sample.dates >= date).astype(np.float64), index=sample.dates)
    if min(after.sum(), sample.n - after.sum()) < LEAST_MONTHS:
        raise InferenceError(
            f"a cut at {date.date()} leaves {int(after.sum())} of {sample.n} observations after it; "
            f"{LEAST_MONTHS} are needed on either side"
        )
    columns = {"step": after}
    if factors is not None:
        columns |= {str(name): factors[name] for name in factors}
        columns |= {f"{name}_after": factors[name] * after for name in factors}
    fit = factor_alpha(sample.on(pd.DataFrame(columns)))
    annual, t = fit.loadings["step"] * sample.periods_per_year, fit.loading_t["step"]
    error = abs(annual / t)
    degrees = fit.degrees
    reach = float(stdtrit(degrees, 1.0 - fit.level / 2.0)) * error
    return Change(
        annual=annual,
        se_annual=error,
        ci=(annual - reach, annual + reach),
        t=t,
        p=2.0 * float(stdtr(degrees, -abs(t))),
        n=fit.n,
        degrees=degrees,
        date=date,
    )


def before(returns: pd.Series, cut: pd.Timestamp = PUBLIC_SINCE) -> pd.Series:
    """The returns before a date.

    Raises
    ------
    InferenceError
        There is none, or there is no other: the same question twice would be one trial more.
    """
    return _part(returns, returns.index < cut, f"before {cut.date()}")


def since(returns: pd.Series, cut: pd.Timestamp = PUBLIC_SINCE) -> pd.Series:
    """The returns from a date on; raises as `before`."""
    return _part(returns, returns.index >= cut, f"from {cut.date()}")


def _part(returns: pd.Series, inside: np.ndarray, words: str) -> pd.Series:
    if not inside.any():
        raise InferenceError(f"no return {words}: the sample runs from {returns.index[0].date()}")
    if inside.all():
        raise InferenceError(f"every return lies {words}: the whole sample has been asked already")
    return returns[inside]
