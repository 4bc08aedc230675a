"""The samples of daily returns with the benchmarks, cash and factors of a market; those of a result among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from active_edge.errors import MissingInput
from active_edge.explaining.reasons import reasons
from active_edge.inference.evidence import SELECTION
from active_edge.judging.samples import FACTOR_SERIES, Samples, months_of, samples_of
from active_edge.market import Market
from active_edge.run.backtest import Result
from active_edge.run.passive import benchmark_returns, cash_returns
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.size_band import NO_RANK
from active_edge.words import percent


def market_samples(
    market: Market, returns: pd.Series, base: pd.Timestamp, benchmarks: Sequence[str], *, factors: bool = True
) -> Samples:
    """The samples of daily returns with a market's benchmarks, cash and factors.

    Parameters
    ----------
    base : session whose close the returns start from.
    factors : False reads none.
    """
    found, missing = {}, {}
    for name in benchmarks:
        try:
            found[name] = benchmark_returns(market, name, base, returns.index)
        except MissingInput as error:
            missing[name] = str(error)
    cash, names = cash_returns(market, returns.index), factor_names(market) if factors else ()
    table = factor_table(market, names) if names else None
    months = months_of(returns.index)
    samples = samples_of(
        returns,
        found,
        periods_per_year=SESSIONS_A_YEAR,
        months=months,
        cash=cash,
        factors=None if table is None else months.of_table(table, returns.index),
    )
    return replace(samples, untestable=missing | samples.untestable)


def result_samples(result: Result, benchmarks: Sequence[str] | None = None) -> Samples:
    """The samples of a result's net returns; of none where nothing was ever bought, which is then `untestable`.

    Parameters
    ----------
    benchmarks : series names of the market; default those of the strategy.

    Raises
    ------
    MissingInput : the market has no series of a name that was asked for; the message has the nearest.
    """
    for name in benchmarks or ():
        result.market.series(name)
    if result.base is None:
        months = months_of(result.returns.index[:0])
        nothing = samples_of(result.returns, {}, periods_per_year=SESSIONS_A_YEAR, months=months)
        return replace(nothing, untestable={SELECTION: _nobody(result)})
    names = tuple(benchmarks or result.strategy.rules.benchmarks)
    return market_samples(result.market, result.returns, result.base, names)


def factor_names(market: Market) -> tuple[str, ...]:
    """Factor series the market has, in order; () without market, size and value."""
    names = tuple(name for name in FACTOR_SERIES if name in market.series_names)
    return names if names[:3] == FACTOR_SERIES[:3] else ()


def factor_table(market: Market, names: Sequence[str]) -> pd.DataFrame | None:
    """Returns of factor series of the market, NaN where one has none; None where one is not there."""
    if not set(names) <= market.series_names:
        return None
    return pd.DataFrame({name: market.series(name) for name in names})


def _nobody(result: Result) -> str:
    candidates = int(result.targets.candidates.sum(axis=1).max())
    universe = result.decision.evaluation.universe
    index = result.strategy.screen.universe.members
    if not candidates and index is not None:
        known = ", ".join(sorted(result.market.index_names)) or "no index"
        return f"no member of {index} was known on any decision date; this market has the members of: {known}"
    if not candidates and universe.settled.cap_rank is not None and result.market.adjusted_closes:
        return f"cap_rank cannot be told: {NO_RANK}; give closes as quoted on the day, with total_return beside them"
    if not candidates and universe.size is not None and not universe.size.names.any():
        return f"nobody on any decision date is in the universe: {universe.size.said(-1)}"
    if not candidates:
        why = "; ".join(reasons(result.decision.evaluation, len(result.targets.dates) - 1))
        return f"no name was a candidate on any decision date; on the last, {why}"
    return (
        f"no name was selected on any decision date, of up to {candidates:,} candidates; strict rules need a value for "
        f"{percent(result.strategy.rules.min_coverage, 0)} of them"
    )
