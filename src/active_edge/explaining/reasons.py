"""Why nobody passes, and why a rule has no value: what the market lacks, since when it is known, what was mistyped."""

from __future__ import annotations

import numpy as np

from active_edge.evaluation import Evaluation
from active_edge.explaining.steps import Step, steps_of
from active_edge.factors import Factor
from active_edge.market import Market
from active_edge.words import exact, listed, nearest

PERCENT = 100.0
BOUNDS_OF_KNOWN = ("cap_rank", "market_value", "min_dollar_volume")
"""Rules before which another says that nobody has a value."""


def absent(factor: Factor, market: Market) -> str:
    """What a factor needs and this market has for nobody, in words; empty where it can be computed."""
    missing = factor.missing_items(market)
    return f"this market has no {listed(missing)}" if missing else ""


def reasons(evaluation: Evaluation, row: int = 0) -> list[str]:
    """A sentence for everything that leaves nobody on one date; empty where somebody is selected.

    Rules that nobody can pass come first, in the order of the file: what they need is not in the market, not known by
    the date, or beyond every value. Where each is passed by somebody, the rule is named after which nobody is left.
    """
    if evaluation.selected()[row].any():
        return []
    steps = steps_of(evaluation, row)
    found = [f"{step.rule.removesuffix(' known')}: {said}" for step in steps if (said := _blame(step, evaluation, row))]
    return found or [_together(steps)]


def valueless(evaluation: Evaluation, row: int = 0) -> dict[str, str]:
    """Factor of the screen -> why nobody it is asked of has a value on one date; others are left out."""
    asked = evaluation.universe.mask[row] if evaluation.universe.mask[row].any() else _listed(evaluation, row)
    found = {
        name: _no_value(name, evaluation, row)
        for name, values in evaluation.values.items()
        if not (asked & ~np.isnan(values[row])).any()
    }
    market = evaluation.panel.market
    return found | {name: said for name, made in evaluation.definitions.items() if (said := absent(made, market))}


def _listed(evaluation: Evaluation, row: int) -> np.ndarray:
    mask: np.ndarray = np.isfinite(evaluation.panel.close()[row])
    return mask


def _blame(step: Step, evaluation: Evaluation, row: int) -> str:
    """Why a rule by itself leaves nobody; empty where it leaves somebody, or had nobody to choose from."""
    if step.part == "select":
        return ""
    base = step.base
    if not base.any():
        # With no candidates a rule is still to blame where no listed name could ever pass it.
        base = _listed(evaluation, row)
    if step.rule == "listed":
        return "" if base.any() else f"no asset has a price on {evaluation.panel.dates[row].date()}"
    if not base.any() or (step.passed & base).any():
        return ""
    if step.rule in BOUNDS_OF_KNOWN and not step.known.any():
        return ""
    if (step.known & base).any():
        return _universe_words(step, evaluation, row) or _beyond(step, base)
    if step.part == "universe":
        return _universe_words(step, evaluation, row) or "no listed name has a value"
    if step.part == "require_any":
        return "; ".join(f"{name}: {_no_value(name, evaluation, row)}" for name in evaluation.screen.require_any)
    return _no_value(step.rule, evaluation, row)


def _no_value(name: str, evaluation: Evaluation, row: int) -> str:
    """Why nobody has a value of a factor on one date."""
    panel, factor = evaluation.panel, evaluation.definitions[name]
    day = panel.dates[row].date()
    said = absent(factor, panel.market)
    if said:
        return f"{said}, so nobody has a value"
    items = [item for item in factor.items_on(panel) if item in panel.market.items]
    if not items:
        return f"nobody has a value on {day}; prices begin on {panel.market.sessions[0].date()}"
    for item in items:
        first = int(panel.first_known(item).min())
        if first > panel.market.sessions.get_loc(panel.dates[row]):
            sessions = panel.market.sessions
            since = f"on {sessions[first].date()}" if first < len(sessions) else "after the last price"
            return f"nobody has a value on {day}: {item} is first known {since}"
    return f"nobody has a value on {day}: of {listed(items)} nobody has filed enough, or nothing new enough"


def _universe_words(step: Step, evaluation: Evaluation, row: int) -> str:
    """Why a rule of the universe leaves nobody, where there is more to say than numbers; else empty."""
    panel, rules = evaluation.panel, evaluation.universe.settled
    market, day = panel.market, panel.dates[row].date()
    match step.rule:
        case "company" if not market.items:
            return (
                "this market has no facts, and what has filed none is not known to be a company; import a table facts, "
                "or write companies_only: false"
            )
        case "company" if not panel.has_facts()[row].any():
            first = int(panel.first_known(*sorted(market.items)).min())
            since = f"; the first is of {market.sessions[first].date()}" if first < len(market.sessions) else ""
            return f"no fact was filed by {day}{since}"
        case "company":
            return "no listed name with filed facts is a common share or a REIT by its security_type"
        case "daily_prices":
            return "no listed name has daily prices on the date; every one has weekly or monthly ones"
        case "members" if rules.members not in market.index_names:
            near = nearest(str(rules.members), market.index_names)
            return f"this market has no members of index {rules.members!r}; {near}"
        case "members":
            return f"nobody is known to be a member of {rules.members} on {day}"
        case "cap_rank known" | "market_value known":
            return (
                "nobody's market value is known: it needs shares_outstanding or shares_diluted, filed by the date"
                if not {"shares_outstanding", "shares_diluted"} & market.items
                else f"nobody's count of shares was filed by {day}, or none is new enough"
            )
        case "cap_rank":
            ranked = exact(np.nanmax(step.values))
            return f"{ranked} companies are ranked on {day}, and ranks {step.bound} hold none of them"
        case "min_dollar_volume known":
            return "nobody's volume is known; import the column volume, or leave the rule out"
        case "sector" if not step.known.any():
            return "nobody's sector is known; import the column sic, or write missing_sector: pass"
        case "sector":
            return f"no listed name is {step.bound}"
        case _:
            return ""


def _beyond(step: Step, base: np.ndarray) -> str:
    """The values that a rule's bound is beyond, and whether a percentage was taken for a decimal."""
    if step.why:
        return "every name that has a price is on a list of exclusions"
    if step.is_flag:
        return f"nobody passes {step.bound}"
    known = step.values[base & np.isfinite(step.values)]
    if not len(known):
        return f"every known value is {step.said(int(np.flatnonzero(base & step.known)[0]))}; it asks for {step.bound}"
    low, high = float(known.min()), float(known.max())
    said = f"values reach from {exact(low)} to {exact(high)}, and it asks for {step.bound}"
    for limit, remedy in ((step.limit / PERCENT, "a percentage"), (step.limit * PERCENT, "a decimal of a percentage")):
        if step.limit and low <= limit <= high:
            return f"{said}; if {exact(step.limit)} is {remedy}, write {exact(limit)}"
    return said


def _together(steps: list[Step]) -> str:
    """After which rule nobody is left, where each by itself leaves somebody."""
    left = np.ones_like(steps[0].passed)
    for step in steps:
        before, left = left, left & step.passed
        if not left.any():
            unknown = int((before & ~step.known).sum())
            without = f", {unknown:,} of them for want of a value" if unknown else ""
            return (
                f"each rule is passed by somebody, all together by nobody: the last {int(before.sum()):,} fail "
                f"{step.rule} ({step.bound}){without}"
            )
    return "nobody is left"
