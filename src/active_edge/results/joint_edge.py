"""What several stored runs have beyond a benchmark together: one test instead of one a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.asset_pricing import grs_test
from active_edge.inference.matrix import SampleMatrix
from active_edge.judging.samples import months_of
from active_edge.results.series import CASH
from active_edge.sessions import SESSIONS_A_YEAR

NO_CASH = "their returns were stored without those of cash; run them again"


@dataclass(frozen=True)
class JointEdge:
    """The test of Gibbons, Ross and Shanken that no run has an alpha on a benchmark; None where it cannot be had.

    Attributes
    ----------
    benchmark, runs, months : what was tested, over the complete months all of them have.
    mean_absolute_alpha : a year, decimal.
    statistic, degrees, p : of the F distribution.
    why_not : why there is no test; empty where there is one.
    """

    benchmark: str
    runs: tuple[str, ...]
    months: int = 0
    mean_absolute_alpha: float | None = None
    statistic: float | None = None
    degrees: tuple[int, int] | None = None
    p: float | None = None
    why_not: str = ""


def joint_edges(returns: Mapping[str, pd.DataFrame], benchmarks: Sequence[str]) -> list[JointEdge]:
    """Every benchmark that two runs or more were held against, in order.

    Parameters
    ----------
    returns : run -> (n_sessions, ...) its stored daily returns.
    """
    shared = {name: [run for run, frame in returns.items() if name in frame] for name in benchmarks}
    return [_tested(name, {run: returns[run] for run in runs}) for name, runs in shared.items() if len(runs) > 1]


def _tested(benchmark: str, returns: Mapping[str, pd.DataFrame]) -> JointEdge:
    runs = tuple(returns)
    if any(CASH not in frame for frame in returns.values()):
        return JointEdge(benchmark, runs, why_not=NO_CASH)
    common = next(iter(returns.values())).index
    for frame in returns.values():
        common = common.intersection(frame.index)
    if not len(common):
        return JointEdge(benchmark, runs, why_not="they have no session in common")
    months = months_of(common, SESSIONS_A_YEAR)
    table = pd.concat([frame.loc[common] for frame in returns.values()], axis=1, keys=runs)
    cash = months.compound(table[runs[0], CASH].to_numpy())[:, None]
    try:
        own = SampleMatrix.of(
            months.compound(table.xs("net", axis=1, level=1).to_numpy()) - cash,
            periods_per_year=months.periods_per_year,
            name="the months these runs have in common",
        )
        found = grs_test(own, months.compound(table[runs[0], benchmark].to_numpy())[:, None] - cash)
    except InferenceError as error:
        return JointEdge(benchmark, runs, months.n, why_not=str(error))
    return JointEdge(
        benchmark,
        runs,
        months.n,
        mean_absolute_alpha=float(np.abs(found.alphas).mean()) * months.periods_per_year,
        statistic=found.statistic,
        degrees=found.degrees,
        p=found.p,
    )
