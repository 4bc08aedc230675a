"""The functions that pages run, on months whose truth is known: size, exclusion, power, belief, by kind and length.

A world is one strategy against one benchmark (or four factors), without a market of firms behind it, so that 4,000 of
each kind and length take minutes. Planting an edge adds it to the estimate and changes nothing else: regressors with
a constant take it up whole. So power and belief are read from the same worlds as size.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from active_edge.calibration.bands import band, told
from active_edge.calibration.campaign import fingerprint
from active_edge.calibration.tracking import TRACKING_ERROR, drawn_null, tracking_row
from active_edge.calibration.tracking import WORLDS as FOLLOWED
from active_edge.inference.alpha import alpha_matrix
from active_edge.inference.belief import DEFAULT, WORTH_HAVING, believe
from active_edge.inference.binomial import binomial_interval
from active_edge.inference.false_alarms import CONSERVATIVE
from active_edge.inference.joint_alphas import WildAlphas, alphas_above_zero, any_alpha_above_zero, wild_alphas
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.multiple import holm
from active_edge.progress import Progress, silent

WORLDS, SEED = 4000, 1
"""Fixed once and for all, so that no rate is chosen among several."""
LENGTHS = (24, 36, 60, 120, 240)
KINDS = ("t5", "garch", "ar_2", "style", "het", "beta_drift", "t3", "skew", "stale")
"""Of `tracking.WORLDS`, and ``stale``: a tenth of the benchmark's last day of a month arrives in the next."""
JOINT_KINDS, JOINT_LENGTHS = ("t5", "garch", "style"), (24, 60, 120, 240)
FAMILY, SHARED, RESAMPLES = 16, 0.5, 399
"""Strategies of a family, the share of their variance that they have in common, resamples of each."""
FACTORS, LEAST_FACTOR_MONTHS = 4, 36
BELIEF_KINDS, BELIEF_ERROR = ("t5", "style"), 0.04
LEVEL, COVERAGE = 0.05, (0.77, 0.83)
EDGES, ERRORS = (0.02, 0.04), (0.04, 0.07, 0.10)
STALE = 0.1
LAST_DAY = 1.0 / 21.0
MONTHS_A_YEAR = 12.0


@dataclass(frozen=True)
class Measured:
    """Estimates of many worlds, a year: alpha, cosine and classical error, each (worlds,), and degrees of freedom."""

    alpha: np.ndarray
    error: np.ndarray
    classical: np.ndarray
    degrees: int

    @property
    def t(self) -> np.ndarray:
        """(worlds,) alpha over its cosine error."""
        return np.asarray(self.alpha / self.error)

    def quantile(self, share: float) -> float:
        """Of Student's t with these degrees."""
        from scipy.special import stdtrit

        return float(stdtrit(self.degrees, share))


