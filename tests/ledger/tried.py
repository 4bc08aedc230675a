"""Trials and files of a ledger for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from active_edge.ledger import Ledger, Look, Tally, Trial


def trial(
    top: int = 1, *, snapshot: str = "abc", simulated: bool = False, ratio: float | None = 0.1, **more: Any
) -> Trial:
    asked = [*more.get("benchmarks", ()), *more.get("unknown", ())]
    rules = {"top": top, "benchmarks": asked} if asked else {"top": top}
    return Trial("s", "t", rules, "2020-01-02", "2020-12-31", snapshot, simulated, ratio, **more)


def looked(p: float, last: str = "2020-12") -> Look:
    return Look(p, ("2016-01", last))


def tally(ledger: Ledger, **changes: Any) -> Tally:
    return ledger.tally(trial(**changes).lineage)


def lines(ledger: Ledger) -> list[dict[str, Any]]:
    return [json.loads(text) for text in ledger.path.read_text(encoding="utf-8").splitlines()]


def older_ledger(results: Path, trials: list[Trial], *, numbered: int | None = 2) -> Path:
    """A results folder's ledger as versions before format 3 wrote it."""
    results.mkdir(parents=True, exist_ok=True)
    file = results / "trials.jsonl"
    with file.open("a", encoding="utf-8") as out:
        for one in trials:
            told = {
                "trial": one.run, "strategy": one.strategy, "screen": one.screen, "start": one.start, "end": one.end,
                "snapshot": one.snapshot, "simulated": one.simulated, "information_ratio": one.information_ratio,
                "kind": one.kind, "recorded": "2025-01-01T00:00:00+00:00",
            }  # fmt: skip
            told |= {} if numbered is None else {"format": numbered}
            told |= {"ratio": "months, over cash, beyond beta"} if numbered == 2 else {}
            out.write(json.dumps(told, sort_keys=True) + "\n")
    return file
