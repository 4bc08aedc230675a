"""A running pull: requests side by side, what failed noted, a source that keeps failing left alone.

No failure ends a pull but that of the disk. What a source does not give is noted under the name of the answer, and the
others go on; a source that blocks, or fails again and again, is asked nothing more in this pull.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from active_edge.errors import SourceBlocked, SourceBusy, SourceError, SourceFormatError, SourceRefused
from active_edge.progress import Progress
from active_edge.sources.catalogue import BENCHMARK_ETFS
from active_edge.sources.missing import NOT_ASKED, PENDING, Lack, kind_of, reason_of
from active_edge.sources.vendors.yahoo_door import Door, Unknown
from active_edge.sources.web.archive import WITHDRAWN, Entry
from active_edge.sources.web.pacing import REQUESTS_PER_SECOND
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import Client

SEC_THREADS = 4
MOST_FAILED = 10
"""So many answers in a row that cannot be had mean that a source sends something else now."""
MOST_BUSY = 3
"""The same for answers that never came, each of which took all its patience."""
MOST_ABSENT = {"holdings": 40}
"""Of a source whose answers may each not be there, so many in a row mean that their address has moved."""
MOST_FAILED_CHARTS = 25
"""So many charts in a row that cannot be had mean that Yahoo has shut the door."""


@dataclass
class Tally:
    """Counts of a running pull, shared by its threads."""

    progress: Progress
    started: float
    stage: str = ""
    done: int = 0
    total: int = 0
    requests: int = 0
    lacked: dict[str, Lack] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    """Schedule of a source that lets nobody in, to what it said: nothing of that schedule is asked any more."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, stage: str, total: int) -> None:
        self.stage, self.total, self.done = stage, total, 0
        self._say()

    def count(self, entry: Entry | None) -> None:
        with self.lock:
            self.done += 1
            self.requests += entry is not None
            if entry is not None:
                self.lacked.pop(entry.key, None)
            self._say()

    def step(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self.begin(stage, total)
        self.done = done
        self._say()

    def waits(self, why: str) -> None:
        """Say that a request waits and why; hours of retrying are never silent."""
        self.progress(f"{self.stage}: {why}", self.done, self.total)

    def lack(self, request: Request, error: SourceError, time: str) -> None:
        """Note an answer that could not be had."""
        with self.lock:
            self.lacked[request.key] = Lack(time, kind_of(error), reason_of(error))
            if isinstance(error, SourceBlocked):
                self.blocked.setdefault(request.source, reason_of(error))

    def pass_over(self, request: Request, why: SourceError, time: str) -> None:
        """Note an answer that was not asked for, because of what the source did before."""
        with self.lock:
            self.lacked[request.key] = Lack(time, kind_of(why), " ".join(f"{NOT_ASKED}{why}".split()))

    def postpone(self, requests: Sequence[Request], time: str) -> None:
        """Note answers that the next stage asks for; an answer takes its note away."""
        for request in requests:
            self.lacked[request.key] = Lack(time, PENDING, "not asked yet, they follow the first snapshot")

    def _say(self) -> None:
        self.progress(self.stage, self.done, self.total)


@dataclass
class _Run:
    """Failures in a row of one source, and the error after which it is left alone."""

    failed: int = 0
    busy: int = 0
    absent: list[Request] = field(default_factory=list)
    left: SourceError | None = None
    moved: bool = False

    def after(self, error: SourceError | None) -> None:
        if error is None:
            self.failed = self.busy = 0
            return
        self.failed += 1
        self.busy = self.busy + 1 if isinstance(error, SourceBusy) else 0
        if isinstance(error, SourceBlocked) or self.failed >= MOST_FAILED or self.busy >= MOST_BUSY:
            self.left = self.left or error

    def answered(self, request: Request, entry: Entry | None) -> None:
        """Count answers that say that there is no such thing; see `MOST_ABSENT`."""
        most = MOST_ABSENT.get(request.key.split("/")[0])
        if most is None or entry is None or entry.status == 200:
            self.absent.clear()
            return
        self.absent.append(request)
        if len(self.absent) >= most and self.left is None:
            self.left = SourceRefused(f"{request.url}: none of the last {most} answers is there, the address has moved")
            self.moved = True

    def taken_back(self) -> list[Request]:
        """Requests whose absence said nothing but that the address has moved; each once."""
        if not self.moved:
            return []
        found = self.absent[:]
        self.absent.clear()
        return found


def fetch_all(client: Client, requests: Sequence[Request], stage: str, tally: Tally, errors: list[SourceError]) -> None:
    """Fetch requests side by side, and add to `errors` what could not be had; the disk's errors are raised."""
    if not requests:
        return
    tally.begin(stage, len(requests))
    runs: dict[str, _Run] = {}

    def one(request: Request) -> None:
        run = runs.setdefault(request.key.split("/")[0], _Run())
        stop = run.left
        if stop is None and request.source in tally.blocked:
            stop = SourceBlocked(tally.blocked[request.source])
        if stop is not None:
            tally.pass_over(request, stop, client.stamp())
            tally.count(None)
            return
        entry, failure = None, None
        try:
            entry = client.fetch(request)
        except (SourceRefused, SourceBusy, SourceFormatError) as error:
            failure = error
            errors.append(error)
            tally.lack(request, error, client.stamp())
        run.after(failure)
        tally.count(entry)
        with tally.lock:
            run.answered(request, entry)
            absent = run.taken_back()
        for other in absent:
            client.archive.note(key=other.key, url=other.url, time=client.stamp(), status=WITHDRAWN)
            if run.left is not None:
                tally.lack(other, run.left, client.stamp())

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


def interleaved(*lists: Sequence[Request]) -> list[Request]:
    """Several lists in one, each in its order and as often as the pace of its source lets it, so that none waits."""
    turns = [
        ((place + 1) / REQUESTS_PER_SECOND.get(request.source, 1.0), number, request)
        for number, requests in enumerate(lists)
        for place, request in enumerate(requests)
    ]
    return [request for _, _, request in sorted(turns, key=lambda turn: turn[:2])]


def _raise_first(finished: Iterable[Future[None]]) -> None:
    for future in finished:
        future.result()


def fetch_charts(
    client: Client, door: Door, requests: Sequence[Request], tally: Tally, errors: list[SourceError]
) -> dict[str, str]:
    """Fetch charts one after the other; what fails is asked once more at the end, then named with the reason.

    Behind a wall, and after `MOST_FAILED_CHARTS` failures in a row, the rest is not asked.
    """
    if not requests:
        return {}
    tally.begin("charts", len(requests))
    failed: dict[str, SourceError] = {}
    if not any(client.archive.bodies("yahoo/")):
        requests = _known_first(client, door, requests, tally, failed)
    again = _chart_round(door, requests, tally, failed)
    if again and door.shut is None and len(failed) < len(requests):
        failed.clear()
        tally.begin("charts, once more", len(again))
        _chart_round(door, again, tally, failed)
    errors.extend(failed.values())
    return {symbol: reason_of(error) for symbol, error in failed.items()}


def fetch_estimates(door: Door, requests: Sequence[Request], tally: Tally, errors: list[SourceError]) -> None:
    """Fetch analysts' expectations behind the charts; nothing is asked where these have shut the door."""
    if not requests:
        return
    tally.begin("analysts' expectations", len(requests))
    failed: dict[str, SourceError] = {}
    _chart_round(door, requests, tally, failed)
    errors.extend(failed.values())


def _known_first(
    client: Client, door: Door, requests: Sequence[Request], tally: Tally, failed: dict[str, SourceError]
) -> list[Request]:
    """Ask the funds that are known to trade; the requests that remain.

    Yahoo answers 404 for a symbol it does not know, and so it would for every symbol once its address has moved. Where
    none of these funds can be had the door is shut; else one it does not know is noted as such.
    """
    known = [replace(r, missing_is_answer=False) for r in requests if r.key.split("/")[1] in BENCHMARK_ETFS]
    _chart_round(door, known, tally, failed)
    unknown = [r for r in known if isinstance(failed.get(r.key.split("/")[1]), Unknown)]
    if known and all(r.key in tally.lacked for r in known):
        door.shut = door.shut or next(iter(failed.values()))
    else:
        for request in unknown:
            del failed[request.key.split("/")[1]], tally.lacked[request.key]
            client.archive.note(key=request.key, url=request.url, time=door.stamp(), status=404)
    asked = {r.key for r in known if r.key.split("/")[1] not in failed}
    return [r for r in requests if r.key not in asked]


def _chart_round(
    door: Door, requests: Sequence[Request], tally: Tally, failed: dict[str, SourceError]
) -> list[Request]:
    again: list[Request] = []
    run = _Run()
    for place, request in enumerate(requests):
        entry, failure = None, None
        try:
            entry = door.fetch(request)
        except (SourceRefused, SourceBusy, SourceFormatError) as error:
            failure = error
            failed[request.key.split("/")[1]] = error
            tally.lack(request, error, door.stamp())
            again.append(request)
        run.after(failure)
        tally.count(entry)
        if failure is not None and (door.shut is not None or run.busy >= MOST_BUSY or run.failed >= MOST_FAILED_CHARTS):
            for other in requests[place + 1 :]:
                tally.pass_over(other, failure, door.stamp())
            return []
    return again
