"""Work in a forked process of its own: what it answers, what it cost, and how it ended."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HUNG = 300.0
"""Seconds after which a single piece of work is ended as hung."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code, negative for a signal; processor seconds and largest memory in MB."""

    code: int
    cpu_seconds: float
    peak_mb: float


def in_child(work: Callable[[], int], *, seconds: float | None = None, hung: float = HUNG) -> Ended:
    """`work` in a forked process; killed after `seconds` where these are given, ended by an alarm when it hangs."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.setitimer(signal.ITIMER_REAL, hung)
            os._exit(work())
        finally:
            os._exit(71)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    return Ended(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def answered(work: Callable[[], Any], *, hung: float = HUNG) -> tuple[Any, Ended]:
    """What `work` gives back from a forked process, and how that ended; None where it gave nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        told = Path(scratch) / "answer"

        def answering() -> int:
            told.write_bytes(pickle.dumps(work()))
            return 0

        ended = in_child(answering, hung=hung)
        return (pickle.loads(told.read_bytes()) if told.exists() else None), ended


def used() -> float:
    """Processor seconds of this process and of its finished children so far."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def peak_mb() -> float:
    """The most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
