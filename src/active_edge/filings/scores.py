"""How often the readers are right: their answers beside what a person read in the same filings."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from active_edge.errors import SourceFormatError
from active_edge.filings.facts import Report
from active_edge.filings.filing import read_filing
from active_edge.filings.floating import floating_from_report
from active_edge.filings.reading import LEGS, RANK, FiledShare, Reading
from active_edge.filings.zips import open_zip, read_member
from active_edge.words import number

WITHIN = {"insider_ownership": 0.01}
"""How near an answer must lie to be right, by leg."""
WITHIN_ELSE = 0.05
ALL = "all"
COLUMNS = (
    "leg",
    "form",
    "confidence",
    "known",
    "given",
    "right",
    "precision",
    "recall",
    "mean read",
    "mean truth",
    "mean absolute error",
    "mean error",
)


@dataclass(frozen=True)
class Truth:
    """What a person read: one filing, one leg, the share, None where the filing says nothing on it.

    file : path below the folder of bodies; `!` goes into a zip (a member) or a JSON file (keys and positions).
    block : tag of the XBRL text block that the body alone is of; None for a filing.
    form : "10-K", "DEF 14A" ...; None for the kind the reader finds.
    """

    file: str
    leg: str
    share: float | None
    block: str | None = None
    form: str | None = None


@dataclass(frozen=True)
class Scored:
    """A truth beside the reader's answer, which is None where it gave none."""

    truth: Truth
    form: str
    answer: FiledShare | None

    @property
    def right(self) -> bool:
        """Whether an answer was given and lies within .05 of the truth (ownership .01)."""
        if self.answer is None or self.truth.share is None:
            return False
        return abs(self.answer.value - self.truth.share) <= WITHIN.get(self.truth.leg, WITHIN_ELSE) + 1e-9

    def to_dict(self) -> dict[str, Any]:
        """File, leg, form and truth, and the answer as `FiledShare` gives it, None where there is none."""
        truth = self.truth
        answer = None if self.answer is None else self.answer.to_dict()
        return {"file": truth.file, "leg": truth.leg, "form": self.form, "truth": truth.share, "answer": answer}

    def cells(self) -> tuple[str, ...]:
        """File, leg, truth, what was read, its source and confidence, as words."""
        truth = "says nothing" if self.truth.share is None else number(self.truth.share, 3)
        if self.answer is None:
            return (self.truth.file, self.truth.leg, truth, "nothing", "", "")
        read = number(self.answer.value, 3)
        return (self.truth.file, self.truth.leg, truth, read, self.answer.source, self.answer.confidence)


@dataclass(frozen=True)
class Score:
    """Truths and answers of one leg, form and confidence, counted.

    known : truths that are no None; of one confidence not counted, for nobody knows what it would have been (NaN).
    precision : right over given, NaN where nothing was given. recall : right over known.
    The means are over answers whose truth is known; NaN where there is none.
    """

    leg: str
    form: str
    confidence: str
    known: float
    given: int
    right: int
    mean_read: float
    mean_truth: float
    mean_absolute_error: float
    mean_error: float

    @property
    def precision(self) -> float:
        return self.right / self.given if self.given else math.nan

    @property
    def recall(self) -> float:
        return self.right / self.known if self.known > 0 else math.nan

    def to_dict(self) -> dict[str, Any]:
        """`COLUMNS` to plain values; None for what is undefined."""
        names = [name.replace(" ", "_") for name in COLUMNS]
        values = {name: getattr(self, name) for name in names}
        return {name: None if value != value else value for name, value in values.items()}


