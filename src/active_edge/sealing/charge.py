"""What a backtest is worth when its strategy is sealed: the p of its first look, and the trials it pays for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from active_edge.inference.alpha import benchmark_alpha
from active_edge.judging.samples import Samples
from active_edge.ledger import Ledger, Look
from active_edge.results.records import trial_of
from active_edge.run.backtest import Result
from active_edge.stored import stable


@dataclass(frozen=True)
class Charge:
    """The frozen evidence of a backtest.

    Attributes
    ----------
    trial : id in the ledger.
    p : largest one-sided p over the benchmarks when it was first looked at; None where they had too few months.
    months : first and last of them, ``2004-01``; empty where there is no p.
    trials : N it is charged for.
    seen_to : last month of that first look where it lies after the day of the seal, and `p` and `months` are therefore
        of the months up to that day; empty where no later month was looked at.
    """

    trial: str
    p: float | None
    months: tuple[str, str]
    trials: int
    seen_to: str = ""


def charged(tried: Sequence[Result], samples: Sequence[Samples], runs: Path) -> list[Charge]:
    """The charge of each result, once its trial stands in the ledger; raises `LedgerError`."""
    trials = [trial_of(one, sample) for one, sample in zip(tried, samples, strict=True)]
    tallies = Ledger().record(trials, out=runs)
    charges = []
    for trial, tally, one, sample in zip(trials, tallies, tried, samples, strict=True):
        p, months = _first(tally.first or trial.looks, one.strategy.rules.benchmarks)
        until = looked(sample)
        later = months[1] if months[1] > until[1][1] else ""
        # A p that holds months after the seal would be multiplied with those months themselves.
        charges.append(Charge(trial.id, *(until if later else (p, months)), tally.trials, later))
    return charges


def _first(looks: Mapping[str, Look], benchmarks: Sequence[str]) -> tuple[float | None, tuple[str, str]]:
    """The largest p over the benchmarks as it was first looked at, and its months; None where one has none."""
    found = [looks[name] for name in benchmarks if name in looks]
    if len(found) < len(benchmarks):
        return None, ("", "")
    worst = max(found, key=lambda look: look.p)
    return worst.p, worst.months


def looked(samples: Samples) -> tuple[float | None, tuple[str, str]]:
    """The largest one-sided p over the benchmarks, and the months it was read from; None where one has no test."""
    if not samples.on or samples.untestable:
        return None, ("", "")
    found = [benchmark_alpha(sample).p_one_sided for sample in samples.on.values()]
    dates = next(iter(samples.on.values())).dates
    return float(stable(max(found))), (f"{dates[0]:%Y-%m}", f"{dates[-1]:%Y-%m}")
