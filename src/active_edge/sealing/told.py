"""The months of a sealed strategy as they were first told: a line each, written before anything is shown of them.

What data say of a month later may differ: prices are restated, a delisting return comes late. Evidence rests on what
was told first, so that no correction can make or unmake a claim; what today's data would say is shown beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from active_edge.errors import SealError
from active_edge.stored import FORMAT, check_format, stable

TOLD_FORMAT = 1
SUFFIX = ".told.jsonl"
MONTH, RESTATED, HISTORY, CROSSED = "month", "restated", "history revised", "crossed"
EVENTS = (MONTH, RESTATED, HISTORY, CROSSED)
SAME = 1e-8
"""Returns that differ by no more than this are the same."""
Values = Mapping[str, float]
"""Return by what earned it: ``net``, ``cash``, a benchmark's name, ``factor`` and a factor's name."""


class Told:
    """The record beside one seal's file."""

    def __init__(self, seal: Path, digest: str) -> None:
        self.path, self.digest = seal.with_name(seal.name.removesuffix(".yaml") + SUFFIX), digest
        self.lines = self._read()

    def months(self, strategy: str) -> dict[str, Values]:
        """Month, such as ``2015-01``, to its returns as first told, in order."""
        found = {line["month"]: line["returns"] for line in self._of(MONTH, strategy)}
        return dict(sorted(found.items()))

    def crossed(self) -> dict[tuple[str, str], str]:
        """What was crossed and by whom, to the month, of all that was told already."""
        return {(line["what"], line["strategy"]): line["month"] for line in self.lines if line["event"] == CROSSED}

    def restated(self, strategy: str) -> int:
        """How many months are known to have been restated."""
        return len({line["month"] for line in self._of(RESTATED, strategy)})

    def add_months(self, strategy: str, months: Mapping[str, Values], *, looked: str, snapshot: str) -> list[str]:
        """Write what is new: months not told before, and months that are not what was told; those are returned."""
        before = self.months(strategy)
        latest = before | {line["month"]: line["returns"] for line in self._of(RESTATED, strategy)}
        about = {"strategy": strategy, "looked": looked, "snapshot": snapshot}
        lines, changed = [], []
        for month, values in months.items():
            now = {name: stable(float(value)) for name, value in values.items()}
            if month not in before:
                lines.append({"event": MONTH, "month": month, "returns": now, **about})
                continue
            if _differ(before[month], now):
                changed.append(month)
            if _differ(latest[month], now):
                lines.append({"event": RESTATED, "month": month, "returns": now, **about})
        self.append(lines)
        return changed

    def add_history(self, strategy: str, p: float | None, *, looked: str, snapshot: str) -> None:
        """Write that the history before the seal is not what it was, once for each value of p."""
        if not any(line["p"] == p for line in self._of(HISTORY, strategy)):
            self.append([{"event": HISTORY, "strategy": strategy, "p": p, "looked": looked, "snapshot": snapshot}])

    def append(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Write lines, and be sure that they lie on the disk."""
        new = [{FORMAT: TOLD_FORMAT, "seal": self.digest, **line} for line in lines]
        if not new:
            return
        text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in new)
        if self.path.exists():
            content = self.path.read_bytes()
            if not content.endswith(b"\n"):
                os.truncate(self.path, content.rfind(b"\n") + 1)
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self.lines.extend(new)

    def _of(self, event: str, strategy: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event and line["strategy"] == strategy]

    def _read(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SealError(f"{self.path}: cannot be read ({error}); restore it from a copy") from None
        # A last line without its end was cut off while it was written; nothing was shown of it.
        whole = text[: text.rfind("\n") + 1].splitlines()
        return [self._line(number, line) for number, line in enumerate(whole, start=1)]

    def _line(self, number: int, text: str) -> dict[str, Any]:
        where = f"{self.path}:{number}"
        remedy = "restore the file from a copy, or move it away: its months are then told anew from today's data"
        try:
            line = json.loads(text)
            needed = ("event", "strategy", *_needed(line["event"]))
            absent = [key for key in needed if key not in line]
            if line["event"] not in EVENTS or absent:
                raise ValueError(f"without {absent[0]}" if absent else f"event {line['event']!r}")
            if "returns" in line and not all(isinstance(value, float | int) for value in line["returns"].values()):
                raise ValueError("a return is no number")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SealError(f"{where}: is no line of this record ({error}); {remedy}") from None
        check_format(line, known=TOLD_FORMAT, where=where, remedy=remedy, error=SealError)
        if line.get("seal") != self.digest:
            raise SealError(f"{where}: tells of another seal; {remedy}")
        return dict(line)


def _needed(event: str) -> Sequence[str]:
    return {
        MONTH: ("month", "returns"),
        RESTATED: ("month", "returns"),
        HISTORY: ("p",),
        CROSSED: ("what", "month"),
    }.get(event, ())


def _differ(before: Values, now: Values) -> bool:
    return any(abs(before[name] - value) > SAME for name, value in now.items() if name in before)
