"""What the headline of a sweep, its walk-forward, says where no variant has an edge, and where some have one.

Monthly worlds: variants of one strategy whose errors are alike, some with a style that drifts. In planted worlds the
first eighth of the variants has an edge, as one end of a grid would. Choosing, holding, purge, embargo and the charge
for each switch are those of `sweeping.walk_forward`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from active_edge.calibration.after_sweep import DEGREES, KINDS, TRACKING_ERROR, kind_name, market_and_errors
from active_edge.calibration.summary import LEVEL
from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.binomial import binomial_interval
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.progress import Progress, silent
from active_edge.sweeping.walk_forward import walk_forward
from active_edge.words import count, percent

NAME = "sweep"
"""What `calibrate --worlds` calls these."""
MONTHS, VARIANTS, SWEEPS = 120, 200, 2400
REGION = 8
"""One in so many variants has the edge of a planted world."""
EDGES = (0.0, 0.04, 0.08)
"""A year."""
SWITCH = 0.005
"""What selling one portfolio and buying another costs, a fraction of it."""


@dataclass(frozen=True)
class Followed:
    """What following a sweep of one world earned.

    Attributes
    ----------
    kind : place in `KINDS`. edge : of the region, a year.
    passes : its alpha is above zero with a two-sided p of at most 5 %, which every word in its favour needs.
    alpha : a year. right : share of its choices that lie in the region.
    """

    kind: int
    edge: float
    passes: bool
    alpha: float
    right: float


def follow_sweeps(
    *,
    sweeps: int = SWEEPS,
    variants: int = VARIANTS,
    months: int = MONTHS,
    seed: int = 1,
    progress: Progress = silent,
) -> list[Followed]:
    """Sweeps followed, each of `EDGES` on the same draws; the same for the same seed.

    Errors and market have the tails of Student's t with five degrees of freedom.
    """
    found = []
    for place in range(sweeps):
        progress("sweeps", place, sweeps)
        rng = np.random.default_rng([seed, place, 2])
        passive, errors = market_and_errors(rng, *KINDS[place % len(KINDS)], months, variants)
        own = (TRACKING_ERROR / math.sqrt(MONTHS_A_YEAR) * errors).T
        found += [_follow(place % len(KINDS), edge, passive, own) for edge in EDGES]
    progress("sweeps", sweeps, sweeps)
    return found


def _follow(kind: int, edge: float, passive: np.ndarray, own: np.ndarray) -> Followed:
    size = len(own) // REGION
    returns = passive + own
    returns[:size] += edge / MONTHS_A_YEAR
    found = walk_forward(returns, np.zeros(len(passive)), passive, np.full(len(own), SWITCH))
    assert found is not None
    sample = SampleMatrix.of(found.returns[:, None], periods_per_year=MONTHS_A_YEAR)
    told = alpha_matrix(sample, passive[found.rows][:, None])
    alpha = float(told.alpha_annual[0])
    right = float(np.mean([choice.number < size for choice in found.choices]))
    return Followed(kind, edge, bool(alpha > 0.0 and told.p[0] <= LEVEL), alpha, right)


def rows_of(found: list[Followed]) -> list[tuple[str, ...]]:
    """A row a kind of world and one of all: name, worlds, and for each edge how often it passes; for edges that are
    any, the share of choices in the region."""
    kinds = [*range(len(KINDS)), None]
    return [_row(kind, [one for one in found if kind is None or one.kind == kind]) for kind in kinds]


def _row(kind: int | None, own: list[Followed]) -> tuple[str, ...]:
    cells = []
    for edge in EDGES:
        with_it = [one for one in own if one.edge == edge]
        hits, n = sum(one.passes for one in with_it), len(with_it)
        low, high = map(percent, binomial_interval(hits, n))
        cells.append(f"{percent(hits / n)} ({low} to {high})")
    for edge in EDGES[1:]:
        cells.append(percent(float(np.mean([one.right for one in own if one.edge == edge])), 0))
    return "all" if kind is None else kind_name(*KINDS[kind]), str(len(own) // len(EDGES)), *cells


HEADER = (
    "kind", "worlds", "no edge", *(f"{percent(edge, 0)} a year" for edge in EDGES[1:]),
    *(f"right at {percent(edge, 0)}" for edge in EDGES[1:]),
)  # fmt: skip


def sweep_document(found: list[Followed], *, variants: int = VARIANTS, months: int = MONTHS) -> str:
    """The table as a Markdown document."""
    lines = [
        "# The walk-forward of a sweep",
        "",
        f"How often following a sweep of {count(variants, 'variant')} over {count(months, 'month')} shows an alpha "
        f"above zero with a two-sided p of at most {percent(LEVEL, 0)}: without an edge, and with one in an eighth of "
        "the variants. A word in favour needs that and more, so under *no edge* stands what `supported` can be wrong "
        f"in at most; half of {percent(LEVEL, 0)} is what a test of one side leaves. Made by `active-edge calibrate "
        f"--worlds {NAME} --page FILE`.",
        "",
        "| " + " | ".join(HEADER) + " |",
        "|---" * len(HEADER) + "|",
        *("| " + " | ".join(row) + " |" for row in rows_of(found)),
        "",
        "In brackets exact 95 % intervals. *Right at*: share of the yearly choices that lie in the region with the "
        f"edge; {percent(1 / REGION)} would by chance. Tracking error {percent(TRACKING_ERROR, 0)} a year; errors and "
        f"market with the tails of Student's t({DEGREES}); a switch costs {percent(SWITCH)}. Variants drawn once serve "
        "all edges of a world.",
    ]
    return "\n".join(lines) + "\n"


def write_sweep_worlds(
    page: Path | None, *, sweeps: int = SWEEPS, seed: int = 1, progress: Progress = silent
) -> list[tuple[str, ...]]:
    """The rows of the table, measured; written as a document too where a page is named."""
    found = follow_sweeps(sweeps=sweeps, seed=seed, progress=progress)
    if page is not None:
        page.write_text(sweep_document(found), encoding="utf-8")
    return rows_of(found)
