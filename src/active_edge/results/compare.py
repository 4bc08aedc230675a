"""Stored runs side by side, with paired differences of their daily returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from active_edge.errors import InferenceError, MissingInput
from active_edge.inference.performance import drawdowns
from active_edge.inference.regression import hac_mean
from active_edge.inference.sample import Sample
from active_edge.report.compare import render_compare
from active_edge.report.document import write_page
from active_edge.report.record import RunRecord
from active_edge.results.folders import PAGE, RUN, read_returns, read_stats
from active_edge.results.records import false_positive_rates
from active_edge.sessions import SESSIONS_A_YEAR

COMPARE_PAGE = "compare.html"


@dataclass(frozen=True)
class Comparison:
    """Stored runs and the differences between each two of them.

    Attributes
    ----------
    stats : the stats of each run, in the order asked for.
    differences : one row a pair: first, second, difference_annual (first minus second, arithmetic, decimal), lower,
        upper (95 %, HAC), p, sessions in common.
    page : the page written.
    """

    stats: list[dict[str, Any]]
    differences: pd.DataFrame
    page: Path


def compare_runs(runs: Sequence[str], out: str | Path) -> Comparison:
    """The runs of a results folder on one page, ``compare.html`` in that folder.

    Parameters
    ----------
    runs : run names; a strategy's name stands for its newest run.

    Raises
    ------
    MissingInput : a run is not stored there.
    """
    results = Path(out)
    folders = [_folder(results, run) for run in runs]
    stats = [read_stats(folder) for folder in folders]
    returns = [read_returns(folder) for folder in folders]
    differences = pd.DataFrame(
        [
            _difference(stats[a]["run"], stats[b]["run"], returns[a]["net"], returns[b]["net"])
            for a, b in combinations(range(len(runs)), 2)
        ],
        columns=["first", "second", "difference_annual", "lower", "upper", "p", "sessions"],
    )
    records = [_record(folder, s, r) for folder, s, r in zip(folders, stats, returns, strict=True)]
    pages = {s["run"]: f"{folder.name}/{PAGE}" for folder, s in zip(folders, stats, strict=True)}
    page = write_page(render_compare(records, differences, pages=pages), results / COMPARE_PAGE)
    return Comparison(stats, differences, page)


def _folder(results: Path, run: str) -> Path:
    folder = results / Path(run).name
    if (folder / RUN).is_file():
        return folder
    of_strategy = [path.parent for path in results.glob(f"[!.]*/{RUN}") if path.parent.name.rpartition("-")[0] == run]
    if not of_strategy:
        stored = sorted(path.parent.name for path in results.glob(f"[!.]*/{RUN}"))
        raise MissingInput(f"{results}: no run named {run!r}; stored are {', '.join(stored) or 'none'}")
    return max(of_strategy, key=lambda path: (path / RUN).stat().st_mtime)


def _difference(first: str, second: str, a: pd.Series, b: pd.Series) -> dict[str, Any]:
    common = a.index.intersection(b.index)
    row: dict[str, Any] = {"first": first, "second": second, "sessions": len(common)}
    nothing = dict.fromkeys(("difference_annual", "lower", "upper", "p"), np.nan)
    if not len(common):
        return row | nothing
    try:
        estimate = hac_mean(Sample.of(a.loc[common] - b.loc[common], periods_per_year=SESSIONS_A_YEAR))
    except InferenceError:
        mean = float((a.loc[common] - b.loc[common]).mean() * SESSIONS_A_YEAR)
        return row | nothing | {"difference_annual": mean}
    low, high = estimate.ci
    return row | {"difference_annual": estimate.alpha_annual, "lower": low, "upper": high, "p": estimate.p}


def _record(folder: Path, stats: dict[str, Any], returns: pd.DataFrame) -> RunRecord:
    described = yaml.safe_load((folder / RUN).read_text(encoding="utf-8"))
    names = [name for name in returns.columns if name not in ("gross", "value")]
    start = pd.DataFrame(1.0, index=pd.DatetimeIndex([pd.Timestamp(stats["start"])]), columns=names)
    content = {part: described[part] for part in ("strategy", "screen")}
    return RunRecord(
        stats=stats,
        configuration=yaml.safe_dump(content, sort_keys=False, allow_unicode=True),
        command=described["command"],
        growth=pd.concat([start, (1.0 + returns[names]).cumprod()]).rename_axis("session"),
        drawdown=pd.DataFrame({name: drawdowns(returns[name]) for name in names}, index=returns.index),
        versions=described["versions"],
        seed=described["seed"],
        created=str(described["created"]),
        calibration=false_positive_rates(),
    )
