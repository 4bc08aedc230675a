"""The evidence on one page: the table of verdicts first, then a section a subject with its intervals drawn."""

from __future__ import annotations

from collections.abc import Sequence

from active_edge.article.claims import Judged
from active_edge.published.estimates import Estimate
from active_edge.published.findings import Finding, summary_counts
from active_edge.published.questions import MEANING, QUESTIONS, SHORT
from active_edge.published.returns import PublishedReturns
from active_edge.report import charts
from active_edge.report.blocks import Absent, Block, Cell, Chart, Column, Key, Prose, Section, Table
from active_edge.report.document import STAMP, render
from active_edge.report.drawn import Estimate as Estimated
from active_edge.report.drawn import reach_cells
from active_edge.words import DASH, count, interval, is_missing, number, p_value, percent, signed

AXIS_NOTE = "All pictures share one axis; the thin line is zero."


def render_evidence(returns: PublishedReturns, findings: Sequence[Finding], claims: Sequence[Judged]) -> str:
    """The page as HTML that needs no other file and makes no request."""
    return _render(
        findings,
        "What published returns say",
        (_article(claims), _ground(returns.source, returns.snapshot, findings)),
        simulated=returns.simulated,
    )


def render_real(snapshot: str, findings: Sequence[Finding], *, library: str = "") -> str:
    """The page of findings on the real returns that come with the program's libraries; `library` as `render`."""
    ground = _ground("the program's own libraries", snapshot, findings)
    return _render(findings, "What real returns say", (ground,), library=library)


def _render(
    findings: Sequence[Finding],
    title: str,
    closing: tuple[Section, ...],
    *,
    simulated: bool = False,
    library: str = "",
) -> str:
    names = list(dict.fromkeys(finding.question.section for finding in findings))
    parts = [[f for f in findings if f.question.section == name] for name in names]
    sections = (
        _verdicts(findings),
        *(_section(number_, name, part) for number_, (name, part) in enumerate(zip(names, parts, strict=True))),
        *closing,
    )
    return render(
        "list.html.j2",
        sections=sections,
        home="../index.html",
        library=library,
        title=title,
        simulated=simulated,
        stamp=STAMP,
        summary=_summary(findings),
    )


def _summary(findings: Sequence[Finding]) -> str:
    counts = summary_counts(findings)
    words = ", ".join(f"{times} {verdict}" for verdict, times in counts.items())
    trials = max((finding.trials for finding in findings), default=0)
    return (
        f"{count(len(findings), 'question')}: {words}. Each is charged for all {count(trials, 'test')} on these data."
    )


def _verdicts(findings: Sequence[Finding]) -> Section:
    columns = (
        Column("Claim", numeric=False, wrap=True),
        Column("Verdict", numeric=False),
        Column("A year"),
        Column("95 % interval"),
        Column("", numeric=False, secondary=True),
        Column("p"),
        Column("Detectable"),
        Column("Months"),
    )
    pictures = reach_cells(_reach(finding) for finding in findings)
    rows = [(f.question.section, _row(f, picture)) for f, picture in zip(findings, pictures, strict=True)]
    note = (
        "A year: mean difference, factor alpha or change, in percent. p: two-sided, cosine errors; under it the p "
        "after Holm over all tests, and by Newey-West errors alone. Detectable: what so many months find four "
        f"times in five at the 5 % mark, this test alone; under it after all tests. {AXIS_NOTE}"
    )
    names = list(dict.fromkeys(name for name, _ in rows))
    tables = tuple(
        Table(name, columns, tuple(row for part, row in rows if part == name), note=note if name == names[-1] else "")
        for name in names
    )
    return Section(
        "verdicts",
        "Verdicts",
        "What do returns say that anyone can look up?",
        tables,
    )


def _reach(finding: Finding) -> Estimated:
    if finding.estimate is None:
        return (None, None, None)
    low, high = finding.estimate.interval
    return (low, finding.estimate.annual, high)


def _row(finding: Finding, picture: Cell) -> tuple[Cell | str, ...]:
    claim = finding.question.claim
    verdict = Cell(finding.verdict, verdict=finding.verdict, detail=_otherwise(finding))
    estimate = finding.estimate
    if estimate is None:
        return claim, verdict, DASH, DASH, picture, DASH, DASH, DASH
    return (
        claim,
        verdict,
        signed(estimate.annual, 2),
        interval(*estimate.interval),
        picture,
        Cell(p_value(estimate.p), detail=f"all: {p_value(finding.p_adjusted)}{_newey_west(estimate)}"),
        Cell(percent(finding.mde_annual), detail=f"all: {percent(finding.mde_annual_adjusted)}"),
        Cell(number(estimate.n, 0), detail=f"{estimate.start:%Y-%m} to {estimate.end:%Y-%m}"),
    )


def _otherwise(finding: Finding) -> str:
    """The word that Newey-West errors would have given, where it is another."""
    word = finding.newey_west_word
    return "" if word in (None, finding.verdict) else f"Newey-West: {word}"


