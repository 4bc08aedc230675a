"""A stored run made again from its own record, whatever became of the files it was made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from active_edge.choice import default_market
from active_edge.errors import ConfigError, MissingInput
from active_edge.judging.own_returns import KIND
from active_edge.judging.robustness import moved_months
from active_edge.ledger import Tally
from active_edge.market import Market, open_market
from active_edge.panel import Panels
from active_edge.plugins import Plugin
from active_edge.progress import Progress, silent
from active_edge.results.batch import Run, enter_ledger, write_judged
from active_edge.results.entry import RUN, STATS
from active_edge.results.folders import find_run
from active_edge.results.index import write_index
from active_edge.results.own_returns import OwnRun, judge_again
from active_edge.results.recorded import plugins_of, traded_again
from active_edge.results.records import read_record, recorded_tally, versions
from active_edge.run_record import REMEDY, MarketRecord, OptionsRecord, RunRecord

RESULTS = "results"


@dataclass(frozen=True)
class Rerun:
    """A run made again.

    Attributes
    ----------
    run : the new one.
    same : whether its stats.json is that of the first run, to the last byte.
    notes : newer runs that cannot be read, and what is not as it was then, a sentence each: versions, data, how the
        program reads a configuration.
    """

    run: Run | OwnRun
    same: bool
    notes: tuple[str, ...]


def rerun(
    run: str | Path,
    *,
    out: str | Path | None = None,
    data: str | Path | None = None,
    any_data: bool = False,
    plugins: bool = True,
    plugin_files: Sequence[str | Path] = (),
    announce: Callable[[Plugin], None] | None = None,
    progress: Progress = silent,
) -> Rerun:
    """A stored run made again, written as a folder with its page, and its trials written into the ledger.

    Everything but the data and a user's own plug-ins comes from the run's folder: its strategy and screen, those it was
    judged together with, its options, and what the ledger then said, so that it is charged for the same trials.

    Parameters
    ----------
    run : the run's folder, or its name among the runs of the folder ``results``, else among those of `out`.
    out : results folder to write to; default the one the run lies in.
    data : market folder; default the one the run was made on.
    any_data : True runs on a snapshot that is not the run's; it is then judged as a new run, by the ledger of today.
    plugins : False runs none of the plug-ins that the run used.
    plugin_files : run first, each instead of the plug-in of the run that has its name or its content.
    announce : told of every plug-in when it is run.

    Raises
    ------
    ConfigError : `data` or plug-ins are given for own returns, which need neither, or plug-ins both given and left out.
    MissingInput : there is no such run, it was stored before a run could be made again from its record, the market is
        of another snapshot, or a plug-in is not what it was.
    """
    passed_over: list[str] = []
    folder = _folder(run, out, passed_over.append)
    record, where = read_record(folder), str(folder / RUN)
    results = folder.parent if out is None else Path(out)
    if plugin_files and not plugins:
        raise ConfigError("--plugin and --no-plugins exclude each other; leave one out")
    if record.screen.get("name") == KIND:
        _refuse_for_returns(where, data=data is not None or any_data, plugins=bool(plugin_files) or not plugins)
        own = _returns_again(folder, record, results)
        return replace(own, notes=(*passed_over, *own.notes))
    if record.options is None or record.ledger is None:
        raise MissingInput(
            f"{where}: was written before a record held all that made the run, so it cannot be made again from it; "
            f"{REMEDY}: active-edge backtest {record.strategy.get('name', '')}"
        )
    market = market_of(record.market, data, progress)
    same_data = market.snapshot == record.market.snapshot
    if not same_data and not any_data:
        raise MissingInput(
            f"{where}: the run was made on snapshot {record.market.snapshot}; {market.path} holds {market.snapshot}. "
            "Name the folder that holds it with --data, or run on these data with --any-data"
        )
    before = (folder / STATS).read_bytes() if (folder / STATS).is_file() else b""
    tally = recorded_tally(record.ledger) if same_data else None
    with plugins_of(record, where, run=plugins, files=[Path(file) for file in plugin_files], announce=announce):
        again = _again(record, record.options, tally, market, folder=folder, results=results, progress=progress)
    return Rerun(again, (again.folder / STATS).read_bytes() == before, (*passed_over, *_notes(record, market, again)))


def _refuse_for_returns(where: str, *, data: bool, plugins: bool) -> None:
    """Refuse what a run of own returns could only ignore."""
    asked = [name for name, given in (("--data and --any-data", data), ("--plugin and --no-plugins", plugins)) if given]
    if asked:
        raise ConfigError(
            f"{where}: own returns are judged again from the series stored beside it, without a market or a plug-in; "
            f"leave {' and '.join(asked)} out, or judge the returns anew with active-edge judge"
        )


def _returns_again(folder: Path, record: RunRecord, results: Path) -> Rerun:
    before = (folder / STATS).read_bytes() if (folder / STATS).is_file() else b""
    again = judge_again(folder, record, results)
    return Rerun(again, (again.folder / STATS).read_bytes() == before, _changed_versions(record))


def _again(
    record: RunRecord,
    options: OptionsRecord,
    tally: Tally | None,
    market: Market,
    *,
    folder: Path,
    results: Path,
    progress: Progress,
) -> Run:
    """The run made again; `tally` is what to charge it for, None for what the ledger says."""
    wanted = record.together or (record.tried,)
    if record.tried not in wanted:
        raise MissingInput(f"{folder / RUN}: the run is none of those it was judged together with; run it again")
    place, panels = wanted.index(record.tried), Panels()
    tried = []
    for number, one in enumerate(wanted):
        progress("backtest", number, len(wanted))
        tried.append(traded_again(one, market, panels, folder))
    call = enter_ledger(tried, results, options)
    progress("judge and write", 0, 1)
    moved = moved_months([tried[place]], wanted=options.sensitivity)
    run = write_judged(call, place, moved[0], tally)
    write_index(results)
    progress("judge and write", 1, 1)
    return run


def _folder(run: str | Path, out: str | Path | None, announce: Callable[[str], None]) -> Path:
    """The folder of a run named by its path, or by its name among the runs of ``results``, else of `out`."""
    path = Path(run)
    if path.name == RUN:
        path = path.parent
    if (path / RUN).is_file():
        return path
    try:
        return find_run(Path(RESULTS), str(run), announce=announce)
    except MissingInput:
        if out is None or not Path(out).is_dir():
            raise
    return find_run(Path(out), str(run), announce=announce)


def market_of(record: MarketRecord, data: str | Path | None, progress: Progress) -> Market:
    """The market that a record names, or that of another folder."""
    if data is not None:
        return open_market(data)
    return default_market(progress=progress) if record.folder is None else open_market(record.folder)


def _notes(record: RunRecord, market: Market, again: Run) -> tuple[str, ...]:
    notes = _changed_versions(record)
    if market.snapshot != record.market.snapshot:
        told = f"The run was made on snapshot {record.market.snapshot}, this is {market.snapshot}"
        return (*notes, f"{told}: a new run, judged anew.")
    now = {Path(one.file).name: one.sha256[:12] for one in read_record(again.folder).plugins}
    then = {Path(one.file).name: one.sha256[:12] for one in record.plugins}
    changed = [f"{name} {was} (now {now.get(name, 'none')})" for name, was in then.items() if now.get(name) != was]
    if changed and again.folder.name != record.run:
        return (*notes, f"The run was made with plug-in {', '.join(changed)}: it is another trial.")
    if again.folder.name != record.run:
        return (*notes, "This version has other settings than the one that made the run: it is another trial.")
    return notes


def _changed_versions(record: RunRecord) -> tuple[str, ...]:
    now = versions()
    others = [name for name, then in record.versions.items() if now.get(name) != then]
    told = ", ".join(f"{name} {record.versions[name]} (now {now.get(name, 'none')})" for name in others)
    return (f"The run was made with {told}; digits may differ.",) if others else ()
