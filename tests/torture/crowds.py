"""Eight processes that write into one ledger and one results folder at once, round after round."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from active_edge.ledger import Ledger
from active_edge.whole import whole_folder, write_whole
from tests.ledger.tried import trial
from tests.torture.rows import Result

WRITERS = 8


def _write(folder: str, writer: int, rounds: int) -> None:
    ledger = Ledger(Path(folder) / "ledger.jsonl")
    for number in range(rounds):
        ledger.record([trial(writer * 100_000 + number, snapshot="s")])
        write_whole(Path(folder) / "shared.txt", f"{writer} {number}\n" * 500)
        with whole_folder(Path(folder) / "shared") as new:
            for name in ("a", "b"):
                (new / name).write_text(f"{writer} {number}", encoding="utf-8")


def concurrent_writers(folder: Path, *, rounds: int) -> Result:
    """`rounds` trials, files and folders of each of eight writers, all under the same names; every one counted."""
    row = Result(f"{WRITERS} concurrent writers, {rounds} rounds: ledger, file, folder")
    folder.mkdir(parents=True)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(str(folder), n, rounds)) for n in range(WRITERS)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    row.tried = WRITERS * rounds
    row.wrong += [f"writer {n} ended with {one.exitcode}" for n, one in enumerate(writers) if one.exitcode]
    tally = Ledger(folder / "ledger.jsonl").tally(trial(snapshot="s").lineage)
    if tally.lines != row.tried or tally.damage:
        row.wrong.append(f"the ledger has {tally.lines} of {row.tried} trials, damaged {tally.damage}")
    if len({*(folder / "shared.txt").read_text(encoding="utf-8").splitlines()}) != 1:
        row.wrong.append("a file holds what two writers wrote")
    if len({(folder / "shared" / name).read_text(encoding="utf-8") for name in ("a", "b")}) != 1:
        row.wrong.append("a folder holds what two writers wrote")
    row.wrong += [f"left behind: {one.name}" for one in folder.iterdir() if one.suffix in (".part", ".old")]
    return row
