"""What a seal holds: everything a strategy is, and what was known of it, on the day it was written down for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from active_edge.inference.belief import DECAY
from active_edge.inference.foresight import MARKS, Foresight
from active_edge.words import count, listed, percent, years

SEAL_FORMAT = 2
KIND = "seal of active-edge"


class _Part:
    """A key that the class does not name is refused."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class SealedMarket(_Part):
    """The data of the day: their last session, and the last month they hold whole, ISO; which data they are.

    Of a simulated market nothing lies ahead; it is read up to `last_session` as if it did.
    """

    simulated: bool
    snapshot: str
    sources: tuple[str, ...]
    last_session: str
    last_month: str


@dataclass(frozen=True, kw_only=True)
class SealedTest(_Part):
    """How the months to come will be judged: `inference.tracking`, with numbers fixed beforehand.

    Attributes
    ----------
    phi : months, of the e-value.
    claim : e-value that claims an edge; times the number of strategies of the batch for a named one of several.
    excluded : annual edges whose exclusion is told.
    kill : annual edge; once one above it is excluded on every benchmark the strategy has failed.
    decay : share of what was believed of the backtest that is expected of live months, `inference.belief.decay_prior`.
    """

    phi: float
    claim: float
    excluded: tuple[float, ...]
    kill: float
    decay: float = DECAY


@dataclass(frozen=True, kw_only=True)
class SealedHistory(_Part):
    """The backtest up to the seal, frozen: its largest one-sided p over the benchmarks, and the trials it pays for.

    `first_month` to `last_month` is what p was read from; None and empty where there were too few months.
    `believed` is the annual edge on the first benchmark that was believed under the strategy's own prior; None in seals
    of format 1. `seen_to` is the last month after the seal that had been looked at before it was made, which only a
    simulated market allows; empty where none had.
    """

    p: float | None
    trials: int
    first_month: str = ""
    last_month: str = ""
    believed: float | None = None
    seen_to: str = ""

    def sentences(self) -> list[str]:
        """That months after the seal were no secret when it was made; nothing where they were."""
        if not self.seen_to:
            return []
        return [
            f"Months up to {self.seen_to} had been looked at before it was sealed: these show how following works, and "
            "are no evidence that nobody could choose."
        ]


@dataclass(frozen=True, kw_only=True)
class SealedForesight(_Part):
    """How long it would take, forecast on the day: shares by years, of tracks with the edge and without one.

    tracking_error : annual, the largest over the benchmarks; None where the backtest was too short to tell.
    """

    edge: float
    tracking_error: float | None
    median_years: float | None = None
    recognised: Mapping[str, float] | None = None
    excluded: Mapping[str, float] | None = None

    @classmethod
    def of(cls, found: Foresight) -> SealedForesight:
        """A forecast, as it is sealed."""
        shares = [{str(year): round(one[year], 3) for year in MARKS} for one in (found.recognised, found.excluded)]
        return cls(
            edge=found.edge,
            tracking_error=round(found.tracking_error, 4),
            median_years=None if found.median_years is None else round(found.median_years, 1),
            recognised=shares[0],
            excluded=shares[1],
        )

    def sentences(self) -> str:
        """What following the strategy can show, and how soon."""
        if self.tracking_error is None or self.recognised is None or self.excluded is None:
            return "How long a decision takes cannot be told: the backtest has too few months for a tracking error."
        edge, error = percent(self.edge, 0), percent(self.tracking_error)
        half = (
            "fewer than half of true {edge} edges are recognised within 40 years"
            if self.median_years is None
            else f"half of true {{edge}} edges are recognised within {years(self.median_years).removeprefix('about ')}"
        ).format(edge=edge)
        marks = list(self.recognised)
        known, dropped = ([percent(shares[mark], 0) for mark in marks] for shares in (self.recognised, self.excluded))
        return (
            f"At {error} tracking error {half} ({listed(known)} after {listed(marks)} years); without an edge, one "
            f"above {edge} is excluded in {listed(dropped)} of cases by then."
        )


@dataclass(frozen=True, kw_only=True)
class SealedStrategy(_Part):
    """One strategy, resolved: every default written out.

    Attributes
    ----------
    start : first session of its run, ISO; it is followed by the same run, longer.
    trial : id in the ledger.
    identity : sha256 of what makes the trial distinct; the same for a renamed copy.
    benchmarks, factors : what its months are held against.
    plugins : names such as ``factor my_factor`` -> key in the seal's `plugins`.
    """

    name: str
    identity: str
    trial: str
    start: str
    benchmarks: tuple[str, ...]
    factors: tuple[str, ...]
    history: SealedHistory
    foresight: SealedForesight
    strategy: Mapping[str, Any]
    screen: Mapping[str, Any]
    plugins: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class SealedPlugin(_Part):
    """A plug-in's own source, and that of the files beside it that it imports, by file name; the first is run.

    sha256 : of all of it, as trials name it.
    """

    sha256: str
    sources: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Seal(_Part):
    """The content of a seal's file, but for its hashes.

    Attributes
    ----------
    sealed : day, ISO: of a real market the day it was made, UTC; of a simulated one the market's own.
    written : when the file was made, ISO 8601.
    batch : 1, 2, … in the folder of seals.
    previous : hash of the batch before, so that none is taken out unnoticed; None for the first.
    first_month : the first month that counts: the first that begins after `sealed`.
    """

    kind: str
    sealed: str
    written: str
    batch: int
    previous: str | None
    first_month: str
    market: SealedMarket
    test: SealedTest
    strategies: tuple[SealedStrategy, ...]
    plugins: Mapping[str, SealedPlugin]
    versions: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Of its strategies."""
        return tuple(one.name for one in self.strategies)

    @property
    def named_claim(self) -> float:
        """E-value that claims an edge of a named one."""
        return self.test.claim * len(self.strategies)

    def line(self, digest: str) -> str:
        """One line to send to somebody: whoever holds it can prove later what was sealed, and that it was by then."""
        stamp = "SIMULATED " if self.market.simulated else ""
        return (
            f"{stamp}active-edge seal {digest} of {self.sealed}, batch {self.batch}: {', '.join(self.names)}; last "
            f"month seen {self.market.last_month}"
        )

    def summary(self) -> str:
        """How many strategies, when, and from which month on they count."""
        return (
            f"{count(len(self.strategies), 'strategy', 'strategies')} sealed on {self.sealed}; months count from "
            f"{self.first_month} on"
        )
