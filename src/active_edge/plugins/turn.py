"""A plug-in's turn: what it changes of the process is put back, and what its threads raise is its own failure."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from dis import opmap
from pathlib import Path
from types import TracebackType

from active_edge.plugins.threads import deaf_to, left_running

RAISES = opmap["RAISE_VARARGS"]
"""The step that a ``raise`` statement is compiled to."""


@dataclass(frozen=True)
class Turn:
    """What a turn left behind: errors that ended threads of the plug-in's, and those of its threads that run on."""

    failed: list[BaseException] = field(default_factory=list)
    left: list[threading.Thread] = field(default_factory=list)


@contextmanager
def own_turn(is_its_own: Callable[[BaseException], bool], file: str) -> Iterator[Turn]:
    """The block with what it may change of the process put back: folder, filters of warnings, numpy's errors.

    What is printed inside goes to the error stream, so that a command's own output stays what it promises.

    Parameters
    ----------
    is_its_own : whether an error that ended a thread comes from the plug-in.
    file : the plug-in's own.
    """
    import numpy as np

    turn, before = Turn(), threading.enumerate()
    hook, filters, folder = threading.excepthook, list(warnings.filters), _folder()

    def heard(args: threading.ExceptHookArgs) -> None:
        error = args.exc_value
        if error is not None and not isinstance(error, SystemExit) and is_its_own(error):
            turn.failed.append(error)
        else:
            hook(args)

    threading.excepthook = heard
    try:
        with contextlib.redirect_stdout(sys.stderr), np.errstate():
            yield turn
    finally:
        turn.left.extend(left_running(file, before))
        threading.excepthook = deaf_to(turn.left, hook)
        if list(warnings.filters) != filters:
            warnings.resetwarnings()  # so that Python forgets what it kept of the other filters
            warnings.filters[:] = filters  # type: ignore[index]
        if folder and _folder() != folder:
            os.chdir(folder)


def raised_by_statement(error: BaseException, file: str) -> bool:
    """Whether a ``raise`` written in `file` made an error: an interrupt of the user's comes amid any other step."""
    step: TracebackType | None = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None or step.tb_frame.f_code.co_filename != file:
        return False
    return step.tb_frame.f_code.co_code[step.tb_lasti] == RAISES


def _folder() -> Path | None:
    try:
        return Path.cwd()
    except OSError:  # it was removed
        return None
