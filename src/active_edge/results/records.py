"""How a run was made: its trial in the ledger, and the record that run.yaml holds."""

from __future__ import annotations

import importlib.metadata
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from active_edge.choice import default_folder
from active_edge.errors import MissingInput
from active_edge.inference.evidence import Thresholds
from active_edge.judging.estimates import information_ratio, looks_of
from active_edge.judging.judgement import Judgement
from active_edge.judging.samples import Samples
from active_edge.ledger import Tally, Trial, lineage_of
from active_edge.market import Market
from active_edge.results.entry import RUN, as_written
from active_edge.run.backtest import Result, configuration
from active_edge.run.identity import trial_content
from active_edge.run.own_weights import OwnRules
from active_edge.run_record import (
    REMEDY,
    LedgerRecord,
    MarketRecord,
    OptionsRecord,
    PluginRecord,
    RunRecord,
    TriedRecord,
)
from active_edge.yaml_scalars import written_content

PACKAGES = ("active-edge", "vectorbt", "numpy", "pandas", "numba", "statsmodels", "duckdb")


def trial_of(result: Result, samples: Samples, benchmarks: Sequence[str] | None = None) -> Trial:
    """The ledger line of a result, with what its samples say.

    Parameters
    ----------
    benchmarks : those asked for; default those of the strategy.
    """
    start, end = _bounds(result)
    asked, measured = benchmarks or result.strategy.rules.benchmarks, [str(n) for n in samples.benchmarks.columns]
    control = bool(getattr(result.strategy.rules, "control", False))
    return Trial(
        strategy=result.strategy.name,
        screen=result.strategy.screen.name,
        configuration=trial_content(result.strategy, result.decision.plugins),
        start=start,
        end=end,
        snapshot=result.market.snapshot,
        simulated=result.market.simulated,
        information_ratio=information_ratio(samples),
        since=str(result.targets.dates[0].date()),
        lineage=lineage_of_market(result.market),
        benchmarks=tuple(measured),
        unknown=tuple(name for name in asked if name not in measured),
        looks=looks_of(samples, Thresholds()),
        free="control" if control else "nothing held" if result.base is None else None,
    )


def lineage_of_market(market: Market) -> str:
    """Which trials count together with those on a market."""
    return lineage_of(market.simulated, market.manifest["sources"], market.snapshot)


def run_name(trial: Trial) -> str:
    """Folder name of a run: the same for the same trial to the same last session on the same snapshot."""
    return f"{trial.strategy}-{trial.run[:6]}"


def record_of(
    judgement: Judgement,
    trial: Trial,
    *,
    options: OptionsRecord,
    created: str,
    together: Mapping[str, Result],
) -> RunRecord:
    """How a judged run was made.

    Parameters
    ----------
    together : name of the run to every result it was judged together with, itself included, in their order; empty for
        one judged by itself.
    """
    result = judgement.result
    own = _tried(run_name(trial), result)
    return RunRecord(
        trial=trial.id,
        run=own.run,
        created=created,
        market=_market(result.market),
        start=own.start,
        end=own.end,
        options=options,
        ledger=ledger_record(judgement.tally),
        versions=versions(),
        plugins=_plugins([result, *together.values()]),
        strategy=own.strategy,
        screen=own.screen,
        decided=own.decided,
        together=tuple(_tried(name, one) for name, one in together.items()),
    )


def read_record(folder: Path) -> RunRecord:
    """The record of a stored run.

    Raises
    ------
    MissingInput : there is none, or none that can be read.
    """
    path = folder / RUN
    try:
        content = written_content(as_written(path).decode("utf-8"))
    except (OSError, ValueError) as error:
        raise MissingInput(f"{path}: cannot be read ({error}); {REMEDY}") from None
    return RunRecord.from_json(content, where=str(path))


def remedy_of(folder: Path) -> str:
    """What makes the run of a folder anew where its stats cannot be read: its own record, if that holds enough."""
    try:
        record = read_record(folder)
    except MissingInput:
        return REMEDY
    return REMEDY if record.ledger is None else f"make it again with: {rerun_command(folder)}"


def rerun_command(folder: Path) -> str:
    """The command that makes the run of a folder again, wherever it is called from."""
    return shlex.join(["active-edge", "rerun", str(folder.resolve())])


def versions() -> dict[str, str]:
    """Versions of the packages a number can depend on."""
    return {name: importlib.metadata.version(name) for name in PACKAGES}


def _market(market: Market) -> MarketRecord:
    folder = market.path.resolve()
    return MarketRecord(
        folder=None if folder == default_folder().resolve() else str(folder),
        snapshot=market.snapshot,
        simulated=market.simulated,
        sources=tuple(market.manifest["sources"]),
    )


def ledger_record(tally: Tally) -> LedgerRecord:
    """What the ledger said, for a record."""
    return LedgerRecord(**{**asdict(tally), "first": dict(tally.first)})


def recorded_tally(ledger: LedgerRecord) -> Tally:
    """What the ledger said then, to charge a run made again for the same."""
    return Tally(**{**asdict(ledger), "first": dict(ledger.first)})


def _tried(run: str, result: Result) -> TriedRecord:
    start, end = _bounds(result)
    given = isinstance(result.strategy.rules, OwnRules)
    decided = tuple(str(day.date()) for day in result.targets.dates) if given else ()
    return TriedRecord(run=run, **configuration(result.strategy), start=start, end=end, decided=decided)


def _plugins(results: Iterable[Result]) -> tuple[PluginRecord, ...]:
    used = {plugin.place: plugin for result in results for plugin in result.decision.plugins.values()}
    return tuple(PluginRecord(file=place, sha256=used[place].sha256) for place in sorted(used))


def _bounds(result: Result) -> tuple[str, str]:
    """First and last session of a run, ISO dates."""
    sessions = result.simulation.sessions
    return str(sessions[0].date()), str(sessions[-1].date())
