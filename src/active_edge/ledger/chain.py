"""Lines that name their own damage: each carries its number, the checksum of the line before, and its own checksum.

The checksum ends the line and is of every byte before it, so that no bit of a line changes unnoticed. A number that is
left out, or a line before that is another, is a line that was removed or replaced.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from active_edge.errors import LedgerError
from active_edge.stored import FORMAT, check_format

LEDGER_FORMAT = 3
DIGITS = 32
BEGINNING = "0" * DIGITS
"""What stands for the line before the first."""
RESTORE = "restore the file from a copy"
_END = len(',"sum":""}') + DIGITS


@dataclass(frozen=True)
class Chained:
    """Every line of a file that is whole, and what is wrong with the others.

    Attributes
    ----------
    lines : content of the whole lines, in their order.
    count : lines there are or were; the number of the last one.
    last : checksum of the last whole line.
    whole : bytes up to the end of the last line; what follows was cut short while it was written.
    unfinished : whether the last line is whole but for its end.
    damage : a few words a place, such as ``line 17``.
    lost : lines whose content cannot be known any more.
    """

    lines: tuple[Mapping[str, Any], ...] = ()
    count: int = 0
    last: str = BEGINNING
    whole: int = 0
    unfinished: bool = False
    damage: tuple[str, ...] = ()
    lost: int = 0


@dataclass
class _Reading:
    """How far reading is; `torn` are the damaged lines since the last whole one."""

    lines: list[Mapping[str, Any]] = field(default_factory=list)
    count: int = 0
    last: str = BEGINNING
    damage: list[str] = field(default_factory=list)
    lost: int = 0
    torn: int = 0

    def damaged(self, number: int) -> None:
        self.damage.append(f"line {number}")
        self.torn += 1

    def take(self, line: Mapping[str, Any], number: int) -> None:
        missing = line["line"] - self.count - 1
        if missing > self.torn:
            self.damage.append(f"{missing - self.torn} before line {number}")
        elif line["prev"] != self.last and not self.torn:
            self.damage.append(f"line {number}, which does not follow the line before it")
        self.lost += max(missing, 0)
        self.count, self.torn, self.last = max(line["line"], self.count + 1), 0, line["sum"]
        self.lines.append(line)

    def end(self) -> None:
        self.lost, self.count, self.torn = self.lost + self.torn, self.count + self.torn, 0


def read_chain(content: bytes, where: str) -> Chained:
    """The lines of a file, damaged ones left out and named.

    Raises
    ------
    LedgerError : a line of a newer format, which may count otherwise.
    """
    reading = _Reading()
    whole = content.rfind(b"\n") + 1
    for number, raw in enumerate(content[:whole].split(b"\n")[:-1], start=1):
        line = _decoded(raw.removesuffix(b"\r"))
        if line is None:
            reading.damaged(number)
            continue
        check_format(line, known=LEDGER_FORMAT, where=f"{where}:{number}", remedy=RESTORE, error=LedgerError)
        reading.take(line, number)
    tail, unfinished = content[whole:], False
    # The end of the last line may itself be what was damaged; a line that was being written has no checksum yet.
    for end in (tail, tail[:-1]):
        line = _decoded(end) if end else None
        if line is not None and not unfinished:
            number = content[:whole].count(b"\n") + 1
            reading.take(line, number)
            reading.damage.append(f"the end of line {number}")
            whole, unfinished = whole + len(end), True
    reading.end()
    told = tuple(reading.lines), reading.count, reading.last, whole, unfinished, tuple(reading.damage), reading.lost
    return Chained(*told)


def encoded(contents: list[Mapping[str, Any]], after: Chained) -> Iterator[str]:
    """The text of new lines, each with its end, to follow those of a file."""
    last = after.last
    for number, content in enumerate(contents, start=after.count + 1):
        told = {FORMAT: LEDGER_FORMAT, **content, "line": number, "prev": last}
        body = json.dumps(told, sort_keys=True, separators=(",", ":"))[:-1]
        last = _checksum(body.encode())
        yield f'{body},"sum":"{last}"}}\n'


def _decoded(raw: bytes) -> dict[str, Any] | None:
    """The content of a line; None where it is not what was written."""
    if raw[-_END:] != f',"sum":"{_checksum(raw[:-_END])}"}}'.encode():
        return None
    try:
        line: dict[str, Any] = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line.get("line"), int) and "prev" in line else None


def _checksum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:DIGITS]
