"""Stored runs side by side, with paired differences of their daily returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.performance import drawdowns
from active_edge.inference.regression import hac_mean
from active_edge.inference.sample import Sample
from active_edge.report.compare import render_compare
from active_edge.report.document import write_page
from active_edge.report.run_page import RunPage
from active_edge.results.folders import PAGE, find_run, read_returns, read_stats
from active_edge.results.pages import false_positive_rates
from active_edge.results.records import read_record, rerun_command
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.stats import Stats

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

    stats: list[Stats]
    differences: pd.DataFrame
    page: Path


def compare_runs(runs: Sequence[str], out: str | Path) -> Comparison:
    """The runs of a results folder side by side, written as one page, ``compare.html``, in that folder.

    Parameters
    ----------
    runs : run names; a strategy's name stands for its newest run.

    Raises
    ------
    MissingInput : a run is not stored there.
    """
    results = Path(out)
    folders = [find_run(results, run) for run in runs]
    stats = [read_stats(folder) for folder in folders]
    returns = [read_returns(folder) for folder in folders]
    differences = pd.DataFrame(
        [
            _difference(stats[a].run, stats[b].run, returns[a]["net"], returns[b]["net"])
            for a, b in combinations(range(len(runs)), 2)
        ],
        columns=["first", "second", "difference_annual", "lower", "upper", "p", "sessions"],
    )
    pages = [_page(folder, s, r) for folder, s, r in zip(folders, stats, returns, strict=True)]
    hrefs = {s.run: f"{folder.name}/{PAGE}" for folder, s in zip(folders, stats, strict=True)}
    page = write_page(render_compare(pages, differences, hrefs=hrefs), results / COMPARE_PAGE)
    return Comparison(stats, differences, page)


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


def _page(folder: Path, stats: Stats, returns: pd.DataFrame) -> RunPage:
    names = [name for name in returns.columns if name not in ("gross", "value")]
    start = pd.DataFrame(1.0, index=pd.DatetimeIndex([pd.Timestamp(stats.start)]), columns=names)
    return RunPage(
        stats=stats,
        record=read_record(folder),
        command=rerun_command(folder),
        growth=pd.concat([start, (1.0 + returns[names]).cumprod()]).rename_axis("session"),
        drawdown=pd.DataFrame({name: drawdowns(returns[name]) for name in names}, index=returns.index),
        calibration=false_positive_rates(),
    )
