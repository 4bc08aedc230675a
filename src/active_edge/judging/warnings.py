"""What a reader must know of the data before believing a page: (level, text, remedy), worst first."""

from __future__ import annotations

from collections.abc import Iterator

from active_edge.inference.alpha import AlphaEstimate
from active_edge.judging.first_looks import first_look_warnings, relooks
from active_edge.judging.judgement import Judgement
from active_edge.judging.known_survivors import known_survivors
from active_edge.judging.missing_warnings import missing_warnings
from active_edge.judging.robustness import Robustness
from active_edge.judging.samples import FACTOR_SERIES, Samples
from active_edge.judging.series_warnings import series_warnings
from active_edge.judging.trading_warnings import proceeds_warnings, silent_warnings, volume_warnings
from active_edge.ledger import Tally
from active_edge.report.run_page import LEVELS
from active_edge.stats import Level
from active_edge.strategy import sector_caps
from active_edge.words import count, listed, percent, signed, years

FEW_NAMES = 20
LOW_COVERAGE = 0.5
SHORT_YEARS = 5.0

Warning_ = tuple[Level, str, str]


def data_warnings(judgement: Judgement) -> list[Warning_]:
    """Every warning that applies, as (level, text, remedy); level serious, caution or note."""
    found = [w for source in SOURCES for w in source(judgement)]
    return sorted(found, key=lambda warning: LEVELS.index(warning[0]))


def run_warnings(judgement: Judgement, robust: Robustness) -> list[Warning_]:
    """Every warning about a run, those of its knock-outs among them, worst first."""
    found = [*data_warnings(judgement), *([] if robust.honesty is None else robust.honesty.warnings())]
    return sorted(found, key=lambda warning: LEVELS.index(warning[0]))


def _simulated(judgement: Judgement) -> Iterator[Warning_]:
    if judgement.result.market.simulated:
        yield (
            "serious",
            "SIMULATED data: these names, prices and filings never existed. The page shows what the program does, "
            "not what any market did.",
            "Run it on a market of your own: active-edge data import, or data pull, then --data.",
        )
    if judgement.result.market.planted:
        yield (
            "serious",
            f"An edge was PLANTED in this market: {judgement.result.market.planted}. Whatever is found here was put "
            "here; it shows that the test can find an edge, and answers nothing.",
            "For a market in which nobody planted anything: active-edge data simulate without --alpha.",
        )


def _doubts(judgement: Judgement) -> Iterator[Warning_]:
    for doubt in judgement.doubts:
        yield doubt.level, f"{doubt.name.capitalize()}: {doubt.text}.", doubt.remedy


def _known_survivors(judgement: Judgement) -> Iterator[Warning_]:
    others = known_survivors(judgement.result).others
    if others:
        yield (
            "caution",
            f"Exits differ by what is known: {'; '.join(one.said() for one in others)}.",
            "What is known of those who lived and not of those who died picks survivors wherever a rule reads it.",
        )


def _names(judgement: Judgement) -> Iterator[Warning_]:
    counts = (judgement.result.targets.weights > 0).sum(axis=1)
    dates = judgement.result.targets.dates
    empty = int((counts == 0).sum())
    if empty:
        yield (
            "caution",
            f"On {empty} of {len(dates)} decision dates the screen selected nobody, and the portfolio was cash.",
            "See the coverage table for the rule that lacked data; the measured period starts at the first purchase.",
        )
    few = int(((counts > 0) & (counts < FEW_NAMES)).sum())
    if few:
        yield (
            "caution",
            f"On {few} of {len(dates)} decision dates fewer than {FEW_NAMES} names were held; single names drive it.",
            "Loosen a rule, or read the interval and not the estimate.",
        )
    invested = judgement.result.targets.weights.sum(axis=1)
    part = int(((counts > 0) & (invested < 0.95)).sum())
    if part:
        yield (
            "note",
            f"On {part} of {len(dates)} decision dates the weight caps left more than 5 % in cash.",
            "Raise max_weight or max_sector_weight, or select more names.",
        )


def _sector_caps(judgement: Judgement) -> Iterator[Warning_]:
    rules = judgement.result.strategy.rules
    caps = sector_caps(rules, judgement.result.decision.evaluation.universe)
    without = int((caps > rules.max_sector_weight).sum())
    if without:
        yield (
            "caution",
            f"On {without} of {len(caps)} decision dates no sector of any candidate was known, and max_sector_weight "
            "capped nothing.",
            "Give securities a SIC code, or facts of item sic or gics by filing day.",
        )


