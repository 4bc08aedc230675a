"""How members are held: schedule, weights, caps, and the rules of trading.

Turns a screen's members into target weights on each decision date. Nothing here trades.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from active_edge.arguments import checked, refused
from active_edge.config import StrictModel, load_model
from active_edge.costs.terms import CapitalUsd, Costs, Delisting, Reinvest, TradeAt, TradingTerms
from active_edge.errors import ConfigError, MissingInput
from active_edge.evaluation import Evaluation, evaluate
from active_edge.factors import Factor
from active_edge.factors.own import OwnFactor
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.plugins import Plugin
from active_edge.plugins.origin import shown
from active_edge.screen import Screen, load_screen
from active_edge.selection.members import capped
from active_edge.sessions import MONTHS_APART, rebalance_sessions
from active_edge.shipped import find_file, shipped_folder
from active_edge.size_band import members_on
from active_edge.universe import Universe
from active_edge.weightings import WEIGHTINGS, OwnWeighting, Weighting
from active_edge.words import nearest

Schedule = Literal["once", "monthly", "quarterly", "semiannual", "annual"]
TABLES = (".csv", ".parquet", ".xlsx")


def _weighting(name: str) -> str:
    try:
        WEIGHTINGS.find(name)
    except KeyError:
        raise ValueError(WEIGHTINGS.remedy(name)) from None
    return name


class Fee(StrictModel):
    """What a manager would charge for the strategy."""

    management: float = Field(default=0.0, ge=0, le=0.1)
    """Decimal a year."""
    performance: float = Field(default=0.0, ge=0, le=1)
    """Share of each calendar year's return beyond the yardstick, the first benchmark that can be tested."""


class OwnPrior(StrictModel):
    """What is believed of the edge before the data, in the user's own numbers: normal, decimals a year."""

    mean: float = Field(default=0.0, ge=-0.1, le=0.1)
    deviation: float = Field(ge=0.001, le=0.1)


class StrategyRules(StrictModel):
    """The content of a strategy file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = ""
    screen: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    rebalance: Schedule = "quarterly"
    month_offset: int = Field(default=0, ge=0, le=11)
    weights: Annotated[str, AfterValidator(_weighting)] = "equal"
    max_weight: float = Field(default=1.0, gt=0, le=1)
    max_sector_weight: float = Field(default=1.0, gt=0, le=1)
    trade_at: TradeAt = TradingTerms.trade_at
    capital_usd: CapitalUsd = TradingTerms.capital_usd
    reinvest: Reinvest = TradingTerms.reinvest
    costs: Costs = TradingTerms.costs
    delisting: Delisting = TradingTerms.delisting
    benchmarks: list[str] = Field(default=["IWM", "IJR"], min_length=1)
    control: bool = False
    """True for what others are held against and nobody claims an edge for: it counts as no trial."""
    fee: Fee = Fee()
    prior: Literal["sceptic", "default", "open"] | OwnPrior = "default"
    """What is believed of its edge before the data: 0 ± 0.5, 1 or 2 % a year, or a mean and deviation of one's own."""
    min_coverage: float = Field(default=0.25, ge=0, le=1)
    """The first decision waits until every rule that a missing value fails has one for this share of candidates:
    before that a screen would choose who reports, not who is good."""

    @field_validator("month_offset")
    @classmethod
    def _offset_within_period(cls, value: int, info: ValidationInfo) -> int:
        schedule = info.data.get("rebalance")
        months = 12 if schedule is None else MONTHS_APART.get(schedule, 1)
        if value >= months:
            raise ValueError(f"{value} months are too many: a {schedule} schedule takes 0 to {months - 1}")
        return value


@dataclass(frozen=True)
class Strategy:
    """A strategy file and the screen it names."""

    rules: StrategyRules
    screen: Screen

    def __post_init__(self) -> None:
        if not isinstance(self.rules, StrategyRules):
            raise refused("Strategy", "rules", self.rules, "give the rules of what ae.load_strategy gives")
        if not isinstance(self.screen, Screen):
            raise refused("Strategy", "screen", self.screen, "give what ae.load_screen gives")

    @property
    def name(self) -> str:
        return self.rules.name

    @property
    def terms(self) -> TradingTerms:
        """The terms it trades on."""
        rules = self.rules
        return TradingTerms(rules.costs, rules.delisting, rules.trade_at, rules.capital_usd, rules.reinvest)

    @checked
    def with_screen(self, screen: Screen) -> Strategy:
        """The same trading rules on another screen."""
        return Strategy(self.rules, screen)


@dataclass(frozen=True)
class Targets:
    """Weights decided after the close of each date.

    Attributes
    ----------
    dates : decision sessions, increasing.
    assets : columns.
    weights : (n_dates, n_assets) float; rows sum to <= 1, the rest is cash; never NaN.
        Timing: decided after the close of the date, traded at the next session.
    candidates, members : (n_dates, n_assets) bool; the universe and what the screen selected from it.
    """

    dates: pd.DatetimeIndex
    assets: pd.Index
    weights: np.ndarray
    candidates: np.ndarray
    members: np.ndarray

    @property
    def last_held(self) -> np.ndarray:
        """(n_assets,) int; the row of the last date on which each is held, -1 where none holds it."""
        held = self.weights > 0.0
        return np.where(held.any(axis=0), len(held) - 1 - held[::-1].argmax(axis=0), -1)


@dataclass(frozen=True)
class Decision:
    """A strategy on a market: the evaluated screen and the targets made from it."""

    evaluation: Evaluation
    targets: Targets
    weighting: Weighting | None = None
    """What gave the weights; None where they were given."""

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """(n_dates, n_rules) share of candidates with a value."""
        return self.evaluation.coverage()

    @property
    def plugins(self) -> dict[str, Plugin]:
        """What of it a plug-in defines, such as ``factor my_factor``, to the plug-in; empty where nothing is."""
        return _defined(self.evaluation.definitions, self.weighting)


