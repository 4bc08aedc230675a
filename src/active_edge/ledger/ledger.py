"""The ledger file: read, appended to, counted; safe against several processes and a kill at any moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from active_edge.errors import LedgerError
from active_edge.ledger.chain import Chained, append_chain, read_chain
from active_edge.ledger.head import held_to, read_head, write_head
from active_edge.ledger.older import found_runs, older_lines
from active_edge.ledger.place import REMEDY, ledger_file
from active_edge.ledger.tally import STRATEGIES, Entry, Known, Tally
from active_edge.ledger.trial import RATIO, REAL, Kind, Trial
from active_edge.ordinary import ordinary
from active_edge.run_record import Look
from active_edge.whole import put_right

LOCK_SECONDS = 60


class Ledger:
    """One file of trials; by default the user's."""

    def __init__(self, file: str | Path | None = None) -> None:
        self.path = ledger_file() if file is None else Path(file).absolute()
        self._seen: tuple[int, ...] = ()
        self._chain, self._known = Chained(), Known()

    def record(
        self, trials: Sequence[Trial], *, out: str | Path | None = None, kinds: Sequence[Kind] = STRATEGIES
    ) -> list[Tally]:
        """What each trial is charged for, after all of them were written; a trial that is known is not written again.

        Parameters
        ----------
        out : results folder whose ledger of an earlier format and unknown runs are counted first.
        kinds : of the trials that are charged for.

        Raises
        ------
        LedgerError : the file cannot be read, written or locked.
        """
        with self._writing() as now:
            if self._chain.cut and any(self._is_cut(trial, now) for trial in trials):
                self._chain = self._chain.without_cut()
            new = [] if out is None else self._older(Path(out), now)
            for trial in trials:
                new += self._taken(self._lines_of(trial, now))
            counted = {lineage: self._counted(lineage, kinds) for lineage in {trial.lineage for trial in trials}}
            written = {str(line["trial"]): line for line in new if "trial" in line}
            for trial in trials:
                new += self._taken(self._first_look(trial, counted[trial.lineage], written, now))
            self._append(new)
            return [self._tally_of(trial, counted[trial.lineage]) for trial in trials]

    def tally(self, lineage: str, *, kinds: Sequence[Kind] = STRATEGIES) -> Tally:
        """What the trials of a lineage count now. Raises `LedgerError` where the file cannot be read."""
        self._read()
        return self._counted(lineage, kinds)

    def first_look(self, trial: Trial) -> Mapping[str, Look]:
        """Test -> p and months of a trial when it was first looked at, with the day and the trials there were then.

        Empty where the ledger has none. Months after the last of these are out of sample for the trial.
        """
        self._read()
        entry = self._known.find(trial)
        return {} if entry is None else dict(entry.looks)

    def add_looks(self, trial: Trial, looks: Mapping[str, Look]) -> None:
        """Write tests of a trial that could only be looked at after its line was written; one known stays.

        Raises
        ------
        LedgerError : the trial is not in the file, or that cannot be written.
        """
        with self._writing() as now:
            entry = self._entry(trial)
            new = {test: look for test, look in looks.items() if test not in entry.looks}
            if new:
                counted = self._counted(self._known.lineage(entry), STRATEGIES)
                told = {"trials": self._tally_of(trial, counted).trials, "recorded": now}
                self._append(self._taken([{"event": "first look", "of": entry.id, "looks": _plain(new), **told}]))

    def close_family(self, family: str, *, effective: float, months: int) -> None:
        """Let a family count by its effective number, which is written once.

        Parameters
        ----------
        family : as its trials name it.
        effective : `inference.effective_trials` of the family's residuals; between 1 and the number of its trials.
        months : that it was found from.

        Raises
        ------
        LedgerError : no trial is of the family, or the number cannot be.
        """
        with self._writing() as now:
            size = self._size_of(family)
            if not 1.0 <= effective <= size:
                raise LedgerError(
                    f"{self.path}: family {family} has {size:,} trials; an effective number of {effective:g} is none "
                    f"of 1 to {size:,}"
                )
            if family not in self._known.families:
                told = {"family": family, "trials": size, "effective": effective, "months": months}
                self._append(self._taken([{"event": "family", **told, "recorded": now}]))

    def size_of(self, family: str) -> int:
        """Trials that are in the ledger as of a family; one that was there before is not."""
        self._read()
        return self._size_of(family)

    def note_revision(self, trial: Trial, test: str, p: float) -> None:
        """Write what a frozen p would be on the same months as they are told today; each once."""
        with self._writing() as now:
            entry = self._known.find(trial)
            if entry is not None and (entry.id, test, p) not in self._known.revisions:
                line = {"event": "history revised", "of": entry.id, "test": test, "p": p, "recorded": now}
                self._append(self._taken([line]))

    def summary(self) -> dict[str, Any]:
        """Path, lines, damage, and by lineage how many trials there are and what they count: plain JSON content."""
        self._read()
        known, chain = self._known, self._chain
        sizes = Counter(entry.family for entry in known.entries.values())
        # Where no trial is left to read, those lost count all the same.
        unread = {REAL} if chain.lost else set()
        lineages = sorted({known.lineage(entry) for entry in known.entries.values()} or unread)
        return {
            "file": str(self.path),
            "exists": self.path.is_file(),
            "lines": len(chain.lines) + chain.lost,
            "damage": [*chain.damage, *known.older_damage],
            "lineages": [self._of_lineage(lineage) for lineage in lineages],
            "families": [
                {"family": name, "trials": sizes[name], "effective": effective}
                for name, effective in sorted(known.families.items())
            ],
        }

    def _size_of(self, family: str) -> int:
        return sum(entry.family == family for entry in self._known.entries.values())

    def _of_lineage(self, lineage: str) -> dict[str, Any]:
        known = self._known
        found = [entry for entry in known.entries.values() if known.lineage(entry) == lineage]
        strategies = [entry for entry in found if entry.kind == "strategy"]
        return {
            "lineage": lineage,
            "trials": sum(entry.free is None for entry in strategies),
            "charged": self._counted(lineage, STRATEGIES).now,
            "controls": sum(entry.free == "control" for entry in strategies),
            "nothing_held": sum(entry.free == "nothing held" for entry in strategies),
            "other_tests": len(found) - len(strategies),
        }

    def _older(self, out: Path, now: str) -> list[dict[str, Any]]:
        first = self._taken(older_lines(out, self._known, now))
        return first + self._taken(found_runs(out, self._known, now))

    def _taken(self, lines: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The lines, after what they say was added to what is known."""
        taken = list(lines)
        for line in taken:
            self._known.take(line)
        return taken

    def _lines_of(self, trial: Trial, now: str) -> Iterator[dict[str, Any]]:
        """What a trial adds: its line, or what is new about a known one."""
        entry = self._known.find(trial)
        if entry is None or not entry.idea:
            yield _line(trial, now)
            if entry is not None and entry.id != trial.id:
                yield {"event": "known again", "of": trial.id, "was": entry.id, "recorded": now}
            return
        for name in (trial.run, trial.id):
            was = self._known.runs.get(name)
            if name == trial.id and was is None and name != entry.id:
                yield {"event": "known again", "of": entry.id, "was": name, "recorded": now}
            elif was is not None and was != entry.id and was in self._known.entries:
                yield {"event": "known again", "of": entry.id, "was": was, "recorded": now}
        if entry.free is not None and trial.free is None:
            yield {"event": "counts from now on", "of": entry.id, "recorded": now}
        if not entry.benchmarks.issuperset(trial.benchmarks):
            told = {"benchmarks": sorted(trial.benchmarks), "unknown": len(trial.unknown)}
            yield {"event": "benchmarks completed", "of": entry.id, **told, "recorded": now}
        if trial.information_ratio is not None and entry.ratio_kind != RATIO:
            told = {"information_ratio": trial.information_ratio, "ratio": RATIO}
            yield {"event": "ratio restated", "of": entry.id, **told, "recorded": now}

    def _first_look(
        self, trial: Trial, counted: Tally, written: Mapping[str, dict[str, Any]], now: str
    ) -> Iterator[dict[str, Any]]:
        """The tests of a trial that are looked at for the first time: on its line where that is written now."""
        entry = self._entry(trial)
        new = {test: look for test, look in trial.looks.items() if test not in entry.looks}
        looks = _plain(new)
        told = {"looks": looks, "trials": self._charge(entry, counted), "recorded": now}
        if looks and entry.id in written:
            written[entry.id].update(told)
            self._known.take({"event": "first look", "of": entry.id, **told})
        elif looks:
            yield {"event": "first look", "of": entry.id, **told}

    def _charge(self, entry: Entry, counted: Tally) -> int:
        """What a trial pays for now; one that was a control pays for every other too, or one is chosen of many."""
        chosen = entry.was_control and entry.free is None
        return counted.trials + (self._known.controls(self._known.lineage(entry)) - 1 if chosen else 0)

    def _tally_of(self, trial: Trial, counted: Tally) -> Tally:
        entry = self._entry(trial)
        then = max((look.trials for look in entry.looks.values()), default=self._charge(entry, counted))
        return replace(counted, trials=then, first=dict(entry.looks), free=entry.free)

    def _counted(self, lineage: str, kinds: Sequence[Kind]) -> Tally:
        found = self._known.tally(lineage, kinds, lost=self._chain.lost)
        return replace(found, damage=(*self._chain.damage, *self._known.older_damage), file=str(self.path))

    def _is_cut(self, trial: Trial, now: str) -> bool:
        """Whether the last line, cut short, is that of a trial which is written now."""
        return self._known.find(trial) is None and self._chain.begins_as(_line(trial, now))

    def _entry(self, trial: Trial) -> Entry:
        entry = self._known.find(trial)
        if entry is None:
            raise LedgerError(f"{self.path}: trial {trial.id} of {trial.strategy} was not written")
        return entry

    @contextmanager
    def _writing(self) -> Iterator[str]:
        """The lock, with everything read under it; gives the time."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=LOCK_SECONDS):
                put_right(self.path.parent)  # also where nothing new will be written
                self._read()
                self._seen = ()  # What is taken from now on is not in the file before it is written.
                yield datetime.now(UTC).isoformat(timespec="seconds")
        except Timeout:
            raise LedgerError(f"{self.path}: another process has held it for {LOCK_SECONDS} seconds; end it") from None
        except OSError as error:
            raise LedgerError(
                f"{self.path}: cannot be written ({error.strerror or error}), and no result is shown before its trial "
                f"is; {REMEDY}"
            ) from None

    def _read(self) -> None:
        """Take everything the file says, unless it is what was read last."""
        head = read_head(self.path)
        try:
            told = self.path.stat() if self.path.exists() else None
            seen = () if told is None else (told.st_size, told.st_mtime_ns, told.st_ino)
            if seen and seen == self._seen:
                return
            content = ordinary(self.path).read_bytes() if seen else b""
        except OSError as error:
            raise LedgerError(f"{self.path}: cannot be read ({error.strerror or error}); {REMEDY}") from None
        self._chain, self._known = held_to(read_chain(content, str(self.path)), head), Known()
        for line in self._chain.lines:
            self._known.take(line)
        self._seen = seen if content else ()

    def _append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        last = append_chain(self.path, lines, self._chain)
        if last is not None:
            write_head(self.path, last)


def _plain(looks: Mapping[str, Look]) -> dict[str, Any]:
    return {test: {"p": look.p, "months": list(look.months)} for test, look in looks.items()}


def _line(trial: Trial, now: str) -> dict[str, Any]:
    told = {key: value for key, value in (("free", trial.free), ("family", trial.family)) if value is not None}
    return {
        **told,
        "trial": trial.id,
        "run": trial.run,
        "idea": trial.idea,
        "strategy": trial.strategy,
        "screen": trial.screen,
        "kind": trial.kind,
        "since": trial.since,
        "start": trial.start,
        "end": trial.end,
        "lineage": trial.lineage,
        "snapshot": trial.snapshot,
        "simulated": trial.simulated,
        "benchmarks": sorted(trial.benchmarks),
        "unknown": len(trial.unknown),
        "information_ratio": trial.information_ratio,
        "ratio": RATIO,
        "recorded": now,
    }