def _coverage(judgement: Judgement) -> Iterator[Warning_]:
    for name, share in judgement.coverage.rules.items():
        if name in judgement.coverage.untested:
            yield (
                "serious",
                f"{name} had a value for {percent(share, 0)} of the candidates, and a missing value passes: nothing "
                "was tested by this rule.",
                "Import or pull the item it needs, or take the rule out.",
            )
        elif share < LOW_COVERAGE:
            yield (
                "caution",
                f"{name} had a value for only {percent(share, 0)} of the candidates over the run.",
                "The selection is partly a selection of who reports; see the coverage table by date.",
            )


def _annual(judgement: Judgement) -> Iterator[Warning_]:
    told = [f"{name} {percent(share, 0)}" for name, share in judgement.coverage.annual.items()]
    if told:
        yield (
            "note",
            f"Made from 12-month figures where a company tells no quarters: {', '.join(told)} of the values.",
            "A yearly figure is up to fifteen months old; import quarterly facts for a sharper one.",
        )


def _period(judgement: Judgement) -> Iterator[Warning_]:
    span = judgement.result.years
    if 0 < span < SHORT_YEARS:
        yield (
            "caution",
            f"{years(span, 1)} are measured. One upswing or one fall is not evidence about a thesis.",
            "Use a longer market; the smallest detectable edge is printed beside every alpha.",
        )


def _factors(judgement: Judgement) -> Iterator[Warning_]:
    result, alpha = judgement.result, judgement.factors
    have = [name for name in FACTOR_SERIES if name in result.market.series_names]
    months = judgement.samples.months.n
    if alpha is not None and alpha.n < months:
        yield (
            "caution",
            f"The factor returns cover {alpha.n:,} of {months:,} complete months; the factor alpha is of those.",
            "Factor returns are published a month or two late: pull again, or end the run with them (--to).",
        )
    elif alpha is None and have and judgement.benchmarks:
        yield (
            "caution",
            f"The market has factor returns ({', '.join(have)}), but no factor alpha could be estimated over this run: "
            "they have holes in it, or leave too few sessions.",
            "Until there is one, a tilt that anyone can buy is not ruled out.",
        )


def _trading(judgement: Judgement) -> Iterator[Warning_]:
    simulation = judgement.result.simulation
    if len(simulation.unfilled):
        yield (
            "note",
            f"{count(len(simulation.unfilled), 'order')} not filled in full before the next decision.",
            "The table of unfilled orders says which and why; less capital or a higher participation fills more.",
        )
    if len(simulation.exits):
        applied = simulation.exits["return"].to_numpy(dtype=float)
        ruled = int(((simulation.exits["reason"] == "distress") & (applied < 0)).sum())
        yield (
            "note",
            f"{len(simulation.exits):,} held names left the market, {ruled:,} of them charged as distress; "
            f"the mean return applied at exit is {signed(applied.mean())}.",
            "The delisting table shows the edge had every one in distress returned 0 or lost all, and had every one of "
            "unknown reason lost all.",
        )
    if judgement.yardstick is not None and judgement.samples.held.cash is None:
        yield (
            "note",
            "The market has no cash series (RF): alphas are of total returns, not of returns over cash.",
            "Import a daily RF series; with a beta near 1 the difference is small.",
        )


def _ledger(judgement: Judgement) -> Iterator[Warning_]:
    yield from ledger_warnings(judgement.tally, judgement.samples, judgement.twins)


def ledger_warnings(tally: Tally, samples: Samples, twins: AlphaEstimate | None = None) -> Iterator[Warning_]:
    """What is to be known of the trials that are charged for, and of p-values that are of an earlier look."""
    yield from first_look_warnings(relooks(samples, tally.first, twins))
    if tally.damage:
        yield (
            "caution",
            f"The ledger is damaged: {listed(list(tally.damage))}. What a lost line said cannot be known, so it counts "
            "as a trial.",
            "Restore the file that active-edge ledger names from a copy.",
        )
    if tally.free == "control":
        yield (
            "note",
            "Declared a control: it counts as no trial, and no edge is claimed for it.",
            "Claimed after all (control: false), it pays for every control too.",
        )
    if tally.other_ratios:
        yield (
            "note",
            f"The ledger has {count(tally.other_ratios, 'trial')} whose ratio an earlier version measured in another "
            "way; each is charged for, and the deflated Sharpe ratio knows of the spread of the other "
            f"{tally.ratios} alone.",
            "Run those strategies again: their ratios are then measured like this one, and they are no new trials.",
        )


SOURCES = (
    *(_simulated, _doubts, missing_warnings, _known_survivors),
    *(_names, _sector_caps, _coverage, _annual, _period, _factors, _trading, volume_warnings, proceeds_warnings),
    *(silent_warnings, series_warnings, _ledger),
)
"""Every kind of warning, in the order in which those of one level are told."""
