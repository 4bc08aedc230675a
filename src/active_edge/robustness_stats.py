"""The numbers beside the verdict of one run, as stats.json holds them: what each leg, sector and choice made, what the
portfolio went through, and what it held.

Returns are decimals a year; None is "no number".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from active_edge.stored import Part

Gap = tuple[float, float, float]
"""An annual return with the two ends of its 95 % interval."""


@dataclass(frozen=True, kw_only=True)
class LegStats(Part):
    """What one leg of the screen does to the alpha on the yardstick, annual.

    `shapley` (`lower` to `upper`) is its share of the alpha; `leave_one_out` what it adds to all others, `add_one_in`
    what it adds to the plain universe, `p` and `p_holm` those of the share; `alpha_without` the portfolio's alpha
    without it.
    """

    shapley: float | None = None
    lower: float | None = None
    upper: float | None = None
    leave_one_out: float | None = None
    add_one_in: float | None = None
    p: float | None = None
    p_holm: float | None = None
    leave_one_out_lower: float | None = None
    leave_one_out_upper: float | None = None
    alpha_without: float | None = None
    alpha_without_lower: float | None = None
    alpha_without_upper: float | None = None


@dataclass(frozen=True, kw_only=True)
class VariationStats(Part):
    """The run with one choice changed: its alpha on the yardstick, and the verdict it would have had."""

    group: str
    setting: str
    alpha_annual: float | None = None
    lower: float | None = None
    upper: float | None = None
    verdict: str = ""


@dataclass(frozen=True, kw_only=True)
class AdjustmentStats(Part):
    """One further test: what it asks, its value and reading in words, and its p where it has one."""

    test: str
    question: str
    value: str
    p: float | None = None
    reading: str = ""


@dataclass(frozen=True, kw_only=True)
class EffectStats(Part):
    """One group beside the index: mean weights, and the parts of the return beyond it a year that it made."""

    weight: float
    index_weight: float
    allocation: float
    selection: float
    interaction: float
    total: float


@dataclass(frozen=True, kw_only=True)
class SectorEffectsStats(Part):
    """Where the return beyond the rebuilt index came from; `why_not` says why it is not known.

    Sums over `stretches` from decision to decision, a year. `trading_annual` is what neither sectors nor names
    explain: costs, and trading between decisions.
    """

    why_not: str = ""
    active_annual: float | None = None
    trading_annual: float | None = None
    stretches: int = 0
    sectors: Mapping[str, EffectStats] = field(default_factory=dict)
    sizes: Mapping[str, EffectStats] = field(default_factory=dict)


MIX = "profitability-matched mix"
"""What the passive mix with the tilts of a run is called, as a rung and as a line of growth."""


@dataclass(frozen=True, kw_only=True)
class RungStats(Part):
    """One rung of the benchmark ladder: what the run is held against, and the alpha on it."""

    rung: str
    meaning: str
    alpha_annual: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None


@dataclass(frozen=True, kw_only=True)
class KnockOutStats(Part):
    """Is the edge from the rule, or from having the data: alphas with figures hidden at random and of the smallest.

    `data_edge` is what all candidates with every figure earned over all candidates, `rule_edge` what the run earned
    over those; `coverage_by_size` the share with a value among the smallest and the largest candidates, by rule.
    """

    random: tuple[float | None, ...] = ()
    random_within_interval: bool | None = None
    smallest: float | None = None
    smallest_change: Gap | None = None
    size_biased: bool | None = None
    data_edge: Gap | None = None
    rule_edge: Gap | None = None
    edge_from_data: bool | None = None
    coverage_by_size: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FamilyStats(Part):
    """Strategies tried together, on `benchmark`, over the `months` they have in common; annual decimals.

    `best` has the highest estimate, `alpha_annual`; `believed` ± `believed_deviation` is what remains of it once it is
    known to be the best of `members` (a hierarchical normal under the prior named), `own_believed` what remains of
    this run's own, None beside a comparison. No member has an edge above `none_above` (95 %). `correlation` is the mean
    one of the residuals, `spread` how far true edges are believed to lie apart.
    """

    benchmark: str
    prior: str
    members: tuple[str, ...]
    months: int
    best: str
    alpha_annual: float
    believed: float
    believed_deviation: float
    own_believed: float | None = None
    own_believed_deviation: float | None = None
    none_above: float
    correlation: float
    spread: float


@dataclass(frozen=True, kw_only=True)
class PlaceboStats(Part):
    """The strategy itself on `worlds` simulated paths of `months`, as drawn and with `edge` planted.

    `why_not` is the sentence that says why it could not be run there; then everything else is absent. The run itself
    has `run_months`. `failed` further paths could not be measured, the first of them by `why_failed`. Each rate is a
    share of the `worlds` measured with its exact 95 % interval: `rejects` the alpha on the first
    of `benchmarks`, `rejects_factors` that on the factors, before costs, two-sided at 5 %, no edge planted; `claims` a
    verdict that claims an edge after costs, charged for `trials`; `passes` the first benchmark alone beaten, after
    costs and charged; `*_planted` the same with the edge: the power.
    """

    why_not: str = ""
    worlds: int = 0
    months: int = 0
    run_months: int = 0
    failed: int = 0
    why_failed: str = ""
    edge: float | None = None
    trials: int | None = None
    benchmarks: tuple[str, ...] = ()
    rejects: float | None = None
    rejects_ci: tuple[float, float] | None = None
    rejects_factors: float | None = None
    rejects_factors_ci: tuple[float, float] | None = None
    claims: float | None = None
    claims_ci: tuple[float, float] | None = None
    claims_planted: float | None = None
    claims_planted_ci: tuple[float, float] | None = None
    passes: float | None = None
    passes_ci: tuple[float, float] | None = None
    passes_planted: float | None = None
    passes_planted_ci: tuple[float, float] | None = None


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
