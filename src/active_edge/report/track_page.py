"""Sealed strategies to one page: is there a claim yet, what is excluded, how long may it still take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from active_edge.report.blocks import (
    Absent,
    Block,
    Cell,
    Chart,
    Column,
    Key,
    Listing,
    Measure,
    Measures,
    Prose,
    Section,
    Table,
)
from active_edge.report.document import STAMP, render
from active_edge.report.timelines import evidence_figure
from active_edge.words import DASH, count, evidence, is_missing, noun_of, number, percent, signed, years

NONE_YET = "No month that begins after the seal is complete yet."


@dataclass(frozen=True, eq=False)
class TrackedStrategy:
    """One sealed strategy as the page shows it.

    Attributes
    ----------
    rising, falling : e-value by month end, for an edge and against one above `kill`.
    claim_at : e-value that claims an edge of this named strategy.
    claimed, killed : month after which a line was crossed; empty where it was not.
    excluded : annual edge -> (e-value against an edge above it, month after which that was excluded or empty).
    upper : annual edge above which all are excluded; infinite while none is.
    benchmarks : benchmark -> (e-value, annual edge so far or None).
    wait_years : expected further wait; None beyond forty years, or where nothing is known.
    forecast : what was said of it when it was sealed.
    belief : what is believed of the months' edge, and from what prior; None before the first look.
    """

    name: str
    sealed: str
    batch: int
    first_month: str
    months: int
    rising: pd.Series
    falling: pd.Series
    claim_at: float
    claimed: str
    kill: float
    killed: str
    excluded: Mapping[float, tuple[float, str]]
    upper: float
    benchmarks: Mapping[str, tuple[float, float | None]]
    beyond_factors: float | None
    combined: float | None
    wait_years: float | None
    forecast: str
    belief: tuple[str, str] | None = None
    notes: Sequence[str] = ()

    @property
    def e(self) -> float:
        """Today's e-value."""
        return float(self.rising.iloc[-1]) if len(self.rising) else 1.0

    @property
    def answer(self) -> str:
        """Whether there is a claim yet, in a few words."""
        if self.claimed and self.killed:
            return f"edge shown since {self.claimed}, one above {percent(self.kill, 0)} excluded"
        if self.claimed:
            return f"edge shown since {self.claimed}"
        return f"failed in {self.killed}" if self.killed else "no claim yet"

    @property
    def waiting(self) -> str:
        """How long a claim may still take."""
        if self.claimed:
            return "over"
        if self.wait_years is None:
            return "over 40 years"
        return years(self.wait_years) if self.wait_years >= 1 else "under a year"

    @property
    def excluded_words(self) -> str:
        """Which edges are excluded, a sentence each, the largest first."""
        told = [
            f"An edge above {percent(edge, 0)} a year is excluded since {month}, whenever one looked."
            if month
            else f"An edge above {percent(edge, 0)} a year is not excluded (evidence against it {evidence(e)} of 20)."
            for edge, (e, month) in sorted(self.excluded.items(), reverse=True)
        ]
        return " ".join(told)


@dataclass(frozen=True)
class TrackedBatch:
    """Strategies sealed together: names, the e-value that one of them has an edge, since when, and who is listed."""

    number: int
    sealed: str
    line: str
    names: Sequence[str]
    mean: float
    shown: str
    listed: Sequence[str]
    unfollowed: Mapping[str, str]


@dataclass(frozen=True)
class TrackedFolder:
    """Everything the page shows; `evidence` is that of all batches together, None of a single one."""

    simulated: bool
    snapshot: str
    looked: str
    strategies: Sequence[TrackedStrategy]
    batches: Sequence[TrackedBatch]
    evidence: float | None
    warnings: Sequence[str]


def render_track(page: TrackedFolder, home: str = "") -> str:
    """The page as HTML that needs no other file and makes no request; `home` as `render`."""
    several = len(page.strategies) > 1
    return render(
        "list.html.j2",
        sections=(
            *((_overview(page),) if several else ()),
            *(_strategy(one) for one in page.strategies),
            _seals(page),
        ),
        home=home,
        title=_title(page),
        simulated=page.simulated,
        stamp=STAMP,
        summary=_summary(page),
    )


def _title(page: TrackedFolder) -> str:
    if len(page.strategies) == 1:
        one = page.strategies[0]
        return f"{one.name}: {one.answer}"
    return f"{count(len(page.strategies), 'sealed strategy', 'sealed strategies')} followed"


def _summary(page: TrackedFolder) -> str:
    claims = sum(bool(one.claimed) for one in page.strategies)
    failed = sum(bool(one.killed) for one in page.strategies)
    counted = (
        ""
        if len(page.strategies) == 1
        else f"Of {number(len(page.strategies), 0)} sealed strategies {number(claims, 0)} "
        f"{noun_of(claims, 'has', 'have')} shown an edge, "
        f"{number(failed, 0)} {noun_of(failed, 'has', 'have')} failed by the threshold declared beforehand. "
    )
    return (
        f"{counted}Only complete months that began after the seal count; nobody could choose them. A claim is wrong "
        f"at most one time in twenty, whenever one looks. Looked at on {page.looked[:10]}, snapshot {page.snapshot}."
    )


