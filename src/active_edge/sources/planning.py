"""What a pull will ask, said beforehand, stage by stage: requests, bytes on the wire, hours at the stated paces.

Where the archive holds the lists of a source, its requests are counted; before, a typical number stands in. The first
stage ends with a snapshot to work with; single filings, the bulk of the requests, come after it.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from active_edge.sources import catalogue
from active_edge.sources.asked_filings import FIRST_FILED
from active_edge.sources.catalogue import GROUPS, Order, source_of
from active_edge.sources.sec import delistings, fails, filings, market_structure, nport, submissions
from active_edge.sources.vendors import estimates, past_holdings, yahoo
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import REQUESTS_PER_SECOND
from active_edge.sources.web.request import Request
from active_edge.words import noun_of, number

WIDTH = 80
BANDWIDTH_BYTES_PER_SECOND = 5e6
STAGES = (
    "prices, facts, members, insiders: a snapshot to work with",
    "single filings and holdings of days, the newest first",
)
SCHEDULES = {"holdings": "ishares", "fails": "sec", "estimates": "yahoo"}
"""Source to the schedule it is paced by, where the two differ."""
BY_CHARTS = ("yahoo", "estimates")
"""Sources that come one after the other at the end of the first stage."""
SECOND_STAGE = ("exits", "filings", "holdings")
"""Sources of which what is not asked at once comes in the second stage."""


@dataclass(frozen=True)
class PlanLine:
    """One source's share of a pull: requests, bytes on the wire, seconds at its rate, stage (1 or 2).

    `counted` is True where every request is known, False where a typical number stands in for lists not had yet.
    """

    source: str
    requests: int
    bytes: int
    seconds: float
    stage: int = 1
    counted: bool = True


@dataclass(frozen=True)
class Stage:
    """One stage of a pull; `hours` at the stated paces: the SEC's sources one after the other, then the charts."""

    stage: int
    gives: str
    requests: int
    bytes: int
    hours: float


