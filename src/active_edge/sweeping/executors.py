"""Where tasks are done: processes of this machine or a dask cluster that stands already, an adapter each."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from active_edge.errors import BacktestError, ConfigError, MissingInput
from active_edge.sweeping.statistics import Measures
from active_edge.sweeping.tasks import Task, run_task
from active_edge.words import number

A_WORKER = 2
"""Tasks sent ahead for each worker: it never waits for the next, and little is lost with it."""
PATIENCE = "10s"
"""How long a scheduler may take to answer."""
LOOK_EVERY, DESERTED_SECONDS = 5.0, 60.0
"""Seconds between looks at whether a cluster still has a worker; so long without one, tasks are waited for in vain."""


class Executor(Protocol):
    """Does tasks somewhere else, each by `work`, and gives each back as it is finished.

    None stands for what came of a task that took its worker down with it.
    """

    def __call__(
        self, tasks: Sequence[Task], work: Callable[[Task], Measures] = run_task, /
    ) -> Iterator[tuple[Task, Measures | None]]: ...


def executor_at(address: str) -> Executor:
    """The executor of ``loky:N``, N processes of this machine, or of a scheduler's address, as ``tcp://host:8786``.

    Raises
    ------
    ConfigError : neither. MissingInput : dask is not installed.
    """
    processes = re.fullmatch(r"loky:([1-9][0-9]{0,3})", address)
    if processes:
        return Processes(int(processes[1]))
    if not re.fullmatch(r"(tcp|tls|ucx)://[^\s/]+:[0-9]+", address):
        raise ConfigError(
            f"--cluster {address}: is neither a scheduler's address, as tcp://host:8786, nor loky:N for N processes of "
            "this machine"
        )
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise MissingInput(
            "--cluster needs dask's scheduler; install it with: pip install 'active-edge[cluster]'"
        ) from None
    return Dask(address)


class Processes:
    """Processes of this machine, by joblib's loky."""

    def __init__(self, processes: int) -> None:
        self.processes = processes

    def __call__(
        self, tasks: Sequence[Task], work: Callable[[Task], Measures] = run_task
    ) -> Iterator[tuple[Task, Measures | None]]:
        """As `Executor`; a process that dies ends the run."""
        from joblib import Parallel, delayed
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        parallel = Parallel(n_jobs=self.processes, return_as="generator_unordered", batch_size=1)
        try:
            yield from parallel(delayed(_told)(work, task) for task in tasks)
        except TerminatedWorkerError:
            raise BacktestError(
                "a process of this sweep was killed, often for want of memory; what is finished is kept: ask for fewer "
                "processes, and run the same command again"
            ) from None


def _told(work: Callable[[Task], Measures], task: Task) -> tuple[Task, Measures]:
    return task, work(task)


class Dask:
    """A cluster of `dask.distributed` that stands already; it is asked, not started, and not stopped."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(
        self, tasks: Sequence[Task], work: Callable[[Task], Measures] = run_task
    ) -> Iterator[tuple[Task, Measures | None]]:
        """As `Executor`; a bounded number of tasks is under way.

        Raises
        ------
        BacktestError : no scheduler answers, it has no worker, or none for `DESERTED_SECONDS` while tasks wait.
        """
        from distributed import CancelledError, Client, KilledWorker, wait

        try:
            client = Client(self.address, set_as_default=False, timeout=PATIENCE)
        except OSError as error:
            raise BacktestError(f"--cluster {self.address}: no scheduler answers there ({error})") from None
        with client:
            width = A_WORKER * sum(client.nthreads().values())
            if not width:
                raise BacktestError(f"--cluster {self.address}: the scheduler has no worker; start one first")
            waiting, seen = iter(tasks), time.monotonic()
            sent: dict[Any, Task] = {}
            while True:
                sent |= {client.submit(work, task, pure=False): task for task in islice(waiting, width - len(sent))}
                if not sent:
                    return
                try:
                    with client.as_current():
                        done = wait([*sent], timeout=LOOK_EVERY, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    seen = time.monotonic() if client.nthreads() else seen
                    if time.monotonic() - seen > DESERTED_SECONDS:
                        raise self._gone(f"no worker for {number(DESERTED_SECONDS, 0)} seconds") from None
                    continue
                except (CancelledError, OSError):
                    raise self._gone("the scheduler is gone") from None
                seen = time.monotonic()
                for future in done:
                    if future.status == "cancelled":
                        raise self._gone("the scheduler is gone")
                    failed = future.exception()
                    if failed is not None and not isinstance(failed, KilledWorker):
                        raise failed
                    yield sent.pop(future), None if failed is not None else future.result()

    def _gone(self, why: str) -> BacktestError:
        return BacktestError(
            f"--cluster {self.address}: {why}; what is finished is kept: start the cluster and run the "
            "same command again"
        )
