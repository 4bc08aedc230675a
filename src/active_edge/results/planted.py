"""The positive control beside the null: a strategy on a market in which what it holds was made to earn far more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from active_edge.choice import default_folder
from active_edge.errors import SnapshotError
from active_edge.market import Market, open_market
from active_edge.panel import Panels
from active_edge.progress import Progress, silent
from active_edge.results.batch import Run, backtest_on, run_strategies
from active_edge.run.backtest import Result
from active_edge.simulated.planted import plant, planted_sources
from active_edge.strategy import Strategy, load_strategy
from active_edge.words import percent

OF, NAME, ANNUAL = "balance_sheet", "planted_balance_sheet", 0.15
"""The strategy, what its control is called, and what is planted a year: absurdly much, so that six years can see it."""
DESCRIPTION = (
    f"A control that shows the test can say yes: {OF} on the same simulated market, but with {percent(ANNUAL, 0)} a "
    "year planted in whatever it holds, absurdly much, so that six years can see it. No answer to anything."
)


def planted_folder() -> Path:
    """Where the market with the edge is kept: beside the simulated default in the user's cache."""
    return default_folder().with_name(f"{default_folder().name}-planted")


def run_planted(
    beside: Sequence[Run],
    market: Market,
    *,
    out: str | Path,
    random_portfolios: int,
    seed: int = 0,
    progress: Progress = silent,
) -> Run:
    """The control on the market with the edge, judged by itself and written like every run; no trial of anybody's.

    Parameters
    ----------
    beside : runs on the market as it was drawn; what the control's strategy held is taken from its run there, or found.
    market : the simulated default, over its whole period.

    Raises
    ------
    ConfigError : the market is not simulated.
    LedgerError : as `run_strategies`.
    """
    strategy = load_strategy(OF)
    drawn = next((run.judgement.result for run in beside if run.stats.strategy == OF), None)
    planted = _market(market, strategy, drawn, progress)
    (run,) = run_strategies(
        [_control(strategy)],
        planted,
        out=out,
        random_portfolios=random_portfolios,
        seed=seed,
        sensitivity=False,
        progress=progress,
    )
    return run


def _control(strategy: Strategy) -> Strategy:
    told = {"name": NAME, "description": DESCRIPTION, "control": True}
    return Strategy(strategy.rules.model_copy(update=told), strategy.screen)


def _market(market: Market, strategy: Strategy, drawn: Result | None, progress: Progress) -> Market:
    """The market with the edge: the one in the cache where it was made of this one, else made now."""
    edge, folder = f"{percent(ANNUAL, 0)} a year in what {OF} holds", planted_folder()
    try:
        kept = open_market(folder)
        if kept.manifest["sources"] == planted_sources(market, edge):
            return kept
    except SnapshotError:
        pass  # made below
    progress("plant an edge", 0, 1)
    held: pd.DataFrame = (drawn or backtest_on(Panels(), strategy, market, None, None)).holdings
    plant(folder, market, held, annual=ANNUAL, edge=edge)
    progress("plant an edge", 1, 1)
    return open_market(folder)
