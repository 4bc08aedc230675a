"""Bootstraps and superiority tests of many series: this package against arch, same draws, same numbers.

python benchmarks/bootstrap.py [--series 1000] [--days 2500] [--resamples 1000] [--json]

Every line gives the seconds of both, their ratio, and the largest difference between their numbers. arch keeps
`resamples x series x series` numbers in its range-statistic confidence set, so that line runs on 100 series.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from active_edge.inference.bootstrap import bootstrap_means, bootstrap_sharpes
from active_edge.inference.confidence_set import model_confidence_set
from active_edge.inference.superiority import reality_check, step_m, superior_predictive_ability

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
    for name, (ours, theirs, series) in contenders(options.resamples).items():
        sample = np.ascontiguousarray(active[:, :series])
        fast, mine = timed(ours, sample, best_of=3)
        slow, other = timed(theirs, sample, best_of=1)
        difference = float(np.abs(np.asarray(mine) - np.asarray(other)).max())
        results[name] = {"seconds": fast, "arch_seconds": slow, "ratio": slow / fast, "difference": difference}
        if not options.json:
            print(
                f"{name:<38} {sample.shape[1]:>5} series  ours {fast:8.3f} s  arch {slow:8.2f} s  "
                f"{slow / fast:7.0f} x  largest difference {difference:.1e}",
                flush=True,
            )
    if options.json:
        print(json.dumps(results, indent=2))


def contenders(resamples: int) -> dict[str, tuple[Callable, Callable, int | None]]:
    """Return by name: ours, arch's, and the number of series where it must be smaller."""
    ours = {"block": BLOCK, "resamples": resamples, "seed": SEED}
    theirs = {"block_size": BLOCK, "reps": resamples, "seed": SEED}

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

    def arch_reality(x: np.ndarray) -> float:
        from arch.bootstrap import RealityCheck

        test = RealityCheck(np.zeros(len(x)), -x, **theirs)
        test.compute()
        return float(test.pvalues["upper"])

    def arch_step(x: np.ndarray) -> np.ndarray:
        from arch.bootstrap import StepM

        test = StepM(np.zeros(len(x)), -x, **theirs)
        test.compute()
        return np.isin(np.arange(x.shape[1]), test.superior_models).astype(float)

    def arch_mcs(method: str) -> Callable:
        def run(x: np.ndarray) -> np.ndarray:
            from arch.bootstrap import MCS

            test = MCS(-x, 0.05, method=method, **theirs)
            test.compute()
            return test.pvalues.sort_index()["Pvalue"].to_numpy()

        return run

    def spa(x: np.ndarray) -> tuple[float, float, float]:
        test = superior_predictive_ability(x, studentize=False, **ours)
        return test.p_lower, test.p_consistent, test.p_upper

    def step(x: np.ndarray) -> np.ndarray:
        found = step_m(x, studentize=False, recentre="consistent", **ours)
        return np.isin(np.arange(x.shape[1]), found.superior).astype(float)

    sharpe = arch_bootstrap(lambda x: x.mean(axis=0) / x.std(axis=0, ddof=1))
    return {
        "stationary bootstrap, means": (
            lambda x: bootstrap_means(x, **ours),
            arch_bootstrap(lambda x: x.mean(0)),
            None,
        ),
        "stationary bootstrap, Sharpe ratios": (lambda x: bootstrap_sharpes(x, **ours), sharpe, None),
        "Reality Check": (lambda x: reality_check(x, **ours), arch_reality, None),
        "superior predictive ability": (spa, arch_spa, None),
        "StepM": (step, arch_step, None),
        "confidence set, largest t": (
            lambda x: model_confidence_set(-x, method="max", **ours).p_values,
            arch_mcs("max"),
            None,
        ),
        "confidence set, range": (lambda x: model_confidence_set(-x, method="R", **ours).p_values, arch_mcs("R"), 100),
    }


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
