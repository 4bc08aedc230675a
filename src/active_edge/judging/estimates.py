"""What return series alone say: the alphas and the deflated Sharpe ratio that a verdict rests on."""

from __future__ import annotations

import contextlib
import math

import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate, benchmark_alpha, factor_alpha
from active_edge.inference.comparison import benchmark_comparison
from active_edge.inference.evidence import Evidence, Thresholds
from active_edge.inference.sample import Sample
from active_edge.inference.sharpe import deflated_sharpe
from active_edge.judging.samples import Samples
from active_edge.ledger import Look, Tally
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.stored import stable

FACTORS = "factors"
"""What the ledger calls the alpha on factors among the tests on benchmarks."""
TWINS = "twins"
"""What it calls the alpha over random twins."""
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
        deflated_sharpe=_deflated(samples, tally),
        untestable=samples.untestable,
        factors=None if samples.priced is None else factor_alpha(samples.priced),
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


def looks_of(samples: Samples, bounds: Thresholds) -> dict[str, Look]:
    """Test -> one-sided p and months, of every alpha that a word can rest on; empty where the months are too few.

    A test is a benchmark's name or `FACTORS`. These are frozen when a trial is first looked at.
    """
    if not enough_months(samples, bounds):
        return {}
    factors = None if samples.priced is None else factor_alpha(samples.priced)
    looks = {name: _look(benchmark_alpha(sample), sample) for name, sample in samples.on.items()}
    if factors is not None and samples.priced is not None:
        looks[FACTORS] = _look(factors, samples.priced)
    return looks


def twins_look(twins: AlphaEstimate | None, samples: Samples, bounds: Thresholds) -> dict[str, Look]:
    """The same of the alpha over random twins, which are drawn after the trial was written; empty without them."""
    if twins is None or not enough_months(samples, bounds):
        return {}
    return {TWINS: Look(stable(twins.p_one_sided), twins_span(samples))}


def twins_span(samples: Samples) -> tuple[str, str]:
    """First and last month that twins are told over: those that the factors reach, where there are any."""
    return _span((samples.months if samples.priced is None else samples.priced).dates)


def enough_months(samples: Samples, bounds: Thresholds) -> bool:
    """Whether a word can be said."""
    needed = bounds.months if samples.priced is None else bounds.months_with_factors
    return samples.months.calendar_months >= needed


def _look(alpha: AlphaEstimate, sample: Sample) -> Look:
    return Look(stable(alpha.p_one_sided), _span(sample.dates))


def _span(dates: pd.DatetimeIndex) -> tuple[str, str]:
    return f"{dates[0]:%Y-%m}", f"{dates[-1]:%Y-%m}"


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
