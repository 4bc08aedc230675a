"""What a search costs: the edge that a variant needs, once it is charged for everything that was tried."""

from __future__ import annotations

from dataclasses import dataclass

from active_edge.inference.evidence import Thresholds
from active_edge.lab.desk import Evaluated


@dataclass(frozen=True)
class Price:
    """Trials, and the alpha a year on the yardstick that passes its two-sided test.

    Attributes
    ----------
    trials : what counts now, this variant included. sitting : variants of this sitting.
    yardstick : benchmark of the edges; None where none could be tested, as then are they.
    needed : charged for `trials`. alone : were it the only trial.
    """

    trials: int
    sitting: int
    yardstick: str | None = None
    needed: float | None = None
    alone: float | None = None


def price_of(evaluated: Evaluated, trials: int | None = None, sitting: int | None = None) -> Price:
    """The price of a variant; both edges with the standard error and degrees of freedom of its own alpha.

    Parameters
    ----------
    trials, sitting : what counts now; default when the variant was evaluated.
    """
    trials = max(1, evaluated.call.tallies[0].now) if trials is None else trials
    sitting = evaluated.sitting if sitting is None else sitting
    found = evaluated.stats.on_yardstick
    if found is None or found.alpha_se is None or found.degrees is None:
        return Price(trials, sitting)
    name = evaluated.stats.yardstick
    edges = [edge_at(found.alpha_se, found.degrees, count) for count in (trials, 1)]
    return Price(trials, sitting, name, *edges)


def edge_at(standard_error: float, degrees: int, trials: int) -> float:
    """The smallest estimate that a two-sided t-test passes after Bonferroni over `trials`."""
    from scipy.stats import t

    return float(standard_error * t.isf(Thresholds().level / 2 / trials, degrees))
