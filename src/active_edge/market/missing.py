"""Sources that a snapshot was made without, as its manifest names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from active_edge.market.manifest import MISSING
from active_edge.words import count, percent

FEW = 0.02
"""Share of a source's answers up to which what is missing is a remark."""


@dataclass(frozen=True)
class MissingSource:
    """One source that did not give what was asked of it.

    Attributes
    ----------
    source : name that `--only` knows it under.
    gives : what it is for, in a line.
    kind : blocked, refused, busy, changed, or pending: the second stage of a pull has still to ask.
    reason : what the source said.
    answers : how many could not be had.
    asked : how many are wanted of it, those that are here included.
    older : how many of those that could not be had are here in an older edition.
    """

    source: str
    gives: str
    kind: str
    reason: str
    answers: int
    asked: int
    older: int = 0

    @property
    def few(self) -> bool:
        """True where nearly everything of the source is here."""
        return self.answers <= FEW * self.asked

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def line(self) -> str:
        """What is missing and why, as one line for people."""
        aged = f", {self.older:,} of them here in an older edition" if self.older else ""
        return f"{self.source}: {self.said()}{aged}: {self.reason}"

    def said(self) -> str:
        """How much is missing, as a clause."""
        if self.answers >= self.asked:
            return f"nothing could be had ({count(self.answers, 'answer')}, {self.kind})"
        share = percent(self.answers / self.asked, 1)
        return f"{self.answers:,} of {self.asked:,} answers could not be had ({share}, {self.kind})"


def missing_sources(manifest: Mapping[str, Any]) -> tuple[MissingSource, ...]:
    """Sources that a snapshot was made without; none where its manifest names none."""
    return tuple(MissingSource(**told) for told in manifest.get(MISSING, ()))
