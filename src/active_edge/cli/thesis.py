"""Commands about the article: evidence (published returns), thesis (claim by claim from stored runs)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from active_edge.cli.options import json_option, out_option
from active_edge.cli.output import print_json, print_table, print_text
from active_edge.cli.plugins import with_plugins
from active_edge.words import DASH, interval, listed, number, p_value, percent, signed

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
    from active_edge.published.run import run_evidence

    run = run_evidence(data, out=out)
    if as_json:
        print_json(run.lines())
        return
    if run.returns.simulated:
        print_text("SIMULATED market: these numbers show what the program does, not what any market did.")
    _print_lines([finding.to_dict() for finding in run.findings])
    click.echo("The article on published returns alone:")
    _print_claims([claim.to_dict() for claim in run.claims])
    click.echo(f"Page: {run.page}")


def _statistics() -> object:
    from active_edge.article.statistics import STATISTICS

    return STATISTICS


@click.command("thesis")
@click.option(
    "--claims", metavar="FILE", help="Judge the claims of this YAML file (or claims/NAME.yaml) and not the article's."
)
@out_option
@json_option
@with_plugins(_statistics)
def thesis_command(claims: str | None, out: str, as_json: bool) -> None:
    """The article, claim by claim, from the latest runs in the results folder.

    A claim whose strategy has no run, or whose data are missing, is not testable. Verdicts are held against the
    trials the ledger counts now. A claim may name a statistic of your own, which is a trial too.
    """
    from active_edge.results.thesis import judge_thesis

    thesis = judge_thesis(out, claims=claims)
    judged = [claim.to_dict() for claim in thesis.claims]
    if thesis.older:
        told = f"Left out, for an earlier version wrote them: {listed(thesis.older)}."
        click.echo(f"{told} Make each again with: active-edge rerun {Path(out) / thesis.older[0]}", err=True)
    for folder, wrong in thesis.damaged.items():
        click.echo(f"Left out, and left as it is: {folder}, for {wrong}", err=True)
    if as_json:
        print_json(judged)
        return
    if thesis.simulated:
        print_text("SIMULATED market: these verdicts show what the program does, not what any market did.")
    _print_claims(judged)


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
        click.echo("")


def _print_claims(claims: list[dict[str, Any]]) -> None:
    for line in claims:
        print_text(f"{line['verdict'].upper()}: {line['claim']}. {line['reason']}")
        click.echo("")


def _estimate(line: dict[str, Any]) -> str:
    if line["estimate_annual"] is None:
        return DASH
    return f"{signed(line['estimate_annual'], 2)} ({interval(*line['interval'], decimals=2)})"
