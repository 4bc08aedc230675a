"""Series that a result leans on beyond their end."""

from __future__ import annotations

from collections.abc import Iterator

from active_edge.judging.judgement import Judgement
from active_edge.run.passive import CASH_SERIES
from active_edge.stats import Level
from active_edge.words import count

PUBLISHED_LATE = 44
"""Sessions that the rate of a run's last days may lack: it is published up to two months late."""


def series_warnings(judgement: Judgement) -> Iterator[tuple[Level, str, str]]:
    """That the rate of cash ends long before the run does."""
    market, sessions = judgement.result.market, judgement.result.returns.index
    if CASH_SERIES not in market.series_names:
        return
    last = market.series(CASH_SERIES).index[-1]
    without = int((sessions > last).sum())
    if without > PUBLISHED_LATE:
        yield (
            "caution",
            f"The rate of cash (RF) ends on {last.date()}; its last value stands for the {count(without, 'session')} "
            "after it, in every excess return and alpha.",
            "Give RF up to the end of the run, or end the run there with --to.",
        )
