"""Lines that name their own damage: each carries its number, the checksum of the line before, and its own checksum.

The checksum ends the line and is of every byte before it, so that no bit of a line changes unnoticed. A number that is
left out, or a line before that is another, is a line that was removed or replaced. Whole lines taken off the end leave
no trace in the file itself (`ledger.head` keeps one beside it).

A last line that was cut short is a lost one, for whether its result was shown cannot be known: it stays in the file as
a damaged line and counts, also where a writer was killed before it showed anything. It is overwritten, and so counts
once, only by a trial that it names itself: the next one recorded whose line has the same beginning, idea included.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from active_edge.errors import ActiveEdgeError, LedgerError
from active_edge.stored import FORMAT, check_format
from active_edge.whole import append_whole

LEDGER_FORMAT = 3
DIGITS = 32
BEGINNING = "0" * DIGITS
"""What stands for the line before the first."""
RESTORE = "restore the file from a copy"
CUT = "the last line, cut short"
_END = len(',"sum":""}') + DIGITS


@dataclass(frozen=True)
class Chained:
    """Every line of a file that is whole, and what is wrong with the others.

    Attributes
    ----------
    lines : content of the whole lines by their own numbers, one that is repeated once.
    count : number of the last line.
    last : checksum of the last whole line.
    end : bytes of the file that stay when lines are added.
    unfinished : whether these have no line end.
    damage : a few words a place, such as ``line 17``.
    lost : lines whose content cannot be known any more.
    cut : what is left of a last line that was cut short, which is one of those.
    strays : checksums of whole lines that follow no line of the file.
    """

    lines: tuple[Mapping[str, Any], ...] = ()
    count: int = 0
    last: str = BEGINNING
    end: int = 0
    unfinished: bool = False
    damage: tuple[str, ...] = ()
    lost: int = 0
    cut: bytes = b""
    strays: frozenset[str] = frozenset()

    def begins_as(self, content: Mapping[str, Any]) -> bool:
        """Whether the line that was cut short is that of a trial with this content, as far as its idea."""
        return self.cut.startswith(_text(content).partition(',"information_ratio"')[0].encode() + b",")

    def without_cut(self) -> Chained:
        """What there is without the line that was cut short, which new lines then overwrite."""
        count, lost, end = self.count - 1, self.lost - 1, self.end - len(self.cut)
        return replace(self, count=count, lost=lost, end=end, damage=self.damage[:-1], unfinished=False, cut=b"")


@dataclass
class _Reading:
    """How far reading is; `torn` are the damaged lines since the last whole one.

    `present` (numbers, sorted) and `sums` are of all whole lines of the file, `places` of those that were taken.
    """

    present: Sequence[int]
    sums: frozenset[str]
    places: dict[str, int] = field(default_factory=dict)
    lines: list[Mapping[str, Any]] = field(default_factory=list)
    count: int = 0
    last: str = BEGINNING
    damage: list[str] = field(default_factory=list)
    lost: int = 0
    torn: int = 0
    strays: set[str] = field(default_factory=set)

    def damaged(self, place: str) -> None:
        self.damage.append(place)
        self.torn += 1

    def take(self, line: Mapping[str, Any], place: int) -> None:
        first = self.places.setdefault(line["sum"], place)
        if first != place:
            self.damage.append(f"line {place} repeats line {first}")
            return
        self.lines.append(line)
        astray = line["prev"] not in self.sums and not self.torn
        if line["line"] <= self.count:
            self.damage.append(f"line {place} is out of place")
            self.strays |= {line["sum"]} if astray else set()
            return
        elsewhere = bisect_left(self.present, line["line"]) - bisect_right(self.present, self.count)
        missing = line["line"] - self.count - 1 - elsewhere
        if missing > self.torn:
            self.damage.append(f"{missing - self.torn} before line {place}")
        elif astray:
            self.strays.add(line["sum"])
            self.damage.append(f"line {place}, which does not follow the line before it")
        self.lost += missing
        self.count, self.torn, self.last = line["line"], 0, line["sum"]

    def end(self) -> None:
        self.lost, self.count, self.torn = self.lost + self.torn, self.count + self.torn, 0


def read_chain(
    content: bytes, where: str, *, known: int | None = None, error: type[ActiveEdgeError] = LedgerError
) -> Chained:
    """The lines of a file, damaged ones left out and named.

    Parameters
    ----------
    known : the newest format that can be read; default the ledger's.

    Raises
    ------
    LedgerError, or `error` : a line of a newer format, which may count otherwise.
    """
    *ended, tail = content.split(b"\n")
    found = [_decoded(raw.removesuffix(b"\r")) for raw in ended]
    # The end of the last line may itself be what was damaged; a line that was being written has no checksum yet.
    kept = next((part for part in (tail, tail[:-1]) if part and _decoded(part)), b"")
    if kept:
        found.append(_decoded(kept))
    whole = [line for line in found if line is not None]
    reading = _Reading(sorted({line["line"] for line in whole}), frozenset([BEGINNING, *(one["sum"] for one in whole)]))
    for place, line in enumerate(found, start=1):
        if line is None:
            reading.damaged(f"line {place}")
            continue
        check_format(line, known=known or LEDGER_FORMAT, where=f"{where}:{place}", remedy=RESTORE, error=error)
        reading.take(line, place)
    cut = b"" if kept else tail
    if kept:
        reading.damage.append(f"the end of line {len(found)}")
    elif cut:
        reading.damaged(CUT)
    reading.end()
    lines = tuple(sorted(reading.lines, key=lambda line: line["line"]))
    end = len(content) - len(tail) + len(kept or cut)
    told = reading.count, reading.last, end, bool(tail), tuple(reading.damage), reading.lost, cut
    return Chained(lines, *told, strays=frozenset(reading.strays))


def append_chain(path: Path, contents: Sequence[Mapping[str, Any]], after: Chained) -> Mapping[str, Any] | None:
    """The last of new lines, written behind those of a file and sure to lie on the disk; None where there are none.

    Raises
    ------
    OSError : they cannot all be written; then none is, and the file ends where it did.
    """
    if not contents:
        return None
    text = "".join(encoded(contents, after))
    append_whole(path, (("\n" if after.unfinished else "") + text).encode(), after.end)
    last: Mapping[str, Any] = json.loads(text.splitlines()[-1])
    return last


def encoded(contents: Sequence[Mapping[str, Any]], after: Chained) -> Iterator[str]:
    """The text of new lines, each with its end, to follow those of a file; of the ledger's format unless one says."""
    last = after.last
    for number, content in enumerate(contents, start=after.count + 1):
        body = _text({**content, "line": number, "prev": last})[:-1]
        last = _checksum(body.encode())
        yield f'{body},"sum":"{last}"}}\n'


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps({FORMAT: LEDGER_FORMAT, **content}, sort_keys=True, separators=(",", ":"))


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
