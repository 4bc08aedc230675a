"""One row of numbers a variant, each what a single backtest and its judgement say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.inference.sample import Sample
from active_edge.judging.estimates import FACTORS
from active_edge.judging.market_samples import market_samples
from active_edge.judging.samples import Samples
from active_edge.market import Market
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.strategy import Strategy
from active_edge.sweeping.cube import Cube
from active_edge.sweeping.groups import Block

COLUMNS = (
    "months", "annual_return", "volatility", "sharpe", "max_drawdown", "gross_return", "gross_sharpe",
    "turnover", "cost_drag", "names", "coverage",
)  # fmt: skip
"""Of every variant, annual decimals; NaN where nothing was ever bought. `names` is the mean over the decisions since
something was held, `coverage` the least of the strict rules over the same dates."""
MIN_SHARE = 0.6
ALPHA = ("alpha", "lower", "upper", "t", "p")
"""Of every benchmark and of the factors: ``alpha_IWM``, its 95 % interval, t and two-sided p, not charged."""


@dataclass
class Measures:
    """Rows of some variants.

    Attributes
    ----------
    rows : one row a variant, in their order: `COLUMNS`, and `ALPHA` of each benchmark.
    months : (n_variants, n_months) float64, net return of each complete month of the run, NaN before the first one of
        a variant. daily : (n_variants, n_sessions) float32, net returns, NaN before the first measured session.
    """

    rows: pd.DataFrame
    months: np.ndarray
    daily: np.ndarray


@dataclass
class Measure:
    """Turns what variants did into numbers; what it reads of the market it reads once for each first purchase.

    Parameters
    ----------
    sessions : of the run. benchmarks : asked for; the same for every variant.
    """

    market: Market
    sessions: pd.DatetimeIndex
    benchmarks: Sequence[str]
    _samples: dict[int, Samples] = field(default_factory=dict)

    @property
    def calendar(self) -> pd.PeriodIndex:
        """Every month of the run."""
        return pd.period_range(self.sessions[0], self.sessions[-1], freq="M")

    def of(self, block: Block, strategies: Sequence[Strategy], cube: Cube) -> Measures:
        """The rows of strategies that did what a block says."""
        n, names = len(strategies), [*self.benchmarks, FACTORS]
        table = {c: np.full(n, np.nan) for c in (*COLUMNS, *(f"{what}_{b}" for b in names for what in ALPHA))}
        months = np.full((n, len(self.calendar)), np.nan)
        daily = np.full((n, len(self.sessions) - 1), np.nan, dtype=np.float32)
        for start in np.unique(block.first_row[block.first_row + 1 < len(self.sessions) - 1]):
            chosen = np.flatnonzero(block.first_row == start)
            net, gross = self._measured(block, chosen, start)
            table["months"][chosen] = self._own(int(start)).months.n
            self._describe(table, chosen, net, gross, start)
            table["turnover"][chosen] = _later(block.turnover[:, chosen]) / (len(net) / SESSIONS_A_YEAR)
            daily[chosen, start + 1 :] = net.T
            self._alphas(table, chosen, net, start, months)
        for k, strategy in enumerate(strategies):
            held = block.names[:, k] > 0
            table["names"][k] = block.names[held.argmax() :, k].mean() if held.any() else 0.0
            strict = strategy.screen.strict_rules()
            rows = held if held.any() else np.ones_like(held)
            shares = [np.nanmean(cube.coverage[c][rows]) for c in cube.rules(strategy.screen) if c in strict]
            table["coverage"][k] = min(shares, default=1.0)
        return Measures(pd.DataFrame(table), months, daily)

    def _measured(self, block: Block, chosen: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
        """(n_measured, n) net and gross returns; the cost of the first purchase falls on the first of the former."""
        net = block.returns[start + 1 :, chosen].copy()
        gross = net + block.drag[start + 1 :, chosen]
        first, paid = block.returns[start, chosen], block.drag[start, chosen]
        net[0] = (1.0 + net[0]) * ((1.0 + first) / (1.0 + first + paid)) - 1.0
        return net, gross

    def _describe(
        self, table: Mapping[str, np.ndarray], chosen: np.ndarray, net: np.ndarray, gross: np.ndarray, start: int
    ) -> None:
        n = len(net)
        own = self._own(int(start)).own
        cash = np.zeros(n) if own is None or own.cash is None else own.cash
        value = np.cumprod(1.0 + net, axis=0)
        high = np.maximum(np.maximum.accumulate(value, axis=0), 1.0)
        table["annual_return"][chosen] = value[-1] ** (SESSIONS_A_YEAR / n) - 1.0
        table["gross_return"][chosen] = np.prod(1.0 + gross, axis=0) ** (SESSIONS_A_YEAR / n) - 1.0
        table["volatility"][chosen] = net.std(axis=0, ddof=1) * np.sqrt(SESSIONS_A_YEAR)
        table["max_drawdown"][chosen] = (value / high - 1.0).min(axis=0)
        table["cost_drag"][chosen] = (gross - net).mean(axis=0) * SESSIONS_A_YEAR
        for column, returns in (("sharpe", net), ("gross_sharpe", gross)):
            excess = returns - cash[:, None]
            with np.errstate(invalid="ignore", divide="ignore"):
                ratio = excess.mean(axis=0) / excess.std(axis=0, ddof=1) * np.sqrt(SESSIONS_A_YEAR)
            table[column][chosen] = np.where(np.isfinite(ratio), ratio, np.nan)

    def _alphas(
        self, table: Mapping[str, np.ndarray], chosen: np.ndarray, net: np.ndarray, start: int, months: np.ndarray
    ) -> None:
        samples = self._own(int(start))
        monthly = samples.months.compound(net)
        places = self.calendar.get_indexer(samples.months.dates.to_period("M"))
        months[np.ix_(chosen, places)] = monthly.T
        for name, sample in samples.on.items():
            self._alpha(table, name, chosen, _over_cash(monthly, sample), sample.passive[:, None])
        if samples.priced is not None:
            rows = samples.months.dates.get_indexer(samples.priced.dates)
            excess = _over_cash(monthly[rows], samples.priced)
            self._alpha(table, FACTORS, chosen, excess, samples.priced.priced)

    def _alpha(
        self, table: Mapping[str, np.ndarray], name: str, chosen: np.ndarray, excess: np.ndarray, on: np.ndarray
    ) -> None:
        from scipy.special import stdtrit

        moving = np.flatnonzero(excess.std(axis=0) > 0.0)
        if not len(moving):
            return
        try:
            found = alpha_matrix(SampleMatrix.of(excess[:, moving], periods_per_year=MONTHS_A_YEAR), on)
        except InferenceError:
            return
        reach = float(stdtrit(found.degrees, 0.975)) * found.se_annual
        alpha = found.alpha_annual
        for what, values in zip(ALPHA, (alpha, alpha - reach, alpha + reach, found.t, found.p), strict=True):
            table[f"{what}_{name}"][chosen[moving]] = values

    def measured_from(self, since: pd.Timestamp) -> tuple[str, ...]:
        """The benchmarks that cover what is held from the session after a first decision."""
        row = int(self.sessions.get_indexer([since])[0])
        return tuple(map(str, self._own(row).benchmarks.columns)) if row + 2 < len(self.sessions) else ()

    def family(self, months: np.ndarray, name: str | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(n, n_variants) excess returns of the variants that differ, over the months all have, (n,) the benchmark's,
        and the numbers of the variants.

        A variant measured over less than `MIN_SHARE` of the longest is left out: it would cut the others short.

        Parameters
        ----------
        months : (n_variants, n_months) as `Measures`.
        name : of the benchmark; default the first that can be tested.

        Raises
        ------
        InferenceError : no benchmark can be tested.
        """
        known = ~np.isnan(months)
        length = known.sum(axis=1)
        inside = np.flatnonzero(length >= max(MIN_SHARE * length.max(initial=0), 2))
        rows = np.flatnonzero(known[inside].all(axis=0)) if len(inside) else np.empty(0, dtype=np.int64)
        samples = self._own(self._earliest())
        held = samples.held if name is None else samples.on[name]
        places = self.calendar.get_indexer(held.dates.to_period("M"))
        both = np.isin(places, rows)
        own = months[np.ix_(inside, places[both])]
        _, which = np.unique(np.round(own, 12), axis=0, return_index=True)
        which = np.sort(which[own[which].std(axis=1) > 0.0]) if both.any() else which[:0]
        cash = 0.0 if held.cash is None else held.cash[both]
        return (own[which] - cash).T, held.passive[both], inside[which]

    def all_months(self) -> Samples:
        """What the market says over all months that any variant is measured over; the returns in it are nobody's."""
        return self._own(self._earliest())

    def months_of(self, name: str) -> Sample:
        """The months of a benchmark, over cash; the returns in it are nobody's."""
        return self.all_months().on[name]

    def _earliest(self) -> int:
        return min(self._samples)

    def _own(self, start: int) -> Samples:
        """What the market says over the sessions after a first purchase: benchmarks, cash, factors, months."""
        if start not in self._samples:
            # Any returns that move will do: what is read of the samples is all but the returns.
            sessions = self.sessions[start + 2 :]
            series = pd.Series(np.random.default_rng(0).normal(0.0, 0.01, len(sessions)), index=sessions, name="net")
            self._samples[start] = market_samples(self.market, series, self.sessions[start + 1], self.benchmarks)
        return self._samples[start]


def _later(turnover: np.ndarray) -> np.ndarray:
    """(n,) sum over the decisions after the one that made the first purchase."""
    traded = np.nan_to_num(turnover)
    first = (traded > 0.0).argmax(axis=0)
    return np.asarray(traded.sum(axis=0) - traded[first, np.arange(traded.shape[1])])


def _over_cash(monthly: np.ndarray, sample: Sample) -> np.ndarray:
    return monthly if sample.cash is None else monthly - sample.cash[:, None]
