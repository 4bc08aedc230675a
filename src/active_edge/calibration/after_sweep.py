"""What is left of false alarms for a strategy that is tried after a sweep, charged for the sweep's effective number.

Sweeps of variants without an edge, each with a number of its own from its own residuals; after each, fresh strategies
without an edge, fresh ones with one, and the best variant of the sweep once more, changed a little and called fresh.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from active_edge.calibration.summary import LEVEL
from active_edge.calibration.tracking import WORLDS
from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.binomial import binomial_interval
from active_edge.inference.effective_trials import effective_trials
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.progress import Progress, silent
from active_edge.words import count, number, percent

MONTHS, VARIANTS, SWEEPS, FRESH = 120, 2000, 4002, 1
"""One fresh strategy a sweep: several would share the errors of theirs, and where these are alike be nearly one."""
KINDS = ((0.5, False), (0.7, False), (0.9, False), (0.99, False), (0.7, True), (0.9, True))
"""Correlation of the errors of a sweep's variants, and whether their style is in and out of favour with a half-life of
six months; the sweeps take them in turn."""
TRACKING_ERROR, EDGE = 0.05, 0.08
"""A year: of every variant, and of a fresh strategy that has an edge."""
COPIED = 0.98
"""Correlation of the best variant with what is called fresh and is the best variant changed a little."""
DEGREES = 5
DRIFTING = WORLDS["style"]


@dataclass(frozen=True)
class AfterSweep:
    """One sweep and what was tried after it.

    Attributes
    ----------
    alike : correlation of the variants' errors. drifting : whether their style drifts for half-years.
    effective : the sweep's effective number of trials.
    fresh, with_edge : (n,) two-sided p of fresh strategies without an edge, and of those with `EDGE`.
    best : p of the sweep's best. again : p of the best changed a little.
    """

    alike: float
    drifting: bool
    effective: float
    fresh: np.ndarray
    with_edge: np.ndarray
    best: float
    again: float

    @property
    def charge(self) -> int:
        """Trials a later strategy pays for: the sweep's, rounded up as the ledger does, and itself."""
        return math.ceil(self.effective) + 1


def draw_sweeps(
    *,
    sweeps: int = SWEEPS,
    variants: int = VARIANTS,
    months: int = MONTHS,
    fresh: int = FRESH,
    seed: int = 1,
    progress: Progress = silent,
) -> list[AfterSweep]:
    """Sweeps with what was tried after each; the same for the same seed.

    Errors and market have the tails of Student's t with five degrees of freedom.
    """
    drawn = []
    for place in range(sweeps):
        progress("sweeps", place, sweeps)
        rng = np.random.default_rng([seed, place])
        drawn.append(_one(rng, *KINDS[place % len(KINDS)], variants, months, fresh))
    progress("sweeps", sweeps, sweeps)
    return drawn


def kind_name(alike: float, drifting: bool) -> str:
    """One of `KINDS` in words."""
    return f"errors alike {alike:g}{', a style that drifts' if drifting else ''}"


def drawn_errors(rng: np.random.Generator, drifting: bool, months: int, n: int) -> np.ndarray:
    """(months, n) errors of variance one that have nothing to do with each other."""
    return DRIFTING.errors(rng, np.empty((months, n))) if drifting else _heavy(rng, months, n)


