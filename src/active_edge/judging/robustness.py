"""Everything beside the verdict that says how far to trust it: legs, other choices, missing data, the whole family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from active_edge.errors import ActiveEdgeError
from active_edge.judging.attribution import Attribution, attribute
from active_edge.judging.family import Family, joint_test
from active_edge.judging.judgement import Judgement
from active_edge.judging.knock_out import Honesty, coverage_honesty
from active_edge.judging.ladder import Rung, ladder
from active_edge.judging.samples import Samples
from active_edge.judging.sector_effects import SectorEffects, sector_effects
from active_edge.judging.sensitivity import exclusion_variations, rebalance_variations, trading_variations
from active_edge.judging.variation import Variation, table_of
from active_edge.progress import Progress, silent
from active_edge.run.backtest import Result
from active_edge.words import plain, signed

THREADS = 2


@dataclass(frozen=True)
class Robustness:
    """What was found about one judgement; None where it does not apply or was not asked for.

    Attributes
    ----------
    attribution : the alpha by leg.
    sensitivity : the frame of `table_of`.
    honesty : what the result owes to the data being there.
    adjustments : frame of further tests: test, question, value (text), p (NaN where it has none), reading.
    ladder : the rungs, from the cheapest passive choice up.
    effects : the return beyond the rebuilt index by sector and size, or why it is not known.
    """

    attribution: Attribution | None
    sensitivity: pd.DataFrame | None
    honesty: Honesty | None
    adjustments: pd.DataFrame | None
    ladder: list[Rung]
    effects: SectorEffects | str


def robustness_of(
    judgement: Judgement,
    *,
    moved: Sequence[Variation] = (),
    sensitivity: bool = True,
    seed: int = 0,
    progress: Progress = silent,
) -> Robustness:
    """Everything about one judgement.

    Parameters
    ----------
    moved : the strategy in other rebalance months, from `rebalance_variations`.
    sensitivity : False leaves out the sensitivity table and the knock-outs.
    seed : of bootstraps and of the companies hidden at random.
    progress : told between its parts; what it raises ends the work.
    """
    progress("hidden data", 0, 3)
    honesty = coverage_honesty(judgement, seed=seed) if sensitivity else None
    progress("other choices", 1, 3)
    table = None
    if sensitivity and judgement.yardstick is not None:
        hidden = [] if honesty is None else honesty.variations
        table = table_of(
            judgement,
            [*trading_variations(judgement), *moved, *exclusion_variations(judgement), *hidden],
        )
    progress("legs", 2, 3)
    attribution = attribute(judgement, seed=seed, workers=THREADS, progress=progress)
    adjustments = _adjustments(judgement, attribution)
    return Robustness(
        attribution,
        table,
        honesty,
        adjustments if len(adjustments) else None,
        ladder(judgement),
        _effects(judgement.result),
    )


def _effects(result: Result) -> SectorEffects | str:
    try:
        return sector_effects(result)
    except ActiveEdgeError as error:
        # A market that ranks no companies or tells no sectors has no index to be held against. The sentence is kept
        # with the run's numbers, and those are the same wherever the market lies.
        return str(error).removeprefix(f"{result.market.path}: ")


def family_of(tried: Sequence[Result], samples: Sequence[Samples]) -> Family | None:
    """The results of one call tested together, each on its own benchmarks; None for fewer than two that traded."""
    traded = {
        result.strategy.name: own
        for result, own in zip(tried, samples, strict=True)
        if result.base is not None and own.own is not None
    }
    if len(traded) < 2 or len(traded) < sum(result.base is not None for result in tried):
        return None
    return joint_test(traded)


def moved_months(tried: Sequence[Result], *, wanted: bool = True) -> list[list[Variation]]:
    """`rebalance_variations` of the results, or nothing for each where it is not wanted."""
    return rebalance_variations(tried) if wanted else [[] for _ in tried]


def _adjustments(judgement: Judgement, attribution: Attribution | None) -> pd.DataFrame:
    trials, name, family = judgement.tally.trials, judgement.result.strategy.name, judgement.family
    columns = ["test", "question", "value", "p", "reading"]
    rows = [] if family is None else family.adjustments(name, trials).to_dict("records")
    if attribution is not None:
        rows.append(_legs_row(attribution))
    return pd.DataFrame(rows, columns=columns)


def _legs_row(attribution: Attribution) -> dict[str, Any]:
    """Holm over the legs: the leg with the smallest p."""
    table = attribution.table
    best = table.loc[table["p"].idxmin()]
    found = best["p_holm"] <= 0.05
    return {
        "test": "Holm over legs",
        "question": f"Does any of the {len(table)} legs change the alpha on {attribution.benchmark}?",
        "value": f"{plain(str(best['leg']))} {signed(best['shapley'])} a year",
        "p": float(best["p_holm"]),
        "reading": "At least this one does." if found else "No leg's share can be told from zero.",
    }
