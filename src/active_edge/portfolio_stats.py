"""The numbers of what a portfolio went through and held, as stats.json holds them.

Returns are decimals; None is "no number".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from active_edge.stored import Part


@dataclass(frozen=True, kw_only=True)
class PathStats(Part):
    """What holding it was like, net of costs.

    `sortino` is the annual mean over cash beside the deviation of what fell short of it, both of the returns as they
    are; `calmar` the compound return a year beside the deepest fall. The rest is of the run's complete months: the
    return that 95 % of them were above (`var_95`), the mean of those at or below it (`es_95`), skewness, share above
    zero, best and worst with their month, ``2020-03``.
    """

    sortino: float | None = None
    calmar: float | None = None
    var_95: float | None = None
    es_95: float | None = None
    skew: float | None = None
    positive_months: float | None = None
    best_month: float | None = None
    best_month_in: str = ""
    worst_month: float | None = None
    worst_month_in: str = ""


@dataclass(frozen=True, kw_only=True)
class FallStats(Part):
    """One fall from a high: the days of the high, the trough and the recovery (None where it lasts), and how deep.

    `sessions` counts from the high to the recovery, or to the end of the run.
    """

    start: str
    trough: str
    recovered: str | None = None
    depth: float
    sessions: int


@dataclass(frozen=True, kw_only=True)
class EarnedStats(Part):
    """What one name earned, net of its own costs, as a share of the capital at the start.

    `left` says when and why it left the market while it was held; empty where it did not.
    """

    ticker: str
    name: str = ""
    sector: str = ""
    earned: float
    first: str
    last: str
    left: str = ""


@dataclass(frozen=True, kw_only=True)
class ContributionStats(Part):
    """Who earned the profit: all names together earned `total` of the capital at the start, costs paid.

    `best` and `worst` are the first ten from either end of the `names` ever held; `sectors` sums over all of them, by
    the sector of each when it was last decided to hold it; `left_market` over those that left the market while held.
    """

    total: float
    names: int
    best: tuple[EarnedStats, ...] = ()
    worst: tuple[EarnedStats, ...] = ()
    sectors: Mapping[str, float] = field(default_factory=dict)
    left_market: float = 0.0


@dataclass(frozen=True, kw_only=True)
class PositionStats(Part):
    """One of the largest positions of the last decision: its weight and place, and the rules' values as words."""

    ticker: str
    name: str = ""
    sector: str = ""
    weight: float
    rank: int | None = None
    since: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
