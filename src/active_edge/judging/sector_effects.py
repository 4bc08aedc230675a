"""Where a run's return beyond the index came from: sectors and sizes held, and what was held inside them.

The index is the one rebuilt from the market by its rules, for a fund's holdings by day are in no market folder. A
stretch runs from the close of one decision's first fill to that of the next; within it both are bought and held, so
that what trading and costs add or take is a part of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from active_edge.costs import TradingTerms
from active_edge.errors import MissingInput
from active_edge.inference.brinson import brinson_fachler
from active_edge.judging.ladder import INDEX_TERMS, rebuilt_levels, rebuilt_members
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.panel.sectors import sectors_on
from active_edge.rebuilt_index import IndexRules, float_share
from active_edge.run.backtest import Result

CASH = "cash"
SMALLER = "smaller than the index"
THIRDS = ("largest third", "middle third", "smallest third")


@dataclass(frozen=True)
class SectorEffects:
    """The return beyond the rebuilt index a year, taken apart; arithmetic, over all stretches.

    Attributes
    ----------
    active_annual : sum over the stretches of the net return less that of the index, a year.
    trading_annual : what no effect explains: costs, trading between decisions, changes of the index between them.
    stretches : how many were summed.
    sectors, sizes : frame by group: mean weight and index_weight, then the effects of `brinson_fachler` a year. The
        effects of either sum to `active_annual` less `trading_annual`.
    """

    active_annual: float
    trading_annual: float
    stretches: int
    sectors: pd.DataFrame
    sizes: pd.DataFrame


@dataclass(frozen=True)
class Parts:
    """A portfolio in groups at the beginning of each stretch.

    names : of the groups. weights, returns : (n_stretches, n_groups); a return is of the stretch, each name bought and
    held, NaN where the group is empty.
    """

    names: tuple[str, ...]
    weights: np.ndarray
    returns: np.ndarray


@dataclass(frozen=True)
class IndexHeld:
    """The index at the beginning of each stretch: groups of all assets, and itself in them.

    groups : "sectors" and "sizes", each (n_stretches, n_assets) names. parts : the index in either.
    """

    groups: dict[str, np.ndarray]
    parts: dict[str, Parts]


def sector_effects(result: Result, rules: IndexRules | None = None) -> SectorEffects:
    """The effects of a run over the rebuilt index.

    Raises
    ------
    MissingInput : nothing was held, the market cannot rank companies or tells no sector, or the run begins before the
        index does.
    """
    rules, market, holdings = rules or IndexRules(), result.market, result.holdings
    closes = pd.DatetimeIndex(sorted(holdings["session"].unique()))
    if result.base is None or len(closes) < 2:
        raise MissingInput("nothing was held from one decision to the next")
    index = market.told(("sector effects", rules, tuple(closes)), lambda: _index_held(market, closes, rules))
    own = holdings.pivot(index="session", columns="asset", values="weight").reindex(columns=market.assets).fillna(0.0)
    weights, terms = own.loc[closes[:-1]].to_numpy(), replace(INDEX_TERMS, delisting=result.strategy.terms.delisting)
    tables = {
        kind: _effects(_parts(market, closes, weights, groups, terms), index.parts[kind], result.years)
        for kind, groups in index.groups.items()
    }
    levels = rebuilt_levels(market, rules).reindex(closes).to_numpy()
    grown = (1.0 + result.returns).cumprod().reindex(closes).fillna(1.0).to_numpy()
    active = float((grown[1:] / grown[:-1] - levels[1:] / levels[:-1]).sum()) / result.years
    return SectorEffects(active, active - float(tables["sectors"]["total"].sum()), len(closes) - 1, **tables)


def _index_held(market: Market, closes: pd.DatetimeIndex, rules: IndexRules) -> IndexHeld:
    index = rebuilt_members(market, rules)
    effective = pd.DatetimeIndex([event.effective for event in index.events])
    event = effective.searchsorted(closes[:-1], side="right") - 1
    if event[0] < 0:
        raise MissingInput(f"the run begins on {closes[0].date()}, the rebuilt index on {effective[0].date()}")
    panel = Panel(market, _decided(market, closes))
    sectors = sectors_on(panel)
    if sectors.unknown.all():
        raise MissingInput(f"{market.path}: no sector of any company is known (sic in securities, items gics or sic)")
    value, share = panel.market_value(), float_share(panel)
    known = np.nan_to_num(np.where(index.members[event], value * np.where(np.isnan(share), 1.0, share), 0.0))
    if not known.any(axis=1).all():
        raise MissingInput("no member of the rebuilt index has a known value at the beginning of a stretch")
    weights = known / known.sum(axis=1, keepdims=True)
    groups = {"sectors": sectors.names, "sizes": _sizes(value, known > 0.0)}
    market.let_go("arena")
    parts = {kind: _parts(market, closes, weights, names, INDEX_TERMS) for kind, names in groups.items()}
    return IndexHeld(groups, parts)


def _decided(market: Market, closes: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """The session before the beginning of each stretch: orders decided on it trade on its first close."""
    return market.sessions[market.sessions.searchsorted(closes[:-1]) - 1]


def _sizes(value: np.ndarray, members: np.ndarray) -> np.ndarray:
    """(n_stretches, n_assets) thirds of the index by number of members; whatever is larger is in the first."""
    inside = np.where(members, value, np.nan)
    lower, upper = np.nanquantile(inside, [1.0 / 3.0, 2.0 / 3.0], axis=1)[:, :, None]
    smallest = np.nanmin(inside, axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        third = np.select([value >= upper, value >= lower, value >= smallest], THIRDS, SMALLER)
    return np.asarray(third, dtype=object)


def _parts(
    market: Market, closes: pd.DatetimeIndex, weights: np.ndarray, groups: np.ndarray, terms: TradingTerms
) -> Parts:
    """A portfolio of (n_stretches, n_assets) weights by the groups that it holds."""
    from active_edge.engine import prepare

    names = tuple(sorted({str(name) for name in np.unique(groups[weights > 0.0].astype(str))}))
    inside = [np.where(groups == name, weights, 0.0) for name in names]
    total = np.column_stack([part.sum(axis=1) for part in inside])
    scaled = [
        np.divide(part, size[:, None], out=np.zeros_like(part), where=size[:, None] > 0.0)
        for part, size in zip(inside, total.T, strict=True)
    ]
    columns = np.flatnonzero((weights > 0.0).any(axis=0))
    arena = prepare(market, _decided(market, closes), terms, columns=columns, end=closes[-1])
    grown = np.cumprod(1.0 + arena.run(scaled).returns, axis=0)
    at = np.vstack([np.ones(len(names)), grown])[arena.sessions.searchsorted(closes)]
    return Parts(names, total, np.where(total > 0.0, at[1:] / at[:-1] - 1.0, np.nan))


def _effects(own: Parts, index: Parts, years: float) -> pd.DataFrame:
    """By group: mean weights and effects a year. What is in no name is cash, which earns nothing."""
    found = []
    for k in range(len(own.weights)):
        held, passive = (pd.Series(part.weights[k], index=list(part.names)) for part in (own, index))
        earned, earned_by_index = (pd.Series(part.returns[k], index=list(part.names)) for part in (own, index))
        held[CASH], passive[CASH], earned[CASH] = 1.0 - held.sum(), 0.0, 0.0
        effects = brinson_fachler(held, passive, earned, earned_by_index)
        shares = pd.DataFrame({"weight": held, "index_weight": passive}) / len(own.weights)
        found.append(shares.join(effects / years, how="right").fillna(0.0))
    return pd.concat(found).groupby(level=0).sum()
