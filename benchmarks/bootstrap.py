"""Bootstraps and superiority tests of many series: this package against arch, same draws, same numbers.

python benchmarks/bootstrap.py [--series 1000] [--days 2500] [--resamples 1000] [--json]

Every line gives the seconds of both, their ratio, and the largest difference between their numbers.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from active_edge.inference.bootstrap import bootstrap_means
from active_edge.inference.matrix import SampleMatrix
from active_edge.inference.superiority import step_m, superior_predictive_ability

BLOCK = 50
SEED = 7


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--series", type=int, default=1000)
    arguments.add_argument("--days", type=int, default=2500)
    arguments.add_argument("--resamples", type=int, default=1000)
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    rng = np.random.default_rng(1)
    active = rng.normal(0.0, 0.003, (options.days, options.series))
    active[:, 0] += 0.0004
    results = {}
    for name, (ours, theirs) in contenders(options.resamples).items():
        fast, mine = timed(ours, active, best_of=3)
        slow, other = timed(theirs, active, best_of=1)
        difference = float(np.abs(np.asarray(mine) - np.asarray(other)).max())
        results[name] = {"seconds": fast, "arch_seconds": slow, "ratio": slow / fast, "difference": difference}
        if not options.json:
            print(
                f"{name:<38} {active.shape[1]:>5} series  ours {fast:8.3f} s  arch {slow:8.2f} s  "
                f"{slow / fast:7.0f} x  largest difference {difference:.1e}",
                flush=True,
            )
    if options.json:
        print(json.dumps(results, indent=2))


def contenders(resamples: int) -> dict[str, tuple[Callable, Callable]]:
    """Return by name: ours and arch's."""
    ours = {"block": BLOCK, "resamples": resamples, "seed": SEED}
    theirs: dict[str, Any] = {"block_size": BLOCK, "reps": resamples, "seed": SEED}

    def arch_bootstrap(statistic: Callable) -> Callable:
        def run(x: np.ndarray) -> np.ndarray:
            from arch.bootstrap import StationaryBootstrap

            return StationaryBootstrap(BLOCK, x, seed=SEED).apply(statistic, resamples)

        return run

    def arch_spa(x: np.ndarray) -> list[float]:
        from arch.bootstrap import SPA

        test = SPA(np.zeros(len(x)), -x, **theirs)
        test.compute()
        return list(test.pvalues)

    def arch_step(x: np.ndarray) -> np.ndarray:
        from arch.bootstrap import StepM

        test = StepM(np.zeros(len(x)), -x, **theirs)
        test.compute()
        return np.isin(np.arange(x.shape[1]), np.array(test.superior_models)).astype(float)

    def spa(x: np.ndarray) -> tuple[float, float, float]:
        test = superior_predictive_ability(matrix(x), studentize=False, **ours)
        return test.p_lower, test.p_consistent, test.p_upper

    def step(x: np.ndarray) -> np.ndarray:
        found = step_m(matrix(x), studentize=False, recentre="consistent", **ours)
        return np.isin(np.arange(x.shape[1]), found.superior).astype(float)

    return {
        "stationary bootstrap, means": (
            lambda x: bootstrap_means(matrix(x), **ours),
            arch_bootstrap(lambda x: x.mean(0)),
        ),
        "superior predictive ability": (spa, arch_spa),
        "StepM": (step, arch_step),
    }


def matrix(returns: np.ndarray) -> SampleMatrix:
    return SampleMatrix.of(returns, periods_per_year=252)


def timed(run: Callable, sample: np.ndarray, *, best_of: int) -> tuple[float, object]:
    """Return the best time and the answer; a first call on a few series pays for imports and compiling."""
    run(sample[:, :2])
    best, result = float("inf"), None
    for _ in range(best_of):
        start = time.perf_counter()
        result = run(sample)
        best = min(best, time.perf_counter() - start)
    return best, result


if __name__ == "__main__":
    main()
