"""What the lines of a ledger add up to: which trials are known, and how many count for a new one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np

from active_edge.ledger.trial import RATIO, REAL, Kind, Trial
from active_edge.run_record import Look

STRATEGIES: tuple[Kind, ...] = ("strategy",)


@dataclass(frozen=True)
class Tally:
    """What the ledger says when a run is judged.

    Attributes
    ----------
    trials : what it is charged for, >= 1: the trials of its lineage, families by their effective number, when it was
        first looked at; where it was not yet, now.
    ratios, ratio_variance : how many of those trials have an information ratio of today's kind, and the variance of
        these (n − 1), per session; None for fewer than two.
    restarted : day on which runs were found that the ledger did not know; None where there were none.
    other_ratios : how many have a ratio of another kind alone, which an earlier version measured.
    now : what the lineage counts now.
    lines : trials of the lineage, each variant of a family by itself.
    damage : places in the file that are damaged, a few words each; every line lost there counts as a trial.
    first : test -> p and months when the trial was first looked at; empty where that is now.
    free : why the trial counts nothing; None where it counts.
    file : the ledger.
    """

    trials: int
    ratios: int
    ratio_variance: float | None
    restarted: str | None
    other_ratios: int = 0
    now: int = 0
    lines: int = 0
    damage: tuple[str, ...] = ()
    first: Mapping[str, Look] = field(default_factory=dict)
    free: str | None = None
    file: str = ""


@dataclass
class Entry:
    """A trial that is in the ledger."""

    id: str
    lineage: str
    kind: str
    idea: str = ""
    snapshot: str = ""
    benchmarks: frozenset[str] = frozenset()
    unknown: int = 0
    free: str | None = None
    family: str | None = None
    ratio: float | None = None
    ratio_kind: str | None = None
    looks: dict[str, Look] = field(default_factory=dict)
    was_control: bool = False


@dataclass
class Known:
    """Everything that lines say, taken one after the other.

    Attributes
    ----------
    entries : id -> trial. runs : id of a run, or of a trial of an earlier format -> id. ideas : idea -> ids.
    lineages : snapshot -> lineage. families : name -> its effective number.
    restarts : day and lineages of each time that runs were found which no line told of.
    found : how many runs were. absorbed : sha256 of ledgers of earlier formats that were read.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    ideas: dict[str, list[str]] = field(default_factory=dict)
    lineages: dict[str, str] = field(default_factory=dict)
    families: dict[str, float] = field(default_factory=dict)
    restarts: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    found: int = 0
    absorbed: set[str] = field(default_factory=set)
    older_damage: list[str] = field(default_factory=list)
    revisions: set[tuple[str, str, float]] = field(default_factory=set)

    def take(self, line: Mapping[str, Any]) -> None:
        """Add what one line says."""
        if "trial" in line:
            self._take_trial(line)
        elif line.get("event") in _EVENTS and ("of" not in line or line["of"] in self.entries):
            # What is said of a trial whose own line is lost is passed over: the lost line counts.
            _EVENTS[line["event"]](self, line)

    def find(self, trial: Trial) -> Entry | None:
        """The line of a trial: of the same benchmarks, or of one whose missing benchmarks these complete."""
        if trial.id in self.entries:
            return self.entries[trial.id]
        mine = frozenset(trial.benchmarks)
        for idea in (trial.idea, *trial.earlier):
            for entry in (self.entries[name] for name in self.ideas.get(idea, ()) if name in self.entries):
                more, fewer = len(mine - entry.benchmarks), len(entry.benchmarks - mine)
                if (not fewer and more <= entry.unknown) or (not more and fewer <= len(trial.unknown)):
                    return entry
        older = self.entries.get(self.runs.get(trial.id) or self.runs.get(trial.run, ""))
        return older if older is None or not older.idea or older.id == self.runs.get(trial.id) else None

    def of_lineage(self, lineage: str, kinds: Sequence[str] = STRATEGIES) -> Iterator[Entry]:
        """The trials of a lineage that count."""
        for entry in self.entries.values():
            if entry.free is None and entry.kind in kinds and self.lineage(entry) == lineage:
                yield entry

    def lineage(self, entry: Entry) -> str:
        """The lineage of a trial; one of an earlier format has that of later ones on its snapshot."""
        return entry.lineage or self.lineages.get(entry.snapshot, f"simulated snapshot {entry.snapshot}")

    def controls(self, lineage: str) -> int:
        """How many trials of a lineage are declared to be no claim, or were."""
        return sum(entry.was_control and self.lineage(entry) == lineage for entry in self.entries.values())

    def charged(self, entries: Sequence[Entry]) -> int:
        """What trials count together: a family of a known effective number by that, rounded up."""
        sizes = Counter(entry.family for entry in entries if entry.family in self.families)
        alone = sum(entry.family not in self.families for entry in entries)
        return alone + sum(min(n, math.ceil(self.families[str(name)])) for name, n in sizes.items())

    def tally(self, lineage: str, kinds: Sequence[str] = STRATEGIES, *, lost: int = 0) -> Tally:
        """What a lineage counts now; `lost` damaged lines count with it, for what they said cannot be known."""
        found = list(self.of_lineage(lineage, kinds))
        alike = [entry.ratio for entry in found if entry.ratio is not None and entry.ratio_kind == RATIO]
        others = sum(entry.ratio is not None and entry.ratio_kind != RATIO for entry in found)
        restarts = [day for day, lineages in self.restarts if lineage in lineages]
        # Of a run found in a results folder the line was lost; it is not counted once for either.
        lost = max(0, lost - self.found) + len(self.older_damage)
        now = self.charged(found) + lost
        return Tally(
            trials=max(1, now),
            ratios=len(alike),
            ratio_variance=float(np.array(sorted(alike)).var(ddof=1)) if len(alike) > 1 else None,
            restarted=restarts[-1] if restarts else None,
            other_ratios=others,
            now=now,
            lines=len(found) + lost,
        )

    def _take_trial(self, line: Mapping[str, Any]) -> None:
        free = line.get("free")
        entry = Entry(
            id=line["trial"],
            lineage=line.get("lineage") or (REAL if not line.get("simulated") else ""),
            kind=line.get("kind") or "strategy",
            idea=line.get("idea", ""),
            snapshot=line.get("snapshot", ""),
            benchmarks=frozenset(line.get("benchmarks", ())),
            unknown=int(line.get("unknown", 0)),
            free=free,
            family=line.get("family"),
            ratio=line.get("information_ratio"),
            ratio_kind=line.get("ratio"),
            was_control=free == "control",
        )
        self.entries[entry.id] = entry
        self.runs[line.get("run", entry.id)] = entry.id
        if entry.idea:
            self.ideas.setdefault(entry.idea, []).append(entry.id)
        if entry.lineage and entry.snapshot and line.get("simulated"):
            self.lineages[entry.snapshot] = entry.lineage
        _look(self, line)


