"""The page of a sweep, from its conclusions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from active_edge.report.sweep_page import FamilyNumbers, Held, SweepPage, render_sweep
from active_edge.results.pages import false_positive_rates
from active_edge.sweeping.conclude import Conclusions
from active_edge.sweeping.family import heat_maps, sensitivity
from active_edge.sweeping.run import Sweep
from active_edge.sweeping.walk_forward import CRITERION
from active_edge.whole import write_whole

PAGE = "report.html"


def write_sweep_page(sweep: Sweep, found: Conclusions) -> Path:
    """The page, in the folder of the sweep."""
    return write_whole(sweep.folder / PAGE, render_sweep(page_of(sweep, found)))


def page_of(sweep: Sweep, found: Conclusions) -> SweepPage:
    """What the page says."""
    of = "annual_return" if found.yardstick is None else f"alpha_{found.yardstick}"
    told = found.family
    words: list[tuple[str, str, str]] = []
    if told is not None:
        words = FamilyNumbers(
            spa=told.spa,
            superior=len(told.superior),
            pbo=told.pbo,
            deflated=told.deflated,
            alpha=told.alpha,
            believed=told.believed,
            error=told.believed_error,
            none_above=told.none_above,
            around=found.around,
            best=told.best,
            rates=false_positive_rates(told.months),
        ).words()
    return SweepPage(
        name=sweep.strategy.name,
        folder=sweep.folder.name,
        simulated=sweep.market.simulated,
        variants=len(sweep.rows),
        effective=sweep.effective,
        yardstick=found.yardstick,
        criterion=CRITERION,
        verdict="" if found.verdict is None else str(found.verdict.verdict),
        reason="" if found.verdict is None else found.verdict.reason,
        alpha=None if found.alpha is None else found.alpha.alpha_annual,
        bounds=None if found.alpha is None else found.alpha.ci,
        held=_held(found),
        family=words,
        random=pd.Series(found.random),
        own=found.own,
        sensitivity=sensitivity(sweep.rows, sweep.free, of),
        maps=heat_maps(sweep.rows, sweep.free, of),
        rows=sweep.rows.sort_values(of, ascending=False, kind="stable"),
        settings=sweep.settings,
    )


def _held(found: Conclusions) -> tuple[Held, ...]:
    walk = found.followed
    if walk is None or not len(found.dates):
        return ()
    rows = [(one, slice(one.start - walk.rows[0], one.stop - walk.rows[0])) for one in walk.choices]
    return tuple(
        Held(
            since=found.dates[part][0].replace(day=1),
            until=found.dates[part][-1],
            number=one.number,
            past=one.past,
            t=one.t,
            earned=float(np.prod(1.0 + walk.returns[part]) - 1.0),
        )
        for one, part in rows
    )
