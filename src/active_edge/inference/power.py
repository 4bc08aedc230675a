"""How small an edge a sample can see, and how long one would have to wait."""

from __future__ import annotations

import math

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_share


def detectable_multiple(*, level: float = 0.05, power: float = 0.8) -> float:
    """Return how many standard errors away an effect must lie to be detected: z_{1-level/2} + z_{power}.

    2.80 at a two-sided level of 5 % and a power of 80 %.

    Source: Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, ch. 2 (normal approximation;
    the far tail of the two-sided test, below 0.001 at these settings, is left out).
    """
    from scipy.special import ndtri

    return float(ndtri(1.0 - check_share(level, "level") / 2.0) + ndtri(check_share(power, "power")))


def mde_from_standard_error(standard_error: float, *, level: float = 0.05, power: float = 0.8) -> float:
    """Return the minimum detectable effect of an estimate with this standard error, in the error's unit.

    (z_{1-level/2} + z_{power}) · se. With independent returns se is TE / sqrt(years); the error of the very test that
    is printed has serial correlation and the beta estimate in it.

    Source: Cohen (1988); for fund alphas Dimson & Jackson (2001), High-frequency performance monitoring,
    Journal of Portfolio Management 28(1), doi:10.3905/jpm.2001.319820.
    """
    return detectable_multiple(level=level, power=power) * _positive(standard_error, "standard_error")


def years_needed(edge: float, tracking_error: float, *, level: float = 0.05, power: float = 0.8) -> float:
    """Return the years of data that make an annual edge detectable: ((z_{1-level/2} + z_{power}) · TE / edge)²."""
    _positive(tracking_error, "tracking_error")
    return (detectable_multiple(level=level, power=power) * tracking_error / _positive(abs(edge), "edge")) ** 2


def power_of_test(effect: float, standard_error: float, *, level: float = 0.05) -> float:
    """Return the chance that a two-sided test rejects when the truth is `effect`: Φ(δ−z) + Φ(−δ−z), δ = effect/se."""
    from scipy.special import ndtr, ndtri

    shift = effect / _positive(standard_error, "standard_error")
    critical = ndtri(1.0 - check_share(level, "level") / 2.0)
    return float(ndtr(shift - critical) + ndtr(-shift - critical))


def power_of_t_test(effect: float, standard_error: float, degrees: int, *, level: float = 0.05) -> float:
    """Return the chance that a two-sided test on Student's t with `degrees` rejects when the truth is `effect`.

    The noncentral t distribution with δ = effect/se; of a standard error that is an estimate itself, a forecast.
    """
    from scipy.special import nctdtr, stdtrit

    shift = effect / _positive(standard_error, "standard_error")
    critical = float(stdtrit(degrees, 1.0 - check_share(level, "level") / 2.0))

    def below(nonzero: float) -> float:
        found = float(nctdtr(degrees, nonzero, critical))
        # Far out SciPy's distribution gives no number: there everything lies above, or below.
        return (0.0 if nonzero > 0 else 1.0) if math.isnan(found) else found

    return 2.0 - below(shift) - below(-shift)


def _positive(value: float, name: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InferenceError(f"{name} is {value}, it must be a finite number above 0")
    return float(value)
