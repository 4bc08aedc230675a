"""Would the answer survive other choices: costs, capital, delisting returns, start month, rebalance month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from active_edge.errors import InferenceError, MissingInput
from active_edge.inference.alpha import benchmark_alpha
from active_edge.judging.delisting import DELISTING_CASES, terms_under
from active_edge.judging.judgement import Judgement
from active_edge.judging.variation import Variation
from active_edge.panel import Panels
from active_edge.run.backtest import Result, backtest
from active_edge.sessions import SESSIONS_A_YEAR
from active_edge.strategy import Strategy, decision_dates
from active_edge.words import count, number, signed, significant

if TYPE_CHECKING:
    from active_edge.engine import Arena

COST_MULTIPLES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
CAPITALS_USD = (1e6, 1e7, 1e8, 1e9, 5e9)
MONTHS_DROPPED = (3, 6, 12)
LATER_BY_MONTHS = {"quarterly": (0, 1, 2), "semiannual": (0, 2, 4), "annual": (0, 4, 8)}
"""By schedule: months after the strategy's own by which the rebalancing is moved. Monthly has no other month."""
MAX_BREAK_EVEN = 50.0
MIN_SESSIONS = 63
"""Sessions below which a shortened run is not worth a row."""


def trading_variations(judgement: Judgement) -> list[Variation]:
    """The same decisions traded under other costs, capital and delisting returns, and begun later."""
    result = judgement.result
    if result.base is None:
        return []
    weights, arena = result.targets.weights, result.arena

    def traded(group: str, setting: str, where: Arena = arena, targets: np.ndarray = weights) -> Variation:
        ran = where.run([targets])
        start = max(result.first_fill, int(ran.first_row[0]))
        returns = pd.Series(ran.measured(start)[:, 0], index=ran.sessions[start + 1 :], name="net")
        base = ran.sessions[start] if start < len(ran.sessions) else None
        return Variation(group, setting, base, returns)

    found = [traded("costs", _times(m), arena.under(cost_multiple=m)) for m in COST_MULTIPLES]
    multiple = break_even(judgement, lambda m: traded("costs", "", arena.under(cost_multiple=m)).returns)
    if multiple is not None:
        found.append(traded("costs", f"×{number(multiple, 1)}: break-even", arena.under(cost_multiple=multiple)))
    found += [traded("capital", _dollars(usd), arena.under(capital_usd=usd)) for usd in CAPITALS_USD]
    found += [
        traded("delisting return", words, arena if rule is None else _ending(result, case))
        for case, (words, rule) in DELISTING_CASES.items()
    ]
    for months in MONTHS_DROPPED:
        later = weights * (result.targets.dates >= result.base + pd.DateOffset(months=months))[:, None]
        variation = traded("start", f"begun {months} months later", targets=later)
        if len(variation.returns) >= MIN_SESSIONS:
            found.append(variation)
    return found


def break_even(judgement: Judgement, returns_at: Callable[[float], pd.Series]) -> float | None:
    """Multiple of all costs at which the alpha on the yardstick is zero.

    Alpha falls almost in a straight line with costs, so regula falsi from 0 and the first multiple that loses the
    alpha needs few steps. None where there is no alpha even without costs, or still one at `MAX_BREAK_EVEN`.
    """
    samples = judgement.samples

    def alpha(multiple: float) -> float:
        return benchmark_alpha(samples.held_with(returns_at(multiple).to_numpy())).alpha_annual

    low, high = 0.0, 1.0
    at_low = alpha(low)
    if at_low <= 0:
        return None
    while (at_high := alpha(high)) > 0:
        low, at_low, high = high, at_high, high * 3.0
        if high > MAX_BREAK_EVEN:
            return None
    for _ in range(4):
        middle = low + (high - low) * at_low / (at_low - at_high)
        at_middle = alpha(middle)
        if abs(at_middle) < 1e-5:
            return middle
        low, at_low, high, at_high = (
            (middle, at_middle, high, at_high) if at_middle > 0 else (low, at_low, middle, at_middle)
        )
    return low + (high - low) * at_low / (at_low - at_high)


def rebalance_variations(tried: Sequence[Result], *, panels: Panels | None = None) -> list[list[Variation]]:
    """For each result: the strategy decided in other months of its schedule, over the same bounds.

    Strategies share the panel of a month, and no panel outlives its month.

    Parameters
    ----------
    panels : keeps them for the next call instead.
    """
    found: list[list[Variation]] = [[] for _ in tried]
    for step in range(max(map(len, LATER_BY_MONTHS.values()))):
        shared = Panels() if panels is None else panels
        for place, result in enumerate(tried):
            found[place].extend(_moved(result, step, shared))
    return found


def _moved(result: Result, step: int, panels: Panels) -> Iterator[Variation]:
    rules, market, sessions = result.strategy.rules, result.market, result.simulation.sessions
    months = LATER_BY_MONTHS.get(rules.rebalance)
    if months is None or result.base is None:
        return
    if months[step] == 0:
        yield Variation("rebalance month", "the strategy's own", result.base, result.returns)
        return
    period = {"quarterly": 3, "semiannual": 6, "annual": 12}[rules.rebalance]
    offset = (rules.month_offset + months[step]) % period
    # One rule of size a run: what `small_caps` means on its own dates it means on these.
    settled = {"universe": result.decision.evaluation.universe.settled}
    screen = result.strategy.screen.model_copy(update=settled)
    strategy = Strategy(rules.model_copy(update={"month_offset": offset}), screen)
    setting = f"{count(months[step], 'month')} later in the period"
    try:
        dates = decision_dates(strategy, market, sessions)
        other = backtest(strategy, market, start=sessions[0], end=sessions[-1], panel=panels.on(market, dates))
    except (InferenceError, MissingInput):
        return
    yield Variation("rebalance month", setting, other.base, other.returns)


def _ending(result: Result, case: str) -> Arena:
    """The result's arena with the exit returns of a case."""
    held = np.flatnonzero((result.targets.weights > 0).any(axis=0))
    return result.arena.ending(result.market, terms_under(case, result.strategy.terms).delisting, held)


def exclusion_variations(judgement: Judgement) -> list[Variation]:
    """The strategy without its exclusions, whose setting says what they earned; nothing where it has none."""
    result = judgement.result
    exclusions = result.strategy.screen.universe.exclude
    if not exclusions or result.base is None:
        return []
    # One rule of size a run, as where months are moved; the list alone is lifted.
    universe = result.decision.evaluation.universe.settled.model_copy(update={"exclude": None})
    screen = result.strategy.screen.model_copy(update={"universe": universe})
    sessions, panel = result.simulation.sessions, result.decision.evaluation.panel
    free = backtest(
        result.strategy.with_screen(screen), result.market, start=sessions[0], end=sessions[-1], panel=panel
    )
    own, without = (float(one.returns.mean() * SESSIONS_A_YEAR) for one in (result, free))
    setting = f"without its {count(len(exclusions), 'exclusion')}, which earned {signed(own - without)} a year"
    return [Variation("exclusions", setting, free.base, free.returns)]


def _times(multiple: float) -> str:
    return "none at all" if multiple == 0 else f"×{significant(multiple)}"


def _dollars(usd: float) -> str:
    return f"{significant(usd / 1e9)} billion USD" if usd >= 1e9 else f"{significant(usd / 1e6)} million USD"
