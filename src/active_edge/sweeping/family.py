"""What all variants say together: whether any beats the benchmark, how much of the best is luck, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.best_of import best_of
from active_edge.inference.joint_alphas import WildAlphas, alphas_above_zero, any_alpha_above_zero, wild_alphas
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.inference.overfitting import backtest_overfitting
from active_edge.inference.sample import Sample
from active_edge.inference.sharpe import deflated_sharpe

LEVEL = 0.05
BLOCKS = 16
RESAMPLES = 1000
MIN_MONTHS = 24
BINS = 8
"""Levels that a setting of many values is cut into."""


@dataclass(frozen=True)
class FamilyFindings:
    """A sweep as one family, on one benchmark; annual decimals.

    Attributes
    ----------
    variants, months : distinct series, and the complete months they have in common.
    effective : independent trials they are worth.
    spa : p of "none of them beats the benchmark" (Hansen). superior : numbers of those StepM finds better, 5 %.
    pbo : probability of backtest overfitting; None without a sample for it.
    best : number of the variant with the largest alpha. alpha, believed, believed_error : its estimate, and what a
    hierarchical normal leaves of it. deflated : probability that its ratio is above what the best of `effective` would
    have by luck. none_above : the edge no variant exceeds, 95 %.
    """

    variants: int
    months: int
    effective: float
    spa: float
    superior: tuple[int, ...]
    pbo: float | None
    best: int
    alpha: float
    believed: float
    believed_error: float
    deflated: float | None
    none_above: float


def family_findings(
    excess: np.ndarray, passive: np.ndarray, numbers: np.ndarray, dates: pd.DatetimeIndex
) -> FamilyFindings | None:
    """What variants say together; None for fewer than two, or too few months.

    Parameters
    ----------
    excess, passive, numbers : as `statistics.Measure.family`. dates : (n,) last days of the months.
    """
    if len(excess) < MIN_MONTHS or excess.shape[1] < 2:
        return None
    together = SampleMatrix.of(excess, periods_per_year=MONTHS_A_YEAR)
    try:
        found = wild_alphas(together, passive[:, None], seed=0, resamples=RESAMPLES)
        believed = best_of(together, passive[:, None])
    except InferenceError:
        return None
    place = believed.best
    return FamilyFindings(
        variants=excess.shape[1],
        months=len(excess),
        effective=found.effective_number(LEVEL),
        spa=any_alpha_above_zero(found).p_consistent,
        superior=tuple(int(numbers[i]) for i in alphas_above_zero(found, level=LEVEL / 2.0).superior),
        pbo=_overfitting(together.hedged(passive)),
        best=int(numbers[place]),
        alpha=float(believed.alpha[place]),
        believed=float(believed.belief.mean[place]),
        believed_error=float(believed.belief.deviation[place]),
        deflated=_deflated(together.hedged(passive), place, found, dates),
        none_above=believed.none_above,
    )


def _overfitting(hedged: SampleMatrix) -> float | None:
    try:
        return backtest_overfitting(hedged, blocks=min(BLOCKS, hedged.n // 4 * 2)).pbo
    except InferenceError:
        return None


def _deflated(hedged: SampleMatrix, place: int, found: WildAlphas, dates: pd.DatetimeIndex) -> float | None:
    ratios = hedged.returns.mean(axis=0) / hedged.returns.std(axis=0, ddof=1)
    try:
        own = Sample.of(pd.Series(hedged.returns[:, place], index=dates), periods_per_year=MONTHS_A_YEAR)
        trials = max(2, round(found.effective_number(LEVEL)))
        return float(deflated_sharpe(own, trials=trials, sharpe_variance=float(ratios.var(ddof=1))).probability)
    except InferenceError:
        return None


def levels_of(rows: pd.DataFrame, settings: list[str]) -> pd.DataFrame:
    """(n_variants, n_settings) level of each setting: its value, or the middle of the eighth it lies in."""
    found = {}
    for key in settings:
        values = rows[key]
        many = values.nunique() > 3 * BINS and pd.api.types.is_numeric_dtype(values)
        found[key] = pd.cut(values, BINS).map(lambda part: float(f"{part.mid:.3g}")).astype(float) if many else values
    return pd.DataFrame(found, index=rows.index)


def sensitivity(rows: pd.DataFrame, settings: list[str], of: str) -> pd.DataFrame:
    """One row a setting, the strongest first: setting, share of the variance of a column its levels explain, and the
    lowest and highest mean of a level with that level."""
    levels, values = levels_of(rows, settings), rows[of]
    whole = float(((values - values.mean()) ** 2).sum())
    found = []
    for key in settings:
        means = values.groupby(levels[key]).mean()
        explained = float(((values.groupby(levels[key]).transform("mean") - values.mean()) ** 2).sum())
        ends = (means.idxmin(), means.min(), means.idxmax(), means.max())
        found.append((key, explained / whole if whole > 0 else 0.0, *ends))
    columns = ["setting", "explains", "lowest_at", "lowest", "highest_at", "highest"]
    table = pd.DataFrame(found, columns=columns)
    return table.sort_values("explains", ascending=False, kind="stable", ignore_index=True)


def heat_maps(rows: pd.DataFrame, settings: list[str], of: str) -> dict[tuple[str, str], pd.DataFrame]:
    """Every two settings to the mean of a column at each of their levels, the first down, the second across."""
    levels = levels_of(rows, settings)
    return {
        (first, second): rows[of].groupby([levels[first], levels[second]]).mean().unstack()
        for first, second in combinations(settings, 2)
    }


def neighbours(rows: pd.DataFrame, settings: list[str], place: int) -> np.ndarray:
    """Places of the variants nearest to one, two for each setting: by how many levels apart they are in all."""
    apart = np.zeros(len(rows))
    for key in settings:
        step = rows[key].rank(method="dense").to_numpy()
        apart += np.abs(step - step[place]) * BINS / max(step.max() - 1.0, BINS)
    apart[place] = np.inf
    return np.argsort(apart, kind="stable")[: 2 * len(settings)]
