"""Many simulated markets measured in parallel, one line of a file for each that is finished.

A campaign that was stopped goes on where it was: what the file holds is not drawn again. The file's name holds a
fingerprint of all code the measurement depends on, so that lines of different laws or estimators are never mixed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from active_edge.calibration.measure import measure
from active_edge.calibration.worlds import HONEST, World
from active_edge.digest import running_digest
from active_edge.errors import ConfigError, DataError
from active_edge.progress import Progress, silent
from active_edge.simulated import monthly

Finished = dict[tuple[str, int], dict[str, Any]]
"""By world and number of the market, what `measure` gave."""
SEEDS_APART = 1_000_000
"""Markets a campaign may have before its seeds run into those of the next."""


@dataclass(frozen=True)
class Plan:
    """What a campaign is to measure.

    Attributes
    ----------
    worlds : in the order of the table.
    markets : drawn for each world; null_markets of them for the null world, where given.
    seed : market number n is drawn with ``SEEDS_APART · seed + n``, the same in every world.
    years, firms : size of every market.
    """

    worlds: tuple[World, ...]
    markets: int
    seed: int
    null_markets: int | None = None
    years: int = 20
    firms: int = 3600

    def __post_init__(self) -> None:
        if not all(1 <= count <= SEEDS_APART for count in (self.markets, self.null_markets or 1)):
            raise ConfigError(f"--markets {self.markets}: give a number from 1 to {SEEDS_APART:,}")

    def count(self, world: World) -> int:
        """Markets of one world."""
        return self.null_markets if world.name == HONEST and self.null_markets is not None else self.markets

    def due(self, finished: Finished) -> list[tuple[int, tuple[World, ...]]]:
        """What is left to do: the number of a market and the worlds to read off that one path."""
        tasks: dict[tuple[int, str], list[World]] = {}
        for world in self.worlds:
            for number in range(self.count(world)):
                if (world.name, number) not in finished:
                    tasks.setdefault((number, json.dumps(world.knobs, sort_keys=True)), []).append(world)
        return [(number, tuple(group)) for (number, _), group in sorted(tasks.items(), key=lambda item: item[0])]

    def of_plan(self, finished: Finished) -> Finished:
        """Those finished markets that this plan asks for."""
        counts = {world.name: self.count(world) for world in self.worlds}
        return {key: line for key, line in finished.items() if key[1] < counts.get(key[0], 0)}


def default_folder() -> Path:
    """Where finished markets are kept: in the user's cache."""
    from platformdirs import user_cache_path

    return user_cache_path("active-edge") / "calibration"


def fingerprint(module: str = __name__) -> str:
    """Twelve hexadecimal digits of all the code that `module`, by default this one, measures a market with."""
    return running_digest(module)[:12]


def campaign_file(folder: Path, plan: Plan) -> Path:
    """The file of finished markets that a plan writes and reads."""
    return folder / f"markets-{fingerprint()}-seed{plan.seed}-{plan.years}y-{plan.firms}.jsonl"


def run_campaign(plan: Plan, folder: Path, *, workers: int = 1, progress: Progress = silent) -> Finished:
    """All markets of the plan: those already in the file, and those measured now, each written into it when done.

    Raises
    ------
    ConfigError : another campaign is writing the same file.
    DataError : a line of the file is not one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = campaign_file(folder, plan)
    try:
        with FileLock(file.with_suffix(".lock"), timeout=0):
            finished = read_finished(file)
            tasks = plan.due(finished)
            done = plan.of_plan(finished)
            total = len(done) + sum(len(group) for _, group in tasks)
            with file.open("a", encoding="utf-8") as out:
                for lines in _measured(plan, tasks, workers):
                    for line in lines:
                        out.write(json.dumps(line) + "\n")
                        done[line["world"], line["market"]] = line
                    out.flush()
                    progress("simulated markets", len(done), total)
    except Timeout as error:
        raise ConfigError(
            f"{file}: another calibration is writing this file; wait for it or give another --out"
        ) from error
    return done


def read_finished(file: Path) -> Finished:
    """What a file holds, once a last line that a kill cut off was removed from it.

    Raises
    ------
    DataError : a line that is not one, by number.
    """
    if not file.exists():
        return {}
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with file.open("r+b") as torn:
            torn.truncate(whole)
    finished: Finished = {}
    for number, text in enumerate(content[:whole].decode().splitlines(), start=1):
        try:
            line = json.loads(text)
            finished[line["world"], line["market"]] = line
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{file}:{number}: not a finished market ({error}); delete the line or the file") from None
    return finished


def measure_path(plan: Plan, number: int, group: Sequence[World]) -> list[dict[str, Any]]:
    """One market drawn and read in every world of its path; a line of the file for each."""
    seed = SEEDS_APART * plan.seed + number
    market = monthly(years=plan.years, firms=plan.firms, seed=seed, **group[0].knobs)
    return [{"world": world.name, "market": number} | measure(market, world, seed=seed) for world in group]


def _measured(
    plan: Plan, tasks: Sequence[tuple[int, tuple[World, ...]]], workers: int
) -> Iterator[list[dict[str, Any]]]:
    """Lines of each task as it is finished, in any order."""
    if workers == 1 or len(tasks) < 2:
        for number, group in tasks:
            yield measure_path(plan, number, group)
        return
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1, pre_dispatch="2 * n_jobs")
    yield from parallel(delayed(measure_path)(plan, number, group) for number, group in tasks)
