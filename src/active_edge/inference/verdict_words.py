"""The sentences of a verdict: what decided it, and what a person could do about it."""

from __future__ import annotations

from collections.abc import Mapping

from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.evidence import Evidence, Thresholds, excluded_above, months_needed, years_needed
from active_edge.verdicts import Word
from active_edge.words import count, interval, listed, number, p_value, percent, signed, years


def reason(
    word: Word,
    evidence: Evidence,
    bounds: Thresholds,
    adjusted: Mapping[str, float],
    passes: Mapping[str, bool],
    missing: list[str],
) -> list[str]:
    """What decided it, then the numbers on the benchmark that matters most to it; last what is wrong with the data."""
    return [*_decided(word, evidence, bounds, adjusted, passes, missing), *_untested(evidence), *_doubts(evidence)]


def _untested(evidence: Evidence) -> list[str]:
    if not evidence.untested:
        return []
    rules = ", ".join(
        f"{name} (coverage {percent(share, 0)}{_colon(name, evidence)})" for name, share in evidence.untested.items()
    )
    return [f"Not testable here, and passed by every name: {rules}."]


def _doubts(evidence: Evidence) -> list[str]:
    """What puts the data in doubt, but for what has been told already as the reason why nothing can be said."""
    told = set(evidence.untestable.values())
    doubts = [f"{name} ({text})" for name, text in evidence.doubts.items() if text not in told]
    return [f"The data are in doubt: {'; '.join(doubts)}."] if doubts else []


def _colon(rule: str, evidence: Evidence) -> str:
    return f": {evidence.why_thin[rule]}" if evidence.why_thin.get(rule) else ""


def _decided(
    word: Word,
    evidence: Evidence,
    bounds: Thresholds,
    adjusted: Mapping[str, float],
    passes: Mapping[str, bool],
    missing: list[str],
) -> list[str]:
    every = listed(list(passes)) if passes else ""
    beaten = [name for name, good in passes.items() if good]
    lost = [name for name, good in passes.items() if not good]
    figures = {name: _figure(name, r.alpha, adjusted[name], evidence) for name, r in evidence.benchmarks.items()}
    first = next(iter(figures.values()), "")
    match word:
        case Word.NOT_TESTABLE:
            note = [f"Measured all the same, without standing: {first}."] if first else []
            return [f"The data cannot say: {'; '.join(missing)}.", *note]
        case Word.TOO_SHORT:
            needed = months_needed(evidence, bounds)
            return [f"Only {count(int(evidence.months), 'complete month')}; words need {needed}. Paths and risk stand."]
        case Word.SUPPORTED:
            return [f"Beats {every}, the factors and its random twins, after {_tried(evidence)}: {first}."]
        case Word.UNIVERSE:
            return [f"Beats {every} and the factors, {_twins_words(evidence)}: {first}."]
        case Word.FACTOR_TILT:
            return [f"Beats {every}, but not the factors ({_short(evidence.factors)} on them): {first}."]
        case Word.BENCHMARK_DEPENDENT:
            return [f"Beats {listed(beaten)}, but not {listed(lost)}: {figures[lost[0]]}."]
        case Word.REFUTED:
            left = {name: excluded_above(r.alpha, evidence, bounds) for name, r in evidence.benchmarks.items()}
            most = max(left, key=lambda name: left[name])
            return [
                f"Every edge above {percent(bounds.economic_edge)} a year is excluded on {every}, after "
                f"{_tried(evidence)}; at most {signed(left[most])} is left, on {most}: {first}."
            ]
        case Word.COULD_NOT_SEE:
            return [f"{_visible(evidence)}, so nothing smaller can be ruled in or out: {first}."]
    return [f"Cannot be told apart from {every}: {first}.", f"{_visible(evidence)}."]


def _figure(name: str, alpha: AlphaEstimate, adjusted: float, evidence: Evidence) -> str:
    charged = "" if evidence.trials == 1 else f", {p_value(adjusted)} after {_tried(evidence)}"
    return f"net alpha {_short(alpha)} on {name}, p {p_value(alpha.p)}{charged}"


def _short(alpha: AlphaEstimate | None) -> str:
    return "none" if alpha is None else f"{signed(alpha.alpha_annual)} a year ({interval(*alpha.ci)})"


def _tried(evidence: Evidence) -> str:
    return count(evidence.trials, "trial")


def _twins_words(evidence: Evidence) -> str:
    if evidence.twins is None:
        return "but has no random twins to be held against"
    return f"but not random picks from the same names ({_short(evidence.twins)} over them)"


def _visible(evidence: Evidence) -> str:
    found = evidence.yardstick
    if found is None:
        return ""
    return f"In {years(found.years, 1)} only an edge of {percent(found.mde_annual)} a year or more would have been seen"


def would_change(word: Word, evidence: Evidence, bounds: Thresholds) -> tuple[str, ...]:
    """What a person could do about it."""
    thin = [rule for rule, share in evidence.coverage.items() if not share >= bounds.min_coverage]
    match word:
        case Word.NOT_TESTABLE:
            wanted = [f"Data for {listed(thin)}"] if thin else []
            wanted += [f"{item[0].upper()}{item[1:]}: {why}" for item, why in evidence.untestable.items()]
            return tuple(wanted) or ("Factor returns over the whole period (active-edge data pull brings them)",)
        case Word.TOO_SHORT:
            lacking = max(1, int(months_needed(evidence, bounds) - evidence.months))
            return (f"{count(lacking, 'complete month')} more: begin earlier, or wait",)
        case Word.SUPPORTED:
            return (
                "Months nobody has seen: leave the file unchanged, and run it again as they come",
                *_fragile(evidence),
            )
        case Word.UNIVERSE:
            return ("Rules whose picks beat random ones from the same names; or hold the whole universe",)
        case Word.FACTOR_TILT:
            return ("An alpha on the factors above zero; the tilt itself is sold cheaply",)
        case Word.BENCHMARK_DEPENDENT:
            return ("Naming, beforehand, the one benchmark you would hold instead", *_fragile(evidence))
        case Word.REFUTED:
            return ("Another idea: no further period of this one is likely to bring it back",)
    return _more_power(evidence, bounds)


def _fragile(evidence: Evidence) -> tuple[str, ...]:
    return tuple(
        f"Delisting returns: under {scenario} the alpha is {signed(alpha)} a year"
        for scenario, alpha in evidence.delisting.items()
        if alpha <= 0
    )


def _more_power(evidence: Evidence, bounds: Thresholds) -> tuple[str, ...]:
    """More years, a narrower tracking error, another benchmark: each with the number that would do."""
    found = evidence.yardstick
    if found is None:
        return ()
    advice = []
    wait = years_needed(evidence, bounds)
    if wait is not None:
        advice.append(f"More years: an edge as large as estimated shows after {years(wait)}")
    narrower = found.tracking_error * bounds.visible_edge / found.mde_annual
    if found.mde_annual > bounds.visible_edge:
        advice.append(
            f"A tracking error of {percent(narrower)} instead of {percent(found.tracking_error)} (more names, weights "
            f"nearer the index): then {percent(bounds.visible_edge, 0)} a year would show in these months"
        )
    advice.append(f"A benchmark it moves closer to than {found.name} (beta {number(found.alpha.beta)})")
    if evidence.trials > 1:
        advice.append(f"Fewer attempts: {_tried(evidence)} on these months are charged for")
    return tuple(advice)
