"""Evidence that may be looked at every month: e-values of months that begin after a strategy was sealed.

An e-value is what a stake of 1 has grown to in a game that is fair where there is no edge. By Ville's inequality it
ever reaches 20 with a probability of at most 5 %, however often one looks. The game here is the Bayes factor of
alpha / σ ~ half-normal(0, 1/φ) against alpha <= 0 with flat beta and 1/σ (right-Haar), so neither has to be known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import RELATIVE_ZERO, check_finite
from active_edge.inference.registry import BAD_BENCHMARK, BAD_SERIES, estimator
from active_edge.inference.regression import cosine_terms, least_squares
from active_edge.inference.sample import Sample

PHI = 48.0
"""Months: information ratios are half-normal with a deviation of √(12/48) = 0.5 a year."""
CLAIM = 20.0
"""E-value at which something is claimed: wrongly at most 1 time in 20, over all looks."""
EXCLUDED_EDGES = (0.04, 0.02)
"""Annual edges above which evidence against is told; the first is where hope is given up by default."""
FIRST_LOOK, FIRST_LOOK_FACTORS = 12, 24
"""Months before the first e-value on a benchmark and on factors; it is 1 before. Crossing 20 takes about thirty."""
MEASURED = "0.9 to 4.6 % in ten worlds of twenty years looked at every month (docs/tracking.md); the bound is 5 %"


class Fit(NamedTuple):
    """The alpha of the months so far, a month: what an e-value is made of."""

    alpha: float
    classical: float
    cosine: float
    information: float
    degrees: int

    def t(self, edge: float | None = None) -> tuple[float, float]:
        """t for an edge above zero, or for one below `edge` a month; and deflated, where it is above zero and the
        cosine error is the larger one."""
        t = (self.alpha if edge is None else edge - self.alpha) / self.classical
        return t, t * min(1.0, self.classical / self.cosine) if t > 0.0 else t


@dataclass(frozen=True, eq=False)
class TrackedEvidence:
    """Evidence after each month; the last entry is today's.

    Attributes
    ----------
    e : (n_months,) for an edge above zero; 1 before the first look.
    against : annual edge -> (n_months,) against an edge above it.
    upper : annual edge above which all are excluded, whenever one looks; infinite while none is.
    t, t_deflated, information : of the last month; NaN before the first look.
    alpha_annual : estimate of the last month; NaN before the first look.
    """

    e: np.ndarray
    against: Mapping[float, np.ndarray]
    upper: float
    t: float
    t_deflated: float
    information: float
    alpha_annual: float


def e_value(t: float, information: float, degrees: float, *, phi: float = PHI) -> float:
    """One-sided e-value of a t statistic: 2 · E₂ · F_{ν+1}(t √(h(ν+1)) / √((h+φ)(ν + r t²))) with r = φ/(φ+h).

    Source: Pérez-Ortiz, Lardy, de Heide & Grünwald (2024), Annals of Statistics 52(4), 1410, doi:10.1214/24-AOS2394.
    """
    from scipy.special import stdtr

    r = phi / (phi + information)
    place = t * math.sqrt(information * (degrees + 1.0)) / math.sqrt((information + phi) * (degrees + r * t * t))
    return 2.0 * two_sided_e_value(t, information, degrees, phi=phi) * float(stdtr(degrees + 1.0, place))


def two_sided_e_value(t: float, information: float, degrees: float, *, phi: float = PHI) -> float:
    """E₂ = √r · [(1 + t²/ν) / (1 + r t²/ν)]^((ν+1)/2) with r = φ/(φ+h). Source: Lindon et al., arXiv:2210.08589."""
    r = phi / (phi + information)
    growth = math.log1p(t * t / degrees) - math.log1p(r * t * t / degrees)
    return math.exp(0.5 * math.log(r) + 0.5 * (degrees + 1.0) * growth)


@estimator(
    source="Pérez-Ortiz, Lardy, de Heide & Grünwald (2024)",
    published="test_tracking::test_the_reference_track_is_reproduced",
    bad_samples=(*BAD_SERIES, *BAD_BENCHMARK),
    uncalibrated=MEASURED,
)
def track_evidence(
    sample: Sample, *, edges: Sequence[float] = EXCLUDED_EDGES, phi: float = PHI, first_look: int | None = None
) -> TrackedEvidence:
    """The e-value after every month, on the sample's factors, else on its benchmark.

    Beta is estimated on these months alone, for the backtest's would bring its own luck along; the constant of that
    regression is the alpha. Where the cosine error is larger than the classical one, t is lowered by their ratio: an
    e-value grows with t, so what is left never exceeds the exact one.

    Parameters
    ----------
    sample
        Monthly returns of months that all begin after the seal, without a hole.
    edges
        Annual edges, decimals, against which evidence is told.
    first_look
        Months before the first e-value; default `FIRST_LOOK`, on factors `FIRST_LOOK_FACTORS`.

    Assumes a stable beta: one that reverts to its mean does no harm, one that trends with the market is not covered.

    Source: e-value as `e_value`; errors as `LeastSquares.cosine_errors`; exclusion is the same e-value of the months
    mirrored about the edge.

    Raises
    ------
    InferenceError
        A sample with neither benchmark nor factors.
    """
    on_factors = sample.factors is not None
    regressors = sample.priced if on_factors else sample.passive[:, None]
    start = first_look or (FIRST_LOOK_FACTORS if on_factors else FIRST_LOOK)
    e, against = np.ones(sample.n), {edge: np.ones(sample.n) for edge in edges}
    fit = None
    for months in range(start, sample.n + 1):
        fit = _fit(sample.excess[:months], regressors[:months])
        if fit is None:
            continue
        e[months - 1] = e_value(fit.t()[1], fit.information, fit.degrees, phi=phi)
        for edge, found in against.items():
            found[months - 1] = _against(fit, edge / sample.periods_per_year, phi)
    if fit is None:
        return TrackedEvidence(e, against, math.inf, math.nan, math.nan, math.nan, math.nan)
    upper = _upper(fit, phi) * sample.periods_per_year
    return TrackedEvidence(e, against, upper, *fit.t(), fit.information, fit.alpha * sample.periods_per_year)


@estimator(
    source="Vovk & Wang (2021)",
    published="test_tracking::test_old_p_and_new_months_follow_the_worked_example",
    bad_samples=("p above one", "no trial", "e-value below zero"),
    uncalibrated="a bound by calibrator and Ville's inequality; claims at 20 in under 1 % of backtests of luck",
)
def combined_evidence(p: float, trials: float, e_new: float) -> float:
    """The frozen p of a backtest and the e-value of new months as one, valid at any look: ½ (N·p)^(−½) × e.

    N·p is at most 1. N·p / e would hold at a horizon fixed beforehand alone: looked at monthly it errs 10 %.

    Source: calibrator κ p^(κ−1) with κ = ½, Vovk & Wang (2021), Annals of Statistics 49, 1736,
    doi:10.1214/20-AOS2020.
    """
    check_finite(np.array([p, trials]), "combined evidence")
    if not 0.0 < p <= 1.0 or trials < 1.0 or not e_new >= 0.0:
        raise InferenceError(
            f"combined evidence: p {p:g} must be above 0 and at most 1, trials {trials:g} at least 1, e {e_new:g} at "
            "least 0"
        )
    return 0.5 / math.sqrt(min(1.0, trials * p)) * e_new


def _against(fit: Fit, edge: float, phi: float) -> float:
    return e_value(fit.t(edge)[1], fit.information, fit.degrees, phi=phi)


def _upper(fit: Fit, phi: float) -> float:
    """Monthly edge at which the evidence against reaches `CLAIM`."""
    from scipy.optimize import brentq

    def beyond(edge: float) -> float:
        return math.log(max(_against(fit, edge, phi), 1e-300)) - math.log(CLAIM)

    # The e-value of a t without bound is itself bounded: few months exclude nothing, whatever they say.
    low, high = fit.alpha, fit.alpha + 1e4 * fit.classical
    return float(brentq(beyond, low, high)) if beyond(high) > 0.0 else math.inf


def _fit(excess: np.ndarray, regressors: np.ndarray) -> Fit | None:
    """The regression of the months so far; None while nothing moves that it could be held against."""
    n, k = len(excess), regressors.shape[1] + 1
    moving = partial(np.std, axis=0)
    if n <= k + 1 or (moving(regressors) <= RELATIVE_ZERO).any():
        return None
    found = least_squares(excess[:, None], np.column_stack([np.ones(n), regressors]))
    if float(found.residuals.std()) <= RELATIVE_ZERO * max(float(excess.std()), np.finfo(float).tiny):
        return None
    return Fit(
        alpha=float(found.coefficients[0, 0]),
        classical=float(found.classical_errors(of=1)[0, 0]),
        cosine=float(found.cosine_errors(cosine_terms(n), of=1)[0, 0]),
        information=1.0 / float(found.inverse[0, 0]),
        degrees=n - k,
    )
