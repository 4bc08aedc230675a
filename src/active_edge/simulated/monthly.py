"""The fast mode: the same market without days, bars and filings, for thousands of draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from active_edge.errors import MissingInput
from active_edge.simulated import laws
from active_edge.simulated.grid import DISTRESS, Grid
from active_edge.simulated.indices import FEE_YEARLY, Indices, build_indices, month_returns
from active_edge.simulated.knobs import LAST_YEAR, LEGS, Knobs
from active_edge.simulated.path import Path, draw_path
from active_edge.simulated.weather import FACTORS, WARM_UP_MONTHS, Weather
from active_edge.words import nearest


def monthly(
    *,
    years: int = 20,
    firms: int = 3600,
    seed: int = 0,
    alpha: Mapping[str, float] | None = None,
    rmw_premium: float = 0.0,
    ipo_drag: float = 0.0,
    decay: float | None = None,
    restatement_rate: float = 0.06,
    priced_exits: bool = True,
) -> MonthlyMarket:
    """Draw a market month by month: the very path that `simulate` with the same knobs writes out in days.

    Raises: ConfigError naming the knob, its value and its bounds.
    """
    knobs = Knobs(
        years=years,
        firms=firms,
        seed=seed,
        alpha=dict(alpha or {}),
        rmw_premium=rmw_premium,
        ipo_drag=ipo_drag,
        decay=decay,
        restatement_rate=restatement_rate,
        priced_exits=priced_exits,
    )
    return MonthlyMarket(draw_path(knobs))


@dataclass(frozen=True)
class MonthlyMarket:
    """A market of `months` + 1 rows and one column a slot; row 0 is the eve of the first month.

    A slot holds one firm at a time. State matrices (`firm`, `market_value`, `known_quality` ...) describe the firm in
    the slot at the END of the row's month: what a decision taken then may look at. Return matrices describe the month
    of the row for the firm that was in the slot when it began: the one decided on a row earlier. So
    ``(weights[:-1] * market.returns[1:]).sum(1)`` is a portfolio's return; row 0 of returns is NaN. No cell of a
    state is ever NaN: an exit is followed by a newcomer in the same month.

    What is known and what is not: `known_quality` is the latest filing's figure as filed. Hazards to be read on
    purpose: `restated_quality` (the same filing as it stood after all restatements), `quality_ahead(months)` (filings
    of the future), `survivor` (knows the end), `returns_at_last_price` (ignores what a delisting takes).
    """

    path: Path

    @property
    def _grid(self) -> Grid:
        return Grid(*(matrix[WARM_UP_MONTHS - 1 :] for matrix in self.path.grid))

    @property
    def _weather(self) -> Weather:
        return Weather(*(values[WARM_UP_MONTHS - 1 :] for values in self.path.weather))

    @property
    def months(self) -> int:
        """Months with returns."""
        return self.path.knobs.months

    @cached_property
    def dates(self) -> pd.DatetimeIndex:
        """Month ends (months + 1,), the last in December 2024."""
        return pd.date_range(end=f"{LAST_YEAR}-12-31", periods=self.months + 1, freq="ME")

    @property
    def firm(self) -> np.ndarray:
        """(months + 1, slots) int32: number of the firm in the slot at the end of the month."""
        return self._grid.firm

    @cached_property
    def market_value(self) -> np.ndarray:
        """(months + 1, slots) float64, M USD, end of month."""
        return np.exp(self._grid.log_value.astype(np.float64))

    @cached_property
    def value_rank(self) -> np.ndarray:
        """(months + 1, slots) int64: 1 = the largest at the end of the month."""
        order = np.argsort(-self._grid.log_value, axis=1, kind="stable")
        rank = np.empty(order.shape, np.int64)
        np.put_along_axis(rank, order, np.arange(1, order.shape[1] + 1)[None], axis=1)
        return rank

    @property
    def quality(self) -> np.ndarray:
        """(months + 1, slots) float32: true quality; nobody sees it."""
        return self._grid.quality

    @property
    def known_quality(self) -> np.ndarray:
        """(months + 1, slots) float32: reported quality of the latest filing, as filed. Timing: known at month end."""
        return self._grid.known

    @property
    def restated_quality(self) -> np.ndarray:
        """(months + 1, slots) float32: the figure of that filing after all later restatements: a hazard."""
        return self._grid.restated

    def quality_ahead(self, months: int) -> np.ndarray:
        """(months + 1, slots) float32: what will be known of the same firm so many months later: a hazard.

        Of a firm that will not live so long it is the last thing known; near the market's end likewise.
        """
        ahead = self._grid.known.copy()
        for step in range(1, months + 1):
            same = self.firm[step:] == self.firm[:-step]
            ahead[:-step][same] = self._grid.known[step:][same]
        return ahead

    @cached_property
    def returns(self) -> np.ndarray:
        """(months + 1, slots) float64 simple total returns, exits included."""
        return self._month_returns(self._grid.exit_return)

    @cached_property
    def returns_at_last_price(self) -> np.ndarray:
        """(months + 1, slots) float64: the same, distress exits taken at the last price: a hazard."""
        return self._month_returns(np.where(self.exit_kind == DISTRESS, 0.0, self._grid.exit_return))

    @property
    def exit_kind(self) -> np.ndarray:
        """(months + 1, slots) int8: how the firm that began the month left in it: 0 did not, 1 distress, 2 merger."""
        return self._grid.exit_kind

    @cached_property
    def survivor(self) -> np.ndarray:
        """(months + 1, slots) bool: the slot's firm lives to the end: a hazard."""
        return np.asarray(self.firm == self.firm[-1])

    @cached_property
    def months_listed(self) -> np.ndarray:
        """(months + 1, slots) int64: months since first listed; since the warm-up began for those there before."""
        t = np.arange(WARM_UP_MONTHS - 1, WARM_UP_MONTHS + self.months)
        age: np.ndarray = t[:, None] - self.path.birth[self.firm]
        return age

    @property
    def factors(self) -> pd.DataFrame:
        """(months × MKT_RF, SMB, HML, RMW, MOM, RF): simple monthly returns, decimals, indexed by month end."""
        frame = pd.DataFrame(self._weather.factors[1:], index=self.dates[1:], columns=list(FACTORS))
        winners, losers = self._portfolio_returns[:, 2], self._portfolio_returns[:, 3]
        return frame.assign(MOM=winners - losers, RF=self._weather.cash[1:])

    @property
    def benchmarks(self) -> pd.DataFrame:
        """(months × IWM, IJR): simple monthly total returns after fees."""
        net = {
            name: (1 + self._portfolio_returns[:, k]) * (1 - fee / 12) - 1
            for k, (name, fee) in enumerate(FEE_YEARLY.items())
        }
        return pd.DataFrame(net, index=self.dates[1:])

    @property
    def index_member(self) -> np.ndarray:
        """(months, slots) bool: firms the small-cap index holds over months 1 .. `months`."""
        return self._indices.member[WARM_UP_MONTHS:]

    def leg(self, name: str) -> np.ndarray:
        """(months + 1, slots) float64: a leg's true value in the standard deviations in which alpha is planted.

        High is what the thesis calls good. `profitability` is standardised within the month; the others by their
        laws, so that their mean over firms is only about 0.

        Raises: MissingInput naming the nearest leg.
        """
        if name not in LEGS:
            raise MissingInput(f"no leg named {name!r}; {nearest(name, LEGS)}")
        trait = self.path.traits
        if name == "profitability":
            quality = self.quality.astype(np.float64)
            standardised: np.ndarray = (quality - quality.mean(1, keepdims=True)) / quality.std(1, keepdims=True)
            return standardised
        if name == "balance_sheet":
            free, taste = trait[:, laws.DEBT_FREE][self.firm] > 0.5, trait[:, laws.DEBT_TASTE][self.firm]
            debt = np.where(free, 0.0, 1 / (1 + np.exp(1.1 + 0.1 * self.quality - 0.9 * taste)))
            return (laws.DEBT_MEAN - debt) / laws.DEBT_SD
        if name == "earnings_growth":
            return self._grid.growth.astype(np.float64)
        fixed = {
            "insider_ownership": (trait[:, laws.INSIDER] - laws.INSIDER_MEAN) / laws.INSIDER_SD,
            "domestic_revenue": (trait[:, laws.DOMESTIC] - laws.DOMESTIC_MEAN) / laws.DOMESTIC_SD,
            "floating_rate_debt": (laws.FLOATING_MEAN - trait[:, laws.FLOATING]) / laws.FLOATING_SD,
            "pricing_power": trait[:, laws.MARGIN],
        }
        carried: np.ndarray = fixed[name][self.firm].astype(np.float64)
        return carried

    @cached_property
    def _indices(self) -> Indices:
        return build_indices(self.path)

    @cached_property
    def _portfolio_returns(self) -> np.ndarray:
        return month_returns(self.path, self._indices.weights)[WARM_UP_MONTHS:]

    def _month_returns(self, exit_return: np.ndarray) -> np.ndarray:
        total: np.ndarray = (1 + self._grid.base.astype(np.float64)) * (1 + exit_return) - 1
        total[0] = np.nan
        return total