def _overview(page: TrackedFolder) -> Section:
    columns = (
        Column("Strategy", numeric=False),
        Column("Edge shown?", numeric=False),
        Column("Evidence"),
        Column("Excluded above"),
        Column("Months"),
        Column("Expected wait"),
    )
    rows = tuple(
        (
            Cell(one.name, detail=f"sealed {one.sealed}, batch {one.batch}"),
            one.answer,
            Cell(evidence(one.e), detail=f"claim at {number(one.claim_at, 0)}"),
            _bound(one.upper),
            number(one.months, 0),
            one.waiting,
        )
        for one in page.strategies
    )
    return Section(
        "answers", "Answers", "Who has shown an edge, and who has failed?", (Table("Sealed strategies", columns, rows),)
    )


def _strategy(one: TrackedStrategy) -> Section:
    blocks: list[Block] = [Measures(_measures(one))]
    if len(one.rising) > 1:
        blocks.append(_chart(one))
    else:
        blocks.append(Absent(f"{NONE_YET} The first to count is {one.first_month}."))
    if one.benchmarks:
        rows = tuple(
            (name, evidence(e), signed(alpha) if alpha is not None else DASH)
            for name, (e, alpha) in one.benchmarks.items()
        )
        if one.beyond_factors is not None:
            rows += (("factors", evidence(one.beyond_factors), DASH),)
        columns = (Column("Held against", numeric=False), Column("Evidence"), Column("Edge a year so far"))
        note = "The smallest over the benchmarks counts; on factors it says whether more than a tilt is behind it."
        blocks.append(Table(f"{one.name}, sealed {one.sealed}, on each benchmark", columns, rows, note=note))
    blocks += [Prose(text, role="meaning") for text in (one.excluded_words, f"Said when it was sealed: {one.forecast}")]
    blocks += [Prose(note) for note in one.notes]
    return Section(
        f"strategy-{one.name}-{one.batch}", one.name, "What do the months since the seal say?", tuple(blocks)
    )


def _measures(one: TrackedStrategy) -> tuple[Measure, ...]:
    seen = f"since {one.first_month}; sealed {one.sealed}"
    items = [
        Measure("Edge shown?", f"yes, {one.claimed}" if one.claimed else "not yet", _claim_words(one)),
        Measure("Evidence today", evidence(one.e), "what a stake of 1 against luck has become; 1 says nothing"),
        Measure("Excluded above", _bound(one.upper), "a year, on every benchmark, whenever one looks"),
        Measure("Failed?", f"yes, {one.killed}" if one.killed else "no", _kill_words(one)),
        Measure("Months seen", number(one.months, 0), seen),
        Measure("Expected wait", one.waiting, f"for a claim, if a true edge of {percent(one.kill, 0)} began now"),
    ]
    if one.combined is not None:
        items.append(
            Measure("With the backtest", evidence(one.combined), "its frozen p and these months as one; claim at 20")
        )
    if one.belief is not None:
        items.append(Measure("Believed of these months", *one.belief))
    return tuple(items)


def _claim_words(one: TrackedStrategy) -> str:
    return f"it is when the evidence reaches {number(one.claim_at, 0)}, and then stays"


def _kill_words(one: TrackedStrategy) -> str:
    return f"declared beforehand: once an edge above {percent(one.kill, 0)} a year is excluded"


def _chart(one: TrackedStrategy) -> Chart:
    against = f"against an edge above {percent(one.kill, 0)}"
    marks = {"claim": one.claim_at}
    if one.claim_at != 20.0:
        marks |= {"failure": 20.0}
    return Chart(
        name=f"evidence-{one.name}-{one.batch}",
        title="Evidence month by month, logarithmic",
        summary=f"for an edge {evidence(one.e)}, {against} {evidence(float(one.falling.iloc[-1]))}",
        figure=evidence_figure(one.rising.rename(index="for an edge"), one.falling.rename(index=against), marks),
        keys=(
            Key("for an edge", "net"),
            Key(against, "first", "dash"),
            Key("claim at " + " and ".join(number(level, 0) for level in marks.values()), "muted", "dot"),
        ),
        height=340,
    )


def _seals(page: TrackedFolder) -> Section:
    blocks: list[Block] = []
    several = [batch for batch in page.batches if len(batch.names) > 1]
    if several:
        columns = (
            Column("Batch", numeric=False),
            Column("Strategies", numeric=False, wrap=True),
            Column("Evidence that one has an edge"),
            Column("Listed at 5 % false ones", numeric=False, wrap=True),
        )
        rows = tuple(
            (
                f"{batch.number}, {batch.sealed}",
                ", ".join(batch.names),
                Cell(evidence(batch.mean), detail=f"shown since {batch.shown}" if batch.shown else "not shown"),
                ", ".join(batch.listed) or "none",
            )
            for batch in several
        )
        note = "The mean of their e-values; one of n named by itself needs 20 n."
        blocks.append(Table("Sealed together", columns, rows, note=note))
    if page.evidence is not None:
        blocks.append(
            Prose(
                f"Over all {number(len(page.batches), 0)} batches the evidence that any strategy has an edge is "
                f"{evidence(page.evidence)}; it is shown at 20. Later batches weigh less: 1/(b(b+1))."
            )
        )
    lost = [f"{name}: {why}" for batch in page.batches for name, why in batch.unfollowed.items()]
    blocks += [Absent(f"Not followed: {text}") for text in lost]
    blocks += [Absent(text) for text in page.warnings]
    blocks.append(Listing("The lines that were sent when they were sealed", "\n".join(b.line for b in page.batches)))
    return Section("seals", "Seals", "What was written down beforehand, and is any of it missing?", tuple(blocks))


def _bound(upper: float) -> str:
    return "nothing yet" if is_missing(upper) else percent(upper)
