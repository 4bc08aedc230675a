"""The record of everything ever tried: ``results/trials.jsonl``, one line a distinct trial, written before its result.

A trial is a distinct (screen × strategy × period × data snapshot); names and descriptions are not part of it, so a
renamed copy is the same trial. Deleting the file is possible and shows: run folders name their trials, and trials
that no ledger knows make the next run write, and show, ``ledger restarted``.

Every line carries its format. From format 2 on it names what its information ratio is a ratio of; an earlier line, or
one with another name, counts as a trial, and its ratio is left out, for ratios of two kinds have no common variance.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from filelock import FileLock

from active_edge.errors import LedgerError
from active_edge.stored import FORMAT, check_format

Kind = Literal["strategy", "evidence", "statistic"]
LEDGER = "trials.jsonl"
LEDGER_FORMAT = 2
RATIO = "months, over cash, beyond beta"
"""What `judging.estimates.information_ratio` measures; another definition there is another name here."""
RESTATED = "ratio restated"
"""The event of a known trial whose ratio is measured in this way for the first time."""
RESTORE = "restore the file from a copy, or move it away to start a new one, which the next page will say"
LOCK_SECONDS = 60


@dataclass(frozen=True)
class Trial:
    """One line to be written.

    Attributes
    ----------
    configuration : resolved strategy and screen, without names and descriptions.
    start, end : first and last session of the run, ISO dates.
    information_ratio : per session, of the return left after the benchmark's beta; None where there is none.
    """

    strategy: str
    screen: str
    configuration: Mapping[str, Any]
    start: str
    end: str
    snapshot: str
    simulated: bool
    information_ratio: float | None
    kind: Kind = "strategy"
    """What was tried: a strategy on a market, a test of published returns, or a claim by a statistic of a user's own,
    which is charged for all of its kind and for all strategies."""

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits of the trial's content."""
        content = {"configuration": self.configuration, "start": self.start, "end": self.end, "snapshot": self.snapshot}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Tally:
    """What the ledger says when a run is judged.

    Attributes
    ----------
    trials : distinct strategies tried on this kind of data, >= 1; all real snapshots together, a simulated one by
        itself.
    ratios, ratio_variance : how many of those trials have an information ratio of today's kind, and the variance of
        these (n − 1), per session; None for fewer than two.
    restarted : day the ledger was found to have been deleted or cut; None where it never was.
    other_ratios : how many have a ratio of another kind alone, which an earlier version measured.
    """

    trials: int
    ratios: int
    ratio_variance: float | None
    restarted: str | None
    other_ratios: int = 0


