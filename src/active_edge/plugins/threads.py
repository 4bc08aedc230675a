"""Threads that a plug-in started and did not wait for."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from types import FrameType

Heard = Callable[[threading.ExceptHookArgs], object]
PACKAGE = str(Path(__file__).resolve().parents[1])
PATIENCE = 0.2
"""Seconds that a thread which is about to end is waited for."""
LEFT = "left by a plug-in: "
"""How the name of a thread begins that ran on when its plug-in's turn was over."""


def left_running(file: str, before: Collection[threading.Thread]) -> list[threading.Thread]:
    """Threads that run the code of a plug-in's file, or will, after its own turn is over; named as such.

    Parameters
    ----------
    file : "" where it is not known yet (a package's entry point before it is loaded): none is told by it then.
    before : those that ran before its turn.
    """
    found = [one for one in threading.enumerate() if _is_of(one, file) or (one not in before and _is_anyones(one))]
    for thread in found:
        thread.join(PATIENCE)
    left = [thread for thread in found if thread.is_alive()]
    for thread in left:
        thread.name = f"{LEFT}{thread.name.removeprefix(LEFT)}"
    return left


def deaf_to(left: list[threading.Thread], hook: Heard) -> Heard:
    """What hears errors of threads but of these: that they were left is told already."""

    def heard(args: threading.ExceptHookArgs) -> None:
        if args.thread not in left:
            hook(args)

    return heard if left else hook


def still_running() -> bool:
    """Whether a thread that a plug-in left would keep the process from ending."""
    return any(thread.name.startswith(LEFT) and not thread.daemon for thread in threading.enumerate())


def _is_of(thread: threading.Thread, file: str) -> bool:
    if not file or thread is threading.current_thread():
        return False
    # What it is to do, for one that waits for its time or has only just begun has no step of it yet.
    work = (getattr(thread, "_target", None), getattr(thread, "function", None), type(thread).run)
    if any(getattr(getattr(one, "__code__", None), "co_filename", "") == file for one in work):
        return True
    return _first_of_either(sys._current_frames().get(thread.ident or 0), file) == file


def _is_anyones(thread: threading.Thread) -> bool:
    """Whether nothing tells whose a thread is: a timer, or one that runs what is no function of Python's own."""
    target = getattr(thread, "_target", None)
    return isinstance(thread, threading.Timer) or (target is not None and not hasattr(target, "__code__"))


def _first_of_either(frame: FrameType | None, file: str) -> str:
    """The outermost step of a stack that is of the file or of the package: whose thread it is."""
    first = ""
    while frame is not None:
        name = frame.f_code.co_filename
        if name == file or name.startswith(PACKAGE):
            first = name
        frame = frame.f_back
    return first
