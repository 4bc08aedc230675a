"""Run the campaign, or parts of it, and print its table, as Markdown."""

from __future__ import annotations

import argparse
import datetime as dt
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from active_edge.sources.web import pacing
from tests.sources.bodies import serve_quick
from tests.sources.replay import Replay
from tests.torture import crowds, flips, names, oddities, parsers
from tests.torture.children import in_child, peak_mb, used
from tests.torture.points import FAULTS, KILL, at_random, every_limit, every_point, warm
from tests.torture.rows import Result, campaign_line, campaign_table, keep, machine, row_of
from tests.torture.world import BACKTEST, IMPORT, INIT, SAVE, SIMULATE, SWEEP, make_world, name_of, pull_from

COMMANDS = (IMPORT, SIMULATE, BACKTEST, SWEEP, SAVE, INIT)
SLOW = ("sweep", "pull", "init")
"""Commands that the short part leaves to tests of their own."""
KILLS, FLIPS, ROUNDS, EXECUTIONS, CPU_MINUTES = 84, 1500, 200, 100_000, 20.0
"""Kills a command, bits a kind of file, rounds of the writers; executions a parser, or in a whole campaign minutes."""


@dataclass(frozen=True)
class Extent:
    """How much of every part: until that time, minutes of the processor or executions a parser; `quick`: a few."""

    until: float
    cpu_minutes: float
    executions: float
    seed: int
    quick: bool = False


Part = Callable[[Extent], Iterator[Result]]


def command_part(world: Path, command: tuple[str, ...]) -> Part:
    """The rows of one command: every fault at every point, kills at random, limits."""

    def rows(extent: Extent) -> Iterator[Result]:
        most = 1 if extent.quick else math.inf
        for fault in (KILL, "ENOSPC") if extent.quick else (KILL, *FAULTS):
            yield every_point(world, command, fault, until=extent.until, most=most, seed=extent.seed)
        if not extent.quick:
            yield at_random(world, command, until=extent.until, most=KILLS, seed=extent.seed)
            yield every_limit(world, command, until=extent.until)

    return rows


def parser_part(name: str) -> Part:
    """The row of one parser."""

    def rows(extent: Extent) -> Iterator[Result]:
        executions = 40 if extent.quick else extent.executions
        yield parsers.parser(name, executions=executions, cpu_minutes=extent.cpu_minutes, seed=extent.seed)

    return rows


def parts(scratch: Path, world: Path, base_urls: Mapping[str, str]) -> dict[str, Part]:
    """Name -> what makes its rows."""

    def writers(extent: Extent) -> Iterator[Result]:
        yield crowds.concurrent_writers(scratch / "crowd", rounds=5 if extent.quick else ROUNDS)

    def flipped(extent: Extent) -> Iterator[Result]:
        yield from flips.bit_flips(world, flips=15 if extent.quick else FLIPS, until=extent.until, seed=extent.seed)

    def odd(extent: Extent) -> Iterator[Result]:
        yield oddities.command_line(world)

    def named(extent: Extent) -> Iterator[Result]:
        yield names.every_page(scratch / "names", texts=1 if extent.quick else 13)

    whole = {"writers": writers, "flips": flipped, "command line": odd}
    commands = {name_of(command): command_part(world, command) for command in (*COMMANDS, pull_from(base_urls))}
    # What forks comes before what fills this process with threads of its own.
    return {name: parser_part(name) for name in parsers.EVERY} | {"names": named} | commands | whole


def main() -> int:
    """Exit code 1 where anything was wrong."""
    given = _arguments().parse_args()
    print(f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}, seed {given.seed}, {machine()}.\n")
    print("\n".join(campaign_table(())))
    wrong: list[str] = []
    # A server on this machine is asked as fast as it answers; in a paced pull a kill would meet a pause.
    pacing.REQUESTS_PER_SECOND = dict.fromkeys(pacing.REQUESTS_PER_SECOND, 1000.0)
    with tempfile.TemporaryDirectory() as scratch, Replay() as replay:
        serve_quick(replay, ())
        world = Path(scratch) / "world"
        every = parts(Path(scratch), world, replay.base_urls)
        asked = chosen(given.only, every, quick=given.quick)
        commands = {name_of(one): one for one in (*COMMANDS, pull_from(replay.base_urls))}
        needed = any(name not in parsers.EVERY for name in asked)
        if needed and in_child(lambda: bool(make_world(world)) - 1, hung=1200.0).code:
            raise SystemExit("the small world cannot be made")
        began = time.monotonic()
        cold = not given.quick
        for number, name in enumerate(asked):
            if cold and name in commands:
                warm(world, [commands[name] for name in asked if name in commands])
                cold = False
            least = CPU_MINUTES if given.whole else 1.0 if given.quick else 0.0
            share = (60.0 * given.minutes - (time.monotonic() - began)) / (len(asked) - number)
            extent = Extent(
                math.inf if given.whole or given.quick else time.monotonic() + share,
                given.cpu_minutes or least or share / 60.0,
                math.inf if given.whole or given.cpu_minutes else EXECUTIONS,
                given.seed,
                given.quick,
            )
            for result in counted(every[name](extent)):
                row = row_of(result, seed=given.seed)
                print(campaign_line(row), flush=True)
                wrong += [f"{result.what}: {one}" for one in result.wrong]
                if given.keep and row["tried"]:
                    keep("campaign", [row])
    print(f"\n{time.monotonic() - began:.0f} seconds in all.")
    for one in wrong:
        print(f"\n- {one}")
    return 1 if wrong else 0


def counted(results: Iterator[Result]) -> Iterator[Result]:
    """Each row, with what this process used for it where no child of its own did the work."""
    before = used()
    for result in results:
        if not result.cpu_seconds:
            result.cpu_seconds, result.peak_mb = used() - before, peak_mb()
        yield result
        before = used()


def chosen(only: str, every: Mapping[str, Part], *, quick: bool) -> list[str]:
    """The parts that were asked for, `parsers` and `commands` standing for all of theirs; all where nothing was."""
    groups = {
        "parsers": [*parsers.EVERY],
        "commands": [name for name in every if name in ("pull", *map(name_of, COMMANDS))],
    }
    asked = [part for name in filter(None, only.split(",")) for part in groups.get(name.strip(), [name.strip()])]
    for name in asked:
        if name not in every:
            raise SystemExit(f"--only: {name!r} is no part; there are {', '.join([*groups, *every])}")
    return asked or [name for name in every if not (quick and name in SLOW)]


def _arguments() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(prog="scripts/torture", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0, help="how long, about; 10 unless told")
    asked.add_argument("--only", default="", help="parts by name, with commas between; parsers and commands mean all")
    asked.add_argument("--cpu-minutes", type=float, default=0.0, help="minutes of the processor for each parser")
    asked.add_argument("--whole", action="store_true", help="every point, all kills and flips, however long it takes")
    asked.add_argument("--keep", action="store_true", help="write the rows into docs/reliability.json and its page")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--quick", action="store_true", help="a few of every kind, as continuous integration runs it")
    return asked


if __name__ == "__main__":
    sys.exit(main())
