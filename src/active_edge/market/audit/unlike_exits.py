"""Is something known of those who live and unknown of those who died? Exits a year where it is known, and where not.

Whoever filled a column in later filled it in for the names that were still there. A rule that reads such a column picks
survivors, however complete the list of names is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from active_edge.market.audit.survivorship import companies, spans
from active_edge.market.classes import COMPANY_TYPES
from active_edge.market.store import Market
from active_edge.sessions import SESSIONS_A_QUARTER, SESSIONS_A_YEAR
from active_edge.words import count, percent

STATIC = ("name", "cik", "exchange", "sic", "security_type")
"""Columns of `securities` that hold one value for all time."""
BARS = ("volume", "open", "high", "low")
KNOWN_SHARE = 1 / 3
"""A column of prices is known where a third of the trailing quarter has it."""
RATIO, LUCK = 2.0, 0.001
"""Exits differ where one rate is twice the other and so great a difference is no luck."""


@dataclass(frozen=True)
class Unlike:
    """Exits a year among names of which something is known and among the others.

    Attributes
    ----------
    what : the column.
    known, unknown : exits a year, decimal.
    names : how many lacked it on one of the dates.
    """

    what: str
    known: float
    unknown: float
    names: int

    def said(self) -> str:
        """The two rates in words, a clause."""
        return (
            f"{self.what}: {percent(self.unknown)} of the names without one leave the market in a year, "
            f"{percent(self.known)} of those with one ({count(self.names, 'name')} without)"
        )


def yearly(rows: np.ndarray) -> np.ndarray:
    """The first of some session positions, and every later one that is at least a year after the last taken."""
    taken: list[int] = []
    for place, row in enumerate(rows.tolist()):
        if not taken or row - rows[taken[-1]] >= SESSIONS_A_YEAR:
            taken.append(place)
    return np.array(taken, dtype=np.int64)


def unlike_exits(
    market: Market, rows: np.ndarray, end: int, listed: np.ndarray, known: Mapping[str, np.ndarray]
) -> list[Unlike]:
    """What is known of some names and not of others, where their exits differ.

    Parameters
    ----------
    rows : (n_rows,) positions of sessions, at least a year apart; names are followed from each for a year.
    end : position of the last session judged.
    listed : (n_rows, n_assets) bool; the names followed.
    known : what -> (n_rows, n_assets) bool.
    """
    _, last, ended = spans(market)
    stop = np.minimum(rows + SESSIONS_A_YEAR, end)[:, None]
    left = listed & ended & (last > rows[:, None]) & (last <= stop)
    lived = np.where(listed, np.minimum(last, stop) - rows[:, None], 0.0) / SESSIONS_A_YEAR
    found = []
    for what, has in known.items():
        exits = [int(left[side].sum()) for side in (has, ~has)]
        years = [float(lived[side].sum()) for side in (has, ~has)]
        if min(years) > 0 and _differ(exits, years):
            rates = [number / span for number, span in zip(exits, years, strict=True)]
            found.append(Unlike(what, rates[0], rates[1], int((listed & ~has).any(axis=0).sum())))
    return found


def unlike_columns(market: Market) -> list[Unlike]:
    """Columns of a whole market whose absence goes with exits: of companies, followed from the first session on."""
    sessions = np.arange(len(market.sessions))
    rows = sessions[yearly(sessions)]
    priced = (market.prices.first <= rows[:, None]) & (market.prices.last >= rows[:, None])
    kinds, company = market.securities["security_type"], companies(market)
    followed = (kinds.isna() | kinds.isin(COMPANY_TYPES)).to_numpy() & (company if company.any() else True)
    return unlike_exits(market, rows, len(sessions) - 1, priced & followed, known_columns(market, rows))


def known_columns(market: Market, rows: np.ndarray) -> dict[str, np.ndarray]:
    """What of `securities` and of prices is known, and of whom: column -> (n_rows, n_assets) bool."""
    shape = (len(rows), len(market.assets))
    known = {name: np.broadcast_to(market.securities[name].notna().to_numpy(), shape) for name in STATIC}
    for name in BARS:
        known[name] = np.array([_seen(market, name, row) for row in rows]).reshape(shape)
    return known


def _seen(market: Market, column: str, row: int) -> np.ndarray:
    window = slice(max(0, row - SESSIONS_A_QUARTER + 1), row + 1)
    priced = np.isfinite(market.prices.close[window])
    has = np.isfinite(getattr(market.prices, column)[window]) & priced
    return np.asarray(has.sum(axis=0) >= KNOWN_SHARE * np.maximum(priced.sum(axis=0), 1))


def _differ(exits: list[int], years: list[float]) -> bool:
    """Whether two rates are apart by `RATIO` and more than luck: given their sum, one count is binomial."""
    rates = sorted(number / span for number, span in zip(exits, years, strict=True))
    if rates[1] <= RATIO * rates[0]:
        return False
    return _two_sided(exits[1], sum(exits), years[1] / sum(years)) < LUCK


def _two_sided(successes: int, trials: int, share: float) -> float:
    """Twice the smaller tail of a binomial, its own value included; at most 1."""
    terms = list(_binomial(trials, share))
    return min(1.0, 2.0 * min(sum(terms[: successes + 1]), sum(terms[successes:])))


def _binomial(trials: int, share: float) -> Iterator[float]:
    for number in range(trials + 1):
        log = math.lgamma(trials + 1) - math.lgamma(number + 1) - math.lgamma(trials - number + 1)
        yield math.exp(log + number * math.log(share) + (trials - number) * math.log1p(-share))
