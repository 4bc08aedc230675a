"""A strategy against one benchmark: the numbers of a result's `benchmarks` entry."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate, benchmark_alpha
from active_edge.inference.performance import Capture, capture
from active_edge.inference.registry import BAD_BENCHMARK, BAD_SERIES, estimator
from active_edge.inference.sample import Sample


@dataclass(frozen=True)
class BenchmarkResult:
    """What a strategy earned beyond one benchmark, and how sure that is.

    `total_return` is the benchmark's own over the same dates. The minimum detectable effect is that of the
    alpha's own standard error at the estimate's level with 80 % power.
    """

    name: str
    total_return: float
    active_return_annual: float
    tracking_error: float
    information_ratio: float
    alpha: AlphaEstimate
    capture: Capture
    mde_annual: float

    @property
    def years(self) -> float:
        """Return the length of the sample in years."""
        return self.alpha.years


@estimator(
    source="Grinold & Kahn (1999)",
    published="test_alpha::test_a_comparison_holds_what_an_investor_earned_beyond_the_benchmark",
    bad_samples=(*BAD_SERIES, *BAD_BENCHMARK, "price index"),
    calibrated="alpha_IJR",
)
def benchmark_comparison(sample: Sample, *, benchmark_is_total_return: bool, level: float = 0.05) -> BenchmarkResult:
    """Return active return, tracking error, information ratio, alpha and captures on one benchmark.

    Parameters
    ----------
    sample
        Returns against a benchmark.
    benchmark_is_total_return
        Must be said: whether dividends are in the benchmark. False is refused.

    Active return is periods_per_year × mean(r − b); tracking error √periods_per_year × std(r − b, n − 1).

    Source: Grinold & Kahn (1999), Active Portfolio Management, ch. 5 (information ratio); alpha as `benchmark_alpha`.

    Raises
    ------
    InferenceError
        A price index as benchmark; a sample without one.
    """
    if benchmark_is_total_return is not True:
        raise InferenceError(
            f"{sample.benchmark_name} is a price index: its returns lack dividends, so a total-return portfolio beats "
            "it by construction; use a total-return series (an adjusted close)"
        )
    estimate = benchmark_alpha(sample, level=level)
    active = sample.active()
    annual = float(active.returns.mean()) * sample.periods_per_year
    tracking_error = float(active.returns.std(ddof=1)) * math.sqrt(sample.periods_per_year)
    return BenchmarkResult(
        name=sample.benchmark_name,
        total_return=float(np.prod(1.0 + sample.benchmark_series.to_numpy()) - 1.0),
        active_return_annual=annual,
        tracking_error=tracking_error,
        information_ratio=annual / tracking_error,
        alpha=estimate,
        capture=capture(sample),
        mde_annual=estimate.detectable(level=level),
    )
