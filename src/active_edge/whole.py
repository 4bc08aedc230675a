"""Files and folders that stand there whole or not at all, and what a kill left behind put right by the next writer.

What is being written has a hidden name that says whose it is: ``.NAME.HOST-PID-PROCESS-N.part``. One name is never
used twice, so any number of writers may work in one folder; the last to finish is seen. Folders for the time of one
task have such names too. A leftover is removed once the process that wrote it is gone from this machine; one of
another machine, or of a container with processes of its own, stays, for nobody here can know. A process that is ended
at a word (`remove_begun`) takes what it had begun with it.
"""

from __future__ import annotations

import atexit
import errno
import hashlib
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_WINDOWS = os.name == "nt"
_SYSTEM, _NAME = ("Windows", "here") if _WINDOWS else os.uname()[:2]
try:
    _NUMBERED_IN = str(Path("/proc/self/ns/pid").stat().st_ino)  # Linux: a container may have this name, others inside
except OSError:
    _NUMBERED_IN = ""
_HOST = hashlib.sha256(f"{_NAME}{_NUMBERED_IN}".encode()).hexdigest()[:6]
_PROCESS = os.urandom(3).hex()
_NUMBERS = itertools.count()
_MADE = re.compile(
    r"\.(?P<name>.+)\.(?P<host>[0-9a-f]{6})-(?P<pid>\d+)-(?P<process>[0-9a-f]{6})-\d+\.(?P<kind>part|old)"
)
_BEGUN: set[Path] = set()
"""What this process writes under another name, and must not leave."""
_OCCUPIED = (errno.EEXIST, errno.ENOTEMPTY)
_AT_WORKING_FOLDER, _EXCHANGE = -100, 2
"""Of Linux's renameat2: paths count from the working folder; both names change places at one stroke."""


def write_whole(path: Path, content: str | bytes, *, synced: bool = True) -> Path:
    """`path`, once the file stands there with all of `content` (text as UTF-8); an earlier file stays until then.

    The folder is made if absent.

    Parameters
    ----------
    synced : whether the content is on the disk before the name is; else a loss of power may leave the name alone.

    Raises
    ------
    OSError : it cannot be written; an earlier file stands as it did.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    put_right(path.parent)
    part = _hidden(path, "part")
    try:
        with part.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            if synced:
                file.flush()
                os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        _remove(part)
    return path


def append_whole(path: Path, content: bytes, end: int) -> None:
    """Write `content` behind the first `end` bytes of a file, all of it and sure to lie on the disk, or nothing.

    What stands behind `end`, the rest of a line that was cut, goes. Only one writer at a time may be here.

    Raises
    ------
    OSError : it cannot all be written; the file then ends at `end`.
    """
    left = memoryview(content)
    with path.open("ab", buffering=0) as file:  # unbuffered: closing a buffered one would write what truncate took off
        file.truncate(end)
        try:
            while left:
                left = left[file.write(left) :]  # it may take a part
            os.fsync(file.fileno())
        except BaseException:
            file.truncate(end)
            raise


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A new folder to fill; it takes the place of `folder` when the block ends well, and is removed when not.

    An earlier folder stays until the new one stands in its place, and is put back where that fails.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    put_right(folder.parent)
    part = _hidden(folder, "part")
    part.mkdir()
    try:
        yield part
        put_in_place(part, folder)
    finally:
        _remove(part)


@contextmanager
def passing_folder(name: str, inside: Path | None = None) -> Iterator[Path]:
    """A new folder for as long as the block lasts: in `inside`, or where the system keeps such things.

    `name` is a part of its name; no other user can read it. What killed processes left beside it goes.
    """
    folder = _passing(name, inside)
    try:
        yield folder
    finally:
        _remove(folder)


def folder_of_this_process(name: str) -> Path:
    """A new folder, where the system keeps such things, that goes when this process does."""
    folder = _passing(name, None)
    atexit.register(_remove, folder)
    return folder


def _passing(name: str, inside: Path | None) -> Path:
    beside = inside or Path(tempfile.gettempdir())
    put_right(beside)
    folder = _hidden(beside / name, "part")
    folder.mkdir(mode=0o700)
    return folder


def remove_begun() -> None:
    """Remove what this process has begun and not put in place, for one who then ends it without unwinding."""
    for leftover in sorted(_BEGUN):
        with suppress(OSError):
            _settle(leftover)


def put_right(folder: Path) -> None:
    """Remove what killed writers left in `folder`, and give back a folder that was moved aside and never replaced.

    Nothing happens where `folder` cannot be written: whoever only reads it need not put it right.
    """
    with suppress(OSError):
        found = [name for name in os.listdir(folder) if (made := _MADE.fullmatch(name)) and _is_dead(made)]
        for name in found:
            _settle(folder / name)


def is_leftover(name: str) -> bool:
    """Whether a file or folder of this name is what a writer had under way."""
    return _MADE.fullmatch(name) is not None


def _settle(leftover: Path) -> None:
    """Give a folder that was moved aside its name again where nothing has it; remove whatever else was left."""
    made = _MADE.fullmatch(leftover.name)
    target = leftover.with_name(made["name"]) if made else leftover
    if made and made["kind"] == "old" and not target.exists():
        os.rename(leftover, target)
    _remove(leftover)


def _remove(leftover: Path) -> None:
    if leftover.is_dir():
        shutil.rmtree(leftover, ignore_errors=True)
    else:
        with suppress(OSError):
            leftover.unlink(missing_ok=True)
    _BEGUN.discard(leftover)


def _hidden(path: Path, kind: str) -> Path:
    hidden = path.with_name(f".{path.name}.{_HOST}-{os.getpid()}-{_PROCESS}-{next(_NUMBERS)}.{kind}")
    _BEGUN.add(hidden)
    return hidden


def _is_dead(made: re.Match[str]) -> bool:
    """Whether the process that made this name on this machine is gone; a later one may have got its number."""
    if made["host"] != _HOST or _WINDOWS:
        return False  # on Windows, to ask after a process interrupts it
    pid = int(made["pid"])
    if pid == os.getpid():
        return made["process"] != _PROCESS
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def put_in_place(part: Path, folder: Path) -> None:
    """Make `part` the folder of the name `folder`; what had it before has the name `part` afterwards, or is gone."""
    try:
        os.rename(part, folder)
    except OSError as error:
        if error.errno not in _OCCUPIED:
            raise
        if not _exchanged(part, folder):
            _moved_aside(part, folder)


def _moved_aside(part: Path, folder: Path) -> None:
    """`part` in the place of `folder` by two steps; killed between them, `put_right` gives the old one back."""
    old = _hidden(folder, "old")
    os.rename(folder, old)
    try:
        os.rename(part, folder)
    except BaseException:
        with suppress(OSError):
            os.rename(old, folder)
        raise
    _remove(old)


def _exchanged(first: Path, second: Path) -> bool:
    """Both names changed places at one stroke; False where this system or file system cannot."""
    if _SYSTEM != "Linux":
        return False
    import ctypes

    try:
        exchange = ctypes.CDLL(None).renameat2
    except AttributeError:
        return False
    done = exchange(_AT_WORKING_FOLDER, bytes(first), _AT_WORKING_FOLDER, bytes(second), _EXCHANGE)
    return bool(done == 0)
