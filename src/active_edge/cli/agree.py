"""The command `data agree`: do two sources tell the same prices and the same series?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from active_edge.cli.options import json_option
from active_edge.cli.output import echo, print_json, print_lines

if TYPE_CHECKING:
    import pandas as pd

    from active_edge.market import Market


@click.command("agree")
@click.argument("first", type=click.Path(path_type=Path, exists=True))
@click.argument("second", type=click.Path(path_type=Path, exists=True))
@json_option
def agree_command(first: Path, second: Path, as_json: bool) -> None:
    """Compare FIRST and SECOND ticker by ticker and series by series: do two vendors tell the same story?

    Each is a market folder, or a file or folder of Stooq's daily csv, named by ticker (aapl.us.csv). Levels may differ
    by a constant factor, returns may not: a session on which they do is where a split, a dividend or a reused ticker
    hides. Funds, factors and rates are compared by month, so that published months stand beside compounded days.
    """
    from active_edge.market import Market, open_market
    from active_edge.sources.agreement import compare, read_prices
    from active_edge.sources.series_agreement import compare_series

    read = [read_prices(path) or open_market(path) for path in (first, second)]
    prices = compare(*(_prices(source) for source in read))
    series = compare_series(*(_series(source) for source in read))
    simulated = any(isinstance(source, Market) and source.simulated for source in read)
    if as_json:
        print_json(
            {
                "simulated": simulated,
                "names": [asdict(name) | {"verdict": name.verdict} for name in prices.names],
                "only_first": prices.only_first,
                "only_second": prices.only_second,
                "series": [asdict(one) | {"verdict": one.verdict} for one in series],
            }
        )
        return
    if simulated:
        echo("SIMULATED market: these rows describe nothing real.")
    print_lines([*prices.lines(), *(one.line() for one in series)])


def _prices(source: Market | dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    from active_edge.sources.agreement import prices_by_ticker

    return source if isinstance(source, dict) else prices_by_ticker(source)


def _series(source: Market | dict[str, pd.DataFrame]) -> dict[str, pd.Series]:
    if isinstance(source, dict):
        return {}
    return {name: source.series(name) for name in sorted(source.series_names)}
