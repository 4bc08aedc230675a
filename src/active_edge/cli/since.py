"""From when each shipped screen has coverage on a market, for the commands that describe one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from active_edge.progress import Progress

if TYPE_CHECKING:
    from active_edge.explaining.since import Since
    from active_edge.market import Market


def shipped_since(market: Market, progress: Progress) -> list[Since]:
    """Of each shipped strategy's screen the first quarter with coverage; [] where the market has no facts."""
    from active_edge.evaluation import evaluate
    from active_edge.explaining.since import covered_since
    from active_edge.shipped import shipped_names
    from active_edge.strategy import load_strategy

    if not market.items or market.spacing != "daily":
        return []
    loaded = [load_strategy(name) for name in shipped_names("strategies")]
    screens = {one.rules.name: (partial(evaluate, one.screen), one.rules.min_coverage) for one in loaded}
    return covered_since(market, screens, progress=progress)


def since_lines(screens: list[Since]) -> list[str]:
    """They as lines for people."""
    if not screens:
        return []
    return ["", "from when each shipped screen has coverage", *(f"  {one.line()}" for one in screens)]
