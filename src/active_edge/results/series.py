"""What a page draws of returns: growth, falls, the gap to each benchmark, calendar years, subperiods."""

from __future__ import annotations

import contextlib

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import mean_return
from active_edge.inference.performance import calendar_years, drawdowns
from active_edge.inference.subperiods import alpha_change, usual_subperiods
from active_edge.judging.samples import Samples

CASH = "RF"
"""Name of the column of cash returns beside those of a run and its benchmarks."""
Z95 = 1.959963984540054


def with_cash(returns: pd.DataFrame, samples: Samples) -> pd.DataFrame:
    """The returns with those of cash as a last column, where they are judged over cash."""
    own = samples.own
    return returns if own is None or own.cash is None else returns.assign(**{CASH: own.cash})


def growth_of(returns: pd.DataFrame, base: pd.Timestamp) -> pd.DataFrame:
    """(n + 1, k) value of 1 invested at the close of `base`, column by column."""
    start = pd.DataFrame(1.0, index=pd.DatetimeIndex([base]), columns=returns.columns)
    return pd.concat([start, (1.0 + returns).cumprod()]).rename_axis("session")


def drawdown_of(returns: pd.DataFrame) -> pd.DataFrame:
    """(n, k) fall from the highest value so far, <= 0."""
    return pd.DataFrame({name: drawdowns(returns[name]) for name in returns.columns}, index=returns.index)


def gap_of(
    samples: Samples, growth: pd.DataFrame
) -> tuple[pd.DataFrame | None, pd.DataFrame | None, pd.DataFrame | None]:
    """Growth of column net over each benchmark's, and the 95 % range of that were the expected active return zero.

    The range is that of a random walk with the standard error of the monthly active return, drift 0.
    """
    names = list(samples.on)
    if not names or samples.own is None:
        return None, None, None
    periods_per_year = samples.own.periods_per_year
    active = pd.DataFrame({name: growth["net"] / growth[name] - 1.0 for name in names})
    spread = {}
    for name, sample in samples.on.items():
        years = np.arange(len(active)) / periods_per_year
        mean = mean_return(sample.active())
        spread[name] = Z95 * mean.se_annual * np.sqrt(mean.years) * np.sqrt(years)
    band = pd.DataFrame(spread, index=active.index)
    return active, np.expm1(-band), np.expm1(band)


def years_of(returns: pd.DataFrame, base: pd.Timestamp | None, *, over: bool) -> pd.DataFrame | None:
    """Returns by calendar year, column net less each benchmark, and whether the returns cover the whole year.

    Parameters
    ----------
    base : day whose close the first return starts from.
    over : whether the last year is over with the last return.
    """
    if not len(returns):
        return None
    years = calendar_years(returns)
    for name in returns.columns.drop("net"):
        years[f"active {name}"] = years["net"] - years[name]
    complete = np.ones(len(years), dtype=bool)
    complete[0] = bool(base is not None and (base.year < years.index[0]))
    complete[-1] &= over
    years["complete"] = complete
    return years


def subperiods_of(samples: Samples) -> pd.DataFrame | None:
    """Alpha of the usual subperiods on each benchmark, of those that can carry one, and by how much it changed.

    A change is the alpha of a later part less that of the earlier one, beta free to change too; it has no smallest
    edge visible.
    """
    rows = []
    for benchmark, sample in samples.on.items():
        parts = usual_subperiods(sample)
        rows += [
            _part(label, part.start, part.end, benchmark, part.alpha.alpha_annual, part.alpha.ci)
            | {"mde_annual": part.alpha.detectable()}
            for label, part in parts.items()
            if part.alpha is not None
        ]
        for earlier, later in zip(list(parts)[::2], list(parts)[1::2], strict=True):
            with contextlib.suppress(InferenceError):
                found = alpha_change(sample, cut=parts[later].start)
                start, end = parts[earlier].start, parts[later].end
                rows.append(_part(f"{later} less {earlier}", start, end, benchmark, found.annual, found.ci))
    return pd.DataFrame(rows) if rows else None


def _part(
    name: str, start: pd.Timestamp, end: pd.Timestamp, benchmark: str, annual: float, ci: tuple[float, float]
) -> dict[str, object]:
    return {
        "name": name,
        "start": start,
        "end": end,
        "benchmark": benchmark,
        "alpha_annual": annual,
        "lower": ci[0],
        "upper": ci[1],
        "mde_annual": np.nan,
    }
