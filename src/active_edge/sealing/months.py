"""The months of a sealed strategy on today's data: the same run, longer, cut at the first month that began after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.judging.market_samples import factor_table, market_samples
from active_edge.judging.samples import FACTOR_SERIES
from active_edge.market import Market
from active_edge.panel import Panels
from active_edge.results.batch import backtest_on
from active_edge.results.recorded import recorded_strategy
from active_edge.run.backtest import Result
from active_edge.run_record import TriedRecord
from active_edge.sealing.charge import looked
from active_edge.sealing.make import samples_until
from active_edge.sealing.seal import Seal, SealedStrategy
from active_edge.sealing.told import Values
from active_edge.words import listed, noun_of

FACTOR = "factor "
PRICED_SHARE = 0.5
"""A month on fewer of whose sessions anything has a price is a hole in the data."""
LAST_DAYS = 5
"""Sessions at the end of a month of which at least one must have a price, and a level of each benchmark."""


@dataclass(frozen=True)
class NewMonths:
    """What today's data say of a sealed strategy.

    Attributes
    ----------
    returns : month -> returns; complete months after the seal up to the first hole, in order.
    stopped : why no later month counts; empty where the data simply end.
    p : what the backtest's p would be on today's history; None where it has no test.
    notes : what else is to be said.
    """

    returns: Mapping[str, Values]
    stopped: str
    p: float | None
    notes: tuple[str, ...] = ()


def new_months(seal: Seal, sealed: SealedStrategy, market: Market, panels: Panels, *, where: str) -> NewMonths:
    """The months of one sealed strategy; its plug-ins must be registered.

    Raises
    ------
    MissingInput : the market lacks what the strategy needs, or ends before the data the seal has seen.
    ConfigError : this program does not read its rules any more.
    """
    last, short = _reach(market, sealed)
    tried = TriedRecord(
        run=sealed.name,
        strategy=sealed.strategy,
        screen=sealed.screen,
        start=sealed.start,
        end=str(last.date()),
    )
    result = backtest_on(panels, recorded_strategy(tried, where), market, sealed.start, str(last.date()))
    # With the day itself as the end, the last month before the seal is as complete as it was then.
    history = looked(samples_until(result, pd.Timestamp(seal.market.last_session)))[0]
    returns, stopped = _after(seal, sealed, result)
    return NewMonths(returns, stopped or short, history)


def _reach(market: Market, sealed: SealedStrategy) -> tuple[pd.Timestamp, str]:
    """The last session that all benchmarks reach, and which of them ends before the market."""
    ends = {}
    for name in sealed.benchmarks:
        if name not in market.series_names:
            raise MissingInput(
                f"{sealed.name}: the market has no series {name}, which it was sealed against; an edge is shown on "
                "every benchmark of the seal, so none can be left out"
            )
        ends[name] = market.series(name).index[-1]
    last = min(market.sessions[-1], *ends.values())
    last = market.sessions[market.sessions <= last][-1]
    late = [name for name, end in ends.items() if end < market.sessions[-1]]
    verb = noun_of(len(late), "ends", "end")
    short = f"{listed(late)} {verb} on {last.date()}, the prices on {market.sessions[-1].date()}" if late else ""
    return last, short


def _after(seal: Seal, sealed: SealedStrategy, result: Result) -> tuple[dict[str, Values], str]:
    """Returns by month of all complete months after the seal, up to the first hole, and what the hole is."""
    market = result.market
    begin = pd.Timestamp(seal.first_month)
    if result.base is None:
        return {}, "it has held nothing yet"
    before = market.sessions[market.sessions < begin]
    base = max(before[-1], result.base)
    returns = result.returns.loc[result.returns.index > base]
    if len(returns) < 2:
        return {}, ""
    samples = market_samples(market, returns, base, sealed.benchmarks, factors=False)
    months = samples.months
    if samples.own is None or not months.n:
        return {}, ""
    columns = {"net": months.compound(returns.to_numpy())}
    if samples.own.cash is not None:
        columns["cash"] = months.compound(samples.own.cash)
    lacking = [name for name in sealed.benchmarks if name not in samples.benchmarks]
    if lacking:
        raise MissingInput(f"{sealed.name}: {'; '.join(samples.untestable.get(name, name) for name in lacking)}")
    columns |= {name: months.compound(samples.benchmarks[name].to_numpy()) for name in sealed.benchmarks}
    names = [name for name in sealed.factors if name in FACTOR_SERIES]
    factors = factor_table(market, names) if names else None
    table = pd.DataFrame(columns, index=months.dates)
    if factors is not None:
        table = table.join(months.of_table(factors, returns.index).add_prefix(FACTOR))
    hole, why = _first_hole(market, sealed, months.dates)
    rows = table.iloc[:hole]
    return {
        f"{day:%Y-%m}": {str(name): float(value) for name, value in row.items() if np.isfinite(value)}
        for day, row in rows.iterrows()
    }, why


def _first_hole(market: Market, sealed: SealedStrategy, ends: pd.DatetimeIndex) -> tuple[int, str]:
    """How many months from the first on are whole in the data, and what the next one lacks."""
    levels = {name: market.series(name).dropna().index for name in sealed.benchmarks}
    for place, end in enumerate(ends):
        rows = slice(*market.sessions.searchsorted([end.replace(day=1), end + pd.Timedelta(days=1)]))
        last = market.sessions[rows][-LAST_DAYS:]
        month = f"{end:%Y-%m}"
        priced = np.isfinite(market.prices.close[rows]).any(axis=1)
        if (market.spacing == "daily" and priced.mean() < PRICED_SHARE) or not priced[-LAST_DAYS:].any():
            return place, f"{month} is a hole: nothing has a price on most of its sessions; no later month counts"
        empty = [name for name, dates in levels.items() if not ((dates > last[0]) & (dates <= end)).any()]
        if empty:
            verb = noun_of(len(empty), "has", "have")
            return place, f"{month} is a hole: {listed(empty)} {verb} no level at its end; no later month counts"
    return len(ends), ""
