"""All strategies of one call as a family: what remains of each edge once the search over all of them is charged for.

StepM says which of them beat a benchmark, SPA whether any does, PBO how often the best of them is the best by luck.
All are of the months the family has in common: StepM and SPA of the alphas a page prints, PBO of returns hedged by the
benchmark.

The ledger may know of trials beyond the family. Their returns are not at hand, so the family counts as one block of a
search of ⌈trials / family⌉ blocks of its size, and its adjusted p-values are multiplied by their number (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError
from active_edge.inference.best_of import BestOf, best_of
from active_edge.inference.evidence import Evidence
from active_edge.inference.joint_alphas import alphas_above_zero, any_alpha_above_zero, wild_alphas
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.months import MONTHS_A_YEAR
from active_edge.inference.overfitting import backtest_overfitting
from active_edge.inference.sample import Sample
from active_edge.inference.superiority import SuperiorityTest
from active_edge.judging.samples import Samples
from active_edge.words import p_value, percent

LEVEL = 0.05
PBO_BLOCKS = 16
MIN_MONTHS = 24
"""Common months below which a family says nothing."""
MIN_SHARE = 0.6
"""A member measured over less than this share of the longest is not of the family: it would cut the others short."""


@dataclass(frozen=True)
class FamilyTest:
    """A family against one benchmark.

    Attributes
    ----------
    members : names of the strategies, in the order of the arrays.
    adjusted_p : (n,) StepM p-values, two-sided (twice the one-sided, at most 1).
    p : (n,) p-values of the alphas, two-sided, unadjusted.
    superior : names StepM finds better with a family-wise error of 5 %, two-sided.
    spa : Hansen's test that none is better.
    best : what is estimated and believed of each member, and the edge that none of them exceeds.
    effective_trials : independent trials that would need the same critical value, 1 to the size of the family.
    months : common months.
    """

    members: tuple[str, ...]
    adjusted_p: np.ndarray
    p: np.ndarray
    superior: tuple[str, ...]
    spa: SuperiorityTest
    best: BestOf
    effective_trials: float
    months: int


@dataclass(frozen=True)
class Family:
    """The strategies of one call, tested together.

    Attributes
    ----------
    tests : benchmark -> `FamilyTest`; empty for a family of fewer than two.
    pbo : probability of backtest overfitting, on returns hedged by the yardstick; None where it has no sample.
    left_out : members that were measured over too little of the common time.
    """

    tests: Mapping[str, FamilyTest]
    pbo: float | None
    left_out: tuple[str, ...]

    @property
    def yardstick(self) -> str | None:
        """The first benchmark that the family could be tested on; None without any."""
        return next(iter(self.tests), None)

    def adjusted_p(self, name: str, evidence: Evidence) -> dict[str, float]:
        """Benchmark -> p of one member charged for the trials of its evidence; no entry where it was not tested.

        Never below its own p. The joint test asks who beats the benchmark: of an alpha below zero it says nothing, and
        where the family has fewer months in common than the member was measured over, what it says of those is not said
        of all of them. Then its own p times `charge` is the p of the first, and the least p of the second.
        """
        found = {}
        for benchmark, test in self.tests.items():
            if name in test.members and benchmark in evidence.benchmarks:
                alpha = evidence.benchmarks[benchmark].alpha
                joint = float(test.adjusted_p[test.members.index(name)]) * blocks(evidence.trials, test)
                own = alpha.p * self.charge(name, benchmark, evidence.trials)
                if alpha.alpha_annual > 0:
                    own = max(joint, alpha.p if test.months == alpha.n else own)
                found[benchmark] = min(1.0, own)
        return found

    def charge(self, name: str, benchmark: str, trials: int) -> float:
        """Number of independent trials a p-value of this member is multiplied by; `trials` without a family."""
        test = self.tests.get(benchmark)
        if test is None or name not in test.members:
            return float(trials)
        return min(float(trials), test.effective_trials * blocks(trials, test))

    def adjustments(self, name: str, trials: int) -> pd.DataFrame:
        """One row a further test of one member: test, question, value, p, reading."""
        rows = [row for b, t in self.tests.items() if name in t.members for row in _rows(name, b, t, trials)]
        if self.pbo is not None and rows:
            rows.append(
                {
                    "test": "probability of backtest overfitting",
                    "question": f"Is the best of these {_size(self)} strategies the best only by luck?",
                    "value": percent(self.pbo, 0),
                    "p": math.nan,
                    "reading": _pbo_reading(self.pbo),
                }
            )
        return pd.DataFrame(rows, columns=["test", "question", "value", "p", "reading"])


def blocks(trials: int, test: FamilyTest) -> int:
    """Blocks of the family's size that make up all trials, at least 1."""
    return max(1, math.ceil(trials / len(test.members)))


