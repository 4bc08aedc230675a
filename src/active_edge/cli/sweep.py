"""The command that tries many variants: sweep."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from active_edge.cli.options import (
    YamlFile,
    data_option,
    from_option,
    json_option,
    out_option,
    screens_option,
    to_option,
)
from active_edge.cli.output import (
    echo,
    print_json,
    print_table,
    print_text,
    progress_bar,
    tell_beforehand,
    tell_damaged,
)
from active_edge.cli.plugins import with_plugins
from active_edge.words import interval, number, percent, signed

if TYPE_CHECKING:
    from active_edge.sweeping.conclude import Conclusions
    from active_edge.sweeping.run import Sweep

SHOWN = 10


@click.command("sweep")
@click.argument("strategy", type=YamlFile("strategies"))
@click.option("--grid", metavar="FILE", help="What varies: keys of the strategy and its screen, and legs on and off.")
@data_option
@from_option
@to_option
@out_option
@screens_option
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Threads.")
@click.option(
    "--cluster", metavar="ADDRESS", help="A dask scheduler, as tcp://host:8786, or loky:N for N processes here."
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of the random portfolios.")
@click.option("--take", type=click.IntRange(0), metavar="N", help="Write variant N of the stored sweep STRATEGY.")
@click.option("--into", default=".", show_default=True, metavar="DIR", help="Where --take writes.")
@json_option
@with_plugins()
def sweep_command(
    strategy: Path,
    grid: str | None,
    data: str | None,
    start: str | None,
    end: str | None,
    out: str,
    screens: str | None,
    workers: int,
    cluster: str | None,
    seed: int,
    take: int | None,
    into: str,
    as_json: bool,
) -> None:
    """Try every variant of STRATEGY that a grid describes, and say what may be concluded from it.

    All variants are entered in the ledger, as one family, before the first is run. A sweep that was stopped goes on
    where it was. With --take, STRATEGY is the folder of a finished sweep, and one of its variants becomes files of its
    own.
    """
    if take is not None:
        _take(strategy, take, into, as_json)
        return
    if grid is None:
        raise click.UsageError("--grid FILE says what varies; the shipped one is backtests/grids/balance_sheet.yaml")
    from active_edge.calibration.site import show_calibration
    from active_edge.choice import choose_market
    from active_edge.cli.loading import load_for
    from active_edge.strategy import load_strategy
    from active_edge.sweeping.run import sweep

    loaded = load_for(data, partial(load_strategy, strategy, screens))
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        tell_beforehand(market, start)
        bounds = {"start": start, "end": end}
        found = sweep(loaded, grid, market, out=out, workers=workers, cluster=cluster, progress=progress, **bounds)
        from active_edge.sweeping.conclude import conclude
        from active_edge.sweeping.pages import write_sweep_page

        progress("conclude", 0, 0)
        concluded = conclude(found, seed=seed)
        page = write_sweep_page(found, concluded)
        show_calibration(Path(out))
    tell_damaged(Path(out))
    if as_json:
        print_json({**found.summary(), "page": str(page), "conclusions": concluded.told()})
        return
    _print(found, concluded)
    echo(f"Page: {page}")


def _take(sweep: Path, variant: int, into: str, as_json: bool) -> None:
    from active_edge.sweeping.take import take_variant

    files = take_variant(sweep, variant, into)
    if as_json:
        print_json({"strategy": str(files[0]), "screen": str(files[1])})
    else:
        echo("\n".join(map(str, files)))


def _print(found: Sweep, concluded: Conclusions) -> None:
    name = found.yardstick
    if found.market.simulated:
        print_text("SIMULATED market: these numbers show what the program does, not what any market did.")
    echo(f"{number(len(found.rows), 0)} variants, worth {number(found.effective, 0)} independent trials.")
    if concluded.verdict is not None:
        said = concluded.verdict
        print_text(f"Chosen on the past, held for a year, out of sample: {said.verdict.upper()}. {said.reason}")
    if name is not None:
        best = found.rows.sort_values(f"alpha_{name}", ascending=False).head(SHOWN)
        rows = [
            (
                number(row["number"], 0),
                signed(row[f"alpha_{name}"]),
                interval(row[f"lower_{name}"], row[f"upper_{name}"]),
                percent(row["turnover"]),
                percent(row["cost_drag"]),
                number(row["names"], 0),
            )
            for _, row in best.iterrows()
        ]
        columns = ("variant", f"alpha on {name} a year", "95 %, not charged", "turnover", "costs", "names")
        print_table(columns, rows, title="The best of many look good by luck alone:")
    echo(f"Table: {found.folder / 'variants.parquet'}")
