"""What each part of the campaign did, a row each: kept in a file, and the table of docs/reliability.md made from it."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import active_edge
from active_edge.whole import write_whole

PROJECT = Path(__file__).resolve().parents[2]
KEPT = PROJECT / "docs" / "reliability.json"
PAGE = PROJECT / "docs" / "reliability.md"
FOUND = 5
"""So many of the faults of a row are kept in words; the rest are in its count."""
HEAD = (
    *("what", "tried", "named", "wrong", "slowest, s", "steps reached"),
    *("CPU minutes", "peak, MB", "date", "program", "seed"),
)
Row = Mapping[str, Any]


@dataclass
class Result:
    """What one part of the campaign did and found.

    tried : how often, of so many `points` where there is a number of them. noticed : how many ended in an error with a
    name. wrong : what should not be. slowest : seconds of the longest single try. steps : from a line of the package to
    the next, reached by damaged bodies; 0 where not counted.
    peak_mb : of the largest process, the program itself (about 400) among it.
    """

    what: str
    tried: int = 0
    points: int = 0
    noticed: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    steps: int = 0


def row_of(result: Result, *, seed: int) -> dict[str, Any]:
    """The row that is kept: what was done and found, when, by which state of the program, on which machine."""
    return {
        "what": result.what,
        "tried": result.tried,
        "points": result.points,
        "named": result.noticed,
        "wrong": len(result.wrong),
        "found": [one[:300] for one in result.wrong[:FOUND]],
        "slowest": round(result.slowest, 2),
        "steps": result.steps,
        "cpu_minutes": round(result.cpu_seconds / 60.0, 1),
        "peak_mb": round(result.peak_mb),
        "date": f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}",
        "program": program(),
        "machine": machine(),
        "seed": seed,
    }


def program() -> str:
    """Version and commit; a plus sign where its code differs from that, nothing of a commit outside a repository."""
    commit = _git("rev-parse", "--short", "HEAD")
    changed = "+" if commit and _git("status", "--porcelain", "--", "src", "tests", "strategies", "screens") else ""
    return f"{active_edge.__version__} {commit}{changed}".strip()


def _git(*words: str) -> str:
    told = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def machine() -> str:
    """Processors, system and Python of this machine."""
    return f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def merged(kept: Sequence[Row], new: Iterable[Row]) -> list[Row]:
    """The kept rows with each new one in the place of that of the same name, or at the end."""
    rows = {row["what"]: row for row in kept}
    return [*(rows | {row["what"]: row for row in new}).values()]


def read(path: Path = KEPT) -> dict[str, list[Row]]:
    """Lists of rows by name of the table; none of a file that is not there."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def keep(table: str, new: Iterable[Row], path: Path = KEPT, page: Path = PAGE) -> None:
    """Write `new` into one table of the file, and the page again; campaigns that run at once wait for each other."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        _keep(table, new, path, page)
    finally:
        os.close(folder)


def _keep(table: str, new: Iterable[Row], path: Path, page: Path) -> None:
    kept = read(path)
    kept[table] = merged(kept.get(table, []), new)
    lines = [
        f' "{name}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n ]" for name, rows in kept.items()
    ]
    write_whole(path, "{\n" + ",\n".join(lines) + "\n}\n")
    write_whole(page, rendered(page.read_text(encoding="utf-8"), kept))


def rendered(page: str, kept: Mapping[str, Sequence[Row]]) -> str:
    """The page with its tables made from the rows."""
    for name, lines in (("campaign", campaign_table), ("memory", memory_table)):
        first, last = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, _, rest = page.partition(first)
        told = "\n".join(lines(kept.get(name, ())))
        page = f"{before}{first}\n\n{told}\n\n{last}{rest.partition(last)[2]}"
    return page


def campaign_table(rows: Iterable[Row]) -> Iterator[str]:
    """Markdown lines of the campaign's table."""
    yield "| " + " | ".join(HEAD) + " |"
    yield "|---|" + "---:|" * (len(HEAD) - 4) + "---|---|---:|"
    for row in rows:
        yield campaign_line(row)


def campaign_line(row: Row) -> str:
    """One line of it."""
    cells = (
        *(row["what"], _tried(row), f"{row['named']:,}", row["wrong"], f"{row['slowest']:.1f}"),
        *(f"{row['steps']:,}" if row["steps"] else "", f"{row['cpu_minutes']:.1f}", f"{row['peak_mb']:,}"),
        *(row["date"], row["program"], row["seed"]),
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _tried(row: Row) -> str:
    return f"{row['tried']:,}" + (f" of {row['points']:,}" if row["points"] else "")


def memory_table(rows: Iterable[Row]) -> Iterator[str]:
    """Markdown lines of the table of memory."""
    yield "| command | market | peak, MB | seconds | with 4 GB of address space | date | program |"
    yield "|---|---|---:|---:|---|---|---|"
    for row in rows:
        yield (
            f"| {row['command']} | {row['market']} | {row['peak_mb']:,} | {row['seconds']:,} | {row['limited']} "
            f"| {row['date']} | {row['program']} |"
        )
