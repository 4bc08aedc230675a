"""From nothing to a market folder: fetch what is due into the raw archive, then make a snapshot of all it holds.

A pull has no state of its own. What is due is what the archive does not hold, so a pull that was stopped, killed or
refused goes on by being started again; and because a snapshot is a function of the archive, it ends where an
undisturbed pull would have ended. A source that fails does not stop it: the snapshot is made of what is there and
names what is missing.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from active_edge.errors import SourceBusy, SourceError
from active_edge.market import write_snapshot
from active_edge.market.findings import Finding
from active_edge.market.missing import MissingSource
from active_edge.progress import Progress, silent
from active_edge.sources import catalogue, due
from active_edge.sources.assemble import assembled
from active_edge.sources.catalogue import Order
from active_edge.sources.fetching import Tally as _Tally
from active_edge.sources.fetching import fetch_all as _fetch_all
from active_edge.sources.fetching import fetch_charts, fetch_estimates, interleaved
from active_edge.sources.missing import PENDING, by_source, keep_missing, read_missing
from active_edge.sources.onto_imported import onto_imported
from active_edge.sources.planning import Plan, estimate
from active_edge.sources.vendors.yahoo_door import Door
from active_edge.sources.web.archive import Archive, Verification, disk_errors_named
from active_edge.sources.web.pacing import Clock, Pacer
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import Client, Patience, require_identity
from active_edge.whole import passing_folder

FEW_FILINGS = 200
"""Above this many single filings a snapshot is written before them."""


@dataclass(frozen=True)
class Surroundings:
    """What a pull takes from outside besides the sources; tests replace it."""

    clock: Clock = field(default_factory=Clock)
    pacer: Pacer = field(default_factory=Pacer)
    patience: Patience = field(default_factory=Patience)
    workers: int = 2

    def today(self) -> dt.date:
        """UTC day."""
        return dt.datetime.fromtimestamp(self.clock.now(), dt.UTC).date()


@dataclass(frozen=True)
class PullReport:
    """What a pull did.

    `snapshot` is None when there are no prices yet to make a market of (`note` says so). `requests`: answers had, and
    `bytes` of bodies on the wire. `failures`: charts that could not be had, by symbol, with the reason. `missing`:
    sources that did not give all; what is missing is asked again next time.
    """

    snapshot: str | None = None
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    failures: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    note: str = ""
    missing: Sequence[MissingSource] = ()


def pull(
    target: Path,
    *,
    identity: str,
    archive: Path,
    only: Sequence[str] | None = None,
    since: dt.date | str | None = None,
    symbols: Sequence[str] | None = None,
    quick: bool = False,
    strict: bool = False,
    base_urls: Mapping[str, str] | None = None,
    progress: Progress = silent,
    surroundings: Surroundings | None = None,
) -> PullReport:
    """Fetch what is due and write a snapshot of everything the archive then holds.

    Parameters
    ----------
    target : market folder.
    identity : name and e-mail of whoever asks; the SEC requires it.
    archive : raw archive; made if absent.
    only : names of `own.SOURCES` (or the group `sec`).
    since : first day wanted.
    symbols : shares wanted; default all that are listed today.
    quick : funds, factors and rates only; seconds.
    strict : write no snapshot where anything asked for could not be had.
    base_urls : host → base URL to ask instead.

    Raises
    ------
    ConfigError
        An option is wrong, or the identity names nobody.
    SourceError
        The disk is full, another pull is running, or, with `strict`, a source failed. What was fetched stays; no
        snapshot was written.
    """
    around = surroundings or Surroundings()
    require_identity(identity)
    settled = catalogue.settle(only=only, since=since, symbols=symbols, quick=quick, today=around.today())
    order = replace(settled, workers=around.workers)
    tally = _Tally(progress, time.monotonic())
    with disk_errors_named(archive), _alone(archive):
        store = Archive(archive)
        store.sweep_incoming()
        with Client(
            store,
            identity,
            base_urls=base_urls,
            pacer=around.pacer,
            patience=around.patience,
            clock=around.clock,
            waits=tally.waits,
        ) as client:
            return _Pull(client, order, tally, target, around, strict).run()


class _alone:  # noqa: N801  used as a context manager, like a function
    """Hold the archive for one pull at a time."""

    def __init__(self, archive: Path) -> None:
        archive.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(str(archive / "pull.lock"), timeout=0)
        self._archive = archive

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout as error:
            raise SourceBusy(f"{self._archive}: another pull is running on this archive; let it finish") from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@dataclass
class _Pull:
    """One pull, stage after stage."""

    client: Client
    order: Order
    tally: _Tally
    target: Path
    around: Surroundings
    strict: bool
    failures: dict[str, str] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)

    def run(self) -> PullReport:
        """Fetch both stages; a snapshot after the first where the second is long, and one at the end."""
        archive, tally = self.client.archive, self.tally
        try:
            self.failures = self.first_stage()
            filings = self.filings_due()
            days = _due(catalogue.later_holdings(self.order), archive, self.order.today)
            if len(filings) + len(days) > FEW_FILINGS:
                tally.postpone([*filings, *days], self.client.stamp())
                keep_missing(archive, tally.lacked)
                first = self.written().snapshot
                if first is not None:
                    holdings = f" and {len(days):,} days of holdings" if days else ""
                    tally.waits(f"snapshot {first} can be used, {len(filings):,} single filings{holdings} follow")
            self.fetch("single filings" if not days else "single filings, holdings", interleaved(filings, days))
            tally.lacked = {key: lack for key, lack in tally.lacked.items() if lack.kind != PENDING}
            keep_missing(archive, tally.lacked, asked=PENDING)
        finally:
            keep_missing(archive, tally.lacked)
        return self.written()

    def written(self) -> PullReport:
        """Write a snapshot of what the archive holds now."""
        if self.strict:
            self.raise_first()
        report = PullReport(failures=self.failures, bytes=self.client.received)
        asked_prices = "yahoo" in self.order.sources
        return _write(self.target, self.client.archive, self.tally, report, self.around, asked_prices=asked_prices)

    def first_stage(self) -> dict[str, str]:
        """Prices, facts, members, insiders, expectations; returns the charts that failed."""
        client, order, archive = self.client, self.order, self.client.archive
        self._step("lists and bulk files", catalogue.first_requests(order))
        self._step("reports and companies", due.named_by_lists(archive, order))
        if "nport" in order.sources:
            self._step("fund reports", due.fund_reports(archive, order))
        door, failures = Door(client), dict[str, str]()
        if "yahoo" in order.sources:
            charts = catalogue.chart_requests(archive, due.wanted_symbols(archive, order), order)
            failures = fetch_charts(client, door, charts, self.tally, self.errors)
        fetch_estimates(door, due.estimates_due(archive, order), self.tally, self.errors)
        return failures

    def filings_due(self) -> list[Request]:
        """Single filings still to be asked, the newest first."""
        archive, order, step = self.client.archive, self.order, self.tally.step
        asked = due.wanted(archive, order, step)
        self._step("names of documents", due.document_names(archive, order, asked, step))
        found = [*due.exit_filings(archive, order, step), *due.single_filings(archive, order, asked, step)]
        return _due(found, archive, order.today)

    def _step(self, name: str, requests: Iterable[Request]) -> None:
        self.fetch(name, _due(requests, self.client.archive, self.order.today))

    def fetch(self, name: str, requests: Sequence[Request]) -> None:
        _fetch_all(self.client, requests, name, self.tally, self.errors)

    def raise_first(self) -> None:
        """Raise what went wrong first, where anything did."""
        if self.errors:
            first, more = self.errors[0], len(self.errors) - 1
            others = f" ({more} more requests failed)" if more else ""
            raise type(first)(f"{first}{others}; no snapshot was written, run the same command to go on")


def _due(requests: Iterable[Request], archive: Archive, today: dt.date) -> list[Request]:
    return [request for request in requests if not request.fresh(archive, today)]


def _write(
    target: Path, archive: Archive, tally: _Tally, report: PullReport, around: Surroundings, *, asked_prices: bool
) -> PullReport:
    lacking = by_source(archive, read_missing(archive))
    done = replace(report, requests=tally.requests, missing=lacking)
    if not any(True for _ in archive.bodies("yahoo/")) and not asked_prices:
        note = "no prices in the archive yet, so there is no market to make; pull yahoo too"
        return replace(done, seconds=time.monotonic() - tally.started, note=note)
    snapshot, findings = rebuild(target, archive.path, progress=tally.step, workers=around.workers)
    return replace(done, snapshot=snapshot, findings=findings, seconds=time.monotonic() - tally.started)


def rebuild(
    target: Path, archive: Path, *, progress: Progress = silent, workers: int = 2
) -> tuple[str, Sequence[Finding]]:
    """Write the snapshot of an archive into the market folder `target`, offline; its id and what was found odd.

    Where `target` holds imported tables they stay, and only series are added.

    Raises
    ------
    SnapshotError, SourceFormatError
        A body is missing or damaged (`data verify` names them), or there are no prices.
    SourceError
        The disk is full.
    """
    target.mkdir(parents=True, exist_ok=True)
    with (
        passing_folder("assembling", target) as work,
        disk_errors_named(target),
        assembled(Archive(archive), work, progress=progress, workers=workers) as pulled,
        onto_imported(target, pulled) as (tables, simulated),
    ):
        snapshot = write_snapshot(
            target,
            tables.rows,
            sources=tables.sources,
            simulated=simulated,
            created=tables.created,
            report=tables.report,
            missing=[one.to_dict() for one in tables.missing],
            passages=tables.passages,
        )
        return snapshot, tables.findings


def verify(archive: Path) -> Verification:
    """Hash every body of an archive again and hold it against the index."""
    return Archive(archive).verify()


def plan(
    archive: Path,
    *,
    only: Sequence[str] | None = None,
    since: dt.date | str | None = None,
    symbols: Sequence[str] | None = None,
    quick: bool = False,
    progress: Progress = silent,
    surroundings: Surroundings | None = None,
) -> Plan:
    """Requests, bytes and hours of a pull with these options by stage, beforehand and without asking anybody.

    Raises
    ------
    ConfigError
        An option is wrong.
    """
    around = surroundings or Surroundings()
    settled = catalogue.settle(only=only, since=since, symbols=symbols, quick=quick, today=around.today())
    order = replace(settled, workers=around.workers)
    store = Archive(archive)
    return estimate(store, order, due.planned(store, order, progress) if archive.is_dir() else {})
