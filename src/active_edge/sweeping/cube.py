"""Everything selection needs of the candidates of one universe on one set of dates, read once for all variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from active_edge.errors import ConfigError
from active_edge.evaluation import percentiles
from active_edge.panel import Panel
from active_edge.screen import Bound, Screen
from active_edge.sectors import NAMES
from active_edge.strategy import Strategy
from active_edge.universe import Universe, select_universe

if TYPE_CHECKING:
    from active_edge.engine import Plans
    from active_edge.sweeping._select import Candidates, Rules

KINDS = {"equal": 0, "rank": 1, "cap": 2, "inverse_volatility": 3}
"""The weightings that are compiled, as `_select` numbers them; a user's own is not."""
LIMITS = ("min", "max", "quantile_min", "quantile_max")


def compiled(strategy: Strategy) -> bool:
    """Whether a strategy is selected by the compiled loop: all but those with a weighting of a user's own."""
    return strategy.rules.weights in KINDS


@dataclass(frozen=True)
class Cube:
    """Candidates of one universe on one set of dates, and where each factor and rank term stands in them.

    Attributes
    ----------
    coverage : rule -> (n_dates,) share of candidates with a value, as `Evaluation.coverage`; ``sector`` where a rule
        asks for one.
    """

    panel: Panel
    universe: Universe
    of: Candidates
    factors: Mapping[str, int]
    terms: Mapping[tuple[str, str], int]
    coverage: Mapping[str, np.ndarray]

    @property
    def columns(self) -> np.ndarray:
        """Positions in `market.assets` of all who are ever candidates, ascending."""
        return np.unique(self.of.column)

    def first(self, strategy: Strategy) -> int:
        """Row of the first date on which the strategy may decide, as `Evaluation.first_covered`."""
        strict = strategy.screen.strict_rules()
        tables = [self.coverage[name] for name in self.rules(strategy.screen) if name in strict]
        with np.errstate(invalid="ignore"):
            covered = np.all([table >= strategy.rules.min_coverage for table in tables], axis=0) if tables else None
        if covered is None:
            return 0
        return int(covered.argmax()) if covered.any() else len(covered)

    def rules(self, screen: Screen) -> tuple[str, ...]:
        """Names of what has a coverage in a screen."""
        sector = ("sector",) if "sector" in self.coverage else ()
        return (*screen.factors(), *sector)

    def select(self, rules: Rules, begin: int, stop: int) -> Plans:
        """Target weights of variants `begin` to `stop` of compiled rules."""
        from active_edge.engine import Plans
        from active_edge.sweeping._select import select_block

        n, size = stop - begin, max(1, len(self.of.column))
        offsets = np.empty(n + 1, dtype=np.int64)
        indptr = np.empty((n, len(self.of.bounds)), dtype=np.int64)
        columns, weights = np.empty(n * size, dtype=np.int64), np.empty(n * size)
        n_assets = len(self.panel.market.assets)
        select_block(self.of, rules, begin, stop, n_assets, len(NAMES), offsets, indptr, columns, weights)
        return Plans(offsets, indptr, columns[: offsets[-1]], weights[: offsets[-1]])

    def compile(self, strategies: Sequence[Strategy]) -> Rules:
        """What strategies ask for, as the compiled loop reads it."""
        from active_edge.sweeping._select import Rules

        rules: list[tuple[int, int, int]] = []
        bounds, terms, weights = [], [], []
        for strategy in strategies:
            screen = strategy.screen
            required = [self._rule(name, bound) for name, bound in screen.require.items()]
            either = [self._rule(name, bound) for name, bound in screen.require_any.items()]
            begin = rules[-1][2] if rules else 0
            rules.append((begin, begin + len(required), begin + len(required) + len(either)))
            bounds += [*required, *either]
            terms.append([self.terms[name, screen.rank_within] for name in screen.rank])
            weights.append(list(screen.rank.values()))
        select = [s.screen.select for s in strategies]
        return Rules(
            rules=np.array(rules, dtype=np.int64).reshape(-1, 3),
            factor=np.array([factor for factor, _, _ in bounds], dtype=np.int64),
            limit=np.array([limit for _, limit, _ in bounds], dtype=np.float64).reshape(-1, 4),
            lenient=np.array([lenient for _, _, lenient in bounds], dtype=np.bool_),
            terms=np.cumsum([0, *map(len, terms)]).astype(np.int64),
            term=np.array([term for one in terms for term in one], dtype=np.int64),
            weight=np.array([weight for one in weights for weight in one], dtype=np.float64),
            top=np.array([0 if one is None else one.top for one in select], dtype=np.int64),
            keep=np.array([0 if one is None else one.keep_until or one.top for one in select], dtype=np.int64),
            first=np.array([self.first(strategy) for strategy in strategies], dtype=np.int64),
            weighting=np.array([KINDS[s.rules.weights] for s in strategies], dtype=np.int64),
            caps=np.array([(s.rules.max_weight, s.rules.max_sector_weight) for s in strategies], dtype=np.float64),
        )

    def _rule(self, name: str, bound: Bound) -> tuple[int, list[float], bool]:
        limits = bound.limits()
        return self.factors[name], [limits.get(kind, np.nan) for kind in LIMITS], bound.missing == "pass"


