"""The headline of invented stats, as stats.json holds it."""

from typing import Any


def headline(yardstick: str = "IWM", alpha: float = 0.0164, se: float = 0.0125, **more: Any) -> dict[str, Any]:
    """A headline around an alpha and its error."""
    around = [round(alpha - 2 * se, 9), round(alpha + 2 * se, 9)]
    return {
        "yardstick": yardstick,
        "alpha_annual": alpha,
        "alpha_ci": around,
        "excluded_above": round(alpha + 1.75 * se, 9),
        "belief": {
            "prior": "default",
            "prior_mean": 0.0,
            "prior_deviation": 0.01,
            "mean": 0.006,
            "deviation": 0.008,
            "interval": [-0.004, 0.016],
            "probability": 0.54,
            "probability_before": 0.31,
            "bayes_factor": 1.2,
        },
        "visible": round(3 * se, 9),
        "management": 0.0,
        "performance": 0.0,
        "alpha_after_fee": alpha,
        "alpha_after_fee_ci": around,
        "break_even_fee": alpha if alpha > 0 else None,
    } | more
