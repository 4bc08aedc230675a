"""Commands that make, load, describe and distrust a market folder."""

from __future__ import annotations

from pathlib import Path

import click

from active_edge.cli.agree import agree_command
from active_edge.cli.diff import diff_command
from active_edge.cli.options import data_option, json_option
from active_edge.cli.output import echo, print_json, print_lines, progress_bar, tell, tell_look
from active_edge.cli.since import shipped_since, since_lines
from active_edge.cli.sources import pull_command, read_command, rebuild_command, verify_command


@click.group("data")
def data_group() -> None:
    """Make, load, fetch, describe and distrust a market folder."""


@data_group.command("simulate")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--years", default=None, type=int, help="Years of daily sessions, ending with 2024.")
@click.option("--firms", default=None, type=int, help="Firms listed at any time; 3,600 gives ranks their US meaning.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of every draw.")
@click.option(
    "--alpha",
    "planted",
    multiple=True,
    metavar="LEG=ANNUAL",
    help="Alpha planted in a leg, a decimal a year per standard deviation; may be repeated.",
)
@click.option("--rmw-premium", default=0.0, type=float, help="Yearly premium of the profitability factor.")
@click.option("--ipo-drag", default=0.0, type=float, help="Yearly return lost in a firm's first 36 months.")
@click.option("--decay", default=None, type=float, help="Years after which planted alpha is gone; default never.")
@click.option("--restatement-rate", default=0.06, show_default=True, type=float, help="Fiscal years later restated.")
@click.option("--survivors-only", is_flag=True, help="Leave out every firm that does not live to the end.")
@json_option
def simulate_command(
    folder: Path,
    years: int | None,
    firms: int | None,
    seed: int,
    planted: tuple[str, ...],
    rmw_premium: float,
    ipo_drag: float,
    decay: float | None,
    restatement_rate: float,
    survivors_only: bool,
    as_json: bool,
) -> None:
    """Make a simulated market in FOLDER, whose truth is known; everything from it is stamped SIMULATED.

    Nothing is planted by default: no leg has an edge, and exits, filings with lags and restatements, splits,
    reused tickers and costs are as in small caps.
    """
    from active_edge.market.memory import require_simulation
    from active_edge.simulated import simulate
    from active_edge.simulated.build import DEFAULT_FIRMS, DEFAULT_YEARS

    size = {"years": DEFAULT_YEARS if years is None else years, "firms": DEFAULT_FIRMS if firms is None else firms}
    if said := require_simulation(str(folder), size["years"], size["firms"]):
        tell(said)
    with progress_bar(quiet=as_json) as progress:
        snapshot = simulate(
            folder,
            **size,
            seed=seed,
            alpha=dict(_planted(text) for text in planted),
            rmw_premium=rmw_premium,
            ipo_drag=ipo_drag,
            decay=decay,
            restatement_rate=restatement_rate,
            survivors_only=survivors_only,
            progress=progress,
        )
    if as_json:
        print_json({"folder": str(folder), "snapshot": snapshot, "simulated": True})
    else:
        echo(f"SIMULATED market {snapshot} in {folder}.\nNext: active-edge data audit --data {folder}")


@data_group.command("template")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace an import.yaml that is there.")
def template_command(folder: Path, force: bool) -> None:
    """Write FOLDER/import.yaml: what the columns of the files in FOLDER mean, guessed from their headers.

    Files of any layout: fundamentals with a column an item, dates as MM/DD/YYYY, thousands or millions, sectors as
    text, ISIN, CUSIP or ticker as key, CSV with any sign, Parquet, Excel. Every guess is marked; look at each.
    """
    from active_edge.market.intake.mapping.template import write_template

    path, text = write_template(folder, force=force)
    echo(text, nl=False)
    echo(f"Next: look at {path}, then active-edge data import {folder} --map {path} --data data/mine")


@data_group.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--data", "-d", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Market to write.")
@click.option(
    "--map",
    "mapping",
    type=click.Path(path_type=Path),
    metavar="YAML",
    help="What the columns of SOURCE mean, as data template writes it.",
)
@click.option("--simulated", is_flag=True, help="The tables are made up: stamp everything from them SIMULATED.")
@json_option
def import_command(source: Path, data: Path, mapping: Path | None, simulated: bool, as_json: bool) -> None:
    """Check, repair and store the Parquet or CSV tables of SOURCE as a new snapshot of a market folder.

    Every row is kept or counted; every repaired or refused kind is named with examples. An error leaves the
    snapshot in use untouched. What the market cannot answer is said with what adds it.
    """
    from active_edge.market.intake.importer import import_folder
    from active_edge.market.intake.mapping.apply import import_mapped
    from active_edge.market.intake.mapping.lacking import lacking

    with progress_bar(quiet=as_json) as progress:
        if mapping is None:
            report = import_folder(source, data, simulated=simulated, progress=progress)
        else:
            report = import_mapped(source, mapping, data, simulated=simulated, progress=progress)
    lacks = lacking(data)
    if as_json:
        print_json(report.to_dict() | {"lacking": [{"unanswered": o.unanswered, "remedy": o.remedy} for o in lacks]})
    else:
        print_lines(report.lines())
        print_lines([one.line() for one in lacks])
        echo(f"Next: active-edge data audit --data {data}")


@data_group.command("audit")
@data_option
@json_option
def audit_command(data: str | None, as_json: bool) -> None:
    """What to distrust: coverage by item and year, exits, survivorship, suspect days and returns, filing lags.

    Of index members the share of days with a price, a volume and known dividends, the dead and the living apart, with
    bounds on what is left; and from when each shipped screen has coverage.
    """
    from active_edge.choice import choose_market
    from active_edge.market.memory import AUDIT

    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        tell_look(market, AUDIT)
        from active_edge.market.audit.report import audit_market

        report = audit_market(market)
        screens = shipped_since(market, progress)
    if as_json:
        print_json(report.to_dict() | {"screens": [one.to_dict() for one in screens]})
    else:
        print_lines([*report.lines(), *since_lines(screens)])


@data_group.command("status")
@data_option
@click.option("--screens", "with_screens", is_flag=True, help="Say too from when each shipped screen has coverage.")
@click.option(
    "--names",
    "with_names",
    is_flag=True,
    help="Say too, name by name, how closes of charts and holdings agree and when who left was last seen.",
)
@json_option
def status_command(data: str | None, with_screens: bool, with_names: bool, as_json: bool) -> int:
    """What is there, how old it is, and the next command; exits with 1 where what is stored cannot be used."""
    from active_edge.market import open_market
    from active_edge.sources.folder_status import market_status, name_lines

    status = market_status(data)
    screens = []
    if with_screens and status.last_session:
        with progress_bar(quiet=as_json) as progress:
            screens = shipped_since(open_market(status.folder), progress)
    if as_json:
        print_json(status.to_dict() | ({"screens": [one.to_dict() for one in screens]} if with_screens else {}))
    else:
        names = name_lines(open_market(status.folder)) if with_names and status.last_session else []
        print_lines([*status.lines(), *since_lines(screens), *names])
    return 1 if status.problem else 0


def _planted(text: str) -> tuple[str, float]:
    leg, _, value = text.partition("=")
    try:
        return leg.strip(), float(value)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not LEG=ANNUAL, such as balance_sheet=0.02", param_hint="--alpha"
        ) from None


for command in (diff_command, agree_command, pull_command, rebuild_command, verify_command, read_command):
    data_group.add_command(command)
