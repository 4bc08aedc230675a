"""What following a rule of choice would have earned: chosen on the past, held for a year, chosen again.

The best of many variants says little of what the best will do. Here every month is earned by a variant that was chosen
before it, so the returns are out of sample for the whole search, and are judged as those of one strategy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR

CRITERION = "the largest t of the alpha on the yardstick over all months before"
LEAST_PAST = 24
"""Months a choice needs."""
HELD = 12
PURGE = 3
"""Months before a choice that are left out: what was held in them may still be held after it (a quarter)."""
EMBARGO = 1
"""One month more, for months that lean on one another."""


@dataclass(frozen=True)
class Choice:
    """A variant chosen once.

    Attributes
    ----------
    number : of the variant; -1 where none could be chosen, and cash is held.
    past : months it was chosen on. t : of its alpha over them.
    start, stop : rows of the months it was held in, the latter excluded.
    charge : of the switch, a fraction of the portfolio, paid in the first month.
    """

    number: int
    past: int
    t: float
    start: int
    stop: int
    charge: float


@dataclass(frozen=True)
class WalkForward:
    """Choices, and what they earned.

    Attributes
    ----------
    choices : one a year. returns : (n,) net return of each month from the first choice on.
    rows : (n,) int, the months they are of among those of the sweep.
    """

    choices: Sequence[Choice]
    returns: np.ndarray
    rows: np.ndarray


def walk_forward(
    months: np.ndarray,
    cash: np.ndarray,
    passive: np.ndarray,
    switch: np.ndarray,
    *,
    least: int = LEAST_PAST,
    held: int = HELD,
    gap: int = PURGE + EMBARGO,
) -> WalkForward | None:
    """The returns of choosing on the past and holding, again and again; None where the months are too few for one.

    Parameters
    ----------
    months : (n_variants, n) net returns, NaN before the first month of a variant.
    cash, passive : (n,) cash return, and the benchmark's over it.
    switch : (n_variants,) what selling one portfolio and buying this one costs, a fraction of it.
    least, held, gap : months a choice needs, is held for, and leaves out before it.

    Timing: a choice for months from `start` on reads months before ``start − gap`` alone.
    """
    n = months.shape[1]
    choices: list[Choice] = []
    returns: list[np.ndarray] = []
    before = -1
    for start in range(least + gap, n, held):
        stop = min(start + held, n)
        number, t = _chosen(months[:, : start - gap], cash, passive, least)
        own = cash[start:stop] if number < 0 else months[number, start:stop]
        charge = 0.0 if number in (before, -1) else float(switch[number]) * (0.5 if before < 0 else 1.0)
        own = np.where(np.arange(len(own)) == 0, (1.0 + own) * (1.0 - charge) - 1.0, own)
        choices.append(Choice(number, start - gap, t, start, stop, charge))
        returns.append(own)
        before = number
    if not choices:
        return None
    return WalkForward(tuple(choices), np.concatenate(returns), np.arange(choices[0].start, n))


def _chosen(past: np.ndarray, cash: np.ndarray, passive: np.ndarray, least: int) -> tuple[int, float]:
    """The variant with the largest t over the past months it has, and that t; -1 where none has enough of them."""
    n = past.shape[1]
    first = np.where(np.isnan(past).any(axis=1), n - np.isnan(past[:, ::-1]).argmax(axis=1), 0)
    best, largest = -1, -np.inf
    for begin in np.unique(first[n - first >= least]):
        which = np.flatnonzero((first == begin) & (past[:, -1] == past[:, -1]))
        excess = (past[which, begin:] - cash[begin:n]).T
        moving = excess.std(axis=0) > 0.0
        if not moving.any():
            continue
        try:
            sample = SampleMatrix.of(excess[:, moving], periods_per_year=MONTHS_A_YEAR)
            t = alpha_matrix(sample, passive[begin:n, None]).t
        except InferenceError:
            continue
        if t.max() > largest:
            best, largest = int(which[moving][t.argmax()]), float(t.max())
    return best, largest


def switching_costs(rows: pd.DataFrame) -> np.ndarray:
    """(n_variants,) cost of selling a portfolio and buying another, at what each dollar that a variant trades costs."""
    drag, turnover = rows["cost_drag"].to_numpy(), rows["turnover"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        costs = np.where(turnover > 0.0, drag / turnover, 0.0)
    return np.asarray(np.clip(np.nan_to_num(costs), 0.0, 1.0))
