"""From when a market can answer a screen: the first quarter's end on which its rules have values to judge by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from active_edge.errors import MissingInput
from active_edge.evaluation import Evaluation
from active_edge.market import Market
from active_edge.panel import Panel
from active_edge.progress import Progress, silent
from active_edge.sessions import rebalance_sessions
from active_edge.words import percent


@dataclass(frozen=True)
class Since:
    """From when one screen has coverage.

    Attributes
    ----------
    first : the first quarter's end on which every rule that a missing value fails has a value for `share` of the
        candidates; None where there is none.
    candidates : how many there were on it; on the last quarter's end where there is none.
    why : why there is none; empty where there is one.
    """

    screen: str
    first: pd.Timestamp | None
    candidates: int
    share: float
    why: str = ""

    def line(self) -> str:
        """It as a line for people."""
        if self.first is not None:
            return f"{self.screen}: from {self.first:%Y-%m-%d} on, {self.candidates:,} candidates then"
        return f"{self.screen}: never, for {self.why}"

    def to_dict(self) -> dict[str, object]:
        """As JSON-serialisable values."""
        first = None if self.first is None else f"{self.first:%Y-%m-%d}"
        return {
            "screen": self.screen,
            "first": first,
            "candidates": self.candidates,
            "share": self.share,
            "why": self.why,
        }


def covered_since(
    market: Market, screens: Mapping[str, tuple[Callable[[Panel], Evaluation], float]], *, progress: Progress = silent
) -> list[Since]:
    """From when each screen has coverage, over the quarters' ends of a market.

    Parameters
    ----------
    screens : name → what evaluates the screen on a panel, and the share of candidates that must have a value:
        `min_coverage` of its strategy.
    """
    panel = Panel(market, rebalance_sessions(market.sessions, "quarterly"))
    found = []
    for number, (name, (evaluated, share)) in enumerate(screens.items()):
        progress("coverage of screens", number, len(screens))
        found.append(_since(name, evaluated, share, panel))
    return found


def _since(name: str, evaluated: Callable[[Panel], Evaluation], share: float, panel: Panel) -> Since:
    try:
        evaluation = evaluated(panel)
    except MissingInput as error:
        return Since(name, None, 0, share, str(error))
    candidates = evaluation.universe.mask.sum(axis=1)
    coverage = evaluation.coverage()
    strict = coverage[[rule for rule in coverage.columns if rule in evaluation.screen.strict_rules()]]
    covered = (strict >= share).all(axis=1).to_numpy() & (candidates > 0)
    if covered.any():
        row = int(covered.argmax())
        return Since(name, panel.dates[row], int(candidates[row]), share)
    if not candidates.any():
        return Since(name, None, 0, share, "there is no candidate")
    most = strict.max()
    told = f"{most.idxmin()} has a value for at most {percent(float(most.min()), 0)} of the candidates"
    return Since(name, None, int(candidates[-1]), share, f"{told}, and {percent(share, 0)} are needed")
