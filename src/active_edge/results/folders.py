"""The folder of one run: report.html, run.yaml, stats.json, Parquet tables; complete or not there at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml

from active_edge.errors import MissingInput
from active_edge.judging.judgement import Judgement
from active_edge.ledger import Trial
from active_edge.market.files import parquet
from active_edge.report.page import write_run_page
from active_edge.report.record import IndexEntry, RunRecord
from active_edge.run.backtest import Result, configuration
from active_edge.strategy import Targets

STATS, RUN = "stats.json", "run.yaml"
PAGE = "report.html"


def write_run(results: Path, judgement: Judgement, trial: Trial, stats: Mapping[str, Any], record: RunRecord) -> Path:
    """The folder of the run, written beside the old one and put in its place at once.

    ``returns`` holds net, gross, value and each benchmark by session; ``targets`` the decided weights;
    ``holdings`` and ``trades`` what the simulation says.
    """
    folder = results / str(stats["run"])
    with _replacing(folder) as new:
        (new / STATS).write_text(json.dumps(stats, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        (new / RUN).write_text(_run_yaml(judgement.result, trial, stats, record), encoding="utf-8")
        for name, frame in _tables(judgement).items():
            _write_parquet(frame, new / f"{name}.parquet")
        write_run_page(record, new)
    return folder


def read_stats(folder: Path) -> dict[str, Any]:
    """The stats of a stored run. Raises `MissingInput` where there is none."""
    path = folder / STATS
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MissingInput(f"{path}: no stored run there ({error}); results/index.html lists the runs") from None
    if not isinstance(content, dict) or "run" not in content:
        raise MissingInput(f"{path}: is not the stats of a run; run the backtest again")
    # Runs stored before there was a yardstick: it was the first benchmark.
    content.setdefault("yardstick", next(iter(content.get("benchmarks") or {}), None))
    return content


def read_returns(folder: Path) -> pd.DataFrame:
    """(n_sessions, ...) net, gross, value and benchmark returns of a stored run, by session."""
    path = folder / "returns.parquet"
    if not path.is_file():
        raise MissingInput(f"{path}: missing; run the backtest again")
    with duckdb.connect() as connection:
        frame = connection.execute(f"SELECT * FROM {parquet(path)} ORDER BY session").df()
    return frame.set_index(pd.DatetimeIndex(frame.pop("session"), name="session"))


def index_entries(results: Path) -> list[IndexEntry]:
    """One entry for every run folder of a results folder, newest first.

    Hidden folders are runs being written, or cut off by a kill; a folder may vanish while it is replaced.
    """
    entries = []
    for path in sorted(results.glob(f"[!.]*/{STATS}")):
        try:
            described = yaml.safe_load((path.parent / RUN).read_text(encoding="utf-8"))
            stats = read_stats(path.parent)
        except (FileNotFoundError, MissingInput):
            if path.is_file() and (path.parent / RUN).is_file():
                raise
            continue
        name = stats["yardstick"] or ""
        numbers: dict[str, Any] = stats["benchmarks"].get(name, {})
        low, high = numbers.get("alpha_ci") or (None, None)
        entries.append(
            IndexEntry(
                run=stats["run"],
                strategy=stats["strategy"],
                created=str(described["created"]),
                start=stats["start"],
                end=stats["end"],
                verdict=stats["verdict"],
                snapshot=stats["snapshot"],
                simulated=stats["simulated"],
                trials=stats["trials"],
                href=f"{path.parent.name}/{PAGE}",
                benchmark=name,
                alpha_annual=numbers.get("alpha_annual"),
                lower=low,
                upper=high,
            )
        )
    return sorted(entries, key=lambda entry: (entry.created, entry.run), reverse=True)


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A new folder to fill; it takes the place of `folder` when the block ends well, and is removed when not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old = new.with_name(new.name + "-old")
    try:
        yield new
        new.chmod(0o755)
        if folder.exists():
            os.replace(folder, old)
        os.replace(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _run_yaml(result: Result, trial: Trial, stats: Mapping[str, Any], record: RunRecord) -> str:
    content = {
        "trial": trial.id,
        "run": stats["run"],
        "created": record.created,
        "command": record.command,
        "snapshot": trial.snapshot,
        "simulated": trial.simulated,
        "market": result.market.manifest.get("sources"),
        "from": trial.start,
        "to": trial.end,
        "seed": record.seed,
        "versions": dict(record.versions),
        **configuration(result.strategy),
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def _tables(judgement: Judgement) -> dict[str, pd.DataFrame]:
    result = judgement.result
    returns = judgement.daily
    returns.insert(2, "value", result.simulation.value.reindex(returns.index))
    return {
        "returns": returns.rename_axis("session").reset_index(),
        "targets": _targets_frame(result.targets),
        "holdings": result.holdings,
        "trades": result.trades,
    }


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
    with duckdb.connect() as connection:
        connection.register("rows", frame)
        connection.execute(f"copy (select * from rows) to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)")