class Ledger:
    """The ledger of one results folder; safe against several processes and a kill at any moment."""

    def __init__(self, results: str | Path) -> None:
        self.folder = Path(results)
        self.path = self.folder / LEDGER

    def record(self, trials: Sequence[Trial]) -> int:
        """Number of new lines; trials already in the ledger are not written again.

        Raises
        ------
        LedgerError : the file cannot be read, written or locked.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / f".{LEDGER}.lock", timeout=LOCK_SECONDS):
                lines = self._lines()
                known = {line["trial"] for line in lines if "trial" in line}
                alike = set(_ratios(lines))
                now = datetime.now(UTC).isoformat(timespec="seconds")
                new = self._restart_line(known, lines, now)
                for trial in trials:
                    if trial.id not in known:
                        known.add(trial.id)
                        new.append(_line(trial, now))
                    elif trial.information_ratio is not None and trial.id not in alike:
                        new.append(_restated(trial, now))
                    alike.add(trial.id)
                self._append(new)
        except OSError as error:
            raise LedgerError(f"{self.path}: cannot be written ({error}); no result is shown without it") from error
        return sum("trial" in line for line in new)

    def tally(self, *, snapshot: str, simulated: bool, kinds: Sequence[Kind] = ("strategy",)) -> Tally:
        """Trials that count for a run on this data. Raises `LedgerError` where the file cannot be read."""
        lines = self._lines()
        trials = [line for line in lines if "trial" in line and line.get("kind", "strategy") in kinds]
        alike = [line for line in trials if line["simulated"] == simulated]
        mine = [line for line in alike if not simulated or line["snapshot"] == snapshot]
        measured = {line["trial"] for line in mine if line["information_ratio"] is not None}
        ratios = {trial: ratio for trial, ratio in _ratios(lines).items() if trial in measured}
        restarts = [line["recorded"][:10] for line in lines if line.get("event") == "ledger restarted"]
        found = np.array([ratios[key] for key in sorted(ratios)], dtype=float)
        return Tally(
            trials=max(1, len(mine)),
            ratios=len(found),
            ratio_variance=float(found.var(ddof=1)) if len(found) > 1 else None,
            restarted=restarts[-1] if restarts else None,
            other_ratios=len(measured) - len(found),
        )

    def _lines(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        lines = []
        written = self.path.read_text(encoding="utf-8")
        # A last line without its end was cut short while written; its result was never shown.
        for number, text in enumerate(written[: written.rfind("\n") + 1].splitlines(), start=1):
            try:
                line = json.loads(text)
                if not isinstance(line, dict) or not ("trial" in line or "event" in line):
                    raise ValueError("neither a trial nor an event")
            except ValueError as error:
                raise LedgerError(f"{self.path}:{number}: not a line of the ledger ({error}); {RESTORE}") from None
            where = f"{self.path}:{number}"
            check_format(line, known=LEDGER_FORMAT, where=where, remedy=RESTORE, error=LedgerError)
            lines.append(line)
        return lines

    def _restart_line(self, known: set[str], lines: Sequence[Mapping[str, Any]], now: str) -> list[dict[str, Any]]:
        accounted = known | {trial for line in lines for trial in line.get("lost", ())}
        lost = sorted(self._trials_of_runs() - accounted)
        return [{FORMAT: LEDGER_FORMAT, "event": "ledger restarted", "lost": lost, "recorded": now}] if lost else []

    def _trials_of_runs(self) -> set[str]:
        """Trials named by the run folders, read from the first lines of each run.yaml."""
        found = set()
        for path in self.folder.glob("*/run.yaml"):
            with path.open(encoding="utf-8") as file:
                for text in file:
                    if text.startswith("trial:"):
                        found.add(text.split(":", 1)[1].strip().strip("'\""))
                        break
        return found

    def _cut_torn_line(self) -> None:
        if self.path.exists():
            content = self.path.read_bytes()
            if not content.endswith(b"\n"):
                os.truncate(self.path, content.rfind(b"\n") + 1)

    def _append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        if not lines:
            return
        text = "".join(json.dumps(line, sort_keys=True) + "\n" for line in lines)
        self._cut_torn_line()
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def _ratios(lines: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Trial to its information ratio of today's kind, where it has one."""
    told = [(line.get("trial") or line.get("of"), line) for line in lines if line.get("ratio") == RATIO]
    return {str(trial): line["information_ratio"] for trial, line in told if line["information_ratio"] is not None}


def _restated(trial: Trial, now: str) -> dict[str, Any]:
    return {
        FORMAT: LEDGER_FORMAT,
        "event": RESTATED,
        "of": trial.id,
        "information_ratio": trial.information_ratio,
        "ratio": RATIO,
        "recorded": now,
    }


def _line(trial: Trial, now: str) -> dict[str, Any]:
    return {
        FORMAT: LEDGER_FORMAT,
        "trial": trial.id,
        "strategy": trial.strategy,
        "screen": trial.screen,
        "start": trial.start,
        "end": trial.end,
        "snapshot": trial.snapshot,
        "simulated": trial.simulated,
        "information_ratio": trial.information_ratio,
        "ratio": RATIO,
        "kind": trial.kind,
        "recorded": now,
    }
