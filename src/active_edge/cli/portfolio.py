"""The command for today's portfolio and orders: portfolio."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from active_edge.cli.exclusions import exclude_option, with_exclusions
from active_edge.cli.options import Day, YamlFile, data_option, json_option, screens_option
from active_edge.cli.output import echo, print_doubts, print_json, print_table, print_text, progress_bar, tell_look
from active_edge.cli.plugins import with_plugins
from active_edge.printable import sheet_csv
from active_edge.words import count, number, percent, usd

if TYPE_CHECKING:
    from active_edge.run.today import Today


@click.command("portfolio")
@click.argument("strategies", metavar="STRATEGY", type=YamlFile("strategies"))
@click.option(
    "--holdings", type=click.Path(path_type=Path), metavar="FILE", help="CSV of what is held: ticker, shares."
)
@click.option("--cash", type=click.FloatRange(0), metavar="USD", help="Cash to invest beside the holdings.")
@click.option("--on", type=Day(), metavar="DATE", help="Day; default today, of a simulated market its last.")
@exclude_option
@click.option(
    "--max-age",
    default=5,
    show_default=True,
    type=click.IntRange(0),
    help="Sessions that prices may be old before orders are refused.",
)
@click.option("--blotter", type=click.Path(path_type=Path), metavar="FILE", help="Write the orders as a broker's CSV.")
@data_option
@screens_option
@json_option
@with_plugins()
def portfolio_command(
    strategies: Path,
    holdings: Path | None,
    cash: float | None,
    on: str | None,
    exclude: Path | None,
    max_age: int,
    blotter: Path | None,
    data: str | None,
    screens: str | None,
    as_json: bool,
) -> None:
    """What STRATEGY would hold now, and the orders that lead there from what is held.

    keep_until counts from --holdings, or without them from the strategy's own run; the answer says which. Nothing is
    judged here, so nothing is entered in the ledger.
    """
    from datetime import date

    from active_edge.choice import choose_market
    from active_edge.cli.loading import load_for
    from active_edge.run.today import portfolio_today, read_holdings
    from active_edge.strategy import load_strategy
    from active_edge.whole import write_whole

    strategy = with_exclusions(load_for(data, partial(load_strategy, strategies, screens)), exclude)
    with progress_bar(quiet=as_json) as progress:
        market = choose_market(data, progress=progress)
        tell_look(market)
        day = on or (str(market.sessions[-1].date()) if market.simulated else date.today().isoformat())
        held = None if holdings is None else read_holdings(holdings, told=partial(echo, err=True))
        today = portfolio_today(strategy, market, on=day, holdings=held, cash=cash, oldest=max_age)
    if blotter is not None:
        write_whole(blotter, sheet_csv(today.blotter(strategy.rules.trade_at)))
    if as_json:
        print_json(today)
        return
    _print(today, strategy.rules.costs.max_participation)
    print_doubts(market, end=today.on)
    if blotter is not None:
        echo(f"Orders: {blotter}")


def _print(today: Today, bound: float | None) -> None:
    from active_edge.run.today import shares_of_volume

    if today.simulated:
        print_text("SIMULATED market: these names never existed.")
    old = f"prices are {count(today.sessions_old, 'session')} older" if today.sessions_old else "prices are of that day"
    print_text(f"{today.strategy}, asked for {today.asked}, decided after the close of {today.on}: {old}.")
    from_what = "the holdings given" if today.kept_from == "holdings" else "the strategy's own run"
    print_text(f"What stays within keep_until counts from {from_what}.")
    rows = [
        (
            row.side,
            row.ticker,
            number(row.shares, 0),
            number(row.price, 2),
            percent(row.weight, 2),
            usd(row.cost_usd),
            percent(row.volume_share),
            row.reason,
        )
        for row in today.orders.itertuples()
    ]
    print_table(("side", "ticker", "shares", "price", "weight", "cost", "of a day's volume", "why"), rows)
    for sentence in shares_of_volume(today, bound):
        print_text(sentence)
    if len(today.orders):
        first = today.orders["ticker"].iloc[0]
        print_text(f"What any of them had filed by then is on its page: active-edge company {first} --on {today.on}")
    print_text(f"Invested of {usd(today.value_usd)}; {usd(today.cash_usd)} stays cash after estimated costs.")
