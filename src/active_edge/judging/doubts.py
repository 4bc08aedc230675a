"""What puts a run's data in doubt, found once: the page, JSON and the verdict's reason all read it here."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from active_edge.inference.evidence import Thresholds
from active_edge.judging.known_survivors import known_survivors
from active_edge.market.audit.doubts import Doubt, known_doubt, list_doubt, market_doubts, odd_doubt
from active_edge.market.audit.rarely_priced import named, sparse_doubt
from active_edge.market.odd_closes import odd_closes
from active_edge.run.backtest import Result
from active_edge.universe import DAILY_PRICES
from active_edge.words import count, number

FULL = 0.9
"""Share of a band's places that are filled on any real date; names that are missing at its end are the smallest."""
REMEDY = (
    "Ask for what the market holds: universe: market_value with min and max in USD, or with quantile_min and "
    "quantile_max of its companies; or import all companies of the market."
)


def run_doubts(result: Result) -> tuple[Doubt, ...]:
    """Every doubt about the data of a run, judged inside its dates."""
    market, sessions = result.market, result.simulation.sessions
    start, end = sessions[0], sessions[-1]
    found = market.told(("doubts", start, end), lambda: market_doubts(market, start, end))
    chosen = known_doubt(known_survivors(result).chosen)
    index = result.decision.evaluation.universe.settled.members
    lists = list_doubt(market, () if index is None else (index,), end)
    return (*found, *chosen, *_small_universe(result), *_sparse(result), *_odd_closes(result), *lists)


def too_small(result: Result, thresholds: Thresholds) -> dict[str, str]:
    """Why the universe is no real year's, by item that cannot be tested; nothing where it is one."""
    filled = _filled(result)
    return {"universe": _told(result)} if filled is not None and filled < thresholds.min_universe else {}


def _small_universe(result: Result) -> Iterator[Doubt]:
    filled = _filled(result)
    if filled is not None and filled < FULL:
        yield Doubt("universe too small", _told(result), REMEDY)


def _sparse(result: Result) -> Iterator[Doubt]:
    """Names that would be candidates but for their weekly or monthly prices, and those that given weights hold."""
    universe, held = result.decision.evaluation.universe, result.targets.weights > 0
    daily = next((rule.passed for rule in universe.rules if rule.name == DAILY_PRICES), None)
    if daily is None:
        return
    others = np.logical_and.reduce([rule.passed for rule in universe.rules if rule.name != DAILY_PRICES])
    cases: tuple[tuple[np.ndarray, str], ...] = (
        (~daily & held, "bought by the weights given, an order waiting for a session with a price"),
        (~daily & others & ~held, "candidates but for that, not bought, though ranks and indices count them"),
    )
    dates = count(len(held), "decision date")
    told = [
        f"{named(result.market, np.asarray(who.any(axis=0)))} {what} (on {int(who.any(axis=1).sum()):,} of {dates})"
        for who, what in cases
        if who.any()
    ]
    if told:
        yield sparse_doubt("; ".join(told))


def _odd_closes(result: Result) -> Iterator[Doubt]:
    """Closes of names that the run holds, up to its end, that contradict their returns."""
    market = result.market
    held = market.assets[np.asarray((result.targets.weights > 0).any(axis=0))]
    rows = odd_closes(market)
    yield from odd_doubt(market, rows[rows["asset"].isin(held) & (rows["session"] <= result.simulation.sessions[-1])])


def _filled(result: Result) -> float | None:
    """Share of the places of the band that names fill, in the middle over the decision dates."""
    size = result.decision.evaluation.universe.size
    return None if size is None or not size.places else float(np.median(size.names)) / size.places


def _told(result: Result) -> str:
    size = result.decision.evaluation.universe.size
    assert size is not None
    companies = count(int(np.median(size.companies)), "company", "companies")
    return (
        f"{size.rule} hold {number(float(np.median(size.names)), 0)} of {size.places:,} names a date, in a market of "
        f"{companies}"
    )