def measure_series(
    *,
    worlds: int = WORLDS,
    seed: int = SEED,
    lengths: Sequence[int] = LENGTHS,
    kinds: Sequence[str] = KINDS,
    workers: int = 1,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Every rate of monthly worlds, as plain JSON content.

    Returns
    -------
    mapping
        worlds, seed, seconds (of processor), rates: rows of test, kind, months, reject, interval (95 %, exact), band
        (what luck allows), told (a sentence where it lies outside, else empty). power: rows of edge, tracking_error,
        months, found. belief: rows of kind, months, coverage, told, said, true. tracking: rows of `tracking_row`, of
        following a sealed strategy for as long as the longest.
    """
    jobs = list(_jobs(kinds, lengths))
    rows: list[dict[str, Any]] = []
    power: list[dict[str, Any]] = []
    belief: list[dict[str, Any]] = []
    followed: list[dict[str, Any]] = []
    seconds = 0.0
    for done, found in enumerate(_run(jobs, worlds, seed, workers), start=1):
        rows += found["rates"]
        power += found["power"]
        belief += found["belief"]
        followed += found["tracking"]
        seconds += found["seconds"]
        progress("monthly worlds", done, len(jobs))
    banded(rows, worlds)
    order = {kind: place for place, kind in enumerate(KINDS)}
    rows.sort(key=lambda row: (row["test"], order[row["kind"]], row["months"]))
    belief.sort(key=lambda row: (row["kind"], row["months"]))
    power.sort(key=lambda row: (row["months"], row["tracking_error"], row["edge"]))
    followed.sort(key=lambda row: list(FOLLOWED).index(row["kind"]))
    told = {"rates": rows, "power": power, "belief": belief, "tracking": followed}
    return {"worlds": worlds, "seed": seed, "seconds": seconds, **told}


def banded(rows: Sequence[dict[str, Any]], worlds: int) -> None:
    """Put band and told into rows in the place of their hits, all of which share the chance of being wrong."""
    for row in rows:
        allowed = band(worlds, LEVEL, len(rows), conservative=row["test"].startswith(CONSERVATIVE))
        row["band"] = list(allowed.shares)
        row["told"] = told(row.pop("hits"), allowed, LEVEL)


def measured_months(
    *, workers: int = 1, created: str = "", command: str = "", progress: Progress = silent
) -> dict[str, Any]:
    """`measure_series` at its fixed number of worlds and seed, with when and how it was made and of what code."""
    found = measure_series(workers=workers, progress=progress)
    return {"created": created, "command": command, "code": fingerprint(__name__), **found}


def _jobs(kinds: Sequence[str], lengths: Sequence[int]) -> Iterator[tuple[str, str, int]]:
    yield from (("tracking", kind, max(lengths)) for kind in FOLLOWED if kinds is KINDS or kind in kinds)
    for months in sorted(lengths, reverse=True):
        for kind in kinds:
            yield "alone", kind, months
            if kind in JOINT_KINDS and months in JOINT_LENGTHS:
                yield "joint", kind, months


def _run(jobs: Sequence[tuple[str, str, int]], worlds: int, seed: int, workers: int) -> Iterator[dict[str, Any]]:
    if workers == 1:
        yield from (_job(*job, worlds, seed) for job in jobs)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)(
        delayed(_job)(*job, worlds, seed) for job in jobs
    )


def _job(what: str, kind: str, months: int, worlds: int, seed: int) -> dict[str, Any]:
    """Rates, power and belief of one kind and length."""
    begun = time.process_time()
    found: dict[str, Any] = {"rates": [], "power": [], "belief": [], "tracking": []}
    if what == "tracking":
        found["tracking"] = [tracking_row(kind, tracks=worlds, months=months, seed=seed)]
    elif what == "joint":
        found["rates"] = _joint(kind, months, worlds, seed)
    else:
        own, benchmark = draw(kind, months, worlds, seed)
        alone = estimates(own, benchmark[:, :, None])
        found["rates"] = _sizes("benchmark_alpha", alone, kind, months)
        if kind == "t5":
            found["power"] = _power(alone, months)
        if kind in BELIEF_KINDS:
            found["belief"] = [_belief(alone, kind, months, seed)]
        if kind in JOINT_KINDS:
            gap = own - benchmark
            found["rates"] += _sizes("paired_difference", estimates(gap, gap[:, :, None][:, :, :0]), kind, months)[:1]
        if kind in JOINT_KINDS and months >= LEAST_FACTOR_MONTHS:
            factors = factor_draws(months, worlds, seed)
            found["rates"] += _sizes("factor_alpha", estimates(own - benchmark, factors), kind, months)[:2]
    return found | {"seconds": time.process_time() - begun}


def draw(kind: str, months: int, worlds: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(months, worlds) excess returns without an edge, and of their benchmark as it is seen."""
    if kind != "stale":
        return drawn_null(kind, tracks=worlds, months=months, seed=seed)
    own, benchmark = drawn_null("t5", tracks=worlds, months=months + 1, seed=seed)
    last = math.sqrt(LAST_DAY) * benchmark.std() * np.random.default_rng([seed, months]).standard_normal(own.shape)
    return own[1:] + last[1:], (benchmark + last)[1:] - STALE * last[1:] + STALE * last[:-1]


def factor_draws(months: int, worlds: int, seed: int) -> np.ndarray:
    """(months, worlds, FACTORS) heavy-tailed factor returns."""
    rng = np.random.default_rng([seed, months, FACTORS])
    return 0.03 * math.sqrt(0.6) * rng.standard_t(5, (months, worlds, FACTORS))


def estimates(own: np.ndarray, regressors: np.ndarray) -> Measured:
    """The alpha of each world by the function that pages run.

    Parameters
    ----------
    own : (months, worlds). regressors : (months, worlds, k).
    """
    rows = np.empty((3, own.shape[1]))
    degrees = 0
    for world in range(own.shape[1]):
        sample = SampleMatrix.of(own[:, world : world + 1], periods_per_year=MONTHS_A_YEAR)
        found = alpha_matrix(sample, np.ascontiguousarray(regressors[:, world]))
        rows[:, world] = found.alpha_annual[0], found.se_annual[0], found.se_ols_annual[0]
        degrees = found.degrees
    return Measured(rows[0], rows[1], rows[2], degrees)


def _sizes(test: str, found: Measured, kind: str, months: int) -> list[dict[str, Any]]:
    """False alarms of the two-sided and the one-sided test, and how often the bound excludes the truth."""
    one_sided = found.quantile(1.0 - LEVEL)
    return [
        _rate(test, kind, months, np.abs(found.t) > found.quantile(1.0 - LEVEL / 2.0)),
        _rate(f"{test}_one_sided", kind, months, found.t > one_sided),
        _rate("excluded_above", kind, months, found.t < -one_sided),
    ]


def _rate(test: str, kind: str, months: int, rejected: np.ndarray) -> dict[str, Any]:
    hits, n = int(rejected.sum()), len(rejected)
    share = {"reject": hits / n, "interval": list(binomial_interval(hits, n)), "hits": hits}
    return {"test": test, "kind": kind, "months": months} | share


def _power(found: Measured, months: int) -> list[dict[str, Any]]:
    """Share of worlds with a planted edge in which it is found, in the right direction; edges are added to the
    estimate, tracking errors scale it. The edge of the printed size is found four times in five."""
    critical = found.quantile(1.0 - LEVEL / 2.0)
    rows = []
    for tracking in ERRORS:
        scale = tracking / TRACKING_ERROR
        detectable = (critical + found.quantile(0.8)) * scale * float(np.sqrt((found.error**2).mean()))
        for edge in (*EDGES, detectable):
            hits = int(((scale * found.alpha + edge) / (scale * found.error) > critical).sum())
            rows.append(
                {
                    "months": months,
                    "tracking_error": tracking,
                    "edge": edge,
                    "of_printed_size": edge is detectable,
                    "found": hits / len(found.t),
                }
            )
    return rows


def _belief(found: Measured, kind: str, months: int, seed: int) -> dict[str, Any]:
    """Edges drawn from the default prior: how often the 80 % interval holds them, and of the worlds told a chance of at
    least a half of more than 0.5 % a year, the mean chance told and the share in which it is true."""
    edges = np.random.default_rng([seed, months]).normal(DEFAULT.mean, DEFAULT.deviation, len(found.t))
    scale = BELIEF_ERROR / TRACKING_ERROR
    inside, chance = np.empty(len(edges), dtype=bool), np.empty(len(edges))
    for world, edge in enumerate(edges):
        error = scale * max(found.error[world], found.classical[world])
        held = believe(scale * found.alpha[world] + edge, error, found.degrees)
        inside[world] = held.interval[0] <= edge <= held.interval[1]
        chance[world] = held.probability
    likely = chance >= 0.5
    coverage = float(inside.mean())
    return {
        "kind": kind,
        "months": months,
        "coverage": coverage,
        "held": COVERAGE[0] <= coverage <= COVERAGE[1],
        "worlds_told": int(likely.sum()),
        "said": float(chance[likely].mean()) if likely.any() else None,
        "true": float((edges[likely] > WORTH_HAVING).mean()) if likely.any() else None,
    }


def _joint(kind: str, months: int, worlds: int, seed: int) -> list[dict[str, Any]]:
    """False alarms of StepM, SPA and Holm over families without an edge."""
    members = FAMILY + 1
    hits: dict[str, list[bool]] = {name: [] for name in JOINT}
    own, benchmark = draw(kind, months, worlds * members, seed)
    noise = (own - benchmark).reshape(months, worlds, members)
    for world in range(worlds):
        market = benchmark[:, world * members]
        mixed = math.sqrt(SHARED) * noise[:, world, :1] + math.sqrt(1.0 - SHARED) * noise[:, world, 1:]
        sample = SampleMatrix.of(market[:, None] + mixed, periods_per_year=MONTHS_A_YEAR)
        drawn = wild_alphas(sample, market[:, None], seed=world, resamples=RESAMPLES)
        for name, p in JOINT.items():
            hits[name].append(p(drawn) <= LEVEL)
    return [_rate(name, kind, months, np.array(found)) for name, found in hits.items()]


def _holm(drawn: WildAlphas) -> float:
    """The smallest p, two-sided, after Holm."""
    from scipy.special import stdtr

    return float(holm(2.0 * stdtr(drawn.degrees, -np.abs(drawn.t))).min())


JOINT: Mapping[str, Callable[[Any], float]] = MappingProxyType(
    {
        "step_m": lambda drawn: float(alphas_above_zero(drawn).adjusted_p.min()),
        "superior_predictive_ability": lambda drawn: any_alpha_above_zero(drawn).p_consistent,
        "holm": _holm,
    }
)
