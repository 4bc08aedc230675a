"""What to believe of an edge once scepticism is said aloud: a named normal prior, a Student likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_finite
from active_edge.inference.registry import estimator

GRID = 4001
REACH = 10.0
"""Prior deviations the grid spans on each side."""
WORTH_HAVING = 0.005
"""Annual edge whose probability is told."""


@dataclass(frozen=True)
class Prior:
    """What is believed of a net annual edge before the data: normal, decimals a year."""

    name: str
    mean: float
    deviation: float


SCEPTIC, DEFAULT, OPEN = Prior("sceptic", 0.0, 0.005), Prior("default", 0.0, 0.01), Prior("open", 0.0, 0.02)
PRIORS = {prior.name: prior for prior in (SCEPTIC, DEFAULT, OPEN)}
"""Default: 0 ± 1 % a year. Published predictors lose 58 % after publication (McLean & Pontiff 2016), bank strategies
a median 73 % of their backtest's Sharpe ratio live (Suhonen, Lennkh & Perez 2017), few funds earn their costs (Fama &
French 2010)."""
DECAY = 0.42
"""Share of what was believed of a backtest that is expected to live on: published predictors lose 58 % after
publication (McLean & Pontiff 2016)."""


@dataclass(frozen=True)
class Belief:
    """The posterior of an annual edge; decimals a year.

    Attributes
    ----------
    interval : 80 %.
    probability, probability_before : of more than 0.5 % a year, after the data and before.
    bayes_factor : how much better the data are predicted by the prior than by an edge of exactly zero.
    """

    prior: Prior
    mean: float
    deviation: float
    interval: tuple[float, float]
    probability: float
    probability_before: float
    bayes_factor: float


def decay_prior(believed: float, *, share: float = DECAY, deviation: float = DEFAULT.deviation) -> Prior:
    """What is believed beforehand of live months: `share` of the backtest's posterior mean, by default ± 1 % a year.

    Parameters
    ----------
    believed : `Belief.mean` of the backtest, shrunken already; annual, decimal.

    For months after the backtest alone: on the backtest's own it would count them twice.
    """
    return Prior("decay", share * believed, deviation)


@estimator(
    source="Lindley & Smith (1972); Student's likelihood on a normal prior",
    published="test_second_edition::test_the_reference_posteriors_are_reproduced",
    bad_samples=("error that is not above 0",),
    uncalibrated="its 80 % intervals cover 77 to 82 % of edges drawn from the prior; it rejects nothing",
)
def believe(alpha: float, error: float, degrees: float, prior: Prior = DEFAULT) -> Belief:
    """The sceptical posterior of an edge.

    Parameters
    ----------
    alpha, error
        Annual estimate and standard error, decimals; the larger of the cosine and the classical error, for the former
        alone is too sure at small ν.
    degrees
        Of the Student likelihood.
    prior
        Named on every page that prints the result.

    θ ~ N(m, s²), likelihood t_ν((a − θ)/σ)/σ on a grid of 4,001 points m ± 10 s. A normal likelihood would be too
    sure: its 80 % intervals cover 72 to 78 %.

    Raises
    ------
    InferenceError
        An error, degrees or a prior deviation that is not above 0.
    """
    check_finite(np.array([alpha, error, degrees, prior.mean, prior.deviation]), "belief")
    for name, value in (("error", error), ("degrees", degrees), ("prior deviation", prior.deviation)):
        if value <= 0.0:
            raise InferenceError(f"belief: {name} is {value:g}, it must be above 0")
    theta = prior.mean + prior.deviation * np.linspace(-REACH, REACH, GRID)
    before = np.exp(-0.5 * ((theta - prior.mean) / prior.deviation) ** 2)
    weight = before * _student((alpha - theta) / error, degrees)
    evidence = float(weight.sum() / before.sum())
    weight /= weight.sum()
    mean = float(weight @ theta)
    cumulative = np.cumsum(weight) - 0.5 * weight
    low, high = np.interp([0.1, 0.9], cumulative, theta)
    return Belief(
        prior=prior,
        mean=mean,
        deviation=math.sqrt(float(weight @ (theta - mean) ** 2)),
        interval=(float(low), float(high)),
        probability=1.0 - float(np.interp(WORTH_HAVING, theta, cumulative)),
        probability_before=0.5 * math.erfc((WORTH_HAVING - prior.mean) / prior.deviation / math.sqrt(2.0)),
        bayes_factor=evidence / float(_student(np.array([alpha / error]), degrees)[0]),
    )


def _student(t: np.ndarray, degrees: float) -> np.ndarray:
    """Student's density."""
    from scipy.special import gammaln

    scale = math.exp(gammaln((degrees + 1.0) / 2.0) - gammaln(degrees / 2.0)) / math.sqrt(degrees * math.pi)
    return scale * (1.0 + t**2 / degrees) ** (-(degrees + 1.0) / 2.0)
