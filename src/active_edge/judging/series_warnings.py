"""Series that a result leans on where they say nothing: cash beyond its end, benchmarks with holes."""

from __future__ import annotations

from collections.abc import Iterator

from active_edge.judging.judgement import Judgement
from active_edge.run.passive import CASH_SERIES, longest_hole
from active_edge.stats import Level
from active_edge.words import count

PUBLISHED_LATE = 44
"""Sessions that the rate of a run's last days may lack: it is published up to two months late."""
LONGEST_HOLE = 5
"""Sessions in a row without a level of a benchmark that are no news: a week."""

Warning_ = tuple[Level, str, str]


def series_warnings(judgement: Judgement) -> Iterator[Warning_]:
    """That the rate of cash ends long before the run does, and that a benchmark stood still for want of levels."""
    yield from _cash(judgement)
    sessions = judgement.result.returns.index
    for name in judgement.samples.benchmarks.columns:
        hole = longest_hole(judgement.result.market, name, sessions)
        if len(hole) > LONGEST_HOLE:
            yield (
                "serious",
                f"{name} has no level on the {len(hole)} sessions from {hole[0].date()} to {hole[-1].date()}: it "
                "stands still there and then moves at once, so its months, tracking error and alpha are not those of "
                "the index.",
                "Add the levels, or end or begin the run beside them with --to or --from.",
            )


def _cash(judgement: Judgement) -> Iterator[Warning_]:
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
