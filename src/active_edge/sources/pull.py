"""From nothing to a market folder: fetch what is due into the raw archive, then make a snapshot of all it holds.

A pull has no state of its own. What is due is what the archive does not hold, so a pull that was stopped, killed or
refused goes on by being started again; and because a snapshot is a function of the archive, it ends where an
undisturbed pull would have ended. Without errors a snapshot is written, complete; with one, none.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from active_edge.errors import SourceBusy, SourceError, SourceFormatError, SourceRefused
from active_edge.market import write_snapshot
from active_edge.market.findings import Finding
from active_edge.progress import Progress, silent
from active_edge.sources import catalogue, due
from active_edge.sources.assemble import assembled
from active_edge.sources.catalogue import Order, Plan
from active_edge.sources.vendors.yahoo import Door
from active_edge.sources.web.archive import Archive, Entry, Verification, disk_errors_named
from active_edge.sources.web.pacing import Clock, Pacer
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import Client, Patience, require_identity

SEC_THREADS = 4
MOST_FAILED_CHARTS = 25
"""So many charts in a row that cannot be had mean that Yahoo has shut the door; the pull stops there."""


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

    `snapshot` is None when there are no prices yet to make a market of (`note` says so). `failures`: charts that
    could not be had, by symbol, with the reason; they are asked again next time.
    """

    snapshot: str | None
    requests: int
    bytes: int
    seconds: float
    failures: Mapping[str, str]
    findings: Sequence[Finding]
    note: str = ""


