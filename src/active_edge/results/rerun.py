"""A stored run made again from its own record, whatever became of the files it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from active_edge.choice import default_market
from active_edge.config import parse_model
from active_edge.errors import MissingInput
from active_edge.judging.robustness import moved_months
from active_edge.ledger import Tally
from active_edge.market import Market, open_market
from active_edge.panel import Panels
from active_edge.progress import Progress, silent
from active_edge.results.batch import Run, backtest_on, enter_ledger, write_judged
from active_edge.results.folders import STATS, find_run
from active_edge.results.index import write_index
from active_edge.results.records import RUN, read_record, versions
from active_edge.run_record import LedgerRecord, MarketRecord, RunRecord, TriedRecord
from active_edge.screen import Screen
from active_edge.strategy import Strategy, StrategyRules


@dataclass(frozen=True)
class Rerun:
    """A run made again.

    Attributes
    ----------
    run : the new one.
    same : whether its stats.json is that of the first run, to the last byte.
    notes : what is not as it was then, a sentence each: versions, data.
    """

    run: Run
    same: bool
    notes: tuple[str, ...]


def rerun(
    run: str | Path,
    *,
    out: str | Path | None = None,
    data: str | Path | None = None,
    any_data: bool = False,
    progress: Progress = silent,
) -> Rerun:
    """A stored run made again, written as a folder with its page, and its trials written into the ledger beside it.

    Everything but the data comes from the run's own ``run.yaml``: its strategy and screen, those it was judged together
    with, its options, and what the ledger then said, so that the same numbers are charged for the same trials.

    Parameters
    ----------
    run : the run's folder, or its name among the runs of `out`.
    out : results folder to write to; default the one the run lies in.
    data : market folder; default the one the run was made on.
    any_data : True runs on a snapshot that is not the run's; it is then judged as a new run, by the ledger of `out`.

    Raises
    ------
    MissingInput : there is no such run, it was stored before a run could be made again from its record, or the market
        is of another snapshot.
    """
    folder = _folder(run, out)
    record = read_record(folder)
    if record.options is None or record.ledger is None:
        raise MissingInput(
            f"{folder / RUN}: was written before a record held all that made the run, so it cannot be made again from "
            f"it; run active-edge backtest on the strategy {record.strategy.get('name', '')} again"
        )
    market = _market(record.market, data, progress)
    notes = _notes(record, market)
    if market.snapshot != record.market.snapshot and not any_data:
        raise MissingInput(
            f"{folder / RUN}: the run was made on snapshot {record.market.snapshot}; {market.path} holds "
            f"{market.snapshot}. Name the folder that holds it with --data, or run on these data with --any-data"
        )
    before = (folder / STATS).read_bytes() if (folder / STATS).is_file() else b""
    tally = _tally(record.ledger) if market.snapshot == record.market.snapshot else None
    results = folder.parent if out is None else Path(out)
    again = _again(record, tally, market, results, where=str(folder / RUN), progress=progress)
    return Rerun(again, (again.folder / STATS).read_bytes() == before, notes)


def _again(
    record: RunRecord, tally: Tally | None, market: Market, results: Path, *, where: str, progress: Progress
) -> Run:
    """The run made again; `tally` is what to charge it for, None for what the ledger of `results` says."""
    own = TriedRecord(strategy=record.strategy, screen=record.screen, start=record.start, end=record.end)
    wanted = record.together or (own,)
    if record.options is None or own not in wanted:
        raise MissingInput(f"{where}: the run is none of those it was judged together with; run the backtest again")
    place, panels = wanted.index(own), Panels()
    tried = []
    for number, one in enumerate(wanted):
        progress("backtest", number, len(wanted))
        tried.append(backtest_on(panels, recorded_strategy(one, where), market, one.start, one.end))
    call = enter_ledger(tried, results, record.options)
    progress("judge and write", 0, 1)
    moved = moved_months([tried[place]], wanted=record.options.sensitivity)
    run = write_judged(call, place, moved[0], tally)
    write_index(results)
    progress("judge and write", 1, 1)
    return run


def _folder(run: str | Path, out: str | Path | None) -> Path:
    """The folder of a run named by its path, or by its name among the runs of a results folder."""
    path = Path(run)
    if path.name == RUN:
        path = path.parent
    return path if (path / RUN).is_file() else find_run(Path("results" if out is None else out), str(run))


def _market(record: MarketRecord, data: str | Path | None, progress: Progress) -> Market:
    if data is not None:
        return open_market(data)
    return default_market(progress=progress) if record.folder is None else open_market(record.folder)


def recorded_strategy(tried: TriedRecord, where: str) -> Strategy:
    """The strategy and screen of a record, read as strictly as their files are; `where` names the record."""
    rules = parse_model(_text(tried.strategy), StrategyRules, f"{where}: strategy")
    return Strategy(rules, parse_model(_text(tried.screen), Screen, f"{where}: screen"))


def _text(content: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True)


def _tally(ledger: LedgerRecord) -> Tally:
    return Tally(ledger.trials, ledger.ratios, ledger.ratio_variance, ledger.restarted)


def _notes(record: RunRecord, market: Market) -> tuple[str, ...]:
    now = versions()
    changed = [
        f"{name} {then} (now {now.get(name, 'none')})"
        for name, then in record.versions.items()
        if now.get(name) != then
    ]
    notes = [f"The run was made with {', '.join(changed)}; digits may differ."] if changed else []
    if market.snapshot != record.market.snapshot:
        notes.append(
            f"The run was made on snapshot {record.market.snapshot}, this is {market.snapshot}: a new run, judged anew."
        )
    return tuple(notes)
