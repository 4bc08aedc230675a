"""What an investor keeps once a manager charges: fees taken from monthly returns."""

from __future__ import annotations

import numpy as np

from active_edge.errors import InferenceError
from active_edge.inference.checks import check_finite
from active_edge.inference.registry import BAD_BENCHMARK, BAD_SERIES, estimator
from active_edge.inference.sample import Sample


@estimator(
    source="worked by hand",
    published="test_second_edition::test_fees_of_two_years_worked_by_hand",
    bad_samples=(*BAD_SERIES, *BAD_BENCHMARK),
    uncalibrated="it rejects nothing; the alpha of what is left is tested as any other",
)
def after_fees(sample: Sample, *, management: float, performance: float) -> Sample:
    """The sample with the fees of a manager taken from its returns.

    Parameters
    ----------
    sample
        Returns against a benchmark.
    management
        Decimal a year, taken in equal parts every period.
    performance
        Share of what each calendar year's return, after the management fee, exceeds the benchmark's by; taken with the
        year's last return, and with the sample's. A year below the benchmark gives nothing back and is not carried on.

    Raises
    ------
    InferenceError
        A sample without a benchmark, a fee that is negative, a performance share above 1.
    """
    check_finite(np.array([management, performance]), "fee")
    if management < 0.0 or not 0.0 <= performance <= 1.0:
        raise InferenceError(
            f"fee: management {management:g} must be at least 0 and performance {performance:g} in 0 to 1; decimals"
        )
    left = (1.0 + sample.returns) * (1.0 - management / sample.periods_per_year)
    other = 1.0 + sample.benchmark_series.to_numpy()
    years = sample.dates.year.to_numpy()
    for year in np.unique(years):
        rows = np.flatnonzero(years == year)
        earned, passive = float(np.prod(left[rows])), float(np.prod(other[rows]))
        if earned > passive:
            left[rows[-1]] *= 1.0 - performance * (earned - passive) / earned
    return sample.with_returns(left - 1.0)
