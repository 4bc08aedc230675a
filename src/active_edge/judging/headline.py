"""What a reader takes away: largest edge excluded, what is believed, smallest edge visible, what a fee leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from active_edge.inference.alpha import AlphaEstimate, benchmark_alpha
from active_edge.inference.belief import DEFAULT, Belief, Prior, believe
from active_edge.inference.comparison import BenchmarkResult
from active_edge.inference.fees import after_fees
from active_edge.inference.sample import Sample
from active_edge.inference.sharpe import minimum_track_record, sharpe_moments
from active_edge.judging.samples import Samples


@dataclass(frozen=True)
class Headline:
    """The edge on the yardstick in three numbers, before and after a fee; decimals a year.

    Attributes
    ----------
    yardstick : the benchmark.
    alpha : the net alpha on it.
    excluded_above : the largest edge the data leave possible, 95 %, one-sided; not charged for other trials, as no
        bound of a portfolio for itself need be.
    belief : the sceptical posterior; on the larger of both standard errors, for the smaller is too sure.
    visible : the smallest edge the run would have seen four times in five.
    track_record_years : years of months like these after which the edge is told from none, one-sided 95 %, by one who
        looks at this portfolio alone; None where it is not above zero, for then no record is long enough.
    management, performance : the fee, decimals a year and share of what is earned beyond the yardstick.
    after_fee : the alpha of what the fee leaves.
    """

    yardstick: str
    alpha: AlphaEstimate
    excluded_above: float
    belief: Belief
    visible: float
    track_record_years: float | None
    management: float
    performance: float
    after_fee: AlphaEstimate

    @property
    def break_even_fee(self) -> float | None:
        """The yearly management fee that takes the whole alpha; None where there is none to take."""
        return self.alpha.alpha_annual if self.alpha.alpha_annual > 0 else None


def headline_of(
    samples: Samples,
    benchmarks: Mapping[str, BenchmarkResult],
    *,
    management: float = 0.0,
    performance: float = 0.0,
    prior: Prior = DEFAULT,
) -> Headline | None:
    """The headline of returns; None where no benchmark could be tested.

    Parameters
    ----------
    benchmarks : what was measured on each of the samples, the yardstick among them.
    management, performance : as `after_fees`.
    prior : of the edge.
    """
    if samples.yardstick is None:
        return None
    alpha = benchmarks[samples.yardstick].alpha
    left = alpha
    if management or performance:
        left = benchmark_alpha(after_fees(samples.held, management=management, performance=performance))
    return Headline(
        yardstick=samples.yardstick,
        alpha=alpha,
        excluded_above=alpha.excluded_above(),
        belief=believe_alpha(alpha, prior),
        visible=benchmarks[samples.yardstick].mde_annual,
        track_record_years=_track_record(samples.held),
        management=management,
        performance=performance,
        after_fee=left,
    )


def believe_alpha(alpha: AlphaEstimate, prior: Prior) -> Belief:
    """What is believed of an alpha: on the larger of its two standard errors."""
    return believe(alpha.alpha_annual, max(alpha.se_annual, alpha.se_ols_annual), alpha.degrees, prior)


def _track_record(sample: Sample) -> float | None:
    """Years until the ratio of what is earned beyond the benchmark's beta is above zero."""
    found = sharpe_moments(sample.hedged().returns)
    if not found.sharpe > 0:
        return None
    months = minimum_track_record(found.sharpe, threshold=0.0, skewness=found.skewness, kurtosis=found.kurtosis)
    return months / sample.periods_per_year
