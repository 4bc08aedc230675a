"""Ctrl-C reaches the command wherever it falls, but never inside a library that cannot bear it, nor the last line."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from signal import SIG_IGN, SIGINT, default_int_handler, getsignal, raise_signal, signal
from types import FrameType
from typing import Any, NoReturn

_AGAIN_AFTER = 0.05
"""Seconds until an interrupt that came at the wrong moment is sent once more."""
_UNBEARABLE = "llvmlite"
"""The compiler calls Python back for its cache, and reads what an interrupted callback has not written."""


def hear_interrupts() -> None:
    """From now on an interrupt is a KeyboardInterrupt as ever, but for one inside a callback: it is sent once more.

    Nothing happens outside the main thread, or where a caller has a way of its own.
    """
    if threading.current_thread() is not threading.main_thread() or getsignal(SIGINT) is not default_int_handler:
        return
    told = sys.unraisablehook

    def hook(what: Any, /) -> None:
        if isinstance(what.exc_value, KeyboardInterrupt):
            _send_again()
        else:
            told(what)

    sys.unraisablehook = hook
    signal(SIGINT, _interrupt)


def leave(code: int, *, interrupted: bool) -> NoReturn:
    """End the process with `code`; an interrupt from here on would only spoil the last line.

    Python remembers an interrupt that fell into a library's own start, and would end the process by that signal
    whatever was made of it since; so an interrupted process tidies up and goes by itself.
    """
    signal(SIGINT, SIG_IGN)
    if interrupted:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    while frame is not None:
        if _UNBEARABLE in frame.f_code.co_filename:
            _send_again()
            return
        frame = frame.f_back
    raise KeyboardInterrupt


def _send_again() -> None:
    again = threading.Timer(_AGAIN_AFTER, raise_signal, (SIGINT,))
    again.daemon = True
    again.start()