def _look(known: Known, line: Mapping[str, Any]) -> None:
    entry = known.entries[line.get("of") or line["trial"]]
    for test, told in line.get("looks", {}).items():
        look = Look(told["p"], tuple(told["months"]), line["recorded"][:10], line["trials"])
        entry.looks.setdefault(test, look)


def _counts(known: Known, line: Mapping[str, Any]) -> None:
    known.entries[line["of"]].free = None


def _completed(known: Known, line: Mapping[str, Any]) -> None:
    entry = known.entries[line["of"]]
    entry.benchmarks, entry.unknown = frozenset(line["benchmarks"]), int(line["unknown"])


def _restated(known: Known, line: Mapping[str, Any]) -> None:
    entry = known.entries[line["of"]]
    entry.ratio, entry.ratio_kind = line["information_ratio"], line["ratio"]


def _same(known: Known, line: Mapping[str, Any]) -> None:
    """Two ids are one trial: `was`, which an earlier format or other benchmarks gave it, is `of`."""
    was = known.entries.pop(line["was"], None)
    known.runs[line["was"]] = line["of"]
    if was is not None and was.free is None and line["of"] in known.entries:
        known.entries[line["of"]].free = None


def _family(known: Known, line: Mapping[str, Any]) -> None:
    known.families[line["family"]] = float(line["effective"])


def _restarted(known: Known, line: Mapping[str, Any]) -> None:
    known.found += len(line["lost"])
    known.restarts.append((line["recorded"][:10], frozenset(lost["lineage"] for lost in line["lost"])))
    for lost in line["lost"]:
        entry = Entry(lost["trial"], lost["lineage"], "strategy", free=lost.get("free"))
        known.entries.setdefault(entry.id, entry)
        known.runs[entry.id] = entry.id


def _absorbed(known: Known, line: Mapping[str, Any]) -> None:
    known.absorbed.add(line["sha256"])
    file = "/".join(PurePath(line["file"]).parts[-2:])
    known.older_damage.extend(f"line {number} of {file}" for number in line["damaged"])


def _revised(known: Known, line: Mapping[str, Any]) -> None:
    known.revisions.add((line["of"], line["test"], line["p"]))


_EVENTS: Mapping[str, Callable[[Known, Mapping[str, Any]], None]] = {
    "first look": _look,
    "counts from now on": _counts,
    "benchmarks completed": _completed,
    "ratio restated": _restated,
    "known again": _same,
    "family": _family,
    "runs found": _restarted,
    "older ledger read": _absorbed,
    "history revised": _revised,
}
"""What an event does, by its name; one that a later version writes is passed over."""
