"""The numbers of one run: what the judge found, what stats.json holds, and what pages and commands show.

All returns are decimals, annual where the name says so; None is "no number". Everything is frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from active_edge.errors import DataError, MissingInput, OlderFormat
from active_edge.robustness_stats import (
    AdjustmentStats,
    ContributionStats,
    FallStats,
    FamilyStats,
    KnockOutStats,
    LegStats,
    PathStats,
    PlaceboStats,
    PositionStats,
    RungStats,
    SectorEffectsStats,
    VariationStats,
)
from active_edge.stored import FORMAT, Part, check_format, plain_json, read_typed, stable
from active_edge.verdicts import Word, require_verdict

STATS_FORMAT = 2
"""2: edges are of complete months with cosine errors; the p-values of older runs are of days, another kind."""
REMEDY = "move its folder away and run the backtest again"
Interval = tuple[float, float]
Level = Literal["serious", "caution", "note"]


@dataclass(frozen=True, kw_only=True)
class SharpeStats(Part):
    """Sharpe ratio a year beside the benchmark's, both of complete months over cash, and by how much it is larger."""

    own: float
    benchmark: float
    difference: float
    ci: Interval
    p: float


@dataclass(frozen=True, kw_only=True)
class BenchmarkStats(Part):
    """A run against one benchmark.

    `alpha_*` are of the regression of `months` complete months on it, `alpha_ci` the 95 % interval, `alpha_p_adjusted`
    the p charged for all trials, `mde_annual` the smallest edge found four times in five, `excluded_above` the largest
    edge left possible. `observations` counts the returns as they are. From `annual_return` on the numbers are the
    benchmark's own.
    """

    total_return: float | None = None
    active_return_annual: float | None = None
    tracking_error: float | None = None
    information_ratio: float | None = None
    alpha_annual: float | None = None
    alpha_se: float | None = None
    alpha_t: float | None = None
    alpha_p: float | None = None
    alpha_ci: Interval | None = None
    beta: float | None = None
    mde_annual: float | None = None
    observations: int | None = None
    months: int | None = None
    degrees: int | None = None
    alpha_se_ols: float | None = None
    excluded_above: float | None = None
    up_capture: float | None = None
    down_capture: float | None = None
    alpha_p_adjusted: float | None = None
    sharpe_difference: SharpeStats | None = None
    years: float | None = None
    annual_return: float | None = None
    annual_volatility: float | None = None
    sharpe: float | None = None
    max_drawdown: float | None = None


@dataclass(frozen=True, kw_only=True)
class FactorStats(Part):
    """Alpha on the market's factors over the `months` all of them cover; `model` names them."""

    model: str = "factors"
    months: int | None = None
    degrees: int | None = None
    alpha_annual: float | None = None
    alpha_se: float | None = None
    alpha_t: float | None = None
    alpha_p: float | None = None
    alpha_ci: Interval | None = None
    loadings: Mapping[str, float | None] = field(default_factory=dict)
    loadings_t: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BeliefStats(Part):
    """The sceptical posterior of the edge: `prior` names what was believed before, normal with mean and deviation.

    `interval` holds 80 %; `probability` and `probability_before` are of more than 0.5 % a year; `bayes_factor` says how
    much better the data fit the prior than an edge of exactly zero.
    """

    prior: str
    prior_mean: float
    prior_deviation: float
    mean: float
    deviation: float
    interval: Interval
    probability: float
    probability_before: float
    bayes_factor: float


@dataclass(frozen=True, kw_only=True)
class HeadlineStats(Part):
    """The edge on the yardstick, the benchmark meant where one is meant.

    `excluded_above` is the largest edge left possible (95 %, one-sided), `visible` the smallest that would have been
    seen four times in five; `track_record_years` how long a record like this must be for its edge to be told from none
    (one-sided 95 %, the only one tried), None where none is long enough; `alpha_after_fee` what a fee of `management`
    a year and `performance` of what is earned beyond the yardstick leaves, `break_even_fee` the yearly fee that takes
    all of it, None where there is nothing.
    """

    yardstick: str
    alpha_annual: float
    alpha_ci: Interval
    excluded_above: float
    belief: BeliefStats
    visible: float
    track_record_years: float | None = None
    management: float = 0.0
    performance: float = 0.0
    alpha_after_fee: float
    alpha_after_fee_ci: Interval
    break_even_fee: float | None = None


