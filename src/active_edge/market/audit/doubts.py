"""What is wrong with a market as a whole over the dates of a run, as the audit, pages, JSON and verdicts name it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from active_edge.market.audit.absent import BARS, absent_columns, only_annual
from active_edge.market.audit.provenance import NEVER_RESTATED, never_restated
from active_edge.market.audit.survivorship import judge_survivorship
from active_edge.market.audit.unlike_exits import Unlike
from active_edge.market.database import connect
from active_edge.market.files import parquet
from active_edge.market.findings import ADJUSTED_NAMES, FILED_AT_ONCE, SMALL_VOLUMES
from active_edge.market.membership import LIST_DAYS, one_lists
from active_edge.market.odd_closes import MENDED, odd_named
from active_edge.market.store import Market
from active_edge.words import count, listed, percent


@dataclass(frozen=True)
class Doubt:
    """One reason not to believe a number made from these data.

    Attributes
    ----------
    name : in two or three words.
    text : what is wrong, a clause without a full stop; it stands in the verdict's reason.
    remedy : what a reader can do about it, a sentence.
    level : ``serious`` where numbers may be false, ``caution`` where something stands in for what is not there.
    """

    name: str
    text: str
    remedy: str
    level: Literal["serious", "caution"] = "serious"


def market_doubts(
    market: Market, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None
) -> tuple[Doubt, ...]:
    """Every doubt about a market between two days, inclusive; default over all its sessions."""
    kinds = (_survivorship, _restatements)
    whole = (doubt for kind in kinds for doubt in kind(market, start, end))
    adjusted = tuple(_adjusted_closes(market))
    # Where all closes are, nobody asks which names show it.
    told = _from_import(market, {ADJUSTED_NAMES} if adjusted else set())
    return (*whole, *adjusted, *told, *_absent(market, start, end))


def _absent(market: Market, start: pd.Timestamp | None, end: pd.Timestamp | None) -> Iterator[Doubt]:
    lacking = absent_columns(market, start, end)
    bars = [name for name in lacking if name in BARS]
    if bars:
        yield Doubt(
            f"no {listed(bars)}",
            "no row has one: orders fill at the close where there is no open, and an estimated spread is that of US "
            "companies of the same dollar volume, for it takes all three",
            "Import them, or give costs: spread: a number of bps and trade_at: next_close.",
            "caution",
        )
    if "volume" in lacking:
        yield Doubt(
            "no volume",
            "no row has one: what could be traded is not known",
            "Import volume; without it no cost of size is measured.",
            "caution",
        )
    if only_annual(market, start, end):
        yield Doubt(
            "annual figures",
            "only 12-month figures were filed, or 6-month ones beside them: what reads quarters reads years, up to "
            "fifteen months old",
            "Import facts of months 3, 6 and 9 too.",
            "caution",
        )


_TOLD_AT_IMPORT = {
    ADJUSTED_NAMES: (
        "adjusted closes of some names",
        "Import closes as quoted on the day, with total_return beside them: market value of these names is false "
        "before their splits.",
    ),
    FILED_AT_ONCE: (
        "look-ahead",
        "Give the day each number was filed; until then it is read from the day its report was due, and whoever was "
        "late is read too early.",
    ),
    SMALL_VOLUMES: ("small volumes", "Give volumes in shares: what can be traded and what it costs is false."),
}
"""By kind of finding: name and remedy of the doubt it leaves on every page."""


def _from_import(market: Market, without: Container[str]) -> Iterator[Doubt]:
    for finding in market.report.get("findings", ()):
        if finding["kind"] in _TOLD_AT_IMPORT and finding["kind"] not in without:
            name, remedy = _TOLD_AT_IMPORT[finding["kind"]]
            shown = "; ".join(finding["examples"][:2])
            yield Doubt(name, f"{finding['count']:,} {finding['kind']} ({shown})", remedy)


def known_doubt(found: Sequence[Unlike]) -> Iterator[Doubt]:
    """The doubt that something is known of those who lived and not of those who died; none where nothing is."""
    if found:
        yield Doubt(
            "known of survivors",
            "; ".join(one.said() for one in found),
            "A column that was filled in later, for those who were still there, picks survivors: use values of the "
            "day for everybody, or no rule that reads it.",
        )


def list_doubt(market: Market, indices: Container[str], end: pd.Timestamp) -> Iterator[Doubt]:
    """The doubt about indices whose members up to a day are those of one list, long before it."""
    if "members" not in market.manifest["tables"]:
        return
    lists = market.told(("lists of one day",), lambda: _one_lists(market))
    old = [one for one in lists if one[0] in indices and (end - pd.Timestamp(one[1])).days > LIST_DAYS]
    if old:
        told = "; ".join(f"{index}: {count(n, 'member')} of {day}" for index, day, n in old)
        yield Doubt(
            "one list of members",
            f"the members are those of a single day, and not point-in-time ({told}): later whoever has left stays and "
            "whoever joined is missing",
            "Give lists of several days, or start and end of each member; or ask for cap_rank.",
        )


def _one_lists(market: Market) -> list[Any]:
    """Index, day and number of members of each."""
    with connect() as connection:
        return connection.execute(one_lists(parquet(market.table("members"))) + ' ORDER BY "index"').fetchall()


def odd_doubt(market: Market, rows: pd.DataFrame) -> Iterator[Doubt]:
    """The doubt about some rows of `odd_closes`; none where there are none. Slips put right leave a caution."""
    if len(rows):
        left = rows[rows["kind"] != MENDED]
        yield Doubt(
            "closes that contradict returns",
            f"{count(len(rows), 'session')} of {count(rows['asset'].nunique(), 'name')} "
            f"({odd_named(market, pd.concat([left, rows[rows['kind'] == MENDED]]))})",
            "Look at each: a shifted point, closes on another basis, or another security under one symbol. Give closes "
            "as quoted on the day and a table splits.",
            "caution" if (rows["kind"] == MENDED).all() else "serious",
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
