"""A portfolio that a user decided elsewhere, traded by the same rules as any strategy."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from active_edge.arguments import checked
from active_edge.config import build_model
from active_edge.costs import TradingTerms
from active_edge.errors import BacktestError, MissingInput
from active_edge.evaluation import evaluate
from active_edge.market import Market
from active_edge.market.dated import Dated, wide_or_long
from active_edge.panel import Panel
from active_edge.run.backtest import Result, trade
from active_edge.screen import Screen
from active_edge.strategy import Decision, Strategy, StrategyRules, Targets
from active_edge.universe import UniverseRules
from active_edge.weightings import without_rounding
from active_edge.words import count, number

OWN = "own_weights"
WHAT = "weights"
ROUNDING = 1e-6
"""By so much weights of 32 bits may sum to more than 1."""


class OwnRules(StrategyRules):
    """The rules of a portfolio whose weights were given: what would decide them is replaced by their hash."""

    rebalance: Literal["given"] = "given"  # type: ignore[assignment]
    weights: Literal["given"] = "given"
    weights_sha256: str
    """Of every date, asset and weight: what makes the trial distinct."""


@checked
def backtest_weights(
    weights: Dated,
    market: Market,
    terms: TradingTerms | None = None,
    *,
    name: str = OWN,
    description: str = "",
    benchmarks: Sequence[str] = ("IWM", "IJR"),
    universe: UniverseRules | None = None,
    end: str | pd.Timestamp | None = None,
) -> Result:
    """Target weights traded on the market, as a result that can be judged and reported like any other.

    Parameters
    ----------
    weights
        Dates by names: a frame of any library with a column for each ticker or asset id, or with the columns date,
        ticker and weight; or a .csv or .parquet file of one. Decimals; a date sums to at most 1, the rest is cash;
        missing is 0. A date is the whole portfolio until the next.
        Timing: decided after the close of the last session on or before its date, traded at the next.
    terms
        Costs, exit returns, fill time and capital; default those of a strategy file.
    name
        What the run is called, in small letters, digits and underscores.
    benchmarks
        Total-return series of the market.
    universe
        The candidates that matched random portfolios are drawn from, together with the names held; default every
        company with a price.
    end
        Last session of the run; default the market's last.

    Raises
    ------
    DataError
        What was given is no table of numbers by date.
    BacktestError
        The weights are no long-only portfolio, or two dates fall on one session.
    MissingInput
        The market has no such ticker, or the date or the name lies outside its sessions.
    ConfigError
        The name is none, or there is no benchmark.
    """
    terms = TradingTerms() if terms is None else terms
    table = wide_or_long(weights, WHAT, amount="weight").fillna(0.0)
    dates = _decision_sessions(table.index, market)
    table = table.set_axis(dates)
    _check_decimals(table)
    matrix = without_rounding(_by_asset(table, market), ROUNDING)
    if not matrix.any():
        raise BacktestError("weights: every one is 0 or missing, so nothing is ever held; give the weights above 0")
    screen = Screen(name=OWN, description="Weights given by the user.", universe=universe or UniverseRules())
    strategy = Strategy(_rules(name, description, benchmarks, terms, _digest(matrix, dates, market)), screen)
    evaluation = evaluate(screen, Panel(market, dates))
    held = matrix > 0
    targets = Targets(dates, market.assets, matrix, evaluation.universe.mask | held, held)
    last = market.sessions[-1] if end is None else pd.Timestamp(end)
    sessions = market.sessions[(market.sessions >= dates[0]) & (market.sessions <= last)]
    if len(sessions) < 2:
        raise MissingInput(f"weights begin on {dates[0].date()}, and the run ends on {last.date()}; give a later end")
    return Result(strategy, market, Decision(evaluation, targets), trade(market, targets, terms, sessions))


def _rules(name: str, description: str, benchmarks: Sequence[str], terms: TradingTerms, digest: str) -> OwnRules:
    return build_model(
        OwnRules,
        {
            "name": name,
            "description": description,
            "screen": OWN,
            "trade_at": terms.trade_at,
            "capital_usd": terms.capital_usd,
            "reinvest": terms.reinvest,
            "costs": terms.costs,
            "delisting": terms.delisting,
            "benchmarks": list(benchmarks),
            "weights_sha256": digest,
        },
        "backtest_weights",
    )


def _decision_sessions(days: pd.DatetimeIndex, market: Market) -> pd.DatetimeIndex:
    """The last session on or before each day; the last session of the market can decide nothing."""
    first, last = market.sessions[0], market.sessions[-2]
    outside = days[(days < first) | (days > last)]
    if len(outside):
        raise MissingInput(
            f"weights: {outside[0].date()}: the market decides from {first.date()} to {last.date()}; leave the "
            f"{count(len(outside), 'date')} outside out"
        )
    sessions = market.sessions[market.sessions.searchsorted(days, side="right") - 1]
    if not sessions.is_unique:
        twice = sessions[sessions.duplicated()][0]
        both = ", ".join(str(day.date()) for day in days[sessions == twice])
        raise BacktestError(f"weights: {both} are all decided on {twice.date()}, the last session before; keep one")
    return sessions


def _check_decimals(table: pd.DataFrame) -> None:
    total = table.sum(axis=1)
    if len(total) and total.median() > 1.5 and total.max() <= 101.0:
        raise BacktestError(
            f"weights: the rows sum to {number(total.median(), 1)}; weights are decimals (0.05 is five "
            "percent), and at most 1 can be held: divide percent by 100, anything else by its row's sum"
        )


def _by_asset(table: pd.DataFrame, market: Market) -> np.ndarray:
    """(n_dates, n_assets) weights in the order of the market's assets; a ticker is who had it on each date."""
    matrix = np.zeros((len(table), len(market.assets)))
    for label in table.columns:
        given = table[label].to_numpy()
        for row in np.flatnonzero(given):
            column = _column(str(label), table.index[row], market)
            if matrix[row, column]:
                raise BacktestError(
                    f"weights: {label} on {table.index[row].date()} is {market.assets[column]}, which another column "
                    "names too; keep one of them"
                )
            matrix[row, column] = given[row]
    return matrix


def _column(label: str, day: pd.Timestamp, market: Market) -> int:
    if not label.strip() or label == "nan":
        raise MissingInput(f"weights: a column has the name {label!r}; name the ticker or asset that it is of")
    try:
        column = int(market.assets.get_loc(label)) if label in market.assets else market.asset_of(label, day)
    except MissingInput as error:
        raise MissingInput(f"weights: {error}") from error
    session = market.sessions.get_loc(day)
    first, last = market.prices.first[column], market.prices.last[column]
    if not first <= session <= last:
        raise MissingInput(
            f"weights: {label} on {day.date()}: it has prices from {market.sessions[first].date()} to "
            f"{market.sessions[last].date()}; leave it out on other dates"
        )
    return column


def _digest(matrix: np.ndarray, dates: pd.DatetimeIndex, market: Market) -> str:
    rows, columns = np.nonzero(matrix)
    lines = (
        f"{dates[row].date()} {market.assets[column]} {float(matrix[row, column]).hex()}\n"
        for row, column in zip(rows, columns, strict=True)
    )
    every = "".join(f"{day.date()}\n" for day in dates)
    return hashlib.sha256((every + "".join(lines)).encode()).hexdigest()
