"""Stored runs side by side, with paired differences of their monthly returns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from active_edge.errors import ConfigError
from active_edge.inference.performance import drawdowns
from active_edge.report.compare import render_compare
from active_edge.report.document import write_page
from active_edge.report.run_page import RunPage
from active_edge.results.difference import paired_difference, sharpe_gap
from active_edge.results.entry import PAGE
from active_edge.results.family import family_of_runs
from active_edge.results.folders import find_run, has_targets, read_returns, read_stats, read_targets
from active_edge.results.index import write_index
from active_edge.results.joint_edge import JointEdge, joint_edges
from active_edge.results.likeness import correlations, overlaps
from active_edge.results.pages import false_positive_rates
from active_edge.results.records import read_record, rerun_command
from active_edge.results.series import CASH
from active_edge.robustness_stats import FamilyStats
from active_edge.stats import Stats

COMPARE_PAGE = "compare.html"
NAMED = r"[a-z0-9][a-z0-9_-]{0,79}"
LONGEST_NAME = 80
SHARPE_COLUMNS = ("sharpe_difference", "sharpe_lower", "sharpe_upper", "sharpe_p")
COLUMNS = ["first", "second", "difference_annual", "lower", "upper", "p", "months", "sessions", *SHARPE_COLUMNS]


@dataclass(frozen=True)
class Comparison:
    """Stored runs and the differences between each two of them.

    Attributes
    ----------
    stats : the stats of each run, in the order asked for.
    differences : one row a pair: first, second, difference_annual (first minus second, arithmetic, decimal), lower,
        upper (95 %), p, months and sessions in common; then the same of the Sharpe ratios a year.
    together : benchmark by benchmark, whether the runs have an alpha at all.
    family : what is believed of the best of them; None where they cannot be read as one family.
    page : the page written.
    """

    stats: list[Stats]
    differences: pd.DataFrame
    together: list[JointEdge]
    family: FamilyStats | None
    page: Path


def compare_runs(
    runs: Sequence[str],
    out: str | Path = "results",
    *,
    name: str = "",
    announce: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """The runs of a results folder side by side, written as one page, ``compare.html``, in that folder.

    The page is kept beside it under its own name, ``compare-NAME.html``, and linked from the list of runs.

    Parameters
    ----------
    runs : run names; a strategy's name stands for its newest run.
    name : small letters, digits, ``_`` and ``-``; default the names of the runs.
    announce : as `find_run`.

    Raises
    ------
    MissingInput : a run is not stored there.
    ConfigError : the name is none.
    """
    results = Path(out)
    if name and not re.fullmatch(NAMED, name):
        raise ConfigError(
            f"--name {name!r} is no name; give small letters, digits, _ and -, such as quality_against_junk"
        )
    folders = [find_run(results, run, announce=announce) for run in runs]
    stats = [read_stats(folder) for folder in folders]
    returns = [read_returns(folder) for folder in folders]
    differences = pd.DataFrame(
        [_difference(stats[a].run, stats[b].run, returns[a], returns[b]) for a, b in combinations(range(len(runs)), 2)],
        columns=COLUMNS,
    )
    benchmarks = dict.fromkeys(name for one in stats for name in one.benchmarks)
    together = joint_edges({one.run: frame for one, frame in zip(stats, returns, strict=True)}, list(benchmarks))
    pages = [_page(folder, s, r) for folder, s, r in zip(folders, stats, returns, strict=True)]
    hrefs = {s.run: f"{folder.name}/{PAGE}" for folder, s in zip(folders, stats, strict=True)}
    family = family_of_runs(stats, returns)
    joint = [asdict(one) for one in together]
    drawn = render_compare(
        pages, differences, together=joint, family=family, hrefs=hrefs, likeness=_likeness(stats, returns, folders)
    )
    write_page(drawn, results / f"compare-{name or _named(stats)}.html")
    page = write_page(drawn, results / COMPARE_PAGE)
    write_index(results)
    return Comparison(stats, differences, together, family, page)


def _named(stats: Sequence[Stats]) -> str:
    """A name of the runs together: theirs, or where that is long, of the first with a hash of all."""
    whole = "_".join(one.run for one in stats)
    if len(whole) <= LONGEST_NAME:
        return whole
    return f"{stats[0].run}_and_{len(stats) - 1}_more_{hashlib.sha256(whole.encode()).hexdigest()[:6]}"


def _likeness(stats: Sequence[Stats], returns: Sequence[pd.DataFrame], folders: Sequence[Path]) -> dict[str, Any]:
    """The tables of `likeness` by what they tell; those that cannot be made are not in it."""
    yardstick = next((one.yardstick for one in stats if one.yardstick), "")
    runs = [one.run for one in stats]
    held = {run: read_targets(folder) for run, folder in zip(runs, folders, strict=True) if has_targets(folder)}
    found = {
        f"Correlation of daily returns beyond {yardstick}": correlations(
            dict(zip(runs, returns, strict=True)), yardstick
        ),
        "Share of the weight held in common": overlaps(held),
    }
    return {title: table for title, table in found.items() if table is not None}


def _difference(first: str, second: str, a: pd.DataFrame, b: pd.DataFrame) -> dict[str, Any]:
    found, ratios = paired_difference(a["net"], b["net"]), sharpe_gap(a, b)
    low, high = found.interval
    sharpe = (np.nan,) * 4 if ratios is None else (ratios.difference, *ratios.ci, ratios.p)
    return {
        "first": first,
        "second": second,
        "difference_annual": found.annual,
        "lower": low,
        "upper": high,
        "p": found.p,
        "months": found.months,
        "sessions": found.sessions,
        **dict(zip(SHARPE_COLUMNS, sharpe, strict=True)),
    }


def _page(folder: Path, stats: Stats, returns: pd.DataFrame) -> RunPage:
    names = [name for name in returns.columns if name not in ("gross", "value", CASH)]
    start = pd.DataFrame(1.0, index=pd.DatetimeIndex([pd.Timestamp(stats.start)]), columns=names)
    return RunPage(
        stats=stats,
        record=read_record(folder),
        command=rerun_command(folder),
        growth=pd.concat([start, (1.0 + returns[names]).cumprod()]).rename_axis("session"),
        drawdown=pd.DataFrame({name: drawdowns(returns[name]) for name in names}, index=returns.index),
        calibration=false_positive_rates(stats.months),
    )
