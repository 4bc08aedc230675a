"""What is wrong with a market as a whole over the dates of a run, as the audit, pages, JSON and verdicts name it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from active_edge.market.audit.provenance import NEVER_RESTATED, never_restated
from active_edge.market.audit.survivorship import judge_survivorship
from active_edge.market.audit.unlike_exits import Unlike
from active_edge.market.store import Market
from active_edge.words import percent


@dataclass(frozen=True)
class Doubt:
    """One reason not to believe a number made from these data.

    Attributes
    ----------
    name : in two or three words.
    text : what is wrong, a clause without a full stop; it stands in the verdict's reason.
    remedy : what a reader can do about it, a sentence.
    """

    name: str
    text: str
    remedy: str


def market_doubts(
    market: Market, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None
) -> tuple[Doubt, ...]:
    """Every doubt about a market between two days, inclusive; default over all its sessions."""
    return (*_survivorship(market, start, end), *_restatements(market, start, end), *_adjusted_closes(market))


def known_doubt(found: Sequence[Unlike]) -> Iterator[Doubt]:
    """The doubt that something is known of those who lived and not of those who died; none where nothing is."""
    if found:
        yield Doubt(
            "known of survivors",
            "; ".join(one.said() for one in found),
            "A column that was filled in later, for those who were still there, picks survivors: use values of the "
            "day for everybody, or no rule that reads it.",
        )


def _survivorship(market: Market, start: pd.Timestamp | None, end: pd.Timestamp | None) -> Iterator[Doubt]:
    found = judge_survivorship(market, start, end)
    if found.suspected:
        yield Doubt(
            "survivorship",
            f"{'; '.join(found.reasons)}. Missing exits can flatter a return by up to "
            f"{percent(found.bias_bound_annual)} a year",
            "Use a source that keeps the names that failed; active-edge data audit shows the exits by year.",
        )


def _restatements(market: Market, start: pd.Timestamp | None, end: pd.Timestamp | None) -> Iterator[Doubt]:
    if never_restated(market, start, end):
        yield Doubt(
            "restatements",
            NEVER_RESTATED,
            "Use a source that keeps every version of a number with the day it was filed.",
        )


def _adjusted_closes(market: Market) -> Iterator[Doubt]:
    if market.adjusted_closes:
        yield Doubt(
            "adjusted closes",
            f"{'; '.join(market.adjusted_closes)}. Market value, what is divided by it and ranks by it are false",
            "Import closes as quoted on the day, with total_return beside them.",
        )
