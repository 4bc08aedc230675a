"""What a campaign found: rejection rates with their intervals, power against its forecast, what each hazard adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from active_edge.calibration.campaign import Finished
from active_edge.calibration.portfolios import FAMILY
from active_edge.calibration.worlds import HONEST, WORLDS, World
from active_edge.inference.binomial import binomial_interval
from active_edge.inference.power import power_of_t_test

LEVEL = 0.05
"""The nominal level of every test."""
POWER = 0.8
Z95 = 1.959963984540054


def summarise(finished: Finished) -> dict[str, Any]:
    """By world: the number of markets, tests, claims after costs, verdicts, power or bias; plain JSON content."""
    return {
        world.name: _world(world, lines, finished)
        for world in WORLDS.values()
        if (lines := _lines(finished, world.name))
    }


def _lines(finished: Finished, world: str) -> list[dict[str, Any]]:
    return [finished[key] for key in sorted(finished) if key[0] == world]


def _world(world: World, lines: Sequence[Mapping[str, Any]], finished: Finished) -> dict[str, Any]:
    found: dict[str, Any] = {
        "meaning": world.meaning,
        "markets": len(lines),
        "tests": {name: _test([line["tests"][name] for line in lines]) for name in lines[0]["tests"]},
        "claims_after_costs": {name: _claims([line["net"][name] for line in lines]) for name in lines[0]["net"]},
        "verdicts": {word: count / len(lines) for word, count in Counter(line["verdict"] for line in lines).items()},
        "cost_annual": float(np.mean([line["cost"] for line in lines])),
    }
    if lines[0].get("shorter"):
        found["shorter"] = _shorter(lines)
    if world.alpha:
        found["power"] = _power(lines)
    elif len(lines) > 1:
        found["all_screens"] = _all_screens(lines)
    if world.hazard:
        found["bias"] = _bias(world.name, finished)
    return found


def _rate(hits: Sequence[bool] | np.ndarray) -> dict[str, Any]:
    count, n = int(np.sum(hits)), len(hits)
    return {"reject": count / n, "interval": list(binomial_interval(count, n))}


def _test(outcomes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Share of markets with p <= 5 %; of an alpha also its mean, the error it claims and has, and its truth.

    reject_at_truth: share whose interval of 95 % leaves out the value that is true in this world.
    """
    p = _of(outcomes, "p")
    found = _rate(p <= LEVEL)
    if "estimate" not in outcomes[0]:
        return found
    estimate, se = _of(outcomes, "estimate"), _of(outcomes, "se")
    found |= {
        "estimate": float(estimate.mean()),
        "standard_error_claimed": float(se.mean()),
        "standard_error_seen": float(estimate.std(ddof=1)) if len(estimate) > 1 else None,
    }
    if "truth" in outcomes[0]:
        truth = _of(outcomes, "truth")
        at_truth = _rate(np.abs(estimate - truth) > Z95 * se)
        found |= {"truth": float(truth.mean()), "reject_at_truth": at_truth["reject"]}
        found["interval_at_truth"] = at_truth["interval"]
    return found


def _shorter(lines: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """By test and months, as written: share of markets with p <= 5 % on their first months alone."""
    found: dict[str, dict[str, Any]] = {}
    for months, tests in lines[0]["shorter"].items():
        for test in tests:
            p = _of([line["shorter"][months][test] for line in lines], "p")
            found.setdefault(test, {})[months] = _rate(p <= LEVEL)
    return found


def _claims(outcomes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Share of markets on which a reader would claim an edge after costs: alpha above zero with p <= 5 %."""
    return _rate((_of(outcomes, "p") <= LEVEL) & (_of(outcomes, "estimate") > 0))


def _of(outcomes: Sequence[Mapping[str, Any]], key: str) -> np.ndarray:
    return np.array([outcome[key] for outcome in outcomes], dtype=np.float64)


def _all_screens(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Share of all screens on all markets whose four-factor alpha rejects at 5 %; the interval clusters by market."""
    shares = (np.array([line["family"]["p"] for line in lines]) <= LEVEL).mean(axis=1)
    return dict(zip(("reject", "interval"), _mean(shares), strict=True))


def _power(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of every screen's four-factor alpha: what was planted, what the report would call detectable, power seen, power
    forecast from the planted edge and the printed standard error; and both over all screens."""
    from scipy.special import stdtrit

    effect, se, p = (np.array([line["family"][key] for line in lines]) for key in ("effect", "se", "p"))
    degrees = lines[0]["family"]["degrees"]
    forecast = np.vectorize(power_of_t_test)(effect, se, degrees)
    multiple = float(stdtrit(degrees, 1.0 - LEVEL / 2.0) + stdtrit(degrees, POWER))
    screens = {
        name: {
            "effect": float(effect[:, k].mean()),
            "mde": multiple * float(se[:, k].mean()),
            "forecast": float(forecast[:, k].mean()),
            **_rate(p[:, k] <= LEVEL),
        }
        for k, name in enumerate(FAMILY)
    }
    return {
        "screens": screens,
        "forecast": float(forecast.mean()),
        "reject": float((p <= LEVEL).mean()),
        "largest_gap": max(abs(point["reject"] - point["forecast"]) for point in screens.values()),
    }


def _bias(world: str, finished: Finished) -> dict[str, Any]:
    """What the hazard adds a year on the same markets as the honest reading, with 95 % intervals: to each alpha of the
    judged screen (tests), and to the four-factor alpha of every screen (screens)."""
    common = [number for name, number in sorted(finished) if name == world and (HONEST, number) in finished]
    if len(common) < 2:
        return {}
    pairs = [(finished[world, number], finished[HONEST, number]) for number in common]
    alphas = [name for name, outcome in pairs[0][0]["tests"].items() if "estimate" in outcome]
    tests = {
        name: [cheat["tests"][name]["estimate"] - honest["tests"][name]["estimate"] for cheat, honest in pairs]
        for name in alphas
    }
    screens = {
        name: [cheat["family"]["alpha"][k] - honest["family"]["alpha"][k] for cheat, honest in pairs]
        for k, name in enumerate(FAMILY)
    }
    return {
        "markets": len(common),
        "tests": {name: dict(zip(("annual", "interval"), _mean(added), strict=True)) for name, added in tests.items()},
        "screens": {
            name: dict(zip(("annual", "interval"), _mean(added), strict=True)) for name, added in screens.items()
        },
    }


def _mean(values: Sequence[float] | np.ndarray) -> tuple[float, list[float]]:
    """The mean of independent values and its 95 % interval."""
    mean, reach = float(np.mean(values)), Z95 * float(np.std(values, ddof=1)) / len(values) ** 0.5
    return mean, [mean - reach, mean + reach]
