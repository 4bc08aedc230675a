"""A command stopped, or refused by the disk, at each change it makes to the file system, one point after the other."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from active_edge import whole
from tests.torture.world import damage, inside, leftovers, run

CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
KILL = "kill"
FAULTS: dict[str, int] = {"ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EIO": errno.EIO}


@dataclass
class Result:
    """What one part of the campaign did and found.

    tried : how often. noticed : how many of them ended in an error with a name. wrong : what should not be.
    """

    what: str
    tried: int = 0
    noticed: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0
    peak_mb: float = 0.0


def changes(event: str, given: tuple[object, ...], root: str) -> bool:
    """Whether an audit event of Python changes something below `root`: files opened to write, renamed, removed."""
    if event == "open":
        path, _, flags = given
        return isinstance(path, str | bytes) and bool(int(str(flags)) & WRITES) and os.fsdecode(path).startswith(root)
    return event in CHANGES


def in_child(work: Callable[[], int], *, seconds: float | None = None) -> int:
    """Exit code of `work` in a forked process, negative for a signal; killed after `seconds` where these are given."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(work())
        finally:
            os._exit(71)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def stopped_at(folder: Path, command: Sequence[str], point: int, fault: str, said: Path) -> int:
    """Exit code of `command` in `folder`, whose change number `point` meets the fault; what it said goes to `said`.

    With `point` 0 nothing happens, and the number of changes is the first line of `said`.
    """

    def work() -> int:
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
        number = seen
        said.write_text(f"{number}\n{words}", encoding="utf-8")
        return code

    return in_child(work)


def every_point(
    world: Path, command: Sequence[str], fault: str, *, seconds: float, every: int = 1, seed: int = 0
) -> Result:
    """`command` met by a fault at every point in turn, in a copy of the world each time, for about so many seconds.

    After each the old or the new must stand whole, an error must be one sentence, and the same command, run again,
    must succeed and leave nothing hidden behind.
    """
    result = Result(f"{' '.join(command[:2])}: {fault} at each change of the file system")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        said = Path(scratch) / "said.txt"

        def once(point: int, fault: str) -> tuple[Path, int, str]:
            folder = Path(scratch) / f"w{point}"
            shutil.copytree(world, folder)
            said.write_text("", encoding="utf-8")
            return folder, stopped_at(folder, command, point, fault, said), said.read_text(encoding="utf-8")

        folder, code, words = once(0, fault)
        points = int(words.partition("\n")[0])
        if code != 0:
            result.wrong.append(f"undisturbed: exit {code}: {words}")
        shutil.rmtree(folder)
        until = time.monotonic() + seconds
        order = list(range(1, points + 1, every))
        random.Random(seed).shuffle(order)
        for point in order:
            if time.monotonic() > until:
                break
            folder, code, words = once(point, fault)
            result.tried += 1
            result.noticed += code == 1
            result.wrong += [f"point {point} of {points}: {one}" for one in _left(folder, command, code, words)]
            shutil.rmtree(folder)
    result.seconds = time.monotonic() - started
    return result


def at_random(world: Path, command: Sequence[str], *, until: float, most: int, seed: int) -> Result:
    """`command` killed after a time drawn anew, again and again in the same copy of the world."""
    result = Result(f"{' '.join(command[:2])}: killed at a random moment")
    started = time.monotonic()
    draw = random.Random(seed)
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
            in_child(work, seconds=draw.uniform(0, usual))
            result.tried += 1
            result.wrong += _left(folder, command, 0, "")
    result.seconds = time.monotonic() - started
    return result


def _left(folder: Path, command: Sequence[str], code: int, words: str) -> list[str]:
    """What is wrong after a fault, and after the command has then been run once more; found out in a child."""
    told = folder.parent / "left.txt"

    def work() -> int:
        told.write_text("\0".join(_wrong(folder, command, code, words)), encoding="utf-8")
        return 0

    told.unlink(missing_ok=True)
    if in_child(work):
        return ["what was left could not be looked at"]
    return [one for one in told.read_text(encoding="utf-8").split("\0") if one]


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