def joint_test(members: Mapping[str, Samples], *, seed: int = 0) -> Family:
    """Every strategy of a call against each benchmark, charged for the others.

    Parameters
    ----------
    members : strategy -> its returns against each of its benchmarks.
    seed : of the wild bootstrap.
    """
    lengths = {name: samples.months.n for name, samples in members.items()}
    longest = max(lengths.values(), default=0)
    inside = [name for name, n in lengths.items() if n >= max(MIN_SHARE * longest, MIN_MONTHS)]
    tests: dict[str, FamilyTest] = {}
    hedged_on: dict[str, SampleMatrix] = {}
    for benchmark in dict.fromkeys(b for name in inside for b in members[name].on):
        held = {name: members[name].on[benchmark] for name in inside if benchmark in members[name].on}
        names, excess, passive = _common(held)
        if len(names) < 2 or len(passive) < MIN_MONTHS:
            continue
        try:
            together = SampleMatrix.of(excess, periods_per_year=MONTHS_A_YEAR)
            hedged_on[benchmark] = together.hedged(passive)
            tests[benchmark] = _test(names, together, passive, seed)
        except InferenceError:
            # Twins of one another or of the benchmark: no joint test, and each keeps the bound over all trials.
            continue
    pbo = None if not tests else _overfitting(hedged_on[next(iter(tests))])
    return Family(tests, pbo, tuple(name for name in members if name not in inside))


def _overfitting(hedged: SampleMatrix) -> float | None:
    try:
        return backtest_overfitting(hedged, blocks=PBO_BLOCKS).pbo
    except InferenceError:
        return None


def _common(held: Mapping[str, Sample]) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Distinct members, (n, n_members) their excess returns and (n,) the benchmark's, over the common months."""
    first = next(iter(held.values()))
    dates = first.dates
    for other in held.values():
        dates = dates.intersection(other.dates)
    columns: dict[str, np.ndarray] = {}
    for name, sample in held.items():
        column = pd.Series(sample.excess, index=sample.dates).loc[dates].to_numpy()
        if not any(np.array_equal(column, other) for other in columns.values()):
            columns[name] = column
    passive = pd.Series(first.passive, index=first.dates).loc[dates].to_numpy()
    return tuple(columns), np.column_stack(list(columns.values())), passive


def _test(members: tuple[str, ...], together: SampleMatrix, passive: np.ndarray, seed: int) -> FamilyTest:
    from scipy.special import stdtr

    found = wild_alphas(together, passive[:, None], seed=seed)
    stepped = alphas_above_zero(found, level=LEVEL / 2.0)
    return FamilyTest(
        members=members,
        adjusted_p=np.minimum(1.0, 2.0 * stepped.adjusted_p),
        p=2.0 * stdtr(found.degrees, -np.abs(found.t)),
        superior=tuple(members[i] for i in stepped.superior),
        spa=any_alpha_above_zero(found),
        best=best_of(together, passive[:, None]),
        effective_trials=found.effective_number(LEVEL),
        months=together.n,
    )


def _rows(name: str, benchmark: str, test: FamilyTest, trials: int) -> list[dict[str, object]]:
    place = test.members.index(name)
    size, factor = len(test.members), blocks(trials, test)
    p = min(1.0, float(test.adjusted_p[place]) * factor)
    beyond = f", times {factor} for trials beyond them" if factor > 1 else ""
    return [
        {
            "test": f"StepM on {benchmark}",
            "question": f"Does it beat {benchmark} once the best of {size} strategies tried together is charged for?",
            "value": f"p alone {p_value(test.p[place])}",
            "p": p,
            "reading": ("Yes" if p <= LEVEL else "No") + f"; step-down over {size}, two-sided{beyond}.",
        },
        {
            "test": f"SPA on {benchmark}",
            "question": f"Does any of the {size} strategies beat {benchmark}?",
            "value": f"best: {test.members[test.spa.best]}",
            "p": test.spa.p_consistent,
            "reading": (
                "At least one does."
                if test.spa.p_consistent <= LEVEL
                else "None can be told from luck, the best included."
            ),
        },
    ]


def _size(family: Family) -> int:
    return max(len(test.members) for test in family.tests.values())


def _pbo_reading(pbo: float) -> str:
    words = "picking the best of them in one half of the time says nothing of the other half"
    if pbo < 0.25:
        words = "the best in one half of the time tends to stay above the median in the other"
    elif pbo > 0.75:
        words = "the best in one half of the time tends to fall below the median in the other"
    return f"{words[0].upper()}{words[1:]}. Pure luck gives 50 %."