def load_truths(path: Path) -> list[Truth]:
    """Truths of a JSON file: a list of objects with `file`, `leg`, `share` (null: says nothing), `block`, `form`.

    Raises
    ------
    SourceFormatError
        The file cannot be read, or an entry names no file, an unknown leg or no share.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceFormatError(f"{path}: not readable as JSON ({error}); give a list of truths") from error
    if not isinstance(entries, list):
        raise SourceFormatError(f"{path}: {type(entries).__name__}, no list of truths")
    return [_truth(entry, f"{path}: entry {position}") for position, entry in enumerate(entries)]


def _truth(entry: Any, where: str) -> Truth:
    known = {"file", "leg", "share", "block", "form"}
    if not isinstance(entry, dict) or not {"file", "leg", "share"} <= set(entry) <= known:
        raise SourceFormatError(f"{where}: needs file, leg and share, and may have block and form")
    share = entry["share"]
    if entry["leg"] not in LEGS:
        raise SourceFormatError(f"{where}: leg {entry['leg']!r} is none of {', '.join(LEGS)}")
    if share is not None and not (isinstance(share, int | float) and 0 <= share <= 1):
        raise SourceFormatError(f"{where}: share {share!r}; between 0 and 1, or null where the filing says nothing")
    return Truth(entry["file"], entry["leg"], share, entry.get("block"), entry.get("form"))


def scored(truths: Sequence[Truth], bodies: Path) -> Iterator[Scored]:
    """Each truth with what the readers make of its body, which lies below the folder `bodies`; each body is read once.

    Raises
    ------
    SourceFormatError
        A body is not there. A body that the readers refuse counts as no answer.
    """
    read: dict[tuple[str, str | None], Reading] = {}
    for truth in truths:
        key = (truth.file, truth.block)
        if key not in read:
            read[key] = _read(_body(bodies, truth.file), truth)
        yield Scored(truth, truth.form or read[key].kind, getattr(read[key], truth.leg))


def _read(body: bytes, truth: Truth) -> Reading:
    if truth.block is not None:
        report = Report((), ((truth.block, body.decode("utf-8", "replace")),), {})
        return Reading(truth.block, floating_rate_debt_share=floating_from_report(report))
    try:
        return read_filing(body, truth.file)
    except SourceFormatError:
        return Reading("refused")


def _body(folder: Path, name: str) -> bytes:
    file, _, inside = name.partition("!")
    path = folder / file
    try:
        if not inside:
            return path.read_bytes()
        if path.suffix == ".zip":
            with open_zip(path, where=name) as archive:
                return read_member(archive, inside, where=name)
        text = path.read_text(encoding="utf-8")
        value = [json.loads(line) for line in text.splitlines()] if path.suffix == ".jsonl" else json.loads(text)
        for key in inside.split("/"):
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise SourceFormatError(f"{path}: {inside or 'the body'} is not there ({error}); name the folder") from error
    return str(value).encode()


def scores(pairs: Sequence[Scored]) -> list[Score]:
    """By leg: all, then each form, then each confidence; a leg without truths has no rows."""
    found = []
    for leg in LEGS:
        of_leg = [pair for pair in pairs if pair.truth.leg == leg]
        if not of_leg:
            continue
        found.append(_score(leg, ALL, ALL, of_leg))
        for form in sorted({pair.form for pair in of_leg}):
            found.append(_score(leg, form, ALL, [pair for pair in of_leg if pair.form == form]))
        for level in RANK:
            given = [pair for pair in of_leg if pair.answer is not None and pair.answer.confidence == level]
            found.append(_score(leg, ALL, level, given))
    return found


def _score(leg: str, form: str, confidence: str, pairs: Sequence[Scored]) -> Score:
    given = [pair for pair in pairs if pair.answer is not None]
    both = [(p.answer.value, p.truth.share) for p in given if p.answer is not None and p.truth.share is not None]

    def mean(of: Callable[[float, float], float]) -> float:
        return sum(of(read, truth) for read, truth in both) / len(both) if both else math.nan

    known = float(sum(pair.truth.share is not None for pair in pairs)) if confidence == ALL else math.nan
    return Score(
        leg,
        form,
        confidence,
        known,
        len(given),
        sum(pair.right for pair in given),
        mean(lambda read, _: read),
        mean(lambda _, truth: truth),
        mean(lambda read, truth: abs(read - truth)),
        mean(lambda read, truth: read - truth),
    )


def score_cells(score: Score) -> tuple[str, ...]:
    """The score as words under `COLUMNS`; empty where undefined."""
    counts = [number(value, 0) if value == value else "" for value in (score.known, score.given, score.right)]
    shares = (
        score.precision,
        score.recall,
        score.mean_read,
        score.mean_truth,
        score.mean_absolute_error,
        score.mean_error,
    )
    words = [number(value, 3) if value == value else "" for value in shares]
    return (score.leg, score.form, score.confidence, *counts, *words)


def score_table(found: Sequence[Score]) -> str:
    """The scores as a Markdown table, for a page."""
    rows = [COLUMNS, ["---"] * len(COLUMNS), *(score_cells(score) for score in found)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
