"""What a run tested, a line each: who could be chosen, by which rules, how it was held, how often, when, where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from active_edge.judging.samples import Samples
from active_edge.run.backtest import Result
from active_edge.screen import Screen
from active_edge.words import bps, count, exact_percent, number, percent, plain, usd

FOLDED = 4
"""Rules that are named; how many more there are is said."""


def what_was_tested(result: Result, samples: Samples) -> dict[str, str]:
    """Five lines of words by what they tell: universe, rules, weights, schedule and period."""
    return {
        "universe": "; ".join(_universe(result)),
        "rules": "; ".join(_rules(result)),
        "weights": "; ".join(_weights(result)),
        "schedule": "; ".join(_schedule(result)),
        "period": "; ".join(_period(result, samples)),
    }


def what_was_judged(returns: pd.DataFrame, benchmarks: Iterable[str], months: int) -> dict[str, str]:
    """The lines of returns that somebody earned, of which no rule is known."""
    names = ", ".join(benchmarks)
    held = f"held against {names}" if names else "nothing to hold them against"
    return {
        "returns": f"as given: {count(len(returns), 'return')}; {held}",
        "period": f"{returns.index[0].date()} to {returns.index[-1].date()}; {count(months, 'complete month')}",
    }


def _universe(result: Result) -> Iterator[str]:
    rules, size = result.strategy.screen.universe, result.decision.evaluation.universe.size
    yield size.rule if size is not None else "companies of any size"
    if rules.min_price is not None:
        yield f"price from {usd(rules.min_price)}"
    if rules.min_dollar_volume is not None:
        yield f"from {usd(rules.min_dollar_volume)} traded a session"
    if rules.sectors:
        yield f"only {', '.join(map(plain, rules.sectors))}"
    if rules.exclude_sectors:
        yield f"without {', '.join(map(plain, rules.exclude_sectors))}"
    if rules.min_sessions_listed is not None:
        yield f"listed for {count(rules.min_sessions_listed, 'session')}"


def _rules(result: Result) -> Iterator[str]:
    evaluation, screen = result.decision.evaluation, result.strategy.screen
    if result.decision.weighting is None:
        yield "weights as given; no rule is known"
        return
    said = [f"{plain(rule.name)} {rule.bound}" for rule in evaluation.required]
    if evaluation.alternatives:
        said.append(" or ".join(f"{plain(rule.name)} {rule.bound}" for rule in evaluation.alternatives))
    yield from said if len(said) <= FOLDED + 1 else [*said[:FOLDED], f"and {number(len(said) - FOLDED, 0)} more"]
    if screen.rank:
        yield _ranking(screen)
    elif not said:
        yield "none: the whole universe is held"


def _ranking(screen: Screen) -> str:
    total = sum(abs(weight) for weight in screen.rank.values())
    terms = [f"{plain(name)} {percent(abs(weight) / total, 0)}" for name, weight in screen.rank.items()]
    by = plain(next(iter(screen.rank))) if len(terms) == 1 else ", ".join(terms)
    if screen.select is None:
        return f"ranked by {by}"
    top, keep = screen.select.top, screen.select.keep_until
    kept = f", kept to rank {number(keep, 0)}" if keep and keep > top else ""
    return f"best {number(top, 0)} by {by}{kept}"


def _weights(result: Result) -> Iterator[str]:
    rules = result.strategy.rules
    caps = [
        f"at most {exact_percent(cap)} {of}"
        for cap, of in ((rules.max_weight, "a name"), (rules.max_sector_weight, "a sector"))
        if cap < 1.0
    ]
    yield ", ".join([plain(rules.weights), *caps])
    yield f"{usd(rules.capital_usd)} traded at the {plain(rules.trade_at)}"
    spread = rules.costs.spread
    yield f"spread {spread if isinstance(spread, str) else bps(spread)}, commission {bps(rules.costs.commission_bps)}"


def _schedule(result: Result) -> Iterator[str]:
    rules, simulation = result.strategy.rules, result.simulation
    yield f"{plain(rules.rebalance)}, {count(len(result.targets.dates), 'decision')}"
    held = f"{count(simulation.names_in_the_middle, 'name')} held in the middle"
    yield f"{held}, {number(int(simulation.names_held[-1]), 0)} at the end"


def _period(result: Result, samples: Samples) -> Iterator[str]:
    sessions = result.simulation.sessions
    first = result.base if result.base is not None else sessions[0]
    yield f"{first.date()} to {sessions[-1].date()}"
    yield count(samples.months.n, "complete month")
    yield "simulated market" if result.market.simulated else "real market"
