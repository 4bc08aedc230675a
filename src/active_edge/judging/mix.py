"""What was held beside the index through time: size, value and quality of the names, and their sectors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from active_edge.errors import ActiveEdgeError, MissingInput
from active_edge.factors import FACTORS
from active_edge.judging.ladder import rebuilt_members
from active_edge.panel import Panel
from active_edge.rebuilt_index import IndexRules, float_share
from active_edge.run.backtest import Result

STYLES = {"value": "book_to_market", "quality": "gross_profitability"}
"""What tells a style, by the factor that ranks it; size is ranked by market value."""
CASH = "cash"


@dataclass(frozen=True)
class Mix:
    """The portfolio and the rebuilt index on each decision date.

    Attributes
    ----------
    styles : (n_dates, ...) frame: for size, value and quality the weighted mean place of the names held among the
        members of the index, 0 lowest to 1 highest, and the same of the index itself in "<style>, index"; names
        without a value are left out, NaN where nobody has one.
    sectors, index_sectors : (n_dates, n_sectors) weights; what is in no name is cash.
    """

    styles: pd.DataFrame
    sectors: pd.DataFrame
    index_sectors: pd.DataFrame


def mix_of(result: Result, rules: IndexRules | None = None) -> Mix | str:
    """The mix on every decision date from the index's first on, or why it is not known."""
    try:
        return _mix(result, rules or IndexRules())
    except ActiveEdgeError as error:
        return str(error).removeprefix(f"{result.market.path}: ")


def _mix(result: Result, rules: IndexRules) -> Mix:
    evaluation, dates, own = result.decision.evaluation, result.targets.dates, result.targets.weights
    panel = evaluation.panel
    passive = _index_weights(result, rules)
    known = passive.sum(axis=1) > 0.0
    if not known.any():
        raise MissingInput("the rebuilt index begins after the last decision")
    measured = {"size": panel.market_value()}
    for style, name in STYLES.items():
        factor = FACTORS.find(name)
        if not factor.missing_items(result.market):
            measured[style] = factor.compute(panel)
    styles = {}
    for style, values in measured.items():
        # The same for every strategy decided on these dates: the index is that of the market and the rules.
        places = panel.keep(("place in index", style, rules), partial(_places, values, passive > 0.0))
        styles[style], styles[f"{style}, index"] = _mean(places, own), _mean(places, passive)
    rows = dates[known]
    sectors = evaluation.universe.sectors
    names = sorted({str(name) for name in np.unique(sectors[(own > 0.0) | (passive > 0.0)].astype(str))})
    held = {name: np.where(sectors == name, own, 0.0).sum(axis=1) for name in names}
    held[CASH] = 1.0 - own.sum(axis=1)
    index = {name: np.where(sectors == name, passive, 0.0).sum(axis=1) for name in names} | {CASH: np.zeros(len(own))}
    return Mix(*(pd.DataFrame(table, index=dates).loc[rows] for table in (styles, held, index)))


def _index_weights(result: Result, rules: IndexRules) -> np.ndarray:
    """(n_dates, n_assets) weights of the rebuilt index by float value on each decision date; rows of 0 before it."""
    panel = result.decision.evaluation.panel
    return panel.keep(("rebuilt index", rules), lambda: _index_on(panel, rules))


def _index_on(panel: Panel, rules: IndexRules) -> np.ndarray:
    index = rebuilt_members(panel.market, rules)
    effective = pd.DatetimeIndex([event.effective for event in index.events])
    event = effective.searchsorted(panel.dates, side="right") - 1
    members = index.members[np.maximum(event, 0)] & (event >= 0)[:, None]
    value, share = panel.market_value(), float_share(panel)
    amount = np.nan_to_num(np.where(members, value * np.where(np.isnan(share), 1.0, share), 0.0))
    total = amount.sum(axis=1, keepdims=True)
    weights: np.ndarray = np.divide(amount, total, out=np.zeros_like(amount), where=total > 0.0)
    return weights


def _places(values: np.ndarray, members: np.ndarray) -> np.ndarray:
    """(n_dates, n_assets) share of the members with a value that lie below each name; NaN where it has none."""
    places = np.full(values.shape, np.nan)
    for row in range(len(values)):
        ranked = np.sort(values[row][members[row] & np.isfinite(values[row])])
        has = np.isfinite(values[row])
        if len(ranked):
            low, high = (np.searchsorted(ranked, values[row][has], side=side) for side in ("left", "right"))
            places[row, has] = 0.5 * (low + high) / len(ranked)
    return places


def _mean(places: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(n_dates,) mean place by weight of the names that have one; NaN where none has."""
    known = np.where(np.isnan(places), 0.0, weights)
    total = known.sum(axis=1)
    mean: np.ndarray = np.divide(
        (np.nan_to_num(places) * known).sum(axis=1), total, out=np.full(len(total), np.nan), where=total > 0.0
    )
    return mean
