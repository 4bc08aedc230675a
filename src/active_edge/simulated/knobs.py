"""The knobs a caller may turn on a simulated market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from active_edge.errors import ConfigError
from active_edge.words import nearest

LEGS = (
    "balance_sheet",
    "insider_ownership",
    "domestic_revenue",
    "floating_rate_debt",
    "profitability",
    "earnings_growth",
    "pricing_power",
)
"""Legs in which an edge can be planted. A high leg value is the side the thesis calls good: little debt, a large
insider stake, domestic revenue, little floating debt, high quality, fast growth, a high gross margin."""

FIRST_YEAR_LIMIT, LAST_YEAR = 1960, 2024


@dataclass(frozen=True)
class Knobs:
    """What a caller may change about a simulated market.

    `years` of sessions, ending with 2024; `firms` listed at any time; `seed` of every draw; `alpha` planted per leg,
    decimal a year per cross-sectional standard deviation of the leg (names in `LEGS`); `rmw_premium` yearly premium
    of the profitability factor; `ipo_drag` yearly return lost by a firm in its first 36 months; `decay` years from
    the first session after which planted alpha is gone (None: never); `restatement_rate` share of fiscal years
    that are overstated and restated later; `survivors_only` leaves out of the folder every firm that does not live
    to the end (a hazard on purpose); `priced_exits` False leaves out the drift that pays for exits, the bad null that
    shows why the drift must be there.

    Raises: ConfigError naming knob, value and bound.
    """

    years: int
    firms: int
    seed: int
    alpha: Mapping[str, float] = field(default_factory=dict)
    rmw_premium: float = 0.0
    ipo_drag: float = 0.0
    decay: float | None = None
    restatement_rate: float = 0.06
    survivors_only: bool = False
    priced_exits: bool = True

    def __post_init__(self) -> None:
        _bounded("years", self.years, 1, LAST_YEAR - FIRST_YEAR_LIMIT)
        _bounded("firms", self.firms, 50, 20_000)
        _bounded("seed", self.seed, 0, 2**63 - 1)
        _bounded("rmw_premium", self.rmw_premium, -0.5, 0.5)
        _bounded("ipo_drag", self.ipo_drag, 0.0, 0.5)
        _bounded("restatement_rate", self.restatement_rate, 0.0, 1.0)
        if self.decay is not None:
            _bounded("decay", self.decay, 0.0, 100.0)
        for leg, value in self.alpha.items():
            if leg not in LEGS:
                raise ConfigError(f"alpha: no leg named {leg!r}; {nearest(leg, LEGS)}")
            _bounded(f"alpha {leg}", value, -0.5, 0.5)

    @property
    def months(self) -> int:
        """Months from the first session to the last, without the warm-up."""
        return 12 * self.years

    @property
    def first_year(self) -> int:
        """Calendar year of the first session."""
        return LAST_YEAR - self.years + 1

    def alpha_vector(self) -> np.ndarray:
        """(n_legs,) float: planted alpha a month, in the order of `LEGS`."""
        return np.array([self.alpha.get(leg, 0.0) / 12 for leg in LEGS])


def _bounded(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigError(f"{name}: {value!r} is outside [{low}, {high}]; give a value inside")
