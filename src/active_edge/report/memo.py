"""Two pages for a committee: what was asked, what came of it, what speaks against it; every sentence from the stats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from active_edge.printable import printable
from active_edge.report.document import market_kind, render, stamp_of
from active_edge.stats import Stats
from active_edge.verdicts import Word
from active_edge.words import bps, count, interval, is_missing, number, percent, plain, shortened, signed

LONGEST_LISTS = 4
"""Entries of a list: the memo is two pages, the run's page has all."""
LONGEST_SENTENCE = 420


@dataclass(frozen=True)
class MemoPart:
    """One heading with its paragraphs; `points` are set as a list."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Memo:
    """The memo of one run: plain text in parts.

    links : what a reader may open from its folder, and its address there; no sentence of the memo.
    """

    title: str
    simulated: bool
    parts: tuple[MemoPart, ...]
    planted: str = ""
    links: tuple[tuple[str, str], ...] = ()


def memo_of(stats: Stats, companies: Mapping[str, str] | None = None) -> Memo:
    """The memo of a run's stats; `companies`: ticker -> address of the page of a position, for those that have one."""
    pages = companies or {}
    word = Word(stats.verdict)
    against = tuple(_against(stats))
    tested = tuple(f"{plain(name).capitalize()}: {line}" for name, line in stats.tested.items())
    parts = (
        MemoPart("Question", (f"Does {plain(stats.strategy)} beat {stats.yardstick or 'its benchmark'} after costs?",)),
        MemoPart("What was tested", points=tested),
        MemoPart(
            f"Answer: {word}",
            (f"{word.meaning} {word.consequence}", _clipped(stats.verdict_reason)),
            tuple(_numbers(stats)),
        ),
        MemoPart("The case against", points=against),
        MemoPart("Five largest positions, and why they are there", points=tuple(_positions(stats))),
        MemoPart("What would change this", points=tuple(map(_clipped, stats.verdict_would_change[:LONGEST_LISTS]))),
        MemoPart("Sources", (_sources(stats, told=not pages),)),
        MemoPart("Signed", ("Head of research: ____________________ Date: ____________",)),
    )
    return Memo(
        f"Memo: {plain(stats.strategy)}",
        stats.simulated,
        tuple(part for part in parts if part.paragraphs or part.points),
        stats.planted,
        ((f"The whole page of {stats.run}", "report.html"), *pages.items()),
    )


def memo_markdown(memo: Memo) -> str:
    """The memo as Markdown."""
    lines = [f"# {_escaped(memo.title)}", ""]
    if memo.simulated:
        lines += [f"**SIMULATED.** {stamp_of(memo.planted)}", ""]
    for part in memo.parts:
        lines += [f"## {_escaped(part.heading)}", ""]
        for paragraph in part.paragraphs:
            lines += [_escaped(paragraph), ""]
        lines += [*(f"- {_escaped(point)}" for point in part.points), ""] if part.points else []
    lines += [", ".join(f"[{_escaped(told)}]({address})" for told, address in memo.links)]
    return printable("\n".join(lines).rstrip()) + "\n"


def render_memo(memo: Memo) -> str:
    """The memo as HTML, two A4 pages when printed."""
    return render(
        "memo.html.j2",
        title=memo.title,
        simulated=memo.simulated,
        stamp=stamp_of(memo.planted),
        home="../index.html",
        memo=memo,
    )


def _numbers(stats: Stats) -> Iterator[str]:
    found = stats.headline
    if found is None:
        return
    over = f"a year over {found.yardstick}"
    yield f"Largest edge these months leave possible: {percent(found.excluded_above)} {over} (95 %, one-sided)."
    yield (
        f"Believed: {signed(found.belief.mean)} a year, 80 % from {interval(*found.belief.interval)}; chance of more "
        f"than 0.5 %: {percent(found.belief.probability, 0)}, before the data "
        f"{percent(found.belief.probability_before, 0)}."
    )
    yield f"Smallest edge that would have been seen: {percent(found.visible)} {over}."
    yield (
        f"Edge after costs {signed(found.alpha_annual)} ({interval(*found.alpha_ci)}), after the fee "
        f"{signed(found.alpha_after_fee)} a year."
    )


