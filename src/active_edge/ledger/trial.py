"""What is tried, and what makes it another trial: strategy × benchmarks × window, on one lineage of markets.

The window begins with the first decision, whatever start was asked for; its end is no part of it, for months that are
added do not make another idea. All real markets of a user are one lineage, for they
overlap; a simulated market is its own by its seed and laws, wherever it is copied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from active_edge.market.manifest import SIMULATED
from active_edge.run_record import Look

Kind = Literal["strategy", "evidence", "statistic"]
Free = Literal["control", "nothing held"]
"""Why a trial counts nothing: it was declared to be no claim, or it never held a position."""
RATIO = "months, over cash, beyond beta"
"""What `judging.estimates.information_ratio` measures; another definition there is another name here."""
REAL = "real markets"


@dataclass(frozen=True)
class Trial:
    """One thing tried.

    Attributes
    ----------
    configuration : resolved strategy and screen with the benchmarks asked for, without names and descriptions.
    start, end : first and last session of the run, ISO dates.
    information_ratio : per session, of the return left after the benchmark's beta; None where there is none.
    since : where its window begins; default `start`.
    lineage : as `lineage_of`; default that of a market whose sources are not known.
    benchmarks, unknown : those it was measured against, and those asked for that this market has not.
    looks : test -> one-sided p and months, of the tests on benchmarks and factors that a word can rest on.
    free : why it counts nothing; None where it counts.
    family : the sweep or sitting it belongs to; None for a trial by itself.
    tried : what makes the idea, where it is not the configuration.
    earlier : ideas that this one was before months were added, where its content holds the months themselves.
    """

    strategy: str
    screen: str
    configuration: Mapping[str, Any]
    start: str
    end: str
    snapshot: str
    simulated: bool
    information_ratio: float | None
    kind: Kind = "strategy"
    """What was tried: a strategy on a market, a test of published returns, or a claim by a statistic of a user's own,
    which is charged for all of its kind and for all strategies."""
    since: str = ""
    lineage: str = ""
    benchmarks: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    looks: Mapping[str, Look] = field(default_factory=dict)
    free: Free | None = None
    family: str | None = None
    tried: Mapping[str, Any] | None = None
    earlier: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", self.since or self.start)
        object.__setattr__(self, "lineage", self.lineage or lineage_of(self.simulated, (), self.snapshot))

    @property
    def run(self) -> str:
        """Twelve hexadecimal digits of the run itself, its last session and its snapshot included: they name its
        folder, and were the trial's id up to format 2 of the ledger."""
        return _digits(
            {"configuration": self.configuration, "start": self.start, "end": self.end, "snapshot": self.snapshot}
        )

    @property
    def idea(self) -> str:
        """Twelve hexadecimal digits of what is tried, since when and on which lineage, whatever it is held against."""
        told = self.configuration if self.tried is None else self.tried
        if isinstance(told.get("strategy"), Mapping):
            told = {**told, "strategy": _without_benchmarks(told["strategy"])}
        content = {"kind": self.kind, "configuration": _without_benchmarks(told)}
        return _digits({**content, "since": self.since, "lineage": self.lineage})

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits of the idea and the benchmarks it was measured against."""
        return _digits({"idea": self.idea, "benchmarks": sorted(self.benchmarks)})


def lineage_of(simulated: bool, sources: Sequence[str], snapshot: str) -> str:
    """Which trials count together: all on real markets, and those on one simulated market wherever it lies.

    Parameters
    ----------
    sources : what the market's manifest says of where its rows came from.
    snapshot : tells simulated markets apart whose sources say no seed.
    """
    if not simulated:
        return REAL
    return next((source for source in sources if source.startswith(SIMULATED)), f"simulated snapshot {snapshot}")


def _without_benchmarks(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != "benchmarks"}


def _digits(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
