"""What following a strategy could show, told before the first month: tracks with an edge planted, and with none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_finite
from active_edge.inference.registry import estimator
from active_edge.inference.regression import cosine_terms
from active_edge.inference.tracking import CLAIM, EXCLUDED_EDGES, FIRST_LOOK, PHI

TRACKS = 1000
LONGEST_YEARS = 40
MARKS = (5, 10, 20)
"""Years whose shares are told."""
MARKET_MEAN, MARKET_DEVIATION = 0.08 / 12.0, 0.2 / math.sqrt(12.0)
TAIL_DEGREES = 5


@dataclass(frozen=True)
class Foresight:
    """How soon an edge would be recognised, and how soon one would be excluded that is not there.

    Attributes
    ----------
    edge, tracking_error : annual decimals.
    median_years : until half of the tracks with the edge are claimed; None beyond `LONGEST_YEARS`.
    recognised : years -> share of tracks with the edge that are claimed by then.
    excluded : years -> share of tracks without an edge on which one above `edge` is excluded by then.
    """

    edge: float
    tracking_error: float
    median_years: float | None
    recognised: Mapping[int, float]
    excluded: Mapping[int, float]


@estimator(
    source="Ville (1939); the e-value of track_evidence on drawn tracks",
    published="test_tracking::test_the_wait_for_a_claim_is_that_of_the_reference_table",
    bad_samples=("tracking error that is not above 0",),
    uncalibrated="a forecast of waits; it rejects nothing",
)
def foresee(
    tracking_error: float, *, edge: float = EXCLUDED_EDGES[0], claim: float = CLAIM, tracks: int = TRACKS, seed: int = 0
) -> Foresight:
    """When monthly looks would claim an edge, by drawing tracks and following the very e-value that is followed.

    Parameters
    ----------
    tracking_error, edge
        Annual decimals. Monthly errors and market are Student-5, scaled to unit deviation, independent; beta is 1.
    claim
        E-value that is a claim: 20, or 20 n for a named one of n that are sealed together.
    seed
        Of the tracks.

    Raises
    ------
    InferenceError
        A tracking error that is not above 0.
    """
    check_finite(np.array([edge, tracking_error]), "tracking error")
    if not tracking_error > 0.0:
        raise InferenceError(f"tracking error {tracking_error:g} must be above 0")
    months = 12 * LONGEST_YEARS
    planted = first_claims(*drawn_tracks(edge, tracking_error, tracks, months, seed), claim=claim)
    excess, benchmark = drawn_tracks(0.0, tracking_error, tracks, 12 * MARKS[-1], seed + 1)
    dropped = first_claims(edge / 12.0 - excess, benchmark)
    half = float(np.sort(planted)[tracks // 2])
    return Foresight(
        edge=edge,
        tracking_error=tracking_error,
        median_years=half / 12.0 if math.isfinite(half) else None,
        recognised={years: float(np.mean(planted <= 12 * years)) for years in MARKS},
        excluded={years: float(np.mean(dropped <= 12 * years)) for years in MARKS},
    )


def expected_wait(
    excess: np.ndarray,
    benchmark: np.ndarray,
    *,
    edge: float,
    tracking_error: float,
    claim: float = CLAIM,
    tracks: int = 300,
    seed: int = 0,
) -> float | None:
    """Median years from now until an edge would be claimed, were it true from now on; None beyond `LONGEST_YEARS`.

    Parameters
    ----------
    excess, benchmark
        ``(n_months,)`` what was seen; months are drawn to follow them as in `foresee`. 0 where it is claimed already.
    """
    new, market = drawn_tracks(edge, tracking_error, tracks, 12 * LONGEST_YEARS, seed)
    seen = len(excess)
    joined = [
        np.vstack([np.repeat(old[:, None], tracks, axis=1), drawn])
        for old, drawn in ((excess, new), (benchmark, market))
    ]
    half = float(np.sort(first_claims(joined[0], joined[1], claim=claim))[tracks // 2])
    return max(0.0, half - seen) / 12.0 if math.isfinite(half) else None


def drawn_tracks(
    edge: float, tracking_error: float, tracks: int, months: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """``(months, tracks)`` excess returns, and those of their benchmark."""
    rng = np.random.default_rng(seed)
    scale = math.sqrt((TAIL_DEGREES - 2) / TAIL_DEGREES)
    market = MARKET_MEAN + MARKET_DEVIATION * scale * rng.standard_t(TAIL_DEGREES, size=(months, tracks))
    noise = scale * rng.standard_t(TAIL_DEGREES, size=(months, tracks))
    return edge / 12.0 + market + tracking_error / math.sqrt(12.0) * noise, market


def first_claims(excess: np.ndarray, benchmark: np.ndarray, *, claim: float = CLAIM, phi: float = PHI) -> np.ndarray:
    """``(tracks,)`` months until the e-value, looked at every month, reaches `claim`; infinite where it never does.

    Only tracks whose e-value without deflation reaches it are looked at closely, for deflation never raises one.
    """
    reached = np.full(excess.shape[1], np.inf)
    sums = _running(excess, benchmark)
    for months in range(FIRST_LOOK, len(excess) + 1):
        t, information = sums.upto(months).classical(months)
        near = np.flatnonzero(np.isinf(reached) & (_e_values(t, information, months - 2, phi) >= 0.999 * claim))
        if len(near):
            exact = e_values_at(excess[:months, near], benchmark[:months, near], phi=phi)
            reached[near[exact >= claim]] = months
    return reached


def e_values_at(excess: np.ndarray, benchmark: np.ndarray, *, phi: float = PHI) -> np.ndarray:
    """``(tracks,)`` the last e-value of `track_evidence` for many tracks at once, on one benchmark each."""
    from scipy.fft import dct

    n = len(excess)
    mean = benchmark.mean(axis=0)
    centred = benchmark - mean
    spread = (centred**2).sum(axis=0)
    beta = (centred * excess).sum(axis=0) / spread
    residuals = excess - excess.mean(axis=0) - beta * centred
    # Weight of each month on the constant, (X G e₁)_t, and its HC2 score.
    weight = 1.0 / n - centred * mean / spread
    scores = weight * residuals / np.sqrt(1.0 - 1.0 / n - centred**2 / spread)
    # Λ_j = √(2/n) Σ s_t cos(π j (t − ½)/n) is the cosine transform of the second kind.
    cosines = 0.5 * dct(scores, type=2, axis=0)[1 : cosine_terms(n) + 1]
    robust = np.sqrt(2.0 * (cosines**2).mean(axis=0))
    t, information = _running(excess, benchmark).upto(n).classical(n)
    classical = np.sqrt((residuals**2).sum(axis=0) / (n - 2) / information)
    return _e_values(np.where(t > 0.0, t * np.minimum(1.0, classical / robust), t), information, n - 2, phi)


class _Sums(NamedTuple):
    """Sums of x, y, x², xy and y², running over months, or those of some."""

    x: np.ndarray
    y: np.ndarray
    xx: np.ndarray
    xy: np.ndarray
    yy: np.ndarray

    def upto(self, months: int) -> _Sums:
        return _Sums(*(running[months - 1] for running in self))

    def classical(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """t of the constant by classical errors, and its information, of n months."""
        sxx, sxy, syy = self.xx - self.x**2 / n, self.xy - self.x * self.y / n, self.yy - self.y**2 / n
        beta = sxy / sxx
        first = 1.0 / n + (self.x / n) ** 2 / sxx
        error = np.sqrt((syy - beta * sxy) / (n - 2) * first)
        return (self.y - beta * self.x) / n / error, 1.0 / first


def _running(excess: np.ndarray, benchmark: np.ndarray) -> _Sums:
    x, y = benchmark, excess
    return _Sums(*(np.cumsum(values, axis=0) for values in (x, y, x * x, x * y, y * y)))


def _e_values(t: np.ndarray, information: np.ndarray, degrees: int, phi: float) -> np.ndarray:
    from scipy.special import stdtr

    r = phi / (phi + information)
    growth = np.log1p(t**2 / degrees) - np.log1p(r * t**2 / degrees)
    place = t * np.sqrt(information * (degrees + 1) / ((information + phi) * (degrees + r * t**2)))
    return np.asarray(2.0 * np.exp(0.5 * np.log(r) + 0.5 * (degrees + 1) * growth) * stdtr(degrees + 1, place))
