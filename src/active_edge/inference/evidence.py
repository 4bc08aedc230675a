"""What a verdict rests on, and what counts as enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from active_edge.errors import InferenceError
from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.checks import check_trials
from active_edge.inference.comparison import BenchmarkResult
from active_edge.inference.multiple import bonferroni
from active_edge.inference.position import Position

SELECTION = "selection"
"""The item of `Evidence.untestable` that says why nobody was ever selected."""


@dataclass(frozen=True)
class Thresholds:
    """What counts as enough; fixed before a result is seen."""

    level: float = 0.05
    """Two-sided level of every test after it is charged for all trials."""
    economic_edge: float = 0.005
    """Annual edge not worth having: the claim is refuted where all above it is excluded."""
    visible_edge: float = 0.04
    """Annual edge that a run must be able to see, uncharged, before its silence says anything."""
    months: int = 24
    months_with_factors: int = 36
    """Complete months below which no word is said; the second where there are factor returns."""
    min_coverage: float = 0.10
    """Share of candidates with a value below which a rule cannot be said to have been tested."""
    min_universe: float = 0.5
    """Share of a band's places that must be filled: fewer are no real year's small caps."""
    power: float = 0.80
    longest_wait: float = 50.0
    """Years beyond which a wait is not told: it is no advice."""


@dataclass(frozen=True)
class Evidence:
    """Everything a verdict may rest on.

    `benchmarks` maps a name to its comparison; every one of them must pass. None for the others means that it was
    not computed: a claim is never supported by a test that was not run.

    Raises
    ------
    InferenceError
        A number of trials below 1, or an adjusted p for an unknown benchmark.
    """

    benchmarks: Mapping[str, BenchmarkResult]
    trials: int
    """Everything ever tried on this data, this one included."""
    months: float
    """Complete calendar months that the returns cover."""
    factors: AlphaEstimate | None = None
    twins: AlphaEstimate | None = None
    """Of the returns less the mean of their random twins, on the factors where there are any."""
    random_portfolios: Position | None = None
    """Place among the twins by return: a picture, no rung."""
    deflated_sharpe: float | None = None
    """Probability from `deflated_sharpe` on hedged returns: printed, no rung, for the trials are charged for once."""
    adjusted_p: Mapping[str, float] = field(default_factory=dict)
    """By benchmark: a p-value already charged for all trials (StepM); replaces the Bonferroni bound."""
    coverage: Mapping[str, float] = field(default_factory=dict)
    """By required rule: share of candidates with a value."""
    untested: Mapping[str, float] = field(default_factory=dict)
    """By rule that passes missing values: its share, where it is so low that nothing was tested."""
    doubts: Mapping[str, str] = field(default_factory=dict)
    """By name: what is wrong with the data; it changes no word and stands in every reason."""
    why_thin: Mapping[str, str] = field(default_factory=dict)
    """By rule with too few values: why they are missing, where it can be told."""
    untestable: Mapping[str, str] = field(default_factory=dict)
    """By item: why it could not be tested (a message of `InferenceError`, an item absent from the market)."""
    first_look: str | None = None
    """Day of the first look, where the p-values are those of then; None where they are of today's months."""
    delisting: Mapping[str, float] = field(default_factory=dict)
    """By scenario: annual alpha on the yardstick under that delisting return."""

    def __post_init__(self) -> None:
        check_trials(self.trials)
        for name in self.adjusted_p:
            if name not in self.benchmarks and name not in self.untestable:
                raise InferenceError(f"p-values were given for {name}, which is none of {', '.join(self.benchmarks)}")

    @property
    def yardstick(self) -> BenchmarkResult | None:
        """The first benchmark that could be tested."""
        return next(iter(self.benchmarks.values()), None)


@dataclass(frozen=True)
class Charged:
    """An evidence charged for all its trials: what rungs and sentences read.

    Attributes
    ----------
    benchmarks : by name, the p of its alpha: the adjusted one given, else Bonferroni's over all trials.
    factors, twins : Bonferroni's p of the alpha on the factors, two-sided, and over the twins, one-sided; None without,
        and where factors reach too few of the months for a word.
    excluded_above : by benchmark, the largest edge left possible: "refuted" singles out a low one of all trials.
    months_needed : complete months below which no word is said.
    years_needed : as `Verdict.years_needed`.
    """

    benchmarks: Mapping[str, float]
    factors: float | None
    twins: float | None
    excluded_above: Mapping[str, float]
    months_needed: int
    years_needed: float | None


def charge(evidence: Evidence, bounds: Thresholds) -> Charged:
    """The p-values, bounds and waits of an evidence, charged for all its trials."""
    wait, trials = _years_needed(evidence, bounds), evidence.trials
    alphas = {name: result.alpha for name, result in evidence.benchmarks.items()}
    twins = None if evidence.twins is None else evidence.twins.p_one_sided
    own = {name: bonferroni(alpha.p, trials) for name, alpha in alphas.items()}
    beside = [None if p is None else bonferroni(p, trials) for p in (_factor_p(evidence, bounds), twins)]
    return Charged(
        benchmarks={name: float(evidence.adjusted_p.get(name, p)) for name, p in own.items()},
        factors=beside[0],
        twins=beside[1],
        excluded_above={n: alpha.excluded_above(trials=trials, level=bounds.level) for n, alpha in alphas.items()},
        months_needed=bounds.months if evidence.factors is None else bounds.months_with_factors,
        years_needed=wait,
    )


def _factor_p(evidence: Evidence, bounds: Thresholds) -> float | None:
    """None without factor returns, and where they reach too few of the months for a word."""
    found = evidence.factors
    if found is None:
        return None
    reached = found.n * 12.0 / found.periods_per_year
    return None if reached < bounds.months_with_factors <= evidence.months else found.p


def _years_needed(evidence: Evidence, bounds: Thresholds) -> float | None:
    if evidence.yardstick is None or evidence.yardstick.alpha.alpha_annual <= 0:
        return None
    alpha = evidence.yardstick.alpha
    needed = alpha.detectable(level=bounds.level / evidence.trials, power=bounds.power)
    found = alpha.years * (needed / alpha.alpha_annual) ** 2
    return found if alpha.years < found < bounds.longest_wait else None
