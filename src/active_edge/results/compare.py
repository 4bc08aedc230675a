"""Stored runs side by side, with paired differences of their monthly returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from active_edge.inference.performance import drawdowns
from active_edge.report.compare import render_compare
from active_edge.report.document import write_page
from active_edge.report.run_page import RunPage
from active_edge.results.difference import paired_difference
from active_edge.results.folders import PAGE, find_run, read_returns, read_stats
from active_edge.results.pages import false_positive_rates
from active_edge.results.records import read_record, rerun_command
from active_edge.stats import Stats

COMPARE_PAGE = "compare.html"


@dataclass(frozen=True)
class Comparison:
    """Stored runs and the differences between each two of them.

    Attributes
    ----------
    stats : the stats of each run, in the order asked for.
    differences : one row a pair: first, second, difference_annual (first minus second, arithmetic, decimal), lower,
        upper (95 %), p, months and sessions in common.
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
        columns=["first", "second", "difference_annual", "lower", "upper", "p", "months", "sessions"],
    )
    pages = [_page(folder, s, r) for folder, s, r in zip(folders, stats, returns, strict=True)]
    hrefs = {s.run: f"{folder.name}/{PAGE}" for folder, s in zip(folders, stats, strict=True)}
    page = write_page(render_compare(pages, differences, hrefs=hrefs), results / COMPARE_PAGE)
    return Comparison(stats, differences, page)


def _difference(first: str, second: str, a: pd.Series, b: pd.Series) -> dict[str, Any]:
    found = paired_difference(a, b)
    low, high = found.interval
    return {
        "first": first,
        "second": second,
        "difference_annual": found.annual,
        "lower": low,
        "upper": high,
        "p": found.p,
        "months": found.months,
        "sessions": found.sessions,
    }


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
