"""A screen on the dates of a panel: every rule's outcome, the ranking, the members, and why each name failed.

Nothing here looks at a price or a fact itself: factors do, and factors ask the `Panel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from active_edge import crosssection
from active_edge.cards import card
from active_edge.errors import MissingInput
from active_edge.factors import Factor
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.selection.members import members_of
from active_edge.universe import Rule, Universe, select_universe
from active_edge.words import count, exact, exact_percent, significant

if TYPE_CHECKING:
    from active_edge.screen import Bound, Screen


class Members(pd.DataFrame):  # type: ignore[misc]  # pandas brings no types
    """Members of a date as a table; a notebook shows the first few, and how many there are."""

    SHOWN: ClassVar = ("ticker", "name", "sector", "score", "rank", "market_value")
    MOST: ClassVar = 10

    def _repr_html_(self) -> str:
        shown = [name for name in self.SHOWN if name in self.columns]
        rows = pd.DataFrame(self)[shown].head(self.MOST)
        told = {
            str(row[0]): ", ".join(value if isinstance(value, str) else significant(value) for value in row[1:])
            for row in rows.to_numpy(dtype=object)
        }
        more = f"The first {len(rows)}; " if len(self) > len(rows) else ""
        columns = ", ".join(shown[1:])
        return card(f"{count(len(self), 'member')}", told, note=f"{more}{columns}; {len(self.columns)} columns in all.")


@dataclass(frozen=True)
class Evaluation:
    """A screen on every date of a panel.

    Attributes
    ----------
    universe : the candidates and the universe rules.
    required, alternatives : outcomes of `require` and `require_any`, in the order of the file.
    ranked : (n_dates, n_assets) bool; candidates that pass every rule and have every rank term.
    score : (n_dates, n_assets) float in [0, 1], higher is better; NaN for all not in `ranked`.
    rank : (n_dates, n_assets) float; 1 = best; NaN for all not in `ranked`.
    values : factor name -> (n_dates, n_assets) float; NaN missing.
    definitions : factor name -> the factor that gave its values.
    """

    screen: Screen
    panel: Panel
    universe: Universe
    required: tuple[Rule, ...]
    alternatives: tuple[Rule, ...]
    ranked: np.ndarray
    score: np.ndarray
    rank: np.ndarray
    values: Mapping[str, np.ndarray]
    definitions: Mapping[str, Factor]

    def selected(self) -> np.ndarray:
        """(n_dates, n_assets) bool; the members, with entry at `top` and exit past `keep_until`."""
        if self.screen.select is None:
            return self.ranked.copy()
        top = self.screen.select.top
        return buffered(self.rank, top, self.screen.select.keep_until or top)

    def coverage(self) -> pd.DataFrame:
        """(n_dates, n_rules) share of candidates with a value, by rule; NaN where there are no candidates.

        The sector rule is measured over all that pass the other universe rules' knowledge, factors over candidates.
        """
        rules = (*self.required, *self.alternatives)
        known = {rule.name: rule.known for rule in rules}
        known |= {name: ~np.isnan(self.values[name]) for name in self.screen.rank if name not in known}
        known |= {rule.name: rule.known for rule in self.universe.rules if rule.name == "sector"}
        candidates = self.universe.mask
        count = candidates.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = {name: (has & candidates).sum(axis=1) / count for name, has in known.items()}
        return pd.DataFrame(shares, index=self.panel.dates, columns=list(shares), dtype=float)

    def first_covered(self, share: float) -> int:
        """Row of the first date on which every strict rule has a value for `share` of candidates; the number of rows
        where there is none."""
        coverage = self.coverage()
        table = coverage[[name for name in coverage.columns if name in self.screen.strict_rules()]]
        covered = (table >= share).all(axis=1).to_numpy() if len(table.columns) else np.ones(len(table), dtype=bool)
        return int(covered.argmax()) if covered.any() else len(covered)

    def annual_share(self) -> pd.DataFrame:
        """(n_dates, n_rules) share of the candidates with a value whose value is made from 12-month figures alone.

        Of rules on factors that read quarters; NaN where no candidate has a value.
        """
        shares = {}
        for name, definition in self.definitions.items():
            if definition.quarterly:
                known = ~np.isnan(self.values[name]) & self.universe.mask
                with np.errstate(invalid="ignore", divide="ignore"):
                    shares[name] = (known & definition.from_years(self.panel)).sum(axis=1) / known.sum(axis=1)
        return pd.DataFrame(shares, index=self.panel.dates, columns=list(shares), dtype=float)

    def members_frame(self, row: int, chosen: np.ndarray | None = None) -> Members:
        """Members of one date as a table, best first; `chosen` (n_assets,) bool overrides the selection."""
        market = self.panel.market
        columns = np.flatnonzero(self.selected()[row] if chosen is None else chosen)
        columns = columns[np.argsort(np.nan_to_num(self.rank[row, columns], nan=np.inf), kind="stable")]
        listing = market.securities.iloc[columns]
        frame = pd.DataFrame(
            {
                "asset": market.assets[columns],
                "ticker": listing["ticker"].to_numpy(),
                "name": listing["name"].to_numpy(),
                "sector": self.universe.sectors[row, columns],
                "score": self.score[row, columns] if self.screen.rank else np.nan,
                "rank": self.rank[row, columns] if self.screen.rank else np.nan,
                "cap_rank": self.universe.cap_rank[row, columns],
                "market_value": self.panel.market_value()[row, columns],
            }
        )
        ages = []
        for name in self.screen.factors():
            frame[name] = self.values[name][row, columns]
            ages.append(data_age(self.panel, self.definitions[name])[row, columns])
        frame["data_age_days"] = np.fmax.reduce(ages) if ages else np.nan
        return Members(frame)


def evaluate(screen: Screen, panel: Panel, *, universe: Universe | None = None) -> Evaluation:
    """The screen on every date of the panel; `universe` overrides the candidates its own rules would give.

    Timing: known at the close of each date.
    """
    universe = select_universe(screen.universe, panel) if universe is None else universe
    definitions = {name: screen.definition(name) for name in screen.factors()}
    values = {name: definition.compute(panel) for name, definition in definitions.items()}
    required = tuple(_rule(name, bound, values[name], universe.mask) for name, bound in screen.require.items())
    alternatives = tuple(_rule(name, b, values[name], universe.mask) for name, b in screen.require_any.items())
    passed = universe.mask.copy()
    for rule in required:
        passed &= rule.passed
    if alternatives:
        passed &= np.logical_or.reduce([rule.passed for rule in alternatives])
    score = weighted_score(percentiles(screen, values, universe), screen.rank, universe.mask.shape)
    ranked = passed & (np.isfinite(score) if screen.rank else True)
    score = np.where(ranked, score, np.nan)
    rank = order(score, ranked, panel.standing())
    for matrix in (ranked, score, rank):
        matrix.setflags(write=False)
    return Evaluation(screen, panel, universe, required, alternatives, ranked, score, rank, values, definitions)


def order(score: np.ndarray, ranked: np.ndarray, standing: np.ndarray) -> np.ndarray:
    """(n_dates, n_assets) rank by falling score among `ranked`, ties by `Panel.standing`; NaN elsewhere.

    Names equal in both share the place.
    """
    return crosssection.places((np.nan_to_num(score, nan=0.0), -standing), ranked)


def buffered(rank: np.ndarray, top: int, keep_until: int) -> np.ndarray:
    """Members by rank with a buffer, from the first date on.

    A member stays while its rank is at most `keep_until`; free places up to `top` go to the best ranks, the last of
    them to all who share it.

    Parameters
    ----------
    rank : (n_dates, n_assets) float, places as `order` gives them; NaN is not ranked and never a member.

    Returns
    -------
    (n_dates, n_assets) bool; at most `top` names a date but for names that share the last place.
    """
    return members_of(-rank, np.zeros(rank.shape), np.isfinite(rank), top, keep_until)


def data_age(panel: Panel, factor: Factor) -> np.ndarray:
    """(n_dates, n_assets) days since the end of the oldest period behind a factor; NaN where it uses prices only."""
    ages = [panel.age(item) for item in factor.items_on(panel) if item in panel.market.items]
    if not ages:
        return np.full((len(panel.dates), len(panel.market.assets)), np.nan)
    oldest: np.ndarray = np.fmax.reduce(ages)
    return oldest


def on_session(market: Market, on: str | pd.Timestamp) -> pd.DatetimeIndex:
    """The last session of the market on or before a day, as an index of one date; of a sparse market one with prices.

    Raises
    ------
    MissingInput : the day is outside the market's sessions.
    """
    day = pd.Timestamp(on).normalize()
    first, last = market.sessions[0], market.sessions[-1]
    if not first <= day <= last:
        raise MissingInput(f"--on {day.date()}: the market has sessions from {first.date()} to {last.date()}")
    sessions = market.priced_sessions
    return pd.DatetimeIndex([sessions[sessions.searchsorted(day, side="right") - 1]])


def _rule(name: str, bound: Bound, values: np.ndarray, mask: np.ndarray) -> Rule:
    known = ~np.isnan(values)
    passed = np.ones(values.shape, dtype=bool)
    limit = np.full(len(values), np.nan)
    words = []
    for kind, number in bound.limits().items():
        quantile = kind.startswith("quantile_")
        limit = crosssection.quantile(values, mask, number) if quantile else np.full(len(values), number)
        above = kind.endswith("min")
        with np.errstate(invalid="ignore"):
            passed &= (values >= limit[:, None]) if above else (values <= limit[:, None])
        words.append(
            f"{'>=' if above else '<='} {f'{exact_percent(number)} quantile' if quantile else exact(number, digits=12)}"
        )
    passed = np.where(known, passed, bound.missing == "pass")
    return Rule(name, " and ".join(words), values, limit, passed, known)


def percentiles(screen: Screen, values: Mapping[str, np.ndarray], universe: Universe) -> dict[str, np.ndarray]:
    """Rank term -> (n_dates, n_assets) percentile rank in [0, 1], 1 is the good end; NaN where the value is missing.

    Within sectors a name of unknown sector is ranked with everyone: nobody is its neighbour for want of a code.
    """
    ranks = {name: crosssection.percentile_rank(values[name], universe.mask) for name in screen.rank}
    if screen.rank_within == "sector":
        codes, unknown = universe.industry.codes, universe.industry.unknown
        for name, everyone in ranks.items():
            within = crosssection.percentile_rank(values[name], universe.mask, groups=codes)
            ranks[name] = np.where(unknown, everyone, within)
    return {name: rank if screen.definition(name).good == "high" else 1.0 - rank for name, rank in ranks.items()}


def weighted_score(terms: Mapping[str, np.ndarray], weights: Mapping[str, float], shape: tuple[int, int]) -> np.ndarray:
    """(n_dates, n_assets) weighted mean of percentiles; NaN where any is missing, 0 where there are no weights."""
    total = np.zeros(shape)
    for name, weight in weights.items():
        total += weight * terms[name]
    return total / sum(weights.values()) if weights else total