def make_cube(strategies: Sequence[Strategy], panel: Panel) -> Cube:
    """The cube of strategies that share universe, items and dates.

    Timing: everything known at the close of each date.

    Raises
    ------
    ConfigError : two of them differ in universe or items.
    """
    first = strategies[0].screen
    if any(s.screen.universe != first.universe or s.screen.items != first.items for s in strategies):
        raise ConfigError("a cube holds one universe; group variants by it first")
    universe = select_universe(first.universe, panel)
    row, column = np.nonzero(universe.mask)
    bounds = np.searchsorted(row, np.arange(len(panel.dates) + 1)).astype(np.int64)
    screens = {name: s.screen for s in strategies for name in s.screen.factors()}
    ranked = {(name, s.screen.rank_within): s.screen for s in strategies for name in s.screen.rank}
    values = {name: screen.definition(name).compute(panel) for name, screen in screens.items()}
    coverage = {name: _shares(~np.isnan(matrix), universe.mask) for name, matrix in values.items()}
    coverage |= {r.name: _shares(r.known, universe.mask) for r in universe.rules if r.name == "sector"}
    percent = [_percent(screen, name, values, universe)[row, column] for (name, _), screen in ranked.items()]
    held = [matrix[row, column] for matrix in values.values()]
    return Cube(
        panel=panel,
        universe=universe,
        of=_candidates(panel, universe, (row, column, bounds), held, percent, strategies),
        factors={name: place for place, name in enumerate(values)},
        terms={key: place for place, key in enumerate(ranked)},
        coverage=coverage,
    )


def _candidates(
    panel: Panel,
    universe: Universe,
    where: tuple[np.ndarray, np.ndarray, np.ndarray],
    held: Sequence[np.ndarray],
    percent: Sequence[np.ndarray],
    strategies: Sequence[Strategy],
) -> Candidates:
    from active_edge.sweeping._select import Candidates

    row, column, bounds = where
    n, kinds = len(column), {s.rules.weights for s in strategies}

    def of(matrix: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(matrix[row, column], dtype=np.float64)

    ordered = [values[np.lexsort((values, row))] for values in held]
    codes = universe.industry.codes
    return Candidates(
        bounds=bounds,
        column=column.astype(np.int64),
        values=_stacked(held, n),
        ordered=_stacked(ordered, n),
        known=np.array(
            [np.add.reduceat(np.append(~np.isnan(v), 0), bounds[:-1]) * (np.diff(bounds) > 0) for v in held],
            dtype=np.int64,
        ).reshape(len(held), len(bounds) - 1),
        percent=_stacked(percent, n),
        standing=of(panel.standing()),
        market_value=of(panel.market_value()) if "cap" in kinds else np.empty(n),
        volatility=of(panel.volatility()) if "inverse_volatility" in kinds else np.empty(n),
        sector=codes[row, column].astype(np.int64),
        told=np.asarray((universe.mask & ~universe.industry.unknown).any(axis=1)),
    )


def _stacked(rows: Sequence[np.ndarray], n: int) -> np.ndarray:
    return np.array(rows, dtype=np.float64).reshape(len(rows), n)


def _percent(screen: Screen, name: str, values: Mapping[str, Any], universe: Universe) -> np.ndarray:
    alone = screen.model_copy(update={"rank": {name: 1.0}})
    return percentiles(alone, values, universe)[name]


def _shares(known: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: np.ndarray = (known & candidates).sum(axis=1) / candidates.sum(axis=1)
    return shares
