"""What puts a run's data in doubt, found once: the page, JSON and the verdict's reason all read it here."""

from __future__ import annotations

from active_edge.market.audit.doubts import Doubt, market_doubts
from active_edge.run.backtest import Result


def run_doubts(result: Result) -> tuple[Doubt, ...]:
    """Every doubt about the data of a run, judged inside its dates."""
    market, sessions = result.market, result.simulation.sessions
    start, end = sessions[0], sessions[-1]
    return market.told(("doubts", start, end), lambda: market_doubts(market, start, end))
