"""What a page is drawn from: plain numbers, series and tables, all computed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import pandas as pd

from active_edge.errors import DataError
from active_edge.verdicts import Word

Level = Literal["serious", "caution", "note"]
LEVELS: tuple[str, ...] = get_args(Level)

REQUIRED_STATS = ("run", "strategy", "start", "end", "sessions", "snapshot", "simulated", "trials", "verdict")
"""Keys without which no page can be drawn; the other keys of stats.json are shown where present."""


@dataclass(frozen=True)
class DataWarning:
    """One thing wrong with the data: how bad, what, and what a reader can do about it."""

    level: Level
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class ClaimResult:
    """One claim of the thesis with its verdict and the evidence in one sentence."""

    claim: str
    verdict: str
    evidence: str


@dataclass(frozen=True)
class FalsePositiveRate:
    """How often a nominal 5 % test rejected on simulated markets that held no edge.

    `rate`, `lower` and `upper` (95 % binomial interval) are decimals; `markets` is the number simulated.
    """

    rate: float
    lower: float
    upper: float
    markets: int


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """Everything one run's page shows. Only the first five fields are needed; a page says in words what is absent.

    All returns, weights and shares are decimals (0.05 is 5 %). NaN and None mean "no value" and print as a dash.
    Frames are never changed.

    Attributes
    ----------
    stats : mapping
        The content of stats.json. `REQUIRED_STATS` must be there. Beyond the keys of stats.json these are shown
        where present. In each benchmark's mapping: `alpha_p_adjusted`, `alpha_t_lag_12`, `alpha_p_lag_12`,
        `up_capture`, `down_capture`, `annual_return`, `annual_volatility`, `sharpe`, `max_drawdown`,
        `years_needed`. In `factors`: `model` (text), `alpha_ci`, `alpha_p`, `loadings_t` (mapping like
        `loadings`). In `delisting`: each value is an annual alpha. In `random_portfolios`:
        `percentile` in [0, 1] and `value`, this portfolio's own number in the measure of the field
        `random_portfolios` (without it those are not drawn). At the top: `economic_threshold` (default
        0.005), `deflated_sharpe` (probability) and `years_needed`.
    configuration : str
        The fully resolved configuration, YAML text.
    command : str
        The command that makes this run again.
    growth : DataFrame
        Index session, starting at the session before the first return; columns "net", "gross" (may be missing)
        and one per benchmark; value of 1 invested.
    drawdown : DataFrame
        Index session; columns "net" and one per benchmark; fall from the highest value so far, <= 0.
    versions : mapping
        Package name to version.
    seed : int, optional
    created : str
        When the run was made, ISO 8601; empty where it must not appear.
    description : str
        What the strategy is, one or two sentences.
    would_change : tuple of str
        What would change the verdict, one sentence each.
    warnings : tuple of DataWarning
    claims : tuple of ClaimResult
    active, active_lower, active_upper : DataFrame, optional
        Index session; one column per benchmark. `active` is net growth over benchmark growth, minus 1. The other
        two bound the 95 % range in which that line would be at each session were there no edge at all.
    calendar_years : DataFrame, optional
        Index year; columns "net", each benchmark, "active <benchmark>" (net minus benchmark) and "complete"
        (False where the run covers part of the year).
    subperiods : DataFrame, optional
        Columns name, start, end, benchmark, alpha_annual, lower, upper, mde_annual.
    holdings : DataFrame, optional
        Holdings of the last rebalance, in the order to show: ticker, name, sector, weight, score, rank, data_age_days,
        coverage (share of the rules that had a value). Every further column is a factor's value: the reasons.
    holdings_on : str
        The date of `holdings`.
    factor_units : mapping
        Factor name to its unit. A unit that begins with "fraction", "decimal" or "share" prints in percent, one
        with "USD" in dollars, "sessions" and "days" as whole numbers; every other as a plain number.
    turnover : Series, optional
        Index rebalance session; one-way turnover, share of the portfolio.
    costs : Series, optional
        Index kind (commission, spread, impact, ...); share of capital a year.
    coverage : DataFrame, optional
        Index date; one column per rule; share of candidates that had a value.
    exits : DataFrame, optional
        Held assets that left the market: session, ticker, name, weight, reason, return.
    unfilled : DataFrame, optional
        Orders not filled in full: decision, ticker, side, value (USD missing), reason.
    leave_one_out : DataFrame, optional
        One row per leg: leg, alpha_annual (without the leg), lower, upper, change (alpha with the leg minus
        without it), change_lower, change_upper.
    legs : DataFrame, optional
        One row per leg: leg, shapley, lower, upper, leave_one_out, add_one_in, p_holm: the alpha shared out over the
        legs. `stats["legs_universe_alpha"]` is the alpha without any of them.
    ladder : DataFrame, optional
        One row per rung, from the cheapest passive choice up: rung, meaning, alpha_annual, lower, upper, p.
    sensitivity : DataFrame, optional
        group (costs, capital, delisting, start, rebalance month, coverage ...), setting, alpha_annual, lower,
        upper, verdict.
    random_portfolios : Series, optional
        Net return a year of each matched random portfolio, all in one measure (compounded or plain mean).
    adjustments : DataFrame, optional
        Every further test: test, question, value (text), p (NaN where it has none), reading.
    calibration : mapping
        Test name to its measured false-positive rate. Names used by the page: "benchmark_alpha",
        "factor_alpha", and those of `adjustments.test`.
    ledger_restarted : str, optional
        When the ledger of trials was last deleted or emptied, as text; None where it never was.
    """

    stats: Mapping[str, Any]
    configuration: str
    command: str
    growth: pd.DataFrame
    drawdown: pd.DataFrame
    versions: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    created: str = ""
    description: str = ""
    would_change: tuple[str, ...] = ()
    warnings: tuple[DataWarning, ...] = ()
    claims: tuple[ClaimResult, ...] = ()
    active: pd.DataFrame | None = None
    active_lower: pd.DataFrame | None = None
    active_upper: pd.DataFrame | None = None
    calendar_years: pd.DataFrame | None = None
    subperiods: pd.DataFrame | None = None
    holdings: pd.DataFrame | None = None
    holdings_on: str = ""
    factor_units: Mapping[str, str] = field(default_factory=dict)
    turnover: pd.Series | None = None
    costs: pd.Series | None = None
    coverage: pd.DataFrame | None = None
    exits: pd.DataFrame | None = None
    unfilled: pd.DataFrame | None = None
    leave_one_out: pd.DataFrame | None = None
    legs: pd.DataFrame | None = None
    ladder: pd.DataFrame | None = None
    sensitivity: pd.DataFrame | None = None
    random_portfolios: pd.Series | None = None
    adjustments: pd.DataFrame | None = None
    calibration: Mapping[str, FalsePositiveRate] = field(default_factory=dict)
    ledger_restarted: str | None = None

    def __post_init__(self) -> None:
        missing = [key for key in REQUIRED_STATS if key not in self.stats]
        if missing:
            raise DataError(f"RunRecord.stats lacks {', '.join(missing)}; needed are {', '.join(REQUIRED_STATS)}.")
        require_verdict(str(self.stats["verdict"]), "RunRecord.stats['verdict']")
        trials = self.stats["trials"]
        if not isinstance(trials, int) or trials < 1:
            raise DataError(
                f"RunRecord.stats['trials'] is {trials!r}; it must be a whole number of at least 1, "
                "for no p-value is printed without it. Take it from the ledger."
            )
        for name, frame in (("growth", self.growth), ("drawdown", self.drawdown)):
            if "net" not in frame.columns:
                raise DataError(f"RunRecord.{name} has no column 'net'; its columns are {list(frame.columns)}.")
        for warning in self.warnings:
            if warning.level not in LEVELS:
                raise DataError(f"A data warning has level {warning.level!r}; levels are {', '.join(LEVELS)}.")

    @property
    def benchmarks(self) -> Mapping[str, Mapping[str, Any]]:
        """The benchmarks' mappings of stats.json, in the order they were asked for; empty where there are none."""
        return self.stats.get("benchmarks") or {}

    @property
    def yardstick(self) -> str | None:
        """The benchmark meant where one is meant; None where none could be tested."""
        name: str | None = self.stats.get("yardstick")
        return name

    @property
    def trials(self) -> int:
        """Number of trials in the ledger when this run was judged, this one included."""
        return int(self.stats["trials"])


@dataclass(frozen=True, kw_only=True)
class IndexEntry:
    """One run in the list of all runs.

    `href` is the page's path relative to the index. `alpha_annual`, `lower` and `upper` are the annual alpha on
    `benchmark` with its 95 % interval, decimals; None where there is none. `created` is ISO 8601 and sorts.
    """

    run: str
    strategy: str
    created: str
    start: str
    end: str
    verdict: str
    snapshot: str
    simulated: bool
    trials: int
    href: str
    benchmark: str = ""
    alpha_annual: float | None = None
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        require_verdict(self.verdict, f"IndexEntry of run {self.run!r}")


def require_verdict(verdict: str, where: str) -> None:
    """Nothing, when `verdict` is one of the five.

    Raises
    ------
    DataError
        It is not; the message names `where` and the five.
    """
    if verdict not in tuple(Word):
        raise DataError(f"{where} is {verdict!r}; a verdict is one of {', '.join(Word)}.")
