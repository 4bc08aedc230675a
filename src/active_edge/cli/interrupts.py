"""Ctrl-C ends the command where it stands, with one sentence; nothing is unwound through libraries that cannot bear it.

A KeyboardInterrupt is raised wherever Python happens to be: inside a compiler's callback, a database's, a half-loaded
kernel. Some of those end in a crash. What is half-written has a name of its own and is known (`whole`), so the process
removes that, says its sentence and goes.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing import active_children
from types import FrameType

from active_edge.whole import remove_begun

INTERRUPTED = 130
KILLED = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What ends a process of this one, without unwinding; Windows has but the one way."""
STOPPED = "Stopped. Nothing half-written was left; the same command starts again."


def hear_interrupts() -> None:
    """From now on an interrupt ends this process with `INTERRUPTED`, after `STOPPED`.

    Nothing happens outside the main thread, or where a caller has a way of its own.
    """
    here = threading.current_thread() is threading.main_thread()
    if here and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)


def leave(code: int) -> None:
    """End the process with an exit code; what a plug-in left running is not waited for, perhaps for ever."""
    if "active_edge.plugins.threads" in sys.modules:  # else it would be loaded for nothing
        from active_edge.plugins.threads import still_running

        if still_running():
            _flush()
            os._exit(code)
    sys.exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, RuntimeError):  # RuntimeError: the interrupt came while it was written to
            stream.flush()


def _stop(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for worker in active_children():
        if worker.pid:
            with suppress(OSError):
                os.kill(worker.pid, KILLED)  # joblib's processes have no kill() of their own
    remove_begun()
    _flush()
    with suppress(OSError), os.fdopen(2, "wb", buffering=0, closefd=False) as standard_error:
        standard_error.write(f"{STOPPED}\n".encode())
    os._exit(INTERRUPTED)
