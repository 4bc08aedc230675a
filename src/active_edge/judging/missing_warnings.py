"""What a page must say of sources that a pull could not have, and that the run would have used."""

from __future__ import annotations

from collections.abc import Iterator

from active_edge.judging.judgement import Judgement
from active_edge.run.backtest import Result
from active_edge.stats import Level

READ_BY_ITEM = {
    "filings": {"insider_ownership", "floating_rate_debt_share", "domestic_revenue_share"},
    "form345": {"insider_ownership"},
}
"""Source to the items of a screen that come from it."""


def missing_warnings(judgement: Judgement) -> Iterator[tuple[Level, str, str]]:
    """Sources the market was made without, as far as the run reads them."""
    for one in judgement.result.market.missing:
        if _reads(one.source, judgement.result):
            yield (
                "note" if one.few else "caution",
                f"The market was pulled without all of {one.source} ({one.gives}): {one.said()}.",
                f"{one.reason.rstrip('.')}. Run the same active-edge data pull again: it asks for what is missing.",
            )


def _reads(source: str, result: Result) -> bool:
    screen = result.strategy.screen
    if source in READ_BY_ITEM:
        items = {item for name in screen.factors() for item in screen.definition(name).items()}
        return bool(items & READ_BY_ITEM[source])
    if source == "ishares":
        return screen.universe.small_caps or screen.universe.members is not None
    return True
