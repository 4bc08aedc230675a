"""A thesis as its page shows it: answers, watch list and rates put into words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from active_edge.article.answers import Answer
from active_edge.article.article import PUBLISHED
from active_edge.article.measuring import Measured
from active_edge.article.null_rates import BOUND, ZERO, NullRate, null_rates, without_rate
from active_edge.article.watch import Reading
from active_edge.report.blocks import Cell
from active_edge.report.thesis_page import ClaimView, Line, ThesisView, draw_line
from active_edge.words import DASH, count, listed, p_value, percent, plain, significant

TRUTHS = {ZERO: "nothing is true of it", BOUND: "the truth lies on the bound it is held against"}
LEANING = {"supports": "▲ supports", "contradicts": "▼ contradicts", "neither": "○ neither", None: DASH}


def thesis_view(
    answers: Sequence[Answer], *, title: str, told: str, simulated: bool, out: Path, readings: Sequence[Reading] = ()
) -> ThesisView:
    """The page's content; `out` is the folder that runs are linked into."""
    return ThesisView(
        title=title,
        told=told,
        claims=tuple(_claim(answer, out) for answer in answers),
        simulated=simulated,
        watch=tuple(_watched(reading) for reading in readings),
        rates=tuple(
            (rate.claim, plain(rate.family), rate.truth, f"{rate.worlds:,}", f"{rate.months}", *_false(rate))
            for rate in null_rates()
        ),
        without=tuple(f"{listed(claims)}: {why}." for why, claims in without_rate().items()),
    )


def _false(rate: NullRate) -> tuple[str, str]:
    return percent(rate.supported), percent(rate.refuted)


def _false_alarms(answer: Answer) -> tuple[str, ...]:
    """What the claim's own statistic says where nothing is true of it; nothing of a stand-in's number."""
    measured = answer.measured
    if measured is None or measured.is_fact or answer.stands_in:
        return ()
    return tuple(
        f"False alarms: in {rate.worlds:,} worlds of {rate.months} months in which {TRUTHS[rate.truth]}, it was "
        f"supported in {percent(rate.supported)} and refuted in {percent(rate.refuted)}, tested alone."
        for rate in null_rates()
        if (answer.claim.id, answer.statistic) == (rate.claim, rate.statistic)
    )


def _claim(answer: Answer, out: Path) -> ClaimView:
    claim, measured = answer.claim, answer.measured
    published = (
        (claim.published,)
        if isinstance(claim.published, str)
        else tuple(f"{PUBLISHED[one.says]}: {one.text} ({one.source}, {one.date})." for one in claim.published)
    )
    return ClaimView(
        number=claim.id,
        statement=claim.statement,
        family=plain(claim.family),
        verdict=answer.verdict,
        reason=answer.reason,
        figures=() if measured is None else _figures(answer, measured),
        beside=() if measured is None else (*measured.beside, *_false_alarms(answer)),
        hypothesis=claim.hypothesis,
        refuted_by=claim.refuted_by,
        published=published,
        source="" if measured is None else f"{measured.source}.",
        lacks=answer.lacks,
        runs=tuple(
            (f"Run {run.run} of {run.claim.strategy}: {run.verdict}", _address(out, run.run)) for run in answer.runs
        ),
        line=None if measured is None else _line(measured),
        stands_in=answer.stands_in,
    )


def _figures(answer: Answer, measured: Measured) -> tuple[tuple[str, str], ...]:
    low, high = measured.interval
    counted = count(measured.n, measured.counted, "companies" if measured.counted == "company" else "")
    estimated = () if measured.is_fact else (("95 % interval", f"{measured.said(low)} to {measured.said(high)}"),)
    tests = (
        ()
        if answer.p_adjusted is None
        else (("p", p_value(answer.p)), ("p, after all tests", p_value(answer.p_adjusted)))
    )
    seen = () if measured.detectable is None else (("detectable", measured.said(measured.detectable)),)
    return (
        ("effect", f"{measured.said(measured.estimate)} {measured.unit}"),
        *estimated,
        *tests,
        *seen,
        ("sample", f"{counted}, {measured.start} to {measured.end}"),
    )


def _line(measured: Measured) -> Line | None:
    drawn = [draw_line(name, values) for name, values in measured.series.items()]
    return next((line for line in drawn if line is not None), None)


def _address(out: Path, run: str) -> str:
    return f"{run}/report.html" if (out / run / "report.html").is_file() else ""


def _watched(reading: Reading) -> tuple[Cell | str, ...]:
    gauge = reading.gauge
    says = Cell(gauge.says[0].upper() + gauge.says[1:], detail=f"{gauge.supports} would support")
    if reading.value is None or reading.date is None:
        return says, Cell("missing", detail=reading.lacks), DASH, DASH, DASH, ", ".join(gauge.claims)
    value = f"{significant(reading.value)} {gauge.unit}"
    day = reading.date.date().isoformat()
    if reading.stale:
        return says, Cell("stale", detail=f"last known {value}"), DASH, DASH, day, ", ".join(gauge.claims)
    share = DASH if reading.percentile is None else percent(reading.percentile, 0)
    return says, value, share, LEANING[reading.leaning], day, ", ".join(gauge.claims)