@dataclass(frozen=True)
class Plan:
    """What a pull will ask, known beforehand; counts that depend on answers are estimates."""

    lines: tuple[PlanLine, ...]

    @property
    def requests(self) -> int:
        return sum(line.requests for line in self.lines)

    @property
    def bytes(self) -> int:
        return sum(line.bytes for line in self.lines)

    @property
    def hours(self) -> float:
        """Stages come one after the other."""
        return sum(stage.hours for stage in self.stages)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in their order; one that asks nothing is left out."""
        found = []
        for place, gives in enumerate(STAGES, 1):
            lines = [line for line in self.lines if line.stage == place]
            requests, size = sum(line.requests for line in lines), sum(line.bytes for line in lines)
            if requests:
                found.append(Stage(place, gives, requests, size, _seconds(lines) / 3600.0))
        return tuple(found)

    def lines_of_text(self) -> list[str]:
        """The plan as lines for people."""
        shown: list[str] = []
        for stage in self.stages:
            shown.append(f"{stage.stage}. {stage.gives}")
            shown += [_row(f"  {line.source}", line) for line in self.lines if line.stage == stage.stage]
            shown.append(_row("  together", stage, hours=stage.hours))
        total = _row("in all", self, hours=self.hours)
        typical = [line.source for line in self.lines if not line.counted]
        said = textwrap.wrap(f"~ typical numbers: {', '.join(typical)}", WIDTH, subsequent_indent="  ")
        return [*shown, *(said if typical else []), *self._terms(), total]

    def _terms(self) -> list[str]:
        """The terms of use of what is asked, a line each."""
        asked = {line.source for line in self.lines if line.requests}
        found = [
            f"terms of {', '.join(name for name in names if name in asked)}: {terms}"
            for terms, names in catalogue.TERMS.items()
            if asked & set(names)
        ]
        public = [name for name in catalogue.GROUPS["sec"] if name in asked]
        return [*found, *(["terms of the SEC's sources: public domain"] if public else [])]


def _row(name: str, of: PlanLine | Stage | Plan, *, hours: float | None = None) -> str:
    about = "~" if isinstance(of, PlanLine) and not of.counted else ""
    time = f"{number(hours, 1):>8} hours" if hours is not None else ""
    if isinstance(of, PlanLine):
        time = f"{number(of.seconds / 60, 1):>8} min"
    asked = f"{about + format(of.requests, ','):>9} {noun_of(of.requests, 'request'):8}"
    return f"{name:19}{asked} {number(of.bytes / 1e6, 0):>9} MB {time}"


def _seconds(lines: Sequence[PlanLine]) -> float:
    """Sources of the first steps side by side, those of the SEC behind one another; then the charts."""
    sec = sum(line.seconds for line in lines if line.source in GROUPS["sec"])
    charts = sum(line.seconds for line in lines if line.source in BY_CHARTS)
    others = [line.seconds for line in lines if line.source not in (*GROUPS["sec"], *BY_CHARTS)]
    return max([sec, *others]) + charts


def estimate(archive: Archive, order: Order, known: Mapping[str, Sequence[Request]]) -> Plan:
    """Requests still to be made for an order.

    Parameters
    ----------
    known : of `due.planned`.
    """
    costs: dict[tuple[str, int], list[int]] = {}
    for source in order.sources:
        costs[source, 2 if source in ("exits", "filings") else 1] = [0, 0]
    due = [r for r in catalogue.first_requests(order) if not r.fresh(archive, order.today)]
    later = [request for requests in known.values() for request in requests]
    for request, first in [*((r, True) for r in due), *((r, False) for r in later)]:
        source = source_of(request.key)
        cost = costs.setdefault((source, 1 if first or source not in SECOND_STAGE else 2), [0, 0])
        cost[0] += 1
        cost[1] += request.expected_bytes
    typical = {source for source in order.sources if source in _TYPICAL and source not in known}
    for source in typical:
        count, size = _TYPICAL[source](archive, order)
        cost = costs[source, 2 if source in SECOND_STAGE else 1]
        cost[0] += count
        cost[1] += size
    return Plan(tuple(_line(at, n, size, at[0] not in typical) for at, (n, size) in costs.items()))


def _years(order: Order) -> float:
    return max(1, (order.today - order.since).days) / 365.25


def _typical_charts(_: Archive, order: Order) -> tuple[int, int]:
    symbols = len(catalogue.ETFS) + catalogue.TYPICAL_SHARES
    return symbols, symbols * yahoo.chart_bytes(order.since, order.today)


def _typical_estimates(_: Archive, __: Order) -> tuple[int, int]:
    return estimates.GROUPS, estimates.GROUPS * 500 + catalogue.TYPICAL_SHARES * estimates.ANSWER_BYTES


def _typical_fund_reports(_: Archive, order: Order) -> tuple[int, int]:
    first = max(order.since, dt.date(2019, 9, 1))
    count = len(nport.FUNDS) * (1 + 4 * max(0, (order.today - first).days) // 365)
    return count, count * nport.REPORT_BYTES


def _typical_insider_sets(_: Archive, order: Order) -> tuple[int, int]:
    count = int(4 * _years(order))
    return count, count * 12_000_000


def _typical_filings(archive: Archive, order: Order) -> tuple[int, int]:
    if order.symbols is not None:
        count = int(2 * len(order.symbols) * _years(order))
        return count, count * filings.SUBMISSION_BYTES
    bulk = submissions.bulk_request()
    years = max(1, (order.today - max(order.since, FIRST_FILED)).days) / 365.25
    count = max(0, int(catalogue.TYPICAL_SMALL_FILINGS_A_YEAR * years) - len(archive.keys(filings.PREFIX)))
    return count + 1, count * (2 * filings.INSTANCE_BYTES + filings.PROXY_BYTES) // 3 + bulk.expected_bytes


def _typical_exits(_: Archive, order: Order) -> tuple[int, int]:
    if order.symbols is not None:
        return 0, 0
    first = max(order.since, past_holdings.FIRST_DAY)
    count = catalogue.TYPICAL_SMALL_EXITS_A_YEAR * max(0, (order.today - first).days) // 365
    return count, count * delistings.REPORT_BYTES


def _typical_volumes(_: Archive, order: Order) -> tuple[int, int]:
    count = 4 * max(0, (order.today - max(order.since, past_holdings.FIRST_DAY)).days) // 365
    return count, count * market_structure.ZIP_BYTES


def _typical_fails(_: Archive, order: Order) -> tuple[int, int]:
    count = int(24 * _years(order))
    return count, count * fails.ZIP_BYTES


_TYPICAL = {
    "fails": _typical_fails,
    "market_structure": _typical_volumes,
    "exits": _typical_exits,
    "yahoo": _typical_charts,
    "estimates": _typical_estimates,
    "nport": _typical_fund_reports,
    "form345": _typical_insider_sets,
    "filings": _typical_filings,
}
"""Sources whose requests only their lists name, to the usual number of requests and bytes."""


def _line(at: tuple[str, int], count: int, size: int, counted: bool) -> PlanLine:
    source, stage = at
    schedule = "sec" if source in GROUPS["sec"] else SCHEDULES.get(source, source)
    pace = REQUESTS_PER_SECOND.get(schedule, 1.0)
    return PlanLine(source, count, size, max(count / pace, size / BANDWIDTH_BYTES_PER_SECOND), stage, counted)