@dataclass(frozen=True, kw_only=True)
class TwinsStats(Part):
    """Annual alpha over the mean of the matched random portfolios, on the factors where there are any."""

    alpha_annual: float
    alpha_se: float
    alpha_p_one_sided: float
    alpha_ci: Interval
    months: int


@dataclass(frozen=True, kw_only=True)
class RandomStats(Part):
    """Place among `n` matched random portfolios: share beaten, p, the own annual return and theirs in the middle."""

    n: int
    percentile: float | None = None
    p: float | None = None
    value: float | None = None
    median: float | None = None


@dataclass(frozen=True, kw_only=True)
class NamesStats(Part):
    """Number of names held: in the middle over the closes after each decision's first fill, and at the last close."""

    median: float | None = None
    last: int | None = None


@dataclass(frozen=True, kw_only=True)
class UniverseDay(Part):
    """The size rule on one decision date: all companies, names it holds, market value at both cuts, USD."""

    date: str
    companies: int
    names: int
    largest_usd: float | None = None
    smallest_usd: float | None = None


@dataclass(frozen=True, kw_only=True)
class UniverseStats(Part):
    """Who could be chosen: the one rule of size of a run, room for how many, first dates of years and the last.

    `rule` is empty without one; `sectors` says what told them, and how often another scheme says otherwise.
    """

    rule: str = ""
    places: int | None = None
    sectors: str = ""
    days: tuple[UniverseDay, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WarningStats(Part):
    """One thing a reader must know of the data: how bad (serious, caution, note), what, and what can be done."""

    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Stats(Part):
    """The numbers of one run; the fields are the keys of stats.json.

    Attributes
    ----------
    run, strategy, screen, snapshot, simulated : what it is.
    planted : what edge was planted in the simulated market it was made on, in words; empty without one.
    start, end, sessions : the session whose close the measured period starts from, its last, and how many lie between.
    tested : what it tells (universe, rules, weights, schedule, period) -> a line of words; empty in runs of before.
    trials : distinct trials on this data when it was judged, this one included, >= 1.
    path, falls : what holding it was like, and the deepest falls from a high, deepest first.
    contributions, largest : who earned the profit; the largest positions of the last decision. None, and none, for
        returns of which no holdings are known.
    headline : the edge on the yardstick; None where no benchmark could be tested.
    benchmarks : by name, in the order they were asked for; those that could be tested.
    months : complete months that edges are read from.
    twins, random_portfolios, factors, knock_out : None where they could not be had.
    family : the strategies of the same call together; None for one judged by itself.
    placebo : the strategy itself on simulated months; None where it was not asked for.
    delisting : case -> annual alpha on the yardstick.
    coverage : rule -> share of candidates with a value; `untested` rules had next to none and let it pass.
    universe : who could be chosen; None where nothing is known of it.
    sector_effects : None for returns of which no holdings are known.
    legs, legs_universe_alpha : each leg's part, and the alpha of the universe without any.
    warnings : as the page shows them, worst first; `doubts`, by name, are those that the verdict's reason tells too.
    economic_threshold : annual edge below which none is worth having.
    adjusted_p, rungs_passed, rungs_failed, verdict_would_change, years_needed : as the verdict.

    Raises
    ------
    DataError : no number of trials, for no p-value is printed without it; or a verdict that is none of the nine.
    """

    run: str
    strategy: str
    screen: str = ""
    start: str
    end: str
    sessions: int
    snapshot: str
    simulated: bool
    planted: str = ""
    trials: int
    tested: Mapping[str, str] = field(default_factory=dict)
    total_return: float | None = None
    annual_return: float | None = None
    annual_volatility: float | None = None
    sharpe: float | None = None
    max_drawdown: float | None = None
    path: PathStats | None = None
    falls: tuple[FallStats, ...] = ()
    contributions: ContributionStats | None = None
    largest: tuple[PositionStats, ...] = ()
    turnover_annual: float | None = None
    cost_drag_annual: float | None = None
    break_even_cost_bps: float | None = None
    months: int = 0
    headline: HeadlineStats | None = None
    benchmarks: Mapping[str, BenchmarkStats] = field(default_factory=dict)
    factors: FactorStats | None = None
    twins: TwinsStats | None = None
    random_portfolios: RandomStats | None = None
    delisting: Mapping[str, float | None] = field(default_factory=dict)
    coverage: Mapping[str, float | None] = field(default_factory=dict)
    untested: tuple[str, ...] = ()
    annual_figures: Mapping[str, float] = field(default_factory=dict)
    universe: UniverseStats | None = None
    names: NamesStats | None = None
    exits_held: int | None = None
    deflated_sharpe: float | None = None
    seed: int | None = None
    warnings: tuple[WarningStats, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)
    verdict: Word
    verdict_reason: str = ""
    verdict_would_change: tuple[str, ...] = ()
    rungs_passed: tuple[str, ...] = ()
    rungs_failed: tuple[str, ...] = ()
    adjusted_p: Mapping[str, float | None] = field(default_factory=dict)
    years_needed: float | None = None
    economic_threshold: float = 0.005
    legs: Mapping[str, LegStats] = field(default_factory=dict)
    legs_universe_alpha: float | None = None
    sensitivity: tuple[VariationStats, ...] = ()
    knock_out: KnockOutStats | None = None
    adjustments: tuple[AdjustmentStats, ...] = ()
    family: FamilyStats | None = None
    placebo: PlaceboStats | None = None
    ladder: tuple[RungStats, ...] = ()
    sector_effects: SectorEffectsStats | None = None

    def __post_init__(self) -> None:
        if self.yardstick is not None and self.yardstick not in self.benchmarks:
            raise DataError(
                f"run {self.run!r}: the yardstick {self.yardstick} is none of {', '.join(self.benchmarks)}."
            )
        require_verdict(self.verdict, f"the verdict of run {self.run!r}")
        if self.trials < 1:
            raise DataError(
                f"run {self.run!r} has {self.trials} trials; it must be a whole number of at least 1, for no p-value "
                "is printed without it. Take it from the ledger."
            )

    @property
    def yardstick(self) -> str | None:
        """The benchmark that is meant where one is meant; None where none could be tested."""
        return None if self.headline is None else self.headline.yardstick

    @property
    def on_yardstick(self) -> BenchmarkStats | None:
        """The numbers against the yardstick; None where no benchmark could be tested."""
        return None if self.yardstick is None else self.benchmarks[self.yardstick]

    def to_json(self) -> dict[str, Any]:
        """The content of stats.json: `format`, then every field, numbers to ten significant digits."""
        content: dict[str, Any] = stable(plain_json(self))
        return {FORMAT: STATS_FORMAT, **content}

    @classmethod
    def from_json(cls, content: Any, *, where: str = "stats.json", remedy: str = REMEDY) -> Stats:
        """The stats in parsed JSON; `remedy` says what makes them anew where they cannot be read.

        Raises
        ------
        MissingInput : it is not the stats of a run, or of a newer format.
        OlderFormat : it is of an older one.
        """
        if not isinstance(content, Mapping) or "run" not in content:
            raise MissingInput(f"{where}: is not the stats of a run; {remedy}")
        given = {key: value for key, value in content.items() if key != FORMAT}
        if (older := check_format(content, known=STATS_FORMAT, where=where, remedy=remedy)) < STATS_FORMAT:
            raise OlderFormat(
                f"{where}: is of format {older}, whose p-values are of days; those of today are of months and cannot "
                f"stand beside them; {remedy}"
            )
        return read_typed(cls, given, where=where, remedy=remedy)
