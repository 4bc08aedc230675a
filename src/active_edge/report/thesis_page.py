"""A thesis on one page: a screen of verdicts first, each opening to its picture, its numbers and its sources."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from active_edge.report.blocks import Block, Cell, Column, Prose, Section, Table
from active_edge.report.document import STAMP, render
from active_edge.verdicts import Word
from active_edge.words import DASH, count, significant

WIDTH, HEIGHT, EDGE = 640.0, 150.0, 6.0
MOST_POINTS = 400


@dataclass(frozen=True)
class Line:
    """A dated series as the points of a picture, with the words at its corners."""

    name: str
    points: str
    zero: float | None
    low: str
    high: str
    start: str
    end: str


@dataclass(frozen=True)
class ClaimView:
    """One claim as the page shows it: every field is text that is ready to be read.

    `figures` are name and value of each number; `sources` and `published` sentences; `runs` text and address.
    """

    number: str
    statement: str
    family: str
    verdict: Word
    reason: str
    figures: tuple[tuple[str, str], ...] = ()
    beside: tuple[str, ...] = ()
    hypothesis: str = ""
    refuted_by: str = ""
    published: tuple[str, ...] = ()
    source: str = ""
    lacks: str = ""
    runs: tuple[tuple[str, str], ...] = ()
    line: Line | None = None
    stands_in: bool = False


@dataclass(frozen=True)
class ThesisView:
    """All of it. `title`, `told` (on what and when) and `counted`; `watch` rows of the watch list, may be empty."""

    title: str
    told: str
    claims: tuple[ClaimView, ...]
    simulated: bool
    watch: tuple[tuple[Cell | str, ...], ...] = ()
    rates: tuple[tuple[Cell | str, ...], ...] = ()
    without: tuple[str, ...] = ()


def render_thesis(view: ThesisView) -> str:
    """The page as HTML that needs no other file and makes no request."""
    words = [claim.verdict for claim in view.claims]
    counted = tuple((str(word), words.count(word)) for word in Word if word in words)
    return render(
        "thesis.html.j2",
        sections=_sections(view),
        title=view.title,
        simulated=view.simulated,
        stamp=STAMP,
        home="index.html",
        told=view.told,
        counted=counted,
        total=count(len(view.claims), "claim"),
        claims=view.claims,
    )


def draw_line(name: str, values: pd.Series) -> Line | None:
    """A series as a picture of fixed size; None with fewer than two values."""
    known = values.dropna()
    if len(known) < 2:
        return None
    step = max(1, len(known) // MOST_POINTS)
    kept = pd.concat([known.iloc[::step], known.iloc[[-1]]])
    kept = kept[~kept.index.duplicated()]
    low, high = float(known.min()), float(known.max())
    span = high - low or 1.0
    days = pd.DatetimeIndex(kept.index)
    first, length = days[0], max((days[-1] - days[0]).days, 1)
    places = [
        (
            EDGE + (WIDTH - 2 * EDGE) * (day - first).days / length,
            EDGE + (HEIGHT - 2 * EDGE) * (high - float(value)) / span,
        )
        for day, value in zip(days, kept, strict=True)
    ]
    zero = EDGE + (HEIGHT - 2 * EDGE) * high / span if low < 0 < high else None
    return Line(
        name,
        " ".join(f"{round(x, 1)},{round(y, 1)}" for x, y in places),
        zero,
        significant(low, 3),
        significant(high, 3),
        f"{days[0]:%Y-%m}",
        f"{days[-1]:%Y-%m}",
    )


def _sections(view: ThesisView) -> tuple[Section, ...]:
    return tuple(section for section in (_numbers(view), _watch(view), _rates(view)) if section is not None)


def _numbers(view: ThesisView) -> Section:
    names = ("effect", "95 % interval", "p, after all tests", "sample", "detectable")
    columns = (
        Column("Claim", numeric=False, wrap=True),
        Column("Verdict", numeric=False),
        Column("Effect", numeric=False, wrap=True),
        Column("95 % interval"),
        Column("p, after all tests"),
        Column("Sample", numeric=False, wrap=True),
        Column("Detectable", secondary=True),
    )
    note = (
        "p: of an estimate so far from what the claim is held against; after Holm over all claims that got a number. "
        "Detectable: what such a sample finds four times in five."
    )
    families = list(dict.fromkeys(claim.family for claim in view.claims))
    tables = tuple(
        Table(
            (family or "claims").capitalize(),
            columns,
            tuple(_numbers_of(claim, names) for claim in view.claims if claim.family == family),
            note=note if family == families[-1] else "",
        )
        for family in families
    )
    return Section("numbers", "All numbers", "What does each verdict rest on?", tables)


def _numbers_of(claim: ClaimView, names: tuple[str, ...]) -> tuple[Cell | str, ...]:
    given = dict(claim.figures)
    verdict = Cell(claim.verdict, verdict=claim.verdict, detail="by a stand-in" if claim.stands_in else "")
    return (f"{claim.number} {claim.statement}".strip(), verdict, *(given.get(name, DASH) for name in names))


def _watch(view: ThesisView) -> Section | None:
    if not view.watch:
        return None
    columns = (
        Column("Catalyst", numeric=False, wrap=True),
        Column("Now", numeric=False, wrap=True),
        Column("Of five years"),
        Column("Leaning", numeric=False),
        Column("Date", numeric=False),
        Column("Claims", numeric=False, secondary=True),
    )
    blocks: tuple[Block, ...] = (
        Table("Catalysts", columns, view.watch),
        Prose("A value older than its own pace allows is stale: it is shown as the last one known, never as today's."),
    )
    return Section("watch", "Watch list", "Which way do the article's own catalysts lean?", blocks)


def _rates(view: ThesisView) -> Section | None:
    if not view.rates:
        return None
    columns = (
        Column("Claim", numeric=False),
        Column("Family", numeric=False),
        Column("Truth", numeric=False),
        Column("Worlds"),
        Column("Months"),
        Column("Supported falsely"),
        Column("Refuted falsely"),
    )
    note = (
        "Each claim alone, by its own statistic, at the 5 % mark of both sides together. Truth: nothing (zero), or the "
        "very bound that the claim is held against."
    )
    table = Table("Worlds without an effect", columns, view.rates, note=note)
    question = "How often would a claim be supported, or refuted, in worlds in which nothing is true of it?"
    none = tuple(Prose(f"No rate. {sentence}") for sentence in view.without)
    return Section("false-alarms", "False alarms", question, (table, *none))
