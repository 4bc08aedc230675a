"""What a page is drawn from: plain numbers, series and tables, all computed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import pandas as pd

from active_edge.errors import DataError
from active_edge.run_record import RunRecord
from active_edge.stats import BenchmarkStats, Level, Stats
from active_edge.verdicts import require_verdict

LEVELS: tuple[str, ...] = get_args(Level)


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
    """How often a nominal 5 % test rejected on simulated worlds that held no edge.

    `rate`, `lower` and `upper` (95 % binomial interval) are decimals; `markets` is the number simulated, `months` how
    long each was. `drifting` is the rate where a style drifts, None where unknown; `told` a sentence where the rate is
    not what luck allows. `nearest` says that other lengths were measured too and this one is nearest the run's.
    """

    rate: float
    lower: float
    upper: float
    markets: int
    months: int = 240
    drifting: float | None = None
    told: str = ""
    nearest: bool = False


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """Everything one run's page shows. Only the first five fields are needed; a page says in words what is absent.

    All returns, weights and shares are decimals (0.05 is 5 %). NaN and None mean "no value" and print as a dash.
    Frames are never changed.

    Attributes
    ----------
    stats : Stats
        Every number of the run; what it has none of is said to be absent.
    record : RunRecord
        How the run was made.
    command : str
        The command that makes this run again.
    growth : DataFrame
        Index session, starting at the session before the first return; columns "net", "gross" (may be missing)
        and one per benchmark; value of 1 invested.
    drawdown : DataFrame
        Index session; columns "net" and one per benchmark; fall from the highest value so far, <= 0.
    warnings : tuple of DataWarning
    claims : tuple of ClaimResult
    active, active_lower, active_upper : DataFrame, optional
        Index session; one column per benchmark. `active` is net growth over benchmark growth, minus 1. The other
        two bound the 95 % range in which that line would be at each session were there no edge at all.
    calendar_years : DataFrame, optional
        Index year; columns "net", each benchmark, "active <benchmark>" (net minus benchmark) and "complete"
        (False where the run covers part of the year).
    subperiods : DataFrame, optional
        Columns name, start, end, benchmark, alpha_annual, lower, upper, mde_annual. The alpha of a part, or by how much
        it changed from one to the next.
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
    costs_note : str
        What is known to be off in `costs`.
    coverage : DataFrame, optional
        Index date; one column per rule; share of candidates that had a value.
    exits : DataFrame, optional
        Held assets that left the market: session, ticker, name, weight, reason, return.
    unfilled : DataFrame, optional
        Orders not filled in full: decision, ticker, side, value (USD missing), reason.
    random_portfolios : Series, optional
        Net return a year of each matched random portfolio, in the measure of `stats.random_portfolios.value`.
    random_growth : DataFrame, optional
        Index as `growth`; columns "lower", "median", "upper": what 1 became in 5, 50 and 95 % of matched random
        portfolios or less.
    calibration : mapping
        Test name to its measured false-positive rate. Names used by the page: "benchmark_alpha",
        "factor_alpha", and the tests of `stats.adjustments`.
    months : DataFrame, optional
        Index first day of a calendar month, complete or not; columns "net" and one per benchmark; simple returns.
    rolling : DataFrame, optional
        Index last month of a window of `rolling_months`; on the yardstick: alpha, beta, tracking error, Sharpe ratio.
    loadings : DataFrame, optional
        Index as `rolling`; one column a factor.
    styles : DataFrame, optional
        Index decision date; columns "size", "value", "quality" (those that are known) and the same of the index,
        "<style>, index": mean place among the members of the index, 0 to 1.
    sectors, index_sectors : DataFrame, optional
        Index decision date; one column a sector; weights.
    mix_why : str
        Why styles and sectors are not known.
    names : DataFrame, optional
        Index session; columns "names" held and share in "cash".
    decided, left : DataFrame, optional
        One row a name and decision, and one a name that went: see `judging.decisions.Decided`, whose shape they have.
    trades : DataFrame, optional
        Every fill: session, ticker, name, side, shares, price, value, cost (USD, all kinds), reason, decision.
    returns_only : bool
        Nothing is known of what was held or decided: the page is silent of legs, holdings, trading and coverage.
    period : str
        What one return covers: "session", "week", "month" or "quarter".
    companies : mapping
        Ticker -> address, relative to the page, of the page of each of `holdings` as it was known on `holdings_on`;
        empty where they were not written.
    library : str
        Address of the drawing library, relative to the page; empty for a page that carries it.
    """

    stats: Stats
    record: RunRecord
    command: str
    growth: pd.DataFrame
    drawdown: pd.DataFrame
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
    factor_infinite: Mapping[str, str] = field(default_factory=dict)
    turnover: pd.Series | None = None
    costs: pd.Series | None = None
    costs_note: str = ""
    coverage: pd.DataFrame | None = None
    exits: pd.DataFrame | None = None
    unfilled: pd.DataFrame | None = None
    random_portfolios: pd.Series | None = None
    random_growth: pd.DataFrame | None = None
    calibration: Mapping[str, FalsePositiveRate] = field(default_factory=dict)
    months: pd.DataFrame | None = None
    rolling: pd.DataFrame | None = None
    rolling_months: int = 0
    loadings: pd.DataFrame | None = None
    styles: pd.DataFrame | None = None
    sectors: pd.DataFrame | None = None
    index_sectors: pd.DataFrame | None = None
    mix_why: str = ""
    names: pd.DataFrame | None = None
    decided: pd.DataFrame | None = None
    left: pd.DataFrame | None = None
    trades: pd.DataFrame | None = None
    returns_only: bool = False
    period: str = "session"
    companies: Mapping[str, str] = field(default_factory=dict)
    library: str = ""

    def __post_init__(self) -> None:
        for name, frame in (("growth", self.growth), ("drawdown", self.drawdown)):
            if "net" not in frame.columns:
                raise DataError(f"RunPage.{name} has no column 'net'; its columns are {list(frame.columns)}.")
        for warning in self.warnings:
            if warning.level not in LEVELS:
                raise DataError(f"A data warning has level {warning.level!r}; levels are {', '.join(LEVELS)}.")

    @property
    def benchmarks(self) -> Mapping[str, BenchmarkStats]:
        """The numbers against each benchmark that could be tested, in the order they were asked for."""
        return self.stats.benchmarks

    @property
    def trials(self) -> int:
        """Number of trials in the ledger when this run was judged, this one included."""
        return self.stats.trials

    @property
    def ledger_restarted(self) -> str | None:
        """When the ledger of trials was last deleted or emptied, as text; None where it never was."""
        return None if self.record.ledger is None else self.record.ledger.restarted


@dataclass(frozen=True, kw_only=True)
class IndexEntry:
    """One run in the list of all runs.

    `href` is the page's path relative to the index. `alpha_annual`, `lower` and `upper` are the annual alpha on
    `benchmark` with its 95 % interval, decimals; None where there is none. `created` is ISO 8601 and sorts. Return
    (compound), drawdown, turnover and cost a year are as in the stats.
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
    annual_return: float | None = None
    max_drawdown: float | None = None
    turnover_annual: float | None = None
    cost_drag_annual: float | None = None
    doubts: Mapping[str, str] = field(default_factory=dict)
    """By name: what puts its data in doubt."""
    planted: str = ""
    """What edge was planted in its market, in words."""
    visible: float | None = None
    """The smallest edge on the benchmark that it would have seen four times in five, decimal a year."""
    years: float = 0.0
    others: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """What else it was tested against, such as `IJR` -> alpha a year with the ends of its 95 % interval."""

    def __post_init__(self) -> None:
        require_verdict(self.verdict, f"IndexEntry of run {self.run!r}")
