"""What return series alone say: the alphas and the deflated Sharpe ratio that a verdict rests on."""

from __future__ import annotations

import contextlib

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.comparison import benchmark_comparison
from active_edge.inference.regression import AlphaEstimate, factor_alpha, hac_alpha
from active_edge.inference.sample import Sample
from active_edge.inference.sharpe import deflated_sharpe
from active_edge.inference.verdict import Evidence
from active_edge.judging.samples import Samples
from active_edge.ledger import Tally

LEAST_RATIOS = 10
"""Trials in the ledger from which the variance of their ratios is taken from them: two alike would have none."""


def evidence_of(samples: Samples, tally: Tally) -> Evidence:
    """The evidence of returns on every benchmark and on the factors, charged for all trials of the tally.

    Parameters
    ----------
    tally : what the ledger says of all trials on this data, this one included.
    """
    return Evidence(
        benchmarks={
            name: benchmark_comparison(sample, benchmark_is_total_return=True) for name, sample in samples.on.items()
        },
        trials=tally.trials,
        factors=alpha_on_factors(samples.own, samples.factors),
        deflated_sharpe=_deflated(samples, tally),
        untestable=samples.untestable,
    )


def alpha_on_factors(own: Sample | None, factors: pd.DataFrame | None) -> AlphaEstimate | None:
    """The alpha over the dates that all factors reach; None without factors, and where they cannot carry one.

    Parameters
    ----------
    factors : (m, k) factor returns a period; NaN before, after or inside their span.
    """
    if own is None or factors is None:
        return None
    table = factors.reindex(own.dates)
    covered = np.flatnonzero(table.notna().all(axis=1))
    if not len(covered):
        return None
    rows = slice(int(covered[0]), int(covered[-1]) + 1)
    with contextlib.suppress(InferenceError):
        return factor_alpha(own.part(rows), table.iloc[rows])
    return None


def beyond_beta(sample: Sample) -> Sample:
    """Returns minus the fitted beta times the benchmark: residual plus intercept of the alpha regression."""
    plain = Sample.of(sample.series, periods_per_year=sample.periods_per_year).against(sample.benchmark_series)
    returns = sample.series - hac_alpha(plain).beta * sample.benchmark_series
    return Sample.of(returns, periods_per_year=sample.periods_per_year)


def information_ratio(samples: Samples) -> float | None:
    """Mean over standard deviation, per period, of the return beyond the yardstick's beta; what the ledger keeps.

    None where it cannot be computed.
    """
    if samples.yardstick is None:
        return None
    returns = beyond_beta(samples.held).returns
    spread = float(returns.std(ddof=1))
    return float(returns.mean()) / spread if spread > 0 else None


def ratio_variance(tally: Tally) -> float | None:
    """Variance of the trials' information ratios; None for the documented fallback, where a few say nothing of it."""
    ratios = tally.information_ratios
    return float(ratios.var(ddof=1)) if len(ratios) >= LEAST_RATIOS else None


def _deflated(samples: Samples, tally: Tally) -> float | None:
    if samples.yardstick is None:
        return None
    with contextlib.suppress(InferenceError):
        beyond = beyond_beta(samples.held)
        return deflated_sharpe(beyond, trials=tally.trials, sharpe_variance=ratio_variance(tally)).probability
    return None
