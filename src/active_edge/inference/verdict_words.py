"""The sentences of a verdict: what decided it, and what a person could do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.evidence import SELECTION, Charged, Evidence, Thresholds
from active_edge.verdicts import Word
from active_edge.words import count, interval, listed, p_value, percent, signed, years

WORDS = 60
"""A reason and what would change it are read in one breath."""


def reason(
    word: Word,
    evidence: Evidence,
    charged: Charged,
    bounds: Thresholds,
    *,
    passes: Mapping[str, bool],
    missing: list[str],
) -> list[str]:
    """What decided it, then the numbers on the benchmark that matters most to it; last what is wrong with the data."""
    decided = _decided(word, evidence, charged, bounds, passes=passes, missing=missing)
    return [*decided, *_untested(evidence), *_doubts(evidence)]


def missing_of(evidence: Evidence, bounds: Thresholds) -> list[str]:
    """What cannot be answered, and why. That nobody was selected goes without saying where a rule had no values."""
    thin = {rule: share for rule, share in evidence.coverage.items() if not share >= bounds.min_coverage}
    missing = []
    if thin:
        rules = [_share_known(rule, share, evidence) for rule, share in thin.items()]
        few = f"under {percent(bounds.min_coverage, 0)} of candidates have a value"
        missing.append(f"{few} of {listed(_first_few(rules))}")
    missing += [f"{item}: {why}" for item, why in evidence.untestable.items() if not (thin and item == SELECTION)]
    if not evidence.benchmarks and not missing and evidence.months >= bounds.months:
        missing.append("no benchmark covers the period")
    return missing


def _ended(sentence: str) -> str:
    """With its full stop, unless it ends as a question."""
    return sentence if sentence.endswith("?") else f"{sentence}."


def _first_few(parts: Sequence[str], most: int = 2) -> list[str]:
    """The first parts, and how many more there are: a reason is read in one breath, the page lists them all."""
    return list(parts) if len(parts) <= most else [*parts[:most], f"{len(parts) - most} more"]


def _share_known(rule: str, share: float, evidence: Evidence) -> str:
    """A rule, the share of candidates it has a value for, and why so few where that can be told."""
    why = evidence.why_thin.get(rule)
    return f"{rule} ({percent(share, 0)}{f': {why}' if why else ''})"


def _untested(evidence: Evidence) -> list[str]:
    rules = [_share_known(rule, share, evidence) for rule, share in evidence.untested.items()]
    return [f"Passed by every name for want of values: {listed(_first_few(rules))}."] if rules else []


def _doubts(evidence: Evidence) -> list[str]:
    """What puts the data in doubt, but for what has been told already as the reason why nothing can be said."""
    told = set(evidence.untestable.values())
    doubts = [name for name, text in evidence.doubts.items() if text not in told]
    return [f"The data are in doubt: {listed(doubts)}."] if doubts else []


def _decided(
    word: Word,
    evidence: Evidence,
    charged: Charged,
    bounds: Thresholds,
    *,
    passes: Mapping[str, bool],
    missing: list[str],
) -> list[str]:
    every = listed(list(passes)) if passes else ""
    beaten = [name for name, good in passes.items() if good]
    lost = [name for name, good in passes.items() if not good]
    figures = {
        name: _figure(name, r.alpha, charged.benchmarks[name], evidence) for name, r in evidence.benchmarks.items()
    }
    first = next(iter(figures.values()), "")
    match word:
        case Word.NOT_TESTABLE:
            return [_ended(f"The data cannot say: {'; '.join(_first_few(missing))}")]
        case Word.TOO_SHORT:
            needed = charged.months_needed
            return [f"Only {count(int(evidence.months), 'complete month')}; words need {needed}. Paths and risk stand."]
        case Word.SUPPORTED:
            return [f"Beats {every}, the factors and its random twins, after {_tried(evidence)}: {first}."]
        case Word.UNIVERSE:
            return [f"Beats {every} and the factors, {_twins_words(evidence, charged)}; {first}."]
        case Word.FACTOR_TILT:
            return [f"Beats {every}, but not the factors: {_on_factors(evidence, charged)}; {first}."]
        case Word.BENCHMARK_DEPENDENT:
            return [f"Beats {listed(beaten)}, but not {listed(lost)}: {figures[lost[0]]}."]
        case Word.REFUTED:
            left = charged.excluded_above
            most = max(left, key=lambda name: left[name])
            return [
                f"Every edge above {percent(bounds.economic_edge)} a year is excluded on {every}, after "
                f"{_tried(evidence)}; at most {signed(left[most])} is left, on {most}: {first}."
            ]
        case Word.COULD_NOT_SEE:
            return [f"{_visible(evidence)}: {first}.", _excluded(evidence)]
    return [f"No edge over {every} can be told from luck: {first}.", f"{_visible(evidence)}.", _excluded(evidence)]


def _figure(name: str, alpha: AlphaEstimate, adjusted: float, evidence: Evidence) -> str:
    return f"net alpha {_short(alpha)} on {name}, {_p(alpha.p, adjusted, evidence)}"


def _on_factors(evidence: Evidence, charged: Charged) -> str:
    if evidence.factors is None or charged.factors is None:
        return "none"
    return f"{_short(evidence.factors)} on them, {_p(evidence.factors.p, charged.factors, evidence)}"


def _p(p: float, charged: float, evidence: Evidence) -> str:
    """A p alone and charged; both once where they read the same."""
    own, after = p_value(p), p_value(charged)
    day = f" on {evidence.first_look}" if evidence.first_look else ""
    if evidence.trials == 1:
        return f"p {own}{day}"
    return f"p {own}{day}, {'also' if own == after else after} after {_tried(evidence)}"


def _short(alpha: AlphaEstimate) -> str:
    return f"{signed(alpha.alpha_annual)} a year ({interval(*alpha.ci)})"


def _tried(evidence: Evidence) -> str:
    return count(evidence.trials, "trial")


def _twins_words(evidence: Evidence, charged: Charged) -> str:
    if evidence.twins is None or charged.twins is None:
        return "but has no random twins to be held against"
    told = f"{_short(evidence.twins)} over them, {_p(evidence.twins.p_one_sided, charged.twins, evidence)}"
    return f"but not random picks: {told}"


def _visible(evidence: Evidence) -> str:
    found = evidence.yardstick
    if found is None:
        return ""
    return f"In {years(found.years, 1)} only an edge above {percent(found.mde_annual)} a year would have been seen"


def _excluded(evidence: Evidence) -> str:
    """The largest edge left possible, uncharged as the headline has it; nothing without a yardstick."""
    found = evidence.yardstick
    return "" if found is None else f"An edge above {signed(found.alpha.excluded_above())} is excluded."


def in_one_breath(reason: str, advice: Sequence[str], most: int = WORDS) -> tuple[str, ...]:
    """The first pieces of advice that leave it and the reason together at most so many words; one at least."""
    kept = list(advice[:1])
    for piece in advice[1:]:
        if len(" ".join([reason, *kept, piece]).split()) <= most:
            kept.append(piece)
    return tuple(kept)


def would_change(word: Word, evidence: Evidence, charged: Charged, bounds: Thresholds) -> tuple[str, ...]:
    """What a person could do about it."""
    thin = [rule for rule, share in evidence.coverage.items() if not share >= bounds.min_coverage]
    match word:
        case Word.NOT_TESTABLE:
            return tuple(_wanted(thin, evidence))
        case Word.TOO_SHORT:
            lacking = max(1, int(charged.months_needed - evidence.months))
            return (f"{count(lacking, 'complete month')} more: begin earlier, or wait",)
        case Word.SUPPORTED:
            return (
                "Months nobody has seen: leave the file unchanged, and run it again as they come",
                *_fragile(evidence),
            )
        case Word.UNIVERSE:
            return ("Rules that beat random picks; else the whole universe, cheaply",)
        case Word.FACTOR_TILT:
            return ("An alpha on the factors above zero; the tilt itself is sold cheaply",)
        case Word.BENCHMARK_DEPENDENT:
            return ("Naming, beforehand, the one benchmark you would hold instead", *_fragile(evidence))
        case Word.REFUTED:
            return ("Another idea: no further period of this one is likely to bring it back",)
    return _more_power(evidence, charged, bounds)


def _wanted(thin: Sequence[str], evidence: Evidence) -> Iterator[str]:
    """What to bring for each thing that is missing."""
    if thin:
        yield f"Data for {listed(thin)} (active-edge data import, or data pull)"
    for item in evidence.untestable:
        if item == SELECTION and not thin:
            yield "Rules that some name passes: active-edge screen shows which of them removes the last"
        elif item == "universe":
            yield "A market with every company of the band, or bounds in USD: universe: market_value"
        elif item != SELECTION:
            yield f"{item} over the whole run (active-edge data import, or data pull), or dates that it covers"
    if not thin and not evidence.untestable:
        yield "Factor returns over the whole period (active-edge data pull brings them)"


def _fragile(evidence: Evidence) -> tuple[str, ...]:
    lost = {scenario: alpha for scenario, alpha in evidence.delisting.items() if alpha <= 0}
    if not lost:
        return ()
    worst = min(lost, key=lambda scenario: lost[scenario])
    return (f"Delisting returns: under {worst} the alpha is {signed(lost[worst])} a year",)


def _more_power(evidence: Evidence, charged: Charged, bounds: Thresholds) -> tuple[str, ...]:
    """More years, a narrower tracking error, another benchmark, with the number that would do.

    The years are those after which an edge as large as estimated shows; the tracking error is that at which the edge a
    run must be able to see would show in these months.
    """
    found = evidence.yardstick
    if found is None:
        return ()
    advice = []
    wait = charged.years_needed
    if wait is not None:
        advice.append(f"A history of {years(wait)}")
    narrower = found.tracking_error * bounds.visible_edge / found.mde_annual
    if found.mde_annual > bounds.visible_edge:
        advice.append(f"A tracking error of {percent(narrower)}, not {percent(found.tracking_error)}")
    advice.append(f"A benchmark nearer than {found.name}")
    return tuple(advice)
