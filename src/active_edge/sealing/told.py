"""The months of a sealed strategy as they were first told: a line each, written before anything is shown of them.

What data say of a month later may differ: prices are restated, a delisting return comes late. Evidence rests on what
was told first, so that no correction can make or unmake a claim; what today's data would say is shown beside it.

The lines are chained as those of the ledger are, so that none is edited, taken out or put in unnoticed. A damaged line
is left out, and what it told is told anew from today's data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from active_edge.errors import SealError
from active_edge.ledger.chain import Chained, append_chain, read_chain
from active_edge.sealing.unchained import UNCHAINED, UNCHAINED_READ, chain_older
from active_edge.stored import FORMAT, stable
from active_edge.words import count, noun_of, shortened

TOLD_FORMAT = 2
SUFFIX = ".told.jsonl"
LOCK, LOCK_SECONDS = ".lock", 60
MONTH, RESTATED, HISTORY, CROSSED = "month", "restated", "history revised", "crossed"
NEEDED: Mapping[str, Sequence[str]] = {
    MONTH: ("strategy", "month", "returns"),
    RESTATED: ("strategy", "month", "returns"),
    HISTORY: ("strategy", "p"),
    CROSSED: ("strategy", "what", "month"),
    UNCHAINED_READ: ("lines", "damage"),
}
"""What the lines of each event must hold."""
SAME = 1e-8
"""Returns that differ by no more than this are the same."""
Values = Mapping[str, float]
"""Return by what earned it: ``net``, ``cash``, a benchmark's name, ``factor`` and a factor's name."""


@dataclass(frozen=True)
class Record:
    """How far a record of months can be trusted.

    Attributes
    ----------
    file : its name.
    damage : lines that were left out, and gaps, a few words each.
    unchained : lines that were written before lines had checksums.
    anew : strategy -> months known to have been told a second time, because their first line is damaged.
    """

    file: str
    damage: tuple[str, ...] = ()
    unchained: int = 0
    anew: Mapping[str, tuple[str, ...]] | None = None

    def sentences(self) -> list[str]:
        """What a person must know of it; nothing where it is whole."""
        found = []
        if self.damage:
            found.append(
                f"{self.file} was damaged or edited after it was written ({', '.join(shortened(self.damage))}). What "
                "is damaged is left out: today's data count for the months it told, and what it said was crossed is "
                "told again. Restore the file from a copy."
            )
        if self.unchained:
            n = self.unchained
            found.append(
                f"{count(n, 'line')} of {self.file} {noun_of(n, 'was', 'were')} written before lines had checksums: "
                "nothing shows whether anybody edited them."
            )
        return found


class Told:
    """The record beside one seal's file."""

    def __init__(self, seal: Path, digest: str) -> None:
        self.path, self.digest = seal.with_name(seal.name.removesuffix(".yaml") + SUFFIX), digest
        self.lines: list[Mapping[str, Any]] = []
        self._chain = Chained()
        self._damage: tuple[str, ...] = ()
        if self.path.exists():
            with self._writing():
                chain_older(self.path, self._content(), self._misfit, numbered=TOLD_FORMAT)
                self._read()

    def record(self) -> Record:
        """What of it is damaged, unchained, or was told anew."""
        names = dict.fromkeys(line["strategy"] for line in self.lines if line["event"] == MONTH)
        anew = {name: months for name in names if (months := self.told_anew(name))}
        return Record(self.path.name, self._damage, sum(UNCHAINED in line for line in self.lines), anew)

    def told_anew(self, strategy: str) -> tuple[str, ...]:
        """Months of a damaged record that were told behind later ones: their first line was lost."""
        latest, found = "", []
        for line in self._of(MONTH, strategy) if self._damage else ():
            if line["month"] < latest:
                found.append(line["month"])
            latest = max(latest, line["month"])
        return tuple(found)

    def months(self, strategy: str) -> dict[str, Values]:
        """Month, such as ``2015-01``, to its returns as first told, in order."""
        found: dict[str, Values] = {}
        for line in self._of(MONTH, strategy):
            found.setdefault(line["month"], line["returns"])
        return dict(sorted(found.items()))

    def crossed(self) -> dict[tuple[str, str], str]:
        """What was crossed and by whom, to the month, of all that was told already."""
        return {(line["what"], line["strategy"]): line["month"] for line in self.lines if line["event"] == CROSSED}

    def add_months(self, strategy: str, months: Mapping[str, Values], *, looked: str, snapshot: str) -> list[str]:
        """Write what is new: months not told before, and months that are not what was told; those are returned."""
        about = {"strategy": strategy, "looked": looked, "snapshot": snapshot}
        lines, changed = [], []
        with self._appending():
            before = self.months(strategy)
            latest = before | {line["month"]: line["returns"] for line in self._of(RESTATED, strategy)}
            for month, values in months.items():
                now = {name: stable(float(value)) for name, value in values.items()}
                if month not in before:
                    lines.append({"event": MONTH, "month": month, "returns": now, **about})
                    continue
                if _differ(before[month], now):
                    changed.append(month)
                if _differ(latest[month], now):
                    lines.append({"event": RESTATED, "month": month, "returns": now, **about})
            self._append(lines)
        return changed

    def add_history(self, strategy: str, p: float | None, *, looked: str, snapshot: str) -> None:
        """Write that the history before the seal is not what it was, once for each value of p."""
        with self._appending():
            if not any(line["p"] == p for line in self._of(HISTORY, strategy)):
                self._append([{"event": HISTORY, "strategy": strategy, "p": p, "looked": looked, "snapshot": snapshot}])

    def add_crossing(self, what: str, strategy: str, month: str, *, looked: str) -> None:
        """Write that a crossing was told."""
        with self._appending():
            self._append([{"event": CROSSED, "what": what, "strategy": strategy, "month": month, "looked": looked}])

    def _of(self, event: str, strategy: str) -> list[Mapping[str, Any]]:
        return [line for line in self.lines if line["event"] == event and line["strategy"] == strategy]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """The lock of the folder of seals."""
        try:
            with FileLock(self.path.with_name(LOCK), timeout=LOCK_SECONDS):
                yield
        except Timeout:
            raise SealError(
                f"{self.path}: another process is sealing or following here; try again when it is done"
            ) from None
        except OSError as error:
            raise SealError(
                f"{self.path}: cannot be written ({error.strerror or error}), and no month is shown before it is told"
            ) from None

    @contextmanager
    def _appending(self) -> Iterator[None]:
        """The lock, with everything read under it that another look may have written meanwhile."""
        with self._writing():
            self._read()
            yield

    def _append(self, contents: Sequence[Mapping[str, Any]]) -> None:
        about = {FORMAT: TOLD_FORMAT, "seal": self.digest}
        append_chain(self.path, [{**about, **one} for one in contents], self._chain)
        self._read()

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise SealError(f"{self.path}: cannot be read ({error.strerror}); restore it from a copy") from None

    def _read(self) -> None:
        """Take every line that is whole, follows the one before and tells of this seal; name the others."""
        chain = read_chain(self._content(), str(self.path), known=TOLD_FORMAT, error=SealError)
        # A last line that was cut off while it was written is no damage: nothing was shown of it.
        self._chain = chain.without_cut() if chain.cut else chain
        self.lines, damage = [], list(self._chain.damage)
        for line in self._chain.lines:
            why = self._misfit(line)
            if why:
                damage.append(f"line {line['line']}, which {why}")
            elif line["sum"] not in self._chain.strays:
                self.lines.append(line)
                damage += [f"{one} of the unchained record" for one in line.get("damage", ())]
        self._damage = tuple(damage)

    def _misfit(self, line: Mapping[str, Any]) -> str:
        """Why a line is none of this record; empty where it is one."""
        if line.get("seal") != self.digest:
            return "tells of another seal"
        needed = NEEDED.get(line["event"]) if isinstance(line.get("event"), str) else None
        if needed is None:
            return f"is of no known event: {line.get('event')!r}"
        absent = next((key for key in needed if key not in line), None)
        if absent is not None:
            return f"has no {absent}"
        returns = line.get("returns", {})
        numbers = isinstance(returns, Mapping) and all(isinstance(value, float | int) for value in returns.values())
        return "" if numbers else "has a return that is no number"


def _differ(before: Values, now: Values) -> bool:
    return any(abs(before[name] - value) > SAME for name, value in now.items() if name in before)