def _newey_west(estimate: Estimate) -> str:
    beside = estimate.newey_west
    return "" if beside is None else f"; Newey-West {p_value(beside.p)}"


def _section(position: int, name: str, findings: Sequence[Finding]) -> Section:
    blocks: list[Block] = []
    known = [finding for finding in findings if finding.estimate is not None]
    if known:
        blocks.append(_chart(position, name, known))
        blocks.append(Prose(MEANING.get(name, ""), role="meaning"))
    blocks += [
        Absent(f"{finding.question.claim}: {finding.reason}") for finding in findings if finding.estimate is None
    ]
    blocks.append(_reasons(findings))
    loadings = _loadings(known)
    if loadings is not None:
        blocks.append(loadings)
    caveats = dict.fromkeys(caveat for finding in findings for caveat in finding.question.caveats)
    if caveats:
        blocks.append(Prose(" ".join(caveats)))
    return Section(f"part-{position}", name, QUESTIONS.get(name, ""), tuple(blocks))


def _chart(position: int, name: str, findings: Sequence[Finding]) -> Chart:
    rows = [
        {
            "label": SHORT.get(f.question.test, f.question.test.split("_")[0].upper()),
            "value": f.estimate.annual,
            "lower": f.estimate.interval[0],
            "upper": f.estimate.interval[1],
            "mde": f.mde_annual,
        }
        for f in findings
        if f.estimate is not None
    ]
    summary = "; ".join(
        f"{row['label']} {signed(row['value'])} a year ({interval(row['lower'], row['upper'])})" for row in rows
    )
    return Chart(
        name=f"intervals-{position}",
        title=f"{name}: percent a year with 95 % intervals",
        summary=summary,
        figure=charts.interval_figure(rows, of="test"),
        keys=(Key("estimate and 95 % interval", "net", "mark"), Key("too small to see in these data", "cone", "area")),
        height=charts.interval_height(rows),
    )


def _reasons(findings: Sequence[Finding]) -> Table:
    columns = (
        Column("Claim", numeric=False, wrap=True),
        Column("Verdict", numeric=False),
        Column("Why", numeric=False, wrap=True),
    )
    rows = tuple((f.question.claim, Cell(f.verdict, verdict=f.verdict), f.reason) for f in findings)
    return Table("Why, in a sentence each", columns, rows, folded=True)


def _loadings(findings: Sequence[Finding]) -> Table | None:
    fitted = [finding for finding in findings if finding.estimate is not None and finding.estimate.loadings]
    if not fitted:
        return None
    names = list(dict.fromkeys(name for f in fitted if f.estimate is not None for name in f.estimate.loadings))
    columns = (Column("Regression", numeric=False, wrap=True), *(Column(name.replace("_", " ")) for name in names))
    rows: tuple[tuple[Cell | str, ...], ...] = tuple(
        (SHORT.get(f.question.test, f.question.test), *(_loading(f, name) for name in names)) for f in fitted
    )
    return Table("Factor loadings, t below", columns, rows, folded=True)


def _loading(finding: Finding, name: str) -> Cell:
    estimate = finding.estimate
    if estimate is None or is_missing(estimate.loadings.get(name)):
        return Cell(DASH)
    return Cell(number(estimate.loadings[name]), detail=f"t {number(estimate.loading_t[name], 1)}")


def _article(claims: Sequence[Judged]) -> Section:
    columns = (
        Column("Claim", numeric=False, wrap=True),
        Column("Verdict", numeric=False),
        Column("Why", numeric=False, wrap=True),
    )
    rows = tuple((c.claim.statement, Cell(c.verdict, verdict=c.verdict), c.reason) for c in claims)
    return Section(
        "article",
        "The article, claim by claim",
        "Which of its claims can published returns judge at all?",
        (
            Table("Claims on published returns alone", columns, rows),
            Prose(
                "Claims about single companies need filings and prices of companies, the dead ones included. "
                "active-edge backtest tests them, and active-edge thesis then lists them like this."
            ),
        ),
    )


def _ground(place: str, snapshot: str, findings: Sequence[Finding]) -> Section:
    sources = dict.fromkeys(part for f in findings for part in f.question.source.split("; "))
    columns = (Column("What", numeric=False), Column("Value", numeric=False, wrap=True))
    rows = (
        ("From", place),
        ("Snapshot", snapshot),
        *((f"Source {position}", source) for position, source in enumerate(sources, start=1)),
        ("Frequency", "months; simple returns, means times 12"),
        (
            "Errors",
            "equal-weighted cosines on HC2 scores, Student’s t; the word that Newey-West errors (lag "
            "⌊4(n/100)^(2/9)⌋) would give beside it where it differs, and their t and p in evidence.json",
        ),
    )
    return Section(
        "ground",
        "What it rests on",
        "Can I get the same numbers?",
        (Table("Sources", columns, rows),),
    )
