"""A command stopped, or refused by the disk, at each change it makes to the file system, one point after the other."""

from __future__ import annotations

import errno
import math
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from active_edge import whole
from tests.torture.children import answered, in_child
from tests.torture.rows import Result
from tests.torture.world import damage, inside, leftovers, name_of, run

CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
KILL = "kill"
FAULTS: dict[str, int] = {"ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EIO": errno.EIO}
LIMITS = {
    "file size": (resource.RLIMIT_FSIZE, (0, 100, 1_000, 4_000, 16_000, 64_000, 256_000)),
    "open files": (resource.RLIMIT_NOFILE, (16, 24, 32, 40, 48, 64)),
}
"""Limit -> which, and the values tried. One on memory is met by a program from its start, in `memory`."""


def changes(event: str, given: tuple[object, ...], root: str) -> bool:
    """Whether an audit event of Python, in the working folder `root`, changes something below it.

    Files opened to write, renamed, removed; what is named relative to an open folder counts as below.
    """
    if event != "open" and event not in CHANGES:
        return False
    if not isinstance(given[0], str | bytes):
        return False
    if event == "open" and not int(str(given[2])) & WRITES:
        return False
    return Path(root, os.fsdecode(given[0])).is_relative_to(root)


def warm(world: Path, commands: Iterable[Sequence[str]]) -> None:
    """Run every command once in this process, so that its children have all that is imported and compiled."""
    with tempfile.TemporaryDirectory() as scratch:
        for number, command in enumerate(commands):
            folder = Path(scratch) / str(number)
            shutil.copytree(world, folder)
            with inside(folder):
                code, words = run(command)
            if code:
                raise SystemExit(f"{' '.join(command)}, undisturbed: exit {code}: {words}")


def stopped_at(folder: Path, command: Sequence[str], point: int, fault: str) -> Callable[[], tuple[int, str, int]]:
    """Work for a child: `command` in `folder`, whose change number `point` meets the fault; 0 meets none.

    It answers the exit code, what was said, and how many changes there were.
    """

    def work() -> tuple[int, str, int]:
        seen = 0
        root = str(folder)

        def meet() -> None:
            nonlocal seen
            seen += 1
            if seen != point:
                return
            if fault == KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(FAULTS[fault], os.strerror(FAULTS[fault]), root)

        def heard(event: str, given: tuple[object, ...]) -> None:
            if event.startswith(("open", "os.")) and changes(event, given, root):
                meet()

        exchanged = whole._exchanged

        def exchanges(first: Path, second: Path) -> bool:
            meet()
            done = exchanged(first, second)
            meet()
            return done

        whole._exchanged = exchanges
        with inside(folder):
            sys.addaudithook(heard)
            code, words = run(command)
        return code, words, seen

    return work


def every_point(
    world: Path, command: Sequence[str], fault: str, *, until: float, most: float = math.inf, seed: int = 0
) -> Result:
    """`command` met by a fault at every point in turn, in a copy of the world each time, until that time.

    After each the old or the new must stand whole, an error must be one sentence, and the same command, run again,
    must succeed and leave nothing hidden behind.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "w"
        shutil.copytree(world, folder)
        told, ended = answered(stopped_at(folder, command, 0, fault))
        shutil.rmtree(folder)
    points = told[2] if told else 0
    result = Result(f"{name_of(command)}: {fault} at each change of the file system", points=points)
    if not told or told[0] != 0:
        result.wrong.append(f"undisturbed: {told or ended}")
    order = list(range(1, points + 1))
    random.Random(seed).shuffle(order)
    for point in order:
        if time.monotonic() > until or result.tried >= most:
            break
        _tried(result, world, command, stopped_at, point, fault)
    return result


def limited(folder: Path, command: Sequence[str], value: int, limit: str) -> Callable[[], tuple[int, str, int]]:
    """Work for a child: `command` in `folder` under a limit of the system."""

    def work() -> tuple[int, str, int]:
        which = LIMITS[limit][0]
        with inside(folder):
            before = resource.getrlimit(which)
            resource.setrlimit(which, (value, before[1]))
            code, words = run(command)
            resource.setrlimit(which, before)
        return code, words, 0

    return work


def every_limit(world: Path, command: Sequence[str], *, until: float) -> Result:
    """`command` under limits on files' size and on open files; the same must hold as after a fault."""
    result = Result(f"{name_of(command)}: limits on file size and open files")
    for limit, (_, values) in LIMITS.items():
        for value in values:
            if time.monotonic() < until:
                _tried(result, world, command, limited, value, limit)
    return result


def at_random(world: Path, command: Sequence[str], *, until: float, most: int, seed: int) -> Result:
    """`command` killed after a time drawn anew, again and again in the same copy of the world."""
    result = Result(f"{name_of(command)}: killed at a random moment")
    draw = random.Random(f"{seed} {command}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "w"
        shutil.copytree(world, folder)

        def work() -> int:
            with inside(folder):
                return run(command)[0]

        before = time.monotonic()
        in_child(work)
        usual = time.monotonic() - before
        while result.tried < most and time.monotonic() < until:
            started = time.monotonic()
            ended = in_child(work, seconds=draw.uniform(0, usual))
            _looked_at(result, folder, command, (0, ""), ended.cpu_seconds, ended.peak_mb)
            result.slowest = max(result.slowest, time.monotonic() - started)
    return result


def _tried(
    result: Result, world: Path, command: Sequence[str], work: Callable[..., Callable[[], tuple[int, str, int]]],
    at: int, how: str,
) -> None:  # fmt: skip
    """One try of `work` in a copy of the world of its own, and what it left, into `result`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "w"
        shutil.copytree(world, folder)
        started = time.monotonic()
        told, ended = answered(work(folder, command, at, how))
        result.slowest = max(result.slowest, time.monotonic() - started)
        code, words, _ = told or (ended.code, "", 0)
        result.noticed += code == 1
        _looked_at(result, folder, command, (code, words), ended.cpu_seconds, ended.peak_mb, f"{how} {at}: ")


def _looked_at(
    result: Result,
    folder: Path,
    command: Sequence[str],
    left: tuple[int, str],
    cpu: float,
    peak: float,
    where: str = "",
) -> None:
    """What is wrong after a fault, and after the command has then been run once more, into `result`."""
    wrong, ended = answered(lambda: _wrong(folder, command, *left))
    result.tried += 1
    result.cpu_seconds += cpu + ended.cpu_seconds
    result.peak_mb = max(result.peak_mb, peak, ended.peak_mb)
    if wrong is None:
        wrong = [f"what was left could not be looked at: ended with {ended.code}"]
    result.wrong += [where + one for one in wrong]


def _wrong(folder: Path, command: Sequence[str], code: int, words: str) -> list[str]:
    wrong = damage(folder)
    if code not in (0, 1, -signal.SIGKILL):
        wrong.append(f"exit {code}: {words.strip()[-300:]}")
    if code == 1 and "Traceback" in words:
        wrong.append(f"a traceback: {words.strip()[-300:]}")
    with inside(folder):
        again, said = run(command)
    if again != 0 and not (command[0] == "init" and code == 0):
        wrong.append(f"the same command again: exit {again}: {said.strip()[-300:]}")
    return wrong + damage(folder) + [f"left behind: {name}" for name in leftovers(folder)]
