"""The page of every estimator, made from the registry and the table of false alarms."""

from __future__ import annotations

from active_edge.inference.estimator_list import estimators
from active_edge.inference.false_alarms import rates_at
from active_edge.inference.registry import Estimator
from active_edge.words import percent

LENGTH = 240
INTRODUCTION = """# Estimators

Made from the registry (`inference/registry.py`) by `scripts/run scripts/docs.py`. None can be registered without all of
it: a source (formula and reference stand in the docstring), a test in `tests/inference` that reproduces a published or
hand-worked number with it, the samples it refuses, and its measured false alarms at a nominal 5 % on simulated markets
without an edge ([calibration.md](calibration.md)), or why none apply. What they can carry is in [method.md](method.md).
"""


def estimator_reference() -> str:
    """Return the content of docs/estimators.md."""
    rows = "\n".join(_row(one) for one in estimators().values())
    head = "| estimator | source | held to a number by | refuses | false alarms |\n|---|---|---|---|---|\n"
    return f"{INTRODUCTION}\n{head}{rows}\n"


def _row(one: Estimator) -> str:
    home = one.function.__module__.rpartition(".")[2]
    module, _, claim = one.published.partition("::test_")
    held, refused = f"{claim.replace('_', ' ')} (`{module}`)", ", ".join(one.bad_samples)
    return f"| `{home}.{one.name}` | {one.source} | {held} | {refused} | {_rate(one)} |"


def _rate(one: Estimator) -> str:
    if not one.calibrated:
        return one.uncalibrated
    rate = rates_at(LENGTH)[one.calibrated]
    return f"{percent(rate.rate)} of {rate.markets:,} at {rate.months} months (`{one.calibrated}`)"
