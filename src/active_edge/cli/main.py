"""Where ``active-edge`` begins, and how every failure ends: one sentence and an exit code, never a traceback."""

from __future__ import annotations

import codecs
import errno
import json
import re
import sys
from collections.abc import Iterator, Sequence

from active_edge.cli.interrupts import INTERRUPTED, STOPPED, hear_interrupts, leave

FAILED = 1
NO_ROOM = {
    errno.ENOSPC: "make room there or name another folder",
    errno.EDQUOT: "make room there or name another folder",
    errno.EFBIG: "the system limits the size of a file (ulimit -f); raise that or choose another folder",
    errno.EMFILE: "the system limits how many files are open (ulimit -n); raise that",
}
LONGEST = 20_000
"""Characters of a message that are printed."""
NO_THREAD = "can't start new thread"
"""What Python says where there is no memory for one."""
NO_MEMORY = (
    "the memory this process may have does not suffice; give it more, or ask for less: fewer strategies at once, "
    "fewer years (--from), a smaller market"
)


ALIKE = {"−": "-", "–": "-", "─": "-", "·": ".", "×": "x", "…": "...", "’": "'"}
"""Signs of the program's own words that ASCII lacks; a minus that became a question mark would be another number."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code of one command: 0 well, 1 a named error, 2 wrong usage, 130 interrupted."""
    _print_what_one_can()
    try:
        from active_edge.cli.commands import cli

        given = list(arguments) if arguments is not None else None
        outcome = cli.main(args=given, prog_name="active-edge", standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except BaseException as error:
        if _interrupted(error):
            _say(STOPPED)
            return INTERRUPTED
        from click import ClickException

        if isinstance(error, ClickException):
            error.show()
            return error.exit_code
        told = _told(error)
        if told is None:
            raise
        from active_edge.cli.output import folded_error

        _say(folded_error(told))
        return FAILED


def run() -> None:
    """Entry point of the installed command."""
    hear_interrupts()
    leave(main())


def _print_what_one_can() -> None:
    """A character the output's encoding lacks is printed as one it has, and stops nothing."""
    codecs.register_error("alike", _alike)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace" if stream is sys.stderr else "alike")


def _alike(error: UnicodeError) -> tuple[str, int]:
    """What is printed for characters that an encoding lacks: of signs what looks alike, of letters a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(ALIKE.get(one, "?") for one in error.object[error.start : error.end]), error.end


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _told(error: BaseException) -> str | None:
    """The sentence of a failure; None for one nobody foresaw."""
    from active_edge.errors import ActiveEdgeError
    from active_edge.printable import shortened

    if isinstance(error, ActiveEdgeError):
        return shortened(str(error), LONGEST)
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and str(error) == NO_THREAD):
        return NO_MEMORY
    if isinstance(error, OSError):
        remedy = f"; {NO_ROOM[error.errno]}" if error.errno in NO_ROOM else ""
        return f"{error.filename or 'the system'}: {error.strerror or error}{remedy}"
    return _told_by_database(error)


def _told_by_database(error: BaseException) -> str | None:
    if type(error).__module__.split(".")[0] not in ("duckdb", "_duckdb"):
        return None
    inside = re.search(r'"exception_message":("(?:[^"\\]|\\.)*")', str(error))
    said = json.loads(inside[1]) if inside else " ".join(str(error).split())
    if type(error).__name__ == "OutOfMemoryException":
        return NO_MEMORY
    if "No space left" in said or "Disk quota" in said:
        return f"{said}; {NO_ROOM[errno.ENOSPC]}"
    if "File too large" in said:
        return f"{said}; {NO_ROOM[errno.EFBIG]}"
    return f"the database: {said}" if isinstance(error, OSError) or "IO Error" in said else None


def _interrupted(error: BaseException) -> bool:
    """Whether Ctrl-C is behind a failure, whatever the library that was at work made of it.

    What a plug-in raised is its failure, whatever it raised.
    """
    from active_edge.errors import PluginError

    return not isinstance(error, PluginError) and any(
        isinstance(one, KeyboardInterrupt)
        or type(one).__name__ in ("Abort", "InterruptException")
        or (isinstance(one, RuntimeError) and str(one) == "Query interrupted")
        for one in _chain(error)
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen:
        seen.append(one)
        one = one.__cause__ or one.__context__
    return iter(seen)