def market_and_errors(
    rng: np.random.Generator, alike: float, drifting: bool, months: int, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """(months,) the market over cash; (months, n) errors of variance one whose correlation is `alike`."""
    passive = 0.08 / MONTHS_A_YEAR + 0.2 / math.sqrt(MONTHS_A_YEAR) * _heavy(rng, months)
    shared, own = drawn_errors(rng, drifting, months, 1), drawn_errors(rng, drifting, months, n)
    return passive, math.sqrt(alike) * shared + math.sqrt(1.0 - alike) * own


def _heavy(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.standard_t(DEGREES, size=shape) / math.sqrt(DEGREES / (DEGREES - 2.0))


def _one(rng: np.random.Generator, alike: float, drifting: bool, variants: int, months: int, fresh: int) -> AfterSweep:
    passive, errors = market_and_errors(rng, alike, drifting, months, variants + fresh)
    risk = TRACKING_ERROR / math.sqrt(MONTHS_A_YEAR)
    sweep, later = errors[:, :variants], errors[:, variants:]

    def p_of(own: np.ndarray, edge: float = 0.0) -> np.ndarray:
        return alpha_matrix(_matrix(passive[:, None] + risk * own + edge / MONTHS_A_YEAR), passive[:, None]).p

    found = effective_trials(_matrix(passive[:, None] + risk * sweep), passive[:, None])
    p = p_of(sweep)
    best = sweep[:, [int(np.argmin(p))]]
    again = COPIED * best + math.sqrt(1.0 - COPIED**2) * drawn_errors(rng, drifting, months, 1)
    return AfterSweep(
        alike, drifting, found.effective, p_of(later), p_of(later, EDGE), float(p.min()), float(p_of(again)[0])
    )


def _matrix(returns: np.ndarray) -> SampleMatrix:
    return SampleMatrix.of(returns, periods_per_year=MONTHS_A_YEAR)


def after_sweep_document(drawn: list[AfterSweep], *, variants: int = VARIANTS, months: int = MONTHS) -> str:
    """The page of what was drawn."""
    fresh = sum(len(one.fresh) for one in drawn)
    rows = [
        _row(
            kind_name(alike, drifting),
            [one for one in drawn if (one.alike, one.drifting) == (alike, drifting)],
            variants,
        )
        for alike, drifting in KINDS
    ]
    head = (
        "sweeps",
        "effective number, middle",
        "fresh, no edge",
        "the best again",
        "the sweep's best",
        f"fresh, {percent(EDGE, 0)} a year",
        "the same at N",
    )
    told = f"{count(len(drawn), 'sweep')}, {count(fresh, 'fresh strategy', 'fresh strategies')}"
    lines = [
        "# After a sweep",
        "",
        f"False alarms at {percent(LEVEL, 0)}, two-sided, after sweeps of {count(variants, 'variant')} without an edge "
        f"over {count(months, 'month')}: {told}. Each p is multiplied by the sweep's effective number of trials "
        "(`inference.effective_trials`, of its own residuals) and one for itself. Made by "
        "`active-edge calibrate --after-sweep FILE`.",
        "",
        f"| | {' | '.join(head)} |",
        f"|---|{'---|' * len(head)}",
        *rows,
        _row("all", drawn, variants),
        "",
        f"*The best again* is the sweep's best variant, changed a little (correlation {COPIED:g}) and called fresh: "
        "what a charge for the sweep is there to stop. *At N*: were each variant a trial. In brackets exact 95 % "
        f"intervals. Tracking error {percent(TRACKING_ERROR, 0)} a year; "
        f"errors and market with the tails of Student's t({DEGREES}). *A style that drifts*: {DRIFTING.meaning}, in "
        "the variants and in what is tried after them; it brings the variance of a sum over years to 1.8 times that of "
        "independent months.",
        "",
    ]
    return "\n".join(lines)


def _row(name: str, drawn: list[AfterSweep], variants: int) -> str:
    charges = np.array([one.charge for one in drawn])
    cells = [
        count(len(drawn), "sweep").split()[0],
        number(float(np.median([one.effective for one in drawn])), 1),
        _rate(np.concatenate([one.fresh * one.charge <= LEVEL for one in drawn])),
        _rate(np.array([one.again for one in drawn]) * charges <= LEVEL),
        _rate(np.array([one.best for one in drawn]) * charges <= LEVEL),
        _rate(np.concatenate([one.with_edge * one.charge <= LEVEL for one in drawn])),
        _rate(np.concatenate([one.with_edge * (variants + 1) <= LEVEL for one in drawn])),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def _rate(hits: np.ndarray) -> str:
    low, high = binomial_interval(int(hits.sum()), len(hits))
    return f"{percent(float(hits.mean()))} ({percent(low)} to {percent(high)})"


def write_after_sweep(file: Path, *, sweeps: int = SWEEPS, seed: int = 1, progress: Progress = silent) -> None:
    """The page, measured anew."""
    file.write_text(after_sweep_document(draw_sweeps(sweeps=sweeps, seed=seed, progress=progress)), encoding="utf-8")
