"""The sentences of a verdict: what decided it, and what a person could do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from active_edge.inference.alpha import AlphaEstimate
from active_edge.inference.evidence import SELECTION, Charged, Evidence, Thresholds
from active_edge.verdicts import Word
from active_edge.words import count, interval, listed, p_value, percent, signed, years

WORDS = 60
"""A reason and what would change it are read in one breath."""
LEAST_OF_CAUSE = 15
"""Words of what is missing that tell it; below these the doubts beside it are counted, not named."""
MOST_NAMED = 3
"""Benchmarks that a sentence names; of more it says how many."""


def said(
    word: Word,
    evidence: Evidence,
    charged: Charged,
    bounds: Thresholds,
    *,
    passes: Mapping[str, bool],
    missing: list[str],
) -> tuple[str, tuple[str, ...]]:
    """What decided it, with the numbers that matter most to it and what is wrong with the data; and what to do.

    Both together are at most `WORDS` words: the list of rules gives way to a count first, then why their values are
    missing, then the end of the cause. What puts the data in doubt is named as long as the cause can be read or, beside
    numbers, as long as these stand whole.
    """
    decided = _decided(word, evidence, charged, bounds, passes=passes, missing=missing)
    advice = would_change(word, evidence, charged, bounds)
    few, counted = _untested(evidence, 2), _untested(evidence, 0)
    named, doubts = _doubts(evidence, named=True), _doubts(evidence, named=False)
    bare = replace(evidence, why_thin={})
    short = _decided(word, bare, charged, bounds, passes=passes, missing=missing_of(bare, bounds))[:1]
    forms = [[*decided, *few, *named], [*decided, *counted, *named], [*decided[:1], *counted, *named]]
    forms += [[*short, *counted, *named], *([] if missing else [[*short, *counted, *doubts]])]
    told = next((form for form in map(" ".join, forms) if _length(form, advice[0]) <= WORDS), "")
    if not told:
        left = WORDS - _length(*counted, *named, advice[0])
        beside = [*counted, *(named if left >= LEAST_OF_CAUSE else doubts)]
        told = " ".join([_cut(short[0], WORDS - _length(*beside, advice[0])), *beside])
    return told, in_one_breath(told, advice)


def _length(*texts: str) -> int:
    return sum(len(text.split()) for text in texts)


def _cut(text: str, most: int) -> str:
    """Its first words, and that there are more, which the page has."""
    words = text.split()
    return text if len(words) <= most else f"{' '.join(words[: most - 1]).rstrip(',;:')} …"


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


def _all_of(names: Sequence[str]) -> str:
    return listed(names) if len(names) <= MOST_NAMED else f"all {len(names)} benchmarks"


def _share_known(rule: str, share: float, evidence: Evidence) -> str:
    """A rule, the share of candidates it has a value for, and why so few where that can be told."""
    why = evidence.why_thin.get(rule)
    return f"{rule} ({percent(share, 0)}{f': {why}' if why else ''})"


def _untested(evidence: Evidence, most: int) -> list[str]:
    """Rules that tested nothing: `most` of them with their shares, or how many they are."""
    rules = [_share_known(rule, share, evidence) for rule, share in evidence.untested.items()]
    if not rules:
        return []
    return [
        "Passed by every name for want of values: "
        f"{listed(_first_few(rules, most)) if most else count(len(rules), 'rule')}."
    ]


def _doubts(evidence: Evidence, *, named: bool) -> list[str]:
    """What puts the data in doubt, but for what has been told already as the reason why nothing can be said."""
    told = set(evidence.untestable.values())
    doubts = [name for name, text in evidence.doubts.items() if text not in told]
    if not doubts:
        return []
    return [f"The data are in doubt: {listed(doubts) if named else count(len(doubts), 'thing')}."]


def _decided(
    word: Word,
    evidence: Evidence,
    charged: Charged,
    bounds: Thresholds,
    *,
    passes: Mapping[str, bool],
    missing: list[str],
) -> list[str]:
    every = _all_of(list(passes)) if passes else ""
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
            won, not_won = listed(_first_few(beaten, MOST_NAMED)), listed(_first_few(lost, MOST_NAMED))
            return [f"Beats {won}, but not {not_won}: {figures[lost[0]]}."]
        case Word.REFUTED:
            left = charged.excluded_above
            most = max(left, key=lambda name: left[name])
            return [
                f"Every edge above {percent(bounds.economic_edge)} a year is excluded on {every}, after "
                f"{_tried(evidence)}; at most {signed(left[most])} is left, on {most}: {figures[most]}."
            ]
        case Word.COULD_NOT_SEE:
            return [f"{_visible(evidence)}: {first}.", _excluded(evidence, bounds)]
    told = f"No edge over {every} can be told from luck: {first}."
    seen = [] if _refuted_alone(evidence, bounds) else [f"{_visible(evidence)}."]
    return [told, *seen, _excluded(evidence, bounds)]


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
    told = f"{_short(evidence.twins)} over them, one-sided {_p(evidence.twins.p_one_sided, charged.twins, evidence)}"
    return f"but not random picks: {told}"


def _visible(evidence: Evidence) -> str:
    found = evidence.yardstick
    if found is None:
        return ""
    alone = ", tried alone" if evidence.trials > 1 else ""
    return (
        f"In {years(found.years, 1)} only an edge above {percent(found.mde_annual)} a year would have been seen{alone}"
    )


def _excluded(evidence: Evidence, bounds: Thresholds) -> str:
    """The largest edge left possible, uncharged as the headline has it; nothing without a yardstick."""
    found = evidence.yardstick
    if found is None:
        return ""
    most = found.alpha.excluded_above(level=bounds.level)
    if _refuted_alone(evidence, bounds):
        return f"Tried alone it would be refuted: no edge above {signed(most)} is left."
    return f"An edge above {signed(most)} is excluded."


def _refuted_alone(evidence: Evidence, bounds: Thresholds) -> bool:
    """Whether only the charge for other trials leaves an edge worth having possible."""
    alphas = [result.alpha for result in evidence.benchmarks.values()]
    return bool(alphas) and all(one.excluded_above(level=bounds.level) < bounds.economic_edge for one in alphas)


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
            unseen = "Months nobody has seen: leave the file unchanged, and run it again as they come"
            return (*_fragile(evidence), unseen)
        case Word.UNIVERSE:
            return ("Rules that beat random picks; else the whole universe, cheaply",)
        case Word.FACTOR_TILT:
            return (_beyond_factors(evidence, bounds),)
        case Word.BENCHMARK_DEPENDENT:
            return ("Naming, beforehand, the one benchmark you would hold instead", *_fragile(evidence))
        case Word.REFUTED:
            return ("Another idea: no further period of this one is likely to bring it back",)
    return _more_power(evidence, charged, bounds)


def _wanted(thin: Sequence[str], evidence: Evidence) -> Iterator[str]:
    """What to bring for each thing that is missing."""
    if thin:
        yield f"Data for {listed(_first_few(thin))} (active-edge data import, or data pull)"
    for item in evidence.untestable:
        if item == SELECTION and not thin:
            yield "Rules that some name passes: active-edge screen shows which of them removes the last"
        elif item == "universe":
            yield "A market with every company of the band, or bounds in USD: universe: market_value"
        elif item != SELECTION:
            yield f"{item} over the whole run (active-edge data import, or data pull), or dates that it covers"
    if not thin and not evidence.untestable and not evidence.benchmarks:
        yield "A benchmark over the whole run (active-edge data import, or data pull), or dates that one covers"
    elif not thin and not evidence.untestable:
        yield "Factor returns over the whole period (active-edge data pull brings them)"


def _beyond_factors(evidence: Evidence, bounds: Thresholds) -> str:
    """What the alpha on the factors lacks: it is not worth having, not beyond luck, or not after all trials."""
    found = evidence.factors
    if found is None or found.alpha_annual <= bounds.economic_edge:
        return f"An alpha on the factors above {percent(bounds.economic_edge)}; the tilt itself is sold cheaply"
    if found.p > bounds.level:
        return "More months: its alpha on the factors is above zero, but not beyond luck"
    return f"More months: its alpha on the factors is too small for {_tried(evidence)}"


def _fragile(evidence: Evidence) -> tuple[str, ...]:
    worst = min(evidence.delisting.values(), default=0.0)
    if worst >= 0:
        return ()
    return (f"Returns of delisted names: at the harshest assumed its alpha is {signed(worst)} a year",)


def _more_power(evidence: Evidence, charged: Charged, bounds: Thresholds) -> tuple[str, ...]:
    """More years, a narrower tracking error, another benchmark, with the number that would do.

    The years are those after which an edge as large as estimated shows; the tracking error is that at which the edge a
    run must be able to see would show in these months.
    """
    found = evidence.yardstick
    if found is None:
        return ()
    if _refuted_alone(evidence, bounds):
        return (f"Treat it as refuted: only the charge for {_tried(evidence)} keeps that word away",)
    advice = []
    wait = charged.years_needed
    if wait is not None:
        advice.append(f"A history of {years(wait)}")
    narrower = found.tracking_error * bounds.visible_edge / found.mde_annual
    if found.mde_annual > bounds.visible_edge:
        advice.append(f"A tracking error of {percent(narrower)}, not {percent(found.tracking_error)}")
    advice.append(f"A benchmark nearer than {found.name}")
    return tuple(advice)
