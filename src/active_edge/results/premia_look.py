"""The premia of a screen's factors, each look at them a trial of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from active_edge.judging.premia import Premia, factor_premia
from active_edge.ledger import Ledger, Trial
from active_edge.market import Market
from active_edge.results.records import lineage_of_market
from active_edge.screen import Screen


@dataclass(frozen=True)
class LookedAt:
    """Premia, and the trials on these data, this look included."""

    premia: Premia
    trials: int
    simulated: bool


def look_at_premia(screen: Screen, market: Market, *, start: str | None = None, end: str | None = None) -> LookedAt:
    """The premia of a screen, written into the ledger before they are told: who has seen them chooses by them.

    Raises
    ------
    MissingInput : as `factor_premia`; then nothing is written.
    LedgerError : the ledger cannot be read or written; then nothing is told.
    """
    found = factor_premia(screen, market, start=start, end=end)
    content = {"premia": screen.model_dump(mode="json", exclude={"name", "description", "select"})}
    trial = Trial(
        strategy=screen.name,
        screen=screen.name,
        configuration=content,
        start=found.start,
        end=found.end,
        snapshot=market.snapshot,
        simulated=market.simulated,
        information_ratio=None,
        lineage=lineage_of_market(market),
    )
    (tally,) = Ledger().record([trial])
    return LookedAt(found, tally.trials, market.simulated)
