"""What return series alone say: the alphas and the deflated Sharpe ratio that a verdict rests on."""

from __future__ import annotations

import contextlib

from active_edge.errors import InferenceError
from active_edge.inference.comparison import benchmark_comparison
from active_edge.inference.regression import factor_alpha
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
        factors=None if samples.priced is None else factor_alpha(samples.priced),
        deflated_sharpe=_deflated(samples, tally),
        untestable=samples.untestable,
    )


def information_ratio(samples: Samples) -> float | None:
    """Mean over standard deviation, per period, of the return beyond the yardstick's beta; what the ledger keeps.

    None where it cannot be computed. `ledger.RATIO` names what this measures: who changes it changes the name.
    """
    if samples.yardstick is None:
        return None
    returns = samples.held.hedged().returns
    spread = float(returns.std(ddof=1))
    return float(returns.mean()) / spread if spread > 0 else None


def ratio_variance(tally: Tally) -> float | None:
    """Variance of the trials' information ratios; None for the documented fallback, where a few say nothing of it."""
    return tally.ratio_variance if tally.ratios >= LEAST_RATIOS else None


def _deflated(samples: Samples, tally: Tally) -> float | None:
    if samples.yardstick is None:
        return None
    with contextlib.suppress(InferenceError):
        hedged = samples.held.hedged()
        return deflated_sharpe(hedged, trials=tally.trials, sharpe_variance=ratio_variance(tally)).probability
    return None
