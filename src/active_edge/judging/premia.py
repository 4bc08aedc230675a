"""What the market paid for each factor of a screen, name by name: the cross-section behind the portfolios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge import crosssection
from active_edge.errors import MissingInput
from active_edge.evaluation import evaluate
from active_edge.inference.asset_pricing import fama_macbeth
from active_edge.judging.ladder import INDEX_TERMS
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.run.backtest import run_sessions
from active_edge.screen import Screen
from active_edge.sessions import rebalance_sessions

MONTHS_A_YEAR = 12.0
FEWEST_MONTHS = 12
TAILS = (0.01, 0.99)
"""Values beyond these quantiles of a date are set to them: one absurd ratio would decide the slope of its month."""


@dataclass(frozen=True)
class Premium:
    """What one factor paid, the others held equal: a year, decimal, for one standard deviation towards its good end.

    t, p : of the mean of the monthly slopes; two-sided.
    """

    factor: str
    annual: float
    t: float
    p: float


@dataclass(frozen=True)
class Premia:
    """Every factor of a screen.

    Attributes
    ----------
    start, end : first and last decision date. months : cross-sections. names : of them in the middle, by number.
    left_out : share of candidates without a value for one of the factors, who are in no cross-section.
    """

    screen: str
    start: str
    end: str
    months: int
    names: int
    left_out: float
    factors: tuple[Premium, ...]


def factor_premia(screen: Screen, market: Market, *, start: str | None = None, end: str | None = None) -> Premia:
    """The premia of a screen's factors among its candidates, month by month.

    On the last session of each month every factor is standardised among the candidates and turned towards its good
    end; the returns of the month that follows, from the close of the next session on, are regressed on all of them.

    Timing: factors as known on the decision date; returns after it.

    Raises
    ------
    MissingInput : the screen has no factor, the market lacks one's inputs, or fewer than 12 months have names enough.
    """
    if not screen.factors():
        raise MissingInput(f"screen {screen.name}: names no factor; give it rules or rank terms to measure")
    dates = rebalance_sessions(run_sessions(market, start, end)[:-1], "monthly")
    if len(dates) <= FEWEST_MONTHS:
        raise MissingInput(f"{len(dates)} months; more than {FEWEST_MONTHS} are needed: begin earlier with --from")
    from active_edge.engine.holding_returns import holding_returns

    panel = Panel(market, dates[:-1])
    evaluation = evaluate(screen, panel)
    earned, mask = holding_returns(market, dates, INDEX_TERMS), evaluation.universe.mask
    exposures = {}
    for name, definition in evaluation.definitions.items():
        towards = -1.0 if definition.good == "low" else 1.0
        exposures[name] = towards * crosssection.zscore(
            crosssection.winsorise(evaluation.values[name], mask, *TAILS), mask
        )
    complete = mask & np.isfinite(earned) & np.all([np.isfinite(one) for one in exposures.values()], axis=0)
    told = complete.sum(axis=1) > 2 * (len(exposures) + 1)
    if told.sum() < FEWEST_MONTHS:
        raise MissingInput(
            f"{int(told.sum())} months have enough candidates with all of {', '.join(exposures)}; at least "
            f"{FEWEST_MONTHS} are needed"
        )
    rows, columns = np.nonzero(complete & told[:, None])
    table = pd.DataFrame(
        {"return": earned[rows, columns], **{name: one[rows, columns] for name, one in exposures.items()}},
        index=pd.MultiIndex.from_arrays([columns, dates[:-1][rows]], names=["asset", "date"]),
    )
    fit = fama_macbeth(table, "return", list(exposures))
    return Premia(
        screen=screen.name,
        start=str(dates[0].date()),
        end=str(dates[-1].date()),
        months=fit.periods,
        names=int(np.median(complete[told].sum(axis=1))),
        left_out=1.0 - float(complete.sum() / (mask & np.isfinite(earned)).sum()),
        factors=tuple(
            Premium(name, MONTHS_A_YEAR * fit.estimates[name], fit.t[name], fit.p[name]) for name in exposures
        ),
    )
