"""Run the campaign and print its table, as Markdown."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.sources.bodies import serve_quick
from tests.sources.replay import Replay
from tests.torture import crowds, flips, hostile
from tests.torture.points import FAULTS, KILL, Result, at_random, every_point, in_child
from tests.torture.world import BACKTEST, IMPORT, INIT, SAVE, SIMULATE, SWEEP, make_world, pull_from

COMMANDS = (IMPORT, SIMULATE, BACKTEST, INIT, SWEEP, SAVE)


def campaign(
    scratch: Path, base_urls: Mapping[str, str], *, minutes: float, seed: int, quick: bool
) -> Iterator[Result]:
    """The rows of the table, each once it is found; `quick` takes a few of every kind."""
    commands = (*COMMANDS, pull_from(base_urls))
    world = scratch / "world"

    def make() -> int:
        make_world(world)
        return 0

    if in_child(make):
        raise SystemExit("the small world cannot be made")
    parts = 2.0 * len(commands) * (1 + len(FAULTS)) + 12.0
    faults = (KILL, "ENOSPC") if quick else (KILL, *FAULTS)
    share = 60.0 * minutes / parts

    def until(shares: float) -> float:
        return time.monotonic() + shares * share

    for command in commands:
        for fault in faults:
            yield every_point(world, command, fault, seconds=2 * share, every=9 if quick else 1, seed=seed)
        if not quick:
            yield at_random(world, command, until=until(1), most=200, seed=seed)
    yield crowds.concurrent_writers(scratch / "crowd", rounds=5 if quick else 200)
    yield from flips.bit_flips(world, flips=15 if quick else 1500, until=until(4), seed=seed)
    yield hostile.command_line(world)
    yield from hostile.fuzz(executions=40 if quick else 100_000, until=until(4), seed=seed)


def machine() -> str:
    """Processors, system and Python of this machine."""
    return f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def main() -> int:
    """Exit code 1 where anything was wrong."""
    asked = argparse.ArgumentParser(prog="scripts/torture", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0, help="how long, about; 10 unless told")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--quick", action="store_true", help="a few of every kind, as continuous integration runs it")
    given = asked.parse_args()
    started, wrong = time.monotonic(), []
    print(f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}, seed {given.seed}, {machine()}.\n")
    print("| what | tried | ended in a named error | wrong | seconds |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as scratch, Replay() as replay:
        serve_quick(replay, ())
        how = {"minutes": given.minutes, "seed": given.seed, "quick": given.quick}
        for row in campaign(Path(scratch), replay.base_urls, **how):
            print(
                f"| {row.what} | {row.tried:,} | {row.noticed:,} | {len(row.wrong)} | {row.seconds:.0f} |", flush=True
            )
            wrong += [f"{row.what}: {one}" for one in row.wrong]
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(f"\n{time.monotonic() - started:.0f} seconds in all; at most {peak:.0f} MB in one process.")
    for one in wrong:
        print(f"\n- {one}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
