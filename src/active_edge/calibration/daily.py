"""The cross-check in days: simulated market folders through the very functions that a backtest runs.

Dear (a minute or two a market), so few: it shows that the monthly fast mode, which measures the rates, does not
flatter the program that is used.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from active_edge.calibration.campaign import SEEDS_APART, fingerprint, read_finished
from active_edge.calibration.summary import LEVEL
from active_edge.calibration.worlds import HONEST
from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.binomial import binomial_interval
from active_edge.judging.judgement import Judgement, judge_result
from active_edge.judging.market_samples import result_samples
from active_edge.ledger import Ledger
from active_edge.market import open_market
from active_edge.progress import Progress, silent
from active_edge.results.records import trial_of
from active_edge.run.backtest import backtest
from active_edge.screen import Screen
from active_edge.simulated import simulate
from active_edge.strategy import Strategy, StrategyRules
from active_edge.whole import passing_folder

YEARS, FIRMS = 6, 3600
SCREEN = {
    "name": "calibration",
    "description": "The most profitable hundred small caps.",
    "universe": {"cap_rank": [1001, 3000], "min_price": 1.0, "missing_sector": "pass"},
    "rank": {"gross_profitability": 1.0},
    "select": {"top": 100, "keep_until": 150},
}
RULES = {"name": "calibration", "screen": "calibration", "rebalance": "quarterly", "weights": "equal"}


def run_daily(
    markets: int, folder: Path, *, seed: int, years: int = YEARS, firms: int = FIRMS, progress: Progress = silent
) -> list[dict[str, Any]]:
    """What `markets` simulated folders without an edge gave; each is kept in a file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"daily-{fingerprint(__name__)}-seed{seed}-{years}y-{firms}.jsonl"
    finished = read_finished(file)
    for number in range(markets):
        if (HONEST, number) in finished:
            continue
        judged = judge_market(SEEDS_APART * seed + number, years=years, firms=firms)
        finished[HONEST, number] = {"world": HONEST, "market": number} | judged
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(finished[HONEST, number]) + "\n")
        progress("daily markets", number + 1, markets)
    return [finished[HONEST, number] for number in range(markets)]


def judge_market(seed: int, *, years: int = YEARS, firms: int = FIRMS) -> dict[str, Any]:
    """One folder simulated, backtested and judged as the only trial: p and estimate of each alpha, and the verdict."""
    strategy = Strategy(StrategyRules.model_validate(RULES), Screen.model_validate(SCREEN))
    with passing_folder("active-edge-calibrate") as scratch:
        simulate(scratch / "market", years=years, firms=firms, seed=seed)
        result = backtest(strategy, open_market(scratch / "market"))
        samples = result_samples(result)
        (tally,) = Ledger(scratch / "ledger.jsonl").record([trial_of(result, samples)])
        return _plain(judge_result(result, tally, samples=samples, seed=seed))


def _plain(judgement: Judgement) -> dict[str, Any]:
    alphas: dict[str, AlphaEstimate] = {f"alpha_{name}": found.alpha for name, found in judgement.benchmarks.items()}
    if judgement.factors is not None:
        alphas["factor_alpha"] = judgement.factors
    tests = {name: {"p": a.p, "estimate": a.alpha_annual, "se": a.se_annual} for name, a in alphas.items()}
    if judgement.random is not None:
        tests["random_portfolios"] = {"p": judgement.random.p}
    return {"tests": tests, "verdict": judgement.verdict.verdict, "cost": judgement.cost_drag_annual}


def summarise_daily(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rejection rates after costs with exact intervals, and verdicts, of the daily cross-check."""
    tests = {}
    for name in lines[0]["tests"]:
        outcomes = [line["tests"][name] for line in lines if name in line["tests"]]
        hits = sum(outcome["p"] <= LEVEL for outcome in outcomes)
        tests[name] = {
            "reject": hits / len(outcomes),
            "interval": list(binomial_interval(hits, len(outcomes))),
            "markets": len(outcomes),
        }
        if "estimate" in outcomes[0]:
            tests[name]["estimate"] = sum(outcome["estimate"] for outcome in outcomes) / len(outcomes)
            tests[name]["standard_error_claimed"] = sum(outcome["se"] for outcome in outcomes) / len(outcomes)
    verdicts = Counter(line["verdict"] for line in lines)
    return {
        "markets": len(lines),
        "tests": tests,
        "verdicts": {word: count / len(lines) for word, count in verdicts.items()},
        "cost_annual": sum(line["cost"] for line in lines) / len(lines),
    }
