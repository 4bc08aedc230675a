"""How often a test finds an edge of a given size."""

from __future__ import annotations

import math

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_share


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
