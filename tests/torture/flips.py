"""One bit of one file turned over, and everything read again: noticed by name, or nothing has changed."""

from __future__ import annotations

import hashlib
import random
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from active_edge.errors import ActiveEdgeError
from active_edge.ledger import REAL, Ledger
from active_edge.market import open_market
from active_edge.results.folders import read_returns, read_stats
from active_edge.results.index import list_runs
from active_edge.results.records import read_record
from active_edge.schema import TABLES
from tests.torture.rows import Result
from tests.torture.world import inside


def _market(folder: Path) -> str:
    market = open_market(folder / "market")
    tables = [hashlib.sha256(market.table(name).read_bytes()).hexdigest() for name in market.manifest["tables"]]
    return repr((market.snapshot, tables, market.manifest, market.report, len(market.assets)))


def _run(folder: Path) -> str:
    runs = list_runs(folder / "results")
    if runs.damaged:
        raise ActiveEdgeError(str(runs.damaged))
    told = [
        (entry, read_stats(folder / "results" / entry.run), read_record(folder / "results" / entry.run))
        for entry in runs.entries
    ]
    returns = [read_returns(folder / "results" / entry.run).to_csv() for entry in runs.entries]
    return repr((told, returns))


def _ledger(_: Path) -> str:
    tally = Ledger().tally(REAL)
    if tally.damage:
        raise ActiveEdgeError(str(tally.damage))
    return repr((tally.lines, tally.trials, tally.ratios, tally.ratio_variance))


def _kinds(folder: Path) -> dict[str, tuple[list[Path], Callable[[Path], str]]]:
    """Kind of file -> the files of it, and what reads them."""
    found: dict[str, tuple[list[Path], Callable[[Path], str]]] = {}
    market = sorted(path for path in (folder / "market").rglob("*") if path.is_file() and path.name != ".lock")
    for path in market:
        kind = "table" if path.stem in TABLES else path.name
        found.setdefault(kind, ([], _market))[0].append(path)
    for path in sorted((folder / "results").glob("s-*/*")):
        if path.name in ("stats.json", "run.yaml", "returns.parquet"):
            found.setdefault(path.name, ([], _run))[0].append(path)
    for path in sorted((folder / "ledger").iterdir()):
        if path.is_file() and not path.name.endswith(".lock"):
            found.setdefault(f"ledger: {path.name}", ([], _ledger))[0].append(path)
    return found


def bit_flips(world: Path, *, flips: int, until: float, seed: int) -> list[Result]:
    """A row a kind of file: `flips` bits turned over, one at a time, and read."""
    draw = random.Random(seed)
    rows: dict[str, Result] = defaultdict(lambda: Result(""))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "w"
        shutil.copytree(world, folder)
        with inside(folder):
            for kind, (paths, read) in _kinds(folder).items():
                rows[kind] = row = Result(f"a bit of {kind}")
                whole = read(folder)
                while row.tried < flips and time.monotonic() < until:
                    _one(row, draw, draw.choice(paths), lambda read=read: read(folder), whole)  # type: ignore[misc]
    return list(rows.values())


def _one(row: Result, draw: random.Random, path: Path, read: Callable[[], str], whole: str) -> None:
    """One bit of `path` turned over, read, and turned back."""
    was = path.read_bytes()
    place = draw.randrange(len(was) * 8)
    body = bytearray(was)
    body[place // 8] ^= 1 << place % 8
    path.write_bytes(body)
    row.tried += 1
    try:
        if read() != whole:
            row.wrong.append(f"{path.name}, bit {place}: read as something else, and nothing said")
    except (ActiveEdgeError, OSError) as error:
        row.noticed += bool(str(error))
    except Exception as error:
        row.wrong.append(f"{path.name}, bit {place}: {type(error).__name__}: {str(error)[:200]}")
    finally:
        path.write_bytes(was)
