"""Commands about the article: evidence (published returns), thesis (claim by claim)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from active_edge.cli.options import Day, json_option, out_option
from active_edge.cli.output import echo, print_json, print_table, print_text
from active_edge.cli.plugins import with_plugins
from active_edge.verdicts import Word
from active_edge.words import DASH, count, interval, listed, number, p_value, percent, signed, significant

if TYPE_CHECKING:
    from active_edge.article.answers import Answer
    from active_edge.article.watch import Reading
    from active_edge.results.thesis import Thesis

LOOK = 3
"""Exit code of a watch list on which something contradicts the article, or cannot be read as of today."""

data_option = click.option(
    "--data",
    "-d",
    metavar="DIR",
    help="Folder with published/*.csv and series/*.parquet, or a market folder; default ACTIVE_EDGE_DATA.",
)


@click.command("evidence")
@data_option
@out_option
@json_option
def evidence_command(data: str | None, out: str, as_json: bool) -> None:
    """What published returns say: index funds, small-cap quality funds, size × profitability, size and junk.

    Every line has a verdict, its interval, the smallest effect its sample can see, and is charged for every test of
    the family; all of them enter the ledger. The page is evidence/report.html in the results folder.
    """
    from active_edge.calibration.site import show_calibration
    from active_edge.published.run import run_evidence

    run = run_evidence(data, out=out)
    show_calibration(Path(out))
    if as_json:
        print_json(run.lines())
        return
    if run.returns.simulated:
        print_text("SIMULATED market: these numbers show what the program does, not what any market did.")
    _print_lines([finding.to_dict() for finding in run.findings])
    echo("The article on published returns alone:")
    _print_claims([claim.to_dict() for claim in run.claims])
    echo(f"Page: {run.page}")


def _statistics() -> object:
    from active_edge.article.statistics import STATISTICS

    return STATISTICS


@click.command("thesis")
@click.option(
    "--data",
    "-d",
    "data",
    multiple=True,
    metavar="DIR",
    help="Market folder, or folder with published/*.csv and series/*.parquet; may be given again. Default "
    "ACTIVE_EDGE_DATA, else the real returns that come with the program's libraries.",
)
@click.option("--on", type=Day(), metavar="DATE", help="The last day that counts; default all there is.")
@click.option(
    "--claims", metavar="FILE", help="Judge the claims of this YAML file (or claims/NAME.yaml) and not the article's."
)
@click.option("--watch", is_flag=True, help="The article's catalysts instead: last value, of five years, how old.")
@out_option
@json_option
@with_plugins(_statistics)
def thesis_command(
    data: tuple[str, ...], on: str | None, claims: str | None, watch: bool, out: str, as_json: bool
) -> int:
    """The article, claim by claim: a verdict, its effect and interval, the sample, or what is missing to say so.

    A claim that lacks its data is not testable, and the item and the command that adds it are named. A claim of a
    strategy is judged by the newest run in the results folder, held against the trials the ledger counts now. A claim
    may name a statistic of your own, which is a trial too. The page is thesis.html in the results folder.

    With --watch the exit code is 3 where a catalyst contradicts the article, is stale or missing, else 0.
    """
    import pandas as pd

    from active_edge.article.watch import needs_a_look
    from active_edge.calibration.site import show_calibration
    from active_edge.published.thesis import answer_thesis, watch_list, write_thesis_page

    today = pd.Timestamp.now().normalize()
    if watch:
        readings = watch_list(data, today, on=on)
        print_json([reading.to_dict() for reading in readings]) if as_json else _print_watch(readings)
        return LOOK if needs_a_look(readings) else 0
    run = answer_thesis(data, on=on, claims=claims, out=out)
    page = write_thesis_page(run, today, out=out)
    show_calibration(Path(out))
    _tell_left_out(run.stored, out)
    judged = [] if claims is None else [claim.to_dict() for claim in run.stored.claims]
    if as_json:
        print_json([*(answer.to_dict() for answer in run.answers), *judged])
        return 0
    if run.answers:
        print_text(run.told())
        echo("")
        _print_answers(run.answers)
    if judged:
        if run.stored.simulated:
            print_text("SIMULATED market: these verdicts show what the program does, not what any market did.")
        _print_claims(judged)
    echo(f"Page: {page}")
    return 0


def _tell_left_out(thesis: Thesis, out: str) -> None:
    from active_edge.results.records import remedy_of

    if thesis.older:
        first = thesis.older[0]
        told = f"Left out, for an earlier version wrote them: {listed(thesis.older)}."
        echo(f"{told} Of {first}: {remedy_of(Path(out) / first)}", err=True)
    for folder, wrong in thesis.damaged.items():
        echo(f"Left out, and left as it is: {folder}, for {wrong}", err=True)


def _print_watch(readings: Sequence[Reading]) -> None:
    rows = []
    for reading in readings:
        gauge, value = (
            reading.gauge,
            DASH if reading.value is None else f"{significant(reading.value)} {reading.gauge.unit}",
        )
        current = reading.status == "current"
        rows.append(
            (
                gauge.says,
                value if current else reading.status,
                percent(reading.percentile, 0) if current and reading.percentile is not None else DASH,
                gauge.supports,
                reading.leaning or DASH,
                DASH if reading.date is None else reading.date.date().isoformat(),
                DASH if reading.age_days is None else f"{reading.age_days:,}",
                ", ".join(gauge.claims),
            )
        )
    print_table(("catalyst", "now", "of five years", "supports when", "leaning", "date", "days old", "claims"), rows)
    for reading in readings:
        if reading.status == "stale":
            known = f"{significant(reading.value)} {reading.gauge.unit}"
            print_text(f"{reading.gauge.says}: stale, older than {reading.gauge.fresh_days} days; last known {known}.")
        if reading.lacks:
            print_text(f"{reading.gauge.says}: {reading.lacks}.", indent="  ")


def _print_answers(answers: Sequence[Answer]) -> None:
    for answer in answers:
        head = f"{answer.claim.id} {answer.verdict.upper()}".strip()
        print_text(f"{head}: {answer.claim.statement}. {answer.reason}", indent="  ")
        if answer.measured is not None:
            measured = answer.measured
            for sentence in measured.beside:
                print_text(f"  {sentence}", indent="  ")
            seen = "" if measured.detectable is None else f" Detectable from {measured.said(measured.detectable)}."
            print_text(f"  {measured.start} to {measured.end}; {measured.source}.{seen}", indent="  ")
        for run in answer.runs:
            print_text(f"  Run {run.run} of {run.claim.strategy}: {run.verdict}.", indent="  ")
    words = [answer.verdict for answer in answers]
    counted = ", ".join(f"{word} {words.count(word)}" for word in Word if word in words)
    echo("")
    print_text(f"{count(len(answers), 'claim')}: {counted}.")


def _print_lines(lines: list[dict[str, Any]]) -> None:
    for section in dict.fromkeys(line["section"] for line in lines):
        inside = [line for line in lines if line["section"] == section]
        rows = [
            (
                line["claim"],
                line["verdict"],
                _estimate(line),
                number(line["t"]),
                p_value(line["p"]),
                p_value(line["p_adjusted"]),
                percent(line["mde_annual"]),
                f"{line['trials']:,}",
                DASH if line["start"] is None else f"{line['start'][:7]} to {line['end'][:7]}",
                f"{line['n']:,}",
            )
            for line in inside
        ]
        columns = ("claim", "verdict", "a year (95 %)", "t", "p", "p all", "detectable", "trials", "sample", "months")
        print_table(columns, rows, title=section)
        for line in inside:
            if line["verdict"] == "not testable":
                print_text(f"  {line['claim']}: {line['reason']}", indent="  ")
        for caveat in dict.fromkeys(caveat for line in inside for caveat in line["caveats"]):
            print_text(f"  {caveat}", indent="  ")
        echo("")


def _print_claims(claims: list[dict[str, Any]]) -> None:
    for line in claims:
        print_text(f"{line['verdict'].upper()}: {line['claim']}. {line['reason']}")
        echo("")


def _estimate(line: dict[str, Any]) -> str:
    if line["estimate_annual"] is None:
        return DASH
    return f"{signed(line['estimate_annual'], 2)} ({interval(*line['interval'], decimals=2)})"