def _against(stats: Stats) -> Iterator[str]:
    """What a sceptic would say, one point each."""
    found = stats.headline
    if found is not None:
        yield f"Exclusion: an edge above {percent(found.excluded_above)} a year over {found.yardstick} is ruled out."
    if stats.rungs_failed:
        yield f"Not passed: {', '.join(map(plain, stats.rungs_failed))}."
    factors = stats.factors
    if factors is None:
        yield "Factor returns were not there: that a cheap tilt explains the result is not ruled out."
    elif factors.alpha_ci is not None:
        left = f"{signed(factors.alpha_annual)} a year ({interval(*factors.alpha_ci)})"
        yield f"Tilt: {left} is left once {plain(factors.model)} are paid for."
    if stats.twins is not None:
        over = f"{signed(stats.twins.alpha_annual)} a year ({interval(*stats.twins.alpha_ci)})"
        yield f"Luck of the draw: over random portfolios of the same universe it earned {over}."
    if not is_missing(stats.cost_drag_annual):
        even = (
            ""
            if is_missing(stats.break_even_cost_bps)
            else f"; the edge is gone at {bps(stats.break_even_cost_bps)} a trade"
        )
        turned = percent(stats.turnover_annual, 0)
        yield f"Costs: {percent(stats.cost_drag_annual, 2)} a year at a turnover of {turned}{even}."
    if found is not None:
        fee = (
            "none is named"
            if not found.management and not found.performance
            else f"leaves {signed(found.alpha_after_fee)}"
        )
        most = (
            "there is no edge to pay one from"
            if found.break_even_fee is None
            else f"all is gone at {percent(found.break_even_fee, 2)}"
        )
        yield f"Fee: {fee}; {most}."
    capital = [f"{row.setting} {signed(row.alpha_annual)}" for row in stats.sensitivity if row.group == "capital"]
    if capital:
        yield f"Capacity, edge a year by capital: {'; '.join(capital)}."
    if stats.path is not None and stats.falls:
        fall = stats.falls[0]
        back = f"recovered on {fall.recovered}" if fall.recovered else "not recovered"
        yield f"Deepest fall: {percent(fall.depth)} from {fall.start} to {fall.trough}, {back}."
    serious = [warning.text for warning in stats.warnings if warning.level != "note"]
    for text in serious[:LONGEST_LISTS]:
        yield f"Data: {_clipped(text)}"
    if len(serious) > LONGEST_LISTS:
        yield f"Data: {count(len(serious) - LONGEST_LISTS, 'more warning')} on the run's page."
    yield f"Searching: charged for {count(stats.trials, 'trial')} on this kind of market."


def _positions(stats: Stats) -> Iterator[str]:
    for one in stats.largest:
        named = f"{one.ticker} ({one.name})" if one.name else one.ticker
        place = "" if one.rank is None else f", rank {number(one.rank, 0)}"
        values = "; ".join(shortened([f"{plain(rule)} {value}" for rule, value in one.values.items()], 6))
        yield f"{named}, {percent(one.weight)}{place}, held since {one.since}: {values or 'the weight was given'}."


def _sources(stats: Stats, *, told: bool) -> str:
    """Where the numbers are from; `told`: with the command that makes the page of a position."""
    market = f"a {market_kind(simulated=stats.simulated, planted=stats.planted)} market"
    filed = ""
    if stats.largest and told:
        filed = f" All that a position had filed: active-edge company {stats.largest[0].ticker} --on {stats.end}"
    return (
        f"Run {stats.run} of {stats.start} to {stats.end} on {market}, snapshot {stats.snapshot}; every number is in "
        f"its stats.json. Made again by: active-edge rerun {stats.run}.{filed}"
    )


def _clipped(text: str) -> str:
    """A text of at most `LONGEST_SENTENCE` characters, cut at a word."""
    if len(text) <= LONGEST_SENTENCE:
        return text
    return text[:LONGEST_SENTENCE].rsplit(" ", 1)[0] + " … (on the run's page)"


def _escaped(text: str) -> str:
    """Text whose own marks mean nothing in Markdown."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in text)
