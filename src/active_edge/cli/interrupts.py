"""Ctrl-C reaches the command, wherever it falls: also inside a library that swallows it, and never the last line."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from signal import SIG_IGN, SIGINT, raise_signal, signal
from typing import Any, NoReturn

_AGAIN_AFTER = 0.05
"""Seconds until an interrupt that a library swallowed is sent once more; by then its callback has returned."""


def hear_interrupts() -> None:
    """From now on an interrupt that falls into a callback, where Python can only print it, is sent once more."""
    told = sys.unraisablehook

    def hook(what: Any, /) -> None:
        if isinstance(what.exc_value, KeyboardInterrupt):
            again = threading.Timer(_AGAIN_AFTER, raise_signal, (SIGINT,))
            again.daemon = True
            again.start()
        else:
            told(what)

    sys.unraisablehook = hook


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