@dataclass
class _Tally:
    """Counts of a running pull, shared by its threads."""

    progress: Progress
    started: float
    stage: str = ""
    done: int = 0
    total: int = 0
    bytes: int = 0
    requests: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, stage: str, total: int) -> None:
        self.stage, self.total, self.done = stage, total, 0
        self._say()

    def count(self, entry: Entry | None) -> None:
        with self.lock:
            self.done += 1
            self.requests += 1
            self.bytes += entry.bytes if entry is not None else 0
            self._say()

    def step(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self.begin(stage, total)
        self.done = done
        self._say()

    def _say(self) -> None:
        self.progress(self.stage, self.done, self.total)


def pull(
    target: Path,
    *,
    identity: str,
    archive: Path,
    only: Sequence[str] | None = None,
    since: dt.date | str | None = None,
    symbols: Sequence[str] | None = None,
    quick: bool = False,
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
    base_urls : host → base URL to ask instead.

    Raises
    ------
    ConfigError
        An option is wrong, or the identity names nobody.
    SourceError
        A source failed, the disk is full, or another pull is running. What was fetched stays; no snapshot was written.
    """
    around = surroundings or Surroundings()
    require_identity(identity)
    order = catalogue.settle(only=only, since=since, symbols=symbols, quick=quick, today=around.today())
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
        ) as client:
            failures = _fetch(client, order, tally)
        return _write(target, store, tally, failures, around)


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


def _fetch(client: Client, order: Order, tally: _Tally) -> dict[str, str]:
    """Everything due, stage after stage; returns the charts that failed."""
    archive, today = client.archive, order.today
    errors: list[SourceError] = []
    _fetch_all(client, _due(catalogue.first_requests(order), archive, today), "lists and bulk files", tally, errors)
    _fetch_all(client, _due(due.named_by_lists(archive, order), archive, today), "reports and companies", tally, errors)
    if "nport" in order.sources:
        _fetch_all(client, _due(due.fund_reports(archive, order), archive, today), "fund reports", tally, errors)
    _fetch_all(
        client, _due(due.single_filings(archive, order, tally.step), archive, today), "single filings", tally, errors
    )
    failures: dict[str, str] = {}
    if "yahoo" in order.sources:
        failures = _fetch_charts(
            client, catalogue.chart_requests(archive, due.wanted_symbols(archive, order), order), tally
        )
    if errors:
        others = f" ({len(errors) - 1} more requests failed)" if len(errors) > 1 else ""
        raise type(errors[0])(f"{errors[0]}{others}; no snapshot was written, run the same command to go on")
    return failures


def _due(requests: Iterable[Request], archive: Archive, today: dt.date) -> list[Request]:
    return [request for request in requests if not request.fresh(archive, today)]


def _fetch_all(
    client: Client, requests: Sequence[Request], stage: str, tally: _Tally, errors: list[SourceError]
) -> None:
    """Fetch requests side by side; a source that failed once is left alone, the others go on."""
    if not requests:
        return
    tally.begin(stage, len(requests))
    broken: set[str] = set()

    def one(request: Request) -> None:
        entry = None
        if request.key.split("/")[0] not in broken:
            try:
                entry = client.fetch(request)
            except SourceError as error:
                broken.add(request.key.split("/")[0])
                errors.append(error)
        tally.count(entry)

    with ThreadPoolExecutor(SEC_THREADS) as pool:
        running: set[Future[None]] = set()
        try:
            for request in requests:
                running.add(pool.submit(one, request))
                if len(running) >= 4 * SEC_THREADS:
                    finished, running = wait(running, return_when=FIRST_COMPLETED)
                    _raise_first(finished)
            _raise_first(wait(running).done)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _raise_first(finished: Iterable[Future[None]]) -> None:
    for future in finished:
        future.result()


def _fetch_charts(client: Client, requests: Sequence[Request], tally: _Tally) -> dict[str, str]:
    """Fetch charts one after the other; what fails is asked once more at the end, then listed."""
    if not requests:
        return {}
    tally.begin("charts", len(requests))
    door = Door(client)
    failed: dict[str, str] = {}
    again = _chart_round(door, requests, tally, failed)
    if again:
        failed.clear()
        tally.begin("charts, once more", len(again))
        _chart_round(door, again, tally, failed)
    return failed


def _chart_round(door: Door, requests: Sequence[Request], tally: _Tally, failed: dict[str, str]) -> list[Request]:
    again, in_a_row = [], 0
    for request in requests:
        entry = None
        try:
            entry = door.fetch(request)
            in_a_row = 0
        except SourceError as error:
            if not isinstance(error, SourceRefused | SourceBusy | SourceFormatError):
                raise  # the disk, not the chart
            failed[request.key.split("/")[1]] = str(error)
            again.append(request)
            in_a_row += 1
            if in_a_row >= MOST_FAILED_CHARTS:
                raise type(error)(f"{error}; {in_a_row} charts in a row failed, no snapshot was written") from error
        tally.count(entry)
    return again


def _write(target: Path, archive: Archive, tally: _Tally, failures: dict[str, str], around: Surroundings) -> PullReport:
    if not any(True for _ in archive.bodies("yahoo/")):
        note = "no prices in the archive yet, so there is no market to make; pull yahoo too"
        return PullReport(None, tally.requests, tally.bytes, time.monotonic() - tally.started, failures, (), note)
    snapshot, findings = rebuild(target, archive.path, progress=tally.step, workers=around.workers)
    spent = time.monotonic() - tally.started
    return PullReport(snapshot, tally.requests, tally.bytes, spent, failures, findings)


def rebuild(
    target: Path, archive: Path, *, progress: Progress = silent, workers: int = 2
) -> tuple[str, Sequence[Finding]]:
    """Write the snapshot of an archive into the market folder `target`, offline; its id and what was found odd.

    Raises
    ------
    SnapshotError, SourceFormatError
        A body is missing or damaged (`data verify` names them), or there are no prices.
    SourceError
        The disk is full.
    """
    target.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".assembling-", dir=target))
    try:
        with disk_errors_named(target), assembled(Archive(archive), work, progress=progress, workers=workers) as tables:
            snapshot = write_snapshot(
                target,
                tables.rows,
                sources=tables.sources,
                simulated=False,
                created=tables.created,
                report=tables.report,
            )
            return snapshot, tables.findings
    finally:
        shutil.rmtree(work, ignore_errors=True)


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
    surroundings: Surroundings | None = None,
) -> Plan:
    """Requests, bytes and hours of a pull with these options, beforehand and without asking anybody.

    Raises
    ------
    ConfigError
        An option is wrong.
    """
    around = surroundings or Surroundings()
    order = catalogue.settle(only=only, since=since, symbols=symbols, quick=quick, today=around.today())
    store = Archive(archive)
    known = due.known_companies(store).symbols() if order.symbols is None and not order.quick else {}
    charts = None
    if order.quick or order.symbols is not None or known:
        charts = len(catalogue.chart_requests(store, due.wanted_symbols(store, order), order))
    return catalogue.estimate(store, order, shares=len(known) or None, charts=charts)
