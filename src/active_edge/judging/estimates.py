"""What return series alone say: the alphas and the deflated Sharpe ratio that a verdict rests on."""

from __future__ import annotations

import contextlib
import math

from active_edge.errors import InferenceError
from active_edge.inference.alpha import factor_alpha
from active_edge.inference.comparison import benchmark_comparison
from active_edge.inference.evidence import Evidence
from active_edge.inference.sharpe import deflated_sharpe
from active_edge.judging.samples import Samples
from active_edge.ledger import Tally
from active_edge.sessions import SESSIONS_A_YEAR

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
        months=samples.months.calendar_months,
        factors=None if samples.priced is None else factor_alpha(samples.priced),
        deflated_sharpe=_deflated(samples, tally),
        untestable=samples.untestable,
    )


def information_ratio(samples: Samples) -> float | None:
    """Mean over standard deviation, a month, of the return beyond the yardstick's beta, per session: what the ledger
    keeps.

    None where it cannot be computed. `ledger.RATIO` names what this measures: who changes it changes the name.
    """
    if samples.yardstick is None:
        return None
    returns = samples.held.hedged().returns
    spread = float(returns.std(ddof=1))
    if not spread > 0:
        return None
    return float(returns.mean()) / spread * math.sqrt(samples.held.periods_per_year / SESSIONS_A_YEAR)


def ratio_variance(tally: Tally, periods_per_year: float) -> float | None:
    """Variance of the trials' information ratios a period; None, for the documented fallback, of a few."""
    if tally.ratio_variance is None or tally.ratios < LEAST_RATIOS:
        return None
    return tally.ratio_variance * SESSIONS_A_YEAR / periods_per_year


def _deflated(samples: Samples, tally: Tally) -> float | None:
    if samples.yardstick is None:
        return None
    with contextlib.suppress(InferenceError):
        hedged = samples.held.hedged()
        variance = ratio_variance(tally, hedged.periods_per_year)
        return deflated_sharpe(hedged, trials=tally.trials, sharpe_variance=variance).probability
    return None
