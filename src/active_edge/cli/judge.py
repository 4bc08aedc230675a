"""The command for returns that somebody earned: judge."""

from __future__ import annotations

from pathlib import Path

import click

from active_edge.cli.backtests import print_verdicts
from active_edge.cli.options import json_option, out_option
from active_edge.cli.output import echo, print_json


@click.command("judge")
@click.argument("returns", type=click.Path(path_type=Path))
@click.option(
    "--data",
    "-d",
    metavar="DIR",
    help="Market folder whose series are meant by the names of benchmarks; default ACTIVE_EDGE_DATA.",
)
@click.option(
    "--benchmarks",
    metavar="NAMES",
    help="Benchmarks, comma separated: columns of RETURNS, else series of the market; or a file of their returns. "
    "Default IWM,IJR of the market.",
)
@click.option("--factors", metavar="FILE", help="Factor returns over the same dates; default those of the market.")
@click.option("--cash", metavar="FILE", help="Cash return a period; default that of the market.")
@click.option("--name", default="own_returns", show_default=True, help="What the ledger and the page call them.")
@out_option
@json_option
def judge_command(
    returns: Path,
    data: str | None,
    benchmarks: str | None,
    factors: str | None,
    cash: str | None,
    name: str,
    out: str,
    as_json: bool,
) -> None:
    """Judge RETURNS, a .csv or .parquet file of dates and simple decimal returns, and report them.

    Days, weeks, months or quarters, each dated at its end, net of costs. They are one trial in the ledger, charged for
    all of them. Where nothing is known of what was held, the best verdict is "universe, not selection".
    """
    from active_edge.calibration.site import show_calibration
    from active_edge.choice import chosen_folder
    from active_edge.market import open_market
    from active_edge.results.own_returns import judge_returns, write_returns_report

    folder = chosen_folder(data)
    judged = judge_returns(
        returns,
        market=None if folder is None else open_market(folder),
        benchmarks=_benchmarks(benchmarks),
        factors=factors,
        cash=cash,
        name=name,
        out=out,
    )
    run = write_returns_report(judged, out)
    show_calibration(Path(out))
    if as_json:
        print_json(run.stats.to_json())
        return
    print_verdicts([run.stats])
    echo(f"Page: {run.folder / 'report.html'}")


def _benchmarks(given: str | None) -> str | list[str] | None:
    """A file of returns, or names."""
    if given is None or Path(given).suffix in (".csv", ".parquet"):
        return given
    return [name.strip() for name in given.split(",") if name.strip()]
