"""The command that tests the tests: calibrate."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from active_edge.cli.options import json_option
from active_edge.cli.output import echo, print_json, print_table, progress_bar, tell
from active_edge.words import interval, percent

PATH = click.Path(path_type=Path)


@click.command("calibrate")
@click.option("--worlds", default="all", show_default=True, metavar="NAMES", help="By comma, all, none, or sweep.")
@click.option("--markets", default=200, show_default=True, type=click.IntRange(1), help="Markets for each world.")
@click.option("--null-markets", default=None, type=click.IntRange(1), help="Markets without an edge, if not --markets.")
@click.option("--daily", default=0, show_default=True, type=click.IntRange(0), help="Whole daily markets as a check.")
@click.option("--monthly", is_flag=True, help="The 4,000 monthly worlds of each kind and length too.")
@click.option("--windows", default=None, type=PATH, metavar="DIR", help="Daily factor files: real windows too.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0, 10**9), help="Seed of all markets.")
@click.option("--years", default=20, show_default=True, type=click.IntRange(3, 60), help="Years of each market.")
@click.option("--firms", default=3600, show_default=True, type=click.IntRange(1500, 20_000), help="Firms of each.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--out", default=None, type=PATH, metavar="DIR", help="Work folder; default a cache.")
@click.option("--page", default=None, type=PATH, metavar="FILE", help="Page; default in --out.")
@click.option("--table", default=None, type=PATH, metavar="FILE", help="JSON; default in --out.")
@click.option(
    "--after-sweep", default=None, type=PATH, metavar="FILE", help="Measure what a sweep leaves of false alarms, alone."
)
@json_option
def calibrate_command(
    worlds: str,
    markets: int,
    null_markets: int | None,
    daily: int,
    monthly: bool,
    windows: Path | None,
    seed: int,
    years: int,
    firms: int,
    workers: int,
    out: Path | None,
    page: Path | None,
    table: Path | None,
    after_sweep: Path | None,
    as_json: bool,
) -> None:
    """Measure false alarms and power of every test the reports print.

    Runs the pipeline on simulated markets whose truth is known: without an edge, with a priced factor, with planted
    edges, and read by careless readers. Finished markets are kept, so a stopped run goes on where it was.
    """
    if after_sweep is not None:
        return _after_sweep(after_sweep, seed)
    if worlds.strip() == "sweep":
        return _sweep_worlds(page, seed)
    from active_edge.calibration.run import calibrate

    if daily:
        _require_memory()
    context = click.get_current_context()
    with progress_bar(quiet=False) as progress:
        document, written = calibrate(
            [name.strip() for name in worlds.split(",")],
            markets=markets,
            null_markets=null_markets,
            daily=daily,
            monthly=monthly,
            windows=windows,
            seed=seed,
            years=years,
            firms=firms,
            workers=workers,
            folder=out,
            page=page,
            table=table,
            command=_command(context),
            progress=progress,
        )
    if as_json:
        print_json(document)
        return
    _print_rates(document)
    echo("\n".join(f"Written: {path}" for path in written))


def _require_memory() -> None:
    """Say that a daily market may not fit into memory; `BacktestError` where it will not."""
    from active_edge.calibration.daily import FIRMS, YEARS
    from active_edge.market.memory import require_simulation

    if said := require_simulation("--daily", YEARS, FIRMS, "leave --daily out"):
        tell(said)


def _print_rates(document: Mapping[str, Any]) -> None:
    rows = [
        (name, test, f"{found['markets']:,}", percent(result["reject"]), interval(*result["interval"], sign=False))
        for name, found in document["worlds"].items()
        for test, result in found["tests"].items()
    ]
    print_table(("world", "test", "markets", "rejects at 5 %", "95 % interval"), rows)
    if "monthly" in document:
        months = [
            (row["test"], row["kind"], row["months"], percent(row["reject"]), row["told"])
            for row in document["monthly"]["rates"]
        ]
        print_table(("test", "months' errors", "months", "rejects at 5 %", "outside what luck allows"), months)


def _after_sweep(file: Path, seed: int) -> None:
    from active_edge.calibration.after_sweep import write_after_sweep

    with progress_bar(quiet=False) as progress:
        write_after_sweep(file, seed=seed, progress=progress)
    echo(f"Written: {file}")


def _sweep_worlds(page: Path | None, seed: int) -> None:
    from active_edge.calibration.sweep_worlds import HEADER, write_sweep_worlds

    with progress_bar(quiet=False) as progress:
        rows = write_sweep_worlds(page, seed=seed, progress=progress)
    print_table(HEADER, rows)
    if page is not None:
        echo(f"Written: {page}")


def _command(context: click.Context) -> str:
    """The command that measures the same: what was given and is not the default, without folders and workers."""
    words = ["active-edge", "calibrate"]
    for option in context.command.params:
        value = context.params.get(str(option.name))
        plain = option.name not in ("out", "workers", "windows", "as_json") and value is not None and value is not False
        if plain and value != option.default:
            words += [option.opts[0]] if value is True else [option.opts[0], str(value)]
    return shlex.join(words)
