"""The folder of one run: report.html, run.yaml, stats.json, entry.json, tables; complete or not there at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import yaml

from active_edge.errors import MissingInput
from active_edge.judging.judgement import Judgement
from active_edge.market.connection import Refused, in_memory
from active_edge.market.files import parquet
from active_edge.report.page import PAGE_NAME, write_run_page
from active_edge.report.run_page import RunPage
from active_edge.results.entry import RUN, STATS, as_written, entry_of, write_entry
from active_edge.results.records import read_record, remedy_of
from active_edge.results.series import with_cash
from active_edge.run.backtest import Result
from active_edge.run_record import RunRecord
from active_edge.stats import Stats
from active_edge.strategy import Targets
from active_edge.whole import put_right, whole_folder


def write_run(judgement: Judgement, page: RunPage, folder: Path) -> Path:
    """The folder of the run, written beside the old one and put in its place at once.

    ``returns`` holds net, gross, value, each benchmark and cash by session; ``targets`` the decided weights;
    ``holdings`` and ``trades`` what the simulation says.
    """
    return write_folder(page, _tables(judgement), folder)


def write_folder(page: RunPage, tables: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """The folder of a run with its stats, record, page and tables, written beside the old one and put in its place."""
    with whole_folder(folder) as new:
        (new / STATS).write_text(stats_text(page.stats), encoding="utf-8")
        (new / RUN).write_text(_yaml(page.record), encoding="utf-8")
        for name, frame in tables.items():
            _write_parquet(frame, new / f"{name}.parquet")
        write_run_page(page, new)
        write_entry(entry_of(page.stats, page.record.created, folder.name), new)
    return folder


def find_run(out: Path, run: str, *, announce: Callable[[str], None] = lambda _: None) -> Path:
    """The folder of a run of the results folder `out`.

    Parameters
    ----------
    run : its name, or its strategy's, which stands for its newest run that can be read; where none can, for its newest.
    announce : told, in a sentence each, of newer runs of the strategy that cannot be read.

    Raises
    ------
    MissingInput : it is not stored there; the message lists what is.
    """
    put_right(out)
    folder = out / Path(run).name
    if (folder / RUN).is_file():
        return folder
    stored = sorted(path.parent for path in out.glob(f"[!.]*/{RUN}"))
    of_strategy = [path for path in stored if path.name.rpartition("-")[0] == run]
    if not of_strategy:
        names = ", ".join(path.name for path in stored)
        raise MissingInput(f"{out}: no run named {run!r}; stored are {names or 'none'}")
    newest = sorted(of_strategy, key=_made, reverse=True)
    unread: list[str] = []
    for path in newest:
        wrong = _wrong_with(path)
        if not wrong:
            for one in unread:
                announce(f"{run}: {path.name} stands for it, for a newer run cannot be read: {one}")
            return path
        unread.append(wrong)
    return newest[0]


def _made(folder: Path) -> float:
    """When the record of a run was written; before all others where that is not to be had."""
    try:
        return (folder / RUN).stat().st_mtime
    except OSError:
        return 0.0


def _wrong_with(folder: Path) -> str:
    """What cannot be read of a run; empty where all of it can."""
    try:
        read_stats(folder)
        read_record(folder)
        read_returns(folder)
    except MissingInput as error:
        return str(error)
    return ""


def page_text(out: Path, run: str) -> str:
    """The page of a stored run, as HTML.

    Raises
    ------
    MissingInput : as `find_run`.
    """
    return (find_run(out, run) / PAGE_NAME).read_text(encoding="utf-8")


def stats_text(stats: Stats) -> str:
    """The text of stats.json."""
    return json.dumps(stats.to_json(), indent=2, allow_nan=False) + "\n"


def read_stats(folder: Path) -> Stats:
    """The stats of a stored run.

    Raises
    ------
    MissingInput : there are none, or none that can be read.
    """
    path = folder / STATS
    try:
        content = json.loads(as_written(path))
    except (OSError, ValueError, RecursionError) as error:
        raise MissingInput(f"{path}: no stored run there ({error}); results/index.html lists the runs") from None
    return Stats.from_json(content, where=str(path), remedy=remedy_of(folder))


def has_targets(folder: Path) -> bool:
    """Whether a stored run knows what it wanted to hold: returns that somebody earned do not."""
    return (folder / "targets.parquet").is_file()


def read_targets(folder: Path) -> pd.DataFrame:
    """(n_dates, n_assets) decided weights of a stored run, 0 for none; dates on which nothing was held are not in it.

    Raises
    ------
    MissingInput : the run holds none.
    """
    frame = _read(folder / "targets.parquet", "decided, asset")
    return frame.pivot(index="decided", columns="asset", values="weight").fillna(0.0)


def read_returns(folder: Path) -> pd.DataFrame:
    """(n_sessions, ...) net, gross, value, benchmark and cash returns of a stored run, by session."""
    return read_sessions(folder / "returns.parquet")


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """A stored table of a run, in the order it was written. Raises `MissingInput` where the run has none."""
    return _read(folder / f"{name}.parquet", "")


def read_sessions(path: Path) -> pd.DataFrame:
    """A stored table by session. Raises `MissingInput` where there is none."""
    frame = _read(path, "session")
    return frame.set_index(pd.DatetimeIndex(frame.pop("session"), name="session"))


def _read(path: Path, order: str) -> pd.DataFrame:
    if not path.is_file():
        raise MissingInput(f"{path}: missing; run the backtest again")
    sorted_by = f" ORDER BY {order}" if order else ""
    try:
        as_written(path)
        with in_memory() as connection:
            return connection.execute(f"SELECT * FROM {parquet(path)}{sorted_by}").df()
    except (OSError, Refused) as error:
        said = " ".join(str(error).split())
        raise MissingInput(f"{path}: cannot be read ({said}); run the backtest again") from None


def _yaml(record: RunRecord) -> str:
    return yaml.safe_dump(record.to_json(), sort_keys=False, allow_unicode=True, width=100)


def _tables(judgement: Judgement) -> dict[str, pd.DataFrame]:
    result = judgement.result
    returns = judgement.daily
    returns.insert(2, "value", result.simulation.value.reindex(returns.index))
    returns = with_cash(returns, judgement.samples)
    return {
        "returns": returns.rename_axis("session").reset_index(),
        "targets": _named(result, _targets_frame(result.targets)),
        "holdings": _named(result, result.holdings),
        "trades": _named(result, result.trades),
    }


def _named(result: Result, table: pd.DataFrame) -> pd.DataFrame:
    """The table with ticker and name behind each asset, so that it can be read without the market."""
    listing, place = result.market.securities, list(table.columns).index("asset") + 1
    named = table.copy()
    for number, column in enumerate(("ticker", "name")):
        named.insert(place + number, column, listing[column].reindex(table["asset"]).to_numpy())
    return named


def _targets_frame(targets: Targets) -> pd.DataFrame:
    rows, columns = targets.weights.nonzero()
    return pd.DataFrame(
        {
            "decided": targets.dates[rows],
            "asset": targets.assets[columns],
            "weight": targets.weights[rows, columns],
        }
    )


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    with in_memory() as connection:
        connection.register("rows", frame)
        connection.execute(f"copy (select * from rows) to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)")