def plugins_of(strategy: Strategy) -> dict[str, Plugin]:
    """As `Decision.plugins`, of a strategy before it decides."""
    screen = strategy.screen
    definitions = {name: screen.definition(name) for name in screen.factors()}
    return _defined(definitions, WEIGHTINGS.find(strategy.rules.weights))


def _defined(definitions: Mapping[str, Factor], weighting: Weighting | None) -> dict[str, Plugin]:
    found = {f"factor {name}": made.plugin for name, made in definitions.items() if isinstance(made, OwnFactor)}
    if isinstance(weighting, OwnWeighting):
        found[f"weighting {weighting.name}"] = weighting.plugin
    return found


@checked
def load_strategy(path: str | Path, screens: str | Path | None = None, market: Market | None = None) -> Strategy:
    """The strategy in a YAML file and its screen.

    Parameters
    ----------
    path : a file, or a bare name: ``avoid_junk`` is ``strategies/avoid_junk.yaml`` here, else the shipped strategy.
    screens : folder of the screen files; default the folder ``screens`` beside the file's own folder, then the
        file's own folder, then the shipped screens.
    market : as `load_screen`.

    Raises
    ------
    ConfigError : anything wrong with either file, all problems of a file at once.
    """
    path = find_file(path, "strategies")
    if path.suffix.lower() in TABLES:
        raise ConfigError(
            f"{path}: a table is no strategy; weights of your own are traded by active-edge backtest --weights {path}, "
            f"returns are judged by active-edge judge {path}"
        )
    rules = load_model(path, StrategyRules)
    name = f"{rules.screen}.yaml"
    beside = path.resolve().parent
    folders = [Path(screens)] if screens else [beside.parent / "screens", beside, shipped_folder("screens")]
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if found is None:
        known = [file.stem for folder in folders for file in folder.glob("*.yaml")]
        places = " or ".join(map(str, folders))
        raise ConfigError(f"{path}: screen: there is no {name} in {places}; {nearest(rules.screen, known)}")
    screen_at = shown(found)
    screen = load_screen(screen_at, market=market)
    require_ranking(rules, screen, str(path), screen_at)
    return Strategy(rules, screen)


def require_ranking(rules: StrategyRules, screen: Screen, where: str, screen_at: str) -> None:
    """Refuse a weighting by rank on a screen without one; `where` and `screen_at` name both in the message."""
    if WEIGHTINGS.find(rules.weights).ranked and not screen.rank:
        raise ConfigError(
            f"{where}: weights: {rules.weights} needs a ranking, and {screen_at} has none; give equal, cap or a rank"
        )


def decision_dates(strategy: Strategy, market: Market, sessions: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Sessions after whose close the strategy decides, within the sessions of a run.

    ``once`` decides on the first session, or on the first on which the members of its index are known; where they
    never are, on the first, when nobody is a candidate. The last
    session can decide nothing, for there is no next one to trade on.

    Raises
    ------
    MissingInput : the run is too short to hold one decision.
    """
    schedule, index = strategy.rules.rebalance, strategy.screen.universe.members
    if schedule != "once":
        dates = rebalance_sessions(sessions, schedule, month_offset=strategy.rules.month_offset)
    elif index is None:
        dates = sessions[:1]
    else:
        first = bisect_left(sessions, True, key=lambda day: bool(members_on(market, index, day).any()))
        dates = sessions[first : first + 1] if first < len(sessions) - 1 else sessions[:1]
    dates = dates[dates < sessions[-1]]
    if not len(dates):
        span = f"{sessions[0].date()} to {sessions[-1].date()}"
        raise MissingInput(f"a {schedule} schedule has no decision from {span}; widen --from/--to")
    return dates


def decide_targets(
    strategy: Strategy,
    market: Market,
    dates: pd.DatetimeIndex,
    *,
    panel: Panel | None = None,
    universe: Universe | None = None,
) -> Decision:
    """Targets of a strategy on its decision dates. Timing: everything known at the close of each date.

    universe : its candidates on the panel, where they have been selected already.
    """
    panel = Panel(market, dates) if panel is None else panel
    evaluation = evaluate(strategy.screen, panel, universe=universe)
    members = evaluation.selected()
    members[: evaluation.first_covered(strategy.rules.min_coverage)] = False
    weights = weigh(strategy.rules, evaluation, members)
    targets = Targets(panel.dates, market.assets, weights, evaluation.universe.mask, members)
    return Decision(evaluation, targets, WEIGHTINGS.find(strategy.rules.weights))


def weigh(rules: StrategyRules, evaluation: Evaluation, members: np.ndarray) -> np.ndarray:
    """(n_dates, n_assets) target weights of members, within the caps; a row sums to at most 1.

    Parameters
    ----------
    evaluation : of the screen the members come from: ranks, values and sectors are read from it.
    members : (n_dates, n_assets) bool.
    """
    weights = WEIGHTINGS.find(rules.weights).weights(evaluation, members)
    codes, caps = evaluation.universe.industry.codes, sector_caps(rules, evaluation.universe)
    for row, sectors, cap in zip(weights, codes, caps, strict=True):
        row[:] = capped(row, rules.max_weight, float(cap), sectors)
    return weights


def sector_caps(rules: StrategyRules, universe: Universe) -> np.ndarray:
    """(n_dates,) float; the cap on a sector's weight, 1 on a date on which no sector of any candidate is known."""
    told = (universe.mask & ~universe.industry.unknown).any(axis=1)
    return np.where(told, rules.max_sector_weight, 1.0)
